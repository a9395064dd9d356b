"""A printer's file server: implicit TLS, one blocking session, the quirks of the models.

Runs in a worker thread that `storage` owns. Source: docs/protocols/bambu.md §9.
"""

import contextlib
import ftplib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, override

from odin_engine.drivers.printers.bambu.tls import PrinterContext, Roots

_LOG = logging.getLogger(__name__)

USER = "bblp"
_CONNECT_S = 8.0
_ANSWER_S = 15.0
STALL_S = 60.0
"""An upload ends when no byte was taken for this long; slow is no reason to end it."""
_FLUSH_S = 120.0
"""An H2D needs more than 30 s after the last byte before it answers 226."""
_BLOCK = 64 * 1024
_LONGEST_ANSWER = 4000
"""In characters; a number in it is then none that Python refuses to read."""
_MOST_ANSWER_LINES = 100
_LONGEST_LISTING = 64 * 1024
"""Of one name: a line, or none."""
_VERDICT_S = 5.0
"""After a read that was ended early; some firmware never says anything."""
UNKNOWN_COMMAND = ("500", "502", "504")
_LAST_PORT = 65535
_SIZE = re.compile(r"[0-9]{1,15}")
_ABORTED = "426"


class Cancelled(Exception):
    """Somebody asked the transfer to stop."""


class DataChannelFailed(Exception):
    """The encrypted data connection could not be made, before any byte of the file."""


class SizeDiffers(Exception):
    """The printer holds another number of bytes than were sent."""

    def __init__(self, sent: int, stored: int | None) -> None:
        super().__init__(f"{stored} of {sent} bytes")
        self.sent = sent
        self.stored = stored


class Stop:
    """Lets the event loop end what a worker thread does, blocked or not."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()

    def ask(self) -> None:
        """Stops the transfer: what waits for the network fails at once."""
        with self._lock:
            self._asked.set()
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(each, socket.SHUT_RDWR)

    def check(self) -> None:
        """Raises `Cancelled` once `ask` was called."""
        if self._asked.is_set():
            raise Cancelled

    def watch(self, sock: socket.socket) -> None:
        """Makes `ask` cut this connection too."""
        with self._lock:
            self.check()
            self._sockets.add(sock)


@dataclass(frozen=True, slots=True)
class Server:
    """Where a printer's files are and how to get in. `secret` is never shown."""

    host: str
    port: int
    secret: str = field(repr=False)
    serial: str | None
    pin_sha256: str | None
    roots: Roots = ()

    def open(self, stop: Stop, *, in_clear: bool) -> Session:
        """Logs in. The control connection is encrypted whatever `in_clear` says.

        Raises:
            WrongSerial, CertificateChanged: it is another machine; nothing was sent.
            ftplib.Error, OSError, EOFError: as they come.
        """
        context = PrinterContext.to(
            self.serial,
            self.pin_sha256,
            self.roots,
            # P2S, X2D and H2C misbehave above it, X1C and H2D know nothing newer; and
            # 1.3 sends tickets on the data channel, which make a plain close lose data.
            newest=ssl.TLSVersion.TLSv1_2,
        )
        session = Session(context, stop)
        try:
            session.enter(self.host, self.port, self.secret, in_clear=in_clear)
        except BaseException:
            session.close()
            raise
        return session


class Session(ftplib.FTP_TLS):
    """One control connection and the transfers on it."""

    def __init__(self, context: PrinterContext, stop: Stop) -> None:
        super().__init__(context=context, timeout=_ANSWER_S)
        self._stop = stop
        self._is_in_clear = False

    def enter(self, host: str, port: int, secret: str, *, in_clear: bool) -> None:
        """Connects with TLS from the first byte, logs in, chooses the data channel."""
        self.host = host
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        raw = socket.socket(family, kind, number)
        self.af = family
        self.sock = raw
        raw.settimeout(_CONNECT_S)
        self._stop.watch(raw)
        raw.connect(address)
        self.sock = self._secured(raw)
        self.sock.settimeout(_ANSWER_S)
        self.file = self.sock.makefile("r", encoding=self.encoding, errors="replace")
        self.welcome = self.getresp()
        self.login(USER, secret, secure=False)
        if in_clear:
            self.voidcmd("PBSZ 0")
            self.prot_c()
        else:
            self.prot_p()
        self._is_in_clear = in_clear
        self.voidcmd("TYPE I")

    def _secured(
        self, raw: socket.socket, session: ssl.SSLSession | None = None
    ) -> ssl.SSLSocket:
        """Returns a connection with TLS; `Stop` reaches it during the handshake too."""
        secured: ssl.SSLSocket = self.context.wrap_socket(
            raw, session=session, do_handshake_on_connect=False
        )
        try:
            self._stop.watch(secured)
        except Cancelled:
            secured.close()
            raise
        secured.do_handshake()
        return secured

    @override
    def getmultiline(self) -> str:
        """Reads an answer.

        Raises:
            ftplib.error_proto: it has no end.
        """
        line = answer = self.getline()
        for _ in range(_MOST_ANSWER_LINES):
            if len(answer) > _LONGEST_ANSWER:
                break
            if answer[3:4] != "-" or (line[:3] == answer[:3] and line[3:4] != "-"):
                return answer
            line = self.getline()
            answer += f"\n{line}"
        raise _nonsense("an answer without end")

    @override
    def makepasv(self) -> tuple[str, int]:
        """Asks for a port; the address in the answer is often wrong, EPSV unreliable."""
        answer = self.sendcmd("PASV")
        _, port = ftplib.parse227(answer)  # noqa: S321 - over TLS
        if not 0 < port <= _LAST_PORT:
            raise _nonsense(answer)
        return self.host, port

    @override
    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        """Opens the data connection; its TLS resumes the control connection's session.

        X1-class and H2-class refuse a new session with 522; ftplib would start one.
        """
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - over TLS
        if self._is_in_clear:
            return conn, size
        control = self.sock
        assert isinstance(control, ssl.SSLSocket)  # noqa: S101 - made so in `enter`
        try:
            return self._secured(conn, control.session), size
        except OSError as error:
            self._stop.check()
            raise DataChannelFailed(str(error)) from error
        finally:
            conn.close()

    def feed(
        self, conn: socket.socket, source: Path, told: Callable[[int], None]
    ) -> None:
        """Streams a file in blocks of 64 KB; `told` hears how many bytes are through.

        Returns after the last byte, before the printer says that it has them.
        """
        block = memoryview(bytearray(_BLOCK))
        done = 0
        with conn, source.open("rb", buffering=0) as file:
            # A1 and P1 never answer TLS' goodbye: `conn` is closed without one.
            self._stop.watch(conn)
            conn.settimeout(STALL_S)
            while count := file.readinto(block):
                rest = block[:count]
                while rest:
                    taken = self._send(conn, rest)
                    rest = rest[taken:]
                    done += taken
                told(done)

    def _send(self, conn: socket.socket, rest: memoryview) -> int:
        self._stop.check()
        try:
            return conn.send(rest)
        except OSError:
            self._stop.check()
            raise

    def conclude(self) -> bool:
        """Waits for the verdict; `False` when there was none and the size must tell."""
        assert self.sock is not None  # noqa: S101 - made so in `enter`
        self.sock.settimeout(_FLUSH_S)
        try:
            self.voidresp()
        except ftplib.error_temp as error:
            if not str(error).startswith(_ABORTED):
                raise
            return False
        except OSError, EOFError:
            self._stop.check()
            return False
        self.sock.settimeout(_ANSWER_S)
        return True

    def fetch(self, name: str, offset: int, length: int) -> bytes:
        """Reads part of a file, less where it ends or the printer stops.

        `dismiss` comes next.
        """
        data = bytearray()
        with self.transfercmd(f"RETR {name}", offset or None) as conn:
            self._stop.watch(conn)
            conn.settimeout(_ANSWER_S)
            while len(data) < length and (block := self._receive(conn)):
                data += block
        return bytes(data[:length])

    def _receive(self, conn: socket.socket) -> bytes:
        self._stop.check()
        try:
            return conn.recv(_BLOCK)
        except OSError:
            self._stop.check()
            raise

    def dismiss(self) -> bool:
        """Hears the verdict on a read; `False` where the session is of no more use.

        A data connection that is closed early is FTP's way to say "enough".
        """
        assert self.sock is not None  # noqa: S101 - made so in `enter`
        self.sock.settimeout(_VERDICT_S)
        try:
            self.voidresp()
        except ftplib.Error:
            # "Aborted" in as many words as there are firmwares; the bytes are here.
            pass
        except OSError, EOFError:
            self._stop.check()
            return False
        self.sock.settimeout(_ANSWER_S)
        return True

    def copy(self, name: str, size: int, sink: BinaryIO) -> None:
        """Downloads a whole file of a known size in blocks.

        Raises:
            ConnectionError: it came with another size.
        """
        done = 0
        with self.transfercmd(f"RETR {name}") as conn:
            self._stop.watch(conn)
            conn.settimeout(_ANSWER_S)
            while done <= size and (block := self._receive(conn)):
                sink.write(block)
                done += len(block)
        if done != size:
            raise ConnectionError("the printer sent another number of bytes")
        self.dismiss()

    def modified_at(self, name: str) -> str:
        """Returns when a file was changed, as the printer writes it; "" if unknown."""
        try:
            return self.sendcmd(f"MDTM {name}").partition(" ")[2]
        except ftplib.error_perm:
            return ""

    def stored_size(self, name: str) -> int | None:
        """Returns how many bytes the printer holds under a name; `None` if no file."""
        try:
            size = self.size(name)
        except ftplib.error_perm as error:
            if not str(error).startswith(UNKNOWN_COMMAND):
                return None
        except ValueError as error:
            raise _nonsense(str(error)) from error
        else:
            return size if size is None or size >= 0 else None
        return self._listed_size(name)

    def _listed_size(self, name: str) -> int | None:
        lines: list[str] = []
        self.retrlines(f"LIST {name}", lines.append)
        for line in lines:
            fields = line.split(maxsplit=8)
            if len(fields) > 8 and _SIZE.fullmatch(fields[4]):  # noqa: PLR2004 - as `ls -l`
                return int(fields[4])
        return None

    @override
    def retrlines(
        self, cmd: str, callback: Callable[[str], object] | None = None
    ) -> str:
        """Reads a listing; unlike ftplib's own, says no goodbye on the data channel.

        Raises:
            ftplib.error_proto: it has no end.
        """
        with self.transfercmd(cmd) as conn, conn.makefile("rb") as listing:
            data = listing.read(_LONGEST_LISTING + 1)
        if len(data) > _LONGEST_LISTING:
            raise _nonsense("a listing without end")
        for line in data.decode(self.encoding, errors="replace").splitlines():
            if callback is not None:
                callback(line)
        return self.voidresp()


def put(
    server: Server,
    source: Path,
    name: str,
    told: Callable[[int], None],
    stop: Stop,
    *,
    in_clear: bool,
) -> None:
    """Uploads a file and makes sure that the printer holds all of it.

    What arrived of a failed or cancelled upload is removed.

    Raises:
        Cancelled, DataChannelFailed, SizeDiffers: as they say.
        ftplib.Error, OSError, EOFError: as they come.
    """
    session = server.open(stop, in_clear=in_clear)
    try:
        conn = session.transfercmd(f"STOR {name}")
    except BaseException:
        session.close()
        raise
    try:
        session.feed(conn, source, told)
        if not session.conclude():
            session.close()
            session = server.open(stop, in_clear=in_clear)
        _verify(source.stat().st_size, session.stored_size(name))
    except BaseException:
        session.close()
        remove(server, name)
        raise
    leave(session)


def _nonsense(answer: str) -> ftplib.error_proto:
    return ftplib.error_proto(answer)  # noqa: S321 - over TLS


def _verify(sent: int, stored: int | None) -> None:
    if stored != sent:
        raise SizeDiffers(sent, stored)


def remove(server: Server, name: str) -> None:
    """Deletes what is left of an upload, on a session of its own; a failure is logged."""
    try:
        delete(server, name)
    except (ftplib.Error, OSError, EOFError) as error:
        _LOG.warning("part of an upload may be left on %s: %s", server.host, error)


def delete(server: Server, name: str) -> None:
    """Deletes a file; one that is not there is fine."""
    session = server.open(Stop(), in_clear=False)
    try:
        session.delete(name)
    except ftplib.error_perm as error:
        if not str(error).startswith("550"):
            raise
    finally:
        leave(session)


def look_in(server: Server) -> None:
    """Logs in and out again: the server is there and takes the access code."""
    session = server.open(Stop(), in_clear=False)
    try:
        session.pwd()
    finally:
        leave(session)


def leave(session: Session) -> None:
    """Says goodbye and closes, whatever the printer thinks of it."""
    with contextlib.suppress(ftplib.Error, OSError, EOFError):
        session.quit()
    session.close()
