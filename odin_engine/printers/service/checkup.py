"""What every machine's state adds to the steps that its family tries. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from odin_engine.printers.model import Control, LinkReason, PrinterState, Storage
from odin_engine.printers.model.link import link_text
from odin_engine.printers.ports import Check, Checked

STEPS = (
    "address",
    "certificate",
    "identity",
    "serial",
    "login",
    "report",
    "machine",
    "control",
    "storage",
    "camera",
    "clock",
    "firmware",
)
"""The order to show; what a family calls otherwise comes last."""


def completed(checked: Checked) -> Checked:
    """Returns the check with what the state tells of steps that the family left out."""
    tried = {check.step for check in checked.checks}
    added = [each for each in _told(checked.state) if each.step not in tried]
    order = {step: place for place, step in enumerate(STEPS)}
    checks = sorted(
        (*checked.checks, *added), key=lambda each: order.get(each.step, len(STEPS))
    )
    return replace(checked, checks=tuple(checks))


def _told(state: PrinterState | None) -> Iterator[Check]:
    if state is None:
        for step in ("report", "control", "camera", "firmware"):
            yield Check(step, ok=None, detail="Not reached.")
        return
    if state.link_reason is LinkReason.MACHINE_AWAY:
        said = link_text(state.link, state.link_reason)
        yield Check("machine", ok=False, detail=said.text, remedy=said.remedy)
    yield _control(state)
    if state.storage is not None:
        yield _storage(state.storage)
    yield _camera(state)
    yield _firmware(state)


def _control(state: PrinterState) -> Check:
    match state.control:
        case Control.ALLOWED:
            return Check("control", ok=True, detail="The printer takes commands.")
        case Control.REFUSED:
            return Check(
                "control",
                ok=False,
                detail="The printer reports, and takes no commands.",
                remedy="Allow programs to control it in the printer's own settings.",
            )
        case Control.UNKNOWN:
            return Check(
                "control",
                ok=None,
                detail="Whether it takes commands, the first one will show.",
            )


def _storage(storage: Storage) -> Check:
    if storage is Storage.OK:
        return Check("storage", ok=True, detail="It has room for files.")
    return Check(
        "storage",
        ok=False,
        detail="Files cannot be sent to the printer.",
        remedy="Look at its card or stick: missing, damaged or write-protected.",
    )


def _camera(state: PrinterState) -> Check:
    if not state.cameras:
        return Check("camera", ok=None, detail="It has no camera of its own.")
    off = [camera for camera in state.cameras if not camera.is_available]
    if not off:
        return Check("camera", ok=True, detail="Its camera can be watched.")
    return Check(
        "camera",
        ok=None,
        detail="A camera cannot be watched.",
        remedy=off[0].unavailable_because,
    )


def _firmware(state: PrinterState) -> Check:
    firmware = state.firmware
    if firmware.version is None:
        return Check("firmware", ok=None, detail="It does not say which it has.")
    detail = f"It runs {firmware.version}."
    if firmware.update is not None:
        detail = f"{detail} {firmware.update} is offered."
    return Check("firmware", ok=True, detail=detail)
