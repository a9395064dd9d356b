"""Secrets are sealed with a key file that only its owner can read."""

import logging
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.kernel.secrets import (
    KEY_FILE,
    KeyUnusable,
    KnownSecrets,
    Secrets,
    load_secrets,
)

_KEY = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_again(value: str) -> None:
    secrets = Secrets(_KEY)
    sealed = secrets.seal(value)
    assert secrets.open(sealed) == value
    assert len(value) < 4 or value not in sealed


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    sealed = load_secrets(tmp_path).seal("12345678")
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert load_secrets(tmp_path).open(sealed) == "12345678"


def test_half_a_key_of_a_start_that_was_cut_off_is_none(tmp_path: Path) -> None:
    (tmp_path / f"{KEY_FILE}.new").write_bytes(b"half")
    sealed = load_secrets(tmp_path).seal("12345678")
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert load_secrets(tmp_path).open(sealed) == "12345678"


def test_a_disk_without_room_is_named(tmp_path: Path) -> None:
    (tmp_path / f"{KEY_FILE}.new").mkdir()
    with pytest.raises(KeyUnusable, match="See that the disk is well and has room"):
        load_secrets(tmp_path)
    assert not (tmp_path / KEY_FILE).exists()


def test_an_open_key_is_closed_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_secrets(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    with caplog.at_level(logging.WARNING):
        load_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert "was open to others (644)" in caplog.text


def test_a_damaged_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"nonsense")
    with pytest.raises(KeyUnusable, match="Restore it from a backup"):
        load_secrets(tmp_path)


@pytest.mark.parametrize("sealed", ["", "x", "ünïcode"])
def test_what_another_key_sealed_does_not_open(tmp_path: Path, sealed: str) -> None:
    theirs = sealed or Secrets(_KEY).seal("12345678")
    with pytest.raises(KeyUnusable, match=r"does not fit secret\.key"):
        load_secrets(tmp_path).open(theirs)


def test_what_was_sealed_or_opened_is_known() -> None:
    sealed = Secrets(_KEY).seal("12345678")
    known = KnownSecrets()
    secrets = Secrets(_KEY, known)
    secrets.open(sealed)
    secrets.seal("abcdefgh")
    assert known.hide_in("12345678 abcdefgh", "*") == "* *"
    known.forget("12345678")
    assert known.hide_in("12345678 abcdefgh", "*") == "12345678 *"


def test_one_secret_within_another_hides_both() -> None:
    known = KnownSecrets()
    known.add("abcdefgh")
    known.add("abcdefgh-longer")
    assert "longer" not in known.hide_in("x abcdefgh-longer y", "*")


def test_short_values_are_no_canaries() -> None:
    known = KnownSecrets()
    known.add("on")
    assert known.hide_in("turned on", "*") == "turned on"
