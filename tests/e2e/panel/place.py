"""An engine and a simulated farm as processes, for tests that are not asynchronous."""

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from odin_engine import simulator
from odin_engine.simulator.bambu import SlicedPlate, make_sliced_3mf
from tests.e2e.apart import Machines, Process, until_healthy, wait_for
from tests.e2e.processes import free_port, free_ports

USER = "mara"
PASSWORD = "Correct-Horse-9"
_AWAY = "Old Faithful"
_OFF = frozenset({_AWAY, "Hopper"})
_FARM = Path(__file__).with_name("farm.yaml")
_DEMO = Path(simulator.__file__).with_name("farms") / "demo.yaml"
_FAMILIES = Path(__file__).with_name("families.yaml")
_NOT_ADDED = frozenset({"Klara", "Grace", "Octavia"})
_PORTS_EACH = 5

type Printer = dict[str, Any]


@dataclass
class Place:
    """Where the engine is, how to speak to it past the page, and its two processes."""

    base: str
    api: httpx.Client
    engine: Process
    farm: Process | None = None
    machines: Machines = field(default_factory=lambda: Machines(httpx.Client()))
    newcomer: str = ""
    """The printer that announces itself and is not added."""
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
    serial = f"00M00A{secrets.token_hex(5)[:9].upper()}"
    told = {"{newcomer}": newcomer, "{serial}": serial}
    with _run_farm(folder, _FARM, told) as farm, run_engine(folder) as place:
        place.newcomer = newcomer
        _move_in(place, farm, frozenset({newcomer}))
        yield place


@contextlib.contextmanager
def run_families(folder: Path) -> Iterator[Place]:
    """Runs a farm of all families and an engine that knows most of its printers."""
    # An address of its own: what is looked for at the real ports is only there.
    host = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250)}.2"
    told = {"{host}": host}
    with _run_farm(folder, _FAMILIES, told) as farm, run_engine(folder) as place:
        _move_in(place, farm, _NOT_ADDED)
        yield place


@contextlib.contextmanager
def run_demo(folder: Path) -> Iterator[Place]:
    """Runs the farm of `script/demo`, but for those who are still to be found."""
    with _run_farm(folder, _DEMO, {}) as farm, run_engine(folder) as place:
        machines = farm.machines().screens
        strangers = {name for name, each in machines.items() if each["is_announced"]}
        _move_in(place, farm, frozenset(strangers))
        yield place


def _move_in(place: Place, farm: _Farm, strangers: frozenset[str]) -> None:
    """Adds the printers of a farm, but for strangers, and waits for those that are on."""
    _sign_up(place)
    place.farm = farm.process
    place.machines = farm.machines()
    screens = place.machines.screens
    known = [each for name, each in screens.items() if name not in strangers]
    place.printers = {each["name"]: _add(place.api, each) for each in known}
    for name in place.printers:
        if name not in _OFF:
            place.until(name, lambda printer: printer["link"] == "online")


@dataclass(frozen=True)
class _Farm:
    process: Process
    control: httpx.Client
    addresses: Path

    def machines(self) -> Machines:
        """Waits until the farm runs; returns the way to its machines."""
        log = self.process.log
        wait_for(self.addresses.exists, lambda: log.read_text(encoding="utf-8"))
        found = json.loads(self.addresses.read_text(encoding="utf-8"))
        return Machines(self.control, {each["name"]: each for each in found})


@contextlib.contextmanager
def _run_farm(folder: Path, source: Path, told: Mapping[str, str]) -> Iterator[_Farm]:
    """Runs the farm of a file; `told` is put in the place of its words."""
    plan, addresses = folder / "farm.yaml", folder / "printers.json"
    text = source.read_text(encoding="utf-8")
    for word, value in told.items():
        text = text.replace(word, value)
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
    token = place.engine.new_token("e2e", USER, "all")
    place.api.headers["Authorization"] = f"Bearer {token}"


def _add(api: httpx.Client, machine: dict[str, Any]) -> str:
    ports = machine["ports"]
    if machine["name"] == _AWAY:
        ports = ports | {"mqtt": free_port()}  # switched off: nobody listens there
    body = {
        "name": machine["name"],
        "family": machine["family"],
        "host": machine["host"],
        "serial": machine["serial"],
        "secret": machine["secret"],
        "ports": ports,
        "options": machine["options"],
    }
    answer = api.post("/printers", json=body).raise_for_status()
    identity: str = answer.json()["id"]
    return identity
