"""Who is at the other end: a printer's certificate, checked inside the handshake.

Printers show a leaf certificate whose common name is the serial, signed by their maker.
No browser trusts that maker, so trust is built here: the name must be the serial that
was asked for, and the leaf must be the one seen before, if there was one. Both are
settled before the first byte of ours leaves: no access code goes to a stranger.

The maker's root certificates are not shipped with this product. Whoever has them drops
the PEM files into a folder (`load_roots`); a leaf that chains to one of them is then
shown as signed by the maker. Without them the first leaf is pinned on trust.
Source: docs/protocols/bambu.md §3.
"""

import contextlib
import hashlib
import logging
import socket
import ssl
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, override

from cryptography import x509
from cryptography.x509.oid import NameOID

from odin_engine.printers.model import (
    CertificateChanged,
    ProtocolViolation,
    WrongSerial,
)
from odin_engine.printers.ports import Certificate

_LOG = logging.getLogger(__name__)
_PEM_SUFFIXES = frozenset({".pem", ".crt", ".cer"})
MOST_AT_ONCE = 1 << 20
"""More than any packet of a printer has; see `_CheckedSocket.recv`."""

type Roots = tuple[x509.Certificate, ...]


def load_roots(folder: Path | None) -> Roots:
    """Returns the certificates in a folder's PEM files; a bad file is logged and left out."""
    if folder is None or not folder.is_dir():
        return ()
    roots: list[x509.Certificate] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _PEM_SUFFIXES:
            continue
        try:
            roots.extend(x509.load_pem_x509_certificates(path.read_bytes()))
        except (OSError, ValueError, x509.InvalidVersion) as error:
            _LOG.warning("no certificate could be read from %s: %s", path.name, error)
    return tuple(roots)


class PrinterContext(ssl.SSLContext):
    """A TLS context for one machine: a connection that is not to it is never made.

    Works with blocking sockets, which check inside `do_handshake`. An asyncio
    connection must call `admit` before it writes anything.
    """

    serial: str | None
    pin_sha256: str | None
    roots: Roots
    certificate: Certificate | None
    _latest: weakref.ref[ssl.SSLSocket] | None
    _is_severed: bool

    @classmethod
    def to(
        cls,
        serial: str | None,
        pin_sha256: str | None = None,
        roots: Roots = (),
        newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ) -> Self:
        """Returns a context for the machine with that serial and pinned leaf, if any."""
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.maximum_version = newest
        context.sslsocket_class = _CheckedSocket
        context.serial = serial
        context.pin_sha256 = pin_sha256
        context.roots = roots
        context.certificate = None
        context._latest = None
        context._is_severed = False
        return context

    @override
    def wrap_socket(self, sock: socket.socket, *args: Any, **options: Any) -> Any:
        """Wraps a socket; the name asked for is the serial, never the address."""
        options["server_hostname"] = self.serial
        wrapped = super().wrap_socket(sock, *args, **options)
        self._latest = weakref.ref(wrapped)
        if self._is_severed:
            wrapped.close()
            raise ConnectionAbortedError("given up meanwhile")
        return wrapped

    @override
    def wrap_bio(self, *args: Any, **options: Any) -> Any:
        """Does for asyncio what `wrap_socket` does."""
        options["server_hostname"] = self.serial
        return super().wrap_bio(*args, **options)

    def sever(self) -> None:
        """Cuts the latest blocking socket, whatever it is doing, and allows no other.

        Safe from any thread.
        """
        self._is_severed = True
        wrapped = self._latest() if self._latest is not None else None
        if wrapped is not None:
            with contextlib.suppress(OSError, ValueError):
                socket.socket.shutdown(wrapped, socket.SHUT_RDWR)

    def admit(self, connection: ssl.SSLSocket | ssl.SSLObject) -> None:
        """Accepts the machine at the other end, or says why not.

        Raises:
            WrongSerial: its certificate names another machine.
            CertificateChanged: it is not the certificate that was pinned.
            ProtocolViolation: it shows no certificate that can be read.
        """
        self.certificate = None
        shown = read_certificate(connection, self.roots)
        self.certificate = shown
        if self.serial is not None and shown.common_name != self.serial:
            raise WrongSerial(
                _wrong_serial(self.serial, shown.common_name),
                expected=self.serial,
                found=shown.common_name,
            )
        if self.pin_sha256 is not None and shown.sha256 != self.pin_sha256:
            raise CertificateChanged(
                "The printer shows another certificate than before, so nothing was sent "
                "to it. That is normal after LAN or Developer mode was switched: compare "
                "both fingerprints, then confirm the new one.",
                pinned=self.pin_sha256,
                found=shown.sha256,
            )


class _CheckedSocket(ssl.SSLSocket):
    """A blocking socket that is closed at once when the handshake shows a stranger."""

    @override
    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
            context = self.context
            if isinstance(context, PrinterContext):
                context.admit(self)
        except BaseException:
            # paho, which calls this, leaves a socket open that could not be used.
            self.close()
            raise

    @override
    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """Receives; ends a connection on which more is announced than makes sense.

        paho asks for what a packet still lacks, and keeps up to 256 MB of one.
        """
        if buflen > MOST_AT_ONCE:
            self.close()
            raise ConnectionAbortedError(f"{buflen} bytes are announced")
        return super().recv(buflen, flags)


def read_certificate(
    connection: ssl.SSLSocket | ssl.SSLObject, roots: Roots = ()
) -> Certificate:
    """Returns the leaf shown by a connection whose handshake is done.

    Raises:
        ProtocolViolation: there is none, or it cannot be read.
    """
    der = connection.getpeercert(binary_form=True)
    if not der:
        raise ProtocolViolation(
            "The machine shows no certificate; it is no such printer."
        )
    try:
        leaf = x509.load_der_x509_certificate(der)
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except (ValueError, x509.InvalidVersion) as error:
        raise ProtocolViolation(
            f"The machine shows a certificate that cannot be read: {error}"
        ) from error
    return Certificate(
        common_name=str(names[0].value) if names else "",
        sha256=hashlib.sha256(der).hexdigest(),
        is_vendor_signed=_is_signed(leaf, connection.get_unverified_chain(), roots),
    )


def _is_signed(
    leaf: x509.Certificate, chain: Sequence[bytes | None] | None, roots: Roots
) -> bool:
    """Whether a chain leads from the leaf to one of the roots.

    OpenSSL's own rules without the strict ones: the maker's authority lacks
    extensions that Python asks for by default since 3.13.
    """
    if not roots:
        return False
    # Few have the roots; who has not need not start with 1.2 MB and 5 ms more.
    from OpenSSL import crypto  # noqa: PLC0415

    store = crypto.X509Store()
    store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
    for root in roots:
        store.add_cert(crypto.X509.from_cryptography(root))
    try:
        between = [
            crypto.X509.from_cryptography(x509.load_der_x509_certificate(der))
            for der in (chain or ())[1:]
            if der
        ]
        crypto.X509StoreContext(
            store, crypto.X509.from_cryptography(leaf), between
        ).verify_certificate()
    except crypto.Error, crypto.X509StoreContextError, ValueError, x509.InvalidVersion:
        return False
    return True


def _wrong_serial(expected: str, found: str) -> str:
    if expected.upper() == found.upper():
        return (
            f"The serial is {found}: upper and lower case matter, and {expected} "
            "would stay silent for ever. Correct it."
        )
    return (
        f"The machine at this address is {found or 'unnamed'}, not {expected}. "
        "Check the address and the serial; nothing was sent to it."
    )
