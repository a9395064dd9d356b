"""Users: what a name and a password may be, and when an account locks."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from odin_engine.identity.model.roles import Role
from odin_engine.kernel.errors import Invalid, Problem

MOST_NAME_CHARS = 64
MOST_DISPLAY_NAME_CHARS = 128
LEAST_PASSWORD_CHARS = 8
LONG_PASSWORD_CHARS = 16
"""From here on length alone makes a password hard to guess."""
MOST_PASSWORD_BYTES = 256
"""Hashing costs grow with length; nobody types more."""

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)

_NAME_PUNCTUATION = frozenset("._-@+ ")
_LETTERS_MARKS_NUMBERS = frozenset("LMN")
_ZERO_WIDTH_JOINER = "\u200d"
"""Holds emoji of families and flags together; harmless, unlike its neighbours."""


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account. `version` grows with every change of it."""

    id: str
    name: str
    display_name: str
    role: Role
    is_active: bool
    must_change_password: bool
    created_at: datetime
    last_login_at: datetime | None
    locked_until: datetime | None
    version: int

    @property
    def is_acting_admin(self) -> bool:
        """Whether this user can administer today."""
        return self.is_active and self.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class UserChange:
    """What to change of a user; `None` leaves a field as it is."""

    name: str | None = None
    display_name: str | None = None
    role: Role | None = None
    is_active: bool | None = None


def name_key(name: str) -> str:
    """Returns what two names share when they are the same to a person.

    Takes any text: what no name can hold becomes a question mark, which none holds.
    """
    text = name.strip().encode(errors="replace").decode()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded)


def checked_name(name: str) -> str:
    """Returns the name as it is kept.

    Raises:
        Invalid: it is empty, too long, or holds more than letters, digits and `._-@+`.
    """
    kept = unicodedata.normalize("NFC", name.strip())
    if not 1 <= len(kept) <= MOST_NAME_CHARS:
        raise _wrong("name", f"Use 1 to {MOST_NAME_CHARS} characters.")
    if not all(_is_for_names(char) for char in kept) or "  " in kept:
        raise _wrong("name", "Use letters, digits, single spaces and . _ - @ + only.")
    return kept


def checked_display_name(display_name: str) -> str:
    """Returns the display name as it is kept; it may be empty.

    Raises:
        Invalid: it is too long or holds characters that cannot be seen.
    """
    kept = unicodedata.normalize("NFC", display_name.strip())
    if len(kept) > MOST_DISPLAY_NAME_CHARS:
        raise _wrong(
            "display_name", f"Use at most {MOST_DISPLAY_NAME_CHARS} characters."
        )
    if not all(is_visible(char) for char in kept):
        raise _wrong("display_name", "Leave out characters that cannot be seen.")
    return kept


def checked_password(password: str, name: str) -> str:
    """Returns the password if that user may have it.

    Raises:
        Invalid: it is too easy to guess, too long, or the name itself.
    """
    if not can_be_password(password):
        raise _wrong("password", f"Use at most {MOST_PASSWORD_BYTES} bytes of text.")
    if name_key(password) == name_key(name):
        raise _wrong("password", "Choose something other than the name.")
    if len(password) < LONG_PASSWORD_CHARS and not (
        len(password) >= LEAST_PASSWORD_CHARS
        and any(char.isupper() for char in password)
        and any(char.islower() for char in password)
        and any(char.isdigit() for char in password)
    ):
        raise _wrong(
            "password",
            f"Use at least {LEAST_PASSWORD_CHARS} characters with an upper-case letter,"
            f" a lower-case letter and a digit, or at least {LONG_PASSWORD_CHARS}"
            " characters of any kind.",
        )
    return password


def can_be_password(text: str) -> bool:
    """Whether anybody could have this password: short enough, and encodable."""
    try:
        return len(password_bytes(text)) <= MOST_PASSWORD_BYTES
    except UnicodeEncodeError:
        return False


def password_bytes(text: str) -> bytes:
    """Returns what is hashed: the same on every keyboard (Unicode NFC), as UTF-8."""
    return unicodedata.normalize("NFC", text).encode()


def is_visible(char: str) -> bool:
    """Whether the character shows: no controls, direction marks or half characters."""
    return (
        char == _ZERO_WIDTH_JOINER
        or unicodedata.category(char)[0] not in "CZ"
        or (char == " ")
    )


def lock_after(failures: int, now: datetime) -> datetime | None:
    """Returns until when an account is locked after that many failures in a row."""
    return now + LOCK if failures >= FAILURES_BEFORE_LOCK else None


def _is_for_names(char: str) -> bool:
    return (
        unicodedata.category(char)[0] in _LETTERS_MARKS_NUMBERS
        or char in _NAME_PUNCTUATION
    )


def _wrong(field: str, detail: str) -> Invalid:
    return Invalid(detail, Problem(f"/{field}", detail))
