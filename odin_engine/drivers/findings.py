"""What a connection check found, step by step, in the order in which a person reads it."""

from collections.abc import Sequence

from odin_engine.printers.ports import Check


class Findings:
    """Collects the steps of a check; one that nobody spoke of was not reached."""

    def __init__(self, steps: Sequence[str]) -> None:
        self._steps = tuple(steps)
        self._checks: dict[str, Check] = {}

    @property
    def has_failed(self) -> bool:
        """Whether a step failed."""
        return any(check.ok is False for check in self._checks.values())

    def passed(self, step: str, detail: str) -> None:
        """Notes what works."""
        self._checks[step] = Check(step, ok=True, detail=detail)

    def open(self, step: str, detail: str, remedy: str | None = None) -> None:
        """Notes what could not be told, and what would help."""
        self._checks[step] = Check(step, ok=None, detail=detail, remedy=remedy)

    def failed(self, step: str, detail: str, remedy: str) -> None:
        """Notes what does not work, and what helps."""
        self._checks[step] = Check(step, ok=False, detail=detail, remedy=remedy)

    def all(self) -> tuple[Check, ...]:
        """Returns every step."""
        return tuple(
            self._checks.get(step, Check(step, ok=None, detail="Not reached."))
            for step in self._steps
        )
