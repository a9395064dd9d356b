"""Each preset can be sent to a slot as it stands."""

from dataclasses import replace

import pytest

from odin_engine.drivers.printers.bambu.family import BambuFamily
from odin_engine.drivers.printers.bambu.protocol.encode.filament import setting_of
from odin_engine.printers.model import (
    Capabilities,
    ConfigureSlot,
    FilamentPreset,
    FilamentUnit,
    PrinterState,
    Slot,
    SlotRef,
    UnitKind,
)
from odin_engine.printers.model.bounds import out_of_bounds

PRESETS = BambuFamily().filament_presets()
# The coolest hotend of the family.
STATE = PrinterState(
    filament_units=(FilamentUnit(0, UnitKind.AMS, "AMS A", (Slot(0),)),),
    capabilities=Capabilities(nozzle_max_c=300),
)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_is_a_description_that_the_engine_takes(
    preset: FilamentPreset,
) -> None:
    described = ConfigureSlot(
        SlotRef(0, 0),
        preset.id,
        preset.material,
        "#FFFFFFFF",
        preset.nozzle_min_c,
        preset.nozzle_max_c,
    )
    assert out_of_bounds(described, STATE) is None
    assert out_of_bounds(replace(described, preset_id=""), STATE) is not None
    assert setting_of(preset.id) != ""
    assert (preset.drying_c is None) == (preset.drying_hours is None)


def test_each_is_there_once_and_the_usual_one_is_first() -> None:
    ids = [preset.id for preset in PRESETS]
    assert ids[0] == "GFL99"
    assert len(ids) == len(set(ids)) == 8
    assert PRESETS[0] == FilamentPreset("GFL99", "PLA", "PLA", 190, 240, None, 55, 8)
