"""From a secret to who is asking: on every request, so mostly from memory."""

import secrets
from dataclasses import replace
from datetime import datetime
from functools import partial

from odin_engine.identity.model import (
    ACT_AS,
    ApiToken,
    LoginRequired,
    OnBehalf,
    OnBehalfRefused,
    Principal,
    Role,
    Session,
    User,
    checked_person,
    checked_role,
    fingerprint,
    ingress_permissions,
    is_session_like,
    is_token_like,
    on_behalf_permissions,
    session_permissions,
    token_permissions,
)
from odin_engine.identity.ports import Household
from odin_engine.identity.service.memory import Memory
from odin_engine.identity.store import sessions, tokens
from odin_engine.kernel.clock import Clock
from odin_engine.kernel.db import Database


class Doors:
    """Opens by session or token. Whoever changes either calls `forget`."""

    def __init__(self, database: Database, clock: Clock, household: Household) -> None:
        self._database = database
        self._clock = clock
        self._household = household
        self._visit_key = secrets.token_urlsafe()
        self._sessions = Memory[tuple[Session, User]](clock)
        self._tokens = Memory[tuple[ApiToken, User]](clock)
        self._people = Memory[dict[str, Role]](clock)
        self._seen: dict[str, datetime] = {}
        self._used: dict[str, datetime] = {}

    async def by_session(self, secret: str) -> Principal:
        """Returns the person signed in with that secret.

        Raises:
            LoginRequired: the session is unknown, over, or its user is closed.
        """
        key = fingerprint(secret) if is_session_like(secret) else ""
        found = key and await self._sessions.find(key, partial(self._find_session, key))
        if not found:
            raise LoginRequired("You are not signed in. Sign in first.")
        session, user = found
        now = self._clock.now()
        last_seen_at = self._seen.get(session.id, session.last_seen_at)
        if now >= replace(session, last_seen_at=last_seen_at).expires_at:
            raise LoginRequired("Your session has ended. Sign in again.")
        if not user.is_active:
            raise LoginRequired("This account is closed. Ask an administrator.")
        self._seen[session.id] = now
        return Principal(
            user_id=user.id,
            name=user.name,
            role=user.role,
            permissions=session_permissions(
                user.role, must_change_password=user.must_change_password
            ),
            session_id=session.id,
        )

    async def by_token(
        self, secret: str, on_behalf: OnBehalf | None = None
    ) -> Principal:
        """Returns what that token may do, for the person it names if it names one.

        Raises:
            LoginRequired: the token is unknown or run out, or its owner's account is
                closed.
            OnBehalfRefused: it names a person and may not.
            Invalid: it names nobody that could be.
        """
        key = fingerprint(secret) if is_token_like(secret) else ""
        found = key and await self._tokens.find(key, partial(self._find_token, key))
        now = self._clock.now()
        if not found or not found[0].is_valid(now) or not found[1].is_active:
            raise LoginRequired(
                "The token is unknown, revoked or expired. Make a new one."
            )
        token, owner = found
        self._used[token.id] = now
        principal = Principal(
            user_id=owner.id,
            name=owner.name,
            role=owner.role,
            permissions=token_permissions(token.scopes, owner.role),
            token_id=token.id,
            act_as_role=token.default_role if ACT_AS in token.scopes else None,
            valid_until=token.expires_at,
        )
        if on_behalf is None:
            return principal
        return await self.act_as(principal, on_behalf)

    async def act_as(self, principal: Principal, on_behalf: OnBehalf) -> Principal:
        """Returns what an act-as token may do for a person.

        The role fixed here counts first, then the one Home Assistant tells, then the
        token's own default.

        Raises:
            OnBehalfRefused: this is no act-as token.
            Invalid: that names nobody that could be.
        """
        if principal.act_as_role is None:
            raise OnBehalfRefused
        person = checked_person(on_behalf.person)
        told = None if on_behalf.role is None else checked_role(on_behalf.role)
        fixed = await self._fixed_role(person.removeprefix("ha:"))
        role = fixed or told or principal.act_as_role
        return replace(
            principal,
            role=role,
            permissions=on_behalf_permissions(principal.permissions, role),
            on_behalf_of=person,
            act_as_role=None,
        )

    async def by_ingress(self, person_id: str, name: str) -> Principal:
        """Returns a person whom Home Assistant signed in and let through to us.

        The role fixed here counts first; else its administrators are ours, and everybody
        else operates.
        """
        role = await self._fixed_role(person_id)
        if role is None:
            is_admin = await self._household.is_administrator(person_id)
            role = Role.ADMIN if is_admin else Role.OPERATOR
        return Principal(
            user_id=None,
            name=name,
            role=role,
            permissions=ingress_permissions(role),
            on_behalf_of=f"ha:{person_id}",
        )

    def visit_secret(self, person_id: str) -> str:
        """Returns what stands for a session where Home Assistant keeps the real one.

        Only the token that writes need is made of it. It is new with each start.
        """
        return f"{self._visit_key}:{person_id}"

    def forget(self) -> None:
        """Drops what is remembered, because a user, session or token changed."""
        for memory in (self._sessions, self._tokens, self._people):
            memory.forget()

    async def flush(self) -> None:
        """Writes when sessions and tokens were last used; call it once a minute."""
        seen, self._seen = self._seen, {}
        used, self._used = self._used, {}
        if not seen and not used:
            return
        async with self._database.work() as work:
            await sessions.note_seen(work.session, seen)
            await tokens.note_used(work.session, used)
        self._sessions.forget()

    async def _find_session(self, key: str) -> tuple[Session, User] | None:
        async with self._database.read() as session:
            return await sessions.find(session, key)

    async def _find_token(self, key: str) -> tuple[ApiToken, User] | None:
        async with self._database.read() as session:
            return await tokens.find(session, key)

    async def _fixed_role(self, person_id: str) -> Role | None:
        people = await self._people.find("", self._find_people) or {}
        return people.get(person_id)

    async def _find_people(self) -> dict[str, Role]:
        async with self._database.read() as session:
            return await tokens.people(session)
