"""Parts that several shapes share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from odin_engine.identity.model import MOST_PASSWORD_BYTES

_MOST_NAME_CHARS = 256
"""Far more than any name may have: the rules in `model` say exactly what is wrong."""


Name = Annotated[str, Field(max_length=_MOST_NAME_CHARS)]
Password = Annotated[str, Field(max_length=MOST_PASSWORD_BYTES)]


class Body(BaseModel):
    """A body that must not hold anything unknown."""

    model_config = ConfigDict(extra="forbid")
