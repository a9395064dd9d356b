"""The machine behind the server, and what becomes of it: no network here."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from odin_engine.simulator.octoprint import gcode, shapes
from odin_engine.simulator.octoprint.shapes import StoredFile
from odin_engine.simulator.plain import (
    Activity,
    PlainJob,
    PlainMachine,
    chamber,
    nozzle,
    plan_from_gcode,
)

DATE = 1_780_000_000
_LOGS_MOST = 40
_BUSY = {Activity.HEATING, Activity.PRINTING, Activity.PAUSED}


@dataclass(frozen=True, slots=True)
class Build:
    """How a server and its machine are made; `variant` is the version's shapes.

    `prefix` is what a proxy before it puts before every path, such as `/octoprint`.
    """

    model: str = "Simulated RepRap"
    variant: str = "1.11"
    extruders: int = 1
    has_chamber: bool = False
    has_plugins: bool = True
    report_every_s: float = 1.0
    prefix: str = ""
    is_tls: bool = False


class Host:
    """What the server knows; `news` is what it will say on the push socket."""

    def __init__(self, name: str, build: Build, clock_factor: float) -> None:
        self.machine = PlainMachine(
            name,
            nozzles=[nozzle() for _ in range(build.extruders)],
            chamber=chamber() if build.has_chamber else None,
            clock_factor=clock_factor,
        )
        self.build = build
        self.version = shapes.VARIANTS[build.variant]
        self.is_new = build.variant == "2.0"
        self.files: dict[str, StoredFile] = {}
        self.selected: StoredFile | None = None
        self.is_away = False
        self.is_powered = True
        self.prompt: tuple[str, list[str]] | None = None
        self.news: deque[dict[str, Any]] = deque()
        self._logs: deque[str] = deque(maxlen=_LOGS_MOST)
        self._was = Activity.IDLE
        self.machine.listen(self._followed)

    @property
    def is_there(self) -> bool:
        """Whether the server has its machine."""
        return not self.is_away and self.machine.activity is not Activity.FAILED

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the server's own page, at a share of it."""
        if self.is_away or self.machine.is_busy:
            raise ValueError(f"{self.machine.name} cannot print now")
        self.selected = self.files.setdefault(
            job.name, StoredFile(job.name, job.size_bytes, DATE)
        )
        self.machine.start(job)
        self.machine.printed_s = job.print_s * at

    def start_file(self, path: str) -> None:
        """Selects a file of the storage and prints it."""
        stored = self.files[path]
        self.selected = stored
        self.machine.start(plan_from_gcode(path, stored.content, stored.size))

    def store(self, path: str, size: int, content: bytes) -> None:
        """Keeps a file, of which only the ends of the content."""
        self.files[path] = StoredFile(path, size, DATE, content)

    def send(self, line: str) -> None:
        """Sends a line to the machine, which it does at once."""
        sent, received = (">>>", "<<<") if self.is_new else ("Send:", "Recv:")
        self._logs.append(f"{sent} {line}")
        gcode.do(self.machine, line)
        self._logs.append(f"{received} ok")

    def connect(self) -> None:
        """Connects to the machine; a fault is over with it."""
        if self.is_away or self.machine.activity is Activity.FAILED:
            self.is_away, self.selected = False, None
            self.machine.clear()
            self._event("Connected", {"port": "/dev/ttyACM0", "baudrate": 115200})

    def disconnect(self) -> None:
        """Leaves the machine; what it printed has failed."""
        if self.machine.is_busy:
            self.machine.cool()
            self._event("PrintFailed", {**self._named(), "reason": "error"})
            self._was = Activity.IDLE
            self.machine.change(activity=Activity.IDLE, job=None)
        self.is_away, self.selected = True, None
        self._event("Disconnected", {})

    def ask(self, text: str, choices: list[str]) -> None:
        """Lets the machine ask, which pauses nothing by itself."""
        self.prompt = (text, choices)
        data = {"action": "show", "text": text, "choices": choices}
        self._plugin("action_command_prompt", data)

    def answer(self) -> None:
        """Closes the question."""
        self.prompt = None
        self._plugin("action_command_prompt", {"action": "close"})

    def switch(self, *, is_on: bool) -> None:
        """Switches the machine's power."""
        self.is_powered = is_on
        self._plugin("psucontrol", {"isPSUOn": is_on})
        if not is_on:
            self.disconnect()

    def take_logs(self) -> list[str]:
        """Returns what was said since the last time."""
        said = list(self._logs)
        self._logs.clear()
        return said

    def current(self) -> dict[str, Any]:
        """Returns what is told again and again."""
        machine, is_new = self.machine, self.is_new
        temperature = {"time": DATE, **shapes.temperatures(machine)}
        return {
            "state": shapes.state(machine, is_away=self.is_away, is_new=is_new),
            "job": shapes.job(machine, self.selected, is_new=is_new),
            "progress": shapes.progress(machine, self.selected),
            "currentZ": machine.position_mm[2],
            "currentTool": machine.tool,
            "offsets": {},
            "temps": [temperature] if self.is_there else [],
            "logs": [],
            "messages": [],
            "busyFiles": [],
            "plugins": {},
        }

    def _followed(self) -> None:
        """Tells of what became of the job."""
        was, now = self._was, self.machine.activity
        self._was = now
        if was is now:
            return
        named = self._named()
        match now:
            case Activity.HEATING if was is Activity.PAUSED:
                self._event("PrintResumed", named)
            case Activity.HEATING if was not in _BUSY:
                self._event("PrintStarted", named)
            case Activity.PAUSED:
                self._event("PrintPaused", named)
            case Activity.FINISHED:
                self._event("PrintDone", {**named, "time": self.machine.total_s})
            case Activity.CANCELLED:
                self._event("PrintCancelled", {**named, "reason": "user"})
                self._event("PrintFailed", {**named, "reason": "cancelled"})
            case Activity.FAILED:
                self._failed(named, had_job=was in _BUSY)

    def _failed(self, named: Mapping[str, Any], *, had_job: bool) -> None:
        error = {
            "error": self.machine.fault,
            "reason": "firmware",
            "consequence": "disconnect",
            "faq": "firmware-mintemp",
        }
        self._event("Error", error)
        if had_job:
            self._event("PrintFailed", {**named, "reason": "error"})
        self._event("Disconnected", {})

    def _named(self) -> dict[str, Any]:
        path = self.selected.path if self.selected else ""
        return {"name": path.rsplit("/", 1)[-1], "path": path, "origin": "local"}

    def _event(self, kind: str, payload: Mapping[str, Any]) -> None:
        self.news.append({"event": {"type": kind, "payload": dict(payload)}})

    def _plugin(self, name: str, data: Mapping[str, Any]) -> None:
        self.news.append({"plugin": {"plugin": name, "data": dict(data)}})
