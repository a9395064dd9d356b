"""Users, sessions, tokens, people of Home Assistant, setup and the audit log."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from odin_engine.identity.model import Detail, Role
from odin_engine.kernel.db import Base, Instant, one_of


class UserRow(Base):
    """A user. `name_key` is the name as it must be unique."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, unique=True)
    display_name: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    password_hash: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool]
    must_change_password: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_login_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)


class SessionRow(Base):
    """A signed-in browser; the cookie's value itself is not here."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)


class TokenRow(Base):
    """A program's key; the key itself is not here."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    default_role: Mapped[Role] = mapped_column(one_of(Role, "default_role"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class PersonRow(Base):
    """A person of Home Assistant whose role an administrator fixed here."""

    __tablename__ = "ha_users"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))


class SetupRow(Base):
    """There is at most one, and its presence locks setup for good."""

    __tablename__ = "setup"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    completed_at: Mapped[datetime] = mapped_column(Instant)


class AuditRow(Base):
    """One audited request. No foreign keys: it outlives whom it names."""

    __tablename__ = "audit_entries"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    user_id: Mapped[str | None] = mapped_column(String(32))
    user_name: Mapped[str] = mapped_column(Text)
    token_id: Mapped[str | None] = mapped_column(String(32))
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(String(16))
    route: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    targets: Mapped[dict[str, str]] = mapped_column(JSON)
    details: Mapped[dict[str, Detail]] = mapped_column(JSON)

    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(None, "action", "id"),
    )
