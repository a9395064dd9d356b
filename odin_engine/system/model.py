"""Facts about this engine that do not change while it runs."""

from dataclasses import dataclass
from datetime import datetime

API_VERSION = 1
"""Grows when a client of the version before would break."""


@dataclass(frozen=True, slots=True)
class About:
    """Which engine this is and since when it runs."""

    version: str
    started_at: datetime
    database: str
    api_version: int = API_VERSION
