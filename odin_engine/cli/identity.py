"""Identity for commands on the host: the engine's own database, running or not."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import click

from odin_engine.identity.service import Identity
from odin_engine.kernel.bus import Facts
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.migrate import migrate
from odin_engine.kernel.settings import load_settings


@asynccontextmanager
async def opened_identity() -> AsyncIterator[Identity]:
    """Opens the database that the settings name, made ready first where it is new."""
    settings, clock = load_settings(), SystemClock()
    await migrate(settings.database_url, settings.data_dir, clock)
    database = Database(settings.database_url, Facts())
    try:
        yield Identity(database, clock)
    finally:
        await database.close()


def run[T](work: Coroutine[object, object, T]) -> T:
    """Runs a command's work; an error we know becomes its sentence and exit status 1."""
    try:
        return asyncio.run(work)
    except OdinError as error:
        raise click.ClickException(error.message) from error


def asked_password(*, from_stdin: bool) -> str:
    """Returns a password, typed twice at the terminal or read as one line of stdin."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.ClickException(
            "There is no terminal to type a password at. Add --password-stdin, and send "
            "it there as one line."
        ) from None
    return typed


def print_table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Prints rows under headings, columns as wide as they must be."""
    table = [headings, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(headings))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
