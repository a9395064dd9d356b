"""Making a recording fit to be shown: what names a person or a machine is replaced.

The same value becomes the same stand-in everywhere, of the same kind and length, so
that a replay of the result behaves as the original did. Pure; `odin record` uses it.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from odin_engine.printers.ports import Record

_SERIAL_KEYS = frozenset({"sn", "serial", "dev_id"})
_TAG_KEYS = frozenset({"tag_uid", "tray_uuid", "uuid"})
_ID_KEYS = frozenset(
    {
        "task_id",
        "subtask_id",
        "project_id",
        "profile_id",
        "job_id",
        "design_id",
        "model_id",
        "user_id",
        "uid",
        "chip_id",
    }
)
_NAME_KEYS = frozenset({"subtask_name", "gcode_file", "file", "param", "title", "url"})
_PRIVATE_KEY = re.compile(
    r"token|secret|passw|authkey|ttcode|access_?code|ssid|^mac$|email|account|user_?name"
    r"|dev_?name|latitude|longitude",
    re.IGNORECASE,
)
# Versions have leading zeros (01.07.00.00), addresses have none.
_OCTET = r"(?:0|[1-9]\d{0,2})"
_ADDRESS = re.compile(rf"(?<![\d.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\d.])")
_URL = re.compile(r"https?://\S+")
_PLATE = re.compile(r"plate_\d+")
_SUFFIXES = (".gcode.3mf", ".3mf", ".gcode")
_PREFIX = 3
_DOCUMENTATION_NET = int(ipaddress.IPv4Address("192.0.2.10"))
_SHORTEST_NAME = 3
_SHORTEST_SECRET = 4
_DEEPEST = 64
"""Reports nest six levels; what is deeper could not be written down, and is left out."""


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

    def replacer(self, kinds: Collection[str]) -> Callable[[str], str]:
        """Returns a function that replaces the values known of some kinds in a text."""
        known = {
            value: shown
            for (kind, value), shown in self.stand_ins.items()
            if kind in kinds
        }
        if not known:
            return lambda text: text
        # Longer values first: one may be part of another.
        words = sorted(known, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, words)))
        return lambda text: pattern.sub(lambda found: known[found[0]], text)


def sanitise(
    records: Sequence[Record], secrets: Iterable[str] = ()
) -> tuple[tuple[Record, ...], Mapping[str, int]]:
    """Returns records without private values, and how many of each kind there were.

    `secrets` are values known to be secret, such as the access code; they go wherever
    they stand.
    """
    book = _Book()
    for record in records:
        _learn_topic(record.topic, book)
        _learn(record.payload, "", book)
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            book.stand_in("secret", secret, lambda _: "*" * _SHORTEST_SECRET)
    cleaner = _Cleaner(book)
    cleaned = tuple(
        replace(
            record,
            topic=cleaner.text(record.topic),
            payload=cleaner.clean(record.payload, ""),
            printer_id=None,
        )
        for record in records
    )
    return cleaned, dict(book.counts)


def _learn_topic(topic: str, book: _Book) -> None:
    parts = topic.split("/")
    if len(parts) > 1 and parts[0] == "device":
        _serial(parts[1], book)


def _serial(value: str, book: _Book) -> None:
    if len(value) > _PREFIX and value.strip("0"):
        size = len(value) - _PREFIX
        book.stand_in("serial", value, lambda n: f"{value[:_PREFIX]}{n:0{size}d}")


def _learn(value: Any, key: str, book: _Book, depth: int = 0) -> None:  # noqa: ANN401 - a wire value
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            _learn(inner, str(name), book, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _learn(inner, key, book, depth + 1)
    elif isinstance(value, str):
        _learn_text(value, key, book)


def _learn_text(value: str, key: str, book: _Book) -> None:
    if key in _SERIAL_KEYS:
        _serial(value, book)
    elif key in _TAG_KEYS and value.strip("0"):
        book.stand_in("tag", value, lambda n: f"{n:0{len(value)}X}")
    elif key in _NAME_KEYS:
        _learn_name(value, book)


def _learn_name(value: str, book: _Book) -> None:
    """Learns the stem of a file or job; plates keep their names, they carry meaning."""
    stem = value.rsplit("/", 1)[-1]
    for suffix in _SUFFIXES:
        stem = stem.removesuffix(suffix)
    if len(stem) < _SHORTEST_NAME or _PLATE.fullmatch(stem) or "\n" in value:
        return
    is_plain = stem.isascii()

    def make(number: int) -> str:
        name = f"sample_job_{number:02d}{'' if is_plain else '_låda'}"
        return name.ljust(len(stem), "x")

    book.stand_in("job name", stem, make)


class _Cleaner:
    """Replaces values, once all of them are known."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self._everywhere = book.replacer({"serial", "tag", "secret"})
        # A job may be called "PLA": its name is replaced where names stand, only.
        self._names = book.replacer({"job name"})

    def clean(self, value: Any, key: str, depth: int = 0) -> Any:  # noqa: ANN401 - a wire value
        """Returns a value of a payload, cleaned by the key that it stands under."""
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {
                name: self.clean(inner, str(name), depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.clean(inner, key, depth + 1) for inner in value]
        if value.__class__ is int:
            return self._number(value, key)
        return self._word(value, key) if isinstance(value, str) else value

    def _number(self, value: int, key: str) -> int:
        if key in _ID_KEYS and value > 0:
            return int(self._identity(str(value)))
        if key == "ip" and 0 < value < 1 << 32:
            # Little-endian in `net.info` (§6.1).
            address = str(ipaddress.IPv4Address(value.to_bytes(4, "little")))
            shown = ipaddress.IPv4Address(self._address(address))
            return int.from_bytes(shown.packed, "little")
        return value

    def _word(self, value: str, key: str) -> str:
        if key in _ID_KEYS:
            return self._identity(value) if value.strip("0") else value
        if value and _PRIVATE_KEY.search(key):
            size = len(value)
            return self._book.stand_in("private value", value, lambda _: "x" * size)
        if key in _NAME_KEYS:
            value = self._names(value)
        return self.text(value)

    def text(self, value: str) -> str:
        """Returns a text without serials, tags, secrets, links and addresses."""
        value = self._everywhere(value)
        value = _URL.sub(lambda found: self._url(found[0]), value)
        return _ADDRESS.sub(lambda found: self._address(found[0]), value)

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
