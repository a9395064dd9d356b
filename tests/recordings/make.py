"""Records one short print, with a pause, of a simulated printer of every kind.

    python -m tests.recordings.make [NAME ...]

Farm and recorder are the programs that people use: `odin simulate`, `odin record`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson
import yaml

from tests.e2e.apart import wait_for

_HERE = Path(__file__).parent
_ODIN = Path(sys.executable).with_name("odin")
_CLOCK_FACTOR = 12
_LISTENED_S = 75
_PRINT: dict[str, Any] = {
    "scenario": [
        {"at_s": 90, "do": "start_job", "job": "bracket", "minutes": 4, "layers": 20},
        {"at_percent": 40, "do": "pause"},
        {"after_s": 120, "do": "resume"},
    ]
}
_ASKED_SELDOM = {"clock_factor": 8}
"""Who stands idle is asked so seldom that a print could begin and pause in between."""
MACHINES: dict[str, dict[str, Any]] = {
    "bambu/x1c": {"model": "X1C"},
    "bambu/a1-mini": {"model": "A1 mini"},
    "bambu/h2d": {"model": "H2D"},
    "elegoo/centauri-carbon": {"variant": "centauri-carbon"},
    "elegoo/centauri-carbon-2": {"variant": "centauri-carbon-2"},
    "elegoo/saturn-4-ultra": {"variant": "saturn-4-ultra"},
    "marlin/plain": {},
    "moonraker/happy-hare": {"variant": "happy_hare"},
    "moonraker/toolchanger": {"variant": "toolchanger"},
    "octoprint/1.11": {"variant": "1.11"},
    "prusalink/mk3s": {"model": "MK3S", **_ASKED_SELDOM},
    "prusalink/mk4": {"model": "MK4", **_ASKED_SELDOM},
}


def make(names: list[str]) -> None:
    """Records the machines of these names."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        farm = {
            "clock_factor": _CLOCK_FACTOR,
            "printers": [
                {"name": name, "family": _family(name), **MACHINES[name], **_PRINT}
                for name in names
            ],
        }
        (place / "farm.yaml").write_text(yaml.safe_dump(farm), encoding="utf-8")
        addresses = place / "addresses.json"
        simulating: list[str | Path] = [
            _ODIN,
            "simulate",
            place / "farm.yaml",
            "--state-dir",
            place,
        ]
        with subprocess.Popen(
            [*simulating, "--addresses", addresses, "--control-port", "0"]
        ) as running:
            try:
                _record(_read(addresses))
            finally:
                running.terminate()


def _family(name: str) -> str:
    return name.partition("/")[0]


def _read(addresses: Path) -> list[dict[str, Any]]:
    wait_for(addresses.exists, lambda: "the farm does not start")
    found: list[dict[str, Any]] = orjson.loads(addresses.read_bytes())
    return found


def _record(machines: list[dict[str, Any]]) -> None:
    recorders = []
    for machine in machines:
        output = _HERE / f"{machine['name']}.jsonl"
        output.parent.mkdir(exist_ok=True)
        command = [_ODIN, "record", machine["family"], machine["host"]]
        for name, port in machine["ports"].items():
            command += ["--port", f"{name}={port}"]
        for name, value in (machine.get("options") or {}).items():
            command += ["--option", f"{name}={value}"]
        if machine["family"] == "bambu":
            command += ["--serial", machine["serial"]]
        command += ["--seconds", str(_LISTENED_S), "-o", output]
        if machine["secret"]:
            command.append("--secret-stdin")
        recorder = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        assert recorder.stdin is not None
        recorder.stdin.write(f"{machine['secret'] or ''}\n")
        recorder.stdin.close()
        recorders.append((machine["name"], recorder))
    failed = [name for name, recorder in recorders if recorder.wait() != 0]
    if failed:
        raise SystemExit(f"not recorded: {', '.join(failed)}")


if __name__ == "__main__":
    make(sys.argv[1:] or list(MACHINES))
