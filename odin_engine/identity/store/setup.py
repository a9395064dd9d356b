"""The lock that the first administrator leaves behind."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.identity.model import SetupDone
from odin_engine.identity.tables import SetupRow


async def is_done(session: AsyncSession) -> bool:
    """Whether the first administrator was made."""
    return await session.get(SetupRow, 1) is not None


async def claim(session: AsyncSession, now: datetime) -> None:
    """Locks setup for good; of two that try at once one fails.

    Raises:
        SetupDone: somebody was first.
    """
    session.add(SetupRow(id=1, completed_at=now))
    try:
        await session.flush()
    except IntegrityError as error:
        raise SetupDone from error
