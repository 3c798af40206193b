"""The probability of a difference by chance: two-sided, of the kind that each interval comes from.

A proportion's is that of the score test, which Wilson's limits invert; a rate's the exact Poisson tail; a mean's
Student's t; all others' from the side of the interval that faces the comparator, so that it is below 0.05 just where
the 95 % interval leaves the comparator out.
"""

from collections.abc import Sequence

import numpy as np
from scipy import special

from jsna_desktop.indicator import ISR, MEAN, PROPORTION, RATE, Indicator
from jsna_desktop.measures.intervals import standard_normal
from jsna_desktop.measures.profile import RANGE, Estimates
from jsna_desktop.measures.rates import ratio_p_value


def p_value(found: Estimates, comparator: np.ndarray, indicators: Sequence[Indicator]) -> np.ndarray:
    """Probabilities (L, K) of as large a difference from the fixed values `comparator` (L, K); NaN without limits."""
    kinds = np.array([one.kind for one in indicators])
    factor = np.array([one.multiplier for one in indicators], dtype=float)
    # A range of suppressed numbers is judged by the end that is nearer.
    exact = found.notes != RANGE
    p = _by_limits(found.value, found.lower, found.upper, comparator)
    own = kinds == PROPORTION
    if own.any():
        n, share = found.denominator[:, own], comparator[:, own] / factor[own]
        with np.errstate(invalid="ignore", divide="ignore"):
            z = (found.numerator[:, own] / n - share) / np.sqrt(share * (1 - share) / n)
        p[:, own] = np.where(exact[:, own] & np.isfinite(z), 2 * special.ndtr(-np.abs(z)), p[:, own])
    own = np.isin(kinds, (RATE, ISR))
    if own.any():
        expected = found.denominator[:, own] * comparator[:, own] / factor[own]
        tail = ratio_p_value(found.numerator[:, own], expected)
        p[:, own] = np.where(exact[:, own] & np.isfinite(tail), tail, p[:, own])
    own = kinds == MEAN
    if own.any():
        freedom = np.where(found.denominator[:, own] > 1, found.denominator[:, own] - 1, np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            half = (found.upper[:, own] - found.lower[:, own]) / 2
            t = (found.value[:, own] - comparator[:, own]) * special.stdtrit(freedom, 0.975) / half
        p[:, own] = 2 * special.stdtr(freedom, -np.abs(t))
    return p


def difference_p_value(difference: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Probability of a difference as large by chance, from its 95 % limits (Newcombe's): NaN where it has none."""
    return _by_limits(difference, lower, upper, np.zeros(np.shape(difference)))


def _by_limits(value: np.ndarray, lower: np.ndarray, upper: np.ndarray, against: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.where(np.isfinite(value), value, (lower + upper) / 2)
        side = np.where(against > middle, upper - middle, middle - lower)
        z = np.where(against == middle, 0.0, standard_normal(0.95) * np.abs(middle - against) / side)
    known = np.isfinite(lower) & np.isfinite(upper) & np.isfinite(against)
    return np.where(known, 2 * special.ndtr(-z), np.nan)
