"""Siting in the county of squares: against opening every combination one by one, and what is wrong with candidates."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs import access, access_change, siting, siting_rows
from jsna_desktop.jobs.access_change import Change, Opened
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.release import WITHHELD
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.unit.jobs.test_access import PEOPLE, grid_roads, postcodes, services

HALLS = [(520, 530), (5500, 500), (2490, 3510), (3500, 5480), (5510, 5490), (1500, 4500), (4400, 2600)]


def falls(count: np.ndarray, *, sensitive: bool = False) -> Reading:
    made = worlds.table(Indicator("local.falls", "Falls", "count", "2024", "lsoa2021", numerator="falls"), falls=count)
    return replace(made, dataset=replace(made.dataset, sensitive=sensitive))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "county.jsna")
    worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE), postcodes(), services([(500, 500), (2500, 500)]),
                services(HALLS, "hall"))  # fmt: skip
    return made


def sited(store: Store, count: int, mode: str | None = None, candidates: str = "hall", **more) -> siting.Sites:
    prepared = access.prepare(store, residents_of(store, Choice()), mode)
    return siting.site(prepared, "hub", candidates, count, **more)


def after_opening(store: Store, mode: str | None, chosen: tuple[int, ...], limit: float) -> tuple[float, float]:
    """Mean journey of all residents, and residents within the limit, by a change of services."""
    prepared = access.prepare(store, residents_of(store, Choice()), mode)
    made = access.reach(prepared, "hub", [limit])
    opened = tuple(Opened(f"hall {k}", *map(float, HALLS[k])) for k in chosen)
    cost = access_change.changed(made, Change(open=opened)).cost
    weight = prepared.residents.counted
    return float(cost @ weight / weight.sum()), float(weight[cost <= limit + 1e-9].sum())


@pytest.mark.parametrize("mode", ["distance", "walk", "straight"])
def test_no_other_halls_are_nearer(store: Store, mode: str) -> None:
    if mode != "straight":
        worlds.keep(store, grid_roads())
    made = sited(store, 2, mode)
    tried = {pair: after_opening(store, mode, pair, made.limit)[0] for pair in combinations(range(len(HALLS)), 2)}
    assert made.means()[-1] == pytest.approx(min(tried.values()), rel=1e-9)
    assert tried[tuple(sorted(made.order.tolist()))] == pytest.approx(made.means()[-1], rel=1e-12)
    assert made.means()[0] == pytest.approx(after_opening(store, mode, (), made.limit)[0])
    assert (made.found.proven, made.gap) == (True, 0.0)


@pytest.mark.parametrize("mode", ["distance", "straight"])
def test_no_other_halls_cover_more(store: Store, mode: str) -> None:
    worlds.keep(store, grid_roads())
    made = sited(store, 3, mode, objective=siting.COVER, limit=2.0)
    most = max(after_opening(store, mode, three, 2.0)[1] for three in combinations(range(len(HALLS)), 3))
    assert made.covered()[-1] * PEOPLE.sum() == pytest.approx(most)
    rows = siting_rows.rows(made)
    assert sum(row["brought_within"] for row in rows) == pytest.approx(most - made.covered()[0] * PEOPLE.sum())
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert rows[0]["covered_before"] < rows[0]["covered_after"] < rows[2]["covered_after"]
    assert rows[0]["brought_within"] >= rows[1]["brought_within"] >= rows[2]["brought_within"] > 0
    assert rows[0]["brought_fifths"] is None
    assert "not by deprivation: no open index ranks these areas" in siting_rows.findings(made)


def test_need_moves_the_choice(store: Store) -> None:
    """All in need live in the square of one hall: that is the one."""
    numerator = np.zeros(36)
    numerator[5] = 12
    worlds.keep(store, falls(numerator))
    made = sited(store, 1, weight="local.falls")
    assert made.candidates.names[made.order].tolist() == ["Hall 2"]
    assert made.means()[-1] == 0
    assert "weighted by local.falls" in siting_rows.method(made)


@pytest.mark.parametrize(
    ("numerator", "what"),
    [
        (np.where(np.arange(36) == 3, -1.0, 5.0), "a need is below zero"),
        (np.where(np.arange(36) < 30, np.nan, 5.0), "is not known where"),
        (np.zeros(36), "counts nobody"),
    ],
)
def test_needs_that_cannot_weigh(store: Store, numerator: np.ndarray, what: str) -> None:
    worlds.keep(store, falls(numerator))
    with pytest.raises(UsageProblem, match=what):
        sited(store, 1, weight="local.falls")


def test_a_little_unknown_need_is_left_out_and_said(store: Store) -> None:
    numerator = np.where(np.arange(36) == 3, np.nan, 5.0)
    worlds.keep(store, falls(numerator))
    made = sited(store, 1, weight="local.falls")
    assert f"local.falls is not known where {100 * 4 / PEOPLE.sum():.1f} % of residents live" in "; ".join(made.notes)


def test_a_sensitive_need_is_refused_and_sensitive_halls_leave_no_name(store: Store) -> None:
    worlds.keep(store, falls(np.full(36, 5.0), sensitive=True))
    with pytest.raises(DisclosureRefused):
        sited(store, 1, weight="local.falls")
    secret = services([(5500, 500)], "refuge")
    worlds.keep(store, replace(secret, dataset=replace(secret.dataset, sensitive=True)))
    made = sited(store, 1, candidates="refuge")
    assert made.sensitive
    [row] = siting_rows.released_sites(made)
    assert (row["rank"], row["candidate"], row["mean_after"], row["easting"]) == (1, None, None, None)
    assert row["note"] == WITHHELD


def test_candidates_that_cannot_be_chosen_are_said(store: Store) -> None:
    worlds.keep(store, grid_roads(), services(
        [(500, 500), (3500, 3500), (3500, 3500), (90_000, 500), (np.nan, np.nan)], "stop"
    ))  # fmt: skip
    made = sited(store, 1, candidates="stop")
    assert made.usable.tolist() == [False, True, False, False, False]
    said = "; ".join(made.notes)
    for part in (
        "where hub is open already, left out: 1 candidate", "at the place of another, counted once: 1 candidate",
        "Stop 4 lies", "km from any road, left out", "Stop 5 has no place, left out: no postcode and no coordinates",
    ):  # fmt: skip
        assert part in said
    with pytest.raises(UsageProblem, match="2 places cannot be chosen") as caught:
        sited(store, 2, candidates="stop")
    assert caught.value.found.startswith("1 candidate; ")


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"count": 0}, "no place is to be chosen"),
        ({"candidates": "barn"}, "there are no candidates barn"),
        ({"candidates": "postcodes SN1 1"}, "has no places where a service could open"),
        ({"weight": "local.nothing"}, "there is no indicator local.nothing"),
        ({"weight": "need"}, "nothing tells who is in need"),
        ({"limit": -1.0}, "this is no limit"),
        ({"mode": "drive"}, "no roads are loaded"),
    ],
)
def test_what_cannot_be_asked(store: Store, more: dict, what: str) -> None:
    with pytest.raises(UsageProblem, match=what):
        sited(store, **({"count": 1} | more))


def test_the_first_of_its_kind(store: Store) -> None:
    """With none open everybody's journey is to what is chosen; in halves, those without a way count as the longest."""
    worlds.keep(store, grid_roads(gap=3))
    made = sited(store, 1, new=True)
    assert np.isnan(made.means()[0])
    assert [(row["mean_before"], row["covered_before"]) for row in siting_rows.rows(made)] == [(None, None)]
    half = np.isfinite(made.costs[1])
    assert 0 < half.sum() < len(half)
    assert any("have no known way afterwards" in said for said in siting_rows.findings(made))
    both = sited(store, 2, new=True)
    assert np.isfinite(both.costs[2]).all()


def test_fewer_than_asked_where_no_other_adds_anything(store: Store) -> None:
    made = sited(store, 3, objective=siting.COVER, limit=30.0)
    assert (len(made.order), siting_rows.rows(made)) == (0, [])
    assert "no other candidate brings anybody within the limit" in made.notes
