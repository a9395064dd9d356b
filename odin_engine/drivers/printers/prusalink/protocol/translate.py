"""What was heard, in the one vocabulary. Pure."""

from dataclasses import fields, replace

from odin_engine.drivers.printers.prusalink.protocol.answers import Drive, Status
from odin_engine.drivers.printers.prusalink.protocol.course import (
    ASKED,
    ASKED_AT_START,
    BUSY,
    HEATING,
    INFERRED,
    START_DEADLINE_S,
    STOPPING,
    Course,
)
from odin_engine.drivers.printers.prusalink.protocol.document import Document
from odin_engine.drivers.printers.prusalink.protocol.machines import is_pi, model
from odin_engine.printers.model import (
    Activity,
    Camera,
    CameraKind,
    Capabilities,
    CommandKind,
    Control,
    EstimateSource,
    Fans,
    Fault,
    FaultKind,
    Firmware,
    FirmwareModule,
    HeadNames,
    Heat,
    Job,
    LinkReason,
    LinkStatus,
    NamedFan,
    Nozzle,
    PrinterState,
    Prompt,
    Severity,
    Speed,
    Storage,
    Temperatures,
)

_COMMANDS = tuple(
    sorted(
        (
            CommandKind.PAUSE,
            CommandKind.RESUME,
            CommandKind.STOP,
            CommandKind.START_PRINT,
        )
    )
)
_CAPABILITIES = Capabilities(
    has_file_list=True,
    commands=_COMMANDS,
    has_print_details=True,
    start_deadline_s=START_DEADLINE_S,
    head_names=HeadNames.TOOLS,
)
_STAGE_TEXTS = {
    ASKED: "The printer asks something on its screen",
    ASKED_AT_START: "The printer wants the start confirmed on its screen",
    BUSY: "Busy",
    HEATING: "Heating",
    INFERRED: "The end was not seen, and concluded from the progress",
    STOPPING: "Stopping",
}
_QUESTIONS = {
    ASKED: Prompt(
        "The printer waits for an answer on its own screen: filament may have run out "
        "or jammed, or a part needs attention. It cannot be answered from here."
    ),
    ASKED_AT_START: Prompt(
        "The printer wants this start confirmed on its own screen: another filament, "
        "tool, nozzle or model was expected, or a self-test is unfinished. It cannot be "
        "answered from here."
    ),
}
_ERROR_TEXT = "The printer reports an error; its screen says which."
_SURE_AFTER_S = 120
"""A print that shows no progress so long has a file that does not tell it."""


def translate(document: Document) -> PrinterState:
    """Returns the state that a document describes."""
    status = document.status or Status()
    course = document.course
    link, reason = LinkStatus.ONLINE, None
    if document.is_away:
        link, reason = LinkStatus.OFFLINE, LinkReason.MACHINE_AWAY
    return PrinterState(
        link=link,
        link_reason=reason,
        control=Control.ALLOWED,
        activity=course.activity,
        job=_job(course),
        temperatures=_temperatures(status),
        fans=_fans(status),
        speed=_speed(status),
        nozzles=_nozzles(document),
        faults=_faults(status),
        cameras=_cameras(document),
        firmware=_firmware(document),
        model=model(document.version, document.info),
        capabilities=_CAPABILITIES,
        storage=_storage(document.drive, document),
        prompt=_QUESTIONS.get(course.stage or ""),
    )


def shared(before: PrinterState | None, after: PrinterState) -> PrinterState:
    """Returns the later state with every section of the earlier one that is the same."""
    if before is None or before == after:
        return before or after
    same = {
        each.name: getattr(before, each.name)
        for each in fields(PrinterState)
        if getattr(before, each.name) == getattr(after, each.name)
    }
    return replace(after, **same)


def _job(course: Course) -> Job | None:
    if not course.has_job:
        return None
    file = course.info.file if course.info is not None else None
    left_s, source = course.remaining_s, None
    progress = course.progress_pct
    estimate_s = file.estimated_s if file is not None else None
    done_s = course.printing_s or 0
    if left_s is not None:
        source = EstimateSource.PRINTER
    elif estimate_s is not None and not progress and done_s >= _SURE_AFTER_S:
        # The file has no marks (M73) that the machine could count by.
        whole_s = max(estimate_s, done_s)
        progress, left_s = 100 * done_s / whole_s, whole_s - done_s
        source = EstimateSource.SLICER
    if course.activity is Activity.FINISHED:
        progress, left_s, source = 100.0, 0, None
    return Job(
        name=file.name if file is not None else None,
        file=file.path if file is not None else None,
        token=course.token,
        external_id=None if course.job_id is None else str(course.job_id),
        progress_pct=None if progress is None else int(progress),
        remaining_s=left_s,
        remaining_source=source,
        elapsed_s=course.printing_s,
        stage=course.stage,
        stage_text=_STAGE_TEXTS.get(course.stage or ""),
        started_at=course.started_at,
    )


def _temperatures(status: Status) -> Temperatures:
    """Returns the heat of the bed and of the tool in use; of others nothing is told."""
    nozzle = Heat(status.nozzle_c, status.nozzle_target_c)
    bed = Heat(status.bed_c, status.bed_target_c)
    return Temperatures(
        nozzles=() if nozzle == Heat() else (nozzle,),
        bed=None if bed == Heat() else bed,
    )


def _fans(status: Status) -> Fans:
    fans = (("print", status.print_fan_rpm), ("hotend", status.hotend_fan_rpm))
    return Fans(
        others=tuple(NamedFan(name, rpm=rpm) for name, rpm in fans if rpm is not None)
    )


def _speed(status: Status) -> Speed | None:
    if status.speed_pct is None and status.flow_pct is None:
        return None
    return Speed(percent=status.speed_pct, flow_pct=status.flow_pct)


def _nozzles(document: Document) -> tuple[Nozzle, ...]:
    said = (document.info, document.version)
    sizes = [each.nozzle_mm for each in said if each is not None and each.nozzle_mm]
    return (Nozzle(0, diameter_mm=sizes[0], is_active=True),) if sizes else ()


def _faults(status: Status) -> tuple[Fault, ...]:
    found = []
    if status.state == "ERROR":
        found.append(_fault("ERROR", status.trouble or _ERROR_TEXT))
    elif status.trouble is not None:
        found.append(
            _fault(
                "status_printer",
                f"PrusaLink says of its connection to the printer: {status.trouble}",
            )
        )
    return tuple(found)


def _fault(code: str, text: str) -> Fault:
    return Fault(code, FaultKind.HEALTH, Severity.SERIOUS, text)


def _cameras(document: Document) -> tuple[Camera, ...]:
    return tuple(
        Camera(
            each.id,
            CameraKind.JPEG,
            is_available=each.is_connected,
            unavailable_because=None
            if each.is_connected
            else "PrusaLink knows this camera, and it is not connected to the Pi now.",
            name=each.name,
        )
        for each in document.cameras
    )


def _firmware(document: Document) -> Firmware:
    version = document.version
    if version is None:
        return Firmware()
    modules: tuple[FirmwareModule, ...] = ()
    if is_pi(version) and version.server is not None:
        modules = (FirmwareModule("PrusaLink", version.server),)
    return Firmware(version=version.firmware, modules=modules)


def _storage(drive: Drive | None, document: Document) -> Storage | None:
    if drive is None:
        return None if document.drives is None else Storage.MISSING
    if not drive.is_available:
        return Storage.MISSING
    return Storage.READ_ONLY if drive.is_read_only else Storage.OK
