"""Instants are written out, with a zone."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from odin_engine.kernel.http import Moment

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


@pytest.mark.parametrize("said", ["2026-11-01T08:00:00Z", "2026-11-01T09:00:00+01:00"])
def test_every_zone_becomes_utc(said: str) -> None:
    assert _MOMENT.validate_python(said) == datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        0,
        1e12,
        "0",
        "1793520000",
        "-1.5",
        "2026-11-01",
        "2026-11-01T08:00:00",
        "0001-01-01T00:00:00+23:59",
        "",
        True,
        None,
    ],
)
def test_what_is_no_instant_is_refused(said: object) -> None:
    with pytest.raises(ValidationError):
        _MOMENT.validate_python(said)
