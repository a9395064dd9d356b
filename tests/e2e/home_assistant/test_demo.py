"""`script/demo --home-assistant` as a person meets it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from script.home_assistant import HomeAssistant
from script.home_assistant_steps import entries, printers
from tests.e2e.apart import wait_for
from tests.e2e.processes import free_ports

_ROOT = Path(__file__).parents[3]
_STARTS_WITHIN_S = 120.0
_FARM = """
printers:
  - {name: Ada, model: X1C, job: {name: Housing, minutes: 600, at_percent: 40}}
  - {name: Brunel, model: P1P}
"""
_SAID = re.compile(
    r"Home Assistant is at +(?P<base>\S+)\n"
    r" +Administrator +(?P<owner>\S+)\n"
    r" +Someone else +(?P<guest>\S+)\n"
    r" +Password of both +(?P<password>\S+)\n"
)


def _command(folder: Path, *more: str) -> list[str]:
    farm = folder / "farm.yaml"
    farm.write_text(_FARM)
    return [
        *(sys.executable, "-m", "script.demo_home_assistant"),
        *("--dir", str(folder / "demo"), "--farm", str(farm)),
        *("--port", str(free_ports(1)), "--farm-port", str(free_ports(10))),
        *more,
    ]


@contextlib.contextmanager
def _demo(folder: Path) -> Iterator[dict[str, str]]:
    """Runs the demo until Ctrl-C; yields what it said."""
    said = folder / "said.txt"
    said.write_text("")
    command = _command(folder, "--home-assistant-port", str(free_ports(1)))
    with said.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(
            lambda: _SAID.search(said.read_text()) is not None,
            lambda: f"the demo said: {said.read_text()}",
            _STARTS_WITHIN_S,
        )
        found = _SAID.search(said.read_text())
        assert found
        yield found.groupdict()
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0, said.read_text()
        assert said.read_text().rstrip().endswith("Stopped.")
    finally:
        process.terminate()
        process.wait(40)


def _look(folder: Path, said: dict[str, str]) -> str:
    """Looks around as the administrator; returns the entry's id."""
    port = int(said["base"].rpartition(":")[2])
    home = HomeAssistant(folder / "demo" / "home-assistant", port)
    with home.sign_in(said["guest"], said["password"]) as guest:
        assert not guest.command("auth/current_user")["is_admin"]
    with home.sign_in(said["owner"], said["password"]) as owner:
        assert owner.command("auth/current_user")["is_admin"]
        (entry,) = entries(owner)
        assert entry["state"] == "loaded"
        assert [each["name"] for each in printers(owner)] == ["Ada", "Brunel"]
        assert owner.get("/states/sensor.ada_status")["state"] == "printing"
        entry_id: str = entry["entry_id"]
        return entry_id


def test_the_demo_runs_and_is_continued(tmp_path: Path) -> None:
    with _demo(tmp_path) as said:
        first = _look(tmp_path, said)
        password = said["password"]
    with _demo(tmp_path) as said:
        assert _look(tmp_path, said) == first
        assert said["password"] == password


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = subprocess.run(
            _command(tmp_path, "--home-assistant-port", port),
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 1
    assert f"cannot listen on port {port}" in told.stderr
    assert "--home-assistant-port" in told.stderr


def test_an_engine_that_cannot_start_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = subprocess.run(
            [
                *(sys.executable, "-m", "script.demo_home_assistant"),
                *("--dir", str(tmp_path / "demo"), "--port", port),
            ],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 1
    assert port in told.stderr
    assert "The engine did not start" in told.stderr
