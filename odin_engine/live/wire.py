"""The messages of the live socket as JSON, in both directions."""

from typing import Annotated, ClassVar, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from odin_engine.identity.model import OnBehalf
from odin_engine.kernel.errors import Invalid
from odin_engine.live.model import (
    MAX_TOPICS,
    Event,
    Failure,
    Hello,
    Message,
    Patch,
    Profile,
    Snapshot,
)

MAX_MESSAGE_BYTES = 64 * 1024
"""A `subscribe` with the most and longest topics has about 37 kB."""

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS

type TopicText = Annotated[str, Field(min_length=1, max_length=140)]


class Unreadable(Invalid):
    """A message that is none of ours."""

    code: ClassVar[str] = "unreadable"


class _ClientMessage(BaseModel):
    # Unknown members are ignored: a newer client may say more than we understand.
    model_config = ConfigDict(strict=True, frozen=True)


class Auth(_ClientMessage):
    """The first message of a client that sends no header.

    `on_behalf_of` and its role say what the headers of the same names would.
    """

    type: Literal["auth"]
    token: str = Field(min_length=1, max_length=512, repr=False)
    on_behalf_of: str | None = Field(default=None, max_length=128)
    on_behalf_of_role: str | None = Field(default=None, max_length=32)

    @property
    def on_behalf(self) -> OnBehalf | None:
        """The person named, still unchecked."""
        if self.on_behalf_of is None and self.on_behalf_of_role is None:
            return None
        return OnBehalf(self.on_behalf_of or "", self.on_behalf_of_role)


class Subscribe(_ClientMessage):
    """Adds topics; one that is there already begins anew."""

    type: Literal["subscribe"]
    topics: list[TopicText] = Field(min_length=1, max_length=MAX_TOPICS)
    profile: Profile = Profile.PANEL


class Unsubscribe(_ClientMessage):
    """Drops topics."""

    type: Literal["unsubscribe"]
    topics: list[TopicText] = Field(min_length=1, max_length=MAX_TOPICS)


class Resync(_ClientMessage):
    """Asks for a snapshot, after a gap in the revisions."""

    type: Literal["resync"]
    topic: TopicText


class Ping(_ClientMessage):
    """Asks for a `pong`."""

    type: Literal["ping"]


type ClientMessage = Auth | Subscribe | Unsubscribe | Resync | Ping

_CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(
    Annotated[
        Auth | Subscribe | Unsubscribe | Resync | Ping, Field(discriminator="type")
    ]
)

PONG = '{"type":"pong"}'


def parse(text: str | None) -> ClientMessage:
    """Reads what a client says; `None` stands for a binary message.

    Raises:
        Unreadable: it is binary, too long, no JSON, or none of the messages.
    """
    if text is None:
        raise Unreadable("Messages are text, never binary.")
    if len(text) > MAX_MESSAGE_BYTES:
        raise Unreadable(f"A message may have {MAX_MESSAGE_BYTES} bytes.")
    try:
        return _CLIENT_MESSAGE.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        where = f"{place}: " if place else ""
        raise Unreadable(f"{where}{first['msg']}."[:300]) from error


def encode(message: Message) -> str:
    """Writes what the server says."""
    match message:
        case Hello():
            body: dict[str, object] = {
                "type": "hello",
                "server_version": message.server_version,
                "api_version": message.api_version,
            }
        case Snapshot():
            body = {
                "type": "snapshot",
                "topic": str(message.topic),
                "revision": message.revision,
                "data": message.data,
            }
        case Patch():
            body = {
                "type": "patch",
                "topic": str(message.topic),
                "revision": message.revision,
                "changed": message.changed,
                "removed": message.removed,
            }
        case Event():
            body = {
                "type": "event",
                "name": message.name,
                "data": message.data,
                "at": message.at,
            }
        case Failure():
            body = {"type": "error", "code": message.code, "message": message.message}
            if message.topic is not None:
                body["topic"] = message.topic
    return orjson.dumps(body, option=_OPTIONS).decode()
