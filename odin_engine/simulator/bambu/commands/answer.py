"""How a command is answered, and how its fields are read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from odin_engine.simulator.bambu.commands.profiles import Profiles
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.storage import Card

type Body = dict[str, Any]


class BadField(ValueError):
    """A field is missing or of no use."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on a command; `fields` go beside the echo of the request."""

    works: bool = True
    reason: str = ""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command can reach."""

    machine: Machine
    card: Card
    profiles: Profiles = field(default_factory=Profiles)


type Handler = Callable[[Desk, Body], Answer]

DONE = Answer()


def refused(reason: str, **fields: object) -> Answer:
    """Makes the answer to a command that is not carried out."""
    return Answer(works=False, reason=reason, fields=dict(fields))


def told(*, works: bool, reason: str) -> Answer:
    """Makes the answer to a command that the machine took or did not take."""
    return DONE if works else refused(reason)


def integer(body: Body, key: str, default: int | None = None) -> int:
    """Reads a whole number, also where it comes as a string.

    Raises:
        BadField: absent without a default, or no number.
    """
    value = body.get(key, default)
    if isinstance(value, (int, float, str)):
        try:
            return int(value)
        except ValueError:
            pass
    raise BadField(f"invalid {key}")


def text(body: Body, key: str, default: str = "") -> str:
    """Reads a string."""
    value = body.get(key, default)
    return value if isinstance(value, str) else str(value)
