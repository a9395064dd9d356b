"""What the machine does when it is told to: commands by number, answers by `Ack`.

Source: SDCP V3.0.0, "Commands".
"""

from collections.abc import Callable
from typing import Any

from odin_engine.simulator.elegoo.body import Body
from odin_engine.simulator.plain import Activity, PlainJob, plan_from_gcode

STATUS, ATTRIBUTES = 0, 1
_QUESTIONS = frozenset({STATUS, ATTRIBUTES, 258, 259, 260, 320, 321, 324, 255})
"""What is answered even by a machine that refuses commands."""
_FANS = {"ModelFan": "part", "AuxiliaryFan": "aux", "BoxFan": "chamber"}
_LONGEST_JOG = 300.0

type Data = dict[str, Any]


class Orders:
    """Does commands. `video_url` is where the camera's pictures are; `now_s` the time."""

    def __init__(
        self, body: Body, video_url: Callable[[], str], now_s: Callable[[], int]
    ) -> None:
        self._body = body
        self._video_url = video_url
        self._now_s = now_s
        self.received: list[tuple[int, Data]] = []

    def do(self, cmd: int, data: Data) -> Data | None:
        """Does a command and gives the answer; None where it stays silent."""
        self.received.append((cmd, data))
        bad = self._body.bad
        if cmd not in _QUESTIONS:
            if "ignore_commands" in bad:
                return None
            if "refuse_commands" in bad:
                return {"Ack": 1}
        doing = _DOINGS.get(cmd)
        if doing is None or (self._body.variant.is_resin and cmd in {401, 402, 403}):
            return {"Ack": 1}
        try:
            return doing(self, data)
        except AttributeError, KeyError, TypeError, ValueError:
            return {"Ack": 1}

    def _nothing(self, _: Data) -> Data:
        return {"Ack": 0}

    def _start(self, data: Data) -> Data:
        body = self._body
        if body.machine.is_busy:
            return {"Ack": 1}
        name = str(data.get("Filename", "")).removeprefix("/local/")
        content = body.shelf.head(name)
        if content is None:
            return {"Ack": 2}
        if name.rpartition(".")[2].upper() not in body.variant.kinds:
            return {"Ack": 6}
        slots = data.get("slot_map")
        if isinstance(slots, list) and slots:
            body.active_tray = int(slots[0]["tray_id"])
        body.timelapse = int(bool(data.get("Tlp_Switch", body.timelapse)))
        body.start(self._plan(name, content), self._now_s())
        return {"Ack": 0}

    def _plan(self, name: str, content: bytes) -> PlainJob:
        if self._body.variant.is_resin:
            return PlainJob(name, nozzle_c=0, bed_c=0, used_mm=0)
        return plan_from_gcode(name, content)

    def _pause(self, _: Data) -> Data:
        machine = self._body.machine
        if machine.activity not in {Activity.HEATING, Activity.PRINTING}:
            return {"Ack": 1}
        machine.pause()
        return {"Ack": 0}

    def _resume(self, _: Data) -> Data:
        if self._body.machine.activity is not Activity.PAUSED:
            return {"Ack": 1}
        self._body.machine.resume()
        return {"Ack": 0}

    def _stop(self, _: Data) -> Data:
        if not self._body.machine.is_busy:
            return {"Ack": 1}
        self._body.machine.cancel()
        return {"Ack": 0}

    def _abort(self, data: Data) -> Data:
        return {"Ack": self._body.shelf.abort(str(data.get("Uuid")))}

    def _list(self, data: Data) -> Data:
        folder = str(data.get("Url", "/local/"))
        if folder.strip("/") != "local":
            return {"Ack": 0, "FileList": []}
        files = self._body.shelf.names().items()
        if self._body.variant.is_resin:
            rows = [
                {
                    "name": f"/local/{name}",
                    "usedSize": size,
                    "totalSize": 8_000_000_000,
                    "storageType": 0,
                    "type": 1,
                }
                for name, size in files
            ]
        else:
            rows = [
                {"FileName": name, "FileType": 1, "FileSize": size, "CreateTime": 1}
                for name, size in files
            ]
        return {"Ack": 0, "FileList": rows}

    def _delete(self, data: Data) -> Data:
        names = [str(each) for each in data.get("FileList", [])]
        shelf = self._body.shelf
        gone = [shelf.delete(name.removeprefix("/local/")) for name in names]
        errors = [name for name, was in zip(names, gone, strict=True) if not was]
        # Other clients take any list of errors, an empty one included, for a failure.
        return {"Ack": 0, "ErrData": errors} if errors else {"Ack": 0}

    def _history(self, _: Data) -> Data:
        return {"Ack": 0, "HistoryData": [task.id for task in self._body.tasks]}

    def _tasks(self, data: Data) -> Data:
        wanted = set(map(str, data.get("Id", [])))
        rows = [
            {
                "TaskId": task.id,
                "TaskName": task.name,
                "BeginTime": task.began,
                # What a Saturn 4 says of a task that still runs.
                "EndTime": task.ended or task.began,
                "TaskStatus": task.status,
                "ErrorStatusReason": task.reason,
                "TimeLapseVideoStatus": 0,
                "TimeLapseVideoUrl": "",
            }
            for task in self._body.tasks
            if task.id in wanted
        ]
        return {"Ack": 0, "HistoryDetailList": rows}

    def _canvas(self, _: Data) -> Data:
        return self._body.canvas()

    def _video(self, data: Data) -> Data:
        if "camera_taken" in self._body.bad:
            return {"Ack": 1}
        self._body.is_video_on = bool(data.get("Enable"))
        if "camera_elsewhere" in self._body.bad:
            return {"Ack": 0, "VideoUrl": "http://192.0.2.77:3031/video"}
        return {"Ack": 0, "VideoUrl": self._video_url()}

    def _timelapse(self, data: Data) -> Data:
        self._body.timelapse = int(bool(data.get("Enable")))
        return {"Ack": 0}

    def _jog(self, data: Data) -> Data:
        axis, step = str(data.get("Axis")), float(data.get("Step", 0))
        if axis not in {"X", "Y", "Z"} or abs(step) > _LONGEST_JOG:
            return {"Ack": 1}
        self._body.machine.position_mm["XYZ".index(axis)] += step
        return {"Ack": 0}

    def _home(self, _: Data) -> Data:
        self._body.machine.home()
        return {"Ack": 0}

    def _set(self, data: Data) -> Data:
        body, machine = self._body, self._body.machine
        try:
            if "TempTargetNozzle" in data:
                machine.heat("nozzle0", float(data["TempTargetNozzle"]))
            if "TempTargetHotbed" in data:
                machine.heat("bed", float(data["TempTargetHotbed"]))
        except ValueError:
            return {"Ack": 1}
        if "PrintSpeedPct" in data:
            machine.change(speed_pct=int(data["PrintSpeedPct"]))
        for key, value in dict(data.get("TargetFanSpeed", {})).items():
            machine.fans_pct[_FANS[key]] = int(value)
        if "LightStatus" in data:
            # The firmware switches over, whatever it is told.
            body.light = 1 - body.light
        return {"Ack": 0}


_DOINGS: dict[int, Callable[[Orders, Data], Data]] = {
    STATUS: Orders._nothing,  # noqa: SLF001 - the class's own table
    ATTRIBUTES: Orders._nothing,  # noqa: SLF001
    128: Orders._start,  # noqa: SLF001
    129: Orders._pause,  # noqa: SLF001
    130: Orders._stop,  # noqa: SLF001
    131: Orders._resume,  # noqa: SLF001
    255: Orders._abort,  # noqa: SLF001
    258: Orders._list,  # noqa: SLF001
    259: Orders._delete,  # noqa: SLF001
    320: Orders._history,  # noqa: SLF001
    321: Orders._tasks,  # noqa: SLF001
    324: Orders._canvas,  # noqa: SLF001
    386: Orders._video,  # noqa: SLF001
    387: Orders._timelapse,  # noqa: SLF001
    401: Orders._jog,  # noqa: SLF001
    402: Orders._home,  # noqa: SLF001
    403: Orders._set,  # noqa: SLF001
}
