"""Rates standardised for age (methods.md 3): direct with Dobson's limits, indirect with Byar's.

Arrays in, arrays out: the last axis is the age band, all others are areas, sexes, periods.
Source: OHID, *Public Health Technical Guidance*; PHEindicatormethods 2.1.0.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from jsna_desktop.measures.intervals import byar_count

# Five-year bands to 90 and over, and how many of 100,000 of the 2013 European Standard Population are in each.
BANDS = ("0-4", *(f"{age}-{age + 4}" for age in range(5, 90, 5)), "90+")
EUROPEAN_2013 = np.array(
    [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000],
    dtype=float,
)
# A standardised rate of fewer events than this is not given: its limits mean nothing.
FEWEST_EVENTS = 10
# What adding up shares of whole numbers leaves: ten events that come in parts are ten.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Rates:
    """Values with limits (…,), NaN where not given; `events` (…,) and, of indirect ones, those `expected` (…,)."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    events: np.ndarray
    expected: np.ndarray | None = None


def directly_standardised(
    events: np.ndarray,
    population: np.ndarray,
    standard: np.ndarray = EUROPEAN_2013,
    multiplier: float = 100_000.0,
    confidence: float = 0.95,
) -> Rates:
    """Directly standardised rates with the limits of Dobson et al. (1991).

    `events`, `population` (…, bands); `standard` (bands,). NaN below 10 events in all, and where a band of the
    standard has nobody. Exact in the limits of the total, as PHEIM: Byar's, exact Poisson below 10.
    """
    events, population = np.asarray(events, float), np.asarray(population, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = standard / (standard.sum() * population)
        value = (share * events).sum(axis=-1)
        variance = (share**2 * events).sum(axis=-1)
        total = events.sum(axis=-1)
        low, high = byar_count(total, confidence)
        spread = np.sqrt(variance / total)
        lower, upper = value + spread * (low - total), value + spread * (high - total)
    given = (total >= FEWEST_EVENTS - ROUNDING) & np.isfinite(value)
    value, lower, upper = (np.where(given, multiplier * part, np.nan) for part in (value, lower, upper))
    return Rates(value, lower, upper, total)


def indirectly_standardised(
    events: np.ndarray,
    population: np.ndarray,
    reference_events: np.ndarray,
    reference_population: np.ndarray,
    multiplier: float = 1.0,
    confidence: float = 0.95,
) -> Rates:
    """Observed over expected events, with Byar's limits, exact Poisson below 10 events.

    `events`, `population` (…, bands); the reference's (bands,). `multiplier` 1 gives the ratio, 100 the ratio in per
    cent; `reference_rate` of the same reference times 100,000 gives the rate. NaN where nothing is expected.
    """
    observed = np.asarray(events, float).sum(axis=-1)
    expected = (np.asarray(population, float) * (reference_events / reference_population)).sum(axis=-1)
    low, high = byar_count(observed, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = [np.where(expected > 0, multiplier * part / expected, np.nan) for part in (observed, low, high)]
    return Rates(parts[0], parts[1], parts[2], observed, expected)


def reference_rate(reference_events: np.ndarray, reference_population: np.ndarray) -> float:
    """The reference's crude rate: what an indirectly standardised ratio is multiplied with to be a rate."""
    return float(np.sum(reference_events) / np.sum(reference_population))


def ratio_p_value(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Two-sided probability of as unlikely a count under the expected one: twice the smaller exact Poisson tail."""
    observed, expected = np.asarray(observed, float), np.asarray(expected, float)
    with np.errstate(invalid="ignore"):
        below = special.pdtr(observed, expected)
        above = np.where(observed > 0, special.pdtrc(observed - 1, expected), 1.0)
    return np.where(expected > 0, np.minimum(1.0, 2 * np.minimum(below, above)), np.nan)
