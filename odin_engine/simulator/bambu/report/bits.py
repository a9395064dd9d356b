"""The words that pack many switches into one number. Source: §6.7."""

from odin_engine.simulator.bambu.description import Dialect
from odin_engine.simulator.bambu.machine import Machine

_SIGNATURE_NEEDED = 1 << 29
# What is always on in `stat`: the captures agree on nothing but that it is not 0.
_STAT_BASE = 0x7258000


def home_flag(machine: Machine) -> int:
    """Builds the signed 32-bit word."""
    settings, options = machine.settings, machine.settings.options
    is_x1 = machine.model.dialect is Dialect.X1
    is_a1 = machine.model.bed_slinger
    word = _bits(
        {
            0: settings.homed,
            1: settings.homed,
            2: settings.homed,
            3: True,
            4: options["auto_recovery"],
            5: settings.records,
            7: options["calibrate_remain_flag"],
            10: options["auto_switch_filament"],
            15: True,
            16: True,
            17: options["sound_enable"],
            18: is_a1,
            19: True,
            20: options["filament_tangle_detect"],
            21: is_a1,
            22: True,
            23: is_x1 and _shows_open_door(machine),
            24: options["nozzle_blob_detect"],
            25: not is_a1,
            28: options["air_print_detect"],
            29: is_a1,
            31: is_x1,
        }
    )
    word |= settings.storage << 8
    return word - (1 << 32) if word >> 31 else word


def stat(machine: Machine) -> str:
    """Builds the status word of newer firmware."""
    extra = _bits({7: machine.settings.records, 23: _shows_open_door(machine)})
    return f"{_STAT_BASE | extra:X}"


def cfg(machine: Machine) -> str:
    """Builds the configuration word of newer firmware."""
    settings, options = machine.settings, machine.settings.options
    detectors = settings.detectors
    word = _bits(
        {
            0: options["tray_read_option"],
            1: options["startup_read_option"],
            3: settings.records,
            4: settings.resolution == "1080p",
            5: settings.timelapse,
            7: settings.lights.get("chamber_light") == "on",
            12: detectors["first_layer_inspector"],
            15: detectors["printing_monitor"],
            16: options["auto_recovery"],
            17: options["calibrate_remain_flag"],
            18: options["auto_switch_filament"],
            22: options["sound_enable"],
            23: options["filament_tangle_detect"],
            24: options["nozzle_blob_detect"],
        }
    )
    word |= settings.speed_level << 8
    word |= sensitivity(settings.sensitivity) << 13
    return f"{word:X}"


def fun(machine: Machine) -> str | None:
    """Builds the word of functions, where the firmware has one."""
    base = machine.model.fun
    if base is None:
        return None
    if not machine.settings.developer_mode:
        base |= _SIGNATURE_NEEDED
    return f"{base:X}"


def aux(machine: Machine) -> str:
    """Builds the word whose bits 12-13 tell the storage."""
    return f"{0x2000004 | machine.settings.storage << 12:X}"


def sensitivity(word: str) -> int:
    """Numbers the three degrees of sensitivity."""
    return {"low": 0, "medium": 1, "high": 2}.get(word, 1)


def packed(current_c: float, target_c: float) -> int:
    """Packs two whole temperatures: the target above, the current below. §6.3."""
    return round(target_c) << 16 | round(current_c) & 0xFFFF


def _shows_open_door(machine: Machine) -> bool:
    return machine.model.door_sensor and machine.settings.door_open


def _bits(flags: dict[int, bool]) -> int:
    return sum(1 << bit for bit, is_on in flags.items() if is_on)
