"""The key of the Home Assistant that runs this engine as its app."""

from odin_engine.identity.model import (
    ACT_AS,
    LoginRequired,
    NameTaken,
    Permission,
    Role,
    User,
)
from odin_engine.identity.service.doors import Doors
from odin_engine.identity.service.tokens import NewToken, Tokens
from odin_engine.identity.service.users import NewUser, Users
from odin_engine.kernel.pages import MAX_LIMIT, PageRequest

_OWNER = "Home Assistant"
_NAME = "Home Assistant app"
_SCOPES = frozenset({*Permission, ACT_AS}) - {
    Permission.MANAGE_USERS,
    Permission.MANAGE_OWN_ACCOUNT,
}
"""Whatever its people may do; accounts are not among it."""
_MOST_OWNERS = 100


class HouseKey:
    """One token with `act-as`, of an administrator whom nobody can sign in as.

    Making that administrator ends setup: Home Assistant's own people are in charge.
    """

    def __init__(self, users: Users, tokens: Tokens, doors: Doors) -> None:
        self._users = users
        self._tokens = tokens
        self._doors = doors

    async def renew(self, kept: str | None) -> str:
        """Returns the kept token while it is good, or else a new one; voids others."""
        if kept is not None and await self._is_good(kept):
            return kept
        owner = await self._owner()
        for old in await self._of(owner):
            await self._tokens.withdraw(old)
        return (await self._tokens.issue(owner.id, NewToken(_NAME, _SCOPES))).secret

    async def _is_good(self, secret: str) -> bool:
        try:
            principal = await self._doors.by_token(secret)
        except LoginRequired:
            return False
        return principal.act_as_role is not None and principal.role is Role.ADMIN

    async def _of(self, owner: User) -> list[str]:
        page = await self._tokens.page_of(owner.id, PageRequest(MAX_LIMIT, q=_NAME))
        return [each.id for each in page.items if each.name == _NAME]

    async def _owner(self) -> User:
        """Returns the administrator by that name; a person may have taken it before."""
        for number in range(1, _MOST_OWNERS):
            name = _OWNER if number == 1 else f"{_OWNER} {number}"
            try:
                return await self._users.create(NewUser(name, Role.ADMIN, None))
            except NameTaken:
                found = await self._users.find_by_name(name)
                if found.is_acting_admin:
                    return found
        raise NameTaken(_OWNER)
