"""PostgreSQL's rows as text, one JSON line each, without `pg_dump`.

Every value travels in PostgreSQL's own text form, which loses nothing. Names of tables
and columns come from the database's catalogue, never from the archive.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from odin_engine.kernel.backup.archive import ArchiveUnusable

_BATCH = 500
_REVISION_TABLE = "alembic_version"

_TABLES = text(
    "SELECT relname, quote_ident(relname) AS quoted FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace "
    "AND relname <> :revision_table ORDER BY relname"
)
_COLUMNS = text(
    "SELECT attname, quote_ident(attname), format_type(atttypid, atttypmod), "
    "pg_get_serial_sequence(:quoted, attname) FROM pg_attribute "
    "WHERE attrelid = CAST(CAST(:quoted AS text) AS regclass) AND attnum > 0 "
    "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
)
_LINKS = text(
    "SELECT conrelid::regclass::text, quote_ident(conname), "
    "pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' "
    "AND connamespace = current_schema()::regnamespace"
)


async def tables(connection: AsyncConnection) -> dict[str, str]:
    """Returns the tables of the schema: name, and name as SQL writes it."""
    found = await connection.execute(_TABLES, {"revision_table": _REVISION_TABLE})
    return {row.relname: row.quoted for row in found}


async def dump(connection: AsyncConnection, folder: Path) -> dict[str, Path]:
    """Writes each table to a file; returns the files by table name.

    The connection's transaction should be repeatable-read: one instant for all tables.
    """
    written: dict[str, Path] = {}
    for name, quoted in (await tables(connection)).items():
        columns = await _columns(connection, quoted)
        chosen = ", ".join(f"CAST({column.quoted} AS text)" for column in columns)
        path = written[name] = folder / f"{name}.jsonl"
        with path.open("wb") as file:
            file.write(_line([column.name for column in columns]))
            query = f"SELECT {chosen} FROM {quoted}"  # noqa: S608 - catalogue names
            rows = await connection.stream(text(query))
            async for row in rows:
                file.write(_line(list(row)))
    return written


async def load(connection: AsyncConnection, sources: Mapping[str, Path]) -> None:
    """Fills empty tables from dumped files, in the caller's transaction.

    Raises:
        ArchiveUnusable: the files do not fit the schema.
    """
    known = await tables(connection)
    if set(sources) != set(known):
        raise ArchiveUnusable("The backup's tables are not those of its schema.")
    links = (await connection.execute(_LINKS)).all()
    for table, name, _ in links:
        await connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, path in sources.items():
        await _load_table(connection, known[name], path)
    for table, name, definition in links:
        await connection.exec_driver_sql(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
        )


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    quoted: str
    kind: str
    sequence: str | None


async def _columns(connection: AsyncConnection, quoted: str) -> list[_Column]:
    found = await connection.execute(_COLUMNS, {"quoted": quoted})
    return [_Column(*row) for row in found]


async def _load_table(connection: AsyncConnection, quoted: str, path: Path) -> None:
    columns = await _columns(connection, quoted)
    rows = _rows(path)
    if next(rows, None) != [column.name for column in columns]:
        raise ArchiveUnusable(f"The columns of {path.name} are not those of its table.")
    # Not through COPY: its protocol needs the raw connection and gains nothing here.
    names = ", ".join(column.quoted for column in columns)
    values = ", ".join(
        f"CAST(CAST(${place} AS text) AS {column.kind})"
        for place, column in enumerate(columns, 1)
    )
    insert = (
        f"INSERT INTO {quoted} ({names}) OVERRIDING SYSTEM VALUE "  # noqa: S608 - as above
        f"VALUES ({values})"
    )
    batch: list[tuple[str | None, ...]] = []
    for row in rows:
        if len(row) != len(columns):
            raise ArchiveUnusable(f"A row of {path.name} has too many or few values.")
        batch.append(tuple(row))
        if len(batch) == _BATCH:
            await connection.exec_driver_sql(insert, batch)
            batch.clear()
    if batch:
        await connection.exec_driver_sql(insert, batch)
    for column in columns:
        if column.sequence is not None:
            await connection.exec_driver_sql(
                f"SELECT setval('{column.sequence}', max({column.quoted})) "  # noqa: S608 - as above
                f"FROM {quoted} HAVING max({column.quoted}) IS NOT NULL"
            )


def _line(values: list[str | None]) -> bytes:
    return orjson.dumps(values) + b"\n"


def _rows(path: Path) -> Iterator[list[str | None]]:
    with path.open("rb") as file:
        for line in file:
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise ArchiveUnusable(f"{path.name} is not readable.") from error
            is_text = isinstance(row, list) and all(
                value is None or isinstance(value, str) for value in row
            )
            if not is_text:
                raise ArchiveUnusable(f"{path.name} holds something strange.")
            yield row
