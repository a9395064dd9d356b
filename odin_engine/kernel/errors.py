"""The error tree. HTTP is not here: `kernel.http` alone maps a kind to a status.

    OdinError
    ├── NotFound       no such thing
    ├── Invalid        the request makes no sense, and says which field
    ├── Refused        a rule said no
    ├── Conflict       the world moved; look again
    └── Unavailable    the outside world; trying again may help

A domain error is a kind plus facts as attributes and a stable `code`. The message
is for a person and says what to do next.
"""

from dataclasses import dataclass
from typing import ClassVar


class OdinError(Exception):
    """Root of every error a caller can meet."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def facts(self) -> dict[str, object]:
        """Returns the JSON-safe facts shown beside the message."""
        return {
            name: value
            for name, value in vars(self).items()
            if name != "message" and not name.startswith("_")
        }


class NotFound(OdinError):
    """No such thing, or none that the caller may see."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that is wrong: a JSON pointer and a sentence."""

    pointer: str
    detail: str


class Invalid(OdinError):
    """The request makes no sense; `problems` say which fields and why."""

    code = "invalid"

    def __init__(self, message: str, *problems: Problem) -> None:
        super().__init__(message)
        self._problems = problems

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The fields that are wrong."""
        return self._problems


class Refused(OdinError):
    """A rule said no."""

    code = "refused"


class Conflict(OdinError):
    """Somebody or something changed first."""

    code = "conflict"


class Unavailable(OdinError):
    """The outside world did not do its part; a later try may work."""

    code = "unavailable"
