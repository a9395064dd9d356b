"""Applications that ask for a key, and the person who decides.

Source: docs.octoprint.org, "Application Keys Plugin".
"""

import secrets


class AppKeys:
    """At most a few requests at a time, the newest decided first; `key` is what is given."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._asked: dict[str, bool | None] = {}

    @property
    def is_asked(self) -> bool:
        """Whether an application waits for a decision."""
        return None in self._asked.values()

    def ask(self) -> str:
        """Takes a request; returns its token."""
        token = secrets.token_hex(16)
        self._asked[token] = None
        return token

    def decide(self, *, is_allowed: bool) -> None:
        """Decides the newest request.

        Raises:
            ValueError: nobody asks.
        """
        open_ones = [token for token, said in self._asked.items() if said is None]
        if not open_ones:
            raise ValueError("no application asks for a key")
        self._asked[open_ones[-1]] = is_allowed

    def poll(self, token: str) -> tuple[int, dict[str, str]]:
        """Returns the status and body for who asks after a request."""
        said = self._asked.get(token, False)
        if said is None:
            return 202, {"message": "Awaiting decision"}
        self._asked.pop(token, None)
        return (200, {"api_key": self.key}) if said else (404, {"error": "Not found"})
