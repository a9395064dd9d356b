"""Identifiers: sortable by time, safe in a URL, the same on every database."""

import uuid


def new_id() -> str:
    """Returns a new UUIDv7 as 32 lower-case hex digits; later ids sort later."""
    return uuid.uuid7().hex
