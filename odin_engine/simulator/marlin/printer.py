"""A simulated machine with Marlin on its board, and the door to it."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from odin_engine.simulator.marlin.commands import CAPS
from odin_engine.simulator.marlin.firmware import Dialect, Firmware
from odin_engine.simulator.marlin.misbehaviour import ONCE, SENTENCES
from odin_engine.simulator.marlin.sockets import Lines
from odin_engine.simulator.plain import (
    PlainJob,
    PlainMachine,
    bed,
    nozzle,
)

_ACTS = {
    "start_job": "Starts a file from the card at its display.",
    "pause": "Presses pause.",
    "resume": "Presses resume.",
    "cancel": "Presses stop.",
    "reset": "Presses the reset button.",
    "remove_filament": "Lets the filament run out.",
    "insert_filament": "Loads new filament.",
    "ask": "Lets the machine ask a question (`text`, `choices`).",
    "clear": "Takes the part off.",
}
_LINKS = {"raw": None, "rfc2217": False, "refused": True, "pty": None}
"""Whether it refuses RFC 2217; `None` where it is not spoken at all."""
_LIGHTEST_S = 0.02
_SLOWEST_S = 0.25


class SimulatedMarlin:
    """Implements the simulators' common face; `async with` opens its ports.

    `variant` is `marlin`, `repetier` or `old`. `link` is `raw`, `rfc2217`, `refused` (RFC 2217 not spoken) or `pty`. With a clock
    that stands still (`clock_factor` 0) moves take no time and reports still come, every
    `report_every_s` seconds. `lacks` names capabilities that it has not.
    """

    family = "marlin"
    misbehaviours: Mapping[str, str] = SENTENCES
    acts: Mapping[str, str] = _ACTS

    def __init__(  # noqa: PLR0913 - the words of a farm file
        self,
        name: str,
        *,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
        clock_factor: float = 1.0,
        model: str = "Simulated",
        variant: str = "marlin",
        link: str = "raw",
        heads: int = 1,
        report_every_s: float = 2.0,
        lacks: str = "",
    ) -> None:
        if link not in _LINKS:
            raise ValueError(f"the link is one of: {', '.join(_LINKS)}")
        self.name = name
        self.model = model
        self.host = host
        self.ports = dict(ports or {})
        self.serial: str | None = None
        self.secret: str | None = None
        self.options: dict[str, str | int | bool] = {}
        self.is_on = False
        self.machine = PlainMachine(
            name,
            nozzles=[nozzle() for _ in range(heads)],
            bed=bed(),
            clock_factor=clock_factor,
        )
        self.lines = Lines(self._hear, self._reset)
        self.firmware = Firmware(
            self.machine,
            self.lines.send,
            self.lines.cut,
            dialect=Dialect(variant),
            caps=_caps(variant, lacks),
            model=model,
            takes_time=clock_factor > 0,
            report_every_s=report_every_s,
        )
        self._link = link
        self._tick_s = min(_SLOWEST_S, max(_LIGHTEST_S, report_every_s / 2))
        self._clock: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._link == "pty":
            self.host, self.ports = self.lines.open_terminal(), {}
        else:
            refuses = _LINKS[self._link]
            wanted = self.ports.get("serial", 0)
            port = await self.lines.listen(self.host, wanted, refuses)
            self.ports = {"serial": port}
            transport = "raw" if refuses is None else "rfc2217"
            self.options = {"transport": transport}
        self._clock = asyncio.create_task(self._run())
        self.is_on = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_on = False
        self.firmware.lose_power()
        if self._clock is not None:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock
        await self.lines.close()

    @property
    def clients(self) -> int:
        """How many hosts are connected over the network."""
        return len(self.lines.clients)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        last_s = loop.time()
        while True:
            await asyncio.sleep(self._tick_s)
            now_s = loop.time()
            passed_s, last_s = now_s - last_s, now_s
            if self.machine.clock_factor:
                self.machine.advance(passed_s * self.machine.clock_factor)
            # Reports and signs of life come by the wall's clock, as a host's patience.
            self.firmware.advance(passed_s * max(1.0, self.machine.clock_factor))

    def _hear(self, line: bytes) -> None:
        self.firmware.hear(line)

    def _reset(self) -> None:
        self.firmware.reset()

    def misbehave(self, word: str, **options: object) -> None:
        """Goes wrong from now on, or once."""
        every = options.get("every", 10)
        self.firmware.misbehaviours.set(word, every if isinstance(every, int) else 10)
        if word in ONCE:
            self.firmware.misbehaviours.clear(word)
            self.firmware.once(word)

    def behave(self, word: str) -> None:
        """Stops going wrong that way."""
        self.firmware.misbehaviours.clear(word)

    def act(self, word: str, **options: object) -> None:
        """Does what a person does at the machine.

        Raises:
            ValueError: there is no such act, or not now.
        """
        firmware, machine = self.firmware, self.machine
        match word:
            case "start_job":
                self.start_job(PlainJob(str(options.get("name", "benchy.gcode"))))
            case "pause" | "resume" | "cancel":
                self._press(word)
            case "reset":
                firmware.reset()
            case "remove_filament" | "insert_filament":
                machine.change(has_filament=word == "insert_filament")
                if not machine.has_filament:
                    firmware.say("//action:out_of_filament T0")
            case "ask":
                choices = options.get("choices", ("Yes", "No"))
                words = choices if isinstance(choices, list | tuple) else ()
                text = str(options.get("text", "Is the plate clear?"))
                firmware.commands.ask(text, *map(str, words))
            case "clear":
                machine.clear()
            case _:
                raise ValueError(f"Nobody can do {word!r} at this machine.")

    def _press(self, word: str) -> None:
        """Presses a button: the board does it itself, or asks its host to."""
        firmware, machine = self.firmware, self.machine
        if not (machine.is_busy or firmware.is_fed):
            raise ValueError(f"{self.name} prints nothing.")
        is_card = firmware.is_card_printing
        done = {"pause": "paused", "resume": "resumed", "cancel": "cancel"}
        if is_card:
            getattr(machine, word)()
        firmware.say(f"//action:{done[word] if is_card else word}")

    def start_job(self, job: PlainJob, at: float = 0.0) -> None:
        """Prints a file from the card, as if begun at the display; `at` is 0 to 1.

        Raises:
            ValueError: a host is feeding it.
        """
        firmware = self.firmware
        if firmware.is_fed:
            raise ValueError(f"{self.name} is fed by a host just now.")
        firmware.files[job.name] = job
        firmware.selected = job.name
        firmware.is_card_printing = True
        self.machine.start(job)
        self.machine.skip_to(at)
        firmware.say(f"File opened: {job.name} Size: {job.size_bytes}", "File selected")
        firmware.report()

    def keep(self) -> dict[str, Any]:
        """Returns what it remembers, as JSON has it."""
        name = self.firmware.selected if self.firmware.is_card_printing else None
        return {"machine": self.machine.keep(), "card": name}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Is where it was when that was kept; what a host fed is gone."""
        self.machine.restore(kept["machine"])
        job, name = self.machine.job, kept.get("card")
        if job is not None and isinstance(name, str) and self.machine.is_busy:
            self.firmware.files[name] = job
            self.firmware.selected = name
            self.firmware.is_card_printing = True


def _caps(variant: str, lacks: str) -> dict[str, bool]:
    """Returns the capabilities of a firmware without those named, apart by spaces."""
    if variant != Dialect.MARLIN:
        return {}
    missing = set(lacks.upper().split())
    return {cap: has and cap not in missing for cap, has in CAPS.items()}


def make(
    name: str,
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    secret: str | None = None,
    serial: str | None = None,
    clock_factor: float = 1.0,
    state_dir: Path,
    **options: Any,  # noqa: ANN401 - a farm file's own words
) -> SimulatedMarlin:
    """Returns a machine for a farm; it has no secret, no serial and keeps no files."""
    del secret, serial, state_dir
    return SimulatedMarlin(
        name, host=host, ports=ports, clock_factor=clock_factor, **options
    )
