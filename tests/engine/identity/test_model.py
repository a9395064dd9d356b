"""The rules, as tables."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.identity.model import (
    ACT_AS,
    BASE62,
    CROCKFORD,
    FAILURES_BEFORE_LOCK,
    LOCK,
    ROLE_LABELS,
    ROLE_PERMISSIONS,
    SCOPE_LABELS,
    SCOPES,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Permission,
    Role,
    Session,
    SetupCode,
    checked_display_name,
    checked_name,
    checked_password,
    checked_person,
    checked_role,
    cleaned,
    csrf_token,
    device,
    is_csrf_token,
    is_session_like,
    is_token_like,
    lock_after,
    name_key,
    on_behalf_permissions,
    session_permissions,
    token_permissions,
)
from odin_engine.kernel.errors import Invalid

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    ["Abcdefg1", "äÖ1äÖ1äÖ", "only lower case but long", "1234567890123456", "🖨️" * 16],
)
def test_passwords_that_will_do(password: str) -> None:
    assert checked_password(password, "someone") == password


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "at least 8"),
        ("Abcdef1", "at least 8"),
        ("abcdefg1", "upper-case"),
        ("ABCDEFG1", "lower-case"),
        ("Abcdefgh", "digit"),
        ("x" * 15, "at least 16"),
        ("Aa1" + "x" * 254, "at most 256 bytes"),
        ("ä" * 129, "at most 256 bytes"),
        ("Abc1\ud800defgh", "at most 256 bytes of text"),
        ("SOMEONE.with.a.Name1", "other than the name"),
    ],
)
def test_passwords_that_will_not(password: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        checked_password(password, "someone.with.a.name1")
    assert caught.value.problems[0].pointer == "/password"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("anna", "anna"),
        ("  Anna Maria ", "Anna Maria"),
        ("anna@example.org", "anna@example.org"),
        ("Jürgen_2-x", "Jürgen_2-x"),
        ("Ju\u0308rgen", "Jürgen"),
        ("李雷", "李雷"),
    ],
)
def test_names_that_will_do(name: str, kept: str) -> None:
    assert checked_name(name) == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "x" * 65,
        "two  spaces",
        "bell\a",
        "nul\0",
        "line\nbreak",
        "\u202egnp.exe",
        "zero\u200bwidth",
        "smile 😀",
        "half\ud800",
        "'; DROP TABLE users; --",
        "<script>",
    ],
)
def test_names_that_will_not(name: str) -> None:
    with pytest.raises(Invalid):
        checked_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "aNNA"),
        ("Straße", "STRASSE"),
        ("Jürgen", "Ju\u0308rgen"),
        ("ﬁx", "fix"),
    ],
)
def test_names_that_are_the_same_to_a_person(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@given(st.text(st.characters(codec=None)))
def test_any_text_has_a_key_that_can_be_stored(text: str) -> None:
    name_key(text).encode()


@pytest.mark.parametrize("name", ["", "Anna 😀", "👨‍👩‍👧", "a" * 128])
def test_display_names_that_will_do(name: str) -> None:
    assert checked_display_name(name) == name


@pytest.mark.parametrize("name", ["a\0", "a\u202eb", "a\nb", "a" * 129, "\ud800"])
def test_display_names_that_will_not(name: str) -> None:
    with pytest.raises(Invalid):
        checked_display_name(name)


def test_the_fifth_failure_locks() -> None:
    assert lock_after(FAILURES_BEFORE_LOCK - 1, NOW) is None
    assert lock_after(FAILURES_BEFORE_LOCK, NOW) == NOW + LOCK
    assert (5, timedelta(minutes=15)) == (FAILURES_BEFORE_LOCK, LOCK)


def test_stronger_roles_hold_all_that_weaker_ones_do() -> None:
    admin, operator, viewer = (ROLE_PERMISSIONS[role] for role in Role)
    assert admin > operator > viewer


def test_everything_has_words() -> None:
    assert set(SCOPE_LABELS) == SCOPES == {*Permission, ACT_AS}
    assert set(ROLE_LABELS) == set(Role)


def test_a_token_can_do_no_more_than_its_owner() -> None:
    scopes = {Permission.READ_PRINTERS, Permission.MANAGE_USERS, ACT_AS}
    assert token_permissions(scopes, Role.VIEWER) == {Permission.READ_PRINTERS}


@pytest.mark.parametrize("person", Role)
@pytest.mark.parametrize("owner", Role)
def test_nobody_named_by_a_token_touches_accounts(owner: Role, person: Role) -> None:
    found = on_behalf_permissions(token_permissions(SCOPES, owner), person)
    assert found <= ROLE_PERMISSIONS[owner] & ROLE_PERMISSIONS[person]
    assert not found & {Permission.MANAGE_USERS, Permission.MANAGE_OWN_ACCOUNT}


def test_who_must_change_the_password_can_do_nothing_else() -> None:
    found = session_permissions(Role.ADMIN, must_change_password=True)
    assert found == {Permission.MANAGE_OWN_ACCOUNT}


def test_sessions_end_when_idle_and_at_last_anyway() -> None:
    session = Session("id", "user", "Firefox", "::1", NOW, NOW + timedelta(days=80))
    assert session.expires_at == NOW + SESSION_ABSOLUTE
    fresh = Session("id", "user", "Firefox", "::1", NOW, NOW)
    assert fresh.expires_at == NOW + SESSION_IDLE


@pytest.mark.parametrize(
    "typed", ["0123-45AB-1W", "012345ab1w", " oI23 45AB lw ", "O123-45AB-LW"]
)
def test_a_setup_code_may_be_typed_as_people_type(typed: str) -> None:
    code = SetupCode("012345AB1W", NOW)
    assert code.printed == "0123-45AB-1W"
    assert code.matches(typed)


@pytest.mark.parametrize(
    "typed", ["", "0123-45AB-1", "0123-45AB-1X", "é" * 10, "\ud800"]
)
def test_another_setup_code_is_refused(typed: str) -> None:
    assert not SetupCode("012345AB1W", NOW).matches(typed)


def test_alphabets_are_what_they_say() -> None:
    assert len(set(BASE62)) == 62
    assert len(set(CROCKFORD)) == 32
    assert not set("ILOU") & set(CROCKFORD)


def test_a_csrf_token_belongs_to_one_session() -> None:
    assert is_csrf_token("one", csrf_token("one"))
    assert not is_csrf_token("one", csrf_token("other"))
    assert not is_csrf_token("one", "")
    assert not is_csrf_token("one", "é")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("odin_" + "aB3" * 13 + "x", True),
        ("odin_" + "a" * 39, False),
        ("odin_" + "a" * 40 + "\n", False),
        ("odin_" + "é" * 40, False),
        ("", False),
    ],
)
def test_only_tokens_look_like_tokens(text: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_token_like(text) is is_one
    assert not is_session_like(text)


@pytest.mark.parametrize(
    "text", ["", "ha:", "anna", "ha:a b", "ha:" + "x" * 65, "ha:x\n"]
)
def test_people_are_named_in_one_way(text: str) -> None:
    assert checked_person("ha:6f3c-1_A") == "ha:6f3c-1_A"
    with pytest.raises(Invalid):
        checked_person(text)


def test_roles_told_by_home_assistant_are_ours() -> None:
    assert checked_role("viewer") is Role.VIEWER
    with pytest.raises(Invalid, match="admin, operator, viewer"):
        checked_role("owner")


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.14.1", "curl/8.14.1"),
        ("x" * 500, "x" * 60),
        ("\x1b[31m", "[31m"),
        ("", "unknown"),
    ],
)  # fmt: skip
def test_a_device_is_said_in_few_words(user_agent: str, said: str) -> None:
    assert device(user_agent) == said


def test_text_from_outside_is_cut_and_shown() -> None:
    assert (
        cleaned("a\0b\u202ec\n😀")
        == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}😀"
    )
    assert len(cleaned("x" * 1000)) == 200
    assert cleaned("x" * 200) == "x" * 200
