"""A farm, an engine and a real Home Assistant that has it, for tests that wait.

Everything of Home Assistant goes over its own REST and WebSocket addresses, as its pages
do; nothing of it is imported.
"""

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from script.home_assistant import INTEGRATION, HomeAssistant
from script.home_assistant_person import Person
from script.home_assistant_steps import add_engine, add_user, until_loaded
from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.process import sockets
from tests.e2e.home_assistant.watch import foreign, watched
from tests.e2e.panel.place import PASSWORD, USER, Place, run_place
from tests.e2e.processes import free_ports

GUEST = "gustav"
_PROBLEM = re.compile(r"^\S+ \S+ (WARNING|ERROR|CRITICAL) .*$", re.MULTILINE)
_OURS = re.compile(r"odin|O\.D\.I\.N", re.IGNORECASE)
_ALWAYS_SAID = (
    "We found a custom integration odin which has not been tested",
    # Where there is no Node.
    "The panel and the cards are not built",
    # Where the computer has more to do than this: it stood still meanwhile.
    "seconds. Please create a bug report",
)

type Json = Any


class Home:
    """A Home Assistant with our entry; `owner` is its administrator."""

    def __init__(
        self, place: Place, core: HomeAssistant, owner: Person, addresses: Path
    ) -> None:
        self._addresses = addresses
        self.place = place
        self.core = core
        self.owner = owner
        self.entry_id = ""
        self.engine_id = str(place.api.get("/info").json()["engine_id"])
        self._ids: dict[str, str] = {}

    def id(self, name: str | None, domain: str, key: str) -> str:
        """Returns an entity's id by what it stands for; no name is the engine."""
        wanted = f"{domain} {self.unique_id(name, key)}"
        if wanted not in self._ids:
            self._ids = {
                f"{entry['entity_id'].partition('.')[0]} {entry['unique_id']}": entry[
                    "entity_id"
                ]
                for entry in self.registry()
            }
        return self._ids[wanted]

    def unique_id(self, name: str | None, key: str) -> str:
        """Returns what our integration calls an entity."""
        middle = [] if name is None else [self.place.printers[name]]
        return "_".join([self.engine_id, *middle, key])

    def registry(self) -> list[Json]:
        """Returns our entities in the registry, of every engine."""
        known = self.owner.command("config/entity_registry/list")
        return [entry for entry in known if entry["platform"] == "odin"]

    def states(self) -> dict[str, Json]:
        """Returns every state by entity id."""
        return {each["entity_id"]: each for each in self.owner.get("/states")}

    def state(self, name: str | None, domain: str, key: str) -> Json:
        """Returns an entity's state with its attributes."""
        return self.owner.get(f"/states/{self.id(name, domain, key)}")

    def value(self, name: str | None, domain: str, key: str) -> str:
        """Returns the word that an entity shows."""
        shown: str = self.state(name, domain, key)["state"]
        return shown

    def number(self, name: str | None, domain: str, key: str) -> float:
        """Returns the number that an entity shows; NaN while it shows none."""
        try:
            return float(self.value(name, domain, key))
        except ValueError:
            return float("nan")

    def until(
        self,
        name: str | None,
        domain: str,
        key: str,
        wanted: str | Callable[[str], object],
    ) -> None:
        """Waits until an entity shows that."""
        is_so = (lambda now: now == wanted) if isinstance(wanted, str) else wanted
        wait_for(
            lambda: bool(is_so(self.value(name, domain, key))),
            lambda: f"{name} {key}: {self.value(name, domain, key)}, not {wanted}",
        )

    def call(
        self,
        name: str,
        domain: str,
        key: str,
        service: str,
        by: Person | None = None,
        **data: object,
    ) -> None:
        """Performs an action on an entity and waits until it is done."""
        target = {"entity_id": self.id(name, domain, key)}
        (by or self.owner).call(f"{domain}.{service}", target, **data)

    def device(self, name: str, part: str = "") -> str:
        """Returns a device's id; `part` is such as `_unit_0` or `_unit_0_slot_1`."""
        wanted = ["odin", f"{self.engine_id}_{self.place.printers[name]}{part}"]
        devices = self.owner.command("config/device_registry/list")
        found: str = next(d["id"] for d in devices if wanted in d["identifiers"])
        return found

    def set_options(self, **options: object) -> None:
        """Saves the entry's options as its form does, and waits until it is set up."""
        begin = {"handler": self.entry_id}
        flow = self.owner.post("/config/config_entries/options/flow", begin)
        path = f"/config/config_entries/options/flow/{flow['flow_id']}"
        told = {"tags": [], "guest_role": "operator", "slot_devices": True} | options
        assert self.owner.post(path, told)["type"] == "create_entry"
        until_loaded(self.owner, self.entry_id)

    def sign_in_guest(self) -> Person:
        """Signs somebody in who is no administrator."""
        add_user(self.owner, GUEST, PASSWORD)
        return self.core.sign_in(GUEST, PASSWORD)

    def reload(self, entry_id: str) -> None:
        """Reloads an entry and waits until it is set up."""
        self.owner.post(f"/config/config_entries/entry/{entry_id}/reload")
        until_loaded(self.owner, entry_id)

    def problems(self, since: int = 0) -> list[str]:
        """Returns what Home Assistant's log complained about that concerns us."""
        text = self.core.log.read_text(encoding="utf-8")[since:]
        return [
            found[0]
            for found in _PROBLEM.finditer(text)
            if _OURS.search(found[0])
            and not any(each in found[0] for each in _ALWAYS_SAID)
        ]

    def spoken_to(self) -> list[str]:
        """Returns whom Home Assistant spoke to that is not this machine."""
        held = [
            f"{each.kind} {each.remote} {each.remote_port}"
            for each in sockets(self.core.pid)
            if each.remote_port and not each.is_local
        ]
        return [*foreign(self._addresses.read_text()), *held]

    def said(self) -> int:
        """Returns how much the log holds by now."""
        return len(self.core.log.read_text(encoding="utf-8"))

    def add_entry(self) -> None:
        """Adds the engine."""
        self.entry_id = add_engine(self.owner, self.place.base, new_token(self.place))
        until_loaded(self.owner, self.entry_id)

    def restart(self) -> None:
        """Starts Home Assistant again and waits until everything in it is set up."""
        self.owner.close()
        self.core.stop()
        self.come_up()

    def come_up(self) -> None:
        """Starts the stopped Home Assistant."""
        self.core.start()
        self.owner = self.core.enter(USER, PASSWORD)


@contextlib.contextmanager
def run_home(folder: Path) -> Iterator[Home]:
    """Runs it all, each a process of its own."""
    addresses, environment = watched(folder)
    # A build of the pages may run beside the tests.
    integration = folder / "odin"
    shutil.copytree(
        INTEGRATION, integration, ignore=shutil.ignore_patterns("__pycache__")
    )
    core = HomeAssistant(
        folder / "home-assistant",
        # Not one that the system gives to others meanwhile.
        free_ports(1),
        environment=environment,
        integration=integration,
    )
    try:
        core.launch()
        with run_place(folder) as place:
            core.until_up()
            home = Home(place, core, core.enter(USER, PASSWORD), addresses)
            home.add_entry()
            yield home
            home.owner.close()
            core.stop()
    finally:
        core.stop()


def new_token(place: Place) -> str:
    """Makes a token as the integration needs it, on the engine's host."""
    return place.engine.new_token("home", USER, "all", "act-as")
