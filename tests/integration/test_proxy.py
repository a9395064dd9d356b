"""The engine's API through Home Assistant: who reaches what, whole, and in chunks."""

import asyncio
import gc
import gzip
import json
import resource
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
from yarl import URL

from custom_components.odin import paths, proxy
from custom_components.odin.const import CONF_GUEST_ROLE
from custom_components.odin.coordinator import OdinCoordinator
from tests.integration.conftest import make_entry, set_up, until
from tests.integration.farm import Engine
from tests.integration.impostor import Impostor, show_a_farm
from tests.integration.people import Browser, House
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
MIB = 1024**2

type Json = dict[str, Any]


@pytest.fixture
def house(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> House:
    """Where people live."""
    return House(hass, hass_client, hass_ws_client)


def _base(entry: MockConfigEntry) -> str:
    return f"/api/odin/{entry.entry_id}"


async def _problem(answer: Any) -> Json:  # noqa: ANN401 - two kinds of response
    """Returns the document of a refusal."""
    assert answer.content_type == "application/problem+json", await answer.text()
    found: Json = await answer.json()
    assert found.keys() >= {"type", "title", "status", "detail", "code"}
    assert found["status"] == answer.status
    assert found["detail"].endswith(".")
    return found


# The list


def _routes() -> dict[str, set[str]]:
    """Returns methods by path below the version, as the engine describes itself."""
    described = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    verbs = {"get", "put", "post", "patch", "delete", "head"}
    return {
        path.removeprefix("/api/v1/"): {verb.upper() for verb in verbs & told.keys()}
        for path, told in described["paths"].items()
        if path.startswith("/api/v1/")
    }


def test_every_route_of_the_engine_is_passed_on_or_kept_back_on_purpose() -> None:
    passed = {path: set(methods.split()) for path, methods in paths.PASSED.items()}
    kept_back = {
        path: methods
        for path, methods in _routes().items()
        if path.split("/")[0] in paths.KEPT_BACK
    }
    assert not passed.keys() & kept_back.keys()
    assert passed | kept_back == _routes()
    assert {path.split("/")[0] for path in kept_back} == paths.KEPT_BACK


def test_nothing_with_accounts_or_secrets_is_passed_on() -> None:
    for path in paths.PASSED:
        assert not {"auth", "users", "tokens", "sessions", "setup"} & set(
            path.split("/")
        )


@pytest.mark.parametrize(
    ("raw", "segments"),
    [
        ("printers", ("printers",)),
        ("printers/a%20b", ("printers", "a b")),
        ("printers/50%25.3mf", ("printers", "50%.3mf")),
        ("printers/%C3%A4", ("printers", "ä")),
        ("", None),
        ("printers/", None),
        ("printers//files", None),
        ("printers/./files", None),
        ("printers/../users", None),
        ("printers/%2e%2e/users", None),
        ("printers/%2E./users", None),
        ("printers/a%2fb", None),
        ("printers/a%2Fb", None),
        ("printers/a\\b", None),
        ("printers/a%5cb", None),
        ("printers/%00", None),
        ("printers/a%0d%0ab", None),
        ("printers/%ff", None),
        ("printers/\N{RIGHT-TO-LEFT OVERRIDE}", None),
    ],
)
def test_an_address_is_read_once_and_means_one_place(
    raw: str, segments: tuple[str, ...] | None
) -> None:
    assert paths.segments_of(raw) == segments


def test_what_is_decoded_is_encoded_again_as_it_was() -> None:
    segments = paths.segments_of("printers/x/files/%252e%252e%2525%3F%23.3mf")
    assert segments == ("printers", "x", "files", "%2e%2e%25?#.3mf")
    assert (
        paths.address_of(segments, "") == "/printers/x/files/%252e%252e%2525%3F%23.3mf"
    )


@pytest.mark.parametrize(
    ("query", "passed"),
    [
        ("", ""),
        ("authSig=x", ""),
        ("a=1&authSig=x&b=%26", "?a=1&b=%26"),
        ("%61uthSig=x&limit=2", "?limit=2"),
        ("a=authSig&authSigned=1", "?a=authSig&authSigned=1"),
    ],
)
def test_the_signature_stays_in_home_assistant(query: str, passed: str) -> None:
    assert paths.address_of(("printers",), query) == f"/printers{passed}"


# The real engine


async def test_it_takes_a_login(
    hass: HomeAssistant,
    coordinator: OdinCoordinator,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    stranger = await hass_client_no_auth()
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        answer = await stranger.request(method, f"{_base(entry)}/printers")
        assert answer.status == 401, method


async def test_what_the_engine_says_arrives_as_it_is(
    engine: Engine, coordinator: OdinCoordinator, entry: MockConfigEntry, house: House
) -> None:
    browser = await house.browser()
    answer = await browser.get(f"{_base(entry)}/printers?limit=2&sort=-name")
    assert answer.status == 200
    assert answer.content_type == "application/json"
    shown = (await answer.json())["items"]
    told = engine.get("/printers?limit=2&sort=-name")["items"]
    assert [each["id"] for each in shown] == [each["id"] for each in told]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    sheet = await browser.get(
        f"{_base(entry)}/printers", headers={"Accept": "text/csv"}
    )
    assert sheet.content_type == "text/csv"
    missing = await browser.get(f"{_base(entry)}/printers/nowhere")
    assert (await _problem(missing))["code"] == "printer_not_found"
    assert missing.status == 404
    head = await browser.head(f"{_base(entry)}/printers")
    assert head.status == 405


async def test_a_row_that_was_changed_meanwhile_is_not_written_over(
    engine: Engine, coordinator: OdinCoordinator, entry: MockConfigEntry, house: House
) -> None:
    browser = await house.browser(is_admin=True)
    path = f"{_base(entry)}/printers/{engine.printers['Curie']}"
    seen = await browser.get(path)
    tag = seen.headers["ETag"]
    notes = {"notes": "Looks at the ceiling"}
    changed = await browser.patch(path, json=notes, headers={"If-Match": tag})
    assert changed.status == 200, await changed.text()
    assert changed.headers["ETag"] != tag
    late = await browser.patch(path, json={"notes": ""}, headers={"If-Match": tag})
    assert late.status == 412
    await _problem(late)
    assert engine.printer("Curie")["notes"] == notes["notes"]
    engine.change("Curie", notes="")


async def _roles(browser: Browser, base: str, printer_id: str) -> list[int]:
    """Returns how looking, commanding and administering are answered."""
    light = {"light": "chamber", "mode": "on"}
    record = {"notes": ""}
    asked = [
        browser.get(f"{base}/printers/{printer_id}"),
        browser.post(f"{base}/printers/{printer_id}/light", json=light),
        browser.patch(f"{base}/printers/{printer_id}", json=record),
    ]
    return [(await each).status // 100 for each in asked]


async def test_the_engine_decides_by_the_person(
    hass: HomeAssistant, engine: Engine, house: House
) -> None:
    entry = make_entry(engine)
    await set_up(hass, entry)
    ada = engine.printers["Ada"]
    guest = await house.browser("Ida")
    admin = await house.browser("Theo", is_admin=True)
    assert await _roles(guest, _base(entry), ada) == [2, 2, 4]
    assert await _roles(admin, _base(entry), ada) == [2, 2, 2]
    refused = await guest.patch(f"{_base(entry)}/printers/{ada}", json={})
    assert refused.status == 403
    assert (await _problem(refused))["code"] == "permission_missing"
    hass.config_entries.async_update_entry(entry, options={CONF_GUEST_ROLE: "viewer"})
    await hass.config_entries.async_reload(entry.entry_id)
    assert await _roles(guest, _base(entry), ada) == [2, 4, 4]
    assert await _roles(admin, _base(entry), ada) == [2, 2, 2]


async def test_who_did_it_stands_in_the_engines_log(
    engine: Engine, coordinator: OdinCoordinator, entry: MockConfigEntry, house: House
) -> None:
    user, token = await house.person("Ida", is_admin=True)
    browser = await house.open_client(token)
    path = f"/printers/{engine.printers['Ada']}/maintenance"
    answer = await browser.post(f"{_base(entry)}{path}", json={"is_on": False})
    assert answer.status == 200
    newest = engine.get("/audit?limit=1")["items"][0]
    assert newest["on_behalf_of"] == f"ha:{user.id}"


@pytest.mark.parametrize(
    "path",
    [
        "users",
        "tokens",
        "auth/session",
        "auth/login",
        "setup",
        "sessions",
        "ha-users/x",
    ],
)
async def test_accounts_are_not_reached(
    coordinator: OdinCoordinator, entry: MockConfigEntry, house: House, path: str
) -> None:
    browser = await house.browser(is_admin=True)
    for method in ("GET", "POST"):
        answer = await browser.request(method, f"{_base(entry)}/{path}")
        assert answer.status == 403
        assert (await _problem(answer))["code"] == "not_through_home_assistant"


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("GET", "/printers/../users", {404, 400}),
        ("GET", "/printers/%2e%2e/users", {404, 400}),
        ("GET", "/printers/%252e%252e/users", {404, 400}),
        ("GET", "/printers/x%2f..%2fusers", {404, 400}),
        ("GET", "/printers/x%2ffiles", {404}),
        ("GET", "/printers/x%5cfiles", {404}),
        ("GET", "//printers", {404}),
        ("GET", "/printers//files", {404}),
        ("GET", "/printers/%00/files", {404}),
        ("GET", "/printers/%0d%0aX-Odin-On-Behalf-Of:%20ha:a/files", {400, 404}),
        ("GET", "", {404}),
        ("GET", "/ws", {404}),
        ("GET", "/healthz", {404}),
        ("GET", "/api/v1/users", {404}),
        ("GET", "/printers;x=y", {404}),
        ("POST", "/system", {405}),
        ("DELETE", "/printers", {405}),
    ],
)
async def test_hostile_addresses_lead_nowhere(
    coordinator: OdinCoordinator,
    entry: MockConfigEntry,
    house: House,
    method: str,
    path: str,
    statuses: set[int],
) -> None:
    browser = await house.browser(is_admin=True)
    # Written to the line as it is: a browser would tidy it up before.
    address = URL(f"{browser.make_url('')}").with_path(_base(entry))
    raw = URL(f"{address}{path}", encoded=True)
    answer = await browser.session.request(method, raw)
    assert answer.status in statuses, await answer.text()


async def test_nobody_names_another_person_or_brings_a_token_of_his_own(
    engine: Engine, coordinator: OdinCoordinator, entry: MockConfigEntry, house: House
) -> None:
    browser = await house.browser()
    path = f"{_base(entry)}/printers/{engine.printers['Ada']}"
    for headers in (
        {"X-Odin-On-Behalf-Of": "ha:somebody", "X-Odin-On-Behalf-Of-Role": "admin"},
        {"x-odin-on-behalf-of-role": "admin"},
        {"Cookie": "odin_session=x", "X-CSRF-Token": "x"},
    ):
        answer = await browser.patch(path, json={"notes": "!"}, headers=headers)
        assert answer.status == 403
    assert engine.printer("Ada")["notes"] == ""


async def test_signed_addresses_open_that_place_alone(
    hass: HomeAssistant,
    engine: Engine,
    coordinator: OdinCoordinator,
    entry: MockConfigEntry,
    house: House,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    stranger = await hass_client_no_auth()
    socket = await house.socket("Ida")
    path = f"{_base(entry)}/printers/{engine.printers['Ada']}"
    await socket.send_json_auto_id({"type": "auth/sign_path", "path": f"{path}?at=7"})
    signed = (await socket.receive_json())["result"]["path"]
    answer = await stranger.get(signed)
    assert answer.status == 200, await answer.text()
    assert (await answer.json())["name"] == "Ada"
    assert answer.headers["Cache-Control"] == "no-store"
    signature = URL(signed).query["authSig"]
    for address in (
        f"{path}?at=8&authSig={signature}",
        f"{path}?authSig={signature}",
        f"{_base(entry)}/printers?at=7&authSig={signature}",
        f"{path}?at=7&authSig={signature}x",
    ):
        assert (await stranger.get(address)).status == 401
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await stranger.request(method, signed)).status == 401


async def test_a_big_upload_passes_through_without_being_held(
    engine: Engine, coordinator: OdinCoordinator, entry: MockConfigEntry, house: House
) -> None:
    browser = await house.browser()
    path = f"{_base(entry)}/printers/{engine.printers['Curie']}/files/big.3mf"
    size, chunk, sent = 200 * MIB, bytes(MIB), 0
    peaks: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(size // MIB):
            sent += len(chunk)
            peaks.append(_resident_bytes())
            yield chunk

    gc.collect()
    before = _resident_bytes()
    answer = await browser.put(path, data=body(), headers={"Content-Length": str(size)})
    assert answer.status == 202, await answer.text()
    assert sent == size
    assert max(peaks) - before < 24 * MIB
    task = await answer.json()
    cancelled = await browser.post(f"{_base(entry)}/tasks/{task['id']}/cancel")
    assert cancelled.status == 200


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


async def test_an_upload_that_is_refused_is_answered(
    hass: HomeAssistant, engine: Engine, house: House
) -> None:
    entry = make_entry(engine, **{CONF_GUEST_ROLE: "viewer"})
    await set_up(hass, entry)
    browser = await house.browser()
    path = f"{_base(entry)}/printers/{engine.printers['Curie']}/files/big.3mf"
    size = 64 * MIB

    async def body() -> AsyncIterator[bytes]:
        for _ in range(size // MIB):
            yield bytes(MIB)

    answer = await browser.put(path, data=body(), headers={"Content-Length": str(size)})
    assert answer.status == 403
    assert (await _problem(answer))["code"] == "permission_missing"


async def test_an_engine_that_is_away_is_told_of_and_comes_back(
    hass: HomeAssistant, own_engine: Engine, house: House
) -> None:
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    browser = await house.browser()
    own_engine.process.kill()
    answer = await browser.get(f"{_base(entry)}/printers")
    assert answer.status == 503
    problem = await _problem(answer)
    assert problem["code"] == "engine_unavailable"
    # Neither its address nor its token is anybody's business.
    assert own_engine.token not in str(problem)
    assert "127.0.0.1" not in str(problem)
    own_engine.restart()
    again = await browser.get(f"{_base(entry)}/printers")
    assert again.status == 200


async def test_an_entry_that_is_not_loaded_or_not_ours_is_told_of(
    hass: HomeAssistant, engine: Engine, house: House
) -> None:
    entry = make_entry(engine)
    await set_up(hass, entry)
    browser = await house.browser()
    assert await hass.config_entries.async_unload(entry.entry_id)
    answer = await browser.get(f"{_base(entry)}/printers")
    assert answer.status == 503
    await _problem(answer)
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    for entry_id in (other.entry_id, "nobody", "%2e%2e", "a%2fb"):
        raw = URL(f"{browser.make_url('/')}api/odin/{entry_id}/printers", encoded=True)
        answer = await browser.session.get(raw)
        assert answer.status in {400, 404}


async def test_a_revoked_token_is_home_assistants_business(
    hass: HomeAssistant, own_engine: Engine, house: House
) -> None:
    own_engine.token, administrators = (
        own_engine.new_token("all", "act-as"),
        own_engine.token,
    )
    entry = make_entry(own_engine)
    await set_up(hass, entry)
    browser = await house.browser()
    own_engine.revoke(own_engine.token)
    answer = await browser.get(f"{_base(entry)}/printers")
    # A 401 would make the browser log in to Home Assistant anew.
    assert answer.status == 503
    assert (await _problem(answer))["code"] == "engine_refuses_token"
    await until(lambda: hass.config_entries.flow.async_progress_by_handler("odin"))
    own_engine.token = administrators


# An engine that misbehaves


@pytest.fixture
async def misled(
    hass: HomeAssistant, impostor: Impostor
) -> AsyncIterator[MockConfigEntry]:
    """A loaded entry whose engine says whatever a test wants."""
    impostor.converse = show_a_farm
    entry = MockConfigEntry(
        domain="odin",
        title="O.D.I.N.",
        unique_id="e",
        data={"url": impostor.url, "token": "odin_secret", "verify_ssl": True},
    )
    await set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_headers_pass_that_are_listed_and_no_others(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    heard: list[dict[str, str]] = []

    async def serve(request: web.Request) -> web.Response:
        heard.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response(
            status=206,
            body=b"cd",
            content_type="video/mp4",
            headers={
                "Accept-Ranges": "bytes",
                "Content-Range": "bytes 2-3/9",
                "Content-Disposition": "attachment",
                "ETag": '"7"',
                "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT",
                "Cache-Control": "public, max-age=9",
                "Set-Cookie": "a=b",
                "Location": "/elsewhere",
                "Server": "engine",
                "Access-Control-Allow-Origin": "*",
            },
        )

    impostor.serve = serve
    browser = await house.browser()
    answer = await browser.get(
        f"{_base(misled)}/printers",
        headers={
            "Range": "bytes=2-3",
            "If-Range": '"7"',
            "Idempotency-Key": "k",
            "X-Remote-User-Id": "1",
            "Cookie": "x=y",
            "Referer": "http://house.example",
        },
    )
    assert answer.status == 206
    assert await answer.read() == b"cd"
    assert answer.headers["Content-Range"] == "bytes 2-3/9"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["ETag"] == '"7"'
    assert answer.headers["Last-Modified"]
    assert answer.headers["Content-Length"] == "2"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert not {"Set-Cookie", "Location", "Access-Control-Allow-Origin"} & set(
        answer.headers
    )
    assert "engine" not in answer.headers["Server"]
    (told,) = heard
    assert told["authorization"] == "Bearer odin_secret"
    assert told["x-odin-on-behalf-of"].startswith("ha:")
    assert told["x-odin-on-behalf-of-role"] == "operator"
    assert told["range"] == "bytes=2-3"
    assert told["if-range"] == '"7"'
    assert told["idempotency-key"] == "k"
    assert not {"cookie", "referer", "x-remote-user-id"} & told.keys()


async def test_an_unchanged_answer_has_no_body(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    async def serve(request: web.Request) -> web.Response:
        assert request.headers["If-None-Match"] == '"7"'
        return web.Response(status=304, headers={"ETag": '"7"'})

    impostor.serve = serve
    browser = await house.browser()
    answer = await browser.get(
        f"{_base(misled)}/printers", headers={"If-None-Match": '"7"'}
    )
    assert (answer.status, await answer.read()) == (304, b"")
    assert answer.headers["ETag"] == '"7"'


@pytest.mark.parametrize("status", [302, 307, 404, 500, 502])
async def test_what_is_no_answer_of_an_engine_stays_outside(
    misled: MockConfigEntry, impostor: Impostor, house: House, status: int
) -> None:
    asked: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.path)
        page = "<script>alert(1)</script> odin_secret"
        return web.Response(
            status=status,
            text=page,
            content_type="text/html",
            headers={"Location": "/api/v1/system"},
        )

    impostor.serve = serve
    browser = await house.browser()
    answer = await browser.get(f"{_base(misled)}/printers")
    assert answer.status == 503
    assert "odin_secret" not in str(await _problem(answer))
    assert asked == ["/api/v1/printers"]


async def test_an_answer_that_breaks_off_does_not_look_whole(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"a")
        assert request.transport is not None
        request.transport.abort()
        return response

    impostor.serve = serve
    browser = await house.browser()
    answer = await browser.get(f"{_base(misled)}/printers")
    with pytest.raises(aiohttp.ClientPayloadError):
        await answer.read()


async def test_silence_ends_it(
    misled: MockConfigEntry,
    impostor: Impostor,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proxy, "IDLE_S", 0.2)
    asleep = asyncio.Event()

    async def serve(request: web.Request) -> web.StreamResponse:
        await asleep.wait()
        return web.Response()

    impostor.serve = serve
    browser = await house.browser()
    answer = await browser.get(f"{_base(misled)}/printers")
    asleep.set()
    assert answer.status == 503


async def test_what_moves_is_not_hurried(
    misled: MockConfigEntry,
    impostor: Impostor,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proxy, "IDLE_S", 0.5)

    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async for chunk in request.content.iter_any():
            await response.write(chunk)
        return response

    async def body() -> AsyncIterator[bytes]:
        for _ in range(8):
            await asyncio.sleep(0.1)
            yield b"x"

    impostor.serve = serve
    browser = await house.browser()
    answer = await browser.put(f"{_base(misled)}/printers/order", data=body())
    assert await answer.read() == b"xxxxxxxx"


async def test_a_browser_that_leaves_takes_its_request_along(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    left, began = asyncio.Event(), asyncio.Event()

    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        began.set()
        try:
            while True:
                await response.write(bytes(64 * 1024))
                await asyncio.sleep(0)
        except ConnectionError:
            left.set()
        return response

    impostor.serve = serve
    browser = await house.browser()
    answer = await browser.get(f"{_base(misled)}/printers")
    await began.wait()
    answer.close()
    async with asyncio.timeout(PATIENCE_S):
        await left.wait()


async def test_a_broken_off_upload_does_not_look_whole(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    began, ends = asyncio.Event(), list[str]()

    async def serve(request: web.Request) -> web.StreamResponse:
        await request.content.readany()
        began.set()
        try:
            await request.read()
            ends.append("whole")
        except ConnectionError:
            ends.append("broken")
        return web.Response()

    impostor.serve = serve
    _, token = await house.person("Ida")
    browser = await house.open_client(token)
    address = browser.make_url("/")
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(
        f"PUT {_base(misled)}/printers/order HTTP/1.1\r\nHost: house\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: 9999\r\n\r\n".encode()
        + bytes(1024)
    )
    await began.wait()
    writer.close()
    await until(lambda: ends)
    assert ends == ["broken"]
    assert await reader.read() == b""


async def test_a_packed_upload_arrives_whole_and_as_one_request(
    misled: MockConfigEntry, impostor: Impostor, house: House
) -> None:
    heard: list[tuple[str, bytes]] = []

    async def serve(request: web.Request) -> web.Response:
        heard.append((request.path, await request.read()))
        return web.json_response({})

    impostor.serve = serve
    browser = await house.browser()
    # Unpacked, one is longer and the other shorter than what its header says.
    for content in (b"x" * 9000 + b"DELETE /api/v1/printers/a HTTP/1.1", b"y"):
        answer = await browser.put(
            f"{_base(misled)}/printers/order",
            data=gzip.compress(content),
            headers={"Content-Encoding": "gzip"},
        )
        assert answer.status == 200
        assert heard.pop() == ("/api/v1/printers/order", content)
    assert heard == []


async def test_a_signature_does_not_reach_the_engine(
    hass: HomeAssistant,
    misled: MockConfigEntry,
    impostor: Impostor,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    asked: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.raw_path)
        return web.json_response({})

    impostor.serve = serve
    stranger = await hass_client_no_auth()
    path = f"{_base(misled)}/printers?q=a%26b"
    signed = async_sign_path(hass, path, timedelta(minutes=1))
    signature = URL(signed).query["authSig"]
    answer = await stranger.get(URL(f"{path}&authSig={signature}", encoded=True))
    assert answer.status == 200
    assert asked == ["/api/v1/printers?q=a%26b"]
