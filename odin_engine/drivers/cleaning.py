"""Making a recording fit to be shown: what names a person or a machine is replaced.

The same value becomes the same stand-in everywhere, of the same kind and length, so
that a replay of the result behaves as the original did. Pure. Each family says by
`PrivateKeys` under which keys of its payloads what stands.
"""

import contextlib
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote

import orjson

from odin_engine.printers.ports import Record

_PRIVATE = re.compile(
    r"token|secret|passw|(auth|api|app|access|private)[_-]?key|^auth$"
    r"|ttcode|access_?code|ssid|^mac(_?addr(ess)?)?$|e_?mail|account|^user$|user_?name"
    r"|host_?name|dev_?name|latitude|longitude|^location$|credential|cookie",
    re.IGNORECASE,
)
# Versions have leading zeros (01.07.00.00), addresses have none.
_OCTET = r"(?:0|[1-9]\d{0,2})"
_ADDRESS = re.compile(rf"(?<![\d.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\d.])")
_URL = re.compile(r"(?:https?|wss?)://[^\s\"'<>]+")
_MAC = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-F:])")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+")
_QUERY = re.compile(r"(?<=[?&])([^=&\s]{1,64})=([^&\s]+)")
_HOME = re.compile(r"(?<![\w.-])/home/([^/\s:\"']{1,64})(?=/)")
"""Hosts say where their software lies: in somebody's folder."""
_PLATE = re.compile(r"plate_\d+")
_SUFFIXES = (
    ".gcode.3mf",
    ".3mf",
    ".gcode",
    ".bgcode",
    ".gco",
    ".goo",
    ".ctb",
    ".ufp",
    ".g",
)
_FILE = re.compile(
    r"[^/?&=\s]+(?:%s)(?![\w.])" % "|".join(map(re.escape, _SUFFIXES)),  # noqa: UP031 - braces are the pattern's
    re.IGNORECASE,
)
_FOLDERS = frozenset(
    {"sdcard", "data", "cache", "usb", "usb0", "local", "gcodes", "media", "mnt"}
    | {"home", "Metadata", "model", "files"}
)
"""Folders that machines have by themselves."""
_USER = "user"
_PREFIX = 3
_DOCUMENTATION_NET = int(ipaddress.IPv4Address("192.0.2.10"))
_SHORTEST_NAME = 3
_SHORTEST_SECRET = 4
_DEEPEST = 64
"""Reports nest six levels; what is deeper could not be written down, and is left out."""


@dataclass(frozen=True, slots=True)
class PrivateKeys:
    """Which keys of a family's payloads hold what is replaced.

    `ids` are numbers or their text, `names` names of files and jobs. `topic` finds a
    serial in a topic by its first group. Under `packed_addresses` stand IPv4 addresses
    as little-endian numbers.
    """

    serials: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    private: re.Pattern[str] = _PRIVATE
    topic: re.Pattern[str] | None = None
    packed_addresses: frozenset[str] = frozenset()


def sanitise(
    records: Sequence[Record], secrets: Iterable[str], keys: PrivateKeys
) -> tuple[list[Record], Mapping[str, int]]:
    """Returns records without private values, and how many of each kind there were.

    `secrets` are values known to be secret, such as an access code; they go wherever
    they stand.
    """
    book = _Book()
    learner = _Learner(book, keys)
    for record in records:
        learner.topic(record.topic)
        learner.learn(_opened(record.payload), "")
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            book.stand_in("secret", secret, lambda _: "*" * _SHORTEST_SECRET)
    cleaner = _Cleaner(book, keys)
    cleaned = [
        replace(
            record,
            topic=cleaner.topic(record.topic),
            payload=cleaner.payload(record.payload),
            printer_id=None,
        )
        for record in records
    ]
    return cleaned, dict(book.counts)


def _opened(payload: dict[str, Any] | str) -> Any:  # noqa: ANN401 - a wire value
    """Returns what a text says that is JSON, such as a list; else the payload."""
    if isinstance(payload, str) and payload[:1] in {"[", "{"}:
        with contextlib.suppress(orjson.JSONDecodeError):
            return orjson.loads(payload)
    return payload


@dataclass(slots=True)
class _Book:
    """Which value became which, by kind."""

    stand_ins: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def stand_in(self, kind: str, value: str, make: Callable[[int], str]) -> str:
        """Returns what stands for a value, the same each time."""
        known = self.stand_ins.get((kind, value))
        if known is None:
            self.counts[kind] += 1
            known = self.stand_ins[kind, value] = make(self.counts[kind])
        return known

    def replacer(
        self, kinds: Collection[str], behind: str = ""
    ) -> Callable[[str], str]:
        """Returns a function that replaces the values known of some kinds in a text.

        `behind` is a pattern that must follow them.
        """
        known = {
            value: shown
            for (kind, value), shown in self.stand_ins.items()
            if kind in kinds
        }
        in_paths = {quote(value): quote(shown) for value, shown in known.items()}
        known = in_paths | known
        if not known:
            return lambda text: text
        # Longer values first: one may be part of another.
        words = sorted(known, key=len, reverse=True)
        pattern = re.compile(f"(?:{'|'.join(map(re.escape, words))}){behind}")
        return lambda text: pattern.sub(lambda found: known[found[0]], text)


class _Learner:
    """Finds the values that are replaced wherever they stand."""

    def __init__(self, book: _Book, keys: PrivateKeys) -> None:
        self._book = book
        self._keys = keys

    def topic(self, topic: str) -> None:
        found = self._keys.topic.search(topic) if self._keys.topic is not None else None
        if found is not None:
            self._serial(found[1])
        for name in _FILE.findall(topic):
            self._name(unquote(name))

    def learn(self, value: Any, key: str, depth: int = 0) -> None:  # noqa: ANN401 - a wire value
        if depth > _DEEPEST:
            return
        if isinstance(value, dict):
            for name, inner in value.items():
                self.learn(inner, str(name), depth + 1)
        elif isinstance(value, list):
            for inner in value:
                self.learn(inner, key, depth + 1)
        elif isinstance(value, str):
            self._text(value, key)

    def _text(self, value: str, key: str) -> None:
        if key in self._keys.serials:
            self._serial(value)
        elif key in self._keys.tags and value.strip("0"):
            self._book.stand_in("tag", value, lambda n: f"{n:0{len(value)}X}")
        elif key in self._keys.names and "\n" not in value:
            self._name(value)
            if "://" not in value:
                self._folders(value)

    def _serial(self, value: str) -> None:
        if len(value) > _PREFIX and value.strip("0"):
            size = len(value) - _PREFIX
            self._book.stand_in(
                "serial", value, lambda n: f"{value[:_PREFIX]}{n:0{size}d}"
            )

    def _name(self, value: str) -> None:
        """Learns a name's stem; plates keep their names, they carry meaning."""
        stem = value.rsplit("/", 1)[-1]
        for suffix in _SUFFIXES:
            stem = stem.removesuffix(suffix)
        if len(stem) < _SHORTEST_NAME or _PLATE.fullmatch(stem):
            return
        is_plain = stem.isascii()

        def make(number: int) -> str:
            name = f"sample_job_{number:02d}{'' if is_plain else '_låda'}"
            return name.ljust(len(stem), "x")

        self._book.stand_in("job name", stem, make)

    def _folders(self, value: str) -> None:
        for name in _HOME.sub("/home", value).split("/")[:-1]:
            if len(name) >= _SHORTEST_NAME and name not in _FOLDERS:
                self._book.stand_in("folder", name, lambda n: f"folder_{n:02d}")


class _Cleaner:
    """Replaces values, once all of them are known."""

    def __init__(self, book: _Book, keys: PrivateKeys) -> None:
        self._book = book
        self._keys = keys
        self._everywhere = book.replacer({"serial", "tag", "secret"})
        # A job may be called "PLA": its bare name is replaced where names stand, only.
        self._names = book.replacer({"job name", "folder"})
        self._cleaned_keys: dict[str, str] = {}
        suffixes = "|".join(map(re.escape, _SUFFIXES))
        self._files = book.replacer({"job name"}, rf"(?=(?:{suffixes})(?![\w]))")

    def topic(self, topic: str) -> str:
        """Returns a topic, whose path may name files and whose query may hold keys."""
        return self.text(_QUERY.sub(self._parameter, self._names(topic)))

    def payload(self, payload: dict[str, Any] | str) -> Any:  # noqa: ANN401 - a wire value
        """Returns a payload, cleaned; a text stays one."""
        cleaned = self.clean(_opened(payload), "")
        if isinstance(payload, str) and not isinstance(cleaned, str):
            return orjson.dumps(cleaned).decode()
        return cleaned

    def clean(self, value: Any, key: str, depth: int = 0) -> Any:  # noqa: ANN401 - a wire value
        """Returns a value of a payload, cleaned by the key that it stands under."""
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {
                self._key(str(name)): self.clean(inner, str(name), depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.clean(inner, key, depth + 1) for inner in value]
        if value.__class__ is int:
            return self._number(value, key)
        if value.__class__ is float:
            return 0.0 if value and self._keys.private.search(key) else value
        return self._word(value, key) if isinstance(value, str) else value

    def _key(self, key: str) -> str:
        known = self._cleaned_keys.get(key)
        if known is None:
            known = self._cleaned_keys[key] = self.text(key)
        return known

    def _number(self, value: int, key: str) -> int:
        if key in self._keys.ids and value > 0:
            return int(self._identity(str(value)))
        if key in self._keys.packed_addresses and 0 < value < 1 << 32:
            address = str(ipaddress.IPv4Address(value.to_bytes(4, "little")))
            shown = ipaddress.IPv4Address(self._address(address))
            return int.from_bytes(shown.packed, "little")
        return value

    def _word(self, value: str, key: str) -> str:
        if key in self._keys.ids:
            return self._identity(value) if value.strip("0") else value
        if value and self._keys.private.search(key):
            return self._private(value)
        if key in self._keys.names:
            value = self._names(value)
        return self.text(value)

    def text(self, value: str) -> str:
        """Returns a text without what names a person or a machine anywhere in it."""
        value = self._files(self._everywhere(value))
        value = _HOME.sub(lambda found: f"/home/{self._user(found[1])}", value)
        value = _URL.sub(lambda found: self._url(found[0]), value)
        value = _MAIL.sub(lambda found: self._private(found[0]), value)
        value = _MAC.sub(lambda found: self._mac(found[0]), value)
        return _ADDRESS.sub(lambda found: self._address(found[0]), value)

    def _parameter(self, found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        is_private = self._keys.private.search(name) is not None
        return f"{name}={self._private(value) if is_private else value}"

    def _private(self, value: str) -> str:
        size = len(value)
        return self._book.stand_in("private value", value, lambda _: "x" * size)

    def _user(self, value: str) -> str:
        if value == _USER:
            return value
        return self._book.stand_in("user name", value, lambda _: _USER)

    def _identity(self, value: str) -> str:
        """Returns a number of as many digits: one below 2³¹ stays below it."""
        size = len(value)
        return self._book.stand_in(
            "id", value, lambda number: f"1{number:0{size - 1}d}"[:size]
        )

    def _url(self, value: str) -> str:
        return self._book.stand_in(
            "web address", value, lambda number: f"https://example.invalid/{number}"
        )

    def _mac(self, value: str) -> str:
        return self._book.stand_in(
            "hardware address", value, lambda n: f"02:00:00:00:00:{n % 256:02X}"
        )

    def _address(self, value: str) -> str:
        if value.startswith(("0.", "127.", "255.", "192.0.2.")):
            return value
        return self._book.stand_in(
            "network address",
            value,
            lambda number: str(
                ipaddress.IPv4Address(_DOCUMENTATION_NET + (number - 1) % 200)
            ),
        )
