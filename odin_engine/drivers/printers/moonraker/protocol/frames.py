"""JSON-RPC 2.0 as Moonraker speaks it: answers, notices, and what we ask.

Notices have a `method` and no `id`; their `params` is a list, or missing.
Source: docs.moonraker.dev, "JSON-RPC API" and "Notifications".
"""

import ast
from dataclasses import dataclass, field
from typing import Any

import orjson

_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the request of that number."""

    id: int
    result: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no to the request of that number, in the server's or the machine's words."""

    id: int | None
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the server says unasked."""

    method: str
    params: list[Any] = field(default_factory=list)


type Frame = Reply | Refusal | Notice


def parse(text: str | bytes) -> Frame | None:
    """Returns what a message is, `None` for what makes no sense."""
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return read(body)


def read(body: Any) -> Frame | None:  # noqa: ANN401 - a wire value
    """Returns what a message that was JSON is."""
    if not isinstance(body, dict):
        return None
    number = body.get("id")
    error = body.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        return Refusal(
            number if isinstance(number, int) else None,
            code if isinstance(code, int) else 0,
            said(error.get("message")),
        )
    if isinstance(number, int) and "result" in body:
        return Reply(number, body["result"])
    method = body.get("method")
    if isinstance(method, str) and number is None:
        params = body.get("params")
        return Notice(method, params if isinstance(params, list) else [])
    return None


def request(number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """Returns a request as it goes on the wire."""
    return {"jsonrpc": "2.0", "method": method, "params": params, "id": number}


def said(message: Any) -> str:  # noqa: ANN401 - a wire value
    """Returns an error in the machine's own words, on one line.

    Older servers hand on Klipper's error as a printed Python dictionary.
    """
    text = message if isinstance(message, str) else ""
    text = text[: 8 * _LONGEST_TEXT]
    if text.startswith("{") and "'message'" in text:
        try:
            inner = ast.literal_eval(text)
        except ValueError, SyntaxError, MemoryError, RecursionError:
            inner = None
        if isinstance(inner, dict) and isinstance(inner.get("message"), str):
            text = inner["message"]
    return " ".join(text.split())[:_LONGEST_TEXT]
