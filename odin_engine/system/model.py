"""Facts about this engine that do not change while it runs."""

from dataclasses import dataclass
from datetime import datetime

API_VERSION = 1
"""Grows when a client of the version before would break."""


@dataclass(frozen=True, slots=True)
class About:
    """Which engine this is and since when it runs.

    `engine_id` stays the same for as long as its data does.
    """

    version: str
    started_at: datetime
    database: str
    engine_id: str
    api_version: int = API_VERSION
