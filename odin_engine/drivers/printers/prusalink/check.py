"""A connection check, step by step, in words that a person can act on."""

import asyncio
from contextlib import aclosing

from odin_engine.drivers.findings import Findings
from odin_engine.drivers.printers.prusalink.driver import PrusaLinkDriver
from odin_engine.drivers.printers.prusalink.link import FIND_KEY, PORT
from odin_engine.drivers.printers.prusalink.protocol.document import VERSION
from odin_engine.drivers.web import Web
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    DriverError,
    LinkReason,
    LoginRejected,
    PrinterState,
    ProtocolViolation,
    Storage,
    WrongSerial,
)
from odin_engine.printers.ports import Checked, Connection

STEPS = (
    "address",
    "identity",
    "login",
    "report",
    "machine",
    "storage",
    "camera",
    "firmware",
)
_REPORT_S = 30.0
_KNOCK_S = 10.0
_NO_PRUSALINK = frozenset({403, 404})
"""PrusaLink asks for a login (401), or is open; others forbid, or know no such path."""

_FIND_ADDRESS = (
    "On the printer: Settings → Network shows its IP address, and PrusaLink must be "
    "switched on there. Both must be in the same network, and the printer on."
)
_OTHER_SERVER = (
    "Choose the family that fits what runs there, or correct the address or the port."
)
_UPDATE = "Update the printer's firmware (on a Raspberry Pi: PrusaLink) to the latest version."
_ATTACH = (
    "Check that the printer is on and its USB cable to the Raspberry Pi is plugged in; "
    "PrusaLink's own page shows whether it found it."
)


async def check(connection: Connection, clock: Clock, ticker: Ticker) -> Checked:
    """Tries a connection and stops at the first step that makes the next useless."""
    findings = Findings(STEPS)
    state = None
    if await _knock(connection, findings):
        driver = PrusaLinkDriver(connection, clock, ticker)
        try:
            state = await _talk(driver, ticker, findings)
        finally:
            await driver.close()
    return Checked(findings.all(), None, state)


async def _knock(connection: Connection, findings: Findings) -> bool:
    """Asks without the key, so that it is given to no stranger."""
    port = connection.ports.get("http", PORT)
    web = Web(connection.host, port, connections=1)
    try:
        answer = await web.request("GET", VERSION, within_s=_KNOCK_S)
    except ProtocolViolation as error:
        findings.passed("address", f"{connection.host} answers on port {port}.")
        findings.failed("identity", error.message, _OTHER_SERVER)
        return False
    except DriverError as error:
        findings.failed("address", error.message, _FIND_ADDRESS)
        return False
    finally:
        await web.close()
    findings.passed("address", f"{connection.host} answers on port {port}.")
    if answer.status in _NO_PRUSALINK:
        findings.failed(
            "identity", "What answers there is no PrusaLink.", _OTHER_SERVER
        )
        return False
    return True


async def _talk(
    driver: PrusaLinkDriver, ticker: Ticker, findings: Findings
) -> PrinterState | None:
    async with aclosing(driver.states()) as states:
        first = asyncio.ensure_future(anext(states))
        timer = asyncio.ensure_future(ticker.sleep(_REPORT_S))
        try:
            await asyncio.wait({first, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not first.done():
                findings.failed(
                    "report",
                    "The printer answers too slowly.",
                    "Bring it nearer to its access point, or close other programs that "
                    "talk to it.",
                )
                return None
            return _judge(first, findings)
        finally:
            timer.cancel()
            first.cancel()
            await asyncio.wait({first, timer})


def _judge(
    first: asyncio.Future[PrinterState], findings: Findings
) -> PrinterState | None:
    try:
        state = first.result()
    except LoginRejected as error:
        findings.passed("identity", "PrusaLink answers there.")
        said = error.message.removesuffix(FIND_KEY).rstrip()
        findings.failed("login", said, FIND_KEY)
        return None
    except WrongSerial as error:
        findings.failed(
            "identity",
            f"The printer there is {error.found}, not {error.expected}.",
            "Correct the address or the serial number, or leave the number empty.",
        )
        return None
    except ProtocolViolation as error:
        findings.failed("report", error.message, _UPDATE)
        return None
    except DriverError as error:
        findings.failed("report", error.message, _FIND_ADDRESS)
        return None
    findings.passed("identity", _who(state))
    findings.passed("login", "The printer took the key or password.")
    if state.link_reason is LinkReason.MACHINE_AWAY:
        findings.failed(
            "machine",
            "PrusaLink answers, and has no connection to its printer.",
            _ATTACH,
        )
        return state
    findings.passed("report", "The printer reports what it is doing.")
    _machine(state, findings)
    _storage(state, findings)
    _camera(state, findings)
    _firmware(state, findings)
    return state


def _who(state: PrinterState) -> str:
    model = state.model
    name = model.name if model is not None else None
    return f"It is a Prusa {name}." if name else "It is a printer with PrusaLink."


def _machine(state: PrinterState, findings: Findings) -> None:
    if state.faults:
        findings.failed("machine", state.faults[0].text, _ATTACH)
    else:
        findings.passed("machine", "The printer is ready to be told what to do.")


def _storage(state: PrinterState, findings: Findings) -> None:
    match state.storage:
        case Storage.OK:
            findings.passed("storage", "Files can be sent to the printer.")
        case Storage.READ_ONLY:
            findings.failed(
                "storage",
                "The printer's storage cannot be written to.",
                "Use another USB stick, or make room on the Raspberry Pi.",
            )
        case Storage.MISSING:
            findings.failed(
                "storage",
                "The printer has no storage.",
                "Insert a USB stick into the printer; without one nothing can be printed "
                "from here.",
            )
        case _:
            findings.open("storage", "The printer does not say what storage it has.")


def _camera(state: PrinterState, findings: Findings) -> None:
    if state.cameras:
        names = ", ".join(each.name or each.id for each in state.cameras)
        findings.passed("camera", f"Cameras of PrusaLink: {names}.")
    else:
        findings.open(
            "camera",
            "PrusaLink offers no camera here. Only the Raspberry Pi has any; others can "
            "be added by their own address.",
        )


def _firmware(state: PrinterState, findings: Findings) -> None:
    version = state.firmware.version
    if version is not None:
        findings.passed("firmware", f"Firmware {version}.")
    else:
        findings.open("firmware", "This firmware does not say its version.")
