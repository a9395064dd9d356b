"""The open alerts: in the database first, then in memory, where they are shown from.

Everything here may be called again with the same: what is open is not raised twice, what
has ended does not end again.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from odin_engine.kernel.bus import Telemetry
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database, Work
from odin_engine.notifications import store
from odin_engine.notifications.model import (
    RETURNS_WITHIN,
    Alert,
    AlertNotFound,
    Condition,
    dismissed,
    ended,
    raised,
    refreshed,
    restored,
    returned,
)


@dataclass(slots=True)
class _Page:
    """The changes of one transaction, by key."""

    work: Work
    changed: dict[str, Alert] = field(default_factory=dict)


class Ledger:
    """Raises, ends, dismisses and restores alerts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._open: dict[str, Alert] = {}
        self._writing = asyncio.Lock()
        self.telemetry: Telemetry[Alert] = Telemetry()
        """The lane of active alerts by id, `None` for one that is not any more."""

    async def load(self) -> None:
        """Takes in what is open; call it once, before anything else."""
        async with self._database.read() as session:
            self._open = await store.load_open(session)

    def opened(self) -> dict[str, Alert]:
        """Returns every alert that has not ended, by key."""
        return dict(self._open)

    async def settle(
        self, wanted: Iterable[Condition], over: Collection[str] = ()
    ) -> None:
        """Raises or refreshes what is wanted and ends the keys in `over`, all or none.

        Touches no database where that changes nothing.
        """
        async with self._writing:
            news = [each for each in wanted if self._is_news(each)]
            ends = [key for key in over if key in self._open]
            if not news and not ends:
                return
            async with self._database.work() as work:
                page = _Page(work)
                for key in ends:
                    await self._save(
                        page, key, ended(self._open[key], self._clock.now())
                    )
                for condition in news:
                    await self._raise(page, condition)
            self._show(page)

    async def dismiss(self, alert_ids: Collection[str], by: str) -> list[Alert]:
        """Dismisses those of the alerts that are active; returns them."""
        return await self._touch(
            lambda alert: alert.id in alert_ids and alert.is_active,
            lambda alert: dismissed(alert, by, self._clock.now()),
        )

    async def dismiss_all(self, by: str) -> list[Alert]:
        """Dismisses every active alert; returns them."""
        return await self._touch(
            lambda alert: alert.is_active,
            lambda alert: dismissed(alert, by, self._clock.now()),
        )

    async def restore(self, alert_id: str) -> Alert:
        """Takes back that an alert was dismissed; harmless where it was not.

        Raises:
            AlertNotFound: there is none.
        """
        async with self._writing:
            async with self._database.work() as work:
                found = await store.find(work.session, alert_id)
                if found is None:
                    raise AlertNotFound(alert_id)
                key, alert = found
                if alert.dismissed_at is None:
                    return alert
                page = _Page(work)
                alert = restored(alert)
                await self._save(page, key, alert)
            self._show(page)
        return alert

    async def get(self, alert_id: str) -> Alert:
        """Returns an alert.

        Raises:
            AlertNotFound: there is none.
        """
        async with self._database.read() as session:
            found = await store.find(session, alert_id)
        if found is None:
            raise AlertNotFound(alert_id)
        return found[1]

    def _is_news(self, condition: Condition) -> bool:
        known = self._open.get(condition.key)
        return known is None or refreshed(known, condition) != known

    async def _touch(
        self, which: Callable[[Alert], bool], change: Callable[[Alert], Alert]
    ) -> list[Alert]:
        async with self._writing:
            chosen = {key: each for key, each in self._open.items() if which(each)}
            if not chosen:
                return []
            async with self._database.work() as work:
                page = _Page(work)
                for key, alert in chosen.items():
                    await self._save(page, key, change(alert))
            self._show(page)
        return list(page.changed.values())

    async def _raise(self, page: _Page, condition: Condition) -> None:
        key = condition.key
        known = self._open.get(key)
        if known is not None:
            await self._save(page, key, refreshed(known, condition))
            return
        now = self._clock.now()
        last = await store.latest(page.work.session, key)
        if last is not None and condition.happens_once:
            return
        if last is not None and last.ended_at and now - last.ended_at <= RETURNS_WITHIN:
            await self._save(page, key, returned(last, condition))
            return
        alert = raised(condition, now)
        await store.add(page.work.session, key, alert)
        page.changed[key] = alert

    async def _save(self, page: _Page, key: str, alert: Alert) -> None:
        await store.save(page.work.session, alert)
        page.changed[key] = alert

    def _show(self, page: _Page) -> None:
        """Brings memory in line with what was committed."""
        for key, alert in page.changed.items():
            if alert.ended_at is None:
                self._open[key] = alert
            else:
                self._open.pop(key, None)
            self.telemetry.put(alert.id, alert if alert.is_active else None)
