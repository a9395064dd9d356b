"""The switch of a machine: its server goes and comes, and its time runs on."""

import asyncio
import logging
from collections.abc import Coroutine

from odin_engine.simulator.kinds import Simulated

_LOG = logging.getLogger(__name__)


class Power:
    """Opens and closes a machine's server as it is switched; a lost job is lost."""

    def __init__(self, simulated: Simulated) -> None:
        self._simulated, self._machine = simulated, simulated.machine
        self.is_off = False
        self._is_plugged = self._is_open = False
        self._clock: asyncio.Task[None] | None = None
        self._switching = asyncio.Lock()
        self._chores: set[asyncio.Task[None]] = set()

    @property
    def is_on(self) -> bool:
        """Whether its ports are open."""
        return self._is_open and self._simulated.is_on

    async def plug_in(self) -> None:
        """Begins: opens its ports unless it is switched off.

        Raises:
            OSError: a port cannot be had.
        """
        if self.is_off:
            self._run_clock()
        else:
            await self._simulated.__aenter__()
            self._is_open = True
        self._is_plugged = True

    async def pull_out(self) -> None:
        """Ends: closes its ports, after whoever presses the switch just now."""
        async with self._switching:
            self._is_plugged = False
            self._stop_clock()
            if self._is_open:
                self._is_open = False
                await self._simulated.__aexit__(None, None, None)
        await asyncio.gather(*self._chores, return_exceptions=True)

    def switch(self, *, is_on: bool) -> None:
        """Presses the switch; what hangs on it follows as soon as it can."""
        self.is_off = not is_on
        if self._is_plugged:
            self._chore(self._follow())
        elif self.is_off:
            self._machine.lose_power()

    async def settle(self) -> None:
        """Waits until its ports are as its switch is."""
        chores = [each for each in self._chores if each is not self._clock]
        await asyncio.gather(*chores)

    async def _follow(self) -> None:
        """Opens or closes the ports, one after the other however fast it is switched."""
        async with self._switching:
            if not self._is_plugged or self.is_off != self._is_open:
                return
            if self.is_off:
                self._is_open = False
                await self._simulated.__aexit__(None, None, None)
                self._machine.lose_power()
                self._run_clock()
                return
            self._stop_clock()
            try:
                await self._simulated.__aenter__()
                self._is_open = True
            except OSError as error:
                _LOG.warning("%s cannot come back: %s", self._simulated.name, error)
                self._run_clock()

    def _run_clock(self) -> None:
        """Lets time pass at a machine that is off, as its server does when it is on."""
        self._clock = self._chore(self._machine.run())

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def _chore(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
        return task
