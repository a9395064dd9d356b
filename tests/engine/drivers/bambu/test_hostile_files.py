"""A file server that answers nonsense: every operation ends in an error we know."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.ftps import Server
from odin_engine.drivers.printers.bambu.plates import plate_file
from odin_engine.drivers.printers.bambu.remote import NotThere, TooMuch
from odin_engine.drivers.printers.bambu.storage import Storage
from odin_engine.kernel.errors import OdinError
from odin_engine.printers.model import PrintFileUnavailable, Unreachable
from odin_engine.simulator.bambu import make_sliced_3mf
from tests.engine.drivers.bambu.quirky_ftps import (
    CODE,
    SERIAL,
    Quirks,
    QuirkyServer,
    quirky,
)
from tests.engine.drivers.bambu.test_ftps import Instantly
from tests.fuzzing import fuzzed
from tests.patience import PATIENCE_S

_NAME = "part.3mf"

type Operation = Callable[[Storage, Path], Awaitable[object]]

_OPERATIONS: dict[str, Operation] = {
    "put": lambda storage, path: storage.put(
        path, _NAME, lambda *_: None, may_be_in_clear=True
    ),
    "read": lambda storage, _: storage.look_into(
        [_NAME, "other.3mf"], lambda file: plate_file(file, 1), may_be_in_clear=True
    ),
    "delete": lambda storage, _: storage.delete(_NAME),
    "look in": lambda storage, _: storage.look_in(),
}
_VERBS = ["USER", "PASS", "PBSZ", "PROT", "TYPE", "PASV", "SIZE", "MDTM"]
_VERBS += ["STOR", "REST", "RETR", "LIST", "DELE", "PWD", "QUIT"]

_NUMBERS = st.sampled_from(
    ["0", "-1", "65536", "99999,99999", "9" * 30, "9" * 5000, "٣", "1e9", "0x10", "nan"]
) | st.integers(-(2**70), 2**70).map(str)
_TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        "(127,0,0,1,0,0)",
        "(127,0,0,1,999,999)",
        "(1,1,1,1,0,1)",
        "(99999999 bytes)",
        "(" + "9" * 4500 + " bytes)",
        "a\x00b",
    ]
)
_CODES = st.integers(0, 999).map("{:03}".format) | st.sampled_from(
    ["150", "200", "213", "226", "227", "230", "257", "331", "350", "426", "502", "21"]
)


@st.composite
def _answers(draw: st.DrawFn) -> bytes:
    """Nearly an answer, or any bytes."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=60))
    gap = draw(st.sampled_from([" ", "-", "", "\t"]))
    text = draw(_TEXTS | _NUMBERS)
    end = draw(st.sampled_from(["\r\n", "\n", "", "\r\n\r\n", "\r\nmore\r\n"]))
    return f"{draw(_CODES)}{gap}{text}{end}".encode(errors="replace")


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[asyncio.Runner, QuirkyServer, Path]]:
    """The server, the loop it lives on, and a file to send."""
    folder = tmp_path_factory.mktemp("hostile")
    path = make_sliced_3mf(folder / _NAME)
    with asyncio.Runner() as runner:
        opened = quirky(folder, Quirks())
        server = runner.run(opened.__aenter__())
        yield runner, server, path
        runner.run(opened.__aexit__(None, None, None))


async def _attempt(server: QuirkyServer, path: Path, operation: str) -> None:
    content = path.read_bytes()  # noqa: ASYNC240 - one small file
    server.files, server.sizes = {_NAME: content}, {_NAME: len(content)}
    storage = Storage(Server("127.0.0.1", server.port, CODE, SERIAL, None), Instantly())
    # What is none of these is a fault of ours.
    with contextlib.suppress(OdinError, NotThere, TooMuch, PrintFileUnavailable):
        async with asyncio.timeout(PATIENCE_S):
            await _OPERATIONS[operation](storage, path)


@given(st.sampled_from(sorted(_OPERATIONS)), st.sampled_from(_VERBS), _answers())
@example("read", "SIZE", b"213 many\r\n")
@example("read", "SIZE", b"213 -5\r\n")
@example("read", "SIZE", b"213 " + b"9" * 5000 + b"\r\n")
@example("put", "PASV", b"227 (127,0,0,1,999,999)\r\n")
@example("put", "PASV", b"227 (127,0,0,1," + b"9" * 5000 + b",1)\r\n")
@example("put", "STOR", b"150 (" + b"9" * 5000 + b" bytes)\r\n")
@example("look in", "PWD", b"257 \xff\xfe\r\n")
@example("look in", "USER", b"331-\xff\r\n331 \xfe\r\n")
@fuzzed(120)
def test_any_answer_is_dealt_with(
    stage: tuple[asyncio.Runner, QuirkyServer, Path],
    operation: str,
    verb: str,
    answer: bytes,
) -> None:
    runner, server, path = stage
    server.quirks = Quirks(raw={verb: answer})
    runner.run(_attempt(server, path, operation))


@given(
    st.binary(max_size=200)
    | st.lists(st.text(max_size=20) | _NUMBERS, max_size=10).map(
        lambda words: " ".join(words).encode(errors="replace")
    )
)
@example(b"-rw-r--r-- 1 0 0 " + b"9" * 5000 + b" Jan 01 00:00 part.3mf\r\n")
@example(b"-rw-r--r-- 1 0 0 \xd9\xa3 Jan 01 00:00 part.3mf\r\n")
@fuzzed(60)
def test_any_listing_is_dealt_with(
    stage: tuple[asyncio.Runner, QuirkyServer, Path], listing: bytes
) -> None:
    runner, server, path = stage
    server.quirks = Quirks(replies={"SIZE": "502 what?"}, listing=listing)
    runner.run(_attempt(server, path, "read"))


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(raw={"PWD": b"257-more\r\n" * 500_000}),
        Quirks(raw={"PWD": b"257 " + b"x" * 5_000_000}),
    ],
    ids=["lines", "one line"],
)
async def test_an_answer_without_end_is_no_answer(
    tmp_path: Path, quirks: Quirks
) -> None:
    async with quirky(tmp_path, quirks) as server:
        server_ = Server("127.0.0.1", server.port, CODE, SERIAL, None)
        with pytest.raises(Unreachable, match="made no sense"):
            await Storage(server_, Instantly()).look_in()


async def test_a_listing_without_end_is_no_listing(tmp_path: Path) -> None:
    quirks = Quirks(replies={"SIZE": "502 what?"}, listing=b"x" * 20_000_000)
    async with quirky(tmp_path, quirks) as server:
        server_ = Server("127.0.0.1", server.port, CODE, SERIAL, None)
        with pytest.raises(Unreachable, match="made no sense"):
            await Storage(server_, Instantly()).look_into(
                [_NAME], lambda file: plate_file(file, 1), may_be_in_clear=False
            )
