"""One control connection of the file server: what each verb does.

Source: docs/protocols/bambu.md §9; RFC 959 for the replies, RFC 4217 for PBSZ and PROT.
"""

import asyncio
import contextlib
import hashlib
import os
import posixpath
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from odin_engine.simulator.bambu import ftps_shelf
from odin_engine.simulator.bambu.ftps_channel import Channel, PassivePort
from odin_engine.simulator.bambu.ftps_listing import long_row, rows_in
from odin_engine.simulator.bambu.storage import Card

_CHUNK = 64 * 1024
_USER = "bblp"
_FEATURES = ("EPSV", "MDTM", "PASV", "PBSZ", "PROT", "REST STREAM", "SIZE")

type Handler = Callable[[FtpsSession, str], Awaitable[None]]


@dataclass(slots=True)
class FtpsHabits:
    """What differs between printers, asked anew at each command."""

    card: Card
    context: ssl.SSLContext
    password: Callable[[], str]
    demands_session_reuse: bool
    lists_full_paths: bool
    is_full: Callable[[], bool]
    truncates: Callable[[], bool]
    now: Callable[[], datetime]


@dataclass(slots=True)
class Traffic:
    """What the sessions of one printer know of each other."""

    uploads: list[PurePosixPath] = field(default_factory=list)
    is_busy: bool = False


class FtpsSession:
    """One control connection."""

    def __init__(
        self,
        habits: FtpsHabits,
        traffic: Traffic,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        host: str,
    ) -> None:
        self._habits, self._traffic = habits, traffic
        self._reader, self._writer, self._host = reader, writer, host
        self._user = ""
        self._is_in = False
        self._protects = False
        self._folder = PurePosixPath("/")
        self._port: PassivePort | None = None
        self._skips = 0
        self._moving: PurePosixPath | None = None

    async def run(self) -> None:
        """Answers commands until the client leaves."""
        await self._say(220, "Service ready")
        try:
            while line := await self._reader.readline():
                text = line.decode("utf-8", "replace").strip()
                verb, _, argument = text.partition(" ")
                if verb.upper() == "QUIT":
                    await self._say(221, "Goodbye")
                    return
                await self._do(verb.upper(), argument.strip())
        finally:
            self._close_port()

    def abort(self) -> None:
        """Cuts the session and its transfer."""
        if self._port is not None:
            self._port.abort()
        self._writer.transport.abort()

    async def _do(self, verb: str, argument: str) -> None:
        handler, on_card = _HANDLERS.get(verb), ftps_shelf.VERBS.get(verb)
        if handler is None and on_card is None:
            await self._say(502, "Command not implemented")
            return
        if not self._is_in and verb not in _BEFORE_LOGIN:
            await self._say(530, "Please login with USER and PASS")
            return
        if verb in _LOOKING and not self._habits.card.is_complete:
            # Drawing takes a tenth of a second: too long for a loop that serves hundreds.
            await asyncio.to_thread(self._habits.card.complete)
        if on_card is not None:
            await self._say(*on_card(self._habits.card, self._path(argument)))
        elif handler is not None:
            await handler(self, argument)

    async def _say(self, code: int, text: str) -> None:
        self._writer.write(f"{code} {text}\r\n".encode())
        await self._writer.drain()

    def _path(self, argument: str) -> PurePosixPath:
        # Every path starts at the card's root, and `..` never leads above it.
        whole = posixpath.normpath(self._folder / argument)
        return PurePosixPath("/", whole.lstrip("/"))

    async def user(self, name: str) -> None:
        """Answers USER."""
        self._user, self._is_in = name, False
        await self._say(331, "Please specify the password")

    async def password(self, word: str) -> None:
        """Answers PASS."""
        self._is_in = self._user == _USER and word == self._habits.password()
        if self._is_in:
            await self._say(230, "Login successful")
        else:
            await self._say(530, "Login incorrect")

    async def protect(self, level: str) -> None:
        """Answers PROT."""
        if level.upper() not in ("P", "C"):
            await self._say(504, "PROT takes P or C")
            return
        self._protects = level.upper() == "P"
        await self._say(200, f"PROT now {level.upper()}")

    async def features(self, _: str) -> None:
        """Answers FEAT."""
        lines = "\r\n".join(f" {each}" for each in _FEATURES)
        self._writer.write(f"211-Features:\r\n{lines}\r\n211 End\r\n".encode())
        await self._writer.drain()

    async def working_folder(self, _: str) -> None:
        """Answers PWD."""
        await self._say(257, f'"{self._folder}" is the current directory')

    async def change_folder(self, argument: str) -> None:
        """Answers CWD."""
        path = self._path(argument)
        if not self._habits.card.place(path).is_dir():
            await self._say(550, "Failed to change directory")
            return
        self._folder = path
        await self._say(250, "Directory successfully changed")

    async def change_up(self, _: str) -> None:
        """Answers CDUP."""
        await self.change_folder("..")

    async def rename_from(self, argument: str) -> None:
        """Answers RNFR."""
        path = self._path(argument)
        if not ftps_shelf.can_move(self._habits.card, path):
            await self._say(550, "RNFR command failed")
            return
        self._moving = path
        await self._say(350, "Ready for RNTO")

    async def rename_to(self, argument: str) -> None:
        """Answers RNTO."""
        source, self._moving = self._moving, None
        if source is None:
            await self._say(503, "RNFR required first")
            return
        target = self._path(argument)
        await self._say(*ftps_shelf.rename(self._habits.card, source, target))

    async def restart(self, argument: str) -> None:
        """Answers REST: the next transfer begins so many bytes into the file."""
        if not argument.isdecimal():
            await self._say(501, "REST takes a number")
            return
        self._skips = int(argument)
        await self._say(350, f"Restart position accepted ({self._skips})")

    async def passive(self, _: str) -> None:
        """Answers PASV."""
        port = await self._open_port()
        host = self._host.replace(".", ",")
        await self._say(
            227, f"Entering Passive Mode ({host},{port >> 8},{port & 0xFF})"
        )

    async def extended_passive(self, _: str) -> None:
        """Answers EPSV."""
        port = await self._open_port()
        await self._say(229, f"Entering Extended Passive Mode (|||{port}|)")

    async def list_names(self, argument: str) -> None:
        """Answers NLST."""
        await self._list(argument, self._name_line)

    async def list_files(self, argument: str) -> None:
        """Answers LIST; options as `ls` takes them change nothing."""
        shown = argument
        while shown.startswith("-"):
            shown = shown.partition(" ")[2].lstrip()
        now = self._habits.now()
        await self._list(shown, lambda place, _: long_row(place, now))

    async def retrieve(self, argument: str) -> None:
        """Answers RETR."""
        path, skips = self._path(argument), self._take_skips()
        if not self._habits.card.has(path):
            await self._say(550, "Failed to open file")
            return
        async with self._channel() as channel:
            if channel is None:
                return
            source = _source(self._habits.card.place(path))
            with contextlib.closing(source):
                source.seek(skips)
                while chunk := source.read(_CHUNK):
                    channel[1].write(chunk)
                    await channel[1].drain()
        await self._say(226, "Transfer complete")

    async def store(self, argument: str) -> None:
        """Answers STOR."""
        path, card = self._path(argument), self._habits.card
        skips = self._take_skips()
        if not card.is_writable:
            await self._say(553, "Could not create file")
            return
        if self._habits.is_full():
            await self._say(552, "No space left on device")
            return
        if not card.place(path).parent.is_dir():
            await self._say(553, "Could not create file")
            return
        async with self._channel() as channel:
            if channel is None:
                return
            card.writing.add(path)
            try:
                fits = await self._receive(channel[0], path, skips)
            except OSError:
                await self._say(426, "Failure reading network stream")
                return
            finally:
                card.writing.discard(path)
        if not fits:
            await self._say(552, "No space left on device")
            return
        self._traffic.uploads.append(path)
        await self._say(226, "Transfer complete")

    def _take_skips(self) -> int:
        skips, self._skips = self._skips, 0
        return skips

    async def _receive(
        self, reader: asyncio.StreamReader, path: PurePosixPath, skips: int
    ) -> bool:
        card = self._habits.card
        left, place = card.free_bytes, card.place(path)
        # Summed up as it comes: whoever starts it may ask for the sum of all of it.
        md5 = hashlib.md5(usedforsecurity=False)
        sink = _sink(place, goes_on=skips > 0)
        with contextlib.closing(sink):
            sink.truncate(min(skips, sink.seek(0, os.SEEK_END)))
            sink.seek(0, os.SEEK_END)
            while chunk := await reader.read(_CHUNK):
                left -= len(chunk)
                if left < 0 or self._habits.is_full():
                    return False
                sink.write(chunk)
                md5.update(chunk)
            if self._habits.truncates():
                sink.truncate(sink.tell() // 2)
        stamp = self._habits.now().timestamp()
        os.utime(place, (stamp, stamp))
        if skips or self._habits.truncates():
            await asyncio.to_thread(card.sum_of, path)
        else:
            card.keep_sum(path, md5.hexdigest())
        return True

    async def _list(self, argument: str, line: Callable[[Path, str], str]) -> None:
        folder, card = self._path(argument), self._habits.card
        place = card.place(folder)
        rows = rows_in(place) if card.is_there else []
        if place.is_file():
            folder = folder.parent
        async with self._channel() as channel:
            if channel is None:
                return
            text = "".join(line(row, str(folder / row.name)) + "\r\n" for row in rows)
            channel[1].write(text.encode())
            await channel[1].drain()
        await self._say(226, "Directory send OK")

    def _name_line(self, place: Path, path: str) -> str:
        return path if self._habits.lists_full_paths else place.name

    @contextlib.asynccontextmanager
    async def _channel(self) -> AsyncIterator[Channel | None]:
        """Waits for the data connection; yields None where the client was refused."""
        if self._port is None or self._traffic.is_busy:
            # Machines serve one transfer at a time. Source: §9, "Quirks".
            await self._say(425, "Failed to establish connection")
            yield None
            return
        self._traffic.is_busy = True
        try:
            await self._say(150, "Ok to send data")
            channel = await self._port.connection()
            yield channel if await self._resumes(channel[1]) else None
        except TimeoutError:
            await self._say(425, "Failed to establish connection")
        finally:
            self._traffic.is_busy = False
            self._close_port()

    async def _resumes(self, writer: asyncio.StreamWriter) -> bool:
        """Says whether the data channel may be used, and answers 522 if not."""
        if not (self._protects and self._habits.demands_session_reuse):
            return True
        channel: ssl.SSLObject = writer.get_extra_info("ssl_object")
        if channel.session_reused:
            return True
        await self._say(522, "SSL connection failed: session reuse required")
        return False

    async def _open_port(self) -> int:
        self._close_port()
        context = self._habits.context if self._protects else None
        self._port = await PassivePort.open(self._host, context)
        return self._port.number

    def _close_port(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    async def system(self, _: str) -> None:
        """Answers SYST, from which clients learn how to read a listing."""
        await self._say(215, "UNIX Type: L8")

    async def accept(self, _: str) -> None:
        """Answers what needs no deed."""
        await self._say(200, "OK")


def _source(path: Path) -> BinaryIO:
    return path.open("rb")


def _sink(path: Path, *, goes_on: bool) -> BinaryIO:
    return path.open("r+b" if goes_on and path.exists() else "wb")


# Verbs by which a client can tell which files there are.
_LOOKING = frozenset(
    {*ftps_shelf.VERBS, "LIST", "NLST", "RETR", "STOR", "RNFR", "RNTO"}
)
_BEFORE_LOGIN = frozenset({"USER", "PASS", "PBSZ", "PROT", "FEAT", "NOOP", "SYST"})
_HANDLERS: dict[str, Handler] = {
    "USER": FtpsSession.user,
    "PASS": FtpsSession.password,
    "PBSZ": FtpsSession.accept,
    "PROT": FtpsSession.protect,
    "FEAT": FtpsSession.features,
    "SYST": FtpsSession.system,
    "OPTS": FtpsSession.accept,
    "NOOP": FtpsSession.accept,
    "TYPE": FtpsSession.accept,
    "ABOR": FtpsSession.accept,
    "PWD": FtpsSession.working_folder,
    "CWD": FtpsSession.change_folder,
    "CDUP": FtpsSession.change_up,
    "RNFR": FtpsSession.rename_from,
    "RNTO": FtpsSession.rename_to,
    "REST": FtpsSession.restart,
    "PASV": FtpsSession.passive,
    "EPSV": FtpsSession.extended_passive,
    "NLST": FtpsSession.list_names,
    "LIST": FtpsSession.list_files,
    "RETR": FtpsSession.retrieve,
    "STOR": FtpsSession.store,
}
