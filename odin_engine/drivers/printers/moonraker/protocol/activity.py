"""What a machine is doing, and what is wrong: the first row that fits decides.

Klipper's own state comes first: after a shutdown `print_stats` may say `printing` for
ever. A print that the machine itself holds is paused with a fault, which asks for a
person.
"""

from collections.abc import Iterator

from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.fields import real, table, word
from odin_engine.drivers.printers.moonraker.protocol.tracking import RUNNING
from odin_engine.printers.model import (
    Activity,
    Fault,
    FaultKind,
    PrintResult,
    Severity,
)

_ENDS = {
    "complete": Activity.FINISHED,
    "cancelled": Activity.CANCELLED,
    "error": Activity.FAILED,
}
_RESULTS = {
    PrintResult.FINISHED: Activity.FINISHED,
    PrintResult.CANCELLED: Activity.CANCELLED,
    PrintResult.FAILED: Activity.FAILED,
}
_BROKEN = {
    "error": "Klipper did not start.",
    "shutdown": "Klipper has shut the machine down.",
}


def activity_of(document: Document) -> Activity:
    """Returns what the machine does, of a document with a report."""
    if document.klippy in _BROKEN:
        return Activity.FAILED
    state = word(document.object("print_stats").get("state"))
    if state == "paused" or (state == "printing" and is_held(document)):
        return Activity.PAUSED
    if state == "printing":
        return Activity.PREPARING if has_laid_nothing(document) else Activity.PRINTING
    return _ENDS.get(state or "") or _at_rest(document)


def _at_rest(document: Document) -> Activity:
    """Returns what a machine without a job does; moves by hand keep it busy."""
    if document.track.result is not None:
        return _RESULTS.get(document.track.result, Activity.IDLE)
    is_moving = document.object("idle_timeout").get("state") == "Printing"
    if is_moving and document.object("print_stats"):
        return Activity.PREPARING
    return Activity.IDLE


def is_held(document: Document) -> bool:
    """Whether what feeds the filament waits for a person."""
    mmu, afc = document.object("mmu"), document.object("AFC")
    return mmu.get("print_state") == "pause_locked" or afc.get("error_state") is True


def has_laid_nothing(document: Document) -> bool:
    """Whether the start macro still runs; both count from the first extrusion.

    A machine without an extruder never lays anything.
    """
    if document.objects is not None and not document.layout.extruders:
        return False
    stats = document.object("print_stats")
    laid = (real(stats.get("print_duration")), real(stats.get("filament_used")))
    return any(each is not None and each <= 0 for each in laid)


def faults_of(document: Document) -> tuple[Fault, ...]:
    """Returns what is wrong now, the worst first."""
    return tuple(_faults(document))


def _faults(document: Document) -> Iterator[Fault]:
    klippy = document.klippy
    if klippy in _BROKEN:
        hooks = document.object("webhooks")
        said = (
            word(hooks.get("state_message")) if hooks.get("state") == klippy else None
        )
        text = said or document.message or _BROKEN[klippy]
        yield _fault(f"klippy_{klippy}", Severity.FATAL, text)
        return
    state = word(document.object("print_stats").get("state"))
    message = word(document.object("print_stats").get("message"))
    if state == "error":
        text = message or "The print ended with an error."
        yield _fault("print_error", Severity.SERIOUS, text, FaultKind.PRINT)
    yield from _feeding(document)
    prompt = document.asking.prompt if document.asking else None
    if prompt is not None:
        text = prompt.text or "The printer asks a question."
        yield _fault("prompt", Severity.SERIOUS, text)
    if state == "paused":
        yield from _runout(document)
        if message:
            yield _fault("print_message", Severity.COMMON, message, FaultKind.PRINT)


def _feeding(document: Document) -> Iterator[Fault]:
    mmu, afc = document.object("mmu"), document.object("AFC")
    is_running = document.track.state in RUNNING
    reason = word(mmu.get("reason_for_pause"))
    if mmu.get("print_state") == "pause_locked":
        text = reason or "The multi-material unit waits for a person."
        yield _fault("mmu_locked", Severity.SERIOUS, text)
    elif reason and document.track.state == "paused":
        yield _fault("mmu_pause", Severity.COMMON, reason)
    if afc.get("error_state") is True:
        said = word(table(afc.get("message")).get("message"))
        severity = Severity.SERIOUS if is_running else Severity.COMMON
        yield _fault(
            "afc_error", severity, said or "The filament changer has an error."
        )


def _runout(document: Document) -> Iterator[Fault]:
    for name, called in document.layout.filament_sensors.items():
        sensor = document.object(name)
        is_empty = sensor.get("filament_detected") is False
        if is_empty and sensor.get("enabled") is not False:
            text = f"The sensor {called} sees no filament."
            yield _fault(f"filament_runout_{called}", Severity.COMMON, text)


def _fault(
    code: str, severity: Severity, text: str, kind: FaultKind = FaultKind.HEALTH
) -> Fault:
    return Fault(code, kind, severity, text)
