"""What every driver must do, whatever it drives. Subclass, and give it a `rig`.

    class TestBambu(DriverContract):
        @pytest.fixture
        async def rig(self) -> AsyncIterator[Rig]: ...

A rig is a machine that answers over its real wire (or the stand-in for one), together
with the few things that a test must be able to do to it behind the driver's back. What
its family does not have it says by attributes of the names in `Traits`; the tests that
then do not apply are skipped.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Protocol

import pytest

from odin_engine.kernel.clock import Clock, SystemClock, Ticker
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import (
    Activity,
    CertificateChanged,
    Command,
    CommandRejected,
    CommandTimedOut,
    DriverError,
    LinkStatus,
    LoginRejected,
    NotSupported,
    PrinterState,
    Unreachable,
    WrongSerial,
)
from odin_engine.printers.ports import Connection, Driver, HasConsole, ListsFiles
from tests.engine.doubles import ManualClock, settle
from tests.patience import PATIENCE_S


class Rig(Protocol):
    """A machine and its back door."""

    connection: Connection
    """How to reach it, with nothing pinned."""
    harmless: Command
    """A command that it takes at any time."""
    unsupported: Command
    """One that it cannot do."""
    camera_id: str | None
    """A camera that sends pictures, if it has one."""

    def driver(self, connection: Connection, clock: Clock, ticker: Ticker) -> Driver:
        """Makes a driver."""
        ...

    @property
    def logins(self) -> int:
        """How many times a secret has reached the machine."""
        ...

    @property
    def clients(self) -> int:
        """How many connections it has now."""
        ...

    @property
    def stops(self) -> int:
        """How many orders to stop have reached it."""
        ...

    def begin_print(self) -> None:
        """Lets a job begin."""
        ...

    def cut(self) -> None:
        """Cuts the connection without a word."""
        ...

    def speak_nonsense(self) -> None:
        """Sends something that makes no sense, and then goes on as before."""
        ...

    def refuse_commands(self) -> None:
        """Answers every command with a no."""
        ...

    def ignore_commands(self) -> None:
        """Answers no command."""
        ...

    def truncate_uploads(self) -> None:
        """Keeps half of every file and says that all is well."""
        ...

    def change_certificate(self) -> None:
        """Shows another certificate from now on."""
        ...

    def stored(self, name: str) -> int | None:
        """How many bytes it holds under a name."""
        ...

    async def uploading(self) -> None:
        """Waits until some bytes of an upload have arrived."""
        ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What a rig may say besides, by attributes of these names; else it is this."""

    has_certificate: bool = True
    """It shows one, which is looked at before anything is sent."""
    has_secret: bool = True
    """It lets nobody in without one."""
    has_serial: bool = True
    """It says one, by which another machine is told from it."""
    has_refusal: bool = True
    """It can say no to a command."""
    has_device_code: bool = True
    """A no has a word of the machine's own."""
    connections: int | None = 1
    """How many a driver holds while nothing happens; `None` for as many as it likes."""
    upload_name: str = "part.gcode.3mf"
    """A name that it takes."""
    bad_names: tuple[str, ...] = (
        "../part.3mf",
        "a/b/part.3mf",
        "pärt.3mf",
        "a b.3mf",
        "",
    )
    """Names that it must not be given."""
    name_message: str = "letters, digits"
    """What a refusal of such a name says; a pattern."""
    size_message: str = "50000 of 100000 bytes"
    """What half an upload is told as; a pattern. Empty where it cannot happen."""
    nobody: Connection | None = None
    """A way to nobody, where it is not told by ports."""


def traits(rig: Rig) -> Traits:
    """Returns what applies to a rig."""
    names = [each.name for each in fields(Traits)]
    return Traits(**{name: getattr(rig, name) for name in names if hasattr(rig, name)})


def need(has: object, lacking: str) -> None:
    """Skips the test where its family has no such thing."""
    if not has:
        pytest.skip(f"this family has no {lacking}")


def is_over(state: PrinterState) -> bool:
    """Whether nothing is printed, be it that a stop took the machine away."""
    if state.activity is None:
        return state.link is not LinkStatus.ONLINE
    return not state.activity.has_running_job


class Watch:
    """Iterates a driver's states and remembers them."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self.states: list[PrinterState] = []
        self.error: BaseException | None = None

    async def __aenter__(self) -> Watch:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _run(self) -> None:
        states = self._driver.states()
        try:
            async for state in states:
                self.states.append(state)
                self._news.set()
        except DriverError as error:
            self.error = error
            self._news.set()
        finally:
            if isinstance(states, AsyncGenerator):
                await states.aclose()

    async def until(self, condition: Callable[[PrinterState], bool]) -> PrinterState:
        """Returns the first state from now on, the last one included, that satisfies."""
        seen = max(0, len(self.states) - 1)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for state in self.states[seen:]:
                    if condition(state):
                        return state
                seen = len(self.states)
                await self._more()

    async def end(self) -> BaseException:
        """Returns what ended the states."""
        async with asyncio.timeout(PATIENCE_S):
            while self.error is None:
                await self._more(is_end_fine=True)
        assert self.error is not None
        return self.error

    async def _more(self, *, is_end_fine: bool = False) -> None:
        if self.error is not None and not is_end_fine:
            raise self.error
        self._news.clear()
        await self._news.wait()


def anything(_: PrinterState) -> bool:
    return True


@contextlib.asynccontextmanager
async def connected(
    rig: Rig, clock: ManualClock | None = None
) -> AsyncIterator[tuple[Driver, Watch]]:
    """A driver that has heard its machine, and the watch on its states."""
    driver = make(rig, rig.connection, clock)
    async with Watch(driver) as watch:
        await watch.until(anything)
        try:
            yield driver, watch
        finally:
            await driver.close()


def make(rig: Rig, connection: Connection, clock: ManualClock | None = None) -> Driver:
    if clock is not None:
        return rig.driver(connection, clock, clock)
    return rig.driver(connection, SystemClock(), LoopTicker())


async def first_error(rig: Rig, connection: Connection) -> BaseException:
    driver = make(rig, connection)
    async with Watch(driver) as watch:
        error = await watch.end()
    assert watch.states == []
    await driver.close()
    return error


async def finish[T](task: asyncio.Task[T], clock: ManualClock) -> T:
    """Moves time for a task until it is done."""
    async with asyncio.timeout(PATIENCE_S):
        while not task.done():
            await clock.advance(1)
    return await task


async def _alone(rig: Rig) -> None:
    """Waits until the machine has noticed that everybody left."""
    async with asyncio.timeout(PATIENCE_S):
        while rig.clients:
            await settle(1)


class DriverContract:
    """The suite. Every test gets a fresh rig."""

    async def test_the_first_report_becomes_an_online_state(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch):
            state = watch.states[0]
            assert state.link is LinkStatus.ONLINE
            assert state.activity is Activity.IDLE
            assert state.model is not None
            if traits(rig).has_serial:
                assert state.model.serial == rig.connection.serial
            assert state.capabilities.commands
            assert driver.last_heard_s is not None
            assert driver.rejected_messages == 0

    async def test_what_it_can_besides_is_declared(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch):
            can = watch.states[-1].capabilities
            assert can.has_console is isinstance(driver, HasConsole)
            assert can.has_file_list is isinstance(driver, ListsFiles)

    async def test_nothing_is_heard_before_connecting(self, rig: Rig) -> None:
        driver = make(rig, rig.connection)
        assert driver.last_heard_s is None
        assert driver.certificate is None
        with pytest.raises(Unreachable):
            await driver.execute(rig.harmless)
        # A stop that has a connection of its own may get through.
        with contextlib.suppress(Unreachable):
            await driver.emergency_stop()
            assert rig.stops
        with pytest.raises(Unreachable):
            await driver.ask_for_report()
        await driver.close()

    async def test_a_wrong_secret_is_a_rejected_login(self, rig: Rig) -> None:
        need(traits(rig).has_secret, "secret")
        error = await first_error(rig, replace(rig.connection, secret="00000000"))
        assert isinstance(error, LoginRejected)
        assert rig.connection.secret is not None
        assert rig.connection.secret not in error.message

    async def test_a_missing_secret_is_a_rejected_login(self, rig: Rig) -> None:
        need(traits(rig).has_secret, "secret")
        error = await first_error(rig, replace(rig.connection, secret=None))
        assert isinstance(error, LoginRejected)
        assert rig.logins == 0

    async def test_another_machine_is_not_told_the_secret(self, rig: Rig) -> None:
        need(traits(rig).has_serial, "serial")
        error = await first_error(
            rig, replace(rig.connection, serial="01P00A999999999")
        )
        assert isinstance(error, WrongSerial)
        assert error.expected == "01P00A999999999"
        assert error.found == rig.connection.serial
        # Without a certificate some machines say who they are behind the login only.
        assert rig.logins == 0 or not traits(rig).has_certificate

    async def test_a_changed_certificate_is_not_told_the_secret(self, rig: Rig) -> None:
        need(traits(rig).has_certificate, "certificate")
        async with connected(rig) as (driver, _):
            seen = driver.certificate
        assert seen is not None
        logins = rig.logins
        rig.change_certificate()
        error = await first_error(rig, replace(rig.connection, pin_sha256=seen.sha256))
        assert isinstance(error, CertificateChanged)
        assert error.pinned == seen.sha256
        assert error.found != seen.sha256
        assert len(error.found) == 64
        assert rig.logins == logins

    async def test_the_pinned_certificate_is_fine(self, rig: Rig) -> None:
        need(traits(rig).has_certificate, "certificate")
        async with connected(rig) as (driver, _):
            seen = driver.certificate
        assert seen is not None
        if traits(rig).has_serial:
            assert seen.common_name == rig.connection.serial
        pinned = replace(rig.connection, pin_sha256=seen.sha256)
        async with Watch(make(rig, pinned)) as watch:
            await watch.until(anything)

    async def test_nobody_at_the_address_is_unreachable(self, rig: Rig) -> None:
        # Bound and not listened on: connecting to it is refused.
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            ports = dict.fromkeys(rig.connection.ports, port)
            nobody = traits(rig).nobody or replace(
                rig.connection,
                secret="12345678" if traits(rig).has_secret else None,
                ports=ports,
            )
            error = await first_error(rig, nobody)
        assert isinstance(error, Unreachable)
        assert nobody.host in error.message

    async def test_a_lost_link_ends_the_states(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch):
            rig.cut()
            assert isinstance(await watch.end(), Unreachable)
            with pytest.raises(Unreachable):
                await driver.execute(rig.harmless)

    async def test_the_same_driver_connects_again(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch):
            rig.cut()
            await watch.end()
            async with Watch(driver) as again:
                await again.until(anything)
                await driver.execute(rig.harmless)

    async def test_closing_ends_the_states_and_the_connection(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch):
            await driver.close()
            assert isinstance(await watch.end(), Unreachable)
        await _alone(rig)

    async def test_leaving_the_iteration_ends_the_connection(self, rig: Rig) -> None:
        async with connected(rig):
            assert rig.clients == (traits(rig).connections or rig.clients)
            assert rig.clients
        await _alone(rig)

    async def test_states_follow_the_machine(self, rig: Rig) -> None:
        async with connected(rig) as (_, watch):
            rig.begin_print()
            state = await watch.until(
                lambda s: s.activity is not None and s.activity.has_running_job
            )
            assert state.job is not None

    async def test_nonsense_is_counted_and_survived(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch):
            rig.speak_nonsense()
            rig.begin_print()
            await watch.until(
                lambda s: s.activity is not None and s.activity.has_running_job
            )
            assert driver.rejected_messages > 0

    async def test_a_full_report_can_be_asked_for(self, rig: Rig) -> None:
        async with connected(rig) as (driver, _):
            await driver.ask_for_report()
            await driver.ask_for_report()

    async def test_a_command_returns_once_it_is_confirmed(self, rig: Rig) -> None:
        async with connected(rig) as (driver, _), asyncio.timeout(PATIENCE_S):
            await driver.execute(rig.harmless)

    async def test_commands_take_their_turn(self, rig: Rig) -> None:
        async with connected(rig) as (driver, _), asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(driver.execute(rig.harmless) for _ in range(3)))

    async def test_a_refused_command_says_so(self, rig: Rig) -> None:
        need(traits(rig).has_refusal, "way to refuse")
        async with connected(rig) as (driver, _):
            rig.refuse_commands()
            with pytest.raises(CommandRejected) as caught:
                await driver.execute(rig.harmless)
            assert caught.value.device_code or not traits(rig).has_device_code
            assert len(caught.value.message) > 20

    async def test_an_unanswered_command_times_out(self, rig: Rig) -> None:
        clock = ManualClock()
        async with connected(rig, clock) as (driver, _):
            rig.ignore_commands()
            command = asyncio.create_task(driver.execute(rig.harmless))
            with pytest.raises(CommandTimedOut):
                await finish(command, clock)

    async def test_a_command_that_a_lost_link_interrupts_fails(self, rig: Rig) -> None:
        async with connected(rig, ManualClock()) as (driver, _):
            rig.ignore_commands()
            command = asyncio.create_task(driver.execute(rig.harmless))
            await asyncio.sleep(0)
            rig.cut()
            with pytest.raises(Unreachable):
                async with asyncio.timeout(PATIENCE_S):
                    await command

    async def test_what_it_cannot_do_is_not_supported(self, rig: Rig) -> None:
        async with connected(rig) as (driver, _):
            with pytest.raises(NotSupported):
                await driver.execute(rig.unsupported)

    async def test_an_emergency_stop_passes_a_command_that_waits(
        self, rig: Rig
    ) -> None:
        async with connected(rig, ManualClock()) as (driver, watch):
            rig.begin_print()
            await watch.until(
                lambda s: s.activity is not None and s.activity.has_running_job
            )
            rig.ignore_commands()
            waiting = asyncio.create_task(driver.execute(rig.harmless))
            await asyncio.sleep(0)
            stopping = asyncio.create_task(driver.emergency_stop())
            async with asyncio.timeout(PATIENCE_S):
                while not rig.stops:
                    await settle(1)
            assert not waiting.done()
            for task in (waiting, stopping):
                task.cancel()
            await asyncio.wait({waiting, stopping})

    async def test_an_emergency_stop_returns_once_nothing_runs(self, rig: Rig) -> None:
        async with connected(rig) as (driver, watch):
            rig.begin_print()
            await watch.until(
                lambda s: s.activity is not None and s.activity.has_running_job
            )
            async with asyncio.timeout(PATIENCE_S):
                await driver.emergency_stop()
            await watch.until(is_over)

    async def test_an_upload_arrives_whole(self, rig: Rig, tmp_path: Path) -> None:
        name = traits(rig).upload_name
        source = tmp_path / name
        source.write_bytes(bytes(range(256)) * 1024)
        told: list[tuple[int, int]] = []
        clock = ManualClock()
        async with connected(rig, clock) as (driver, _):
            upload = driver.upload(
                source, name, lambda done, total: told.append((done, total))
            )
            await finish(asyncio.create_task(upload), clock)
            assert rig.stored(name) == 262_144
            assert told == sorted(told)
            assert told[-1] == (262_144, 262_144)
            await driver.delete_file(name)
            assert rig.stored(name) is None
            await driver.delete_file(name)

    async def test_a_truncated_upload_is_an_error(
        self, rig: Rig, tmp_path: Path
    ) -> None:
        need(traits(rig).size_message, "uploads that arrive by halves")
        name = traits(rig).upload_name
        source = tmp_path / name
        source.write_bytes(bytes(100_000))
        rig.truncate_uploads()
        async with connected(rig) as (driver, _):
            with pytest.raises(DriverError, match=traits(rig).size_message):
                await driver.upload(source, name, lambda *_: None)
        assert rig.stored(name) is None

    async def test_a_cancelled_upload_leaves_nothing(
        self, rig: Rig, tmp_path: Path
    ) -> None:
        name = traits(rig).upload_name
        source = tmp_path / name
        with source.open("wb") as file:
            file.truncate(400 << 20)
        async with connected(rig) as (driver, _):
            upload = asyncio.create_task(driver.upload(source, name, lambda *_: None))
            await rig.uploading()
            upload.cancel()
            with pytest.raises(asyncio.CancelledError):
                async with asyncio.timeout(PATIENCE_S):
                    await upload
        assert rig.stored(name) is None

    async def test_a_name_with_a_path_is_refused(
        self, rig: Rig, tmp_path: Path
    ) -> None:
        source = tmp_path / "part.3mf"
        source.write_bytes(b"x")
        async with connected(rig) as (driver, _):
            for name in traits(rig).bad_names:
                with pytest.raises(Exception, match=traits(rig).name_message):
                    await driver.upload(source, name, lambda *_: None)

    async def test_the_camera_gives_pictures(self, rig: Rig) -> None:
        if rig.camera_id is None:
            pytest.skip("this machine has no camera that sends pictures")
        async with connected(rig) as (driver, _), asyncio.timeout(PATIENCE_S):
            frame = await driver.camera_frame(rig.camera_id)
            assert frame.media_type == "image/jpeg"
            assert frame.data.startswith(b"\xff\xd8")

    async def test_a_camera_that_is_not_there_is_not_supported(self, rig: Rig) -> None:
        async with connected(rig) as (driver, _):
            with pytest.raises(NotSupported):
                await driver.camera_frame("nowhere")
