"""From the document to the state that the engine knows.

Source: docs.octoprint.org, "Printer operations" (flags), "Job operations" (progress);
the order of the flags is from `util/comm.py` of OctoPrint 1.11.
"""

import posixpath
from dataclasses import fields, replace
from typing import Any

from odin_engine.drivers.printers.octoprint.protocol.capabilities import (
    Limits,
    capabilities,
    heads,
    heaters,
    is_away,
    profile_of,
    tool_number,
)
from odin_engine.drivers.printers.octoprint.protocol.document import (
    Document,
    File,
    Progress,
)
from odin_engine.printers.model import (
    Activity,
    Camera,
    CameraKind,
    Control,
    EstimateSource,
    Fans,
    Firmware,
    FirmwareModule,
    Heat,
    Job,
    LinkReason,
    LinkStatus,
    Model,
    Nozzle,
    PowerDevice,
    PrinterState,
    Sensor,
    SensorKind,
    Speed,
    Temperatures,
)

FAMILY = "octoprint"
POWER = "printer"
"""What the one switch of the PSU Control plugin is called here."""
_BARELY_BEGUN_PCT = 0.5
_COLD_C = 5.0
_UNFINISHED_PCT = 99
"""All of a file's bytes are read before the last of them are printed."""
_UNSTEADY_PCT = 2.0
"""Before that a linear estimate is made of a few lines of the file."""
_SOURCES = {
    "linear": EstimateSource.ELAPSED,
    "analysis": EstimateSource.SLICER,
    "genius": EstimateSource.SLICER,
    "slicer": EstimateSource.SLICER,
    "estimate": EstimateSource.BLEND,
    "average": EstimateSource.BLEND,
    "mixed-analysis": EstimateSource.BLEND,
    "mixed-average": EstimateSource.BLEND,
}


def translate(document: Document, limits: Limits) -> PrinterState:
    """Returns the state; while the machine is away it is the last one known of it."""
    is_there = document.flags is not None and not is_away(document.flags)
    activity = _activity(document)
    state = PrinterState(
        link=LinkStatus.ONLINE,
        control=Control.UNKNOWN if document.flags is None else Control.ALLOWED,
        activity=activity,
        job=_job(document, activity),
        temperatures=_temperatures(document),
        fans=Fans(part_pct=document.fan_pct),
        speed=_speed(document),
        nozzles=_nozzles(document),
        faults=(document.fault,) if document.fault is not None else (),
        cameras=tuple(
            Camera(
                each.id,
                CameraKind.JPEG if each.pictures else CameraKind.STREAM,
                is_available=bool(each.pictures),
                unavailable_because=each.unavailable_because,
                name=each.name,
            )
            for each in document.webcams
        ),
        firmware=_firmware(document),
        model=_model(document),
        capabilities=capabilities(document, limits),
        sensors=_sensors(document),
        power_devices=_power(document),
        prompt=document.prompt,
    )
    if document.flags is not None and not is_there:
        return replace(
            state, link=LinkStatus.OFFLINE, link_reason=LinkReason.MACHINE_AWAY
        )
    return state


def shared(before: PrinterState | None, after: PrinterState) -> PrinterState:
    """Returns `after` with every part of `before` that says the same, or `before`."""
    if before is None:
        return after
    if before == after:
        return before
    same: dict[str, Any] = {}
    for each in fields(after):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old is not new and old == new:
            same[each.name] = old
    return replace(after, **same) if same else after


def _activity(document: Document) -> Activity | None:  # noqa: PLR0911 - a table
    flags = document.flags
    if flags is None:
        return None
    if flags.is_error:
        return Activity.FAILED
    if is_away(flags):
        known = Activity.IDLE if document.was_operational else None
        return document.end or known
    if flags.is_cancelling:
        return Activity.CANCELLED
    if (flags.is_paused or flags.is_pausing) and not flags.is_resuming:
        return Activity.PAUSED
    if flags.has_job:
        return Activity.PREPARING if _prepares(document) else Activity.PRINTING
    if flags.is_operational and not flags.is_ready:
        # It sends a file to the machine's card.
        return Activity.PREPARING
    if document.run is not None and not document.run.is_over:
        # Just begun, and the flags are of the moment before.
        return Activity.PREPARING
    return document.end or Activity.IDLE


def _prepares(document: Document) -> bool:
    flags = document.flags
    if flags is not None and (flags.is_finishing or flags.is_resuming):
        return False
    if document.state_id == "STARTING":
        return True
    done_pct = document.progress.completion_pct
    if done_pct is not None and done_pct >= _BARELY_BEGUN_PCT:
        return False
    return any(
        heat.target_c
        and heat.current_c is not None
        and heat.current_c < heat.target_c - _COLD_C
        for heat in document.heats.values()
    )


def _job(document: Document, activity: Activity | None) -> Job | None:
    file, run = document.file, document.run
    if run is None or not run.path:
        return None
    if file is None or file.path != run.path:
        # Another file was selected since, or is not selected yet.
        name = posixpath.basename(run.path) or run.path
        return Job(
            name=name,
            file=run.path,
            token=run.token,
            external_id=run.id,
            started_at=run.started_at,
        )
    progress = document.progress
    is_over = activity is not None and activity.is_end
    remaining_s, source = (None, None) if is_over else _remaining(file, progress)
    done_pct = progress.completion_pct
    most_pct = 100 if activity is Activity.FINISHED else _UNFINISHED_PCT
    used = file.used_mm is not None and done_pct is not None
    return Job(
        name=file.name,
        file=file.path,
        token=run.token,
        external_id=run.id,
        source=file.origin,
        progress_pct=min(int(done_pct), most_pct) if done_pct is not None else None,
        remaining_s=remaining_s,
        remaining_source=source,
        elapsed_s=_rounded(progress.printed_s),
        used_mm=round((file.used_mm or 0) * (done_pct or 0) / 100, 1) if used else None,
        layer=document.layer,
        total_layers=document.layers,
        stage=_stage(document),
        stage_text=document.state_text,
        started_at=run.started_at,
    )


def _stage(document: Document) -> str | None:
    flags = document.flags
    if flags is None or not (flags.is_paused or flags.is_pausing):
        return None
    if document.prompt is not None:
        return "paused_question"
    return document.hold or "paused_by_user"


def _remaining(
    file: File, progress: Progress
) -> tuple[int | None, EstimateSource | None]:
    """Returns how long it still takes; a linear guess waits for enough to go by."""
    done_pct, origin = progress.completion_pct or 0.0, progress.left_origin
    is_unsteady = origin == "linear" and done_pct < _UNSTEADY_PCT
    left_s = progress.left_s
    estimated_s = file.estimated_s
    if estimated_s is not None and (left_s is None or is_unsteady) and done_pct < 100:
        left_s = max(estimated_s - (progress.printed_s or 0.0), 0.0)
        return round(left_s), EstimateSource.SLICER
    source = _SOURCES.get(origin or "", EstimateSource.PRINTER)
    return (None, None) if left_s is None else (round(left_s), source)


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def _temperatures(document: Document) -> Temperatures:
    heats, profile = document.heats, profile_of(document)
    nozzles = max(
        heaters(document),
        1 + max((t for n in heats if (t := tool_number(n)) is not None), default=-1),
    )
    return Temperatures(
        nozzles=tuple(heats.get(f"tool{number}", Heat()) for number in range(nozzles)),
        bed=_heat(heats.get("bed"), has=profile.has_bed),
        chamber=_heat(heats.get("chamber"), has=profile.has_chamber),
    )


def _heat(heat: Heat | None, *, has: bool) -> Heat | None:
    """Returns what is measured; servers list a chamber that is not there, empty."""
    if heat is not None and (has or heat.current_c is not None):
        return heat
    return Heat() if has else None


def _sensors(document: Document) -> tuple[Sensor, ...]:
    return tuple(
        Sensor(name, SensorKind.TEMPERATURE, heat.current_c)
        for name, heat in document.heats.items()
        if name not in {"bed", "chamber"} and tool_number(name) is None
    )


def _speed(document: Document) -> Speed | None:
    if document.speed_pct is None and document.flow_pct is None:
        return None
    return Speed(percent=document.speed_pct, flow_pct=document.flow_pct)


def _nozzles(document: Document) -> tuple[Nozzle, ...]:
    count = heads(document)
    active = document.tool if count > 1 else 0
    return tuple(Nozzle(number, is_active=number == active) for number in range(count))


def _firmware(document: Document) -> Firmware:
    modules = []
    if document.server is not None:
        modules.append(FirmwareModule("OctoPrint", document.server))
    if document.firmware is not None:
        modules.append(FirmwareModule("printer", document.firmware))
    return Firmware(version=document.server, modules=tuple(modules))


def _model(document: Document) -> Model:
    profile = profile_of(document)
    return Model(FAMILY, id=profile.model, name=profile.model or profile.name)


def _power(document: Document) -> tuple[PowerDevice, ...]:
    if "psucontrol" not in document.plugins:
        return ()
    is_busy = document.flags is not None and document.flags.has_job
    return (PowerDevice(POWER, document.is_powered, is_locked=is_busy),)
