"""Roles, permissions and who is asking. Pure; the checks live in `identity.access`."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What kind of person somebody is, strongest first."""

    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a route needs and a token's scope can name."""

    READ_PRINTERS = "read:printers"
    CONTROL_PRINTERS = "control:printers"
    STOP_PRINTERS = "stop:printers"
    MANAGE_PRINTERS = "manage:printers"
    SEND_GCODE = "gcode:printers"
    READ_CAMERAS = "read:cameras"
    READ_TASKS = "read:tasks"
    READ_SYSTEM = "read:system"
    MANAGE_SYSTEM = "manage:system"
    MANAGE_USERS = "manage:users"
    MANAGE_OWN_ACCOUNT = "manage:own-account"
    READ_AUDIT = "read:audit"


ACT_AS = "act-as"
"""The token scope that lets Home Assistant's integration name the person behind it."""

_VIEWER = frozenset(
    {
        Permission.READ_PRINTERS,
        Permission.READ_CAMERAS,
        Permission.READ_TASKS,
        Permission.READ_SYSTEM,
        Permission.MANAGE_OWN_ACCOUNT,
    }
)
_OPERATOR = _VIEWER | {Permission.CONTROL_PRINTERS, Permission.STOP_PRINTERS}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.OPERATOR: _OPERATOR,
    Role.VIEWER: _VIEWER,
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a person with a session, or a token, maybe on behalf of somebody.

    `on_behalf_of` is `ha:<user id>` when an act-as token names one. `permissions` is
    what remains after token scopes and role were both applied.
    """

    user_id: str | None
    name: str
    role: Role
    permissions: frozenset[Permission]
    token_id: str | None = None
    session_id: str | None = None
    on_behalf_of: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the permission is held."""
        return permission in self.permissions
