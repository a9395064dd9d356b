"""A connection check, step by step, in words that a person can act on."""

import asyncio

from odin_engine.drivers.findings import Findings
from odin_engine.drivers.printers.elegoo import discovery
from odin_engine.drivers.printers.elegoo.cc2.driver import Cc2Driver
from odin_engine.drivers.printers.elegoo.cc2.link import FIND_CODE
from odin_engine.drivers.printers.elegoo.driver import ElegooDriver
from odin_engine.drivers.printers.elegoo.ports import port_in
from odin_engine.drivers.printers.elegoo.protocol.beacon import Identity
from odin_engine.drivers.printers.elegoo.protocol.dialect import UNSUPPORTED, Dialect
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model import (
    CameraKind,
    DriverError,
    LoginRejected,
    PrinterState,
    WrongSerial,
)
from odin_engine.printers.ports import Checked, Connection

STEPS = ("address", "identity", "report", "storage", "camera", "firmware")
CC2_STEPS = ("address", "identity", "login", *STEPS[2:])
"""The others ask nobody who it is."""
_REPORT_S = 15.0
_FIND_ADDRESS = (
    "On the printer: Settings → Network shows its IP address. Both must be in the same "
    "network, and the printer must be switched on."
)
_NOT_CC2 = "It is no Centauri Carbon 2. Choose SDCP as the kind of machine."
_FREE_A_PLACE = (
    "These machines serve four or five programs at once and say nothing to more: close "
    "slicers, browser pages and apps that show the printer, or restart it."
)


async def check(connection: Connection, clock: Clock, ticker: Ticker) -> Checked:
    """Tries a connection and stops at the first step that makes the next useless."""
    is_cc2 = connection.options.get(discovery.KIND) == discovery.CC2
    findings = Findings(CC2_STEPS if is_cc2 else STEPS)
    identity = await discovery.ask(connection.host, connection.ports)
    if identity is not None and _is_other(identity.dialect, is_cc2=is_cc2):
        findings.passed("address", f"{connection.host} answers.")
        findings.failed(
            "identity",
            f"It is a {identity.machine or 'machine'} ({identity.board}).",
            UNSUPPORTED.get(identity.dialect, _NOT_CC2),
        )
        return Checked(findings.all(), None, None)
    driver = (Cc2Driver if is_cc2 else ElegooDriver)(connection, clock, ticker)
    try:
        state = await _talk(driver, connection, identity, ticker, findings)
    finally:
        await driver.close()
    return Checked(findings.all(), None, state)


def _is_other(dialect: Dialect, *, is_cc2: bool) -> bool:
    """Whether a machine speaks otherwise than its owner chose."""
    return (dialect is not Dialect.CC2) if is_cc2 else (dialect in UNSUPPORTED)


async def _talk(
    driver: ElegooDriver | Cc2Driver,
    connection: Connection,
    identity: Identity | None,
    ticker: Ticker,
    findings: Findings,
) -> PrinterState | None:
    states = driver.states()
    first = asyncio.ensure_future(anext(states))
    timer = asyncio.ensure_future(ticker.sleep(_REPORT_S))
    try:
        await asyncio.wait({first, timer}, return_when=asyncio.FIRST_COMPLETED)
        place = f"{connection.host} answers on port {_port(connection)}."
        if not first.done():
            findings.passed("address", place)
            _identified(identity, None, findings)
            findings.failed(
                "report",
                "The printer took the connection and then stayed silent.",
                _FREE_A_PLACE,
            )
            return None
        try:
            state = first.result()
        except WrongSerial as error:
            findings.passed("address", place)
            findings.failed(
                "identity",
                error.message,
                "Correct the address, or the mainboard ID if the board was replaced.",
            )
            return None
        except LoginRejected as error:
            findings.passed("address", place)
            _identified(identity, None, findings)
            said = error.message.removesuffix(FIND_CODE).rstrip()
            findings.failed("login", said, FIND_CODE)
            return None
        except DriverError as error:
            findings.failed("address", error.message, _FIND_ADDRESS)
            return None
        findings.passed("address", place)
        _identified(identity, state, findings)
        findings.passed("login", "The printer lets us in.")
        findings.passed("report", "The printer reports what it is doing.")
        await _storage(driver, findings)
        await _camera(driver, state, findings)
        _firmware(state, findings)
        return state
    finally:
        timer.cancel()
        first.cancel()
        await asyncio.wait({first})
        await states.aclose()


def _port(connection: Connection) -> int:
    is_cc2 = connection.options.get(discovery.KIND) == discovery.CC2
    return port_in(connection.ports, "mqtt" if is_cc2 else "web")


def _identified(
    identity: Identity | None, state: PrinterState | None, findings: Findings
) -> None:
    model = state.model if state is not None else None
    board = (model.serial if model else None) or (identity.board if identity else None)
    name = (model.name if model else None) or (identity.machine if identity else None)
    if board is None:
        findings.open("identity", "The printer does not say which one it is.")
        return
    detail = f"It is a {name or 'machine'} with the mainboard {board}."
    if identity is None:
        detail += " It does not answer to searches; the network may block UDP."
    findings.passed("identity", detail)


async def _storage(driver: ElegooDriver | Cc2Driver, findings: Findings) -> None:
    try:
        found = await driver.files()
    except OdinError as error:
        findings.failed(
            "storage",
            error.message,
            "Printing from here needs the printer's file list; watching does not.",
        )
        return
    findings.passed("storage", f"Files can be sent; {len(found)} lie there now.")


async def _camera(
    driver: ElegooDriver | Cc2Driver, state: PrinterState, findings: Findings
) -> None:
    if not state.cameras:
        findings.open("camera", "The printer has no camera.")
        return
    camera = state.cameras[0]
    if not camera.is_available:
        findings.open("camera", camera.unavailable_because or "The camera is off.")
    elif camera.kind is CameraKind.RTSP:
        findings.open(
            "camera", "The camera sends video (RTSP), which one viewer can have."
        )
    else:
        try:
            await driver.camera_frame(camera.id)
        except OdinError as error:
            findings.failed(
                "camera",
                error.message,
                "Close the camera in other programs, then try again.",
            )
            return
        findings.passed("camera", "The camera gives pictures.")


def _firmware(state: PrinterState, findings: Findings) -> None:
    version = state.firmware.version
    if version is None:
        findings.open("firmware", "The printer does not say which firmware it has.")
    else:
        findings.passed("firmware", f"The printer runs firmware {version}.")
