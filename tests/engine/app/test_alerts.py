"""Alerts in the whole engine: a printer that nobody can reach."""

import asyncio

from odin_engine.notifications.service import Alerts
from tests.engine.app.conftest import House


async def test_a_printer_that_cannot_be_reached_rings_the_bell(house: House) -> None:
    alerts: Alerts = house.app.state.services[Alerts]
    key = "notifications.offline_grace_s"
    changed = await house.admin.patch("/settings", json={key: 0})
    assert changed.status_code == 200
    body = {
        "name": "Nord",
        "family": "bambu",
        "host": "127.0.0.1",
        "serial": "00M00A000000000",
        "secret": "12345678",
        "ports": {"mqtt": 1},
    }
    with alerts.telemetry.watch() as watcher:
        printer = (await house.admin.post("/printers", json=body)).json()
        async with asyncio.timeout(20):
            (alert_id,) = await watcher.changed()
        page = (await house.clients["viewer"].get("/alerts")).json()
        (alert,) = page["items"]
        assert (alert["id"], alert["code"]) == (alert_id, "printer_offline")
        assert alert["printer_id"] == printer["id"]
        await house.admin.delete(f"/printers/{printer['id']}")
        async with asyncio.timeout(20):
            assert await watcher.changed() == {alert_id: None}
