"""Responses encoded by orjson, many times faster than the framework's own way."""

from collections.abc import Set as AbstractSet
from typing import override

import orjson
from pydantic import BaseModel
from starlette.responses import Response

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def to_json(content: object) -> bytes:
    """Encodes plain values, dataclasses, enums, datetimes and pydantic models.

    Instants end in `Z`; what is not a number (NaN, infinity) becomes `null`.
    """
    return orjson.dumps(content, default=_plain, option=_OPTIONS)


class Json(Response):
    """A JSON answer."""

    media_type = "application/json"

    @override
    def render(self, content: object) -> bytes:
        return to_json(content)


def _plain(value: object) -> object:
    match value:
        case BaseModel():
            return value.model_dump()
        case AbstractSet():
            return sorted(value, key=str)
        case _:
            raise TypeError(f"{type(value)!r} has no JSON form")
