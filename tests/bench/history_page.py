"""What a page of a printer's history costs among many rows, on top and far down.

Baseline: the same fifty rows asked of SQLite directly.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.db import Database
from odin_engine.kernel.migrate import whole_schema
from odin_engine.kernel.pages import PageRequest
from odin_engine.printers.model import PrintResult
from odin_engine.printers.service.history import History
from odin_engine.printers.tables import RunRow
from tests.bench.figures import Figure, best_s, percentile

ROWS = 100_000
_PAGE = 50
_PRINTER = "1" * 32
_BATCH = 5000
_ROUNDS = 60


def measure() -> list[Figure]:
    """Returns what pages cost at the service, without HTTP."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder) / "odin.db"))


async def _measure(path: Path) -> list[Figure]:
    database = Database(f"sqlite+aiosqlite:///{path}", Facts())
    await _fill(database)
    history = History(database, SystemClock())
    deep = await _cursor_at(history, ROWS - 10 * _PAGE)
    bare_s = best_s(lambda: _bare(path))
    figures = []
    for where, cursor, ask in (
        ("first page", None, history.runs),
        ("first page, counted anew,", None, partial(_counted_anew, history)),
        ("last page but ten", deep, history.runs),
    ):
        request = PageRequest(limit=_PAGE, cursor=cursor)
        taken_s = await _times(partial(ask, _PRINTER, request))
        figures.append(
            Figure(
                f"{where} of {_PAGE} among {ROWS:,}",
                percentile(taken_s, 50),
                "≤ 5 ms",
                "SELECT of 50 rows, sqlite3",
                bare_s,
            )
        )
    await database.close()
    return figures


async def _counted_anew(
    history: History, printer_id: str, request: PageRequest
) -> object:
    history.totals.forget()
    return await history.runs(printer_id, request)


async def _times(ask: Callable[[], Awaitable[object]]) -> list[float]:
    taken_s = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        await ask()
        taken_s.append(time.perf_counter() - began)
    return taken_s


async def _cursor_at(history: History, depth: int) -> str | None:
    cursor = None
    for _ in range(depth // 200):
        page = await history.runs(_PRINTER, PageRequest(limit=200, cursor=cursor))
        cursor = page.next_cursor
    return cursor


async def _fill(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(whole_schema().create_all)
    start = SystemClock().now() - timedelta(days=900)
    for first in range(0, ROWS, _BATCH):
        rows = [
            {
                "id": f"{number:032x}",
                "printer_id": _PRINTER,
                "printer_name": "Printer",
                "started_at": start + timedelta(minutes=12 * number),
                "ended_at": start + timedelta(minutes=12 * number + 10),
                "was_seen_starting": True,
                "name": f"part {number}",
                "result": PrintResult.FINISHED,
                "progress_pct": 100,
                "printing_s": 600.0,
            }
            for number in range(first, first + _BATCH)
        ]
        async with database.work() as work:
            await work.session.execute(insert(RunRow), rows)


def _bare(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        query = (
            "SELECT * FROM print_runs WHERE printer_id = ?"
            " ORDER BY started_at DESC, id DESC LIMIT 50"
        )
        return len(connection.execute(query, (_PRINTER,)).fetchall())
