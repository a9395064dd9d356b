"""The example of docs/plugins.md: built, installed, found, and driven by the engine."""

import asyncio
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web
from click.testing import CliRunner

from odin_engine.cli import main
from odin_engine.drivers import families
from odin_engine.printers.ports import Surroundings
from tests.engine.app.conftest import House
from tests.engine.drivers.street import serving
from tests.patience import PATIENCE_S

_PAGE = Path(__file__).parents[3] / "docs" / "plugins.md"
_BLOCK = re.compile(
    r"^`(?P<name>[\w.]+)`:\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, as `pip install --target` leaves it."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    for block in _BLOCK.finditer(_PAGE.read_text(encoding="utf-8")):
        (source / block["name"]).write_text(block["text"], encoding="utf-8")
    assert {each.name for each in source.iterdir()} == {
        "pyproject.toml",
        "odin_inkling.py",
    }
    build = "import hatchling.build as b; print(b.build_wheel('.'))"
    subprocess.run(
        [sys.executable, "-c", build], cwd=source, check=True, capture_output=True
    )
    (wheel,) = source.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)
    return target


@pytest.fixture
def plugin(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(installed)
    yield
    sys.modules.pop("odin_inkling", None)


class Inkling:
    """A machine of that kind, as far as it goes."""

    def __init__(self) -> None:
        self.state = "busy"
        self.told: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            said = {"state": self.state, "file": "cube"}
            return web.json_response({**said, "nozzle": [210, 215]})
        self.told.append(request.path)
        self.state = {"/pause": "held", "/resume": "busy", "/stop": "idle"}[
            request.path
        ]
        return web.Response()


def test_the_example_is_as_short_as_the_page_says(installed: Path) -> None:
    text = (installed / "odin_inkling.py").read_text(encoding="utf-8")
    assert sum(bool(line.strip()) for line in text.splitlines()) == 60


def test_the_loader_finds_it_beside_ours(plugin: None, tmp_path: Path) -> None:  # noqa: ARG001 - has to be there
    found = families.load(Surroundings(tmp_path))
    assert next(iter(found)) == "bambu"
    assert found["inkling"].label == "Inkling"
    assert "inkling" in families.names()


async def test_the_engine_drives_it(plugin: None, house: House) -> None:  # noqa: ARG001 - has to be there
    machine = Inkling()
    kinds = (await house.admin.get("/printers/families")).json()["items"]
    (kind,) = (each for each in kinds if each["name"] == "inkling")
    assert [each["name"] for each in kind["fields"]] == ["host", "ports/http"]
    async with serving(machine.answer) as shop:
        known = {
            "name": "Ink",
            "family": "inkling",
            "host": "127.0.0.1",
            "ports": {"http": shop.port},
        }
        checked = (await house.admin.post("/printers/check", json=known)).json()
        assert checked["is_ok"]
        added = await house.admin.post("/printers", json=known)
        place = f"/printers/{added.json()['id']}"
        printer = await _until(house, place, "printing")
        assert printer["link"] == "online"
        assert printer["job"]["name"] == "cube"
        assert printer["temperatures"]["nozzles"] == [
            {"current_c": 210, "target_c": 215}
        ]
        paused = await house.admin.post(f"{place}/pause")
        assert paused.status_code == 204, paused.text
        await _until(house, place, "paused")
        assert machine.told == ["/pause"]
        refused = await house.admin.post(f"{place}/home")
        assert refused.json()["code"] == "printer_not_supported"


async def _until(house: House, place: str, activity: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            printer: dict[str, Any] = (await house.admin.get(place)).json()
            if printer["activity"] == activity:
                return printer
            await asyncio.sleep(0.05)


def test_the_command_line_replays_it(plugin: None, tmp_path: Path) -> None:  # noqa: ARG001 - has to be there
    line = {
        "ts": 1.0,
        "direction": "in",
        "topic": "GET /status",
        "payload": {"state": "held", "file": "cube"},
    }
    nonsense = {**line, "payload": {"state": []}}
    (tmp_path / "x.jsonl").write_bytes(b"\n".join(map(orjson.dumps, (line, nonsense))))
    result = CliRunner().invoke(main, ["replay", "inkling", str(tmp_path / "x.jsonl")])
    assert result.exit_code == 0, result.output
    assert orjson.loads(result.stdout_bytes)["activity"] == "paused"


async def test_the_usual_check_says_what_is_wrong(plugin: None, house: House) -> None:  # noqa: ARG001 - has to be there
    known = {
        "name": "Ink",
        "family": "inkling",
        "host": "127.0.0.1",
        "ports": {"http": 9},
    }
    checked = (await house.admin.post("/printers/check", json=known)).json()
    assert not checked["is_ok"]
    (report,) = (each for each in checked["checks"] if each["step"] == "report")
    assert report["ok"] is False
    assert "network" in report["remedy"]
