"""`odin doctor`: looks at everything the engine stands on and says how to mend it.

With a printer's name it looks at the connection to that one instead.
"""

import asyncio
import http.client
import json
import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from odin_engine.kernel.clock import Clock, SystemClock
from odin_engine.kernel.errors import OdinError, Refused
from odin_engine.kernel.lock import is_held
from odin_engine.kernel.migrate import (
    DatabaseUnreachable,
    current,
    head,
    revisions,
)
from odin_engine.kernel.secrets import KEY_FILE, Secrets
from odin_engine.kernel.settings import Settings, load_settings

_PYTHON_FLOOR = (3, 14, 2)
_WRITTEN_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""This program is younger than that: a clock that says less is wrong."""
_CLOCK_TOLERANCE = timedelta(hours=1)
_GIB = 1024**3
_LEAST_FREE_BYTES = 1 * _GIB
_ANSWER_S = 3.0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do when it is wrong.

    `ok` is `None` for what was not reached.
    """

    check: str
    ok: bool | None
    detail: str
    remedy: str | None = None


def _fine(check: str, detail: str) -> Finding:
    return Finding(check=check, ok=True, detail=detail)


def _wrong(check: str, detail: str, remedy: str) -> Finding:
    return Finding(check=check, ok=False, detail=detail, remedy=remedy)


@click.command()
@click.option("--json", "is_json", is_flag=True, help="For programs.")
@click.option("--printer", metavar="NAME", help="Checks the connection to a printer.")
def doctor(*, is_json: bool, printer: str | None) -> None:
    """Checks the installation, or a printer; exit code 1 when something is wrong."""
    if printer is None:
        findings = list(examine(SystemClock()))
    else:
        findings = _examine_printer(printer)
    is_well = all(finding.ok is not False for finding in findings)
    if is_json:
        told = {"ok": is_well, "checks": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(told, indent=2))
    else:
        for finding in findings:
            _print(finding)
    sys.exit(0 if is_well else 1)


def examine(clock: Clock) -> Iterator[Finding]:
    """Yields what was found, one thing after the other."""
    yield _python()
    yield _time_zone()
    try:
        settings = load_settings()
    except OdinError as error:
        yield _wrong("settings", error.message, "Correct these variables.")
        return
    yield _fine("settings", f"data in {settings.data_dir}")
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _data_dir,
        _key,
        _database,
        _stored_secrets,
        _disk,
        _port,
    )
    for check in checks:
        yield check(settings)
    yield _clock(settings, clock)


def _examine_printer(name: str) -> list[Finding]:
    # Drivers and the database are not needed for anything else here.
    from odin_engine.cli.printer_doctor import try_connection  # noqa: PLC0415

    try:
        settings = load_settings()
        # The one that runs may listen on another port than we were told.
        is_running = is_held(settings.data_dir) or _is_healthy(settings)
        checks = asyncio.run(try_connection(settings, name, is_running=is_running))
    except OdinError as error:
        raise click.ClickException(error.message) from error
    return [Finding(each.step, each.ok, each.detail, each.remedy) for each in checks]


def _print(finding: Finding) -> None:
    match finding.ok:
        case True:
            mark = click.style("ok", "green")
        case False:
            mark = click.style("WRONG", "red")
        case None:
            mark = click.style("-", "yellow")
    click.echo(f"{mark:>14} {finding.check}: {finding.detail}")
    if finding.remedy is not None:
        click.echo(f"      {finding.remedy}")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _PYTHON_FLOOR:
        return _fine("python", version)
    floor = ".".join(map(str, _PYTHON_FLOOR))
    return _wrong("python", version, f"Install Python {floor} or newer.")


def _time_zone() -> Finding:
    place = Path("/etc/localtime")
    named = os.environ.get("TZ") or (
        str(place.resolve()).partition("zoneinfo/")[2] if place.exists() else ""
    )
    local = datetime.fromtimestamp(0, UTC).astimezone()
    if named:
        return _fine("time zone", f"{named} ({local.tzname()})")
    return _fine("time zone", "none is set (TZ, /etc/localtime): local times are UTC")


def _data_dir(settings: Settings) -> Finding:
    path = settings.data_dir
    mode = stat.S_IMODE(path.stat().st_mode)
    if not os.access(path, os.W_OK | os.X_OK):
        remedy = f"Make {path} writable for the user that runs the engine."
        return _wrong("data directory", "not writable", remedy)
    if mode & _OTHERS:
        detail = f"others may look into it (mode {mode:o})"
        return _wrong("data directory", detail, f"chmod 700 {path}")
    return _fine("data directory", f"{path}, mode {mode:o}")


def _key(settings: Settings) -> Finding:
    path = settings.data_dir / KEY_FILE
    if not path.exists():
        return _fine("key", "none yet; the first start makes one")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        detail = f"others may read it (mode {mode:o})"
        return _wrong("key", detail, f"chmod 600 {path}")
    try:
        Secrets(path.read_bytes().strip())
    except OdinError as error:
        return _wrong("key", error.message, "odin restore FILE")
    except OSError as error:
        detail = f"cannot be read: {error.strerror}"
        return _wrong("key", detail, f"Give {path} to the engine's user.")
    return _fine("key", f"{path}, mode {mode:o}")


def _database(settings: Settings) -> Finding:
    path = settings.database_path
    if path is not None and not path.exists():
        return _fine("database", "none yet; the first start makes it")
    try:
        found = asyncio.run(current(settings.database_url))
    except DatabaseUnreachable as error:
        return _wrong("database", error.problem, error.remedy)
    if path is not None and not os.access(path, os.W_OK):
        remedy = f"Give {path} to the user that runs the engine."
        return _wrong("database", f"{path} may not be written", remedy)
    if found == head():
        return _fine("database", f"schema {found}")
    if found is None or found in revisions():
        detail = f"schema {found}; the next start upgrades it to {head()}"
        return _fine("database", detail)
    detail = f"schema {found} is newer than this engine knows ({head()})"
    return _wrong("database", detail, "Install the newer engine again.")


def _stored_secrets(settings: Settings) -> Finding:
    """Tries the key on what the database holds: a key may be a fine one of another."""
    # The database's library is not needed to say that Python is too old.
    from odin_engine.cli.printer_doctor import stored  # noqa: PLC0415 - reason above

    try:
        known = asyncio.run(stored(settings))
    except (Refused, DatabaseUnreachable) as error:
        return _fine("stored secrets", f"not looked at: {error.message}")
    except OdinError as error:
        return _wrong("stored secrets", error.message, "odin restore FILE")
    count = sum(access.secret is not None for _, access in known)
    return _fine("stored secrets", f"the key opens those of {count} printer(s)")


def _disk(settings: Settings) -> Finding:
    free_bytes = shutil.disk_usage(settings.data_dir).free
    detail = f"{free_bytes / _GIB:.1f} GiB free"
    if free_bytes >= _LEAST_FREE_BYTES:
        return _fine("disk", detail)
    return _wrong("disk", detail, "Make room: at least 1 GiB.")


def _port(settings: Settings) -> Finding:
    name, place = "port", f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.create_server((settings.host, settings.port), family=family):
            return _fine(name, f"{place} is free; no engine is running")
    except OSError as error:
        why = error.strerror
    if _is_healthy(settings):
        return _fine(name, f"a healthy engine answers on {place}")
    return _wrong(
        name,
        f"{place} cannot be used ({why}) and no engine answers there",
        "Stop what uses the port, or choose another one with ODIN_PORT.",
    )


def _is_healthy(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=_ANSWER_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError, http.client.HTTPException:
        return False
    finally:
        connection.close()


def _clock(settings: Settings, clock: Clock) -> Finding:
    now = clock.now()
    remedy = "Set the system's clock, best by NTP."
    if now < _WRITTEN_AT:
        return _wrong("clock", f"{now:%Y-%m-%d} is in the past", remedy)
    newest = datetime.fromtimestamp(settings.data_dir.stat().st_mtime, UTC)
    if newest > now + _CLOCK_TOLERANCE:
        detail = f"the data is from {newest:%Y-%m-%d %H:%M}, after now"
        return _wrong("clock", detail, remedy)
    return _fine("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")
