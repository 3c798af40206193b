"""What is true of the county's mortality, without chance: for tests to hold the program's figures against.

Life tables are worked out here from their definition, one at a time, and share no code with the program.
"""

import json
from pathlib import Path

import numpy as np

from tools.demonstration.county import County
from tools.demonstration.deaths import CAUSES, SEXES, SLOW_PART, STARTS, YEARS, Deaths
from tools.demonstration.names import COUNTY, TOWNS

FILE = "truth.json"
GROUPS = 5
ROLLING = 3
PERIODS = ((2015, 2019), (2020, 2024), (2022, 2024))
_SEXES = {"persons": (0, 1), **{sex: (place,) for place, sex in enumerate(SEXES)}}


def life_expectancy(rate: np.ndarray, age: int = 0) -> float:
    """Years to live at an age (the start of a band) under these rates (bands,) a person-year."""
    alive, lived, reached = 1.0, 0.0, 1.0
    for band, start in enumerate(STARTS):
        if start == age:
            reached, lived = alive, 0.0
        if band == len(STARTS) - 1:
            lived += alive / rate[band]
            break
        width = STARTS[band + 1] - start
        share = 0.1 if band == 0 else 0.5
        dying = min(1.0, width * rate[band] / (1 + width * (1 - share) * rate[band]))
        lived += width * (alive * (1 - dying) + share * alive * dying)
        alive *= 1 - dying
    return lived / reached


def fifths(score: np.ndarray) -> np.ndarray:
    """(m,) 0 for the most deprived fifth of the LSOAs … 4, as equal in number as can be."""
    rank = np.empty(len(score), int)
    rank[np.argsort(-score, kind="stable")] = np.arange(len(score))
    return rank * GROUPS // len(score)


def slope_index(population: np.ndarray, value: np.ndarray) -> float:
    """The least less the most deprived end of the straight line through the groups (k,)."""
    share = population / population.sum()
    middle = np.cumsum(share) - share / 2
    root = np.sqrt(share)
    line = np.linalg.lstsq(np.stack([root, root * middle], axis=1), root * value, rcond=None)[0]
    return float(line[1])


def _rates(made: Deaths, years: np.ndarray, blocks: np.ndarray, sexes: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """Expected rates (bands,) a person-year of these years, LSOAs and sexes together, and the person-years."""
    people = made.people[np.ix_(years, blocks, np.array(sexes))]
    expected = (people * made.risk[np.ix_(years, blocks, np.array(sexes))].sum(axis=-1)).sum(axis=(0, 1, 2))
    return expected / people.sum(axis=(0, 1, 2)), float(people.sum())


def _years(first: int, last: int) -> np.ndarray:
    return np.arange(YEARS.index(first), YEARS.index(last) + 1)


def truth(county: County, score: np.ndarray, made: Deaths) -> dict:
    """True life expectancies, slope indices and gaps."""
    group = fifths(score)
    everywhere = np.arange(len(score))
    places = {COUNTY: everywhere} | {t.name: np.flatnonzero(county.lsoa_area == i) for i, t in enumerate(TOWNS)}
    expectancies, gradients, gaps = [], [], []
    for first, last in PERIODS:
        for sex, chosen in _SEXES.items():
            for name, blocks in places.items():
                rate = _rates(made, _years(first, last), blocks, chosen)[0]
                expectancies.append(
                    {"place": name, "sex": sex, "period": f"{first}-{last}"}
                    | {"at_birth": life_expectancy(rate), "at_65": life_expectancy(rate, 65)}
                )
            parts = [_rates(made, _years(first, last), np.flatnonzero(group == g), chosen) for g in range(GROUPS)]
            value = np.array([life_expectancy(rate) for rate, _ in parts])
            people = np.array([total for _, total in parts])
            gradients.append(
                {
                    "sex": sex,
                    "period": f"{first}-{last}",
                    "fifths": value.tolist(),
                    "sii": slope_index(people, value),
                    "gap": float(value[-1] - value[0]),
                }
            )
    for sex, chosen in _SEXES.items():
        for length in (1, ROLLING):
            spans = [(year, year + length - 1) for year in YEARS if year + length - 1 <= YEARS[-1]]
            value = []
            for first, last in spans:
                ends = [
                    _rates(made, _years(first, last), np.flatnonzero(group == g), chosen)[0] for g in (0, GROUPS - 1)
                ]
                value.append(life_expectancy(ends[1]) - life_expectancy(ends[0]))
            change = float(np.polyfit(np.arange(len(value)), value, 1)[0])
            gaps.append({"sex": sex, "years": length, "first": spans[0][0], "gaps": value, "change_a_year": change})
    # Residents and expected deaths of every fifth by year, sex and band: what simulations are drawn from.
    expected = made.people * made.risk.sum(axis=-1)
    by_fifth = [np.stack([part[:, group == g].sum(axis=1) for g in range(GROUPS)]) for part in (made.people, expected)]
    return {
        "about": f"What is true of {COUNTY}, which is fictional, by the risks that its deaths were drawn from",
        "causes": list(CAUSES), "slow_part": SLOW_PART, "life_expectancy": expectancies, "gradient": gradients,
        "gap_over_time": gaps, "years": list(YEARS), "sexes": list(SEXES),
        "fifths": {"people": by_fifth[0].tolist(), "expected_deaths": by_fifth[1].tolist()},
    }  # fmt: skip


def write_truth(out: Path, county: County, score: np.ndarray, made: Deaths, places: dict) -> None:
    """Write truth.json, with what is true of `places`; a millionth of a year is the same on every machine."""
    exact = json.dumps(truth(county, score, made) | places)
    rounded = json.loads(exact, parse_float=lambda text: round(float(text), 6))
    (out / FILE).write_bytes((json.dumps(rounded) + "\n").encode())
