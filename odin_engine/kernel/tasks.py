"""Work that outlives the request that asked for it, with progress.

A task lives in memory while it runs; its row is written when it is queued and when it
ends. After a restart, rows that say running are of tasks that nobody runs any more.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import delete, select, update

from odin_engine.kernel.bus import Telemetry
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import NotFound, OdinError
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.pages import PageRequest, Slice, Sorts, fetch_page
from odin_engine.kernel.tables import TaskRow, TaskState

__all__ = ["Body", "Progress", "Task", "TaskState", "Tasks"]

_LOG = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)
_SMALLEST_STEP = 0.005
"""Progress by less than half a percent is not worth a message to everybody."""
_INTERRUPTED = {
    "code": "interrupted",
    "detail": "The engine stopped meanwhile. Start it again.",
}
_RUNNING = (TaskState.QUEUED, TaskState.RUNNING)


class Progress(Protocol):
    """Called by the work with a fraction from 0 to 1, a sentence, and what it has so far."""

    def __call__(
        self,
        done: float,
        said: str | None,
        so_far: Mapping[str, Any] | None = None,
        /,
    ) -> None:
        """Tells everybody who watches the task."""
        ...


type Body = Callable[[Progress], Awaitable[Mapping[str, Any] | None]]
"""The work; what it returns is the task's result."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of background work. `owner` is the user id it is done for."""

    id: str
    kind: str
    title: str
    owner: str | None
    state: TaskState
    progress: float
    message: str | None
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in _RUNNING


class Tasks:
    """Starts, shows and cancels background work; `telemetry` tells every change."""

    def __init__(self, database: Database, clock: Clock, max_running: int = 4) -> None:
        self.telemetry: Telemetry[Task] = Telemetry()
        self._database = database
        self._clock = clock
        self._slots = asyncio.Semaphore(max_running)
        self._live: dict[str, Task] = {}
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._is_closing = False

    async def recover(self) -> None:
        """Marks what a former process left running as interrupted; call it once."""
        async with self._database.work() as work:
            await work.session.execute(
                update(TaskRow)
                .where(TaskRow.state.in_(_RUNNING), TaskRow.id.not_in(self._live))
                .values(
                    state=TaskState.FAILED,
                    error=_INTERRUPTED,
                    ended_at=self._clock.now(),
                )
            )

    async def start(self, kind: str, title: str, owner: str | None, body: Body) -> Task:
        """Queues work and returns at once; a few tasks run side by side."""
        task = Task(
            id=new_id(),
            kind=kind,
            title=title,
            owner=owner,
            state=TaskState.QUEUED,
            progress=0.0,
            message=None,
            result=None,
            error=None,
            created_at=self._clock.now(),
            started_at=None,
            ended_at=None,
        )
        async with self._database.work() as work:
            work.session.add(TaskRow(**_values(task)))
        self._show(task)
        self._jobs[task.id] = asyncio.create_task(self._run(task.id, body))
        return task

    async def get(self, task_id: str) -> Task:
        """Returns a task as it is now.

        Raises:
            NotFound: there is none, or it ended over a month ago.
        """
        if task_id in self._live:
            return self._live[task_id]
        async with self._database.read() as session:
            row = await session.get(TaskRow, task_id)
        if row is None:
            raise NotFound("There is no such task.")
        return _task(row)

    async def page(
        self,
        request: PageRequest,
        state: TaskState | None = None,
        owner: str | None = None,
    ) -> Slice[Task]:
        """Returns one page of tasks, newest first unless asked otherwise."""
        query = select(TaskRow)
        if state is not None:
            query = query.where(TaskRow.state == state)
        if owner is not None:
            query = query.where(TaskRow.owner == owner)
        sorts = Sorts({"created_at": TaskRow.created_at}, "-created_at", TaskRow.id)
        async with self._database.read() as session:
            rows = await fetch_page(session, query, request, sorts)
        items = [self._live.get(row.id) or _task(row) for row in rows.items]
        return Slice(items, rows.next_cursor, rows.total)

    def live(self) -> dict[str, Task]:
        """Returns what is queued or running now, by id."""
        return dict(self._live)

    async def cancel(self, task_id: str) -> Task:
        """Stops a task and waits for its end; one that has ended stays as it is.

        Raises:
            NotFound: there is no such task.
        """
        await self._stop([task_id])
        return await self.get(task_id)

    async def close(self) -> None:
        """Stops everything that runs; it becomes failed, as interrupted."""
        self._is_closing = True
        await self._stop(list(self._jobs))

    async def forget_old(self) -> None:
        """Drops tasks that ended over a month ago."""
        async with self._database.work() as work:
            await work.session.execute(
                delete(TaskRow).where(TaskRow.ended_at < self._clock.now() - KEPT_FOR)
            )

    async def _stop(self, task_ids: list[str]) -> None:
        jobs = {id_: self._jobs[id_] for id_ in task_ids if id_ in self._jobs}
        for job in jobs.values():
            job.cancel()
        if jobs:
            await asyncio.wait(jobs.values())
        # A job stopped before its first step never came to its own end.
        for task_id in jobs.keys() & self._live.keys():
            await self._end(self._cancelled(task_id))

    async def _run(self, task_id: str, body: Body) -> None:
        try:
            async with self._slots:
                await self._set_running(task_id)
                result = await body(partial(self._step, task_id))
            ended = replace(
                self._live[task_id], state=TaskState.DONE, progress=1.0, result=result
            )
        except asyncio.CancelledError:
            ended = self._cancelled(task_id)
        except OdinError as error:
            problem = error.facts() | {"code": error.code, "detail": error.message}
            ended = self._failed(task_id, problem)
        except Exception:  # noqa: BLE001 - edge: a task has no caller to raise to
            _LOG.exception("task %s failed", task_id)
            detail = f"Something went wrong. The log says more under {task_id}."
            ended = self._failed(task_id, {"code": "internal_error", "detail": detail})
        await self._end(ended)

    async def _set_running(self, task_id: str) -> None:
        running = replace(
            self._live[task_id], state=TaskState.RUNNING, started_at=self._clock.now()
        )
        self._show(running)
        await self._write(running)

    def _step(
        self,
        task_id: str,
        done: float,
        said: str | None,
        so_far: Mapping[str, Any] | None = None,
    ) -> None:
        task = self._live[task_id]
        progress = min(max(done, 0.0), 1.0) if math.isfinite(done) else task.progress
        message = task.message if said is None else said
        is_news = (
            message != task.message
            or abs(progress - task.progress) >= _SMALLEST_STEP
            or so_far is not None
        )
        if is_news:
            result = task.result if so_far is None else so_far
            self._show(replace(task, progress=progress, message=message, result=result))

    def _cancelled(self, task_id: str) -> Task:
        if self._is_closing:
            return self._failed(task_id, _INTERRUPTED)
        return replace(self._live[task_id], state=TaskState.CANCELLED)

    def _failed(self, task_id: str, problem: Mapping[str, Any]) -> Task:
        return replace(self._live[task_id], state=TaskState.FAILED, error=problem)

    async def _end(self, ended: Task) -> None:
        task = replace(ended, ended_at=self._clock.now())
        try:
            await self._write(task)
        finally:
            self._live.pop(task.id)
            self._jobs.pop(task.id)
            self.telemetry.put(task.id, task)

    def _show(self, task: Task) -> None:
        self._live[task.id] = task
        self.telemetry.put(task.id, task)

    async def _write(self, task: Task) -> None:
        async with self._database.work() as work:
            await work.session.merge(TaskRow(**_values(task)))


def _values(task: Task) -> dict[str, Any]:
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name in Task.__slots__
        for value in (getattr(task, name),)
    }


def _task(row: TaskRow) -> Task:
    return Task(**{name: getattr(row, name) for name in Task.__slots__})
