"""Rasters in drawn places that cut areas, against every cell, every postcode and every resident."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.profile import Others, profile, profile_of_blocks, profile_of_shape
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.unit.jobs.test_raster_classes import ZONES, flood
from tests.unit.jobs.test_raster_values import EAST, PEOPLE, postcodes, raster

CELLS = np.array([[shapely.box(c * 100, 5900 - r * 100, c * 100 + 100, 6000 - r * 100) for c in range(60)]
                  for r in range(60)])  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE))
        yield made


def drawn(store: Store, shape: shapely.Geometry, identity: str, method: str | None = None) -> dict:
    figures = load_figures(store, [identity])
    if method is None:
        (found,) = profile_of_shape(figures, shape).rows()
        return found
    (found,) = profile(figures, [Locality(0, "Place", "", "polygon", shape=shape)], method).rows()
    return found


def by_land(cells: np.ndarray, shape: shapely.Geometry) -> float:
    """The mean over residents spread evenly over the land of each square that has a value."""
    square = np.flipud(np.kron(PEOPLE.reshape(6, 6), np.ones((10, 10))))
    held = shapely.area(shapely.intersection(CELLS, shape)) / 1e6 * square
    known = np.isfinite(cells)
    return float((held * np.nan_to_num(cells)).sum() / held[known].sum())


@pytest.mark.parametrize("seed", range(4))
def test_by_land_it_is_what_the_cells_inside_have(store: Store, seed: int) -> None:
    """Residents even over a square's land: then the line and the cells inside it are all there is to know."""
    draws = np.random.default_rng(seed)
    shape = shapely.Point(draws.uniform(1500, 4500, 2)).buffer(draws.uniform(500, 1400))
    worlds.keep(store, flood(ZONES), raster(EAST))
    assert drawn(store, shape, "raster.pm25")["value"] == pytest.approx(by_land(EAST, shape), rel=1e-6)
    truth = by_land(100.0 * (ZONES == 3), shape)
    found = drawn(store, shape, "raster.flood.class_3")
    assert found["value"] == pytest.approx(truth, rel=1e-6)
    assert found["missing_share"] == 0 and found["note"] == "modelled"


@pytest.mark.parametrize("seed", range(4))
def test_by_postcodes_it_is_what_those_inside_have(store: Store, seed: int) -> None:
    draws = np.random.default_rng(seed)
    at = np.unique(draws.integers(1, 599, (900, 2)), axis=0) * 10.0 + 5
    shape = shapely.Point(draws.uniform(1500, 4500, 2)).buffer(draws.uniform(500, 1400))
    worlds.keep(store, flood(ZONES), postcodes(at))
    zone = ZONES[((6000 - at[:, 1]) // 100).astype(int), (at[:, 0] // 100).astype(int)]
    square = (at[:, 1] // 1000 * 6 + at[:, 0] // 1000).astype(int)
    weight = PEOPLE[square] / np.bincount(square, minlength=36)[square]
    inside = shapely.contains_xy(shape, *(at + np.array([0.00031, 0.00017])).T)
    truth = 100 * (weight * (zone == 3))[inside].sum() / weight[inside].sum()
    assert drawn(store, shape, "raster.flood.class_3")["value"] == pytest.approx(truth, rel=1e-9)
    # By another method of sharing out other residents are inside, and live at the same postcodes.
    assert 0 < drawn(store, shape, "raster.flood.class_3", "area")["value"] < 100


@pytest.mark.parametrize("weighed", ["postcodes", "grid", "land"])
def test_parts_bring_together_what_the_whole_has(store: Store, weighed: str) -> None:
    draws = np.random.default_rng(9)
    worlds.keep(store, flood(ZONES))
    if weighed == "postcodes":
        worlds.keep(store, postcodes(np.unique(draws.integers(1, 599, (900, 2)), axis=0) * 10.0 + 5))
    if weighed == "grid":
        worlds.keep(store, raster(draws.integers(0, 9, (12, 12)).astype(float), "raster.population", "people"))
    method = "dasymetric" if weighed == "grid" else None
    whole = shapely.box(1000, 1000, 3000, 2000)
    disc = shapely.Point(1900, 1400).buffer(600)
    pieces = [drawn(store, part, "raster.flood.class_3", method) for part in (whole & disc, whole - disc)]
    people = np.array([piece["denominator"] for piece in pieces])
    (every,) = profile_of_blocks(
        load_figures(store, ["raster.flood.class_3"]), "lsoa2021", worlds.CODES[[7, 8]]
    ).rows()  # fmt: skip
    assert people.sum() == pytest.approx(every["denominator"], rel=1e-9)
    assert people @ [piece["value"] for piece in pieces] / people.sum() == pytest.approx(every["value"], rel=1e-9)
    assert abs(pieces[0]["value"] - pieces[1]["value"]) > 0.01


def test_a_part_without_a_value_is_told(store: Store) -> None:
    """The western half of the first square has none: a place of its western part is withheld, of its east whole."""
    cells = EAST.copy()
    cells[50:, :5] = np.nan
    worlds.keep(store, raster(cells))
    east = drawn(store, shapely.box(500, 0, 2000, 1000), "raster.pm25")
    assert east["value"] == pytest.approx((0.75 * 500 + 1.5 * 1001) / 1501, rel=1e-6)
    assert east["missing_share"] == pytest.approx(0)
    some = drawn(store, shapely.box(400, 0, 2000, 1000), "raster.pm25")
    assert some["missing_share"] == pytest.approx(100 / 1601) and "6.2 % of residents" in some["note"]
    west = drawn(store, shapely.box(100, 0, 600, 1000), "raster.pm25")
    assert west["value"] is None and west["missing_share"] == pytest.approx(0.8) and "20 %" in west["note"]


def test_other_indicators_and_whole_areas_are_as_they_were(store: Store) -> None:
    score = worlds.table(
        replace(worlds.residents(PEOPLE).indicators[0], id="local.score", kind="modelled", numerator=None, value="v"),
        v=np.arange(36.0),
    )
    before = drawn_both(store, score)
    cells = EAST.copy()
    cells[55:, :20] = np.nan  # a raster of which some is unknown shares no sum with another indicator
    worlds.keep(store, raster(cells))
    assert drawn_both(store, None) == before
    whole = drawn(store, shapely.box(1000, 1000, 3000, 2000), "raster.pm25")
    assert whole["value"] == pytest.approx((1.5 * 1007 + 2.5 * 1008) / 2015, rel=1e-6)


def drawn_both(store: Store, first) -> list:
    if first is not None:
        worlds.keep(store, first)
    shape = shapely.box(500, 0, 2000, 1000)
    return [drawn(store, shape, one)["value"] for one in ("local.score", "population.residents")]


def test_a_stored_place_and_what_it_is_compared_with(store: Store) -> None:
    worlds.keep(store, raster(EAST))
    one, other = (
        Locality(0, name, "", "polygon", shape=shapely.box(x, 0, x + 1500, 1000))
        for name, x in (("One", 500), ("Other", 3200))
    )
    (row,) = profile(load_figures(store, ["raster.pm25"]), [one], others=Others(localities=(other,))).rows()
    beside = {compared["area"]: compared["value"] for compared in row["comparators"]}
    assert beside["Other"] == pytest.approx(
        (3.6 * 800 + 4.35 * 700 * 1004 / 1003) / (800 + 700 * 1004 / 1003), rel=1e-6
    )
