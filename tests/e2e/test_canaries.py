"""A value that nobody may see again goes into every secret there is; then all is searched.

The log at its most talkative, every answer to everybody, the live socket, backups, the
data directory, the audit log, the diagnosis, the command line, and how it fails.
"""

import asyncio
import base64
import json
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from tests.e2e.conftest import Api
from tests.e2e.processes import (
    free_port,
    free_ports,
    odin,
    read_json,
    run,
    until_healthy,
)

_ROOT = Path(__file__).parents[2]
_DOCUMENT: dict[str, Any] = json.loads((_ROOT / "docs" / "openapi.json").read_text())
_LOUD = {"ODIN_LOG_LEVEL": "debug"}

_ACCESS = "cAn4rY01"
_OTHER_ACCESS = "cAn4rY02"
_CHECKED = "cAn4rY03"
_CAMERA = "Canary-Camera-4"
_PASSWORD = "Canary-Password-5"
_NEW_PASSWORD = "Canary-Password-6"
_WRONG_PASSWORD = "Canary-Mistyped-7"
_DATABASE = "Canary-Database-8"
_CODE = "CANARYCD9X"
_TOKEN_LIKE = "odin_" + "Canary10" * 5
_COOKIE_LIKE = "canary11" * 5 + "abc"
_TYPED: tuple[str, ...] = (
    _ACCESS,
    _OTHER_ACCESS,
    _CHECKED,
    _CAMERA,
    _PASSWORD,
    _NEW_PASSWORD,
)
_TYPED += (_WRONG_PASSWORD, _DATABASE, _CODE, _TOKEN_LIKE, _COOKIE_LIKE)


@dataclass
class Evidence:
    """What was said, by where; and the values that may stand nowhere in it."""

    said: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def add(self, where: str, what: str | bytes) -> None:
        data = what if isinstance(what, bytes) else what.encode()
        self.said[f"{len(self.said)} {where}"] = data

    def leaks(self) -> Iterator[tuple[str, str, bytes]]:
        """Yields which secret was seen, where, and what stands around it."""
        for name, secret in self.secrets.items():
            for form in _forms(secret):
                for where, what in self.said.items():
                    if form in what:
                        at = what.index(form)
                        yield name, where, what[max(0, at - 80) : at + 80]


def _forms(secret: str) -> set[bytes]:
    """Returns a value as it is, and as it may be dressed up."""
    raw = secret.encode()
    return {
        raw,
        raw.lower(),
        quote(secret).encode(),
        base64.b64encode(raw).rstrip(b"="),
        base64.b64encode(b"bblp:" + raw).rstrip(b"="),
        raw.hex().encode(),
    }


@asynccontextmanager
async def _farm(folder: Path) -> AsyncIterator[Mapping[str, Any]]:
    farm, addresses = folder / "farm.yaml", folder / "printers.json"
    farm.write_text(f"printers: [{{name: Ada, model: P1S, access_code: {_ACCESS}}}]")
    arguments = ["--state-dir", str(folder / "farm"), "--addresses", str(addresses)]
    arguments += ["--first-port", str(free_ports(15))]
    log = folder / "farm.log"
    async with odin("simulate", str(farm), *arguments, data_dir=folder, log=log):
        (machine,) = await read_json(addresses)
        yield machine


async def _ask(
    session: aiohttp.ClientSession,
    evidence: Evidence,
    method: str,
    path: str,
    **how: Any,  # noqa: ANN401 - aiohttp's own
) -> Any:  # noqa: ANN401 - JSON
    """Makes a request and keeps what was answered, headers too."""
    async with session.request(method, path, **how) as answer:
        body = await answer.read()
        evidence.add(f"{method} {path} {answer.status}", body)
        evidence.add(f"headers of {method} {path}", repr(answer.raw_headers))
        return json.loads(body) if body[:1] in {b"{", b"["} else None


async def test_no_secret_is_ever_seen_again(tmp_path: Path) -> None:
    evidence = Evidence({}, {name: name for name in _TYPED})
    data_dir, log, port = tmp_path / "data", tmp_path / "engine.log", free_port()
    base = f"http://127.0.0.1:{port}"
    async with _farm(tmp_path) as machine:
        for look in ("console", "json"):
            serving = odin(
                *("serve", "--port", str(port)),
                data_dir=data_dir,
                log=log,
                ODIN_LOG_FORMAT=look,
                **_LOUD,
            )
            async with serving as process:
                await until_healthy(base, process)
                if look == "console":
                    tokens = await _people(data_dir, evidence)
                async with AsyncExitStack() as stack:
                    await _live_one_day(base, tokens, machine, evidence, stack, look)
                evidence.add("command line", _seen_of(process.pid))
    evidence.add("log", log.read_bytes())
    await _look_at_rest(tmp_path, data_dir, evidence)
    await _fail_in_many_ways(tmp_path, evidence)
    evidence.add("description", (_ROOT / "docs" / "openapi.json").read_bytes())
    assert len(evidence.said) > 500
    assert b"DEBUG" in log.read_bytes()
    assert list(evidence.leaks()) == []
    # What is no secret is found everywhere: the search does search.
    evidence.secrets = {"the printer's serial": machine["serial"]}
    found = {where.partition(" ")[2] for _, where, _ in evidence.leaks()}
    assert {"GET /api/v1/printers 200", "live socket", "odin.db"} <= found


async def _people(data_dir: Path, evidence: Evidence) -> dict[str, str]:
    """Makes somebody of each role with the same password; returns a token of each."""
    tokens = {}
    for role in ("admin", "operator", "viewer"):
        made = ("user", "create", role, "--role", role, "--password-stdin")
        evidence.add(
            "user create", await run(*made, data_dir=data_dir, stdin=_PASSWORD)
        )
        create = ("token", "create", "all", "--user", role, "--scope", "all")
        said = await run(*create, data_dir=data_dir)
        tokens[role] = next(w for w in said.split() if w.startswith("odin_"))
        evidence.secrets[f"token of {role}"] = tokens[role]
    evidence.add("token list", await run("token", "list", data_dir=data_dir))
    return tokens


async def _live_one_day(
    base: str,
    tokens: Mapping[str, str],
    machine: Mapping[str, Any],
    evidence: Evidence,
    stack: AsyncExitStack,
    look: str,
) -> None:
    """Does everything that takes a secret, rightly and wrongly, and reads all there is."""
    people = {
        role: await stack.enter_async_context(
            aiohttp.ClientSession(base, headers={"Authorization": f"Bearer {token}"})
        )
        for role, token in tokens.items()
    }
    nobody = await stack.enter_async_context(aiohttp.ClientSession(base))
    listening = asyncio.create_task(_listen(people["admin"], evidence))
    await _sign_in(base, nobody, evidence, stack)
    printer_id = await _printer(people["admin"], machine, evidence, look)
    await _mistakes(people["admin"], nobody, printer_id, evidence)
    await _reset_password(people["admin"], evidence)
    if look == "console":
        for role, session in {**people, "nobody": nobody}.items():
            await _read_all(role, session, printer_id, evidence)
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def _listen(session: aiohttp.ClientSession, evidence: Evidence) -> None:
    async with session.ws_connect("/api/v1/ws", max_msg_size=0) as socket:
        topics = ["printers", "tasks", "alerts"]
        await socket.send_json({"type": "subscribe", "topics": topics})
        await socket.send_json({"type": "auth", "token": _TOKEN_LIKE})
        await socket.send_str('{"type":"auth","token":["' + _TOKEN_LIKE + '"]}')
        await socket.send_str('{"type":"subscribe","topics":"' + _TOKEN_LIKE)
        async for message in socket:
            evidence.add("live socket", message.data)


async def _sign_in(
    base: str,
    nobody: aiohttp.ClientSession,
    evidence: Evidence,
    stack: AsyncExitStack,
) -> None:
    """Signs in with a browser; cookie, its token and what reset made are secrets too."""
    browser = await stack.enter_async_context(
        aiohttp.ClientSession(
            base, cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Origin": base}
        )
    )
    known = {"name": "viewer", "password": _PASSWORD}
    async with browser.post("/api/v1/auth/login", json=known) as answer:
        assert answer.status == 200, await answer.text()
        csrf = (await answer.json())["csrf_token"]
        cookie = answer.cookies["odin_session"].value
    evidence.secrets |= {f"cookie {cookie[:4]}": cookie, f"csrf {csrf[:4]}": csrf}
    wrong = {"name": "viewer", "password": _WRONG_PASSWORD}
    await _ask(nobody, evidence, "POST", "/api/v1/auth/login", json=wrong)
    headers = {"X-CSRF-Token": csrf}
    change = {"current_password": _WRONG_PASSWORD, "password": _NEW_PASSWORD}
    path = "/api/v1/auth/password"
    await _ask(browser, evidence, "POST", path, json=change, headers=headers)
    again = {"Idempotency-Key": csrf[:20]}
    wanted = {"name": "kept", "scopes": ["read:printers"]}
    for _ in range(2):
        # The second is answered from what was kept of the first.
        async with browser.post(
            "/api/v1/tokens", json=wanted, headers=headers | again
        ) as answer:
            made = (await answer.json())["token"]
    evidence.secrets[f"kept token {made[5:9]}"] = made


async def _printer(
    admin: aiohttp.ClientSession,
    machine: Mapping[str, Any],
    evidence: Evidence,
    look: str,
) -> str:
    """Adds the printer the first time, and changes its secrets back and forth."""
    api = Api(admin)
    if look == "console":
        body = {name: machine[name] for name in ("name", "host", "serial", "ports")}
        body |= {"family": "bambu", "secret": _ACCESS}
        body["camera_url"] = f"rtsp://viewer:{_CAMERA}@192.0.2.9/stream?key={_CAMERA}"
        await _ask(admin, evidence, "POST", "/api/v1/printers", json=body)
    (printer,) = (await api("GET", "/printers"))["items"]
    path = f"/printers/{printer['id']}"
    await api.until(path, has_secret=True)
    await _ask(admin, evidence, "POST", f"/api/v1{path}/check")
    await _ask(
        *(admin, evidence, "PATCH", f"/api/v1{path}"), json={"secret": _OTHER_ACCESS}
    )
    await _ask(admin, evidence, "POST", f"/api/v1{path}/check")
    await _ask(
        *(admin, evidence, "PUT", f"/api/v1{path}/files/a.3mf"), data=b"no project"
    )
    await _ask(admin, evidence, "PATCH", f"/api/v1{path}", json={"secret": _ACCESS})
    await _ask(admin, evidence, "GET", f"/api/v1{path}/camera/main/frame")
    wanted = {"name": "Ada", "family": "bambu", "secret": _CHECKED}
    wanted |= {name: machine[name] for name in ("host", "serial", "ports")}
    await _ask(admin, evidence, "POST", "/api/v1/printers/check", json=wanted)
    printer_id: str = printer["id"]
    return printer_id


async def _reset_password(admin: aiohttp.ClientSession, evidence: Evidence) -> None:
    """Has a password made up; it is told this once."""
    api = Api(admin)
    found = (await api("GET", "/users", params={"q": "operator"}))["items"]
    made = await api("POST", f"/users/{found[0]['id']}/reset-password", json={})
    evidence.secrets["made-up password"] = made["temporary_password"]


async def _mistakes(
    admin: aiohttp.ClientSession,
    nobody: aiohttp.ClientSession,
    printer_id: str,
    evidence: Evidence,
) -> None:
    """Puts secrets where they are wrong: what is wrong is said, and not shown."""
    printers, users = "/api/v1/printers", "/api/v1/users"
    bodies: list[tuple[str, str, object]] = [
        ("POST", printers, {"name": "x", "secret": [_CHECKED]}),
        ("POST", printers, {"name": "x", "secret": _CHECKED * 100}),
        ("POST", printers, {"name": "x", "camera_url": f"ftp://a:{_CAMERA}@b"}),
        ("PATCH", f"{printers}/{printer_id}", {"secret": {"x": _CHECKED}}),
        ("PATCH", f"{printers}/{printer_id}", {"camera_url": f"x {_CAMERA}"}),
        ("PATCH", f"{printers}/{printer_id}", {"access_code": _CHECKED}),
        ("POST", f"{printers}/check", {"host": "x", "secret": 5, "z": _CHECKED}),
        ("POST", users, {"name": "x", "password": [_NEW_PASSWORD], "role": "viewer"}),
        ("POST", users, {"name": "x", "password": f"{_NEW_PASSWORD}\u0000"}),
        ("POST", users, {"name": "x", "password": _NEW_PASSWORD, "role": "king"}),
        ("POST", "/api/v1/auth/login", {"name": "x", "password": [_WRONG_PASSWORD]}),
        ("POST", "/api/v1/setup", {"code": _CODE, "name": "x", "password": "y"}),
        ("POST", "/api/v1/setup", {"code": [_CODE], "password": _NEW_PASSWORD}),
    ]
    for session in (admin, nobody):
        for method, path, body in bodies:
            await _ask(session, evidence, method, path, json=body)
            broken = json.dumps(body)[:-1].encode()
            headers = {"Content-Type": "application/json"}
            await _ask(session, evidence, method, path, data=broken, headers=headers)
    for headers in (
        {"Authorization": f"Bearer {_TOKEN_LIKE}"},
        {"Authorization": f"Basic {_TOKEN_LIKE}"},
        {"Authorization": _TOKEN_LIKE},
        {"Cookie": f"odin_session={_COOKIE_LIKE}"},
        {"Cookie": f"odin_session={_COOKIE_LIKE}", "X-CSRF-Token": _COOKIE_LIKE},
        {"X-Odin-On-Behalf-Of": _TOKEN_LIKE},
        {"Idempotency-Key": f"{_TOKEN_LIKE} "},
    ):
        for path in ("/api/v1/printers", f"/api/v1/users?token={quote(_CODE)}"):
            await _ask(nobody, evidence, "GET", path, headers=headers)
            await _ask(nobody, evidence, "POST", path, headers=headers)


async def _read_all(
    role: str, session: aiohttp.ClientSession, printer_id: str, evidence: Evidence
) -> None:
    """Reads every address of the description, as JSON and as a sheet."""
    for path, operations in _DOCUMENT["paths"].items():
        if "get" not in operations:
            continue
        address = path.replace("{printer_id}", printer_id)
        for word in ("user_id", "task_id", "camera_id", "name", "run_id", "plate"):
            address = address.replace(f"{{{word}}}", "1")
        kinds = ["application/json", "text/csv"][: 2 if role == "admin" else 1]
        for kind in kinds:
            await _ask(session, evidence, "GET", address, headers={"Accept": kind})
    for path in (
        "/api/openapi.json",
        "/",
        "/api/v1/audit?limit=200",
        "/api/v1/nowhere",
    ):
        await _ask(session, evidence, "GET", path)
    evidence.add(f"done as {role}", b"")


def _seen_of(pid: int) -> bytes:
    """Returns what every user of the machine sees of a process."""
    place = Path("/proc", str(pid))
    return b"\n".join(
        (place / name).read_bytes() for name in ("cmdline", "comm", "status")
    )


async def _look_at_rest(tmp_path: Path, data_dir: Path, evidence: Evidence) -> None:
    """Searches what lies on the disk, and a backup of it. The key lies there openly."""
    backup = tmp_path / "backup.zip"
    evidence.add("backup", await run("backup", str(backup), data_dir=data_dir))
    with zipfile.ZipFile(backup) as archive:
        for name in archive.namelist():
            evidence.add(f"backup's {name}", archive.read(name))
    files = [path for path in data_dir.rglob("*") if path.is_file()]  # noqa: ASYNC240 - small
    for path in files:
        evidence.add(f"{path.relative_to(data_dir)}", path.read_bytes())
    assert {"secret.key", "odin.db"} <= {path.name for path in files}


async def _fail_in_many_ways(tmp_path: Path, evidence: Evidence) -> None:
    """Starts what cannot start: how it says so."""
    url = f"postgresql://odin:{_DATABASE}@127.0.0.1:1/odin"
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "secret.key").write_text(_COOKIE_LIKE)
    other = f"mysql://a:{_DATABASE}@b/c"
    for command, data_dir, environment in (
        ("serve", tmp_path / "data", {"ODIN_DATABASE_URL": url}),
        ("doctor", tmp_path / "data", {"ODIN_DATABASE_URL": url}),
        ("serve", tmp_path / "data", {"ODIN_DATABASE_URL": other}),
        ("serve", damaged, {}),
    ):
        log = tmp_path / "failed.log"
        starting = odin(command, data_dir=data_dir, log=log, **_LOUD, **environment)
        async with starting as process, asyncio.timeout(60):
            assert await process.wait() != 0, command
    evidence.add("failures", (tmp_path / "failed.log").read_bytes())
