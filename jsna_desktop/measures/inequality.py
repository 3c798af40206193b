"""Inequality over the whole gradient (methods.md 5): slope and relative index, concentration, attributable share.

The last axis is the group, the most deprived first; all others are places, sexes, periods. Source: OHID, *Public Health
Technical Guidance*; PHEindicatormethods 2.1.0; Kakwani et al. (1997) for the concentration index.
"""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.measures.drawn_limits import drawn_limits
from jsna_desktop.measures.intervals import standard_normal


@dataclass(frozen=True)
class Gradient:
    """Slope index `sii`, relative index `rii` and limits (…,); NaN where a group is empty or has no value.

    `fitted` (…, 2): the line at the most and at the least deprived end.
    """

    sii: np.ndarray
    sii_lower: np.ndarray
    sii_upper: np.ndarray
    rii: np.ndarray
    rii_lower: np.ndarray
    rii_upper: np.ndarray
    fitted: np.ndarray


def mid_ranks(population: np.ndarray) -> np.ndarray:
    """The middle of each group (…, k) on the cumulative population, 0 most to 1 least deprived."""
    share = population / population.sum(axis=-1, keepdims=True)
    return np.cumsum(share, axis=-1) - share / 2


def line_weights(population: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each group's value (…, k) brings to the fitted line at its most and least deprived end.

    Weighted least squares on the mid-ranks with the populations as weights: both ends are linear in the values.
    """
    share = population / population.sum(axis=-1, keepdims=True)
    rank = mid_ranks(population)
    middle = (share * rank).sum(axis=-1, keepdims=True)
    spread = (share * (rank - middle) ** 2).sum(axis=-1, keepdims=True)
    slope = share * (rank - middle) / spread
    return share - middle * slope, share + (1 - middle) * slope


def gradient(
    population: np.ndarray, value: np.ndarray, se: np.ndarray, confidence: float = 0.95, scale: str = "none"
) -> Gradient:
    """Slope and relative index of the groups' values (…, k) with standard errors, weighted by population (…, k).

    The slope index is the least less the most deprived end of the line, the relative index their ratio. On `scale`
    "none" (life expectancy, scores) the slope's limits are exact, for it is linear in the values, and the ratio's are
    Fieller's. On "log" (rates) and "logit" (proportions 0–1) groups are drawn on that scale, `se` being on it too,
    and brought back: 10,000 draws from one seed.
    """
    population, value, se = (np.asarray(part, float) for part in (population, value, se))
    with np.errstate(invalid="ignore", divide="ignore"):
        most, least = line_weights(population)
        low_end, high_end = (most * value).sum(axis=-1), (least * value).sum(axis=-1)
        sii, rii = high_end - low_end, high_end / low_end
        if scale == "none":
            limits = _linear_limits(most, least, value, se, standard_normal(confidence))
        else:
            limits = drawn_limits(most, least, value, se, confidence, scale)
    given = np.isfinite(sii) & np.isfinite(se).all(axis=-1) & (population > 0).all(axis=-1)
    parts = [np.where(given, part, np.nan) for part in (sii, *limits[:2], rii, *limits[2:])]
    fitted = np.where(given[..., None], np.stack([low_end, high_end], axis=-1), np.nan)
    return Gradient(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], fitted)


def _linear_limits(
    most: np.ndarray, least: np.ndarray, value: np.ndarray, se: np.ndarray, z: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    slope = ((least - most) * value).sum(axis=-1)
    half = z * np.sqrt((((least - most) * se) ** 2).sum(axis=-1))
    # Fieller (1954): the ratios that the two ends do not tell apart.
    top, bottom = (least * value).sum(axis=-1), (most * value).sum(axis=-1)
    var_top, var_bottom = ((least * se) ** 2).sum(axis=-1), ((most * se) ** 2).sum(axis=-1)
    both = (least * most * se**2).sum(axis=-1)
    a, b, c = bottom**2 - z**2 * var_bottom, top * bottom - z**2 * both, top**2 - z**2 * var_top
    root = np.sqrt(b**2 - a * c)
    bounded = a > 0  # else the most deprived end may be zero, and the ratio anything
    return (
        slope - half,
        slope + half,
        np.where(bounded, (b - root) / a, np.nan),
        np.where(bounded, (b + root) / a, np.nan),
    )


def concentration(population: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Relative and absolute concentration index (…,): twice the covariance of value and rank, over the mean or not.

    Below zero where the value is concentrated among the most deprived.
    """
    share = population / population.sum(axis=-1, keepdims=True)
    mean = (share * value).sum(axis=-1)
    absolute = 2 * (share * value * mid_ranks(population)).sum(axis=-1) - mean
    with np.errstate(invalid="ignore", divide="ignore"):
        return absolute / mean, absolute


def attributable_share(population: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Share (…,) of all events that there would not be if every group had the least deprived one's rate.

    Below zero where the least deprived have more.
    """
    share = population / population.sum(axis=-1, keepdims=True)
    mean = (share * value).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (mean - value[..., -1]) / mean


def burden_share(population: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Share (…,) of all events that fall on the most deprived group."""
    burden = population * value
    with np.errstate(invalid="ignore", divide="ignore"):
        return burden[..., 0] / burden.sum(axis=-1)
