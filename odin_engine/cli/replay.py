"""`odin replay`: what a recording of a printer amounts to, without any network."""

import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import click
import orjson

from odin_engine.cli.drivers import FamilyName, open_family
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.ports import Record

_LARGEST_FILE = 512 * 1024 * 1024
_UNNAMED = "printer"


@click.command()
@click.argument("family", type=FamilyName())
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--events", is_flag=True, help="Also print what happened, in order.")
@click.option("--printer", metavar="ID", help="Only this printer of the recording.")
def replay(family: str, file: Path, events: bool, printer: str | None) -> None:  # noqa: FBT001 - click's signature
    """Prints the state that a recording FILE of a FAMILY of printers ends in, as JSON.

    FILE is JSON lines as written by `odin record`, or a JSON document that the family
    knows. With several printers in it the result is an object per printer.
    """
    played = open_family(family, file.parent)
    recording = played.read_recording(_bytes_of(file))
    if recording.bad_lines:
        count, first = len(recording.bad_lines), recording.bad_lines[0]
        click.echo(f"{count} lines are no records, the first is line {first}", err=True)
    printers = _by_printer(recording.records)
    if printer is not None:
        printers = {name: own for name, own in printers.items() if name == printer}
    if not printers:
        raise click.ClickException(f"{file.name} holds no reports of such a printer.")
    results = {}
    for name, own in printers.items():
        state, happened = played.replay(own)
        told = [_told(event) for event in happened]
        results[name] = {"state": state, "events": told} if events else state
    result = results if len(results) > 1 else next(iter(results.values()))
    sys.stdout.buffer.write(orjson.dumps(result, option=orjson.OPT_INDENT_2) + b"\n")


def _by_printer(records: Iterable[Record]) -> dict[str, list[Record]]:
    printers: dict[str, list[Record]] = {}
    for record in records:
        printers.setdefault(record.printer_id or _UNNAMED, []).append(record)
    return printers


def _bytes_of(file: Path) -> bytes:
    if file.stat().st_size > _LARGEST_FILE:
        raise click.ClickException(f"{file.name} is larger than 512 MiB.")
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file.name}: {error.strerror}.") from error


def _told(event: PrinterEvent) -> dict[str, object]:
    name = type(event).__name__
    return {"name": name, **{f.name: getattr(event, f.name) for f in fields(event)}}
