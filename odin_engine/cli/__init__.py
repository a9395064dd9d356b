"""The `odin` command. Each subcommand lives in its own module, imported when used."""

import importlib
from typing import override

import click

_COMMANDS = {
    "backup": "odin_engine.cli.backup:backup",
    "backup-finish": "odin_engine.cli.hot_backup:finish",
    "backup-prepare": "odin_engine.cli.hot_backup:prepare",
    "demo": "odin_engine.cli.demo:demo",
    "doctor": "odin_engine.cli.doctor:doctor",
    "misbehave": "odin_engine.cli.misbehave:misbehave",
    "openapi": "odin_engine.cli.openapi:openapi",
    "record": "odin_engine.cli.record:record",
    "replay": "odin_engine.cli.replay:replay",
    "restore": "odin_engine.cli.backup:restore",
    "serve": "odin_engine.cli.serve:serve",
    "simulate": "odin_engine.cli.simulate:simulate",
    "token": "odin_engine.cli.token:token",
    "user": "odin_engine.cli.user:user",
}


class _LazyGroup(click.Group):
    """Imports a subcommand only when it is called: `odin serve` must start fast."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - narrows the type
        return command

    @override
    def invoke(self, ctx: click.Context) -> object:
        """Runs a command; a file that the system refuses is told in one line."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            # One that names no file is no matter of the person at the keyboard.
            if error.filename is None:
                raise
            raise click.ClickException(
                f"{error.filename}: {error.strerror}."
            ) from error


@click.group(cls=_LazyGroup)
@click.version_option(package_name="odin-engine")
def main() -> None:
    """Runs a 3D-print farm. Settings come from ODIN_* variables or an options.json."""
