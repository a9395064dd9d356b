"""Klipper on a plain machine: its objects as status, and its life.

`print_stats` keeps what it said when the machine was shut down, as the real one does.
Source: docs.klipper3d.org, "Status reference".
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any

from odin_engine.simulator.moonraker.variants import Variant
from odin_engine.simulator.plain import Activity, PlainMachine
from odin_engine.simulator.plain.camera import PLATE_MM

type Status = dict[str, dict[str, Any]]

_STATES = {
    Activity.IDLE: "standby",
    Activity.HEATING: "printing",
    Activity.PRINTING: "printing",
    Activity.PAUSED: "paused",
    Activity.FINISHED: "complete",
    Activity.CANCELLED: "cancelled",
    Activity.FAILED: "error",
}
_RESTART_S = 0.05
_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))
_READY = "Printer is ready"


class Klipper:
    """The host software: `state` is `ready`, `startup`, `shutdown`, `error` or `away`.

    `notify` is called with the name of each notice about it, `say` with each line that
    it says on the console.
    """

    def __init__(
        self,
        machine: PlainMachine,
        variant: Variant,
        notify: Callable[[str], None],
        say: Callable[[str], None],
    ) -> None:
        self.machine = machine
        self.variant = variant
        self.say = say
        self.state = "ready"
        self.is_hidden = False
        self.message = _READY
        self.display: str | None = None
        self.is_exact_cancel = True
        self.is_loaded = False
        self.is_relative = False
        self.saved: dict[str, bool] = {}
        self.mmu_reason = ""
        self.mmu_map = list(range(variant.gates))
        self._stale: dict[str, Any] | None = None
        self._notify = notify
        self._restarting: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Whether Moonraker reaches it."""
        return self.state not in {"away", "startup"} and not self.is_hidden

    def show(self) -> None:
        """Is found by a Moonraker that had started anew."""
        self.is_hidden = False
        if self.state == "ready":
            self._notify("notify_klippy_ready")

    def shut_down(self, why: str) -> None:
        """Stops everything at once; only a firmware restart helps."""
        self._stale = self._print_stats()
        self.state, self.message = "shutdown", why
        self._notify("notify_klippy_shutdown")
        self.machine.lose_power()

    def leave(self) -> None:
        """Goes away, as when its service is stopped."""
        self.state, self._stale = "away", None
        self._notify("notify_klippy_disconnected")
        self.machine.lose_power()

    def come(self) -> None:
        """Is back, and ready."""
        self.state, self.message = "ready", _READY
        self._notify("notify_klippy_ready")

    def restart(self) -> None:
        """Restarts, as after a `FIRMWARE_RESTART`."""
        self.leave()
        self._restarting = asyncio.ensure_future(self._start())

    async def _start(self) -> None:
        await asyncio.sleep(_RESTART_S)
        self.state = "startup"
        await asyncio.sleep(_RESTART_S)
        self.come()

    def close(self) -> None:
        """Forgets a restart under way."""
        if self._restarting is not None:
            self._restarting.cancel()

    def status(self) -> Status:
        """Returns every object with its fields."""
        found = {**self._basics(), **self._heat(), **self._fans()}
        if self.variant.gates:
            found["mmu"] = self._mmu()
        return {
            name: fields
            for name, fields in found.items()
            if name in self.variant.all_objects
        }

    def _basics(self) -> Status:
        machine = self.machine
        job = machine.job
        size = job.size_bytes if job else 0
        is_moving = machine.activity in {Activity.HEATING, Activity.PRINTING}
        return {
            "webhooks": {"state": self.state, "state_message": self.message},
            "configfile": {"settings": self.variant.all_settings, "warnings": []},
            "print_stats": self._stale or self._print_stats(),
            "virtual_sdcard": {
                "progress": machine.progress,
                "is_active": is_moving,
                "file_position": int(size * machine.progress),
                "file_size": size,
                "file_path": f"/home/pi/printer_data/gcodes/{job.name}"
                if job
                else None,
            },
            "display_status": {"progress": machine.progress, "message": self.display},
            "pause_resume": {"is_paused": machine.activity is Activity.PAUSED},
            "idle_timeout": {
                "state": "Printing" if is_moving else "Ready",
                "printing_time": machine.total_s,
            },
            "toolhead": {
                "extruder": self.variant.extruders[machine.tool],
                "homed_axes": machine.homed,
                "position": [*machine.position_mm, 0.0],
                "axis_minimum": [0.0, 0.0, -2.0, 0.0],
                "axis_maximum": [float(PLATE_MM), float(PLATE_MM), 300.0, 0.0],
                "print_time": machine.elapsed_s,
            },
            "gcode_move": {
                "speed_factor": machine.speed_pct / 100,
                "extrude_factor": machine.flow_pct / 100,
                "speed": 1500.0,
                "gcode_position": [*machine.position_mm, 0.0],
            },
            "exclude_object": {
                "objects": _placed(job.objects if job else ()),
                "excluded_objects": list(machine.excluded),
                "current_object": None,
            },
            "filament_switch_sensor runout": {
                "filament_detected": machine.has_filament,
                "enabled": True,
            },
        }

    def _print_stats(self) -> dict[str, Any]:
        machine, job = self.machine, self.machine.job
        state = _STATES[machine.activity]
        if state == "cancelled" and not self.is_exact_cancel:
            state, job = "standby", None
        return {
            "state": state,
            "filename": job.name if job else "",
            "message": machine.fault or "",
            "print_duration": machine.printed_s if job else 0.0,
            "total_duration": machine.total_s if job else 0.0,
            "filament_used": machine.used_mm if job else 0.0,
            "info": {
                "total_layer": job.layers if job and machine.layer else None,
                "current_layer": machine.layer or None if job else None,
            },
        }

    def _heat(self) -> Status:
        names = dict(zip(self.variant.extruders, self.machine.nozzles, strict=True))
        heaters = {
            **names,
            "heater_bed": self.machine.bed,
            "heater_generic chamber": self.machine.chamber,
        }
        found: Status = {
            name: {
                "temperature": round(heater.current_c, 2),
                "target": heater.target_c,
                "power": round(heater.power, 3),
            }
            for name, heater in heaters.items()
            if heater is not None
        }
        found["temperature_sensor Board"] = {"temperature": 41.5}
        found["bme280 Enclosure"] = {"temperature": 28.25, "humidity": 33.4}
        return found

    def _fans(self) -> Status:
        fans = self.machine.fans_pct
        return {
            "fan": {"speed": fans.get("part", 0) / 100, "rpm": None},
            "heater_fan hotend": {"speed": 1.0, "rpm": 5200.5},
            **{
                f"fan_generic {name}": {"speed": percent / 100, "rpm": None}
                for name, percent in fans.items()
            },
        }

    def _mmu(self) -> dict[str, Any]:
        is_paused = self.machine.activity is Activity.PAUSED
        is_locked = bool(self.mmu_reason) and is_paused
        return {
            "enabled": True,
            "num_gates": self.variant.gates,
            "print_state": "pause_locked" if is_locked else "ready",
            "reason_for_pause": self.mmu_reason,
            "tool": 0,
            "gate": 0,
            "filament": "Loaded" if self.machine.has_filament else "Unloaded",
            "action": "Idle",
            "ttg_map": list(self.mmu_map),
            "gate_status": [1, 2, 0, -1],
            "gate_material": ["PLA", "PETG", "", ""],
            "gate_color": ["ff0000", "white", "", ""],
            "gate_filament_name": ["Red PLA", "", "", ""],
            "gate_spool_id": [11, 12, -1, -1],
        }


def _placed(names: Sequence[str]) -> list[dict[str, Any]]:
    """Returns the parts as a slicer defines them, side by side on the bed."""
    across = math.ceil(math.sqrt(len(names)))
    cell = PLATE_MM / max(across, 1)
    placed = []
    for index, name in enumerate(names):
        x, y = (index % across + 0.5) * cell, (index // across + 0.5) * cell
        half = cell * 0.35
        corners = [[x + a * half, y + b * half] for a, b in _SQUARE]
        placed.append({"name": name, "center": [x, y], "polygon": corners})
    return placed
