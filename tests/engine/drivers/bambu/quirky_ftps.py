"""A file server that can be told to answer one command wrongly. Implicit TLS, passive."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from odin_engine.simulator.bambu.certificate import keep_certificate, server_context
from odin_engine.simulator.listening import hang_up

SERIAL = "039000000000001"
CODE = "12345678"


@dataclass
class Quirks:
    """What goes wrong. `replies` are canned, by the first word of a command.

    After one that is `raw` the server hangs up. `listing` is what LIST shows.
    """

    replies: dict[str, str] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    listing: bytes | None = None
    after_store: str = "226 Transfer complete"
    hangs_up_after_store: bool = False
    encrypts_data: bool = True
    passive_host: str = "127,0,0,1"
    counts_only: bool = False
    ignores_rest: bool = False
    sends_at_most: int | None = None
    hangs_up_after_read: bool = False


class QuirkyServer:
    """Keeps the sizes of what was stored, the contents too unless told not to.

    `commands` holds every line that was said to it.
    """

    def __init__(self, context: ssl.SSLContext, quirks: Quirks) -> None:
        self._context = context
        self.quirks = quirks
        self.files: dict[str, bytes] = {}
        self.sizes: dict[str, int] = {}
        self.commands: list[str] = []
        self.sessions = 0
        self.most_sessions = 0
        self.sent_bytes = 0
        self.reads = 0
        self.port = 0
        self._rest = 0
        self._data: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        self._passive: asyncio.Server | None = None
        self._protects = False

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.sessions += 1
        self.most_sessions = max(self.most_sessions, self.sessions)
        try:
            await self._say(writer, "220 ready")
            while line := (await reader.readline()).decode().strip():
                self.commands.append(line)
                if not await self._answer(line, writer):
                    break
        except OSError:
            pass
        finally:
            self.sessions -= 1
            self._close_passive()
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, reply: str) -> None:
        writer.write(f"{reply}\r\n".encode())
        await writer.drain()

    async def _answer(self, line: str, writer: asyncio.StreamWriter) -> bool:
        verb, _, argument = line.partition(" ")
        canned = self._canned(verb)
        if canned is not None:
            writer.write(canned)
            await writer.drain()
            return verb not in self.quirks.raw
        match verb:
            case "USER":
                await self._say(writer, "331 code?")
            case "PASS":
                right = argument == CODE
                await self._say(writer, "230 in" if right else "530 wrong")
            case "PROT":
                self._protects = argument == "P"
                await self._say(writer, "200 ok")
            case "PASV":
                port = await self._open_passive()
                host = self.quirks.passive_host
                await self._say(writer, f"227 here ({host},{port >> 8},{port & 255})")
            case "STOR" | "RETR" | "REST":
                return await self._transfer(verb, argument, writer)
            case "SIZE":
                size = self.sizes.get(argument)
                await self._say(writer, "550 none" if size is None else f"213 {size}")
            case "LIST":
                await self._list(argument, writer)
            case "DELE":
                self.files.pop(argument, None)
                gone = self.sizes.pop(argument, None)
                await self._say(writer, "550 none" if gone is None else "250 gone")
            case "PWD":
                await self._say(writer, '257 "/"')
            case "QUIT":
                await self._say(writer, "221 bye")
                return False
            case _:
                await self._say(writer, "200 ok")
        return True

    def _canned(self, verb: str) -> bytes | None:
        reply = self.quirks.replies.get(verb)
        return self.quirks.raw.get(verb) if reply is None else f"{reply}\r\n".encode()

    async def _transfer(
        self, verb: str, argument: str, writer: asyncio.StreamWriter
    ) -> bool:
        if verb == "STOR":
            return await self._store(argument, writer)
        if verb == "RETR":
            return await self._retrieve(argument, writer)
        self._rest = 0 if self.quirks.ignores_rest else int(argument)
        await self._say(writer, "350 go on")
        return True

    async def _store(self, name: str, writer: asyncio.StreamWriter) -> bool:
        await self._say(writer, "150 go on")
        reader, data = await self._data
        kept, size = bytearray(), 0
        with suppress(OSError):
            while chunk := await reader.read(65536):
                size += len(chunk)
                if not self.quirks.counts_only:
                    kept += chunk
        data.close()
        self.files[name], self.sizes[name] = bytes(kept), size
        if self.quirks.hangs_up_after_store:
            self.quirks.hangs_up_after_store = False
            return False
        await self._say(writer, self.quirks.after_store)
        return True

    async def _retrieve(self, name: str, writer: asyncio.StreamWriter) -> bool:
        rest, self._rest = self._rest, 0
        if name not in self.files:
            await self._say(writer, "550 none")
            return True
        self.reads += 1
        await self._say(writer, "150 here it comes")
        _, data = await self._data
        content = self.files[name][rest:][: self.quirks.sends_at_most]
        verdict = "226 done"
        try:
            for at in range(0, len(content), 16384):
                block = content[at : at + 16384]
                data.write(block)
                await data.drain()
                self.sent_bytes += len(block)
        except OSError:
            verdict = "426 you went away"
        data.close()
        if self.quirks.hangs_up_after_read:
            return False
        await self._say(writer, verdict)
        return True

    async def _list(self, name: str, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "150 here it comes")
        _, data = await self._data
        if self.quirks.listing is not None:
            with suppress(OSError):
                data.write(self.quirks.listing)
                await data.drain()
        elif name in self.files:
            size = self.sizes[name]
            line = f"-rw-r--r-- 1 0 0 {size} Jan 01 00:00 {name}\r\n"
            data.write(line.encode())
            await data.drain()
        data.close()
        await self._say(writer, "226 done")

    async def _open_passive(self) -> int:
        self._close_passive()
        arrived: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        arrived = asyncio.get_running_loop().create_future()

        def connected(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            if self._protects and not self.quirks.encrypts_data:
                writer.write(b"no TLS here\r\n")
                writer.close()
                # Else the session would wait for it for ever, and its client for that.
                if not arrived.done():
                    arrived.set_exception(ConnectionResetError())
            elif not arrived.done():
                arrived.set_result((reader, writer))

        self._data = arrived
        uses_tls = self._protects and self.quirks.encrypts_data
        self._passive = await asyncio.start_server(
            connected, "127.0.0.1", 0, ssl=self._context if uses_tls else None
        )
        return int(self._passive.sockets[0].getsockname()[1])

    def _close_passive(self) -> None:
        if self._passive is not None:
            hang_up(self._passive, cut=True)
            self._passive = None


@asynccontextmanager
async def quirky(folder: Path, quirks: Quirks) -> AsyncIterator[QuirkyServer]:
    """Opens such a server with a certificate of its own."""
    context = server_context(keep_certificate(folder / "c.pem", SERIAL))
    server = QuirkyServer(context, quirks)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        hang_up(listener, cut=True)
        await listener.wait_closed()
