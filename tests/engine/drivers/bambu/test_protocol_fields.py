"""Coercions: what makes sense, what drifts, what is nonsense."""

import pytest

from odin_engine.drivers.printers.bambu.protocol import fields


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        ("7", 7),
        (" 7 ", 7),
        ("-1", -1),
        (7.9, 7),
        ("7.9", 7),
        (2**63, None),
        (1e300, None),
        ("1e300", None),
        ("9" * 400, None),
        (float("nan"), None),
        (float("inf"), None),
        ("nan", None),
        ("", None),
        ("0x10", None),
        (True, None),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_whole(value: object, number: int | None) -> None:
    assert fields.whole(value) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("21FF1AFFF9CB7", 0x21FF1AFFF9CB7),
        ("0x1f", 0x1F),
        ("1", 1),
        (16, 16),
        (-1, None),
        ("-1", None),
        ("F" * 33, None),
        ("xyz", None),
        ("", None),
        (1.5, None),
        (None, None),
    ],
)
def test_hexadecimal(value: object, number: int | None) -> None:
    assert fields.hexadecimal(value) == number


@pytest.mark.parametrize(
    ("value", "celsius"),
    [
        (25.5, 25.5),
        (25, 25),
        ("25.5", 25.5),
        (-10.0, -10.0),
        (0, 0),
        (601.0, None),
        (-61, None),
        (True, None),
        ("warm", None),
    ],
)
def test_celsius(value: object, celsius: float | None) -> None:
    assert fields.celsius(value) == celsius


@pytest.mark.parametrize(
    ("value", "heat"),
    [
        (14418120, (200, 220)),
        ("14418120", (200, 220)),
        (25, (25, 0)),
        (0xFFFF, (None, 0)),
        (-1, (None, None)),
        (1 << 32, (None, None)),
        (None, (None, None)),
    ],
)
def test_packed_heat(value: object, heat: tuple[float | None, float | None]) -> None:
    assert fields.packed_heat(value) == heat


@pytest.mark.parametrize(
    ("value", "color"),
    [
        ("FF6A13FF", "#FF6A13FF"),
        ("ff6a1380", "#FF6A1380"),
        ("FF6A13", "#FF6A13FF"),
        ("00000000", "#00000000"),
        ("", None),
        ("red", None),
        ("+F6A13FF", None),
        ("F_6A13FF", None),
        ("FF6A13FFF", None),
        (0xFF6A13, None),
    ],
)
def test_color(value: object, color: str | None) -> None:
    assert fields.color(value) == color
