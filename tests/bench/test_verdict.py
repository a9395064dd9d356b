"""The verdict of a soak: what grows is called so, what swings is not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.soak import Look, table_of, told
from tests.bench.verdict import Trend, judge

_MINUTES = [60.0 * minute for minute in range(120)]
_MB = 1e6


def _judged(values: list[float], slack: float = 4 * _MB, share: float = 0.02) -> Trend:
    looks = list(zip(_MINUTES, values, strict=False))
    return judge(looks, slack, share).trend


def test_what_stays_is_flat() -> None:
    assert _judged([140 * _MB] * 120) is Trend.FLAT


def test_a_steady_leak_grows() -> None:
    # A tenth of a megabyte a minute: 9 MB in the hour and a half after the warm-up.
    leak = [140 * _MB + 0.1 * _MB * minute for minute in range(120)]
    assert _judged(leak) is Trend.GROWS


def test_a_leak_in_steps_grows() -> None:
    steps = [140 * _MB + 5 * _MB * (minute // 20) for minute in range(120)]
    assert _judged(steps) is Trend.GROWS


def test_a_leak_of_one_file_in_ten_minutes_grows() -> None:
    assert _judged([60.0 + minute // 10 for minute in range(120)], 2, 0.02) is (
        Trend.GROWS
    )


def test_what_fills_in_the_beginning_is_no_leak() -> None:
    filled = [100 * _MB + 40 * _MB * min(1, minute / 20) for minute in range(120)]
    assert _judged(filled) is Trend.FLAT


def test_what_swings_is_flat() -> None:
    swing = [140 * _MB + 20 * _MB * math.sin(minute) for minute in range(120)]
    assert _judged(swing) is Trend.FLAT


def test_peaks_tilt_nothing() -> None:
    # One look in eight hits somebody's visit, more of them towards the end.
    peaks = [
        140 * _MB + (60 * _MB if minute > 40 and minute % 8 == 0 else 0)
        for minute in range(120)
    ]
    assert _judged(peaks) is Trend.FLAT


def test_what_shrinks_is_flat() -> None:
    assert _judged([140 * _MB - 0.2 * _MB * minute for minute in range(120)]) is (
        Trend.FLAT
    )


@pytest.mark.parametrize("count", range(5))
def test_a_few_looks_say_nothing(count: int) -> None:
    assert _judged([1.0 * look for look in range(count)]) is Trend.UNKNOWN


def test_it_says_what_it_could_not_have_seen() -> None:
    verdict = judge([(at_s, 100 * _MB) for at_s in _MINUTES], 4 * _MB, 0.0)
    # 4 MB in the last three quarters of two hours.
    assert verdict.seen_per_hour == pytest.approx(4 * _MB / 89 * 60)
    assert verdict.per_hour == 0


def test_a_day_of_looks_is_judged_from_some_of_them() -> None:
    looks = [(60.0 * minute, 100 * _MB + 0.05 * _MB * minute) for minute in range(1440)]
    verdict = judge(looks, 4 * _MB, 0.02)
    assert verdict.trend is Trend.GROWS
    assert verdict.per_hour == pytest.approx(3 * _MB)


@given(
    st.floats(1, 1e9),
    st.floats(0, 1e6),
    st.integers(20, 200),
)
def test_a_line_is_found_again(level: float, per_s: float, count: int) -> None:
    looks = [(float(second), level + per_s * second) for second in range(count)]
    verdict = judge(looks, 0.0, 0.0)
    assert verdict.per_hour == pytest.approx(per_s * 3600, rel=1e-3, abs=1)


def _looks(leak: int) -> list[Look]:
    return [
        Look(
            at_s=60.0 * minute,
            memory=140_000_000,
            files=70,
            sockets=60 + leak * minute,
            threads=5,
            tasks=None,
            database=1_000_000 + 1000 * minute,
        )
        for minute in range(60)
    ]


def test_the_whole_verdict_names_what_grows() -> None:
    text, is_flat = told(_looks(leak=0))
    assert is_flat
    assert "sockets" in text
    # A database grows with what it remembers; how fast is told, and no fault.
    assert "MB a day" in text
    text, is_flat = told(_looks(leak=1))
    assert not is_flat
    [line] = [line for line in text.splitlines() if line.startswith("sockets")]
    assert "grows" in line


def test_what_could_not_be_counted_is_left_out() -> None:
    text, _ = told(_looks(leak=0))
    assert "tasks" not in text


def test_the_sheet_has_a_line_for_each_look() -> None:
    lines = table_of(_looks(leak=0)).splitlines()
    assert lines[0] == "minute,memory,files,sockets,threads,tasks,database"
    assert lines[2] == "1.0,140000000,70,60,5,,1001000"
    assert len(lines) == 61
