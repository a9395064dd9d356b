"""Alerts on the live socket."""

import asyncio
from contextlib import suppress
from typing import Any

import orjson

from odin_engine.identity.model import Permission
from odin_engine.live.model import Hello, Profile, Topic
from odin_engine.live.service import Live, Subscriber
from odin_engine.live.wire import encode
from odin_engine.notifications.reactions import ALERTS, AlertSource
from odin_engine.notifications.wire import AlertOut
from tests.engine.doubles import ManualClock
from tests.engine.notifications.ward import ANNA, HOT, MILD, Ward
from tests.patience import PATIENCE_S


async def _hear(subscriber: Subscriber) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        message: dict[str, Any] = orjson.loads(encode(await subscriber.next()))
    return message


async def test_active_alerts_come_change_and_go(ward: Ward, clock: ManualClock) -> None:
    live = Live({ALERTS: AlertSource(ward.alerts)}, Hello("1.2.3", 1), clock, clock)
    running = asyncio.create_task(live.run())
    printer_id = await ward.farm.add("Nord")
    machine = ward.farm.machine(printer_id)
    machine.report(faults=(HOT,))
    await ward.go()
    subscriber = live.join(frozenset({Permission.READ_ALERTS}), "anna")
    assert subscriber is not None
    assert subscriber.subscribe([Topic(ALERTS)], Profile.PANEL) == []
    (alert,) = ward.alerts.active().values()
    shown = AlertOut.from_model(alert).model_dump(mode="json")
    assert (await _hear(subscriber))["data"] == {alert.id: shown}

    machine.report(faults=(HOT, MILD))
    await ward.go()
    (mild_id,) = (await _hear(subscriber))["changed"]
    await ward.farm.printers.registry.edit(printer_id, {"name": "Süd"})
    await ward.go(2)
    changed = (await _hear(subscriber))["changed"]
    assert changed == {
        alert.id: {"printer_name": "Süd", "title": "Süd: Bed: too hot"},
        mild_id: {"printer_name": "Süd", "title": "Süd: Look"},
    }
    await ward.alerts.dismiss(alert.id, ANNA)
    assert (await _hear(subscriber))["removed"] == [alert.id]
    await ward.alerts.restore(alert.id)
    assert list((await _hear(subscriber))["changed"]) == [alert.id]
    machine.report(faults=())
    await ward.go()
    assert set((await _hear(subscriber))["removed"]) <= {alert.id, mild_id}

    stranger = live.join(frozenset({Permission.READ_PRINTERS}), "bert")
    assert stranger is not None
    (refused,) = stranger.subscribe([Topic(ALERTS)], Profile.PANEL)
    assert refused.code == "forbidden"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
