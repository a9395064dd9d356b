"""Programs' keys, and the people of Home Assistant behind one of them."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from odin_engine.identity.events import PersonRoleChanged, TokenCreated, TokenRevoked
from odin_engine.identity.model import (
    ACT_AS,
    BASE62,
    SCOPES,
    SHOWN_TOKEN_CHARS,
    TOKEN_CHARS,
    TOKEN_PREFIX,
    ApiToken,
    Permission,
    PermissionMissing,
    Principal,
    Role,
    ScopeNotHeld,
    checked_person,
    checked_token_name,
    fingerprint,
)
from odin_engine.identity.service.doors import Doors
from odin_engine.identity.service.logins import owner_of
from odin_engine.identity.store import tokens, users
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database
from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.pages import PageRequest, Slice


@dataclass(frozen=True, slots=True)
class NewToken:
    """A key to be. `default_role` is for people an act-as token names without a role."""

    name: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    default_role: Role = Role.OPERATOR


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. `secret` is the token itself and is told only once."""

    token: ApiToken
    secret: str


class Tokens:
    """Issues and revokes tokens."""

    def __init__(self, database: Database, clock: Clock, doors: Doors) -> None:
        self._database = database
        self._clock = clock
        self._doors = doors

    async def page(
        self, principal: Principal, request: PageRequest, *, everyones: bool = False
    ) -> Slice[ApiToken]:
        """Returns a page of the asking person's tokens, or of everyone's.

        Raises:
            PermissionMissing: everyone's are for who manages people.
        """
        if everyones and not principal.may(Permission.MANAGE_USERS):
            raise PermissionMissing(Permission.MANAGE_USERS)
        owner = None if everyones else owner_of(principal)
        return await self.page_of(owner, request)

    async def page_of(self, owner: str | None, request: PageRequest) -> Slice[ApiToken]:
        """Returns a page of tokens, of one owner unless `None`, whoever asks."""
        await self._doors.flush()
        async with self._database.read() as session:
            return await tokens.page(session, request, owner=owner)

    async def create(self, principal: Principal, wanted: NewToken) -> Issued:
        """Issues a token to the asking person, who can give no more than it has.

        Raises:
            ScopeNotHeld: a scope is beyond what the asking one may do itself.
            Invalid: the name, a scope or the expiry will not do; a token's token
                would outlive it.
        """
        held: set[str] = {*principal.permissions}
        if principal.session_id and principal.may(Permission.MANAGE_USERS):
            held.add(ACT_AS)
        missing = wanted.scopes - held
        if missing:
            raise ScopeNotHeld(missing)
        end = principal.valid_until
        if end is not None and (wanted.expires_at is None or wanted.expires_at > end):
            detail = (
                f"Choose a time up to {end:%Y-%m-%dT%H:%M:%SZ}, when your own ends."
            )
            raise Invalid(detail, Problem("/expires_at", detail))
        return await self.issue(owner_of(principal), wanted)

    async def issue(self, user_id: str, wanted: NewToken) -> Issued:
        """Issues a token to a user, whoever asks: for the command line.

        Raises:
            NotFound: there is no such user.
            Invalid: the name or the expiry will not do.
        """
        now = self._clock.now()
        if wanted.expires_at is not None and wanted.expires_at <= now:
            detail = "Choose a time that is still to come."
            raise Invalid(detail, Problem("/expires_at", detail))
        secret = TOKEN_PREFIX + "".join(
            secrets.choice(BASE62) for _ in range(TOKEN_CHARS)
        )
        token = ApiToken(
            id=new_id(),
            user_id=user_id,
            name=checked_token_name(wanted.name),
            prefix=secret[:SHOWN_TOKEN_CHARS],
            scopes=_checked_scopes(wanted.scopes),
            default_role=wanted.default_role,
            created_at=now,
            expires_at=wanted.expires_at,
            last_used_at=None,
        )
        async with self._database.work() as work:
            await users.find(work.session, user_id)
            tokens.add(work.session, token, fingerprint(secret))
            work.emit(TokenCreated(token.id, user_id, token.name))
        return Issued(token, secret)

    async def revoke(self, principal: Principal, token_id: str) -> ApiToken:
        """Voids a token; who manages people may void anybody's. Returns what it was.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        may_all = principal.may(Permission.MANAGE_USERS)
        return await self.withdraw(token_id, None if may_all else owner_of(principal))

    async def withdraw(self, token_id: str, owner: str | None = None) -> ApiToken:
        """Voids a token, of that owner unless `None`, whoever asks.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        async with self._database.work() as work:
            token = await tokens.remove(work.session, token_id, owner=owner)
            work.emit(TokenRevoked(token.id, token.user_id))
        self._doors.forget()
        return token

    async def fixed_roles(self) -> dict[str, Role]:
        """Returns the people of Home Assistant whose role is fixed here, by id."""
        async with self._database.read() as session:
            return await tokens.people(session)

    async def fix_role(self, person_id: str, role: Role | None) -> None:
        """Fixes the role of a person of Home Assistant, or lets go of it.

        Raises:
            Invalid: nobody there can have that id.
        """
        person = checked_person(f"ha:{person_id}", "/person_id")
        async with self._database.work() as work:
            await tokens.set_role_of_person(work.session, person_id, role)
            work.emit(PersonRoleChanged(person, role))
        self._doors.forget()


def _checked_scopes(scopes: Collection[str]) -> frozenset[str]:
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        detail = f"Choose at least one of: {', '.join(sorted(SCOPES))}."
        raise Invalid(detail, Problem("/scopes", detail))
    return frozenset(scopes)
