"""The one permission check for routes and sockets, and the audit of what they do.

Every route has exactly one of `needs(permission)`, `needs_login()` and `open_to_all()`.
The composition root calls `install` after `kernel.http.install`, and provides
`Identity`.
"""

from odin_engine.identity.access.browsers import (
    CSRF_HEADER,
    SESSION_COOKIE,
    check_own_page,
    check_sign_in,
    clear_cookie,
    page_secret,
    session_secret,
    set_cookie,
)
from odin_engine.identity.access.callers import (
    ON_BEHALF_HEADER,
    ON_BEHALF_ROLE_HEADER,
    authenticate,
    authenticate_token,
    caller_of,
    has_login,
    signed_in,
)
from odin_engine.identity.access.declarations import (
    LOGIN,
    OPEN,
    Declaration,
    declared,
    needs,
    needs_login,
    open_to_all,
)
from odin_engine.identity.access.gate import install, note

__all__ = [
    "CSRF_HEADER",
    "LOGIN",
    "ON_BEHALF_HEADER",
    "ON_BEHALF_ROLE_HEADER",
    "OPEN",
    "SESSION_COOKIE",
    "Declaration",
    "authenticate",
    "authenticate_token",
    "caller_of",
    "check_own_page",
    "check_sign_in",
    "clear_cookie",
    "declared",
    "has_login",
    "install",
    "needs",
    "needs_login",
    "note",
    "open_to_all",
    "page_secret",
    "session_secret",
    "set_cookie",
    "signed_in",
]
