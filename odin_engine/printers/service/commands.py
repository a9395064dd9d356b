"""Tells printers what to do, after the guards and one command at a time per printer.

Intent is stored, success is observed: a start is accepted here, and only the printer's
own report says that it prints.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.config import Config
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import OdinError, Refused
from odin_engine.printers import store
from odin_engine.printers.model import (
    Command,
    LinkStatus,
    NotSupported,
    PrintOptions,
    SlotRef,
    StartPrint,
)
from odin_engine.printers.model.bounds import TOKEN_MOST
from odin_engine.printers.model.heaters import HeaterOff, burning, overdue
from odin_engine.printers.model.safety import (
    FRESH_S,
    NotConnected,
    NotNow,
    Situation,
    refusal,
)
from odin_engine.printers.model.tunables import HEATER_OFF_MIN
from odin_engine.printers.ports import Driver, Frame
from odin_engine.printers.service.details import Details
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fleet import Fleet, Machine
from odin_engine.printers.service.search import Ordered

_LOG = logging.getLogger(__name__)

_LOOK_S = 0.25
_COOL_AGAIN_S = 60.0
"""Time for a report to show that the heater is off, or for a person to see why not."""


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """What to print: a plate of a file that is on the printer, and from which slots."""

    file: str
    plate: int = 1
    name: str | None = None
    mapping: Sequence[SlotRef | None] = ()
    options: PrintOptions = field(default_factory=PrintOptions)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The printer took the order. `token` comes back in its reports once it prints.

    A print that is not seen by `deadline_at` was not started.
    """

    token: int
    deadline_at: datetime


class Commands:
    """The verbs that reach a machine."""

    def __init__(
        self,
        fleet: Fleet,
        database: Database,
        config: Config,
        details: Details,
        errands: Errands,
        clock: Clock,
        ticker: Ticker,
    ) -> None:
        self._fleet = fleet
        self._database = database
        self._config = config
        self._details = details
        self._errands = errands
        self._clock = clock
        self._ticker = ticker

    async def execute(
        self, printer_id: str, command: Command, objects_in_job: int | None = None
    ) -> None:
        """Does one command; returns when the printer confirmed it.

        Raises:
            Refused, Invalid: a guard or the printer said no.
            Unavailable: not connected, or no answer in time.
        """
        await self._send(self._fleet.get(printer_id), command, objects_in_job)

    async def print(self, printer_id: str, order: PrintOrder) -> Accepted:
        """Starts a print under a new token; returns when the printer took the order.

        Raises:
            Refused, Invalid: a guard or the printer said no; nothing was started.
            CommandTimedOut: nobody knows; look at the reports before trying again.
            Unavailable: not connected.
        """
        machine = self._fleet.get(printer_id)
        token = await self._new_token()
        heads = await self._details.heads(machine, order.file, order.plate)
        command = StartPrint(
            file=order.file,
            name=order.name or order.file.removesuffix(".3mf").removesuffix(".gcode"),
            plate=order.plate,
            mapping=tuple(order.mapping),
            token=token,
            options=order.options,
            heads=heads,
        )
        async with machine.commanding:
            self._check_no_start_pending(machine)
            await self._freshen(machine)
            self._guard(machine, command)
            machine.ordered = Ordered(token, order.file, order.plate)
            deadline_s = machine.state.capabilities.start_deadline_s
            machine.start_due_s = self._clock.monotonic_s() + deadline_s
            deadline_at = self._clock.now() + timedelta(seconds=deadline_s)
            try:
                await _driver(machine).execute(command)
            except Refused:
                # Any other error leaves open whether it was taken.
                machine.start_due_s = 0.0
                raise
        return Accepted(token, deadline_at)

    async def camera_frame(self, printer_id: str, camera_id: str) -> Frame:
        """Returns the latest picture of a printer's own camera.

        Raises:
            NotSupported: no such camera, or one without single pictures.
            Unavailable: not connected, or no picture in time.
        """
        machine = self._fleet.get(printer_id)
        cameras = {camera.id: camera for camera in machine.state.cameras}
        camera = cameras.get(camera_id)
        if camera is None:
            raise NotSupported("This printer has no such camera.")
        if not camera.is_available:
            raise NotSupported(camera.unavailable_because or "This camera is off.")
        return await _driver(machine).camera_frame(camera_id)

    def watch_heaters(self) -> None:
        """Switches off heaters that burn without a print for too long; call each tick."""
        now_s = self._clock.monotonic_s()
        default_min = self._config.get(HEATER_OFF_MIN)
        for machine in self._fleet:
            if machine.state.link is not LinkStatus.ONLINE:
                continue
            machine.burning = burning(machine.burning, machine.state, now_s)
            own_min = machine.printer.heater_off_min
            limit_min = default_min if own_min is None else own_min
            late = overdue(machine.burning, limit_min, now_s)
            if late and now_s >= machine.cool_after_s:
                machine.cool_after_s = now_s + _COOL_AGAIN_S
                self._errands.run(self._cool(machine, late))

    async def _cool(self, machine: Machine, heaters: Sequence[HeaterOff]) -> None:
        name = machine.printer.name
        try:
            for off in heaters:
                await self._send(machine, off)
                _LOG.warning("%s: %s; it was on without a print", name, off)
        except OdinError as error:
            # Once per failure in a row, though it is tried again every minute.
            level = logging.DEBUG if machine.is_cooling_hard else logging.ERROR
            _LOG.log(level, "%s: a heater stays on: %s", name, error)
            machine.is_cooling_hard = True
        else:
            machine.is_cooling_hard = False

    async def _send(
        self, machine: Machine, command: Command, objects_in_job: int | None = None
    ) -> None:
        # Before waiting in line as well: what is hopeless is refused at once.
        self._guard(machine, command, objects_in_job)
        async with machine.commanding:
            self._guard(machine, command, objects_in_job)
            await _driver(machine).execute(command)

    def _guard(
        self, machine: Machine, command: Command, objects_in_job: int | None = None
    ) -> None:
        situation = Situation(
            machine.printer,
            machine.state,
            self._report_age_s(machine),
            objects_in_job,
            machine.details,
        )
        objection = refusal(command, situation)
        if objection is not None:
            raise objection

    def _report_age_s(self, machine: Machine) -> float | None:
        heard_s = machine.driver.last_heard_s if machine.driver else None
        return None if heard_s is None else self._clock.monotonic_s() - heard_s

    async def _freshen(self, machine: Machine) -> None:
        """Makes sure that the printer was heard just now, asking and waiting if not."""
        if not machine.is_reconciled and machine.state.link is LinkStatus.ONLINE:
            raise NotNow("starting", "The printer was only just reached. Try again.")
        if _is_fresh(self._report_age_s(machine)):
            return
        await _driver(machine).ask_for_report()
        for _ in range(int(FRESH_S / _LOOK_S)):
            if _is_fresh(self._report_age_s(machine)):
                return
            await self._ticker.sleep(_LOOK_S)

    def _check_no_start_pending(self, machine: Machine) -> None:
        """A second start while a slow machine reads its file could end the first."""
        left_s = machine.start_due_s - self._clock.monotonic_s()
        if left_s > 0:
            raise NotNow(
                "starting",
                "A print was sent to this printer and has not shown itself yet. Try "
                f"again in {left_s:.0f} seconds if it does not.",
            )

    async def _new_token(self) -> int:
        async with self._database.read() as session:
            while True:
                token = 1 + secrets.randbelow(TOKEN_MOST)
                if not await store.token_is_used(session, token):
                    return token


def _driver(machine: Machine) -> Driver:
    if machine.driver is None:
        raise NotConnected(machine.state.link, machine.state.link_reason)
    return machine.driver


def _is_fresh(age_s: float | None) -> bool:
    return age_s is not None and age_s <= FRESH_S
