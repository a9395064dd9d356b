"""An engine and a simulated farm as processes, for tests that are not asynchronous."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from odin_engine.simulator.bambu import SlicedPlate, make_sliced_3mf
from tests.e2e.processes import free_port, free_ports

USER = "mara"
PASSWORD = "Correct-Horse-9"
_AWAY = "Old Faithful"
_FARM = Path(__file__).with_name("farm.yaml")
_PATIENCE_S = 40.0
_PORTS_EACH = 5

type Printer = dict[str, Any]


class Process:
    """An `odin` command that can be killed and started again."""

    def __init__(self, *arguments: str, folder: Path, **environment: str) -> None:
        self._command = [sys.executable, "-m", "odin_engine", *arguments]
        self._environment = os.environ | {"ODIN_ALLOW_LOOPBACK": "true"} | environment
        self.log = folder / f"{arguments[0]}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; what it says goes to a file beside its data."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """Ends it the hard way."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ends it politely, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Runs another `odin` command in the same environment; returns its output."""
        return subprocess.run(
            [*self._command[:3], *arguments],
            env=self._environment,
            input=stdin,
            text=True,
            capture_output=True,
            check=True,
        ).stdout


@dataclass
class Place:
    """Where the engine is, how to speak to it past the page, and its two processes."""

    base: str
    api: httpx.Client
    engine: Process
    farm: Process | None = None
    control: httpx.Client | None = None
    newcomer: str = ""
    """The printer that announces itself and is not added."""
    machines: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """What is written on each machine's screen, by name."""
    printers: dict[str, str] = field(default_factory=dict)
    """Ids by name."""

    def printer(self, name: str) -> Printer:
        """Returns a printer as the engine sees it now."""
        answer = self.api.get(f"/printers/{self.printers[name]}").raise_for_status()
        found: Printer = answer.json()
        return found

    def tell(self, name: str, what: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Posts an action for a printer, past the page."""
        path = f"/printers/{self.printers[name]}/{what}"
        answer = self.api.post(path, json=body).raise_for_status()
        return answer.json() if answer.content else None

    def until(self, name: str, is_so: Callable[[Printer], object]) -> Printer:
        """Waits until the engine sees that printer so; returns it."""
        seen: list[Printer] = [{}]

        def look() -> bool:
            seen[0] = self.printer(name)
            return bool(is_so(seen[0]))

        told = ("link", "activity", "plate", "temperatures", "job", "faults")
        wait_for(look, lambda: f"{name}: { ({key: seen[0][key] for key in told}) }")
        return seen[0]

    def misbehave(self, name: str, what: str, **options: object) -> None:
        """Makes a machine go wrong."""
        self._steer(name, "misbehaviours", {"name": what} | options)

    def end(self, name: str, what: str) -> None:
        """Ends a misbehaviour that lasts."""
        assert self.control is not None
        path = f"/printers/{name}/misbehaviours/{what}"
        self.control.delete(path).raise_for_status()

    def act(self, name: str, what: str, **options: object) -> None:
        """Does what a person does at a machine."""
        self._steer(name, "acts", {"name": what} | options)

    def _steer(self, name: str, what: str, body: dict[str, object]) -> None:
        assert self.control is not None
        answer = self.control.post(f"/printers/{name}/{what}", json=body)
        assert answer.is_success, answer.text

    def start_print(self, name: str, folder: Path, plate: SlicedPlate) -> None:
        """Puts a sliced file on a printer, starts it, and waits until it prints."""
        printer_id, file = self.printers[name], f"{name}.gcode.3mf"
        source = folder / file
        make_sliced_3mf(source, plates=(plate,))
        path = f"/printers/{printer_id}/files/{file}"
        sent = self.api.put(path, content=source.read_bytes()).raise_for_status()
        task = f"/tasks/{sent.json()['id']}"
        wait_for(
            lambda: self.api.get(task).json()["state"] == "done",
            lambda: f"the file was not sent: {self.api.get(task).text}",
        )
        mapping = [{"unit": 0, "slot": 0}]
        self.tell(name, "print", {"file": file, "plate": 1, "mapping": mapping})
        self.until(name, lambda printer: printer["activity"] == "printing")


@contextlib.contextmanager
def run_engine(folder: Path) -> Iterator[Place]:
    """Runs an engine on its first start: nobody is known, no printer is."""
    port = str(free_port())
    base = f"http://127.0.0.1:{port}"
    engine = Process(
        *("serve",),
        folder=folder,
        ODIN_PORT=port,
        ODIN_DATA_DIR=str(folder / "engine"),
        ODIN_DISCOVERY_ADDRESS="127.0.0.1",
    )
    engine.start()
    try:
        with httpx.Client(base_url=f"{base}/api/v1", timeout=30) as api:
            until_healthy(base)
            yield Place(base, api, engine)
    finally:
        engine.stop()


@contextlib.contextmanager
def run_place(folder: Path) -> Iterator[Place]:
    """Runs a farm and an engine that knows its printers, one of which is away."""
    # Others who run this beside us are heard on loopback too.
    newcomer = f"Kestrel {secrets.token_hex(3)}"
    with _run_farm(folder, newcomer) as farm, run_engine(folder) as place:
        _sign_up(place)
        place.newcomer, place.farm = newcomer, farm.process
        place.control, place.machines = farm.control, farm.machines()
        machines = place.machines
        known = [each for name, each in machines.items() if name != newcomer]
        place.printers = {each["name"]: _add(place.api, each) for each in known}
        for name in place.printers:
            if name != _AWAY:
                place.until(name, lambda printer: printer["link"] == "online")
        yield place


@dataclass(frozen=True)
class _Farm:
    process: Process
    control: httpx.Client
    addresses: Path

    def machines(self) -> dict[str, dict[str, Any]]:
        """Waits until the farm runs; returns what it says of each machine."""
        log = self.process.log
        wait_for(self.addresses.exists, lambda: log.read_text(encoding="utf-8"))
        found = json.loads(self.addresses.read_text(encoding="utf-8"))
        return {each["name"]: each for each in found}


@contextlib.contextmanager
def _run_farm(folder: Path, newcomer: str) -> Iterator[_Farm]:
    serial = f"00M00A{secrets.token_hex(5)[:9].upper()}"
    plan, addresses = folder / "farm.yaml", folder / "printers.json"
    text = _FARM.read_text(encoding="utf-8")
    text = text.replace("{newcomer}", newcomer).replace("{serial}", serial)
    plan.write_text(text, encoding="utf-8")
    control_port = str(free_port())
    first = str(free_ports(text.count("- name:") * _PORTS_EACH))
    process = Process(
        *("simulate", str(plan), "--state-dir", str(folder / "farm")),
        *("--addresses", str(addresses), "--first-port", first),
        *("--control-port", control_port),
        folder=folder,
    )
    process.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{control_port}") as control:
            yield _Farm(process, control, addresses)
    finally:
        process.stop()


def _sign_up(place: Place) -> None:
    create = ("user", "create", USER, "--role", "admin", "--password-stdin")
    place.engine.run(*create, stdin=PASSWORD)
    made = place.engine.run("token", "create", "e2e", "--user", USER, "--scope", "all")
    token = next(word for word in made.split() if word.startswith("odin_"))
    place.api.headers["Authorization"] = f"Bearer {token}"


def _add(api: httpx.Client, machine: dict[str, Any]) -> str:
    ports = machine["ports"]
    if machine["name"] == _AWAY:
        ports = ports | {"mqtt": free_port()}  # switched off: nobody listens there
    body = {
        "name": machine["name"],
        "family": "bambu",
        "host": machine["host"],
        "serial": machine["serial"],
        "secret": machine["access_code"],
        "ports": ports,
    }
    answer = api.post("/printers", json=body).raise_for_status()
    identity: str = answer.json()["id"]
    return identity


def until_healthy(base: str) -> None:
    """Waits until the engine answers."""
    wait_for(lambda: _is_healthy(base), lambda: "the engine did not become healthy")


def wait_for(condition: Callable[[], bool], otherwise: Callable[[], str]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)  # noqa: TID251 - other processes decide


def _is_healthy(base: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{base}/healthz").is_success
    return False
