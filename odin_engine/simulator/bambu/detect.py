"""The probe that tells serial and model to anybody who asks on TCP 3000.

Source: docs/protocols/bambu.md §2, "Unauthenticated detect".
"""

import asyncio
import struct

import orjson

from odin_engine.simulator.bambu.machine import Machine

_START, _END = b"\xa5\xa5", b"\xa7\xa7"
_MAX_FRAME = 4096
_WAIT_S = 10.0


async def answer_probe(
    machine: Machine, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answers one request and closes, whatever it was."""
    try:
        async with asyncio.timeout(_WAIT_S):
            request = await _read_frame(reader)
            if request.get("login", {}).get("command") == "detect":
                sequence_id = request["login"].get("sequence_id", "0")
                writer.write(_frame(_facts(machine, str(sequence_id))))
                await writer.drain()
    except OSError, EOFError, ValueError, AttributeError, TimeoutError:
        # Not our protocol, or gone: the machines hang up without a word.
        pass
    finally:
        writer.close()


async def _read_frame(reader: asyncio.StreamReader) -> dict[str, dict[str, str]]:
    start, size = struct.unpack("<2sH", await reader.readexactly(4))
    if start != _START or not 6 <= size <= _MAX_FRAME:
        raise ValueError("no frame")
    rest = await reader.readexactly(size - 4)
    document = orjson.loads(rest[:-2])
    if rest[-2:] != _END or not isinstance(document, dict):
        raise ValueError("no frame")
    return document


def _frame(document: dict[str, dict[str, str]]) -> bytes:
    body = orjson.dumps(document)
    return _START + struct.pack("<H", len(body) + 6) + body + _END


def _facts(machine: Machine, sequence_id: str) -> dict[str, dict[str, str]]:
    return {
        "login": {
            "command": "detect",
            "sequence_id": sequence_id,
            "bind": "free",
            "connect": "lan",
            "dev_cap": "1",
            "id": machine.serial,
            "model": machine.model.code,
            "name": machine.name,
            "version": machine.model.firmware,
        }
    }
