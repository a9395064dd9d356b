"""What goes over a printer's MQTT topics, and how it goes wrong when told to."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import orjson

from odin_engine.simulator.bambu.commands import respond
from odin_engine.simulator.bambu.commands.answer import Desk
from odin_engine.simulator.bambu.machine import Machine
from odin_engine.simulator.bambu.machine.misbehaviour import Misbehaviour
from odin_engine.simulator.bambu.mqtt import Broker
from odin_engine.simulator.bambu.mqtt_packets import Connack
from odin_engine.simulator.bambu.report import Deltas, full_report, modules
from odin_engine.simulator.bambu.storage import Card

_USER = "bblp"
# Small boards send a whole report now and then. Source: docs/protocols/bambu.md §4.
_FULL_EVERY_S = 300.0
# More than these inside five minutes make a small board lag, the first of each
# connection aside. Source: §4, "Rate limit".
_PUSHALLS_BORNE, _PUSHALL_WINDOW_S, _LAG_S = 3, 300.0, 10.0
# Commands closer together than this count as one burst. Source: §4, "Command pacing".
_BURST_GAP_S = 0.1
BEACON_WRAPS_S = 100.0
# Requests remembered, so that a farm can run for weeks.
_KEPT = 4000
_GARBAGE = (
    b'{"print":{"command":"push_status","nozzle_temper":2',
    b"\x00\x01\x02 not json at all \xfe",
    b"[]",
    b'"push_status"',
    b'{"print":[1,2,3]}',
    b'{"print":{"command":"push_status","mc_percent":"many","ams":"gone","hms":7}}',
    b"",
)


@dataclass(frozen=True, slots=True)
class Request:
    """A message somebody published to the printer."""

    topic: str
    payload: dict[str, Any]
    qos: int

    @property
    def namespace(self) -> str:
        """Gives the outer key."""
        return next(iter(self.payload), "")

    @property
    def body(self) -> dict[str, Any]:
        """Gives what stands under the outer key."""
        body = self.payload.get(self.namespace)
        return body if isinstance(body, dict) else {}

    @property
    def command(self) -> str:
        """Gives the command's name."""
        return str(self.body.get("command", ""))


def _read(payload: bytes) -> object:
    """Reads JSON as leniently as the machines: line ends may stand inside strings.

    Raises:
        ValueError: it is no JSON even so.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        try:
            return json.loads(payload, strict=False)
        except RecursionError as error:
            raise ValueError("nested without end") from error


class Wire:
    """Reports out, requests in. Everything happens on the event loop."""

    def __init__(self, machine: Machine, card: Card) -> None:
        self._machine, self._desk = machine, Desk(machine, card)
        self.broker = Broker(self)
        self.requests: list[Request] = []
        self._deltas = Deltas()
        self._sequence = 0
        self._full_at_s = 0.0
        self._pushalls_at_s: list[float] = []
        self._lags_until_s = 0.0
        self._logins = self._logins_greeted = 0
        self._is_answering = False
        self._held_back: bytes | None = None
        self._garbage_sent = 0
        self._burst, self._last_command_at = 0, 0.0
        self._wedged_client: str | None = None
        machine.watch(self._changed)

    @property
    def report_topic(self) -> str:
        """Names the topic the printer speaks on."""
        return f"device/{self._machine.serial}/report"

    @property
    def request_topic(self) -> str:
        """Names the topic the printer listens on."""
        return f"device/{self._machine.serial}/request"

    def login(self, username: str, password: str) -> Connack:
        """Checks user and access code."""
        if username == _USER and password == self._machine.access_code:
            self._logins += 1
            return Connack.ACCEPTED
        return Connack.NOT_AUTHORISED

    def may_subscribe(self, topic_filter: str) -> bool:
        """Refuses the request topic, takes everything else. Source: §4."""
        return topic_filter != self.request_topic

    def subscribed(self) -> None:
        """Leaves it at the acknowledgement: reports come at their own time."""

    def received(self, topic: str, payload: bytes, qos: int) -> None:
        """Acts on a request; other topics and other machines' are passed over."""
        try:
            document = _read(payload)
        except ValueError:
            return
        if not isinstance(document, dict):
            return
        for namespace, body in document.items():
            # Some clients put several requests into one message, and marks of their
            # own, such as a user id, beside them.
            if isinstance(body, dict) or len(document) == 1:
                self._take(Request(topic, {namespace: body}, qos))

    def _take(self, request: Request) -> None:
        self.requests.append(request)
        if len(self.requests) > _KEPT:
            del self.requests[: _KEPT // 2]
        if request.topic != self.request_topic or self._is_wedged_by(request):
            return
        self._is_answering = True
        try:
            self._act(request)
        finally:
            self._is_answering = False
        self._machine.notice()

    def report(self) -> None:
        """Sends the next state report, if anybody listens and the board can."""
        machine = self._machine
        if not self.broker.has_listeners or machine.elapsed_s < self._lags_until_s:
            return
        if not machine.model.sends_deltas:
            self._send_state(full_report(machine))
        elif machine.elapsed_s >= self._full_at_s:
            self._send_whole()
        elif (delta := self._deltas.next(machine)) is not None:
            self._send_state(delta)

    def beacon(self) -> None:
        """Sends the smallest report: a bed temperature, and how well the air carries.

        The temperature is the monotonic clock of this computer in seconds, modulo 100:
        whoever reads it on the same computer sees how old it is.
        """
        if self.broker.has_listeners:
            delta = {
                "bed_temper": time.monotonic() % BEACON_WRAPS_S,
                "wifi_signal": f"-{50 + self._sequence % 3}dBm",
                "command": "push_status",
                "msg": 1,
            }
            self._send_state(delta)

    def send(self, document: dict[str, Any]) -> None:
        """Publishes a document on the report topic, past every misbehaviour."""
        self.broker.publish(self.report_topic, orjson.dumps(document))

    def _changed(self) -> None:
        # An acknowledgement goes out before the state it brought about.
        if not self._is_answering:
            self.report()

    def _act(self, request: Request) -> None:
        match request.namespace, request.command:
            case "pushing", "pushall" | "start":
                self._push_all()
            case "info", "get_version":
                reply = request.body | {"module": modules(self._machine)}
                self._publish({"info": reply})
            case namespace, _:
                reply_to = respond(self._desk, namespace, request.body)
                if reply_to is not None:
                    self._publish(reply_to)

    def _push_all(self) -> None:
        machine = self._machine
        if not machine.model.sends_deltas:
            self._send_state(full_report(machine))
            return
        now_s = machine.elapsed_s
        since = now_s - _PUSHALL_WINDOW_S
        self._pushalls_at_s = [at for at in self._pushalls_at_s if at > since]
        if self._logins_greeted < self._logins:
            self._logins_greeted = self._logins
            self._send_whole()
            return
        self._pushalls_at_s.append(now_s)
        if len(self._pushalls_at_s) > _PUSHALLS_BORNE:
            self._lags_until_s, self._full_at_s = now_s + _LAG_S, 0.0
            return
        self._send_whole()

    def _send_whole(self) -> None:
        self._full_at_s = self._machine.elapsed_s + _FULL_EVERY_S
        self._send_state(self._deltas.full(self._machine))

    def _send_state(self, body: dict[str, Any]) -> None:
        self._sequence += 1
        self._publish({"print": body | {"sequence_id": str(self._sequence)}})

    def _publish(self, document: dict[str, Any]) -> None:
        machine = self._machine
        if machine.does(Misbehaviour.SILENT):
            return
        payload = orjson.dumps(document)
        if machine.does(Misbehaviour.NON_UTF8):
            name = b'"subtask_name":"'
            payload = payload.replace(name, name + b"\xe9\xff\xc0")
        if machine.does(Misbehaviour.GARBAGE):
            self._put(_GARBAGE[self._garbage_sent % len(_GARBAGE)])
            self._garbage_sent += 1
        if machine.does(Misbehaviour.REORDER_REPORTS):
            if self._held_back is None:
                self._held_back = payload
                return
            self._put(payload)
            payload, self._held_back = self._held_back, None
        self._put(payload)
        if machine.does(Misbehaviour.DUPLICATE_REPORTS):
            self._put(payload)

    def _put(self, payload: bytes) -> None:
        self.broker.publish(self.report_topic, payload)

    def _is_wedged_by(self, request: Request) -> bool:
        """Says whether the board has stopped to listen after too quick a burst.

        It listens again to a client with another id. Source: §4, "Command pacing".
        """
        limit = self._machine.model.wedges_after
        if limit is None:
            return False
        client = self.broker.connects[-1].client_id if self.broker.connects else ""
        if self._wedged_client is not None and self._wedged_client == client:
            return True
        self._wedged_client = None
        now = asyncio.get_running_loop().time()
        is_close = now - self._last_command_at < _BURST_GAP_S
        self._last_command_at = now
        if request.namespace == "print":
            self._burst = self._burst + 1 if is_close else 1
        if self._burst > limit:
            self._wedged_client, self._burst = client, 0
            return True
        return False
