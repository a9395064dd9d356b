"""Asks a machine's host, once per connection, what it printed while nobody listened."""

import logging
from datetime import timedelta

from odin_engine.kernel.clock import Clock
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.ports import PastJob, RemembersJobs
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fleet import Machine

_LOG = logging.getLogger(__name__)

_WITHIN_S = 5.0
"""The first report waits for the answer, so that what ended has its true end at once."""
_OVERLAP = timedelta(minutes=10)
"""What is known already is told again, which does no harm; clocks differ."""
_JOBS_MOST = 500


class HandOver:
    """Where the truth about unseen prints comes from."""

    def __init__(self, errands: Errands, clock: Clock) -> None:
        self._errands = errands
        self._clock = clock

    async def ask(
        self, machine: Machine, driver: RemembersJobs
    ) -> tuple[PastJob, ...] | None:
        """Returns what ended at a machine since we last knew; `None` if it won't say."""
        printer = machine.printer
        since = max(printer.created_at, machine.known_until - _OVERLAP)
        try:
            past = await self._errands.within(_WITHIN_S, driver.past_jobs(since))
        except (OdinError, TimeoutError) as error:
            _LOG.info("%s: its past prints are not known: %s", printer.name, error)
            return None
        # What it printed before it was ours is no business of this history.
        ours = [job for job in past if (job.ended_at or since) >= printer.created_at]
        return tuple(ours[-_JOBS_MOST:])

    def lost(self, machine: Machine) -> None:
        """Takes note that nobody listens from now on."""
        if machine.is_caught_up and not machine.past:
            machine.known_until = self._clock.now()
        machine.is_caught_up, machine.past = False, ()
