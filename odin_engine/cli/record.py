"""`odin record`: what a printer says and hears, sanitised, for a bug report."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from odin_engine.cli.drivers import FamilyName, open_family
from odin_engine.drivers.recording import write_lines
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.errors import OdinError
from odin_engine.kernel.fetch import LOCAL_ALLOWED, resolve_local
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.ports import (
    Connection,
    DriverFamily,
    FieldKind,
    Option,
    Record,
)

_FIRST_FAMILY = "bambu"
_MOST_WORDS = 2


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[FAMILY] HOST")
@click.option("--serial", help="The printer's serial, where its family needs one.")
@click.option(
    "--access-code-stdin",
    "--secret-stdin",
    "reads_stdin",
    is_flag=True,
    help="Read the access code or key from standard input; it is never an argument.",
)
@click.option(
    "--seconds",
    default=60.0,
    show_default=True,
    type=click.FloatRange(1, 86_400),
    help="How long to listen.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The JSONL file to write.",
)
@click.option(
    "--port",
    "ports",
    multiple=True,
    metavar="NAME=NUMBER",
    help="Another port than the printer's own, such as mqtt=18883.",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="One of the family's own settings, such as baud=250000.",
)
def record(
    words: Sequence[str],
    *,
    serial: str | None,
    reads_stdin: bool,
    seconds: float,
    output: Path,
    ports: Sequence[str],
    options: Sequence[str],
) -> None:
    """Records what the printer at HOST says, without what names you or it.

    FAMILY is bambu unless it is said. Serials, addresses, tags, user and job ids, names
    of jobs, links and the access code are replaced. Read the file before you give it to
    anybody all the same.
    """
    name, host = _place(words)
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise click.ClickException(
            f"{output} cannot be written: its folder is missing, or not ours to write."
        )
    with tempfile.TemporaryDirectory(prefix="odin-record-") as folder:
        family = open_family(name, Path(folder))
        _check_needs(family, serial, reads_stdin=reads_stdin)
        code = _code() if reads_stdin else None
        connection = Connection(
            host,
            serial,
            code,
            {word: _number(given) for word, given in map(_pair, ports)},
            options={
                word: _option(family, word, given)
                for word, given in map(_pair, options)
            },
        )
        _write(family, _heard(family, connection, seconds), code, output)


def _heard(
    family: DriverFamily, connection: Connection, seconds: float
) -> list[Record]:
    records: list[Record] = []
    try:
        asyncio.run(_listen(family, connection, seconds, records))
    except OdinError as error:
        if not records:
            raise click.ClickException(error.message) from error
        click.echo(f"The recording ended early: {error.message}", err=True)
    except KeyboardInterrupt:
        click.echo("Stopped; what was heard is kept.", err=True)
    return records


def _write(
    family: DriverFamily, records: Sequence[Record], code: str | None, output: Path
) -> None:
    cleaned, replaced = family.sanitise(records, (code,) if code else ())
    output.write_bytes(write_lines(cleaned))
    click.echo(f"{len(cleaned)} messages written to {output}.")
    said = ", ".join(f"{count} {kind}(s)" for kind, count in sorted(replaced.items()))
    click.echo(f"Replaced: {said or 'nothing'}.")


async def _listen(
    family: DriverFamily,
    connection: Connection,
    seconds: float,
    records: list[Record],
) -> None:
    if not connection.host.startswith("/"):
        reach = LOCAL_ALLOWED.with_loopback()
        host = await resolve_local(connection.host, reach)
        connection = replace(connection, host=host)
    driver = family.driver(connection, SystemClock(), LoopTicker(), records.append)
    states = driver.states()
    try:
        async with contextlib.AsyncExitStack() as stack:
            if hasattr(states, "aclose"):
                stack.push_async_callback(states.aclose)
            async with asyncio.timeout(seconds):
                async for _ in states:
                    continue
    except TimeoutError:
        return
    finally:
        await driver.close()


def _place(words: Sequence[str]) -> tuple[str, str]:
    if len(words) > _MOST_WORDS:
        raise click.UsageError("Give a family and a host, such as: bambu 192.168.1.50")
    *families, host = words
    named = families[0] if families else _FIRST_FAMILY
    return FamilyName().convert(named, None, None), host


def _check_needs(
    family: DriverFamily, serial: str | None, *, reads_stdin: bool
) -> None:
    """Says which option is missing that the family cannot do without."""
    needed = {field.name for field in family.fields if field.is_required}
    if "serial" in needed and not serial:
        raise click.UsageError("Missing option '--serial'.")
    if "secret" in needed and not reads_stdin:
        raise click.UsageError("Missing option '--access-code-stdin'.")


def _code() -> str:
    code = sys.stdin.readline().strip()
    if not code:
        raise click.UsageError("No access code came on standard input.")
    return code


def _pair(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    return name, value


def _number(word: str) -> int:
    if not word.isdecimal():
        raise click.UsageError("A port is written NAME=NUMBER.")
    return int(word)


def _option(family: DriverFamily, name: str, word: str) -> Option:
    kinds = {field.name: field.kind for field in family.fields}
    match kinds.get(name):
        case None:
            known = ", ".join(kinds)
            raise click.UsageError(f"There is no option {name!r}; there are: {known}.")
        case FieldKind.NUMBER:
            return _number(word)
        case FieldKind.FLAG:
            return word.lower() in {"1", "true", "yes", "on"}
    return word
