"""Input that means harm gets a plain 4xx, and never a 5xx."""

import pytest
from httpx import AsyncClient

NASTY = [
    "",
    " ",
    "x" * 5000,
    "\0",
    "a\0b",
    "\a\b\x1b[31m",
    "\u202egnp.exe",
    "\u200b",
    "\ufeff",
    "😀" * 50,
    "Robert'); DROP TABLE users;--",
    "' OR '1'='1",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "%00",
    "%s%n",
    "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 60,
    "Z͑ͫ̓" * 40,
]
RAW = [
    b'{"name": "\\ud800", "password": "Abcdefg1", "role": "viewer"}',
    b'{"name": "x", "password": "\\udfffAbcdefg1", "role": "viewer"}',
    b'{"name": "\\u0000", "password": "Abcdefg1", "role": "viewer"}',
    b'{"name": ["x"], "password": {}, "role": 7}',
    b'{"name": 1e999, "password": "Abcdefg1", "role": "viewer"}',
    b'{"name": 123456789012345678901234567890, "password": "Abcdefg1"}',
    b'{"name": "x", "name": "y", "password": "Abcdefg1", "role": "viewer", "z": 1}',
    b"null",
    b"[]",
    b'"x"',
    b"{" * 5000,
    b"\xff\xfe",
    b'{"name": "\xff", "password": "Abcdefg1", "role": "viewer"}',
]
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("text", NASTY, ids=ascii)
async def test_hostile_text_breaks_nothing(admin: AsyncClient, text: str) -> None:
    bodies = [
        ("POST", "/users", {"name": text, "password": "Abcdefg1", "role": "viewer"}),
        ("POST", "/users", {"name": "fine", "password": text, "role": "viewer"}),
        (
            "POST",
            "/users",
            {
                "name": "d",
                "password": "Abcdefg1",
                "role": "viewer",
                "display_name": text,
            },
        ),
        ("POST", "/auth/password", {"current_password": text, "password": text}),
        ("POST", "/tokens", {"name": text, "scopes": ["read:printers"]}),
        ("POST", "/tokens", {"name": "t", "scopes": [text]}),
        ("POST", "/setup", {"code": text, "name": text, "password": text}),
        ("POST", "/auth/login", {"name": text, "password": text}),
    ]
    for method, path, body in bodies:
        answer = await admin.request(method, path, json=body)
        assert answer.status_code < 500, (path, answer.text)
        answer.json()
    for path in ("/users", "/tokens", "/audit"):
        answer = await admin.get(path, params={"q": text})
        assert answer.status_code in {200, 400, 422}, answer.text
    for value in ("actor", "action", "method", "cursor", "sort"):
        answer = await admin.get("/audit", params={value: text})
        assert answer.status_code in {200, 400, 422}, answer.text
    assert (await admin.get("/auth/session")).status_code == 200


@pytest.mark.parametrize("body", RAW, ids=lambda body: ascii(body[:30]))
async def test_hostile_json_breaks_nothing(admin: AsyncClient, body: bytes) -> None:
    for path in ("/users", "/auth/login", "/setup", "/tokens", "/auth/password"):
        answer = await admin.post(path, content=body, headers=JSON)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["%00", "a%00b", "%F0%9F%98%80", "%ff", "x" * 3000])
async def test_hostile_paths_break_nothing(admin: AsyncClient, text: str) -> None:
    for method, path in [
        ("GET", "/users/{}"),
        ("PATCH", "/users/{}"),
        ("DELETE", "/users/{}"),
        ("DELETE", "/sessions/{}"),
        ("DELETE", "/tokens/{}"),
        ("PUT", "/ha-users/{}"),
        ("DELETE", "/ha-users/{}"),
    ]:
        answer = await admin.request(method, path.format(text), json={"role": "viewer"})
        assert 400 <= answer.status_code < 500, (method, path, answer.status_code)
    assert (await admin.get("/audit")).status_code == 200


@pytest.mark.parametrize("value", [b"\xff\xfe", b"odin_\xe9", b"\x7f", b"a" * 60_000])
async def test_hostile_headers_break_nothing(viewer: AsyncClient, value: bytes) -> None:
    for name in (
        "Authorization",
        "X-CSRF-Token",
        "Origin",
        "Sec-Fetch-Site",
        "User-Agent",
        "X-Odin-On-Behalf-Of",
        "If-Match",
        "Cookie",
    ):
        headers = [*viewer.headers.raw, (name.encode(), value)]
        answer = await viewer.post(
            "/auth/login", json={"name": "x", "password": "x"}, headers=headers
        )
        assert answer.status_code < 500
        answer = await viewer.delete("/sessions/1", headers=headers)
        assert 400 <= answer.status_code < 500
