"""What a `witness` saw: prints, faults and connections, from its diary."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_RUNS = frozenset({"PREPARE", "RUNNING", "PAUSE"})


@dataclass(slots=True)
class Span:
    """From when to when something was so; `ended_s` is `None` if it still is."""

    began_s: float
    ended_s: float | None = None

    def covers(self, first_s: float, last_s: float) -> bool:
        """Whether it was so all that time."""
        return self.began_s <= first_s and (
            self.ended_s is None or self.ended_s >= last_s
        )

    def touches(self, first_s: float, last_s: float) -> bool:
        """Whether it was so at any moment of that time."""
        return self.began_s <= last_s and (
            self.ended_s is None or self.ended_s >= first_s
        )


@dataclass(slots=True)
class Print(Span):
    """One print of one machine. A `result` of `None` says that its machine was killed."""

    name: str = ""
    result: str | None = None
    moving_s: float = 0.0
    moves: int = 0
    """How often it began to move, or went on after a pause."""
    next_began_s: float | None = None
    """When the machine no longer showed how it ended."""


@dataclass(slots=True)
class Witnessed:
    """One machine."""

    prints: list[Print] = field(default_factory=list)
    faults: list[tuple[str, Span]] = field(default_factory=list)
    heard: list[Span] = field(default_factory=list)
    """When the engine was logged in to it."""
    _line: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether no print runs."""
        return all(each.ended_s is not None for each in self.prints)

    def take(self, line: Mapping[str, Any]) -> None:
        """Takes in the next line of this machine."""
        before, self._line = self._line, line
        if before and before["boot"] != line["boot"]:
            self.die(before["at_s"])
            before = {}
        at_s = line["at_s"]
        self._take_print(before, line, at_s)
        self._take_fault(before.get("fault"), line["fault"], at_s)
        if line["is_heard"] and not before.get("is_heard"):
            self.heard.append(Span(at_s))
        elif before.get("is_heard") and not line["is_heard"]:
            self.heard[-1].ended_s = at_s

    def die(self, at_s: float) -> None:
        """Ends everything: the machine was killed some time after that moment."""
        spans = [*self.prints, *(span for _, span in self.faults), *self.heard]
        for span in spans:
            if span.ended_s is None:
                span.ended_s = at_s
        if self.prints and self.prints[-1].next_began_s is None:
            self.prints[-1].next_began_s = at_s

    def _take_print(
        self, before: Mapping[str, Any], line: Mapping[str, Any], at_s: float
    ) -> None:
        if before.get("state") == "RUNNING":
            self.prints[-1].moving_s += at_s - before["at_s"]
        is_open = bool(self.prints) and self.prints[-1].ended_s is None
        if line["state"] in _RUNS and not is_open:
            self.prints.append(Print(at_s, name=line["job"]))
        elif line["state"] not in _RUNS and is_open:
            now = self.prints[-1]
            now.ended_s = at_s
            now.result = "finished" if line["state"] == "FINISH" else "failed"
        if line["state"] == "RUNNING" != before.get("state"):
            self.prints[-1].moves += 1
        if self.prints:
            now = self.prints[-1]
            if line["is_cancelled"] and now.result == "failed":
                now.result = "cancelled"
            if now.ended_s and line["job"] != now.name and now.next_began_s is None:
                now.next_began_s = at_s

    def _take_fault(self, before: str | None, after: str | None, at_s: float) -> None:
        if before != after:
            if before is not None:
                self.faults[-1][1].ended_s = at_s
            if after is not None:
                self.faults.append((after, Span(at_s)))


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """Returns what is left of the spans where the gaps are taken out."""
    left = list(spans)
    for gap in gaps:
        left = [part for span in left for part in _around(span, gap)]
    return left


def _around(span: Span, gap: Span) -> list[Span]:
    parts = []
    if span.began_s < gap.began_s:
        ended_s = gap.began_s
        if span.ended_s is not None:
            ended_s = min(ended_s, span.ended_s)
        parts.append(Span(span.began_s, ended_s))
    if gap.ended_s is not None and (span.ended_s is None or span.ended_s > gap.ended_s):
        parts.append(Span(max(span.began_s, gap.ended_s), span.ended_s))
    return parts


def read_diary(path: Path) -> dict[str, Witnessed]:
    """Returns what was seen, by serial. The last line of a kill may be half a line."""
    return witnessed(json.loads(line) for line in _whole_lines(path))


def witnessed(lines: Iterable[Mapping[str, Any]]) -> dict[str, Witnessed]:
    """Returns what these lines say, by serial."""
    found: dict[str, Witnessed] = {}
    for line in lines:
        found.setdefault(line["serial"], Witnessed()).take(line)
    return found


def _whole_lines(path: Path) -> list[str]:
    return [
        line
        for line in path.read_text().splitlines()
        if line.startswith("{") and line.endswith("}")
    ]
