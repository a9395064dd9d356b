"""What people may change about alerts while the engine runs."""

from typing import Any

from odin_engine.kernel.tunable import Tunable

OFFLINE_GRACE_S = Tunable(
    "notifications.offline_grace_s",
    # Long enough for a printer to start anew or to change its access point.
    default=60,
    title="Seconds a printer may be away before an alert says so",
    minimum=0,
    maximum=24 * 3600,
)
ALERTS_KEPT_DAYS = Tunable(
    "notifications.alerts_kept_days",
    default=90,
    title="Days to keep alerts that have ended",
    minimum=1,
    maximum=3650,
)

TUNABLES: tuple[Tunable[Any], ...] = (OFFLINE_GRACE_S, ALERTS_KEPT_DAYS)
