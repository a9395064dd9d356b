"""One conversation: lines out by the rules of `flow`, replies in, answers awaited."""

import asyncio
from collections.abc import Callable, Sequence

from odin_engine.drivers.printers.marlin.protocol.flow import End, Flow, Item
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Busy,
    Card,
    CardProgress,
    CardWord,
    Heats,
    Nonsense,
    Ok,
    Position,
    Reply,
    Text,
    Waiting,
    parse,
)
from odin_engine.drivers.printers.marlin.protocol.troubles import Gravity, Trouble
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import CommandRejected, CommandTimedOut, Unreachable

_REST_MOST = 4096
"""Without an end of line this is no serial line of a printer."""
_UNKNOWN = "Unknown command"

type Overhear = Callable[[bytes, bool], None]


class Talk:
    """The lines of one connection.

    `hear` gets every reply; `overhear` every line, and whether it was sent.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        hear: Callable[[Reply], None],
        note: Callable[[str, bool], None],
        clock: Clock,
        overhear: Overhear | None = None,
    ) -> None:
        self.flow = Flow()
        self.heard_s: float | None = None
        self.rejected = 0
        self._write = write
        self._hear = hear
        self._note = note
        self._clock = clock
        self._overhear = overhear
        self._rest = b""

    def deliver(self, data: bytes) -> None:
        """Takes in bytes of the machine, and answers with the next line.

        All of them are read before anything is sent: an `ok` that came with another
        one cannot be the answer to a line that was not out yet.
        """
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > _REST_MOST:
            self._rest = b""
            self.rejected += 1
        now_s = self._clock.monotonic_s()
        for line in lines:
            self._read(line.rstrip(b"\r"), now_s)
        self.pump()

    def _read(self, line: bytes, now_s: float) -> None:
        reply = parse(line)
        if self._overhear is not None:
            self._overhear(line, False)  # noqa: FBT003 - it is not sent
        if isinstance(reply, Nonsense):
            self.rejected += 1
            return
        self.heard_s = now_s
        self.flow.hear(reply, now_s)
        if isinstance(reply, Ok):
            self._hear(reply)
            return
        if self.flow.has_asked or not _is_routine(reply):
            self._note(line.decode("latin-1"), False)  # noqa: FBT003 - as above
        self._hear(reply)

    def pump(self) -> None:
        """Sends the next line, if its turn has come."""
        data = self.flow.pump(self._clock.monotonic_s())
        if data is not None:
            self._send(data)

    def tick(self) -> None:
        """Does what is due; to be called now and then."""
        data = self.flow.tick(self._clock.monotonic_s())
        if data is not None:
            self._send(data)
        self.pump()

    def shout(self, data: bytes) -> None:
        """Sends bytes at once, past everything."""
        self._note(data.decode("latin-1").strip(), True)  # noqa: FBT003 - it is sent
        self._send(data)

    def _send(self, data: bytes) -> None:
        if self._overhear is not None:
            for line in data.strip().splitlines():
                self._overhear(line, True)  # noqa: FBT003 - it is sent
        self._write(data)

    def mention(self, command: bytes) -> None:
        """Lines up a command whose answer nobody waits for."""
        self.flow.put(Item(command, lambda _: None))
        self.pump()

    async def ask(self, *commands: bytes) -> list[Reply]:
        """Sends commands one after the other; returns what was said to them.

        Cancelled before the first was sent, it sends none.

        Raises:
            CommandTimedOut: a command was not taken, nor refused.
            Unreachable: the connection was lost, or the machine was reset.
        """
        loop = asyncio.get_running_loop()
        items: list[Item] = []
        ends: list[asyncio.Future[End]] = []
        for command in commands:
            end: asyncio.Future[End] = loop.create_future()
            items.append(Item(command, _setter(end)))
            ends.append(end)
            self.flow.put(items[-1])
            self._note(command.decode("latin-1"), True)  # noqa: FBT003 - it is sent
        self.pump()
        for command, end in zip(commands, ends, strict=True):
            try:
                how = await end
            except asyncio.CancelledError:
                self.flow.withdraw(items)
                raise
            if how is End.SILENT:
                raise CommandTimedOut(
                    f"The machine did not answer ({command.decode('latin-1')[:40]}). "
                    "Look at what it does before you try again."
                )
            if how is End.DROPPED:
                raise Unreachable(
                    "The connection was lost, or the machine was reset, before it "
                    "answered. Look at what it does before you try again."
                )
        return [reply for item in items for reply in item.said]

    async def tell(self, *commands: bytes) -> list[Reply]:
        """Sends commands as `ask`, none of which the machine may refuse.

        Raises:
            CommandRejected: it did, in its own words.
            CommandTimedOut, Unreachable: as `ask`.
        """
        said = await self.ask(*commands)
        check_refused(said)
        return said


def _is_routine(reply: Reply) -> bool:
    """Whether it is one of the reports that come by themselves, over and over."""
    match reply:
        case Heats() | CardProgress() | Position() | Card(CardWord.NOT_PRINTING):
            return True
        case Busy(Waiting.PROCESSING):
            return True
    return False


def check_refused(said: Sequence[Reply]) -> None:
    """Raises `CommandRejected` if the machine said no among that."""
    for reply in said:
        match reply:
            case Text(text) if _UNKNOWN in text:
                raise CommandRejected(
                    "The machine's firmware does not know this command. It said: "
                    f"{text[:120]}",
                    _UNKNOWN,
                )
            case Trouble(text, gravity) if gravity is not Gravity.RECOVERABLE:
                raise CommandRejected(f"The machine refused: {text[:120]}", text[:60])


def _setter(future: asyncio.Future[End]) -> Callable[[End], None]:
    def settle(how: End) -> None:
        if not future.done():
            future.set_result(how)

    return settle
