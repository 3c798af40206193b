"""Profiles of simulated worlds, each kind of indicator against its closed form."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy import stats

from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import add_polygon, add_selection, localities
from jsna_desktop.jobs.profile import profile, profile_of_blocks, profile_of_shape
from jsna_desktop.measures.intervals import byar_count, wilson
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents, table

RNG = np.random.default_rng(20)
PEOPLE = RNG.integers(1000, 2500, 36).astype(float)
CASES = RNG.binomial(PEOPLE.astype(int), 0.15).astype(float)
SMOKING = Indicator(
    "local.smoking", "Smoking", "proportion", "2024", "lsoa2021", unit="%", multiplier=100, polarity="low good",
    numerator="n", denominator="d",
)  # fmt: skip
FOUR = CODES[[0, 1, 6, 7]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(PEOPLE))
        yield made


def one(store: Store, indicator: str, codes: np.ndarray = FOUR) -> dict:
    rows = profile_of_blocks(load_figures(store, [indicator]), "lsoa2021", codes).rows()
    return next(row for row in rows if row["indicator"] == indicator)


def held(codes: np.ndarray = FOUR) -> np.ndarray:
    return np.isin(CODES, codes)


def test_a_proportion_is_a_sum_over_a_sum_with_wilson_limits(store: Store) -> None:
    keep(store, table(SMOKING, n=CASES, d=PEOPLE))
    row = one(store, "local.smoking")
    n, d = CASES[held()].sum(), PEOPLE[held()].sum()
    lower, upper = wilson(np.array([n]), np.array([d]))
    assert row["value"] == pytest.approx(100 * n / d)
    assert (row["numerator"], row["denominator"]) == (n, d)
    assert (row["lower_ci"], row["upper_ci"]) == (pytest.approx(100 * lower[0]), pytest.approx(100 * upper[0]))


def test_a_rate_has_byars_limits(store: Store) -> None:
    rate = replace(SMOKING, id="local.falls", kind="rate", multiplier=100_000, unit="per 100,000")
    keep(store, table(rate, n=CASES, d=PEOPLE))
    row = one(store, "local.falls")
    lower, _ = byar_count(CASES[held()].sum())
    assert row["value"] == pytest.approx(1e5 * CASES[held()].sum() / PEOPLE[held()].sum())
    assert row["lower_ci"] == pytest.approx(1e5 * lower / PEOPLE[held()].sum())


def test_a_mean_is_pooled_as_if_everyone_had_been_measured_together(store: Store) -> None:
    samples = [RNG.normal(20 + block, 4, 30) for block in range(36)]
    mean = Indicator(
        "local.bmi", "BMI", "mean", "2024", "lsoa2021", value="m", n="n", sd="s"
    )  # fmt: skip
    keep(
        store,
        table(
            mean,
            m=np.array([s.mean() for s in samples]),
            n=np.full(36, 30.0),
            s=np.array([s.std(ddof=1) for s in samples]),
        ),
    )
    row = one(store, "local.bmi")
    together = np.concatenate([samples[i] for i in np.flatnonzero(held())])
    expected = stats.t.interval(0.95, len(together) - 1, together.mean(), stats.sem(together))
    assert row["value"] == pytest.approx(together.mean())
    assert (row["lower_ci"], row["upper_ci"]) == pytest.approx(expected)


def test_a_score_is_weighted_by_residents_and_has_no_interval_and_no_verdict(store: Store) -> None:
    score = Indicator(
        "imd2025.average_score", "Score", "score", "2025", "lsoa2021", value="v", measure="average_score",
        polarity="low good",
    )  # fmt: skip
    values = RNG.uniform(2, 60, 36)
    keep(store, table(score, v=values))
    row = one(store, "imd2025.average_score")
    assert row["value"] == pytest.approx(np.average(values[held()], weights=PEOPLE[held()]))
    assert row["lower_ci"] is None
    assert row["numerator"] is None
    assert {c["verdict"] for c in row["comparators"]} == {"not compared"}
    assert row["weighted_by"] == "Residents, 2024"


def test_a_modelled_value_takes_the_widest_limits(store: Store) -> None:
    modelled = Indicator("local.lonely", "Loneliness", "modelled", "2024", "lsoa2021", value="v", se="e")
    values, errors = RNG.uniform(5, 10, 36), RNG.uniform(0.2, 0.6, 36)
    keep(store, table(modelled, v=values, e=errors))
    row = one(store, "local.lonely")
    half = 1.959963984540054 * np.average(errors[held()], weights=PEOPLE[held()])
    assert row["upper_ci"] - row["value"] == pytest.approx(half)
    assert "modelled, widest limits" in row["note"]


@pytest.mark.parametrize(("kind", "word"), [("rank", "not averaged"), ("median", "cannot be combined")])
def test_what_cannot_be_combined_is_refused_with_the_reason(store: Store, kind: str, word: str) -> None:
    keep(store, table(Indicator("local.odd", "Odd", kind, "2024", "lsoa2021", value="v"), v=PEOPLE))
    row = one(store, "local.odd")
    assert row["value"] is None
    assert word in row["note"]


def test_a_total_with_a_hole_is_withheld_and_a_ratio_leaves_the_hole_out(store: Store) -> None:
    n = CASES.copy()
    n[0] = np.nan
    count = Indicator("local.carers", "Carers", "count", "2024", "lsoa2021", numerator="n")
    keep(store, table(count, n=n), table(SMOKING, n=n, d=PEOPLE))
    wide = CODES[:12]
    assert one(store, "local.carers", wide)["value"] is None
    row = one(store, "local.smoking", wide)
    present = held(wide) & np.isfinite(n)
    assert row["value"] == pytest.approx(100 * n[present].sum() / PEOPLE[present].sum())
    assert row["missing_share"] == pytest.approx(PEOPLE[0] / PEOPLE[:12].sum())
    assert "left out" in row["note"]


def test_above_a_fifth_without_values_nothing_is_given(store: Store) -> None:
    n = CASES.copy()
    n[:2] = np.nan
    keep(store, table(SMOKING, n=n, d=PEOPLE))
    row = one(store, "local.smoking")
    assert row["value"] is row["lower_ci"] is row["numerator"] is None
    assert "20 %" in row["note"]


def test_a_suppressed_number_is_low_not_missing_and_not_zero(store: Store) -> None:
    n = CASES.copy()
    hidden = np.zeros(36, dtype=bool)
    n[0], hidden[0] = np.nan, True
    keep(store, table(SMOKING, n=n, d=PEOPLE, n_withheld=hidden))
    row = one(store, "local.smoking")
    known, d = np.nansum(n[held()]), PEOPLE[held()].sum()
    assert row["value"] is None
    assert row["lower_ci"] == pytest.approx(100 * wilson(np.array(known), np.array(d))[0])
    assert row["upper_ci"] == pytest.approx(100 * wilson(np.array(known + 7), np.array(d))[1])
    assert row["missing_share"] == 0
    assert "withheld small numbers" in row["note"]


def test_a_part_of_england_is_never_called_england(store: Store) -> None:
    keep(store, table(SMOKING, n=CASES, d=PEOPLE))
    assert [c["level"] for c in one(store, "local.smoking")["comparators"]] == ["district"]


def test_a_published_value_of_england_is_used(store: Store) -> None:
    codes = np.append(CODES, "E92000001")
    keep(store, table(SMOKING, codes, n=np.append(CASES, 9e6), d=np.append(PEOPLE, 45e6)))
    row = one(store, "local.smoking")
    england = next(c for c in row["comparators"] if c["level"] == "england")
    assert england["value"] == pytest.approx(20)
    assert england["verdict"] == "better"
    assert row["denominator"] == PEOPLE[held()].sum()


def test_the_district_is_the_one_that_holds_the_place_and_not_itself(store: Store) -> None:
    keep(store, table(SMOKING, n=CASES, d=PEOPLE))
    west = np.array([i for i in range(36) if i % 6 < 3])
    district = one(store, "local.smoking")["comparators"][0]
    assert district["area"] == "Westshire"
    assert district["value"] == pytest.approx(100 * CASES[west].sum() / PEOPLE[west].sum())
    assert one(store, "local.smoking", CODES[west])["comparators"][0]["verdict"] == "not compared"
    assert one(store, "local.smoking", CODES[2:4])["comparators"] == []


def test_the_outline_of_blocks_gives_what_the_blocks_give(store: Store) -> None:
    keep(store, table(SMOKING, n=CASES, d=PEOPLE))
    selected = add_selection(store, "A", "Four", "lsoa2021", FOUR)
    drawn = add_polygon(store, "B", "Four", shapely.box(0, 0, 2000, 2000))
    made = profile(load_figures(store), [selected, drawn])
    rows = list(made.rows())
    half = len(rows) // 2
    for a, b in zip(rows[:half], rows[half:], strict=True):
        assert (a["value"], a["lower_ci"], a["upper_ci"]) == (b["value"], b["lower_ci"], b["upper_ci"])
    assert [s.residents_cut for s in made.summaries] == [0.0, 0.0]


def test_a_line_through_blocks_tells_who_lives_in_them_and_the_range(store: Store) -> None:
    made = profile_of_shape(load_figures(store), shapely.box(0, 0, 1400, 1000))
    summary = made.summaries[0]
    assert summary.residents == pytest.approx(PEOPLE[0] + 0.4 * PEOPLE[1])
    assert summary.residents_cut == pytest.approx(0.4 * PEOPLE[1])
    assert summary.residents_range == (pytest.approx(PEOPLE[0]), pytest.approx(summary.residents))


def test_a_verdict_that_hangs_on_the_method_is_not_given(store: Store) -> None:
    """By area the place takes half of a block where nearly everyone smokes; by best fit none of it."""
    n = 0.1 * PEOPLE
    n[1] = 0.9 * PEOPLE[1]
    keep(store, table(SMOKING, n=n, d=PEOPLE))
    rows = profile_of_shape(load_figures(store, ["local.smoking"]), shapely.box(0, 0, 1499, 1000)).rows()
    row = next(iter(rows))
    assert row["comparators"][0]["verdict"] == "not compared"
    assert "disagree" in row["note"]


def test_disjoint_places_sum_to_their_union(store: Store) -> None:
    figures = load_figures(store)
    left, right = shapely.box(100, 200, 2600, 1700), shapely.box(2600, 200, 5100, 1700)
    totals = [
        profile_of_shape(figures, shape).summaries[0].residents
        for shape in (left, right, shapely.union_all([left, right]))
    ]
    assert totals[0] + totals[1] == pytest.approx(totals[2])


def test_no_boundaries_for_an_older_vintage_is_said_not_guessed(store: Store) -> None:
    old = replace(SMOKING, geography="lsoa2011")
    keep(store, table(old, n=CASES, d=PEOPLE))
    place = add_selection(store, "A", "Four", "lsoa2021", FOUR)
    row = next(r for r in profile(load_figures(store), [place]).rows() if r["indicator"] == "local.smoking")
    assert row["value"] is None
    assert "no boundaries of LSOAs 2011" in row["note"]


def test_sensitive_numbers_pass_the_gate_rounded_alone(store: Store) -> None:
    from jsna_desktop.jobs.release import ROUNDED, released_rows

    secret = table(SMOKING, n=CASES, d=PEOPLE)
    keep(store, replace(secret, dataset=replace(secret.dataset, sensitive=True)))
    figures = load_figures(store)
    made = profile_of_blocks(figures, "lsoa2021", FOUR)
    row = next(r for r in released_rows(figures, made, leaving=True) if r["indicator"] == "local.smoking")
    assert row["note"].startswith(ROUNDED)
    assert row["numerator"] % 5 == row["denominator"] % 5 == 0
    assert abs(row["numerator"] - CASES[held()].sum()) <= 2.5


def test_a_count_alone_gets_no_verdict(store: Store) -> None:
    count = Indicator("local.falls", "Falls", "count", "2024", "lsoa2021", polarity="low good", numerator="n")
    keep(store, table(count, n=CASES))
    row = one(store, "local.falls")
    assert row["lower_ci"] is not None
    assert row["comparators"][0]["value"] is not None
    assert row["comparators"][0]["verdict"] == "not compared"


def test_a_table_that_stops_at_the_edge_of_the_county_is_not_england(store: Store) -> None:
    """The residents of a county are unknown beyond it, so a gap measured by them alone would weigh nothing."""
    short = PEOPLE.copy()
    short[8:] = np.nan
    figures = Indicator("local.carers", "Carers", "proportion", "2025", "lsoa2021", numerator="n", denominator="d")
    keep(store, residents(short, "2025"), table(figures, n=np.where(np.isnan(short), np.nan, CASES), d=short))
    row = one(store, "local.carers", CODES[[0, 6]])
    assert row["value"] is not None
    assert row["comparators"][0]["value"] is None
    rows = list(profile_of_blocks(load_figures(store, ["population.residents"]), "lsoa2021", CODES[6:12]).rows())
    assert next(r for r in rows if r["period"] == "2025")["value"] is None


def test_residents_are_not_a_sum_with_a_hole(store: Store) -> None:
    short = PEOPLE.copy()
    short[0] = np.nan
    keep(store, residents(short, "2025"))
    figures = load_figures(store)
    assert profile_of_blocks(figures, "lsoa2021", FOUR).summaries[0].residents is None
    assert profile_of_blocks(figures, "lsoa2021", CODES[6:8]).summaries[0].residents == PEOPLE[6:8].sum()


def test_only_a_count_of_residents_weights_scores(store: Store) -> None:
    score = Indicator("imd2025.average_score", "Score", "score", "2025", "lsoa2021", value="v", measure="average_score")
    odd = replace(SMOKING, id="population.residents", period="2025")
    values = RNG.uniform(2, 60, 36)
    keep(store, table(score, v=values), table(odd, n=CASES, d=PEOPLE))
    expected = np.average(values[held()], weights=PEOPLE[held()])
    assert one(store, "imd2025.average_score")["value"] == pytest.approx(expected)


def test_a_sliver_of_a_neighbour_does_not_take_the_district_away(store: Store) -> None:
    keep(store, table(SMOKING, n=CASES, d=PEOPLE))
    shape = shapely.box(1000, 0, 3002, 2000)  # two metres into the next district
    row = next(iter(profile_of_shape(load_figures(store, ["local.smoking"]), shape).rows()))
    assert [c["area"] for c in row["comparators"]] == ["Westshire"]


def test_weights_that_cannot_be_kept_are_made_again(store: Store) -> None:
    import sqlite3

    add_polygon(store, "A", "Drawn", shapely.box(0, 0, 1400, 1000))
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        made = profile(load_figures(store), localities(store))
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert made.summaries[0].residents == pytest.approx(PEOPLE[0] + 0.4 * PEOPLE[1])


def test_residents_from_sensitive_data_do_not_pass_the_gate(store: Store) -> None:
    from jsna_desktop.jobs.show import contents

    secret = residents(PEOPLE, "2025")
    keep(store, replace(secret, dataset=replace(secret.dataset, sensitive=True)))
    add_selection(store, "A", "Four", "lsoa2021", FOUR)
    assert contents(store)["localities"][0]["residents"] is None


@pytest.mark.parametrize("kind", ["score", "modelled", "proportion", "rate", "mean", "count"])
@pytest.mark.parametrize("parts", [{"numerator": "a"}, {"denominator": "a"}, {"value": "a"}, {}])
def test_a_kind_whose_parts_are_not_there_is_refused_and_spoils_no_other(store: Store, kind: str, parts: dict) -> None:
    keep(store, table(Indicator("local.odd", "Odd", kind, "2024", "lsoa2021", **parts), a=PEOPLE))
    rows = profile_of_blocks(load_figures(store), "lsoa2021", FOUR).rows()
    found = {row["indicator"]: row for row in rows}
    assert found["population.residents"]["value"] == PEOPLE[held()].sum()
    odd = found["local.odd"]
    assert odd["value"] is not None or odd["note"].startswith("not given")


def test_what_only_sensitive_residents_could_weight_does_not_leave_either(tmp_path: Path) -> None:
    score = Indicator("imd2025.average_score", "Score", "score", "2025", "lsoa2021", value="v", measure="average_score")
    secret = residents(PEOPLE, "2025")
    with Store.create(tmp_path / "secret.jsna") as made:
        keep(
            made,
            boundaries(),
            replace(secret, dataset=replace(secret.dataset, sensitive=True)),
            table(score, v=np.arange(36.0)),
        )
        assert load_figures(made).sensitive == {"population.residents", "imd2025.average_score"}
        # Open residents are taken instead, though they are of another year.
        keep(made, residents(PEOPLE, "2020"))
        assert load_figures(made).sensitive == {"population.residents"}
        assert one(made, "imd2025.average_score")["weighted_by"] == "Residents, 2020"
