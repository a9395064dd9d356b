"""Each printer's own certificate: self-signed, common name = serial, kept on disk.

Real machines carry a leaf under a vendor CA; ours stands for an old self-signed one, so
clients must pin it. Source: docs/protocols/bambu.md §3.
"""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_FROM = datetime(2025, 1, 1, tzinfo=UTC)
_UNTIL = datetime(2045, 1, 1, tzinfo=UTC)


def keep_certificate(path: Path, serial: str) -> Path:
    """Makes the certificate with its key on first use; later uses find it again."""
    if not path.exists():
        make_certificate(path, serial)
    return path


def make_certificate(path: Path, serial: str) -> None:
    """Writes a fresh certificate and key over whatever was there."""
    # An elliptic key: hundreds are made in a second, RSA would take minutes.
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, serial)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .sign(key, hashes.SHA256())
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )


def server_context(path: Path) -> ssl.SSLContext:
    """Makes the TLS settings of every port of a printer.

    TLS 1.2 at most: the machines refuse more on 990 (§3), and a TLS 1.3 server cuts
    uploads of clients that close without notice and still answers 226.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(path)
    return context


def fingerprint(path: Path) -> str:
    """Gives the SHA-256 of the leaf in hexadecimal, as clients pin it."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.fingerprint(hashes.SHA256()).hex()
