"""Deaths that do not fit their residents, areas, causes or groups: told, or withheld with the reason."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.cli import main
from tests.endtoend.conftest import Said
from tests.endtoend.test_life_mistakes import BANDS, DEATHS, HEAD, PEOPLE, rows, write

Jsna = Callable[..., Said]
CODES = tuple(f"E0100000{n}" for n in range(1, 6))
LOST, UNKNOWN = "E01000006", "E01000099"  # an area without residents; one that no lookup knows
INDICATOR = ["area_code", "indicator", "period", "numerator", "denominator", "kind"]
# The third most deprived area of five has no deaths at all, and no falls.
QUIET = CODES[2]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five areas, each a fifth by deprivation; deaths of two more; a register with codes that are none of ICD-10."""
    folder = tmp_path_factory.mktemp("odd")
    workspace = folder / "own.jsna"
    told = [code for code in (*CODES, LOST, UNKNOWN) if code != QUIET]
    deaths = rows(DEATHS, BANDS, codes=told) + rows(np.zeros(20), BANDS, codes=(QUIET,))
    falls = [[code, "falls", 2023, 0 if code == QUIET else 40 - n, 1_000, "rate"] for n, code in enumerate(CODES)]
    files = [
        write(folder / "deaths.csv", [*HEAD, "deaths"], deaths),
        write(folder / "people.csv", [*HEAD, "population"], rows(PEOPLE, BANDS, codes=CODES)),
        write(folder / "falls.csv", INDICATOR, falls),
        write(folder / "score.csv", ["area_code", "indicator", "period", "value", "kind"],
              [[code, "poverty", 2023, 50 - n, "score"] for n, code in enumerate(CODES)]),
        write(folder / "lad.csv", ["LSOA21CD", "LAD25CD", "LAD25NM"],
              [[code, "E06000054", "Wiltshire"] for code in (*CODES, LOST)]),
    ]  # fmt: skip
    assert main(["new", str(workspace)]) == 0
    assert main(["add", str(workspace), *map(str, files), "--geography", "lsoa2021"]) == 0
    places = {"All five": CODES, "With the lost": (*CODES, LOST), "First": CODES[:1], "Quiet": (QUIET,)}
    for name, held in places.items():
        table = write(folder / "place.csv", ["LSOA21CD", "CODE", "NAME"], [[code, "P", name] for code in held])
        assert main(["localities", "add", str(workspace), str(table), "--set", name, "--name-field", "NAME",
                     "--code-field", "CODE"]) == 0  # fmt: skip
    return workspace


def at_birth(jsna: Jsna, world: Path, *more: str) -> dict[tuple[str, str], dict]:
    said = jsna("life-expectancy", world, "--format", "json", *more)
    assert said.code == 0, said.err
    return {(row["locality"], row["sex"]): row for row in said.json()["rows"] if row["age"] == 0}


def test_deaths_of_an_area_without_residents_are_no_rate_of_its_neighbours(world: Path, jsna: Jsna) -> None:
    found = at_birth(jsna, world)
    assert found["All five", "persons"]["value"] is not None
    for sex in ("persons", "female", "male"):
        assert found["With the lost", sex]["value"] is None
        assert "an age band has no figure" in found["With the lost", sex]["note"]


def test_deaths_outside_every_area_are_counted_and_said(world: Path, jsna: Jsna) -> None:
    notes = jsna("life-expectancy", world, "--format", "json").json()["notes"]
    lost = 2 * 2 * DEATHS.sum()
    assert f"{lost} deaths in areas that no residents are known of belong to no place" in notes
    whole = at_birth(jsna, world)["All five", "persons"]
    assert whole["deaths"] == 4 * 2 * DEATHS.sum()
    problems = [p for d in jsna("show", world, "--json").json()["datasets"] for p in d["problems"]]
    assert any(UNKNOWN in str(problem) for problem in problems)


def test_a_place_where_nobody_died_has_no_life_expectancy(world: Path, jsna: Jsna) -> None:
    row = at_birth(jsna, world)["Quiet", "persons"]
    assert (row["value"], row["lower_ci"], row["upper_ci"], row["deaths"]) == (None, None, None, 0)
    assert "nobody died in the last age band" in row["note"]


def test_a_group_without_deaths_is_withheld_and_the_slope_with_it(world: Path, jsna: Jsna) -> None:
    by = ("--by", "local.poverty", "--set", "All five", "--sex", "persons", "--format", "json")
    groups = [row for row in jsna("life-expectancy", world, "--groups", "5", *by).json()["rows"] if row["age"] == 0]
    assert [row["value"] is None for row in groups] == [False, False, True, False, False]
    assert "nobody died in the last age band" in groups[2]["note"]
    (row,) = jsna("inequality", world, "--indicator", "life_expectancy", *by).json()["rows"]
    assert (row["sii"], row["rii"], row["sii_lower"], row["concentration_relative"]) == (None,) * 4
    assert row["note"].startswith("withheld: fifth 3: not given: nobody died")
    # The ends of the gradient have their deaths, and so their gap.
    (gap,) = jsna("life-expectancy", world, "--gap", "deprivation", *by).json()["rows"]
    assert gap["value"] == pytest.approx(0)


def test_a_gap_to_a_place_without_deaths_is_withheld_and_has_no_parts(world: Path, jsna: Jsna) -> None:
    said = jsna("life-expectancy", world, "--gap", "First:Quiet", "--decompose", "age", "--format", "json")
    for row in said.json()["rows"]:
        assert (row["value"], row["lower_ci"], row["ratio"], row["parts"]) == (None, None, None, [])
        assert row["note"].startswith("Quiet: not given: nobody died")


def test_deaths_without_causes_are_not_taken_apart_by_cause(world: Path, jsna: Jsna) -> None:
    done = jsna("life-expectancy", world, "--gap", "First:All five", "--decompose", "cause")
    assert done.code == 2
    assert "the deaths are not told by cause" in done.err


def test_a_rate_of_a_group_without_events_has_no_ratios(world: Path, jsna: Jsna) -> None:
    (row,) = jsna("inequality", world, "--indicator", "local.falls", "--by", "local.poverty", "--set", "All five",
                  "--format", "json").json()["rows"]  # fmt: skip
    assert row["groups"][2]["value"] == 0
    assert row["sii"] is None
    assert "a group has no events" in row["note"]


def test_a_place_of_one_area_has_no_five_groups(world: Path, jsna: Jsna) -> None:
    (row,) = jsna("inequality", world, "--indicator", "local.falls", "--by", "local.poverty", "--set", "First",
                  "--format", "json").json()["rows"]  # fmt: skip
    assert row["sii"] is None
    assert "none of its areas are in this group" in row["note"]


def test_causes_that_are_no_code_of_icd10_are_told_and_stay_deaths(world: Path, tmp_path: Path, jsna: Jsna) -> None:
    head = [
        "REG_DATE_OF_DEATH",
        "DEC_SEX",
        "DEC_AGEC",
        "DEC_AGECUNIT",
        "S_UNDERLYING_COD_ICD10",
        "LSOA_OF_RESIDENCE_CODE",
    ]
    register = [["2023-05-01", 1, 80, 1, code, CODES[0]] for code in ("I219", "C349", "J449", "heart", "Q1")]
    workspace = tmp_path / "register.jsna"
    jsna("new", workspace)
    said = jsna("add", workspace, write(tmp_path / "register.csv", head, register), "--geography", "lsoa2021")
    assert said.code == 0, said.err
    told = jsna("show", workspace).out
    assert "an underlying cause that is no code of ICD-10; kept without a cause" in told
    assert "heart" not in told  # a record is not repeated
    people = write(tmp_path / "people.csv", [*HEAD, "population"], rows(PEOPLE, BANDS, codes=CODES[:1]))
    assert jsna("add", workspace, people, "--geography", "lsoa2021").code == 0
    found = {row["sex"]: row for row in jsna("life-expectancy", workspace, "--format", "json").json()["rows"]}
    # Five deaths of men, all of them over 65 and under 85: no last band, and too few to say a number of.
    assert found["male"]["value"] is None
    assert found["male"]["deaths"] is None
