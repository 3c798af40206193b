"""The disclosure gate: sensitive counts of a simulated world, attacked with everything that left of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from jsna_desktop.errors import DisclosureRefused
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import add_polygon, add_selection, localities
from jsna_desktop.jobs.output import released
from jsna_desktop.jobs.profile import profile
from jsna_desktop.jobs.release import ROUNDED, SMALL, WITHHELD, released_rows
from jsna_desktop.measures.disclosure import rounded
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.worlds import CODES

EVENTS = Indicator("events.falls", "Falls", "count", "2024", "lsoa2021", unit="events", numerator="falls")
SHARE = Indicator(
    "local.smokers", "Smokers", "proportion", "2024", "lsoa2021", unit="%", multiplier=100.0, polarity="low good",
    numerator="smokers", denominator="asked",
)  # fmt: skip
RNG = np.random.default_rng(11)
FALLS = RNG.poisson(2.0, len(CODES)).astype(float)
ASKED = RNG.integers(20, 60, len(CODES)).astype(float)
SMOKERS = np.floor(ASKED * 0.2)


def _secret(reading: Reading) -> Reading:
    return replace(reading, dataset=replace(reading.dataset, sensitive=True))


@pytest.fixture
def store(tmp_path: Path):
    with Store.create(tmp_path / "world.jsna") as made:
        worlds.keep(
            made,
            worlds.boundaries(),
            worlds.residents(np.full(len(CODES), 1500.0)),
            _secret(worlds.table(EVENTS, falls=FALLS)),
            _secret(worlds.table(SHARE, smokers=SMOKERS, asked=ASKED)),
        )
        yield made


def _rows(store: Store, identity: str, leaving: bool = True) -> dict[str, dict]:
    figures = load_figures(store)
    made = profile(figures, localities(store))
    return {r["locality"]: r for r in released_rows(figures, made, leaving=leaving) if r["indicator"] == identity}


def test_counts_leave_rounded_and_small_ones_not_at_all(store: Store) -> None:
    add_selection(store, "Towns", "Large", "lsoa2021", CODES[:18])
    one = int(np.flatnonzero((FALLS > 0) & (FALLS < 8))[0])
    add_selection(store, "Towns", "Small", "lsoa2021", CODES[one : one + 1])
    rows = _rows(store, "events.falls")
    assert rows["Large"]["value"] == 5 * np.floor(FALLS[:18].sum() / 5 + 0.5)
    assert rows["Large"]["note"].startswith(ROUNDED)
    assert rows["Large"]["lower_ci"] < rows["Large"]["value"] < rows["Large"]["upper_ci"]
    assert rows["Small"]["note"] == SMALL
    assert [rows["Small"][name] for name in ("value", "lower_ci", "upper_ci", "numerator", "denominator")] == [None] * 5


def test_a_proportion_is_worked_out_from_its_rounded_counts(store: Store) -> None:
    add_selection(store, "Towns", "Large", "lsoa2021", CODES[:18])
    row = _rows(store, "local.smokers")["Large"]
    assert row["numerator"] % 5 == row["denominator"] % 5 == 0
    assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
    assert row["value"] != pytest.approx(100 * SMOKERS[:18].sum() / ASKED[:18].sum())
    for entry in row["comparators"]:
        assert entry["value"] is None or entry["verdict"] in ("better", "worse", "similar", "not compared")


def test_zero_is_shown(store: Store) -> None:
    none = np.flatnonzero(FALLS == 0)[:1]
    add_selection(store, "Towns", "Quiet", "lsoa2021", CODES[none])
    row = _rows(store, "events.falls")["Quiet"]
    assert (row["value"], row["numerator"]) == (0, 0)


def test_open_data_is_as_it_was(store: Store) -> None:
    add_selection(store, "Towns", "Large", "lsoa2021", CODES[:18])
    row = _rows(store, "population.residents")["Large"]
    assert (row["value"], row["note"]) == (18 * 1500, "")


def test_other_figures_from_sensitive_data_do_not_leave(store: Store) -> None:
    score = Indicator("local.frailty", "Frailty", "score", "2024", "lsoa2021", value="frailty")
    worlds.keep(store, _secret(worlds.table(score, frailty=RNG.random(len(CODES)))))
    add_selection(store, "Towns", "Large", "lsoa2021", CODES[:18])
    row = _rows(store, "local.frailty")["Large"]
    assert (row["value"], row["note"]) == (None, WITHHELD)


def _bounds(row: dict) -> tuple[float, float] | None:
    if row["numerator"] is None:
        return None
    shown = row["numerator"]
    return (0.0, 0.0) if shown == 0 else (max(shown - 2.5, 7.5), shown + 2.5)


def test_nothing_hidden_is_worked_back_from_exports_of_an_edited_boundary(store: Store) -> None:
    """A place grows by one small area at a time; overlapping places, a drawn one and their district leave as well."""
    left: list[tuple[np.ndarray, tuple[float, float] | None]] = []
    shapes = {}
    for step in range(4):
        name = f"Grown {step}"
        shapes[name] = np.isin(CODES, CODES[: 9 + step])
        add_selection(store, "Towns", name, "lsoa2021", CODES[: 9 + step])
        for place, held in shapes.items():
            left.append((held.astype(float), _bounds(_rows(store, "events.falls")[place])))
    for at in range(0, 36, 7):
        name = f"One {at}"
        shapes[name] = CODES[at] == CODES
        add_selection(store, "Towns", name, "lsoa2021", CODES[at : at + 1])
    rows = _rows(store, "events.falls")
    left += [(held.astype(float), _bounds(rows[place])) for place, held in shapes.items()]
    west = np.isin(CODES, CODES[worlds.boundaries().columns["lad"] == "E06000001"]).astype(float)
    for row in rows.values():
        for entry in row["comparators"]:
            if entry["level"] == "district" and entry["area"] == "Westshire" and entry["value"] is not None:
                left.append((west, (entry["value"] - 2.5, entry["value"] + 2.5)))
    hidden = [held for held, bounds in left if bounds is None and held @ FALLS > 0]
    assert hidden
    known = [(held, bounds) for held, bounds in left if bounds is not None]
    matrix = np.vstack([np.array([h for h, _ in known]), -np.array([h for h, _ in known])])
    limits = np.concatenate([[b[1] for _, b in known], [-b[0] for _, b in known]]) + 1e-9
    for held in hidden:
        low, high = (linprog(sign * held, A_ub=matrix, b_ub=limits) for sign in (1, -1))
        top = np.inf if high.status == 3 else -high.fun
        assert low.fun - 1e-6 <= held @ FALLS <= top + 1e-6
        assert np.floor(top + 1e-6) - np.ceil(low.fun - 1e-6) + 1 >= 5


def test_what_left_is_kept_once_and_what_was_only_seen_is_not(store: Store) -> None:
    add_selection(store, "Towns", "Large", "lsoa2021", CODES[:18])
    _rows(store, "events.falls", leaving=False)
    assert store.one("SELECT COUNT(*) FROM ledger")[0] == 0
    _rows(store, "events.falls")
    kept = store.one("SELECT COUNT(*) FROM ledger")[0]
    assert kept > 0
    _rows(store, "events.falls")
    assert store.one("SELECT COUNT(*) FROM ledger")[0] == kept


def test_where_it_cannot_be_recorded_nothing_sensitive_leaves(store: Store, tmp_path: Path) -> None:
    add_selection(store, "Towns", "Large", "lsoa2021", CODES[:18])
    with Store.open(store.path, read_only=True) as second:
        figures = load_figures(second)
        made = profile(figures, localities(second))
        with pytest.raises(DisclosureRefused, match="can only be read"):
            released(figures, made)
        asked = load_figures(second, ["population.residents"])
        assert released(asked, profile(asked, localities(second)))[0]["value"] == 18 * 1500


def test_a_drawn_place_that_cuts_small_areas(store: Store) -> None:
    import shapely

    add_polygon(store, "Drawn", "Cut", shapely.box(500, 500, 4500, 4500))
    row = _rows(store, "events.falls")["Cut"]
    assert row["numerator"] is None or row["numerator"] % 5 == 0


def test_the_order_of_exports_does_not_open_what_was_hidden(store: Store) -> None:
    one = int(np.flatnonzero((FALLS > 0) & (FALLS < 8))[0])
    others = [at for at in range(len(CODES)) if at != one]
    add_selection(store, "Towns", "All but one", "lsoa2021", CODES[others])
    _rows(store, "events.falls")
    add_selection(store, "Towns", "All", "lsoa2021", CODES)
    add_selection(store, "Towns", "One", "lsoa2021", CODES[one : one + 1])
    rows = _rows(store, "events.falls")
    assert rows["One"]["note"] == SMALL
    parts = [_bounds(rows[name]) for name in ("All", "All but one")]
    if all(parts):
        assert parts[0][1] - parts[1][0] - max(0.0, parts[0][0] - parts[1][1]) >= 4


def test_the_map_shows_no_small_count_of_a_small_area(store: Store) -> None:
    from jsna_desktop.jobs.map_data import colour_values, load_blocks
    from jsna_desktop.workspace import catalogue

    blocks = load_blocks(store)
    assert blocks is not None
    by_id = {indicator.id: indicator for indicator in catalogue.indicators(store)}
    values, hidden = colour_values(store, by_id["events.falls"], blocks)
    small = (FALLS > 0) & (FALLS < 8)
    np.testing.assert_array_equal(hidden, small)
    assert np.isnan(values[small]).all()
    assert (values[~small] % 5 == 0).all()
    share, _ = colour_values(store, by_id["local.smokers"], blocks)
    known = np.isfinite(share)
    assert known.any()
    np.testing.assert_allclose(share[known], (100 * rounded(SMOKERS) / rounded(ASKED))[known])
    open_values, none = colour_values(store, by_id["population.residents"], blocks)
    assert not none.any()
    assert (open_values == 1500).all()
