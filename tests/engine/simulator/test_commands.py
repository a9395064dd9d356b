"""Commands over the wire: the answer, and what the machine then does."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest

from odin_engine.simulator.bambu import (
    GcodeState,
    SimulatedPrinter,
    SlicedFilament,
    SlicedPlate,
    make_sliced_3mf,
)
from tests.engine.simulator.clients import MqttClient, ftp, mqtt

START = {
    "param": "Metadata/plate_1.gcode",
    "url": "file:///sdcard/job.gcode.3mf",
    "subtask_name": "job",
    "task_id": "4711",
    "bed_leveling": True,
    "use_ams": True,
    "ams_mapping": [0],
    "ams_mapping2": [{"ams_id": 0, "slot_id": 0}],
}


def upload(printer: SimulatedPrinter, path: Path, name: str = "job.gcode.3mf") -> None:
    with ftp(printer) as client:
        client.storbinary(f"STOR {name}", io.BytesIO(path.read_bytes()))


async def start(
    printer: SimulatedPrinter, client: MqttClient, path: Path, **fields: object
) -> dict[str, Any]:
    await asyncio.to_thread(upload, printer, path)
    return await client.ask("print", "project_file", **{**START, **fields})


async def test_the_uploaded_file_is_the_one_printed(
    p1s: SimulatedPrinter, tmp_path: Path
) -> None:
    path = make_sliced_3mf(
        tmp_path / "two.3mf",
        plates=[
            SlicedPlate(1),
            SlicedPlate(2, layers=33, prediction_s=900, used_g=((0, 4), (1, 2))),
        ],
        filaments=[SlicedFilament(), SlicedFilament("PETG", "#161616", "GFG02")],
    )
    async with mqtt(p1s) as client:
        reply = await start(
            p1s,
            client,
            path,
            param="Metadata/plate_2.gcode",
            ams_mapping=[0, 2],
        )
        assert reply["result"] == "SUCCESS"
        assert reply["url"] == START["url"]
        p1s.advance(30)
        await client.send("pushing", "pushall")
        report = await client.state(gcode_state="RUNNING", msg=0)
        assert report["total_layer_num"] == 33
        assert report["mc_remaining_time"] == 15
        assert report["task_id"] == "4711"
        before = [each.remaining_g for each in p1s.machine.feed.units[0].slots if each]
        p1s.advance(4000)
        await client.state(gcode_state="FINISH", mc_percent=100, layer_num=33)
        after = [each.remaining_g for each in p1s.machine.feed.units[0].slots if each]
        used = [old - new for old, new in zip(before, after, strict=True)]
        assert used == pytest.approx([4, 0, 2, 0], abs=0.05)


async def test_acknowledgement_idle_prepare_running_in_this_order(
    x1c: SimulatedPrinter, sliced: Path
) -> None:
    async with mqtt(x1c) as client:
        x1c.machine.prints.percent = 100
        reply = await start(x1c, client, sliced)
        assert reply["result"] == "success"
        assert (await client.state())["gcode_state"] == "IDLE"
        x1c.advance(3)
        await client.state(gcode_state="PREPARE", mc_percent=100)
        x1c.advance(30)
        await client.state(gcode_state="RUNNING", mc_percent=0)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"url": "file:///sdcard/absent.3mf"}, 0x0500_4003),
        ({"url": "ftp:///cache/job.gcode.3mf"}, 0x0500_4003),
        ({"param": "Metadata/plate_7.gcode"}, 0x0500_4003),
        ({"md5": "0" * 32}, 0x0500_4003),
        ({"ams_mapping": [254]}, 0x0700_8012),
        ({"ams_mapping": [9]}, 0x0700_8012),
        ({"ams_mapping": []}, 0x0700_8012),
    ],
)
async def test_what_cannot_be_printed_fails_from_prepare(
    p1s: SimulatedPrinter, sliced: Path, fields: dict[str, object], code: int
) -> None:
    async with mqtt(p1s) as client:
        reply = await start(p1s, client, sliced, **fields)
        assert reply["result"] == "SUCCESS"
        p1s.advance(20)
        await client.state(gcode_state="FAILED", print_error=code)


async def test_a_start_without_ams_takes_the_external_spool(
    p1s: SimulatedPrinter, sliced: Path
) -> None:
    async with mqtt(p1s) as client:
        await start(p1s, client, sliced, use_ams=False, url="ftp://job.gcode.3mf")
        p1s.advance(300)
        assert p1s.machine.feed.now == 254


async def test_a_busy_printer_refuses_and_goes_on(
    p1s: SimulatedPrinter, sliced: Path
) -> None:
    async with mqtt(p1s) as client:
        await start(p1s, client, sliced)
        p1s.advance(300)
        reply = await client.ask("print", "project_file", **START)
        assert reply["result"] == "FAIL"
        assert p1s.machine.alarms.print_error == 0x0500_4004
        assert p1s.machine.gcode_state is GcodeState.RUNNING


async def test_a_second_start_costs_an_a1_mini_its_job(sliced: Path) -> None:
    async with (
        SimulatedPrinter("A1 mini", clock_factor=0) as printer,
        mqtt(printer) as client,
    ):
        await start(printer, client, sliced)
        printer.advance(300)
        await client.ask("print", "project_file", **START)
        assert printer.machine.gcode_state is GcodeState.FAILED


async def test_an_id_beyond_32_bits_is_accepted_and_never_starts(
    p1s: SimulatedPrinter, sliced: Path
) -> None:
    async with mqtt(p1s) as client:
        reply = await start(p1s, client, sliced, task_id="1761900000000")
        assert reply["result"] == "SUCCESS"
        p1s.advance(60)
        assert p1s.machine.gcode_state is GcodeState.IDLE


async def test_two_heads_take_their_spools_by_both_mappings(sliced: Path) -> None:
    async with (
        SimulatedPrinter("H2D", clock_factor=0) as printer,
        mqtt(printer) as client,
    ):
        await start(
            printer,
            client,
            sliced,
            url="ftp:///job.gcode.3mf",
            ams_mapping=[-1],
            ams_mapping2=[{"ams_id": 254, "slot_id": 0}],
        )
        printer.advance(700)
        heads = printer.machine.feed.heads
        assert [head.loaded for head in heads] == [255, 253]
        await client.until(
            lambda body: (
                body.get("device", {}).get("extruder", {}).get("state") == 0x112
            )
        )


async def test_pause_resume_stop(p1s: SimulatedPrinter, sliced: Path) -> None:
    async with mqtt(p1s) as client:
        await start(p1s, client, sliced)
        p1s.advance(400)
        await client.ask("print", "pause", param="")
        await client.state(gcode_state="PAUSE", stg_cur=16)
        await client.ask("print", "resume", param="")
        await client.state(gcode_state="RUNNING")
        await client.ask("print", "stop", param="")
        await client.state(gcode_state="FAILED")
        p1s.advance(5)
        await client.state(print_error=0x0300_400C)
        await client.ask("print", "clean_print_error")
        await client.state(print_error=0)


async def test_objects_are_skipped_by_their_numbers(
    p1s: SimulatedPrinter, sliced: Path
) -> None:
    async with mqtt(p1s) as client:
        await start(p1s, client, sliced)
        p1s.advance(400)
        reply = await client.ask("print", "skip_objects", obj_list=[71])
        assert reply["result"] == "SUCCESS"
        await client.state(s_obj=[71])
        reply = await client.ask("print", "skip_objects", obj_list=[96])
        assert reply["result"] == "FAIL"
        reply = await client.ask("print", "skip_objects", obj_list="all")
        assert reply["reason"] == "invalid obj_list"


async def test_lines_of_gcode_heat_and_blow_and_home(p1s: SimulatedPrinter) -> None:
    machine = p1s.machine
    async with mqtt(p1s) as client:
        for line in ("M104 S205\nM140 S55", "M106 P2 S128", "G28"):
            await client.ask("print", "gcode_line", param=f"{line}\n")
        assert machine.feed.head.heater.target_c == 205
        assert machine.bed.target_c == 55
        assert machine.settings.fans["aux"] == 50
        p1s.advance(20)
        assert machine.settings.homed
        report = await client.state(nozzle_target_temper=205)
        assert report["big_fan1_speed"] == "8"


async def test_slots_are_configured_also_the_external_one(
    p1s: SimulatedPrinter,
) -> None:
    material = {
        "tray_info_idx": "GFG99",
        "tray_type": "PETG",
        "tray_color": "00FF00FF",
        "nozzle_temp_min": 220,
        "nozzle_temp_max": 260,
    }
    async with mqtt(p1s) as client:
        for place in (
            {"ams_id": 0, "tray_id": 3, "slot_id": 3},
            {"ams_id": 255, "tray_id": 254, "slot_id": 0},
        ):
            await client.ask("print", "ams_filament_setting", **place, **material)
        await client.send("pushing", "pushall")
        report = await client.state(msg=0)
        for tray in (report["ams"]["ams"][0]["tray"][3], report["vt_tray"]):
            assert tray["tray_type"] == "PETG"
            assert tray["tray_color"] == "00FF00FF"
            assert tray["nozzle_temp_max"] == "260"


async def test_filament_is_loaded_and_unloaded(p1s: SimulatedPrinter) -> None:
    async with mqtt(p1s) as client:
        reply = await client.ask(
            "print", "ams_change_filament", ams_id=0, slot_id=2, target=2
        )
        assert reply["errno"] == 0
        await client.state(ams_status=258)
        busy = await client.ask("print", "ams_change_filament", target=1)
        assert busy["errno"] == -2
        p1s.advance(200)
        assert p1s.machine.feed.now == 2
        await client.ask("print", "unload_filament")
        p1s.advance(200)
        assert p1s.machine.feed.now == 255
        reply = await client.ask("print", "ams_get_rfid", ams_id=0, slot_id=2)
        assert reply["result"] == "SUCCESS"
        await client.state(ams_status=512)


async def test_drying_starts_and_stops() -> None:
    async with (
        SimulatedPrinter("H2D", clock_factor=0) as printer,
        mqtt(printer) as client,
    ):
        wish = {"ams_id": 128, "temp": 70, "duration": 8, "filament": "PA-CF"}
        await client.ask("print", "ams_filament_drying", mode=1, **wish)
        printer.advance(60)
        report = await client.until(
            lambda body: body.get("ams", {}).get("ams", [{}])[-1].get("dry_time") == 479
        )
        assert report["ams"]["ams"][1]["id"] == "128"
        await client.ask("print", "ams_filament_drying", ams_id=128, mode=0)
        assert printer.machine.feed.units[1].dry_left_s == 0


async def test_an_ams_without_a_heater_cannot_dry(p1s: SimulatedPrinter) -> None:
    async with mqtt(p1s) as client:
        reply = await client.ask("print", "ams_filament_drying", ams_id=0, mode=1)
        assert reply["result"] == "FAIL"


async def test_calibration_runs_its_stages(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        await client.ask("print", "calibration", option=0b110)
        x1c.advance(80)
        await client.state(gcode_state="RUNNING", stg_cur=3, print_type="system")
        x1c.advance(60)
        await client.state(gcode_state="FINISH", stg_cur=-1)


async def test_switches_show_in_reports(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        await client.ask("system", "ledctrl", led_node="chamber_light", led_mode="off")
        await client.ask(
            "xcam",
            "xcam_control_set",
            module_name="spaghetti_detector",
            control=False,
            print_halt=False,
            halt_print_sensitivity="high",
        )
        await client.ask("camera", "ipcam_timelapse", control="enable")
        await client.ask("print", "print_option", sound_enable=False)
        report = await client.until(
            lambda body: (
                body.get("ipcam", {}).get("timelapse") == "enable"
                and not body["home_flag"] >> 17 & 1
            )
        )
        assert report["lights_report"][0] == {"node": "chamber_light", "mode": "off"}
        assert not report["xcam"]["spaghetti_detector"]
        assert report["xcam"]["halt_print_sensitivity"] == "high"
        assert int(report["cfg"], 16) >> 13 & 3 == 2


async def test_the_chamber_is_heated_where_it_can_be(x1c: SimulatedPrinter) -> None:
    async with mqtt(x1c) as client:
        reply = await client.ask("print", "set_ctt", ctt_val=45)
        assert reply["result"] == "fail"
    async with (
        SimulatedPrinter("X1E", clock_factor=0) as printer,
        mqtt(printer) as client,
    ):
        assert (await client.ask("print", "set_ctt", ctt_val=45))["errno"] == 0
        assert (await client.ask("print", "set_ctt", ctt_val=20))["errno"] == -4
        printer.machine.feed.head.loaded = 0
        assert (await client.ask("print", "set_ctt", ctt_val=55))["errno"] == -2


async def test_without_developer_mode_only_control_is_refused() -> None:
    async with (
        SimulatedPrinter("X1C", clock_factor=0, developer_mode=False) as printer,
        mqtt(printer) as client,
    ):
        reply = await client.ask("print", "print_speed", param="3")
        assert reply["result"] == "failed"
        assert reply["err_code"] == 84033543
        assert printer.machine.settings.speed_level == 2
        reply = await client.ask(
            "system", "ledctrl", led_node="chamber_light", led_mode="off"
        )
        assert reply["result"] == "success"


async def test_unknown_commands_and_nonsense_stay_unanswered(
    p1s: SimulatedPrinter,
) -> None:
    async with mqtt(p1s) as client:
        await client.send("print", "make_coffee")
        await client.send("print", "print_speed", param={"deep": [1]})
        answer = await client.until(lambda body: "result" in body)
        assert answer["reason"] == "invalid param"
        assert answer["result"] == "FAIL"


async def test_profiles_are_stored_listed_chosen_and_dropped(
    p1s: SimulatedPrinter,
) -> None:
    profile = {
        "ams_id": 0,
        "tray_id": 0,
        "cali_idx": -1,
        "filament_id": "GFG99",
        "setting_id": "PF12345678901234567",
        "name": "PETG slow",
        "k_value": "0.031000",
        "n_coef": "0.000000",
    }
    async with mqtt(p1s) as client:
        asked = {"nozzle_diameter": "0.4", "filament_id": ""}
        empty = await client.ask("print", "extrusion_cali_get", **asked)
        assert (empty["filaments"], empty["reason"]) == ([], "SUCCESS")
        for row in (profile, profile | {"filament_id": "GFL99", "name": "PLA"}):
            stored = await client.ask(
                "print", "extrusion_cali_set", nozzle_diameter="0.4", filaments=[row]
            )
            assert stored["result"] == "SUCCESS"
        listed = await client.ask("print", "extrusion_cali_get", **asked)
        assert [row["name"] for row in listed["filaments"]] == ["PETG slow", "PLA"]
        one = await client.ask(
            "print", "extrusion_cali_get", **asked | {"filament_id": "GFG99"}
        )
        (row,) = one["filaments"]
        assert row["k_value"] == "0.031000"
        assert row["setting_id"] == profile["setting_id"]
        assert "nozzle_id" not in row
        other = await client.ask("print", "extrusion_cali_get", nozzle_diameter="0.6")
        assert other["filaments"] == []
        index = row["cali_idx"]
        await client.ask("print", "extrusion_cali_sel", tray_id=2, cali_idx=index)
        tray = p1s.machine.feed.spool(2)
        assert tray is not None
        assert (tray.cali_idx, tray.k) == (index, 0.031)
        for verdict in ("SUCCESS", "FAIL"):
            gone = await client.ask("print", "extrusion_cali_del", cali_idx=index)
            assert gone["result"] == verdict
        assert (tray.cali_idx, tray.k) == (-1, 0.02)
        left = await client.ask("print", "extrusion_cali_get", **asked)
        assert [row["name"] for row in left["filaments"]] == ["PLA"]


async def test_a_profile_is_changed_under_its_number(p1s: SimulatedPrinter) -> None:
    row = {"filament_id": "GFL99", "name": "PLA", "k_value": "0.02", "tray_id": -1}
    async with mqtt(p1s) as client:
        reply = await client.ask("print", "extrusion_cali_set", filaments=[row])
        # Complained about, and stored all the same.
        assert (reply["result"], reply["reason"]) == ("FAIL", "invalid tray_id")
        changed = row | {"tray_id": 0, "k_value": 0.025, "cali_idx": 1}
        await client.ask("print", "extrusion_cali_set", filaments=[changed])
        listed = await client.ask("print", "extrusion_cali_get")
        (stored,) = listed["filaments"]
        assert (stored["cali_idx"], stored["k_value"]) == (1, "0.025000")
        for broken in ([3], [row | {"k_value": "much"}], "all"):
            reply = await client.ask("print", "extrusion_cali_set", filaments=broken)
            assert reply["result"] == "FAIL"


@pytest.mark.parametrize("command", ["extrusion_cali", "extrusion_cali_set"])
async def test_k_is_set_in_a_tray_the_old_way(
    p1s: SimulatedPrinter, command: str
) -> None:
    async with mqtt(p1s) as client:
        reply = await client.ask("print", command, tray_id=1, k_value=0.04, n_coef=1.4)
        assert reply["result"] == "SUCCESS"
        tray = p1s.machine.feed.spool(1)
        assert tray is not None
        assert tray.k == 0.04
        reply = await client.ask("print", command, tray_id=77, k_value=0.04)
        assert reply["reason"] == "invalid tray_id"


async def test_two_heads_say_which_nozzle_a_profile_is_for() -> None:
    row = {"k_value": "0.02", "nozzle_id": "HH00-0.4", "extruder_id": 1}
    async with (
        SimulatedPrinter("H2D", clock_factor=0) as printer,
        mqtt(printer) as client,
    ):
        await client.ask("print", "extrusion_cali_set", filaments=[row])
        listed = await client.ask("print", "extrusion_cali_get")
        (stored,) = listed["filaments"]
        assert stored["nozzle_id"] == "HH00-0.4"
        assert stored["extruder_id"] == 1
        assert stored["nozzle_diameter"] == "0.4"
        result = await client.ask("print", "extrusion_cali_get_result")
        assert result["filaments"] == []


@pytest.mark.parametrize(("model", "mode"), [("P1S", "off"), ("H2D", "on")])
async def test_the_short_form_for_the_light_works_on_older_models(
    model: str, mode: str
) -> None:
    async with (
        SimulatedPrinter(model, clock_factor=0) as printer,
        mqtt(printer) as client,
    ):
        await client.raw_send('{"system": {"led_mode": "off"}}')
        reply = await client.ask("system", "get_access_code")
        assert reply["access_code"] == printer.access_code
        assert printer.machine.settings.lights["chamber_light"] == mode


async def test_the_words_of_ams_control(p1s: SimulatedPrinter, sliced: Path) -> None:
    async with mqtt(p1s) as client:
        await start(p1s, client, sliced)
        p1s.advance(400)
        for word, state in (
            ("pause", GcodeState.PAUSE),
            ("reset", GcodeState.PAUSE),
            ("resume", GcodeState.RUNNING),
        ):
            await client.ask("print", "ams_control", param=word)
            assert p1s.machine.gcode_state is state
        reply = await client.ask("print", "ams_control", param="dance")
        assert reply["result"] == "FAIL"


async def test_slots_numbered_on_from_unit_to_unit_are_found(
    x1c: SimulatedPrinter,
) -> None:
    material = {"tray_info_idx": "GFG99", "tray_type": "PETG", "tray_color": "00FF00FF"}
    async with mqtt(x1c) as client:
        reply = await client.ask(
            "print", "ams_filament_setting", ams_id=1, tray_id=6, slot_id=2, **material
        )
        assert reply["result"] == "success"
        configured = x1c.machine.feed.spool(6)
        assert configured is not None
        assert configured.filament.type == "PETG"


async def test_the_external_spool_is_loaded_in_either_form(
    p1s: SimulatedPrinter,
) -> None:
    async with mqtt(p1s) as client:
        for form in ({}, {"ams_id": 0, "slot_id": 254}, {"ams_id": 254, "slot_id": 0}):
            reply = await client.ask("print", "ams_change_filament", target=254, **form)
            assert reply["errno"] == 0
            p1s.advance(200)
            assert p1s.machine.feed.now == 254
            await client.ask("print", "unload_filament")
            p1s.advance(200)
