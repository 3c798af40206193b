"""Healthy or disability-free life expectancy: years lived, less those in poor health (methods.md 4).

Source: Sullivan (1971), *A single index of mortality and morbidity*; Mathers (1991) and Jagger et al. (2014), *Health
expectancy calculation by the Sullivan method*, for the variance with both terms.
"""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.measures.intervals import standard_normal
from jsna_desktop.measures.life_expectancy import STARTS_85, STARTS_90, life_table, shares_lived


@dataclass(frozen=True)
class HealthyLife:
    """Years in good health (…, bands) from the start of every band, limits and standard error; NaN where not given.

    `share` (…, bands) of the life expectancy that is healthy; `reason` (…,) indexes life_expectancy.REASONS.
    """

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    se: np.ndarray
    share: np.ndarray
    reason: np.ndarray


def healthy_life(
    deaths: np.ndarray,
    population: np.ndarray,
    healthy: np.ndarray,
    asked: np.ndarray,
    confidence: float = 0.95,
    shared: np.ndarray | None = None,
) -> HealthyLife:
    """By Sullivan from deaths and person-years (…, bands), the share `healthy` (0–1) among `asked` people (…, bands).

    The share must be of all residents, those of communal establishments too. Where one share of a wider age group
    stands for several bands in a row, `shared` (bands,) has one number for these: their errors are one error, that of
    all `asked` in the group. Refused as the life table is, and NaN where a band's share or number asked is missing.
    """
    table = life_table(deaths, population, confidence)
    starts = STARTS_90 if deaths.shape[-1] == len(STARTS_90) else STARTS_85
    widths, a = np.diff(starts).astype(float), shares_lived(len(starts))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = deaths / population
        years = _from_here(table.lived * healthy)
        value = years / table.survivors
        surveyed = _surveyed(table.lived, healthy * (1 - healthy) / asked, shared)
        dying = np.minimum(widths * rate[..., :-1] / (1 + widths * (1 - a) * rate[..., :-1]), 1.0)
        variance = np.where(deaths[..., :-1] > 0, dying**2 * (1 - dying) / deaths[..., :-1], 0.0)
        onward = (1 - a) * widths * healthy[..., :-1] + value[..., 1:]
        mortality = np.empty(deaths.shape)
        mortality[..., :-1] = (table.survivors[..., :-1] * onward) ** 2 * variance
        mortality[..., -1] = (table.survivors[..., -1] * healthy[..., -1]) ** 2 / (
            rate[..., -1] ** 3 * population[..., -1]
        )
        se = np.sqrt(surveyed + _from_here(mortality)) / table.survivors
        half = standard_normal(confidence) * se
        return HealthyLife(value, value - half, value + half, se, value / table.value, table.reason)


def _surveyed(lived: np.ndarray, variance: np.ndarray, shared: np.ndarray | None) -> np.ndarray:
    """Variance (…, bands) of the years from each band on, by that of the shares: Σ (Σ lived of a group)² · variance."""
    if shared is None:
        return _from_here(lived**2 * variance)
    lived, variance = np.broadcast_arrays(lived, variance)
    found = np.empty(lived.shape)
    together, later = np.zeros(lived.shape[:-1]), np.zeros(lived.shape[:-1])
    for band in range(len(shared) - 1, -1, -1):
        if band + 1 < len(shared) and shared[band] != shared[band + 1]:
            together, later = np.zeros(lived.shape[:-1]), found[..., band + 1]
        together = together + lived[..., band]
        found[..., band] = together**2 * variance[..., band] + later
    return found


def _from_here(values: np.ndarray) -> np.ndarray:
    return np.flip(np.cumsum(np.flip(values, axis=-1), axis=-1), axis=-1)
