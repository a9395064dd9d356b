"""One machine of each family in one farm: sent files, printed, lost, found, stopped."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from odin_engine.simulator.bambu import SlicedPlate, make_sliced_3mf
from tests.e2e.conftest import Api, Engine
from tests.e2e.killable import Killable
from tests.e2e.processes import free_port, free_ports, read_json
from tests.patience import PATIENCE_S

_LONG_PATIENCE_S = 75.0
"""A print takes most of a minute; who was away for long is tried every minute."""
PLAN = Path(__file__).with_name("mixed_farm.yaml")
_PORTS = 100
_SHORT_S, _LONG_S = 420, 24_000
_STATES_OF_REST = {"idle", "finish", "finished", "failed", "cancelled"}
_FED_BY_US = {"Mara"}
"""Prints of theirs end with the link, as we feed them line by line."""

type Json = dict[str, Any]


@dataclass
class Farm:
    """The simulated farm: a process that can be killed, and its back door."""

    process: Killable
    control: aiohttp.ClientSession
    addresses: Path
    machines: list[Json] = field(default_factory=list)

    async def start(self) -> None:
        """Starts it, or starts it again where it was."""
        self.addresses.unlink(missing_ok=True)
        await self.process.start()
        self.machines = await read_json(self.addresses)

    async def tell(self, name: str, what: str, **options: object) -> None:
        """Makes a machine misbehave, or a person do something at it."""
        body = {"name": what} | options
        async with self.control.post(f"/printers/{name}/deeds", json=body) as answer:
            assert answer.ok, await answer.text()

    async def end(self, name: str, what: str) -> None:
        """Ends a misbehaviour that lasts."""
        path = f"/printers/{name}/misbehaviours/{what}"
        async with self.control.delete(path) as answer:
            assert answer.ok, await answer.text()

    async def states(self) -> dict[str, str]:
        """Returns what each machine truly does, by name."""
        async with self.control.get("/printers") as answer:
            return {each["name"]: each["state"].lower() for each in await answer.json()}

    async def rests(self) -> None:
        """Waits until no machine does anything."""
        busy: dict[str, str] = {}
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    now = await self.states()
                    busy = {n: s for n, s in now.items() if s not in _STATES_OF_REST}
                    if not busy:
                        return
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"still at work: {busy}") from None


@dataclass
class Scene:
    """The farm, and an engine that knows every machine of it, by name."""

    farm: Farm
    api: Api
    files: Mapping[str, Path]
    ids: dict[str, str] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """Returns where a printer is in the API."""
        return f"/printers/{self.ids[name]}"

    async def of_all(self, doing: Callable[[str], Awaitable[object]]) -> None:
        """Does something with every printer at once; says with which it went wrong."""
        tried = [doing(name) for name in self.ids]
        ended = await asyncio.gather(*tried, return_exceptions=True)
        wrong = [
            f"{name}: {type(each).__name__} {each}"
            for name, each in zip(self.ids, ended, strict=True)
            if isinstance(each, BaseException)
        ]
        assert not wrong, "\n".join(wrong)

    async def until(
        self, name: str, seconds: float = PATIENCE_S, **wanted: object
    ) -> Json:
        """Waits until a printer shows these; where it does not, what it shows."""
        shown: Json = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    shown = await self.api("GET", self.path(name))
                    if all(shown[key] == value for key, value in wanted.items()):
                        return shown
                    await asyncio.sleep(0.1)
        except TimeoutError:
            named = ("link", "link_reason", "activity", "job", "faults")
            seen = {key: shown.get(key) for key in named}
            raise AssertionError(f"not {wanted} but {seen}") from None

    async def online(self, name: str) -> None:
        """Waits until a printer is heard."""
        await self.until(name, _LONG_PATIENCE_S, link="online")

    async def send(self, name: str, stem: str) -> str:
        """Puts a file of its family on a printer; returns its name there."""
        machine = next(each for each in self.farm.machines if each["name"] == name)
        source = self.files[f"{_kind(machine)} {stem}"]
        file = f"{stem}{''.join(source.suffixes)}"
        content = await asyncio.to_thread(source.read_bytes)
        task = await self.api("PUT", f"{self.path(name)}/files/{file}", data=content)
        done = await self.api.until(f"/tasks/{task['id']}", PATIENCE_S, state="done")
        assert done["progress"] == 1
        return file

    async def begin(self, name: str, stem: str) -> None:
        """Sends a file, prints it and waits until it prints."""
        file = await self.send(name, stem)
        slot = [{"unit": 0, "slot": 0}] if name == "Bruno" else []
        order = {"file": file, "name": stem, "mapping": slot}
        await self.api("POST", f"{self.path(name)}/print", json=order)
        await self.until(name, activity="printing")

    async def clear(self, name: str) -> None:
        """Says that the plate is clear, where the engine asks for it."""
        if (await self.api("GET", self.path(name)))["plate"]["state"] == "occupied":
            await self.farm.tell(name, "clear_plate")
            await self.api("POST", f"{self.path(name)}/plate-cleared")

    async def results(self, name: str, *wanted: str) -> None:
        """Waits until the history has these results, newest first, and no more."""
        found: list[str | None] = []
        async with asyncio.timeout(_LONG_PATIENCE_S):
            while True:
                page = await self.api("GET", f"{self.path(name)}/prints")
                found = [run["result"] for run in page["items"]]
                if None not in found and len(found) >= len(wanted):
                    break
                await asyncio.sleep(0.1)
        assert found == list(wanted)

    async def lost(self, name: str) -> None:
        """Waits until the one print is remembered as ended, and not as finished."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.api("GET", f"{self.path(name)}/prints")
                if page["items"][0]["result"] is not None:
                    break
                await asyncio.sleep(0.1)
        assert page["total"] == 1
        assert page["items"][0]["result"] != "finished"
        shown = await self.api("GET", self.path(name))
        assert shown["activity"] not in {"printing", "preparing", "paused"}


def _kind(machine: Json) -> str:
    if machine["name"] == "Rosa":
        return "resin"
    return "sliced" if machine["family"] == "bambu" else "gcode"


def _gcode(seconds: int) -> str:
    """Returns a print whose moves, of a quarter of a minute, take as long as it says."""
    layers = [f";LAYER:{n}\nG1 X375 E3\nG1 X0 E3" for n in range(seconds // 30)]
    head = f";TIME:{seconds}\n;LAYER_COUNT:{len(layers)}\nM140 S60\nM104 S210\n"
    start = "M190 S60\nM109 S210\nG28\nM83\nG1 F1500\n"
    return head + start + "\n".join(layers) + "\n"


def _write_files(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for stem, seconds in (("short", _SHORT_S), ("long", _LONG_S)):
        plain = folder / f"{stem}.gcode"
        plain.write_text(_gcode(seconds))
        # Nobody looks into it but the machine, and ours takes any for twenty minutes.
        resin = folder / f"{stem}.goo"
        resin.write_bytes(b"V3.0" + bytes(4096))
        sliced = folder / f"{stem}.gcode.3mf"
        make_sliced_3mf(sliced, plates=(SlicedPlate(prediction_s=seconds),))
        files |= {
            f"gcode {stem}": plain,
            f"resin {stem}": resin,
            f"sliced {stem}": sliced,
        }
    return files


@asynccontextmanager
async def _running_farm(folder: Path) -> AsyncIterator[Farm]:
    control_port, addresses = free_port(), folder / "addresses.json"
    process = Killable(
        folder,
        "farm",
        *("odin_engine", "simulate", str(PLAN), "--continue"),
        *("--state-dir", str(folder / "farm"), "--addresses", str(addresses)),
        *("--first-port", str(free_ports(_PORTS))),
        *("--control-port", str(control_port)),
    )
    base = f"http://127.0.0.1:{control_port}"
    async with aiohttp.ClientSession(base) as control:
        farm = Farm(process, control, addresses)
        try:
            await farm.start()
            yield farm
        finally:
            await process.end(signal.SIGTERM)
    for log in process.logs:
        assert "Traceback" not in log, log


@pytest.fixture
async def scene(tmp_path: Path, engine: Engine) -> AsyncIterator[Scene]:
    """Everything runs, every machine was added and is heard."""
    async with AsyncExitStack() as stack:
        farm = await stack.enter_async_context(_running_farm(tmp_path))
        await stack.enter_async_context(engine.running())
        headers = {"Authorization": f"Bearer {await engine.token()}"}
        session = aiohttp.ClientSession(engine.base, headers=headers)
        api = Api(await stack.enter_async_context(session))
        scene = Scene(farm, api, _write_files(tmp_path))
        for machine in farm.machines:
            body = {
                key: machine[key]
                for key in ("name", "family", "host", "ports", "serial", "secret")
            }
            body["options"] = machine.get("options", {})
            scene.ids[machine["name"]] = (await api("POST", "/printers", json=body))[
                "id"
            ]
        await scene.of_all(scene.online)
        yield scene
    assert "Traceback" not in engine.log.read_text()


async def test_each_family_prints_pauses_and_cancels(scene: Scene) -> None:
    async def day(name: str) -> None:
        path = scene.path(name)
        await scene.begin(name, "short")
        await scene.until(name, _LONG_PATIENCE_S, activity="finished")
        await scene.results(name, "finished")
        await scene.clear(name)
        await scene.begin(name, "long")
        await scene.api("POST", f"{path}/pause")
        await scene.until(name, activity="paused")
        await scene.api("POST", f"{path}/resume")
        await scene.until(name, activity="printing")
        await scene.api("POST", f"{path}/stop")
        await scene.until(name, activity="cancelled")
        await scene.results(name, "cancelled", "finished")

    await scene.of_all(day)
    await scene.farm.rests()


async def test_one_emergency_stop_stops_them_all(scene: Scene) -> None:
    await scene.of_all(lambda name: scene.begin(name, "long"))
    stopped = (await scene.api("POST", "/printers/emergency-stop"))["items"]
    names = {printer_id: name for name, printer_id in scene.ids.items()}
    outcomes = {names[each["printer_id"]]: each["outcome"] for each in stopped}
    assert outcomes == dict.fromkeys(scene.ids, "confirmed")
    await scene.farm.rests()

    await scene.of_all(scene.lost)


async def test_a_print_outlives_the_link_and_has_its_true_end(scene: Scene) -> None:
    async def day(name: str) -> None:
        await scene.begin(name, "short")
        # The one that would not be cut once is cut for as long as four of its minutes.
        how = {"for_s": 240} if name == "Petra" else {}
        await scene.farm.tell(name, "drop_link", **how)
        await scene.results(name, "failed" if name in _FED_BY_US else "finished")
        await scene.online(name)

    await scene.of_all(day)


async def test_prints_are_found_again_when_their_machines_come_back(
    scene: Scene,
) -> None:
    await scene.of_all(lambda name: scene.begin(name, "long"))
    await scene.farm.process.end(signal.SIGTERM)
    await scene.of_all(lambda name: scene.until(name, link="offline"))
    await scene.farm.start()
    await scene.of_all(scene.online)
    states = await scene.farm.states()
    at_work = {name for name in states if states[name] not in _STATES_OF_REST}
    assert at_work >= {"Klara", "Tom", "Petra", "Emil", "Rosa", "Bruno"}

    async def is_true(name: str) -> None:
        if name not in at_work:
            await scene.lost(name)
            return
        await scene.until(name, activity="printing")
        page = await scene.api("GET", f"{scene.path(name)}/prints")
        assert [run["result"] for run in page["items"]] == [None]

    await scene.of_all(is_true)


async def test_a_print_whose_machine_lost_its_power_never_finished(
    scene: Scene,
) -> None:
    await scene.of_all(lambda name: scene.begin(name, "long"))
    await scene.of_all(lambda name: scene.farm.tell(name, "power_cut"))
    await scene.of_all(lambda name: scene.until(name, link="offline"))
    await scene.of_all(lambda name: scene.farm.end(name, "power_cut"))
    await scene.of_all(scene.online)
    await scene.of_all(scene.lost)
