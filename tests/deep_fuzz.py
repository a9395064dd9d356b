"""Feeds the parsers by coverage: millions of inputs, each a step from one that got far.

`script/fuzz --deep 600` runs it for ten minutes. It keeps what it learned in
`.tools/corpus`, and writes an input that breaks something beside it. Needs atheris,
which no other test does; without it, it says how to get it.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

_CORPUS = Path(__file__).parents[1] / ".tools" / "corpus"
_INSTRUMENTED = [
    "odin_engine.drivers.printers.bambu",
    "odin_engine.live",
    "odin_engine.simulator.bambu",
]

type Target = Callable[[bytes], object]


def _targets() -> list[tuple[Target, bytes]]:
    """Returns each parser with an input to begin with; imported once instrumented."""
    # ruff: noqa: PLC0415 - see above
    from odin_engine.drivers.printers.bambu.plates import plate_file
    from odin_engine.drivers.printers.bambu.protocol import frames
    from odin_engine.drivers.printers.bambu.protocol.document import Document, fold
    from odin_engine.drivers.printers.bambu.protocol.messages import (
        Report,
        VersionReply,
        parse,
    )
    from odin_engine.drivers.printers.bambu.protocol.replay import load, replay
    from odin_engine.drivers.printers.bambu.protocol.translate import translate
    from odin_engine.kernel.errors import Invalid
    from odin_engine.live import wire
    from odin_engine.printers.model import PrintFileUnavailable
    from odin_engine.simulator.bambu import make_sliced_3mf
    from odin_engine.simulator.bambu.mqtt_packets import Malformed, take_packet

    def report(data: bytes) -> None:
        message = parse(data)
        if isinstance(message, Report | VersionReply):
            document = fold(Document.new("094000000000001"), message, None)
            # What clients are shown must have a form in JSON.
            orjson.dumps(translate(document))

    def recording(data: bytes) -> None:
        orjson.dumps(replay(load(data).records)[0])

    def project(data: bytes) -> None:
        with suppress(Invalid, PrintFileUnavailable):
            plate_file(BytesIO(data), 1)

    def said(data: bytes) -> None:
        with suppress(wire.Unreadable):
            wire.parse(data.decode("utf-8", errors="replace"))

    def packet(data: bytes) -> None:
        with suppress(Malformed):
            take_packet(bytearray(data))

    with TemporaryDirectory() as folder:
        sliced = make_sliced_3mf(Path(folder, "x.3mf")).read_bytes()
    status = b'{"print":{"command":"push_status","msg":0,"gcode_state":"RUNNING"}}'
    return [
        (report, status),
        (recording, b'{"pushall":' + status + b"}"),
        (project, sliced),
        (said, b'{"type":"subscribe","topics":["printers"]}'),
        (packet, b"\x30\x05\x00\x01ahi"),
        (frames.parse_announcement, frames.search_request()),
        (frames.parse_detected, frames.detect_request()[frames.DETECT_PREFIX :]),
    ]


def main() -> None:
    """Runs until time is up or something breaks."""
    try:
        # By name: it is in no lock, and the type checker need not find it.
        atheris: Any = import_module("atheris")
    except ImportError:
        sys.exit("Get atheris first: .venv/bin/uv pip install atheris==3.1.0")
    with atheris.instrument_imports(include=_INSTRUMENTED):
        targets = _targets()
    _CORPUS.mkdir(parents=True, exist_ok=True)
    for number, (_, seed) in enumerate(targets):
        (_CORPUS / f"seed-{number}").write_bytes(bytes([number]) + seed)

    def one(data: bytes) -> None:
        target, _ = targets[(data[0] if data else 0) % len(targets)]
        target(data[1:])

    where = [f"-artifact_prefix={_CORPUS.parent}/", "-max_len=8192", "-timeout=5"]
    atheris.Setup([*sys.argv, *where, str(_CORPUS)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
