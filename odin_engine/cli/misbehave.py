"""`odin misbehave`: makes a simulated printer go wrong, or does what a person does there."""

from collections.abc import Mapping

import click

from odin_engine.cli.farm_control import FarmControl, find_farm
from odin_engine.cli.identity import print_table
from odin_engine.simulator.deeds import (
    ACTS,
    MISBEHAVIOURS,
    BadOption,
    Deed,
    UnknownName,
    find,
)


@click.command()
@click.argument("printer", required=False)
@click.argument("name", required=False)
@click.argument("options", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--list", "lists", is_flag=True, help="Lists every name with its options."
)
@click.option("--end", "ends", is_flag=True, help="Ends a misbehaviour that lasts.")
@click.option(
    "--control-port",
    type=click.IntRange(1, 65535),
    help="Of the farm that is meant; not needed where one runs.",
)
def misbehave(
    *,
    printer: str | None,
    name: str | None,
    options: tuple[str, ...],
    lists: bool,
    ends: bool,
    control_port: int | None,
) -> None:
    """Tells a simulated PRINTER to misbehave, or does what a person does at it.

    NAME is one of --list, such as fault, silent, clear_plate or open_door. Without a
    NAME it shows the printers of the farm.
    """
    if lists:
        _print_names()
        return
    if printer is None or name is None:
        _print_printers(find_farm(printer, control_port))
        return
    try:
        deed = find(name)
        given = dict(_pair(each) for each in options)
        deed.read(given)
    except (UnknownName, BadOption) as error:
        raise click.ClickException(_with_hint(error)) from error
    farm = find_farm(printer, control_port)
    if ends:
        after = farm.send("DELETE", printer, f"misbehaviours/{deed.name}")
    else:
        place = "misbehaviours" if deed.name in MISBEHAVIOURS else "acts"
        after = farm.send("POST", printer, place, {**given, "name": deed.name})
    now = f"{after['state']}, {after['percent']} %"
    lasting = ", ".join(after["misbehaviours"])
    click.echo(f"{after['name']}: {now}{f'; {lasting}' if lasting else ''}")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise BadOption(f"{text!r} is no KEY=VALUE")
    return key, value


def _with_hint(error: ValueError) -> str:
    return f"{error}. `odin misbehave --list` explains them."


def _print_names() -> None:
    for heading, deeds in (
        ("What goes wrong (* lasts, until --end or for_s=SECONDS):", MISBEHAVIOURS),
        ("What a person does at the machine:", ACTS),
    ):
        click.echo(heading)
        _print_deeds(deeds)
        click.echo()


def _print_deeds(deeds: Mapping[str, Deed]) -> None:
    width = max(len(name) for name in deeds) + 1
    for deed in deeds.values():
        mark = "*" if deed.lasts else ""
        click.echo(f"  {deed.name + mark:<{width}}  {deed.help}")
        for key, parameter in deed.parameters.items():
            if not (deed.lasts and key == "for_s"):
                needed = " (needed)" if parameter.is_needed else ""
                click.echo(f"  {'':<{width}}    {key}: {parameter.help}{needed}")


def _print_printers(farm: FarmControl) -> None:
    print_table(
        ("NAME", "MODEL", "SERIAL", "STATE", "%", "MISBEHAVES"),
        [
            (
                each["name"],
                each["model"],
                each["serial"],
                each["state"],
                str(each["percent"]),
                ", ".join(each["misbehaviours"]),
            )
            for each in farm.printers
        ],
    )
