"""The verbs of the printers domain. `Printers` is the way in."""

from odin_engine.printers.service.commands import Accepted, PrintOrder
from odin_engine.printers.service.discovery import Discovered, Family
from odin_engine.printers.service.emergency import StopOutcome, Stopped
from odin_engine.printers.service.fleet import PrinterView
from odin_engine.printers.service.groups import BulkAction, BulkResult, Tag
from odin_engine.printers.service.key_requests import KeyRequest
from odin_engine.printers.service.printers import TICK_PERIOD_S, Printers
from odin_engine.printers.service.registry import CertificateStatus
from odin_engine.printers.service.sampling import (
    CLIMATE_PERIOD_S,
    PURGE_PERIOD_S,
    SAMPLE_PERIOD_S,
)

__all__ = [
    "CLIMATE_PERIOD_S",
    "PURGE_PERIOD_S",
    "SAMPLE_PERIOD_S",
    "TICK_PERIOD_S",
    "Accepted",
    "BulkAction",
    "BulkResult",
    "CertificateStatus",
    "Discovered",
    "Family",
    "KeyRequest",
    "PrintOrder",
    "PrinterView",
    "Printers",
    "StopOutcome",
    "Stopped",
    "Tag",
]
