"""Columns and indicators of a population by age: residents, and the age groups that profiles show."""

import numpy as np

from jsna_desktop.sources.cells import age_range
from jsna_desktop.sources.dataset import COUNT, PROPORTION, Indicator

# (column, first year, last year, words); 200 is an open end.
GROUPS = (
    ("age_0_15", 0, 15, "0 to 15"),
    ("age_16_64", 16, 64, "16 to 64"),
    ("age_65_84", 65, 84, "65 to 84"),
    ("age_85_plus", 85, 200, "85 and over"),
    ("age_65_plus", 65, 200, "65 and over"),
)
SINGLE_YEARS = (*(str(year) for year in range(90)), "90+")
GROUP = "People"
_SEXES = {"persons": "Residents", "female": "Female residents", "male": "Male residents"}


def group_columns(ages: np.ndarray, labels: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Residents (n,) in each age group that the ages (n, k) add up to exactly; a group that a band straddles is not

    made. NaN where one of its ages is missing.
    """
    ranges = [age_range(label) for label in labels]
    made = {}
    for column, first, last, _ in GROUPS:
        inside = [first <= low and high <= last for low, high in ranges]
        held = [span for span, own in zip(ranges, inside, strict=True) if own]
        if {year for low, high in held for year in range(low, high + 1)} == set(range(first, last + 1)):
            made[column] = ages[:, inside].sum(axis=1)
    return made


def indicators(columns: dict[str, np.ndarray], period: str, geography: str, suffix: str = "") -> list[Indicator]:
    """Residents, by sex where known, and each age group as a count and as a share of residents."""
    made = []
    for sex in ("persons", "female", "male"):
        if sex + suffix in columns:
            made.append(
                Indicator(
                    "population.residents", _SEXES[sex], COUNT, period, geography, unit="residents", sex=sex,
                    group=GROUP, numerator=sex + suffix,
                )
            )  # fmt: skip
    for column, _, _, words in GROUPS:
        if column + suffix not in columns:
            continue
        made.append(
            Indicator(
                f"population.{column}", f"Residents aged {words}", COUNT, period, geography, unit="residents",
                age=words, group=GROUP, numerator=column + suffix,
            )
        )  # fmt: skip
        made.append(
            Indicator(
                f"population.share_{column.removeprefix('age_')}", f"Aged {words}", PROPORTION, period, geography,
                unit="%", multiplier=100.0, age=words, group=GROUP, numerator=column + suffix,
                denominator="persons" + suffix,
            )
        )  # fmt: skip
    return made
