"""The machine behind the wire, what a person does at it, and what can go wrong."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from odin_engine.simulator.plain import Activity, PlainJob, PlainMachine
from odin_engine.simulator.prusalink.api import Api, plan
from odin_engine.simulator.prusalink.auth import Doorkeeper
from odin_engine.simulator.prusalink.http import (
    Drop,
    Hang,
    HttpServer,
    Request,
    Response,
)
from odin_engine.simulator.prusalink.shelf import Shelf, is_printable
from odin_engine.simulator.prusalink.troubles import (
    ACTS,
    FLAGS,
    MISBEHAVIOURS,
    OF_PI,
)

FAMILY = "prusalink"
_SLOTS = 3
_CODES = {
    "MK3.5": "1.3.5",
    "MK3.9": "1.3.9",
    "MK4": "1.4.0",
    "MK4S": "1.4.1",
    "MINI": "2.1.0",
    "XL": "3.1.0",
    "CORE One": "7.1.0",
}
_PI_MODELS = frozenset({"MK2.5", "MK2.5S", "MK3", "MK3S"})


@dataclass(frozen=True, slots=True)
class Setup:
    """Which printer it is, and how it is reached; its files lie in `folder`."""

    name: str
    model: str
    host: str
    port: int
    secret: str
    serial: str
    username: str
    folder: Path
    clock_factor: float = 1.0


class SimulatedPrusaLink:
    """Implements `kinds.Simulated`."""

    family = FAMILY

    def __init__(self, setup: Setup) -> None:
        name, model = setup.name, setup.model
        self.name, self.model, self.host = name, model, setup.host
        self.ports = {"http": setup.port}
        self.secret: str | None = setup.secret
        self.serial: str | None = setup.serial
        self.is_pi = model in _PI_MODELS
        self.options: dict[str, str | int | bool] = {}
        self.machine = PlainMachine(name, clock_factor=setup.clock_factor)
        self.shelf = Shelf("local" if self.is_pi else "usb", setup.folder)
        self.doorkeeper = Doorkeeper(setup.secret, setup.username, self.is_pi)
        word = model.lower().replace(" ", "-").replace(".", "-")
        self.hostname = "prusalink" if self.is_pi else f"prusa-{word}"
        self.code = _CODES.get(model)
        self.says_code = model in {"MK4S", "CORE One"}
        self.job_id, self.file, self.question = 100, "", False
        self.is_busy_without_job = False
        self.orders: list[str] = []
        self.refuses = self.ignores = self.swallows = False
        self.garbage_left = self.settles_for = self._cuts_left = 0
        self.has_other_transfer = self.drops_keys = self.says_plainly = False
        self.has_camera, self.has_photo, self.has_pictures = self.is_pi, True, True
        self.asks_at_start = self.is_away = self._is_silent = False
        self._api = Api(self)
        self.server = HttpServer(self._handle, None if self.is_pi else _SLOTS)
        self._clock: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether its port is open."""
        return self._clock is not None

    @property
    def misbehaviours(self) -> Mapping[str, str]:
        """What can go wrong."""
        texts = MISBEHAVIOURS.items()
        return {word: text for word, text in texts if self.is_pi or word not in OF_PI}

    @property
    def acts(self) -> Mapping[str, str]:
        """What a person does at it, besides what is done at any machine."""
        return ACTS

    async def __aenter__(self) -> Self:
        self.shelf.root.mkdir(parents=True, exist_ok=True)
        port = await self.server.open(self.host, self.ports["http"])
        self.ports = {"http": port}
        self._clock = asyncio.create_task(self.machine.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        clock, self._clock = self._clock, None
        if clock is not None:
            clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await clock
        await self.server.close()

    def misbehave(self, word: str, *, times: float = 0) -> None:
        """Begins a misbehaviour."""
        if word not in self.misbehaviours:
            raise ValueError(f"this printer with PrusaLink cannot {word}")
        self._set(word, is_on=True, times=int(times))

    def behave(self, word: str) -> None:
        """Ends a misbehaviour."""
        if word in MISBEHAVIOURS:
            self._set(word, is_on=False, times=0)

    def _set(self, word: str, *, is_on: bool, times: int) -> None:
        match word:
            case "drop_link":
                self.server.is_refusing = is_on
                if is_on:
                    self.server.cut()
            case "hiccup":
                self._cuts_left = (times or 2) if is_on else 0
            case "garbage":
                self.garbage_left = (times or 3) if is_on else 0
            case "slow_usb":
                self.settles_for = (times or 3) if is_on else 0
            case "truncate_uploads":
                self.shelf.is_truncating = is_on
            case "full":
                self.shelf.is_full = is_on
            case "stale_nonce" if is_on:
                self.doorkeeper.forget_nonces()
            case "no_photo":
                self.has_photo = not is_on
            case _ if word in FLAGS:
                setattr(self, FLAGS[word], is_on)

    def act(self, word: str, **options: object) -> None:
        """Does what a person does at the machine."""
        if word not in ACTS or options:
            raise ValueError(f"nobody can {word} at a printer with PrusaLink")
        deeds: dict[str, Callable[[], None]] = {
            "answer": self._answer,
            "ask": self._ask,
            "leave_screen": self.machine.clear,
        }
        if word in deeds:
            deeds[word]()
        elif word.endswith("_calibration"):
            if self.machine.is_busy:
                raise ValueError(f"{self.name} is printing")
            self.is_busy_without_job = word == "begin_calibration"
        else:
            self.shelf.is_there = word == "insert_stick"

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the machine's own screen."""
        name = job.name if is_printable(job.name) else f"{job.name}.gcode"
        self._begin(job, name)
        self.machine.skip_to(at)

    def print_file(self, name: str) -> None:
        """Begins a file of the storage; it may ask something first."""
        self._begin(plan(self, name), name)
        if self.asks_at_start:
            self._ask()

    def stop(self) -> None:
        """Ends the job for good."""
        self.question = False
        self.machine.cancel()

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers."""
        return {
            "job_id": self.job_id,
            "file": self.file,
            "question": self.question,
            "machine": self.machine.keep(),
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was."""
        self.machine.restore(kept["machine"])
        self.job_id, self.file = int(kept["job_id"]), str(kept["file"])
        self.question = bool(kept["question"])

    def _begin(self, job: PlainJob, name: str) -> None:
        self.job_id, self.file, self.question = self.job_id + 1, name, False
        self.is_busy_without_job = False
        self.machine.start(job)

    def _ask(self) -> None:
        if not self.machine.is_busy:
            raise ValueError(f"{self.name} is not printing")
        self.question = True
        self.machine.pause()

    def _answer(self) -> None:
        if not self.question:
            raise ValueError(f"{self.name} asks nothing")
        self.question = False
        if self.machine.activity is Activity.PAUSED:
            self.machine.resume()

    async def _handle(self, request: Request) -> Response:
        if self._cuts_left > 0:
            self._cuts_left -= 1
            raise Drop
        if self._is_silent:
            raise Hang
        now_s = asyncio.get_running_loop().time()
        turned_away = self.doorkeeper.stop(request, now_s)
        if turned_away is not None:
            return turned_away
        if self.is_away:
            return self._api.refuse(503, "Printer is not ready")
        return await self._api.answer(request)
