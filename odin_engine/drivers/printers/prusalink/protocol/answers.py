"""What the server answers, one dataclass per document. Every key may be missing.

Source: the OpenAPI document of Prusa-Link-Web; Buddy's `lib/WUI` and Prusa-Link's
`prusa/link/web`, for what they really send.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from odin_engine.drivers.printers.prusalink.protocol.fields import (
    flag,
    items,
    mapping,
    number,
    text,
    whole,
)

_COLDEST_C, _HOTTEST_C = -50.0, 600.0
_FASTEST_RPM = 100_000
_LONGEST_S = 366 * 86_400
_MOST_ID = 2**63 - 1
_MOST_BYTES = 2**50
_LAST_S = 253_402_300_799
_MOST_CHILDREN = 5_000
_MOST_CAMERAS = 16
_MOST_DRIVES = 8


@dataclass(frozen=True, slots=True)
class Version:
    """`/api/version`. `printer` is Prusa Connect's code of the model."""

    api: str | None = None
    server: str | None = None
    title: str | None = None
    firmware: str | None = None
    printer: str | None = None
    original: str | None = None
    sdk: str | None = None
    hostname: str | None = None
    nozzle_mm: float | None = None
    takes_puts: bool | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """`/api/v1/info`."""

    serial: str | None = None
    hostname: str | None = None
    nozzle_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Drive:
    """A storage; `name` is its segment in paths, such as `usb`, `local` or `sdcard`."""

    name: str
    is_read_only: bool = False
    is_available: bool = True
    free_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class JobStatus:
    """The job in `/api/v1/status`."""

    id: int | None = None
    progress_pct: float | None = None
    remaining_s: int | None = None
    printing_s: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """`/api/v1/status`. `trouble` is what the Pi says of its own way to the machine."""

    state: str | None = None
    job: JobStatus | None = None
    nozzle_c: float | None = None
    nozzle_target_c: float | None = None
    bed_c: float | None = None
    bed_target_c: float | None = None
    speed_pct: int | None = None
    flow_pct: int | None = None
    print_fan_rpm: int | None = None
    hotend_fan_rpm: int | None = None
    drives: tuple[Drive, ...] = ()
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file, as the job or the storage tells. `path` begins with its storage."""

    path: str
    name: str
    size_bytes: int | None = None
    icon: str | None = None
    thumbnail: str | None = None
    estimated_s: int | None = None
    layer_mm: float | None = None
    material: str | None = None
    nozzle_mm: float | None = None
    used_g: float | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobInfo:
    """`/api/v1/job`."""

    id: int
    file: FileInfo | None = None


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of the Pi."""

    id: str
    name: str | None = None
    is_connected: bool = True


@dataclass(frozen=True, slots=True)
class Child:
    """What lies in a folder."""

    name: str
    is_folder: bool
    is_printable: bool
    size_bytes: int | None = None
    modified_at: datetime | None = None


def parse_version(body: Any) -> Version | None:  # noqa: ANN401 - a wire value
    """Returns a version; only `api` and `text` are always there."""
    data = mapping(body)
    version = Version(
        api=text(data.get("api")),
        server=text(data.get("server")),
        title=text(data.get("text")),
        firmware=text(data.get("firmware")),
        printer=text(data.get("printer")),
        original=text(data.get("original")),
        sdk=text(data.get("sdk")),
        hostname=text(data.get("hostname")),
        nozzle_mm=_nozzle(data),
        takes_puts=flag(mapping(data.get("capabilities")).get("upload-by-put")),
    )
    return version if version.api or version.title else None


def parse_info(body: Any) -> Info | None:  # noqa: ANN401 - a wire value
    """Returns who the machine says it is."""
    if not isinstance(body, dict):
        return None
    return Info(
        serial=text(body.get("serial")),
        hostname=text(body.get("hostname")),
        nozzle_mm=_nozzle(body),
    )


def parse_status(body: Any) -> Status | None:  # noqa: ANN401 - a wire value
    """Returns a status; `None` for what has no printer in it."""
    data = mapping(body)
    printer = data.get("printer")
    if not isinstance(printer, dict) or not printer:
        return None
    return Status(
        state=text(printer.get("state")),
        job=_job_status(data.get("job")),
        nozzle_c=_degrees(printer.get("temp_nozzle")),
        nozzle_target_c=_degrees(printer.get("target_nozzle")),
        bed_c=_degrees(printer.get("temp_bed")),
        bed_target_c=_degrees(printer.get("target_bed")),
        speed_pct=whole(printer.get("speed"), 0, 1000),
        flow_pct=whole(printer.get("flow"), 0, 1000),
        print_fan_rpm=whole(printer.get("fan_print"), 0, _FASTEST_RPM),
        hotend_fan_rpm=whole(printer.get("fan_hotend"), 0, _FASTEST_RPM),
        drives=_drives(data.get("storage")),
        trouble=_trouble(printer.get("status_printer")),
    )


def parse_job(body: Any) -> JobInfo | None:  # noqa: ANN401 - a wire value
    """Returns the job and its file; `None` for what names no job."""
    data = mapping(body)
    job_id = whole(data.get("id"), 0, _MOST_ID)
    if job_id is None:
        return None
    return JobInfo(job_id, parse_file(data.get("file")))


def status_of_job(body: Any) -> Status | None:  # noqa: ANN401 - a wire value
    """Returns the status that a job's own document amounts to, where there is no other.

    The Buddy firmware squeezes nine states into five there, so it is a poor one; what it
    calls an error is nothing worse than being busy.
    """
    data = mapping(body)
    state = text(data.get("state"))
    if state is None:
        return None
    return Status(state="BUSY" if state == "ERROR" else state, job=_job_status(data))


def parse_storage(body: Any) -> tuple[Drive, ...]:  # noqa: ANN401 - a wire value
    """Returns the storages of `/api/v1/storage`."""
    return _drives(mapping(body).get("storage_list"))


def parse_cameras(body: Any) -> tuple[CameraInfo, ...]:  # noqa: ANN401 - a wire value
    """Returns the cameras; the document names a list, the program sends an object."""
    listed = body if isinstance(body, list) else mapping(body).get("camera_list")
    found: dict[str, CameraInfo] = {}
    for each in items(listed)[:_MOST_CAMERAS]:
        data = mapping(each)
        camera_id = text(data.get("camera_id")) or text(data.get("id"))
        if camera_id is not None and "/" not in camera_id:
            name = text(mapping(data.get("config")).get("name"))
            is_connected = flag(data.get("connected")) is not False
            found[camera_id] = CameraInfo(camera_id, name, is_connected)
    return tuple(found.values())


def parse_file(body: Any, folder: str | None = None) -> FileInfo | None:  # noqa: ANN401 - a wire value
    """Returns a file. `folder` is where it lies, for what does not say so itself.

    The Buddy firmware gives the short name and the folder, the Pi the whole path.
    """
    data = mapping(body)
    short = text(data.get("name"))
    shown = text(data.get("display_name")) or short
    if shown is None:
        return None
    path = text(data.get("path")) or folder or ""
    if not path.endswith((f"/{shown}", f"/{short}")):
        path = f"{path.rstrip('/')}/{shown}"
    refs, meta = mapping(data.get("refs")), mapping(data.get("meta"))
    return FileInfo(
        path=path,
        name=shown,
        size_bytes=whole(data.get("size"), 0, _MOST_BYTES),
        icon=_reference(refs.get("icon")),
        thumbnail=_reference(refs.get("thumbnail")),
        estimated_s=whole(meta.get("estimated_print_time"), 1, _LONGEST_S),
        layer_mm=number(meta.get("layer_height"), 0.001, 10),
        material=text(meta.get("filament_type")),
        nozzle_mm=number(meta.get("nozzle_diameter"), 0.05, 5),
        used_g=number(meta.get("filament used [g]"), 0.001, 1e6),
        modified_at=_instant(data.get("m_timestamp")),
    )


def parse_folder(body: Any) -> list[Child]:  # noqa: ANN401 - a wire value
    """Returns what lies in a folder."""
    found = []
    for each in items(mapping(body).get("children"))[:_MOST_CHILDREN]:
        data = mapping(each)
        name = text(data.get("display_name")) or text(data.get("name"))
        if name is None or "/" in name:
            continue
        kind = text(data.get("type"))
        found.append(
            Child(
                name,
                is_folder=kind == "FOLDER",
                is_printable=kind == "PRINT_FILE",
                size_bytes=whole(data.get("size"), 0, _MOST_BYTES),
                modified_at=_instant(data.get("m_timestamp")),
            )
        )
    return found


def _job_status(value: Any) -> JobStatus | None:  # noqa: ANN401 - a wire value
    if not isinstance(value, dict) or not value:
        return None
    return JobStatus(
        id=whole(value.get("id"), 0, _MOST_ID),
        progress_pct=number(value.get("progress"), 0, 100),
        remaining_s=whole(value.get("time_remaining"), 0, _LONGEST_S),
        printing_s=whole(value.get("time_printing"), 0, _LONGEST_S),
    )


def _drives(value: Any) -> tuple[Drive, ...]:  # noqa: ANN401 - a wire value
    """Returns storages: the Buddy firmware gives one object, the Pi a list."""
    found: dict[str, Drive] = {}
    for each in [value] if isinstance(value, dict) else items(value)[:_MOST_DRIVES]:
        data = mapping(each)
        name = (text(data.get("path")) or "").strip("/")
        if name and "/" not in name:
            found[name] = Drive(
                name,
                is_read_only=flag(data.get("read_only")) is True,
                is_available=flag(data.get("available")) is not False,
                free_bytes=whole(data.get("free_space"), 0, _MOST_BYTES),
            )
    return tuple(found.values())


def _trouble(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    data = mapping(value)
    if flag(data.get("ok")) is not False:
        return None
    return text(data.get("message")) or "no reason given"


def _reference(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    """Returns a path on that host; an address elsewhere is not followed."""
    path = text(value)
    if path is None or not path.startswith("/") or path.startswith("//"):
        return None
    return path if path.isprintable() else None


def _nozzle(data: Mapping[str, Any]) -> float | None:
    return number(data.get("nozzle_diameter"), 0.05, 5)


def _degrees(value: Any) -> float | None:  # noqa: ANN401 - a wire value
    return number(value, _COLDEST_C, _HOTTEST_C)


def _instant(value: Any) -> datetime | None:  # noqa: ANN401 - a wire value
    seconds = whole(value, 1, _LAST_S)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
