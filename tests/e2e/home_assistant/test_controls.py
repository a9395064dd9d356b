"""What is pressed, set and chosen in Home Assistant reaches the machine's wire."""

import pytest

from script.home_assistant_person import Refused
from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.ear import listening
from tests.e2e.home_assistant.home import Home
from tests.integration.wire import Ear


def _until(ear: Ear, name: str, wanted: object) -> None:
    wait_for(lambda: ear[name] == wanted, lambda: f"{name} is {ear[name]}")


def test_buttons_run_a_print(home: Home) -> None:
    place = home.place
    place.machines.act("Vela", "start_job", job="Bracket", minutes=600)
    home.until("Vela", "sensor", "status", "printing")
    home.until("Vela", "sensor", "job", "Bracket")
    with listening(place, "Vela") as ear:
        home.call("Vela", "button", "pause", "press")
        _until(ear, "gcode_state", "PAUSE")
        home.until("Vela", "sensor", "status", "paused")
        home.call("Vela", "button", "resume", "press")
        _until(ear, "gcode_state", "RUNNING")
        home.until("Vela", "sensor", "status", "printing")
        home.call("Vela", "select", "speed", "select_option", option="silent")
        _until(ear, "spd_lvl", 1)
        home.until("Vela", "select", "speed", "silent")
        home.call("Vela", "select", "speed", "select_option", option="standard")
        home.call("Vela", "button", "stop", "press")
        _until(ear, "gcode_state", "FAILED")
        home.until("Vela", "sensor", "status", "cancelled")
        home.call("Vela", "button", "clear_errors", "press")
        _until(ear, "print_error", 0)
    place.machines.act("Vela", "clear_plate")
    home.call("Vela", "button", "clear_plate", "press")
    home.until("Vela", "binary_sensor", "plate", "off")


def test_what_is_not_possible_now_is_said(home: Home) -> None:
    with pytest.raises(Refused) as refused:
        home.call("Juno", "button", "pause", "press")
    assert refused.value.code == "service_validation_error"


def test_heaters_lights_fans_and_switches(home: Home) -> None:
    with listening(home.place, "Vela") as ear:
        for key, wire in (
            ("bed_target", "bed_target_temper"),
            ("nozzle_0_target", "nozzle_target_temper"),
        ):
            for target_c in (55, 0):
                home.call("Vela", "number", key, "set_value", value=target_c)
                _until(ear, wire, target_c)
                home.until("Vela", "number", key, f"{target_c}.0")
        for service, wanted in (("turn_off", "off"), ("turn_on", "on")):
            home.call("Vela", "light", "light_chamber", service)
            wait_for(
                lambda wanted=wanted: ear.lights["chamber_light"] == wanted,  # type: ignore[misc]
                lambda: str(ear.lights),
            )
            home.until("Vela", "light", "light_chamber", wanted)
        for percent, steps in ((60, "9"), (0, "0")):
            home.call("Vela", "fan", "part_fan", "set_percentage", percentage=percent)
            _until(ear, "cooling_fan_speed", steps)
        for service, is_on in (("turn_off", False), ("turn_on", True)):
            home.call("Vela", "switch", "detector_spaghetti", service)
            wait_for(
                lambda is_on=is_on: ear["xcam"]["spaghetti_detector"] is is_on,  # type: ignore[misc]
                lambda: str(ear["xcam"]),
            )
            word = "on" if is_on else "off"
            home.until("Vela", "switch", "detector_spaghetti", word)


def test_filament_is_chosen(home: Home) -> None:
    with listening(home.place, "Lyra") as ear:
        options = home.state("Lyra", "select", "active_slot")["attributes"]["options"]
        choose = ("Lyra", "select", "active_slot", "select_option")
        home.call(*choose, option=options[1])
        home.until("Lyra", "select", "active_slot", options[1])
        _until_calm(home, ear)
        home.call(*choose, option="none")
        home.until("Lyra", "select", "active_slot", "none")
        _until_calm(home, ear)


def _until_calm(home: Home, ear: Ear) -> None:
    home.place.machines.pass_time("Lyra", 600)
    wait_for(
        lambda: home.place.printer("Lyra")["filament_change"] == "none",
        lambda: f"the filament is still changed: {ear['ams_status']}",
    )


def test_actions(home: Home) -> None:
    place, owner = home.place, home.owner
    with listening(place, "Vela") as ear:
        owner.call(
            "odin.configure_slot",
            device_id=home.device("Vela", "_unit_0_slot_2"),
            preset_id="GFG99",
            material="PETG",
            color=[18, 52, 86],
            nozzle_min_c=220,
            nozzle_max_c=260,
        )

        def tray() -> dict[str, str]:
            found: dict[str, str] = ear["ams"]["ams"][0]["tray"][2]
            return found

        wait_for(lambda: tray()["tray_color"] == "123456FF", lambda: str(tray()))
        assert (tray()["tray_type"], tray()["tray_info_idx"]) == ("PETG", "GFG99")
        home.until(
            "Vela", "sensor", "unit_0_slot_2_filament", lambda now: "PETG" in now
        )
        owner.call("odin.send_gcode", device_id=home.device("Vela"), gcode="M140 S41")
        _until(ear, "bed_target_temper", 41)
        owner.call("odin.send_gcode", device_id=home.device("Vela"), gcode="M140 S0")
        _until(ear, "bed_target_temper", 0)
    with listening(place, "Lyra") as ear:
        unit = home.device("Lyra", "_unit_0")
        owner.call(
            "odin.start_drying", device_id=unit, target_c=45, hours=2, material="PLA"
        )
        home.until("Lyra", "binary_sensor", "unit_0_is_drying", "on")
        wait_for(
            lambda: ear["ams"]["ams"][0]["dry_time"] > 0, lambda: "it does not dry"
        )
        home.call("Lyra", "button", "unit_0_stop_drying", "press")
        home.until("Lyra", "binary_sensor", "unit_0_is_drying", "off")


def test_the_emergency_stop_stops(home: Home) -> None:
    place = home.place
    place.machines.act("Vela", "start_job", job="Runaway", minutes=600)
    home.until("Vela", "sensor", "status", "printing")
    with listening(place, "Vela") as ear:
        home.owner.call("odin.emergency_stop", device_id=[home.device("Vela")])
        _until(ear, "gcode_state", "FAILED")
    home.until("Vela", "sensor", "status", "cancelled")
    assert home.value("Nord", "sensor", "status") == "printing"
    home.call("Vela", "button", "clear_errors", "press")
    place.machines.act("Vela", "clear_plate")
    home.owner.call("odin.clear_plate", device_id=[home.device("Vela")])
    home.until("Vela", "binary_sensor", "plate", "off")
