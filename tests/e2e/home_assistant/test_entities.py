"""Entities say what the machines say on their own wire."""

from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.ear import listening
from tests.e2e.home_assistant.home import Home
from tests.e2e.home_assistant.truth import untrue


def test_every_entity_of_a_printer_is_true_to_the_machine(home: Home) -> None:
    with listening(home.place, "Nord") as ear:
        wait_for(
            lambda: not untrue(home, "Nord", ear.told),
            lambda: f"not true: {untrue(home, 'Nord', ear.told)}",
        )


def test_heat_and_slots_are_followed(home: Home) -> None:
    with listening(home.place, "Vela") as ear:
        home.place.tell("Vela", "temperature", {"bed_c": 60})
        wait_for(lambda: ear["bed_target_temper"] == 60, lambda: str(ear.told))
        home.place.machines.pass_time("Vela", 120)
        wait_for(lambda: ear["bed_temper"] > 50, lambda: str(ear["bed_temper"]))
        wait_for(
            lambda: (
                abs(
                    home.number("Vela", "sensor", "bed_temperature") - ear["bed_temper"]
                )
                < 2
            ),
            lambda: home.value("Vela", "sensor", "bed_temperature"),
        )
        home.place.tell("Vela", "temperature", {"bed_c": 0})
        home.until("Vela", "number", "bed_target", "0.0")
    slot = "unit_0_slot_3"
    assert home.value("Vela", "sensor", f"{slot}_filament") == "empty"
    spool = {"tray": "A4", "preset": "GFG02", "color": "2850E0", "percent": 66}
    home.place.machines.act("Vela", "insert_spool", **spool)
    home.until("Vela", "sensor", f"{slot}_filament", "PETG HF")
    home.until("Vela", "sensor", f"{slot}_remaining", "66")
    home.place.machines.act("Vela", "remove_spool", tray="A4")
    home.until("Vela", "sensor", f"{slot}_filament", "empty")


def test_the_door_and_what_the_machine_is_told_at_its_screen(home: Home) -> None:
    home.place.machines.act("Nord", "open_door")
    home.until("Nord", "binary_sensor", "door", "on")
    home.place.machines.act("Nord", "close_door")
    home.until("Nord", "binary_sensor", "door", "off")
    home.place.machines.act("Nord", "pause")
    home.until("Nord", "sensor", "status", "paused")
    home.until("Nord", "sensor", "finish", "unknown")
    home.place.machines.act("Nord", "resume")
    home.until("Nord", "sensor", "status", "printing")


def test_the_engines_own_numbers_are_those_of_the_farm(home: Home) -> None:
    printers = [home.place.printer(name) for name in home.place.printers]
    states = [each["activity"] for each in printers if each["is_live"]]
    running = sum(state in {"preparing", "printing", "paused"} for state in states)
    home.until(None, "sensor", "printing", str(running))
    home.until(None, "sensor", "idle", str(len(states) - running))
    home.until(None, "sensor", "offline", str(len(printers) - len(states)))
    waiting = sum(p["is_live"] and p["attention"] is not None for p in printers)
    home.until(None, "sensor", "need_attention", str(waiting))
    assert home.value(None, "binary_sensor", "link") == "on"
