import asyncio
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from odin_engine.cli import main
from odin_engine.drivers.printers.bambu.protocol.replay import load, replay
from odin_engine.printers.model import Activity
from odin_engine.simulator.bambu import SimulatedPrinter


async def _record(
    printer: SimulatedPrinter, output: Path, code: str = "", *more: str
) -> Result:
    ports = [
        word
        for item in printer.ports.items()
        for word in ("--port", "{}={}".format(*item))
    ]
    arguments = [
        "record",
        printer.host,
        "--serial",
        printer.serial,
        "--access-code-stdin",
        "--seconds",
        "1",
        "-o",
        str(output),
        *ports,
        *more,
    ]
    given = f"{code or printer.access_code}\n"
    return await asyncio.to_thread(CliRunner().invoke, main, arguments, input=given)


async def test_a_recording_is_sanitised_and_can_be_replayed(tmp_path: Path) -> None:
    output = tmp_path / "p1s.jsonl"
    async with SimulatedPrinter("P1S", report_every_s=0.2) as printer:
        result = await _record(printer, output)
    assert result.exit_code == 0, result.output
    data = output.read_bytes()
    assert printer.serial.encode() not in data
    assert printer.access_code.encode() not in data
    lines = [orjson.loads(line) for line in data.splitlines()]
    assert f"{len(lines)} messages written" in result.output
    assert "serial" in result.output
    for line in lines:
        assert set(line) == {"ts", "direction", "topic", "payload"}
        assert line["topic"].startswith("device/01P0")
    assert {line["direction"] for line in lines} == {"in", "out"}
    state, _ = replay(load(data).records)
    assert state.activity is Activity.IDLE
    assert state.model is not None
    assert state.model.name == "P1S"
    assert state.filament_units


async def test_a_wrong_code_says_where_to_find_it(tmp_path: Path) -> None:
    output = tmp_path / "x.jsonl"
    async with SimulatedPrinter("P1S") as printer:
        result = await _record(printer, output, "00000000")
    assert result.exit_code == 1
    assert "show the access code" in result.output
    assert not output.exists()


@pytest.mark.parametrize(
    ("more", "given", "text"),
    [
        (("--access-code-stdin",), "\n", "No access code"),
        (("--access-code-stdin", "--port", "mqtt"), "12345678\n", "NAME=NUMBER"),
        ((), "12345678\n", "--access-code-stdin"),
    ],
)
def test_a_misuse_is_explained(
    tmp_path: Path, more: tuple[str, ...], given: str, text: str
) -> None:
    arguments = ["record", "127.0.0.1", "--serial", "01P1", "-o", str(tmp_path / "x")]
    result = CliRunner().invoke(main, [*arguments, *more], input=given)
    assert result.exit_code == 2
    assert text in result.output
