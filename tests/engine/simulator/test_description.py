"""Description files: ours are sound, and a user's own is told what is wrong with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from odin_engine.simulator.bambu.description import (
    BadDescription,
    Dialect,
    load_model,
    model_names,
    read_model,
)
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.units import UnitKind
from odin_engine.simulator.bambu.report import full_report
from odin_engine.simulator.entry import BadFarm
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import read_farm
from tests.engine.simulator.clients import mqtt

FREE = "{mqtt: 0, ftps: 0, camera: 0, detect: 0}"


def own(folder: Path, text: str) -> Path:
    path = folder / "my-printer.yaml"
    path.write_text(text)
    return path


def test_every_model_of_the_protocol_note_is_there() -> None:
    wanted = {"A1", "A1 mini", "A2L", "H2C", "H2D", "H2D Pro", "H2S", "P1P", "P1S"}
    wanted |= {"P2S", "X1C", "X1E", "X2D"}
    assert wanted <= set(model_names())
    models = [load_model(name) for name in model_names()]
    assert len({each.code for each in models}) == len(models)


def test_a_file_of_ones_own_says_only_what_differs(tmp_path: Path) -> None:
    text = "like: P1S\nname: Garage\nnozzle_max_c: 320\nunits: [ams, ams_ht]\n"
    model = read_model(own(tmp_path, text))
    assert (model.name, model.nozzle_max_c) == ("Garage", 320)
    assert model.units == ("ams", "ams_ht")
    assert model.dialect is Dialect.MICRO
    machine = Machine(model, serial="01P00A000000001")
    assert [unit.id for unit in machine.feed.units] == [0, 128]
    assert full_report(machine)["gcode_state"] == "IDLE"


def test_a_whole_file_needs_no_other(tmp_path: Path) -> None:
    text = """
name: Shed
product_name: Bambu Lab Shed
code: X9
serial_prefix: "999"
firmware: 01.00.00.00
dialect: x1
modules: [{name: mc, hw_ver: MC07, sw_ver: 00.00.00.01}]
bed_heats_c_s: 1
"""
    assert read_model(own(tmp_path, text)).dialect is Dialect.X1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "keys and values"),
        ("- P1S", "keys and values"),
        ("a: [", "my-printer.yaml"),
        ("name: Shed", "keys are missing: code, dialect, firmware"),
        ("like: P1S\nwings: 2", "unknown keys: wings"),
        ("like: Ender", "no simulated model is called 'Ender'"),
        ("like: P1S\nserial_prefix: 239", "serial_prefix: a text is wanted.*quotes"),
        ("like: P1S\nbed_max_c: hot", "bed_max_c: a whole number is wanted"),
        ("like: P1S\ndoor_sensor: 1", "door_sensor: true or false is wanted"),
        ("like: P1S\nunits: ams", "units: a list is wanted"),
        ("like: P1S\nstart_stages: [two]", "start_stages: a whole number"),
        ("like: P1S\ndialect: klingon", "klingon"),
        ("like: P1S\ncamera: 3d", "camera: one of"),
        ("like: P1S\nheads: 7", "heads: one of"),
        ("like: P1S\nmodules: [{name: mc}]", "modules: each wants"),
        ("like: P1S\nwedges_after: soon", "wedges_after: a whole number"),
        ("like: P1S\nunits: [shoebox]", "units: .*shoebox"),
    ],
)
def test_a_file_that_is_wrong_is_told_where(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(BadDescription, match=complaint):
        read_model(own(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDescription, match=r"absent\.yaml: No such file"):
        read_model(tmp_path / "absent.yaml")


def test_every_kind_of_unit_may_be_named(tmp_path: Path) -> None:
    kinds = ", ".join(UnitKind)
    assert len(read_model(own(tmp_path, f"like: X1C\nunits: [{kinds}]")).units) == 5


def test_an_a2l_words_its_one_unit_in_its_own_way() -> None:
    machine = Machine(load_model("A2L"), serial="26A00A000000001")
    report = full_report(machine)
    ams = report["ams"]
    assert [unit["id"] for unit in ams["ams"]] == ["16"]
    assert int(ams["ams"][0]["info"], 16) & 0xF == 5
    assert ams["ams_exist_bits"] == "1000"
    assert ams["tray_exist_bits"] == "f000000"
    assert report["chamber_temper"] == 5
    assert "airduct" not in report["device"]


def test_an_h2c_lists_its_heads_and_then_its_rack() -> None:
    machine = Machine(load_model("H2C"), serial="31B00A000000001")
    nozzle = full_report(machine)["device"]["nozzle"]
    assert [row["id"] for row in nozzle["info"]] == [0, 1, *range(16, 22)]
    assert nozzle["exist"] == 0b11 | 0b111111 << 16


async def test_a_farm_takes_a_file_that_lies_beside_it(tmp_path: Path) -> None:
    own(tmp_path, "like: P1S\nname: Garage\nserial_prefix: '77X'\nbed_max_c: 90\n")
    farm = tmp_path / "farm.yaml"
    farm.write_text(f"printers: [{{model: ./my-printer.yaml, ports: {FREE}}}]")
    started_at = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    async with Farm(read_farm(farm), tmp_path, started_at=started_at) as running:
        (printer,) = running.printers
        assert printer.serial.startswith("77X")
        async with mqtt(printer) as client:
            reply = await client.ask("info", "get_version")
    assert reply["module"][0]["product_name"] == "Bambu Lab P1S"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("like: P1S\nwings: 2", "my-printer.yaml: unknown keys: wings"),
        (None, "No such"),
    ],
)
def test_a_farm_with_a_bad_file_names_it(
    tmp_path: Path, text: str | None, complaint: str
) -> None:
    if text is not None:
        own(tmp_path, text)
    farm = tmp_path / "farm.yaml"
    farm.write_text("printers: [{model: ./my-printer.yaml}]")
    with pytest.raises(BadFarm, match=complaint):
        read_farm(farm)
