"""The message path: what it hands on, and what it must not touch."""

import asyncio
from dataclasses import replace

from sqlalchemy import event

from odin_engine.kernel.db import Database
from odin_engine.printers.model import Activity, Heat, LinkStatus, Temperatures
from tests.engine.printers.farm import Farm
from tests.engine.printers.memory_driver import IDLE, job


async def test_a_message_touches_no_database_and_makes_no_task(
    farm: Farm, database: Database
) -> None:
    printer_id = await farm.add()
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    tasks = asyncio.all_tasks()
    state = replace(IDLE, activity=Activity.IDLE)
    with farm.printers.telemetry.watch() as watcher:
        for number in range(1000):
            heat = Heat(20.0 + number / 10, 0.0)
            state = replace(
                state,
                temperatures=Temperatures((heat,)),
                job=job(progress_pct=number % 101),
            )
            farm.printers.observe(printer_id, state)
        seen = watcher.take()
    assert asyncio.all_tasks() == tasks
    await farm.go()
    assert statements == []
    view = seen[printer_id]
    assert view is not None
    assert view.state is state
    assert farm.printers.view(printer_id) is view


async def test_news_without_rows_reads_and_writes_nothing(
    farm: Farm, database: Database
) -> None:
    printer_id = await farm.add()
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    farm.printers.observe(printer_id, replace(IDLE, is_door_open=True))
    farm.printers.observe(printer_id, replace(IDLE, is_door_open=False))
    await farm.go()
    assert statements == []
    assert [type(e).__name__ for e in farm.events[-2:]] == ["DoorChanged"] * 2


async def test_watchers_see_printers_come_change_and_go(farm: Farm) -> None:
    with farm.printers.telemetry.watch() as watcher:
        printer_id = await farm.add()
        view = watcher.take()[printer_id]
        assert view is not None
        assert view.state.link is LinkStatus.ONLINE
        await farm.printers.registry.edit(printer_id, {"name": "Berta"})
        view = watcher.take()[printer_id]
        assert view is not None
        assert view.printer.name == "Berta"
        await farm.printers.registry.delete(printer_id)
        assert watcher.take() == {printer_id: None}
    assert farm.printers.views() == {}


async def test_the_same_state_is_no_change(farm: Farm) -> None:
    printer_id = await farm.add()
    with farm.printers.telemetry.watch() as watcher:
        farm.printers.observe(printer_id, farm.state(printer_id))
        assert watcher.take() == {}
