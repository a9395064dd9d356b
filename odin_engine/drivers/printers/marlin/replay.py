"""A recording of a serial line, read again through the same translation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from odin_engine.drivers.cleaning import PrivateKeys
from odin_engine.drivers.cleaning import sanitise as clean_records
from odin_engine.drivers.printers.marlin.protocol import jobs
from odin_engine.drivers.printers.marlin.protocol.capabilities import Settings
from odin_engine.drivers.printers.marlin.protocol.fold import fold
from odin_engine.drivers.printers.marlin.protocol.machine import (
    Machine,
    settled,
    warned,
)
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Capability,
    Nonsense,
    parse,
)
from odin_engine.drivers.recording import read_lines
from odin_engine.printers.events import PrinterEvent, transitions
from odin_engine.printers.model import Activity, Job, LinkStatus, PrinterState
from odin_engine.printers.ports import Record, Recording

LINES = "serial"
JOBS = "job"
_LOGGED = re.compile(rb"\b(Recv|Send): (.*)$")
"""As the terminals of common hosts write it."""
_LAST_S = 253_402_300_799.0
_ID = re.compile(r"\bUUID:\S+")
_NAMES = re.compile(
    r"(M23 |M30 |M32 |M33 |M117 |File opened: |Current file: )(.*?)(?= Size:|$)"
)
_LISTED = re.compile(r"^\S+\.G\w{0,4}( \d+)?( .*)?$", re.IGNORECASE)
_KEYS = PrivateKeys(names=frozenset({"name", "file"}))


def note_job(machine: Machine) -> dict[str, Any]:
    """Returns what a recording keeps of a job that we feed; the line does not tell."""
    job = machine.state.job or Job()
    return {
        "activity": machine.activity.value,
        "name": job.name,
        "token": job.token,
        "progress_pct": job.progress_pct,
    }


def read_recording(data: bytes) -> Recording:
    """Returns the records in a file: JSON lines, or a terminal's log of `Recv:` lines.

    Never raises, whatever the bytes are.
    """
    recording = read_lines(data)
    if recording.records:
        return recording
    found: list[Record] = []
    bad: list[int] = []
    for number, line in enumerate(data.splitlines(), start=1):
        said = _LOGGED.search(line[:2048])
        if said is not None:
            direction = "in" if said[1] == b"Recv" else "out"
            text = said[2].decode("latin-1").strip()
            # A second apart: such a log has no date, and often no time.
            found.append(Record(float(len(found)), direction, LINES, text))
        elif line.strip():
            bad.append(number)
    return Recording(tuple(found), tuple(bad))


def replay(
    records: Sequence[Record],
) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
    """Returns the state a recording ends in and what happened on the way."""
    machine = Machine.new(Settings())
    before = replace(machine.state, link=LinkStatus.CONNECTING, activity=None)
    name = next((each.printer_id for each in records if each.printer_id), "unknown")
    events: list[PrinterEvent] = []
    for record in records:
        machine = _after(machine, record)
        events.extend(transitions(name, before, machine.state))
        before = machine.state
    return machine.state, tuple(events)


def _after(machine: Machine, record: Record) -> Machine:
    if record.topic == JOBS and isinstance(record.payload, dict):
        return _job(machine, record.payload)
    if record.direction not in {"in", "recv"} or not isinstance(record.payload, str):
        return machine
    reply = parse(record.payload.encode("latin-1", "replace"))
    if isinstance(reply, Nonsense):
        return machine
    at_s = min(max(record.at_s, 0.0), _LAST_S)
    machine = fold(machine, reply, datetime.fromtimestamp(at_s, UTC))
    return warned(machine) if isinstance(reply, Capability) else machine


def _job(machine: Machine, body: Mapping[str, Any]) -> Machine:
    said, name, token = body.get("activity"), body.get("name"), body.get("token")
    if said not in set(Activity):
        return machine
    activity = Activity(said)
    if activity.is_end:
        return jobs.ended(machine, activity)
    if not activity.has_running_job:
        return settled(replace(machine, activity=activity))
    if not machine.activity.has_running_job:
        job = Job(
            name=name if isinstance(name, str) else None,
            token=token if isinstance(token, int) else None,
            source=jobs.SERIAL,
        )
        machine = jobs.began(machine, job)
    return jobs.became(machine, activity)


def sanitise(
    records: Sequence[Record], secrets: Sequence[str]
) -> tuple[list[Record], Mapping[str, int]]:
    """Returns the records without ids and file names, and how many were replaced."""
    counts = {"id": 0, "name": 0}
    cleaned = []
    for record in records:
        payload = record.payload
        if isinstance(payload, str):
            payload, ids = _ID.subn("UUID:0", payload)
            payload, names = _NAMES.subn(r"\1NAME.GCO", payload)
            if _LISTED.match(payload):
                payload, names = "NAME.GCO", names + 1
            counts["id"] += ids
            counts["name"] += names
        cleaned.append(replace(record, payload=payload))
    shown, others = clean_records(cleaned, secrets, _KEYS)
    found = {kind: count for kind, count in counts.items() if count}
    for kind, count in others.items():
        found[kind] = found.get(kind, 0) + count
    return shown, found
