"""What people and jobs tell a machine, done over a session and confirmed."""

from dataclasses import replace

from odin_engine.drivers.printers.marlin.feed import Feed
from odin_engine.drivers.printers.marlin.protocol import encode, jobs
from odin_engine.drivers.printers.marlin.protocol.lines import BREAK_WAIT, EMERGENCY
from odin_engine.drivers.printers.marlin.protocol.machine import (
    Machine,
    settled,
    with_factors,
    without_faults,
)
from odin_engine.drivers.printers.marlin.protocol.troubles import our_fault
from odin_engine.drivers.printers.marlin.session import Session
from odin_engine.drivers.printers.marlin.streamed import Streamed
from odin_engine.printers.model import (
    Activity,
    AnswerPrompt,
    ClearFaults,
    Command,
    CommandRejected,
    CommandTimedOut,
    Fans,
    Home,
    Jog,
    Pause,
    RestartFirmware,
    Resume,
    SelectTool,
    SendGcode,
    SetFan,
    SetFlow,
    SetSpeedPercent,
    Severity,
    StartPrint,
    Stop,
)

_ANSWER_S = 20.0
"""Before a pause it prints what it has planned; who waits keeps a stop waiting."""
_NO_HURRY_S = 60.0
"""Where nothing prints that could be stopped: it may home, or come back to life."""
_HALT_S = 1.5
"""A machine that reads its line at all has halted by then."""
_DTR_S, _RESTART_S = 0.25, 10.0
_UNCONFIRMED = (
    "The emergency stop was sent, and the machine did not confirm it. Switch its power "
    "off."
)


async def do(command: Command, session: Session) -> None:
    """Does one command; returns when the machine has taken it.

    Raises:
        CommandRejected: the machine said no.
        CommandTimedOut: neither confirmed nor refused in time.
        NotSupported: it has no words for it.
        Unreachable: the connection was lost meanwhile.
    """
    match command:
        case StartPrint():
            await session.errands.in_time(_start(command, session), _NO_HURRY_S)
        case Pause():
            await session.errands.see_through(session.printing().pause(), _ANSWER_S)
        case Resume():
            await session.errands.see_through(_resume(session), _ANSWER_S)
        case Stop():
            await session.errands.see_through(session.stop(), _ANSWER_S)
        case AnswerPrompt(choice):
            _answer(choice, session)
        case ClearFaults():
            await session.errands.in_time(_clear(session), _NO_HURRY_S)
        case RestartFirmware():
            await _restart(session)
        case Home() | Jog() | SelectTool() | SendGcode():
            await session.errands.see_through(_tell(command, session), _ANSWER_S)
        case _:
            # A target that comes minutes late would heat what nobody looks at.
            await session.errands.in_time(_tell(command, session), _ANSWER_S)


async def _tell(command: Command, session: Session) -> None:
    await session.talk.tell(*encode.encode(command, session.book.machine))
    session.book.change(_after(command, session.book.machine))


async def _resume(session: Session) -> None:
    machine = without_faults(session.book.machine, "filament_runout")
    session.book.change(machine)
    await session.printing().resume()


def _after(command: Command, machine: Machine) -> Machine:
    """Returns the machine with what it took and does not report."""
    match command:
        case SetFan(_, percent):
            state = replace(machine.state, fans=Fans(part_pct=percent))
            return replace(machine, state=state)
        case SetSpeedPercent(percent):
            return with_factors(machine, percent, None)
        case SetFlow(percent):
            return with_factors(machine, None, percent)
    return machine


async def _start(command: StartPrint, session: Session) -> None:
    async with session.starting:
        if session.is_printing:
            raise CommandRejected("The machine prints already.", "busy")
        await _start_alone(command, session)


async def _start_alone(command: StartPrint, session: Session) -> None:
    if not await session.spool.has(command.file):
        await _start_on_card(command, session)
        return
    try:
        feed = Feed(session.spool.path(command.file))
    except OSError as error:
        raise _unreadable(command, error) from error
    streamed = Streamed(session.talk, session.book, feed, session.clock)
    job = {"name": command.name, "file": command.file, "token": command.token}
    try:
        await session.spool.note_feeding(job)
        await streamed.begin(command, session.errands.start)
    except BaseException as error:
        feed.close()
        await session.spool.note_feeding(None)
        if isinstance(error, OSError):
            raise _unreadable(command, error) from error
        raise
    session.streamed = streamed


def _unreadable(command: StartPrint, error: OSError) -> CommandRejected:
    return CommandRejected(
        f"{command.file} cannot be read: {error.strerror}.", "file_unreadable"
    )


async def _start_on_card(command: StartPrint, session: Session) -> None:
    for path, file in await session.card.files():
        if command.file in {path, file.name}:
            await session.card.start(command, path)
            return
    raise CommandRejected(
        f"There is no {command.file}, neither with the engine nor on the machine's "
        "card. Upload it again.",
        "no_such_file",
    )


def _answer(choice: int, session: Session) -> None:
    machine = session.book.machine
    if machine.asked is not None and machine.is_asking:
        session.talk.shout(b"M876 S%d\n" % choice)
        machine = replace(machine, asked=None, is_asking=False)
        session.book.change(settled(machine))
    else:
        session.talk.shout(BREAK_WAIT)


async def _clear(session: Session) -> None:
    book = session.book
    if session.is_printing:
        book.change(without_faults(book.machine))
        return
    faults = book.machine.state.faults
    if any(fault.severity is Severity.FATAL for fault in faults):
        # The count is begun anew behind it: old firmware loses it (§11.7).
        session.talk.shout(b"M999\n")
        session.talk.flow.greet()
        await session.talk.ask(b"M105")
    book.change(jobs.cleared(book.machine))


async def _restart(session: Session) -> None:
    """Resets the board by its wire; done when it says that it starts."""
    session.halted.clear()
    await _pull_wire(session)
    if not await session.has_started(_RESTART_S):
        raise CommandTimedOut(
            "The board did not restart; not every board resets over its cable. Press "
            "its reset button, or switch it off and on."
        )


async def _pull_wire(session: Session) -> None:
    """Moves the wire by which many boards are reset, and always lets go of it."""
    try:
        await session.wire.set_dtr(is_on=False)
        await session.ticker.sleep(_DTR_S)
    finally:
        await session.wire.set_dtr(is_on=True)


async def stop_at_once(session: Session) -> None:
    """Sends the strongest stop past everything; returns when the machine halted.

    Firmware that reads nothing while it waits for heat is reset by its wire, where there
    is one. A print that was fed has failed, even if that is never confirmed.
    """
    session.halted.clear()
    was_feeding = session.feeding
    if was_feeding is not None:
        was_feeding.abandon()
    session.talk.shout(EMERGENCY)
    try:
        can_reset = session.book.machine.settings.can_reset
        if can_reset and not await session.has_started(_HALT_S):
            await _pull_wire(session)
        await session.halted.wait()
    finally:
        if was_feeding is not None and session.is_printing:
            fault = our_fault("emergency_stop", _UNCONFIRMED)
            machine = jobs.ended(session.book.machine, Activity.FAILED, fault)
            session.book.change(machine)
