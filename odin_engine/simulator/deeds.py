"""What a simulated machine can be told by name: by a file, or while it runs.

Two kinds: what goes wrong (misbehaviours), and what a person does at the machine (acts).
Each family has its own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?")

type Option = str | int | float | bool


class UnknownName(ValueError):
    """Nothing is called so; the text lists what there is."""


class BadOption(ValueError):
    """An option is unknown, missing, or not what it must be."""


class NotNow(ValueError):
    """The machine is not in a state for it; the text says why."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an option holds: how it reads in a sentence, and what reads it.

    `read` raises ValueError, TypeError or OverflowError where it is none.
    """

    words: str
    read: Callable[[object], Option]


def _number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise TypeError
    number = float(given)
    if not 0 < number < 1e9:
        raise ValueError
    return number


def _text(given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise TypeError
    text = str(given)
    if not text or len(text) > 256:
        raise ValueError
    return text


def _any(given: object) -> Option:
    if not isinstance(given, (str, int, float, bool)) or len(str(given)) > 256:
        raise TypeError
    # A command line has texts alone.
    if isinstance(given, str) and _NUMBER.fullmatch(given):
        return float(given) if "." in given else int(given)
    return given


NUMBER = Kind("a number above 0", _number)
TEXT = Kind("a text", _text)
ANY = Kind("a text or a number", _any)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One option of a deed."""

    kind: Kind
    help: str
    is_needed: bool = False


_ANYTHING = Parameter(ANY, "")
FOR_S = Parameter(NUMBER, "seconds after which it ends by itself")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens by name. One that `lasts` can be ended again.

    One that `is_open` takes any option, as its family reads them itself.
    """

    name: str
    help: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lasts: bool = False
    is_open: bool = False

    def read(self, options: Mapping[str, object]) -> dict[str, Option]:
        """Reads options as a file, a request or a command line gives them.

        Raises:
            BadOption: one is unknown, missing, or not what it must be.
        """
        for name in options:
            if name not in self.parameters and not self.is_open:
                known = ", ".join(self.parameters) or "nothing"
                raise BadOption(f"{self.name} takes no {name!r}; it takes: {known}")
        for name, parameter in self.parameters.items():
            if parameter.is_needed and name not in options:
                raise BadOption(f"{self.name} needs {name}: {parameter.kind.words}")
        return {
            name: _value(name, self.parameters.get(name, _ANYTHING).kind, given)
            for name, given in options.items()
        }


def lasting(name: str, text: str, **parameters: Parameter) -> Deed:
    """Makes a misbehaviour that lasts until it is ended, or for `for_s` seconds."""
    return Deed(name, text, {**parameters, "for_s": FOR_S}, lasts=True)


def find(name: str, among: Mapping[str, Deed]) -> Deed:
    """Finds a deed by its name.

    Raises:
        UnknownName: nothing is called so.
    """
    deed = among.get(name.replace("-", "_"))
    if deed is None:
        raise UnknownName(f"nothing is called {name!r}; there are: {', '.join(among)}")
    return deed


def _value(name: str, kind: Kind, given: object) -> Option:
    try:
        return kind.read(given)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadOption(f"{name}: {given!r} is not {kind.words}") from error
