"""Assets in a county of squares: how many for so many residents, who lives near one, where few do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs import asset_reach
from jsna_desktop.jobs.asset_findings import Question, strengths, with_strengths
from jsna_desktop.jobs.asset_reach import KIND, gap_rows, ground, reach_rows
from jsna_desktop.jobs.assets import NUMBERS, WORDS, Asset, Register
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.findings import all_findings
from jsna_desktop.jobs.localities import add_polygon, add_selection, localities
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.worlds import CODES, SIDE

MIDDLES = np.array([[500 + 1000 * (k % SIDE), 500 + 1000 * (k // SIDE)] for k in range(SIDE * SIDE)], dtype=float)
PEOPLE = 100.0 * np.arange(1, 37)


def assets(*places: tuple[float, float], kinds: str = "") -> Register:
    words = kinds.split() or ["group"] * len(places)
    listed = [Asset(f"a/{k}", f"Asset {k}", kind, "Food", x=x, y=y)
              for k, ((x, y), kind) in enumerate(zip(places, words, strict=True))]  # fmt: skip
    return Register(tuple(listed), date(2026, 1, 1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    names = np.array([f"SN1 {k // 20}{chr(65 + k // 6)}{chr(65 + k % 6)}" for k in range(36)])
    columns = {"easting": MIDDLES[:, 0], "northing": MIDDLES[:, 1]}
    postcodes = Reading(worlds.dataset("postcodes", "postcodes", ""), names, columns)
    with Store.create(tmp_path / "own.jsna") as made:
        worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE), postcodes)
        add_selection(made, "Rows", "Bottom", "lsoa2021", CODES[:6])
        add_polygon(made, "Rows", "Left", shapely.box(0, 0, 1000, 6000))
        yield made


def test_reach_and_density_are_those_of_the_squares(store: Store) -> None:
    found = assets((500, 500), (1500, 1300), (5500, 5500), kinds="group space group")
    rows = reach_rows(ground(store, Choice(names=("Bottom",)), found), 800, KIND)
    by = {row["group"]: row for row in rows}
    # Squares 1 and 2 have one in reach: the first its own, the second the space, 800 m above its middle.
    total = PEOPLE[:6].sum()
    assert by["all assets"]["share_within"] == pytest.approx((PEOPLE[0] + PEOPLE[1]) / total)
    assert by["group"]["share_within"] == pytest.approx(PEOPLE[0] / total)
    assert by["space"]["share_within"] == pytest.approx(PEOPLE[1] / total)
    # The space is near, and not in the place.
    assert [by[name]["assets"] for name in ("all assets", "group", "space")] == [1, 1, 0]
    assert by["all assets"]["per_1000"] == pytest.approx(1000 / total)
    near = reach_rows(ground(store, Choice(names=("Bottom",)), found), 799, KIND)
    assert near[0]["share_within"] == pytest.approx(PEOPLE[0] / total)


def test_districts_come_first_and_hold_their_own_assets(store: Store) -> None:
    found = assets((500, 500), (5500, 5500), (2999, 10), (9999, 9999))
    rows = reach_rows(ground(store, Choice(), found))
    assert [(row["locality"], row["assets"]) for row in rows] == [
        ("Westshire", 2), ("Eastshire", 1), ("Bottom", 2), ("Left", 1),
    ]  # fmt: skip
    left = next(row for row in rows if row["locality"] == "Left")
    assert left["residents"] == pytest.approx(PEOPLE[::6].sum())


def test_who_is_near_none_and_near_the_edge_is_said(store: Store) -> None:
    found = assets((2500, 2500))
    start = ground(store, Choice(names=("Left",)), found)
    [row] = reach_rows(start, 800)
    # All of them begin at the hull's own line: there may be one beyond it.
    assert (row["share_within"], row["edge_share"]) == (0, pytest.approx(1))
    [row] = reach_rows(start, 10_000)
    assert (row["share_within"], row["edge_share"]) == (pytest.approx(1), 0)


def test_assets_without_a_place_are_near_nobody_and_in_no_place(store: Store) -> None:
    [row] = reach_rows(ground(store, Choice(names=("Bottom",)), assets((np.nan, np.nan))))
    assert (row["assets"], row["share_within"], row["per_1000"]) == (0, 0, 0)


def _deprived(store: Store, first: np.ndarray, **more) -> None:
    rank = np.argsort(np.argsort(~first, kind="stable"), kind="stable") + 1.0
    deprivation = replace(worlds.dataset("imd2025", "deprivation", period="2025"), **more)
    decile = np.where(first, 1.0, 10.0)
    worlds.keep(store, Reading(deprivation, CODES, {"imd_rank": rank, "imd_decile": decile}))


def test_gaps_are_the_needy_squares_out_of_reach_those_of_most_people_first(store: Store) -> None:
    needy = np.zeros(36, dtype=bool)
    needy[[0, 1, 2, 6]] = True
    _deprived(store, needy)
    start = ground(store, Choice(names=("Bottom", "Left")), assets((500, 500)))
    rows, rank = gap_rows(start, 800, within="national")
    assert [row["area_code"] for row in rows] == [CODES[6], CODES[2], CODES[1]]
    assert [row["beyond"] for row in rows] == [700, 300, 200]
    assert [row["locality"] for row in rows] == ["Left", "Bottom", "Bottom"]
    assert rows[0]["nearest_metres"] == pytest.approx(1000)
    assert rank.by == "imd2025"
    assert gap_rows(start, 3000, within="national")[0] == []
    # A fifth of the 18 squares of Westshire: the four, as far as they are out of reach.
    local, _ = gap_rows(start, 800)
    assert {row["area_code"] for row in local} <= {CODES[k] for k in (1, 2, 6)} | set(CODES)
    assert CODES[6] in {row["area_code"] for row in local}


def test_sensitive_rankings_name_no_small_areas(store: Store) -> None:
    _deprived(store, np.arange(36) < 4, sensitive=True)
    start = ground(store, Choice(names=("Bottom",)), assets((500, 500)))
    with pytest.raises(DisclosureRefused, match="sensitive"):
        gap_rows(start)
    bottom = next(place for place in localities(store) if place.name == "Bottom")
    found = strengths(store, bottom, Question(), assets((500, 500)))
    assert found.gaps == () and "sensitive" in dict(found.made)["Need"]


@pytest.mark.parametrize("metres", [0, -1, 1e6, float("nan")])
def test_distances_that_are_none(store: Store, metres: float) -> None:
    with pytest.raises(UsageProblem, match="distance is not possible"):
        asset_reach.checked_metres(metres)


def test_the_sentence_follows_from_the_rows(store: Store) -> None:
    _deprived(store, np.arange(36) < 6)
    bottom = next(place for place in localities(store) if place.name == "Bottom")
    found = strengths(store, bottom, Question(), assets((500, 500), (5500, 5500)))
    share = round(100 * PEOPLE[0] / PEOPLE[:6].sum())
    assert found.sentence.startswith("Bottom has 1 asset, 0.48 for every 1,000 residents (Eastshire 0.03).")
    assert f"{share}\u00a0% of residents live within 800 m of one." in found.sentence
    assert [gap.code for gap in found.gaps] == [
        code for code in CODES[:6][::-1] if code in {g.code for g in found.gaps}
    ]
    assert f"{len(found.gaps)} small areas" in found.sentence
    empty = strengths(store, bottom, Question(), assets((5500, 5500)))
    assert empty.sentence.startswith("No asset is recorded in Bottom. It may have some")


def test_the_sources_of_a_pack_are_those_that_it_was_made_from(store: Store) -> None:
    one = {name: np.array([""]) for name in WORDS if name != "name"}
    where = {name: np.array([500.0]) for name in NUMBERS}
    for identity, secret in (("assets.open", False), ("assets.shelters", True)):
        own = replace(worlds.dataset(identity, "assets", ""), title=identity, sensitive=secret)
        worlds.keep(store, Reading(own, np.array(["0"]), {**one, **where}, np.array(["Hall"])))
    bottom = [place for place in localities(store) if place.name == "Bottom"]
    [found] = with_strengths(store, bottom, all_findings(load_figures(store), bottom))
    assert found.strengths is not None and found.strengths.whole.assets == 1
    titles = {source.title for source in found.sources}
    assert "assets.open" in titles and "assets.shelters" not in titles


def test_without_assets_or_residents_it_says_what_to_add(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="no assets"):
        strengths(store, None, Question(), assets())
    with Store.create(tmp_path / "bare.jsna") as bare, pytest.raises(UsageProblem, match="no residents"):
        strengths(bare, None, Question(), assets((500, 500)))


def test_without_an_index_the_rest_is_told_and_why_the_gaps_are_not(store: Store) -> None:
    found = strengths(store, None, Question(), assets((500, 500)))
    assert found.gaps == ()
    assert "not told of" in dict(found.made)["Need"]
    assert found.around is None
