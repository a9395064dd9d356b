"""Pages neither repeat nor skip rows, whatever the order."""

from base64 import urlsafe_b64encode
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Invalid
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.pages import PageRequest, Slice, Sorts, WrongCursor, fetch_page
from odin_engine.kernel.tables import TaskRow, TaskState
from tests.engine.doubles import ManualClock
from tests.fuzzing import fuzzed

_SORTS = Sorts(
    {
        "created_at": TaskRow.created_at,
        "title": TaskRow.title,
        "progress": TaskRow.progress,
    },
    "-created_at",
    TaskRow.id,
)


@pytest.fixture
async def titles(any_database: Database, clock: ManualClock) -> list[str]:
    """Twenty-three rows; many share a title, and two share each instant."""
    names = [f"t{number % 5}" for number in range(23)]
    async with any_database.work() as work:
        for number, title in enumerate(names):
            work.session.add(
                TaskRow(
                    id=new_id(),
                    kind="x",
                    title=title,
                    state=TaskState.DONE,
                    progress=number / 23,
                    created_at=clock.now() + timedelta(microseconds=number // 2),
                )
            )
    return names


async def _page(database: Database, request: PageRequest) -> Slice[TaskRow]:
    async with database.read() as session:
        return await fetch_page(session, select(TaskRow), request, _SORTS)


@pytest.mark.parametrize("limit", [1, 5, 22, 23, 24])
@pytest.mark.parametrize("sort", [None, "created_at", "title", "-title", "progress"])
@pytest.mark.usefixtures("titles")
async def test_every_row_comes_once_in_order(
    any_database: Database, limit: int, sort: str | None
) -> None:
    seen: list[TaskRow] = []
    cursor: str | None = None
    while True:
        page = await _page(any_database, PageRequest(limit, cursor, sort))
        assert page.total == 23
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.items) == limit
    assert len({row.id for row in seen}) == len(seen) == 23
    field = (sort or "-created_at").removeprefix("-")
    values = [getattr(row, field) for row in seen]
    assert values == sorted(values, reverse=(sort or "-").startswith("-"))


@pytest.mark.usefixtures("titles")
async def test_rows_that_come_meanwhile_do_not_shift_the_rest(
    any_database: Database, clock: ManualClock
) -> None:
    first = await _page(any_database, PageRequest(10))
    async with any_database.work() as work:
        work.session.add(
            TaskRow(
                id=new_id(),
                kind="x",
                title="new",
                state=TaskState.DONE,
                progress=0,
                created_at=clock.now() + timedelta(hours=1),
            )
        )
    second = await _page(any_database, PageRequest(13, first.next_cursor))
    assert not {row.id for row in first.items} & {row.id for row in second.items}
    assert len(second.items) == 13


async def test_an_unknown_order_names_the_known_ones(any_database: Database) -> None:
    with pytest.raises(Invalid, match="Sort by one of: created_at, title, progress"):
        await _page(any_database, PageRequest(sort="password"))


def _forged(*parts: object) -> str:
    return urlsafe_b64encode(orjson.dumps(parts)).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "äöü",
        _forged(),
        _forged("-created_at", "never", "id"),
        _forged("-created_at", 5, "id"),
        _forged("-created_at", "2026-11-01T08:00:00", "id"),
        _forged("-created_at", "2026-11-01T08:00:00Z", 5),
        _forged("-created_at", "2026-11-01T08:00:00Z", "a\0b"),
        _forged("title", "a", "id"),
        _forged("-created_at", None, None),
    ],
)
async def test_a_forged_cursor_is_refused(any_database: Database, cursor: str) -> None:
    with pytest.raises(WrongCursor, match="Start again without it"):
        await _page(any_database, PageRequest(cursor=cursor))


@fuzzed(50)
@given(cursor=st.text(max_size=60))
async def test_any_cursor_ends_in_a_known_error(
    database: Database, cursor: str
) -> None:
    with pytest.raises(Invalid):
        await _page(database, PageRequest(cursor=cursor))
