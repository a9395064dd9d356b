"""The engine as Home Assistant's app: a process under a stand-in Supervisor.

The Supervisor's address is 127.0.0.2 here; on loopback every 127.x address is ours.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from odin_engine.drivers.bridges.mdns import SERVICE_TYPE
from tests.e2e.processes import free_port, odin, until_healthy
from tests.engine.doubles import settle
from tests.supervisor import IngressProxy, Person, SupervisorApi
from tests.supervisor.api import TOKEN
from tests.supervisor.ingress import BASE, SESSION

SUPERVISOR_IP, _STRANGER_IP = "127.0.0.2", "127.0.0.3"
ANNA = Person("0a1b2c", "anna", "Anna Bø")
ADMINS = [
    {
        "id": ANNA.id,
        "is_owner": False,
        "is_active": True,
        "group_ids": ["system-admin"],
    }
]
_UPLOAD_BYTES = 40 * 1024**2
"""More than the Supervisor holds in memory."""


@dataclass
class App:
    """A running app, its doors, and its Supervisor."""

    api: SupervisorApi
    port: int
    ingress_port: int
    process: asyncio.subprocess.Process

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ingress_base(self) -> str:
        return f"http://127.0.0.1:{self.ingress_port}"

    @asynccontextmanager
    async def browser(
        self, person: Person | None = ANNA
    ) -> AsyncIterator[aiohttp.ClientSession]:
        """Opens a browser in which somebody is signed in to Home Assistant."""
        proxy = IngressProxy(self.ingress_base, person, SUPERVISOR_IP)
        async with (
            proxy.running(),
            aiohttp.ClientSession(
                f"{proxy.origin}{BASE}/",
                cookies={"ingress_session": SESSION},
                cookie_jar=aiohttp.CookieJar(unsafe=True),
                headers={"Origin": proxy.origin},
            ) as session,
        ):
            yield session


@asynccontextmanager
async def started(
    folder: Path, api: SupervisorApi, **environment: str
) -> AsyncIterator[App]:
    port, ingress_port = free_port(), free_port()
    settings = {
        "SUPERVISOR_TOKEN": TOKEN,
        "ODIN_SUPERVISOR_URL": api.url,
        "ODIN_PORT": str(port),
        "ODIN_INGRESS_PORT": str(ingress_port),
        "ODIN_INGRESS_FROM": f"{SUPERVISOR_IP}/32",
    }
    async with odin(
        "serve",
        data_dir=folder / "data",
        log=folder / "app.log",
        **(settings | environment),
    ) as process:
        app = App(api, port, ingress_port, process)
        await until_healthy(app.base, process)
        yield app


@pytest.fixture
async def api() -> AsyncIterator[SupervisorApi]:
    api = SupervisorApi()
    api.users = ADMINS
    async with api.running():
        yield api


async def _json(session: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    async with session.get(path) as answer:
        assert answer.ok, await answer.text()
        told: dict[str, Any] = await answer.json()
        return told


async def _sign_in(session: aiohttp.ClientSession) -> dict[str, Any]:
    told = await _json(session, "api/v1/auth/session")
    session.headers["X-CSRF-Token"] = told["csrf_token"]
    return told


async def test_home_assistant_gets_a_key_that_opens(
    api: SupervisorApi, tmp_path: Path
) -> None:
    async with started(tmp_path, api) as app:
        first = (await api.until_pushed(1))["config"]
        assert first["port"] == app.port
        headers = {"Authorization": f"Bearer {first['auth_token']}"}
        async with aiohttp.ClientSession(app.base, headers=headers) as session:
            info = await _json(session, "/api/v1/info")
            assert info["engine_id"] == first["engine_id"]
            session.headers["X-Odin-On-Behalf-Of"] = "ha:somebody"
            told = await _json(session, "/api/v1/auth/session")
            assert told["role"] == "operator"
            # Nobody else becomes administrator by being first.
            assert not (await _json(session, "/api/v1/setup"))["is_needed"]
    async with started(tmp_path, api):
        second = (await api.until_pushed(2))["config"]
    assert second["auth_token"] == first["auth_token"]
    assert second["engine_id"] == first["engine_id"]
    assert second["boot_id"] != first["boot_id"]
    log = (tmp_path / "app.log").read_text()
    assert "setup code" not in log
    assert TOKEN not in log
    assert first["auth_token"] not in log


async def test_an_engine_whose_supervisor_is_gone_runs_all_the_same(
    tmp_path: Path,
) -> None:
    api = SupervisorApi()
    api.url = f"http://127.0.0.1:{free_port()}"
    async with started(tmp_path, api) as app, app.browser() as session:
        # Who cannot be looked up administers nothing.
        assert (await _sign_in(session))["role"] == "operator"
    log = (tmp_path / "app.log").read_text()
    assert "handing over to Home Assistant again" in log


async def test_the_page_and_its_socket_work_below_home_assistants_address(
    api: SupervisorApi, tmp_path: Path
) -> None:
    async with started(tmp_path, api) as app, app.browser() as session:
        async with session.get("") as page:
            if page.status == 503:
                pytest.skip("the panel is not built: run script/panel")
            assert f'<base href="{BASE}/" />' in await page.text()
            assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
            assert "Set-Cookie" not in page.headers
        told = await _sign_in(session)
        assert (told["name"], told["role"]) == ("Anna Bø", "admin")
        async with session.get("favicon.svg") as icon:
            assert icon.content_type == "image/svg+xml"
        body = {"name": "otto", "role": "viewer", "password": "Correct-Horse-9"}
        async with session.post("api/v1/users", json=body) as made:
            assert made.status == 201, await made.text()
        entries = (await _json(session, "api/v1/audit"))["items"]
        assert (entries[0]["on_behalf_of"], entries[0]["address"]) == (
            f"ha:{ANNA.id}",
            "127.0.0.1",
        )
        async with session.ws_connect("api/v1/ws") as socket:
            assert (await socket.receive_json())["type"] == "hello"
            await socket.send_json({"type": "subscribe", "topics": ["printers"]})
            snapshot = await socket.receive_json()
            assert (snapshot["type"], snapshot["topic"]) == ("snapshot", "printers")


async def test_a_socket_of_another_page_is_closed(
    api: SupervisorApi, tmp_path: Path
) -> None:
    async with (
        started(tmp_path, api) as app,
        app.browser() as session,
        session.ws_connect(
            "api/v1/ws", headers={"Origin": "http://evil.test"}
        ) as socket,
    ):
        await socket.receive_json()
        message = await socket.receive()
        assert message.type is aiohttp.WSMsgType.CLOSE
        assert message.data == 4403


async def test_a_large_file_is_streamed_through(
    api: SupervisorApi, tmp_path: Path
) -> None:
    block = bytes(1024**2)

    async def body() -> AsyncIterator[bytes]:
        for _ in range(_UPLOAD_BYTES // len(block)):
            yield block

    async with started(tmp_path, api) as app, app.browser() as session:
        await _sign_in(session)
        printer = {
            "name": "Nord",
            "family": "bambu",
            "host": "127.0.0.1",
            "serial": "00M00A000000000",
            "secret": "12345678",
            "ports": {"mqtt": 1},
        }
        async with session.post("api/v1/printers", json=printer) as made:
            assert made.status == 201, await made.text()
            path = f"api/v1/printers/{(await made.json())['id']}/files/plate.3mf"
        # The printer is not there, so it is refused; but only after it was taken.
        async with session.post(path, data=body()) as answer:
            told = await answer.json()
            assert answer.status in {202, 409, 424}, told
        async with session.put(path, data=body()) as answer:
            assert answer.status == 413


async def test_only_the_supervisor_enters_by_its_door(
    api: SupervisorApi, tmp_path: Path
) -> None:
    spoofed = {"X-Remote-User-Id": ANNA.id, "X-Ingress-Path": "/spoofed"}
    async with started(tmp_path, api) as app:
        for address in ("127.0.0.1", _STRANGER_IP):
            connector = aiohttp.TCPConnector(local_addr=(address, 0))
            async with aiohttp.ClientSession(
                connector=connector, headers=spoofed
            ) as session:
                for path in ("/", "/healthz", "/api/v1/auth/session"):
                    async with session.get(app.ingress_base + path) as answer:
                        assert answer.status == 403
                        assert (await answer.json())["code"] == "ingress_refused"
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await session.ws_connect(f"{app.ingress_base}/api/v1/ws")
        # The Supervisor's own address counts for nothing at the other door.
        connector = aiohttp.TCPConnector(local_addr=(SUPERVISOR_IP, 0))
        async with aiohttp.ClientSession(
            app.base, connector=connector, headers=spoofed
        ) as session:
            async with session.get("/api/v1/auth/session") as answer:
                assert answer.status == 401
            async with session.get("/") as page:
                assert "/spoofed" not in await page.text()
        # A browser cannot name itself: the Supervisor drops what it sent.
        async with app.browser(Person("9z9z")) as browser:
            browser.headers["X-Remote-User-Id"] = ANNA.id
            assert (await _sign_in(browser))["on_behalf_of"] == "ha:9z9z"


async def test_without_a_supervisor_there_is_no_such_door(
    api: SupervisorApi, tmp_path: Path
) -> None:
    async with (
        started(tmp_path, api, SUPERVISOR_TOKEN="") as app,
        aiohttp.ClientSession() as session,
    ):
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(app.ingress_base)
        setup = await _json(session, f"{app.base}/api/v1/setup")
        assert setup["is_needed"]
    assert api.asked == 0


async def test_a_door_that_is_taken_is_named(
    api: SupervisorApi, tmp_path: Path
) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    taken = server.sockets[0].getsockname()[1]
    environment = {
        "SUPERVISOR_TOKEN": TOKEN,
        "ODIN_SUPERVISOR_URL": api.url,
        "ODIN_PORT": str(free_port()),
        "ODIN_INGRESS_PORT": str(taken),
    }
    log = tmp_path / "app.log"
    async with odin("serve", data_dir=tmp_path, log=log, **environment) as process:
        async with asyncio.timeout(20):
            assert await process.wait() == 1
    server.close()
    await server.wait_closed()
    assert f"Cannot listen on 127.0.0.1:{taken}" in log.read_text()


async def test_an_engine_that_is_told_to_is_found_in_its_network(
    tmp_path: Path,
) -> None:
    found: asyncio.Queue[str] = asyncio.Queue()
    port = free_port()
    listener = AsyncZeroconf(interfaces=["127.0.0.1"])

    def listen(
        zeroconf: Zeroconf,  # noqa: ARG001 - zeroconf names its arguments
        service_type: str,  # noqa: ARG001
        name: str,
        state_change: ServiceStateChange,
    ) -> None:
        if state_change is ServiceStateChange.Added:
            found.put_nowait(name)

    browser = AsyncServiceBrowser(listener.zeroconf, SERVICE_TYPE, handlers=[listen])
    environment = {"ODIN_PORT": str(port), "ODIN_ANNOUNCE": "true"}
    log = tmp_path / "engine.log"
    async with odin("serve", data_dir=tmp_path, log=log, **environment) as process:
        base = f"http://127.0.0.1:{port}"
        await until_healthy(base, process)
        async with aiohttp.ClientSession() as session:
            info = await _json(session, f"{base}/api/v1/info")
        async with asyncio.timeout(30):
            while True:
                told = await listener.async_get_service_info(
                    SERVICE_TYPE, await found.get()
                )
                if told is not None and told.port == port:
                    break
        assert told.parsed_addresses() == ["127.0.0.1"]
        assert told.decoded_properties == {
            "id": info["engine_id"],
            "api": str(info["api_version"]),
            "version": info["version"],
        }
    await browser.async_cancel()
    await listener.async_close()
    # The loop lets go of closed sockets a round later.
    await settle()
