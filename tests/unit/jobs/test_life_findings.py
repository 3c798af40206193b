"""What a view of life expectancy is given: the jobs' numbers, words that follow from them, nothing small."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import life_findings, life_gap
from jsna_desktop.jobs.life_findings import AROUND, OTHER, REST, WITHIN, Ground, Question
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.mortality import Mortality, load_mortality
from jsna_desktop.measures.life_expectancy import life_table
from jsna_desktop.workspace.store import Store


@pytest.fixture(scope="module")
def county(county_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(Path(shutil.copy(county_built, tmp_path_factory.mktemp("county"))))
    yield store
    store.close()


@pytest.fixture(scope="module")
def deaths(county: Store) -> Mortality:
    return load_mortality(county, causes=True)


@pytest.fixture
def ground(county: Store, deaths: Mortality):
    def of(name: str | None) -> Ground:
        places = localities(county)
        place = next((p for p in places if p.name == name), None)
        return life_findings.ground(county, deaths, place, places)

    return of


def secret(start: Ground) -> Ground:
    return replace(start, data=replace(start.data, sensitive=True))


def test_a_place_and_the_rest_of_its_district_share_nobody_and_are_all_of_it(ground, deaths) -> None:
    start = ground("Kelderford")
    found = life_findings.life_findings(start, Question(REST, "female", (2020, 2024)))
    own, whole = start.place.matrix, start.district.matrix
    rest = sparse.csr_array(whole - own)
    years = np.arange(2020, 2025)
    tables = [deaths.counts(matrix, "female", years) for matrix in (own, rest)]
    here, there = (life_table(one.deaths[0], one.people[0]) for one in tables)
    assert found.gap == pytest.approx(there.value[0] - here.value[0], abs=1e-9)
    assert found.groups[0].name == "Kelderford"
    assert found.groups[0].value == pytest.approx(here.value[0])
    assert sum(part.years for part in found.parts) == pytest.approx(found.gap, abs=1e-9)
    assert found.title == "Life expectancy in Kelderford"
    assert f"{here.value[0]:.1f} years" in found.sentence
    assert f"{found.gap:.1f} years less" in found.sentence


@pytest.mark.parametrize(("parts", "age"), [("cause", 0), ("age", 0), ("age", 65)])
def test_fifths_are_those_of_the_command_line_and_their_parts_add_up(ground, deaths, county, parts, age) -> None:
    start = ground(None)
    assert start.ways == (AROUND,)
    found = life_findings.life_findings(start, Question(AROUND, "male", (2022, 2024), age, parts))
    cut = life_findings.grouped(start.district, start.rank, 5, "place", deaths.blocks)
    row = life_gap.gap_rows(deaths, life_gap.ends(cut, start.district.names), ("male",), (2022, 2024), parts, age)[0]
    assert found.gap == pytest.approx(row["value"], abs=1e-12)
    assert sum(part.years for part in found.parts) == pytest.approx(found.gap, abs=1e-9)
    assert found.groups[-1].value - found.groups[0].value == pytest.approx(found.gap, abs=1e-12)
    low, high = row["lower_ci"], row["upper_ci"]
    assert f"{found.gap:.1f} years less ({low:.1f} to {high:.1f})" in found.sentence
    assert found.sentence.startswith("At 65, men" if age else "Men in the most deprived fifth of Marrowshire")
    assert found.slope is not None
    assert found.slope.said.startswith(f"slope index {found.slope.ends[1] - found.slope.ends[0]:.1f} years")


def test_the_planted_narrowing_is_said_and_no_change_is_called_that(ground) -> None:
    whole = life_findings.life_findings(ground(None), Question(AROUND, "male"))
    assert "The gap is narrowing." in whole.sentence
    assert "clearly narrowing" in whole.change
    part = life_findings.life_findings(ground("Aldminster"), Question(REST, "persons"))
    assert "There is no clear difference" in part.sentence
    assert "no clear sign that the gap is narrowing or widening" in part.sentence


def test_a_group_that_is_too_small_is_said_with_the_years_that_would_do(ground) -> None:
    found = life_findings.life_findings(ground("Emberstow"), Question(WITHIN, "male"))
    assert found.gap is None
    assert found.parts == ()
    assert found.slope is None
    assert "fewer than 5,000 person-years" in found.sentence
    years = re.search(r"(\d{4})–2024 would give one", found.sentence)
    assert years is not None
    longer = life_findings.life_findings(ground("Emberstow"), Question(WITHIN, "male", (int(years[1]), 2024)))
    assert longer.gap is not None


def test_from_sensitive_deaths_everything_is_to_one_decimal_and_small_parts_are_withheld(ground) -> None:
    start = secret(ground("Hollowmere"))
    asked = Question(WITHIN, "female")
    true, shown = (life_findings.life_findings(start, asked, true_figures=on) for on in (True, False))
    assert true.sensitive
    assert shown.sensitive
    assert shown.gap == round(true.gap, 1)
    numbers = [shown.gap, *shown.slope.ends]
    numbers += [part for g in shown.groups for part in (g.value, g.lower, g.upper)]
    numbers += [value for line in shown.lines for part in (line.value, line.lower, line.upper) for value in part]
    assert all(round(number, 1) == number for number in numbers)
    small = {part.name for part in shown.parts if part.years is None}
    assert small
    gap = life_gap.gap_rows(
        start.data,
        life_gap.ends(life_findings.grouped(start.place, start.rank, 5, "place", start.data.blocks), ("Hollowmere",)),
        ("female",), (2020, 2024), "cause",
    )[0]  # fmt: skip
    assert small == {part["cause"] for part in gap["parts"] if part["deaths"] < 10}


def test_without_an_index_there_are_no_fifths_and_the_place_beside_its_district_remains(ground) -> None:
    start = replace(ground("Kelderford"), rank=None, no_rank="there is no index of deprivation for LSOAs 2021")
    assert start.ways == (REST, OTHER)
    found = life_findings.life_findings(start, Question(REST))
    assert [group.name for group in found.groups] == ["Kelderford", "Marrowshire"]
    with pytest.raises(UsageProblem, match="fifths by deprivation cannot be made") as caught:
        life_findings.life_findings(start, Question(AROUND))
    assert "no index of deprivation" in caught.value.found


def test_a_place_that_is_its_whole_district_has_no_rest(ground) -> None:
    start = ground("Kelderford")
    assert replace(start, place=replace(start.district, names=("All of it",))).ways == (WITHIN, AROUND, OTHER)


def test_periods_are_the_latest_first_and_without_a_break(deaths) -> None:
    found = life_findings.periods(deaths)
    assert found[0] == (2022, 2024)
    assert found[-1] == (2015, 2024)
    assert (2020, 2024) in found
    assert all(2015 <= first < last <= 2024 for first, last in found)


def test_two_places_are_set_against_each_other_as_at_the_command_line(ground, deaths) -> None:
    start = ground("Kelderford")
    assert start.ways == (REST, WITHIN, AROUND, OTHER)
    found = life_findings.life_findings(start, Question(OTHER, "male", (2020, 2024), other="Thrushford"))
    other = start.others.only([start.others.names.index("Thrushford")])
    row = life_gap.gap_rows(deaths, [life_gap.pair_of(other, start.place)], ("male",), (2020, 2024))[0]
    assert found.gap == row["value"]
    assert [group.name for group in found.groups][:3] == ["Kelderford", "Thrushford", "Marrowshire"]
    assert f"{found.gap:.1f} years less" in found.sentence
    assert found.sentence.split(". ")[0].endswith("than in Thrushford")
    with pytest.raises(UsageProblem, match="no place Nowhere"):
        life_findings.life_findings(start, Question(OTHER, other="Nowhere"))
