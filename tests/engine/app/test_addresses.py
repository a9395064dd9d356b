"""Every address that a person can type, in every way to write it: where it leads.

The engine is the whole one, and a server of this machine counts who calls.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from odin_engine.app import create_app
from odin_engine.identity.model import Permission, Role
from odin_engine.identity.service import Identity, NewToken, NewUser
from odin_engine.kernel.secrets import load_secrets
from odin_engine.kernel.settings import load_settings
from odin_engine.printers.service import Printers

# ruff: noqa: RUF001 - spellings are what this is about, and nothing binds here
_SPELLINGS = {
    "this machine": """
        127.0.0.1 127.1 127.255.255.254 127.0.0.1. localhost LOCALHOST localhost.
        2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0 0.0.0.0
        [::1] ::1 ::1%1 ::1%lo :: ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:0:127.0.0.1
        ::127.0.0.1 64:ff9b::127.0.0.1 64:ff9b:1::127.0.0.1 2002:7f00:1::
        ①②⑦.⓪.⓪.① 127。0。0。1 ２１３０７０６４３３ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ
    """,
    "cloud metadata": """
        169.254.169.254 169.254.43518 0xa9fea9fe 2852039166 0251.0376.43518
        fd00:ec2::254 fd00:ec2::254%1 [fd00:ec2::254%25eth0] fd20:ce::254 fd20:ce::254%0
        100.100.100.200 ::ffff:169.254.169.254 [::ffff:a9fe:a9fe] 64:ff9b::a9fe:a9fe
        2002:a9fe:a9fe::1
    """,
    "no machine": """
        169.254.0.5 fe80::1 fe80::1%lo 224.0.0.1 255.255.255.255 ff02::1 240.0.0.1
    """,
    "no host": """
        http://127.0.0.1 127.0.0.1/x a@127.0.0.1 127.0.0.1# x?y 127.0.0.1:80 ..  a..b -
        \\127.0.0.1 %31%32%37.0.0.1 file:///etc/passwd [::1 ::1] 1.2.3.4.5
    """,
}
_UNSPEAKABLE = [
    "",
    " ",
    "a b",
    "127.0.0.1\r\nHost: x",
    "127.0.0.1\0.example",
    "x" * 254,
]


@dataclass
class Street:
    """The engine as an administrator sees it, and whoever should never be called."""

    admin: AsyncClient
    printers: Printers
    port: int
    calls: list[str]

    def connection(self, host: str) -> dict[str, Any]:
        """Returns what to check; each port is the one that nobody may call."""
        names = ("mqtt", "ftps", "camera", "detect", "detect_tls")
        return {
            "name": "Ada",
            "family": "bambu",
            "host": host,
            "serial": "01P00A000000001",
            "secret": "12345678",
            "ports": dict.fromkeys(names, self.port),
        }

    async def link(self, printer_id: str) -> str:
        """Returns how it went once it was tried."""
        while True:
            found = (await self.admin.get(f"/printers/{printer_id}")).json()
            link: str = found["link"]
            if link != "connecting":
                return link
            await asyncio.sleep(0.02)


@pytest.fixture
async def street(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Street]:
    monkeypatch.setenv("ODIN_OPTIONS_FILE", str(tmp_path / "options.json"))
    (tmp_path / "options.json").write_text("{}")
    shutil.copyfile(sqlite_template, tmp_path / "odin.db")
    calls: list[str] = []
    app = create_app(load_settings(data_dir=tmp_path), load_secrets(tmp_path))
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(_never_called(calls))
        await stack.enter_async_context(app.router.lifespan_context(app))
        identity: Identity = app.state.services[Identity]
        user = await identity.users.create(NewUser("admin", Role.ADMIN, None))
        wanted = NewToken("test", frozenset({*Permission}))
        token = (await identity.tokens.issue(user.id, wanted)).secret
        admin = await stack.enter_async_context(
            AsyncClient(
                transport=ASGITransport(app),
                base_url="http://odin.test/api/v1",
                headers={"Authorization": f"Bearer {token}"},
            )
        )
        yield Street(admin, app.state.services[Printers], port, calls)


@asynccontextmanager
async def _never_called(calls: list[str]) -> AsyncIterator[int]:
    """Listens on all of this machine's addresses, IPv6 ones too."""

    def called(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(str(writer.get_extra_info("peername")))
        writer.transport.abort()

    with socket.create_server(
        ("", 0) if not socket.has_dualstack_ipv6() else ("::", 0),
        family=socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET,
        dualstack_ipv6=socket.has_dualstack_ipv6(),
    ) as listening:
        server = await asyncio.start_server(called, sock=listening)
        yield int(listening.getsockname()[1])
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("kind", [*_SPELLINGS, "unspeakable"])
async def test_no_way_of_writing_leads_where_no_printer_is(
    street: Street, kind: str
) -> None:
    hosts = _UNSPEAKABLE if kind == "unspeakable" else _SPELLINGS[kind].split()
    wrong = [f"{host!r}: {how}" for host in hosts async for how in _led(street, host)]
    assert wrong == []


async def _led(street: Street, host: str) -> AsyncIterator[str]:
    """Tries an address everywhere; yields what should not have happened."""
    street.calls.clear()
    known = street.connection(host)
    checked = await street.admin.post("/printers/check", json=known)
    if not _is_refused(checked):
        yield f"checked: {checked.status_code} {checked.text}"
    added = await street.admin.post("/printers", json=known)
    if added.status_code == 201:
        path = f"/printers/{added.json()['id']}"
        if (link := await street.link(added.json()["id"])) != "offline":
            yield f"is {link}"
        again = await street.admin.post(f"{path}/check")
        if not _is_refused(again):
            yield f"checked again: {again.status_code} {again.text}"
        await street.admin.delete(path)
    elif not _is_refused(added):
        yield f"added: {added.status_code} {added.text}"
    if street.calls:
        yield f"called {street.calls}"


def _is_refused(answer: Response) -> bool:
    if answer.status_code in {409, 422}:
        # That the rest of the body were wrong would be no refusal of the address.
        code, text = answer.json()["code"], answer.text
        return code == "address_refused" or (
            code == "invalid" and ("/host" in text or "host name" in text)
        )
    # A name that nobody knows: said so, and not looked up a second time.
    checks = answer.json().get("checks", ())
    tried = [(each["step"], each["ok"]) for each in checks if each["ok"] is not None]
    return tried == [("address", False)]


@pytest.mark.parametrize(
    "host", ["192.168.1.40", "printer-3.lan", "10.0.0.4", "fd12::4"]
)
async def test_where_printers_are_they_can_be(street: Street, host: str) -> None:
    body = {**street.connection(host), "is_enabled": False}
    assert (await street.admin.post("/printers", json=body)).status_code == 201


async def test_a_changed_address_is_judged_like_a_new_one(street: Street) -> None:
    body = {**street.connection("10.0.0.4"), "is_enabled": False}
    added = (await street.admin.post("/printers", json=body)).json()
    for host in ("127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"):
        answer = await street.admin.patch(
            f"/printers/{added['id']}", json={"host": host}
        )
        assert answer.status_code == 409, answer.text
    assert street.calls == []


class _Changeable:
    """A name server of another opinion each time; `None` is that it knows no such name."""

    def __init__(self, *answers: str | None) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, _: str, port: int, **__: object) -> list[Any]:
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        if answer is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]


@pytest.mark.parametrize(
    "answers",
    [(None, "127.0.0.1"), (None, None, "127.0.0.1"), ("169.254.169.254", "127.0.0.1")],
)
async def test_a_name_server_that_changes_its_mind_leads_nowhere(
    street: Street, monkeypatch: pytest.MonkeyPatch, answers: tuple[str | None, ...]
) -> None:
    """It says what is fine, or nothing, while it is checked, and ourselves after that."""
    server = _Changeable(*answers)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", server)
    answer = await street.admin.post(
        "/printers/check", json=street.connection("rebind.test")
    )
    assert answer.status_code in {200, 409}
    assert server.asked == 1
    assert street.calls == []
