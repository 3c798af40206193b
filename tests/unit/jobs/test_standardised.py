"""Rates standardised for age: plain tables by age band, and deaths over residents by age."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.profile import profile_of_blocks
from jsna_desktop.measures.rates import BANDS, EUROPEAN_2013, directly_standardised, indirectly_standardised
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, dataset, keep

RNG = np.random.default_rng(1991)
# Fewer and fewer people, more and more of them dying.
PEOPLE = RNG.integers(80, 400, (36, 19)).astype(float)
DEATHS = RNG.poisson(PEOPLE * np.geomspace(0.001, 0.2, 19)).astype(float)
FOUR = CODES[[0, 1, 6, 7]]
HELD = np.isin(CODES, FOUR)
WEST = np.array([place % 6 < 3 for place in range(36)])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries())
        yield made


def rates(bands=BANDS, events=DEATHS, people=PEOPLE, identity="local.falls", withheld=None) -> Reading:
    columns, made = {}, []
    for at, band in enumerate(bands):
        columns |= {f"{band}|n": events[:, at], f"{band}|d": people[:, at]}
        made.append(
            Indicator(
                identity, "Falls", "dsr", "2024", "lsoa2021", unit="per 100,000", multiplier=100_000.0, age=band,
                polarity="low good", numerator=f"{band}|n", denominator=f"{band}|d",
            )
        )  # fmt: skip
    hidden = {} if withheld is None else {f"{band}|n": withheld[:, at] for at, band in enumerate(bands)}
    return Reading(dataset(identity, "indicator"), CODES, columns, indicators=tuple(made), withheld=hidden)


def rows(store: Store, *wanted: str, codes: np.ndarray = FOUR, standard: str = "") -> list[dict]:
    figures = load_figures(store, list(wanted) or None, standard=standard)
    return list(profile_of_blocks(figures, "lsoa2021", codes).rows())


def test_a_rate_by_age_band_is_one_standardised_rate_with_dobsons_limits(store: Store) -> None:
    keep(store, rates())
    (row,) = rows(store, "local.falls")
    share = EUROPEAN_2013 / EUROPEAN_2013.sum()
    events, people = DEATHS[HELD].sum(axis=0), PEOPLE[HELD].sum(axis=0)
    assert row["value"] == pytest.approx(1e5 * (share * events / people).sum())
    known = directly_standardised(events, people)
    assert (row["lower_ci"], row["upper_ci"]) == (pytest.approx(known.lower), pytest.approx(known.upper))
    assert (row["numerator"], row["denominator"]) == (events.sum(), people.sum())
    assert row["age"] == "all"
    assert row["interval_method"].startswith("Dobson")
    district = row["comparators"][0]
    west = directly_standardised(DEATHS[WEST].sum(axis=0), PEOPLE[WEST].sum(axis=0))
    assert district["value"] == pytest.approx(west.value)


def test_fewer_than_ten_events_are_not_standardised(store: Store) -> None:
    few = np.zeros((36, 19))
    few[0, 18] = 9
    keep(store, rates(events=few))
    (row,) = rows(store, "local.falls")
    assert row["value"] is None
    assert "fewer than 10 events" in row["note"]


@pytest.mark.parametrize(
    ("bands", "words"),
    [((*BANDS[:17], "85+"), ("85+ is not in it", "85-89, 90+ are missing")), (BANDS[:18], ("90+ is missing",))],
)
def test_bands_that_are_not_the_standards_are_named(store: Store, bands: tuple, words: tuple) -> None:
    keep(store, rates(bands))
    (row,) = rows(store, "local.falls")
    assert row["value"] is None
    assert all(word in row["note"] for word in words)


def test_suppressed_events_are_a_range(store: Store) -> None:
    hidden = np.zeros(DEATHS.shape, dtype=bool)
    hidden[0, :2] = True
    events = np.where(hidden, np.nan, DEATHS)
    keep(store, rates(events=events, withheld=hidden))
    (row,) = rows(store, "local.falls")
    least = directly_standardised(np.nan_to_num(events)[HELD].sum(axis=0), PEOPLE[HELD].sum(axis=0))
    most = np.where(hidden, 7.0, np.nan_to_num(events))[HELD].sum(axis=0)
    assert row["value"] is None
    assert row["lower_ci"] == pytest.approx(least.lower)
    assert row["upper_ci"] == pytest.approx(directly_standardised(most, PEOPLE[HELD].sum(axis=0)).upper)
    assert "0 to 7" in row["interval_method"]


def test_the_ratio_by_the_districts_own_rates(store: Store) -> None:
    keep(store, rates())
    made = {row["indicator"]: row for row in rows(store, standard="district")}
    known = indirectly_standardised(
        DEATHS[HELD].sum(axis=0), PEOPLE[HELD].sum(axis=0), DEATHS[WEST].sum(axis=0), PEOPLE[WEST].sum(axis=0), 100
    )
    row = made["local.falls.isr"]
    assert row["value"] == pytest.approx(known.value)
    assert (row["lower_ci"], row["upper_ci"]) == (pytest.approx(known.lower), pytest.approx(known.upper))
    assert row["denominator"] == pytest.approx(known.expected)
    assert row["comparators"][0]["value"] == pytest.approx(100)
    crude = DEATHS[WEST].sum() / PEOPLE[WEST].sum()
    assert made["local.falls.israte"]["value"] == pytest.approx(1000 * crude * known.value)


def test_without_all_of_england_there_is_no_ratio_by_england(store: Store) -> None:
    keep(store, rates())
    (row,) = rows(store, "local.falls.isr")
    assert row["value"] is None
    assert "all of England" in row["note"]
    with pytest.raises(UsageProblem):
        load_figures(store, ["local.fall.isr"])


def deaths(years: tuple[int, ...] = (2022, 2023, 2024), **changes) -> Reading:
    """The long table of deaths as its reader gives it, one row a block, year, sex and band."""
    block, year, sex, band = (
        part.ravel() for part in np.meshgrid(np.arange(36), years, ["female", "male"], np.arange(19), indexing="ij")
    )
    counts = np.stack([DEATHS, np.roll(DEATHS, 1, axis=0)], axis=2)[block, band, (sex == "male").astype(int)]
    table = {
        "area": CODES[block], "year": year.astype(np.int16), "sex": sex, "age": np.array(BANDS)[band],
        "cause": np.full(len(block), "all"), "deaths": counts, "withheld": np.zeros(len(block), dtype=bool),
    }  # fmt: skip
    total = np.bincount(block, counts, minlength=36) / len(years)
    columns = {f"all_{one}": total for one in years}
    made = tuple(
        Indicator("deaths.all", "Deaths", "count", str(one), "lsoa2021", unit="deaths", numerator=f"all_{one}")
        for one in years
    )
    about = dataset("deaths", "deaths")
    return replace(Reading(about, CODES, columns, indicators=made, tables={"deaths": table}), **changes)


def people_by_age(sexes: bool = True) -> Reading:
    """Residents by single year of age: a fifth of each band in every year of it, the last in 90 and over."""
    single = np.repeat(PEOPLE[:, :18] / 5, 5, axis=1)
    ages = np.concatenate([single, PEOPLE[:, 18:]], axis=1)
    labels = (*(str(age) for age in range(90)), "90+")
    columns = {"ages_persons": 2 * ages} | ({"ages_female": ages, "ages_male": ages} if sexes else {})
    return Reading(dataset("ages", "population", period="2023"), CODES, columns, labels=dict.fromkeys(columns, labels))


def test_deaths_are_standardised_over_the_years_together_and_by_sex(store: Store) -> None:
    keep(store, people_by_age(), deaths())
    made = {(row["period"], row["sex"]): row for row in rows(store, "deaths.dsr")}
    assert set(made) == {
        ("2022-2024", "persons"), ("2022-2024", "female"), ("2022-2024", "male"),
        ("2022", "persons"), ("2023", "persons"), ("2024", "persons"),
    }  # fmt: skip
    women, men = DEATHS[HELD].sum(axis=0), np.roll(DEATHS, 1, axis=0)[HELD].sum(axis=0)
    people = PEOPLE[HELD].sum(axis=0)
    pooled = directly_standardised(3 * (women + men), 6 * people)
    row = made["2022-2024", "persons"]
    assert row["value"] == pytest.approx(pooled.value)
    assert row["upper_ci"] == pytest.approx(pooled.upper)
    assert row["weighted_by"] == "residents by age band, 2023 (the nearest years that are loaded)"
    assert made["2022-2024", "male"]["value"] == pytest.approx(directly_standardised(3 * men, 3 * people).value)
    assert not row["detail"]
    assert made["2023", "persons"]["detail"]


def test_deaths_without_residents_by_age_say_what_to_add(store: Store) -> None:
    keep(store, deaths())
    made = rows(store, "deaths.dsr")
    assert all(row["value"] is None and "add a population by age" in row["note"] for row in made)


def test_deaths_by_bands_that_cross_the_standards_are_refused(store: Store) -> None:
    reading = deaths()
    table = reading.tables["deaths"]
    crossing = np.where(np.isin(table["age"], ["80-84", "85-89"]), "80-89", table["age"])
    keep(store, people_by_age(), replace(reading, tables={"deaths": table | {"age": crossing}}))
    assert {row["note"] for row in rows(store, "deaths.dsr")} == {
        "not given: its age bands are not those of the 2013 European Standard Population: 80-89 is not in it"
    }


def test_a_district_has_a_hundred_by_its_own_rates_of_death(store: Store) -> None:
    keep(store, people_by_age(), deaths())
    made = rows(store, "deaths.isr", codes=CODES[WEST], standard="district")
    pooled = next(row for row in made if row["period"] == "2022-2024" and row["sex"] == "persons")
    assert pooled["value"] == pytest.approx(100)


def test_sensitive_deaths_make_sensitive_rates(store: Store) -> None:
    secret = deaths()
    keep(store, people_by_age(), replace(secret, dataset=replace(secret.dataset, sensitive=True)))
    assert load_figures(store, ["deaths.dsr"]).sensitive >= {"deaths.dsr"}
