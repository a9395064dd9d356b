"""What a person does at the machine: the screen, the plate, the spools, the switch.

Each takes the printer and options that `deeds` has read.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

from odin_engine.simulator.bambu.commands.answer import Desk
from odin_engine.simulator.bambu.commands.start import project_file
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.machine.plan import PlanFilament
from odin_engine.simulator.bambu.machine.spools import Spool, settings_for, spool
from odin_engine.simulator.bambu.machine.units import EXTERNAL, NOTHING
from odin_engine.simulator.bambu.own_jobs import own_plan
from odin_engine.simulator.bambu.printer import SimulatedPrinter
from odin_engine.simulator.bambu.shift import heads_for
from odin_engine.simulator.bambu.sliced import Unreadable, read_plan
from odin_engine.simulator.deeds import NotNow, Option

type Options = Mapping[str, Option]

_NO_AMS = -1


def flat_number(text: str) -> int:
    """Reads a tray: `A1` to `Z4` by unit and place, `ext`, or the flat number itself.

    Raises:
        ValueError: it is none of these.
    """
    word = text.strip().upper()
    if word in {"EXT", "EXTERNAL"}:
        return EXTERNAL
    if len(word) == 2 and "A" <= word[0] <= "Z" and "1" <= word[1] <= "4":
        return (ord(word[0]) - ord("A")) * 4 + int(word[1]) - 1
    number = int(word)
    if not 0 <= number < NOTHING:
        raise ValueError(text)
    return number


def clear_plate(printer: SimulatedPrinter, _: Options) -> None:
    """Takes the part off the plate."""
    if printer.machine.prints.is_busy:
        raise NotNow(f"{printer.machine.name} is printing on that plate")
    printer.machine.clear_plate()


def clear_fault(printer: SimulatedPrinter, _: Options) -> None:
    """Dismisses what the screen shows."""
    _lit(printer).alarms.clear()


def pause(printer: SimulatedPrinter, _: Options) -> None:
    """Presses pause."""
    if not _lit(printer).prints.pause():
        raise NotNow(f"{printer.machine.name} is not printing")


def resume(printer: SimulatedPrinter, _: Options) -> None:
    """Presses resume."""
    if not _lit(printer).prints.resume():
        raise NotNow(f"{printer.machine.name} is not paused")


def stop(printer: SimulatedPrinter, _: Options) -> None:
    """Presses stop."""
    if not _lit(printer).prints.cancel():
        raise NotNow(f"{printer.machine.name} has no job")


def open_door(printer: SimulatedPrinter, _: Options) -> None:
    """Opens the door."""
    printer.machine.open_door()


def close_door(printer: SimulatedPrinter, _: Options) -> None:
    """Closes the door."""
    printer.machine.open_door(is_open=False)


def power_off(printer: SimulatedPrinter, _: Options) -> None:
    """Switches off."""
    if not printer.machine.does(Misbehaviour.POWER_CUT):
        printer.machine.misbehave(Misbehaviour.POWER_CUT)


def power_on(printer: SimulatedPrinter, _: Options) -> None:
    """Switches on."""
    printer.machine.behave(Misbehaviour.POWER_CUT)


def insert_spool(printer: SimulatedPrinter, options: Options) -> None:
    """Puts a spool on a tray."""
    machine, flat = printer.machine, _place(printer, options)
    made = spool(
        str(options.get("preset", "GFA00")),
        str(options.get("color", "FFFFFF")),
        float(options.get("percent", 100)),
        mark=f"{machine.serial}/{flat}/{machine.elapsed_s}",
    )
    machine.feed.put(flat, made)


def remove_spool(printer: SimulatedPrinter, options: Options) -> None:
    """Takes a spool away."""
    flat = _place(printer, options)
    if printer.machine.feed.spool(flat) is None:
        raise NotNow("there is no spool on that tray")
    if printer.machine.feed.now == flat:
        raise NotNow("the filament of that tray is in the head; unload it first")
    printer.machine.feed.put(flat, None)


def refill(printer: SimulatedPrinter, _: Options) -> None:
    """Puts a full spool of what the job needs on its tray."""
    machine = printer.machine
    job = machine.prints.job
    if job is None:
        raise NotNow(f"{machine.name} has no job")
    needed = job.plan.filament_at(job.share)
    flat = job.slots.get(needed.index, EXTERNAL)
    there = machine.feed.spool(flat)
    if there is not None and there.remaining_g > 0:
        raise NotNow(f"the spool of {machine.name}'s job is not empty")
    fresh = there or Spool(settings_for(needed.type), _rgba(needed.color), 0)
    fresh.remaining_g = fresh.net_g
    machine.feed.put(flat, fresh)


def load(printer: SimulatedPrinter, options: Options) -> None:
    """Loads a tray from the screen."""
    flat = _place(printer, options)
    place = printer.machine.feed.locate(flat)
    if not _lit(printer).load(flat, head=place[0].head if place else 0):
        raise NotNow(f"{printer.machine.name} is busy, or the tray is empty")


def unload(printer: SimulatedPrinter, _: Options) -> None:
    """Unloads from the screen."""
    if not _lit(printer).load(NOTHING):
        raise NotNow(f"{printer.machine.name} is busy")


def start_job(printer: SimulatedPrinter, options: Options) -> None:
    """Starts a job that no file was sent for."""
    machine = _free(printer)
    flat = int(options["tray"]) if "tray" in options else _first_spool(machine)
    plan = own_plan(
        machine,
        str(options.get("job", "Part")),
        {0: flat},
        minutes=float(options.get("minutes", 60)),
        layers=int(options.get("layers", 100)),
        used_g=[float(options.get("grams", 25))],
    )
    machine.start(plan, slots={0: flat}, heads=heads_for(machine, {0: flat}))


def start_file(printer: SimulatedPrinter, options: Options) -> None:
    """Starts a file of the card, each filament from a tray that holds its material."""
    machine = _free(printer)
    printer.card.complete()
    path = _on_card(printer, str(options.get("file", "")))
    param = f"Metadata/plate_{int(options.get('plate', 1))}.gcode"
    try:
        plan = read_plan(printer.card.place(path), param)
    except Unreadable as error:
        raise NotNow(f"{path} cannot be printed: {error}") from error
    mapping = [_NO_AMS] * (1 + max(each.index for each in plan.filaments))
    for each in plan.filaments:
        mapping[each.index] = _tray_with(machine, each)
    root = "file:///sdcard" if machine.model.file_urls else "ftp://"
    project_file(
        Desk(machine, printer.card),
        {
            "url": f"{root}{path}",
            "param": param,
            "subtask_name": path.name.removesuffix(".gcode.3mf").removesuffix(".3mf"),
            "use_ams": any(each != _NO_AMS for each in mapping),
            "ams_mapping": mapping,
            "bed_leveling": True,
        },
    )


def _lit(printer: SimulatedPrinter) -> Machine:
    """Gives the machine, whose screen must be lit."""
    if printer.machine.does(Misbehaviour.POWER_CUT):
        raise NotNow(f"{printer.machine.name} is switched off")
    return printer.machine


def _free(printer: SimulatedPrinter) -> Machine:
    machine = _lit(printer)
    if machine.prints.is_busy:
        raise NotNow(f"{machine.name} has a job already")
    return machine


def _place(printer: SimulatedPrinter, options: Options) -> int:
    """Reads the tray, which this machine must have."""
    flat, feed = int(options["tray"]), printer.machine.feed
    if flat not in feed.externals and feed.locate(flat) is None:
        raise NotNow(f"{printer.machine.name} has no such tray")
    return flat


def _first_spool(machine: Machine) -> int:
    for each in machine.feed.units:
        for slot, there in enumerate(each.slots):
            if there is not None and there.remaining_g > 0:
                return each.flat_base + slot
    return EXTERNAL


def _on_card(printer: SimulatedPrinter, wanted: str) -> PurePosixPath:
    if wanted:
        path = PurePosixPath("/") / wanted
        if not printer.card.has(path):
            raise NotNow(f"there is no {path} on the card")
        return path
    root = printer.card.root
    files = sorted(root.rglob("*.3mf"), key=lambda each: each.stat().st_mtime)
    if not files or not printer.card.is_there:
        raise NotNow(f"there is no file on the card of {printer.machine.name}")
    return PurePosixPath("/") / files[-1].relative_to(root).as_posix()


def _tray_with(machine: Machine, wanted: PlanFilament) -> int:
    """Finds a tray for a filament: of its colour if there is one, else its material."""
    fitting = [
        (there.color[:6] != wanted.color.lstrip("#")[:6].upper(), each.flat_base + slot)
        for each in machine.feed.units
        for slot, there in enumerate(each.slots)
        if there is not None and there.filament.type == wanted.type
    ]
    return min(fitting)[1] if fitting else _NO_AMS


def _rgba(color: str) -> str:
    return color.lstrip("#").upper().ljust(8, "F")
