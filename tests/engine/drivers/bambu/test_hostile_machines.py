"""Whatever answers at a printer's address: any bytes, and certificates nobody signed."""

import asyncio
import base64
import ssl
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from hypothesis import assume, example, given
from hypothesis import strategies as st

from odin_engine.drivers.printers.bambu.discovery import probe
from odin_engine.drivers.printers.bambu.link import Link
from odin_engine.drivers.printers.bambu.tls import MOST_AT_ONCE, PrinterContext
from odin_engine.printers.model import DriverError, ProtocolViolation, Unreachable
from odin_engine.simulator.bambu.certificate import keep_certificate, server_context
from odin_engine.simulator.listening import hang_up
from tests.fuzzing import fuzzed
from tests.patience import PATIENCE_S

_SERIAL = "01P00A000000001"
_CONNACK = b"\x20\x02\x00\x00"
_SUBACK = b"\x90\x03\x00\x01\x00"


@dataclass
class Machine:
    """Says the same to everybody, in turns: a piece after each that it hears."""

    says: list[bytes] = field(default_factory=list)
    port: int = 0
    secure_port: int = 0
    sent: int = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError, TimeoutError):
            for piece in self.says:
                async with asyncio.timeout(5):
                    if not await reader.read(4096):
                        break
                for start in range(0, len(piece), 65536):
                    writer.write(piece[start : start + 65536])
                    await writer.drain()
                    self.sent += 65536
        writer.close()


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[asyncio.Runner, Machine]]:
    """The machine, with and without TLS, and the loop it lives on."""
    folder = tmp_path_factory.mktemp("machine")
    context = server_context(keep_certificate(folder / "c.pem", _SERIAL))
    machine = Machine()
    with asyncio.Runner() as runner:

        async def listen(tls: ssl.SSLContext | None) -> asyncio.Server:
            return await asyncio.start_server(machine.serve, "127.0.0.1", 0, ssl=tls)

        servers = [runner.run(listen(None)), runner.run(listen(context))]
        ports = [server.sockets[0].getsockname()[1] for server in servers]
        machine.port, machine.secure_port = ports
        yield runner, machine
        for server in servers:
            runner.run(_close(server))


async def _close(server: asyncio.Server) -> None:
    hang_up(server, cut=True)
    await server.wait_closed()


def _length(size: int) -> bytes:
    """Returns a remaining length of MQTT (3.1.1, section 2.2.3)."""
    digits = bytearray()
    while True:
        size, digit = divmod(size, 128)
        digits.append(digit | (0x80 if size else 0))
        if not size:
            return bytes(digits)


def _publish(
    payload: bytes, topic: bytes = b"device/%s/report" % _SERIAL.encode()
) -> bytes:
    rest = len(topic).to_bytes(2) + topic + payload
    return b"\x30" + _length(len(rest)) + rest


_PACKETS = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda first, body: bytes([first]) + _length(len(body)) + body,
        st.integers(0, 255),
        st.binary(max_size=60),
    ),
    st.builds(_publish, st.binary(max_size=60)),
    st.builds(_publish, st.binary(max_size=20), st.binary(max_size=40)),
    st.sampled_from([_CONNACK, _SUBACK, b"\x20\x02\x00\x05", b"\x90\x03\x00\x01\x80"]),
    st.sampled_from(
        [b"\x30\xff\xff\xff\x7f", b"\x30\xff\xff\xff\xff\xff", b"\xd0\x00"]
    ),
)


async def _listen_to(port: int) -> list[bytes]:
    heard: list[bytes] = []
    context = PrinterContext.to(_SERIAL)
    link = Link("127.0.0.1", port, _SERIAL, "12345678", context, heard.append)
    async with asyncio.timeout(PATIENCE_S):
        try:
            await link.open()
        except DriverError:
            return heard
        assert isinstance(await link.lost(), Unreachable | ProtocolViolation)
        await link.close()
    return heard


@given(st.lists(_PACKETS, max_size=4))
@example([b"\x30\xff\xff\xff\x7f" + b"x" * 100])
@example([_SUBACK, _publish(b"{}"), _publish(b"\xff", b"\xff\xfe")])
@fuzzed(80)
def test_any_packets_end_the_session_and_nothing_else(
    stage: tuple[asyncio.Runner, Machine], packets: list[bytes]
) -> None:
    runner, machine = stage
    # Without a first word of sense aiomqtt waits its ten seconds out.
    machine.says = [_CONNACK, b"".join(packets) or b"\0"]
    runner.run(_listen_to(machine.secure_port))


def test_a_packet_beyond_all_measure_is_not_gathered(
    stage: tuple[asyncio.Runner, Machine],
) -> None:
    runner, machine = stage
    machine.says = [_CONNACK, _SUBACK + b"\x30\xff\xff\xff\x7f" + b"x" * (64 << 20)]
    machine.sent = 0
    tracemalloc.start()
    try:
        assert runner.run(_listen_to(machine.secure_port)) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert machine.sent < 64 << 20
    # What the machine itself holds of it, and what we took.
    assert peak < (64 << 20) + 4 * MOST_AT_ONCE


_FRAMES = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda body, size: (
            b"\xa5\xa5" + size.to_bytes(2, "little") + body + b"\xa7\xa7"
        ),
        st.binary(max_size=60),
        st.integers(0, 65535),
    ),
    st.builds(
        lambda login: _detected(orjson.dumps({"login": login})),
        st.dictionaries(
            st.sampled_from(["id", "model", "name", "version", "sn", "x"]),
            st.none() | st.text(max_size=30) | st.integers(0, 9) | st.lists(st.none()),
        ),
    ),
)


def _detected(body: bytes) -> bytes:
    return b"\xa5\xa5" + (len(body) + 6).to_bytes(2, "little") + body + b"\xa7\xa7"


@given(_FRAMES)
@example(_detected(b'{"login":{"id":"01P00A000000001"}}'))
@example(_detected(b"[" * 3000))
@fuzzed(40)
def test_any_answer_to_a_probe_is_a_find_or_none(
    stage: tuple[asyncio.Runner, Machine], answer: bytes
) -> None:
    runner, machine = stage
    machine.says = [answer]
    ports = {
        "detect": machine.port,
        "detect_tls": machine.secure_port,
        "mqtt": machine.port,
    }
    found = runner.run(probe("127.0.0.1", ports))
    if found is not None and found.serial is not None:
        assert found.serial.isascii()
        assert found.serial.isalnum()


class Forger:
    """Makes certificates that no library would make, for one key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Always the same, and so are its signatures: a failure can be repeated.
        self._key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)

    def leaf(self, *names: str) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n) for n in names])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(5)
            .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
            .sign(self._key, None)
        )
        return certificate.public_bytes(serialization.Encoding.DER)

    def shown(self, der: bytes) -> ssl.SSLContext | None:
        """Returns what shows that certificate; `None` where OpenSSL itself refuses."""
        path = self._folder / "forged.pem"
        path.write_bytes(
            self._key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + b"-----BEGIN CERTIFICATE-----\n"
            + base64.encodebytes(der)
            + b"-----END CERTIFICATE-----\n"
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(path)
        except ssl.SSLError:
            return None
        return context


def _meet(server: ssl.SSLContext, client: PrinterContext) -> None:
    """Shakes hands in memory, and admits who is there or not."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = server.wrap_bio(there, back, server_side=True)
    ours: ssl.SSLObject = client.wrap_bio(back, there)
    for _ in range(4):
        for side in (ours, theirs):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    client.admit(ours)


@pytest.fixture(scope="module")
def forger(tmp_path_factory: pytest.TempPathFactory) -> Forger:
    return Forger(tmp_path_factory.mktemp("forged"))


_VERSION = b"\xa0\x03\x02\x01\x02"
"""What a certificate of version 3 says of itself (RFC 5280, section 4.1)."""


@pytest.mark.parametrize("version", [1, 3, 7, 0x7F])
def test_a_certificate_of_no_known_version_is_none(
    forger: Forger, version: int
) -> None:
    odd = forger.leaf(_SERIAL).replace(_VERSION, _VERSION[:-1] + bytes([version]))
    shown = forger.shown(odd)
    assert shown is not None
    with pytest.raises(ProtocolViolation, match="cannot be read"):
        _meet(shown, PrinterContext.to(_SERIAL))


# A later release will refuse serial numbers below zero; both is fine with us.
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(
    st.lists(st.text(min_size=1, max_size=64), max_size=3),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3),
)
@fuzzed(150)
def test_any_certificate_is_admitted_or_refused(
    forger: Forger, names: list[str], damage: list[tuple[int, int]]
) -> None:
    try:
        der = bytearray(forger.leaf(*names))
    except ValueError:
        assume(condition=False)
    root = x509.load_der_x509_certificate(bytes(der))
    for place, value in damage:
        der[place % len(der)] = value
    shown = forger.shown(bytes(der))
    assume(shown is not None)
    assert shown is not None
    with suppress(DriverError, ssl.SSLError):
        _meet(shown, PrinterContext.to(_SERIAL, roots=(root,)))
