"""What each word of a machine changes in what is known of it. Pure."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from odin_engine.drivers.printers.marlin.protocol import jobs
from odin_engine.drivers.printers.marlin.protocol.machine import (
    FAMILY,
    Machine,
    settled,
    with_factors,
    with_fault,
    without_faults,
)
from odin_engine.drivers.printers.marlin.protocol.replies import (
    Action,
    Busy,
    Capability,
    Card,
    CardProgress,
    CardWord,
    Factors,
    Heats,
    Identity,
    Ok,
    Position,
    Progress,
    Reply,
    Start,
    Waiting,
)
from odin_engine.drivers.printers.marlin.protocol.troubles import (
    Gravity,
    Trouble,
    our_fault,
)
from odin_engine.printers.model import (
    Activity,
    Firmware,
    Heat,
    Model,
    Prompt,
    Sensor,
    SensorKind,
    Temperatures,
)

_BROKEN_LOW_C, _BROKEN_HIGH_C = -14.0, 1000.0
"""What Marlin reads where a thermistor is open or shorted (§3)."""
_SENSOR_NAMES = {
    "P": "probe",
    "A": "ambient",
    "R": "redundant",
    "L": "cooler",
    "M": "board",
}
_QUIET_REPORTS = 2
"""One may be between two files; two say that somebody stopped it at the panel (§7)."""
_CHOICES_MOST = 12
_CAPS_MOST = 256
"""Firmware lists some thirty."""


def fold(machine: Machine, reply: Reply, now: datetime | None) -> Machine:
    """Returns what is known after a reply; the same machine if it changed nothing."""
    match reply:
        case Ok(_, heats, position):
            after = _heated(machine, heats) if heats else machine
            if position is not None:
                after = replace(after, position=position)
            if machine.waiting is not None:
                after = replace(after, waiting=None)
        case Heats(values):
            after = _heated(machine, values)
        case Busy(waits_for):
            waiting = None if waits_for is Waiting.PROCESSING else waits_for
            after = (
                machine
                if machine.waiting is waiting
                else replace(machine, waiting=waiting)
            )
        case CardProgress(done, total):
            after = jobs.card_progressed(machine, done, total, now)
        case Card():
            after = _card(machine, reply)
        case Progress(_, remaining_s):
            after = jobs.card_remaining(machine, remaining_s)
        case Action():
            after = _action(machine, reply)
        case Start() | Trouble():
            after = _shaken(machine, reply)
        case _:
            after = _described(machine, reply)
    return machine if after is machine else settled(after)


def _described(machine: Machine, reply: Reply) -> Machine:
    match reply:
        case Capability(name, is_there):
            if name not in machine.caps and len(machine.caps) >= _CAPS_MOST:
                return machine
            return replace(machine, caps={**machine.caps, name: is_there})
        case Identity(values):
            return _identified(machine, values)
        case Position():
            return replace(machine, position=reply)
        case Factors(speed_pct, flow_pct):
            return with_factors(machine, speed_pct, flow_pct)
    return machine


def _heated(
    machine: Machine, values: tuple[tuple[str, float, float | None], ...]
) -> Machine:
    heats = {name: (now, wanted) for name, now, wanted in values}
    before = machine.state.temperatures
    nozzles = list(before.nozzles) or [Heat()] * machine.heads
    for number in range(machine.heads):
        if number >= len(nozzles):
            nozzles.append(Heat())
        if f"T{number}" in heats:
            nozzles[number] = _merged(nozzles[number], heats[f"T{number}"])
    bed = _merged(before.bed, heats["B"]) if "B" in heats else before.bed
    chamber = _merged(before.chamber, heats["C"]) if "C" in heats else before.chamber
    after = Temperatures(tuple(nozzles), bed, chamber)
    sensors = {each.name: each for each in machine.state.sensors}
    for letter, name in _SENSOR_NAMES.items():
        if letter in heats:
            sensors[name] = Sensor(name, SensorKind.TEMPERATURE, heats[letter][0])
    state = machine.state
    if after != before:
        state = replace(state, temperatures=after)
    if tuple(sensors.values()) != state.sensors:
        state = replace(state, sensors=tuple(sensors.values()))
    if state is not machine.state:
        machine = replace(machine, state=state)
    return _watched(machine, heats)


def _merged(before: Heat | None, said: tuple[float, float | None]) -> Heat:
    now, wanted = said
    was = before or Heat()
    return Heat(
        was.current_c if math.isnan(now) else now,
        was.target_c if wanted is None else wanted,
    )


def _watched(
    machine: Machine, heats: Mapping[str, tuple[float, float | None]]
) -> Machine:
    """Raises a fault where a thermistor cannot be right, and clears it again."""
    for name, (now, _) in heats.items():
        if name[0] not in "TBC" or math.isnan(now):
            continue
        code = f"thermistor_{name.lower()}"
        if now <= _BROKEN_LOW_C or now >= _BROKEN_HIGH_C:
            text = f"The sensor {name} reads {now:g} °C: it is broken or unplugged."
            machine = with_fault(machine, our_fault(code, text))
        else:
            machine = without_faults(machine, code)
    return machine


def _identified(machine: Machine, values: Mapping[str, str]) -> Machine:
    machine_type = values.get("MACHINE_TYPE") or None
    state = replace(
        machine.state,
        model=Model(FAMILY, id=machine_type, name=machine_type),
        firmware=Firmware(version=values.get("FIRMWARE_NAME") or None),
    )
    return replace(machine, identity=values, state=state)


def _card(machine: Machine, reply: Card) -> Machine:
    match reply:
        case Card(CardWord.SELECTED, name, _):
            return jobs.card_selected(machine, name)
        case Card(CardWord.DONE):
            return jobs.card_done(machine)
        case Card(CardWord.NOT_PRINTING):
            if not machine.prints_from_card or machine.is_card_held:
                return machine
            quiet = machine.card_quiet + 1
            machine = replace(machine, card_quiet=quiet)
            return jobs.card_quiet(machine) if quiet >= _QUIET_REPORTS else machine
    return machine


def _action(machine: Machine, action: Action) -> Machine:
    match action.word:
        case "out_of_filament":
            text = "The filament has run out. Load new filament, then resume."
            return with_fault(machine, our_fault("filament_runout", text))
        case "probe_failed":
            text = "The bed probe failed."
            return with_fault(machine, our_fault("probing_failed", text))
        case "pause" | "paused":
            return jobs.card_paused(machine)
        case "resume" | "resumed" | "start":
            machine = without_faults(machine, "filament_runout")
            return machine if action.word == "start" else jobs.card_resumed(machine)
    return _asked(machine, action)


def _asked(machine: Machine, action: Action) -> Machine:
    asked = machine.asked or Prompt("")
    match action.word:
        case "prompt_begin":
            return replace(machine, asked=Prompt(action.text), is_asking=False)
        case "prompt_choice" | "prompt_button" if len(asked.choices) < _CHOICES_MOST:
            choices = (*asked.choices, action.text)
            return replace(machine, asked=replace(asked, choices=choices))
        case "prompt_show":
            return replace(machine, asked=asked, is_asking=True)
        case "prompt_end":
            return replace(machine, asked=None, is_asking=False)
    return machine


def _shaken(machine: Machine, reply: Start | Trouble) -> Machine:
    if isinstance(reply, Start):
        return jobs.was_reset(machine)
    if reply.gravity is not Gravity.FATAL:
        return machine
    machine = with_fault(machine, reply.fault())
    if reply.is_dead:
        machine = replace(machine, is_dead=True, asked=None, waiting=None)
        return jobs.ended(machine, Activity.FAILED)
    if reply.code == "stopped":
        return jobs.ended(machine, Activity.FAILED)
    return machine
