"""The needs and equity audit by sex, age and rurality, where it is known who is served."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.cli import main
from tests.endtoend.conftest import Said

Jsna = Callable[..., Said]
FILES = Path(__file__).parents[2] / "resources" / "demonstration"
AREAS = list(csv.DictReader((FILES / "LSOA_2021_to_Community_Area_Fictional_Lookup.csv").open()))
COUNTY = "Marrowshire"
HEAD = ["area_code", "indicator", "period", "numerator", "denominator", "kind", "sex", "age"]
# In need: of 1,000 of each sex and age so many; served of those in need.
NEED = {"18-64": 60, "65-84": 250, "85+": 400}
SERVED = {"female": 0.5, "male": 0.25}
USE = ("18-64", "65+")


def rows_of_need_and_use() -> tuple[list[list], np.ndarray, np.ndarray]:
    """A table, and what it says of the county: need and use (sexes, need's ages / use's ages)."""
    rng = np.random.default_rng(8)
    need, use = np.zeros((2, 3)), np.zeros((2, 2))
    rows = []
    for area in AREAS:
        for s, sex in enumerate(SERVED):
            counts = rng.poisson(list(NEED.values()))
            need[s] += counts
            rows += [[area["LSOA21CD"], "need", 2024, n, 1_000, "proportion", sex, age]
                     for age, n in zip(NEED, counts.tolist(), strict=True)]  # fmt: skip
            visits = rng.poisson(SERVED[sex] * np.array([counts[0], counts[1:].sum()]))
            use[s] += visits
            rows += [[area["LSOA21CD"], "visits", 2024, n, "", "count", sex, age]
                     for age, n in zip(USE, visits.tolist(), strict=True)]  # fmt: skip
    return rows, need, use


TABLE, TRUE_NEED, TRUE_USE = rows_of_need_and_use()
RURAL = {area["LSOA21CD"] for number, area in enumerate(AREAS) if number % 3 == 0}


@pytest.fixture(scope="module")
def world(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("equity")
    workspace = folder / "own.jsna"
    shutil.copy(demonstration, workspace)
    tables = {
        "visits.csv": [HEAD, *TABLE],
        "parts.csv": [HEAD, *([a["LSOA21CD"], "muddled", 2024, 5, "", "count", "persons", age] for a in AREAS
                              for age in ("0-64", "50+"))],
        "ruc.csv": [["LSOA21CD", "LSOA21NM", "RUC21CD", "RUC21NM", "Urban_rural_flag"],
                    *([a["LSOA21CD"], a["LSOA21NM"], *(("RSN1", "Smaller rural: Nearer to a town", "Rural")
                       if a["LSOA21CD"] in RURAL else ("UN1", "Urban: Nearer to a town", "Urban"))] for a in AREAS)],
    }  # fmt: skip
    for name, lines in tables.items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(lines)
    files = [str(folder / name) for name in tables]
    assert main(["add", str(workspace), *files, "--geography", "lsoa2021"]) == 0
    return workspace


def audit(jsna: Jsna, workspace: Path, *more: str) -> dict:
    said = jsna("equity", workspace, "--service", "gp", *more, "--format", "json")
    assert said.code == 0, said.err
    return said.json()


@pytest.fixture
def told(world: Path, jsna: Jsna) -> dict:
    return audit(jsna, world, "--need", "local.need", "--use", "local.visits")


def of(told: dict, dimension: str, place: str = COUNTY) -> dict[str, dict]:
    return {r["group"]: r for r in told["rows"] if (r["dimension"], r["locality"]) == (dimension, place)}


def test_the_sexes_are_served_as_they_were_made_to_be(told: dict) -> None:
    found = of(told, "sex")
    for at, sex in enumerate(SERVED):
        row = found[sex]
        assert (row["need"], row["use"]) == (TRUE_NEED[at].sum(), TRUE_USE[at].sum())
        assert row["lower_ci"] < SERVED[sex] < row["upper_ci"]
        assert row["services"] is None
    assert found["female"]["unserved"] == 0
    assert found["male"]["unserved"] == pytest.approx(found["female"]["ratio"] * found["male"]["need"]
                                                      - found["male"]["use"])  # fmt: skip
    said = next(text for text in told["findings"] if text.startswith(f"{COUNTY}, gp by sex"))
    assert "(male) to " in said
    assert "more than chance explains" in said
    assert f"{found['male']['unserved']:,.0f} more if all were served as female" in said


def test_ages_are_those_that_need_and_use_have_in_common(told: dict) -> None:
    found = of(told, "age")
    assert list(found) == ["18-64", "65+"]
    assert found["65+"]["need"] == TRUE_NEED[:, 1:].sum()
    assert found["65+"]["use"] == TRUE_USE[:, 1].sum()
    # Both ages are served alike.
    said = next(text for text in told["findings"] if text.startswith(f"{COUNTY}, gp by age"))
    assert "no more than chance explains" in said


def test_every_dimension_adds_up_to_the_place(told: dict) -> None:
    for dimension in ("deprivation", "sex", "age", "rurality"):
        for place in (COUNTY, "Kelderford"):
            rows = of(told, dimension, place).values()
            whole = TRUE_USE.sum() if place == COUNTY else next(
                r["use"] for r in told["rows"] if (r["dimension"], r["group"]) == ("locality", place))  # fmt: skip
            assert sum(row["use"] for row in rows) == pytest.approx(whole)


def test_urban_and_rural_areas_are_told_apart(told: dict) -> None:
    found = of(told, "rurality")
    use = {row[0]: 0 for row in TABLE}
    for row in TABLE:
        use[row[0]] += row[3] if row[1] == "visits" else 0
    assert found["rural"]["use"] == sum(n for code, n in use.items() if code in RURAL)
    assert found["urban"]["use"] == sum(n for code, n in use.items() if code not in RURAL)
    assert found["urban"]["services"] + found["rural"]["services"] == sum(
        row["services"] for row in of(told, "deprivation").values()
    )


def test_unserved_beside_the_best_served_fifth_in_every_dimension(told: dict) -> None:
    best = max(row["ratio"] for row in of(told, "deprivation").values())
    rows = [row for dimension in ("deprivation", "sex", "rurality") for row in of(told, dimension).values()]
    rows += [row for row in told["rows"] if row["dimension"] == "locality"]
    for row in rows:
        assert row["unserved_best_fifth"] == pytest.approx(max(best * row["need"] - row["use"], 0), abs=1e-6)


def test_the_slope_is_told_as_use_for_a_thousand_in_need(told: dict) -> None:
    for row in of(told, "deprivation").values():
        assert row["sii_lower"] < row["sii"] < row["sii_upper"]
        # Nobody is served by deprivation: the limits hold no slope.
        assert row["rii_lower"] < 1 < row["rii_upper"]


def test_what_is_not_told_by_sex_age_or_rurality_is_said(demonstration: Path, world: Path, jsna: Jsna) -> None:
    plain = audit(jsna, demonstration, "--use", "local.emergency_admissions")
    assert {row["dimension"] for row in plain["rows"]} == {"deprivation", "locality"}
    for said in (
        "by sex: population.residents and local.emergency_admissions are not both told by sex",
        "by age: population.residents and local.emergency_admissions are not both told by age",
        "by rurality: no rural-urban classification of LSOAs 2021 is loaded",
    ):
        assert said in plain["findings"]
    supply = audit(jsna, world)
    assert any("a service has no sex or age" in said for said in supply["findings"])
    assert {row["dimension"] for row in supply["rows"]} == {"deprivation", "rurality", "locality"}


def test_nobody_is_unserved_for_being_young(world: Path, jsna: Jsna) -> None:
    found = audit(jsna, world, "--use", "local.visits")
    assert {row["unserved"] for row in found["rows"] if row["dimension"] == "age"} == {None}
    assert any("residents stand for need here, which differs by age" in said for said in found["findings"])


def test_deaths_are_told_by_sex_and_age_too(world: Path, jsna: Jsna) -> None:
    found = audit(jsna, world, "--use", "deaths.all")
    whole = sum(row["use"] for row in of(found, "deprivation").values())
    for dimension in ("sex", "age"):
        assert sum(row["use"] for row in of(found, dimension).values()) == pytest.approx(whole)
    assert list(of(found, "age"))[-1] == "85+"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--use", "local.muddled"), "do not add up to one number"),
        (("--use", "imd2025.average_score"), "counts no people or events"),
        (("--need", "local.visitz"), "Did you mean local.visits"),
    ],
)
def test_what_cannot_be_counted_is_refused(world: Path, jsna: Jsna, arguments: tuple[str, ...], said: str) -> None:
    done = jsna("equity", world, "--service", "gp", *arguments)
    assert done.code == 2
    assert said in done.err
