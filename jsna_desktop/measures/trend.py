"""Recent trend, and many comparisons at once (methods.md 3).

Source: OHID, *Fingertips technical guidance: recent trends*; Armitage (1955) for proportions; Benjamini and
Hochberg (1995).
"""

import re

import numpy as np
from scipy import special

from jsna_desktop.measures.intervals import standard_normal

POINTS = 5
UNLIKELY = 0.002
BETTER, WORSE, UP, DOWN = "getting better", "getting worse", "increasing", "decreasing"
NO_CHANGE, NOT_TESTED = "no clear change", "not tested"


def annual(periods: list[str]) -> list[int]:
    """Positions of the latest five annual points, oldest first; [] where there are fewer, or a year is missing.

    A period is a year (`2023`) or a year that spans two (`2022/23`); pooled years overlap, and are no annual points.
    """
    years = {}
    for place, period in enumerate(periods):
        match = re.fullmatch(r"(\d{4})(?:/\d\d(?:\d\d)?)?", period)
        if match:
            years[int(match[1])] = place
    last = max(years, default=0)
    wanted = range(last - POINTS + 1, last + 1)
    return [years[year] for year in wanted] if all(year in years for year in wanted) else []


def proportion_trend(numerator: np.ndarray, denominator: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Direction (…,) −1, 0, 1 and two-sided probability of no trend: chi-square for trend over the last axis."""
    x, n = np.asarray(numerator, float), np.asarray(denominator, float)
    years = np.arange(x.shape[-1], dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = n.sum(axis=-1)
        share = x.sum(axis=-1) / total
        drift = (years * (x - n * share[..., None])).sum(axis=-1)
        spread = (n * years**2).sum(axis=-1) - (n * years).sum(axis=-1) ** 2 / total
        z = drift / np.sqrt(share * (1 - share) * spread)
    return np.sign(np.nan_to_num(drift)), 2 * special.ndtr(-np.abs(z))


def weighted_trend(
    value: np.ndarray, lower: np.ndarray, upper: np.ndarray, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Direction and probability as `proportion_trend`, by regression weighted by the errors of the intervals."""
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = (2 * standard_normal(confidence) / (np.asarray(upper, float) - lower)) ** 2
        years = np.arange(value.shape[-1], dtype=float)
        middle = (weight * years).sum(axis=-1) / weight.sum(axis=-1)
        away = years - middle[..., None]
        spread = (weight * away**2).sum(axis=-1)
        slope = (weight * away * value).sum(axis=-1) / spread
        z = slope * np.sqrt(spread)
    return np.sign(np.nan_to_num(slope)), 2 * special.ndtr(-np.abs(z))


def words(direction: np.ndarray, probability: np.ndarray, polarity: str) -> np.ndarray:
    """What is said of each trend (…,): only below 0.002 is it called one."""
    up, down = {"high good": (BETTER, WORSE), "low good": (WORSE, BETTER)}.get(polarity, (UP, DOWN))
    with np.errstate(invalid="ignore"):
        clear = probability < UNLIKELY
    said = np.where(clear, np.where(direction > 0, up, down), NO_CHANGE)
    return np.where(np.isfinite(probability), said, NOT_TESTED)


def by_chance(compared: int, confidence: float = 0.95) -> float:
    """How many of so many independent comparisons are expected to differ by chance alone."""
    return compared * (1 - confidence)


def benjamini_hochberg(probability: np.ndarray, rate: float = 0.05) -> np.ndarray:
    """Which (n,) of many tests stay clear where at most `rate` of those called clear are false; NaN never does."""
    p = np.asarray(probability, float)
    known = np.flatnonzero(np.isfinite(p))
    clear = np.zeros(len(p), dtype=bool)
    order = known[np.argsort(p[known], kind="stable")]
    holds = p[order] <= rate * np.arange(1, len(order) + 1) / max(1, len(order))
    if holds.any():
        clear[order[: np.flatnonzero(holds)[-1] + 1]] = True
    return clear
