"""Parts that several shapes share."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from odin_engine.identity.model import MOST_PASSWORD_BYTES

_MOST_NAME_CHARS = 256
"""Far more than any name may have: the rules in `model` say exactly what is wrong."""


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies beyond the calendar") from error


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Name = Annotated[str, Field(max_length=_MOST_NAME_CHARS)]
Password = Annotated[str, Field(max_length=MOST_PASSWORD_BYTES)]


class Body(BaseModel):
    """A body that must not hold anything unknown."""

    model_config = ConfigDict(extra="forbid")
