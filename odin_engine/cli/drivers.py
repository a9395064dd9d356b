"""The printer families, for commands that work on one of them without an engine."""

from pathlib import Path

import click

from odin_engine.drivers import families
from odin_engine.printers.ports import DriverFamily, Surroundings


class FamilyName(click.ParamType[str]):
    """A family that is installed, by its word; it is loaded when it is used."""

    name = "family"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """Passes a known family's name."""
        known = families.names()
        if value not in known:
            listed = ", ".join(map(repr, known))
            self.fail(f"{value!r} is not one of {listed}.", param, ctx)
        return value


def open_family(name: str, folder: Path) -> DriverFamily:
    """Returns a family, which may keep files in that folder.

    Raises:
        click.ClickException: it cannot be used; why is logged.
    """
    family = families.load_one(name, Surroundings(folder))
    if family is None:
        raise click.ClickException(f"The driver for {name} printers cannot be used.")
    return family
