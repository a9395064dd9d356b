"""Commands for pressure profiles (K factors). Source: §8.3, "PA profiles".

An empty filament id asks for every profile of a nozzle. Source: a public log of such a
reply by a single-head machine (2026), which also gives the keys of a row.
"""

from typing import Any

from odin_engine.simulator.bambu.commands.answer import (
    DONE,
    Answer,
    BadField,
    Body,
    Desk,
    integer,
    refused,
    text,
)
from odin_engine.simulator.bambu.commands.profiles import NO_PROFILE, USUAL_K, Profile
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.spools import Spool

_NO_TRAY = "invalid tray_id"


def extrusion_cali_get(desk: Desk, body: Body) -> Answer:
    """Lists the profiles stored for a nozzle."""
    machine, filament_id = desk.machine, text(body, "filament_id")
    diameter = _diameter(machine, body)
    return Answer(
        fields={
            "filaments": [
                _row(machine, index, profile)
                for index, profile in desk.profiles.stored(diameter, filament_id)
            ],
            "filament_id": filament_id,
            "nozzle_diameter": diameter,
        }
    )


def extrusion_cali_set(desk: Desk, body: Body) -> Answer:
    """Stores profiles; without `filaments` it sets K of a tray, as it once did only."""
    rows = body.get("filaments")
    if rows is None:
        return _set_k(desk, body)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadField("invalid filaments")
    diameter = _diameter(desk.machine, body)
    for row in rows:
        index = integer(row, "cali_idx", NO_PROFILE)
        desk.profiles.store(_profile(row, diameter), index)
    if any(integer(row, "tray_id", 0) < 0 for row in rows):
        # It complains and has stored them all the same. Source: §8.3.
        return refused(_NO_TRAY)
    return DONE


def extrusion_cali_del(desk: Desk, body: Body) -> Answer:
    """Forgets a profile; trays that used it go back to the usual K."""
    index = integer(body, "cali_idx")
    if not desk.profiles.drop(index):
        return refused("invalid cali_idx")
    for spool in _spools(desk.machine):
        if spool.cali_idx == index:
            spool.cali_idx, spool.k = NO_PROFILE, USUAL_K
    return DONE


def extrusion_cali_sel(desk: Desk, body: Body) -> Answer:
    """Chooses the profile of a tray, which is numbered globally here."""
    spool = desk.machine.feed.spool(integer(body, "tray_id"))
    if spool is None:
        return refused(_NO_TRAY)
    spool.cali_idx = integer(body, "cali_idx")
    spool.k = desk.profiles.k(spool.cali_idx)
    return DONE


def extrusion_cali(desk: Desk, body: Body) -> Answer:
    """Sets K of a tray; without a K it asks for a measurement, which shows nowhere."""
    return _set_k(desk, body) if "k_value" in body else DONE


def extrusion_cali_get_result(desk: Desk, body: Body) -> Answer:
    """Tells what the last measurement found: nothing, as none is made here."""
    diameter = _diameter(desk.machine, body)
    return Answer(fields={"filaments": [], "nozzle_diameter": diameter})


def _set_k(desk: Desk, body: Body) -> Answer:
    spool = desk.machine.feed.spool(integer(body, "tray_id"))
    if spool is None:
        return refused(_NO_TRAY)
    spool.k = _k(body)
    return DONE


def _profile(row: Body, diameter: str) -> Profile:
    return Profile(
        filament_id=text(row, "filament_id"),
        setting_id=text(row, "setting_id"),
        name=text(row, "name"),
        k=_k(row),
        n_coef=text(row, "n_coef", "0.000000"),
        nozzle_diameter=text(row, "nozzle_diameter", diameter),
        nozzle_id=text(row, "nozzle_id"),
        head=integer(row, "extruder_id", 0),
    )


def _row(machine: Machine, index: int, profile: Profile) -> dict[str, Any]:
    row: dict[str, Any] = {
        "setting_id": profile.setting_id,
        "filament_id": profile.filament_id,
        "name": profile.name,
        "k_value": f"{profile.k:.6f}",
        "n_coef": profile.n_coef,
        "cali_idx": index,
        "is_history_setting": False,
    }
    if machine.model.heads == 2:
        row |= {
            "extruder_id": profile.head,
            "nozzle_id": profile.nozzle_id,
            "nozzle_diameter": profile.nozzle_diameter,
        }
    return row


def _diameter(machine: Machine, body: Body) -> str:
    return text(body, "nozzle_diameter", f"{machine.feed.head.diameter_mm:g}")


def _k(body: Body) -> float:
    try:
        return float(text(body, "k_value"))
    except ValueError:
        raise BadField("invalid k_value") from None


def _spools(machine: Machine) -> list[Spool]:
    places = list(machine.feed.externals.values())
    for unit in machine.feed.units:
        places += unit.slots
    return [spool for spool in places if spool is not None]
