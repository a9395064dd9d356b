"""The few words of g-code that people send by hand."""

import re

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.feed import Head
from odin_engine.simulator.bambu.machine.heat import Heater

_WORD = re.compile(r"([A-Z])(-?\d+(?:\.\d+)?)")
# Source: docs/protocols/bambu.md §8.3, "fan".
_FANS = {1: "part", 2: "aux", 3: "chamber"}


def run_lines(machine: Machine, lines: str) -> None:
    """Acts on each line it knows and passes over the others."""
    for line in lines.splitlines():
        code, _, rest = line.split(";")[0].strip().upper().partition(" ")
        words = {letter: float(value) for letter, value in _WORD.findall(rest)}
        _run(machine, code, words)


def _run(machine: Machine, code: str, words: dict[str, float]) -> None:
    match code:
        case "M104" | "M109":
            _aim(_head(machine, words).heater, words)
        case "M140" | "M190":
            _aim(machine.bed, words)
        case "M141" | "M191":
            _aim(machine.chamber.heater, words)
        case "M106":
            _blow(machine, words, words.get("S", 255))
        case "M107":
            _blow(machine, words, 0)
        case "G28" if not machine.prints.is_busy:
            machine.home()
        case _:
            pass


def _head(machine: Machine, words: dict[str, float]) -> Head:
    number = int(words.get("T", machine.feed.head.number))
    heads = machine.feed.heads
    return heads[number] if 0 <= number < len(heads) else machine.feed.head


def _aim(heater: Heater, words: dict[str, float]) -> None:
    if "S" in words:
        heater.aim(words["S"])


def _blow(machine: Machine, words: dict[str, float], value: float) -> None:
    name = _FANS.get(int(words.get("P", 1)))
    if name in machine.model.fan_keys:
        percent = round(min(max(value, 0), 255) * 100 / 255)
        machine.settings.fans[name] = percent
