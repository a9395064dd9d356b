"""`odin token`: keys for programs, managed on the host."""

from datetime import timedelta

import click

from odin_engine.cli.identity import opened_identity, print_table, run
from odin_engine.identity.model import SCOPES, ApiToken, Permission, Role
from odin_engine.identity.service import Issued, NewToken
from odin_engine.kernel.pages import MAX_LIMIT, PageRequest

_ALL = "all"


@click.group()
def token() -> None:
    """Creates, lists and revokes the API tokens of programs."""


@token.command()
@click.argument("name")
@click.option("--user", "user_name", required=True, help="Whose token it is.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([_ALL, *sorted(map(str, SCOPES))]),
    help="May be given several times; `all` is every permission, without act-as.",
)
@click.option(
    "--expires-days", type=click.IntRange(1, 3650), help="Never, if left out."
)
@click.option(
    "--default-role",
    type=click.Choice([Role.OPERATOR.value, Role.VIEWER.value]),
    default=Role.OPERATOR.value,
    show_default=True,
    help="For act-as: the role of people that are named without one.",
)
def create(
    *,
    name: str,
    user_name: str,
    scopes: tuple[str, ...],
    expires_days: int | None,
    default_role: str,
) -> None:
    """Creates a token and prints it, this once. It can do no more than its user."""
    issued = run(
        _create(name, user_name, _expanded(scopes), expires_days, Role(default_role))
    )
    click.echo(issued.secret)


@token.command("list")
@click.option("--user", "user_name", help="Only this user's.")
def list_tokens(*, user_name: str | None) -> None:
    """Lists tokens, newest first; never the tokens themselves."""
    print_table(
        ("NAME", "STARTS WITH", "SCOPES", "EXPIRES", "ID"),
        [
            (
                each.name,
                each.prefix,
                " ".join(sorted(each.scopes)),
                f"{each.expires_at:%Y-%m-%d}" if each.expires_at else "never",
                each.id,
            )
            for each in run(_all_tokens(user_name))
        ],
    )


@token.command()
@click.argument("token_id", metavar="ID")
def revoke(*, token_id: str) -> None:
    """Voids a token; `odin token list` shows its ID."""
    revoked = run(_revoke(token_id))
    click.echo(f"Revoked {revoked.name} ({revoked.prefix}…).")


def _expanded(scopes: tuple[str, ...]) -> frozenset[str]:
    named = set(scopes)
    if _ALL in named:
        named = (named - {_ALL}) | set(Permission)
    return frozenset(named)


async def _create(
    name: str,
    user_name: str,
    scopes: frozenset[str],
    expires_days: int | None,
    default_role: Role,
) -> Issued:
    async with opened_identity() as identity:
        owner = await identity.users.find_by_name(user_name)
        expires_at = None
        if expires_days is not None:
            expires_at = identity.clock.now() + timedelta(days=expires_days)
        wanted = NewToken(name, scopes, expires_at, default_role)
        return await identity.tokens.issue(owner.id, wanted)


async def _all_tokens(user_name: str | None) -> list[ApiToken]:
    found: list[ApiToken] = []
    cursor = owner_id = None
    async with opened_identity() as identity:
        if user_name is not None:
            owner_id = (await identity.users.find_by_name(user_name)).id
        while True:
            page = await identity.tokens.page_of(
                owner_id, PageRequest(MAX_LIMIT, cursor)
            )
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found


async def _revoke(token_id: str) -> ApiToken:
    async with opened_identity() as identity:
        return await identity.tokens.withdraw(token_id)
