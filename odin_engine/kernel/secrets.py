"""Secrets at rest, and knowing them again in a log line.

Stores call `seal` and `open` themselves; there is no hidden cipher. Losing the key
file means losing every secret, so `odin backup` keeps it with the rest.
"""

import logging
import os
import stat
from pathlib import Path
from typing import ClassVar

from cryptography.fernet import Fernet, InvalidToken

from odin_engine.kernel.errors import OdinError

_LOG = logging.getLogger(__name__)

KEY_FILE = "secret.key"
_SHORTEST_KNOWN = 6
"""Shorter values would blot out ordinary words in the log."""


class KeyUnusable(OdinError):
    """The key file is damaged, or belongs to another database."""

    code: ClassVar[str] = "key_unusable"


class KnownSecrets:
    """Secret values seen in this process, so that the log can leave them out."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def add(self, value: str) -> None:
        """Notes a value; very short ones are left to the log's patterns."""
        if len(value) >= _SHORTEST_KNOWN and value not in self._values:
            self._values.append(value)
            # Longest first: a value within another must not leave the rest of it.
            self._values.sort(key=len, reverse=True)

    def forget(self, value: str) -> None:
        """Drops a value that is no secret any more."""
        if value in self._values:
            self._values.remove(value)

    def hide_in(self, text: str, mask: str) -> str:
        """Returns the text with each known value masked."""
        for value in self._values:
            if value in text:
                text = text.replace(value, mask)
        return text


class Secrets:
    """Seals and opens short texts with one key. Everything opened becomes known."""

    def __init__(self, key: bytes, known: KnownSecrets | None = None) -> None:
        try:
            self._cipher = Fernet(key)
        except ValueError as error:
            raise KeyUnusable(
                f"The key is damaged: {KEY_FILE} holds none. Restore it from a backup "
                "(`odin restore FILE`): without it no stored secret can be read."
            ) from error
        self.known = known or KnownSecrets()

    def seal(self, value: str) -> str:
        """Returns the value encrypted, as text for a column."""
        self.known.add(value)
        return self.encrypt(value)

    def encrypt(self, text: str) -> str:
        """Returns a text encrypted that may hold secrets and is none by itself.

        The log does not look for it: it would look for every such text for ever.
        """
        return self._cipher.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Returns what was sealed. Raises as `decrypt`."""
        value = self.decrypt(sealed)
        self.known.add(value)
        return value

    def decrypt(self, sealed: str) -> str:
        """Returns what was encrypted.

        Raises:
            KeyUnusable: it was encrypted with another key, or is damaged.
        """
        try:
            return self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise KeyUnusable(
                f"A stored secret does not fit {KEY_FILE}. Restore the key file that "
                "belongs to this database from a backup."
            ) from error


def load_secrets(data_dir: Path, known: KnownSecrets | None = None) -> Secrets:
    """Opens the key file of a data directory, making one (0600) the first time.

    A key that others can read is closed to them, and the log says so.

    Raises:
        KeyUnusable: it is damaged, or the system does not let us have it.
    """
    path = data_dir / KEY_FILE
    try:
        return Secrets(_read_or_make(path), known)
    except OSError as error:
        remedy = (
            "Let the user that runs the engine read it, and write in its folder; "
            "ODIN_DATA_DIR names another folder."
            if isinstance(error, PermissionError)
            else "See that the disk is well and has room."
        )
        raise KeyUnusable(
            f"The key file {path} cannot be used: {error.strerror}. {remedy}"
        ) from error


def _read_or_make(path: Path) -> bytes:
    if path.exists():
        _close_to_others(path)
    else:
        _make(path)
    return path.read_bytes().strip()


def _make(path: Path) -> None:
    """Makes a key that is there as a whole or not at all, also after a power cut."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
        file.flush()
        os.fsync(descriptor)
    # Of two that begin at once the first one's key counts.
    try:
        path.hardlink_to(fresh)
    except OSError:
        # There already; or a file system without links, such as exFAT.
        if not path.exists():
            fresh.replace(path)
    fresh.unlink(missing_ok=True)


def _close_to_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        path.chmod(0o600)
        _LOG.warning("%s was open to others (%o); made it 600", path, mode)
