"""Automations on our triggers and conditions, written as people write them."""

import contextlib
import secrets
from collections.abc import Iterator
from typing import Any

from script.home_assistant_person import Person
from tests.e2e.apart import wait_for
from tests.e2e.home_assistant.home import Home


class Told:
    """An automation that counts: what it did is told by an event."""

    def __init__(self, owner: Person, name: str) -> None:
        self._owner = owner
        self._name = name
        self._subscription = owner.subscribe("subscribe_events", event_type=name)

    def next(self) -> dict[str, Any]:
        """Waits for the next run; returns what the automation told."""
        event = self._owner.next_event(self._subscription)
        told: dict[str, Any] = event["data"]
        return told

    def check_silent(self) -> None:
        """Makes sure that nothing ran before this moment."""
        self._owner.post(f"/events/{self._name}", {"is_marker": True})
        assert self.next() == {"is_marker": True}


@contextlib.contextmanager
def _automated(home: Home, **config: object) -> Iterator[Told]:
    """Saves an automation as the editor does, for the length of the block."""
    name = f"told_{secrets.token_hex(4)}"
    told = Told(home.owner, name)
    path = f"/config/automation/config/{name}"
    data = {"entity": "{{ trigger.entity_id }}", "what": "{{ trigger.id }}"}
    config |= {
        "alias": name,
        "mode": "queued",
        "actions": [{"event": name, "event_data": data}],
    }
    home.owner.post(path, config)
    try:
        _until_watching(home, name)
        yield told
    finally:
        home.owner.delete(path)


def _until_watching(home: Home, name: str) -> None:
    """Waits until an automation has its triggers: that comes after it was saved."""
    wait_for(
        lambda: any(
            state["attributes"].get("id") == name and state["state"] == "on"
            for state in home.states().values()
        ),
        lambda: f"{name} does not watch",
    )


def test_a_print_finishes_and_another_fails(home: Home) -> None:
    place = home.place
    target = {"device_id": home.device("Vela")}
    triggers = [
        {"trigger": "odin.print_finished", "target": target, "id": "finished"},
        {"trigger": "odin.print_failed", "target": target, "id": "failed"},
    ]
    with _automated(home, triggers=triggers) as told:
        place.machines.act("Vela", "start_job", job="Good", minutes=30)
        home.until("Vela", "sensor", "status", "printing")
        told.check_silent()
        home.place.machines.pass_time("Vela", 3600)
        assert told.next() == {
            "entity": home.id("Vela", "event", "print"),
            "what": "finished",
        }
        home.until("Vela", "sensor", "status", "finished")
        _clear(home)
        place.machines.act("Vela", "start_job", job="Bad", minutes=600)
        home.until("Vela", "sensor", "status", "printing")
        place.machines.misbehave("Vela", "fault", print_error="0300_4006")
        assert told.next()["what"] == "failed"
        home.until("Vela", "sensor", "status", "failed")
        place.machines.act("Vela", "clear_fault")
        _clear(home)
        told.check_silent()


def _clear(home: Home) -> None:
    home.place.machines.act("Vela", "clear_plate")
    home.call("Vela", "button", "clear_plate", "press")
    home.until("Vela", "binary_sensor", "plate", "off")


def test_somebody_is_needed_while_another_prints(home: Home) -> None:
    place = home.place
    both = {"device_id": [home.device("Nord"), home.device("Wren")]}
    conditions = [
        {
            "condition": "odin.is_printing",
            "target": {"device_id": home.device("Atlas")},
        },
        {"condition": "odin.needs_attention", "target": both},
        {
            "condition": "not",
            "conditions": [
                {"condition": f"odin.{name}", "target": both}
                for name in ("is_offline", "has_failed", "has_finished")
            ],
        },
    ]
    trigger = {"trigger": "odin.needs_attention", "target": both, "id": "needed"}
    with _automated(home, triggers=[trigger], conditions=conditions) as told:
        place.machines.misbehave("Nord", "fault", print_error="0300_8003")
        wanted = home.id("Nord", "binary_sensor", "attention")
        assert told.next() == {"entity": wanted, "what": "needed"}
        place.machines.act("Nord", "clear_fault")
        place.machines.act("Nord", "resume")
        home.until("Nord", "binary_sensor", "attention", "off")
        told.check_silent()
    conditions = [{"condition": "odin.is_offline", "target": both}]
    with _automated(home, triggers=[trigger], conditions=conditions) as told:
        place.machines.misbehave("Nord", "fault", print_error="0300_8003")
        home.until("Nord", "binary_sensor", "attention", "on")
        told.check_silent()
        place.machines.act("Nord", "clear_fault")
        place.machines.act("Nord", "resume")
        home.until("Nord", "binary_sensor", "attention", "off")


def test_a_printer_goes_offline(home: Home) -> None:
    place = home.place
    target = {"device_id": home.device("Juno")}
    triggers = [
        {"trigger": "odin.printer_offline", "target": target, "id": "offline"},
        {
            "trigger": "odin.printer_offline",
            "target": {"device_id": home.device("Pico")},
            "id": "another",
        },
    ]
    conditions = [{"condition": "odin.is_offline", "target": target}]
    with _automated(home, triggers=triggers, conditions=conditions) as told:
        assert home.value("Juno", "binary_sensor", "connectivity") == "on"
        place.machines.act("Juno", "power_off")
        home.until("Juno", "binary_sensor", "connectivity", "off")
        wanted = home.id("Juno", "binary_sensor", "connectivity")
        assert told.next() == {"entity": wanted, "what": "offline"}
        home.until("Juno", "sensor", "status", "offline")
        assert home.value("Juno", "sensor", "bed_temperature") == "unavailable"
        place.machines.act("Juno", "power_on")
        home.until("Juno", "binary_sensor", "connectivity", "on")
        home.until(
            "Juno", "sensor", "bed_temperature", lambda now: now != "unavailable"
        )
        told.check_silent()


def test_an_automation_acts_on_what_it_heard(home: Home) -> None:
    """The light goes off by itself when a print is done: trigger, condition, action."""
    place = home.place
    target = {"device_id": home.device("Vela")}
    light = home.id("Vela", "light", "light_chamber")
    path = "/config/automation/config/light_off"
    home.owner.post(
        path,
        {
            "alias": "Light off",
            "triggers": [{"trigger": "odin.print_finished", "target": target}],
            "conditions": [{"condition": "odin.has_finished", "target": target}],
            "actions": [{"action": "light.turn_off", "target": {"entity_id": light}}],
        },
    )
    try:
        _until_watching(home, "light_off")
        home.call("Vela", "light", "light_chamber", "turn_on")
        place.machines.act("Vela", "start_job", job="Short", minutes=20)
        home.until("Vela", "sensor", "status", "printing")
        home.until("Vela", "light", "light_chamber", "on")
        home.place.machines.pass_time("Vela", 3600)
        home.until("Vela", "light", "light_chamber", "off")
    finally:
        home.owner.delete(path)
    home.call("Vela", "light", "light_chamber", "turn_on")
    _clear(home)
