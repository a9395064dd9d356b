"""Settings come from variables, then an app's options, then defaults."""

import json
import logging
import stat
from ipaddress import ip_network
from pathlib import Path

import pytest

from odin_engine.kernel.settings import WrongSettings, load_settings


@pytest.fixture(autouse=True)
def _own_data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ODIN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ODIN_OPTIONS_FILE", str(_options(tmp_path, {})))


def _options(tmp_path: Path, options: object) -> Path:
    path = tmp_path / "options.json"
    path.write_text(json.dumps(options))
    return path


def test_defaults_bind_loopback_and_keep_sqlite_in_the_data_dir(tmp_path: Path) -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8710)
    assert settings.database_path == tmp_path / "data" / "odin.db"
    assert settings.database_url.startswith("sqlite+aiosqlite:////")
    assert settings.trusted_proxies == ()
    assert not settings.allow_loopback


def test_the_data_dir_is_made_for_its_owner_only(tmp_path: Path) -> None:
    load_settings()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_an_apps_options_count_and_variables_win(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _options(
        tmp_path,
        {
            "port": 9000,
            "log_level": "DEBUG",
            "trusted_proxies": ["172.30.32.0/23"],
            "external_url": "",
        },
    )
    monkeypatch.setenv("ODIN_PORT", "9001")
    settings = load_settings()
    assert settings.port == 9001
    assert settings.log_level == "debug"
    assert settings.trusted_proxies == (ip_network("172.30.32.0/23"),)
    assert settings.external_url is None


def test_given_values_win_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODIN_PORT", "9001")
    assert load_settings(port=0, host=None).port == 0


def test_unknown_options_are_named_once_and_ignored(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _options(tmp_path, {"colour": "red", "shape": 1, "port": 9000})
    with caplog.at_level(logging.WARNING):
        assert load_settings().port == 9000
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'options.json'}: ignoring unknown options colour, shape"
    ]


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgresql://u:p@db/odin", "postgresql+asyncpg://u:p@db/odin"),
        ("postgres://u@db/odin", "postgresql+asyncpg://u@db/odin"),
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
    ],
)
def test_database_addresses_get_their_driver(
    monkeypatch: pytest.MonkeyPatch, given: str, url: str
) -> None:
    monkeypatch.setenv("ODIN_DATABASE_URL", given)
    assert load_settings().database_url == url


def test_networks_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODIN_TRUSTED_PROXIES", "10.0.0.5, fd00::/8")
    networks = load_settings().trusted_proxies
    assert networks == (ip_network("10.0.0.5/32"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ODIN_PORT", "99999", "ODIN_PORT: must be 65535 at most."),
        ("ODIN_PORT", "web", "ODIN_PORT: must be a whole number."),
        ("ODIN_LOG_FORMAT", "xml", "ODIN_LOG_FORMAT: must be 'console' or 'json'."),
        ("ODIN_TRUSTED_PROXIES", "home", "ODIN_TRUSTED_PROXIES: 'home' does not"),
        ("ODIN_EXTERNAL_URL", "ftp://x", "ODIN_EXTERNAL_URL: must be a web address"),
        ("ODIN_DATABASE_URL", "mysql://x/y", "ODIN_DATABASE_URL: must be sqlite:///"),
        ("ODIN_DATABASE_URL", "sqlite://", "ODIN_DATABASE_URL: must be sqlite:///"),
        ("ODIN_DATABASE_URL", "nonsense", "ODIN_DATABASE_URL: is not a database"),
        ("ODIN_DATA_DIR", "/dev/null/x", "ODIN_DATA_DIR: cannot make /dev/null/x"),
    ],
)
def test_a_wrong_variable_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as caught:
        load_settings()
    assert caught.value.message.startswith(sentence)
    assert caught.value.__cause__ is None


def test_several_wrong_settings_are_all_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = _options(tmp_path, {"log_level": "loud"})
    monkeypatch.setenv("ODIN_PORT", "-1")
    with pytest.raises(WrongSettings) as caught:
        load_settings()
    assert {problem.pointer for problem in caught.value.problems} == {
        "/port",
        "/log_level",
    }
    assert f"log_level in {path}:" in caught.value.message


def test_a_password_in_the_database_address_is_never_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ODIN_DATABASE_URL", "mysql://u:canary123@x/y")
    with pytest.raises(WrongSettings) as caught:
        load_settings()
    assert "canary123" not in str(caught.value)
    monkeypatch.setenv("ODIN_DATABASE_URL", "postgresql://u:canary123@x/y")
    assert "canary123" not in repr(load_settings())


@pytest.mark.parametrize("text", ["{", "[]", "\udcff"])
def test_a_broken_options_file_is_one_clear_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "options.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(WrongSettings, match=r"options\.json is not"):
        load_settings()


def test_a_missing_options_file_that_was_named_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ODIN_OPTIONS_FILE", str(tmp_path / "gone.json"))
    with pytest.raises(WrongSettings, match="No such file"):
        load_settings()


def test_only_the_supervisors_token_makes_an_app(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SUPERVISOR_TOKEN", raising=False)
    # Nobody becomes an app by its options: they are people's to write.
    _options(tmp_path, {"supervisor_token": "x", "SUPERVISOR_TOKEN": "x"})
    assert not load_settings().is_app
    monkeypatch.setenv("SUPERVISOR_TOKEN", "")
    assert not load_settings().is_app
    monkeypatch.setenv("SUPERVISOR_TOKEN", "not-to-be-seen")
    settings = load_settings()
    assert settings.is_app
    assert "not-to-be-seen" not in repr(settings)
    assert (settings.ingress_port, settings.supervisor_url) == (
        8099,
        "http://supervisor",
    )
    assert settings.ingress_from == (ip_network("172.30.32.2/32"),)


@pytest.mark.parametrize(
    ("host", "token", "announce", "is_announced"),
    [
        ("127.0.0.1", "", "", False),
        ("localhost", "", "", False),
        ("::1", "", "", False),
        ("127.0.0.1", "", "true", True),
        ("192.0.2.7", "", "", True),
        ("0.0.0.0", "", "", True),  # noqa: S104 - the case itself
        ("0.0.0.0", "", "false", False),  # noqa: S104
        ("0.0.0.0", "app", "", False),  # noqa: S104
        ("0.0.0.0", "app", "true", True),  # noqa: S104
    ],
)
def test_who_can_be_reached_is_announced_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    token: str,
    announce: str,
    is_announced: bool,  # noqa: FBT001 - a case
) -> None:
    monkeypatch.setenv("SUPERVISOR_TOKEN", token)
    monkeypatch.setenv("ODIN_HOST", host)
    monkeypatch.setenv("ODIN_ANNOUNCE", announce)
    assert load_settings().is_announced == is_announced


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INGRESS_PORT", "8710"),
        ("INGRESS_PORT", "0"),
        ("INGRESS_FROM", "the supervisor"),
        ("SUPERVISOR_URL", "supervisor"),
    ],
)
def test_wrong_ingress_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ODIN_{name}", value)
    with pytest.raises(WrongSettings, match=f"ODIN_{name}"):
        load_settings()
