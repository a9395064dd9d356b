"""A connection check, step by step, in words that a person can act on."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from odin_engine.drivers.findings import Findings
from odin_engine.drivers.printers.octoprint import reach
from odin_engine.drivers.printers.octoprint.driver import OctoprintDriver
from odin_engine.drivers.printers.octoprint.session import (
    NO_ACCESS,
    OK,
    WRONG_KEY,
    check_version,
    first_answer,
    unexpected,
)
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model import (
    CertificateChanged,
    DriverError,
    LinkStatus,
    LoginRejected,
    PrinterState,
    Unreachable,
)
from odin_engine.printers.ports import Certificate, Checked, Connection

if TYPE_CHECKING:
    from odin_engine.drivers.web import Answer

_STEPS = (
    "address",
    "certificate",
    "identity",
    "login",
    "report",
    "machine",
    "storage",
    "camera",
    "clock",
    "firmware",
)
_REPORT_S = 15.0
_SKEW_S = 60.0
_FIND_ADDRESS = (
    "Open the address in a browser: the page must be OctoPrint's. The port is the "
    "number behind the colon there (80 on OctoPi, 5000 where it was installed by hand)."
)
_CONNECT = (
    "Switch the printer on, plug in its cable, and press Connect in OctoPrint or here."
)
_OLD = (1, 8)


async def check(connection: Connection, clock: Clock, ticker: Ticker) -> Checked:
    """Tries a connection and stops at the first step that makes the next useless."""
    is_tls = reach.is_tls(connection)
    steps = [step for step in _STEPS if is_tls or step != "certificate"]
    findings = Findings(steps)
    certificate = await _look(connection, findings)
    state = None
    if not findings.has_failed:
        pin = certificate.sha256 if certificate is not None else None
        wanted = replace(connection, pin_sha256=connection.pin_sha256 or pin)
        driver = OctoprintDriver(wanted, clock, ticker)
        try:
            state = await _talk(driver, ticker, findings)
        finally:
            await driver.close()
    return Checked(findings.all(), certificate, state)


async def _look(connection: Connection, findings: Findings) -> Certificate | None:
    """Asks what is there, without the key: a stranger is not told it."""
    web = reach.web(connection, connection.pin_sha256)
    try:
        answer = await first_answer(web)
    except CertificateChanged as error:
        findings.passed("address", f"{connection.host} answers.")
        findings.failed(
            "certificate",
            error.message,
            "If the server was set up anew, compare both fingerprints and confirm.",
        )
        return web.certificate
    except DriverError as error:
        findings.failed("address", error.message, _FIND_ADDRESS)
        return web.certificate
    finally:
        await web.close()
    number = reach.port(connection)
    findings.passed("address", f"{connection.host} answers on port {number}.")
    if web.certificate is not None:
        findings.passed(
            "certificate",
            f"The certificate {web.certificate.sha256} will be remembered, and any "
            "other refused.",
        )
    _identity(answer, findings)
    return web.certificate


def _identity(answer: Answer, findings: Findings) -> None:
    try:
        if answer.status == OK:
            check_version(answer)
        elif answer.status not in NO_ACCESS:
            raise unexpected(answer)
    except DriverError as error:
        findings.failed("identity", error.message, _FIND_ADDRESS)
        return
    findings.passed("identity", "It answers as OctoPrint does.")


def _clock(skew_s: float | None, findings: Findings) -> None:
    if skew_s is None:
        findings.open("clock", "The server does not say what time it has.")
    elif abs(skew_s) <= _SKEW_S:
        findings.passed("clock", "Its clock is right.")
    else:
        findings.open(
            "clock",
            f"Its clock is {abs(skew_s):.0f} s off; dates of files there are wrong.",
            "Let it get its time from the network (NTP).",
        )


async def _talk(
    driver: OctoprintDriver, ticker: Ticker, findings: Findings
) -> PrinterState | None:
    states = driver.states()
    first = asyncio.ensure_future(anext(states))
    timer = asyncio.ensure_future(ticker.sleep(_REPORT_S))
    try:
        await asyncio.wait({first, timer}, return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            findings.passed("login", "OctoPrint took the key.")
            findings.failed(
                "report", "OctoPrint took the key and then stayed silent.", WRONG_KEY
            )
            return None
        try:
            state = first.result()
        except LoginRejected as error:
            said = error.message.removesuffix(reach.FIND_KEY).rstrip()
            findings.failed("login", said, reach.FIND_KEY)
            return None
        except Unreachable as error:
            findings.passed("login", "OctoPrint took the key.")
            findings.failed(
                "report",
                error.message,
                "If a proxy stands before OctoPrint, it must let WebSockets through.",
            )
            return None
        except DriverError as error:
            findings.failed("identity", error.message, _FIND_ADDRESS)
            return None
        findings.passed("login", "OctoPrint took the key.")
        findings.passed("report", "OctoPrint reports what the printer does.")
        _machine(state, findings)
        await _storage(driver, findings)
        await _camera(driver, state, findings)
        _clock(driver.clock_skew_s, findings)
        _firmware(state, findings)
        return state
    finally:
        timer.cancel()
        first.cancel()
        await asyncio.wait({first})
        await states.aclose()


def _machine(state: PrinterState, findings: Findings) -> None:
    if state.link is LinkStatus.ONLINE and not state.faults:
        findings.passed("machine", "OctoPrint is connected to the printer.")
        return
    said = state.faults[0].text if state.faults else "It has no connection to it."
    findings.failed(
        "machine", f"OctoPrint answers, and not the printer. {said}", _CONNECT
    )


async def _storage(driver: OctoprintDriver, findings: Findings) -> None:
    try:
        files = await driver.files()
    except OdinError as error:
        findings.failed(
            "storage",
            error.message,
            "Give the key's user the permission to list and upload files.",
        )
        return
    findings.passed("storage", f"Files can be seen there: {len(files)} of them.")


async def _camera(
    driver: OctoprintDriver, state: PrinterState, findings: Findings
) -> None:
    if not state.cameras:
        findings.open("camera", "OctoPrint has no camera.")
        return
    camera = state.cameras[0]
    try:
        await driver.camera_frame(camera.id)
    except OdinError as error:
        findings.failed(
            "camera",
            error.message,
            "Set a snapshot URL in OctoPrint's webcam settings, on the same host.",
        )
        return
    findings.passed("camera", "The camera gives pictures.")


def _firmware(state: PrinterState, findings: Findings) -> None:
    version = state.firmware.version or "unknown"
    numbers = version.split(".")[:2]
    is_old = (
        all(number.isdecimal() for number in numbers)
        and tuple(map(int, numbers)) < _OLD
    )
    if is_old:
        findings.open(
            "firmware",
            f"OctoPrint {version} sends more than we ask for.",
            "Update OctoPrint in its settings; 1.8 and later send only what is used.",
        )
    else:
        findings.passed("firmware", f"OctoPrint {version}.")
