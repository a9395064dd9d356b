"""A connection check, step by step, in words that a person can act on."""

import asyncio

from odin_engine.drivers.findings import Findings
from odin_engine.drivers.printers.moonraker.discovery import is_moonraker
from odin_engine.drivers.printers.moonraker.driver import MoonrakerDriver
from odin_engine.drivers.printers.moonraker.keeper import WRONG_KEY
from odin_engine.drivers.printers.moonraker.reach import is_tls, port_of, web_to
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.model import (
    CommandKind,
    DriverError,
    LinkStatus,
    LoginRejected,
    PrinterState,
)
from odin_engine.printers.ports import Certificate, Checked, Connection

_STEPS = ("address", "identity", "login", "report", "machine", "storage", "camera")
_REPORT_S = 20.0
_ANSWER_S = 8.0
_FIND_ADDRESS = (
    "Open Mainsail or Fluidd in a browser: its address is the printer's. Moonraker itself "
    "listens on port 7125; behind some web servers it is port 80 or 4408."
)
_NOT_MOONRAKER = (
    "Another program answers there. Look up Moonraker's port in moonraker.conf, section "
    "[server]."
)
_COMPARE = (
    "The certificate is not the one that was trusted. If you renewed it, confirm the new "
    "one; if not, do not connect."
)
_LOOK_AT_KLIPPER = (
    "Look at the message in Mainsail or Fluidd, and at klippy.log. A firmware restart "
    "helps after an emergency stop."
)
_ADD_VIRTUAL_SD = (
    "Add [virtual_sdcard] to printer.cfg; without it Klipper prints no files."
)


async def check(connection: Connection, clock: Clock, ticker: Ticker) -> Checked:
    """Tries a connection and stops at the first step that makes the next useless."""
    has_tls = is_tls(connection.options)
    steps = (*_STEPS[:1], "certificate", *_STEPS[1:]) if has_tls else _STEPS
    findings = Findings(steps)
    certificate = await _knock(connection, findings, has_tls=has_tls)
    state = None
    if not findings.has_failed:
        driver = MoonrakerDriver(connection, clock, ticker)
        try:
            state = await _talk(driver, ticker, findings)
        finally:
            await driver.close()
    return Checked(findings.all(), certificate, state)


async def _knock(
    connection: Connection, findings: Findings, *, has_tls: bool
) -> Certificate | None:
    """Asks who is there."""
    where = f"{connection.host} port {port_of(connection)}"
    web = web_to(connection)
    try:
        answer = await web.request("GET", "/server/info", within_s=_ANSWER_S)
    except DriverError as error:
        is_other = web.certificate is not None and has_tls
        if is_other:
            findings.passed("address", f"{where} answers.")
        step = "certificate" if is_other else "address"
        remedy = _COMPARE if is_other else _FIND_ADDRESS
        findings.failed(step, error.message, remedy)
        return web.certificate
    finally:
        await web.close()
    findings.passed("address", f"{where} answers.")
    if has_tls and web.certificate is not None:
        shown = web.certificate.sha256
        findings.passed("certificate", f"The certificate is {shown}.")
    if is_moonraker(answer):
        findings.passed("identity", "It is a Moonraker.")
    else:
        detail = f"{where} answers, and not as Moonraker does."
        findings.failed("identity", detail, _NOT_MOONRAKER)
    return web.certificate


async def _talk(
    driver: MoonrakerDriver, ticker: Ticker, findings: Findings
) -> PrinterState | None:
    states = driver.states()
    first = asyncio.ensure_future(anext(states))
    timer = asyncio.ensure_future(ticker.sleep(_REPORT_S))
    try:
        await asyncio.wait({first, timer}, return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            findings.failed(
                "report", "Moonraker answers and reports nothing.", _LOOK_AT_KLIPPER
            )
            return None
        try:
            state = first.result()
        except LoginRejected as error:
            findings.failed("login", error.message, WRONG_KEY)
            return None
        except DriverError as error:
            findings.failed("login", error.message, _FIND_ADDRESS)
            return None
        findings.passed("login", "Moonraker lets us in.")
        findings.passed("report", "Moonraker reports.")
        _machine(state, findings)
        _storage(state, findings)
        await _camera(driver, state, findings)
        return state
    finally:
        timer.cancel()
        first.cancel()
        await asyncio.wait({first})
        await states.aclose()


def _machine(state: PrinterState, findings: Findings) -> None:
    broken = next((each for each in state.faults if "klippy" in each.code), None)
    if state.link is not LinkStatus.ONLINE:
        findings.failed(
            "machine",
            "Moonraker has no connection to Klipper, or Klipper is only starting.",
            _LOOK_AT_KLIPPER,
        )
    elif broken is not None:
        findings.failed("machine", broken.text, _LOOK_AT_KLIPPER)
    else:
        findings.passed("machine", "Klipper is ready.")


def _storage(state: PrinterState, findings: Findings) -> None:
    if CommandKind.START_PRINT in state.capabilities.commands:
        findings.passed("storage", "Files can be sent and printed.")
    elif state.link is LinkStatus.ONLINE and not state.faults:
        findings.failed("storage", "This Klipper prints no files.", _ADD_VIRTUAL_SD)


async def _camera(
    driver: MoonrakerDriver, state: PrinterState, findings: Findings
) -> None:
    if not state.cameras:
        findings.open("camera", "No camera is set up in Moonraker.")
        return
    camera = state.cameras[0]
    if not camera.is_available:
        detail = f"The camera {camera.name or camera.id} cannot be shown."
        findings.open("camera", detail, camera.unavailable_because)
        return
    try:
        await driver.camera_frame(camera.id)
    except DriverError as error:
        findings.failed(
            "camera", error.message, "Look at the camera's addresses in Mainsail."
        )
        return
    findings.passed("camera", "The camera sends pictures.")
