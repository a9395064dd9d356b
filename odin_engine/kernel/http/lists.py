"""Lists over HTTP: `?limit=&cursor=&sort=&q=`, JSON pages, and CSV on request."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from odin_engine.kernel.http.responses import Json
from odin_engine.kernel.pages import DEFAULT_LIMIT, MAX_LIMIT, PageRequest

_MAX_TEXT = 1000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet runs a cell that begins so (OWASP, "CSV Injection")."""
_WEIGHT = re.compile(r"q=([01](?:\.\d{0,3})?)")
_KINDS = {"text/csv": True, "application/json": False, "*/*": False}
"""What may be asked for, and whether that is CSV."""

SHEET: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}
"""`responses=` of a route whose list also comes as CSV."""


class Page[T](BaseModel):
    """One page of a list. `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None
    total: Annotated[int, Field(ge=0)]


def page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=_MAX_TEXT)] = None,
    sort: Annotated[str | None, Query(max_length=_MAX_TEXT)] = None,
    q: Annotated[str | None, Query(max_length=_MAX_TEXT)] = None,
) -> PageRequest:
    """Reads which part of a list the caller wants."""
    return PageRequest(limit, cursor, sort, q)


PageDep = Annotated[PageRequest, Depends(page_request)]


def answer_page[T: BaseModel](
    request: Request, page: Page[T], row: type[T]
) -> Response:
    """Answers a page as JSON, or as CSV where the caller asks for `text/csv`.

    The CSV holds the same rows; `X-Next-Cursor` and `X-Total-Count` tell the rest.
    """
    if not wants_csv(request):
        return Json(page)
    headers = {
        "Content-Disposition": 'attachment; filename="list.csv"',
        "X-Total-Count": str(page.total),
        "Vary": "Accept",
    }
    if page.next_cursor is not None:
        headers["X-Next-Cursor"] = page.next_cursor
    rows = [item.model_dump(mode="json") for item in page.items]
    return Response(to_csv(rows, list(row.model_fields)), 200, headers, "text/csv")


def wants_csv(request: Request) -> bool:
    """Whether the caller prefers CSV over JSON (RFC 9110, section 12.5.1)."""
    accepted = request.headers.get("accept", "").lower().split(",")
    for weight, kind in sorted(map(_wish, accepted), key=itemgetter(0), reverse=True):
        if weight > 0 and kind in _KINDS:
            return _KINDS[kind]
    return False


def to_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Returns RFC 4180 text; nested values become columns `outer.inner`.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    flat_rows = [_flat(row) for row in rows]
    names = [
        name
        for column in columns
        for name in dict.fromkeys(
            [
                key
                for row in flat_rows
                for key in row
                if key == column or key.startswith(f"{column}.")
            ]
            or [column]
        )
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(
        {name: _cell(value) for name, value in row.items()} for row in flat_rows
    )
    return out.getvalue()


def _wish(part: str) -> tuple[float, str]:
    kind, *parameters = part.split(";")
    for parameter in parameters:
        found = _WEIGHT.fullmatch(parameter.strip())
        if found:
            return float(found[1]), kind.strip()
    return 1.0, kind.strip()


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            flat[prefix + key] = "; ".join(str(item) for item in value)
        else:
            flat[prefix + key] = value
    return flat


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
