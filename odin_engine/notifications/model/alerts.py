"""An alert from raised to ended, and what a person may do with it meanwhile.

Open is one that has not ended; active is an open one that nobody dismissed. A
`Condition` is what should be alerted of now. Its key says when two are the same.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from odin_engine.identity.model import Principal
from odin_engine.kernel.errors import NotFound, Refused
from odin_engine.kernel.ids import new_id

RETURNS_WITHIN = timedelta(minutes=10)
"""What comes back so soon is the same trouble still, not news."""


class AlertKind(StrEnum):
    """What an alert is about."""

    CONNECTION = "connection"
    FAULT = "fault"
    PLATE = "plate"
    PRINT = "print"
    SYSTEM = "system"


class AlertSeverity(StrEnum):
    """How much it matters, least first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """Which alerts to list. `ended`: those that are active no more, dismissed ones too."""

    ACTIVE = "active"
    ENDED = "ended"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something people should know of, while it holds.

    `happens_once`: an occasion such as a failed print, which never comes back.
    """

    key: str
    kind: AlertKind
    code: str
    severity: AlertSeverity
    printer_id: str | None
    printer_name: str | None
    title: str
    detail: str = ""
    fault_code: str | None = None
    help_url: str | None = None
    happens_once: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """What people are told. `count` is how often it came, when it came back soon.

    Instants have whole milliseconds, as browsers have: what was seen stays seen.
    """

    id: str
    kind: AlertKind
    code: str
    severity: AlertSeverity
    printer_id: str | None
    printer_name: str | None
    title: str
    detail: str
    fault_code: str | None
    help_url: str | None
    raised_at: datetime
    ended_at: datetime | None = None
    dismissed_at: datetime | None = None
    dismissed_by: str | None = None
    count: int = 1

    @property
    def is_active(self) -> bool:
        """Whether it asks for attention."""
        return self.ended_at is None and self.dismissed_at is None


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts to show; `None` means any."""

    state: AlertState = AlertState.ACTIVE
    kind: AlertKind | None = None
    printer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a bell shows to one person; `seen_until` is `None` who never looked."""

    active: int
    critical: int
    unseen: int
    seen_until: datetime | None


class AlertNotFound(NotFound):
    """No alert has that id."""

    code = "alert_not_found"

    def __init__(self, alert_id: str) -> None:
        super().__init__("There is no such alert. It may be too old.")
        self.alert_id = alert_id[:64]


class NoPerson(Refused):
    """A program asked for what only a person has."""

    code = "no_person"

    def __init__(self) -> None:
        super().__init__(
            "A token has seen nothing: only people have. Sign in, or name the person "
            "the token acts for."
        )


def raised(condition: Condition, at: datetime) -> Alert:
    """Returns a new alert."""
    return Alert(
        id=new_id(),
        kind=condition.kind,
        code=condition.code,
        severity=condition.severity,
        printer_id=condition.printer_id,
        printer_name=condition.printer_name,
        title=condition.title,
        detail=condition.detail,
        fault_code=condition.fault_code,
        help_url=condition.help_url,
        raised_at=_whole_ms(at),
    )


def refreshed(alert: Alert, condition: Condition) -> Alert:
    """Returns an open alert as its condition is now; it never becomes less severe."""
    return replace(
        alert,
        severity=_worse(alert.severity, condition.severity),
        printer_name=condition.printer_name,
        title=condition.title,
        detail=condition.detail,
        help_url=condition.help_url,
    )


def returned(alert: Alert, condition: Condition) -> Alert:
    """Returns an ended alert open again; a dismissed one stays so unless it got worse."""
    is_worse = _worse(alert.severity, condition.severity) is not alert.severity
    return replace(
        refreshed(alert, condition),
        ended_at=None,
        dismissed_at=None if is_worse else alert.dismissed_at,
        dismissed_by=None if is_worse else alert.dismissed_by,
        count=alert.count + 1,
    )


def ended(alert: Alert, at: datetime) -> Alert:
    """Returns an alert whose condition holds no more."""
    return replace(alert, ended_at=_whole_ms(at))


def dismissed(alert: Alert, by: str, at: datetime) -> Alert:
    """Returns an alert that a person has dealt with; a failed print is over with it."""
    if not alert.is_active:
        return alert
    at = _whole_ms(at)
    ended_at = at if alert.kind is AlertKind.PRINT else None
    return replace(alert, ended_at=ended_at, dismissed_at=at, dismissed_by=by)


def restored(alert: Alert) -> Alert:
    """Returns an alert as it was before somebody dismissed it."""
    is_over = alert.ended_at != alert.dismissed_at
    return replace(
        alert,
        ended_at=alert.ended_at if is_over else None,
        dismissed_at=None,
        dismissed_by=None,
    )


def person_of(principal: Principal) -> str | None:
    """Returns the key of the person who is asking; `None` for a program by itself."""
    if principal.on_behalf_of is not None:
        return principal.on_behalf_of
    if principal.token_id is not None or principal.user_id is None:
        return None
    return user_key(principal.user_id)


def signature(principal: Principal) -> str:
    """Returns who did something, for people to read."""
    return principal.on_behalf_of or principal.name


def user_key(user_id: str) -> str:
    """Returns the key of one of our own users."""
    return f"user:{user_id}"


def _worse(one: AlertSeverity, other: AlertSeverity) -> AlertSeverity:
    return max(one, other, key=list(AlertSeverity).index)


def _whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
