"""How a simulated machine can be told to go wrong. Source: serial_marlin §4, §11."""

SENTENCES = {
    "drop_link": "The line is cut.",
    "silent": "It says nothing at all.",
    "ignore_commands": "It reports, and answers no command.",
    "refuse_commands": "It knows no command that sets anything.",
    "garbage": "Noise comes between its lines.",
    "lose_ok": "Every so many lines (`every`) it forgets the ok.",
    "double_ok": "Every so many lines (`every`) it says ok twice.",
    "bad_line": "Every so many lines (`every`) it hears a line wrong.",
    "resend_without_ok": "Behind a request to resend it forgets the ok.",
    "resend_storm": "It asks for the same line several times over.",
    "resend_loop": "It never takes another numbered line.",
    "old_resend": "It asks once for a line of long ago.",
    "reset": "Its board restarts once.",
    "busy_storm": "It says over and over that it is busy.",
    "quiet_heating": "It says nothing while it waits for heat.",
    "kill": "Its thermal protection halts it.",
    "no_reports": "It does not report by itself, though it says it would.",
}
ONCE = frozenset({"drop_link", "old_resend", "reset", "kill"})
"""They happen, and are over."""


class Misbehaviours:
    """Which are on, and how often those come that come every so many lines."""

    def __init__(self) -> None:
        self._on: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def set(self, word: str, every: int) -> None:
        """Switches one on.

        Raises:
            ValueError: there is no such one.
        """
        if word not in SENTENCES:
            raise ValueError(f"It cannot misbehave as {word!r}.")
        self._on[word] = max(1, every)
        self._seen[word] = 0

    def clear(self, word: str) -> None:
        """Switches one off."""
        self._on.pop(word, None)

    def __contains__(self, word: str) -> bool:
        return word in self._on

    def strikes(self, word: str) -> bool:
        """Whether one that comes every so many lines comes now."""
        if word not in self._on:
            return False
        self._seen[word] += 1
        return self._seen[word] % self._on[word] == 0
