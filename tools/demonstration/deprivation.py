"""An index of deprivation for a fictional nation of 33,755 areas, of which the county's are a part.

Seven domains are drawn for every area of the nation around one common factor and ranked; the index is made
of them as the English Indices of Deprivation are made (MHCLG, Technical Report): ranks scaled to (0, 1],
transformed exponentially, X = -23 ln(1 - R (1 - e^(-100/23))), and summed with the published weights.
"""

from dataclasses import dataclass

import numpy as np

from tools.demonstration.county import County
from tools.demonstration.land import CENTRE, HALF, Field
from tools.demonstration.names import TOWNS

NATION = 33_755


@dataclass(frozen=True)
class Domain:
    """`weight` in the index; `factor`, `rural` how it follows deprivation and countryside; a score is
    `top` · logistic(`at` + `slope` z), or at + slope z where `top` is 0."""

    key: str
    weight: float
    factor: float
    rural: float
    top: float
    at: float
    slope: float


DOMAINS = (
    Domain("income", 0.225, 0.96, -0.10, 1.0, -1.45, 0.98),
    Domain("employment", 0.225, 0.95, -0.10, 1.0, -2.10, 0.75),
    Domain("education", 0.135, 0.88, -0.05, 100.0, -1.65, 1.30),
    Domain("health", 0.135, 0.90, -0.25, 0.0, 0.0, 0.90),
    Domain("crime", 0.093, 0.80, -0.80, 0.0, 0.0, 0.88),
    Domain("barriers", 0.093, 0.15, 1.15, 100.0, -1.40, 0.65),
    Domain("living_environment", 0.093, 0.30, 0.75, 100.0, -1.50, 1.15),
)


@dataclass(frozen=True)
class Deprivation:
    """`factor` (m,) the common factor of the county's LSOAs and `nation_factor` (33,755,) of every area, in
    national standard deviations (positive = more deprived); `score`, `rank`, `decile`: key → (m,), the key
    `imd` for the index. Rank 1 and decile 1 are the most deprived."""

    factor: np.ndarray
    nation_factor: np.ndarray
    score: dict[str, np.ndarray]
    rank: dict[str, np.ndarray]
    decile: dict[str, np.ndarray]


def deprivation_factor(seed: int, county: County) -> np.ndarray:
    """(m,) how deprived each LSOA is: its town, the way to the south-east, estates, town centres."""
    rng = np.random.default_rng([seed, 3])
    point = county.lsoa_point
    in_town = county.lsoa_town >= 0
    town = np.array([t.deprivation for t in TOWNS])[county.lsoa_area]
    across = (point - CENTRE) / HALF
    south_east = across @ np.array([0.30, -0.30])
    estates = 0.80 * Field(rng, 700)(point) + 0.25 * Field(rng, 2_500)(point)
    country = -0.42 + 0.3 * town + 0.3 * Field(rng, 6_000)(point)
    centre = 0.55 * np.exp(-((county.lsoa_centre / 0.4) ** 2))
    place = np.where(in_town, town + estates + centre, country)
    return place + south_east + rng.normal(0, 0.22, len(place))


def exponential(rank: np.ndarray) -> np.ndarray:
    """0 (least deprived) … 100 from ranks with 1 = most deprived."""
    scaled = (NATION + 1 - rank) / NATION
    return -23 * np.log(1 - scaled * (1 - np.exp(-100 / 23)))


def ranks(score: np.ndarray) -> np.ndarray:
    """Unique ranks 1 … n, 1 for the highest score."""
    out = np.empty(len(score), int)
    out[np.argsort(-score, kind="stable")] = np.arange(1, len(score) + 1)
    return out


def make_deprivation(seed: int, county: County) -> Deprivation:
    """Scores, ranks and deciles of the index and its seven domains for the county's LSOAs."""
    rng = np.random.default_rng([seed, 5])
    m = len(county.lsoa_code)
    factor = deprivation_factor(seed, county)
    rest = NATION - m
    nation_factor = np.r_[factor, rng.normal(size=rest)]
    rural = np.r_[county.lsoa_rural, rng.random(rest) < 0.17] - 0.17
    score, rank, index = {}, {}, np.zeros(NATION)
    for domain in DOMAINS:
        spread = np.sqrt(1 - domain.factor**2)
        local = 0.75 * Field(rng, 1_800)(county.lsoa_point) + 0.66 * rng.normal(size=m)
        own = np.r_[local, rng.normal(size=rest)]
        z = domain.factor * nation_factor + spread * own + domain.rural * rural
        value = domain.at + domain.slope * z
        value = domain.top / (1 + np.exp(-value)) if domain.top else value
        rank[domain.key] = ranks(value)
        score[domain.key] = value
        index += domain.weight * exponential(rank[domain.key])
    score["imd"], rank["imd"] = index, ranks(index)
    return Deprivation(
        factor=factor,
        nation_factor=nation_factor,
        score={k: np.round(v[:m], 3) for k, v in score.items()},
        rank={k: v[:m] for k, v in rank.items()},
        decile={k: np.ceil(v[:m] / (NATION / 10)).astype(int) for k, v in rank.items()},
    )
