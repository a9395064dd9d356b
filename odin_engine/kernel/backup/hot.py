"""A whole copy of the database beside it, for a backup that somebody else makes.

Whoever archives the data directory while the engine writes would get half of a change.
So the archive leaves the database out and takes this copy; the first start after a
restore finds no database and takes it as such (`kernel.migrate`).
"""

from pathlib import Path

from odin_engine.kernel.migrate import HOT_COPY, copy_sqlite


def prepare(database: Path, data_dir: Path) -> Path:
    """Writes the copy, as of one instant; an older one goes only when it is whole."""
    fresh = data_dir / f"{HOT_COPY}.new"
    fresh.unlink(missing_ok=True)
    copy_sqlite(database, fresh)
    return fresh.replace(data_dir / HOT_COPY)


def finish(data_dir: Path) -> None:
    """Removes the copy, and what a broken attempt left."""
    for name in (HOT_COPY, f"{HOT_COPY}.new"):
        (data_dir / name).unlink(missing_ok=True)
