"""What opens the door: sessions, tokens and the setup code.

A secret is kept only as its SHA-256. They are all random and long, so a fast hash is
enough; only passwords, which people choose, need a slow one.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from odin_engine.identity.model.roles import Role
from odin_engine.identity.model.users import is_visible
from odin_engine.kernel.errors import Invalid, Problem

SESSION_IDLE = timedelta(days=14)
SESSION_ABSOLUTE = timedelta(days=90)
SETUP_CODE_VALID = timedelta(minutes=30)

SESSION_BYTES = 32
SETUP_CODE_CHARS = 10
"""50 bits: with ten tries per address in five minutes nobody guesses it in half an hour."""
TOKEN_CHARS = 40
"""238 bits of base 62."""
TOKEN_PREFIX = "odin_"  # noqa: S105 - the public start of every token
MOST_TOKEN_NAME_CHARS = 100
SHOWN_TOKEN_CHARS = len(TOKEN_PREFIX) + 4

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U, so that nothing is read wrongly off a screen.

Source: https://www.crockford.com/base32.html
"""
_MISREAD = str.maketrans("OIL", "011")
_TOKEN = re.compile(rf"{TOKEN_PREFIX}[0-9A-Za-z]{{{TOKEN_CHARS}}}")
_SESSION = re.compile(r"[0-9A-Za-z_-]{43}")
_PERSON = re.compile(r"ha:[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    id: str
    user_id: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When it ends unless it is used again."""
        return min(self.last_seen_at + SESSION_IDLE, self.created_at + SESSION_ABSOLUTE)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's key. `prefix` is what people see of it; `default_role` is for act-as."""

    id: str
    user_id: str
    name: str
    prefix: str
    scopes: frozenset[str]
    default_role: Role
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it has not run out."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class SetupCode:
    """The one-time code that makes the first administrator; lives in memory only."""

    text: str
    expires_at: datetime

    @property
    def printed(self) -> str:
        """The code as people read it: `XXXX-XXXX-XX`."""
        return f"{self.text[:4]}-{self.text[4:8]}-{self.text[8:]}"

    def matches(self, typed: str) -> bool:
        """Whether that was typed, whatever the letter case, hyphens and spaces."""
        kept = "".join(char for char in typed.upper() if char not in "- ")
        mine, theirs = self.text, kept.translate(_MISREAD)
        return hmac.compare_digest(mine.encode(), theirs.encode(errors="replace"))


def fingerprint(secret: str) -> str:
    """Returns the SHA-256 under which a secret is kept, as 64 hex digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_token(session_secret: str) -> str:
    """Returns the token bound to a session.

    Who holds the cookie's value can work it out; a page of another site cannot.
    """
    digest = hmac.digest(session_secret.encode(), b"odin csrf", "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_csrf_token(session_secret: str, given: str) -> bool:
    """Whether that is the session's token; takes the same time whichever it is not."""
    mine = csrf_token(session_secret).encode()
    return hmac.compare_digest(mine, given.encode(errors="replace"))


def is_token_like(text: str) -> bool:
    """Whether that could be one of our tokens."""
    return _TOKEN.fullmatch(text) is not None


def is_session_like(text: str) -> bool:
    """Whether that could be a session's secret."""
    return _SESSION.fullmatch(text) is not None


def checked_token_name(name: str) -> str:
    """Returns a token's name as it is kept.

    Raises:
        Invalid: it is empty, too long, or holds characters that cannot be seen.
    """
    kept = unicodedata.normalize("NFC", name.strip())
    is_fine = 1 <= len(kept) <= MOST_TOKEN_NAME_CHARS
    if not is_fine or not all(is_visible(char) for char in kept):
        detail = f"Use 1 to {MOST_TOKEN_NAME_CHARS} visible characters."
        raise Invalid(detail, Problem("/name", detail))
    return kept


def checked_person(text: str, pointer: str = "/x-odin-on-behalf-of") -> str:
    """Returns `ha:<user id>` if it is one; `pointer` says where it stood.

    Raises:
        Invalid: it is not.
    """
    if _PERSON.fullmatch(text) is None:
        detail = "Name the person as ha:<user id of Home Assistant>."
        raise Invalid(detail, Problem(pointer, detail))
    return text


def checked_role(text: str) -> Role:
    """Returns the role a person has at Home Assistant.

    Raises:
        Invalid: it is none of ours.
    """
    if text not in set(Role):
        detail = f"The role is one of: {', '.join(Role)}."
        raise Invalid(detail, Problem("/x-odin-on-behalf-of-role", detail))
    return Role(text)


_BROWSERS = (
    ("Home Assistant/", "Home Assistant app"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_MOST_DEVICE_CHARS = 60


def device(user_agent: str) -> str:
    """Returns a user agent as a person would say it: `Firefox on Linux`."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser and system:
        return f"{browser} on {system}"
    shown = "".join(char for char in user_agent if char.isprintable())
    return browser or system or shown[:_MOST_DEVICE_CHARS] or "unknown"
