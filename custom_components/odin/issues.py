"""What people should mend, in Home Assistant's repairs; gone once it is mended."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .client import Control, Disk, LinkReason, LinkStatus, Printer, UnsupportedVersion
from .const import DOMAIN

ACCESS_CODE = "access_code_refused"
CERTIFICATE = "certificate_changed"
CONTROL = "control_refused"
APP_REMOVED = "app_removed"
DISK = "disk_nearly_full"

_VERSION = "engine_version"
_TOO_OLD = "engine_too_old"
_TOO_NEW = "engine_too_new"
_GB = 10**9
"""As people's file managers count, not 1024³."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One thing that can be wrong with a printer."""

    key: str
    is_wrong: Callable[[Printer], bool]
    severity: ir.IssueSeverity
    is_fixable: bool


def _refuses_code(printer: Printer) -> bool:
    return (
        printer.link is LinkStatus.UNAUTHORISED
        and printer.link_reason is not LinkReason.SERIAL_MISMATCH
    )


_KINDS = (
    _Kind(ACCESS_CODE, _refuses_code, ir.IssueSeverity.ERROR, is_fixable=True),
    _Kind(
        CERTIFICATE,
        lambda printer: printer.link is LinkStatus.CERTIFICATE_CHANGED,
        ir.IssueSeverity.ERROR,
        is_fixable=True,
    ),
    _Kind(
        CONTROL,
        lambda printer: printer.is_live and printer.control is Control.REFUSED,
        ir.IssueSeverity.WARNING,
        is_fixable=False,
    ),
)


@callback
def async_set_printer(
    hass: HomeAssistant, entry: ConfigEntry, printer_id: str, printer: Printer | None
) -> None:
    """Raises what is wrong with a printer, and takes back what is not."""
    registry = ir.async_get(hass)
    for kind in _KINDS:
        issue_id = f"{kind.key}_{entry.entry_id}_{printer_id}"
        if printer is None or not kind.is_wrong(printer):
            if registry.async_get_issue(DOMAIN, issue_id) is not None:
                ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "printer_id": printer_id},
            is_fixable=kind.is_fixable,
            severity=kind.severity,
            translation_key=kind.key,
            translation_placeholders={"printer": printer.name},
        )


@callback
def async_clear_printers(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Takes back everything about an entry's printers."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and f"_{entry.entry_id}_" in issue_id:
            ir.async_delete_issue(hass, domain, issue_id)


@callback
def async_set_engine_version(
    hass: HomeAssistant, entry: ConfigEntry, error: UnsupportedVersion
) -> None:
    """Says that the engine or the integration must be updated."""
    _raise_for_engine(
        hass,
        entry,
        _VERSION,
        _TOO_OLD if error.is_too_old else _TOO_NEW,
        ir.IssueSeverity.ERROR,
        version=error.version,
    )


@callback
def async_set_app_removed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Says that the app is gone which ran this engine."""
    _raise_for_engine(hass, entry, APP_REMOVED, APP_REMOVED, ir.IssueSeverity.ERROR)


@callback
def async_clear_connected(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Takes back what cannot be while the engine answers and is understood."""
    for key in (_VERSION, APP_REMOVED):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def async_set_disk(hass: HomeAssistant, entry: ConfigEntry, disk: Disk | None) -> None:
    """Says that the engine's disk is nearly full, or takes that back."""
    if disk is None or not disk.is_nearly_full:
        ir.async_delete_issue(hass, DOMAIN, f"{DISK}_{entry.entry_id}")
        return
    _raise_for_engine(
        hass,
        entry,
        DISK,
        DISK,
        ir.IssueSeverity.WARNING,
        free=f"{disk.free_bytes / _GB:.1f}",
        total=f"{disk.total_bytes / _GB:.0f}",
    )


@callback
def async_clear_engine(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Takes back everything about an entry's engine."""
    async_clear_connected(hass, entry)
    async_set_disk(hass, entry, None)


def _raise_for_engine(
    hass: HomeAssistant,
    entry: ConfigEntry,
    issue: str,
    translation_key: str,
    severity: ir.IssueSeverity,
    **placeholders: str,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{issue}_{entry.entry_id}",
        is_fixable=False,
        severity=severity,
        translation_key=translation_key,
        translation_placeholders={"engine": entry.title, **placeholders},
    )
