"""Writing at all: transactions, and values as both databases can hold them."""

import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
    StatementError,
)

from odin_engine.kernel.db import Database, StorageDown, Work
from odin_engine.kernel.errors import OdinError

TEXT_MAX = 500
INTEGER_MOST = 2**31 - 1
"""PostgreSQL's `integer`."""
_ABOUT_VALUES = (
    IntegrityError,
    DataError,
    # SQLite's driver, and our own mistakes, are not wrapped.
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_DATA_STATES = ("22", "23")
"""SQLSTATE classes "data exception" and "integrity constraint violation"."""


class Unwritable(OdinError):
    """The database refuses these very values."""

    code = "unwritable"


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Work]:
    """Opens a write transaction whose failures say whether trying again can help.

    Raises:
        StorageDown: it can.
        Unwritable: it cannot.
    """
    try:
        async with database.work() as work:
            yield work
    except StorageDown as error:
        raise StorageDown(str(error.__cause__ or error)) from error
    except _ABOUT_VALUES as error:
        raise Unwritable(str(error)) from error
    except DBAPIError as error:
        sqlstate = str(getattr(error.orig, "sqlstate", None))
        kind = Unwritable if sqlstate.startswith(_DATA_STATES) else StorageDown
        raise kind(str(error.orig)) from error
    except StatementError as error:
        raise Unwritable(str(error)) from error
    except (OSError, SQLAlchemyError) as error:
        raise StorageDown(str(error)) from error


def fitted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a machine's values as both databases can hold them.

    Text is cut; a number that no column holds is unknown.
    """
    return {name: _fitted(value) for name, value in values.items()}


def _fitted(value: object) -> object:
    match value:
        case StrEnum():
            return value
        case str():
            return value.replace("\0", "")[:TEXT_MAX]
        case int() if abs(value) > INTEGER_MOST:
            return None
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


def count(result: object) -> int:
    """Returns how many rows a statement touched."""
    return result.rowcount if isinstance(result, CursorResult) else 0
