"""A connection check, step by step, in words that a person can act on."""

import asyncio
from dataclasses import replace

from odin_engine.drivers.findings import Findings
from odin_engine.drivers.printers.bambu.commander import UNSIGNED
from odin_engine.drivers.printers.bambu.driver import BambuDriver
from odin_engine.drivers.printers.bambu.link import FIND_CODE
from odin_engine.drivers.printers.bambu.ports import port
from odin_engine.drivers.printers.bambu.reach import let_go, open_plain, open_secure
from odin_engine.drivers.printers.bambu.tls import PrinterContext, Roots
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model import (
    Control,
    DriverError,
    LoginRejected,
    PrinterState,
    Storage,
)
from odin_engine.printers.ports import Certificate, Checked, Connection

STEPS = (
    "address",
    "certificate",
    "serial",
    "login",
    "report",
    "control",
    "storage",
)
_REPORT_S = 15.0
"""A broker takes any serial and then stays silent (§4)."""

_FIND_ADDRESS = (
    "On the printer: Settings → Network shows its IP address. Both must be in the same "
    "network, and the printer must be switched on."
)
_FIND_SERIAL = (
    "On the printer: Settings → Device shows the serial. Upper and lower case matter."
)
_COMPARE = (
    "The certificate changes when LAN or Developer mode is switched. If you did so, "
    "compare both fingerprints and confirm the new one; if not, do not connect."
)
_STORAGE_REMEDIES = {
    Storage.MISSING: "Insert a USB stick or SD card into the printer.",
    Storage.ABNORMAL: "Format the card or stick in the printer, or replace it.",
    Storage.READ_ONLY: "Lift the write protection of the card or stick.",
}


async def check(
    connection: Connection, roots: Roots, clock: Clock, ticker: Ticker
) -> Checked:
    """Tries a connection and stops at the first step that makes the next useless."""
    findings = Findings(STEPS)
    certificate = await _look(connection, roots, findings)
    state = None
    if certificate is not None and not findings.has_failed:
        serial = connection.serial or certificate.common_name
        driver = BambuDriver(replace(connection, serial=serial), roots, clock, ticker)
        try:
            state = await _talk(driver, ticker, findings)
        finally:
            await driver.close()
    return Checked(findings.all(), certificate, state)


async def _look(
    connection: Connection, roots: Roots, findings: Findings
) -> Certificate | None:
    """Knocks, and reads the certificate. Sends nothing, so nothing is given away."""
    number = port(connection, "mqtt")
    try:
        _, writer = await open_plain(connection.host, number)
    except DriverError as error:
        findings.failed("address", error.message, _FIND_ADDRESS)
        return None
    await let_go(writer)
    findings.passed("address", f"{connection.host} answers on port {number}.")
    context = PrinterContext.to(None, roots=roots)
    try:
        _, writer = await open_secure(connection.host, number, context)
    except DriverError as error:
        findings.failed("certificate", error.message, _FIND_ADDRESS)
        return None
    await let_go(writer)
    shown = context.certificate
    if shown is not None:
        _judge(connection, shown, findings)
    return shown


def _judge(connection: Connection, shown: Certificate, findings: Findings) -> None:
    if connection.pin_sha256 not in {None, shown.sha256}:
        findings.failed(
            "certificate",
            f"The certificate is {shown.sha256}, and was {connection.pin_sha256}.",
            _COMPARE,
        )
    elif shown.is_vendor_signed:
        findings.passed("certificate", "The certificate is signed by Bambu Lab.")
    else:
        findings.passed(
            "certificate",
            f"The certificate {shown.sha256} will be remembered, and any other refused.",
        )
    if connection.serial in {None, shown.common_name}:
        findings.passed("serial", f"It is the printer {shown.common_name}.")
    else:
        findings.failed(
            "serial",
            f"The printer there is {shown.common_name}, not {connection.serial}.",
            _FIND_SERIAL,
        )


async def _talk(
    driver: BambuDriver, ticker: Ticker, findings: Findings
) -> PrinterState | None:
    states = driver.states()
    first = asyncio.ensure_future(anext(states))
    timer = asyncio.ensure_future(ticker.sleep(_REPORT_S))
    try:
        await asyncio.wait({first, timer}, return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            findings.passed("login", "The printer took the access code.")
            findings.failed(
                "report",
                "The printer took the access code and then stayed silent.",
                f"The serial may be wrong. {_FIND_SERIAL}",
            )
            return None
        try:
            state = first.result()
        except LoginRejected as error:
            said = error.message.removesuffix(FIND_CODE).rstrip()
            findings.failed("login", said, FIND_CODE)
            return None
        except DriverError as error:
            findings.failed("login", error.message, _FIND_ADDRESS)
            return None
        findings.passed("login", "The printer took the access code.")
        findings.passed("report", "The printer reports what it is doing.")
        _control(state, findings)
        await _storage(driver, state, findings)
        return state
    finally:
        timer.cancel()
        first.cancel()
        await asyncio.wait({first})
        await states.aclose()


def _control(state: PrinterState, findings: Findings) -> None:
    match state.control:
        case Control.ALLOWED:
            findings.passed("control", "The printer takes commands.")
        case Control.REFUSED:
            findings.failed(
                "control", "The printer reports, and takes no commands.", UNSIGNED
            )
        case Control.UNKNOWN:
            findings.open(
                "control",
                "This firmware does not say whether it takes commands; the first one "
                "will show it.",
            )


async def _storage(
    driver: BambuDriver, state: PrinterState, findings: Findings
) -> None:
    remedy = _STORAGE_REMEDIES.get(state.storage) if state.storage else None
    if remedy is not None:
        findings.failed("storage", "Files cannot be sent to the printer.", remedy)
        return
    try:
        await driver.look_in_storage()
    except OdinError as error:
        findings.failed(
            "storage",
            error.message,
            "Printing from here needs the printer's file server; watching does not.",
        )
        return
    findings.passed("storage", "Files can be sent to the printer.")
