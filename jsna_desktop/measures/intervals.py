"""Confidence limits, as OHID's *Public Health Technical Guidance* and PHEindicatormethods give them.

Arrays in, arrays out; every function takes `confidence` (0.95, 0.998) and returns (lower, upper) of its inputs' shape.
Where the inputs are missing so are the limits.
"""

import numpy as np
from scipy import special


def standard_normal(confidence: float) -> float:
    """The standard normal quantile of a two-sided interval: 1.96 for 0.95."""
    return float(special.ndtri(0.5 + confidence / 2))


def wilson(numerator: np.ndarray, denominator: np.ndarray, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Limits (0–1) of a proportion: Wilson (1927), the score method.

    NaN where the denominator is not above zero. The sums may be fractions, where blocks are cut.
    """
    z = standard_normal(confidence)
    x, n = np.asarray(numerator, float), np.asarray(denominator, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = x / n
        middle = 2 * x + z**2
        half = z * np.sqrt(z**2 + 4 * x * (1 - share))
        lower, upper = (middle - half) / (2 * (n + z**2)), (middle + half) / (2 * (n + z**2))
    known = n > 0
    return np.where(known, np.maximum(lower, 0), np.nan), np.where(known, np.minimum(upper, 1), np.nan)


def poisson_count(count: np.ndarray, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Limits of an event count: exact Poisson through the chi-square (Garwood 1936)."""
    x = np.asarray(count, float)
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore"):
        lower = np.where(x > 0, special.chdtri(2 * x, 1 - tail) / 2, 0.0)
    upper = special.chdtri(2 * x + 2, tail) / 2
    missing = ~np.isfinite(x)
    return np.where(missing, np.nan, lower), np.where(missing, np.nan, upper)


def byar_count(count: np.ndarray, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Limits of an event count: Byar's approximation, exact Poisson below 10 events (as PHEIM)."""
    x = np.asarray(count, float)
    z = standard_normal(confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        lower = x * (1 - 1 / (9 * x) - z / (3 * np.sqrt(x))) ** 3
        upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    exact_lower, exact_upper = poisson_count(x, confidence)
    few = x < 10 - 1e-9  # ten events that shares add up to are ten
    return np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)


def student_mean(
    mean: np.ndarray, variance: np.ndarray, n: np.ndarray, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of a mean of `n` values with this total `variance`, n − 1 degrees of freedom.

    NaN where n is not above 1.
    """
    n = np.asarray(n, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = np.where(n > 1, n - 1, np.nan)
        half = special.stdtrit(freedom, 0.5 + confidence / 2) * np.sqrt(variance / n)
    return mean - half, mean + half
