"""What feeds the live socket: printers, background tasks, and the news of printers."""

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from typing import Any

import orjson

from odin_engine.identity.model import Permission
from odin_engine.kernel.bus import Facts, Watcher
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.tasks import Task, Tasks
from odin_engine.live.model import Event, Topic
from odin_engine.live.ports import Source
from odin_engine.live.service import Live
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.service import Printers, PrinterView
from odin_engine.printers.wire import changes, printer_json

PRINTERS = "printers"
TASKS = "tasks"

KEPT_TASKS = 50
"""So many ended tasks stay to be seen; a client may have been away at the end."""

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class PrinterSource:
    """Every printer, its record and its state in one object."""

    permission = Permission.READ_PRINTERS

    def __init__(self, printers: Printers) -> None:
        self._printers = printers

    def snapshot(self) -> Mapping[str, PrinterView]:
        """Returns every printer as it is now."""
        return self._printers.views()

    def watch(self) -> Watcher[PrinterView]:
        """Begins to tell which printers change."""
        return self._printers.telemetry.watch()

    def patch(self, before: PrinterView | None, after: PrinterView) -> object | None:
        """Returns what a client can see of a change."""
        if before is not None:
            return changes(before, after)
        whole: object = orjson.Fragment(printer_json(after))
        return whole


class TaskSource:
    """Background tasks that wait, run, or ended not long ago."""

    permission = Permission.READ_TASKS

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def snapshot(self) -> Mapping[str, Task]:
        """Returns the tasks that wait or run."""
        return self._tasks.live()

    def watch(self) -> TaskWatch:
        """Begins to tell which tasks change."""
        return TaskWatch(self._tasks.telemetry.watch())

    def patch(self, before: Task | None, after: Task) -> Mapping[str, Any] | None:
        """Returns the members that changed."""
        changed = {
            name: value
            for name in Task.__slots__
            for value in (getattr(after, name),)
            if before is None or value != getattr(before, name)
        }
        return changed or None


class TaskWatch:
    """Tells of tasks, and that an ended one is gone once many others have ended."""

    def __init__(self, watcher: Watcher[Task]) -> None:
        self._watcher = watcher
        self._ended: deque[str] = deque()

    async def changed(self) -> dict[str, Task | None]:
        """Waits until any task changed."""
        changed = await self._watcher.changed()
        self._ended += [key for key, task in changed.items() if task and task.has_ended]
        while len(self._ended) > KEPT_TASKS:
            changed[self._ended.popleft()] = None
        return changed

    def close(self) -> None:
        """Stops watching."""
        self._watcher.close()


def sources(printers: Printers, tasks: Tasks) -> dict[str, Source[Any]]:
    """Returns what can be subscribed to, by the first word of its topics."""
    return {PRINTERS: PrinterSource(printers), TASKS: TaskSource(tasks)}


async def announce(live: Live, facts: Facts, clock: Clock) -> None:
    """Tells whoever watches a printer what happened at it, until cancelled."""

    async def tell(event: PrinterEvent) -> None:
        news = Event(event_name(event), event, clock.now())
        live.announce(Topic(PRINTERS, event.printer_id), news)

    undo = facts.subscribe(PrinterEvent, tell)
    try:
        await asyncio.Event().wait()
    finally:
        undo()


def event_name(event: object) -> str:
    """Returns an event's name on the wire: `PrintStarted` is `print_started`."""
    return _WORD_START.sub("_", type(event).__name__).lower()
