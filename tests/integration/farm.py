"""An engine and a farm of simulated printers, each a process of its own."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.e2e.apart import Json, Machines, Process, until_healthy, wait_for
from tests.e2e.processes import free_port, free_ports

ALL_SCOPES = ("all", "act-as")

_PASSWORD = "Correct-Horse-9"
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
            "family": screen["family"],
            "host": screen["host"],
            "serial": screen["serial"],
            "secret": screen["secret"],
            "ports": screen["ports"],
            "options": screen.get("options", {}),
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
        return self.process.new_token("test", "mara", *scopes)

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
        until_healthy(self.url)


@contextlib.contextmanager
def run_machines(folder: Path, described: str = _FARM) -> Iterator[Machines]:
    """Runs a simulated farm, as a farm file describes it."""
    plan, addresses = folder / "farm.yaml", folder / "printers.json"
    plan.write_text(described, encoding="utf-8")
    control_port = str(free_port())
    farm = Process(
        *("simulate", str(plan), "--state-dir", str(folder / "farm")),
        *("--addresses", str(addresses), "--control-port", control_port),
        *("--first-port", str(free_ports(described.count("name:") * _PORTS_EACH))),
        folder=folder,
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
        folder=folder,
        ODIN_PORT=port,
        ODIN_DATA_DIR=str(folder / "data"),
        ODIN_DISCOVERY_ADDRESS="127.0.0.1",
    )
    process.run(
        *("user", "create", "mara", "--role", "admin", "--password-stdin"),
        stdin=_PASSWORD,
    )
    token = process.new_token("tests", "mara", *ALL_SCOPES)
    process.start()
    headers = {"Authorization": f"Bearer {token}"}
    try:
        until_healthy(url)
        with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as api:
            yield Engine(url, api, process, token)
    finally:
        process.stop()
