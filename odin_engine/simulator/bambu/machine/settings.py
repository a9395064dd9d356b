"""Switches of the machine that stay as somebody left them."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from odin_engine.simulator.bambu.description import Model

# Source: docs/protocols/bambu.md §6.1, `spd_lvl` and `spd_mag`.
SPEED_PERCENT = {1: 50, 2: 100, 3: 124, 4: 166}


class Storage(IntEnum):
    """home_flag bits 8-9. Source: docs/protocols/bambu.md §6.1, `sdcard`."""

    NONE = 0
    OK = 1
    ABNORMAL = 2
    READ_ONLY = 3


class Refusal(StrEnum):
    """How firmware refuses unsigned control. Source: docs/protocols/bambu.md §7."""

    ACK = "a"
    HMS = "b"
    SILENT = "c"


@dataclass(slots=True)
class Settings:
    """The state of lights, fans, doors and options."""

    lights: dict[str, str]
    fans: dict[str, int]
    developer_mode: bool = True
    refusal: Refusal = Refusal.ACK
    door_open: bool = False
    storage: Storage = Storage.OK
    speed_level: int = 2
    airduct_mode: int = 0
    homed: bool = False
    records: bool = True
    timelapse: bool = False
    resolution: str = "1080p"
    wifi_dbm: int = -52
    options: dict[str, bool] = field(
        default_factory=lambda: {
            "auto_recovery": True,
            "air_print_detect": False,
            "filament_tangle_detect": True,
            "nozzle_blob_detect": False,
            "sound_enable": True,
            "auto_switch_filament": True,
            "tray_read_option": True,
            "startup_read_option": False,
            "calibrate_remain_flag": True,
        }
    )
    detectors: dict[str, bool] = field(
        default_factory=lambda: {
            "first_layer_inspector": True,
            "spaghetti_detector": True,
            "printing_monitor": True,
            "buildplate_marker_detector": True,
            "pileup_detector": True,
            "clump_detector": False,
            "airprint_detector": False,
        }
    )
    halts_print: bool = True
    sensitivity: str = "medium"

    @property
    def speed_percent(self) -> int:
        """Gives the speed that belongs to the level."""
        return SPEED_PERCENT[self.speed_level]


def settings_of(model: Model) -> Settings:
    """Gives a machine of this model as it leaves the box, Developer Mode on."""
    lights = dict.fromkeys(model.lights, "on")
    if "work_light" in lights:
        lights["work_light"] = "flashing"
    return Settings(lights=lights, fans={"part": 0, "aux": 0, "chamber": 0})
