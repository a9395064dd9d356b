"""Questions that macros ask on the console, and what each button runs.

Source: docs.mainsail.xyz, "Macro prompts"; lines begin with `// action:prompt_`.
"""

from dataclasses import dataclass, replace

from odin_engine.drivers.printers.moonraker.protocol.fields import word
from odin_engine.printers.model import Prompt

_PREFIX = "// action:prompt_"
_ANEW = "// Klipper state: "
"""Said whenever Klipper comes up or goes down; who asked before it waits no longer."""
_MOST_BUTTONS = 40
_MOST_LINES = 40
_LONGEST_GCODE = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it is put together; `is_shown` once a person may answer."""

    title: str = ""
    lines: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()
    is_shown: bool = False

    @property
    def prompt(self) -> Prompt | None:
        """The question for people, `None` until it is complete."""
        if not self.is_shown:
            return None
        text = "\n".join(filter(None, (self.title, *self.lines)))
        return Prompt(text, tuple(label for label, _ in self.buttons))


def hear(asking: Asking | None, line: str) -> Asking | None:
    """Returns the question after a line of the console."""
    if line.startswith(_ANEW):
        return None
    if not line.startswith(_PREFIX):
        return asking
    verb, _, rest = line[len(_PREFIX) :].partition(" ")
    rest = rest.strip()
    if verb == "begin":
        return Asking(title=word(rest) or "")
    if verb == "end" or asking is None:
        return None
    return _with(asking, verb, rest)


def _with(asking: Asking, verb: str, rest: str) -> Asking:
    if verb == "text" and len(asking.lines) < _MOST_LINES:
        return replace(asking, lines=(*asking.lines, word(rest) or ""))
    if verb in {"button", "footer_button"} and len(asking.buttons) < _MOST_BUTTONS:
        return replace(asking, buttons=(*asking.buttons, _button(rest)))
    return replace(asking, is_shown=True) if verb == "show" else asking


def _button(rest: str) -> tuple[str, str]:
    """Returns a label and its G-code; without one the label is the G-code."""
    label, _, more = rest.partition("|")
    gcode = more.partition("|")[0].strip() or label.strip()
    return word(label) or "?", gcode[:_LONGEST_GCODE]
