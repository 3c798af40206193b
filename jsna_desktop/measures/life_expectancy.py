"""Abridged life tables of any number of areas at once (methods.md 4).

The last axis is the age band: 0, 1–4, 5–9 … 90 and over (or 85 and over). Source: Chiang (1984), *The Life Table and
its Applications*; Silcocks et al. (2001) for the variance of the last band; as PHEindicatormethods 2.1.0.
"""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.measures.intervals import standard_normal

STARTS_90 = np.array([0, 1, *range(5, 95, 5)])
STARTS_85 = STARTS_90[:-1]
# How far into its band a person who dies in it has lived, as a share: infants die early.
_A_FIRST, _A_OTHER = 0.1, 0.5
FEWEST_PERSON_YEARS = 5000.0
WIDEST_INTERVAL = 20.0

REASONS = (
    "",
    "not given: fewer than 5,000 person-years",
    "not given: an age band has no population",
    "not given: an age band has more deaths than people",
    "not given: nobody died in the last age band",
    "not given: the interval is wider than 20 years",
    "not given: an age band has no figure",
)
OK, FEW, NOBODY, TOO_MANY, NO_LAST, WIDE, MISSING = range(7)


@dataclass(frozen=True)
class LifeTable:
    """Life expectancy `value` (…, bands) at the start of every band, with limits and standard error `se`.

    NaN where not given; `reason` (…,) int8 indexes REASONS. `lived` (…, bands) are the years lived in each band by
    one who is born, `survivors` (…, bands) the share alive at its start: what decompositions and Sullivan need.
    """

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    se: np.ndarray
    lived: np.ndarray
    survivors: np.ndarray
    reason: np.ndarray


def life_table(deaths: np.ndarray, population: np.ndarray, confidence: float = 0.95) -> LifeTable:
    """Life tables of `deaths` and person-years `population` (…, bands), 20 bands to 90+ or 19 to 85+.

    Refused area by area, with the reason: under 5,000 person-years, a band without people or with more deaths than
    people, nobody dead in the last band, an interval at birth wider than 20 years. ValueError for other bands.
    """
    deaths, population = np.asarray(deaths, float), np.asarray(population, float)
    starts = {20: STARTS_90, 19: STARTS_85}.get(deaths.shape[-1])
    if starts is None or deaths.shape != population.shape:
        raise ValueError("deaths and population need the same 20 bands to 90+, or 19 to 85+")
    reason = _refusals(deaths, population)
    widths, a = np.diff(starts).astype(float), shares_lived(len(starts))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = deaths / population
        dying = np.minimum(widths * rate[..., :-1] / (1 + widths * (1 - a) * rate[..., :-1]), 1.0)
        survivors = np.ones(deaths.shape)
        survivors[..., 1:] = np.cumprod(1 - dying, axis=-1)
        lived = np.empty(deaths.shape)
        lived[..., :-1] = widths * (survivors[..., 1:] + a * (survivors[..., :-1] - survivors[..., 1:]))
        lived[..., -1] = survivors[..., -1] / rate[..., -1]
        to_come = _from_here(lived)
        value = to_come / survivors
        # The variance of dying in each band, carried to the start of every earlier one.
        variance = np.where(deaths[..., :-1] > 0, dying**2 * (1 - dying) / deaths[..., :-1], 0.0)
        onward = (1 - a) * widths + value[..., 1:]
        terms = np.empty(deaths.shape)
        terms[..., :-1] = survivors[..., :-1] ** 2 * onward**2 * variance
        # Silcocks: the last band's rate has an error too, that of its deaths.
        terms[..., -1] = survivors[..., -1] ** 2 / rate[..., -1] ** 4 * (rate[..., -1] / population[..., -1])
        se = np.sqrt(_from_here(terms)) / survivors
    half = standard_normal(confidence) * se
    with np.errstate(invalid="ignore"):
        reason = np.where((reason == OK) & (2 * half[..., 0] > WIDEST_INTERVAL), np.int8(WIDE), reason)
    given = (reason == OK)[..., None]

    def kept(part: np.ndarray) -> np.ndarray:
        return np.where(given, part, np.nan)

    return LifeTable(
        kept(value), kept(value - half), kept(value + half), kept(se), kept(lived), kept(survivors), reason
    )


def shares_lived(bands: int) -> np.ndarray:
    """How far into its band one who dies in it has lived, as a share (bands − 1,); the last band has no end."""
    a = np.full(bands - 1, _A_OTHER)
    a[0] = _A_FIRST
    return a


def _from_here(values: np.ndarray) -> np.ndarray:
    """Sums over each band and all later ones."""
    return np.flip(np.cumsum(np.flip(values, axis=-1), axis=-1), axis=-1)


def _refusals(deaths: np.ndarray, population: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        tests = [
            (~np.isfinite(deaths) | ~np.isfinite(population)).any(axis=-1),
            population.sum(axis=-1) < FEWEST_PERSON_YEARS,
            (population <= 0).any(axis=-1),
            (deaths > population).any(axis=-1),
            deaths[..., -1] <= 0,
        ]
    return np.select(tests, [MISSING, FEW, NOBODY, TOO_MANY, NO_LAST], OK).astype(np.int8)
