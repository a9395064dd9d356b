"""The emergency stop: everybody at once, past guards, queues and locks.

It needs no fresh state and never fails as a whole because one printer did.
"""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import OdinError, Refused
from odin_engine.printers.model import (
    LinkStatus,
    LoginRejected,
    PrinterState,
    Unreachable,
)
from odin_engine.printers.model.record import PrinterNotFound
from odin_engine.printers.model.safety import NotConnected
from odin_engine.printers.service.errands import Errands
from odin_engine.printers.service.fleet import Fleet, Machine

_LOG = logging.getLogger(__name__)

ANSWER_S = 5.0
"""Design bar: each printer's answer is known within 5 s."""
_TRIES, _AGAIN_S = 15, 0.2
"""Three seconds for a printer whose connection is lost."""
_SWITCH_OFF = "Switch the power off at the printer now."


class StopOutcome(StrEnum):
    """What became of an emergency stop at one printer."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Stopped:
    """The outcome at one printer, and what a person must do now."""

    printer_id: str
    name: str
    outcome: StopOutcome
    text: str


class Emergency:
    """Sends each printer its strongest stop."""

    def __init__(self, fleet: Fleet, errands: Errands, ticker: Ticker) -> None:
        self._fleet = fleet
        self._errands = errands
        self._ticker = ticker

    async def stop(self, printer_ids: Collection[str] | None = None) -> list[Stopped]:
        """Stops these printers, or every enabled one, side by side.

        One that is unknown gets an answer too: nothing may keep the others running.
        """
        if printer_ids is None:
            enabled = (each.printer for each in self._fleet if each.printer.is_enabled)
            printer_ids = [printer.id for printer in enabled]
        _LOG.warning("emergency stop of %d printers", len(printer_ids))
        wanted = list(dict.fromkeys(printer_ids))
        answers = await asyncio.gather(
            *(self._stop(each) for each in wanted), return_exceptions=True
        )
        return [
            self._read(printer_id, answer)
            for printer_id, answer in zip(wanted, answers, strict=True)
        ]

    async def _stop(self, printer_id: str) -> None:
        machine = self._fleet.get(printer_id)
        if machine.supervisor is None:
            raise NotConnected(machine.state.link, machine.state.link_reason)
        await self._errands.within(ANSWER_S, self._insist(machine))

    async def _insist(self, machine: Machine) -> None:
        """Sends the stop, for a while also where the connection is lost.

        Some can be told without one, and others are connected again in a moment.
        """
        for _ in range(_TRIES):
            # It may wait a minute before it tries to connect again.
            machine.wake.set()
            if machine.kept is not None:
                with suppress(Unreachable):
                    await machine.kept[1].emergency_stop()
                    return
            await self._ticker.sleep(_AGAIN_S)
        raise NotConnected(machine.state.link, machine.state.link_reason)

    def _read(self, printer_id: str, answer: BaseException | None) -> Stopped:
        outcome = StopOutcome.NO_ANSWER
        match answer:
            case None:
                outcome, text = StopOutcome.CONFIRMED, "The printer confirmed the stop."
            case PrinterNotFound():
                return Stopped(printer_id[:64], "", outcome, answer.message)
            case Refused() if self._is_known_at_rest(printer_id):
                outcome = StopOutcome.CONFIRMED
                text = "Nothing was printing, and no heater was on."
            case Refused() | LoginRejected():
                outcome, text = StopOutcome.REFUSED, f"{answer.message} {_SWITCH_OFF}"
            case OdinError():
                text = f"{answer.message} {_SWITCH_OFF}"
            case TimeoutError():
                text = f"No answer within {ANSWER_S:g} seconds. {_SWITCH_OFF}"
            case Exception():
                _LOG.error("the driver failed in an emergency stop", exc_info=answer)
                text = f"The stop could not be sent. {_SWITCH_OFF}"
            case _:
                raise answer
        name = self._fleet.get(printer_id).printer.name
        _LOG.warning("emergency stop of %s: %s", name, outcome.value)
        return Stopped(printer_id, name, outcome, text)

    def _is_known_at_rest(self, printer_id: str) -> bool:
        """Whether its live report says that nothing moves or heats: a "no" is harmless."""
        state = self._fleet.get(printer_id).state
        if state.link is not LinkStatus.ONLINE or state.activity is None:
            return False
        return not state.activity.has_running_job and not _heats(state)


def _heats(state: PrinterState) -> bool:
    """Whether a heater is on."""
    known = state.temperatures
    every = (*known.nozzles, *known.others, known.bed, known.chamber)
    return any(heat is not None and (heat.target_c or 0) > 0 for heat in every)
