"""Users, their passwords and their failed logins."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.identity.model import (
    NameTaken,
    Role,
    User,
    cleaned,
    lock_after,
    name_key,
)
from odin_engine.identity.tables import UserRow
from odin_engine.kernel.errors import Conflict, NotFound
from odin_engine.kernel.pages import PageRequest, Slice, Sorts, fetch_page

_SORTS = Sorts(
    {"name": UserRow.name_key, "created_at": UserRow.created_at},
    default="name",
    key=UserRow.id,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that was counted before its password was looked at.

    `is_locked` says that it was too late already; `locks_until` is set where this one
    locks the account unless it succeeds.
    """

    user: User
    password_hash: str | None
    is_locked: bool
    locks_until: datetime | None

    @property
    def can_succeed(self) -> bool:
        """Whether the right password would open the door."""
        return self.user.is_active and not self.is_locked


def to_user(row: UserRow) -> User:
    """Returns the row as the model knows it."""
    return User(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=row.role,
        is_active=row.is_active,
        must_change_password=row.must_change_password,
        created_at=row.created_at,
        last_login_at=row.last_login_at,
        locked_until=row.locked_until,
        version=row.version,
    )


async def find(session: AsyncSession, user_id: str) -> User:
    """Returns a user.

    Raises:
        NotFound: there is none with that id.
    """
    row = await session.get(UserRow, user_id)
    if row is None:
        raise _missing()
    return to_user(row)


async def find_by_name(session: AsyncSession, name: str) -> User:
    """Returns a user by name, in any letter case.

    Raises:
        NotFound: there is none.
    """
    row = await session.scalar(
        select(UserRow).where(UserRow.name_key == name_key(name))
    )
    if row is None:
        raise NotFound(f"There is no user named {cleaned(name)}.")
    return to_user(row)


async def page(session: AsyncSession, request: PageRequest) -> Slice[User]:
    """Returns a page of users; `q` looks into both names."""
    query = select(UserRow)
    if request.q:
        query = query.where(
            UserRow.name_key.contains(name_key(request.q), autoescape=True)
            | UserRow.display_name.icontains(request.q, autoescape=True)
        )
    found = await fetch_page(session, query, request, _SORTS)
    return Slice([to_user(row) for row in found.items], found.next_cursor, found.total)


async def add(session: AsyncSession, user: User, password_hash: str | None) -> None:
    """Adds a user.

    Raises:
        NameTaken: another one has the name.
    """
    session.add(
        UserRow(
            id=user.id,
            name=user.name,
            name_key=name_key(user.name),
            display_name=user.display_name,
            role=user.role,
            password_hash=password_hash,
            is_active=user.is_active,
            must_change_password=user.must_change_password,
            created_at=user.created_at,
            last_login_at=user.last_login_at,
            failed_logins=0,
            locked_until=user.locked_until,
            version=user.version,
        )
    )
    await _flush_name(session, user.name)


async def save(session: AsyncSession, user: User) -> User:
    """Writes a changed user and counts its version up.

    Raises:
        NameTaken: another one has the name.
        Conflict: it is not the version any more that was read.
    """
    row = await _row(session, user.id)
    if row.version != user.version:
        raise Conflict("Somebody changed this user meanwhile. Look again, then repeat.")
    row.name = user.name
    row.name_key = name_key(user.name)
    row.display_name = user.display_name
    row.role = user.role
    row.is_active = user.is_active
    row.version += 1
    await _flush_name(session, user.name)
    return to_user(row)


async def remove(session: AsyncSession, user_id: str) -> None:
    """Removes a user with all sessions and tokens."""
    await session.execute(delete(UserRow).where(UserRow.id == user_id))


async def lock_admins(session: AsyncSession) -> int:
    """Returns how many administrators can act, and holds them until the commit.

    Two of them who remove each other at the same moment would leave nobody. Call it
    before any other lock: the same order everywhere excludes a deadlock.
    """
    ids = await session.scalars(
        select(UserRow.id)
        .where(UserRow.role == Role.ADMIN, UserRow.is_active)
        .order_by(UserRow.id)
        .with_for_update()
    )
    return len(ids.all())


async def set_password(
    session: AsyncSession, user_id: str, password_hash: str, *, must_change: bool
) -> None:
    """Writes a new password, forgives failed logins, unlocks."""
    row = await _row(session, user_id)
    row.password_hash = password_hash
    row.must_change_password = must_change
    row.failed_logins = 0
    row.locked_until = None
    row.version += 1


async def count_attempt(
    session: AsyncSession, key: str, now: datetime
) -> Attempt | None:
    """Counts a login as failed before it is tried, so that many at once gain nothing.

    `key` is a `name_key`. Returns `None` where nobody has that name.
    """
    row = await session.scalar(
        select(UserRow).where(UserRow.name_key == key).with_for_update()
    )
    if row is None:
        return None
    is_locked = row.locked_until is not None and now < row.locked_until
    if not is_locked:
        row.failed_logins = 1 if row.locked_until is not None else row.failed_logins + 1
        row.locked_until = lock_after(row.failed_logins, now)
    return Attempt(
        user=to_user(row),
        password_hash=row.password_hash,
        is_locked=is_locked,
        locks_until=None if is_locked else row.locked_until,
    )


async def forgive(session: AsyncSession, user_id: str) -> None:
    """Takes a counted attempt back: the password was right."""
    row = await _row(session, user_id)
    row.failed_logins = 0
    row.locked_until = None


async def let_in(
    session: AsyncSession,
    attempt: Attempt,
    now: datetime,
    *,
    new_hash: str | None = None,
) -> User | None:
    """Forgives the attempt and notes the login; `new_hash` replaces an outdated one.

    Returns `None` where the account was closed, or its password changed, since the
    attempt was counted.
    """
    row = await session.get(UserRow, attempt.user.id, with_for_update=True)
    if row is None or not row.is_active or row.password_hash != attempt.password_hash:
        return None
    row.failed_logins = 0
    row.locked_until = None
    row.last_login_at = now
    if new_hash is not None:
        row.password_hash = new_hash
    return to_user(row)


async def _row(session: AsyncSession, user_id: str) -> UserRow:
    row = await session.get(UserRow, user_id, with_for_update=True)
    if row is None:
        raise _missing()
    return row


def _missing() -> NotFound:
    return NotFound("There is no such user. It may have been removed.")


async def _flush_name(session: AsyncSession, name: str) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken(name) from error
