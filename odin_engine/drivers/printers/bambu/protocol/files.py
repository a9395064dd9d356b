"""Where on a printer the file of a job may lie.

Source: docs/protocols/bambu.md §6.1 (`gcode_file`, `subtask_name`), §8.2 (`url`), §9
(layout).
"""

from collections.abc import Iterator

from odin_engine.drivers.printers.bambu.protocol.models import ModelInfo
from odin_engine.printers.model import Job

_ROOTS = ("/sdcard/", "/mnt/sdcard/", "/media/usb0/")
_FOLDERS = ("", "cache", "model")
_LONGEST = 200
_KIND = ".3mf"


def likely_paths(job: Job, model: ModelInfo) -> tuple[str, ...]:
    """Returns the paths to look at, seen from the storage's root, the likeliest first.

    Reports name the plate inside the file, or the file, or both; never its folder on
    most firmware.
    """
    folders = dict.fromkeys((model.upload_folder, *_FOLDERS))
    paths = [
        f"{folder}/{name}" if folder else name
        for name in dict.fromkeys(filter(_is_plain, _names(job)))
        for folder in folders
    ]
    return tuple(dict.fromkeys([*_named_in_full(job), *paths]))


def _names(job: Job) -> Iterator[str]:
    file = (job.file or "").rpartition("/")[2]
    if file.lower().endswith(_KIND):
        yield file
    if job.name is None:
        return
    if job.name.lower().endswith(_KIND):
        yield job.name
    else:
        stem = job.name.removesuffix(".gcode")
        yield from (f"{stem}.gcode{_KIND}", f"{stem}{_KIND}")


def _named_in_full(job: Job) -> Iterator[str]:
    file = job.file or ""
    for root in _ROOTS:
        rest = file.removeprefix(root)
        if rest != file and rest.lower().endswith(_KIND):
            if all(map(_is_plain, rest.split("/"))):
                yield rest
            return


def _is_plain(name: str) -> bool:
    return (
        0 < len(name.encode(errors="replace")) <= _LONGEST
        and name.isprintable()
        and not name.startswith(".")
        and not set(name) & set('/\\:*?"<>|')
    )
