"""Programs' keys, and the roles fixed for people of Home Assistant."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from odin_engine.identity.model import ApiToken, Role, User
from odin_engine.identity.store.users import to_user
from odin_engine.identity.tables import PersonRow, TokenRow, UserRow
from odin_engine.kernel.errors import NotFound
from odin_engine.kernel.pages import PageRequest, Slice, Sorts, fetch_page

_SORTS = Sorts(
    {"name": TokenRow.name, "created_at": TokenRow.created_at},
    default="-created_at",
    key=TokenRow.id,
)


async def find(session: AsyncSession, fingerprint: str) -> tuple[ApiToken, User] | None:
    """Returns the token kept under that fingerprint, and whose it is."""
    found = await session.execute(
        select(TokenRow, UserRow)
        .join(UserRow, UserRow.id == TokenRow.user_id)
        .where(TokenRow.fingerprint == fingerprint)
    )
    row = found.one_or_none()
    return None if row is None else (_to_token(row[0]), to_user(row[1]))


async def page(
    session: AsyncSession, request: PageRequest, *, owner: str | None
) -> Slice[ApiToken]:
    """Returns a page of tokens, of one owner unless `None`; `q` looks into the name."""
    query = select(TokenRow)
    if owner is not None:
        query = query.where(TokenRow.user_id == owner)
    if request.q:
        query = query.where(
            TokenRow.name.icontains(request.q, autoescape=True)
            | TokenRow.prefix.contains(request.q, autoescape=True)
        )
    found = await fetch_page(session, query, request, _SORTS)
    return Slice(
        [_to_token(row) for row in found.items], found.next_cursor, found.total
    )


def add(session: AsyncSession, token: ApiToken, fingerprint: str) -> None:
    """Adds a token."""
    session.add(
        TokenRow(
            id=token.id,
            user_id=token.user_id,
            fingerprint=fingerprint,
            name=token.name,
            prefix=token.prefix,
            scopes=sorted(token.scopes),
            default_role=token.default_role,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )
    )


async def remove(
    session: AsyncSession, token_id: str, *, owner: str | None
) -> ApiToken:
    """Removes a token, of that owner unless `None`; returns what it was.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = await session.get(TokenRow, token_id)
    if row is None or owner not in {None, row.user_id}:
        raise NotFound("There is no such token. It may have been revoked.")
    token = _to_token(row)
    await session.delete(row)
    return token


async def note_used(session: AsyncSession, used: Mapping[str, datetime]) -> None:
    """Writes when tokens were last used."""
    for token_id, at in used.items():
        is_older = or_(TokenRow.last_used_at.is_(None), TokenRow.last_used_at < at)
        await session.execute(
            update(TokenRow)
            .where(TokenRow.id == token_id, is_older)
            .values(last_used_at=at)
        )


async def role_of_person(session: AsyncSession, person_id: str) -> Role | None:
    """Returns the role fixed for a person of Home Assistant."""
    row = await session.get(PersonRow, person_id)
    return None if row is None else row.role


async def people(session: AsyncSession) -> dict[str, Role]:
    """Returns every person with a fixed role, by id."""
    rows = await session.scalars(select(PersonRow).order_by(PersonRow.id))
    return {row.id: row.role for row in rows}


async def set_role_of_person(
    session: AsyncSession, person_id: str, role: Role | None
) -> None:
    """Fixes the role of a person, or lets go of it."""
    if role is None:
        await session.execute(delete(PersonRow).where(PersonRow.id == person_id))
    else:
        await session.merge(PersonRow(id=person_id, role=role))


def _to_token(row: TokenRow) -> ApiToken:
    """Returns the row as the model knows it."""
    return ApiToken(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        prefix=row.prefix,
        scopes=frozenset(row.scopes),
        default_role=row.default_role,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
