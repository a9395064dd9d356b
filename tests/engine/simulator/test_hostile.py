"""Simulated printers and their files meet anything: they hang up, and live on."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from aiohttp import ClientSession
from hypothesis import example, given
from hypothesis import strategies as st

from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.bambu.deeds import ACTS, MISBEHAVIOURS
from odin_engine.simulator.bambu.entry import (
    JOB_KEYS,
    PRINTER_KEYS,
    UNIT_KEYS,
    BambuEntry,
    units_of,
)
from odin_engine.simulator.bambu.member import BambuMember
from odin_engine.simulator.bambu.mqtt_packets import Malformed, take_packet
from odin_engine.simulator.control import ControlPort
from odin_engine.simulator.entry import BadFarm
from odin_engine.simulator.farm import Farm
from odin_engine.simulator.farm_file import FARM_KEYS, read_farm
from odin_engine.simulator.plain.entry import PRINTER_KEYS as PLAIN_KEYS
from odin_engine.simulator.scenario import BadScenario, play
from tests.engine.simulator.clients import trusting_context
from tests.engine.simulator.toy import find
from tests.fuzzing import fuzzed

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_WORDS = st.sampled_from(
    ["P1S", "X1C", "nothing", "ams", "GFA00", "FF0000", "runout", "fault", "0300_8003"]
) | st.text(max_size=8)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 300) | st.floats() | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                sorted({*FARM_KEYS, *JOB_KEYS, *UNIT_KEYS, *PRINTER_KEYS} - {"count"})
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
_ENTRIES = st.dictionaries(
    st.sampled_from(sorted(PRINTER_KEYS - {"count"})), _VALUES, max_size=5
).map(lambda entry: {"model": "P1S", **entry})


def _read(text: bytes) -> None:
    with TemporaryDirectory() as place:
        path = Path(place, "farm.yaml")
        path.write_bytes(text)
        with suppress(BadFarm):
            for entry in read_farm(path).entries:
                assert entry.serial
                with suppress(TypeError, ValueError, KeyError, AttributeError):
                    if isinstance(entry, BambuEntry):
                        units_of(entry)


@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(str.encode)
    | _VALUES.map(lambda value: json.dumps(value).encode())
    | st.lists(_ENTRIES, min_size=1, max_size=3).map(
        lambda rows: json.dumps({"printers": rows}).encode()
    )
)
@example(b"[" * 5000)
@example(b"printers: [{model: P1S, count: .inf}]")
@example(b"&a [*a]")
@example(b"printers: &a [*a]")
@example(b"!!python/object/apply:os.system ['true']")
@fuzzed(200)
def test_any_farm_file_is_a_farm_or_a_sentence(text: bytes) -> None:
    _read(text)


_PLAIN_ENTRIES = st.dictionaries(
    st.sampled_from(sorted(PLAIN_KEYS - {"count", "family"})), _VALUES, max_size=5
).map(lambda entry: {"family": "toy", **entry})


@given(_PLAIN_ENTRIES)
@example({"family": "toy", "job": {"name": "A", "minutes": 1, "layers": float("inf")}})
@example({"family": "toy", "jobs": {"name": "A"}})
@example({"family": "toy", "jobs": [7]})
@example({"family": "toy", "job": 7, "next_after_s": 1})
@example({"family": "toy", "ports": [1], "options": {"ports": {}}})
@example({"family": "toy", "options": {1: 2}})
@fuzzed(200)
def test_any_entry_is_a_machine_or_a_sentence(entry: dict[str, Any]) -> None:
    with TemporaryDirectory() as place, suppress(BadFarm):
        path = Path(place, "farm.yaml")
        path.write_text(json.dumps({"printers": [entry]}))
        Farm(read_farm(path, find), Path(place), started_at=NOON)


_STEPS = st.dictionaries(
    st.sampled_from(
        [
            *("at_s", "after_s", "every_s", "at_percent", "misbehave", "do", "end"),
            *("chance", "for_s", "tray", "print_error", "hms", "code", "color"),
        ]
    ),
    st.sampled_from([*MISBEHAVIOURS, *ACTS]) | _VALUES,
    max_size=4,
)


@given(st.lists(_STEPS, max_size=3))
@fuzzed(100)
def test_any_scenario_is_played_or_a_sentence(rows: list[dict[str, Any]]) -> None:
    printer = SimulatedPrinter("P1S", clock_factor=0)
    with suppress(BadScenario):
        play(BambuMember(printer), rows)


@given(st.binary(max_size=300))
@fuzzed(200)
def test_any_bytes_are_packets_or_malformed(data: bytes) -> None:
    buffer = bytearray(data)
    with suppress(Malformed):
        while (packet := take_packet(buffer)) is not None:
            assert len(packet[2]) <= len(data)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[asyncio.Runner, SimulatedPrinter, ControlPort]]:
    """A machine with a camera and its farm's controls, on a loop of their own."""
    with asyncio.Runner() as runner:
        printer = SimulatedPrinter("P1S", clock_factor=0)
        control = ControlPort([BambuMember(printer)])
        runner.run(printer.__aenter__())
        runner.run(control.__aenter__())
        yield runner, printer, control
        runner.run(control.__aexit__())
        runner.run(printer.__aexit__(None, None, None))


async def _say(printer: SimulatedPrinter, port: str, said: bytes) -> None:
    context = None if port == "detect" else trusting_context()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", printer.ports[port], ssl=context
    )
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(10):
            writer.write(said)
            await writer.drain()
            if port == "ftps":
                writer.write(b"\r\nQUIT\r\n")
                await reader.read()
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


_COMMANDS = st.lists(
    st.builds(
        "{} {}\r\n".format,
        st.sampled_from(
            [
                *(
                    "USER",
                    "PASS",
                    "PROT",
                    "CWD",
                    "SIZE",
                    "MDTM",
                    "LIST",
                    "RETR",
                    "STOR",
                ),
                *("REST", "DELE", "MKD", "RMD", "RNFR", "RNTO", "PASV", "TYPE", "XYZ"),
            ]
        ),
        st.sampled_from(["bblp", "../../etc", "/", "-1", "9" * 400, "\xff", "a b", "I"])
        | st.text(max_size=20),
    ),
    max_size=6,
).map(lambda lines: "".join(lines).encode(errors="replace"))


def _is_well(printer: SimulatedPrinter) -> bool:
    return set(printer.ports) == {"mqtt", "ftps", "detect", "camera"}


@given(
    st.sampled_from(["mqtt", "ftps", "detect", "camera"]),
    st.binary(max_size=120)
    | _COMMANDS
    | st.binary(max_size=60).map(
        lambda body: (
            b"\xa5\xa5" + (len(body) + 6).to_bytes(2, "little") + body + b"\xa7\xa7"
        )
    ),
)
@example("ftps", b"USER " + b"x" * 200_000)
@example("detect", b"\xa5\xa5" + (4096).to_bytes(2, "little") + b"[" * 4092)
@fuzzed(80)
def test_a_printer_outlives_any_words(
    stage: tuple[asyncio.Runner, SimulatedPrinter, ControlPort], port: str, said: bytes
) -> None:
    runner, printer, _ = stage
    failures: list[dict[str, Any]] = []
    runner.get_loop().set_exception_handler(lambda _, context: failures.append(context))
    runner.run(_say(printer, port, said))
    runner.run(asyncio.sleep(0))
    assert not failures
    assert _is_well(printer)


@given(
    st.sampled_from(["misbehaviours", "acts", "advance"]),
    st.dictionaries(
        st.sampled_from(["name", "seconds", "tray", "code", "print_error", "file"]),
        st.sampled_from([*MISBEHAVIOURS, *ACTS]) | _VALUES,
    ).map(lambda body: json.dumps(body).encode())
    | st.binary(max_size=50),
)
@fuzzed(100)
def test_any_order_is_followed_or_refused(
    stage: tuple[asyncio.Runner, SimulatedPrinter, ControlPort], verb: str, body: bytes
) -> None:
    runner, printer, control = stage
    # A machine without power has no ports; it is switched on again.
    if b"power" in body:
        return

    async def order() -> int:
        url = f"http://127.0.0.1:{control.port}/printers/{printer.serial}/{verb}"
        headers = {"Content-Type": "application/json"}
        async with (
            ClientSession() as session,
            session.post(url, data=body, headers=headers) as answer,
        ):
            return answer.status

    assert runner.run(order()) in {200, 400, 404, 409}
