"""`odin misbehave` finds the farm that runs, and says what is wrong in a sentence."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import click
import pytest
from click.testing import CliRunner, Result

from odin_engine.cli import main
from odin_engine.cli.farm_control import farms_on
from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.bambu.member import BambuMember
from odin_engine.simulator.control import ControlPort


@pytest.fixture
async def ada() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter("P1S", name="Ada", clock_factor=0) as printer:
        yield printer


@pytest.fixture
async def control(ada: SimulatedPrinter) -> AsyncIterator[ControlPort]:
    async with ControlPort([BambuMember(ada)]) as control:
        yield control


async def odin(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, arguments)


async def tell(control: ControlPort, *arguments: str) -> Result:
    port = ("--control-port", str(control.port))
    return await odin("misbehave", *arguments, *port)


async def test_a_misbehaviour_begins_and_ends(
    ada: SimulatedPrinter, control: ControlPort
) -> None:
    answer = await tell(control, "ada", "silent", "for_s=600")
    assert (answer.exit_code, answer.output) == (0, "Ada: IDLE, 0 %; silent\n")
    ada.machine.tick(601)
    assert ada.machine.misbehaviours.names() == []
    await tell(control, "Ada", "storage-full")
    assert ada.machine.misbehaviours.names() == ["storage_full"]
    answer = await tell(control, ada.serial, "storage_full", "--end")
    assert answer.output == "Ada: IDLE, 0 %\n"


async def test_people_do_things(ada: SimulatedPrinter, control: ControlPort) -> None:
    answer = await tell(control, "Ada", "start_job", "job=Hook", "minutes=30")
    assert answer.exit_code == 0, answer.output
    assert ada.machine.prints.job is not None
    assert (await tell(control, "Ada", "open_door")).exit_code == 0
    assert ada.machine.settings.door_open


async def test_without_a_name_it_shows_the_printers(control: ControlPort) -> None:
    answer = await tell(control)
    assert "Ada   bambu   P1S" in answer.output
    assert "IDLE" in answer.output


async def test_the_list_explains_every_name() -> None:
    answer = await odin("misbehave", "--list")
    assert answer.exit_code == 0
    assert "silent*" in answer.output
    assert "clear_plate" in answer.output
    assert "print_error: " in answer.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("Bob", "silent"), "no printer is called Bob; there are: Ada"),
        (("Ada", "grumpy"), "there are: busy, cancel"),
        (("Ada", "grumpy"), "--list"),
        (("Ada", "fault", "hms"), "'hms' is no KEY=VALUE"),
        (("Ada", "fault", "code=1"), "takes no 'code'; it takes: print_error, hms"),
        (("Ada", "pause"), "Ada is not printing"),
        (("Ada", "fault", "--end"), "happens once"),
        (("Ada", "pause", "--end"), "nothing is called 'pause'"),
    ],
)
async def test_what_is_wrong_is_said(
    control: ControlPort, arguments: tuple[str, ...], complaint: str
) -> None:
    answer = await tell(control, *arguments)
    assert answer.exit_code == 1
    assert complaint in answer.output


async def test_nothing_that_listens_is_told_with_how_to_start_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = await odin("misbehave", "Ada", "silent", "--control-port", str(port))
    assert answer.exit_code == 1
    assert "No simulated farm runs on port" in answer.output
    assert "odin demo" in answer.output


async def test_farms_are_told_apart_by_their_printers(control: ControlPort) -> None:
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(
            SimulatedPrinter("A1", name="Bob", clock_factor=0)
        )
        second = await stack.enter_async_context(ControlPort([BambuMember(other)]))
        # Something else that listens is no farm.
        stranger = await asyncio.start_server(
            lambda _, writer: writer.close(), "127.0.0.1", 0
        )
        await stack.enter_async_context(stranger)
        ports = [control.port, second.port, stranger.sockets[0].getsockname()[1]]
        farms = await asyncio.to_thread(farms_on, ports)
        assert [farm.port for farm in farms] == ports[:2]
        assert [farm.knows("BOB") for farm in farms] == [False, True]
        with pytest.raises(click.ClickException, match="no printer is called Ada"):
            await asyncio.to_thread(farms[1].send, "POST", "Ada", "acts", {})
