import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odin_engine.drivers.printers.bambu.reach import let_go, open_secure
from odin_engine.drivers.printers.bambu.tls import PrinterContext, load_roots
from odin_engine.printers.model import (
    CertificateChanged,
    Unreachable,
    WrongSerial,
)
from odin_engine.simulator.listening import hang_up

_SERIAL = "01P00A000000001"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Authority:
    """A maker that signs leaves, with an authority in between as the real one has."""

    def __init__(self, name: str = "Test Maker CA") -> None:
        self._root_key = ec.generate_private_key(ec.SECP256R1())
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.root = _signed(name, self._root_key, name, self._root_key, is_ca=True)
        self.between = _signed(
            f"{name} Device", self._key, name, self._root_key, is_ca=True
        )
        self._name = f"{name} Device"

    def leaf(self, folder: Path, serial: str) -> Path:
        """Writes leaf, authority in between and key, and says where."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(serial, key, self._name, self._key, is_ca=False)
        path = folder / f"{serial}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
            + self.between.public_bytes(serialization.Encoding.PEM)
        )
        return path

    def root_file(self, folder: Path) -> Path:
        """Writes the root, and says where."""
        folder.mkdir(exist_ok=True)
        path = folder / "maker.pem"
        path.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        return path


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    def named(word: str) -> x509.Name:
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, word)] if word else []
        return x509.Name(attributes)

    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW - timedelta(days=400))
        .not_valid_after(_NOW + timedelta(days=9000))
    )
    if is_ca:
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        builder = builder.add_extension(constraints, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


@asynccontextmanager
async def _server(certificate: Path) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A TLS server that keeps whatever it is told."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            heard.append(data)
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        hang_up(server, cut=True)
        await server.wait_closed()


@pytest.fixture
def authority() -> Authority:
    return Authority()


async def test_a_leaf_of_the_makers_is_shown_as_such(
    authority: Authority, tmp_path: Path
) -> None:
    roots = load_roots(authority.root_file(tmp_path / "roots").parent)
    context = PrinterContext.to(_SERIAL, roots=roots)
    async with _server(authority.leaf(tmp_path, _SERIAL)) as (port, _):
        _, writer = await open_secure("127.0.0.1", port, context)
        await let_go(writer)
    assert context.certificate is not None
    assert context.certificate.common_name == _SERIAL
    assert context.certificate.is_vendor_signed


async def test_without_the_makers_root_a_leaf_is_only_remembered(
    authority: Authority, tmp_path: Path
) -> None:
    other = Authority("Somebody Else")
    for roots in ((), load_roots(other.root_file(tmp_path / "roots").parent)):
        context = PrinterContext.to(_SERIAL, roots=roots)
        async with _server(authority.leaf(tmp_path, _SERIAL)) as (port, _):
            _, writer = await open_secure("127.0.0.1", port, context)
            await let_go(writer)
        assert context.certificate is not None
        assert not context.certificate.is_vendor_signed


async def test_a_leaf_cannot_sign_another(authority: Authority, tmp_path: Path) -> None:
    """A printer's own key must not make a certificate of another printer."""
    key = ec.generate_private_key(ec.SECP256R1())
    fake_key = ec.generate_private_key(ec.SECP256R1())
    printer = _signed("01P00A000000002", key, "Test Maker CA Device", key, is_ca=False)
    fake = _signed(_SERIAL, fake_key, "01P00A000000002", key, is_ca=False)
    path = tmp_path / "fake.pem"
    path.write_bytes(
        fake_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + b"".join(
            each.public_bytes(serialization.Encoding.PEM)
            for each in (fake, printer, authority.between)
        )
    )
    roots = load_roots(authority.root_file(tmp_path / "roots").parent)
    context = PrinterContext.to(_SERIAL, roots=roots)
    async with _server(path) as (port, _):
        _, writer = await open_secure("127.0.0.1", port, context)
        await let_go(writer)
    assert context.certificate is not None
    assert not context.certificate.is_vendor_signed


async def test_another_serial_is_refused_with_the_name_found(
    authority: Authority, tmp_path: Path
) -> None:
    async with _server(authority.leaf(tmp_path, "01S00A000000009")) as (port, heard):
        with pytest.raises(WrongSerial, match="01S00A000000009, not 01P00A000000001"):
            await open_secure("127.0.0.1", port, PrinterContext.to(_SERIAL))
    assert heard == []


async def test_a_serial_in_the_wrong_case_says_so(
    authority: Authority, tmp_path: Path
) -> None:
    context = PrinterContext.to(_SERIAL.lower())
    async with _server(authority.leaf(tmp_path, _SERIAL)) as (port, _):
        with pytest.raises(WrongSerial, match="upper and lower case matter"):
            await open_secure("127.0.0.1", port, context)


async def test_a_changed_leaf_is_refused_even_when_the_maker_signed_it(
    authority: Authority, tmp_path: Path
) -> None:
    roots = load_roots(authority.root_file(tmp_path / "roots").parent)
    context = PrinterContext.to(_SERIAL, "ab" * 32, roots)
    async with _server(authority.leaf(tmp_path, _SERIAL)) as (port, heard):
        with pytest.raises(CertificateChanged) as caught:
            await open_secure("127.0.0.1", port, context)
    assert caught.value.pinned == "ab" * 32
    assert context.certificate is not None
    assert caught.value.found == context.certificate.sha256
    assert heard == []


async def test_a_certificate_without_a_name_is_another_machine(
    authority: Authority, tmp_path: Path
) -> None:
    async with _server(authority.leaf(tmp_path, "")) as (port, _):
        with pytest.raises(WrongSerial, match="unnamed"):
            await open_secure("127.0.0.1", port, PrinterContext.to(_SERIAL))


async def test_a_blocking_socket_is_checked_inside_its_handshake(
    authority: Authority, tmp_path: Path
) -> None:
    context = PrinterContext.to("01P00A000000002")

    def connect(port: int) -> None:
        raw = socket.create_connection(("127.0.0.1", port), 5)
        context.wrap_socket(raw, server_hostname="127.0.0.1")

    async with _server(authority.leaf(tmp_path, _SERIAL)) as (port, heard):
        with pytest.raises(WrongSerial):
            await asyncio.to_thread(connect, port)
    assert heard == []


async def test_a_severed_context_makes_no_further_connection(
    authority: Authority, tmp_path: Path
) -> None:
    context = PrinterContext.to(_SERIAL)
    context.sever()

    def connect(port: int) -> None:
        context.wrap_socket(socket.create_connection(("127.0.0.1", port), 5))

    async with _server(authority.leaf(tmp_path, _SERIAL)) as (port, _):
        with pytest.raises(OSError, match=r"."):
            await asyncio.to_thread(connect, port)


async def test_the_name_asked_for_is_the_serial(tmp_path: Path) -> None:
    asked: list[str | None] = []

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        asked.append(name)

    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(Authority().leaf(tmp_path, _SERIAL))
    callback: Callable[[ssl.SSLObject, str | None, ssl.SSLContext], None] = note
    server_context.sni_callback = callback
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=server_context
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await open_secure("127.0.0.1", port, PrinterContext.to(_SERIAL))
        await let_go(writer)
    assert asked == [_SERIAL.lower()] or asked == [_SERIAL]


async def test_what_speaks_no_tls_is_unreachable() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ftp\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable, match="does not answer port"):
            await open_secure("127.0.0.1", port, PrinterContext.to(_SERIAL))


def test_a_folder_of_roots_may_be_absent_empty_or_spoilt(
    authority: Authority, tmp_path: Path
) -> None:
    assert load_roots(None) == ()
    assert load_roots(tmp_path / "absent") == ()
    folder = authority.root_file(tmp_path / "roots").parent
    (folder / "notes.txt").write_text("not looked at")
    (folder / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n")
    assert load_roots(folder) == (authority.root,)
