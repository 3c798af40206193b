"""Ten years of residents and deaths by LSOA, sex, age band and cause: a known risk of dying, then chance.

The risk of each cause is a national shape over age, times a slope over deprivation that grows flatter from year to
year, times an improvement over time that one part of the county does not share. What follows from the risks alone,
without chance, is the truth (tools/demonstration/truth.py).
"""

from dataclasses import dataclass

import numpy as np

from tools.demonstration.county import County
from tools.demonstration.names import TOWNS
from tools.demonstration.people import People

YEARS = tuple(range(2015, 2025))
SEXES = ("female", "male")
STARTS = (0, 1, *range(5, 95, 5))
BANDS = ("0", "1-4", *(f"{age}-{age + 4}" for age in range(5, 90, 5)), "90+")
# Deaths a thousand person-years at average deprivation in 2015; the rounded shape of a country like England.
RISK = {
    "female": (3.5, .13, .07, .08, .18, .24, .32, .48, .75, 1.2, 1.9, 2.8, 4.3, 6.8, 10.5, 17.5, 31, 57, 105, 222),
    "male": (4.2, .15, .08, .10, .35, .55, .65, .85, 1.2, 1.9, 2.9, 4.2, 6.5, 10.3, 16, 26, 43, 75, 128, 245),
}  # fmt: skip
# Causes as the broad groups of the Segment Tool: share of deaths at knots of age, steepness over deprivation.
CAUSES = {
    "Circulatory": (((0, .02), (20, .05), (45, .20), (65, .25), (90, .28)), 1.10),
    "Cancer": (((0, .02), (5, .20), (20, .10), (45, .30), (65, .40), (80, .27), (90, .13)), 0.80),
    "Respiratory": (((0, .04), (20, .03), (45, .06), (65, .12), (90, .15)), 1.50),
    "Digestive": (((0, .02), (20, .02), (45, .12), (65, .06), (90, .04)), 1.40),
    "Mental and behavioural": (((0, .0), (60, .01), (75, .08), (90, .20)), 0.50),
    "External causes": (((0, .03), (5, .15), (20, .55), (35, .40), (50, .15), (65, .04), (90, .03)), 1.10),
    "Other": (((0, .30), (5, .50), (20, .20), (45, .14), (65, .12), (90, .17)), 0.90),
    "Deaths under 28 days": (((0, .60), (1, .0)), 1.00),
}  # fmt: skip
# Change of the log of the risk a national standard deviation of deprivation, at the first and the last year; the
# old differ less than the young.
SLOPE = (0.37, 0.25)
AT_OLD = ((0, 1.15), (60, 1.10), (75, 0.8), (90, 0.35))
IMPROVEMENT = 0.012  # of the risk a year
SLOW_PART = "Ravelstow"
SLOW_LEVEL, SLOW_IMPROVEMENT = 0.10, -0.004
# Residents a year earlier for each one of the age (knots): fewer old people, more children.
YEAR_BEFORE = ((0, 1.010), (10, 1.004), (20, 0.998), (45, 0.998), (62, 0.985), (75, 0.978), (90, 0.980))


@dataclass(frozen=True)
class Deaths:
    """`people` (years, m, sexes, bands) residents, the last year those of the mid-2024 file; `risk` (years, m, sexes,

    bands, causes) a person-year; `deaths` of its shape, drawn from both.
    """

    people: np.ndarray
    risk: np.ndarray
    deaths: np.ndarray


def in_bands(single_years: np.ndarray) -> np.ndarray:
    """Sums (m, 20) by band of residents (m, 91) by single year."""
    return np.add.reduceat(single_years, STARTS, axis=1)


def _over_ages(knots: tuple[tuple[float, float], ...]) -> np.ndarray:
    return np.interp(STARTS, [age for age, _ in knots], [value for _, value in knots])


def risks(county: County, deprived: np.ndarray) -> np.ndarray:
    """Risk (years, m, sexes, bands, causes) a person-year; `deprived` (m,) in national standard deviations."""
    share = np.stack([_over_ages(knots) for knots, _ in CAUSES.values()], axis=1)
    share /= share.sum(axis=1, keepdims=True)
    base = np.array([RISK[sex] for sex in SEXES])[:, :, None] / 1_000 * share
    steep = _over_ages(AT_OLD)[:, None] * np.array([by for _, by in CAUSES.values()])
    slow = np.array([town.name for town in TOWNS])[county.lsoa_area] == SLOW_PART
    made = np.empty((len(YEARS), len(deprived), *base.shape))
    for year in range(len(YEARS)):
        slope = SLOPE[0] + (SLOPE[1] - SLOPE[0]) * year / (len(YEARS) - 1)
        change = np.where(slow, SLOW_LEVEL - SLOW_IMPROVEMENT * year, -IMPROVEMENT * year)
        log = (slope * deprived)[:, None, None] * steep + change[:, None, None]
        made[year] = base * np.exp(log)[:, None]
    return made


def make_deaths(seed: int, county: County, people: People, deprived: np.ndarray) -> Deaths:
    """Residents of ten years and deaths among them; the same seed gives the same."""
    rng = np.random.default_rng([seed, 8])
    latest = np.stack([in_bands(people.female), in_bands(people.male)], axis=1)
    before = _over_ages(YEAR_BEFORE)
    residents = np.empty((len(YEARS), *latest.shape))
    residents[-1] = latest
    drift = np.zeros(len(latest))
    for year in range(len(YEARS) - 2, -1, -1):
        drift += rng.normal(0, 0.006, len(latest))
        expected = latest * before ** (len(YEARS) - 1 - year) * np.exp(drift)[:, None, None]
        residents[year] = np.floor(expected + rng.random(expected.shape))
    risk = risks(county, deprived)
    return Deaths(residents, risk, rng.poisson(residents[..., None] * risk))
