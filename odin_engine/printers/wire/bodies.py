"""What callers may say about printers: descriptions, tags, nozzles, whom to look for."""

from datetime import UTC, datetime
from typing import Annotated, Any, override

from pydantic import BaseModel, Field

from odin_engine.kernel.http import Moment
from odin_engine.printers.model import Activity, LinkStatus
from odin_engine.printers.model.record import (
    HEATER_OFF_MAX_MIN,
    LOCATION_MAX,
    MACROS_MAX,
    NOTES_MAX,
    OPTIONS_MAX,
    PORTS_MAX,
    SECRET_MAX,
    TAGS_MAX,
    URL_MAX,
)
from odin_engine.printers.ports import Connection
from odin_engine.printers.service import BulkAction
from odin_engine.printers.service.discovery import SECONDS_MOST
from odin_engine.printers.service.listing import LIMIT_DEFAULT, LIMIT_MOST, Wanted
from odin_engine.printers.service.nozzles import HEADS_MOST
from odin_engine.printers.wire.parts import WORD_MOST, Body, Word

_HOST_MOST = 253
_NOTE_MOST = 500
_QUERY_MOST = 200
_PRINTERS_MOST = 5000
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Line = Annotated[str, Field(max_length=_HOST_MOST)]
Secret = Annotated[str, Field(max_length=SECRET_MAX)]
Url = Annotated[str, Field(max_length=URL_MAX)]
Ports = Annotated[dict[str, int], Field(max_length=PORTS_MAX)]
Options = Annotated[dict[str, str | int | bool], Field(max_length=OPTIONS_MAX)]
Note = Annotated[str, Field(max_length=_NOTE_MOST)]
Diameter = Annotated[float, Field(ge=0.05, le=5)]
Text = Annotated[str, Field(max_length=_QUERY_MOST)] | None
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Described(Body):
    serial: Annotated[str, Field(max_length=WORD_MOST)] | None = None
    secret: Secret | None = Field(default=None, repr=False)
    ports: Ports = Field(default_factory=dict)
    options: Options = Field(default_factory=dict)
    tags: list[Word] = Field(default_factory=list, max_length=TAGS_MAX)
    notes: Annotated[str, Field(max_length=NOTES_MAX)] = ""
    location: Annotated[str, Field(max_length=LOCATION_MAX)] = ""
    is_enabled: bool = True
    is_observe_only: bool = False
    is_plate_gated: bool = True
    camera_url: Url | None = Field(default=None, repr=False)
    heater_off_min: Annotated[int, Field(ge=0, le=HEATER_OFF_MAX_MIN)] | None = None
    macro_buttons: list[Word] = Field(default_factory=list, max_length=MACROS_MAX)

    @override
    def told(self) -> dict[str, Any]:
        told = super().told()
        return {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in told.items()
        }


class CreatePrinter(_Described):
    """A printer to be. `secret` is its access code or key; it is never shown again.

    `key_request` stands for a key that a person approved at the machine.
    """

    name: Line
    family: Word
    host: Line
    key_request: Word | None = None


class ChangePrinter(_Described):
    """What to change of a printer; what is left out stays, `null` empties a field."""

    name: Line = ""
    host: Line = ""


class PrintersQuery(BaseModel):
    """Which printers to list; `q` looks into names, models, hosts, serials and tags."""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MOST)] = LIMIT_DEFAULT
    cursor: Text = None
    sort: Text = None
    q: Text = None
    tag: Text = None
    family: Text = None
    model: Text = None
    link: LinkStatus | None = None
    activity: Activity | None = None
    is_enabled: bool | None = None

    def to_model(self) -> Wanted:
        """Returns it in the domain's words."""
        return Wanted(**dict(self))


class OrderPrinters(Body):
    """Every printer's id, in the order to show them."""

    ids: Annotated[list[Word], Field(max_length=_PRINTERS_MOST)]


class BulkChange(Body):
    """One action for many printers; the tag actions need a `tag`."""

    ids: Annotated[list[Word], Field(min_length=1, max_length=_PRINTERS_MOST)]
    action: Annotated[BulkAction, Field(strict=False)]
    tag: Word | None = None


class RenameTag(Body):
    """A tag's new name."""

    name: Word


class Discover(Body):
    """How long to look."""

    seconds: Annotated[float, Field(gt=0, le=SECONDS_MOST)] = 5.0


class ScanNetwork(Body):
    """A private IPv4 network to look through, and for which families; all if not said."""

    network: Word
    families: Annotated[list[Word], Field(min_length=1, max_length=32)] | None = None


class RequestKey(Body):
    """The machine to ask for a key, as it is described when it is added."""

    family: Word
    host: Line
    ports: Ports = Field(default_factory=dict)
    options: Options = Field(default_factory=dict)

    def to_model(self) -> Connection:
        """Returns it in the domain's words."""
        return Connection(self.host, ports=self.ports, options=self.options)


class EmergencyStop(Body):
    """Whom to stop; without `ids` everybody."""

    ids: (
        Annotated[list[Word], Field(min_length=1, max_length=_PRINTERS_MOST)] | None
    ) = None


class Maintenance(Body):
    """Takes a printer out of service, or back."""

    is_on: bool
    note: Annotated[str, Field(max_length=NOTES_MAX)] = ""


class ConfirmCertificate(Body):
    """Both SHA-256 fingerprints, as they were compared."""

    pinned: Fingerprint
    found: Fingerprint


class InstallNozzle(Body):
    """A nozzle that was put in; the one before it is retired. `at` is now if not said."""

    head: Annotated[int, Field(ge=0, lt=HEADS_MOST)] = 0
    diameter_mm: Diameter
    material: Word | None = None
    note: Note = ""
    at: Moment | None = None


class ChangeNozzle(Body):
    """What to correct about a nozzle; a `retired_at` retires it."""

    diameter_mm: Diameter = 0.4
    material: Word | None = None
    note: Note = ""
    installed_at: Moment = _EPOCH
    retired_at: Moment | None = None
