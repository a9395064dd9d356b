"""A printer as JSON: its record, its state and what follows from both, in one object.

Hot: a farm's list is asked for often and changes all the time. So orjson encodes the
dataclasses as they are, each section once, and the pieces are spliced. `PrinterOut`
says the same shape to the OpenAPI document; a test holds the two together.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel, create_model

from odin_engine.printers.model import LinkStatus, PrinterState, attention_reason
from odin_engine.printers.model.link import link_text
from odin_engine.printers.model.record import Printer
from odin_engine.printers.service import PrinterView
from odin_engine.printers.service.fleet import Memo

_OPTIONS = orjson.OPT_UTC_Z
_RECORD_FIELDS = tuple(field.name for field in fields(Printer))
_STATE_FIELDS = tuple(field.name for field in fields(PrinterState))
_WORDS = (
    "link",
    "link_reason",
    "control",
    "activity",
    "filament_change",
    "is_door_open",
    "is_timelapse_on",
    "storage",
    "wifi_dbm",
    "active_spool_id",
)
_SECTIONS = tuple(name for name in _STATE_FIELDS if name not in _WORDS)
_words_of = attrgetter(*_WORDS)
_sections_of = attrgetter(*_SECTIONS)
_DERIVED_FROM = ("link", "link_reason", "activity", "faults", "job")


class Derived(BaseModel):
    """What follows from a state.

    `is_live` is false while the values are old. `attention` is why a person must act.
    `link_text` and `link_remedy` say in English what the link is and what helps.
    """

    is_live: bool
    attention: str | None
    link_text: str
    link_remedy: str | None


if TYPE_CHECKING:

    class PrinterOut(BaseModel):
        """A printer with its live state."""
else:
    PrinterOut = create_model(
        "Printer",
        __doc__="A printer with its live state. `null` means unknown.",
        **{
            field.name: (field.type, ...)
            for kind in (Printer, PrinterState)
            for field in fields(kind)
        },
        **{
            name: (field.annotation, ...)
            for name, field in Derived.model_fields.items()
        },
    )


def printer_json(view: PrinterView) -> bytes:
    """Returns a printer as a JSON object; only what changed is encoded anew."""
    return _made(view.memo, "whole", view, _encode)


def _encode(view: PrinterView) -> bytes:
    memo, state = view.memo, view.state
    record = _made(memo, "record", view.printer, _record)
    sections = {
        name: _made(memo, name, section, _fragment)
        for name, section in zip(_SECTIONS, _sections_of(state), strict=True)
    }
    words = zip(_WORDS, _words_of(state), strict=True)
    return record + orjson.dumps(sections | dict(words) | _derived(state))[1:]


def _made[P, M](memo: Memo, name: str, part: P, make: Callable[[P], M]) -> M:
    """Returns what was made of this very part before, or makes it."""
    known = memo.get(name)
    if known is None or known[0] is not part:
        known = memo[name] = (part, make(part))
    made: M = known[1]
    return made


def _record(printer: Printer) -> bytes:
    return orjson.dumps(printer, option=_OPTIONS)[:-1] + b","


def _fragment(section: object) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(section, option=_OPTIONS))


def page_json(
    views: Iterable[PrinterView], next_cursor: str | None, total: int
) -> bytes:
    """Returns a page of printers as a JSON object."""
    return b"".join(
        (
            b'{"items":[',
            b",".join(map(printer_json, views)),
            b'],"next_cursor":',
            orjson.dumps(next_cursor),
            b',"total":',
            str(total).encode(),
            b"}",
        )
    )


def printer_object(view: PrinterView) -> dict[str, Any]:
    """Returns the same object with its sections as values that orjson can encode."""
    printer, state = view.printer, view.state
    whole = {name: getattr(printer, name) for name in _RECORD_FIELDS}
    whole |= {name: getattr(state, name) for name in _STATE_FIELDS}
    return whole | _derived(state)


def changes(before: PrinterView | None, after: PrinterView) -> dict[str, Any] | None:
    """Returns the merge patch from one view to the other, section by section.

    A section that is another object is sent whole; `null` in it means unknown. The
    whole object where `before` is `None`; `None` where nothing differs.
    """
    if before is None:
        return printer_object(after)
    changed: dict[str, Any] = {}
    if before.printer is not after.printer:
        changed |= _changed(before.printer, after.printer, _RECORD_FIELDS)
    old, new = before.state, after.state
    if old is not new:
        changed |= _changed(old, new, _STATE_FIELDS)
        if not changed.keys().isdisjoint(_DERIVED_FROM):
            was = _derived(old)
            changed |= {k: v for k, v in _derived(new).items() if v != was[k]}
    return changed or None


def _changed(before: object, after: object, names: Iterable[str]) -> dict[str, Any]:
    return {
        name: value
        for name in names
        if (value := getattr(after, name)) is not (was := getattr(before, name))
        and value != was
    }


def _derived(state: PrinterState) -> dict[str, Any]:
    said = link_text(state.link, state.link_reason)
    return {
        "is_live": state.link is LinkStatus.ONLINE,
        "attention": attention_reason(state),
        "link_text": said.text,
        "link_remedy": said.remedy,
    }
