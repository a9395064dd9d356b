"""`odin user` and `odin token` on the host, beside the engine."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from odin_engine.cli import main
from odin_engine.cli.identity import opened_identity
from odin_engine.identity.model import LoginFailed, Principal
from odin_engine.identity.service import Caller, Identity
from tests.engine.identity.conftest import PASSWORD

type Odin = Callable[..., Result]


@pytest.fixture
def odin(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> Odin:
    """Runs the command on a data directory of this test's own."""
    shutil.copyfile(sqlite_template, tmp_path / "odin.db")
    monkeypatch.setenv("ODIN_DATA_DIR", str(tmp_path))
    return lambda *words, stdin="": CliRunner().invoke(main, words, input=stdin)


def with_identity[T](use: Callable[[Identity], Coroutine[object, object, T]]) -> T:
    async def run() -> T:
        async with opened_identity() as identity:
            return await use(identity)

    return asyncio.run(run())


def create_admin(odin: Odin) -> None:
    made = odin(
        "user", "create", "anna", "--role", "admin", "--password-stdin", stdin=PASSWORD
    )
    assert made.output == "Created admin anna.\n"


def test_a_user_is_created_and_listed(odin: Odin) -> None:
    create_admin(odin)
    lines = odin("user", "list").output.splitlines()
    assert lines[0].split() == ["NAME", "ROLE", "ACTIVE", "LAST", "SIGN-IN", "ID"]
    assert lines[1].split()[:4] == ["anna", "admin", "yes", "never"]


def test_the_password_is_asked_twice_and_not_shown(odin: Odin) -> None:
    typed = odin("user", "create", "bob", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert typed.exit_code == 0
    assert PASSWORD not in typed.output
    assert "Created viewer bob." in typed.output


@pytest.mark.parametrize(
    ("words", "stdin", "says"),
    [
        (("user", "create", "anna", "--password-stdin"), PASSWORD, "already a user"),
        (("user", "create", "bob", "--password-stdin"), "short", "at least 8"),
        (("user", "create", "a\u202eb", "--password-stdin"), PASSWORD, "letters"),
        (("user", "reset-password", "eve", "--password-stdin"), PASSWORD, "no user"),
        (("user", "reset-password", "\udcff", "--password-stdin"), PASSWORD, "no user"),
        (("token", "create", "t", "--user", "eve", "--scope", "all"), "", "no user"),
        (("token", "revoke", "x"), "", "no such token"),
    ],
)
def test_what_does_not_work_says_why(
    odin: Odin, words: tuple[str, ...], stdin: str, says: str
) -> None:
    create_admin(odin)
    failed = odin(*words, stdin=stdin)
    assert failed.exit_code == 1
    assert says in failed.output
    assert "Traceback" not in failed.output


def test_a_locked_out_administrator_gets_in_again(odin: Odin) -> None:
    create_admin(odin)

    async def lock(identity: Identity) -> None:
        for i in range(5):
            with pytest.raises(LoginFailed):
                await identity.logins.log_in("anna", "wrong", Caller(f"192.0.2.{i}"))

    async def enter(identity: Identity) -> str:
        opened = await identity.logins.log_in("anna", "New-Horse-7", Caller("::1"))
        return opened.user.name

    with_identity(lock)
    reset = odin(
        "user", "reset-password", "ANNA", "--password-stdin", stdin="New-Horse-7\n"
    )
    assert reset.exit_code == 0
    assert with_identity(enter) == "anna"


def test_a_token_is_printed_once_listed_and_revoked(odin: Odin) -> None:
    create_admin(odin)
    made = odin(
        *("token", "create", "Home Assistant", "--user", "anna"),
        *("--scope", "act-as", "--scope", "all", "--expires-days", "30"),
    )
    secret = made.output.strip()

    async def enter(identity: Identity) -> Principal:
        return await identity.doors.by_token(secret)

    principal = with_identity(enter)
    assert principal.act_as_role == "operator"
    listed = odin("token", "list", "--user", "anna").output
    assert "Home Assistant" in listed
    assert secret not in listed
    assert principal.token_id is not None
    assert odin("token", "revoke", principal.token_id).exit_code == 0
    assert secret[:9] not in odin("token", "list").output


def test_scopes_are_named_as_in_the_api(odin: Odin) -> None:
    create_admin(odin)
    words = ("token", "create", "t", "--user", "anna", "--scope", "read:printers")
    assert odin(*words).exit_code == 0
    assert "read:printers" in odin("token", "list").output
    assert odin(*words[:-1], "READ_PRINTERS").exit_code == 2


def test_a_token_needs_a_scope(odin: Odin) -> None:
    create_admin(odin)
    assert odin("token", "create", "t", "--user", "anna").exit_code == 2
