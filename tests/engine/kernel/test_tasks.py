"""Background work is seen, cancelled, remembered, and never forgotten half-way."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import NotFound, Unavailable
from odin_engine.kernel.pages import PageRequest
from odin_engine.kernel.tables import TaskState
from odin_engine.kernel.tasks import Progress, Task, Tasks
from tests.engine.doubles import ManualClock
from tests.patience import PATIENCE_S


@pytest.fixture
def tasks(any_database: Database, clock: ManualClock) -> Tasks:
    return Tasks(any_database, clock, max_running=2)


async def _ended(tasks: Tasks, task_id: str) -> Task:
    with tasks.telemetry.watch() as watcher:
        async with asyncio.timeout(PATIENCE_S):
            while not (task := await tasks.get(task_id)).has_ended:
                await watcher.changed()
    return task


async def _forever(_progress: Progress) -> None:
    await asyncio.Event().wait()


async def test_progress_and_result_are_seen(tasks: Tasks, clock: ManualClock) -> None:
    async def work(progress: Progress) -> Mapping[str, Any]:
        progress(0.5, "half")
        return {"files": 3}

    with tasks.telemetry.watch() as watcher:
        task = await tasks.start("import", "Import things", "user-1", work)
        assert (task.state, task.progress) == (TaskState.QUEUED, 0.0)
        ended = await _ended(tasks, task.id)
        seen = watcher.take()[task.id]
    assert seen == ended
    assert ended.state is TaskState.DONE
    assert (ended.progress, ended.message) == (1.0, "half")
    assert ended.result == {"files": 3}
    assert ended.started_at == ended.ended_at == clock.now()


async def test_what_it_has_so_far_is_seen_and_survives_a_cancel(tasks: Tasks) -> None:
    async def work(progress: Progress) -> None:
        progress(0.5, "one", {"items": [1]})
        progress(0.5, "one", {"items": [1, 2]})
        progress(0.6, "going on")
        await asyncio.Event().wait()

    task = await tasks.start("look", "Look", None, work)
    with tasks.telemetry.watch() as watcher:
        while tasks.live()[task.id].message != "going on":
            await watcher.changed()
    assert tasks.live()[task.id].result == {"items": [1, 2]}
    cancelled = await tasks.cancel(task.id)
    assert cancelled.state is TaskState.CANCELLED
    assert cancelled.result == {"items": [1, 2]}
    assert await tasks.get(task.id) == cancelled


@pytest.mark.parametrize("told", [-1.0, 0.0, 0.5, 7.0, float("nan"), float("inf")])
async def test_progress_stays_a_fraction(tasks: Tasks, told: float) -> None:
    async def work(progress: Progress) -> None:
        progress(told, "now")
        await asyncio.Event().wait()

    task = await tasks.start("x", "X", None, work)
    with tasks.telemetry.watch() as watcher:
        while tasks.live()[task.id].message is None:
            await watcher.changed()
    assert 0.0 <= tasks.live()[task.id].progress <= 1.0
    await tasks.close()


async def test_tiny_steps_are_not_told(tasks: Tasks) -> None:
    told: list[int] = []

    async def work(progress: Progress) -> None:
        for step in range(10_000):
            progress(step / 10_000, None)
            told.append(len(watcher.take()))

    with tasks.telemetry.watch() as watcher:
        await _ended(tasks, (await tasks.start("x", "X", None, work)).id)
    assert sum(told) <= 201


async def test_a_known_error_is_told_as_a_problem(tasks: Tasks) -> None:
    async def work(_progress: Progress) -> None:
        raise Unavailable("The printer is off.")

    ended = await _ended(tasks, (await tasks.start("x", "X", None, work)).id)
    assert ended.state is TaskState.FAILED
    assert ended.error == {"code": "unavailable", "detail": "The printer is off."}


async def test_an_unknown_error_shows_no_internals(
    tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(_progress: Progress) -> None:
        raise LookupError("internals")

    with caplog.at_level(logging.ERROR):
        ended = await _ended(tasks, (await tasks.start("x", "X", None, work)).id)
    assert ended.error is not None
    assert ended.error["code"] == "internal_error"
    assert "internals" not in str(ended.error)
    assert ended.id in str(ended.error)
    assert caplog.text.count("LookupError: internals") == 1


async def test_a_cancelled_task_cleans_up_and_says_so(tasks: Tasks) -> None:
    is_clean = False
    began = asyncio.Event()

    async def work(_progress: Progress) -> None:
        nonlocal is_clean
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            is_clean = True

    task = await tasks.start("x", "X", None, work)
    await began.wait()
    cancelled = await tasks.cancel(task.id)
    assert cancelled.state is TaskState.CANCELLED
    assert is_clean
    assert await tasks.cancel(task.id) == cancelled
    with pytest.raises(NotFound):
        await tasks.cancel("nobody")


async def test_a_task_cancelled_before_its_first_step_ends_too(tasks: Tasks) -> None:
    task = await tasks.start("x", "X", None, _forever)
    assert (await tasks.cancel(task.id)).state is TaskState.CANCELLED
    assert tasks.live() == {}


async def test_only_a_few_run_side_by_side(tasks: Tasks) -> None:
    started = [await tasks.start("x", str(n), None, _forever) for n in range(3)]
    with tasks.telemetry.watch() as watcher:
        while _count(tasks, TaskState.RUNNING) < 2:
            await watcher.changed()
    assert _count(tasks, TaskState.QUEUED) == 1
    await tasks.cancel(started[0].id)
    with tasks.telemetry.watch() as watcher:
        while _count(tasks, TaskState.RUNNING) < 2:
            await watcher.changed()
    await tasks.close()


def _count(tasks: Tasks, state: TaskState) -> int:
    return sum(1 for task in tasks.live().values() if task.state is state)


async def test_stopping_the_engine_marks_work_as_interrupted(tasks: Tasks) -> None:
    task = await tasks.start("x", "X", None, _forever)
    await tasks.close()
    ended = await tasks.get(task.id)
    assert ended.state is TaskState.FAILED
    assert ended.error is not None
    assert ended.error["code"] == "interrupted"


async def test_a_killed_engine_finds_its_work_interrupted(
    any_database: Database, tasks: Tasks, clock: ManualClock
) -> None:
    began = asyncio.Event()

    async def work(_progress: Progress) -> None:
        began.set()
        await asyncio.Event().wait()

    task = await tasks.start("x", "X", "user-1", work)
    await began.wait()
    after_the_kill = Tasks(any_database, clock)
    assert (await after_the_kill.get(task.id)).state is TaskState.RUNNING
    await after_the_kill.recover()
    found = await after_the_kill.get(task.id)
    assert found.state is TaskState.FAILED
    assert found.error is not None
    assert found.error["code"] == "interrupted"
    await tasks.close()


async def test_lists_show_live_progress(tasks: Tasks, clock: ManualClock) -> None:
    async def work(progress: Progress) -> None:
        progress(0.4, None)
        await asyncio.Event().wait()

    mine = await tasks.start("x", "mine", "user-1", work)
    await clock.advance(1)
    theirs = await tasks.start("x", "theirs", "user-2", work)
    with tasks.telemetry.watch() as watcher:
        while any(task.progress < 0.4 for task in tasks.live().values()):
            await watcher.changed()
    page = await tasks.page(PageRequest())
    assert [(task.id, task.progress) for task in page.items] == [
        (theirs.id, 0.4),
        (mine.id, 0.4),
    ]
    assert (await tasks.page(PageRequest(), owner="user-1")).total == 1
    assert (await tasks.page(PageRequest(), state=TaskState.DONE)).total == 0
    await tasks.close()


async def test_old_tasks_are_forgotten(tasks: Tasks, clock: ManualClock) -> None:
    async def work(_progress: Progress) -> None:
        return

    old = await _ended(tasks, (await tasks.start("x", "X", None, work)).id)
    await clock.advance(timedelta(days=31).total_seconds())
    await tasks.forget_old()
    with pytest.raises(NotFound):
        await tasks.get(old.id)
