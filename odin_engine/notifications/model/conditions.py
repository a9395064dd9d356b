"""What people should know of a printer now, from its record and its state.

`judge` compares that with the alerts that are open. What cannot be told, such as the
faults of a printer that was not heard yet, is left as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from odin_engine.notifications.model import texts
from odin_engine.notifications.model.alerts import (
    Alert,
    AlertKind,
    AlertSeverity,
    Condition,
)
from odin_engine.printers.model import (
    Control,
    Fault,
    LinkReason,
    LinkStatus,
    PrinterState,
    Severity,
    attention_reason,
)
from odin_engine.printers.model.history import Run
from odin_engine.printers.model.record import PlateState, Printer

OFFLINE = "printer_offline"
ACCESS_CODE_REFUSED = "access_code_refused"
WRONG_PRINTER = "wrong_printer"
CERTIFICATE_CHANGED = "certificate_changed"
SILENT = "printer_silent"
CONTROL_REFUSED = "control_refused"
FAULT_RAISED = "fault_raised"
ATTENTION_NEEDED = "attention_needed"
PLATE_TO_CLEAR = "plate_to_clear"
PRINT_FAILED = "print_failed"

_CODE_MOST_CHARS = 200
_LINK_CODES = frozenset(
    {OFFLINE, ACCESS_CODE_REFUSED, WRONG_PRINTER, CERTIFICATE_CHANGED, SILENT}
)
_IN_TROUBLE = frozenset(
    {
        LinkStatus.OFFLINE,
        LinkStatus.NO_REPORT,
        LinkStatus.STALE,
        LinkStatus.UNAUTHORISED,
        LinkStatus.CERTIFICATE_CHANGED,
    }
)
_SEVERITIES = {
    Severity.FATAL: AlertSeverity.CRITICAL,
    Severity.SERIOUS: AlertSeverity.CRITICAL,
    Severity.COMMON: AlertSeverity.WARNING,
    Severity.INFO: AlertSeverity.INFO,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What should be open at a printer, and the keys of what should not be any more."""

    wanted: tuple[Condition, ...]
    ended: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scene:
    """One printer, what is open at it, and whether it was away for long enough."""

    printer: Printer
    state: PrinterState
    opened: Mapping[str, Alert]
    is_away: bool


def is_in_trouble(state: PrinterState) -> bool:
    """Whether the printer cannot be heard, for another reason than our own."""
    return state.link in _IN_TROUBLE


def judge(scene: Scene, *, with_faults: bool) -> Judged:
    """Returns what to raise or keep at a printer, and what to end.

    Without `with_faults` those are left to the facts that tell of each.
    """
    if not scene.printer.is_enabled:
        return Judged((), frozenset(scene.opened))
    wanted: list[Condition] = []
    told: set[str] = set()
    for codes, look in _LOOKS:
        if codes == _FAULTS and not with_faults:
            continue
        found = look(scene)
        if found is not None:
            told |= codes
            wanted += found
    kept = {condition.key for condition in wanted}
    ended = {
        key
        for key, alert in scene.opened.items()
        if alert.code in told and key not in kept
    }
    return Judged(tuple(wanted), frozenset(ended))


def fault_key(printer_id: str, code: str) -> str:
    """Returns the key of a fault at a printer."""
    return f"{FAULT_RAISED}:{printer_id}:{code[:_CODE_MOST_CHARS].replace('\0', '')}"


def fault_condition(printer: Printer, fault: Fault) -> Condition:
    """Returns what people should know of a fault."""
    title, detail = texts.fault(printer.name, fault)
    return Condition(
        key=fault_key(printer.id, fault.code),
        kind=AlertKind.FAULT,
        code=FAULT_RAISED,
        severity=_SEVERITIES[fault.severity],
        printer_id=printer.id,
        printer_name=printer.name,
        title=title,
        detail=detail,
        fault_code=fault.code,
        help_url=fault.help_url,
    )


def print_failed(printer: Printer, run: Run) -> Condition:
    """Returns what people should know of a print that failed."""
    title, detail = texts.print_failed(printer.name, run)
    return Condition(
        key=f"{PRINT_FAILED}:{printer.id}:{run.id}",
        kind=AlertKind.PRINT,
        code=PRINT_FAILED,
        severity=AlertSeverity.WARNING,
        printer_id=printer.id,
        printer_name=printer.name,
        title=title,
        detail=detail,
        happens_once=True,
    )


def may_show_failure(printer: Printer, state: PrinterState) -> bool | None:
    """Whether the last print still concerns people, so if it failed they should know.

    `None` as long as nobody knows what the printer does.
    """
    if not printer.is_enabled or _is_plate_cleared(printer):
        return False
    if state.activity is None:
        return None
    return not state.activity.has_running_job


type _Look = Callable[[Scene], tuple[Condition, ...] | None]
"""Says what holds in one respect; `None` where that cannot be told."""


def _link(scene: Scene) -> tuple[Condition, ...] | None:
    state = scene.state
    if scene.printer.is_in_maintenance:
        return ()
    if state.link is LinkStatus.CONNECTING:
        return None
    was_told = any(alert.code in _LINK_CODES for alert in scene.opened.values())
    if not is_in_trouble(state) or not (scene.is_away or was_told):
        return ()
    prints = state.activity is not None and state.activity.has_running_job
    code, title = _lost(scene.printer.name, state, was_printing=prints)
    return (
        _condition(
            scene.printer,
            AlertKind.CONNECTION,
            code,
            AlertSeverity.CRITICAL if prints else AlertSeverity.WARNING,
            title,
            texts.link_detail(state.link, state.link_reason),
        ),
    )


def _lost(name: str, state: PrinterState, *, was_printing: bool) -> tuple[str, str]:
    match state.link, state.link_reason:
        case LinkStatus.CERTIFICATE_CHANGED, _:
            return CERTIFICATE_CHANGED, texts.certificate_changed(name)
        case LinkStatus.UNAUTHORISED, LinkReason.SERIAL_MISMATCH:
            return WRONG_PRINTER, texts.wrong_printer(name)
        case LinkStatus.UNAUTHORISED, _:
            return ACCESS_CODE_REFUSED, texts.access_code_refused(name)
        case LinkStatus.NO_REPORT, _:
            return SILENT, texts.silent(name)
        case LinkStatus.OFFLINE, LinkReason.MACHINE_AWAY:
            return OFFLINE, texts.machine_away(name, was_printing=was_printing)
        case _:
            return OFFLINE, texts.offline(name, was_printing=was_printing)


def _control(scene: Scene) -> tuple[Condition, ...] | None:
    if scene.printer.is_observe_only:
        return ()
    if scene.state.control is Control.UNKNOWN:
        return None
    if scene.state.control is Control.ALLOWED:
        return ()
    return (
        _condition(
            scene.printer,
            AlertKind.CONNECTION,
            CONTROL_REFUSED,
            AlertSeverity.WARNING,
            texts.control_refused(scene.printer.name),
            texts.CONTROL_DETAIL,
        ),
    )


def _faults(scene: Scene) -> tuple[Condition, ...] | None:
    if scene.state.activity is None:
        return None
    return tuple(fault_condition(scene.printer, each) for each in scene.state.faults)


def _attention(scene: Scene) -> tuple[Condition, ...] | None:
    state = scene.state
    if state.activity is None:
        return None
    reason = attention_reason(state)
    # A fault has an alert of its own.
    if reason is None or state.faults:
        return ()
    title, detail = texts.attention(scene.printer.name, reason, state.job)
    return (
        _condition(
            scene.printer,
            AlertKind.FAULT,
            ATTENTION_NEEDED,
            AlertSeverity.WARNING,
            title,
            detail,
        ),
    )


def _plate(scene: Scene) -> tuple[Condition, ...] | None:
    plate = scene.printer.plate
    if not plate.is_gated or plate.state is PlateState.CLEAR:
        return ()
    since = plate.since.isoformat() if plate.since else ""
    return (
        _condition(
            scene.printer,
            AlertKind.PLATE,
            PLATE_TO_CLEAR,
            AlertSeverity.INFO,
            texts.plate(scene.printer.name),
            texts.PLATE_DETAIL,
            # Each print that lies there is another one to take off.
            since,
        ),
    )


def _failure(scene: Scene) -> tuple[Condition, ...] | None:
    """Ends the alert of a failed print; the end of a print raises it."""
    return () if may_show_failure(scene.printer, scene.state) is False else None


def _is_plate_cleared(printer: Printer) -> bool:
    return printer.plate.is_gated and printer.plate.state is PlateState.CLEAR


def _condition(
    printer: Printer,
    kind: AlertKind,
    code: str,
    severity: AlertSeverity,
    title: str,
    detail: str,
    occasion: str = "",
) -> Condition:
    return Condition(
        key=f"{code}:{printer.id}:{occasion}",
        kind=kind,
        code=code,
        severity=severity,
        printer_id=printer.id,
        printer_name=printer.name,
        title=title,
        detail=detail,
    )


_FAULTS = frozenset({FAULT_RAISED})
_LOOKS: tuple[tuple[frozenset[str], _Look], ...] = (
    (_LINK_CODES, _link),
    (frozenset({CONTROL_REFUSED}), _control),
    (_FAULTS, _faults),
    (frozenset({ATTENTION_NEEDED}), _attention),
    (frozenset({PLATE_TO_CLEAR}), _plate),
    (frozenset({PRINT_FAILED}), _failure),
)
