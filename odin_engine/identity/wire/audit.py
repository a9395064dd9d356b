"""The audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from odin_engine.identity.model import AuditEntry, Detail


class AuditOut(BaseModel):
    """One line of the audit log."""

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
    targets: Mapping[str, str]
    details: Mapping[str, Detail]

    @classmethod
    def from_model(cls, entry: AuditEntry) -> Self:
        """Shows an entry as it is."""
        return cls(
            id=entry.id,
            at=entry.at,
            user_id=entry.user_id,
            user_name=entry.user_name,
            token_id=entry.token_id,
            on_behalf_of=entry.on_behalf_of,
            address=entry.address,
            method=entry.method,
            route=entry.route,
            action=entry.action,
            status=entry.status,
            targets=entry.targets,
            details=entry.details,
        )


class AuditSheetRow(BaseModel):
    """The same for a spreadsheet, whose columns must not depend on what happened."""

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
    targets: str
    details: str

    @classmethod
    def from_model(cls, entry: AuditEntry) -> Self:
        """Writes targets and details as `name=value`, parted by semicolons."""
        whole = AuditOut.from_model(entry).model_dump()
        for name in ("targets", "details"):
            pairs = whole[name].items()
            whole[name] = "; ".join(f"{key}={value}" for key, value in pairs)
        return cls(**whole)
