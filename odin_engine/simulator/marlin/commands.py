"""What each G-code does. Source: serial_marlin §3, §5, §7."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from odin_engine.simulator.marlin.card import Card
from odin_engine.simulator.plain import Heater

if TYPE_CHECKING:
    from odin_engine.simulator.marlin.firmware import Firmware

_WORD = re.compile(r"([A-Z])\s*(-?\d*\.?\d+)")
_NEAR_C = 2.0
CAPS = {
    "EEPROM": True,
    "VOLUMETRIC": True,
    "AUTOREPORT_POS": False,
    "AUTOREPORT_TEMP": True,
    "PROGRESS": False,
    "PRINT_JOB": True,
    "AUTOLEVEL": True,
    "RUNOUT": True,
    "Z_PROBE": True,
    "BUILD_PERCENT": True,
    "SOFTWARE_POWER": False,
    "EMERGENCY_PARSER": True,
    "HOST_ACTION_COMMANDS": True,
    "PROMPT_SUPPORT": True,
    "SDCARD": True,
    "AUTOREPORT_SD_STATUS": True,
    "LONG_FILENAME": True,
    "THERMAL_PROTECTION": True,
}


class Commands:
    """Does commands at one board."""

    def __init__(
        self, firmware: Firmware, caps: dict[str, bool] | None, model: str
    ) -> None:
        self._firmware = firmware
        self._model = model
        self.caps = dict(CAPS if caps is None else caps)
        self.busy_with = "processing"
        self.answers: list[str] = []
        self.card = card = Card(firmware)
        self._table: dict[str, Callable[[str, dict[str, float]], str | None]] = {
            "G0": self._move,
            "G1": self._move,
            "G4": lambda *_: None,
            "G28": self._home,
            "G29": lambda *_: None,
            "G90": lambda *_: self._relative(is_relative=False),
            "G91": lambda *_: self._relative(is_relative=True),
            "G92": self._set_position,
            "M20": card.list_files,
            "M21": lambda *_: self._say("SD card ok"),
            "M23": card.select,
            "M24": card.start,
            "M25": card.pause,
            "M26": lambda *_: None,
            "M27": card.report,
            "M82": lambda *_: self._relative_e(is_relative=False),
            "M83": lambda *_: self._relative_e(is_relative=True),
            "M104": self._heat,
            "M105": lambda *_: f" {self.heats()}",
            "M106": self._fan,
            "M107": self._fan,
            "M109": self._heat_and_wait,
            "M110": lambda *_: None,
            "M113": lambda *_: None,
            "M114": lambda *_: self._say(firmware.motion.text()),
            "M115": self._identify,
            "M140": self._heat,
            "M154": self.report,
            "M155": self.report,
            "M190": self._heat_and_wait,
            "M220": self._speed,
            "M221": self._flow,
            "M400": self._wait_for_moves,
            "M524": card.abort,
            "M600": self._change_filament,
            "M876": lambda text, _: self.answered(text),
        }
        self._table |= dict.fromkeys(
            [
                "M17",
                "M18",
                "M73",
                "M75",
                "M76",
                "M77",
                "M84",
                "M108",
                "M117",
                "M118",
                "M201",
                "M203",
                "M204",
                "M205",
                "M300",
                "M410",
                "M486",
                "M900",
                "M999",
                "G21",
            ],
            lambda *_: None,
        )

    def do(self, text: str) -> str:
        """Does a command; returns what stands behind its ok."""
        code = text.partition(" ")[0]
        if re.fullmatch(r"T\d", code):
            self._firmware.machine.change(tool=int(code[1:]))
            return ""
        act = self._table.get(code)
        if act is None:
            self._say(f'echo:Unknown command: "{text}"')
            return ""
        words = {letter: float(value) for letter, value in _WORD.findall(text[1:])}
        return act(text, words) or ""

    def _say(self, *lines: str) -> None:
        self._firmware.say(*lines)

    def heats(self) -> str:
        """Returns the temperatures as M105 says them."""
        machine = self._firmware.machine
        parts = [_heat("T", machine.nozzles[machine.tool])]
        if machine.bed is not None:
            parts.append(_heat("B", machine.bed))
        if machine.chamber is not None:
            parts.append(_heat("C", machine.chamber))
        if len(machine.nozzles) > 1:
            parts += [_heat(f"T{at}", each) for at, each in enumerate(machine.nozzles)]
        return " ".join([*parts, "@:0 B@:0"])

    def _move(self, _: str, words: dict[str, float]) -> None:
        firmware = self._firmware
        firmware.motion.move(words, firmware.machine.speed_pct)
        if "E" in words and "X" in words:
            firmware.was_fed()
        if firmware.motion.is_full:
            firmware.block(lambda: not firmware.motion.is_full)

    def _home(self, *_: object) -> None:
        self._firmware.machine.home()
        self._firmware.motion.at |= {"X": 0.0, "Y": 0.0, "Z": 0.0}

    def _relative(self, *, is_relative: bool) -> None:
        self._firmware.motion.is_relative = is_relative
        self._relative_e(is_relative=is_relative)

    def _relative_e(self, *, is_relative: bool) -> None:
        self._firmware.motion.is_e_relative = is_relative

    def _set_position(self, _: str, words: dict[str, float]) -> None:
        at = self._firmware.motion.at
        at |= {axis: value for axis, value in words.items() if axis in at}

    def _heat(self, text: str, words: dict[str, float]) -> None:
        self._heater(text, words)

    def _heater(self, text: str, words: dict[str, float]) -> Heater | None:
        machine = self._firmware.machine
        is_bed = text.startswith(("M140", "M190"))
        heater = machine.bed
        if not is_bed:
            tool = int(words.get("T", machine.tool))
            heater = machine.nozzles[min(tool, len(machine.nozzles) - 1)]
        if heater is not None:
            target = words.get("S", words.get("R", 0.0))
            heater.target_c = min(max(target, 0.0), heater.max_c)
        return heater

    def _heat_and_wait(self, text: str, words: dict[str, float]) -> None:
        heater = self._heater(text, words)
        if heater is not None:
            self._firmware.block(
                lambda: (
                    abs(heater.current_c - heater.target_c) < _NEAR_C
                    or heater.target_c == 0
                )
            )

    def _fan(self, text: str, words: dict[str, float]) -> None:
        speed = 0.0 if text.startswith("M107") else words.get("S", 255.0)
        self._firmware.machine.fans_pct["part"] = round(speed * 100 / 255)

    def _speed(self, _: str, words: dict[str, float]) -> None:
        machine = self._firmware.machine
        if "S" in words:
            machine.speed_pct = max(1, int(words["S"]))
        else:
            self._say(f"FR:{machine.speed_pct}%")

    def _flow(self, _: str, words: dict[str, float]) -> None:
        machine = self._firmware.machine
        if "S" in words:
            machine.flow_pct = max(1, int(words["S"]))
        else:
            self._say(f"E0 Flow: {machine.flow_pct}%")

    def report(self, text: str, words: dict[str, float]) -> None:
        """Begins or ends reports that come by themselves."""
        code = text.partition(" ")[0]
        if words.get("S", 0):
            self._firmware.reports.add(code)
        else:
            self._firmware.reports.discard(code)

    def _identify(self, *_: object) -> None:
        name = "Marlin 2.1.3 (Sep 1 2026 00:00:00)"
        heads = len(self._firmware.machine.nozzles)
        self._say(
            f"FIRMWARE_NAME:{name} SOURCE_CODE_URL:github.com/MarlinFirmware/Marlin "
            f"PROTOCOL_VERSION:1.0 MACHINE_TYPE:{self._model} KINEMATICS:Cartesian "
            f"EXTRUDER_COUNT:{heads} UUID:00000000-0000-4000-8000-000000000000",
            *(f"Cap:{cap}:{int(has)}" for cap, has in self.caps.items()),
        )

    def _wait_for_moves(self, *_: object) -> None:
        motion = self._firmware.motion
        if motion.planned_s > 0:
            self._firmware.block(lambda: motion.planned_s <= 0)

    def _change_filament(self, *_: object) -> None:
        self.ask("Filament change", "Continue")

    def ask(self, text: str, *choices: str) -> None:
        """Asks a person something, and blocks until somebody answered."""
        self.busy_with = "paused for user"
        self._say(
            f"//action:prompt_begin {text}",
            *(f"//action:prompt_button {choice}" for choice in choices),
            "//action:prompt_show",
            "echo:busy: paused for user",
        )
        answered = len(self.answers)
        self._firmware.block(lambda: len(self.answers) > answered)

    def answered(self, text: str) -> None:
        """Takes the answer of a person."""
        self.answers.append(text)
        self.busy_with = "processing"
        self._say("//action:prompt_end")


def _heat(name: str, heater: Heater) -> str:
    return f"{name}:{heater.current_c:.2f} /{heater.target_c:.2f}"
