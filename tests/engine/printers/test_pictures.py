from pathlib import Path

import pytest

from odin_engine.printers.service.pictures import Pictures, small
from tests.engine.drivers.bambu.slices import PNG, png


def test_a_picture_comes_back_also_to_the_next_process(tmp_path: Path) -> None:
    digest = Pictures(tmp_path / "p").put(PNG)
    assert digest is not None
    after = Pictures(tmp_path / "p")
    assert after.put(PNG) == digest
    assert after.get(digest) == PNG
    assert [path.name for path in (tmp_path / "p").iterdir()] == [f"{digest}.png"]


def test_what_was_not_wanted_for_longest_makes_room(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path, room_bytes=3500)
    first, second, third = (pictures.put(bytes([n]) * 1000) for n in range(3))
    assert first
    assert second
    assert third
    assert pictures.get(first)
    fourth = pictures.put(b"x" * 1000)
    assert pictures.get(second) is None
    assert all(pictures.get(each or "") for each in (first, third, fourth))
    assert pictures.put(b"x" * 3501) is None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 3500


def test_a_folder_that_was_emptied_is_no_trouble(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    digest = pictures.put(PNG)
    assert digest is not None
    (tmp_path / f"{digest}.png").unlink()
    assert pictures.get(digest) is None
    assert pictures.put(PNG) == digest
    assert pictures.get(digest) == PNG


def test_a_small_picture_is_drawn_of_a_larger_one() -> None:
    made = small(png(640, 320))
    assert made is not None
    assert made[16:24] == (160).to_bytes(4) + (80).to_bytes(4)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG", PNG[:60], PNG[:300], png(3000, 2), b"GIF89a" * 20],
    ids=["empty", "begun", "head", "half", "too wide", "another kind"],
)
def test_what_cannot_be_drawn_is_none(data: bytes) -> None:
    assert small(data) is None
