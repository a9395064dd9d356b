"""`odin misbehave`: makes a simulated printer go wrong, or does what a person does there."""

from collections.abc import Mapping
from urllib.parse import quote

import click

from odin_engine.cli.farm_control import FarmControl, find_farm
from odin_engine.cli.identity import print_table
from odin_engine.simulator.catalogue import deeds_of
from odin_engine.simulator.deeds import Deed
from odin_engine.simulator.kinds import families


@click.command()
@click.argument("printer", required=False)
@click.argument("name", required=False)
@click.argument("options", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--list",
    "lists",
    is_flag=True,
    help="Lists every name with its options, by family.",
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

    NAME is one of --list, such as fault, silent, pause or clear_plate: each family of
    printers has its own. Without a NAME it shows the printers of the farm.
    """
    if lists:
        _print_names()
        return
    if printer is None or name is None:
        _print_printers(find_farm(printer, control_port))
        return
    given = dict(_pair(each) for each in options)
    farm = find_farm(printer, control_port)
    if ends:
        after = farm.send("DELETE", printer, f"misbehaviours/{quote(name, safe='')}")
    else:
        after = farm.send("POST", printer, "deeds", {**given, "name": name})
    now = f"{after['state']}, {after['percent']} %"
    lasting = ", ".join(after["misbehaviours"])
    click.echo(f"{after['name']}: {now}{f'; {lasting}' if lasting else ''}")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.ClickException(f"{text!r} is no KEY=VALUE")
    return key, value


def _print_names() -> None:
    for family in families():
        misbehaviours, acts = deeds_of(family)
        for heading, deeds in (
            ("what goes wrong (* lasts, until --end or for_s=SECONDS)", misbehaviours),
            ("what a person does at the machine", acts),
        ):
            click.echo(f"{family}: {heading}")
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
        ("NAME", "FAMILY", "MODEL", "SERIAL", "STATE", "%", "MISBEHAVES"),
        [
            (
                each["name"],
                each["family"],
                each["model"],
                each["serial"],
                each["state"],
                str(each["percent"]),
                ", ".join(each["misbehaviours"]),
            )
            for each in farm.printers
        ],
    )
