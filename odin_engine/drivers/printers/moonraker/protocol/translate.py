"""A document as a state. A section is made anew only when one of its objects changed.

Four times a second a temperature changes and nothing else does; what did not change is
the same section as before, so that comparing two states is comparing references.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from odin_engine.drivers.printers.moonraker.protocol.activity import (
    activity_of,
    faults_of,
)
from odin_engine.drivers.printers.moonraker.protocol.capabilities import (
    capabilities_of,
)
from odin_engine.drivers.printers.moonraker.protocol.document import Document
from odin_engine.drivers.printers.moonraker.protocol.job import job_of
from odin_engine.drivers.printers.moonraker.protocol.parts import (
    fans_of,
    filament_sensors_of,
    lights_of,
    nozzles_of,
    power_of,
    sensors_of,
    speed_of,
    temperatures_of,
)
from odin_engine.drivers.printers.moonraker.protocol.units import (
    active_slot_of,
    units_of,
)
from odin_engine.drivers.printers.moonraker.protocol.webcams import read_webcams
from odin_engine.printers.model import (
    Activity,
    Camera,
    Capabilities,
    Control,
    Firmware,
    FirmwareModule,
    LinkReason,
    LinkStatus,
    Model,
    PrinterState,
)

FAMILY = "moonraker"
_NAMES = tuple(each.name for each in fields(PrinterState))
_JOB_OBJECTS = (
    *("print_stats", "virtual_sdcard", "display_status", "exclude_object"),
    *("gcode_move", "webhooks", "mmu", "AFC", "idle_timeout"),
)


class Translator:
    """Makes states of one document, and remembers what the last one was made of."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[str, tuple[list[Any], Any]] = {}
        self._state: PrinterState | None = None

    def state(self) -> PrinterState | None:
        """Returns the state now, the same one while nothing changed; `None` if unknown."""
        document = self._document
        if document.klippy is None or (
            document.klippy == "ready" and not document.status
        ):
            return None
        made = self._away() if document.is_away else self._present()
        if self._state is not None:
            made = _shared(made, self._state)
        self._state = made
        return made

    def _away(self) -> PrinterState:
        """Returns the last state, as what a host without its machine knows."""
        before = self._state or PrinterState(model=self._model())
        activity, job = before.activity, before.job
        if activity is not None and activity.has_running_job:
            # Nothing prints without Klipper. How it ended was seen, or was not.
            was_lost = self._document.was_lost
            activity = Activity.FAILED if was_lost else Activity.IDLE
            job = job and replace(job, remaining_s=None, remaining_source=None)
        return replace(
            before,
            link=LinkStatus.OFFLINE,
            link_reason=LinkReason.MACHINE_AWAY,
            activity=activity,
            job=job,
            faults=(),
            prompt=None,
            capabilities=self._capabilities(),
            firmware=self._firmware(),
            cameras=self._cameras(),
            power_devices=power_of(self._document),
            active_spool_id=self._document.spool_id,
        )

    def _present(self) -> PrinterState:
        document, layout = self._document, self._document.layout
        activity = activity_of(document)
        heaters = [each.object for each in (*layout.extruders, *layout.heaters)]
        heaters += [each.object for each in (layout.bed, layout.chamber) if each]
        if layout.chamber_sensor:
            heaters.append(layout.chamber_sensor)
        lanes = layout.lanes
        units = self._section(
            "units", ("mmu", "AFC", "print_task_config", "toolhead", *lanes), units_of
        )
        moving = ("toolhead",)
        return PrinterState(
            link=LinkStatus.ONLINE,
            control=Control.ALLOWED,
            activity=activity,
            job=self._section(
                "job",
                _JOB_OBJECTS,
                lambda it: job_of(it, activity),
                document.track,
                activity,
                tuple(document.metadata.values()),
            ),
            temperatures=self._section("temperatures", heaters, temperatures_of),
            fans=self._section("fans", ("fan", *layout.fans), fans_of),
            speed=self._section("speed", ("gcode_move",), speed_of),
            lights=self._section("lights", layout.lights, lights_of),
            nozzles=self._section("nozzles", moving, nozzles_of),
            filament_units=units,
            active_slot=active_slot_of(units),
            faults=faults_of(document),
            cameras=self._cameras(),
            firmware=self._firmware(),
            model=self._model(),
            capabilities=self._capabilities(),
            sensors=self._section("sensors", layout.sensors, sensors_of),
            filament_sensors=self._section(
                "filament_sensors", layout.filament_sensors, filament_sensors_of
            ),
            power_devices=power_of(document),
            prompt=document.asking.prompt if document.asking else None,
            active_spool_id=document.spool_id,
        )

    def _section[T](
        self,
        name: str,
        objects: Iterable[str],
        make: Callable[[Document], T],
        *also: object,
    ) -> T:
        """Returns a section, the one before if it would be made of the same things."""
        known = self._document.status
        used: list[Any] = [known.get(each) for each in objects]
        used += [self._document.layout, *also]
        before = self._made.get(name)
        if before is not None and _are(before[0], used):
            found: T = before[1]
            return found
        made = make(self._document)
        self._made[name] = (used, made)
        return made

    def _capabilities(self) -> Capabilities:
        document = self._document
        has_power = bool(document.power)
        return self._section(
            "capabilities",
            (),
            capabilities_of,
            document.klippy,
            document.components,
            has_power,
        )

    def _cameras(self) -> tuple[Camera, ...]:
        document = self._document
        return self._section(
            "cameras", (), cameras_of, document.webcams, document.hostname
        )

    def _firmware(self) -> Firmware:
        document = self._document
        modules = []
        if document.moonraker_version:
            modules.append(FirmwareModule("moonraker", document.moonraker_version))
        return Firmware(document.klipper_version, modules=tuple(modules))

    def _model(self) -> Model:
        document = self._document
        if "print_task_config" in document.layout.objects:
            return Model(FAMILY, "snapmaker_u1", "Snapmaker U1", "Snapmaker")
        name = document.device_type or "Klipper"
        if document.layout.kinematics and not document.device_type:
            name = f"Klipper ({document.layout.kinematics})"
        return Model(FAMILY, document.device_type, name)


def cameras_of(document: Document) -> tuple[Camera, ...]:
    """Returns the cameras that the machine's front-end knows."""
    found = read_webcams(document.webcams, document.host, document.hostname)
    return tuple(each.camera for each in found)


def _are(before: list[Any], now: list[Any]) -> bool:
    return len(before) == len(now) and all(
        a is b or (not isinstance(a, dict) and a == b)
        for a, b in zip(before, now, strict=True)
    )


def _shared(made: PrinterState, before: PrinterState) -> PrinterState:
    """Returns the state with the sections of the one before where they are equal."""
    same: dict[str, Any] = {}
    is_same = True
    for name in _NAMES:
        old, new = getattr(before, name), getattr(made, name)
        if old is new:
            continue
        if old == new:
            same[name] = old
        else:
            is_same = False
    if is_same:
        return before
    return replace(made, **same) if same else made
