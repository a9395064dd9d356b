"""Proving who we are: by a key in every request, or by HTTP digest.

The Buddy firmware takes its password as the key, which saves a round trip; the Pi has a
key of its own, and a user's name and password for digest.
"""

import secrets
from collections.abc import Mapping

from odin_engine.drivers.printers.prusalink.protocol.digest import (
    Challenge,
    authorization,
    parse_challenge,
)


class KeyLogin:
    """A key that goes with every request."""

    def __init__(self, key: str) -> None:
        self._headers = {"X-Api-Key": key}

    def headers(self, _method: str, _target: str) -> Mapping[str, str]:
        """Returns what to send with a request."""
        return self._headers

    def renew(self, _headers: Mapping[str, str]) -> bool:
        """Whether a rejected request is worth another try; never."""
        return False


class DigestLogin:
    """Answers to the latest challenge; the password itself is never sent."""

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0

    def headers(self, method: str, target: str) -> Mapping[str, str]:
        """Returns what to send with a request, nothing before the first challenge."""
        if self._challenge is None:
            return {}
        self._count += 1
        return {
            "Authorization": authorization(
                self._challenge,
                self._username,
                self._password,
                method,
                target,
                cnonce=secrets.token_hex(8),
                count=self._count,
            )
        }

    def renew(self, headers: Mapping[str, str]) -> bool:
        """Takes the challenge of a rejected request; whether there was one."""
        challenge = parse_challenge(headers.get("www-authenticate", ""))
        if challenge is None:
            return False
        self._challenge, self._count = challenge, 0
        return True


type Login = KeyLogin | DigestLogin
