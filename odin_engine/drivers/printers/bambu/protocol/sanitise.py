"""What in Bambu's messages names a person or a machine. Pure; `odin record` uses it."""

import re
from collections.abc import Iterable, Mapping, Sequence

from odin_engine.drivers import cleaning
from odin_engine.printers.ports import Record

_KEYS = cleaning.PrivateKeys(
    serials=frozenset({"sn", "serial", "dev_id"}),
    tags=frozenset({"tag_uid", "tray_uuid", "uuid"}),
    ids=frozenset(
        {
            "task_id",
            "subtask_id",
            "project_id",
            "profile_id",
            "job_id",
            "design_id",
            "model_id",
            "user_id",
            "uid",
            "chip_id",
        }
    ),
    names=frozenset({"subtask_name", "gcode_file", "file", "param", "title", "url"}),
    topic=re.compile(r"^device/([^/]+)"),
    # Little-endian in `net.info`. Source: docs/protocols/bambu.md §6.1.
    packed_addresses=frozenset({"ip"}),
)


def sanitise(
    records: Sequence[Record], secrets: Iterable[str] = ()
) -> tuple[list[Record], Mapping[str, int]]:
    """Returns records without private values, and how many of each kind there were.

    `secrets` are values known to be secret, such as the access code; they go wherever
    they stand.
    """
    return cleaning.sanitise(records, secrets, _KEYS)
