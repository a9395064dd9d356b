"""Sessions of browsers: the cookie, and proof that our own page sent a request.

A browser sends the cookie along whoever makes it send the request. So a write also
needs the token that only our page can know, and must not say that it comes from
another site.
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from odin_engine.identity.model import (
    SESSION_ABSOLUTE,
    CsrfRefused,
    Forbidden,
    is_csrf_token,
)
from odin_engine.identity.service import Identity
from odin_engine.kernel.http import provided, visit_of

SESSION_COOKIE = "odin_session"
CSRF_HEADER = "X-CSRF-Token"

_SECURE_SCHEMES = frozenset({"https", "wss"})
_OWN_SITES = frozenset({"same-origin", "none"})
"""`Sec-Fetch-Site` of our own page, and of an address typed by hand.

Source: W3C Fetch Metadata Request Headers, section 2.3.
"""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def session_secret(connection: HTTPConnection) -> str | None:
    """Returns the session's secret if the browser sent one."""
    return connection.cookies.get(SESSION_COOKIE) or None


def page_secret(connection: HTTPConnection) -> str | None:
    """Returns what the token is made of that this caller's writes need.

    Through ingress there is no session of ours, and a cookie that comes along belongs to
    another page on Home Assistant's host.
    """
    visit = visit_of(connection)
    if visit is None:
        return session_secret(connection)
    if visit.person_id is None:
        return None
    return provided(connection, Identity).doors.visit_secret(visit.person_id)


def set_cookie(response: Response, connection: HTTPConnection, secret: str) -> None:
    """Gives the browser a session."""
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(SESSION_ABSOLUTE.total_seconds()),
        path="/",
        secure=_is_secure(connection),
        httponly=True,
        samesite="strict",
    )


def clear_cookie(response: Response, connection: HTTPConnection) -> None:
    """Takes the session from the browser."""
    response.delete_cookie(
        SESSION_COOKIE,
        path="/",
        secure=_is_secure(connection),
        httponly=True,
        samesite="strict",
    )


def check_own_page(connection: HTTPConnection) -> None:
    """Passes unless the browser says that another site's page sent this.

    Raises:
        CsrfRefused: it does.
    """
    site = connection.headers.get("sec-fetch-site")
    if visit_of(connection) is not None and site == "same-origin":
        # No page can forge it, and proxies before Home Assistant may rename hosts.
        return
    origin = connection.headers.get("origin")
    is_foreign_site = site is not None and site not in _OWN_SITES
    if is_foreign_site or (origin is not None and not _is_own(origin, connection)):
        raise CsrfRefused(
            "This came from a page of another site. If you reach O.D.I.N. through a"
            " proxy, set ODIN_EXTERNAL_URL to the address in your browser."
        )


def check_sign_in(connection: HTTPConnection) -> None:
    """Passes when our own page asks for a session, and could keep it for itself.

    Raises:
        Forbidden: it came through ingress, where Home Assistant keeps the session, and a
            cookie would go to every other page there.
        CsrfRefused: another site's page sent this.
    """
    if visit_of(connection) is not None:
        raise Forbidden("Home Assistant has signed you in already.")
    check_own_page(connection)


def check_csrf(connection: HTTPConnection, secret: str) -> None:
    """Passes when our own page sent this write.

    Raises:
        CsrfRefused: the page's origin or its token says otherwise.
    """
    check_own_page(connection)
    if not is_csrf_token(secret, connection.headers.get(CSRF_HEADER, "")):
        raise CsrfRefused(
            f"Send the session's token as {CSRF_HEADER};"
            " GET /api/v1/auth/session tells it."
        )


def check_socket_origin(connection: HTTPConnection) -> None:
    """Passes when our own page opened this socket: browsers always say whose it was.

    Raises:
        CsrfRefused: the origin is missing or another one.
    """
    if "origin" not in connection.headers:
        raise CsrfRefused("A socket with a session cookie needs an Origin.")
    check_own_page(connection)


def _is_secure(connection: HTTPConnection) -> bool:
    external_url = provided(connection, Identity).external_url or ""
    return (
        connection.url.scheme in _SECURE_SCHEMES
        or urlsplit(external_url).scheme in _SECURE_SCHEMES
    )


def _is_own(origin: str, connection: HTTPConnection) -> bool:
    # A proxy that ends TLS hides the scheme, so only the host must agree.
    scheme = origin.partition("://")[0]
    visit = visit_of(connection)
    hosts = (connection.headers.get("host", ""),) if visit is None else visit.hosts
    mine = {_place(f"{scheme}://{host}") for host in hosts}
    external_url = provided(connection, Identity).external_url
    if external_url is not None:
        mine.add(_place(external_url))
    theirs = _place(origin)
    return theirs is not None and theirs in mine


def _place(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.hostname is None or port is None:
        return None
    return parts.hostname, port
