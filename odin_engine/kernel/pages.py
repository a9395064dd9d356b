"""Long lists a page at a time: keyset paging, equally fast at any depth.

The cursor is opaque to callers. It holds the sort order and the last row's values, so
that rows which come and go meanwhile neither repeat nor skip others.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar

import orjson
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from odin_engine.kernel.errors import Invalid, Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list somebody wants. `sort` is a field, `-` before it reverses."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    sort: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class Slice[T]:
    """One page: its items, how to get the next one, and how many there are in all."""

    items: Sequence[T]
    next_cursor: str | None
    total: int


class WrongCursor(Invalid):
    """A cursor that this list never gave out."""

    code: ClassVar[str] = "wrong_cursor"

    def __init__(self) -> None:
        super().__init__(
            "The cursor does not belong to this list. Start again without it.",
            Problem("/cursor", "Not a cursor of this list."),
        )


@dataclass(frozen=True, slots=True)
class Sorts:
    """The orders a list offers.

    `fields` maps a name callers use to a column without nulls; `key` is a unique
    column that settles ties; `default` is a name, maybe with `-`.
    """

    fields: Mapping[str, InstrumentedAttribute[Any]]
    default: str
    key: InstrumentedAttribute[str]


async def fetch_page[T](
    session: AsyncSession,
    query: Select[tuple[T]],
    request: PageRequest,
    sorts: Sorts,
    total: int | None = None,
) -> Slice[T]:
    """Returns one page of what `query` selects; the query has no order of its own.

    `total` is how many rows there are in all, where the caller knows: counting a hundred
    thousand of them costs more than reading the page.

    Raises:
        Invalid: an unknown sort field, or a cursor that is none.
    """
    sort = request.sort or sorts.default
    column = sorts.fields.get(sort.removeprefix("-"))
    if column is None:
        raise Invalid(
            f"Sort by one of: {', '.join(sorts.fields)}.",
            Problem("/sort", "Unknown field."),
        )
    is_descending = sort.startswith("-")
    if total is None:
        counting = select(func.count()).select_from(query.subquery())
        total = await session.scalar(counting)
    page = query.limit(request.limit + 1)
    if request.cursor is not None:
        page = page.where(_after(request.cursor, sort, column, sorts.key))
    for each in (column, sorts.key):
        page = page.order_by(each.desc() if is_descending else each.asc())
    found = (
        await session.execute(
            page.add_columns(column.label(None), sorts.key.label(None))
        )
    ).all()
    rows = found[: request.limit]
    is_last = len(found) <= request.limit
    return Slice(
        items=[row[0] for row in rows],
        next_cursor=None if is_last else _encode(sort, rows[-1][-2], rows[-1][-1]),
        total=total or 0,
    )


def _after(
    cursor: str,
    sort: str,
    column: InstrumentedAttribute[Any],
    key: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    value, last_key = _decode(cursor, sort, column.type.python_type)
    place = tuple_(column, key)
    last = tuple_(literal(value, column.type), literal(last_key, key.type))
    return place < last if sort.startswith("-") else place > last


def _encode(sort: str, value: object, key: object) -> str:
    plain = value.isoformat() if isinstance(value, datetime) else value
    return urlsafe_b64encode(orjson.dumps([sort, plain, key])).decode().rstrip("=")


def _decode(cursor: str, sort: str, kind: type) -> tuple[object, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        cursor_sort, value, key = orjson.loads(urlsafe_b64decode(padded))
        if kind is datetime:
            value = datetime.fromisoformat(value)
        elif issubclass(kind, Enum):
            value = kind(value)
    except (ValueError, TypeError, binascii.Error) as error:
        raise WrongCursor from error
    is_ours = cursor_sort == sort and isinstance(value, kind) and isinstance(key, str)
    has_zone = not isinstance(value, datetime) or value.tzinfo is not None
    is_storable = "\0" not in f"{value}{key}"
    if not (is_ours and has_zone and is_storable):
        raise WrongCursor
    return value, key
