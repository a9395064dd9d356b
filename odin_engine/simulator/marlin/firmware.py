"""Marlin as its host sees it: lines in, lines out. Source: serial_marlin §2 to §7.

Lines wait in the receiver while a command blocks, as on the board; only with an
emergency parser some words pass them.
"""

import re
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from odin_engine.simulator.marlin.commands import Commands
from odin_engine.simulator.marlin.line import problem_of, taken_apart
from odin_engine.simulator.marlin.misbehaviour import Misbehaviours
from odin_engine.simulator.marlin.motion import Motion
from odin_engine.simulator.plain import Activity, PlainJob, PlainMachine

_WAITING_MOST = 64
_BUSY_S = 2.0
_WAIT_S = 1.0
_FED_S = 30.0
_NOISE = b"\x80\xff\xf3\x9c\xe6\x18\x00\xfe\r\n"
_SETS = ("M104", "M140", "M106", "M107", "M109", "M190", "M220", "M221", "G28")


class Dialect(StrEnum):
    """Whose firmware it is."""

    MARLIN = "marlin"
    REPETIER = "repetier"
    OLD = "old"


class Firmware:
    """One board. `send` takes what it says; `cut` ends every connection."""

    def __init__(
        self,
        machine: PlainMachine,
        send: Callable[[bytes], None],
        cut: Callable[[], None],
        *,
        dialect: Dialect = Dialect.MARLIN,
        caps: dict[str, bool] | None = None,
        model: str = "Simulated",
        takes_time: bool = False,
        report_every_s: float = 2.0,
    ) -> None:
        self.machine = machine
        self.dialect = dialect
        self.misbehaviours = Misbehaviours()
        self.motion = Motion(takes_time)
        self.files: dict[str, PlainJob] = {}
        self.selected: str | None = None
        self.is_card_printing = False
        self.reports: set[str] = set()
        self.is_killed = False
        self.stops = 0
        self.received: deque[str] = deque(maxlen=10_000)
        self.lines = 0
        self.commands = Commands(self, caps, model)
        self._send = send
        self._cut = cut
        self._report_every_s = report_every_s
        self._last = 0
        self._waiting: deque[str] = deque(maxlen=_WAITING_MOST)
        self._until: Callable[[], bool] | None = None
        self._since_report_s = self._since_busy_s = self._since_wait_s = 0.0
        self._fed_s = 0.0
        self._before = machine.activity
        machine.listen(self._watch)

    @property
    def is_blocked(self) -> bool:
        """Whether a command is under way that takes its time."""
        return self._until is not None

    @property
    def is_fed(self) -> bool:
        """Whether a host has made it lay plastic just now."""
        return self._fed_s > 0

    def was_fed(self) -> None:
        """Takes note that a host made it lay plastic."""
        self._fed_s = _FED_S
        self.machine.has_part = True

    def say(self, *lines: str) -> None:
        """Says lines, unless it is silent."""
        if "silent" in self.misbehaviours:
            return
        if "garbage" in self.misbehaviours:
            self._send(_NOISE)
        self._send("".join(f"{line}\n" for line in lines).encode("latin-1"))

    def hear(self, raw: bytes) -> None:
        """Takes in a line, without its end."""
        text = raw.decode("latin-1").strip("\r\0 ")
        if not text:
            return
        body = text.partition(" ")[2] if text.startswith("N") else text
        has_parser = self.commands.caps.get("EMERGENCY_PARSER", False)
        if body.startswith("M112") and (has_parser or not self.is_blocked):
            self.emergency()
        elif has_parser and body.startswith("M108"):
            self._break_wait()
        elif has_parser and body.startswith("M876"):
            self.commands.answered(body)
        else:
            self._waiting.append(text)
        self._work()

    def emergency(self) -> None:
        """Halts, as M112 makes it."""
        self.stops += 1
        if "ignore_commands" in self.misbehaviours:
            return
        self.kill("Printer halted. kill() called!")

    def kill(self, why: str) -> None:
        """Halts for good; only a reset helps."""
        self.say(f"Error:{why}")
        self.is_killed = True
        self.is_card_printing = False
        self._until = None
        self._waiting.clear()
        if self.machine.is_busy:
            self.machine.fail(why)
        self.machine.cool()

    def reset(self) -> None:
        """Restarts the board: everything it knew is gone."""
        self.lose_power()
        self.machine.cool()
        if self.machine.is_busy:
            self.machine.cancel()
        self.machine.clear()
        self.say("start", "echo: External Reset", "echo:Marlin 2.1.3")

    def lose_power(self) -> None:
        """Forgets what the board does not keep without power."""
        self.is_killed = self.is_card_printing = False
        self._last, self._until = 0, None
        self._fed_s = 0.0
        self._waiting.clear()
        self.reports.clear()
        self.selected = None

    def once(self, word: str) -> None:
        """Does what happens once."""
        match word:
            case "drop_link":
                self._cut()
            case "reset":
                self.reset()
            case "old_resend":
                self.say("Resend: 1", "ok")
            case "kill":
                self.kill("Thermal Runaway, system stopped! Heater_ID: 0")

    def block(self, until: Callable[[], bool]) -> None:
        """Says ok to the command under way only when `until` is true."""
        self._until = until

    def ok(self, data: str = "") -> None:
        """Says that the command under way was taken."""
        if "ignore_commands" in self.misbehaviours:
            return
        if self.misbehaviours.strikes("lose_ok"):
            return
        number = f" {self._last}" if self.dialect is Dialect.REPETIER else ""
        line = f"ok{number}{data}"
        twice = self.misbehaviours.strikes("double_ok")
        self.say(*((line, line) if twice else (line,)))

    def _break_wait(self) -> None:
        if self._until is not None:
            self._until = lambda: True
            self._finish()

    def _work(self) -> None:
        while self._waiting and self._until is None and not self.is_killed:
            self._take(self._waiting.popleft())

    def _take(self, text: str) -> None:
        self.lines += 1
        self.received.append(text)
        number, command, checksum = taken_apart(text)
        if number is not None:
            is_reset = command.startswith("M110")
            problem = problem_of(int(number), self._last, text, checksum, is_reset)
            if not is_reset and self._mishears():
                problem = "checksum mismatch"
            if problem is not None:
                self._ask_again(problem)
                return
            self._last = int(number)
        if command.startswith("M110"):
            again = re.search(r"N(-?\d+)", command)
            self._last = int(again[1]) if again else self._last
        if "refuse_commands" in self.misbehaviours and command.startswith(_SETS):
            self.say(f'echo:Unknown command: "{command}"')
            self.ok()
            return
        data = self.commands.do(command)
        if self._until is None:
            self.ok(data)
        else:
            self._finish()

    def _mishears(self) -> bool:
        strikes = self.misbehaviours.strikes("bad_line")
        return strikes or "resend_loop" in self.misbehaviours

    def _ask_again(self, problem: str) -> None:
        self._waiting.clear()
        self.say(f"Error:{problem}, Last Line: {self._last}")
        times = 4 if "resend_storm" in self.misbehaviours else 1
        self.say(*[f"Resend: {self._last + 1}"] * times)
        if "resend_without_ok" not in self.misbehaviours:
            self.ok()

    def _finish(self) -> None:
        """Ends a command that blocked, once it may."""
        if self._until is not None and self._until():
            self._until = None
            self.ok()
            self._work()

    def advance(self, seconds: float) -> None:
        """Lets the board's time go by: moves, reports, signs of life."""
        self.motion.advance(seconds)
        self._fed_s = max(0.0, self._fed_s - seconds)
        self._finish()
        if self.is_killed:
            return
        if self.is_blocked or "busy_storm" in self.misbehaviours:
            self._since_busy_s += seconds
            every_s = 0.0 if "busy_storm" in self.misbehaviours else _BUSY_S
            is_quiet = "quiet_heating" in self.misbehaviours
            if self._since_busy_s >= every_s and not is_quiet:
                self._since_busy_s = 0.0
                if self.dialect is Dialect.MARLIN:
                    self.say(f"echo:busy: {self.commands.busy_with}")
        elif self.dialect is Dialect.REPETIER:
            self._since_wait_s += seconds
            if self._since_wait_s >= _WAIT_S:
                self._since_wait_s = 0.0
                self.say("wait")
        self._since_report_s += seconds
        if self._since_report_s >= self._report_every_s:
            self._since_report_s = 0.0
            self.report()

    def report(self) -> None:
        """Says what it was told to report by itself."""
        if "no_reports" in self.misbehaviours or self.is_killed:
            return
        if "M155" in self.reports:
            self.say(f" {self.commands.heats()}")
        if "M154" in self.reports:
            self.say(self.motion.text())
        if "M27" in self.reports:
            self.say(self.commands.card.status())

    def _watch(self) -> None:
        before, self._before = self._before, self.machine.activity
        if not self.is_card_printing or before is self._before:
            return
        if self._before is Activity.FINISHED:
            self.is_card_printing = False
            self.say("Done printing file", "//action:notification Print done")
        elif not self.machine.is_busy:
            self.is_card_printing = False
