"""Files are stored by what they hold, and no given name becomes a path."""

import hashlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odin_engine.kernel.errors import NotFound
from odin_engine.kernel.files import LONGEST_NAME, Files, FileTooLarge, safe_name
from tests.fuzzing import fuzzed

_MIB = 1024**2


async def _stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def _left_over(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("spool-*") if path.is_file()]


async def test_content_is_stored_once_under_its_digest(tmp_path: Path) -> None:
    files = Files(tmp_path)
    content = b"x" * (3 * _MIB) + b"y"
    stored = await files.store(_stream(content[:100], content[100:]), 4 * _MIB)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size_bytes == len(content)
    assert await files.store(_stream(content), 4 * _MIB) == stored
    assert files.path(stored.sha256).read_bytes() == content
    assert stat.S_IMODE(files.path(stored.sha256).stat().st_mode) == 0o600
    assert files.stored() == [stored.sha256]
    assert _left_over(tmp_path) == []
    files.remove(stored.sha256)
    files.remove(stored.sha256)
    assert files.stored() == []


async def test_too_much_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with pytest.raises(FileTooLarge, match="at most 10 bytes"):
        await files.store(_stream(b"12345", b"67890", b"1"), 10)
    assert files.stored() == []
    assert _left_over(tmp_path) == []


async def test_a_sender_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Files(tmp_path).store(broken(), 100)
    assert _left_over(tmp_path) == []


async def test_a_spooled_file_lasts_as_long_as_its_block(tmp_path: Path) -> None:
    files = Files(tmp_path)
    async with files.spool(_stream(b"a", b"b"), 100) as spooled:
        assert spooled.path.read_bytes() == b"ab"
        assert spooled.size_bytes == 2
    assert not spooled.path.exists()


def test_a_killed_process_leaves_its_spool_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "spool-abc").touch()
    Files(tmp_path).sweep()
    assert _left_over(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n"]
)
def test_only_digests_lead_to_files(tmp_path: Path, name: str) -> None:
    files = Files(tmp_path)
    with pytest.raises(NotFound):
        files.path(name)
    files.remove(name)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Benchy.3mf", "Benchy.3mf"),
        ("Größe Ärger.gcode.3mf", "Grosse_Arger.gcode.3mf"),
        ("../../etc/passwd", "etc_passwd"),
        ("..", "file"),
        ("", "file"),
        (".gcode", "file.gcode"),
        ("日本.gcode", "file.gcode"),
        ("a\0b\n;rm -rf.gcode", "a_b_rm_-rf.gcode"),
        ("C:\\parts\\x.stl", "C_parts_x.stl"),
        ("Æble Øl œuf.stl", "AEble_Ol_oeuf.stl"),
        ("x" * 300 + ".gcode.3mf", "x" * 54 + ".gcode.3mf"),
    ],
)
def test_names_become_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@example("0" * 17 + "_.0123456789", 20)
@given(st.text(), st.integers(20, 100))
@fuzzed(100)
def test_any_name_is_safe(name: str, longest: int) -> None:
    safe = safe_name(name, longest)
    assert 0 < len(safe) <= longest
    assert set(safe) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
    )
    assert not safe.startswith((".", "-"))
    assert safe_name(safe, longest) == safe
    assert len(safe_name(name)) <= LONGEST_NAME
