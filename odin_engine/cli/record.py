"""`odin record`: what a printer says and hears, sanitised, for a bug report."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import orjson

from odin_engine.drivers.printers.bambu.family import BambuFamily
from odin_engine.drivers.printers.bambu.protocol.sanitise import sanitise
from odin_engine.kernel.clock import SystemClock
from odin_engine.kernel.ticker import LoopTicker
from odin_engine.printers.model import DriverError
from odin_engine.printers.ports import Connection, Record


@click.command()
@click.argument("host")
@click.option("--serial", required=True, help="The printer's serial, in capitals.")
@click.option(
    "--access-code-stdin",
    "reads_stdin",
    is_flag=True,
    required=True,
    help="Read the access code from standard input; it is never an argument.",
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
def record(
    host: str,
    serial: str,
    *,
    reads_stdin: bool,
    seconds: float,
    output: Path,
    ports: Sequence[str],
) -> None:
    """Records what the printer at HOST says, without what names you or it.

    Serials, addresses, tags, user and job ids, names of jobs, links and the access code
    are replaced. Read the file before you give it to anybody all the same.
    """
    assert reads_stdin  # noqa: S101 - click demands it
    code = sys.stdin.readline().strip()
    if not code:
        raise click.UsageError("No access code came on standard input.")
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise click.ClickException(
            f"{output} cannot be written: its folder is missing, or not ours to write."
        )
    connection = Connection(host, serial, code, _ports(ports))
    records: list[Record] = []
    try:
        asyncio.run(_listen(connection, seconds, records))
    except DriverError as error:
        if not records:
            raise click.ClickException(error.message) from error
        click.echo(f"The recording ended early: {error.message}", err=True)
    except KeyboardInterrupt:
        click.echo("Stopped; what was heard is kept.", err=True)
    cleaned, replaced = sanitise(records, (code,))
    with output.open("wb") as file:
        file.writelines(map(_line, cleaned))
    click.echo(f"{len(cleaned)} messages written to {output}.")
    said = ", ".join(f"{count} {kind}(s)" for kind, count in sorted(replaced.items()))
    click.echo(f"Replaced: {said or 'nothing'}.")


def _ports(words: Sequence[str]) -> dict[str, int]:
    ports = {}
    for word in words:
        name, _, number = word.partition("=")
        if not number.isdecimal():
            raise click.UsageError(f"A port is written NAME=NUMBER, not {word!r}.")
        ports[name] = int(number)
    return ports


async def _listen(
    connection: Connection, seconds: float, records: list[Record]
) -> None:
    driver = BambuFamily().driver(
        connection, SystemClock(), LoopTicker(), records.append
    )
    states = driver.states()
    try:
        async with contextlib.aclosing(states), asyncio.timeout(seconds):
            async for _ in states:
                continue
    except TimeoutError:
        return
    finally:
        await driver.close()


def _line(entry: Record) -> bytes:
    return orjson.dumps(
        {
            "ts": round(entry.at_s, 3),
            "direction": entry.direction,
            "topic": entry.topic,
            "payload": entry.payload,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )
