"""Ten health indicators with counts: a true gradient over age and deprivation, then the luck of small numbers."""

from dataclasses import dataclass

import numpy as np

from tools.demonstration.deprivation import Deprivation
from tools.demonstration.names import NATION_CODE, REGION_CODE
from tools.demonstration.people import AGES, People, female_share, national_ages

NATION_RESIDENTS, REGION_RESIDENTS = 57_600_000, 5_480_000
REGION_FACTOR = -0.12  # the region is a little less deprived than the nation


@dataclass(frozen=True)
class Measure:
    """An indicator. `curve` knots (age, risk) at average deprivation; `slope` change of the log odds (of the
    log rate for rates) a national standard deviation of deprivation; `scatter` of neighbourhoods, on that scale;
    `counted` share of the people of those ages who are on the register or were measured."""

    id: str
    name: str
    kind: str
    polarity: str
    period: str
    sex: str
    age: str
    ages: tuple[int, int]
    curve: tuple[tuple[float, float], ...]
    slope: float
    scatter: float
    counted: float = 1.0

    @property
    def risk(self) -> np.ndarray:
        return np.interp(AGES, [age for age, _ in self.curve], [risk for _, risk in self.curve])


MEASURES = (
    Measure("smoking", "Smoking, adults", "proportion", "low good", "2024", "persons", "18+", (18, 90),
            ((18, 0.09), (28, 0.15), (45, 0.135), (65, 0.095), (80, 0.05), (90, 0.03)), 0.36, 0.10),
    Measure("obesity_year_6", "Obesity in Year 6", "proportion", "low good", "2024", "persons", "10-11", (10, 11),
            ((10, 0.215), (11, 0.215)), 0.24, 0.08, 0.93),
    Measure("diabetes_recorded", "Diabetes recorded by general practices", "proportion", "low good", "2024",
            "persons", "17+", (17, 90),
            ((17, 0.006), (35, 0.02), (50, 0.07), (65, 0.14), (78, 0.19), (90, 0.17)), 0.30, 0.07),
    Measure("depression_recorded", "Depression recorded by general practices", "proportion", "low good", "2024",
            "persons", "18+", (18, 90),
            ((18, 0.08), (30, 0.145), (50, 0.165), (65, 0.13), (80, 0.09), (90, 0.08)), 0.19, 0.09),
    Measure("emergency_admissions", "Emergency hospital admissions", "rate", "low good", "2024", "persons", "all",
            (0, 90), ((0, 0.17), (3, 0.07), (10, 0.035), (20, 0.055), (45, 0.065), (65, 0.115), (78, 0.24), (90, 0.52)),
            0.28, 0.07),
    Measure("breast_screening", "Breast screening coverage", "proportion", "high good", "2024", "female", "53-70",
            (53, 70), ((53, 0.69), (62, 0.735), (70, 0.725)), -0.23, 0.10),
    Measure("mmr_two_doses", "MMR, two doses by age 5", "proportion", "high good", "2024", "persons", "5", (5, 5),
            ((5, 0.855),), -0.26, 0.15),
    Measure("good_development", "Good level of development at 5", "proportion", "high good", "2024", "persons", "5",
            (5, 5), ((5, 0.685),), -0.29, 0.10, 0.97),
    Measure("unpaid_carers", "Unpaid carers", "proportion", "none", "2023", "persons", "5+", (5, 90),
            ((5, 0.008), (16, 0.035), (35, 0.075), (55, 0.185), (64, 0.165), (80, 0.115), (90, 0.07)), 0.06, 0.07),
    Measure("older_living_alone", "Older people living alone", "proportion", "none", "2023", "persons", "65+", (65, 90),
            ((65, 0.21), (75, 0.29), (85, 0.46), (90, 0.55)), 0.17, 0.10),
)  # fmt: skip


def _chance(measure: Measure, shift: np.ndarray) -> np.ndarray:
    """(k, 91) risk at each age where the scale is shifted by `shift` (k,)."""
    risk = measure.risk
    if measure.kind == "rate":
        return risk * np.exp(shift)[:, None]
    odds = risk / (1 - risk) * np.exp(shift)[:, None]
    return odds / (1 + odds)


def _larger_area(measure: Measure, residents: int, factor: np.ndarray) -> tuple[int, int]:
    """Numerator and denominator of the nation or region: its expected count, without luck."""
    people = residents * national_ages() * (female_share() if measure.sex == "female" else 1.0)
    people = people * measure.counted
    low, high = measure.ages
    # The mean over the areas' deprivation, on a histogram of it: the curve is smooth.
    weight, edges = np.histogram(factor, 200)
    chance = weight / weight.sum() @ _chance(measure, measure.slope * (edges[:-1] + edges[1:]) / 2)
    of_age = people[low : high + 1]
    return round(float(of_age @ chance[low : high + 1])), round(float(of_age.sum()))


def make_indicators(
    seed: int, codes: np.ndarray, people: People, deprivation: Deprivation
) -> list[dict[str, str | int]]:
    """Rows of the plain indicator table, each measure's LSOAs first, then the region and the nation."""
    rows: list[dict[str, str | int]] = []
    for number, measure in enumerate(MEASURES):
        rng = np.random.default_rng([seed, 6, number])
        low, high = measure.ages
        counts = people.female if measure.sex == "female" else people.persons
        of_age = counts[:, low : high + 1]
        if measure.counted < 1:
            of_age = rng.binomial(of_age, measure.counted)
        shift = measure.slope * deprivation.factor + rng.normal(0, measure.scatter, len(codes))
        chance = _chance(measure, shift)[:, low : high + 1]
        if measure.kind == "rate":
            events = rng.poisson(of_age * chance).sum(axis=1)
        else:
            events = rng.binomial(of_age, chance).sum(axis=1)
        nation = deprivation.nation_factor
        areas = [
            *zip(codes, events, of_age.sum(axis=1), strict=True),
            (REGION_CODE, *_larger_area(measure, REGION_RESIDENTS, nation + REGION_FACTOR)),
            (NATION_CODE, *_larger_area(measure, NATION_RESIDENTS, nation)),
        ]
        for code, numerator, denominator in areas:
            rows.append(
                {
                    "area_code": str(code),
                    "indicator": measure.id,
                    "period": measure.period,
                    "numerator": int(numerator),
                    "denominator": int(denominator),
                    "name": measure.name,
                    "kind": measure.kind,
                    "unit": "per 100,000" if measure.kind == "rate" else "%",
                    "multiplier": 100_000 if measure.kind == "rate" else 100,
                    "polarity": measure.polarity,
                    "sex": measure.sex,
                    "age": measure.age,
                    "source": "Fictional data",
                }
            )
    return rows
