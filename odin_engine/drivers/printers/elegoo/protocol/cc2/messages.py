"""From a payload to a message: an answer, an event, a registration."""

from dataclasses import dataclass
from typing import Any

import orjson

from odin_engine.drivers.printers.elegoo.protocol.fields import table, text, whole

LARGEST_PAYLOAD = 4 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """A result by its request's number and method; `error` is 0 where it was done."""

    number: int | None
    method: int | None
    error: int
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Registered:
    """The outcome of making oneself known: `ok`, or why not."""

    client: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of ours or another client's, in a recording."""

    method: int | None
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pong:
    """The heartbeat, either way."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that makes no sense, and why."""

    reason: str


type Message = Answer | Registered | Asked | Pong | Unknown


def parse(payload: bytes) -> Message:
    """Returns what a payload says; never raises."""
    if len(payload) > LARGEST_PAYLOAD:
        return Unknown(f"a payload of {len(payload)} bytes")
    try:
        return read(orjson.loads(payload))
    except orjson.JSONDecodeError as error:
        return Unknown(f"no JSON: {error}")


def read(body: object) -> Message:
    """Returns what a decoded JSON body says."""
    if not isinstance(body, dict):
        return Unknown("top level is no object")
    if body.get("type") in {"PING", "PONG"}:
        return Pong()
    result = body.get("result")
    if isinstance(result, dict):
        error = whole(result.get("error_code")) or 0
        return Answer(whole(body.get("id")), whole(body.get("method")), error, result)
    if "client_id" in body and "error" in body:
        outcome = text(body.get("error")) or ""
        return Registered(text(body.get("client_id")) or "", outcome)
    if "method" in body:
        return Asked(whole(body.get("method")), table(body.get("params")))
    return Unknown("neither an answer nor an event")
