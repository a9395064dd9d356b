"""Keeps every enabled printer connected, for all drivers alike.

One task per printer lives in `_supervise`: connect, take in states, and after a loss
wait and try again. One `tick` a second looks at all of them for silence. A link is
logged when it changes and at no other time.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.db import Work
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.fetch import Reach
from odin_engine.printers import store
from odin_engine.printers.model import (
    Activity,
    CertificateChanged,
    LinkReason,
    LinkStatus,
    PrinterState,
    Unreachable,
)
from odin_engine.printers.model.link import (
    ASK_AFTER_PRINTING_S,
    DROP_AFTER_S,
    NO_REPORT_AFTER_S,
    SETTLED_AFTER_S,
    Silence,
    link_after,
    retry_after_s,
    silence,
)
from odin_engine.printers.ports import Driver, DriverFamily, RemembersJobs
from odin_engine.printers.service.connections import connection, resolved
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fleet import Fleet, Held, Machine
from odin_engine.printers.service.handover import HandOver
from odin_engine.printers.service.recorder import Recorder

_LOG = logging.getLogger(__name__)

_SPREAD_S = 0.5
"""The connections of a whole farm begin within this time, not in one instant."""
_SPREAD_EACH_S = 0.01
_CLOSE_S = 1.0
"""A driver that closes more slowly is left behind: the engine stops within 2 s."""


class Supervision:
    """Owns connecting, back-off, staleness and offline detection."""

    def __init__(  # noqa: PLR0913, PLR0917 - each collaborator by its name
        self,
        fleet: Fleet,
        families: Mapping[str, DriverFamily],
        recorder: Recorder,
        errands: Errands,
        hand_over: HandOver,
        clock: Clock,
        ticker: Ticker,
        jitter: Callable[[], float],
        reach: Reach,
    ) -> None:
        self._hand_over = hand_over
        self._fleet = fleet
        self._families = families
        self._recorder = recorder
        self._errands = errands
        self._clock = clock
        self._ticker = ticker
        self._jitter = jitter
        self._reach = reach

    def start_all(self) -> None:
        """Begins to connect every enabled printer, a little apart."""
        enabled = [machine for machine in self._fleet if machine.printer.is_enabled]
        apart_s = min(_SPREAD_EACH_S, _SPREAD_S / max(len(enabled), 1))
        for index, machine in enumerate(enabled):
            self.start(machine, index * apart_s)

    def start(self, machine: Machine, delay_s: float = 0.0) -> None:
        """Begins to connect a printer, unless it is disabled or gone."""
        if machine.printer.is_enabled and self._fleet.has(machine):
            machine.supervisor = asyncio.create_task(
                self._supervise(machine, delay_s),
                name=f"supervise {machine.printer.name}",
            )

    async def stop(self, machine: Machine) -> None:
        """Ends the connection of a printer."""
        async with machine.switching:
            await self._stop(machine)

    async def restart(self, machine: Machine) -> None:
        """Connects a printer anew, or lets go of it, as its record says now."""
        async with machine.switching:
            await self._stop(machine)
            if self._fleet.has(machine):
                self._fleet.forget(machine)
                self.start(machine)

    async def stop_all(self) -> None:
        """Ends every connection, side by side."""
        await asyncio.gather(*(self.stop(machine) for machine in self._fleet))

    def hurry(self, machine: Machine) -> None:
        """Asks a connected printer for a report; tries a lost one again at once."""
        if machine.driver is None:
            machine.wake.set()
        else:
            self._ask(machine, machine.driver)

    async def tick(self) -> None:
        """Looks for printers that fell silent, or are heard again."""
        now_s = self._clock.monotonic_s()
        for machine in self._fleet:
            if machine.driver is not None:
                self._judge(machine, machine.driver, now_s)

    async def _stop(self, machine: Machine) -> None:
        supervisor, machine.supervisor = machine.supervisor, None
        if supervisor is not None:
            supervisor.cancel()
            await asyncio.wait({supervisor})
        await self._let_go(machine)

    async def _supervise(self, machine: Machine, delay_s: float) -> None:
        await self._ticker.sleep(delay_s)
        failures = 0
        crash = ""
        while True:
            error = await self._attempt(machine)
            if self._clock.monotonic_s() - machine.begun_s >= SETTLED_AFTER_S:
                failures, crash = 0, ""
            failures += 1
            if not isinstance(error, OdinError | TimeoutError) and repr(error) != crash:
                crash = repr(error)
                _LOG.error(
                    "%s: the driver failed", machine.printer.name, exc_info=error
                )
            link, reason = link_after(error, was_heard=machine.is_heard)
            # A session dropped for saying nothing at all is still in that very state.
            is_mute = machine.state.link is LinkStatus.NO_REPORT
            if not (is_mute and reason is LinkReason.SILENT):
                self._fleet.set_link(machine, link, reason)
            machine.mismatch = error if isinstance(error, CertificateChanged) else None
            await self._rest(machine, retry_after_s(link, failures, self._jitter()))

    async def _attempt(self, machine: Machine) -> Exception:
        """Connects and takes in states until it ends; returns why it did."""
        machine.is_heard = False
        machine.begun_s = machine.asked_s = self._clock.monotonic_s()
        try:
            driver = await self._driver(machine)
            machine.driver = driver
            async with asyncio.timeout(None) as machine.patience:
                await self._listen(machine, driver)
        except (OdinError, TimeoutError) as error:
            return error
        except Exception as error:  # noqa: BLE001 - edge: a driver may fail as it likes
            await self._let_go(machine)
            return error
        else:
            return Unreachable("The connection ended.")
        finally:
            machine.patience = None
            machine.driver = None
            machine.held = None
            self._hand_over.lost(machine)

    async def _listen(self, machine: Machine, driver: Driver) -> None:
        states = driver.states()
        try:
            async for state in states:
                self._take_in(machine, driver, state)
        finally:
            # Else a generator left in the middle would keep its connection.
            if isinstance(states, AsyncGenerator):
                await states.aclose()

    async def _driver(self, machine: Machine) -> Driver:
        """Returns the machine's driver; one that was made for other values is closed."""
        family = self._families.get(machine.printer.family)
        if family is None:
            raise Unreachable(f"No driver for {machine.printer.family!r} is installed.")
        wanted = await resolved(connection(machine), self._reach, family)
        if machine.kept is not None and machine.kept[0] != wanted:
            await self._let_go(machine)
        if machine.kept is None:
            driver = family.driver(wanted, self._clock, self._ticker)
            machine.kept = (wanted, driver)
        return machine.kept[1]

    async def _let_go(self, machine: Machine) -> None:
        kept, machine.kept = machine.kept, None
        if kept is not None:
            await _close(kept[1])

    def _take_in(self, machine: Machine, driver: Driver, state: PrinterState) -> None:
        if not machine.is_heard:
            self._note_first(machine, driver)
            if isinstance(driver, RemembersJobs):
                machine.held = Held(state)
                self._errands.run(self._catch_up(machine, driver, machine.held))
        if machine.held is not None:
            machine.held.state = state
        else:
            self._observe(machine, state)

    async def _catch_up(
        self, machine: Machine, driver: RemembersJobs, held: Held
    ) -> None:
        """Asks what was printed meanwhile, then takes in what was held back for it."""
        past = None
        try:
            past = await self._hand_over.ask(machine, driver)
        except Exception:  # noqa: BLE001 - edge: a driver may fail as it likes
            _LOG.exception("%s: the driver failed", machine.printer.name)
        if machine.held is not held:
            # Another connection stands by now, and asks for itself.
            return
        machine.held = None
        if past is not None:
            machine.past, machine.is_caught_up = past, True
        self._observe(machine, held.state)

    def _observe(self, machine: Machine, state: PrinterState) -> None:
        # A new session may answer questions before it reports: that takes nothing back.
        if state.activity is not None:
            past, machine.past = machine.past, ()
            self._fleet.observe(machine, state, past)
        elif machine.state.activity is None:
            self._fleet.observe(machine, state)
        elif _is_machine_away(state):
            self._fleet.set_link(machine, state.link, state.link_reason)

    def _note_first(self, machine: Machine, driver: Driver) -> None:
        machine.is_heard = True
        machine.certificate = driver.certificate
        if machine.printer.pin_sha256 is None and driver.certificate is not None:
            sha256 = driver.certificate.sha256
            self._fleet.describe(machine, pin_sha256=sha256)
            self._recorder.put(_Pin(machine, sha256))

    async def _rest(self, machine: Machine, delay_s: float | None) -> None:
        machine.wake.clear()
        waits: set[asyncio.Task[object]] = {asyncio.create_task(machine.wake.wait())}
        if delay_s is not None:
            waits.add(asyncio.create_task(self._ticker.sleep(delay_s)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _judge(self, machine: Machine, driver: Driver, now_s: float) -> None:
        heard_s = driver.last_heard_s
        quiet_s = now_s - max(heard_s or machine.begun_s, machine.begun_s)
        if not machine.is_heard:
            if heard_s is None or heard_s < machine.begun_s or not _is_known(machine):
                self._judge_first(machine, driver, quiet_s)
                return
            if _is_machine_away(machine.state):
                # Its host is heard; whether the machine is back only the driver says.
                return
            # Connected anew, and the report brought no change to what was known.
            self._note_first(machine, driver)
            self._fleet.set_link(machine, LinkStatus.ONLINE, None)
        state = machine.state
        verdict = silence(quiet_s, state)
        link = state.link
        match verdict:
            case Silence.FINE:
                if link is LinkStatus.STALE:
                    self._fleet.set_link(machine, LinkStatus.ONLINE, None)
            case Silence.ASK | Silence.STALE:
                if verdict is Silence.STALE and not _is_machine_away(state):
                    self._fleet.set_link(machine, LinkStatus.STALE, LinkReason.SILENT)
                if now_s - machine.asked_s >= ASK_AFTER_PRINTING_S:
                    self._ask(machine, driver)
            case Silence.DROP:
                if now_s >= machine.start_due_s and not _may_be_reading(state, quiet_s):
                    _drop(machine)

    def _judge_first(self, machine: Machine, driver: Driver, quiet_s: float) -> None:
        if quiet_s >= DROP_AFTER_S:
            _drop(machine)
        elif (
            quiet_s >= NO_REPORT_AFTER_S
            and machine.state.link is not LinkStatus.NO_REPORT
        ):
            # What was heard under this serial before is not called by a wrong one.
            reason = (
                LinkReason.SILENT
                if _is_known(machine)
                else LinkReason.WRONG_SERIAL_OR_CASE
            )
            self._fleet.set_link(machine, LinkStatus.NO_REPORT, reason)
            self._ask(machine, driver)

    def _ask(self, machine: Machine, driver: Driver) -> None:
        machine.asked_s = self._clock.monotonic_s()
        self._errands.run(_ask_for_report(driver))


class _Pin:
    """The certificate of a first connection, on its way into the database."""

    def __init__(self, machine: Machine, sha256: str) -> None:
        self._machine = machine
        self._sha256 = sha256

    async def write(self, work: Work) -> None:
        """Writes the pin, unless the printer was told another address since."""
        if self._machine.printer.pin_sha256 == self._sha256:
            await store.save_pin(work.session, self._machine.printer.id, self._sha256)

    def settle(self) -> None:
        """Does nothing: memory knew it first."""


async def _ask_for_report(driver: Driver) -> None:
    try:
        await driver.ask_for_report()
    except OdinError as error:
        # The loss of a link shows itself where its states are read.
        _LOG.debug("asking for a report failed: %s", error)


def _is_known(machine: Machine) -> bool:
    return machine.state.activity is not None


def _is_machine_away(state: PrinterState) -> bool:
    """Whether a host is heard that has lost its machine."""
    return state.link_reason is LinkReason.MACHINE_AWAY


def _may_be_reading(state: PrinterState, quiet_s: float) -> bool:
    """Whether a slow machine may be silent because it reads the file it shall print.

    A new session in the middle of that was seen to cost the print (0500_4003).
    """
    return (
        state.activity is Activity.PREPARING
        and quiet_s < state.capabilities.start_deadline_s
    )


def _drop(machine: Machine) -> None:
    """Ends a connection from outside; its supervisor sees a `TimeoutError`."""
    if machine.patience is not None:
        machine.patience.reschedule(asyncio.get_running_loop().time())


async def _close(driver: Driver) -> None:
    try:
        async with asyncio.timeout(_CLOSE_S):
            await driver.close()
    except TimeoutError:
        _LOG.warning("a connection did not close in time")
    except Exception:  # noqa: BLE001 - edge: a driver that cannot close must not stop the rest
        _LOG.exception("a connection could not be closed")
