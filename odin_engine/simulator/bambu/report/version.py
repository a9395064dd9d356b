"""The modules that `get_version` lists. Source: §5 and the module names in §1."""

from typing import Any

from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.units import UnitKind

_UNIT_MODULES = {
    UnitKind.AMS: ("ams", "AMS08", "00.00.06.49", "AMS"),
    UnitKind.LITE: ("ams_f1", "AMS_F102", "00.00.08.15", "AMS Lite"),
    UnitKind.MIXED: ("ams_f1", "AMS_F102", "00.00.08.15", "AMS Lite"),
    UnitKind.PRO: ("n3f", "N3F05", "03.00.21.29", "AMS 2 Pro"),
    UnitKind.HT: ("n3s", "N3S05", "02.00.19.67", "AMS HT"),
}


def modules(machine: Machine) -> list[dict[str, Any]]:
    """Lists firmware first, then filament units, then the boards."""
    model = machine.model
    rows = [
        _module(
            "ota",
            hw_ver="OTA" if model.sends_deltas else "N/A",
            sw_ver=model.firmware,
            sn=machine.serial,
            product_name=model.product_name,
            flag=3,
        )
    ]
    for place, unit in enumerate(machine.feed.units):
        name, hw_ver, sw_ver, product = _UNIT_MODULES[unit.kind]
        rows.append(
            _module(
                f"{name}/{unit.id}",
                hw_ver=hw_ver,
                sw_ver=sw_ver,
                sn=f"SN{machine.serial[-6:]}{unit.id:05}",
                product_name=f"{product} ({place + 1})",
            )
        )
    rows += [
        _module(
            each["name"],
            hw_ver=each["hw_ver"],
            sw_ver=each["sw_ver"],
            sn=f"SN{machine.serial[-6:]}B{place}",
            product_name=each.get("product_name", ""),
            project_name=each.get("project_name"),
        )
        for place, each in enumerate(model.modules)
    ]
    return rows


def _module(
    name: str,
    *,
    hw_ver: str,
    sw_ver: str,
    sn: str,
    product_name: str = "",
    project_name: str | None = None,
    flag: int = 0,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": name,
        "hw_ver": hw_ver,
        "sw_ver": sw_ver,
        "loader_ver": "00.00.00.00",
        "sn": sn,
        "product_name": product_name,
        "visible": bool(product_name),
        "flag": flag,
    }
    if project_name is not None:
        row["project_name"] = project_name
    return row
