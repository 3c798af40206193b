"""Residents of each LSOA by sex and single year of age, mid-2024."""

from dataclasses import dataclass

import numpy as np

from tools.demonstration.county import County
from tools.demonstration.land import Field
from tools.demonstration.names import TOWNS

AGES = np.arange(91)  # 90 stands for 90 and over
# Per cent of residents in five-year bands, 90+ last; the rounded shape of a country like England.
BANDS = (5.3, 5.9, 6.1, 5.9, 6.1, 6.7, 7.1, 6.9, 6.6, 6.1, 6.7, 6.8, 6.0, 5.0, 4.4, 4.1, 2.5, 1.5, 0.9)
# Births rise and fall: years of age at which cohorts are large.
PEAKS = ((11.5, 3.0, 0.05), (33.0, 4.5, 0.04), (57.5, 5.0, 0.06), (77.0, 1.2, 0.10))


@dataclass(frozen=True)
class People:
    """`female`, `male` (m, 91) residents of each LSOA by single year of age, the last 90 and over."""

    female: np.ndarray
    male: np.ndarray

    @property
    def persons(self) -> np.ndarray:
        return self.female + self.male


def national_ages() -> np.ndarray:
    """(91,) share of residents at each age, summing to one."""
    from scipy.interpolate import PchipInterpolator

    edges = np.r_[np.arange(0, 91, 5), 100]
    below = PchipInterpolator(edges, np.r_[0, np.cumsum(BANDS)])(np.r_[AGES, 100])
    share = np.diff(below)
    for age, width, extra in PEAKS:
        share[:90] *= 1 + extra * np.exp(-(((AGES[:90] - age) / width) ** 2))
    return share / share.sum()


def female_share() -> np.ndarray:
    """(91,) share of women at each age: fewer at birth, two in three at 90 and over."""
    return np.interp(AGES, (0, 18, 35, 55, 70, 80, 90), (0.487, 0.487, 0.508, 0.509, 0.52, 0.555, 0.665))


def _bump(age: float, width: float) -> np.ndarray:
    return np.exp(-(((AGES - age) / width) ** 2))


def make_people(seed: int, county: County, deprived: np.ndarray) -> People:
    """Residents drawn around an age structure that follows from what kind of place an LSOA is.

    `deprived` (m,) national standard deviations, positive = more deprived.
    """
    rng = np.random.default_rng([seed, 4])
    point, m = county.lsoa_point, len(county.lsoa_code)
    in_town = county.lsoa_town >= 0
    character = np.array([TOWNS[t].character for t in county.lsoa_area])
    central = in_town * np.exp(-((county.lsoa_centre / 0.42) ** 2))
    quarter = Field(rng, 900)(point)
    noise = rng.normal(0, 0.2, (4, m))

    student = (character == "university") * in_town * np.clip(1.5 * central + 0.8 * (quarter - 0.7), 0, 2.6)
    young = central * 0.75 + 0.12 * deprived + noise[0]
    estate = in_town * np.clip(Field(rng, 1_000)(point), 0, None)  # new homes, young families
    family = 0.35 * estate + 0.12 * deprived - 0.5 * student + noise[1]
    older = (
        0.45 * county.lsoa_rural
        - 0.26 * deprived
        - 0.75 * student
        - 0.45 * central
        - 0.35 * estate
        + np.select([character == "retirement", character == "prosperous"], [0.5, 0.12], -0.15)
        + noise[2]
    )
    barracks = (
        (character == "garrison")
        * in_town
        * np.clip(1.1 + 0.8 * Field(rng, 1_500)(point) - county.lsoa_centre * 0.5, 0, 2.0)
    )
    ramp = np.clip((AGES - 48) / 30, 0, 1.05)
    tilt = (
        np.outer(student, 2.1 * _bump(20, 2.6) + 0.5 * _bump(24, 3.5) - 0.3 * _bump(8, 8))
        + np.outer(young, 0.9 * _bump(29, 7) - 0.25 * ramp)
        + np.outer(family, 0.75 * _bump(5, 7) + 0.5 * _bump(35, 8))
        + np.outer(older, 1.0 * ramp - 0.35 * _bump(27, 9) - 0.15 * _bump(4, 7))
        + np.outer(barracks, 1.1 * _bump(22, 5) + 0.55 * _bump(3, 4) + 0.3 * _bump(31, 6) - 1.1 * ramp)
        + np.outer(noise[3], _bump(14, 7))
    )
    expected = national_ages() * np.exp(tilt)
    expected /= expected.sum(axis=1, keepdims=True)
    residents = 1_530 * np.exp(rng.normal(0, 0.15, m)) * (1 + 0.13 * student + 0.08 * barracks)
    persons = rng.multinomial(np.clip(residents, 1_000, 2_800).astype(int), expected)
    women = female_share() - np.outer(barracks, 0.13 * _bump(23, 6)) + np.outer(student, 0.02 * _bump(20, 3))
    female = rng.binomial(persons, np.clip(women, 0.05, 0.95))
    return People(female, persons - female)
