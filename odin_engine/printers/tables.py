"""Printers and what is remembered about them.

History names its printer by a plain key: deleting a printer keeps it, together with
the name the printer had then. Samples are keyed by whole minutes since 1970, so that a
minute is never stored twice.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any, ClassVar, Protocol

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from odin_engine.kernel.db import Base, Instant, one_of
from odin_engine.printers.model import FaultKind, PrintResult, Severity
from odin_engine.printers.model.record import PlateState


class PrinterRow(Base):
    """A registered printer. `name_key` is the name as it must be unique.

    `secret` and `camera_url` are sealed.
    """

    __tablename__ = "printers"
    __table_args__ = (
        Index(
            None,
            "family",
            "serial",
            unique=True,
            sqlite_where=text("serial IS NOT NULL"),
            postgresql_where=text("serial IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, unique=True)
    family: Mapped[str] = mapped_column(String(32))
    host: Mapped[str] = mapped_column(Text)
    serial: Mapped[str | None] = mapped_column(Text)
    ports: Mapped[dict[str, int]] = mapped_column(JSON)
    options: Mapped[dict[str, str | int | bool]] = mapped_column(
        JSON, server_default=text("'{}'")
    )
    pin_sha256: Mapped[str | None] = mapped_column(String(64))
    secret: Mapped[str | None] = mapped_column(Text)
    camera_url: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(JSON)
    position: Mapped[int]
    is_enabled: Mapped[bool]
    is_observe_only: Mapped[bool]
    is_in_maintenance: Mapped[bool]
    maintenance_note: Mapped[str] = mapped_column(Text)
    is_plate_gated: Mapped[bool]
    plate_state: Mapped[PlateState] = mapped_column(one_of(PlateState, "plate_state"))
    plate_since: Mapped[datetime | None] = mapped_column(Instant)
    plate_run_id: Mapped[str | None] = mapped_column(String(32))
    notes: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(Text, server_default="")
    heater_off_min: Mapped[int | None]
    macro_buttons: Mapped[list[str]] = mapped_column(JSON, server_default=text("'[]'"))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class RunRow(Base):
    """One print at one printer; at most one per printer is open."""

    __tablename__ = "print_runs"
    __table_args__ = (
        Index(
            "uq_print_runs_open",
            "printer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name="ended"),
        Index(None, "printer_id", "started_at", "id"),
        Index(None, "token"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    printer_id: Mapped[str] = mapped_column(String(32))
    printer_name: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Instant)
    was_seen_starting: Mapped[bool]
    name: Mapped[str | None] = mapped_column(Text)
    file: Mapped[str | None] = mapped_column(Text)
    plate: Mapped[int | None]
    token: Mapped[int | None]
    external_id: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[PrintResult | None] = mapped_column(one_of(PrintResult, "result"))
    progress_pct: Mapped[int | None]
    layer: Mapped[int | None]
    total_layers: Mapped[int | None]
    printing_s: Mapped[float]
    weight_g: Mapped[float | None]
    estimated_s: Mapped[int | None]
    object_count: Mapped[int | None]
    has_picture: Mapped[bool] = mapped_column(server_default=false())


class PictureRow(Base):
    """A small picture of what was printed; it goes with its run."""

    __tablename__ = "print_pictures"

    run_id: Mapped[str] = mapped_column(
        ForeignKey("print_runs.id", ondelete="CASCADE"), primary_key=True
    )
    png: Mapped[bytes]


class FaultRow(Base):
    """A fault from the report that raised it to the one that no longer had it."""

    __tablename__ = "printer_faults"
    __table_args__ = (
        Index(
            "uq_printer_faults_open",
            "printer_id",
            "code",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index(None, "printer_id", "raised_at", "id"),
        Index(None, "cleared_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    printer_id: Mapped[str] = mapped_column(String(32))
    printer_name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    kind: Mapped[FaultKind] = mapped_column(one_of(FaultKind, "kind"))
    severity: Mapped[Severity] = mapped_column(one_of(Severity, "severity"))
    text: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    cleared_at: Mapped[datetime | None] = mapped_column(Instant)
    module: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[int | None]
    slot: Mapped[int | None]
    help_url: Mapped[str | None] = mapped_column(Text)


class NozzleRow(Base):
    """A nozzle from its installation to its retirement; one per head is in use."""

    __tablename__ = "printer_nozzles"
    __table_args__ = (
        Index(
            "uq_printer_nozzles_in_use",
            "printer_id",
            "head",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        Index(None, "printer_id", "installed_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    printer_id: Mapped[str] = mapped_column(String(32))
    printer_name: Mapped[str] = mapped_column(Text)
    head: Mapped[int]
    diameter_mm: Mapped[float]
    material: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    installed_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    printing_s: Mapped[float]
    version: Mapped[int]


class SampleRow(Base):
    """Telemetry of one printing minute. Eight heads have columns; few have more."""

    __tablename__ = "printer_samples"
    __table_args__ = (Index(None, "minute"),)

    printer_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nozzle_0_c: Mapped[float | None]
    nozzle_0_target_c: Mapped[float | None]
    nozzle_1_c: Mapped[float | None]
    nozzle_1_target_c: Mapped[float | None]
    nozzle_2_c: Mapped[float | None]
    nozzle_2_target_c: Mapped[float | None]
    nozzle_3_c: Mapped[float | None]
    nozzle_3_target_c: Mapped[float | None]
    nozzle_4_c: Mapped[float | None]
    nozzle_4_target_c: Mapped[float | None]
    nozzle_5_c: Mapped[float | None]
    nozzle_5_target_c: Mapped[float | None]
    nozzle_6_c: Mapped[float | None]
    nozzle_6_target_c: Mapped[float | None]
    nozzle_7_c: Mapped[float | None]
    nozzle_7_target_c: Mapped[float | None]
    bed_c: Mapped[float | None]
    bed_target_c: Mapped[float | None]
    chamber_c: Mapped[float | None]
    chamber_target_c: Mapped[float | None]
    part_fan_pct: Mapped[int | None]
    aux_fan_pct: Mapped[int | None]
    chamber_fan_pct: Mapped[int | None]
    progress_pct: Mapped[int | None]
    layer: Mapped[int | None]


class ClimateRow(Base):
    """The air inside one filament unit at one minute."""

    __tablename__ = "printer_climate"
    __table_args__ = (Index(None, "minute"),)

    printer_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minute: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    temperature_c: Mapped[float | None]
    humidity_pct: Mapped[int | None]
    humidity_level: Mapped[int | None]


class UploadRow(Base):
    """A file that we put on a printer."""

    __tablename__ = "printer_uploads"

    printer_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)


class _IsDataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


def from_row[D: _IsDataclass](kind: type[D], row: object) -> D:
    """Returns a dataclass filled from the columns of the same names."""
    return kind(**{each.name: getattr(row, each.name) for each in fields(kind)})
