"""Instants as callers write them: with a zone, never as a bare number."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field


def _written_out(value: object) -> object:
    # A number would be taken for seconds, or milliseconds, since 1970: nobody says which.
    if isinstance(value, datetime) or (isinstance(value, str) and ":" in value):
        return value
    raise ValueError("Write an instant such as 2026-11-01T08:00:00Z")


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies beyond the calendar") from error


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_written_out),
    AfterValidator(_utc),
]
"""An aware instant, converted to UTC."""
