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
    # In place, step by step: a batch of two million is bound by memory, not by arithmetic.
    half, middle, whole = (np.empty(np.broadcast(x, n).shape) for _ in range(3))
    with np.errstate(invalid="ignore", divide="ignore"):
        np.divide(x, n, out=half)
        np.subtract(1, half, out=half)
        np.multiply(x, 4, out=middle)
        half *= middle
        half += z**2
        np.sqrt(half, out=half)
        half *= z
        middle /= 2
        middle += z**2
        np.add(n, z**2, out=whole)
        whole *= 2
        lower = np.subtract(middle, half, out=np.empty_like(half))
        upper = np.add(middle, half, out=middle)
        lower /= whole
        upper /= whole
    np.maximum(lower, 0, out=lower)
    np.minimum(upper, 1, out=upper)
    unknown = ~np.broadcast_to(n > 0, lower.shape)
    if unknown.any():
        lower[unknown] = upper[unknown] = np.nan
    return lower, upper


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
        low = 1 - 1 / (9 * x) - z / (3 * np.sqrt(x))
        high = 1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))
        # Cubes by hand: a power of an array takes twenty times as long.
        lower, upper = np.asarray(x * (low * low * low)), np.asarray((x + 1) * (high * high * high))
    few = x < 10 - 1e-9  # ten events that shares add up to are ten
    if few.any():
        lower[few], upper[few] = poisson_count(x[few], confidence)
    return lower, upper


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
