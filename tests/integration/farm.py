"""An engine and a farm of simulated printers, each a process of its own."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.processes import free_port, free_ports

type Json = dict[str, Any]

ALL_SCOPES = ("all", "act-as")

_PASSWORD = "Correct-Horse-9"
_PATIENCE_S = 40.0
_PORTS_EACH = 5
_FARM = """
clock_factor: 5
printers:
  - name: Ada
    model: X1C
    external: [GFL99, "161616", 60]
    units:
      - {kind: ams, slots: [[GFA00, F2754E, 83], null, [GFG02, "161616", 40], null], humidity: 18}
  - name: Brunel
    model: P1S
    units:
      - {kind: ams, slots: [[GFA00, 0A2CA5, 45], [GFA00, F7D959, 77], [GFL99, "545454", 100], null]}
    job: {name: Long job, minutes: 6000, layers: 900, used_g: [80], slots: [0], at_percent: 20}
  - {name: Curie, model: H2D}
  - {name: Darwin, model: P1S}
  - {name: Euler, model: H2D, developer_mode: false}
"""


class Process:
    """An `odin` command that can be killed and started again."""

    def __init__(self, *arguments: str, log: Path, **environment: str) -> None:
        self._command = [sys.executable, "-m", "odin_engine", *arguments]
        self._environment = os.environ | {"ODIN_ALLOW_LOOPBACK": "true"} | environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it; what it says goes to a file."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """Ends it the hard way."""
        if self._process is not None:
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
class Machines:
    """The simulated farm; `screens` is what is written on each machine, by name."""

    control: httpx.Client
    screens: dict[str, Json]

    def misbehave(self, name: str, what: str, **options: object) -> None:
        """Makes a machine go wrong."""
        self._steer(name, "misbehaviours", {"name": what} | options)

    def end(self, name: str, what: str) -> None:
        """Ends a misbehaviour that lasts."""
        path = f"/printers/{name}/misbehaviours/{what}"
        self.control.delete(path).raise_for_status()

    def act(self, name: str, what: str, **options: object) -> None:
        """Does what a person does at a machine."""
        self._steer(name, "acts", {"name": what} | options)

    def pass_time(self, name: str, seconds: float) -> None:
        """Lets time pass at a machine, at once."""
        path = f"/printers/{name}/advance"
        self.control.post(path, json={"seconds": seconds}).raise_for_status()

    def _steer(self, name: str, what: str, body: dict[str, object]) -> None:
        answer = self.control.post(f"/printers/{name}/{what}", json=body)
        assert answer.is_success, answer.text


@dataclass
class Engine:
    """An engine's process, and how an administrator speaks to it past Home Assistant."""

    url: str
    api: httpx.Client
    process: Process
    token: str = field(repr=False)
    """Every scope and act-as: what the integration is to be given."""
    printers: dict[str, str] = field(default_factory=dict)
    """Ids by name."""

    @property
    def engine_id(self) -> str:
        """What clients know it by."""
        found: str = self.get("/info")["engine_id"]
        return found

    def get(self, path: str) -> Json:
        """Returns the JSON at a path."""
        answer: Json = self.api.get(path).raise_for_status().json()
        return answer

    def printer(self, name: str) -> Json:
        """Returns a printer as the engine sees it now."""
        return self.get(f"/printers/{self.printers[name]}")

    def change(self, name: str, /, **what: object) -> None:
        """Changes a printer's record."""
        path = f"/printers/{self.printers[name]}"
        self.api.patch(path, json=what).raise_for_status()

    def tell(self, name: str, what: str, body: object = None) -> None:
        """Posts an action for a printer."""
        path = f"/printers/{self.printers[name]}/{what}"
        self.api.post(path, json=body).raise_for_status()

    def add(self, screen: Json, **record: object) -> str:
        """Registers a machine; returns its id."""
        body = {
            "name": screen["name"],
            "family": "bambu",
            "host": screen["host"],
            "serial": screen["serial"],
            "secret": screen["access_code"],
            "ports": screen["ports"],
        }
        answer = self.api.post("/printers", json=body | record).raise_for_status()
        printer_id: str = answer.json()["id"]
        self.printers[str(body["name"])] = printer_id
        return printer_id

    def remove(self, name: str) -> None:
        """Removes a printer."""
        self.api.delete(f"/printers/{self.printers.pop(name)}").raise_for_status()

    def new_token(self, *scopes: str) -> str:
        """Makes a token as on the engine's host: over the API none may name people."""
        told = [word for scope in scopes for word in ("--scope", scope)]
        made = self.process.run("token", "create", "test", "--user", "mara", *told)
        return next(word for word in made.split() if word.startswith("odin_"))

    def revoke(self, token: str) -> None:
        """Voids a token."""
        known = self.get("/tokens?limit=200")["items"]
        found = next(each for each in known if token.startswith(each["prefix"]))
        self.api.delete(f"/tokens/{found['id']}").raise_for_status()

    def until_online(self, *names: str) -> None:
        """Waits until these printers are heard."""
        for name in names or self.printers:
            wait_for(lambda name=name: self.printer(name)["activity"] is not None)  # type: ignore[misc]

    def restart(self) -> None:
        """Starts the killed process again."""
        self.process.start()
        wait_for(lambda: _is_healthy(self.url))


@contextlib.contextmanager
def run_machines(folder: Path) -> Iterator[Machines]:
    """Runs the simulated farm."""
    plan, addresses = folder / "farm.yaml", folder / "printers.json"
    plan.write_text(_FARM, encoding="utf-8")
    control_port = str(free_port())
    farm = Process(
        *("simulate", str(plan), "--state-dir", str(folder / "farm")),
        *("--addresses", str(addresses), "--control-port", control_port),
        *("--first-port", str(free_ports(_FARM.count("name:") * _PORTS_EACH))),
        log=folder / "farm.log",
    )
    farm.start()
    try:
        wait_for(addresses.exists)
        found = json.loads(addresses.read_text(encoding="utf-8"))
        with httpx.Client(base_url=f"http://127.0.0.1:{control_port}") as control:
            yield Machines(control, {each["name"]: each for each in found})
    finally:
        farm.stop()


@contextlib.contextmanager
def run_engine(folder: Path) -> Iterator[Engine]:
    """Runs an engine that knows an administrator and no printer."""
    folder.mkdir(parents=True, exist_ok=True)
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    process = Process(
        "serve",
        log=folder / "engine.log",
        ODIN_PORT=port,
        ODIN_DATA_DIR=str(folder / "data"),
        ODIN_DISCOVERY_ADDRESS="127.0.0.1",
    )
    process.run(
        *("user", "create", "mara", "--role", "admin", "--password-stdin"),
        stdin=_PASSWORD,
    )
    scopes = [word for scope in ALL_SCOPES for word in ("--scope", scope)]
    made = process.run("token", "create", "tests", "--user", "mara", *scopes)
    token = next(word for word in made.split() if word.startswith("odin_"))
    process.start()
    headers = {"Authorization": f"Bearer {token}"}
    try:
        wait_for(lambda: _is_healthy(url))
        with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as api:
            yield Engine(url, api, process, token)
    finally:
        process.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits until something is so, outside of any event loop."""
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)  # noqa: TID251 - other processes decide


def _is_healthy(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{url}/healthz").is_success
    return False
