"""`Alerts`: what people are told, what they have seen, and what they put away."""

from collections.abc import Collection
from datetime import datetime, timedelta

from odin_engine.identity.model import Principal
from odin_engine.kernel.bus import Telemetry
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.pages import PageRequest, Slice
from odin_engine.notifications import store, views
from odin_engine.notifications.model import (
    ALERTS_KEPT_DAYS,
    Alert,
    AlertFilter,
    AlertSeverity,
    NoPerson,
    Summary,
    person_of,
    signature,
    user_key,
)
from odin_engine.notifications.service.ledger import Ledger
from odin_engine.notifications.service.watching import Watching
from odin_engine.printers.service import Printers


class Alerts:
    """The alerts of the house. `start` once, before the printers; `watching` feeds it."""

    def __init__(
        self, database: Database, clock: Clock, config: Config, printers: Printers
    ) -> None:
        self._database = database
        self._clock = clock
        self._config = config
        self._ledger = Ledger(database, clock)
        self.watching = Watching(self._ledger, printers, config, clock)

    @property
    def telemetry(self) -> Telemetry[Alert]:
        """The lane of active alerts by id, `None` for one that is not any more."""
        return self._ledger.telemetry

    async def start(self) -> None:
        """Takes in the alerts that were open when the engine stopped."""
        await self._ledger.load()

    def active(self) -> dict[str, Alert]:
        """Returns every active alert by id."""
        opened = self._ledger.opened().values()
        return {alert.id: alert for alert in opened if alert.is_active}

    async def page(self, request: PageRequest, wanted: AlertFilter) -> Slice[Alert]:
        """Returns a page of alerts.

        Raises:
            Invalid: an unknown sort field or cursor.
        """
        async with self._database.read() as session:
            return await views.page(session, request, wanted)

    async def dismiss(self, alert_id: str, principal: Principal) -> Alert:
        """Puts an alert away; harmless where it is not active any more.

        Raises:
            AlertNotFound: there is none.
        """
        await self._ledger.dismiss({alert_id}, signature(principal))
        return await self._ledger.get(alert_id)

    async def dismiss_many(
        self, alert_ids: Collection[str] | None, principal: Principal
    ) -> list[Alert]:
        """Puts these alerts away, or all with `None`; returns those that were active."""
        if alert_ids is None:
            return await self._ledger.dismiss_all(signature(principal))
        return await self._ledger.dismiss(alert_ids, signature(principal))

    async def restore(self, alert_id: str) -> Alert:
        """Takes back that an alert was put away; one whose cause is gone stays ended.

        Raises:
            AlertNotFound: there is none.
        """
        alert = await self._ledger.restore(alert_id)
        if alert.printer_id is not None:
            # What it told of may be over since.
            self.watching.look_again(alert.printer_id)
        return alert

    async def summary(self, principal: Principal) -> Summary:
        """Returns what a bell shows to who is asking."""
        person = person_of(principal)
        if person is None:
            return self._summary(None)
        async with self._database.read() as session:
            return self._summary(await views.seen_until(session, person))

    async def see(self, principal: Principal, until: datetime) -> Summary:
        """Notes that a person has seen what was raised up to then; never goes back.

        Raises:
            NoPerson: a program is asking.
        """
        person = person_of(principal)
        if person is None:
            raise NoPerson
        until = min(until, self._clock.now())
        async with self._database.work() as work:
            until = await store.save_seen(work.session, person, until)
        return self._summary(until)

    async def forget_user(self, user_id: str) -> None:
        """Forgets what one of our own users has seen."""
        async with self._database.work() as work:
            await store.forget_person(work.session, user_key(user_id))

    async def purge(self) -> None:
        """Drops alerts that ended longer ago than people want to keep them."""
        kept = timedelta(days=self._config.get(ALERTS_KEPT_DAYS))
        is_more = True
        while is_more:
            async with self._database.work() as work:
                is_more = await store.purge(work.session, self._clock.now() - kept)

    def _summary(self, seen_until: datetime | None) -> Summary:
        active = self.active().values()
        return Summary(
            active=len(active),
            critical=sum(each.severity is AlertSeverity.CRITICAL for each in active),
            unseen=sum(
                seen_until is None or each.raised_at > seen_until for each in active
            ),
            seen_until=seen_until,
        )
