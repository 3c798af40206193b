"""Synthetic findings: a square county of 10 × 10 blocks, a locality of 3 × 4 of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from jsna_desktop.packs.findings import (
    AgeGroup,
    Deciles,
    Figure,
    Findings,
    MapLayer,
    Pyramid,
    Source,
)

AGES = ("0–4", *(f"{start}–{start + 4}" for start in range(5, 90, 5)), "90+")
SQUARE = 1000.0


def _row(indicator: str = "local.smoking", **changes: Any) -> dict[str, Any]:
    """A profile row with an interval, worse than its district and England."""
    row = {
        "locality": "Eastmere",
        "indicator": indicator,
        "name": "Adults who smoke",
        "period": "2021-2023",
        "sex": "persons",
        "age": "18+",
        "value": 22.3,
        "lower_ci": 20.1,
        "upper_ci": 24.6,
        "numerator": 223.0,
        "denominator": 1000.0,
        "unit": "%",
        "polarity": "low good",
        "note": "",
        "group": "Health",
        "comparators": [
            {"area": "Mereshire", "value": 18.0, "lower_ci": None, "upper_ci": None}
            | {"verdict": "worse", "level": "district"},
            {"area": "England", "value": 12.7, "lower_ci": None, "upper_ci": None}
            | {"verdict": "worse", "level": "england"},
        ],
    }
    return row | changes


@pytest.fixture(scope="session")
def make_row() -> Callable[..., dict[str, Any]]:
    """Makes a profile row: `make_row(indicator, **changes)`."""
    return _row


def _block(column: int, line: int) -> Any:
    x, y = 400_000 + column * SQUARE, 200_000 + line * SQUARE
    return shapely.box(x, y, x + SQUARE, y + SQUARE)


@pytest.fixture(scope="session")
def full() -> Findings:
    """Findings with every part."""
    county = np.array([_block(at % 10, at // 10) for at in range(100)], dtype=object)
    deciles = np.array([at % 11 for at in range(100)])
    chosen = np.array([at for at in range(100) if at % 10 in (2, 3, 4) and 3 <= at // 10 <= 6])
    persons = np.linspace(1.5, 0.5, len(AGES))
    persons = persons / persons.sum()
    shares = np.arange(10, 0, -1) / 55
    score = _row(
        "imd2025.average_score",
        name="Average score",
        value=31.26,
        lower_ci=None,
        upper_ci=None,
        numerator=None,
        denominator=None,
        unit="",
        note="Weighted by mid-2024 residents",
        group="Deprivation",
    )
    for entry in score["comparators"]:
        entry["verdict"] = "not compared"
    withheld = _row(
        "local.rare",
        name="Something rare",
        value=None,
        lower_ci=None,
        upper_ci=None,
        note="Withheld: 31% of residents live where there is no value",
        comparators=[],
    )
    return Findings(
        locality="Eastmere",
        set="Community areas",
        publisher="Mereshire Council",
        date="November 2026",
        made="2026-11-24T09:05:07",
        fictional=False,
        lede="About 12,345 people live in Eastmere.",
        figures=(Figure("Residents", "12,345", "in 12 LSOAs"), Figure("Most deprived fifth", "34.5%", "")),
        standout=("Smoking is clearly worse than England.",),
        definition=(("Made of", "12 whole LSOAs"), ("District", "Mereshire")),
        rows=(_row(), score, withheld),
        comparators=("district", "england"),
        comparator_names={"district": "Mereshire", "england": "England"},
        people_text="Eastmere is younger than Mereshire.",
        deprivation_text="34.5% of residents live in the most deprived fifth.",
        age_groups=(AgeGroup("0 to 15", 2400.0, 0.194, 0.182), AgeGroup("85 and over", 300.0, 0.024, None)),
        pyramid=Pyramid(
            "mid-2024",
            AGES,
            persons,
            persons * 0.49,
            persons * 0.51,
            "Mereshire",
            persons[::-1],
            persons[::-1] * 0.49,
            persons[::-1] * 0.51,
        ),
        deciles=Deciles("IMD 2025", shares, "Mereshire", shares[::-1]),
        outline=shapely.union_all(county[chosen]),
        inside=MapLayer(county[chosen], deciles[chosen]),
        around=MapLayer(county, deciles),
        around_name="Mereshire",
        methods=(("Weights", "Blocks count in whole."),),
        sources=(Source("Boundaries", "2021", "ONS", "Exact"),),
        attribution=("Licensed under the Open Government Licence v3.0.",),
        left_out=("Life expectancy: no deaths are loaded.",),
    )


@pytest.fixture(scope="session")
def bare(full: Findings) -> Findings:
    """Findings with nothing to say but whose they are."""
    return replace(
        full,
        lede="",
        figures=(),
        standout=(),
        definition=(),
        rows=(),
        comparators=(),
        people_text="",
        deprivation_text="",
        age_groups=(),
        pyramid=None,
        deciles=None,
        outline=None,
        inside=None,
        around=None,
        methods=(),
        sources=(),
        attribution=(),
        left_out=(),
    )
