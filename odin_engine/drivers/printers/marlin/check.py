"""A connection check, step by step, in words that a person can act on."""

import asyncio

from odin_engine.drivers.printers.marlin.book import Book
from odin_engine.drivers.printers.marlin.driver import MarlinDriver
from odin_engine.drivers.printers.marlin.place import Place
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model import DriverError, PrinterState
from odin_engine.printers.ports import Check, Checked

STEPS = ("address", "report", "machine", "control", "firmware")
_REPORT_S = 25.0
"""A board that resets, boots and heats answers within this."""
_SLOW_S = 0.015
"""Slicers write curves as some 60 to 100 lines a second."""
_FIND_DEVICE = (
    "Plug the cable in, switch the printer on, and choose its port from those that were "
    "found. In a container, the device must be passed to it."
)
_FIND_BRIDGE = (
    "The bridge must be in the same network; its own page shows its address, its port "
    "and whether it speaks raw TCP or RFC 2217."
)
_FIND_RATE = (
    "Try another baud rate (115200 and 250000 are the usual ones) and another cable; "
    "many charge only. Close other programs that use the port."
)


async def check(driver: MarlinDriver, place: Place, ticker: Ticker) -> Checked:
    """Tries a connection and stops at the first step that makes the next useless."""
    states = driver.states()
    first = asyncio.ensure_future(anext(states))
    timer = asyncio.ensure_future(ticker.sleep(_REPORT_S))
    try:
        await asyncio.wait({first, timer}, return_when=asyncio.FIRST_COMPLETED)
        error: DriverError | None = None
        state: PrinterState | None = None
        if first.done():
            try:
                state = first.result()
            except DriverError as raised:
                error = raised
        checks = _checks(driver, place, state, error)
        if state is not None and not place.is_device:
            checks.insert(-1, await _pace(driver))
        return Checked(tuple(checks + _not_tried(checks)), None, state)
    finally:
        timer.cancel()
        first.cancel()
        await asyncio.wait({first})
        await states.aclose()
        await driver.close()


def check_in_use(place: Place, book: Book) -> Checked:
    """Returns what is known of a machine that this engine talks to already."""
    checks = [Check("address", ok=True, detail=f"{place} is open already.")]
    state = book.machine.state if book.is_open else None
    if state is not None:
        checks += [
            Check("report", ok=True, detail="The machine answers and reports."),
            _machine(state),
            _firmware(state),
        ]
    return Checked(tuple(checks + _not_tried(checks)), None, state)


def _not_tried(checks: list[Check]) -> list[Check]:
    reached = {each.step for each in checks}
    return [
        Check(step, ok=None, detail="Not tried.")
        for step in STEPS
        if step not in reached
    ]


def _checks(
    driver: MarlinDriver,
    place: Place,
    state: PrinterState | None,
    error: DriverError | None,
) -> list[Check]:
    if error is not None and not driver.was_opened:
        remedy = _FIND_DEVICE if place.is_device else _FIND_BRIDGE
        return [Check("address", ok=False, detail=error.message, remedy=remedy)]
    opened = Check("address", ok=True, detail=f"{place} is open.")
    if state is None:
        detail = error.message if error else f"Nothing sensible came from {place}."
        return [opened, Check("report", ok=False, detail=detail, remedy=_FIND_RATE)]
    return [
        opened,
        Check("report", ok=True, detail="The machine answers and reports."),
        _machine(state),
        _firmware(state),
    ]


async def _pace(driver: MarlinDriver) -> Check:
    """Each line waits for the one before, so the way there and back is the pace (§1)."""
    try:
        taken_s = await driver.round_trip_s()
    except OdinError as error:
        return Check("control", ok=False, detail=error.message, remedy=_FIND_RATE)
    detail = f"A line takes {taken_s * 1000:.0f} ms there and back."
    if taken_s <= _SLOW_S:
        return Check("control", ok=True, detail=detail)
    return Check(
        "control",
        ok=False,
        detail=f"{detail} Curves made of short lines will be printed in jerks.",
        remedy="Use a cable or a better network, or print from the machine's card.",
    )


def _machine(state: PrinterState) -> Check:
    name = state.model.name if state.model else None
    if name is None:
        return Check(
            "machine",
            ok=None,
            detail="The firmware does not say which machine it is; that is no harm.",
        )
    heads = state.capabilities.heads
    return Check(
        "machine",
        ok=True,
        detail=f"It is a {name} with {heads} extruder{'s' if heads > 1 else ''}.",
    )


def _firmware(state: PrinterState) -> Check:
    version = state.firmware.version or "unknown firmware"
    for fault in state.faults:
        if fault.code == "no_thermal_protection":
            return Check(
                "firmware",
                ok=False,
                detail=f"{version}. {fault.text}",
                remedy="Install a firmware that has thermal protection switched on.",
            )
    return Check("firmware", ok=True, detail=version)
