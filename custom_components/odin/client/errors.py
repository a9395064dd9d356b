"""What can go wrong between Home Assistant and the engine.

EngineError
├── CannotConnect          nobody answers, or the connection broke; try again
│   └── NotOdin            somebody answers, and it is no engine of ours
├── UnsupportedVersion     an engine that is too old or too new for this integration
├── InvalidAuth            the token is unknown, revoked or expired
├── NotAllowed             the token, or the person it acts for, may not
├── NotFound               what was meant is not there any more
├── Rejected               the request itself is wrong
└── Refused                the engine or the printer said no, and why
"""

from typing import Any


class EngineError(Exception):
    """Parent of all. `code` is the engine's stable word, `detail` English for people."""

    def __init__(
        self, detail: str, *, code: str = "", facts: dict[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.facts = facts or {}


class CannotConnect(EngineError):
    """Nobody answers, or the connection broke."""


class NotOdin(CannotConnect):
    """Something answers at that address that is no engine of ours."""


class UnsupportedVersion(EngineError):
    """The engine speaks an API outside the range that this integration knows."""

    def __init__(self, api_version: int, version: str, *, is_too_old: bool) -> None:
        super().__init__(f"Engine {version} speaks API {api_version}.")
        self.api_version = api_version
        self.version = version
        self.is_too_old = is_too_old


class InvalidAuth(EngineError):
    """The token is unknown, revoked or expired."""


class NotAllowed(EngineError):
    """The token, or the person that it acts for, may not do this."""


class NotFound(EngineError):
    """What was meant is not there any more."""


class Rejected(EngineError):
    """The request is wrong in itself: a value out of bounds, an unknown word."""


class Refused(EngineError):
    """Not now, or not this printer; `is_outside` where the printer failed, not the engine."""

    def __init__(
        self,
        detail: str,
        *,
        code: str = "",
        facts: dict[str, Any] | None = None,
        is_outside: bool = False,
    ) -> None:
        super().__init__(detail, code=code, facts=facts)
        self.is_outside = is_outside
