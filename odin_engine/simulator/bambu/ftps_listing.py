"""How the file server words directories: long rows as `ls -l` has them, or names.

Source: docs/protocols/bambu.md §9 for the names; the rows are those of a common server,
which clients take apart by their columns.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

# Older files show their year where younger ones show the time of day.
_SHOWS_TIME_FOR = timedelta(days=182)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def rows_in(place: Path) -> list[Path]:
    """Lists what is in a folder by name; a file is a listing of itself."""
    if place.is_file():
        return [place]
    return sorted(place.iterdir()) if place.is_dir() else []


def long_row(place: Path, now: datetime) -> str:
    """Words a file or folder with kind, rights, size, time and name."""
    facts = place.stat()
    kind = "d" if place.is_dir() else "-"
    changed = datetime.fromtimestamp(facts.st_mtime, UTC)
    # Not by strftime, which would ask the locale.
    month = _MONTHS[3 * changed.month - 3 : 3 * changed.month]
    is_young = timedelta(0) <= now - changed < _SHOWS_TIME_FOR
    when = f"{changed:%H:%M}" if is_young else f"{changed.year:>5}"
    return (
        f"{kind}rwxr-xr-x    1 0        0        {facts.st_size:>12} "
        f"{month} {changed.day:02} {when} {place.name}"
    )


def time_word(place: Path) -> str:
    """Gives the time of the last change as MDTM has it. Source: RFC 3659 §2.3."""
    return f"{datetime.fromtimestamp(place.stat().st_mtime, UTC):%Y%m%d%H%M%S}"
