"""Deaths and residents that do not fit together: a message, or a withheld value with its reason."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.endtoend.conftest import Said

Jsna = Callable[..., Said]
BANDS = ["0", "1-4", *(f"{a}-{a + 4}" for a in range(5, 90, 5)), "90+"]
PEOPLE = np.array([110, 460, 590, 610, 590, 610, 670, 710, 690, 660, 610, 670, 680, 600, 500, 440, 410, 250, 150, 90])
DEATHS = np.array([1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 6, 8, 11, 17, 18, 19, 21])
CODES = ("E01000001", "E01000002")
HEAD = ["area_code", "year", "sex", "age"]


def rows(counts: np.ndarray, bands: list[str], codes=CODES, years=(2023,), sexes=("female", "male")) -> list[list]:
    return [[code, year, sex, band, int(n)] for code in codes for year in years for sex in sexes
            for band, n in zip(bands, counts, strict=True)]  # fmt: skip


def write(path: Path, head: list[str], lines: list[list]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head, *lines])
    return path


@pytest.fixture
def made(tmp_path: Path, jsna: Jsna) -> Callable[[list[list] | None, list[list] | None], Path]:
    """A workspace of these deaths and residents, with each of the two areas as a locality, and both together."""

    def make(deaths: list[list] | None, people: list[list] | None) -> Path:
        workspace = tmp_path / "own.jsna"
        assert jsna("new", workspace).code == 0
        for name, lines in (("deaths", deaths), ("population", people)):
            if lines is not None:
                added = jsna("add", workspace, write(tmp_path / f"{name}.csv", [*HEAD, name], lines), "--geography",
                             "lsoa2021")  # fmt: skip
                assert added.code == 0, added.err
        for field, places in (("A", [f"Place {code[-1]}" for code in CODES]), ("B", ["Both"] * 2)):
            table = write(tmp_path / f"{field}.csv", ["LSOA21CD", "CODE", "NAME"],
                          [[code, place, place] for code, place in zip(CODES, places, strict=True)])  # fmt: skip
            jsna("localities", "add", workspace, table, "--set", field, "--name-field", "NAME", "--code-field", "CODE")
        return workspace

    return make


def at_birth(said: Said) -> dict[tuple[str, str], dict]:
    return {(row["locality"], row["sex"]): row for row in said.json()["rows"] if row["age"] == 0}


def test_deaths_without_residents_and_the_other_way_round(made, jsna: Jsna) -> None:
    workspace = made(rows(DEATHS, BANDS), None)
    said = jsna("life-expectancy", workspace)
    assert said.code == 2
    assert "no residents of these areas by sex and age" in said.err
    workspace.unlink()
    said = jsna("life-expectancy", made(None, rows(PEOPLE, BANDS)))
    assert said.code == 2
    assert "no deaths by area, sex and age" in said.err


def test_years_of_one_side_alone(made, jsna: Jsna) -> None:
    workspace = made(rows(DEATHS, BANDS, years=(2021, 2022, 2023)), rows(PEOPLE, BANDS, years=(2022, 2023, 2024)))
    found = at_birth(jsna("life-expectancy", workspace, "--set", "B", "--format", "json"))
    assert found["Both", "persons"]["period"] == "2022-2023"
    said = jsna("life-expectancy", workspace, "--years", "2021-2024")
    assert said.code == 2
    assert "2021: deaths and no residents" in said.err
    assert "2024: residents and no deaths" in said.err


def test_no_year_in_common(made, jsna: Jsna) -> None:
    said = jsna("life-expectancy", made(rows(DEATHS, BANDS), rows(PEOPLE, BANDS, years=(2011,))))
    assert said.code == 2
    assert "deaths of 2023, residents of 2011" in said.err


@pytest.mark.parametrize("whose", ["deaths", "residents"])
def test_bands_that_do_not_match(made, jsna: Jsna, whose: str) -> None:
    coarse = [f"{a}-{a + 9}" for a in range(0, 80, 10)] + ["80+"]
    few = rows(np.full(9, 50), coarse)
    said = jsna("life-expectancy", made(few if whose == "deaths" else rows(DEATHS, BANDS),
                                        few if whose == "residents" else rows(PEOPLE, BANDS)))  # fmt: skip
    assert said.code == 2
    assert f"{whose} are not by the age bands" in said.err
    assert "0-9" in said.err


def test_a_band_of_infants_is_needed(made, jsna: Jsna) -> None:
    bands = ["0-4", *BANDS[2:]]
    people = np.concatenate([[570], PEOPLE[2:]])
    said = jsna("life-expectancy", made(rows(DEATHS, BANDS), rows(people, bands)))
    assert said.code == 2
    assert "0-4" in said.err


def test_85_and_over_is_the_last_band_where_one_side_ends_there(made, jsna: Jsna) -> None:
    bands = [*BANDS[:-2], "85+"]
    people = np.concatenate([PEOPLE[:-2], [PEOPLE[-2:].sum()]])
    workspace = made(rows(DEATHS, BANDS), rows(people, bands))
    told = jsna("life-expectancy", workspace, "--set", "B", "--sex", "persons", "--format", "json").json()["rows"]
    assert [row["age"] for row in told][-2:] == [80, 85]
    last = told[-1]
    assert last["deaths"] == 4 * DEATHS[-2:].sum()
    assert last["value"] == pytest.approx(PEOPLE[-2:].sum() / DEATHS[-2:].sum())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("90+", "deaths", 100), "an age band has more deaths than people"),
        (("90+", "deaths", 0), "nobody died in the last age band"),
        (("10-14", "population", 0), "an age band has no population"),
        (("10-14", "deaths", "*"), "an age band has no figure"),
        (("10-14", "population", ""), "an age band has no figure"),
    ],
)
def test_a_value_is_withheld_with_its_reason(made, jsna: Jsna, change: tuple, why: str) -> None:
    band, table, value = change
    deaths, people = rows(DEATHS, BANDS), rows(PEOPLE, BANDS)
    for line in deaths if table == "deaths" else people:
        if line[0] == CODES[0] and line[3] == band:
            line[4] = value
    found = at_birth(jsna("life-expectancy", made(deaths, people), "--set", "A", "--format", "json"))
    for sex in ("persons", "female", "male"):
        assert found["Place 1", sex]["value"] is None
        assert found["Place 1", sex]["lower_ci"] is None
        assert why in found["Place 1", sex]["note"]
        assert 60 < found["Place 2", sex]["value"] < 95


def test_a_place_too_small_is_told_how_many_years_would_do(made, jsna: Jsna) -> None:
    years = tuple(range(2014, 2024))
    small = made(rows(np.maximum(DEATHS // 6, 0) + (np.arange(20) == 19), BANDS, years=years),
                 rows(PEOPLE // 13, BANDS, years=years))  # fmt: skip
    found = at_birth(jsna("life-expectancy", small, "--set", "A", "--format", "json"))
    row = found["Place 1", "female"]
    assert row["value"] is None
    assert "fewer than 5,000 person-years" in row["note"]
    assert 6 * (PEOPLE // 13).sum() < 5_000 <= 7 * (PEOPLE // 13).sum()
    assert "2017-2023 would give one" in row["note"]
    longer = row["note"].split("; ")[1].split(" ")[0]
    again = at_birth(jsna("life-expectancy", small, "--set", "A", "--years", longer, "--format", "json"))
    assert again["Place 1", "female"]["value"] is not None


def test_deaths_outside_the_areas_with_residents_are_counted_and_said(made, jsna: Jsna) -> None:
    outside = rows(DEATHS, BANDS, codes=("E01000009",))
    told = jsna("life-expectancy", made([*rows(DEATHS, BANDS), *outside], rows(PEOPLE, BANDS)), "--format", "json")
    notes = told.json()["notes"]
    assert notes == [f"{2 * DEATHS.sum()} deaths in areas that no residents are known of belong to no place"]
    inside = at_birth(told)["Both", "persons"]
    assert inside["deaths"] == 4 * DEATHS.sum()


def test_an_unknown_sex_is_refused_where_it_stands(made, tmp_path: Path, jsna: Jsna) -> None:
    lines = rows(DEATHS, BANDS)
    lines[30][2] = "dog"
    workspace = tmp_path / "own.jsna"
    jsna("new", workspace)
    said = jsna("add", workspace, write(tmp_path / "deaths.csv", [*HEAD, "deaths"], lines), "--geography", "lsoa2021")
    assert said.code == 3
    assert "row 32" in said.err
    assert "dog" in said.err


def test_one_sex_alone_is_that_sex(made, jsna: Jsna) -> None:
    workspace = made(rows(DEATHS, BANDS, sexes=("female",)), rows(PEOPLE, BANDS))
    found = at_birth(jsna("life-expectancy", workspace, "--set", "B", "--sex", "female", "--format", "json"))
    assert found["Both", "female"]["value"] is not None
    # The deaths of women are not those of all.
    assert "persons" not in {sex for _, sex in at_birth(jsna("life-expectancy", workspace, "--format", "json"))}
    said = jsna("life-expectancy", workspace, "--sex", "male")
    assert said.code == 2
    assert "not both known for male" in said.err


def test_areas_may_be_told_by_persons_or_by_sex_but_nothing_twice_or_by_half(made, jsna: Jsna) -> None:
    deaths = rows(DEATHS, BANDS, codes=CODES[:1]) + rows(2 * DEATHS, BANDS, codes=CODES[1:], sexes=("persons",))
    deaths = [line for line in deaths if line[4]]  # a table that writes no zeros
    found = at_birth(jsna("life-expectancy", made(deaths, rows(PEOPLE, BANDS)), "--format", "json"))
    assert found["Both", "persons"]["deaths"] == 4 * DEATHS.sum()
    assert found["Place 1", "female"]["deaths"] == DEATHS.sum()
    for place in ("Place 2", "Both"):
        assert found[place, "female"]["value"] is None
        assert "an age band has no figure" in found[place, "female"]["note"]


def test_deaths_of_all_ages_together_are_no_deaths_of_none(made, jsna: Jsna) -> None:
    deaths = rows(DEATHS, BANDS, codes=CODES[:1]) + [[CODES[1], 2023, sex, "all", 90] for sex in ("female", "male")]
    deaths = [line for line in deaths if line[4]]
    found = at_birth(jsna("life-expectancy", made(deaths, rows(PEOPLE, BANDS)), "--format", "json"))
    assert found["Place 1", "persons"]["value"] is not None
    assert found["Both", "persons"]["value"] is None
