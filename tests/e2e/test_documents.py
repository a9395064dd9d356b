"""Every command that a document shows is run as it stands there, in the order of the page.

What is changed about it is named here: addresses of this run, and names that stand for
the reader's own. What is left out is named with its reason.
"""

import asyncio
import os
import re
import shutil
import sys
import textwrap
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import PASSWORD, Engine
from tests.e2e.processes import free_port, free_ports, odin, until_healthy

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^( *)```bash\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r'"status": ?([45]\d\d)')
_DEMO_PORTS = 100
_PATIENCE_S = 120.0
_ANSWERS = {
    b"Password:": f"{PASSWORD}\n".encode(),
    b"confirmation:": f"{PASSWORD}\n".encode(),
    b"[y/N]:": b"y\n",
}
"""What a person types when a command asks."""

_ELSEWHERE = {
    "script/bootstrap": "each test runs on what it made",
    "script/demo": "tests/engine/cli/test_demo.py, tests/e2e/home_assistant",
    "script/test": "this is it",
    "script/bench": "takes minutes, and is worth nothing beside other tests",
    "script/soak": "takes hours",
    "script/fuzz": "takes hours",
    "ODIN_KILLS=": "takes hours",
    "ODIN_ALLOW_LOOPBACK=true odin serve": "runs until it is stopped: the fixtures do it",
    ".venv/bin/odin serve": "runs until it is stopped: the fixtures do it",
    "odin simulate": "runs until it is stopped: the fixtures do it",
}
"""How a line begins that is not run here, and where it is."""
_PLAYED = {
    "README.md",
    "docs/api.md",
    "docs/home-assistant/installation.md",
    "docs/running.md",
    "docs/simulator.md",
}
"""The pages of which something is left to run here."""

for _program in ("curl", "script"):
    if shutil.which(_program) is None:
        pytest.skip(f"{_program} is not installed", allow_module_level=True)


@dataclass(frozen=True, slots=True)
class Said:
    """What a page's commands answered."""

    status: int
    text: str

    @property
    def refusals(self) -> list[str]:
        """The statuses of all problem documents, in their order."""
        return _STATUS.findall(self.text)


def _commands(page: str) -> str:
    """Returns what a page shows, without the lines that are run elsewhere."""
    text = (ROOT / page).read_text()
    blocks = [textwrap.dedent(match[2]) for match in _BLOCK.finditer(text)]
    lines = "".join(blocks).splitlines()
    return "\n".join(line for line in lines if not line.startswith((*_ELSEWHERE,)))


def _typed(commands: str, instead: Mapping[str, str]) -> str:
    for shown, typed in instead.items():
        assert shown in commands, f"the page no longer says {shown}"
        commands = commands.replace(shown, typed)
    return commands


async def _type(commands: str, folder: Path, environment: Mapping[str, str]) -> Said:
    """Types commands at a terminal, and answers what they ask."""
    typed = folder / "typed.sh"
    typed.write_text(f"set -eu -o pipefail\n{commands}\n")
    terminal = await asyncio.create_subprocess_exec(
        *("script", "--quiet", "--return", "--command", f"bash {typed}", "/dev/null"),
        cwd=folder,
        env=os.environ | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert terminal.stdin is not None
    assert terminal.stdout is not None
    heard = b""
    try:
        while said := await terminal.stdout.read(65536):
            heard += said
            for question, answer in _ANSWERS.items():
                if heard.rstrip().endswith(question):
                    terminal.stdin.write(answer)
    finally:
        if terminal.returncode is None:
            terminal.terminate()
    return Said(await terminal.wait(), heard.decode())


async def _play(
    page: str, folder: Path, instead: Mapping[str, str], **environment: str
) -> Said:
    commands = _typed(_commands(page), instead)
    environment["PATH"] = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    async with asyncio.timeout(_PATIENCE_S):
        said = await _type(commands, folder, environment)
    assert said.status == 0, said.text
    assert "Traceback" not in said.text, said.text
    return said


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder that looks like the repository to whoever types there."""
    folder = tmp_path / "desk"
    folder.mkdir()
    for name in (".venv", "odin_engine"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture
async def demo(desk: Path) -> AsyncIterator[str]:
    """A demo at that desk; its address."""
    port, address = free_port(), desk / "address"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "odin_engine", "demo", "--port", str(port)),
        *("--farm-port", str(free_ports(_DEMO_PORTS)), "--address-file", str(address)),
        cwd=desk,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while not await asyncio.to_thread(address.exists):
                assert process.returncode is None
                await asyncio.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def mine(desk: Path) -> AsyncIterator[Engine]:
    """An engine with an administrator `admin`, as after the first steps."""
    engine = Engine(desk)
    await engine.token()
    settings = {"ODIN_PORT": str(engine.port), "ODIN_DISCOVERY_ADDRESS": "127.0.0.1"}
    data_dir = desk / "data"
    async with odin("serve", data_dir=data_dir, log=engine.log, **settings) as process:
        await until_healthy(engine.base, process)
        yield engine


def test_every_page_with_commands_is_played() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    found = {
        str(page.relative_to(ROOT))
        for page in pages
        if _commands(str(page.relative_to(ROOT))).strip()
    }
    assert found == _PLAYED


@pytest.mark.timeout(240)
async def test_the_page_on_the_api(desk: Path, demo: str) -> None:
    said = await _play("docs/api.md", desk, {"http://127.0.0.1:8710": demo})
    # A name that is a number, and a version that is old: as the page tells.
    assert said.refusals == ["422", "412"], said.text
    assert (desk / "picture.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.timeout(240)
async def test_the_page_on_the_simulator(desk: Path, demo: str) -> None:
    assert demo
    port = (desk / ".cache" / "demo" / "farm" / "control-port").read_text().strip()
    instead = {
        "localhost:8790": f"localhost:{port}",
        "odin misbehave Ada": f"odin misbehave --control-port {port} Ada",
    }
    said = await _play("docs/simulator.md", desk, instead)
    assert "Ada:" in said.text


async def test_the_first_steps(desk: Path, mine: Engine) -> None:
    instead = {
        "http://127.0.0.1:8710": mine.base,
        "YOUR_NAME": "admin",
        # Nothing is sent to a house's network: nobody listens here.
        "192.168.1.50": "127.0.0.1",
    }
    said = await _play("README.md", desk, instead, ODIN_DATA_DIR=str(desk / "data"))
    assert said.refusals == [], said.text
    assert "Garage X1" in said.text


async def test_running_it(desk: Path, tmp_path: Path) -> None:
    data = {"ODIN_DATA_DIR": str(tmp_path / "data")}
    said = await _play("docs/running.md", desk, {"farm.zip": "farm.zip"}, **data)
    assert "Created operator anna." in said.text
    assert "Wrote farm.zip" in said.text


async def test_a_token_for_home_assistant(desk: Path, mine: Engine) -> None:
    page = "docs/home-assistant/installation.md"
    data = {"ODIN_DATA_DIR": str(desk / "data")}
    said = await _play(page, desk, {"YOUR_NAME": "admin"}, **data)
    assert mine.base
    assert "odin_" in said.text


def test_what_is_run_elsewhere_exists() -> None:
    scripts = [start for start in _ELSEWHERE if start.startswith("script/")]
    assert [name for name in scripts if not (ROOT / name).is_file()] == []
