"""All that one server said, folded message by message into one document.

Updates are deltas of an object's fields; what is inside a field is replaced whole. The
same folding serves the live connection and a recording: answers are told apart by what
they hold, not by what was asked.
Source: docs.moonraker.dev, "Printer objects" (subscriptions) and "Notifications".
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from odin_engine.drivers.printers.moonraker.protocol import tracking
from odin_engine.drivers.printers.moonraker.protocol.fields import (
    Table,
    rows,
    table,
    whole,
    word,
)
from odin_engine.drivers.printers.moonraker.protocol.frames import (
    Notice,
    Refusal,
    Reply,
)
from odin_engine.drivers.printers.moonraker.protocol.layout import (
    Layout,
    layout_of,
    needed_settings,
)
from odin_engine.drivers.printers.moonraker.protocol.metadata import (
    Metadata,
    is_metadata,
    read_metadata,
)
from odin_engine.drivers.printers.moonraker.protocol.prompts import Asking
from odin_engine.drivers.printers.moonraker.protocol.prompts import hear as hear_prompt
from odin_engine.drivers.printers.moonraker.protocol.tracking import Track

KLIPPY_STATES = frozenset({"ready", "startup", "error", "shutdown", "disconnected"})
_AWAY = frozenset({"disconnected", "startup"})
_MOST_FIELDS = 64
_MOST_OBJECTS = 600
_MOST_METADATA = 4
_MOST_LINES = 200


@dataclass(slots=True)
class Document:
    """What a server said. `status` has an object's fields, replaced as they change.

    `klippy` is what the server says of Klipper; `is_away` whether it has lost it.
    `was_lost` tells that it lost it before our eyes. `lines` is called with each line
    of the console.
    """

    host: str = ""
    lines: Callable[[str], None] | None = None
    klippy: str | None = None
    message: str | None = None
    was_lost: bool = False
    hostname: str | None = None
    klipper_version: str | None = None
    device_type: str | None = None
    moonraker_version: str | None = None
    components: frozenset[str] = frozenset()
    directories: tuple[str, ...] = ()
    objects: tuple[str, ...] | None = None
    settings: dict[str, dict[str, object]] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    status: dict[str, Table] = field(default_factory=dict)
    track: Track = field(default_factory=Track)
    metadata: dict[str, Metadata] = field(default_factory=dict)
    webcams: list[Any] = field(default_factory=list)
    power: dict[str, Table] = field(default_factory=dict)
    spool_id: int | None = None
    asking: Asking | None = None

    @property
    def is_away(self) -> bool:
        """Whether the server has no Klipper, or one that is only starting."""
        return self.klippy in _AWAY

    def object(self, name: str) -> Table:
        """Returns what is known of an object."""
        return self.status.get(name, {})


def hear(document: Document, frame: Reply | Refusal | Notice, now_s: float) -> None:
    """Folds a message into the document."""
    if isinstance(frame, Reply):
        take(document, frame.result, now_s)
    elif isinstance(frame, Notice):
        _notice(document, frame, now_s)


def _notice(document: Document, notice: Notice, now_s: float) -> None:
    first = notice.params[0] if notice.params else None
    match notice.method:
        case "notify_status_update":
            fold(document, table(first), now_s)
        case "notify_gcode_response":
            _console(document, first)
        case "notify_klippy_ready":
            begin_machine(document, "ready")
        case "notify_klippy_shutdown":
            _turn(document, "shutdown")
        case "notify_klippy_disconnected":
            lose_machine(document)
        case "notify_history_changed":
            job = table(table(first).get("job"))
            document.track = tracking.heard_history(document.track, job)
        case "notify_power_changed":
            _power(document, [first])
        case "notify_active_spool_set":
            document.spool_id = whole(table(first).get("spool_id"))
        case "notify_webcams_changed":
            document.webcams = rows(table(first).get("webcams"))
        case "notify_filelist_changed":
            _files(document, table(first))


def take(document: Document, body: Any, now_s: float) -> None:  # noqa: ANN401, C901 - one line per answer is the table
    """Folds an answer into the document, by what it holds."""
    found = table(body)
    if "klippy_state" in found:
        _server(document, found)
    elif isinstance(found.get("state_message"), str) and "state" in found:
        _printer(document, found)
    elif "objects" in found and isinstance(found["objects"], list):
        document.objects = tuple(
            each for each in found["objects"][:2000] if isinstance(each, str)
        )
        _lay_out(document)
    elif "status" in found and isinstance(found["status"], dict):
        fold(document, found["status"], now_s)
    elif is_metadata(found):
        _keep_metadata(document, found)
    elif isinstance(found.get("webcams"), list):
        document.webcams = rows(found["webcams"])
    elif isinstance(found.get("devices"), list):
        _power(document, rows(found["devices"]))
    elif "spoolman_connected" in found:
        document.spool_id = whole(found.get("spool_id"))
    elif isinstance(found.get("jobs"), list):
        job = tracking.newest(found["jobs"])
        document.track = tracking.found_history(document.track, job)
    elif isinstance(found.get("gcode_store"), list):
        for row in map(table, found["gcode_store"][-_MOST_LINES:]):
            if row.get("type") == "response":
                _console(document, row.get("message"))


def fold(document: Document, status: Table, now_s: float) -> None:
    """Folds the status of objects, whole or changed, into the document."""
    if "configfile" in status:
        settings = table(table(status["configfile"]).get("settings"))
        if settings:
            document.settings = needed_settings(settings)
            _lay_out(document)
    known = document.status
    is_new = False
    for name, fields in status.items():
        if name == "configfile" or not isinstance(fields, dict):
            continue
        before = known.get(name)
        if before is None:
            if len(known) >= _MOST_OBJECTS:
                continue
            is_new = True
        merged = {**(before or {}), **fields}
        if len(merged) > _MOST_FIELDS:
            merged = dict(list(merged.items())[:_MOST_FIELDS])
        known[name] = merged
    if is_new and document.objects is None:
        _lay_out(document)
    if "webhooks" in status:
        _turn(document, document.object("webhooks").get("state"))
    if "print_stats" in status:
        stats = document.object("print_stats")
        document.track = tracking.follow(document.track, stats, now_s)


def begin_machine(document: Document, klippy: str) -> None:
    """Forgets the machine: Klipper started anew, and may have other parts."""
    document.klippy = klippy
    document.message = None
    document.was_lost = False
    document.objects = None
    document.status = {}
    document.asking = None


def lose_machine(document: Document) -> None:
    """Notes that the server lost Klipper, and the job with it."""
    document.klippy = "disconnected"
    document.was_lost = True
    # What it printed is over, and what comes is another job.
    document.track = Track(run=document.track.run)
    document.objects = None
    document.status = {}
    document.asking = None


def begin_session(document: Document) -> None:
    """Prepares for a new connection: nothing is known but the job that was followed."""
    begin_machine(document, "unknown")
    document.klippy = None
    document.components = frozenset()
    document.power = {}
    document.webcams = []
    document.spool_id = None


def _lay_out(document: Document) -> None:
    names = document.objects if document.objects is not None else document.status
    document.layout = layout_of(names, document.settings)


def _turn(document: Document, told: Any) -> None:  # noqa: ANN401 - a wire value
    """Takes what the server says of Klipper; one that went away took its job along."""
    state = word(told)
    if state not in KLIPPY_STATES:
        return
    was_there = document.klippy is not None and not document.is_away
    if was_there and state in _AWAY:
        lose_machine(document)
    if state != document.klippy:
        # "Printer is ready" explains no shutdown.
        document.message = None
    document.klippy = state


def _server(document: Document, body: Table) -> None:
    is_connected = body.get("klippy_connected") is not False
    _turn(document, body.get("klippy_state") if is_connected else "disconnected")
    parts = [word(each) for each in rows(body.get("components"))]
    document.components = frozenset(each for each in parts if each)
    document.directories = tuple(
        each for each in map(word, rows(body.get("registered_directories"))) if each
    )
    document.moonraker_version = word(body.get("moonraker_version"))


def _printer(document: Document, body: Table) -> None:
    _turn(document, body.get("state"))
    document.message = word(body.get("state_message"))
    document.hostname = word(body.get("hostname")) or document.hostname
    document.klipper_version = (
        word(body.get("software_version")) or document.klipper_version
    )
    document.device_type = word(body.get("device_type")) or document.device_type


def _keep_metadata(document: Document, body: Table) -> None:
    metadata = read_metadata(body)
    if metadata is None:
        return
    document.metadata.pop(metadata.filename, None)
    while len(document.metadata) >= _MOST_METADATA:
        document.metadata.pop(next(iter(document.metadata)))
    document.metadata[metadata.filename] = metadata


def _files(document: Document, body: Table) -> None:
    """Forgets what a file said that was written or moved since."""
    for each in (table(body.get("item")), table(body.get("source_item"))):
        if each.get("root") == "gcodes":
            document.metadata.pop(str(each.get("path")), None)


def _power(document: Document, told: list[Any]) -> None:
    power = dict(document.power)
    for row in map(table, told):
        name = word(row.get("device"))
        if name is not None and (name in power or len(power) < _MOST_FIELDS):
            power[name] = {**power.get(name, {}), **row}
    document.power = power


def _console(document: Document, text: Any) -> None:  # noqa: ANN401 - a wire value
    if not isinstance(text, str):
        return
    for line in deque(text[:20_000].splitlines(), maxlen=_MOST_LINES):
        document.asking = hear_prompt(document.asking, line)
        if document.lines is not None:
            document.lines(line)
