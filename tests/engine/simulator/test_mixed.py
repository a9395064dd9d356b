"""Farms of several families: each machine on the network, told and kept in one way."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from odin_engine.drivers.dnssd import browse
from odin_engine.simulator.bambu.member import BambuMember
from odin_engine.simulator.catalogue import deeds_of
from odin_engine.simulator.control import ControlPort
from odin_engine.simulator.entry import BadFarm
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import read_farm
from odin_engine.simulator.kinds import BAMBU, families
from odin_engine.simulator.plain import Activity
from odin_engine.simulator.plain.member import PlainMember
from tests.engine.simulator import toy
from tests.patience import PATIENCE_S

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
BAMBU_FREE = "ports: {mqtt: 0, ftps: 0, camera: 0, detect: 0}"


@asynccontextmanager
async def running(
    folder: Path, *rows: str, continues: bool = False
) -> AsyncIterator[Farm]:
    path = folder / "farm.yaml"
    path.write_text(
        "clock_factor: 0\nprinters:\n" + "".join(f"  - {{{each}}}\n" for each in rows)
    )
    plan = read_farm(path, toy.find)
    async with Farm(plan, folder, started_at=NOON, continues=continues) as farm:
        yield farm


def plain(farm: Farm, place: int = 0) -> PlainMember:
    member = farm.members[place]
    assert isinstance(member, PlainMember)
    return member


def tell(member: PlainMember, name: str, **options: object) -> None:
    deeds = {**member.misbehaviours, **member.acts}
    member.tell(deeds[name], options)


async def ask(port: int) -> dict[str, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return json.loads(said) if said else {}


async def closed(port: int) -> None:
    """Waits until nobody listens there."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await ask(port)
            except OSError:
                return


async def opened(port: int) -> dict[str, Any]:
    """Waits until somebody listens there."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await ask(port)
            except OSError:
                await asyncio.sleep(0)


async def test_families_stand_side_by_side(tmp_path: Path) -> None:
    async with running(
        tmp_path,
        f"name: Ada, model: P1S, {BAMBU_FREE}",
        "name: Tim, family: toy, variant: mute, secret: k, serial: T1, announce: true",
        "family: toy, count: 2, ports: {line: 0}",
    ) as farm:
        rows = farm.addresses()
        assert [row["name"] for row in rows] == ["Ada", "Tim", "Toy 3", "Toy 4"]
        assert [row["family"] for row in rows] == ["bambu", "toy", "toy", "toy"]
        assert rows[0]["access_code"] == rows[0]["secret"]
        assert (rows[1]["serial"], rows[1]["secret"]) == ("T1", "k")
        assert rows[1]["options"] == {"variant": "mute"}
        assert [row["is_announced"] for row in rows] == [False, True, False, False]
        ports = [row["ports"]["line"] for row in rows[1:]]
        assert [await ask(port) for port in ports[:2]] == [
            {},
            {"state": "idle", "name": "Toy 3"},
        ]
        assert [each.machine.name for each in farm.printers] == ["Ada"]
        assert isinstance(farm.members[0], BambuMember)


async def test_ports_stand_in_blocks_and_real_ones_have_an_address_each(
    tmp_path: Path,
) -> None:
    (tmp_path / "farm.yaml").write_text("printers: [{family: toy, count: 3}]")
    plan = read_farm(tmp_path / "farm.yaml", toy.find)
    blocks = Farm(plan, tmp_path, started_at=NOON, first_port=21500)
    assert [each.ports["line"] for each in blocks.members] == [21500, 21505, 21510]
    real = Farm(plan, tmp_path, started_at=NOON, real_ports=True)
    assert [(each.host, each.ports["line"]) for each in real.members] == [
        (f"127.0.10.{number}", 17125) for number in (1, 2, 3)
    ]


async def test_jobs_follow_one_another(tmp_path: Path) -> None:
    async with running(
        tmp_path,
        "family: toy, next_after_s: 60, jobs: [{name: One, minutes: 10, at_percent: 40},"
        " {name: Two, minutes: 10, layers: 20, used_g: [10, 5], objects: [A, B]}]",
    ) as farm:
        machine = plain(farm).machine
        assert (machine.activity, plain(farm).percent) == (Activity.PRINTING, 40)
        machine.advance(380)
        assert machine.activity is Activity.FINISHED
        machine.change(has_filament=False)
        machine.advance(200)
        job = machine.job
        assert job is not None
        assert (job.name, job.layers, job.objects) == ("Two", 20, ("A", "B"))
        assert machine.has_filament
        assert job.used_mm == pytest.approx(5025)
        machine.advance(900)
        assert machine.job is not None
        assert machine.job.name == "One"


async def test_a_job_waits_for_a_clear_plate_where_it_shall(tmp_path: Path) -> None:
    async with running(
        tmp_path,
        "family: toy, next_after_s: 30, waits_for_clear_plate: true,"
        " jobs: [{name: One, minutes: 10, at_percent: 100}, {name: Two, minutes: 10}]",
    ) as farm:
        member = plain(farm)
        member.advance(3600)
        assert (member.state, member.machine.has_part) == ("finished", True)
        tell(member, "clear_plate")
        member.advance(40)
        assert member.machine.job is not None
        assert member.machine.job.name == "Two"


async def test_its_own_words_go_before_those_of_all(tmp_path: Path) -> None:
    async with running(tmp_path, "family: toy") as farm:
        member = plain(farm)
        tell(member, "start_job", job="Hook", minutes="30", layers=44, grams=2)
        member.advance(300)
        assert member.machine.job is not None
        assert member.machine.job.layers == 44
        tell(member, "pause")
        assert member.simulated.last == "pause"  # type: ignore[attr-defined]
        for name, complaint in (
            ("start_job", "a job already"),
            ("clear_plate", "on that plate"),
        ):
            with pytest.raises(ValueError, match=complaint):
                tell(member, name)
        tell(member, "resume")
        member.advance(1)
        assert member.is_printing
        tell(member, "remove_filament")
        assert member.state == "paused"
        tell(member, "insert_filament")
        tell(member, "cancel")
        assert member.state == "cancelled"
        for name in ("cancel", "resume"):
            with pytest.raises(ValueError, match="Toy 1"):
                tell(member, name)


async def test_a_misbehaviour_ends_by_itself_or_when_told(tmp_path: Path) -> None:
    async with running(tmp_path, "family: toy") as farm:
        member = plain(farm)
        tell(member, "drop_link")
        assert member.misbehaves == []
        tell(member, "mute", for_s=60)
        member.advance(30)
        tell(member, "mute", for_s=60)
        member.advance(40)
        assert member.misbehaves == ["mute"]
        member.advance(40)
        assert member.misbehaves == []
        assert await ask(member.ports["line"])
        tell(member, "mute")
        member.behave(member.misbehaviours["mute"])
        assert member.misbehaves == []
        with pytest.raises(ValueError, match="takes no 'loud'"):
            tell(member, "mute", loud=1)
        with pytest.raises(ValueError, match="unexpected keyword"):
            tell(member, "pause", loud=1)


async def test_the_switch_closes_and_opens_its_ports(tmp_path: Path) -> None:
    job = "job: {name: Part, minutes: 60, at_percent: 20}"
    async with running(
        tmp_path, f"family: toy, {job}", "name: Gone, family: toy, offline: true"
    ) as farm:
        member, gone = plain(farm), plain(farm, 1)
        port = member.ports["line"]
        assert (await ask(port))["state"] == "printing"
        assert (gone.state, gone.is_on) == ("off", False)
        tell(gone, "power_on")
        assert (await opened(gone.ports["line"]))["state"] == "idle"
        tell(member, "power_cut", for_s=60)
        await closed(port)
        assert (member.state, member.is_on, member.share) == ("off", False, None)
        with pytest.raises(ValueError, match="switched off"):
            tell(member, "pause")
        member.advance(61)
        assert (await opened(port))["state"] == "idle"
        # Faster than any hand: the ports follow one after the other.
        for name in ("power_off", "power_on", "power_off", "power_off"):
            tell(member, name)
        await closed(port)


async def test_a_port_that_is_taken_is_named_and_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, "name: Tim, family: toy") as farm:
        member = plain(farm)
        port = member.ports["line"]
        with pytest.raises(BadFarm, match=f"Tom: .*{port}.*--first-port"):
            async with running(
                tmp_path, f"name: Tom, family: toy, ports: {{line: {port}}}"
            ):
                pass
        tell(member, "power_off")
        await member.switched()
        with socket.create_server(("127.0.0.1", port)):
            tell(member, "power_on")
            await member.switched()
            assert not member.is_on
            assert "Tim cannot come back" in caplog.text
        tell(member, "power_on")
        await member.switched()
        assert member.is_on


async def test_a_scenario_happens_in_its_time(tmp_path: Path) -> None:
    async with running(
        tmp_path,
        "family: toy, job: {name: Part, minutes: 100}, scenario: ["
        "{at_percent: 50, do: remove_filament}, {after_s: 20, do: insert_filament},"
        "{after_s: 1, do: resume}, {at_s: 10, misbehave: mute}, {at_s: 20, end: mute}]",
    ) as farm:
        member = plain(farm)
        member.advance(15)
        assert member.misbehaves == ["mute"]
        member.advance(10)
        assert member.misbehaves == []
        while member.percent < 50:
            member.advance(10)
        member.advance(2)
        assert member.state == "paused"
        member.advance(40)
        assert member.is_printing


async def test_a_second_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    rows = (
        "name: Tim, family: toy, job: {name: Part, minutes: 100, at_percent: 20}",
        (
            "name: Tom, family: toy, next_after_s: 9, jobs: [{name: A, minutes: 1},"
            " {name: B, minutes: 9}]"
        ),
        "name: Tam, family: toy",
    )
    async with running(tmp_path, *rows, continues=True) as farm:
        plain(farm).advance(600)
        plain(farm, 1).advance(400)
        tell(plain(farm, 2), "power_off")
        before = [plain(farm, place).machine for place in (0, 1)]
        assert before[1].job is not None
        assert before[1].job.name == "B"
    async with running(tmp_path, *rows, continues=True) as farm:
        after = [plain(farm, place).machine for place in (0, 1)]
        assert [each.printed_s for each in after] == [each.printed_s for each in before]
        assert [each.job for each in after] == [each.job for each in before]
        assert plain(farm, 2).state == "off"
        while after[1].job is not None and after[1].job.name == "B":
            after[1].advance(10)
        assert after[1].job is not None
        assert after[1].job.name == "A"


async def test_what_cannot_be_read_starts_anew(tmp_path: Path) -> None:
    (tmp_path / "T1").mkdir()
    for broken in (
        "",
        "[]",
        '{"version": 1}',
        '{"version": 1, "is_off": 0, "taken": 0}',
    ):
        (tmp_path / "T1" / "machine.json").write_text(broken)
        row = "family: toy, serial: T1, job: {name: Part, minutes: 10, at_percent: 20}"
        async with running(tmp_path, row, continues=True) as farm:
            assert plain(farm).percent == 20


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("family: ghost", "'ghost'"),
        ("family: plain", "no simulated family is called 'plain'; there are: bambu"),
        ("family: ../cli", "no simulated family"),
        ("family: toy, colour: red", "unknown key colour"),
        ("family: toy, units: []", "unknown key units"),
        ("family: toy, variant: loud", "no variant 'loud'"),
        ("family: toy, options: {wings: 2}", "wings"),
        ("family: toy, options: [2]", "are written"),
        ("family: toy, job: {name: A, minutes: 9, slots: [0]}", "unknown key slots"),
        ("family: toy, job: {name: A, minutes: 0}", "so many minutes"),
        ("family: toy, job: {name: A, minutes: .nan}", "so many minutes"),
        ("family: toy, job: {minutes: 1}", "name"),
        ("family: toy, ports: {mqtt: 1}", "port mqtt: 1; there are line"),
        ("family: toy, ports: {line: 99999}", "up to 65535"),
        ("family: toy, host: example.org", "example.org"),
        ("family: toy, scenario: [{at_s: 1, do: open_door}]", "open_door"),
        ("family: toy, scenario: [{at_s: 1, end: drop_link}]", "happens once"),
        ("family: toy, next_after_s: soon", "soon"),
    ],
)
async def test_a_bad_entry_is_named_with_its_fault(
    tmp_path: Path, row: str, complaint: str
) -> None:
    with pytest.raises(BadFarm, match=complaint):
        async with running(tmp_path, row):
            pass


async def test_the_control_port_tells_machines_of_all_families(tmp_path: Path) -> None:
    async with (
        running(
            tmp_path, f"name: Ada, model: P1S, {BAMBU_FREE}", "family: toy, name: Tim"
        ) as farm,
        ControlPort(farm.members) as control,
        aiohttp.ClientSession(f"http://127.0.0.1:{control.port}") as session,
    ):
        async with session.get("/printers") as answer:
            rows = await answer.json()
        assert [(row["name"], row["family"], row["state"]) for row in rows] == [
            ("Ada", "bambu", "IDLE"),
            ("Tim", "toy", "idle"),
        ]
        for place, body, status, said in (
            (f"{rows[1]['serial']}/acts", {"name": "start_job"}, 200, "heating"),
            ("Tim/advance", {"seconds": 1800}, 200, "printing"),
            ("Tim/deeds", {"name": "mute", "for_s": 9}, 200, '"mute"'),
            ("Tim/deeds", {"name": "fault"}, 400, "there are: drop_link, mute, power"),
            ("Tim/deeds", {"name": "mute", "loud": 1}, 400, "takes no 'loud'"),
            ("Tim/deeds", {"name": "mute", "loud": [1]}, 400, "a text or a number"),
            ("Tim/deeds", {"name": "clear_plate"}, 409, "on that plate"),
            ("Ada/deeds", {"name": "open_door"}, 200, "IDLE"),
        ):
            async with session.post(f"/printers/{place}", json=body) as answer:
                assert answer.status == status, place
                assert said in await answer.text()
        async with session.delete("/printers/Tim/misbehaviours/drop_link") as answer:
            assert answer.status == 409


async def test_what_announces_itself_is_heard_while_it_is_on(tmp_path: Path) -> None:
    rows = ("name: Tim, family: toy, announce: true", "name: Tom, family: toy")
    async with running(tmp_path, *rows) as farm:
        heard = browse("_toy._tcp.local.", 10, IPv4Address("127.0.0.1"))
        async for service in heard:
            assert (service.name, service.host) == ("Tim", "127.0.0.1")
            assert service.port == farm.members[0].ports["line"]
            assert service.properties == {"model": "Toy One"}
            break
        else:
            pytest.fail("nothing was heard")


@pytest.mark.parametrize("family", families()[1:])
async def test_a_machine_of_every_family_is_switched_and_continued(
    tmp_path: Path, family: str
) -> None:
    job = "{name: part.gcode, minutes: 100, at_percent: 20}"
    rows = (f"family: {family}, name: Ann, job: {job}", f"family: {family}, name: Bob")
    async with running(tmp_path, *rows, continues=True) as farm:
        ann, bob = plain(farm), plain(farm, 1)
        assert (ann.state, ann.percent) == ("printing", 20)
        assert ann.ports.keys() & ann.kind.ports.keys()
        taken = {*ann.ports.values(), *bob.ports.values()}
        assert len(taken) == 2 * len(ann.ports)
        for name in ("power_off", "power_on", "power_off", "power_on"):
            tell(bob, name)
            await bob.switched()
            assert bob.is_on == (name == "power_on")
        tell(bob, "start_job", job="other.gcode", minutes=10)
        bob.advance(3600)
        assert bob.state == "finished"
        ann.advance(600)
        before = ann.machine.printed_s
        address = {**ann.address(), "ports": None}
    async with running(tmp_path, *rows, continues=True) as farm:
        ann, bob = plain(farm), plain(farm, 1)
        assert {**ann.address(), "ports": None} == address
        assert ann.machine.printed_s == pytest.approx(before, abs=2)
        ann.advance(600)
        assert ann.state == "printing"
        assert ann.machine.job is not None
        assert ann.machine.job.name == "part.gcode"
        assert bob.state == "finished"


def test_every_family_there_is_can_be_told_something() -> None:
    assert families()[0] == BAMBU
    for family in families():
        misbehaviours, acts = deeds_of(family)
        assert "power_cut" in misbehaviours
        assert {"pause", "resume", "clear_plate", "start_job"} <= set(acts)
        for deed in (*misbehaviours.values(), *acts.values()):
            assert deed.help.endswith("."), (family, deed.name)
    misbehaviours, _ = deeds_of("toy", toy.find)
    assert not misbehaviours["drop_link"].lasts
    assert misbehaviours["mute"].lasts
