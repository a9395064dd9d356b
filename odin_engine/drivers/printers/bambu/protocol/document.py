"""Everything a printer said so far, and how one more message changes it.

A document is a value: `fold` returns another one and shares what stayed the same. It
keeps the raw fields; what they mean is decided in `translate`.

Source: docs/protocols/bambu.md §5 (reports), §5.1 (merge rules), §7 (refusals).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from operator import ne
from typing import Any, NamedTuple

from odin_engine.drivers.printers.bambu.protocol import errors, lifecycle, merge, parts
from odin_engine.drivers.printers.bambu.protocol.fields import (
    rows,
    text,
    whole,
)
from odin_engine.drivers.printers.bambu.protocol.lifecycle import Run
from odin_engine.drivers.printers.bambu.protocol.messages import Report, VersionReply
from odin_engine.drivers.printers.bambu.protocol.models import ModelInfo, detect
from odin_engine.drivers.printers.bambu.protocol.stages import is_known_stage
from odin_engine.printers.model import FilamentUnit, PrinterState

_DROPPED_COMMAND = (0x0500_0500, 0x0001_0007)
"""HMS_0500_0500_0001_0007: an unsigned command was dropped without a reply (§7)."""

_MOST_ODDITIES = 20
_MOST_FIELDS = 1000
"""Reports have some 150 fields. Of one that names ever new ones the known are kept."""
_LOOKED_AT = tuple(parts.TOUCHES)


class Made(NamedTuple):
    """A filament unit, and what it was made of."""

    row: dict[str, Any]
    basis: object
    unit: FilamentUnit


type UnitMemo = dict[int, Made]

type Rendered = tuple[PrinterState, list[Any]]
"""A state, and its fields in order."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What seldom changes.

    `refusal`: whether the printer was seen to refuse (`True`) or to take (`False`) a
    command. `oddities` are values that are in no list, for a log.
    """

    serial: str | None
    code: str | None
    modules: tuple[dict[str, Any], ...]
    model: ModelInfo
    refusal: bool | None = None
    oddities: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Document:
    """What a printer said. Make one with `new`, and others with the functions below.

    Never changed once made; not `frozen`, because that doubles the cost of a message.
    `wire` holds each field as last sent, `merged` the objects and lists that are sent
    in parts. `base` is the state made last and `touched` what has changed since;
    `rendered` and `unit_memo` are where `translate` keeps its results. `values` are
    those of `_LOOKED_AT`, where the last report had all.
    """

    facts: Facts
    wire: dict[str, Any]
    merged: dict[str, Any]
    run: Run
    flat_heat: int
    is_ams_full: bool
    base: Rendered | None
    touched: int
    unit_memo: UnitMemo
    values: list[Any] | None = None
    rendered: Rendered | None = None

    @staticmethod
    def new(serial: str | None, code: str | None = None) -> Document:
        """Returns a document of a printer that has not spoken yet.

        `code` is the model code of discovery, where one was heard.
        """
        facts = Facts(serial, code, (), detect((), serial, {}, code))
        return Document(
            facts,
            wire={},
            merged={},
            run=Run(),
            flat_heat=0,
            is_ams_full=False,
            base=None,
            touched=parts.ALL,
            unit_memo={},
        )

    @property
    def model(self) -> ModelInfo:
        """Which machine it is, as far as is known."""
        return self.facts.model

    @property
    def modules(self) -> tuple[dict[str, Any], ...]:
        """The boards and units, as the version reply named them."""
        return self.facts.modules

    @property
    def oddities(self) -> frozenset[str]:
        """Values that are in no list, such as `gcode_state=WAIT`; for a log."""
        return self.facts.oddities

    @property
    def settles_at(self) -> datetime | None:
        """When to call `settle`: a job's end waits for its reason. `None`: not at all."""
        return self.run.settles_at

    def get(self, key: str) -> Any:  # noqa: ANN401 - a wire value
        """Returns a top-level field of the report, merged."""
        value = self.merged.get(key)
        return self.wire.get(key) if value is None else value

    def table(self, key: str) -> dict[str, Any]:
        """Returns a top-level object of the report, merged; empty if there is none."""
        value = self.merged.get(key)
        return value if value.__class__ is dict else {}


def fold(
    document: Document, message: Report | VersionReply, at: datetime | None
) -> Document:
    """Returns the document after a message; the same one if nothing changed.

    Without a clock (`at` is `None`) a job's end is settled at once by its error code.
    """
    if isinstance(message, VersionReply):
        return _with_modules(document, message)
    data, wire = message.data, document.wire
    changed, values = _changed(document, data)
    if message.is_full and not document.is_ams_full and "ams" in data:
        # Perhaps said before in a delta; only now may units leave.
        changed = list({*changed, "ams"})
    touched = 0
    for key in changed:
        mask = parts.TOUCHES[key]
        touched |= mask
        if mask & parts.SHAPED and not merge.fits(key, data[key]):
            fitting = {name: data[name] for name in data if name != key}
            return fold(document, Report(fitting, message.is_full), at)
    if not touched:
        return settle(document, at)
    wire = wire | data if values is None else data
    if len(wire) > _MOST_FIELDS:
        wire = {key: wire[key] for key in wire if key in parts.TOUCHES}
    merged, flat_heat = document.merged, document.flat_heat
    facts, run = document.facts, document.run
    if touched & parts.NESTED:
        merged, touched = _merged(document, message, changed, touched)
    if (flat_heat or touched & parts.HEAT) and "device" in merged:
        flat_heat = _flat_heat(flat_heat, data, changed)
        touched |= flat_heat ^ document.flat_heat
    if touched & parts.LIFECYCLE:
        run = _advanced(run, data, wire, changed, at)
        touched |= _touched_by(document.run, run)
    elif run.settles_at is not None:
        run = lifecycle.settle(run, wire, at)
        touched |= _touched_by(document.run, run)
    if touched & (parts.CONTROL | parts.JOB) or len(wire) != len(document.wire):
        facts, touched = _with_facts(facts, wire, merged, changed, touched)
    rendered = document.rendered
    return Document(
        facts,
        wire,
        merged,
        run,
        flat_heat,
        message.is_full if "ams" in data else document.is_ams_full,
        rendered or document.base,
        touched if rendered else touched | document.touched,
        document.unit_memo if facts.model is document.facts.model else {},
        values,
    )


def _changed(
    document: Document, data: dict[str, Any]
) -> tuple[list[str], list[Any] | None]:
    """Returns the fields that differ, of those that are looked at.

    For a report that has every field known so far it also returns the values of
    `_LOOKED_AT`: a hundred fields are compared in C.
    """
    wire = document.wire
    if len(data) < len(wire):
        touches, known = parts.TOUCHES, wire.get
        return [k for k, v in data.items() if k in touches and known(k) != v], None
    old = document.values or list(map(wire.get, _LOOKED_AT))
    new = list(map(data.get, _LOOKED_AT))
    differing = list(compress(_LOOKED_AT, map(ne, old, new)))  # noqa: B912 - as long
    changed = [key for key in differing if key in data]
    return changed, new if len(changed) == len(differing) else None


def _advanced(
    run: Run,
    data: dict[str, Any],
    wire: dict[str, Any],
    changed: list[str],
    at: datetime | None,
) -> Run:
    has_error = "print_error" in data or "err" in data
    error = errors.print_error(data) if has_error else run.error
    return lifecycle.advance(run, wire, changed, error, at)


def note_stop_sent(document: Document, at: datetime | None) -> Document:
    """Returns the document after a stop was sent: the next FAILED is a cancel."""
    return _with_run(document, lifecycle.note_stop(document.run, at))


def settle(document: Document, at: datetime | None) -> Document:
    """Returns the document once `settles_at` has passed; the same one before that."""
    if document.run.settles_at is None:
        return document
    return _with_run(document, lifecycle.settle(document.run, document.wire, at))


def note_refused(document: Document) -> Document:
    """Returns the document after the printer refused a command as unsigned (§7)."""
    return _with_refusal(document, refusal=True)


def note_accepted(document: Document) -> Document:
    """Returns the document after the printer took a command that it could refuse."""
    return _with_refusal(document, refusal=False)


def note_new_session(document: Document) -> Document:
    """Returns the document at a login: what was refused before it may be taken now.

    Switching Developer Mode ends every session (§7), and no field tells of it on boards
    without `fun`; one that still complains of a command still refuses.
    """
    if not document.facts.refusal or _has_dropped_command(document.wire.get("hms")):
        return document
    return _with_refusal(document, refusal=None)


def _with_refusal(document: Document, *, refusal: bool | None) -> Document:
    if document.facts.refusal is refusal:
        return document
    facts = replace(document.facts, refusal=refusal)
    return _next(document, facts, document.run, parts.CONTROL)


def _with_run(document: Document, run: Run) -> Document:
    if run is document.run:
        return document
    return _next(document, document.facts, run, _touched_by(document.run, run))


def _with_modules(document: Document, reply: VersionReply) -> Document:
    before = document.facts
    if reply.modules == before.modules:
        return document
    ota = next((m for m in reply.modules if m.get("name") == "ota"), {})
    serial = before.serial or text(ota.get("sn"))
    model = detect(reply.modules, serial, _merged_report(document), before.code)
    facts = replace(before, serial=serial, modules=reply.modules, model=model)
    return _next(document, facts, document.run, parts.ALL)


def _next(document: Document, facts: Facts, run: Run, touched: int) -> Document:
    rendered = document.rendered
    return replace(
        document,
        facts=facts,
        run=run,
        base=rendered or document.base,
        touched=touched if rendered else touched | document.touched,
        unit_memo=document.unit_memo if facts.modules is document.modules else {},
        rendered=None,
    )


def _merged(
    document: Document, report: Report, changed: list[str], touched: int
) -> tuple[dict[str, Any], int]:
    merged = document.merged.copy()
    for key in changed:
        if not parts.TOUCHES[key] & parts.NESTED:
            continue
        old, new = merged.get(key), report.data[key]
        if key == "ams":
            is_first = report.is_full and not document.is_ams_full
            merged[key] = merge.merge_ams(
                old or {}, new, is_full=report.is_full, is_first=is_first
            )
        elif key == "device":
            merged[key], mask = merge.merge_device(old or {}, new)
            touched |= mask
        else:
            merged[key] = merge.merge_value(key, old, new)
    return merged, touched


def _flat_heat(flat_heat: int, data: dict[str, Any], changed: list[str]) -> int:
    """Returns which temperatures were last sent flat only.

    Within a report the packed ones of `device` count (§6.3). Between reports the last
    one does: deltas of a machine may bring the flat ones alone.
    """
    for key in changed:
        flat_heat |= parts.FLAT_HEAT.get(key, 0)
    device = data.get("device")
    if device.__class__ is dict:
        for key, mask in parts.DEVICE_HEAT.items():
            if key in device:
                flat_heat &= ~mask
    if "info" in data:
        flat_heat &= ~parts.CHAMBER_HEAT
    return flat_heat


def _touched_by(before: Run, after: Run) -> int:
    if after is before:
        return 0
    touched = parts.JOB
    if after.activity is not before.activity:
        touched |= parts.ACTIVITY
    if after.error != before.error:
        touched |= parts.FAULTS
    return touched


def _with_facts(
    facts: Facts,
    wire: dict[str, Any],
    merged: dict[str, Any],
    changed: Collection[str],
    touched: int,
) -> tuple[Facts, int]:
    if "fun" in changed and facts.refusal is not None:
        facts = replace(facts, refusal=None)
    if "hms" in changed and _has_dropped_command(wire["hms"]):
        facts = replace(facts, refusal=True)
    if "gcode_state" in changed or "stg_cur" in changed:
        odd = facts.oddities | _oddities(wire, changed)
        if odd != facts.oddities and len(odd) <= _MOST_ODDITIES:
            facts = replace(facts, oddities=odd)
    if not facts.model.is_known:
        model = detect(facts.modules, facts.serial, {**wire, **merged}, facts.code)
        if model != facts.model:
            return replace(facts, model=model), parts.ALL
    return facts, touched


def _oddities(wire: Mapping[str, Any], changed: Collection[str]) -> frozenset[str]:
    odd = set()
    if "gcode_state" in changed and (word := lifecycle.unknown_state(wire)):
        odd.add(f"gcode_state={word}")
    if "stg_cur" in changed and not is_known_stage(wire["stg_cur"]):
        odd.add(f"stg_cur={str(wire['stg_cur'])[:20]}")
    return frozenset(odd)


def _has_dropped_command(hms: Any) -> bool:  # noqa: ANN401 - a wire value
    return any(
        (whole(row.get("attr")), whole(row.get("code"))) == _DROPPED_COMMAND
        for row in rows(hms)
    )


def _merged_report(document: Document) -> dict[str, Any]:
    return {**document.wire, **document.merged}
