"""Real printers, tasks and events on their way to a subscriber."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.family import BambuFamily
from odin_engine.identity.model import Permission
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.files import Files
from odin_engine.kernel.secrets import Secrets
from odin_engine.kernel.tasks import Progress, Tasks
from odin_engine.live.model import Event, Hello, Profile, Topic, View
from odin_engine.live.reactions import KEPT_TASKS, announce, event_name, sources
from odin_engine.live.service import Live, Subscriber
from odin_engine.live.wire import encode
from odin_engine.printers import events
from odin_engine.printers.model import (
    TUNABLES,
    Activity,
    Fans,
    Fault,
    FaultKind,
    Heat,
    Job,
    LinkReason,
    LinkStatus,
    PrinterState,
    Severity,
    Temperatures,
)
from odin_engine.printers.model.record import Printer
from odin_engine.printers.service import Printers, PrinterView
from odin_engine.printers.wire import changes, printer_json
from odin_engine.system.wire import TaskOut
from tests.engine.doubles import ManualClock, settle
from tests.engine.live.things import Mirror
from tests.patience import PATIENCE_S

_ALL = frozenset({Permission.READ_PRINTERS, Permission.READ_TASKS})
_HOT = Fault("0300-0100", FaultKind.HEALTH, Severity.SERIOUS, "Too hot.")


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """What runs in the background until the test ends."""
    async with AsyncExitStack() as stack:
        yield stack


def _run(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    running = asyncio.create_task(work)

    async def stop() -> None:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    stack.push_async_callback(stop)


@pytest.fixture
async def tasks(database: Database, clock: ManualClock, stack: AsyncExitStack) -> Tasks:
    tasks = Tasks(database, clock)
    stack.push_async_callback(tasks.close)
    return tasks


@pytest.fixture
async def printers(
    database: Database,
    clock: ManualClock,
    tasks: Tasks,
    tmp_path: Path,
    stack: AsyncExitStack,
) -> Printers:
    printers = Printers(
        database,
        clock,
        clock,
        Secrets(Fernet.generate_key()),
        {"bambu": BambuFamily(trust_dir=tmp_path / "trust")},
        Files(tmp_path),
        tasks,
        Config(database, clock, TUNABLES),
    )
    await printers.start()
    stack.push_async_callback(printers.stop)
    return printers


@pytest.fixture
async def live(
    printers: Printers, tasks: Tasks, clock: ManualClock, stack: AsyncExitStack
) -> Live:
    live = Live(sources(printers, tasks), Hello("1.2.3", 1), clock, clock)
    _run(stack, live.run())
    await settle()
    return live


async def _add(printers: Printers) -> str:
    values = {
        "name": "One",
        "family": "bambu",
        "host": "192.0.2.7",
        "serial": "00M00A000000000",
        "secret": "12345678",
        "is_enabled": False,
    }
    return (await printers.registry.add(values)).id


async def _listen(live: Live, topic: str) -> Subscriber:
    subscriber = live.join(_ALL, "anna")
    assert subscriber is not None
    assert not subscriber.subscribe([Topic.parse(topic)], Profile.PANEL)
    return subscriber


async def _hear(subscriber: Subscriber) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        message: dict[str, Any] = orjson.loads(encode(await subscriber.next()))
    return message


async def test_a_printer_from_its_report_to_a_patch(
    live: Live, printers: Printers
) -> None:
    listener = await _listen(live, "printers")
    assert (await _hear(listener))["data"] == {}
    printer_id = await _add(printers)
    patch = await _hear(listener)
    whole = patch["changed"][printer_id]
    assert (whole["name"], whole["activity"]) == ("One", None)
    assert "12345678" not in str(whole)
    state = printers.view(printer_id).state
    printers.observe(printer_id, replace(state, activity=Activity.IDLE))
    patch = await _hear(listener)
    assert patch["changed"] == {printer_id: {"activity": "idle"}}
    await printers.registry.delete(printer_id)
    assert (await _hear(listener))["removed"] == [printer_id]


async def test_the_snapshot_is_what_the_list_shows(
    live: Live, printers: Printers
) -> None:
    printer_id = await _add(printers)
    await settle()
    snapshot = await _hear(await _listen(live, f"printers/{printer_id}"))
    shown = orjson.loads(printer_json(printers.view(printer_id)))
    assert snapshot["data"] == {printer_id: shown}


async def test_news_of_a_printer(
    live: Live, facts: Facts, clock: ManualClock, stack: AsyncExitStack
) -> None:
    _run(stack, facts.run())
    _run(stack, announce(live, facts, clock))
    await settle()
    listener = await _listen(live, "printers/1")
    await _hear(listener)
    facts.publish(events.FaultRaised("1", _HOT), events.FaultRaised("2", _HOT))
    facts.publish(events.FaultCleared("1", _HOT))
    raised, cleared = await _hear(listener), await _hear(listener)
    assert raised == {
        "type": "event",
        "name": "fault_raised",
        "data": orjson.loads(orjson.dumps(events.FaultRaised("1", _HOT))),
        "at": "2026-11-01T08:00:00Z",
    }
    assert cleared["name"] == "fault_cleared"


async def test_a_task_from_its_start_to_its_end(live: Live, tasks: Tasks) -> None:
    listener, mirror = await _listen(live, "tasks"), Mirror()
    mirror.hear(await _hear(listener))
    may_end = asyncio.Event()

    async def work(progress: Progress) -> dict[str, Any]:
        progress(0.5, "half way")
        await may_end.wait()
        return {"size": 7}

    task = await tasks.start("upload", "Upload of a vase", None, work)
    while not (seen := mirror.objects.get(task.id)) or seen["progress"] != 0.5:
        mirror.hear(await _hear(listener))
    may_end.set()
    while seen["state"] != "done":
        mirror.hear(await _hear(listener))
        seen = mirror.objects[task.id]
    shown = TaskOut.from_model(await tasks.get(task.id))
    assert seen == shown.model_dump(mode="json")


async def test_ended_tasks_go_when_many_others_have_ended(
    live: Live, tasks: Tasks
) -> None:
    listener, mirror = await _listen(live, "tasks"), Mirror()
    mirror.hear(await _hear(listener))

    async def work(_progress: Progress) -> None:
        return

    for _ in range(KEPT_TASKS + 5):
        last = await tasks.start("nothing", "Nothing", None, work)
    while mirror.objects.get(last.id, {}).get("state") != "done":
        mirror.hear(await _hear(listener))
    late = await _hear(await _listen(live, "tasks"))
    assert len(late["data"]) == KEPT_TASKS
    assert late["data"] == mirror.objects


_SECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "link": st.sampled_from(LinkStatus),
        "link_reason": st.none() | st.sampled_from(LinkReason),
        "activity": st.none() | st.sampled_from(Activity),
        "job": st.none() | st.builds(Job, name=st.sampled_from("ab"), layer=st.just(1)),
        "temperatures": st.builds(
            Temperatures, st.just((Heat(20.0),)), st.none() | st.just(Heat(60.0, 60.0))
        ),
        "fans": st.builds(Fans, st.none() | st.integers(0, 100)),
        "faults": st.sampled_from([(), (_HOT,), (_HOT, replace(_HOT, code="2"))]),
        "wifi_dbm": st.none() | st.integers(-90, 0),
    },
)


@given(st.lists(st.tuples(_SECTIONS, st.booleans(), st.booleans()), max_size=12))
def test_a_client_that_merges_patches_sees_what_the_list_shows(
    steps: list[tuple[dict[str, Any], bool, bool]],
) -> None:
    start = ManualClock().now()
    view = PrinterView(Printer("1", "One", "bambu", "192.0.2.7", start), PrinterState())
    values: dict[str, object] = {"1": view}
    mirror = Mirror()
    topic = View(Topic("printers"), Profile.PANEL, values)

    def diff(_key: str, before: object | None, after: object) -> object | None:
        assert isinstance(after, PrinterView)
        return changes(before if isinstance(before, PrinterView) else None, after)

    def hear() -> None:
        message = topic.take(diff, 0)
        if message is not None:
            mirror.hear(orjson.loads(encode(message)))

    hear()
    for sections, is_renamed, is_heard in steps:
        printer = replace(view.printer, name="Two") if is_renamed else view.printer
        view = PrinterView(printer, replace(view.state, **sections))
        values["1"] = view
        topic.note(["1"])
        if is_heard:
            hear()
    hear()
    assert mirror.objects == {"1": orjson.loads(printer_json(view))}


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (events.PrintStarted("1", Job()), "print_started"),
        (events.ActiveSlotChanged("1", None, None), "active_slot_changed"),
        (Event("x", None, ManualClock().now()), "event"),
    ],
)
def test_names_on_the_wire(event: object, name: str) -> None:
    assert event_name(event) == name
