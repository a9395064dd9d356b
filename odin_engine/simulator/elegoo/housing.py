"""What every simulated Elegoo has around its body: ports, a clock, a memory."""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from odin_engine.simulator.elegoo.answering import Ear
from odin_engine.simulator.plain import PlainMachine


class _Body(Protocol):
    machine: PlainMachine
    light: int
    bad: dict[str, dict[str, object]]


class _Server(Protocol):
    async def open(self, host: str, wanted: Mapping[str, int]) -> dict[str, int]: ...

    async def close(self) -> None: ...

    def cut(self) -> None: ...

    def push(self) -> None: ...


class Housing:
    """Parent of both kinds; each implements `simulator.kinds.Simulated`.

    `broadcast_port` is where searches of the whole network are heard; None for nowhere.
    """

    family = "elegoo"
    acts: Mapping[str, str] = {}
    misbehaviours: Mapping[str, str]
    """What can go wrong."""
    push_every_s: ClassVar[float]
    """As often as real ones report; what matters is told at once."""
    search_port: ClassVar[str]
    """What the port is called at which it is searched for."""

    def __init__(
        self,
        body: _Body,
        server: _Server,
        ear: Ear,
        *,
        host: str,
        ports: Mapping[str, int] | None,
        broadcast_port: int | None,
    ) -> None:
        self.host = host
        self.ports: dict[str, int] = dict(ports or {})
        self.machine = body.machine
        self.is_on = False
        self._inside, self._sockets, self._ear = body, server, ear
        self._broadcast_port = broadcast_port
        self._clock: asyncio.Task[None] | None = None
        self._unlisten = self.machine.listen(self._changed)
        self._told: object = None
        self._told_s = 0.0

    async def __aenter__(self) -> Self:
        wanted = self.ports
        ports = await self._sockets.open(self.host, wanted)
        try:
            ports[self.search_port] = await self._ear.open(
                self.host, wanted.get(self.search_port, 0), self._broadcast_port
            )
        except OSError:
            await self._sockets.close()
            raise
        self.ports = ports
        self._clock = asyncio.create_task(self.machine.run())
        self.is_on = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.is_on = False
        if self._clock is not None:
            self._clock.cancel()
            await asyncio.wait({self._clock})
        self._ear.close()
        await self._sockets.close()

    def misbehave(self, word: str, **options: object) -> None:
        """Begins a misbehaviour; ValueError says that there is none of that name."""
        if word not in self.misbehaviours:
            raise ValueError(f"there is no misbehaviour {word!r}")
        if word == "drop_link":
            self._sockets.cut()
            return
        self._inside.bad[word] = options
        self._sockets.push()

    def behave(self, word: str) -> None:
        """Ends a misbehaviour."""
        self._inside.bad.pop(word, None)
        self._sockets.push()

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers, as JSON has it."""
        return {"machine": self.machine.keep(), "light": self._inside.light}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept."""
        self.machine.restore(kept["machine"])
        self._inside.light = int(kept["light"])

    def note_change(self) -> None:
        """Is called before a change is reported."""

    def _changed(self) -> None:
        self.note_change()
        machine = self.machine
        matters = (
            machine.activity,
            machine.speed_pct,
            tuple(heater.target_c for heater in machine.heaters.values()),
        )
        now_s = time.monotonic()
        if matters != self._told or now_s - self._told_s >= self.push_every_s:
            self._told, self._told_s = matters, now_s
            if self.is_on:
                self._sockets.push()
