"""What a person does at any plain machine, where its family has no own way for it."""

from collections.abc import Callable, Mapping

from odin_engine.simulator.deeds import NUMBER, TEXT, Deed, NotNow, Option, Parameter
from odin_engine.simulator.plain.job import PlainJob
from odin_engine.simulator.plain.machine import Activity, PlainMachine

MM_PER_G = 335.0
"""Of PLA, 1.24 g/cm³, in a filament of 1.75 mm."""

type Act = Callable[[PlainMachine], None]


def _pause(machine: PlainMachine) -> None:
    if not machine.is_busy or machine.activity is Activity.PAUSED:
        raise NotNow(f"{machine.name} is not printing")
    machine.pause()


def _resume(machine: PlainMachine) -> None:
    if machine.activity is not Activity.PAUSED:
        raise NotNow(f"{machine.name} is not paused")
    machine.resume()


def _cancel(machine: PlainMachine) -> None:
    if not machine.is_busy:
        raise NotNow(f"{machine.name} has no job")
    machine.cancel()


def _clear_plate(machine: PlainMachine) -> None:
    if machine.is_busy:
        raise NotNow(f"{machine.name} is printing on that plate")
    machine.change(has_part=False)


def _remove_filament(machine: PlainMachine) -> None:
    machine.change(has_filament=False)


def _insert_filament(machine: PlainMachine) -> None:
    machine.change(has_filament=True)


ACTS: Mapping[str, tuple[Deed, Act]] = {
    deed.name: (deed, act)
    for deed, act in (
        (Deed("cancel", "Cancels the job at the screen."), _cancel),
        (Deed("clear_plate", "Takes the part off the plate."), _clear_plate),
        (Deed("insert_filament", "Puts filament in again."), _insert_filament),
        (Deed("pause", "Presses pause on the screen."), _pause),
        (Deed("remove_filament", "Takes the filament out."), _remove_filament),
        (Deed("resume", "Presses resume on the screen."), _resume),
    )
}

START_JOB = Deed(
    "start_job",
    "Starts a made-up job; no file is needed.",
    {
        "job": Parameter(TEXT, "its name"),
        "minutes": Parameter(NUMBER, "how long it prints; 60 unless given"),
        "layers": Parameter(NUMBER, "100 unless given"),
        "grams": Parameter(NUMBER, "what it uses; 25 unless given"),
    },
)


def made_up_job(options: Mapping[str, Option]) -> PlainJob:
    """Returns the job that somebody starts at the screen."""
    return PlainJob(
        str(options.get("job", "Part")),
        print_s=float(options.get("minutes", 60)) * 60,
        layers=max(int(options.get("layers", 100)), 1),
        used_mm=float(options.get("grams", 25)) * MM_PER_G,
    )
