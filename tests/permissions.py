"""Who may do what: one table, and every test of permissions asks it.

It is written by hand and knows nothing of the engine's own declarations: a route that is
new, gone, or opened to somebody else fails until somebody has changed a row here.
"""

from dataclasses import dataclass

_TABLE = """
anybody  -                  GET    /api/v1/info
viewer   read:system        GET    /api/v1/system
viewer   read:tasks         GET    /api/v1/tasks
viewer   read:tasks         GET    /api/v1/tasks/{task_id}
operator control:printers   POST   /api/v1/tasks/{task_id}/cancel
viewer   read:system        GET    /api/v1/settings
admin    manage:system      PATCH  /api/v1/settings
anybody  -                  GET    /api/v1/setup
anybody  -                  POST   /api/v1/setup
anybody  -                  POST   /api/v1/auth/login
viewer   -                  POST   /api/v1/auth/logout
viewer   -                  GET    /api/v1/auth/session
viewer   manage:own-account POST   /api/v1/auth/password
viewer   manage:own-account GET    /api/v1/sessions
viewer   manage:own-account DELETE /api/v1/sessions/{session_id}
viewer   manage:own-account DELETE /api/v1/sessions
admin    manage:users       GET    /api/v1/users
admin    manage:users       POST   /api/v1/users
admin    manage:users       GET    /api/v1/users/{user_id}
admin    manage:users       PATCH  /api/v1/users/{user_id}
admin    manage:users       DELETE /api/v1/users/{user_id}
admin    manage:users       POST   /api/v1/users/{user_id}/reset-password
admin    manage:users       GET    /api/v1/ha-users
admin    manage:users       PUT    /api/v1/ha-users/{person_id}
admin    manage:users       DELETE /api/v1/ha-users/{person_id}
viewer   manage:own-account GET    /api/v1/tokens
viewer   manage:own-account POST   /api/v1/tokens
viewer   manage:own-account DELETE /api/v1/tokens/{token_id}
viewer   -                  GET    /api/v1/permissions
admin    read:audit         GET    /api/v1/audit
viewer   read:printers      GET    /api/v1/printers
admin    manage:printers    PUT    /api/v1/printers/order
admin    manage:printers    POST   /api/v1/printers/bulk
viewer   read:printers      GET    /api/v1/printers/tags
admin    manage:printers    PUT    /api/v1/printers/tags/{tag}
admin    manage:printers    DELETE /api/v1/printers/tags/{tag}
viewer   read:printers      GET    /api/v1/printers/families
admin    manage:printers    POST   /api/v1/printers/discover
admin    manage:printers    POST   /api/v1/printers/check
admin    manage:printers    POST   /api/v1/printers/scan
admin    manage:printers    POST   /api/v1/printers/key-requests
admin    manage:printers    GET    /api/v1/printers/key-requests/{request_id}
admin    manage:printers    DELETE /api/v1/printers/key-requests/{request_id}
operator stop:printers      POST   /api/v1/printers/emergency-stop
operator stop:printers      POST   /api/v1/printers/{printer_id}/emergency-stop
operator stop:printers      POST   /api/v1/printers/{printer_id}/stop
admin    manage:printers    POST   /api/v1/printers
viewer   read:printers      GET    /api/v1/printers/{printer_id}
admin    manage:printers    PATCH  /api/v1/printers/{printer_id}
admin    manage:printers    DELETE /api/v1/printers/{printer_id}
operator control:printers   POST   /api/v1/printers/{printer_id}/maintenance
operator control:printers   POST   /api/v1/printers/{printer_id}/plate-cleared
operator control:printers   POST   /api/v1/printers/{printer_id}/plate-occupied
viewer   read:printers      GET    /api/v1/printers/{printer_id}/certificate
operator control:printers   POST   /api/v1/printers/{printer_id}/certificate/confirm
admin    manage:printers    POST   /api/v1/printers/{printer_id}/check
viewer   read:printers      GET    /api/v1/printers/{printer_id}/check
operator control:printers   POST   /api/v1/printers/{printer_id}/refresh
operator control:printers   POST   /api/v1/printers/{printer_id}/pause
operator control:printers   POST   /api/v1/printers/{printer_id}/resume
operator control:printers   POST   /api/v1/printers/{printer_id}/home
operator control:printers   POST   /api/v1/printers/{printer_id}/clear-errors
operator control:printers   POST   /api/v1/printers/{printer_id}/light
operator control:printers   POST   /api/v1/printers/{printer_id}/speed
operator control:printers   POST   /api/v1/printers/{printer_id}/flow
operator control:printers   POST   /api/v1/printers/{printer_id}/fan
operator control:printers   POST   /api/v1/printers/{printer_id}/temperature
operator control:printers   POST   /api/v1/printers/{printer_id}/jog
operator control:printers   POST   /api/v1/printers/{printer_id}/skip-objects
operator control:printers   POST   /api/v1/printers/{printer_id}/calibrate
operator control:printers   POST   /api/v1/printers/{printer_id}/timelapse
operator control:printers   POST   /api/v1/printers/{printer_id}/detectors/{name}
admin    gcode:printers     POST   /api/v1/printers/{printer_id}/gcode
admin    gcode:printers     GET    /api/v1/printers/{printer_id}/console
operator control:printers   POST   /api/v1/printers/{printer_id}/tool
operator control:printers   POST   /api/v1/printers/{printer_id}/macros/{name}
operator control:printers   POST   /api/v1/printers/{printer_id}/prompt
operator control:printers   POST   /api/v1/printers/{printer_id}/power/{device}
operator control:printers   POST   /api/v1/printers/{printer_id}/spool
operator control:printers   POST   /api/v1/printers/{printer_id}/connect
operator control:printers   POST   /api/v1/printers/{printer_id}/disconnect
operator control:printers   POST   /api/v1/printers/{printer_id}/restart-firmware
operator control:printers   POST   /api/v1/printers/{printer_id}/restart-host
operator control:printers   POST   /api/v1/printers/{printer_id}/print
operator control:printers   POST   /api/v1/printers/{printer_id}/ams/refresh
operator control:printers   POST   /api/v1/printers/{printer_id}/ams/load
operator control:printers   POST   /api/v1/printers/{printer_id}/ams/unload
operator control:printers   PUT    /api/v1/printers/{printer_id}/ams/{ams_id}/slots/{slot_id}
operator control:printers   POST   /api/v1/printers/{printer_id}/ams/{ams_id}/dry
operator control:printers   DELETE /api/v1/printers/{printer_id}/ams/{ams_id}/dry
viewer   read:printers      GET    /api/v1/printers/{printer_id}/files
viewer   read:printers      GET    /api/v1/printers/{printer_id}/files/on-printer
viewer   read:printers      GET    /api/v1/printers/{printer_id}/timelapses
viewer   read:printers      GET    /api/v1/printers/{printer_id}/past-jobs
operator control:printers   PUT    /api/v1/printers/{printer_id}/files/{name}
operator control:printers   POST   /api/v1/printers/{printer_id}/files/{name}
operator control:printers   DELETE /api/v1/printers/{printer_id}/files/{name}
viewer   read:cameras       GET    /api/v1/printers/{printer_id}/camera/{camera_id}/frame
viewer   read:printers      GET    /api/v1/printers/{printer_id}/job/details
viewer   read:printers      GET    /api/v1/printers/{printer_id}/job/picture
viewer   read:printers      GET    /api/v1/printers/{printer_id}/files/{name}/plates
viewer   read:printers      GET    /api/v1/printers/{printer_id}/files/{name}/plates/{plate}/picture
viewer   read:printers      GET    /api/v1/printers/{printer_id}/prints/{run_id}/picture
viewer   read:printers      GET    /api/v1/printers/{printer_id}/nozzle-status
viewer   read:printers      GET    /api/v1/printers/{printer_id}/nozzles
operator control:printers   POST   /api/v1/printers/{printer_id}/nozzles
operator control:printers   PATCH  /api/v1/nozzles/{nozzle_id}
operator control:printers   DELETE /api/v1/nozzles/{nozzle_id}
viewer   read:printers      GET    /api/v1/printers/{printer_id}/filament-presets
viewer   read:printers      GET    /api/v1/printers/{printer_id}/prints
viewer   read:printers      GET    /api/v1/printers/{printer_id}/faults
viewer   read:printers      GET    /api/v1/printers/{printer_id}/telemetry
viewer   read:printers      GET    /api/v1/printers/{printer_id}/ams/environment
viewer   read:alerts        GET    /api/v1/alerts
viewer   read:alerts        GET    /api/v1/alerts/summary
viewer   read:alerts        POST   /api/v1/alerts/seen
operator manage:alerts      POST   /api/v1/alerts/dismiss
operator manage:alerts      POST   /api/v1/alerts/{alert_id}/dismiss
operator manage:alerts      POST   /api/v1/alerts/{alert_id}/restore
anybody  -                  SOCKET /api/v1/ws
viewer   -                  GET    /api/openapi.json
viewer   -                  GET    /api/docs
viewer   -                  GET    /api/redoc
viewer   -                  GET    /api/docs/{name}
anybody  -                  GET    /healthz
anybody  -                  GET    /
anybody  -                  GET    /printers/add
anybody  -                  GET    /printers/{printer_id}
anybody  -                  GET    /alerts
anybody  -                  GET    /settings
anybody  -                  GET    /settings/{section}
anybody  -                  GET    /apple-touch-icon.png
anybody  -                  GET    /favicon.svg
anybody  -                  GET    /icon-192.png
anybody  -                  GET    /icon-512.png
anybody  -                  GET    /icon-maskable-512.png
anybody  -                  GET    /licenses.md
anybody  -                  GET    /manifest.webmanifest
anybody  -                  GET    /assets/{name}
"""

ROLES = ("viewer", "operator", "admin")
"""Each may what the one before it may."""

_ANYBODY = "anybody"
_NOT_FOR_OTHERS = frozenset({"manage:users", "manage:own-account"})
"""Accounts are nothing for somebody whom another one names."""


@dataclass(frozen=True)
class Row:
    """A route: from which role on, and with which permission; "-" is any login."""

    role: str
    permission: str
    method: str
    path: str

    @property
    def is_open(self) -> bool:
        return self.role == _ANYBODY

    def lets_in_role(self, role: str) -> bool:
        """Whether a person of that role may enter."""
        return self.is_open or ROLES.index(role) >= ROLES.index(self.role)

    def lets_in_scope(self, owner: str, scope: str) -> bool:
        """Whether a token with that one scope may, of an owner of that role."""
        if self.is_open or self.permission == "-":
            return True
        return scope == self.permission and self.lets_in_role(owner)

    def lets_in_named(self, role: str) -> bool:
        """Whether a person of that role may whom Home Assistant names."""
        return self.lets_in_role(role) and self.permission not in _NOT_FOR_OTHERS


def _row(line: str) -> Row:
    role, permission, method, path = line.split()
    assert role in (_ANYBODY, *ROLES), line
    return Row(role, permission, method, path)


ROWS = tuple(map(_row, _TABLE.strip().splitlines()))
BY_ROUTE = {(row.method, row.path): row for row in ROWS}
assert len(BY_ROUTE) == len(ROWS), "a route has two rows"
