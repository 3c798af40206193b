"""What places are compared with, and what is said beside each number: trend, chance, source, detail."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs.compare_with import asked_for, figures_for
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import add_selection, localities
from jsna_desktop.jobs.profile import Profile, profile, profile_of_blocks
from jsna_desktop.measures.intervals import wilson
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, dataset, keep, residents, table

RNG = np.random.default_rng(7)
PEOPLE = RNG.integers(1000, 2500, 36).astype(float)
WEST = np.array([place % 6 < 3 for place in range(36)])
SMOKING = Indicator(
    "local.smoking", "Smoking", "proportion", "2024", "lsoa2021", unit="%", multiplier=100, polarity="low good",
    numerator="n", denominator="d",
)  # fmt: skip
CASES = np.where(WEST, np.round(0.20 * PEOPLE), np.round(0.10 * PEOPLE))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(PEOPLE), table(SMOKING, n=CASES, d=PEOPLE))
        yield made


def compared(store: Store, place: str, *asked: str, indicator: str = "local.smoking") -> list[dict]:
    """The comparators of one stored place."""
    return [entry for row in _made(store, place, list(asked), indicator).rows() for entry in row["comparators"]]


def _made(store: Store, place: str, asked: list[str], indicator: str) -> Profile:
    figures = figures_for(store, [indicator], asked)
    places = localities(store, names=[place])
    told = asked_for(figures, places, asked)
    return profile(figures, places, None, told.levels, told.others)


def test_another_locality_is_compared_by_the_difference_and_its_own_interval(store: Store) -> None:
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    add_selection(store, "A", "There", "lsoa2021", CODES[[4, 5]])
    (entry,) = compared(store, "Here", "There")
    n = np.array([CASES[[0, 1]].sum(), CASES[[4, 5]].sum()])
    d = np.array([PEOPLE[[0, 1]].sum(), PEOPLE[[4, 5]].sum()])
    low, high = wilson(n, d)
    p = n / d
    below = np.hypot(p[0] - low[0], high[1] - p[1])
    above = np.hypot(high[0] - p[0], p[1] - low[1])
    assert entry["difference"] == pytest.approx(100 * (p[0] - p[1]))
    assert entry["difference_lower"] == pytest.approx(100 * (p[0] - p[1] - below))
    assert entry["difference_upper"] == pytest.approx(100 * (p[0] - p[1] + above))
    assert entry["verdict"] == "worse"


def test_overlapping_places_have_no_difference(store: Store) -> None:
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    add_selection(store, "A", "There", "lsoa2021", CODES[[1, 5]])
    (entry,) = compared(store, "Here", "There")
    assert entry["verdict"] == "not compared"
    assert entry["difference"] is None
    assert "overlaps" in entry["note"]


@pytest.mark.parametrize("name", ["Eastshire", "eastshire", "E06000002"])
def test_an_area_apart_is_a_place_of_like_size(store: Store, name: str) -> None:
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    (entry,) = compared(store, "Here", name)
    assert entry["area"] == "Eastshire"
    assert entry["value"] == pytest.approx(100 * CASES[~WEST].sum() / PEOPLE[~WEST].sum())
    assert entry["difference_lower"] > 0
    assert entry["verdict"] == "worse"


def test_an_area_that_holds_the_place_is_fixed_and_the_test_conservative(store: Store) -> None:
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    (entry,) = compared(store, "Here", "Westshire")
    assert entry["difference"] is None
    assert "conservative" in entry["note"]
    assert entry["verdict"] == "similar"


def test_an_area_that_holds_a_part_of_the_place_is_not_compared(store: Store) -> None:
    add_selection(store, "A", "Across", "lsoa2021", CODES[[2, 3]])
    (entry,) = compared(store, "Across", "Westshire")
    assert entry["verdict"] == "not compared"
    assert "overlaps" in entry["note"]


def test_a_name_that_nothing_has_is_told_with_a_likely_one(store: Store) -> None:
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    with pytest.raises(UsageProblem, match="Westshire"):
        compared(store, "Here", "Westshir")


def test_the_parent_is_the_smallest_area_that_holds_more_than_the_place(store: Store) -> None:
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    add_selection(store, "A", "Beside", "lsoa2021", CODES[[6, 7]])
    add_selection(store, "B", "Alone", "lsoa2021", CODES[[0, 1]])
    (entry,) = compared(store, "Here", "parent")
    blocks = [0, 1, 6, 7]
    assert entry["area"] == "All of A"
    assert entry["value"] == pytest.approx(100 * CASES[blocks].sum() / PEOPLE[blocks].sum())
    assert "conservative" in entry["note"]
    (entry,) = compared(store, "Alone", "parent")
    assert entry["area"] == "Westshire"


def test_peers_are_the_nearest_of_the_set_by_who_lives_there(store: Store) -> None:
    young = Indicator(
        "population.share_0_15", "Aged 0 to 15", "proportion", "2024", "lsoa2021", unit="%", multiplier=100,
        numerator="n", denominator="d",
    )  # fmt: skip
    share = np.repeat([0.10, 0.30, 0.11, 0.20, 0.29, 0.21], 6)
    # Everywhere as many people: density has nothing to say.
    keep(store, residents(np.full(36, 1500.0), "2025"))
    keep(store, table(young, n=share * PEOPLE, d=PEOPLE))
    for number in range(6):
        add_selection(store, "A", f"Row {number}", "lsoa2021", CODES[6 * number : 6 * number + 6])
    entries = compared(store, "Row 0", "peers")
    assert [entry["level"] for entry in entries] == [f"peer{rank}" for rank in range(1, 6)]
    distances = [entry["distance"] for entry in entries]
    assert distances == sorted(distances)
    assert [entry["area"] for entry in entries] == ["Row 2", "Row 3", "Row 5", "Row 4", "Row 1"]
    assert distances[1] / distances[0] == pytest.approx(10, rel=0.05)
    assert all(entry["difference"] is not None for entry in entries)


def district_table(identity: str = "local.smoking", **columns) -> Reading:
    """Published rows of districts and England, in a file of their own."""
    about = replace(SMOKING, id=identity, geography="district", **{"kind": "proportion"})
    codes = np.array(["E06000001", "E06000002", "E92000001"])
    return Reading(dataset(f"d.{identity}", "indicator", "district"), codes, columns, indicators=(about,))


def test_published_rows_of_another_file_serve_as_comparators(store: Store) -> None:
    keep(store, district_table(n=np.array([30.0, 20.0, 130.0]), d=np.array([100.0, 100.0, 1000.0])))
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    figures = load_figures(store, ["local.smoking"])
    rows = [row for row in profile(figures, localities(store)).rows() if row["geography"] == "lsoa2021"]
    by_level = {entry["level"]: entry for entry in rows[0]["comparators"]}
    assert by_level["england"]["value"] == pytest.approx(13.0)
    assert by_level["england"]["verdict"] == "worse"
    # What the blocks themselves add up to comes first.
    assert by_level["district"]["value"] == pytest.approx(100 * CASES[WEST].sum() / PEOPLE[WEST].sum())


def test_published_summaries_belong_to_their_own_area_alone(store: Store) -> None:
    about = Indicator("published.imd2025.average_score", "Score", "index", "2025", "district", value="v")
    codes = np.array(["E06000001", "E06000002"])
    keep(
        store,
        Reading(dataset("s", "deprivation", "district"), codes, {"v": np.array([21.5, 9.0])}, indicators=(about,)),
    )
    add_selection(store, "A", "Here", "lsoa2021", CODES[[0, 1]])
    add_selection(store, "A", "Whole", "lsoa2021", CODES[WEST])
    rows = list(profile(load_figures(store), localities(store)).rows())
    told = [(row["locality"], row["value"], row["note"]) for row in rows if row["indicator"].startswith("published.")]
    assert told == [("Whole", 21.5, "as published for this area")]


@pytest.mark.parametrize(("years", "said"), [(range(2020, 2025), "getting worse"), (range(2021, 2025), "not tested")])
def test_a_rise_over_five_years_is_getting_worse_and_four_are_not_tested(store: Store, years: range, said: str) -> None:
    for year in years:
        share = 0.05 + 0.03 * (year - 2020)
        one = replace(SMOKING, id="local.yearly", period=str(year))
        keep(store, table(one, n=np.round(share * PEOPLE), d=PEOPLE))
    rows = list(profile_of_blocks(load_figures(store, ["local.yearly"]), "lsoa2021", CODES[:4]).rows())
    assert {row["trend"] for row in rows} == {said}
    assert [row["period"] for row in rows if not row["detail"]] == ["2024"]


def test_many_comparisons_say_what_chance_does_and_which_stay_clear(store: Store) -> None:
    """Forty indicators, two of which truly differ: the marks are scipy's false discovery control."""
    n, d = np.zeros(36), np.full(36, 1000.0)
    for number in range(40):
        n = RNG.binomial(1000, 0.2, 36).astype(float)
        if number < 2:
            n[:4] += 150
        keep(store, table(replace(SMOKING, id=f"local.many{number}"), n=n, d=d))
    ids = [f"local.many{number}" for number in range(40)]
    made = profile_of_blocks(load_figures(store, ids), "lsoa2021", CODES[[0, 1, 2]])
    rows = list(made.rows())
    p = []
    for row in rows:
        c = row["comparators"][0]["value"] / 100
        z = (row["value"] / 100 - c) / np.sqrt(c * (1 - c) / row["denominator"])
        p.append(2 * stats.norm.sf(abs(z)))
    expected = stats.false_discovery_control(p) <= 0.05
    assert [row["clear_after_many"] for row in rows] == expected.tolist()
    assert expected[:2].all()
    (chance,) = made.chance()
    assert (chance.compared, chance.expected) == (40, pytest.approx(2.0))


def test_a_row_says_its_source_its_interval_and_its_weights(store: Store) -> None:
    score = Indicator("imd2025.idaci.average_score", "IDACI", "score", "2025", "lsoa2021", value="v")
    children = Indicator(
        "imd2025.denominator.children", "Children", "count", "2022", "lsoa2021", unit="residents", numerator="c"
    )
    values, few = RNG.uniform(0, 1, 36), RNG.integers(10, 400, 36).astype(float)
    keep(store, table(score, v=values), table(children, c=few))
    figures = load_figures(store)
    rows = {row["indicator"]: row for row in profile_of_blocks(figures, "lsoa2021", CODES[:5]).rows()}
    idaci = rows["imd2025.idaci.average_score"]
    assert idaci["value"] == pytest.approx(np.average(values[:5], weights=few[:5]))
    assert idaci["weighted_by"] == "Children, 2022"
    assert idaci["interval_method"] == ""
    smoking = rows["local.smoking"]
    assert smoking["source"] == "table.local.smoking.2024"
    assert smoking["interval_method"].startswith("Wilson")


def test_a_table_of_many_categories_is_detail(store: Store) -> None:
    ages = [replace(SMOKING, id=f"census2021.age.aged_{age}", numerator=f"n{age}") for age in range(50)]
    columns = {f"n{age}": CASES for age in range(50)} | {"d": PEOPLE}
    keep(store, Reading(dataset("ages", "indicator"), CODES, columns, indicators=tuple(ages)))
    rows = list(profile_of_blocks(load_figures(store), "lsoa2021", CODES[:4]).rows())
    detail = {row["indicator"] for row in rows if row["detail"]}
    assert detail == {one.id for one in ages}


def test_what_rests_on_sensitive_data_says_neither_trend_nor_chance(store: Store) -> None:
    secret = table(replace(SMOKING, id="local.secret"), n=CASES, d=PEOPLE)
    keep(store, replace(secret, dataset=replace(secret.dataset, sensitive=True)))
    made = profile_of_blocks(load_figures(store, ["local.secret"]), "lsoa2021", CODES[:4])
    (row,) = made.rows()
    assert row["trend"] is None
    assert row["clear_after_many"] is None
    assert made.chance()[0].compared == 0
