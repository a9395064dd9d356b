"""Ways to go wrong, by name, switched on and off while the machine runs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Misbehaviour(StrEnum):
    """What a machine can be told to do wrong.

    Some happen once (a dropped link, a fault, a power cut); the others last until
    `behave` or, where given, for `for_s` seconds of the machine's clock.
    """

    BUSY = "busy"
    CANCEL = "cancel"
    CHANGE_ACCESS_CODE = "change_access_code"
    CHANGE_CERTIFICATE = "change_certificate"
    DETACHED = "detached"
    DOOR_OPEN = "door_open"
    DROP_LINK = "drop_link"
    DUPLICATE_REPORTS = "duplicate_reports"
    FAULT = "fault"
    GARBAGE = "garbage"
    NON_UTF8 = "non_utf8"
    POWER_CUT = "power_cut"
    REFUSE_COMMANDS = "refuse_commands"
    REORDER_REPORTS = "reorder_reports"
    RUNOUT = "runout"
    SILENT = "silent"
    SLOW_PARSE = "slow_parse"
    SPAGHETTI = "spaghetti"
    STALE_100 = "stale_100"
    STORAGE_FULL = "storage_full"
    STORAGE_NONE = "storage_none"
    TRUNCATED_UPLOAD = "truncated_upload"


class UnknownMisbehaviour(ValueError):
    """No misbehaviour has this name."""


type Option = str | int | float | bool


class Listener(Protocol):
    """Acts on a misbehaviour that begins or ends."""

    def __call__(  # noqa: D102 - the class says it
        self, which: Misbehaviour, options: Mapping[str, Option], *, begins: bool
    ) -> None: ...


class Misbehaviours:
    """Keeps which are on, with their options, and tells whoever acts on them."""

    def __init__(self) -> None:
        self._on: dict[Misbehaviour, Mapping[str, Option]] = {}
        self._left_s: dict[Misbehaviour, float] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Calls back with the name, whether it begins, and the options."""
        self._listeners.append(listener)

    def options(self, name: Misbehaviour) -> Mapping[str, Option] | None:
        """Gives the options of a misbehaviour that is on, else None."""
        return self._on.get(name)

    def names(self) -> list[str]:
        """Lists what is on."""
        return sorted(self._on)

    def begin(self, name: str, options: Mapping[str, Option]) -> None:
        """Switches one on.

        Raises:
            UnknownMisbehaviour: nothing is called so.
        """
        which = _named(name)
        self._on[which] = options
        if "for_s" in options:
            self._left_s[which] = float(options["for_s"])
        self._tell(which, options, begins=True)

    def end(self, name: str) -> None:
        """Switches one off; nothing happens where it was not on."""
        which = _named(name)
        self._left_s.pop(which, None)
        options = self._on.pop(which, None)
        if options is not None:
            self._tell(which, options, begins=False)

    def forget(self, name: Misbehaviour) -> None:
        """Drops one that happens once and is over."""
        self._on.pop(name, None)
        self._left_s.pop(name, None)

    def tick(self, seconds: float) -> None:
        """Ends those whose time is up."""
        for which in list(self._left_s):
            self._left_s[which] -= seconds
            if self._left_s[which] <= 0:
                self.end(which)

    def _tell(
        self, which: Misbehaviour, options: Mapping[str, Option], *, begins: bool
    ) -> None:
        for listener in self._listeners:
            listener(which, options, begins=begins)


def _named(name: str) -> Misbehaviour:
    try:
        return Misbehaviour(name)
    except ValueError:
        known = ", ".join(Misbehaviour)
        raise UnknownMisbehaviour(f"no such misbehaviour: {name}; {known}") from None
