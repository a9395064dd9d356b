"""How routes get at services: the composition root provides, a `Depends` looks up."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI, params
from starlette.requests import HTTPConnection


def provide[T](app: FastAPI, kind: Callable[..., T], instance: T) -> None:
    """Makes `instance` what `of(kind)` finds on this app."""
    _services(app)[kind] = instance


def of(kind: Callable[..., object]) -> params.Depends:
    """Returns the dependency that hands out what was provided as `kind`.

    Meant for `Annotated`: `PrintersDep = Annotated[Printers, of(Printers)]`. Serves
    HTTP routes and sockets alike.
    """

    async def look_up(connection: HTTPConnection) -> object:
        return provided(connection, kind)

    found: params.Depends = Depends(look_up)
    return found


def provided[T](connection: HTTPConnection, kind: Callable[..., T]) -> T:
    """Returns what was provided as `kind`, outside of dependency injection."""
    services = _services(connection.app)
    if kind not in services:
        raise RuntimeError(f"nobody provided {kind!r}: app.py wires every service")
    instance: T = services[kind]
    return instance


def _services(app: FastAPI) -> dict[object, Any]:
    if not hasattr(app.state, "services"):
        app.state.services = {}
    services: dict[object, Any] = app.state.services
    return services
