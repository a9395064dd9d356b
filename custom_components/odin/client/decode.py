"""JSON into frozen dataclasses, tolerant of what a newer engine says.

Unknown members are ignored. A value that is missing, of another kind, or a word that is
not known yet becomes the field's default; an item of a list that cannot be read is
left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

type Decoder = Callable[[Any], Any]


class Unreadable(ValueError):
    """A value that cannot be what it should be."""


def decode[T](kind: type[T], value: object) -> T:
    """Returns the JSON value as that dataclass.

    Raises:
        Unreadable: it is no object, or lacks a member without default.
    """
    plain: Any = kind
    decoded: T = decoder_of(plain)(value)
    return decoded


@cache
def field_decoders(kind: Any) -> Mapping[str, Decoder]:  # noqa: ANN401 - any model
    """Returns for each field of a dataclass what reads it, falling back on its default."""
    hints = get_type_hints(kind)
    return {each.name: _with_default(each, hints[each.name]) for each in fields(kind)}


@cache
def decoder_of(kind: Any) -> Decoder:  # noqa: ANN401 - any annotation
    """Returns what reads a value of that annotation.

    Raises:
        TypeError: a model is annotated with something that JSON has no form for.
    """
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type):
        return _dataclass(kind) if is_dataclass(kind) else _word(kind)
    return _generic(get_origin(kind), get_args(kind))


def _generic(origin: object, arguments: tuple[Any, ...]) -> Decoder:
    if origin in {Union, UnionType} and NoneType in arguments:
        (inner,) = (each for each in arguments if each is not NoneType)
        return _optional(decoder_of(inner))
    if origin is tuple:
        return _tuple(decoder_of(arguments[0]))
    if origin is Mapping:
        return _mapping(decoder_of(arguments[1]))
    raise TypeError(f"no JSON form for {origin}[{arguments}]")


def _dataclass(kind: type[Any]) -> Decoder:
    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, dict):
            raise Unreadable(kind.__name__)
        plain: Any = kind
        found = {
            name: decoder(value.get(name, MISSING))
            for name, decoder in field_decoders(plain).items()
        }
        return kind(**found)

    return read


def _with_default(of: Field[Any], annotation: Any) -> Decoder:  # noqa: ANN401 - any
    decoder = decoder_of(annotation)

    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if value is not MISSING:
            try:
                return decoder(value)
            except Unreadable:
                pass
        if of.default is not MISSING:
            return of.default
        if of.default_factory is not MISSING:
            return of.default_factory()
        raise Unreadable(of.name)

    return read


def _word(kind: type[Any]) -> Decoder:
    if not issubclass(kind, Enum):
        raise TypeError(f"no JSON form for {kind}")
    known = {member.value: member for member in kind}

    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, str) and value in known:
            return known[value]
        raise Unreadable(kind.__name__)

    return read


def _optional(inner: Decoder) -> Decoder:
    return lambda value: None if value is None else inner(value)


def _tuple(inner: Decoder) -> Decoder:
    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, list):
            raise Unreadable("list")
        items = []
        for each in value:
            try:
                items.append(inner(each))
            except Unreadable:
                continue
        return tuple(items)

    return read


def _mapping(inner: Decoder) -> Decoder:
    def read(value: Any) -> Any:  # noqa: ANN401 - JSON
        if not isinstance(value, dict):
            raise Unreadable("object")
        return {str(key): inner(each) for key, each in value.items()}

    return read


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return value
    raise Unreadable("text")


def _truth(value: Any) -> bool:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return value
    raise Unreadable("truth")


def _whole(value: Any) -> int:  # noqa: ANN401 - JSON
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Unreadable("whole number")


def _number(value: Any) -> float:  # noqa: ANN401 - JSON
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise Unreadable("number")


def _instant(value: Any) -> datetime:  # noqa: ANN401 - JSON
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        raise Unreadable("instant") from None
    if found.tzinfo is None:
        raise Unreadable("instant")
    return found


_PLAIN: dict[Any, Decoder] = {
    str: _text,
    bool: _truth,
    int: _whole,
    float: _number,
    datetime: _instant,
    Any: lambda value: value,
}
