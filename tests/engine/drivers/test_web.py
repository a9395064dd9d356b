import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.drivers.web import FormPart, Web
from odin_engine.drivers.web_bodies import first_picture
from odin_engine.printers.model import (
    CertificateChanged,
    DriverError,
    LoginRejected,
    ProtocolViolation,
    Unreachable,
)
from tests.engine.doubles import ManualClock
from tests.engine.drivers.street import serving, speaking, tls_context
from tests.fuzzing import fuzzed
from tests.patience import PATIENCE_S

HOST = "127.0.0.1"
JPEG = b"\xff\xd8\xff\xe0" + b"a preview \xff\xd9 and more" * 9 + b"\xff\xd9"


@asynccontextmanager
async def reaching(port: int, **how: object) -> AsyncIterator[Web]:
    reached = Web(HOST, port, **how)  # type: ignore[arg-type]
    try:
        yield reached
    finally:
        await reached.close()


async def _echo(request: web.Request) -> web.Response:
    body = await request.read()
    return web.json_response(
        {
            "method": request.method,
            "path": request.path_qs,
            "key": request.headers.get("X-Api-Key"),
            "kind": request.headers.get("Content-Type"),
            "length": request.headers.get("Content-Length"),
            "in_chunks": "Transfer-Encoding" in request.headers,
            "received": len(body),
        }
    )


def test_it_costs_nothing_before_the_first_request() -> None:
    code = "import sys, odin_engine.drivers.web; print('aiohttp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "False"


async def test_requests_and_their_answers() -> None:
    async with (
        serving(_echo) as shop,
        reaching(shop.port, prefix="/printer/", headers={"X-Api-Key": "k"}) as there,
    ):
        answer = await there.request("GET", "/api/job?q=a%20b", headers={"A": "b"})
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.json()["path"] == "/printer/api/job?q=a%20b"
        assert answer.json()["key"] == "k"
        posted = (await there.request("POST", "x", json={"command": "pause"})).json()
        assert (posted["received"], posted["kind"]) == (19, "application/json")
        empty = (await there.request("PUT", "/y")).json()
        assert (empty["received"], empty["length"]) == (0, "0")
        raw = (await there.request("POST", "/z", data=b"abc")).json()
        assert (raw["received"], raw["in_chunks"]) == (3, False)
        assert there.certificate is None


async def test_a_path_cannot_smuggle_a_second_request() -> None:
    heard: list[bytes] = []
    said = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with speaking(said, hears=heard) as port, reaching(port) as there:
        await there.request("GET", "/a b\r\nX-Evil: 1\r\n\r\nGET /ö#d")
    (asked,) = heard
    first, *headers = asked.split(b"\r\n")
    assert first == (
        b"GET /a%20b%0D%0AX-Evil:%201%0D%0A%0D%0AGET%20/%C3%B6%23d HTTP/1.1"
    )
    assert not [header for header in headers if b"Evil" in header]


@pytest.mark.parametrize("status", [204, 302, 401, 404, 409, 500])
async def test_any_status_is_an_answer(status: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "http://10.9.9.9/"})

    async with serving(answer) as shop, reaching(shop.port) as there:
        assert (await there.request("GET", "/")).status == status
        assert len(shop.requests) == 1


async def test_no_cookie_is_kept_and_no_proxy_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    async def answer(request: web.Request) -> web.Response:
        response = web.json_response(dict(request.cookies))
        response.set_cookie("session", "x")
        return response

    async with serving(answer) as shop, reaching(shop.port) as there:
        await there.request("GET", "/")
        assert (await there.request("GET", "/")).json() == {}


async def test_a_body_that_is_no_json() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>", status=502)

    async with serving(answer) as shop, reaching(shop.port) as there:
        answered = await there.request("GET", "/")
        with pytest.raises(ProtocolViolation, match="HTTP 502"):
            answered.json()


async def test_an_answer_that_is_too_long() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 100_001)

    async with (
        serving(answer) as shop,
        reaching(shop.port, most_bytes=100_000) as there,
    ):
        with pytest.raises(ProtocolViolation, match="more than 100000 bytes"):
            await there.request("GET", "/")


async def test_an_answer_that_never_comes() -> None:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(answer) as shop, reaching(shop.port) as there:
        with pytest.raises(Unreachable, match="No answer from"):
            await there.request("GET", "/", within_s=0.05)


async def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        async with reaching(unused.getsockname()[1]) as there:
            with pytest.raises(Unreachable, match="is there, but nothing answers"):
                await there.request("GET", "/")


async def test_a_name_is_never_looked_up() -> None:
    there = Web("printer.local", 80)
    with pytest.raises(Unreachable, match="no IP address"):
        await there.request("GET", "/")
    await there.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"\x00" * 500,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_nonsense_is_an_error_of_ours(said: bytes) -> None:
    async with speaking(said, said) as port, reaching(port) as there:
        with pytest.raises((Unreachable, ProtocolViolation)) as caught:
            await there.request("GET", "/")
        assert str(port) in caught.value.message


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
async def test_what_has_an_effect_is_sent_once(method: str) -> None:
    heard: list[bytes] = []
    alive = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65536):
            heard.append(said)
            if said.startswith(method.encode()):
                break
            writer.write(alive)
        writer.close()

    server = await asyncio.start_server(serve, HOST, 0)
    async with server, reaching(server.sockets[0].getsockname()[1]) as there:
        # The second request goes over a connection that served already.
        await there.request("GET", "/")
        with pytest.raises(Unreachable):
            await there.request(method, "/")
    assert len([said for said in heard if said.startswith(method.encode())]) == 1


async def test_a_key_that_cannot_be_sent() -> None:
    async with serving(_echo) as shop:
        async with reaching(shop.port, headers={"X-Api-Key": "a\r\nb"}) as there:
            with pytest.raises(DriverError) as caught:
                await there.request("GET", "/")
        assert "a\r\nb" not in caught.value.message
        assert shop.requests == []


async def test_closing_waits_for_no_machine_that_reads_slowly(tmp_path: Path) -> None:
    source, done, moves = tmp_path / "f", asyncio.Event(), asyncio.Event()
    source.write_bytes(bytes(32 << 20))

    async def read_nothing(_: object, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    server = await asyncio.start_server(read_nothing, HOST, 0, limit=1024)
    async with server, reaching(server.sockets[0].getsockname()[1]) as there:
        sending = asyncio.create_task(
            there.send_file("PUT", "/f", source, lambda *_: moves.set(), within_s=600)
        )
        with contextlib.suppress(TimeoutError):
            while True:
                # Until the system takes no more.
                await asyncio.wait_for(moves.wait(), 0.5)
                moves.clear()
        await asyncio.wait_for(there.close(), 5)
        with pytest.raises(Unreachable):
            await sending
        done.set()


async def test_closed_is_closed() -> None:
    arrived = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(answer) as shop:
        there = Web(HOST, shop.port)
        asking = asyncio.create_task(there.request("GET", "/"))
        await arrived.wait()
        await there.close()
        with pytest.raises(Unreachable):
            await asking
        with pytest.raises(Unreachable):
            await there.request("GET", "/")
        await there.close()


async def test_the_first_certificate_is_trusted_and_another_is_told_nothing(
    tmp_path: Path,
) -> None:
    async with serving(_echo, tls_context(tmp_path, "one")) as shop:
        async with reaching(shop.port, is_tls=True) as there:
            await there.request("GET", "/")
            seen = there.certificate
        assert seen is not None
        assert (seen.common_name, seen.is_vendor_signed) == ("one", False)
        pinned = {"is_tls": True, "pin_sha256": seen.sha256}
        async with reaching(shop.port, **pinned) as there:
            assert (await there.request("GET", "/")).status == 200


async def test_a_changed_certificate_gets_no_header(tmp_path: Path) -> None:
    async with serving(_echo, tls_context(tmp_path, "two")) as shop:
        how = {"is_tls": True, "pin_sha256": "a" * 64, "headers": {"X-Api-Key": "k"}}
        async with reaching(shop.port, **how) as there:
            for attempt in (there.request("GET", "/"), there.socket("/")):
                with pytest.raises(CertificateChanged) as caught:
                    await attempt
                assert caught.value.pinned == "a" * 64
                assert there.certificate is not None
                assert caught.value.found == there.certificate.sha256
        assert shop.requests == []


async def test_tls_where_there_is_none() -> None:
    async with serving(_echo) as shop, reaching(shop.port, is_tls=True) as there:
        with pytest.raises(Unreachable, match="TLS"):
            await there.request("GET", "/")


async def test_a_file_is_streamed_with_its_length(tmp_path: Path) -> None:
    source = tmp_path / "part.gcode"
    source.write_bytes(bytes(700_000))
    told: list[tuple[int, int]] = []
    async with serving(_echo) as shop, reaching(shop.port) as there:
        answer = await there.send_file(
            "PUT",
            "/files/part.gcode",
            source,
            lambda done, total: told.append((done, total)),
            within_s=5,
            headers={"Print-After-Upload": "?1"},
        )
        said = answer.json()
        assert (said["length"], said["in_chunks"]) == ("700000", False)
        assert said["received"] == 700_000
        assert told == [(262_144, 700_000), (524_288, 700_000), (700_000, 700_000)]
        assert shop.requests[0].headers["Print-After-Upload"] == "?1"


async def test_a_form_is_streamed_with_its_length(tmp_path: Path) -> None:
    source = tmp_path / "part.gcode"
    source.write_bytes(bytes(range(256)) * 2000)
    parts: dict[str, object] = {}

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        for name, part in form.items():
            if isinstance(part, web.FileField):
                parts[name] = (part.filename, part.file.read())
            else:
                parts[name] = part
        return web.Response(text=request.headers["Content-Length"])

    told: list[tuple[int, int]] = []
    async with serving(take) as shop, reaching(shop.port) as there:
        answer = await there.send_form(
            "/upload",
            [
                FormPart("root", "gcodes"),
                FormPart("ö", "å"),
                FormPart(
                    "file",
                    source,
                    'a"b\r\n.gcode',
                    lambda done, total: told.append((done, total)),
                    offset=256,
                    size=1000,
                ),
                FormPart("rest", source, offset=511_000),
            ],
            within_s=5,
        )
    assert answer.status == 200
    data = source.read_bytes()
    assert parts == {
        "root": "gcodes",
        "ö": "å",
        "file": ("a%22b%0D%0A.gcode", data[256:1256]),
        "rest": ("part.gcode", data[511_000:]),
    }
    assert told == [(1000, 1000)]


async def test_a_refusal_in_the_middle_of_a_file_is_heard(tmp_path: Path) -> None:
    source = tmp_path / "big.gcode"
    with source.open("wb") as file:
        file.truncate(200 << 20)

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=507, text="disk full")

    async with serving(refuse) as shop, reaching(shop.port) as there:
        answer = await there.send_file(
            "PUT", "/x", source, lambda *_: None, within_s=10
        )
        assert (answer.status, answer.body) == (507, b"disk full")


async def test_a_file_that_is_gone(tmp_path: Path) -> None:
    async with serving(_echo) as shop, reaching(shop.port) as there:
        with pytest.raises(OSError, match="No such file"):
            await there.send_file(
                "PUT", "/x", tmp_path / "gone", lambda *_: None, within_s=5
            )


async def _parrot(request: web.Request) -> web.StreamResponse:
    if request.path == "/away":
        raise web.HTTPFound("http://127.0.0.1:1/stolen")
    if request.path == "/closed":
        raise web.HTTPUnauthorized
    speaker = web.WebSocketResponse()
    await speaker.prepare(request)
    async for message in speaker:
        if message.type is WSMsgType.TEXT and message.data == "huge":
            await speaker.send_str("x" * (9 << 20))
        elif message.data == "bytes":
            await speaker.send_bytes(b"\xff{}")
        elif message.data == "leave":
            await speaker.close()
        else:
            await speaker.send_str(f"{request.headers.get('A')} {message.data}")
    return speaker


async def test_a_socket_speaks_both_ways_until_it_ends() -> None:
    async with serving(_parrot) as shop, reaching(shop.port) as there:
        line = await there.socket("/websocket", headers={"A": "b"})
        was_open = line.is_open
        await line.ping()
        for word in ("hello", "bytes", "leave"):
            await line.send(word)
        assert [text async for text in line] == ["b hello", "\ufffd{}"]
        assert (was_open, line.is_open) == (True, False)
        with pytest.raises(Unreachable):
            await line.send("more")
        await line.close()


async def test_a_message_that_is_too_long_ends_a_socket() -> None:
    async with serving(_parrot) as shop, reaching(shop.port) as there:
        line = await there.socket("/")
        await line.send("huge")
        assert [text async for text in line] == []


async def test_a_socket_that_is_refused() -> None:
    async with serving(_parrot) as shop, reaching(shop.port) as there:
        with pytest.raises(LoginRejected, match="HTTP 401"):
            await there.socket("/closed")
        with pytest.raises(Unreachable):
            await there.socket("/away")
    async with serving(_echo) as shop, reaching(shop.port) as there:
        with pytest.raises(Unreachable, match="HTTP 200"):
            await there.socket("/")
    async with speaking(b"nonsense\r\n\r\n") as port, reaching(port) as there:
        with pytest.raises((Unreachable, ProtocolViolation)):
            await there.socket("/")


async def test_closing_ends_a_socket() -> None:
    async with serving(_parrot) as shop:
        there = Web(HOST, shop.port)
        line = await there.socket("/")
        reading = asyncio.ensure_future(anext(line, None))
        await asyncio.sleep(0)
        await there.close()
        async with asyncio.timeout(PATIENCE_S):
            assert await reading is None


async def _camera(request: web.Request) -> web.StreamResponse:
    if request.path == "/snapshot":
        return web.Response(body=JPEG, content_type="image/jpeg")
    if request.path == "/none":
        return web.Response(body=b"no picture")
    if request.path == "/off":
        return web.Response(status=503)
    stream = web.StreamResponse()
    stream.content_type = "multipart/x-mixed-replace;boundary=b"
    await stream.prepare(request)
    length = b"Content-Length: %d\r\n" % len(JPEG) if request.path == "/long" else b""
    part = b"--b\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + JPEG + b"\r\n"
    half = len(part) // 2
    while True:
        await stream.write(part[:half])
        await asyncio.sleep(0.01)
        await stream.write(part[half:])


@pytest.mark.parametrize("path", ["/snapshot", "/stream", "/long"])
async def test_one_picture(path: str) -> None:
    clock = ManualClock()
    async with serving(_camera) as shop, reaching(shop.port) as there:
        frame = await there.frame(path, clock)
    assert (frame.data, frame.media_type) == (JPEG, "image/jpeg")
    assert frame.at == clock.now()


@pytest.mark.parametrize("path", ["/none", "/off"])
async def test_no_picture(path: str) -> None:
    async with serving(_camera) as shop, reaching(shop.port) as there:
        with pytest.raises(Unreachable, match="camera"):
            await there.frame(path, ManualClock())


async def test_a_camera_that_never_ends_a_picture_is_bounded() -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        await stream.write(b"\xff\xd8")
        while True:
            await stream.write(bytes(65536))

    async with serving(pour) as shop, reaching(shop.port) as there:
        with pytest.raises(Unreachable, match="no picture"):
            await there.frame("/", ManualClock())


@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
@fuzzed(200)
def test_any_bytes_are_a_picture_or_none(data: bytes, known: int, whole: bool) -> None:  # noqa: FBT001 - a case
    picture = first_picture(data, is_whole=whole, known=known)
    assert picture is None or picture in data
