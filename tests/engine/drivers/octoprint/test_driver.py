"""What the contract suite does not know: jobs, the machine behind, sessions, files."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from odin_engine.drivers.printers.octoprint.driver import OctoprintDriver
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    Activity,
    AnswerPrompt,
    CommandRejected,
    ConnectMachine,
    DisconnectMachine,
    LinkReason,
    LinkStatus,
    LoginRejected,
    NotSupported,
    Pause,
    ProtocolViolation,
    Resume,
    SelectTool,
    SendGcode,
    SetFan,
    SetFlow,
    SetNozzleTemperature,
    SetPower,
    SetSpeedPercent,
    StartPrint,
    Stop,
    Unreachable,
)
from odin_engine.printers.ports import HasConsole, ListsFiles, Record
from odin_engine.simulator.plain import PlainJob
from tests.engine.doubles import ManualClock, settle
from tests.engine.drivers.contract import (
    Watch,
    anything,
    connected,
    finish,
    first_error,
)
from tests.engine.drivers.octoprint.rigs import OctoprintRig, simulated
from tests.patience import PATIENCE_S

GCODE = b";TIME:600\n;LAYER_COUNT:20\nM104 S200\nG28\n"


@pytest.fixture(params=["1.11", "2.0"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[OctoprintRig]:
    async with simulated(request.param) as rig:
        yield rig


def start(token: int = 7) -> StartPrint:
    return StartPrint("part.gcode", "part", 1, (), token)


async def put(driver: object, folder: Path) -> None:
    source = folder / "source.gcode"
    source.write_bytes(GCODE)
    assert isinstance(driver, OctoprintDriver)
    await driver.upload(source, "part.gcode", lambda *_: None)


async def test_a_print_from_upload_to_end(rig: OctoprintRig, tmp_path: Path) -> None:
    async with connected(rig) as (driver, watch):
        await put(driver, tmp_path)
        await driver.execute(start(4711))
        state = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert state.job is not None
        assert (state.job.token, state.job.name) == (4711, "part.gcode")
        rig.server.machine.advance(200)
        await watch.until(lambda s: s.activity is Activity.PRINTING)
        await driver.execute(Pause())
        await watch.until(lambda s: s.activity is Activity.PAUSED)
        await driver.execute(Resume())
        await watch.until(lambda s: s.activity is Activity.PRINTING)
        rig.server.machine.advance(2000)
        state = await watch.until(lambda s: s.activity is Activity.FINISHED)
        assert state.job is not None
        assert (state.job.token, state.job.progress_pct) == (4711, 100)
        # The next run of the same file is not ours, until we say so.
        rig.server.start_job(PlainJob("part.gcode"))
        state = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert state.job is not None
        assert state.job.token is None


async def test_a_cancel_is_a_cancel(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        await driver.execute(Stop())
        await watch.until(lambda s: s.activity is Activity.CANCELLED)
        with pytest.raises(CommandRejected, match="neither printing nor paused"):
            await driver.execute(Stop())


async def test_a_file_that_is_gone_is_not_printed(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        with pytest.raises(CommandRejected, match="not on OctoPrint"):
            await driver.execute(start())
        rig.begin_print()
        state = await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert state.job is not None
        assert state.job.token is None


async def test_a_busy_machine_takes_no_second_print(
    rig: OctoprintRig, tmp_path: Path
) -> None:
    async with connected(rig) as (driver, watch):
        await put(driver, tmp_path)
        await driver.execute(start())
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        with pytest.raises(CommandRejected, match="already printing"):
            await driver.execute(start(8))
        with pytest.raises(CommandRejected, match="prints that very file"):
            await put(driver, tmp_path)
        with pytest.raises(CommandRejected, match="in use"):
            await driver.delete_file("part.gcode")


async def test_a_print_that_it_does_not_start_shows_none(
    rig: OctoprintRig, tmp_path: Path
) -> None:
    rig.server.misbehave("not_started")
    async with connected(rig) as (driver, watch):
        await put(driver, tmp_path)
        await driver.execute(start())
        await driver.ask_for_report()
        assert watch.states[-1].activity is Activity.IDLE


async def test_the_machine_goes_and_comes(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        await driver.execute(DisconnectMachine())
        state = await watch.until(lambda s: s.link is LinkStatus.OFFLINE)
        assert state.link_reason is LinkReason.MACHINE_AWAY
        assert state.activity is Activity.IDLE
        with pytest.raises(NotSupported):
            await driver.execute(start())
        await driver.ask_for_report()
        await driver.execute(ConnectMachine())
        await watch.until(lambda s: s.link is LinkStatus.ONLINE)


async def test_a_pulled_cable_fails_the_print(rig: OctoprintRig) -> None:
    async with connected(rig) as (_, watch):
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        rig.server.misbehave("lose_machine")
        state = await watch.until(lambda s: s.link is LinkStatus.OFFLINE)
        assert state.activity is Activity.FAILED
        rig.server.behave("lose_machine")
        await watch.until(lambda s: s.link is LinkStatus.ONLINE)


async def test_a_host_without_its_machine_is_a_state(rig: OctoprintRig) -> None:
    rig.server.act("disconnect")
    async with connected(rig) as (driver, watch):
        state = watch.states[0]
        assert (state.link, state.activity) == (LinkStatus.OFFLINE, None)
        assert state.link_reason is LinkReason.MACHINE_AWAY
        await driver.execute(ConnectMachine())
        state = await watch.until(lambda s: s.link is LinkStatus.ONLINE)
        assert state.activity is Activity.IDLE


async def test_a_fault_of_the_machine(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        rig.server.misbehave("error")
        state = await watch.until(lambda s: s.activity is Activity.FAILED)
        state = await watch.until(lambda s: bool(s.faults))
        assert "MINTEMP" in state.faults[0].text
        await watch.until(lambda s: "connect_machine" in s.capabilities.commands)
        assert "start_print" not in watch.states[-1].capabilities.commands
        await driver.execute(ConnectMachine())
        await watch.until(lambda s: not s.faults)


async def test_factors_fan_and_heat(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        await driver.execute(SetSpeedPercent(130))
        await driver.execute(SetFlow(90))
        await driver.execute(SetFan("part", 50))
        state = await watch.until(lambda s: s.fans.part_pct == 50)
        assert state.speed is not None
        assert (state.speed.percent, state.speed.flow_pct) == (130, 90)
        assert rig.server.machine.speed_pct == 130
        await driver.execute(SetNozzleTemperature(205))
        await watch.until(lambda s: s.temperatures.nozzles[0].target_c == 205)
        await driver.execute(SendGcode(("M104 S190", "M220 S100")))
        await watch.until(lambda s: s.temperatures.nozzles[0].target_c == 190)


async def test_tools_and_chamber_by_the_profile() -> None:
    async with (
        simulated("1.11", extruders=2, has_chamber=1) as rig,
        connected(rig) as (driver, watch),
    ):
        state = watch.states[0]
        assert len(state.temperatures.nozzles) == 2
        assert state.temperatures.chamber is not None
        assert [sensor.name for sensor in state.sensors] == ["BRD"]
        await driver.execute(SelectTool(1))
        await watch.until(lambda s: s.nozzles[1].is_active)
        await driver.execute(SetNozzleTemperature(99, 1))
        await watch.until(lambda s: s.temperatures.nozzles[1].target_c == 99)


async def test_a_question_is_answered(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        with pytest.raises(NotSupported):
            await driver.execute(AnswerPrompt(0))
        rig.server.act("ask", text="Load?", choices="Yes, No")
        state = await watch.until(lambda s: s.prompt is not None)
        assert state.prompt is not None
        assert state.prompt.choices == ("Yes", "No")
        await driver.execute(AnswerPrompt(1))
        await watch.until(lambda s: s.prompt is None)
        assert rig.server.inner.prompt is None


async def test_a_question_that_was_open_is_seen(rig: OctoprintRig) -> None:
    rig.server.act("ask")
    async with connected(rig) as (_, watch):
        assert watch.states[0].prompt is not None


async def test_power_by_the_plugin(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        assert watch.states[0].power_devices[0].is_on is True
        await driver.execute(SetPower("printer", is_on=False))
        state = await watch.until(lambda s: s.link is LinkStatus.OFFLINE)
        assert state.power_devices[0].is_on is False
        await driver.execute(SetPower("printer", is_on=True))
        await watch.until(lambda s: s.power_devices[0].is_on is True)


async def test_without_plugins_nothing_is_offered() -> None:
    async with simulated("1.11", has_plugins=0) as rig, connected(rig) as (_, watch):
        assert watch.states[0].power_devices == ()
        assert "set_power" not in watch.states[0].capabilities.commands


async def _clients(rig: OctoprintRig, clock: ManualClock, wanted: int) -> None:
    """Waits until the server has so many sockets."""
    while rig.clients != wanted:
        await clock.advance(0.5 if wanted else 0)


async def test_it_logs_in_anew_when_told_to(rig: OctoprintRig) -> None:
    clock = ManualClock()
    async with connected(rig, clock) as (driver, watch):
        rig.server.misbehave("reauth")
        async with asyncio.timeout(PATIENCE_S):
            await _clients(rig, clock, 0)
            await _clients(rig, clock, 1)
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        assert driver.rejected_messages == 0


async def test_a_silent_socket_is_given_up(rig: OctoprintRig) -> None:
    rig.server.misbehave("silent")
    clock = ManualClock()
    driver = rig.driver(rig.connection, clock, clock)
    async with Watch(driver) as watch:
        ending = asyncio.create_task(watch.end())
        error = await finish(ending, clock)
    assert isinstance(error, Unreachable)
    assert "sends nothing" in error.message
    assert watch.states == []


async def test_an_imitation_is_refused_and_not_told_the_key(rig: OctoprintRig) -> None:
    rig.server.misbehave("imposter")
    error = await first_error(rig, rig.connection)
    assert isinstance(error, ProtocolViolation)
    assert "Moonraker" in error.message
    assert rig.logins == 0


async def test_a_key_that_is_revoked_ends_it(rig: OctoprintRig) -> None:
    async with connected(rig) as (_, watch):
        rig.server.misbehave("wrong_key")
        rig.server.misbehave("reauth")
        assert isinstance(await watch.end(), LoginRejected)


async def test_a_key_that_a_command_finds_revoked_ends_it(rig: OctoprintRig) -> None:
    # The server leaves the socket open.
    async with connected(rig) as (driver, watch):
        rig.server.misbehave("wrong_key")
        with pytest.raises(LoginRejected, match="refuses the key"):
            await driver.execute(rig.harmless)
        assert isinstance(await watch.end(), LoginRejected)


async def test_a_stop_says_when_the_key_is_revoked(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        rig.server.misbehave("wrong_key")
        with pytest.raises(LoginRejected, match="refuses the key"):
            await driver.emergency_stop()
        assert isinstance(await watch.end(), LoginRejected)


async def test_a_look_that_finds_the_key_revoked_ends_it(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        rig.server.misbehave("wrong_key")
        with pytest.raises(LoginRejected):
            await driver.ask_for_report()
        assert isinstance(await watch.end(), LoginRejected)


async def test_a_slow_server_is_no_lost_one(rig: OctoprintRig) -> None:
    rig.server.misbehave("slow", seconds=0.05)
    async with connected(rig) as (driver, _):
        await driver.execute(rig.harmless)


async def test_the_server_goes_and_comes_back(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        await rig.server.__aexit__(None, None, None)
        assert isinstance(await watch.end(), Unreachable)
        async with rig.server, Watch(driver) as again:
            await again.until(anything)
            await driver.execute(rig.harmless)
        await rig.server.__aenter__()


async def test_a_server_that_starts_is_not_there_yet(rig: OctoprintRig) -> None:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # What stands in for the real one has no header.
        writer.write(b"Not found")
        writer.close()

    async with await asyncio.start_server(say, "127.0.0.1", 0) as starting:
        port = starting.sockets[0].getsockname()[1]
        error = await first_error(rig, replace(rig.connection, ports={"http": port}))
    assert isinstance(error, Unreachable)
    assert "while it starts" in error.message


async def test_an_end_while_the_link_was_lost(rig: OctoprintRig) -> None:
    clock = ManualClock()
    async with connected(rig, clock) as (driver, watch):
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        rig.cut()
        await watch.end()
        await clock.advance(10)
        rig.server.machine.advance(3000)
        async with Watch(driver) as again:
            await again.until(lambda s: s.activity is Activity.FINISHED)


async def test_the_conversation_can_be_read(rig: OctoprintRig) -> None:
    async with connected(rig) as (driver, watch):
        assert isinstance(driver, HasConsole)
        await driver.execute(SendGcode(("M105",)))
        async with asyncio.timeout(PATIENCE_S):
            while not driver.console(0):
                await settle(1)
        lines = driver.console(0)
        assert (lines[0].text, lines[0].is_sent) == ("M105", True)
        assert not lines[1].is_sent
        assert driver.console(lines[0].number)[0].number == lines[1].number
        assert watch.states[0].capabilities.has_console


async def test_files_and_recordings_are_listed(
    rig: OctoprintRig, tmp_path: Path
) -> None:
    async with connected(rig) as (driver, _):
        await put(driver, tmp_path)
        assert isinstance(driver, ListsFiles)
        assert [(f.name, f.size_bytes) for f in await driver.files()] == [
            ("part.gcode", len(GCODE))
        ]
        assert [film.name for film in await driver.timelapses()] == ["part.mp4"]


async def test_an_emergency_stop_needs_no_session(rig: OctoprintRig) -> None:
    driver = rig.driver(rig.connection, SystemClock(), LoopTicker())
    await driver.emergency_stop()
    assert rig.stops == 1


async def test_a_cancel_does_not_wait_behind_what_hangs(
    rig: OctoprintRig, tmp_path: Path
) -> None:
    async with connected(rig, ManualClock()) as (driver, watch):
        await put(driver, tmp_path)
        rig.begin_print()
        await watch.until(lambda s: s.activity is Activity.PREPARING)
        rig.server.misbehave("ignore_commands")
        hung = [asyncio.create_task(driver.execute(rig.harmless)) for _ in range(4)]
        await asyncio.sleep(0.05)
        rig.server.behave("ignore_commands")
        async with asyncio.timeout(PATIENCE_S):
            await driver.execute(Stop())
            await watch.until(lambda s: s.activity is Activity.CANCELLED)
        for each in hung:
            each.cancel()
        await asyncio.gather(*hung, return_exceptions=True)


async def test_nothing_is_left_running(rig: OctoprintRig, tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with connected(rig) as (driver, _):
        await put(driver, tmp_path)
        rig.server.misbehave("ignore_commands")
        waiting = [
            asyncio.ensure_future(each)
            for each in (
                driver.execute(rig.harmless),
                driver.execute(start()),
                driver.camera_frame("classic"),
                put(driver, tmp_path),
                driver.emergency_stop(),
            )
        ]
        await asyncio.sleep(0.05)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await driver.close()
    await asyncio.sleep(0.1)
    left = [repr(each) for each in asyncio.all_tasks() - before]
    assert not [each for each in left if "drivers/printers" in each]


async def test_recordings_hold_no_key(rig: OctoprintRig) -> None:
    records: list[Record] = []
    driver = OctoprintDriver(
        rig.connection, SystemClock(), LoopTicker(), records.append
    )
    async with Watch(driver) as watch:
        await watch.until(anything)
        await driver.execute(rig.harmless)
    assert {"socket", "POST /api/printer/bed", "GET /api/settings"} <= {
        record.topic for record in records
    }
    assert rig.connection.secret is not None
    assert rig.connection.secret not in repr(records)
    assert "session" not in repr(records)
    assert "OWN-KEY" not in repr(records)


async def test_a_prefix_goes_before_everything(rig: OctoprintRig) -> None:
    async with simulated("1.11", prefix="/octoprint") as hidden:
        async with connected(hidden) as (driver, watch):
            await driver.execute(hidden.harmless)
            await watch.until(lambda s: s.activity is Activity.IDLE)
        without = replace(hidden.connection, options={})
        error = await first_error(hidden, without)
    assert isinstance(error, ProtocolViolation)
    assert "404" in error.message
    wrong = replace(rig.connection, options={"prefix": "elsewhere/"})
    assert isinstance(await first_error(rig, wrong), ProtocolViolation)
