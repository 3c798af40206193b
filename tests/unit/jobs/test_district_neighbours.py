"""Districts against England, and the districts most like each."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs.benchmark import benchmark
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents, table

NAMES = np.array(["Ashby", "Barrow", "Calne", "Derwent", "Esk", "Foss"])
DISTRICT = np.repeat(np.arange(6), 6)  # a row of squares each
# Residents of a square: twice as many in each district as in the one before it.
PEOPLE = np.array([100.0, 200, 400, 800, 1_600, 3_200])[DISTRICT]
SCORE = np.array([20.0, 20, 20, 20, 20, np.nan])[DISTRICT]
ILL = Indicator(
    "local.ill", "Ill", "proportion", "2024", "lsoa2021", unit="%", multiplier=100.0, polarity="low good",
    numerator="ill", denominator="all",
)  # fmt: skip
SHARE = np.array([0.1, 0.1, 0.2, 0.1, 0.1, 0.1])[DISTRICT]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    there = boundaries()
    columns = {"lad": np.array([f"E0700000{d + 1}" for d in DISTRICT]), "ladnm": NAMES[DISTRICT]}
    england = np.append(CODES, "E92000001")
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, replace(there, columns=columns), residents(PEOPLE))
        keep(made, table(ILL, england, ill=np.append(SHARE * PEOPLE, 100.0), all=np.append(PEOPLE, 1_000.0)))
        yield made


def told(store: Store, *names: str) -> dict[str, dict]:
    return {row["locality"]: row for row in benchmark(store, "local.ill", Choice(names=names), districts=True)}


def test_a_row_for_every_district_round_englands_value(store: Store) -> None:
    found = told(store)
    assert list(found) == NAMES.tolist()
    for name, row in found.items():
        assert row["value"] == pytest.approx(20 if name == "Calne" else 10)
        assert (row["against"], row["centre"]) == ("England", pytest.approx(10))
        assert row["verdict"] == ("high (99.8 %)" if name == "Calne" else "not different")


def test_neighbours_are_the_districts_most_alike_and_said_how_much(store: Store) -> None:
    found = told(store)
    assert [one["locality"] for one in found["Ashby"]["neighbours"]] == ["Barrow", "Calne", "Derwent", "Esk", "Foss"]
    steps = np.array([one["distance"] for one in found["Ashby"]["neighbours"]])
    # Density alone is known of them, and its logarithm goes up in even steps.
    np.testing.assert_allclose(steps, steps[0] * np.arange(1, 6))
    assert {one["locality"] for one in found["Derwent"]["neighbours"][:2]} == {"Calne", "Esk"}


def test_one_district_is_judged_beside_all_of_them(store: Store) -> None:
    every, alone = told(store), told(store, "Calne")
    assert alone == {"Calne": every["Calne"]}


def test_a_district_of_which_less_is_known_is_no_neighbour(store: Store) -> None:
    score = Indicator("imd2025.average_score", "Score", "score", "2025", "lsoa2021", value="score")
    keep(store, table(score, score=SCORE))
    for row in told(store).values():
        assert "Foss" not in {one["locality"] for one in row["neighbours"]}
    assert told(store)["Foss"]["neighbours"][0]["locality"] == "Esk"


def test_what_cannot_be_benchmarked_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="Did you mean Derwent"):
        told(store, "Derwnt")
    with pytest.raises(UsageProblem, match="districts are in no set"):
        benchmark(store, "local.ill", Choice(sets=("areas",)), districts=True)
    with Store.create(tmp_path / "bare.jsna") as bare:
        keep(bare, table(ILL, CODES, ill=SHARE * PEOPLE, all=PEOPLE))
        with pytest.raises(UsageProblem, match="no districts in the workspace"):
            benchmark(bare, "local.ill", Choice(), districts=True)
