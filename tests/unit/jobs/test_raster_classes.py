"""Rasters of classes as indicators: the share of residents in each, against every cell and every resident."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs import map_data
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.profile import profile_of_blocks
from jsna_desktop.jobs.raster_values import bring_up_to_date
from jsna_desktop.jobs.show import check
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.unit.jobs.test_raster_values import PEOPLE, postcodes, raster

# Cells of 100 m over the squares' six kilometres; rows from the north.
ZONES = np.random.default_rng(3).choice([0.0, 2, 3], (60, 60), p=[0.6, 0.3, 0.1])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE))
        yield made


def flood(cells: np.ndarray, name: str = "raster.flood", names: tuple = (), **more):
    made = raster(cells, name, "", **more)
    assert made.grid is not None
    return replace(made, grid=replace(made.grid, names=names))


def listed(store: Store, but: str = "") -> list[str]:
    return [one.id for one in catalogue.indicators(store) if one.id.startswith("raster.") and one.id != but]


def shares(cells: np.ndarray, number: float, of: np.ndarray) -> np.ndarray:
    """Share (36,) of the cells of each square that have a number, among those that `of` marks (60, 60)."""
    own = np.flipud((cells == number) & of).reshape(6, 10, 6, 10).sum(axis=(1, 3))
    every = np.flipud(of).reshape(6, 10, 6, 10).sum(axis=(1, 3))
    return (100 * own / np.where(every, every, np.nan)).ravel()


def profiled(store: Store, identity: str, codes: np.ndarray = worlds.CODES) -> dict:
    (found,) = profile_of_blocks(load_figures(store, [identity]), "lsoa2021", codes).rows()
    return found


def on_the_map(store: Store, identity: str) -> np.ndarray:
    (indicator,) = [one for one in catalogue.indicators(store) if one.id == identity]
    blocks = map_data.load_blocks(store)
    assert blocks is not None and map_data.can_colour(indicator, blocks)
    return map_data.colour_values(store, indicator, blocks)[0]


def test_shares_by_land_and_of_a_place_by_its_residents(store: Store) -> None:
    worlds.keep(store, flood(ZONES, names=((3, "Zone 3"),)))
    assert listed(store) == ["raster.flood.class_2", "raster.flood.zone_3"]
    for identity, number in (("raster.flood.class_2", 2), ("raster.flood.zone_3", 3)):
        truth = shares(ZONES, number, ZONES >= 0)
        np.testing.assert_allclose(on_the_map(store, identity), truth, rtol=1e-9, atol=1e-9)
        found = profiled(store, identity)
        assert found["value"] == pytest.approx((truth * PEOPLE).sum() / PEOPLE.sum(), rel=1e-9)
    assert (found["kind"], found["unit"], found["polarity"], found["group"]) == (
        "modelled", "%", "none", "Environment"
    )  # fmt: skip
    assert found["name"] == "raster.flood: Zone 3 (share of residents)" and found["missing_share"] == 0
    assert found["weighted_by"] == "Residents, 2024, within each area by its land"
    assert found["caveat"] == "Within each area by its land. Cells of 0 are in none of the classes."
    assert check(store) == []


def test_by_postcodes_and_by_a_population_grid(store: Store) -> None:
    draws = np.random.default_rng(5)
    at = draws.uniform(5, 5995, (600, 2)) // 10 * 10 + 5
    worlds.keep(store, flood(ZONES), postcodes(at))
    zone = ZONES[((6000 - at[:, 1]) // 100).astype(int), (at[:, 0] // 100).astype(int)]
    square = (at[:, 1] // 1000 * 6 + at[:, 0] // 1000).astype(int)
    inset = np.abs(at / 1000 - np.round(at / 1000)).min(axis=1) * 1000 > 1
    held = [(zone[inset & (square == own)] == 3).mean() for own in range(36)]
    np.testing.assert_allclose(on_the_map(store, "raster.flood.class_3"), 100 * np.array(held), atol=1e-9)
    people = draws.integers(1, 9, (12, 12)).astype(float)  # cells of 500 m
    worlds.keep(store, raster(people, "raster.population", "people"))
    homes = np.kron(people, np.ones((5, 5))) / 25
    wet = np.flipud(homes * (ZONES == 3)).reshape(6, 10, 6, 10).sum(axis=(1, 3)).ravel()
    every = np.flipud(homes).reshape(6, 10, 6, 10).sum(axis=(1, 3)).ravel()
    np.testing.assert_allclose(on_the_map(store, "raster.flood.class_3"), 100 * wet / every, rtol=1e-9)


def test_where_nothing_says_none_a_hazard_is_not_where_there_is_no_value(store: Store) -> None:
    cells = np.where(ZONES == 0, np.nan, ZONES)
    cells[:16, :16] = np.nan  # a tile of nothing
    worlds.keep(store, flood(cells))
    truth = shares(cells, 3, np.ones(cells.shape, dtype=bool))
    np.testing.assert_allclose(on_the_map(store, "raster.flood.class_3"), truth, atol=1e-9)
    assert profiled(store, "raster.flood.class_3")["missing_share"] == 0
    # The same where a value for "no value" was not marked as such.
    worlds.keep(store, flood(np.where(np.isnan(cells), -9999, cells), checksum="b", period="2020"))
    assert listed(store) == ["raster.flood.class_2", "raster.flood.class_3"] * 2
    by_period = [one for one in catalogue.indicators(store) if one.id == "raster.flood.class_3"]
    assert [one.period for one in by_period] == ["2023", "2020"]
    blocks = map_data.load_blocks(store)
    assert blocks is not None
    np.testing.assert_allclose(map_data.colour_values(store, by_period[1], blocks)[0], truth, atol=1e-9)


def test_where_0_says_none_a_cell_without_a_value_is_unknown(store: Store) -> None:
    cells = ZONES.copy()
    cells[50:, :3] = np.nan  # three tenths of the first square
    cells[:10, 50:] = np.nan  # all of the last
    worlds.keep(store, flood(cells))
    known = np.isfinite(cells)
    np.testing.assert_allclose(on_the_map(store, "raster.flood.class_3"), shares(cells, 3, known), atol=1e-9)
    two = profiled(store, "raster.flood.class_3", worlds.CODES[:2])
    weight = np.array([700.0, 1001])
    assert two["value"] == pytest.approx((shares(cells, 3, known)[:2] * weight).sum() / 1701, rel=1e-9)
    assert two["missing_share"] == pytest.approx(300 / 2001)


def test_where_too_many_are_unknown_there_is_no_share(store: Store) -> None:
    cells = ZONES.copy()
    cells[:10, 50:] = np.nan
    worlds.keep(store, flood(cells))
    alone = profiled(store, "raster.flood.class_3", worlds.CODES[35:])
    assert alone["value"] is None and alone["missing_share"] == 1.0


def test_beyond_the_edge_of_the_raster_nothing_is_known(store: Store) -> None:
    """A raster of the western half and 200 m more, where a cell without a value is in none of its classes."""
    west = np.where(ZONES == 3, 1.0, np.nan)[:, :32]
    made = flood(ZONES, "raster.woods")
    assert made.grid is not None
    tiles = {
        (r, c): west[16 * r : 16 * r + 16, 16 * c : 16 * c + 16].astype(np.float32) for r in range(4) for c in range(2)
    }
    worlds.keep(store, replace(made, grid=replace(made.grid, shape=(60, 32), tiles=tiles)))
    found = on_the_map(store, "raster.woods.class_1").reshape(6, 6)
    inside = np.zeros(ZONES.shape, dtype=bool)
    inside[:, :32] = True
    np.testing.assert_allclose(found.ravel(), shares(ZONES, 3, inside), atol=1e-9)
    assert np.isnan(found[:, 4:]).all()
    assert profiled(store, "raster.woods.class_1", worlds.CODES[[3]])["missing_share"] == pytest.approx(0.8)


def test_a_class_of_all_and_of_nobody_and_the_sum(store: Store) -> None:
    kinds = np.random.default_rng(1).integers(1, 6, ZONES.shape).astype(float)
    kinds[:, :10] = 4
    worlds.keep(store, flood(kinds, "raster.land_cover"))
    every = np.array([on_the_map(store, f"raster.land_cover.class_{number}") for number in range(1, 6)])
    np.testing.assert_allclose(every.sum(axis=0), 100)
    assert (every[3].reshape(6, 6)[:, 0] == 100).all() and (every[0].reshape(6, 6)[:, 0] == 0).all()
    assert profiled(store, "raster.land_cover.class_1")["value"] > 0


def test_one_thing_alone_keeps_what_is_good(store: Store) -> None:
    worlds.keep(store, flood(ZONES > 0))
    assert listed(store) == ["raster.flood.class_1"]
    assert profiled(store, "raster.flood.class_1")["polarity"] == "low good"


@pytest.mark.parametrize("cells", [np.arange(3600).reshape(60, 60) % 13 + 1, np.zeros((60, 60))])
def test_too_many_classes_and_none_at_all_give_no_indicator(store: Store, cells: np.ndarray) -> None:
    worlds.keep(store, flood(cells.astype(float)))
    assert listed(store) == [] and check(store) == []


def test_an_older_workspace_gets_shares_for_means(store: Store) -> None:
    """Zones 2 and 3 alone were taken for a measurement once."""
    worlds.keep(store, flood(np.where(ZONES == 0, np.nan, ZONES)))
    (key,) = store.one("SELECT key FROM dataset WHERE id = 'raster.flood'")
    indicator = replace(catalogue.indicators(store)[-1], id="raster.flood", value="mean")
    (of,) = store.one("SELECT key FROM dataset WHERE id = 'boundaries.lsoa2021'")
    with store.transaction():
        catalogue.keep_values(store, key, of, {"mean": np.full(36, 2.6)}, [indicator], "as it was")
    assert listed(store) == ["raster.flood"]
    bring_up_to_date(store)
    assert listed(store) == ["raster.flood.class_2", "raster.flood.class_3"]
    before = store.one("SELECT total_changes()")
    bring_up_to_date(store)
    assert store.one("SELECT total_changes()") == before
    assert check(store) == []


def test_of_sensitive_rasters_the_map_shows_nothing(store: Store) -> None:
    worlds.keep(store, flood(ZONES, sensitive=True))
    assert np.isnan(on_the_map(store, "raster.flood.class_3")).all()
