"""What a plain machine does when it is sent lines of G-code.

Source: marlinfw.org, "G-code index".
"""

import re

from odin_engine.simulator.plain import PlainMachine

_WORD = re.compile(r"([A-Z])\s*(-?\d+(?:\.\d+)?)")
_FULL = 255
STOPS = frozenset({"M112"})


def do(machine: PlainMachine, line: str) -> None:
    """Does one line; one that it does not know is fine."""
    words = dict(_WORD.findall(line.upper().split(";")[0]))
    code = line.upper().split()[0] if line.split() else ""
    value = float(words.get("S", 0))
    match code:
        case "M112":
            machine.fail("M112: Emergency stop")
        case "M104" | "M109":
            number = int(float(words.get("T", machine.tool)))
            _heat(machine, f"nozzle{number}", value)
        case "M140" | "M190":
            _heat(machine, "bed", value)
        case "M141" | "M191":
            _heat(machine, "chamber", value)
        case "M106":
            machine.fans_pct["part"] = round(min(value, _FULL) * 100 / _FULL)
        case "M107":
            machine.fans_pct["part"] = 0
        case "M220" if value > 0:
            machine.change(speed_pct=int(value))
        case "M221" if value > 0:
            machine.change(flow_pct=int(value))
        case "G28":
            machine.home()
        case _ if re.fullmatch(r"T\d", code) and int(code[1:]) < len(machine.nozzles):
            machine.change(tool=int(code[1:]))


def _heat(machine: PlainMachine, heater: str, target_c: float) -> None:
    there = machine.heaters.get(heater)
    if there is not None:
        # Firmware clamps what is too hot.
        machine.heat(heater, min(max(target_c, 0), there.max_c))
