"""A simulated Moonraker on the network: its machine, its moods, and who is connected."""

import asyncio
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from odin_engine.simulator.moonraker.clients import Client
from odin_engine.simulator.moonraker.http import Http
from odin_engine.simulator.moonraker.klipper import Klipper
from odin_engine.simulator.moonraker.moods import (
    ACTS,
    MISBEHAVIOURS,
    NONSENSE,
    QUESTION,
)
from odin_engine.simulator.moonraker.shelf import History, Shelf
from odin_engine.simulator.moonraker.variants import variant_of
from odin_engine.simulator.plain import PlainJob, PlainMachine

_KEPT_LINES = 100


class SimulatedMoonraker:
    """A machine behind Moonraker; `async with` opens its ports and runs its clock."""

    family = "moonraker"
    serial: str | None = None

    def __init__(
        self,
        name: str,
        *,
        host: str,
        ports: dict[str, int],
        secret: str | None,
        clock_factor: float,
        state_dir: Path,
        variant: str,
    ) -> None:
        self.name = name
        self.model = f"Klipper, {variant}"
        self.host = host
        self.ports = {"http": 0, "web": 0} | ports
        self.secret = secret
        self.options: dict[str, str | int | bool] = {}
        kind = variant_of(variant)
        self.machine: PlainMachine = kind.machine(name, clock_factor)
        self.klipper = Klipper(self.machine, kind, self._klippy, self.say)
        state_dir.mkdir(parents=True, exist_ok=True)
        self.shelf = Shelf(state_dir / "gcodes")
        self.shelf.folder.mkdir(exist_ok=True)
        self.history = History()
        self.console: deque[dict[str, Any]] = deque(maxlen=_KEPT_LINES)
        self.switches = {"printer": True, "light": False}
        self.spool_id: int | None = None
        self.misbehaves: set[str] = set()
        self.requests: list[str] = []
        self.scripts: list[str] = []
        self.may_answer_pause = asyncio.Event()
        self.may_answer_pause.set()
        self.stops = self.logins = 0
        self._clients: list[Client] = []
        self._runners: list[web.AppRunner] = []
        self._clock: asyncio.Task[None] | None = None
        self.machine.listen(self._changed)

    @property
    def is_on(self) -> bool:
        """Whether its ports are open."""
        return bool(self._runners)

    @property
    def misbehaviours(self) -> Mapping[str, str]:
        """What can go wrong: a word, and one sentence about it."""
        return MISBEHAVIOURS

    @property
    def acts(self) -> Mapping[str, str]:
        """What a person does at it: a word, and one sentence about it."""
        has_mmu = bool(self.klipper.variant.gates)
        return {key: ACTS[key] for key in ACTS if has_mmu or key != "mmu_jam"}

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    async def __aenter__(self) -> Self:
        """Opens its ports; OSError where one cannot be had."""
        http = Http(self)
        for name, app in (("http", http.moonraker()), ("web", http.front_end())):
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            self._runners.append(runner)
            await web.TCPSite(runner, self.host, self.ports[name]).start()
            self.ports[name] = runner.addresses[0][1]
        self._clock = asyncio.create_task(self.machine.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes its ports."""
        if self._clock is not None:
            self._clock.cancel()
        self.klipper.close()
        self._cut()
        runners, self._runners = self._runners, []
        for runner in runners:
            await runner.cleanup()

    def misbehave(self, word: str, **options: object) -> None:
        """Begins a misbehaviour; ValueError says why it cannot."""
        if word not in MISBEHAVIOURS or options:
            raise ValueError(f"it cannot misbehave so: {word} {options or ''}".rstrip())
        match word:
            case "drop_link":
                self._cut()
            case "garbage":
                for client in self._clients:
                    for text in NONSENSE:
                        client.say(text)
            case "shutdown":
                self.klipper.shut_down("Lost communication with MCU 'mcu'")
            case "klippy_disconnect":
                self.misbehaves.add(word)
                self.klipper.leave()
            case "host_restart":
                self.misbehaves.add(word)
                self.klipper.is_hidden = True
                self._cut()
            case _:
                self.misbehaves.add(word)
                self.klipper.is_loaded |= word == "sd_busy"
                self.klipper.is_exact_cancel &= word != "cancel_to_standby"
                if word == "slow_pause":
                    self.may_answer_pause.clear()

    def behave(self, word: str) -> None:
        """Ends a misbehaviour; one that is not on stays so."""
        if word not in self.misbehaves:
            return
        self.misbehaves.remove(word)
        if word == "klippy_disconnect":
            self.klipper.come()
        elif word == "host_restart":
            self.klipper.show()
        elif word == "cancel_to_standby":
            self.klipper.is_exact_cancel = True
        elif word == "slow_pause":
            self.may_answer_pause.set()

    def act(self, word: str, **options: object) -> None:
        """Does what a person or the filament does; ValueError says why it cannot."""
        if word not in self.acts or options:
            raise ValueError(f"nobody can do so here: {word} {options or ''}".rstrip())
        if word == "ask":
            for line in QUESTION:
                self.say(line)
        else:
            self.klipper.mmu_reason = "Filament stuck in extruder"
            self.machine.pause()

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Begins a job as from the machine's own screen, at a share of it, 0 to 1."""
        self.machine.start(job)
        self.machine.skip_to(at)

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers while nobody simulates it, as JSON has it."""
        return {"machine": self.machine.keep(), "spool_id": self.spool_id}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept."""
        self.machine.restore(kept["machine"])
        self.spool_id = kept["spool_id"]

    def webcams(self) -> list[dict[str, Any]]:
        """Returns one camera on the machine, and one that is elsewhere."""
        port = self.ports["web"]
        front_end = "" if port == 80 else f"http://localhost:{port}"
        shared = {"service": "mjpegstreamer", "enabled": True, "location": "printer"}
        here = {
            "uid": "cam-1",
            "name": "Bed",
            "snapshot_url": f"{front_end}/webcam/?action=snapshot",
        }
        there = {**here, "uid": "cam-2", "name": "Door"}
        there["snapshot_url"] = "http://camera.lan/snapshot"
        return [{**shared, **here}, {**shared, **there}]

    def power(self) -> list[dict[str, Any]]:
        """Returns what `machine.device_power.devices` says of each switch."""
        return [
            {
                "device": name,
                "status": "on" if is_on else "off",
                "locked_while_printing": name == "printer",
                "type": "gpio",
            }
            for name, is_on in self.switches.items()
        ]

    def enter(self, client: Client) -> None:
        """Takes a connection."""
        self._clients.append(client)

    def leave(self, client: Client) -> None:
        """Forgets a connection."""
        self._clients.remove(client)

    def note_login(self, client: Client) -> None:
        """Counts a connection that showed the key."""
        self.logins += not client.is_login
        client.is_login = True

    def say(self, line: str) -> None:
        """Says a line on the console."""
        self.console.append({"message": line, "time": 0.0, "type": "response"})
        self.notify("notify_gcode_response", [line])

    def notify(self, method: str, params: list[Any] | None = None) -> None:
        """Sends a notice to everybody."""
        if "silent" in self.misbehaves:
            return
        for client in self._clients:
            client.notify(method, params)

    def _cut(self) -> None:
        for client in tuple(self._clients):
            client.cut()

    def _klippy(self, method: str) -> None:
        if method != "notify_klippy_shutdown":
            for client in self._clients:
                client.forget()
        self.notify(method)

    def _changed(self) -> None:
        job = self.history.follow(self.machine)
        if "silent" in self.misbehaves:
            return
        if self.klipper.is_connected:
            status = self.klipper.status()
            for client in self._clients:
                client.tell_changes(status, self.machine.elapsed_s)
        if job is not None:
            self.notify("notify_history_changed", [job])
