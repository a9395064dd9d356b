"""Real captures: what each is known to show (see the index beside them)."""

from typing import Any

import orjson
import pytest

from odin_engine.drivers.printers.bambu.protocol.document import Document, fold
from odin_engine.drivers.printers.bambu.protocol.messages import (
    Report,
    VersionReply,
    parse,
)
from odin_engine.drivers.printers.bambu.protocol.translate import translate
from odin_engine.printers.model import (
    Activity,
    CameraKind,
    Control,
    DryingStatus,
    Heat,
    PrinterState,
    SlotRef,
    Storage,
    UnitKind,
)
from tests.engine.drivers.bambu.captures import capture, captures, needs_captures

pytestmark = needs_captures


def feed(name: str) -> PrinterState:
    """Returns the state a capture ends in."""
    body = capture(name)
    document = Document.new(None)
    parts: list[dict[str, Any]] = [body.get("get_version", {}), body["pushall"]]
    for part in [*parts, *body.get("deltas", [])]:
        message = parse(orjson.dumps(part))
        if isinstance(message, Report | VersionReply):
            document = fold(document, message, None)
    return translate(document)


def materials(state: PrinterState) -> dict[tuple[int, int], str | None]:
    return {
        (unit.id, slot.id): slot.material
        for unit in state.filament_units
        for slot in unit.slots
    }


def test_x1c_with_four_units() -> None:
    state = feed("x1c_multi_ams_full.json")
    assert state.model is not None
    assert (state.model.id, state.control) == ("x1c", Control.REFUSED)
    assert state.activity is Activity.FINISHED
    assert state.job is not None
    assert (state.job.progress_pct, state.job.layer, state.job.total_layers) == (
        100,
        480,
        480,
    )
    assert state.job.stage is None
    assert state.temperatures.chamber == Heat(25)
    assert [(unit.id, unit.kind, unit.name) for unit in state.filament_units] == [
        (0, UnitKind.AMS, "AMS A"),
        (1, UnitKind.AMS, "AMS B"),
        (2, UnitKind.AMS_2_PRO, "AMS C"),
        (128, UnitKind.AMS_HT, "AMS HT A"),
        (255, UnitKind.EXTERNAL, "External"),
    ]
    drying = state.filament_units[2].drying
    assert drying is not None
    assert (drying.status, drying.remaining_s) == (DryingStatus.DRYING, 583 * 60)
    empty = state.filament_units[2].slots[0]
    assert (empty.is_occupied, empty.material) == (False, None)
    assert state.filament_units[1].slots[0].remaining_pct == 21
    assert state.filament_units[3].slots[0].material == "PA-CF"
    assert state.active_slot is None
    assert state.is_door_open is False


def test_x1plus_with_an_ht() -> None:
    state = feed("x1c_x1plus_amsht_full.json")
    assert state.activity is Activity.PRINTING
    assert state.job is not None
    assert (state.job.progress_pct, state.job.remaining_s) == (22, 163 * 60)
    assert (state.job.layer, state.job.total_layers, state.job.plate) == (2, 37, 2)
    assert state.active_slot == SlotRef(128, 0)
    assert state.filament_units[0].slots[0].is_occupied is True
    assert [fault.code for fault in state.faults] == ["0C00_0300_0003_0007"]
    assert state.control is Control.UNKNOWN
    assert state.firmware.update is None


def test_p1p_that_failed() -> None:
    state = feed("p1p_ams_full.json")
    assert state.model is not None
    assert state.model.id == "p1p"
    assert state.activity is Activity.FAILED
    assert state.job is not None
    assert (state.job.progress_pct, state.job.remaining_s) == (0, None)
    assert (state.job.layer, state.job.total_layers) == (1, 70)
    assert state.temperatures.chamber is None
    assert state.active_slot == SlotRef(0, 0)
    assert state.filament_units[0].kind is UnitKind.AMS
    assert {slot.remaining_pct for slot in state.filament_units[0].slots} == {None}


def test_p1p_without_an_ams() -> None:
    state = feed("p1p_noams_full.json")
    assert state.activity is Activity.FINISHED
    assert state.job is not None
    assert state.job.stage is None
    assert (state.job.layer, state.job.total_layers) == (124, 124)
    assert state.active_slot == SlotRef(254, 0)
    assert materials(state) == {(254, 0): "PETG"}
    assert state.filament_units[0].slots[0].is_active


def test_a1_at_rest() -> None:
    state = feed("a1_amslite_full.json")
    assert state.model is not None
    assert (state.model.id, state.activity, state.job) == ("a1", Activity.IDLE, None)
    assert state.filament_units[0].kind is UnitKind.AMS_LITE
    assert state.temperatures.chamber is None
    assert state.temperatures.nozzles == (Heat(27.8125, 0),)
    assert state.control is Control.UNKNOWN
    assert state.cameras[0].kind is CameraKind.JPEG
    assert state.filament_units[0].temperature_c is None
    assert state.filament_units[0].humidity_level is None


def test_a1_mini_at_rest() -> None:
    state = feed("a1mini_amslite_full.json")
    assert state.model is not None
    assert state.model.id == "a1_mini"
    assert state.filament_units[0].kind is UnitKind.AMS_LITE
    assert state.filament_units[0].humidity_level is None
    assert state.filament_units[0].slots[2].color == "#D6ABFF80"
    assert {slot.remaining_pct for slot in state.filament_units[0].slots} == {0}


def test_h2s_while_printing() -> None:
    state = feed("h2s_full.json")
    assert state.model is not None
    assert (state.model.id, state.control) == ("h2s", Control.REFUSED)
    assert state.activity is Activity.PRINTING
    assert state.job is not None
    assert (state.job.progress_pct, state.job.remaining_s) == (42, 78 * 60)
    assert (state.job.layer, state.job.total_layers) == (24, 75)
    assert state.temperatures.nozzles == (Heat(275, 275),)
    assert state.temperatures.bed == Heat(105, 105)
    assert state.temperatures.chamber == Heat(60, 60)
    assert (state.fans.part_pct, state.fans.aux_pct) == (10, 0)
    assert state.active_slot == SlotRef(0, 0)
    unit = state.filament_units[0]
    assert (unit.kind, unit.humidity_pct) == (UnitKind.AMS_2_PRO, 36)
    assert [slot.is_occupied for slot in unit.slots] == [True, False, False, False]
    assert unit.slots[0].material == "ABS"
    assert state.is_door_open is False
    assert state.storage is Storage.OK
    assert {watch.name: watch.is_enabled for watch in state.detectors}["pile_up"]


def test_p1s_delta_without_the_masks() -> None:
    state = feed("p1s_full_and_delta.json")
    unit = state.filament_units[0]
    assert (unit.temperature_c, unit.humidity_pct) == (32.9, 12)
    assert [slot.is_occupied for slot in unit.slots] == [True] * 4
    assert [slot.remaining_pct for slot in unit.slots] == [13, 72, 100, 77]
    assert state.temperatures.bed == Heat(29.53125, 0)


@pytest.mark.parametrize("name", captures())
def test_a_full_report_twice_changes_nothing(name: str) -> None:
    body = capture(name)
    report = parse(orjson.dumps(body["pushall"]))
    assert isinstance(report, Report)
    document = fold(Document.new(None), report, None)
    again = parse(orjson.dumps(body["pushall"]))
    assert isinstance(again, Report)
    assert translate(fold(document, again, None)) is translate(document)
