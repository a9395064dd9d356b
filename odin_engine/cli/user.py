"""`odin user`: people, managed on the host. It works when nobody can sign in."""

import click

from odin_engine.cli.identity import asked_password, opened_identity, print_table, run
from odin_engine.identity.model import Role, User
from odin_engine.identity.service import NewUser
from odin_engine.kernel.pages import MAX_LIMIT, PageRequest


@click.group()
def user() -> None:
    """Creates and lists users, and lets locked-out people in again."""


@user.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.VIEWER.value,
    show_default=True,
)
@click.option("--display-name", default="", help="How the person is called on screens.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin.")
def create(*, name: str, role: str, display_name: str, password_stdin: bool) -> None:
    """Creates a user. The first administrator also ends the setup."""
    password = asked_password(from_stdin=password_stdin)
    created = run(_create(NewUser(name, Role(role), password, display_name)))
    click.echo(f"Created {created.role} {created.name}.")


@user.command("reset-password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin.")
def reset_password(*, name: str, password_stdin: bool) -> None:
    """Sets a new password, unlocks the account and ends its sessions."""
    password = asked_password(from_stdin=password_stdin)
    run(_reset_password(name, password))
    click.echo(f"The password of {name} is new; every session of it has ended.")


@user.command("list")
def list_users() -> None:
    """Lists users by name."""
    print_table(
        ("NAME", "ROLE", "ACTIVE", "LAST SIGN-IN", "ID"),
        [
            (
                each.name,
                each.role.value,
                "yes" if each.is_active else "no",
                f"{each.last_login_at:%Y-%m-%d %H:%M}"
                if each.last_login_at
                else "never",
                each.id,
            )
            for each in run(_all_users())
        ],
    )


async def _create(wanted: NewUser) -> User:
    async with opened_identity() as identity:
        return await identity.users.create(wanted)


async def _reset_password(name: str, password: str) -> None:
    async with opened_identity() as identity:
        found = await identity.users.find_by_name(name)
        await identity.users.reset_password(found.id, password, must_change=False)


async def _all_users() -> list[User]:
    found: list[User] = []
    cursor = None
    async with opened_identity() as identity:
        while True:
            page = await identity.users.page(PageRequest(MAX_LIMIT, cursor))
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found
