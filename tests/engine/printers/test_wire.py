"""A printer as JSON, whole and in patches."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from odin_engine.printers.model import (
    Activity,
    Fault,
    FaultKind,
    Firmware,
    FirmwareModule,
    Heat,
    Job,
    Light,
    LightMode,
    LinkReason,
    LinkStatus,
    Model,
    Nozzle,
    PrinterState,
    Severity,
    SlotRef,
    Speed,
    SpeedLevel,
    Temperatures,
)
from odin_engine.printers.model.record import Plate, PlateState, Printer
from odin_engine.printers.service import PrinterView
from odin_engine.printers.wire import (
    PrinterOut,
    changes,
    page_json,
    printer_json,
    printer_object,
)
from tests.engine.printers.memory_driver import IDLE
from tests.engine.printers.rich_machine import RICH

AT = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
FAULT = Fault("F1", FaultKind.HEALTH, Severity.FATAL, "x", unit=0)
PRINTER = Printer(
    "p1",
    'Anna "the\\first"',
    "memory",
    "10.0.0.1",
    AT,
    ports={"mqtt": 1},
    tags=("PLA",),
    plate=Plate(state=PlateState.OCCUPIED, since=AT, run_id="r1"),
)
FULL = replace(
    IDLE,
    activity=Activity.PRINTING,
    job=Job(name="b", started_at=AT, skipped_objects=(1,)),
    speed=Speed(SpeedLevel.SPORT, 124),
    lights=(Light("work", LightMode.ON),),
    nozzles=(Nozzle(0, 0.4),),
    active_slot=SlotRef(0, 0),
    faults=(FAULT,),
    firmware=Firmware("1", modules=(FirmwareModule("ota", "1"),)),
    model=Model("memory", "x1", "X1"),
)
SHAPE: TypeAdapter[object] = TypeAdapter(PrinterOut)


def view(state: PrinterState, printer: Printer = PRINTER) -> PrinterView:
    return PrinterView(printer, state)


@pytest.mark.parametrize("state", [PrinterState(), IDLE, FULL, RICH])
def test_the_document_says_what_is_sent(state: PrinterState) -> None:
    sent = printer_json(view(state))
    SHAPE.validate_json(sent, strict=True)
    told = set(SHAPE.json_schema()["properties"])
    assert set(orjson.loads(sent)) == told
    assert set(SHAPE.json_schema()["required"]) == told


def test_no_field_of_the_record_hides_one_of_the_state() -> None:
    record = {field.name for field in fields(Printer)}
    state = {field.name for field in fields(PrinterState)}
    derived = {"is_live", "attention", "link_text", "link_remedy"}
    assert not record & state
    assert not (record | state) & derived


def test_what_is_sent() -> None:
    sent = orjson.loads(printer_json(view(FULL)))
    assert sent["name"] == PRINTER.name
    assert sent["created_at"] == "2026-01-01T12:30:00Z"
    assert sent["plate"] == {
        "is_gated": True,
        "state": "occupied",
        "since": "2026-01-01T12:30:00Z",
        "run_id": "r1",
    }
    assert sent["activity"] == "printing"
    assert sent["is_live"] is True
    assert sent["attention"] == "F1"
    assert sent["link_text"] == "Online."
    assert sent["link_remedy"] is None
    assert sent["temperatures"]["bed"] == {"current_c": 24.0, "target_c": 0.0}


def test_old_values_are_not_live() -> None:
    stale = replace(FULL, link=LinkStatus.STALE, link_reason=LinkReason.SILENT)
    sent = orjson.loads(printer_json(view(stale)))
    assert sent["is_live"] is False
    assert sent["link_remedy"]


def test_a_view_is_encoded_once() -> None:
    one = view(FULL)
    assert printer_json(one) is printer_json(one)


def test_pages() -> None:
    views = [view(IDLE), view(FULL)]
    sent = orjson.loads(page_json(views, "c", 7))
    assert (len(sent["items"]), sent["next_cursor"], sent["total"]) == (2, "c", 7)
    assert orjson.loads(page_json([], None, 0)) == {
        "items": [],
        "next_cursor": None,
        "total": 0,
    }


def test_the_object_is_the_same_as_the_bytes() -> None:
    one = view(FULL)
    encoded = orjson.dumps(printer_object(one), option=orjson.OPT_UTC_Z)
    assert orjson.loads(encoded) == orjson.loads(printer_json(one))
    assert changes(None, one) == printer_object(one)


def test_only_what_changed_is_in_a_patch() -> None:
    warm = replace(FULL, temperatures=Temperatures((Heat(30.0, 0.0),)))
    assert changes(view(FULL), view(warm)) == {"temperatures": warm.temperatures}
    lost = replace(FULL, link=LinkStatus.OFFLINE, link_reason=LinkReason.LINK_LOST)
    patch = changes(view(FULL), view(lost))
    assert patch is not None
    assert set(patch) == {"link", "link_reason", "is_live", "link_text", "link_remedy"}
    healed = replace(FULL, faults=())
    assert changes(view(FULL), view(healed)) == {"faults": (), "attention": None}
    renamed = replace(PRINTER, name="B")
    assert changes(view(FULL), view(FULL, renamed)) == {"name": "B"}


def test_nothing_changed_is_no_patch() -> None:
    assert changes(view(FULL), view(FULL)) is None
    assert changes(view(FULL), view(replace(FULL))) is None


states = st.builds(
    PrinterState,
    link=st.sampled_from(LinkStatus),
    link_reason=st.none() | st.sampled_from(LinkReason),
    activity=st.none() | st.sampled_from(Activity),
    job=st.none() | st.builds(Job, progress_pct=st.none() | st.integers(0, 100)),
    faults=st.sampled_from([(), (FAULT,)]),
    wifi_dbm=st.none() | st.integers(-90, -20),
)


@given(states, states)
def test_a_patch_leads_from_one_to_the_other(
    before: PrinterState, after: PrinterState
) -> None:
    whole = plain(changes(None, view(before)))
    patch = plain(changes(view(before), view(after)) or {})
    assert whole | patch == plain(changes(None, view(after)))


def plain(value: object) -> dict[str, object]:
    decoded: dict[str, object] = orjson.loads(orjson.dumps(value))
    return decoded
