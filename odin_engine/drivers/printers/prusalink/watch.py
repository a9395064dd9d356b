"""Looking at the machine again and again, as often as there is reason to.

There is no push: what is not asked for is not heard. Source: Prusa-Firmware-Buddy
issues on resets of its network part, which answer nothing for some ten seconds; so one
failure means nothing, and several in a row mean that the printer is gone.
"""

import asyncio
import contextlib

from odin_engine.drivers.printers.prusalink.link import Link
from odin_engine.drivers.printers.prusalink.mirror import Mirror
from odin_engine.drivers.printers.prusalink.protocol import document as documents
from odin_engine.drivers.printers.prusalink.protocol.answers import parse_status
from odin_engine.drivers.printers.prusalink.protocol.machines import is_pi, is_resin
from odin_engine.drivers.printers.prusalink.protocol.pace import Pace
from odin_engine.drivers.web import Answer
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    ProtocolViolation,
    Unreachable,
    WrongSerial,
)

_NOT_FOUND = 404
_NO_V1 = (
    "This firmware has no PrusaLink as of version 4.7 (MINI) or 5.0. Update the printer's "
    "firmware, or PrusaLink on the Raspberry Pi."
)
_RESIN = (
    "This is an SL1, a resin printer. It speaks another protocol than the other printers "
    "with PrusaLink, and cannot be added."
)


class Watch:
    """One connection's looks. `is_patient` while an upload keeps the machine busy."""

    def __init__(
        self,
        link: Link,
        mirror: Mirror,
        serial: str | None,
        pace: Pace,
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        self._link = link
        self._mirror = mirror
        self._serial = serial
        self._pace = pace
        self._clock = clock
        self._ticker = ticker
        self._around_s: float | None = None
        self._job_s: float | None = None
        self._due_s = 0.0
        self._quick_until_s = 0.0
        self._failures = 0
        self._nap: asyncio.Task[None] | None = None
        self.is_patient = False

    async def first(self) -> None:
        """Looks for the first time. Raises whatever is wrong at once."""
        await self._look()

    async def again(self) -> None:
        """Waits until it is time, and looks.

        Raises:
            DriverError: the login was rejected, or nothing made sense several times.
        """
        await self._rest()
        try:
            await self._look()
        except Unreachable, ProtocolViolation:
            if not self.is_patient:
                self._failures += 1
            if self._failures >= self._pace.failures:
                raise
            self._sleep_s(self._pace.retry_s)

    def hurry(self) -> None:
        """Looks at once, and at everything."""
        self._around_s = self._job_s = None
        self.wake()

    def quicken(self) -> None:
        """Looks often for a while: something was set in motion."""
        self._quick_until_s = self._clock.monotonic_s() + self._pace.quick_for_s
        self.wake()

    def wake(self) -> None:
        """Ends the wait for the next look."""
        self._due_s = 0.0
        if self._nap is not None:
            self._nap.cancel()

    async def _rest(self) -> None:
        while (wait_s := self._due_s - self._clock.monotonic_s()) > 0:
            self._nap = asyncio.ensure_future(self._ticker.sleep(wait_s))
            try:
                await asyncio.wait({self._nap})
            finally:
                self._nap.cancel()
                self._nap = None

    async def _look(self) -> None:
        if self._around_s is None or self._is_due(self._around_s):
            await self._look_around()
        answer = await self._hear_status()
        if answer.status == documents.OK:
            # It is back, whatever was answered to what was asked before.
            await self._look_at_job(answer)
            self._mirror.hear(documents.STATUS, answer)
        self._failures = 0
        self._mirror.show()
        state = self._mirror.state
        is_quick = self._clock.monotonic_s() < self._quick_until_s
        self._sleep_s(
            self._pace.gap_s(state.activity if state else None, is_quick=is_quick)
        )

    async def _look_around(self) -> None:
        """Looks at what hardly ever changes."""
        answer = await self._link.ask("GET", documents.VERSION)
        if answer.status == _NOT_FOUND:
            raise ProtocolViolation("What answers there is no PrusaLink.")
        self._mirror.hear(documents.VERSION, answer)
        if self._mirror.document.is_away:
            return
        self._check_kind()
        paths = [documents.INFO]
        if is_pi(self._mirror.document.version):
            paths.append(documents.CAMERAS)
        for path in paths:
            answer = await self._link.ask("GET", path)
            with contextlib.suppress(ProtocolViolation):
                self._mirror.hear(path, answer)
        await self.look_at_storage()
        self._check_serial()
        drive = self._mirror.document.drive
        is_well = drive is not None and drive.is_available
        gap_s = self._pace.around_s if is_well else self._pace.missing_s
        self._around_s = self._clock.monotonic_s() + gap_s

    async def look_at_storage(self) -> None:
        """Looks whether there is a stick. Raises as `first`."""
        answer = await self._link.ask("GET", documents.STORAGE)
        with contextlib.suppress(ProtocolViolation):
            self._mirror.hear(documents.STORAGE, answer)

    def _check_kind(self) -> None:
        version = self._mirror.document.version
        if version is None or version.title is None:
            return
        if is_resin(version):
            raise ProtocolViolation(_RESIN)
        if not version.title.startswith("PrusaLink"):
            raise ProtocolViolation(
                f"What answers there is {version.title}, not PrusaLink."
            )

    def _check_serial(self) -> None:
        info = self._mirror.document.info
        found = info.serial if info is not None else None
        # Whoever wrote it down may have written it in capitals.
        if self._serial and found and found.casefold() != self._serial.casefold():
            raise WrongSerial(
                "Another printer answers at this address.",
                expected=self._serial,
                found=found,
            )

    async def _hear_status(self) -> Answer:
        answer = await self._link.ask("GET", documents.STATUS)
        if answer.status == documents.AWAY:
            self._mirror.hear(documents.STATUS, answer)
            # When it is back it may be another one.
            self._around_s = None
        elif answer.status == _NOT_FOUND:
            raise ProtocolViolation(_NO_V1)
        elif answer.status != documents.OK:
            raise Unreachable(f"The printer answers with HTTP {answer.status}.")
        return answer

    async def _look_at_job(self, answer: Answer) -> None:
        """Asks for the job before its first status is told: it brings the name."""
        status = parse_status(self._mirror.read(documents.STATUS, answer))
        before = self._mirror.document
        if status is None or status.job is None:
            return
        is_known = (
            before.status is not None
            and before.status.state == status.state
            and before.job is not None
            and before.job.id == status.job.id
        )
        if is_known and self._job_s is not None and not self._is_due(self._job_s):
            return
        job = await self._link.ask("GET", documents.JOB)
        self._job_s = self._clock.monotonic_s() + self._pace.job_s
        with contextlib.suppress(ProtocolViolation):
            # Without its stick the firmware (6.3) writes a comma too many here.
            self._mirror.hear(documents.JOB, job)

    def _is_due(self, at_s: float) -> bool:
        return self._clock.monotonic_s() >= at_s

    def _sleep_s(self, seconds: float) -> None:
        self._due_s = self._clock.monotonic_s() + seconds
