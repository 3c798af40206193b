"""Where a profile row's value and interval lie against its comparator, for the chart in the table.

Rows of different units share one axis by their ratio to the comparator, on a log scale, so that half
and twice are equally far from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# Widest ratio on the axis, and what its two ends are called.
LIMITS = (
    (1.25, "a fifth lower", "a quarter higher"),
    (1.5, "a third lower", "half as much again"),
    (2.0, "half", "twice"),
    (3.0, "a third", "three times"),
    (4.0, "a quarter", "four times"),
)
COVERED = 0.8  # share of the ends of intervals that the axis must hold; rare categories run off it

REACH = 0.45  # of the column's width to either end: the rest is for the arrows of what runs off


@dataclass(frozen=True)
class Ratio:
    """A row's value and limits over the comparator's value."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Axis:
    limit: float
    low: str
    high: str

    def position(self, ratio: float) -> float:
        """Across the column, 0–1, with the comparator at 0.5; what runs off the axis stays at its end."""
        if ratio <= 0:
            return 0.5 - REACH
        return float(np.clip(0.5 + REACH * np.log(ratio) / np.log(self.limit), 0.5 - REACH, 0.5 + REACH))


def comparator(row: Mapping[str, Any], level: str) -> Mapping[str, Any] | None:
    """The row's comparator of that level, or None."""
    return next((entry for entry in row["comparators"] if entry["level"] == level), None)


def ratio(row: Mapping[str, Any], level: str) -> Ratio | None:
    """The row over its comparator; None without an interval or a positive comparator's value."""
    other = comparator(row, level)
    parts = (row["value"], row["lower_ci"], row["upper_ci"], other["value"] if other else None)
    numbers = np.array([np.nan if part is None else part for part in parts], dtype=float)
    if not np.isfinite(numbers).all() or numbers[3] <= 0:
        return None
    value, lower, upper = (float(number) for number in numbers[:3] / numbers[3])
    return Ratio(value, lower, upper)


def axis(ratios: Sequence[Ratio]) -> Axis:
    """The narrowest axis that holds four in five ends of intervals."""
    ends = np.array([end for one in ratios for end in (one.lower, one.upper)], dtype=float)
    wide = np.abs(np.log(np.maximum(ends, 1e-9)))
    for limit, low, high in LIMITS:
        if np.mean(wide <= np.log(limit)) >= COVERED:
            return Axis(limit, low, high)
    return Axis(*LIMITS[-1])


def drawn(one: Ratio, scale: Axis) -> dict[str, Any]:
    """Positions 0–1 on the axis, and whether each end of the interval runs off it."""
    return {
        "value": scale.position(one.value),
        "lower": scale.position(one.lower),
        "upper": scale.position(one.upper),
        "off_low": bool(one.lower < 1 / scale.limit),
        "off_high": bool(one.upper > scale.limit),
    }
