"""Roles, permissions, scopes, and what remains when they are laid over each other.

The words a person reads beside a role, a permission or a scope are here and nowhere
else; the panel and the command line ask for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
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
    READ_ALERTS = "read:alerts"
    MANAGE_ALERTS = "manage:alerts"
    READ_TASKS = "read:tasks"
    READ_SYSTEM = "read:system"
    MANAGE_SYSTEM = "manage:system"
    MANAGE_USERS = "manage:users"
    MANAGE_OWN_ACCOUNT = "manage:own-account"
    READ_AUDIT = "read:audit"


ACT_AS = "act-as"
"""The token scope that lets Home Assistant's integration name the person behind it."""

SCOPES = frozenset({*Permission, ACT_AS})
"""Every word a token's scopes may contain."""

_VIEWER = frozenset(
    {
        Permission.READ_PRINTERS,
        Permission.READ_CAMERAS,
        Permission.READ_ALERTS,
        Permission.READ_TASKS,
        Permission.READ_SYSTEM,
        Permission.MANAGE_OWN_ACCOUNT,
    }
)
_OPERATOR = _VIEWER | {
    Permission.CONTROL_PRINTERS,
    Permission.STOP_PRINTERS,
    Permission.MANAGE_ALERTS,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.OPERATOR: _OPERATOR,
    Role.VIEWER: _VIEWER,
}

_NEVER_FOR_ANOTHER = frozenset({Permission.MANAGE_USERS, Permission.MANAGE_OWN_ACCOUNT})
"""What stays with our own users: nobody named by Home Assistant touches accounts."""


@dataclass(frozen=True, slots=True)
class Label:
    """How something is called on a screen, and one sentence on what it means."""

    title: str
    description: str


ROLE_LABELS: dict[Role, Label] = {
    Role.ADMIN: Label("Administrator", "Sets up printers, people and the system."),
    Role.OPERATOR: Label("Operator", "Runs the printers day by day."),
    Role.VIEWER: Label("Viewer", "Looks at everything and changes nothing."),
}

SCOPE_LABELS: dict[str, Label] = {
    Permission.READ_PRINTERS: Label("See printers", "Read state, jobs and history."),
    Permission.CONTROL_PRINTERS: Label(
        "Control printers", "Pause, resume, heat, light, load filament, start prints."
    ),
    Permission.STOP_PRINTERS: Label(
        "Stop printers", "Press the emergency stop and cancel a running print."
    ),
    Permission.MANAGE_PRINTERS: Label(
        "Manage printers", "Add, change and remove printers and their access codes."
    ),
    Permission.SEND_GCODE: Label(
        "Send G-code", "Send raw lines to a printer. It does exactly what they say."
    ),
    Permission.READ_CAMERAS: Label("See cameras", "Watch the cameras of the printers."),
    Permission.READ_ALERTS: Label(
        "See alerts", "Read what needs attention, and what did."
    ),
    Permission.MANAGE_ALERTS: Label(
        "Dismiss alerts", "Put alerts away for everybody, and take that back."
    ),
    Permission.READ_TASKS: Label("See tasks", "Follow long work such as an upload."),
    Permission.READ_SYSTEM: Label("See the system", "Read versions, health and load."),
    Permission.MANAGE_SYSTEM: Label(
        "Manage the system", "Change settings, make and restore backups."
    ),
    Permission.MANAGE_USERS: Label(
        "Manage people", "Create and remove users, reset passwords, revoke any token."
    ),
    Permission.MANAGE_OWN_ACCOUNT: Label(
        "Manage the own account", "Change the password, the sessions and the tokens."
    ),
    Permission.READ_AUDIT: Label(
        "See the audit log", "Read who changed what, and when."
    ),
    ACT_AS: Label(
        "Act for Home Assistant's people",
        "Name the person behind a request. Only Home Assistant's integration needs it.",
    ),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a person with a session, or a token, maybe on behalf of somebody.

    `on_behalf_of` is `ha:<user id>` when an act-as token names one. `permissions` is
    what remains after token scopes and role were both applied. `act_as_role` is set for
    a token that may name people: the role of whoever has no other. `valid_until` is
    when the token runs out, if it does.
    """

    user_id: str | None
    name: str
    role: Role
    permissions: frozenset[Permission]
    token_id: str | None = None
    session_id: str | None = None
    on_behalf_of: str | None = None
    act_as_role: Role | None = None
    valid_until: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the permission is held."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """A person as told by who acts for it, still unchecked: `ha:<id>`, and its role."""

    person: str
    role: str | None = None


def session_permissions(
    role: Role, *, must_change_password: bool
) -> frozenset[Permission]:
    """Returns what a signed-in person may do.

    Whoever was given a password by somebody else first chooses one of his own.
    """
    if must_change_password:
        return frozenset({Permission.MANAGE_OWN_ACCOUNT})
    return ROLE_PERMISSIONS[role]


def ingress_permissions(role: Role) -> frozenset[Permission]:
    """Returns what a person may do who came through Home Assistant's ingress.

    The Supervisor itself vouches for the person, so administrators manage people too;
    there is no account of their own here to manage.
    """
    return ROLE_PERMISSIONS[role] - {Permission.MANAGE_OWN_ACCOUNT}


def token_permissions(scopes: Iterable[str], owner: Role) -> frozenset[Permission]:
    """Returns what a token may do: its scopes, as far as its owner holds them."""
    return ROLE_PERMISSIONS[owner].intersection(scopes)


def on_behalf_permissions(
    held: frozenset[Permission], person: Role
) -> frozenset[Permission]:
    """Returns what remains of a token's permissions for a person of that role."""
    return (held & ROLE_PERMISSIONS[person]) - _NEVER_FOR_ANOTHER
