"""What a machine can be told by name, each as a file and as a running farm tells it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from odin_engine.simulator.bambu import Misbehaviour, SimulatedPrinter, make_sliced_3mf
from odin_engine.simulator.bambu.deeds import ACTS, DEEDS, MISBEHAVIOURS, tell
from odin_engine.simulator.bambu.entry import JOB_KEYS, PRINTER_KEYS, UNIT_KEYS
from odin_engine.simulator.bambu.machine.units import EXTERNAL, NOTHING, UnitKind
from odin_engine.simulator.bambu.member import BambuMember
from odin_engine.simulator.control import FARM_HEADER, ControlPort
from odin_engine.simulator.deeds import BadOption, NotNow, UnknownName, find
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import FARM_KEYS, read_farm
from odin_engine.simulator.kinds import families
from odin_engine.simulator.plain.acts import ACTS as PLAIN_ACTS
from odin_engine.simulator.plain.acts import START_JOB
from odin_engine.simulator.plain.entry import JOB_KEYS as PLAIN_JOB_KEYS
from odin_engine.simulator.plain.entry import PRINTER_KEYS as PLAIN_KEYS
from odin_engine.simulator.scenario import BadScenario, play

REPOSITORY = Path(__file__).parents[3]
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def do(printer: SimulatedPrinter, name: str, **options: object) -> None:
    tell(printer, find(name, DEEDS), options)


def state(printer: SimulatedPrinter) -> str:
    return str(printer.machine.gcode_state)


def begun(printer: SimulatedPrinter) -> list[str]:
    """Names whatever misbehaviour begins from now on."""
    names: list[str] = []

    def listen(
        which: Misbehaviour, options: Mapping[str, object], *, begins: bool
    ) -> None:
        del options
        if begins:
            names.append(str(which))

    printer.machine.misbehaviours.listen(listen)
    return names


def test_every_misbehaviour_is_in_the_table() -> None:
    assert list(MISBEHAVIOURS) == sorted(Misbehaviour)
    assert list(ACTS) == sorted(ACTS)


@pytest.mark.parametrize("name", list(Misbehaviour))
async def test_each_is_reached_by_a_file_and_at_run_time(
    p1s: SimulatedPrinter, name: str
) -> None:
    seen = begun(p1s)
    play(BambuMember(p1s), [{"at_s": 5, "misbehave": name}])
    p1s.advance(4)
    assert seen == []
    p1s.advance(3)
    assert seen == [name]
    p1s.machine.behave(name)
    async with _control(p1s) as session:
        place = f"/printers/{p1s.serial}/misbehaviours"
        async with session.post(place, json={"name": name}) as answer:
            assert answer.status == 200
    assert seen == [name, name]


async def test_the_screen(p1s: SimulatedPrinter) -> None:
    with pytest.raises(NotNow, match="not printing"):
        do(p1s, "pause")
    do(p1s, "start_job", job="Hook", minutes="30", layers=44, tray="A2")
    p1s.advance(500)
    job = p1s.machine.prints.job
    assert job is not None
    assert (job.plan.name, job.plan.layers, job.slots) == ("Hook", 44, {0: 1})
    with pytest.raises(NotNow, match="a job already"):
        do(p1s, "start_job")
    with pytest.raises(NotNow, match="on that plate"):
        do(p1s, "clear_plate")
    do(p1s, "pause")
    assert state(p1s) == "PAUSE"
    do(p1s, "resume")
    assert state(p1s) == "RUNNING"
    do(p1s, "stop")
    assert state(p1s) == "FAILED"
    p1s.advance(10)
    assert p1s.machine.alarms.print_error
    do(p1s, "clear_fault")
    assert not p1s.machine.alarms.print_error
    assert p1s.machine.prints.plate_occupied
    do(p1s, "clear_plate")
    assert not p1s.machine.prints.plate_occupied


async def test_the_door_and_the_switch(x1c: SimulatedPrinter) -> None:
    was_open = []
    for name in ("open_door", "close_door"):
        do(x1c, name)
        was_open.append(x1c.machine.settings.door_open)
    assert was_open == [True, False]
    # Faster than any hand: the ports follow one after the other.
    do(x1c, "power_off")
    do(x1c, "power_on")
    do(x1c, "power_off")
    with pytest.raises(NotNow, match="switched off"):
        do(x1c, "start_job")
    do(x1c, "power_on")
    await x1c.wait_until_open()


async def test_the_spools(p1s: SimulatedPrinter) -> None:
    feed = p1s.machine.feed
    do(p1s, "insert_spool", tray="ext", preset="GFG99", color="BCBCBC", percent=40)
    spool = feed.spool(EXTERNAL)
    assert spool is not None
    assert (spool.filament.type, spool.color, spool.remaining_g) == (
        "PETG",
        "BCBCBCFF",
        400,
    )
    do(p1s, "load", tray="A1")
    p1s.advance(600)
    assert feed.now == 0
    with pytest.raises(NotNow, match="unload it first"):
        do(p1s, "remove_spool", tray="A1")
    do(p1s, "unload")
    p1s.advance(600)
    assert feed.now == NOTHING
    do(p1s, "remove_spool", tray=0)
    assert feed.spool(0) is None
    with pytest.raises(NotNow, match="no spool"):
        do(p1s, "remove_spool", tray=0)
    with pytest.raises(NotNow, match="no such tray"):
        do(p1s, "insert_spool", tray="D1")


async def test_a_refill_lets_a_job_go_on_that_ran_out(p1s: SimulatedPrinter) -> None:
    with pytest.raises(NotNow, match="no job"):
        do(p1s, "refill")
    do(p1s, "start_job", tray="A2")
    p1s.advance(600)
    with pytest.raises(NotNow, match="not empty"):
        do(p1s, "refill")
    do(p1s, "runout")
    p1s.advance(5)
    assert state(p1s) == "PAUSE"
    do(p1s, "refill")
    do(p1s, "resume")
    p1s.advance(300)
    assert state(p1s) == "RUNNING"
    assert p1s.machine.alarms.print_error == 0


@pytest.mark.parametrize("model", ["P1S", "H2D"])
async def test_a_file_is_started_from_the_screen(model: str) -> None:
    async with SimulatedPrinter(model, clock_factor=0) as printer:
        with pytest.raises(NotNow, match="no file on the card"):
            do(printer, "start_file")
        with pytest.raises(NotNow, match=r"no /cache/x\.3mf"):
            do(printer, "start_file", file="cache/x.3mf")
        make_sliced_3mf(printer.card.root / "cache" / "hook.gcode.3mf")
        with pytest.raises(NotNow, match="cannot be printed"):
            do(printer, "start_file", plate=9)
        do(printer, "start_file")
        printer.advance(60)
        job = printer.machine.prints.job
        assert job is not None
        assert printer.machine.alarms.print_error == 0
        assert printer.machine.prints.is_busy
        assert job.options.subtask_name == "hook"


@pytest.mark.parametrize(
    ("name", "options", "complaint"),
    [
        ("fault", {"code": "x"}, "takes no 'code'; it takes: print_error, hms"),
        ("fault", {"print_error": "grim"}, "such as 0300_8003"),
        ("fault", {"print_error": 0o5004003}, "in quotes"),
        ("fault", {"hms": "0" * 17 + "1" * 17}, "in quotes"),
        ("silent", {"for_s": -1}, "a number above 0"),
        ("silent", {"for_s": True}, "a number above 0"),
        ("silent", {"for_s": "nan"}, "a number above 0"),
        ("silent", {"for_s": [1]}, "a number above 0"),
        ("refuse_commands", {"form": "z"}, "a, b or c"),
        ("refuse_commands", {"form": []}, "a, b or c"),
        ("drop_link", {"for_s": 3}, "takes no 'for_s'; it takes: nothing"),
        ("load", {}, "needs tray"),
        ("load", {"tray": "Z9"}, "A1, B4, ext"),
        ("load", {"tray": 255}, "A1, B4, ext"),
        ("insert_spool", {"tray": 0, "color": "red"}, "F2754E"),
        ("insert_spool", {"tray": 0, "preset": ""}, "a text"),
    ],
)
def test_options_of_no_use_are_named(
    name: str, options: Mapping[str, object], complaint: str
) -> None:
    with pytest.raises(BadOption) as error:
        find(name, DEEDS).read(options)
    assert complaint in str(error.value)


def test_a_name_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match=r"'grumpy'; there are: busy, .*unload"):
        find("grumpy", DEEDS)
    assert find("drop-link", DEEDS).name == "drop_link"


async def test_a_scenario_happens_in_its_time(p1s: SimulatedPrinter) -> None:
    do(p1s, "start_job", minutes=600)
    p1s.advance(600)
    play(
        BambuMember(p1s),
        [
            {"at_s": 10, "misbehave": "fault", "hms": "0C00_0300_0003_0008"},
            {"after_s": 20, "do": "clear_fault"},
            {"after_s": 1, "do": "resume"},
            {"every_s": 100, "do": "open_door"},
            {"after_s": 30, "do": "close_door"},
            {"at_s": 50, "misbehave": "silent"},
            {"at_s": 60, "end": "silent"},
        ],
    )
    machine = p1s.machine

    def at(seconds: float) -> tuple[str, bool, list[str]]:
        p1s.advance(seconds - (machine.elapsed_s - start))
        return (
            state(p1s),
            machine.settings.door_open,
            machine.misbehaviours.names(),
        )

    start = machine.elapsed_s
    assert at(9) == ("RUNNING", False, [])
    assert at(12) == ("PAUSE", False, [])
    assert at(36) == ("RUNNING", False, [])
    assert at(55) == ("RUNNING", False, ["silent"])
    assert at(70) == ("RUNNING", False, [])
    assert at(110) == ("RUNNING", True, [])
    assert at(140) == ("RUNNING", False, [])
    # Each round begins after the one before is over.
    assert at(240) == ("RUNNING", True, [])


async def test_a_step_waits_for_a_job_to_get_there(p1s: SimulatedPrinter) -> None:
    play(BambuMember(p1s), [{"at_percent": 50, "misbehave": "fault"}])
    for _ in range(2):
        do(p1s, "start_job", minutes=20)
        p1s.advance(2400)
        assert state(p1s) == "PAUSE"
        assert p1s.machine.prints.percent == 50
        do(p1s, "resume")
        p1s.advance(1200)
        assert state(p1s) == "FINISH"


async def test_chance_and_time_hang_on_the_serial_alone() -> None:
    steps = [{"every_s": [10, 60], "chance": 0.5, "misbehave": "fault"}]
    times = []
    for serial in ("01P1", "01P1", "01P2"):
        printer = SimulatedPrinter("P1S", serial, clock_factor=0)
        seen = begun(printer)
        play(BambuMember(printer), steps)
        moments = []
        for _ in range(600):
            before = len(seen)
            printer.machine.tick(1)
            if len(seen) > before:
                moments.append(printer.machine.elapsed_s)
        times.append(moments)
    assert times[0] == times[1] != times[2]
    assert 3 < len(times[0]) < 40


async def test_what_cannot_be_done_then_is_left_out(p1s: SimulatedPrinter) -> None:
    play(
        BambuMember(p1s),
        [{"at_s": 1, "do": "resume"}, {"after_s": 1, "do": "open_door"}],
    )
    p1s.advance(5)
    assert p1s.machine.settings.door_open


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        ({"misbehave": "silent"}, "at_s"),
        ({"at_s": 1}, "misbehave"),
        ({"at_s": 1, "misbehave": "grumpy"}, "grumpy"),
        ({"at_s": 1, "misbehave": "resume"}, "resume"),
        ({"at_s": 1, "every_s": 2, "do": "resume"}, "one of at_s"),
        ({"at_s": -1, "do": "resume"}, "no time"),
        ({"at_s": [5, 1], "do": "resume"}, "no time"),
        ({"every_s": 0, "do": "resume"}, "above 0"),
        ({"at_s": 1, "end": "fault"}, "happens once"),
        ({"at_s": 1, "misbehave": "silent", "seconds": 4}, "takes no 'seconds'"),
    ],
)
async def test_a_step_that_says_nothing_is_refused(
    p1s: SimulatedPrinter, step: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(BadScenario, match=complaint):
        play(BambuMember(p1s), [step])


async def test_the_control_port_finds_a_printer_by_name_or_serial(
    tmp_path: Path,
) -> None:
    (tmp_path / "farm.yaml").write_text(
        "printers: [{name: Ada, model: P1S, ports: {mqtt: 0, ftps: 0, camera: 0, "
        "detect: 0}}]"
    )
    plan = read_farm(tmp_path / "farm.yaml")
    async with Farm(plan, tmp_path, started_at=NOON) as running:
        printer = running.printers[0]
        async with _control(printer) as session:
            for name in ("Ada", "ada", printer.serial):
                place = f"/printers/{name}"
                said = await _post(session, f"{place}/misbehaviours", name="silent")
                assert said["misbehaviours"] == ["silent"]
                async with session.delete(f"{place}/misbehaviours/silent") as answer:
                    assert answer.headers[FARM_HEADER]
                assert printer.machine.misbehaviours.names() == []
            said = await _post(session, "/printers/ada/acts", name="start_job")
            assert said["name"] == "Ada"
            before = printer.machine.elapsed_s
            await _post(session, "/printers/ada/advance", seconds=600)
            assert printer.machine.elapsed_s - before >= 600


async def test_the_control_port_says_what_is_wrong(p1s: SimulatedPrinter) -> None:
    place = f"/printers/{p1s.serial}"
    async with _control(p1s) as session:
        for path, body, status, complaint in (
            ("misbehaviours", {"name": "grumpy"}, 400, "there are: busy, cancel"),
            ("misbehaviours", {"name": "clear_plate"}, 400, "there are: busy, cancel"),
            ("misbehaviours", {"name": "silent", "x": 1}, 400, "takes no 'x'"),
            ("misbehaviours", {}, 400, "give a name"),
            ("misbehaviours", [], 400, "no object"),
            ("acts", {"name": "pause"}, 409, "is not printing"),
            ("acts", {"name": "silent"}, 400, "there are: clear_fault"),
            ("acts", {"name": "insert_spool", "tray": 0, "preset": "X"}, 400, "'X'"),
            ("advance", {"seconds": -1}, 400, "a week"),
            ("advance", {"seconds": True}, 400, "a week"),
            ("../nobody/advance", {"seconds": 1}, 404, "there are: P1S"),
        ):
            async with session.post(f"{place}/{path}", json=body) as answer:
                assert answer.status == status, path
                assert complaint in await answer.text()
        for name, status in (("grumpy", 404), ("fault", 409)):
            async with session.delete(f"{place}/misbehaviours/{name}") as answer:
                assert answer.status == status


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Origin": "http://evil.example"}, b'{"name": "silent"}', 403),
        ({"Origin": "null"}, b'{"name": "silent"}', 403),
        ({"Sec-Fetch-Site": "cross-site"}, b'{"name": "silent"}', 403),
        ({"Host": "evil.example"}, b'{"name": "silent"}', 403),
        ({"Host": "127.0.0.1.evil.example:1"}, b'{"name": "silent"}', 403),
        ({"Content-Type": "text/plain"}, b'{"name": "silent"}', 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"name=silent", 415),
        ({}, b'{"name": "' + b"x" * 20000 + b'"}', 413),
        ({}, b"\xff", 400),
    ],
)
async def test_no_web_page_drives_the_control_port(
    p1s: SimulatedPrinter, headers: Mapping[str, str], body: bytes, status: int
) -> None:
    place = f"/printers/{p1s.serial}/misbehaviours"
    sent = {"Content-Type": "application/json", **headers}
    async with (
        _control(p1s) as session,
        session.post(place, data=body, headers=sent) as answer,
    ):
        assert answer.status == status
    assert p1s.machine.misbehaviours.names() == []


def test_the_manual_names_everything() -> None:
    text = (REPOSITORY / "docs" / "simulator.md").read_text()
    names = {*MISBEHAVIOURS, *ACTS, *FARM_KEYS, *PRINTER_KEYS, *JOB_KEYS, *UNIT_KEYS}
    names |= {*PLAIN_ACTS, *PLAIN_KEYS, *PLAIN_JOB_KEYS, *START_JOB.parameters}
    names |= {*UnitKind, *families()}
    for table in (MISBEHAVIOURS, ACTS):
        names |= {key for deed in table.values() for key in deed.parameters}
    missing = sorted(name for name in names if f"`{name}`" not in text)
    assert missing == []


@asynccontextmanager
async def _control(
    printer: SimulatedPrinter,
) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        ControlPort([BambuMember(printer)]) as control,
        aiohttp.ClientSession(f"http://127.0.0.1:{control.port}") as session,
    ):
        yield session


async def _post(
    session: aiohttp.ClientSession, path: str, **body: object
) -> dict[str, Any]:
    async with session.post(path, json=body) as answer:
        assert answer.status == 200, await answer.text()
        summary: dict[str, Any] = await answer.json()
        return summary
