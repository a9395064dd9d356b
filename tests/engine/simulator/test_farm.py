"""Farms from files: where their machines begin, what they go on with, where they are."""

import json
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from odin_engine.simulator.bambu.entry import BambuEntry
from odin_engine.simulator.entry import BadFarm
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import FarmPlan, read_farm
from odin_engine.simulator.kinds import families
from odin_engine.simulator.plain.entry import PlainEntry
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
    async with Farm(_portless(read_farm(DEMO)), tmp_path, started_at=NOON) as running:
        machines = {each.name: each for each in running.members}
        offline = [each.name for each in running.members if not each.is_on]
        to_find = [row["name"] for row in running.addresses() if row["is_announced"]]
        states = {name: each.state for name, each in machines.items()}
    assert len(machines) == 18
    assert {each.family for each in machines.values()} == set(families())
    assert len({each.model for each in machines.values()}) >= 12
    assert (machines["Ada"].percent, states["Ada"]) == (37, "RUNNING")
    assert states["Eiffel"] == "PAUSE"
    assert states["Franklin"] == "FINISH"
    assert (machines["Galileo"].percent, states["Galileo"]) == (29, "printing")
    assert offline == ["Hopper"]
    assert to_find == ["Kepler", "Quételet", "Röntgen"]


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
        ("[]", "has no list of `printers`"),
        ("printers: [{model: P1S, units: [{kind: bag}]}]", "bag"),
        ("printers: [{model: P1S, external: [GFX, FFFFFF]}]", "GFX"),
        ("a: [", "farm.yaml"),
        ("printers: [{model: P1S, colour: red}]", "unknown key colour"),
        (
            "printers: [{model: P1S, units: [{kind: ams, slot: []}]}]",
            "unknown key slot",
        ),
        ("printers: [{model: P1S, job: {name: A, minutes: 9, layer: 1}}]", "key layer"),
        (
            "printers: [{model: P1S, serial: A}, {model: P1S, serial: A}]",
            "the serial A",
        ),
        ("printers: [{model: P1S, host: example.org}]", "example.org"),
        ("printers: [{model: mine.yaml}]", "mine.yaml"),
        ("printers: [{model: P1S, scenario: [{at_s: 1, do: sing}]}]", "sing"),
        ("printers: [{model: P1S, next_after_s: soon, jobs: []}]", "soon"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(BadFarm, match=complaint):
        Farm(farm(tmp_path, text), tmp_path, started_at=NOON)


async def test_a_job_waits_for_a_clear_plate_where_it_shall(tmp_path: Path) -> None:
    plan = farm(
        tmp_path,
        f"printers: [{{model: P1P, ports: {FREE}, clock_factor: 0, next_after_s: 30,"
        " waits_for_clear_plate: true, jobs: [{name: One, minutes: 10, at_percent: 100},"
        " {name: Two, minutes: 10}]}]",
    )
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        printer = running.printers[0]
        printer.advance(3600)
        assert printer.machine.gcode_state == "FINISH"
        printer.machine.clear_plate()
        printer.advance(40)
        job = printer.machine.prints.job
        assert job is not None
        assert job.plan.name == "Two"


async def test_a_spool_that_ran_out_is_changed_before_the_next_job(
    tmp_path: Path,
) -> None:
    plan = farm(
        tmp_path,
        f"printers: [{{model: P1S, ports: {FREE}, clock_factor: 0, job: {{name: Part,"
        " minutes: 60, slots: [0], repeat_after_s: 60}}]",
    )
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        printer = running.printers[0]
        printer.advance(1500)
        printer.machine.misbehave("runout")
        printer.advance(5)
        assert printer.machine.gcode_state == "PAUSE"
        printer.machine.prints.cancel()
        printer.advance(1500)
        assert printer.machine.gcode_state == "RUNNING"
        spool = printer.machine.feed.spool(0)
        assert spool is not None
        assert spool.remaining_g > 900


async def test_ports_and_hosts_are_the_files_where_it_says_so(tmp_path: Path) -> None:
    first, second = free_ports(2)
    plan = farm(
        tmp_path,
        f"printers: [{{model: X1C, host: 127.0.9.9, ports: {{mqtt: {first}}}}},"
        f" {{model: X1C, ports: {{mqtt: {second}, ftps: 0, detect: 0}}}}]",
    )
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        one, two = running.addresses()
    assert one["host"] == "127.0.9.9"
    assert one["ports"]["mqtt"] == first
    assert one["ports"]["ftps"] > 20000
    assert two["host"] == "127.0.0.1"
    assert two["ports"]["mqtt"] == second


async def test_a_second_farm_takes_the_next_ports(tmp_path: Path) -> None:
    text = "printers: [{model: P1S, serial: 01P000000000001}]"
    plan = farm(tmp_path, text)
    async with (
        Farm(plan, tmp_path / "a", started_at=NOON) as one,
        Farm(plan, tmp_path / "b", started_at=NOON) as two,
    ):
        ports = [
            set(row["ports"].values()) for row in one.addresses() + two.addresses()
        ]
    assert not ports[0] & ports[1]


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        plan = farm(
            tmp_path,
            f"printers: [{{model: P1S, ports: {FREE}}},"
            f" {{name: Ada, model: P1S, ports: {{mqtt: {port}}}}}]",
        )
        with pytest.raises(BadFarm, match=f"Ada: .*{port}.*--first-port"):
            async with Farm(plan, tmp_path, started_at=NOON):
                pass


async def test_real_ports_go_with_an_address_each(tmp_path: Path) -> None:
    plan = farm(tmp_path, "printers: [{model: P1S, count: 2}, {model: X1C}]")
    printers = Farm(plan, tmp_path, started_at=NOON, real_ports=True).printers
    assert [each.host for each in printers] == [f"127.0.10.{n}" for n in (1, 2, 3)]
    assert printers[0].ports == {
        "mqtt": 8883,
        "ftps": 990,
        "camera": 6000,
        "detect": 3000,
    }
    with pytest.raises(BadFarm, match="an address of this machine each"):
        Farm(plan, tmp_path, started_at=NOON, real_ports=True, interface="192.0.2.2")


async def test_hundreds_of_machines_live_in_one_process(tmp_path: Path) -> None:
    plan = farm(
        tmp_path,
        f"printers: [{{model: X1C, ports: {FREE}, count: 60, beacon_s: 60,"
        " job: {name: Long, minutes: 600, slots: [0], at_percent: 50}}]",
    )
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        assert len({each.ports["mqtt"] for each in running.printers}) == 60
        assert all(each.machine.prints.percent == 50 for each in running.printers)


async def test_a_model_of_your_own(tmp_path: Path) -> None:
    (tmp_path / "turbo.yaml").write_text("{like: P1S, name: P1S Turbo, bed_max_c: 120}")
    plan = farm(tmp_path, f"printers: [{{model: turbo.yaml, ports: {FREE}}}]")
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        assert running.addresses()[0]["model"] == "P1S Turbo"


async def test_a_second_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    text = (
        f"printers: [{{model: P1S, ports: {FREE}, clock_factor: 0, job: {{name: Part, "
        "minutes: 100, slots: [1], used_g: [200], repeat_after_s: 60, at_percent: 20}},"
        f" {{model: P1P, ports: {FREE}, clock_factor: 0, job: {{name: Done, minutes: 9,"
        " at_percent: 100}},"
        f" {{model: A1, ports: {FREE}, clock_factor: 0}}]"
    )
    plan = farm(tmp_path, text)

    def run() -> Farm:
        return Farm(plan, tmp_path, started_at=NOON, continues=True)

    async with run() as first:
        ada, franklin, gone = (each.machine for each in first.printers)
        ada.tick(1800)
        ada.fault("0300_8003", "0C00_0300_0003_0008")
        before = ada.prints.job
        assert before is not None
        left_g = ada.feed.spool(1)
        first.printers[1].machine.misbehave("change_access_code", code="11112222")
        gone.misbehave("power_cut")
    async with run() as second:
        ada, franklin, gone = (each.machine for each in second.printers)
        job = ada.prints.job
        assert job is not None
        assert ada.gcode_state == "PAUSE"
        assert ada.alarms.print_error == 0x0300_8003
        assert job.options == before.options
        assert abs(job.printed_s - before.printed_s) < 5
        assert ada.feed.spool(1) == left_g
        assert franklin.gcode_state == "FINISH"
        assert franklin.prints.plate_occupied
        assert franklin.access_code == "11112222"
        assert not second.printers[2].is_on
        ada.prints.resume()
        ada.tick(7200)
        after = ada.prints.job
        assert after is not None
        assert after.options.task_id != before.options.task_id


async def test_what_cannot_be_read_starts_anew(tmp_path: Path) -> None:
    plan = farm(
        tmp_path,
        f"printers: [{{model: P1S, serial: A, ports: {FREE}, clock_factor: 0,"
        " job: {name: Part, minutes: 100, at_percent: 20}}]",
    )
    (tmp_path / "A").mkdir()
    for broken in ("", "[]", '{"version": 1}', '{"version": 99}'):
        (tmp_path / "A" / "machine.json").write_text(broken)
        running = Farm(plan, tmp_path, started_at=NOON, continues=True)
        assert running.printers[0].machine.prints.percent == 20


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        taken = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            for _ in range(count)
        ]
        return [each.getsockname()[1] for each in taken]


def _portless(plan: FarmPlan) -> FarmPlan:
    for entry in plan.entries:
        if isinstance(entry, BambuEntry):
            entry.raw["ports"] = {"mqtt": 0, "ftps": 0, "camera": 0, "detect": 0}
        else:
            assert isinstance(entry, PlainEntry)
            entry.raw["ports"] = dict.fromkeys(entry.kind.ports, 0)
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
    # One that comes late is followed sooner by the next.
    assert 0 < (second["bed_temper"] - first["bed_temper"]) % 100 < 5
    assert int(second["sequence_id"]) == int(first["sequence_id"]) + 1
