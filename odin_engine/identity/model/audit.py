"""The audit log: who changed what, on whose behalf, from where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odin_engine.identity.model.users import is_visible

AUDIT_KEPT = timedelta(days=365)
_MOST_DETAIL_CHARS = 200

type Detail = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One write request, done or refused. It outlives the user and the token it names.

    `route` is the template, `targets` are the ids in the path; a body is never kept.
    """

    id: str
    at: datetime
    user_id: str | None
    user_name: str
    token_id: str | None
    on_behalf_of: str | None
    address: str
    method: str
    route: str
    action: str
    status: int
    targets: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to show; `None` means any. `actor` is an id, a name or `ha:<id>`."""

    actor: str | None = None
    action: str | None = None
    method: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def cleaned(text: str) -> str:
    """Returns text from outside as the log keeps it: visible characters, cut short."""
    shown = "".join(
        char if is_visible(char) else "\N{REPLACEMENT CHARACTER}"
        for char in text[: _MOST_DETAIL_CHARS + 1]
    )
    if len(shown) > _MOST_DETAIL_CHARS:
        return shown[: _MOST_DETAIL_CHARS - 1] + "…"
    return shown
