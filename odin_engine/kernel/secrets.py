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
                "The key is damaged. Restore it from a backup."
            ) from error
        self.known = known or KnownSecrets()

    def seal(self, value: str) -> str:
        """Returns the value encrypted, as text for a column."""
        self.known.add(value)
        return self._cipher.encrypt(value.encode()).decode()

    def open(self, sealed: str) -> str:
        """Returns what was sealed.

        Raises:
            KeyUnusable: it was sealed with another key, or is damaged.
        """
        try:
            value = self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise KeyUnusable(
                f"A stored secret does not fit {KEY_FILE}. Restore the key file that "
                "belongs to this database from a backup."
            ) from error
        self.known.add(value)
        return value


def load_secrets(data_dir: Path, known: KnownSecrets | None = None) -> Secrets:
    """Opens the key file of a data directory, making one (0600) the first time.

    A key that others can read is closed to them, and the log says so.
    """
    path = data_dir / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        _close_to_others(path)
    else:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(descriptor)
    return Secrets(path.read_bytes().strip(), known)


def _close_to_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        path.chmod(0o600)
        _LOG.warning("%s was open to others (%o); made it 600", path, mode)
