"""Funnel limits round a fixed value (methods.md 7): how far an area may be off by chance alone.

Source: Spiegelhalter (2005), *Funnel plots for comparing institutional performance*; PHEindicatormethods 2.1.0.
"""

import numpy as np
from scipy import special

from jsna_desktop.measures.intervals import byar_count, standard_normal, wilson

# Two and three standard deviations, as the guidance names them: 95 % and 99.8 %.
LEVELS = (0.95, 0.998)
LOW_FAR, LOW, NOT_DIFFERENT, HIGH, HIGH_FAR = (
    "low (99.8 %)",
    "low (95 %)",
    "not different",
    "high (95 %)",
    "high (99.8 %)",
)


def proportion_funnel(share: float, denominator: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Limits (n,) of a proportion among `denominator` (n,) people: where its own Wilson limit just meets `share`.

    Wilson's limit L of p solves |p − L| = z·√(L(1 − L)/n), so p itself is share ± z·√(share(1 − share)/n).
    """
    half = standard_normal(confidence) * funnel_error(share, denominator)
    return np.maximum(share - half, 0.0), np.minimum(share + half, 1.0)


def ratio_funnel(ratio: float, expected: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Limits (n,) of an observed over `expected` (n,) ratio: where the count's exact Poisson limit meets `ratio`."""
    expected = np.asarray(expected, float)
    tail = (1 - confidence) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(expected > 0, ratio * expected, np.nan)
        low = np.where(special.pdtr(0, mean) >= tail, 0.0, special.pdtrik(tail, mean))
        high = special.pdtrik(1 - tail, mean) + 1
        return low / expected, high / expected


def proportion_verdict(numerator: np.ndarray, denominator: np.ndarray, share: float) -> np.ndarray:
    """Where each proportion (n,) lies against `share`: its own Wilson limits at 95 % and 99.8 % hold it or not."""
    limits = [wilson(numerator, denominator, level) for level in LEVELS]
    return _verdict(limits, share, np.asarray(denominator, float) > 0)


def ratio_verdict(observed: np.ndarray, expected: np.ndarray, ratio: float = 1.0) -> np.ndarray:
    """Where each observed count (n,) lies against `ratio` times the expected, by its own limits."""
    expected = np.asarray(expected, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        limits = [tuple(part / expected for part in byar_count(observed, level)) for level in LEVELS]
    return _verdict(limits, ratio, expected > 0)


def _verdict(limits, centre: float, known: np.ndarray) -> np.ndarray:
    (low2, high2), (low3, high3) = limits
    with np.errstate(invalid="ignore"):
        tests = [low3 > centre, high3 < centre, low2 > centre, high2 < centre]
    found = np.select(tests, [HIGH_FAR, LOW_FAR, HIGH, LOW], NOT_DIFFERENT)
    return np.where(known, found, "")


def overdispersion(value: np.ndarray, standard_error: np.ndarray, centre: float, winsorised: float = 0.1) -> float:
    """Spiegelhalter's factor φ: the mean square of the z scores, their highest and lowest tenth drawn in.

    Above 1, areas differ by more than chance and limits are wider by √φ (`widened`). NaN without two areas.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (np.asarray(value, float) - centre) / np.asarray(standard_error, float)
    z = z[np.isfinite(z)]
    if len(z) < 2:
        return float("nan")
    low, high = np.quantile(z, [winsorised, 1 - winsorised])
    return float(np.mean(np.clip(z, low, high) ** 2))


def funnel_error(share: float, denominator: np.ndarray) -> np.ndarray:
    """Standard error (n,) of a proportion under the centre's own value."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sqrt(share * (1 - share) / np.asarray(denominator, float))


def widened(centre: float, lower: np.ndarray, upper: np.ndarray, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Funnel limits for areas that differ by more than chance: √φ times as far from the centre, never nearer."""
    stretch = np.sqrt(max(1.0, factor))
    return centre - stretch * (centre - lower), centre + stretch * (upper - centre)


def nearest_neighbours(context: np.ndarray, place: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The areas most like one of them: (positions, distances), nearest first.

    `context` (areas, k) indicators, each brought to mean 0 and standard deviation 1 over the areas; the distance is
    Euclidean over those that both have, divided by the square root of their number, so that a gap is no likeness.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.nanstd(context, axis=0)
        scores = (context - np.nanmean(context, axis=0)) / np.where(spread > 0, spread, np.nan)
        away = scores - scores[place]
        shared = np.isfinite(away).sum(axis=1)
        distance = np.sqrt(np.nansum(away**2, axis=1) / shared)
    distance[(shared < max(1, np.isfinite(scores[place]).sum() / 2))] = np.nan
    distance[place] = np.nan
    order = np.argsort(np.where(np.isfinite(distance), distance, np.inf), kind="stable")
    order = order[np.isfinite(distance[order])][:count]
    return order, distance[order]
