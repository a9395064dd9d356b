"""Bambu Lab as a printer family: what the `printers` domain is given."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from ipaddress import IPv4Address
from pathlib import Path
from typing import override

from odin_engine.drivers.family import Family
from odin_engine.drivers.printers.bambu import discovery
from odin_engine.drivers.printers.bambu.check import check
from odin_engine.drivers.printers.bambu.driver import BambuDriver
from odin_engine.drivers.printers.bambu.filament_presets import (
    load_filament_presets,
)
from odin_engine.drivers.printers.bambu.protocol.frames import SSDP_PORT
from odin_engine.drivers.printers.bambu.protocol.replay import read_recording, replay
from odin_engine.drivers.printers.bambu.protocol.sanitise import sanitise
from odin_engine.drivers.printers.bambu.tls import load_roots
from odin_engine.kernel.clock import Clock, Ticker
from odin_engine.printers.events import PrinterEvent
from odin_engine.printers.model import FilamentPreset, PrinterState
from odin_engine.printers.ports import (
    Checked,
    Connection,
    Field,
    FieldKind,
    Found,
    Record,
    Recording,
    Surroundings,
)

TRUST_FOLDER = "bambu-ca"
"""Below the data folder: where an owner may put the maker's root certificates."""

_FIELDS = (
    Field(
        "host",
        FieldKind.ADDRESS,
        "Address",
        "The printer shows it under Settings → Network (WLAN).",
        is_required=True,
    ),
    Field(
        "serial",
        FieldKind.TEXT,
        "Serial",
        "On the label at the printer, and on its screen under Settings → Device. "
        "Upper and lower case matter.",
        is_required=True,
    ),
    Field(
        "secret",
        FieldKind.SECRET,
        "Access code",
        "The printer shows it under Settings → Network, or → LAN Only Mode. It changes "
        "when that mode is switched.",
        is_required=True,
    ),
    Field("ports/mqtt", FieldKind.NUMBER, "MQTT port", default=8883),
    Field("ports/ftps", FieldKind.NUMBER, "FTPS port", default=990),
    Field("ports/camera", FieldKind.NUMBER, "Camera port", default=6000),
    Field("ports/detect", FieldKind.NUMBER, "Detect port", default=3000),
)


def make(surroundings: Surroundings) -> BambuFamily:
    """Returns the family for an engine; what `odin.printer_drivers` names."""
    trust_dir = surroundings.data_dir / TRUST_FOLDER
    return BambuFamily(trust_dir, look_by=surroundings.look_by)


class BambuFamily(Family):
    """Implements `printers.ports.DriverFamily`.

    `trust_dir` may hold the maker's root certificates as PEM files (see `tls`); it may
    be empty or absent. It is read once, here. `look_by` is the address of the
    interface on which machines are looked for, see `discovery.listen`.
    """

    name = discovery.FAMILY
    label = "Bambu Lab"
    fields = _FIELDS
    file_kinds = (".3mf",)

    def __init__(
        self,
        trust_dir: Path | None = None,
        ssdp_port: int = SSDP_PORT,
        look_by: IPv4Address | None = None,
    ) -> None:
        self._roots = load_roots(trust_dir)
        self._filament_presets = load_filament_presets()
        self._ssdp_port = ssdp_port
        self._look_by = look_by

    @override
    def filament_presets(self) -> tuple[FilamentPreset, ...]:
        """Returns the filaments that every machine of the family knows."""
        return self._filament_presets

    @override
    def driver(
        self,
        connection: Connection,
        clock: Clock,
        ticker: Ticker,
        tap: Callable[[Record], None] | None = None,
    ) -> BambuDriver:
        return BambuDriver(connection, self._roots, clock, ticker, tap)

    @override
    def discover(self, seconds: float) -> AsyncIterator[Found]:
        return discovery.listen(seconds, self._ssdp_port, self._look_by)

    @override
    async def probe(self, host: str, ports: Mapping[str, int]) -> Found | None:
        return await discovery.probe(host, ports)

    @override
    async def check(
        self, connection: Connection, clock: Clock, ticker: Ticker
    ) -> Checked:
        return await check(connection, self._roots, clock, ticker)

    @override
    def read_recording(self, data: bytes) -> Recording:
        """Returns the records in a file: JSON lines, or a document of one machine."""
        return read_recording(data)

    @override
    def replay(
        self, records: Sequence[Record]
    ) -> tuple[PrinterState, tuple[PrinterEvent, ...]]:
        return replay(records)

    @override
    def sanitise(
        self, records: Sequence[Record], secrets: Sequence[str]
    ) -> tuple[list[Record], Mapping[str, int]]:
        return sanitise(records, secrets)
