"""Filament units, external spools and slot codes. Source: §6.4."""

from typing import Any

from odin_engine.simulator.bambu.description import Dialect
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.spools import NO_TAG, NO_UUID, Spool
from odin_engine.simulator.bambu.machine.units import (
    EXTERNAL,
    EXTERNAL_LEFT,
    FIRST_HT,
    MIXED,
    NOTHING,
    DryPhase,
    Unit,
    UnitKind,
)

_MIXED_EXIST_BIT = 12
_NO_SLOT = (0xFFFF, 0xFEFF)
_EXTERNAL_CODES = {EXTERNAL: 0xFF00, EXTERNAL_LEFT: 0xFE00}


def ams_block(machine: Machine) -> dict[str, Any]:
    """Builds `print.ams`."""
    feed, options = machine.feed, machine.settings.options
    exist, trays, tagged = 0, 0, 0
    for unit in feed.units:
        exist |= 1 << _exist_bit(unit)
        for slot, spool in enumerate(unit.slots):
            if spool is not None:
                bit = 1 << (unit.bit_base + slot)
                trays |= bit
                tagged |= bit if spool.has_tag else 0
    if feed.boots_for_s > 0 and not options["startup_read_option"]:
        # Units that wake up do not know yet what lies in them. Source: §5.1, BB #765.
        trays = tagged = 0
    now = _wire_tray(feed.now)
    block: dict[str, Any] = {
        "ams": [_unit(machine, each) for each in feed.units],
        "ams_exist_bits": f"{exist:x}",
        "tray_exist_bits": f"{trays:x}",
        "tray_is_bbl_bits": f"{tagged:x}",
        "tray_tar": _wire_tray(feed.target),
        "tray_now": now,
        "tray_pre": _wire_tray(feed.previous),
        "tray_read_done_bits": f"{trays:x}",
        "tray_reading_bits": "0",
        "version": 10,
        "insert_flag": options["tray_read_option"],
        "power_on_flag": options["startup_read_option"],
    }
    if machine.model.dialect is not Dialect.MICRO:
        block |= {
            "ams_exist_bits_raw": f"{exist:x}",
            "cali_id": 0,
            "cali_stat": 0,
            "unbind_ams_stat": 0,
        }
    return block


def external_slot(machine: Machine, flat: int, wire_id: str) -> dict[str, Any]:
    """Builds `vt_tray` or a row of `vir_slot`."""
    spool = machine.feed.externals.get(flat)
    row = _tray(machine, wire_id, spool) if spool else _blank(machine, wire_id)
    row["remain"] = 0
    row.pop("state", None)
    return row


def slot_code(machine: Machine, flat: int, head: int) -> int:
    """Gives the 16-bit code of a tray: unit above, slot below."""
    if flat == NOTHING:
        return _NO_SLOT[head]
    if flat in _EXTERNAL_CODES:
        return _EXTERNAL_CODES[flat]
    place = machine.feed.locate(flat)
    return place[0].id << 8 | place[1] if place else _NO_SLOT[head]


def _exist_bit(unit: Unit) -> int:
    if unit.id >= FIRST_HT:
        return 4 + unit.id - FIRST_HT
    return _MIXED_EXIST_BIT if unit.id == MIXED else unit.id


def _wire_tray(flat: int) -> str:
    return str(EXTERNAL if flat == EXTERNAL_LEFT else flat)


def _unit(machine: Machine, unit: Unit) -> dict[str, Any]:
    has_sensor = unit.kind not in {UnitKind.LITE, UnitKind.MIXED}
    humidity = round(unit.humidity_percent)
    row: dict[str, Any] = {
        "id": str(unit.id),
        "info": _info(unit),
        "humidity": str(_dryness(humidity)),
        "humidity_raw": str(humidity) if has_sensor else "0",
        "temp": f"{unit.temperature_c:.1f}" if has_sensor else "0.0",
        "dry_time": round(unit.dry_left_s / 60),
        "tray": [
            _tray(machine, str(slot), spool) if spool else {"id": str(slot), "state": 0}
            for slot, spool in enumerate(unit.slots)
        ],
    }
    if machine.model.dialect is Dialect.MICRO:
        row |= {"check": 1, "chip_id": f"{machine.serial.lower():0<31}"}
    if unit.kind.can_dry:
        row["dry_setting"] = {
            "dry_filament": unit.dry_filament,
            "dry_temperature": unit.dry_target_c,
            "dry_duration": unit.dry_for_h,
        }
        row["dry_sf_reason"] = [0] if machine.prints.is_busy else []
    return row


def _info(unit: Unit) -> str:
    word = unit.kind.wire_type | unit.phase << 4 | unit.head << 8
    word |= 0x2000 if unit.kind.can_dry else 0x1000
    if unit.phase is DryPhase.DRYING:
        is_hot = unit.temperature_c >= unit.dry_target_c - 1
        word |= 1 << 18 | 1 << 20 | (2 if is_hot else 1) << 22
    return f"{word:x}"


def _dryness(percent: int) -> int:
    """Numbers 1 (wet) to 5 (dry)."""
    return next((5 - i for i, top in enumerate((15, 25, 35, 45)) if percent < top), 1)


def _tray(machine: Machine, wire_id: str, spool: Spool) -> dict[str, Any]:
    filament = spool.filament
    row = _blank(machine, wire_id)
    row |= {
        "state": 3 if machine.model.dialect is Dialect.MICRO else 11,
        "remain": spool.remaining_percent,
        "tag_uid": spool.tag_uid,
        "tray_uuid": spool.uuid,
        "tray_id_name": "",
        "tray_info_idx": filament.idx,
        "tray_type": filament.type,
        "tray_sub_brands": filament.brand if spool.has_tag else "",
        "tray_color": spool.color,
        "tray_weight": f"{spool.net_g:.0f}" if spool.has_tag else "0",
        "nozzle_temp_max": str(filament.nozzle_max_c),
        "nozzle_temp_min": str(filament.nozzle_min_c),
        "cols": [spool.color],
        "cali_idx": spool.cali_idx,
    }
    temp, time = _drying_keys(machine)
    row[temp] = str(filament.dry_c if spool.has_tag else 0)
    row[time] = str(filament.dry_h if spool.has_tag else 0)
    if machine.model.dialect is Dialect.MICRO:
        row["k"] = spool.k
    return row


def _blank(machine: Machine, wire_id: str) -> dict[str, Any]:
    temp, time = _drying_keys(machine)
    row: dict[str, Any] = {
        "id": wire_id,
        "tag_uid": NO_TAG,
        "tray_id_name": "",
        "tray_info_idx": "",
        "tray_type": "",
        "tray_sub_brands": "",
        "tray_color": "00000000",
        "tray_weight": "0",
        "tray_diameter": "1.75",
        temp: "0",
        time: "0",
        "bed_temp_type": "0",
        "bed_temp": "0",
        "nozzle_temp_max": "0",
        "nozzle_temp_min": "0",
        "xcam_info": "000000000000000000000000",
        "tray_uuid": NO_UUID,
        "total_len": 330000,
        "remain": 0,
        "cali_idx": -1,
        "ctype": 0,
        "cols": ["00000000"],
    }
    if machine.model.dialect is Dialect.MICRO:
        row |= {"k": 0.019999999552965164, "n": 1}
    return row


def _drying_keys(machine: Machine) -> tuple[str, str]:
    if machine.model.dialect is Dialect.MICRO:
        return "tray_temp", "tray_time"
    return "drying_temp", "drying_time"
