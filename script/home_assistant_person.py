"""Somebody who is signed in to a Home Assistant: its REST addresses, and its WebSocket."""

import itertools
import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

type Json = Any

PATIENCE_S = 60.0
"""So long an answer may take."""


class Failed(Exception):
    """Home Assistant did not do what was asked; the text says what, and where to look."""


class Refused(Exception):
    """A command was answered with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Person:
    """Somebody who is signed in: REST calls, and commands over one WebSocket."""

    def __init__(self, base: str, tokens: Mapping[str, Json]) -> None:
        self.tokens = tokens
        """As `/auth/token` gave them."""
        self.http = httpx.Client(
            base_url=base,
            headers={"Authorization": f"Bearer {tokens['access_token']}"},
            timeout=PATIENCE_S,
        )
        self._socket_address = f"ws{base.removeprefix('http')}/api/websocket"
        self._socket: ClientConnection | None = None
        self._ids = itertools.count(1)
        self._events: dict[int, deque[Json]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self.http.close()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def get(self, path: str, **query: str) -> Json:
        """Returns the JSON at a path below `/api`."""
        return read(self.http.get(f"/api{path}", params=query))

    def post(self, path: str, body: object = None) -> Json:
        """Posts to a path below `/api`; returns the answer."""
        return read(self.http.post(f"/api{path}", json=body))

    def delete(self, path: str) -> Json:
        """Deletes what is at a path below `/api`."""
        return read(self.http.delete(f"/api{path}"))

    def command(self, kind: str, /, **fields: object) -> Json:
        """Sends a WebSocket command; returns its result.

        Raises:
            Refused: Home Assistant said no.
        """
        return self._command(kind, fields)[1]

    def subscribe(self, kind: str, /, **fields: object) -> int:
        """Sends a command whose events `next_event` returns; returns the subscription."""
        return self._command(kind, fields)[0]

    def next_event(self, subscription: int, within_s: float = 60.0) -> Json:
        """Waits for an event of a subscription.

        Raises:
            TimeoutError: none came.
        """
        waiting = self._events.setdefault(subscription, deque())
        deadline = time.monotonic() + within_s
        while not waiting:
            self._take(self._receive(deadline - time.monotonic()))
        return waiting.popleft()

    def call(self, action: str, /, target: object = None, **data: object) -> None:
        """Performs an action such as `light.turn_on` and waits until it is done."""
        domain, _, service = action.partition(".")
        fields: dict[str, object] = {"service_data": data}
        if target is not None:
            fields["target"] = target
        self.command("call_service", domain=domain, service=service, **fields)

    def sees_it_running(self) -> bool:
        """Whether everything in Home Assistant is set up."""
        answer = self.http.get("/api/core/state")
        return answer.is_success and answer.json()["state"] == "RUNNING"

    def _command(self, kind: str, fields: Mapping[str, object]) -> tuple[int, Json]:
        number = next(self._ids)
        if self._socket is None:
            self._socket = self._open()
        self._socket.send(json.dumps({"id": number, "type": kind, **fields}))
        while True:
            message = self._receive(PATIENCE_S)
            if message["type"] != "result" or message["id"] != number:
                self._take(message)
            elif message["success"]:
                return number, message["result"]
            else:
                raise Refused(message["error"]["code"], message["error"]["message"])

    def _take(self, message: Json) -> None:
        if message["type"] == "event":
            self._events.setdefault(message["id"], deque()).append(message["event"])

    def _receive(self, within_s: float) -> Json:
        assert self._socket is not None  # noqa: S101 - narrows the type
        return json.loads(self._socket.recv(timeout=max(0.0, within_s)))

    def _open(self) -> ClientConnection:
        opened = connect(self._socket_address, max_size=None)
        opened.recv()
        login = {"type": "auth", "access_token": self.tokens["access_token"]}
        opened.send(json.dumps(login))
        answer = json.loads(opened.recv())
        if answer["type"] != "auth_ok":
            opened.close()
            raise Failed(f"Home Assistant refused the token: {answer}")
        return opened


def read(answer: httpx.Response) -> Json:
    """Returns the JSON of an answer.

    Raises:
        Failed: it is an error.
    """
    if not answer.is_success:
        request = f"{answer.request.method} {answer.request.url.path}"
        raise Failed(f"{request}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None
