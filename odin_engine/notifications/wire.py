"""The shapes of alerts over HTTP."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from odin_engine.kernel.http import Moment
from odin_engine.notifications.model import Alert, AlertKind, AlertSeverity, Summary

IDS_MOST = 1000


class AlertOut(BaseModel):
    """Something people should know of.

    It is active until it has ended or somebody dismissed it. `count` grows when the
    same comes back within ten minutes.
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
    ended_at: datetime | None
    dismissed_at: datetime | None
    dismissed_by: str | None
    count: int

    @classmethod
    def from_model(cls, alert: Alert) -> Self:
        """Shapes an alert."""
        return cls.model_validate(alert, from_attributes=True)


class AlertsOut(BaseModel):
    """Alerts that were put away just now."""

    items: list[AlertOut]


class SummaryOut(BaseModel):
    """What a bell shows. `unseen` are active ones raised after `seen_until`."""

    active: int
    critical: int
    unseen: int
    seen_until: datetime | None

    @classmethod
    def from_model(cls, summary: Summary) -> Self:
        """Shapes the numbers."""
        return cls.model_validate(summary, from_attributes=True)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SeenBody(_Body):
    """Up to when the asking person has seen alerts: the newest `raised_at` shown."""

    until: Moment


class DismissBody(_Body):
    """Which alerts to put away: either `ids`, or `all`."""

    ids: (
        Annotated[
            list[Annotated[str, Field(max_length=64)]], Field(max_length=IDS_MOST)
        ]
        | None
    ) = None
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ids is None) == (self.all is None):
            raise ValueError("Name the alerts in ids, or say all: true.")
        return self
