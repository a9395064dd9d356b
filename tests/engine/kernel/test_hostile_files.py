"""Backups and options that nobody of ours wrote: used, or refused in a sentence."""

import json
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odin_engine.kernel.backup.archive import ArchiveUnusable, unpack
from odin_engine.kernel.errors import Unavailable
from odin_engine.kernel.settings import WrongSettings, load_settings
from tests.fuzzing import fuzzed

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner)
    ),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    [
        "database/odin.db",
        "database/users.jsonl",
        "secret.key",
        f"files/{'0' * 64}",
        "../evil",
        "/etc/passwd",
        "manifest.json",
        "files/",
        "C:\\x",
        "database/../../x",
    ]
)
_LISTS = st.fixed_dictionaries(
    {
        "format": st.just(1) | _JSON,
        "version": st.just("1") | _JSON,
        "created_at": st.just("2026-11-01T08:00:00Z") | _JSON,
        "database": st.sampled_from(["sqlite", "postgresql", "x"]),
        "revision": st.none() | st.text(max_size=8),
        "members": st.dictionaries(
            _NAMES,
            st.fixed_dictionaries(
                {
                    "size_bytes": st.integers(-1, 50) | st.integers(2**40, 2**70),
                    "sha256": st.just("0" * 64) | st.text(max_size=64),
                }
            )
            | _JSON,
            max_size=4,
        ),
    }
)


def _unpacked(data: bytes) -> None:
    with TemporaryDirectory() as place:
        source, folder = Path(place, "backup.zip"), Path(place, "in", "side")
        folder.mkdir(parents=True)
        source.write_bytes(data)
        with suppress(ArchiveUnusable, Unavailable):
            unpack(source, folder)
        assert {path.name for path in Path(place).iterdir()} == {"backup.zip", "in"}
        assert [path.name for path in Path(place, "in").iterdir()] == ["side"]


@given(_LISTS | _JSON, st.dictionaries(_NAMES, st.binary(max_size=50), max_size=4))
@fuzzed(150)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_any_list_of_contents_is_unpacked_in_place_or_refused(
    manifest: object, members: dict[str, bytes]
) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, data in members.items():
            archive.writestr(name, data)
    _unpacked(out.getvalue())


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 255)), max_size=6),
    st.integers(0, 30),
)
@fuzzed(150)
def test_a_damaged_backup_is_unpacked_or_refused(
    damage: list[tuple[int, int]], lacks: int
) -> None:
    member = {"size_bytes": 3, "sha256": "0" * 64}
    manifest = {
        "version": "1",
        "created_at": "2026-11-01T08:00:00Z",
        "database": "sqlite",
        "revision": None,
        "members": {"database/odin.db": member},
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", orjson.dumps(manifest))
        archive.writestr("database/odin.db", b"abc")
    data = bytearray(out.getvalue())
    for place, value in damage:
        data[place % len(data)] = value
    _unpacked(bytes(data[: len(data) - lacks]))


_OPTIONS = [
    *("data_dir", "database_url", "host", "port", "log_format", "log_level"),
    *("trusted_proxies", "external_url", "allow_loopback", "discovery_address"),
    *("announce", "supervisor_url", "ingress_port", "ingress_from", "max_json_bytes"),
    *("max_upload_bytes", "supervisor_token", "nonsense"),
]


@given(
    st.binary(max_size=60)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(
        st.sampled_from([name for name in _OPTIONS if name != "data_dir"]),
        _JSON,
        max_size=4,
    ).map(lambda value: json.dumps(value).encode())
)
@example(b'{"trusted_proxies": 5}')
@example(b'{"external_url": "http://[::1"}')
@example(b"[" * 100_000)
@fuzzed(200)
def test_any_options_are_settings_or_a_sentence(options: bytes) -> None:
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        Path(place, "options.json").write_bytes(options)
        patch.setenv("ODIN_OPTIONS_FILE", str(Path(place, "options.json")))
        with suppress(WrongSettings):
            load_settings(data_dir=Path(place, "data"))


@given(st.sampled_from(_OPTIONS[1:-2]), st.text(max_size=60))
@example("external_url", "http://[")
@example("trusted_proxies", "1.2.3.4/99,,")
@example("database_url", "postgresql://a:b@[c/d")
@fuzzed(200)
def test_any_variable_is_a_setting_or_a_sentence(name: str, value: str) -> None:
    if "\0" in value or not value.isprintable():
        value = value.encode("unicode_escape").decode()
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODIN_OPTIONS_FILE", str(Path(place, "options.json")))
        Path(place, "options.json").write_text("{}")
        patch.setenv(f"ODIN_{name.upper()}", value)
        with suppress(WrongSettings):
            load_settings(data_dir=Path(place, "data"))
