"""Real frames, read in place."""

import pytest

from odin_engine.drivers.printers.elegoo.family import ElegooFamily
from odin_engine.drivers.printers.elegoo.protocol.beacon import parse_answer
from odin_engine.drivers.printers.elegoo.protocol.dialect import Dialect
from odin_engine.drivers.printers.elegoo.protocol.files import (
    size_of,
    upload_outcome,
)
from odin_engine.drivers.printers.elegoo.protocol.messages import Reply, Request, parse
from odin_engine.printers.model import Activity, PrinterState, Technology
from tests.engine.drivers.elegoo.frames import CAPTURES, needs_captures

pytestmark = needs_captures


def _bytes(name: str) -> bytes:
    return (CAPTURES / name).read_bytes()


def _replayed(name: str) -> PrinterState:
    family = ElegooFamily()
    recording = family.read_recording(_bytes(name))
    assert not recording.bad_lines
    return family.replay(recording.records)[0]


def test_a_machine_that_cools_after_a_stop_is_idle() -> None:
    state = _replayed("cc1_status_cooling_after_stop.json")
    assert state.activity is Activity.IDLE
    assert state.capabilities.technology is Technology.FDM
    assert state.temperatures.nozzles[0].current_c == 115.3


def test_the_specifications_status_has_failed() -> None:
    state = _replayed("sdcp_status_resin.json")
    assert state.activity is Activity.FAILED
    assert state.faults[0].code == "error-1"
    assert state.job is not None
    assert (state.job.layer, state.job.total_layers, state.job.elapsed_s) == (
        100,
        1000,
        65,
    )


def test_an_older_machine_has_finished() -> None:
    state = _replayed("sdcp_v1_saturn3_discovery.json")
    assert state.activity is Activity.FINISHED
    assert state.job is not None
    assert state.job.layer == state.job.total_layers == 310
    assert state.model is not None
    assert state.model.id == "v1"
    assert state.capabilities.commands == ()


def test_the_specifications_attributes() -> None:
    state = _replayed("sdcp_attributes_resin.json")
    assert state.model is not None
    assert state.model.serial == "000000000001d354"
    assert not state.faults
    assert not state.cameras[0].is_available


def test_answers_and_requests() -> None:
    missing = parse(_bytes("cc1_ack_file_not_found.json"))
    assert isinstance(missing, Reply)
    assert (missing.request_id, missing.ack) == ("3333", 2)
    assert isinstance(parse(_bytes("cc1_start_request.json")), Request)
    listed = parse(_bytes("sdcp_file_list.json"))
    assert isinstance(listed, Reply)
    assert size_of(listed.data, "xxx") == (False, None)
    assert upload_outcome(_bytes("sdcp_upload_ok.json")) is None
    refused = upload_outcome(_bytes("sdcp_upload_fail.json"))
    assert refused is not None
    assert refused.code == -2


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("sdcp_discovery.json", Dialect.RESIN),
        ("sdcp_v1_saturn3_discovery.json", Dialect.V1),
        ("cc2_discovery.json", Dialect.CC2),
    ],
)
def test_who_answers_a_search(name: str, dialect: Dialect) -> None:
    identity = parse_answer(_bytes(name))
    assert identity is not None
    assert identity.dialect is dialect


def test_every_capture_is_read_and_cleaned() -> None:
    family = ElegooFamily()
    for path in sorted(CAPTURES.glob("*.json")):
        recording = family.read_recording(path.read_bytes())
        assert len(recording.records) == 1, path.name
        family.replay(recording.records)
        cleaned, _ = family.sanitise(recording.records, [])
        before, after = family.replay(recording.records), family.replay(cleaned)
        assert before[0].activity is after[0].activity, path.name


def test_a_carbon_2_that_prints() -> None:
    state = _replayed("cc2_status_full.json")
    assert state.activity is Activity.PRINTING
    assert state.job is not None
    assert (state.job.progress_pct, state.job.layer, state.job.total_layers) == (
        45,
        225,
        500,
    )
    assert state.job.remaining_s == 4400
    assert state.fans.part_pct == 100
    assert state.fans.aux_pct == 70


def test_a_delta_is_merged() -> None:
    family = ElegooFamily()
    records = [
        record
        for name in ("cc2_attributes.json", "cc2_status_full.json", "cc2_delta.json")
        for record in family.read_recording(_bytes(name)).records
    ]
    state, events = family.replay(records)
    assert state.job is not None
    assert (state.job.progress_pct, state.job.layer) == (46, 230)
    assert state.temperatures.nozzles[0].current_c == 219.5
    assert state.model is not None
    assert state.model.serial == "CC2TEST0000000001"
    assert state.firmware.version == "1.0.5.2"
    # What is found under way was not seen to begin.
    assert events == ()


def test_four_trays_of_a_canvas() -> None:
    state = _replayed("cc2_canvas.json")
    (unit,) = state.filament_units
    assert [slot.color for slot in unit.slots] == [
        "#2850DFFF",
        "#FFFFFFFF",
        "#F32FF8FF",
        "#000000FF",
    ]
    assert unit.slots[3].is_active
