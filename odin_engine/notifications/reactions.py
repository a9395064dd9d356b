"""What alerts follow from: printers' facts, and the passing of time; and who sees them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from odin_engine.identity.events import UserDeleted
from odin_engine.identity.model import Permission
from odin_engine.kernel.bus import Facts, Watcher
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.ticker import every
from odin_engine.notifications.model import Alert
from odin_engine.notifications.service import Alerts, LooksDue
from odin_engine.printers.events import PrinterEvent

ALERTS = "alerts"
"""The topic on the live socket."""
LOOK_PERIOD_S = 1.0
_PURGE_S = 3600.0


class AlertSource:
    """The active alerts on the live socket; one that ended or was dismissed is gone.

    The shape is `live.ports.Source`.
    """

    permission = Permission.READ_ALERTS

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts

    def snapshot(self) -> Mapping[str, Alert]:
        """Returns the active alerts by id."""
        return self._alerts.active()

    def watch(self) -> Watcher[Alert]:
        """Begins to tell which alerts change."""
        return self._alerts.telemetry.watch()

    def patch(self, before: Alert | None, after: Alert) -> Mapping[str, Any] | None:
        """Returns the members that changed."""
        changed = {
            name: value
            for name in Alert.__slots__
            for value in (getattr(after, name),)
            if before is None or value != getattr(before, name)
        }
        return changed or None


async def run(alerts: Alerts, facts: Facts, ticker: Ticker) -> None:
    """Listens and beats until cancelled."""

    async def look() -> None:
        due = await alerts.watching.due()
        if due is not None:
            # In the lane of facts, behind every fact that came before.
            facts.publish(due)

    async def forget(event: UserDeleted) -> None:
        await alerts.forget_user(event.user_id)

    undo = (
        facts.subscribe(PrinterEvent, alerts.watching.hear),
        facts.subscribe(LooksDue, alerts.watching.look),
        facts.subscribe(UserDeleted, forget),
    )
    try:
        async with asyncio.TaskGroup() as beats:
            beats.create_task(every(LOOK_PERIOD_S, look, ticker))
            beats.create_task(every(_PURGE_S, alerts.purge, ticker))
    finally:
        for each in undo:
            each()
