"""Farms from files, their control port, and the command that runs them."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from odin_engine.simulator.bambu import GcodeState
from odin_engine.simulator.control import ControlPort
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import BadFarm, FarmPlan, read_farm
from tests.engine.simulator.clients import mqtt

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
REPOSITORY = Path(__file__).parents[3]
DEMO = REPOSITORY / "odin_engine" / "simulator" / "farms" / "demo.yaml"
FREE = "{mqtt: 0, ftps: 0, camera: 0, detect: 0}"


def farm(tmp_path: Path, text: str) -> FarmPlan:
    path = tmp_path / "farm.yaml"
    path.write_text(text)
    return read_farm(path)


async def test_the_demo_farm_looks_like_a_weekday_morning(tmp_path: Path) -> None:
    machines = {
        each.machine.name: each.machine
        for each in Farm(_portless(read_farm(DEMO)), tmp_path, started_at=NOON).printers
    }
    assert len(machines) == 8
    async with Farm(_portless(read_farm(DEMO)), tmp_path, started_at=NOON) as running:
        states = {
            each.machine.name: each.machine.gcode_state for each in running.printers
        }
        percents = {
            each.machine.name: each.machine.prints.percent for each in running.printers
        }
        offline = [each.machine.name for each in running.printers if not each.is_on]
    assert states["Ada"] is GcodeState.RUNNING
    assert percents["Ada"] == 37
    assert states["Eiffel"] is GcodeState.PAUSE
    assert states["Franklin"] is GcodeState.FINISH
    assert offline == ["Hopper"]


async def test_addresses_are_enough_to_connect(tmp_path: Path) -> None:
    plan = farm(tmp_path, f"printers: [{{model: P1S, count: 3, ports: {FREE}}}]")
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        running.write_addresses(tmp_path / "addresses.json")
        rows = json.loads((tmp_path / "addresses.json").read_text())
        assert (tmp_path / "addresses.json").stat().st_mode & 0o777 == 0o600
        assert len({row["serial"] for row in rows}) == 3
        assert rows[1]["ports"] == running.printers[1].ports
        async with mqtt(running.printers[2], code=rows[2]["access_code"]) as client:
            reply = await client.ask("info", "get_version")
            assert reply["module"][0]["sn"] == rows[2]["serial"]


async def test_jobs_are_repeated_with_fresh_spools(tmp_path: Path) -> None:
    plan = farm(
        tmp_path,
        f"printers: [{{model: P1S, ports: {FREE}, clock_factor: 0, job: {{name: Part, "
        "minutes: 10, used_g: [700], slots: [0], repeat_after_s: 60}}]",
    )
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        printer = running.printers[0]
        tasks = set()
        for _ in range(300):
            printer.advance(30)
            job = printer.machine.prints.job
            tasks.add(job.options.task_id if job else "")
    assert len(tasks) > 5


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("printers: [{model: Ender 3}]", "Ender 3"),
        ("printers: [{}]", "model"),
        ("[]", "list indices"),
        ("printers: [{model: P1S, units: [{kind: bag}]}]", "bag"),
        ("printers: [{model: P1S, external: [GFX, FFFFFF]}]", "GFX"),
        ("a: [", "farm.yaml"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(BadFarm, match=complaint):
        Farm(farm(tmp_path, text), tmp_path, started_at=NOON)


async def test_the_control_port_takes_misbehaviours(tmp_path: Path) -> None:
    plan = farm(tmp_path, f"printers: [{{model: P1S, ports: {FREE}}}]")
    async with (
        Farm(plan, tmp_path, started_at=NOON) as running,
        ControlPort(running.printers) as control,
        aiohttp.ClientSession(f"http://127.0.0.1:{control.port}") as session,
    ):
        machine = running.printers[0].machine
        place = f"/printers/{machine.serial}"
        answer = await _post(session, f"{place}/misbehaviours", {"name": "silent"})
        assert answer["misbehaviours"] == ["silent"]
        await session.delete(f"{place}/misbehaviours/silent")
        assert machine.misbehaviours.names() == []
        before = machine.elapsed_s
        await _post(session, f"{place}/advance", {"seconds": 600})
        assert machine.elapsed_s - before >= 600
        for path, body, status in (
            (f"{place}/misbehaviours", {"name": "grumpy"}, 400),
            (f"{place}/misbehaviours", {}, 400),
            (f"{place}/misbehaviours", [], 400),
            (f"{place}/advance", {"seconds": -1}, 400),
            ("/printers/nobody/advance", {"seconds": 1}, 404),
        ):
            async with session.post(path, json=body) as reply:
                assert reply.status == status, path


async def test_the_command_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    (tmp_path / "farm.yaml").write_text(
        f"printers: [{{model: P1S, name: Ada, ports: {FREE}}}]"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "odin_engine", "simulate", "farm.yaml"),
        *("--state-dir", "state", "--addresses", "addresses.json"),
        *("--control-port", "0"),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while b"Control port" not in await process.stdout.readline():
            pass
        (row,) = json.loads((tmp_path / "addresses.json").read_text())
        assert row["name"] == "Ada"
        assert (tmp_path / "state" / row["serial"] / "certificate.pem").exists()
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def _post(
    session: aiohttp.ClientSession, path: str, body: dict[str, object]
) -> dict[str, Any]:
    async with session.post(path, json=body) as answer:
        assert answer.status == 200
        summary: dict[str, Any] = await answer.json()
        return summary


def _portless(plan: FarmPlan) -> FarmPlan:
    for entry in plan.entries:
        entry.raw["ports"] = {"mqtt": 0, "ftps": 0, "camera": 0, "detect": 0}
    return plan


async def test_a_beacon_tells_how_late_the_clock_is(tmp_path: Path) -> None:
    plan = farm(tmp_path, f"printers: [{{model: P1S, ports: {FREE}, beacon_s: 0.05}}]")
    async with (
        Farm(plan, tmp_path, started_at=NOON) as running,
        mqtt(running.printers[0]) as client,
    ):
        first = await client.state(msg=1)
        second = await client.state(msg=1)
    assert first["bed_temper"] < 100
    assert 0.03 < (second["bed_temper"] - first["bed_temper"]) % 100 < 5
    assert int(second["sequence_id"]) == int(first["sequence_id"]) + 1
