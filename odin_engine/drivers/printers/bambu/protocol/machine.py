"""Lights, speed, detectors, cameras, firmware, storage, door, network, control.

Source: docs/protocols/bambu.md §6.1 (fields), §6.3 (door), §6.7 (bit fields), §7.
"""

from typing import Any

from odin_engine.drivers.printers.bambu.protocol.document import Document
from odin_engine.drivers.printers.bambu.protocol.fields import (
    hexadecimal,
    rows,
    text,
    whole,
)
from odin_engine.drivers.printers.bambu.protocol.models import DoorSensor
from odin_engine.printers.model import (
    Camera,
    CameraKind,
    Control,
    Detector,
    Firmware,
    FirmwareModule,
    Light,
    LightMode,
    Model,
    Sensitivity,
    Speed,
    SpeedLevel,
    Storage,
)

FAMILY = "bambu"

DETECTOR_MODULES = {
    "first_layer": "first_layer_inspector",
    "spaghetti": "spaghetti_detector",
    "printing_monitor": "printing_monitor",
    "build_plate_marker": "buildplate_marker_detector",
    "pile_up": "pileup_detector",
    "clump": "clump_detector",
    "air_print": "airprint_detector",
    "plate_alignment": "plate_offset_switch",
}
"""Our names for the detectors of `xcam_control_set`, and the printer's (§8.4)."""

OPTION_DETECTORS = {
    "filament_tangle": "filament_tangle_detect",
    "nozzle_blob": "nozzle_blob_detect",
    "air_print": "air_print_detect",
}
"""Our names for the detectors of `print_option`, and the printer's (§8.3)."""

LIGHT_NODES = {
    "chamber": "chamber_light",
    "chamber_2": "chamber_light2",
    "work": "work_light",
    "heatbed": "heatbed_light",
}
"""Our names for the lights, and the printer's."""

_LIGHT_NAMES = {node: name for name, node in LIGHT_NODES.items()}
_LIGHT_MODES = {mode.value: mode for mode in LightMode}
_SPEEDS = {
    1: (SpeedLevel.SILENT, 50),
    2: (SpeedLevel.STANDARD, 100),
    3: (SpeedLevel.SPORT, 124),
    4: (SpeedLevel.LUDICROUS, 166),
}
_SENSITIVITIES = {word.value: word for word in Sensitivity}
_SENSITIVITY_BITS = (Sensitivity.LOW, Sensitivity.MEDIUM, Sensitivity.HIGH)
_STORAGE_BITS = (Storage.MISSING, Storage.OK, Storage.ABNORMAL, Storage.READ_ONLY)
_STORAGE_WORDS = {
    "NO_SDCARD": Storage.MISSING,
    "HAS_SDCARD_NORMAL": Storage.OK,
    "HAS_SDCARD_ABNORMAL": Storage.ABNORMAL,
    "HAS_SDCARD_READONLY": Storage.READ_ONLY,
}
_DOOR_BIT = 23
_WEAKEST_DBM = -120
_NEEDS_SIGNATURE_BIT = 29
_RESTING_UPDATES = frozenset({"", "IDLE", "UPGRADE_SUCCESS", "UPGRADE_FAIL"})
_UPDATE_OFFERED = 1
_LIVEVIEW_OFF = (
    "Live view on the local network is off. Switch LAN Only Liveview on in the "
    "printer's settings."
)
_NO_CAMERA = "The printer reports that its camera is not connected."


def model(document: Document) -> Model:
    """Returns which machine it is."""
    info = document.facts.model
    return Model(FAMILY, info.id, info.name, "Bambu Lab", document.facts.serial)


def control(document: Document) -> Control:
    """Returns whether the printer takes commands.

    `fun` bit 29 says that it wants them signed (Developer Mode off). Without `fun` only
    a command that was taken tells; one that was refused always does. Source: §7.
    """
    refusal = document.facts.refusal
    if refusal:
        return Control.REFUSED
    fun = hexadecimal(document.wire.get("fun"))
    if fun is not None:
        is_off = fun >> _NEEDS_SIGNATURE_BIT & 1
        return Control.REFUSED if is_off else Control.ALLOWED
    return Control.UNKNOWN if refusal is None else Control.ALLOWED


def speed(document: Document) -> Speed | None:
    """Returns the speed profile."""
    wire = document.wire
    number = whole(wire.get("spd_lvl"))
    if number is None and (cfg := hexadecimal(wire.get("cfg"))) is not None:
        number = cfg >> 8 & 0b111
    level, percent = _SPEEDS.get(number or 0, (None, None))
    told = whole(wire.get("spd_mag"))
    percent = told if told is not None and 0 < told < 1000 else percent
    return None if level is None and percent is None else Speed(level, percent)


def lights(document: Document) -> tuple[Light, ...]:
    """Returns the lights and what they do; a mode in no list leaves its light out."""
    found = [
        Light(_LIGHT_NAMES.get(node, node.removesuffix("_light")), mode)
        for row in rows(document.merged.get("lights_report"))
        if (node := text(row.get("node")))
        and (mode := _LIGHT_MODES.get(str(row.get("mode")).lower()))
    ]
    cfg = hexadecimal(document.wire.get("cfg"))
    if not found and cfg is not None and document.facts.model.lights:
        found.append(Light("chamber", LightMode.ON if cfg >> 7 & 1 else LightMode.OFF))
    return tuple(found)


def detectors(document: Document) -> tuple[Detector, ...]:
    """Returns the printer's own watchers, by name."""
    found = {
        **_told_detectors(document),
        **_packed_detectors(document),
        **_option_detectors(document),
    }
    return tuple(found[name] for name in sorted(found))


def _told_detectors(document: Document) -> dict[str, Detector]:
    xcam = document.table("xcam")
    halts = xcam.get("print_halt")
    sensitivity = _SENSITIVITIES.get(str(xcam.get("halt_print_sensitivity")).lower())
    found = {}
    for name, module in DETECTOR_MODULES.items():
        is_enabled = xcam.get(module)
        if is_enabled.__class__ is not bool:
            continue
        is_halting = name == "spaghetti"
        found[name] = Detector(
            name,
            is_enabled,
            sensitivity if is_halting else None,
            halts if is_halting and halts.__class__ is bool else None,
        )
    return found


# Detector, its bit in `xcam.cfg`, its bit of support in `fun` (§6.1, §6.7).
_PACKED = (
    ("spaghetti", 7, 42),
    ("pile_up", 10, 43),
    ("clump", 13, 44),
    ("air_print", 16, 45),
)
_PLATE_ALIGNMENT_BIT = 20


def _packed_detectors(document: Document) -> dict[str, Detector]:
    """Returns the detectors of `xcam.cfg`: a switch and two bits of sensitivity each."""
    xcam = document.table("xcam")
    cfg = whole(xcam.get("cfg"))
    if cfg is None or cfg < 0:
        return {}
    fun = hexadecimal(document.wire.get("fun")) or 0
    halts = xcam.get("print_halt")
    found = {}
    for name, bit, support in _PACKED:
        if not fun >> support & 1 and not cfg >> bit & 1:
            continue
        level = cfg >> bit + 1 & 0b11
        found[name] = Detector(
            name,
            bool(cfg >> bit & 1),
            _SENSITIVITY_BITS[level] if level < len(_SENSITIVITY_BITS) else None,
            halts if name == "spaghetti" and halts.__class__ is bool else None,
        )
    fun2 = hexadecimal(document.wire.get("fun2")) or 0
    if fun2 >> 2 & 1 or cfg >> _PLATE_ALIGNMENT_BIT & 1:
        is_enabled = bool(cfg >> _PLATE_ALIGNMENT_BIT & 1)
        found["plate_alignment"] = Detector("plate_alignment", is_enabled)
    return found


# Detector, its bit of support and its switch in `home_flag` (§6.7).
_OPTIONS = (
    ("filament_tangle", 19, 20),
    ("nozzle_blob", 25, 24),
    ("air_print", 29, 28),
)


def _option_detectors(document: Document) -> dict[str, Detector]:
    flags = _home_flag(document)
    if flags is None:
        return {}
    return {
        name: Detector(name, bool(flags >> switch & 1))
        for name, support, switch in _OPTIONS
        if flags >> support & 1
    }


def _home_flag(document: Document) -> int | None:
    """Returns the flags, which are sent as a signed number."""
    flags = whole(document.wire.get("home_flag"))
    return None if flags is None else flags & 0xFFFF_FFFF


def cameras(document: Document) -> tuple[Camera, ...]:
    """Returns the camera and, where it cannot be watched, how to change that."""
    kind = document.facts.model.camera
    if kind is None:
        return ()
    ipcam = document.table("ipcam")
    reason = None
    if kind is CameraKind.RTSPS and ipcam.get("rtsp_url") == "disable":
        reason = _LIVEVIEW_OFF
    elif str(ipcam.get("ipcam_dev")) == "0":
        reason = _NO_CAMERA
    return (Camera("chamber", kind, reason is None, reason),)


def is_timelapse_on(document: Document) -> bool | None:
    """Returns whether the printer records timelapses."""
    word = str(document.table("ipcam").get("timelapse"))
    if word in {"enable", "disable"}:
        return word == "enable"
    cfg = hexadecimal(document.wire.get("cfg"))
    return None if cfg is None else bool(cfg >> 5 & 1)


def firmware(document: Document) -> Firmware:
    """Returns what runs on the machine, and the version offered."""
    modules = tuple(
        FirmwareModule(
            name=name,
            version=text(module.get("sw_ver")) or "",
            hardware=_unless_absent(module.get("hw_ver")),
            serial=text(module.get("sn")),
            product=text(module.get("product_name")),
        )
        for module in document.facts.modules
        if (name := text(module.get("name")))
    )
    version = next((m.version for m in modules if m.name == "ota"), "") or None
    upgrade = document.table("upgrade_state")
    return Firmware(
        version=version,
        update=_update(document, upgrade),
        is_updating=str(upgrade.get("status") or "") not in _RESTING_UPDATES,
        modules=modules,
    )


def _update(document: Document, upgrade: dict[str, Any]) -> str | None:
    if whole(upgrade.get("new_version_state")) != _UPDATE_OFFERED:
        return None
    offered = text(upgrade.get("ota_new_version_number"))
    for row in (*rows(upgrade.get("new_ver_list")), *document.facts.modules):
        if row.get("name") == "ota":
            offered = offered or text(row.get("new_ver"))
    return offered


def _unless_absent(value: Any) -> str | None:  # noqa: ANN401 - a wire value
    word = text(value)
    return None if word == "N/A" else word


def storage(document: Document) -> Storage | None:
    """Returns the state of card or stick: `aux`, else `home_flag`, else `sdcard`."""
    wire = document.wire
    aux = hexadecimal(wire.get("aux"))
    if aux is not None:
        return _STORAGE_BITS[aux >> 12 & 0b11]
    flags = _home_flag(document)
    if flags is not None:
        return _STORAGE_BITS[flags >> 8 & 0b11]
    card = wire.get("sdcard")
    if card.__class__ is bool:
        return Storage.OK if card else Storage.MISSING
    return _STORAGE_WORDS.get(str(card).upper())


def is_door_open(document: Document) -> bool | None:
    """Returns the door's state where the model has a sensor."""
    match document.facts.model.door:
        case DoorSensor.STAT:
            flags = hexadecimal(document.wire.get("stat"))
        case DoorSensor.HOME_FLAG:
            flags = _home_flag(document)
        case DoorSensor.NONE:
            return None
    return None if flags is None else bool(flags >> _DOOR_BIT & 1)


def wifi_dbm(document: Document) -> int | None:
    """Returns the signal's strength; on a cable the number is a placeholder."""
    word = document.wire.get("wifi_signal")
    dbm = whole(word[:-3] if word.__class__ is str and word[-3:] == "dBm" else word)
    if dbm is None or not _WEAKEST_DBM <= dbm < 0:
        return None
    net = document.merged.get("net")
    is_wired = net is not None and (whole(net.get("conf")) or 0) & 1
    return None if is_wired else dbm
