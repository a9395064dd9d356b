"""What the words for errors mean: which are fatal, which mend themselves (§6)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from odin_engine.printers.model import Fault, FaultKind, Severity


class Gravity(StrEnum):
    """How bad an error is."""

    RECOVERABLE = "recoverable"
    INFORMATIVE = "informative"
    FATAL = "fatal"


@dataclass(frozen=True, slots=True)
class _Known:
    pattern: re.Pattern[str]
    code: str
    text: str


def _known(pattern: str, code: str, text: str) -> _Known:
    return _Known(re.compile(pattern, re.IGNORECASE), code, text)


_RECOVERABLE = re.compile(
    r"line number is not last|checksum mismatch|no checksum with line"
    r"|no line number with checksum|expected line|wrong checksum|format error",
    re.IGNORECASE,
)
_INFORMATIVE = re.compile(
    r"volume\.init failed|sd init fail|open failed|cannot open|unknown command"
    r"|cold extrusion|error writing to file|failed to (open|enter)",
    re.IGNORECASE,
)
_RESET = "Switch the machine off, find the cause, and only then switch it on again."
_FATAL = (
    _known(
        r"thermal[ _]runaway",
        "thermal_runaway",
        f"A heater did not do what it should (thermal runaway). {_RESET}",
    ),
    _known(
        r"heating failed", "heating_failed", f"A heater does not get warm. {_RESET}"
    ),
    _known(
        r"maxtemp", "max_temperature", f"A sensor reads far too much heat. {_RESET}"
    ),
    _known(
        r"mintemp",
        "min_temperature",
        f"A temperature sensor reads far too little; it may be broken. {_RESET}",
    ),
    _known(r"probing failed", "probing_failed", "The bed probe failed."),
    _known(r"homing failed", "homing_failed", "An axis did not find its end stop."),
    _known(
        r"stop called because", "stopped", "The machine stopped: probe or homing fault."
    ),
    _known(
        r"stopped due to errors",
        "stopped",
        "The machine stopped because of errors. Mend the cause, then clear the fault.",
    ),
    _known(
        r"kill\(\) called|kill caused|printer halted|emergency (stop|shutdown)|^!!",
        "halted",
        "The machine halted and takes no commands. Find out why, then press its reset "
        "button or switch it off and on.",
    ),
)
_NEEDS_NO_RESET = frozenset({"stopped", "probing_failed", "homing_failed"})
"""The rest lives on: `M999` clears the first, the others clear themselves."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that the machine names. `code` is our word for a fatal one."""

    text: str
    gravity: Gravity
    code: str | None = None
    meaning: str = ""

    @property
    def is_dead(self) -> bool:
        """Whether the machine takes nothing more until it is reset."""
        return self.gravity is Gravity.FATAL and self.code not in _NEEDS_NO_RESET

    def fault(self) -> Fault:
        """Returns the fault that it is."""
        return Fault(
            code=self.code or "error",
            kind=FaultKind.HEALTH,
            severity=Severity.FATAL,
            text=f"{self.meaning} It said: {self.text[:120]}",
        )


def read_trouble(text: str) -> Trouble:
    """Returns what an error says. Unknown words inform; they stop nothing."""
    if _RECOVERABLE.search(text):
        return Trouble(text, Gravity.RECOVERABLE)
    if _INFORMATIVE.search(text):
        return Trouble(text, Gravity.INFORMATIVE)
    for known in _FATAL:
        if known.pattern.search(text):
            return Trouble(text, Gravity.FATAL, known.code, known.text)
    return Trouble(text, Gravity.INFORMATIVE)


def is_last_word(text: str) -> bool:
    """Whether a line without the prefix of an error tells of the machine's end."""
    words = ("kill() called", "KILL caused", "halted.", "EMERGENCY SHUTDOWN")
    return any(word in text for word in words)


def our_fault(code: str, text: str, severity: Severity = Severity.SERIOUS) -> Fault:
    """Returns a fault that we see, and the machine does not name."""
    return Fault(code=code, kind=FaultKind.PRINT, severity=severity, text=text)
