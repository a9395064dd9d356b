"""The verbs of the notifications domain; `Alerts` puts them together."""

from odin_engine.notifications.service.alerts import Alerts
from odin_engine.notifications.service.watching import LooksDue

__all__ = ["Alerts", "LooksDue"]
