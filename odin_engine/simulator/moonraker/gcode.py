"""The little G-code that a simulated Klipper understands; the rest it takes and ignores.

Source: docs.klipper3d.org, "G-Codes".
"""

import shlex

from odin_engine.simulator.moonraker.klipper import Klipper
from odin_engine.simulator.plain import Activity

_PREFIXES = {"echo": "echo:", "command": "//", "error": "!!"}


class GcodeError(Exception):
    """Klipper refuses a line, in its own words."""


def run(klipper: Klipper, script: str) -> None:
    """Executes a script. Raises GcodeError at the first line that is refused."""
    if klipper.state != "ready":
        raise GcodeError(klipper.message)
    for line in script.splitlines():
        words = shlex.split(line.partition(";")[0])
        if words:
            _line(klipper, words[0].upper(), words[1:])


def _line(klipper: Klipper, word: str, rest: list[str]) -> None:  # noqa: C901, PLR0912, PLR0915 - one line per word is the table
    machine = klipper.machine
    given = {
        key.upper(): value for key, _, value in (each.partition("=") for each in rest)
    }
    letters = {each[0].upper(): each[1:] for each in rest}
    match word:
        case "SET_HEATER_TEMPERATURE":
            _heat(klipper, given.get("HEATER", ""), float(given.get("TARGET", 0)))
        case "M104" | "M109" | "M140" | "M190":
            heater = _heater_of(klipper, word, letters)
            _heat(klipper, heater, float(letters.get("S", 0)))
        case "M106":
            _fan(klipper, "part", float(letters.get("S", 255)) / 2.55)
        case "M107":
            _fan(klipper, "part", 0.0)
        case "SET_FAN_SPEED":
            _fan(klipper, given.get("FAN", ""), float(given.get("SPEED", 0)) * 100)
        case "M220":
            machine.change(speed_pct=int(letters.get("S", 100)))
        case "M221":
            machine.change(flow_pct=int(letters.get("S", 100)))
        case "G28":
            machine.home()
        case "G1":
            if not machine.homed:
                raise GcodeError("Must home axis first: 0.000 0.000 0.000 [0.000]")
        case "G90" | "G91":
            klipper.is_relative = word == "G91"
        case "SAVE_GCODE_STATE":
            klipper.saved[given["NAME"]] = klipper.is_relative
        case "RESTORE_GCODE_STATE":
            klipper.is_relative = klipper.saved[given["NAME"]]
        case "EXCLUDE_OBJECT":
            machine.change(excluded=[*machine.excluded, given.get("NAME", "")])
        case "SDCARD_RESET_FILE":
            klipper.is_loaded = False
            machine.clear()
        case "RESPOND":
            klipper.say(_response(given))
        case "MMU_UNLOCK":
            klipper.mmu_reason = ""
            machine.change()
        case "MMU_TTG_MAP":
            if "MAP" in given:
                klipper.mmu_map[:] = [int(each) for each in given["MAP"].split(",")]
            else:
                klipper.mmu_map[int(given["TOOL"])] = int(given["GATE"])
            machine.change()
        case "ACTIVATE_EXTRUDER":
            machine.change(tool=klipper.variant.extruders.index(given["EXTRUDER"]))
        case "M112":
            klipper.shut_down("Shutdown due to M112 command")
        case _ if word[:1] == "T" and word[1:].isdigit():
            machine.change(tool=min(int(word[1:]), klipper.variant.heads - 1))


def _response(given: dict[str, str]) -> str:
    """Returns what Klipper's `[respond]` says."""
    kind = given.get("TYPE", "echo").lower()
    if kind not in _PREFIXES:
        raise GcodeError(f"RESPOND TYPE '{kind}' is invalid.")
    return f"{_PREFIXES[kind]} {given.get('MSG', '')}"


def _heater_of(klipper: Klipper, word: str, letters: dict[str, str]) -> str:
    if word in {"M140", "M190"}:
        return "heater_bed"
    number = int(letters.get("T", klipper.machine.tool))
    return "".join(_names(klipper)[number : number + 1])


def _heat(klipper: Klipper, heater: str, target_c: float) -> None:
    names = {each: f"nozzle{number}" for number, each in enumerate(_names(klipper))}
    names |= {"heater_bed": "bed", "chamber": "chamber"}
    if names.get(heater) not in klipper.machine.heaters:
        raise GcodeError(f"The value '{heater}' is not valid for HEATER")
    try:
        klipper.machine.heat(names[heater], target_c)
    except ValueError as error:
        raise GcodeError(
            f"Requested temperature ({target_c:.1f}) out of range ({error})"
        ) from error


def _names(klipper: Klipper) -> list[str]:
    return klipper.variant.extruders


def _fan(klipper: Klipper, fan: str, percent: float) -> None:
    fans = klipper.machine.fans_pct
    if fan not in fans:
        raise GcodeError(f"The value '{fan}' is not valid for FAN")
    klipper.machine.change(fans_pct={**fans, fan: round(percent)})


def is_busy(klipper: Klipper) -> bool:
    """Whether a file is loaded or printed; one that is paused gives way to the next."""
    is_paused = klipper.machine.activity is Activity.PAUSED
    return klipper.is_loaded or (klipper.machine.is_busy and not is_paused)


def pause(klipper: Klipper) -> None:
    """Pauses; what is not printing is marked as paused by the real one as well."""
    klipper.machine.pause()


def resume(klipper: Klipper) -> None:
    """Goes on. Raises GcodeError where nothing is paused."""
    if klipper.machine.activity is not Activity.PAUSED:
        raise GcodeError("Print is not paused, resume aborted")
    klipper.mmu_reason = ""
    klipper.machine.resume()
