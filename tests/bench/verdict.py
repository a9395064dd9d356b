"""Whether something that was looked at for a while grows: a line through the looks.

The line is Theil's: the median of the slopes between all pairs, so that a peak, or a
moment when much was going on, does not tilt it.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

_WARM_UP_SHARE, _WARM_UP_MOST_S = 0.5, 1800.0
"""What fills once, such as caches and pools, has filled after some minutes."""
_FEWEST_LOOKS = 5
_MOST_LOOKS = 600
"""A line through more of them is no better, and takes long."""
_HOUR_S = 3600.0


class Trend(StrEnum):
    """What the looks say."""

    FLAT = "flat"
    GROWS = "grows"
    UNKNOWN = "too few looks to tell"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`level` is the median, `per_hour` the slope, `seen` what would have been noticed."""

    trend: Trend
    level: float
    per_hour: float
    seen_per_hour: float


def judge(
    looks: Sequence[tuple[float, float]], slack: float, slack_share: float
) -> Verdict:
    """Judges pairs of seconds and value, in the order of time.

    It grows when the line through them rises by more than `slack`, and by more than that
    share of the level, from the first look after the warm-up to the last.
    """
    warm = _warm(looks)
    if len(warm) < _FEWEST_LOOKS:
        return Verdict(Trend.UNKNOWN, warm[-1][1] if warm else 0.0, 0.0, 0.0)
    level = statistics.median(value for _, value in warm)
    slope = _slope(warm)
    lasted_s = warm[-1][0] - warm[0][0]
    allowed = max(slack, slack_share * abs(level))
    trend = Trend.GROWS if slope * lasted_s > allowed else Trend.FLAT
    return Verdict(trend, level, slope * _HOUR_S, allowed / lasted_s * _HOUR_S)


def _warm(looks: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    if not looks:
        return looks
    began_s, lasted_s = looks[0][0], looks[-1][0] - looks[0][0]
    warm_s = began_s + min(_WARM_UP_SHARE * lasted_s, _WARM_UP_MOST_S)
    warm = [look for look in looks if look[0] >= warm_s]
    step = len(warm) // _MOST_LOOKS + 1
    return warm[::step]


def _slope(looks: Sequence[tuple[float, float]]) -> float:
    return statistics.median(
        (later - value) / (later_s - at_s)
        for (at_s, value), (later_s, later) in combinations(looks, 2)
        if later_s > at_s
    )
