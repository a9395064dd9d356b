"""The list of printers as somebody wants to see it: filtered, sorted, a page of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.kernel.pages import Slice, WrongCursor
from odin_engine.printers.model import Activity, LinkStatus
from odin_engine.printers.service.fleet import PrinterView

LIMIT_DEFAULT = 200
LIMIT_MOST = 1000

_SORTS: dict[str, Callable[[PrinterView], Any]] = {
    "position": lambda view: view.printer.position,
    "name": lambda view: view.printer.name.casefold(),
    "created_at": lambda view: view.printer.created_at,
    "family": lambda view: view.printer.family,
    "model": lambda view: _model(view).casefold(),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which printers to show; `None` means any.

    `q` looks into names, models, hosts, serials and tags.
    """

    limit: int = LIMIT_DEFAULT
    cursor: str | None = None
    sort: str | None = None
    q: str | None = None
    tag: str | None = None
    family: str | None = None
    model: str | None = None
    link: LinkStatus | None = None
    activity: Activity | None = None
    is_enabled: bool | None = None


def page(views: Iterable[PrinterView], wanted: Wanted) -> Slice[PrinterView]:
    """Returns a page of the printers that match, by position unless asked otherwise.

    Raises:
        Invalid: an unknown sort field, or a cursor of a printer that is not in the list.
    """
    sort = wanted.sort or "position"
    key = _SORTS.get(sort.removeprefix("-"))
    if key is None:
        raise Invalid(
            f"Sort by one of: {', '.join(_SORTS)}.", Problem("/sort", "Unknown field")
        )
    found = sorted(
        (view for view in views if _matches(view, wanted)),
        key=lambda view: (key(view), view.printer.id),
        reverse=sort.startswith("-"),
    )
    first = 0
    if wanted.cursor is not None:
        ids = [view.printer.id for view in found]
        if wanted.cursor not in ids:
            raise WrongCursor
        first = ids.index(wanted.cursor) + 1
    items = found[first : first + wanted.limit]
    is_last = first + wanted.limit >= len(found)
    return Slice(items, None if is_last else items[-1].printer.id, len(found))


def _matches(view: PrinterView, wanted: Wanted) -> bool:
    printer, state = view.printer, view.state
    asked = (
        (wanted.family, printer.family),
        (wanted.link, state.link),
        (wanted.activity, state.activity),
        (wanted.is_enabled, printer.is_enabled),
    )
    if any(want is not None and want != have for want, have in asked):
        return False
    if wanted.model is not None and wanted.model.casefold() != _model(view).casefold():
        return False
    tags = {tag.casefold() for tag in printer.tags}
    if wanted.tag is not None and wanted.tag.casefold() not in tags:
        return False
    if not wanted.q:
        return True
    text = wanted.q.casefold()
    places = (printer.name, _model(view), printer.host, printer.serial or "")
    return any(text in place for place in (*map(str.casefold, places), *tags))


def _model(view: PrinterView) -> str:
    """Returns what people call the machine; nothing before it said so."""
    model = view.state.model
    return (model.name or model.id or "") if model else ""
