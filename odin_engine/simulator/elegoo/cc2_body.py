"""One Centauri Carbon 2 without its sockets: what it reports and does.

Source: docs/CC2_PROTOCOL.md of danielcherubini/elegoo-homeassistant.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from odin_engine.simulator.elegoo.body import canvas_info
from odin_engine.simulator.elegoo.shelf import Shelf
from odin_engine.simulator.plain import (
    Activity,
    PlainJob,
    PlainMachine,
    plan_from_gcode,
)

MISBEHAVIOURS = {
    "drop_link": "Cuts every connection without a word.",
    "silent": "Takes connections and says nothing on them.",
    "too_many_clients": "Refuses registrations: all places are taken.",
    "refuse_commands": "Answers every command with a no.",
    "ignore_commands": "Neither does nor answers what it is told.",
    "half_upload": "Keeps half of every file and says that all is well.",
    "lose_place": "Expects another offset, once, in the middle of an upload.",
    "garbage": "Sends what makes no sense before each report.",
    "mute_end": "Goes idle without saying how the job ended.",
    "gaps": "Leaves out two of three events.",
    "cloud": "Says that it only talks to its maker's cloud.",
    "exception": "Reports that the filament cannot be fed.",
}
ONCE = frozenset({"drop_link", "lose_place"})
_SUBS = {
    Activity.HEATING: (2, 1045),
    Activity.PRINTING: (2, 2075),
    Activity.PAUSED: (2, 2502),
}
LAST_WORDS = {Activity.FINISHED: (2, 2077), Activity.CANCELLED: (2, 2504)}
"""What is told once of a job that has ended, before the machine is idle."""
_QUESTIONS = frozenset({1001, 1002, 1005, 1042, 1044, 1047, 2005})
_FANS = {"fan": "part", "aux_fan": "aux", "box_fan": "chamber"}
_SPEEDS_PCT = (50, 100, 150, 200)
_DONE, _UNKNOWN, _PARAMETER, _BUSY, _NO_JOB, _NO_FILE = 0, 1001, 1003, 1009, 1010, 1021

type Params = dict[str, Any]
type Result = dict[str, Any]


@dataclass(eq=False)
class Cc2Body:
    """What the machine is and does, in the numbers of the wire."""

    serial: str
    machine: PlainMachine
    shelf: Shelf
    host: str
    stream_url: Callable[[], str]
    has_canvas: bool = False
    light: int = 1
    speed_mode: int = 1
    active_tray: int = 0
    is_video_on: bool = False
    last_word: tuple[int, int] | None = None
    bad: dict[str, dict[str, object]] = field(default_factory=dict)
    received: list[tuple[int, Params]] = field(default_factory=list)
    _task: str = ""

    def start(self, job: PlainJob) -> None:
        """Begins a job under a new task."""
        made = f"{job.name}{self.machine.elapsed_s}{len(self.received)}{self._task}"
        self._task = hashlib.sha256(made.encode()).hexdigest()[:32]
        self.machine.start(job)

    def status(self) -> Result:
        """The whole status."""
        machine, job = self.machine, self.machine.job
        is_busy = machine.is_busy or self.last_word is not None
        status, sub = self.last_word or _SUBS.get(machine.activity, (1, 0))
        head, plate = machine.nozzles[0], machine.bed
        x, y, z = machine.position_mm
        return {
            "machine_status": {
                "status": status,
                "sub_status": sub,
                "exception_status": [1201] if "exception" in self.bad else [],
                "progress": int(machine.progress * 100),
            },
            "print_status": {
                "filename": job.name if job and is_busy else "",
                "uuid": self._task if is_busy else "",
                "current_layer": machine.layer,
                "total_layer": job.layers if job else 0,
                "print_duration": int(machine.total_s),
                "total_duration": int(job.print_s) if job else 0,
                "remaining_time_sec": int(machine.remaining_s),
            },
            "extruder": {
                "temperature": round(head.current_c, 2),
                "target": head.target_c,
                "filament_detect_enable": 1,
                "filament_detected": int(machine.has_filament),
            },
            "heater_bed": {
                "temperature": round(plate.current_c, 2) if plate else 0,
                "target": plate.target_c if plate else 0,
            },
            "ztemperature_sensor": {"temperature": 26.4},
            "fans": {
                key: {"speed": round(machine.fans_pct[name] * 2.55), "rpm": 0}
                for key, name in _FANS.items()
            },
            "led": {"status": self.light},
            "gcode_move_inf": {"x": x, "y": y, "z": z, "speed_mode": self.speed_mode},
            "toolhead": {"homed_axes": machine.homed},
            "external_device": {"camera": True, "u_disk": False},
        }

    def attributes(self) -> Result:
        """What it is."""
        return {
            "hostname": self.machine.name,
            "machine_model": "Centauri Carbon 2",
            "sn": self.serial,
            "ip": self.host,
            "software_version": {"ota_version": "1.0.5.2"},
            "camera_connected": True,
            "max_video_connections": 1,
        }

    def do(self, method: int, params: Params) -> Result | None:
        """Does a method and gives the result; None where it stays silent."""
        self.received.append((method, params))
        if method not in _QUESTIONS:
            if "ignore_commands" in self.bad:
                return None
            if "refuse_commands" in self.bad:
                return {"error_code": _BUSY}
        answer = self._told(method)
        if answer is not None:
            return {"error_code": _DONE, **answer}
        if method in {1042, 1044, 1047}:
            return self._files_and_video(method, params)
        return {"error_code": self._command(method, params)}

    def _told(self, method: int) -> Result | None:
        """The answer to a question; None where it is none."""
        match method:
            case 1001:
                return self.attributes()
            case 1002:
                return self.status()
            case 1005:
                return {"print_status": self.status()["print_status"]}
            case 2005 if self.has_canvas:
                return {"canvas_info": canvas_info(self.active_tray)}
            case 2005:
                return {}
        return None

    def _files_and_video(self, method: int, params: Params) -> Result:
        if method == 1042:
            self.is_video_on = bool(params.get("enable"))
            return {"error_code": _DONE, "url": self.stream_url()}
        if method == 1047:
            gone = self.shelf.delete(str(params.get("filename")))
            return {"error_code": _DONE if gone else _NO_FILE}
        size, page = int(params.get("page_size", 50)), int(params.get("page", 1))
        names = list(self.shelf.names().items())
        rows = [
            {"name": name, "size": bytes_, "modified": 1_700_000_000}
            for name, bytes_ in names[(page - 1) * size : page * size]
        ]
        return {"error_code": _DONE, "total": len(names), "files": rows}

    def _command(self, method: int, params: Params) -> int:
        machine = self.machine
        if method == 1020:
            return self._start(params)
        if method in {1021, 1022, 1023}:
            if not machine.is_busy:
                return _NO_JOB
            {1021: machine.pause, 1022: machine.cancel, 1023: machine.resume}[method]()
            return _DONE
        if method == 1026:
            machine.home()
        elif method == 1027:
            axis = "xyz".index(str(params["axes"]))
            machine.position_mm[axis] += float(params["distance"])
        elif method == 1028:
            return self._heat(params)
        elif method == 1029:
            self.light = int(bool(params.get("power")))
        elif method == 1030:
            for key, value in params.items():
                machine.fans_pct[_FANS[key]] = round(int(value) / 2.55)
        elif method == 1031:
            self.speed_mode = int(params["mode"])
            machine.change(speed_pct=_SPEEDS_PCT[self.speed_mode])
        else:
            return _UNKNOWN
        return _DONE

    def _heat(self, params: Params) -> int:
        try:
            if "extruder" in params:
                self.machine.heat("nozzle0", float(params["extruder"]))
            if "heater_bed" in params:
                self.machine.heat("bed", float(params["heater_bed"]))
        except ValueError:
            return _PARAMETER
        return _DONE

    def _start(self, params: Params) -> int:
        if self.machine.is_busy:
            return _BUSY
        name = str(params.get("filename"))
        content = self.shelf.head(name)
        if content is None:
            return _NO_FILE
        slots = params.get("config", {}).get("slot_map") or []
        if slots:
            self.active_tray = int(slots[0]["tray_id"])
        self.start(plan_from_gcode(name, content))
        return _DONE
