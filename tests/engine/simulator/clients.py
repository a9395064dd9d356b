"""Independent clients of real printers: aiomqtt for reports, ftplib for files."""

import asyncio
import contextlib
import ftplib
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any, override

import aiomqtt

from odin_engine.simulator.bambu import SimulatedPrinter
from tests.patience import PATIENCE_S

type Document = dict[str, Any]
_IDS = count(1)


def trusting_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class MqttClient:
    """Collects what the printer publishes."""

    def __init__(self, client: aiomqtt.Client, serial: str) -> None:
        self._client, self._serial = client, serial

    async def send(self, namespace: str, command: str, **fields: object) -> str:
        sequence_id = str(next(_IDS))
        body = {"sequence_id": sequence_id, "command": command, **fields}
        await self._client.publish(
            f"device/{self._serial}/request", json.dumps({namespace: body}), qos=1
        )
        return sequence_id

    async def raw_send(self, payload: str) -> None:
        """Publishes on the request topic exactly this."""
        await self._client.publish(f"device/{self._serial}/request", payload, qos=1)

    async def raw(self) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            message = await anext(aiter(self._client.messages))
        assert isinstance(message.payload, bytes)
        return message.payload

    async def until(self, fits: Callable[[Document], bool]) -> Document:
        """Reads the bodies of valid documents until one fits."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    document = json.loads(await self.raw())
                except ValueError:
                    continue
                for body in document.values():
                    if isinstance(body, dict) and fits(body):
                        return body

    async def state(self, **wanted: object) -> Document:
        """Waits for a state report that holds all of this."""
        return await self.until(
            lambda body: (
                body.get("command") == "push_status" and wanted.items() <= body.items()
            )
        )

    async def ask(self, namespace: str, command: str, **fields: object) -> Document:
        """Sends a command and waits for its acknowledgement."""
        sequence_id = await self.send(namespace, command, **fields)
        return await self.until(
            lambda body: (
                body.get("command") == command
                and body.get("sequence_id") == sequence_id
            )
        )


@contextlib.asynccontextmanager
async def mqtt(
    printer: SimulatedPrinter,
    *,
    code: str | None = None,
    serial: str | None = None,
) -> AsyncIterator[MqttClient]:
    serial = serial or printer.serial
    async with aiomqtt.Client(
        printer.host,
        printer.ports["mqtt"],
        username="bblp",
        password=code or printer.access_code,
        tls_context=trusting_context(),
        identifier=f"test-{next(_IDS)}",
        timeout=PATIENCE_S,
    ) as client:
        await client.subscribe(f"device/{serial}/report")
        yield MqttClient(client, serial)


def nameless(printer: SimulatedPrinter) -> aiomqtt.Client:
    """Makes a client that leaves its name to the broker, as many scripts do."""
    return aiomqtt.Client(
        printer.host,
        printer.ports["mqtt"],
        username="bblp",
        password=printer.access_code,
        tls_context=trusting_context(),
        identifier="",
        timeout=PATIENCE_S,
    )


class ImplicitFtp(ftplib.FTP_TLS):
    """ftplib with implicit TLS, resuming the control session where asked to."""

    def __init__(self, *, resumes: bool = True) -> None:
        super().__init__(context=trusting_context(), timeout=PATIENCE_S)
        self._resumes = resumes

    @override
    def connect(  # type: ignore[override]
        self, host: str, port: int, timeout: float = 10
    ) -> str:
        self.host = host
        plain = socket.create_connection((host, port), timeout)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    @override
    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - wrapped below
        if self._prot_p:  # type: ignore[attr-defined]
            assert isinstance(self.sock, ssl.SSLSocket)
            connection = self.context.wrap_socket(
                connection, session=self.sock.session if self._resumes else None
            )
        return connection, size


def ftp(printer: SimulatedPrinter, *, resumes: bool = True) -> ImplicitFtp:
    client = ImplicitFtp(resumes=resumes)
    client.connect(printer.host, printer.ports["ftps"])
    client.login("bblp", printer.access_code, secure=False)
    client.prot_p()
    return client
