"""Whole recordings, as `odin record` writes them, judged as a person would judge them.

The documents are ours, written from docs/protocols/bambu.md; no printer's recording.
"""

from typing import Any, Self

import orjson

from odin_engine.drivers.printers.bambu.protocol.replay import by_printer, load, replay
from odin_engine.printers.events import PrinterEvent, PrintStarted
from odin_engine.printers.model import Control, PrinterState, SlotRef
from tests.engine.drivers.bambu.talk import A1, H2D, P1S, X1C

CANCELLED = 0x0300_400C
NO_TAG = {"tray_uuid": "0" * 32, "tag_uid": "0" * 16, "remain": -1}


class Story:
    """Writes the lines of one printer."""

    def __init__(self, serial: str, printer_id: int | str | None = None) -> None:
        self.serial = serial
        self.printer_id = printer_id
        self.at_s = 1_770_000_000.0
        self.rows: list[tuple[float, bytes]] = []

    def row(
        self,
        payload: object,
        after_s: float = 1,
        direction: str = "in",
        topic: str = "report",
    ) -> Self:
        self.at_s += after_s
        row: dict[str, Any] = {
            "ts": self.at_s,
            "direction": direction,
            "topic": f"device/{self.serial}/{topic}",
            "payload": payload,
        }
        if self.printer_id is not None:
            row["printer_id"] = self.printer_id
        self.rows.append((self.at_s, orjson.dumps(row)))
        return self

    def full(self, after_s: float = 1, **fields: object) -> Self:
        body = {"command": "push_status", "msg": 0, **fields}
        return self.row({"print": body}, after_s)

    def says(self, after_s: float = 1, **fields: object) -> Self:
        body = {"command": "push_status", "msg": 1, **fields}
        return self.row({"print": body}, after_s)

    def replies(self, command: str) -> Self:
        body = {"command": command, "sequence_id": "20001", "result": "success"}
        return self.row({"print": body}, 0.3)

    def is_called(self, product: str, *modules: str) -> Self:
        rows = [{"name": "ota", "sn": self.serial, "product_name": product}]
        rows += [{"name": name, "sn": name.upper()} for name in modules]
        return self.row({"info": {"command": "get_version", "module": rows}}, 0.2)

    def begins(self, name: str, number: str) -> Self:
        file = f"{name}.gcode.3mf"
        self.says(
            gcode_state="PREPARE",
            subtask_name=name,
            gcode_file=file,
            subtask_id=number,
            task_id=number,
        )
        return self.says(5, gcode_state="RUNNING", mc_percent=0, stg_cur=0)

    @property
    def data(self) -> bytes:
        return b"\n".join(row for _, row in self.rows)


def told(data: bytes) -> tuple[PrinterState, list[str]]:
    """Returns the state at the end, and what happened in a word each."""
    state, events = replay(load(data).records)
    return state, [_word(event) for event in events]


def _word(event: PrinterEvent) -> str:
    name = type(event).__name__
    for detail in ("result", "reason"):
        if hasattr(event, detail):
            return f"{name} {getattr(event, detail)}"
    fault = getattr(event, "fault", None)
    return name if fault is None else f"{name} {fault.code}"


def tray(
    number: int, material: str = "PLA", color: str = "FF0000FF", **fields: object
) -> dict[str, object]:
    return {
        "id": str(number),
        "tray_type": material,
        "tray_color": color,
        "tray_info_idx": "GFA00",
        "remain": 80,
        "tray_uuid": "A" * 32,
        "tag_uid": "B" * 16,
        **fields,
    }


def p1s(serial: str = P1S, printer_id: int | str | None = None) -> Story:
    story = Story(serial, printer_id)
    story.is_called("Bambu Lab P1S", "ams/0", "ams/1")
    units = [
        {"id": "0", "humidity": "4", "temp": "24.1", "tray": [*map(tray, range(4))]},
        {"id": "1", "tray": [tray(slot, "PETG") for slot in range(4)]},
    ]
    ams = {"ams_exist_bits": "3", "tray_exist_bits": "ff", "tray_now": "255"}
    return story.full(
        gcode_state="IDLE",
        mc_percent=0,
        stg_cur=255,
        nozzle_temper=25,
        bed_temper=25,
        chamber_temper=5,
        subtask_name="",
        ams={**ams, "ams": units},
        hms=[],
        print_error=0,
    )


def test_an_x1c_that_is_cancelled_with_the_late_code() -> None:
    story = Story(X1C)
    story.row({"pushing": {"command": "pushall"}}, direction="send", topic="request")
    story.is_called("Bambu Lab X1-Carbon", "ams/0")
    ams = {
        "ams_exist_bits": "1",
        "tray_exist_bits": "7",
        "tray_now": "2",
        "ams": [
            {
                "id": "0",
                "humidity": "3",
                "temp": "26.5",
                "tray": [
                    tray(0),
                    tray(1, "PETG", "00FF00FF", **NO_TAG),
                    tray(2, "ABS", "0000FFFF", remain=55),
                    {"id": "3"},
                ],
            }
        ],
    }
    same: dict[str, Any] = {
        "ams": ams,
        "bed_temper": 24.5,
        "chamber_temper": 27,
        "home_flag": -(1 << 31) | 1 << 23 | 1 << 8,
        "hms": [],
        "print_error": 0,
        "subtask_name": "Vase",
        "subtask_id": "9912",
        "gcode_file": "/data/Metadata/plate_2.gcode",
    }
    story.full(**{**same, "gcode_state": "IDLE", "subtask_name": "", "subtask_id": "0"})
    story.replies("project_file")
    story.full(**same, gcode_state="PREPARE", mc_percent=0)
    story.full(
        **same,
        gcode_state="RUNNING",
        mc_percent=12,
        layer_num=5,
        total_layer_num=100,
        nozzle_temper=219.9,
        nozzle_target_temper=220,
    )
    story.full(30, **same, gcode_state="FAILED", mc_percent=0)
    story.full(4, **{**same, "print_error": CANCELLED}, gcode_state="FAILED")
    story.full(60, **same, gcode_state="FAILED")
    state, happened = told(story.data)
    assert happened == ["PrintStarted", "PrintEnded cancelled"]
    assert (state.activity, state.faults) == ("cancelled", ())
    assert (state.active_slot, state.is_door_open) == (SlotRef(0, 2), True)
    assert state.storage == "ok"
    assert state.job is not None
    assert (state.job.name, state.job.plate, state.job.token) == ("Vase", 2, 9912)
    nozzle = state.temperatures.nozzles[0]
    assert (nozzle.current_c, nozzle.target_c) == (219.9, 220)
    slots = state.filament_units[0].slots
    assert [(s.material, s.color, s.remaining_pct) for s in slots] == [
        ("PLA", "#FF0000FF", 80),
        ("PETG", "#00FF00FF", None),
        ("ABS", "#0000FFFF", 55),
        (None, None, None),
    ]


def test_an_a1_that_prints_by_changes_alone() -> None:
    story = Story(A1).is_called("Bambu Lab A1", "ams_f1/0")
    story.full(
        gcode_state="FINISH",
        mc_percent=100,
        layer_num=20,
        total_layer_num=20,
        stg_cur=255,
        subtask_name="old",
        subtask_id="0",
        chamber_temper=5,
    )
    story.row(
        {"print": {"command": "project_file"}}, direction="send", topic="request"
    ).replies("project_file")
    story.says(gcode_state="IDLE", print_type="local")
    story.says(3, gcode_state="PREPARE", subtask_name="new", gcode_file="new.3mf")
    story.says(9, gcode_state="RUNNING", mc_percent=0, layer_num=0, total_layer_num=50)
    for stage in (2, 13, 4, 3, 14, 1, 0, 255):
        story.says(2, stg_cur=stage)
    story.says(600, mc_percent="55", layer_num="25", bed_temper="60.1")
    state, happened = told(story.data)
    assert happened == ["PrintStarted"]
    assert state.job is not None
    assert (state.job.name, state.job.progress_pct, state.job.layer) == ("new", 55, 25)
    assert state.temperatures.bed is not None
    assert (state.temperatures.bed.current_c, state.temperatures.chamber) == (
        60.1,
        None,
    )
    story.says(600, gcode_state="FINISH", mc_percent=100, gcode_file="")
    assert told(story.data)[1] == ["PrintStarted", "PrintEnded finished"]


def test_a_swap_between_two_units() -> None:
    story = p1s().begins("job", "5001")
    story.says(ams={"tray_now": "1", "tray_tar": "1"}, ams_status=768)
    story.says(stg_cur=4, ams={"tray_tar": "6"}, ams_status=258)
    story.says(ams_status=260).says(ams={"tray_now": "255"}, ams_status=261)
    story.says(ams={"tray_now": "6"}).says(ams={"tray_pre": "1"}, ams_status=768)
    state, happened = told(story.data)
    assert happened == ["PrintStarted", *["ActiveSlotChanged"] * 3]
    assert state.active_slot == SlotRef(1, 2)
    used = [
        slot for unit in state.filament_units for slot in unit.slots if slot.is_active
    ]
    assert [(slot.id, slot.material, slot.remaining_pct) for slot in used] == [
        (2, "PETG", 80)
    ]
    assert len(state.filament_units[0].slots) == 4


def test_a_runout_and_a_new_spool() -> None:
    story = p1s().begins("job", "5001")
    story.says(ams={"tray_now": "1", "tray_tar": "1"})
    story.says(
        gcode_state="PAUSE",
        stg_cur=6,
        print_error=0x0700_8011,
        hms=[{"attr": 0x0700_2100, "code": 0x0002_0001}],
        ams={"tray_exist_bits": "fd", "ams": [{"id": "0", "tray": [{"id": "1"}]}]},
    )
    state, _ = told(story.data)
    empty = state.filament_units[0].slots[1]
    assert (empty.is_occupied, empty.is_active, empty.material) == (False, True, None)
    assert [(fault.module, fault.unit) for fault in state.faults] == [("ams", 0)] * 2
    new = tray(1, "PLA", "FFFFFFFF", remain=100)
    story.says(
        100,
        gcode_state="RUNNING",
        stg_cur=0,
        print_error=0,
        hms=[],
        ams={"tray_exist_bits": "ff", "ams": [{"id": "0", "tray": [new]}]},
    )
    state, happened = told(story.data)
    assert happened == [
        "PrintStarted",
        "ActiveSlotChanged",
        "FaultRaised 0700_8011",
        "FaultRaised 0700_2100_0002_0001",
        "AttentionNeeded 0700_2100_0002_0001",
        "PrintPaused",
        "SlotChanged",
        "FaultCleared 0700_8011",
        "FaultCleared 0700_2100_0002_0001",
        "PrintResumed",
        "SlotChanged",
    ]
    filled = state.filament_units[0].slots[1]
    assert (filled.is_occupied, filled.color, filled.remaining_pct) == (
        True,
        "#FFFFFFFF",
        100,
    )


def test_failed_straight_from_preparing() -> None:
    story = p1s().says(gcode_state="PREPARE", subtask_name="bad", subtask_id="7")
    story.says(60, gcode_file_prepare_percent="40")
    story.says(gcode_state="FAILED", print_error=0x0500_4003)
    state, happened = told(story.says(20, mc_percent=0).data)
    assert happened == [
        "PrintStarted",
        "FaultRaised 0500_4003",
        "AttentionNeeded 0500_4003",
        "PrintEnded failed",
    ]
    assert state.activity == "failed"


def test_an_error_then_a_stop_is_a_cancel() -> None:
    for is_ours in (True, False):
        story = p1s().begins("job", "5001")
        story.says(60, gcode_state="PAUSE", print_error=0x0300_8003)
        if is_ours:
            story.replies("stop")
        story.says(gcode_state="FAILED", print_error=0)
        story.says(4, print_error=CANCELLED).says(30, print_error=0)
        state, happened = told(story.data)
        assert happened == [
            "PrintStarted",
            "FaultRaised 0300_8003",
            "AttentionNeeded 0300_8003",
            "PrintPaused",
            "FaultCleared 0300_8003",
            "PrintEnded cancelled",
        ]
        assert (state.activity, state.faults) == ("cancelled", ())


def test_a_gap_with_another_job_behind_it() -> None:
    story = p1s().begins("job", "100").says(60, mc_percent=50)
    story.is_called("Bambu Lab P1S")
    story.full(
        3600,
        gcode_state="RUNNING",
        mc_percent=5,
        subtask_name="second",
        subtask_id="101",
        task_id="101",
    )
    state, happened = told(story.data)
    assert happened == ["PrintStarted", "PrintEnded unknown", "PrintStarted"]
    assert state.job is not None
    assert (state.job.name, state.job.progress_pct) == ("second", 5)


def packed(target: int, current: int) -> int:
    return target << 16 | current


def heads(
    used: int, right: tuple[int, int], left: tuple[int, int]
) -> dict[str, object]:
    rows = [
        {"id": number, "temp": temp, "snow": slot, "star": slot}
        for number, (slot, temp) in enumerate((right, left))
    ]
    return {"extruder": {"state": 2 | used << 4 | used << 8, "info": rows}}


def test_an_h2d_with_units_on_both_heads_and_two_external_spools() -> None:
    story = Story(H2D).is_called("Bambu Lab H2D", "n3f/0", "n3s/128")
    spools = [tray(slot, color=f"{slot}0FF00FF") for slot in range(4)]
    units = [
        {"id": 0, "info": "10000003", "humidity_raw": "23", "tray": spools},
        {
            "id": "128",
            "info": "2000124",
            "humidity_raw": "12",
            "temp": "55.5",
            "dry_time": "345",
            "tray": [tray(0, "PA", "000000FF", **NO_TAG)],
        },
    ]
    same: dict[str, Any] = {
        "ams": {
            "ams_exist_bits": "11",
            "tray_exist_bits": "1000f",
            "tray_now": "2",
            "ams": units,
        },
        "vir_slot": [
            {"id": "255", "tray_type": "TPU", "tray_color": "FFFFFFFF"},
            {"id": "254", "tray_type": "", "tray_color": "00000000"},
        ],
        "nozzle_temper": 1,
        "fun": "3EC18FFF9CFF",
        "subtask_name": "dual",
    }
    left = (0x0002, packed(220, 219))
    story.full(
        **same,
        gcode_state="IDLE",
        mc_percent=0,
        stat="46258000",
        device=heads(1, (0xFF00, packed(0, 39)), left),
    )
    story.full(
        **same,
        gcode_state="RUNNING",
        mc_percent="7",
        subtask_id=5,
        stat="46258000",
        device=heads(1, (0xFF00, packed(0, 39)), left),
    )
    state, _ = told(story.data)
    assert state.active_slot == SlotRef(0, 2)
    cooling = (0x0002, packed(0, 150))
    story.full(
        **same,
        gcode_state="RUNNING",
        mc_percent=8,
        subtask_id="5",
        stat="46A58000",
        device=heads(0xF, (0xFF00, packed(255, 150)), cooling),
    )
    story.full(
        **same,
        gcode_state="RUNNING",
        mc_percent=8,
        stat="46A58000",
        device=heads(0, (0x8000, packed(255, 254)), cooling),
    )
    state, happened = told(story.data)
    assert happened == [
        "PrintStarted",
        "ActiveSlotChanged",
        "DoorChanged",
        "ActiveSlotChanged",
    ]
    heats = [(heat.current_c, heat.target_c) for heat in state.temperatures.nozzles]
    assert heats == [(254, 255), (150, 0)]
    assert (state.active_slot, state.is_door_open) == (SlotRef(128, 0), True)
    assert state.control is Control.ALLOWED
    shown = [(unit.id, unit.kind, unit.nozzle) for unit in state.filament_units]
    assert shown == [
        (0, "ams_2_pro", 0),
        (128, "ams_ht", 1),
        (255, "external", 0),
        (254, "external", 1),
    ]
    drying = state.filament_units[1].drying
    assert drying is not None
    assert (drying.status, drying.remaining_s) == ("drying", 20_700)
    right, left_spool = (unit.slots[0] for unit in state.filament_units[2:])
    assert (right.material, right.color) == ("TPU", "#FFFFFFFF")
    assert (left_spool.material, left_spool.color) == (None, None)


def test_two_printers_in_one_file_with_rubbish_between() -> None:
    """Ids as numbers and as words, payloads as objects and as strings, four directions."""
    one = p1s(printer_id=1).begins("one", "11")
    one.says(5, gcode_state="FINISH", mc_percent=100)
    two = p1s("01P00A000000009", printer_id="2").begins("two", "22")
    lines: list[bytes] = []
    for number, (_, row) in enumerate(sorted(one.rows + two.rows)):
        fields = orjson.loads(row)
        fields["direction"] = ("in", "recv")[number % 2]
        if number % 3 == 0:
            fields["payload"] = orjson.dumps(fields["payload"]).decode()
        if number % 2 and fields["printer_id"] == 1:
            fields["printer_id"] = "1"
        lines.append(orjson.dumps(fields))
        if number % 4 == 0:
            lines += [b"aGVsbG8gd29ybGQ=", b"\xff\xfe\x00 nonsense"]
            lines.append(orjson.dumps({**fields, "payload": "aGVsbG8gd29ybGQ="}))
            for other in ("out", "send"):
                wrong = {"print": {"gcode_state": "FAILED"}}
                lines.append(
                    orjson.dumps({**fields, "direction": other, "payload": wrong})
                )
    for end in (b"\n", b"\r\n"):
        recording = load(end.join(lines))
        assert len(recording.bad_lines) == 6
        printers = by_printer(recording.records)
        assert sorted(printers) == ["1", "2"]
        ends = {}
        for name, own in printers.items():
            state, events = replay(own)
            assert {event.printer_id for event in events} == {name}
            assert sum(isinstance(event, PrintStarted) for event in events) == 1
            ends[name] = state.activity
        assert ends == {"1": "finished", "2": "printing"}
