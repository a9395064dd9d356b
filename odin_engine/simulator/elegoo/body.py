"""One SDCP machine without its sockets: what it does, and what it remembers."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from odin_engine.simulator.elegoo.models import Variant
from odin_engine.simulator.elegoo.shelf import Shelf
from odin_engine.simulator.plain import Activity, PlainJob, PlainMachine

MISBEHAVIOURS = {
    "drop_link": "Cuts every connection without a word.",
    "silent": "Takes connections and says nothing on them.",
    "too_many_clients": "Cuts every new connection at once, as with all places taken.",
    "refuse_commands": "Answers every command with a no.",
    "ignore_commands": "Neither does nor answers what it is told.",
    "wrong_cmd": "Names another command in its answers.",
    "sticky_code": "Stays at the code of a milestone while it prints.",
    "empty_status": "Reports with an empty list of what it does.",
    "mute_end": "Goes idle without saying how the job ended.",
    "lose_place": "Expects another offset, once, in the middle of an upload.",
    "md5_failure": "Says after an upload that it arrived damaged.",
    "half_upload": "Keeps half of every file and says that all is well.",
    "full_storage": "Cannot write files.",
    "garbage": "Sends what makes no sense before each report.",
    "camera_taken": "Says that all streams of its camera are taken.",
    "camera_elsewhere": "Names an address of another machine for its camera.",
    "error": "Reports that the file was sliced for another model.",
}
ONCE = frozenset({"drop_link", "lose_place"})
_FDM_CODES = {
    Activity.HEATING: 16,
    Activity.PRINTING: 13,
    Activity.PAUSED: 6,
    Activity.CANCELLED: 8,
    Activity.FINISHED: 9,
    Activity.FAILED: 14,
    Activity.IDLE: 0,
}
_RESIN_CODES = _FDM_CODES | {Activity.HEATING: 1, Activity.PRINTING: 3}
_EXPOSURE = (2, 3, 4)
_TASK_ENDS = {Activity.FINISHED: 1, Activity.FAILED: 2, Activity.CANCELLED: 3}
_STICKY = 20
_MODEL_MISMATCH = 5


@dataclass(slots=True)
class Task:
    """A job as the history has it."""

    id: str
    name: str
    began: int
    ended: int = 0
    status: int = 0
    reason: int = 0


@dataclass(eq=False)
class Body:
    """What the machine is and does, in the numbers of the wire."""

    variant: Variant
    serial: str
    machine: PlainMachine
    shelf: Shelf
    host: str
    has_canvas: bool = False
    light: int = 1
    timelapse: int = 0
    is_video_on: bool = False
    bad: dict[str, dict[str, object]] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    active_tray: int = 0
    _last: Activity = Activity.IDLE

    def start(self, job: PlainJob, at_s: int) -> None:
        """Begins a job, and a task of the history."""
        task = hashlib.md5(f"{job.name}{at_s}{len(self.tasks)}".encode())  # noqa: S324 - a made-up id
        self.tasks.append(Task(task.hexdigest(), job.name, at_s))
        self.machine.start(job)

    def note(self, at_s: int) -> None:
        """Writes into the history what has ended; call it at each change."""
        now = self.machine.activity
        if now is not self._last and now in _TASK_ENDS and self.tasks:
            task = self.tasks[-1]
            task.ended, task.status = at_s, _TASK_ENDS[now]
            if now is Activity.FAILED:
                task.reason = 6
        if now is Activity.PAUSED and not self.machine.has_filament and self.tasks:
            self.tasks[-1].reason = 3
        self._last = now

    @property
    def codes(self) -> list[int]:
        """`CurrentStatus`."""
        if "empty_status" in self.bad:
            return []
        busy = [1] if self.machine.is_busy else []
        if self.shelf.writing:
            busy.append(2)
        return busy or [0]

    def status(self) -> dict[str, Any]:
        """The body of a status."""
        common = {
            "CurrentStatus": self.codes,
            "TimeLapseStatus": self.timelapse,
            "PrintInfo": self._info(),
        }
        return common | (self._resin() if self.variant.is_resin else self._fdm())

    def _info(self) -> dict[str, Any]:
        machine, job = self.machine, self.machine.job
        busy = machine.is_busy
        unit = 1000 if self.variant.is_resin else 1
        info: dict[str, Any] = {
            "Status": self._code(),
            "CurrentLayer": machine.layer if busy else 0,
            "TotalLayer": job.layers if job else 0,
            "CurrentTicks": machine.printed_s * unit if busy else 0,
            "TotalTicks": int(job.print_s * unit) if job else 0,
            "Filename": job.name if job and busy else "",
            "TaskId": self.tasks[-1].id if self.tasks and busy else "",
        }
        if self.variant.is_resin or "error" in self.bad:
            info["ErrorNumber"] = _MODEL_MISMATCH if "error" in self.bad else 0
        if not self.variant.is_resin:
            info["PrintSpeedPct"] = machine.speed_pct
            info["Progress"] = int(machine.progress * 100) if busy else 0
            # The spelling of "CurrentExtrusion" that some firmware has.
            key = b"CurrentExtrusion".hex(" ").upper() + " 00"
            info[key] = round(machine.used_mm, 3) if busy else 0.0
        return info

    def _code(self) -> int:
        machine = self.machine
        if "sticky_code" in self.bad and machine.is_busy:
            return _STICKY
        if "mute_end" in self.bad and not machine.is_busy:
            return 0
        codes = _RESIN_CODES if self.variant.is_resin else _FDM_CODES
        if self.variant.is_resin and machine.activity is Activity.PRINTING:
            return _EXPOSURE[int(machine.printed_s) % 3]
        return codes[machine.activity]

    def _fdm(self) -> dict[str, Any]:
        machine = self.machine
        head, plate = machine.nozzles[0], machine.bed
        x, y, z = machine.position_mm
        fans = machine.fans_pct
        return {
            "PlatFormType": 0,
            # Fifteen digits, as the firmware prints its floats.
            "TempOfNozzle": head.current_c + 1e-13,
            "TempTargetNozzle": head.target_c,
            "TempOfHotbed": plate.current_c if plate else 0,
            "TempTargetHotbed": plate.target_c if plate else 0,
            "TempOfBox": 26.42958339525779,
            "TempTargetBox": 0,
            "CurrenCoord": f"{x:.2f},{y:.2f},{z:.2f}",
            "CurrentFanSpeed": {
                "ModelFan": fans["part"],
                "AuxiliaryFan": fans["aux"],
                "BoxFan": fans["chamber"],
            },
            "ZOffset": 1e-14,
            "LightStatus": {"SecondLight": self.light, "RgbLight": [0, 0, 0]},
        }

    def _resin(self) -> dict[str, Any]:
        return {
            "PreviousStatus": 0,
            "PrintScreen": int(self.machine.printed_s),
            "ReleaseFilm": 1200 + self.machine.layer,
            "TempOfUVLED": 31.2 if self.machine.is_busy else 24.8,
            "TempOfBox": 0,
            "TempTargetBox": 0,
        }

    def attributes(self) -> dict[str, Any]:
        """The body of the attributes."""
        told: dict[str, Any] = {
            "Name": self.machine.name,
            "MachineName": self.variant.machine,
            "BrandName": "ELEGOO",
            "ProtocolVersion": "V3.0.0",
            "FirmwareVersion": self.variant.firmware,
            "XYZsize": self.variant.size,
            "Resolution": self.variant.resolution,
            "MainboardIP": self.host,
            "MainboardID": self.serial,
            "NumberOfVideoStreamConnected": int(self.is_video_on),
            "MaximumVideoStreamAllowed": 1,
            "NetworkStatus": "wlan",
            "UsbDiskStatus": 0,
            "Capabilities": ["FILE_TRANSFER", "PRINT_CONTROL", "VIDEO_STREAM"],
            "SupportFileType": list(self.variant.kinds),
            "DevicesStatus": {"ZMotorStatus": 1, "XMotorStatus": 1},
            "CameraStatus": 1,
            "RemainingMemory": 6_000_000_000,
        }
        if self.variant.is_resin:
            told |= {
                "ReleaseFilmMax": 60_000,
                "TempOfUVLEDMax": 0,
                "DevicesStatus": {
                    "TempSensorStatusOfUVLED": 1,
                    "LCDStatus": 1,
                    "SgStatus": 1,
                    "ZMotorStatus": 1,
                    "RelaseFilmState": 1,
                },
            }
        return told

    def canvas(self) -> dict[str, Any]:
        """The answer about the Canvas; a machine without one has nothing to say."""
        if not self.has_canvas:
            return {"Ack": 1}
        return {"Ack": 0, "canvas_info": canvas_info(self.active_tray)}


def canvas_info(active_tray: int) -> dict[str, Any]:
    """Returns a Canvas with three spools, one of which is in use."""
    colors = ("#2850DF", "#FFFFFF", "#F32FF8")
    trays: list[dict[str, Any]] = [
        {
            "tray_id": number,
            "brand": "ELEGOO",
            "filament_type": "PLA",
            "filament_name": "PLA Basic",
            "filament_color": color,
            "min_nozzle_temp": 190,
            "max_nozzle_temp": 230,
            "status": 2 if number == active_tray else 1,
        }
        for number, color in enumerate(colors)
    ]
    trays.append({"tray_id": 3, "filament_type": "?", "brand": "——", "status": 0})
    return {
        "active_canvas_id": 0,
        "active_tray_id": active_tray,
        "auto_refill": False,
        "canvas_list": [{"canvas_id": 0, "connected": 1, "tray_list": trays}],
    }
