"""Facts about this engine, and when its disk is nearly full."""

from dataclasses import dataclass
from datetime import datetime

API_VERSION = 1
"""Grows when a client of the version before would break."""

LEAST_FREE_SHARE = 0.05
LEAST_FREE_BYTES = 2 * 1024**3
"""On a big disk a share would warn too early: this holds some uploads and a backup."""


def is_nearly_full(total_bytes: int, free_bytes: int) -> bool:
    """Whether somebody should make room before the engine has none."""
    return free_bytes < min(total_bytes * LEAST_FREE_SHARE, LEAST_FREE_BYTES)


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
