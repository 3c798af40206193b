"""Rasters as indicators: the value of every small area, whatever came first, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.jobs import map_data
from jsna_desktop.jobs.add import READY, Found, add
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.profile import profile_of_blocks, profile_of_shape
from jsna_desktop.jobs.raster_values import bring_up_to_date
from jsna_desktop.jobs.replace import bring_back, candidates
from jsna_desktop.jobs.show import check
from jsna_desktop.measures.profile import MISSING_LIMIT
from jsna_desktop.sources.dataset import Grid, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests import worlds

PEOPLE = np.arange(1000.0, 1036.0)
EAST = np.tile((np.arange(60) + 0.5) / 10, (60, 1))  # kilometres east, cells of 100 m
MIDDLE = np.tile(np.arange(6) + 0.5, 6)  # of each square, by land


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        yield made


def raster(cells: np.ndarray, name: str = "raster.pm25", unit: str = "µg/m³", **more) -> Reading:
    """Cells over the six kilometres, in tiles of 16 cells."""
    side = 6000 / cells.shape[0]
    tiles = {
        (r, c): cells[16 * r : 16 * r + 16, 16 * c : 16 * c + 16].astype(np.float32)
        for r in range(-(-cells.shape[0] // 16))
        for c in range(-(-cells.shape[1] // 16))
    }
    about = worlds.dataset(name, "raster", "", more.pop("period", "2023"))
    grid = Grid((side, 0.0, 0.0, 0.0, -side, 6000.0), cells.shape, 16, unit, tiles)
    return Reading(replace(about, **more), np.empty(0, "U1"), grid=grid)


def postcodes(points: np.ndarray, name: str = "postcodes") -> Reading:
    codes = np.array([f"AB{place // 10 % 10}{place // 100} {place % 10}AA" for place in range(len(points))])
    return Reading(worlds.dataset(name, "postcodes", ""), codes, {"easting": points[:, 0], "northing": points[:, 1]})


def values(store: Store, identity: str = "raster.pm25") -> np.ndarray:
    """Of every square, as the map colours it."""
    (indicator,) = [one for one in catalogue.indicators(store) if one.id == identity]
    blocks = map_data.load_blocks(store)
    assert blocks is not None and map_data.can_colour(indicator, blocks)
    return map_data.colour_values(store, indicator, blocks)[0]


def row(store: Store, codes: np.ndarray, identity: str = "raster.pm25") -> dict:
    (found,) = profile_of_blocks(load_figures(store, [identity]), "lsoa2021", codes).rows()
    return found


def test_by_land_a_slope_has_its_value_in_the_middle(store: Store) -> None:
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), raster(EAST))
    np.testing.assert_allclose(values(store), MIDDLE, rtol=1e-6)
    found = row(store, worlds.CODES[[0, 5]])
    assert found["value"] == pytest.approx((0.5 * 1000 + 5.5 * 1005) / 2005, rel=1e-6)
    assert (found["kind"], found["unit"], found["polarity"]) == ("modelled", "µg/m³", "low good")
    assert (found["period"], found["group"], found["missing_share"]) == ("2023", "Environment", 0.0)
    assert found["lower_ci"] is None and found["note"] == "modelled"
    assert found["weighted_by"] == "Residents, 2024, within each area by its land"
    assert check(store) == []


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_whatever_is_added_first(store: Store, order: tuple[int, ...]) -> None:
    """All postcodes of a square in its western tenth: 100 m of the slope."""
    west = shapely.bounds(worlds.SQUARES)[:, :2] + [50, 500]
    readings = [worlds.boundaries(), worlds.residents(PEOPLE), raster(EAST), postcodes(west)]
    for place in order:
        worlds.keep(store, readings[place])
    np.testing.assert_allclose(values(store), MIDDLE - 0.45, rtol=1e-6)
    assert row(store, worlds.CODES)["weighted_by"].endswith("within each area by its live postcodes")


def test_people_on_a_grid_come_before_postcodes_and_land(store: Store) -> None:
    """Cells of 500 m, not of 100: everybody lives in the eastern half of a square, but in the first and second."""
    people = np.tile([0.0, 8.0], (12, 6))
    people[10:, :4] = 0.0  # nobody in the first two squares on the grid
    grid = raster(people, "raster.population", "people")
    first = postcodes(np.array([[250.0, 500.0]]))
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), raster(EAST), grid, first)
    expected = MIDDLE + 0.25
    expected[:2] = 0.25, 1.5  # a postcode; land
    np.testing.assert_allclose(values(store), expected, rtol=1e-6)
    (indicator,) = [one for one in catalogue.indicators(store) if one.id == "raster.pm25"]
    said = "Within each area by the people on the population grid; 1 area by its live postcodes; 1 area by its land."
    assert indicator.caveat == said
    assert "raster.population" not in {one.id for one in catalogue.indicators(store)}


def test_residents_without_a_value_are_told(store: Store) -> None:
    """No value in the western tenth of the first square, and none at all in the last."""
    cells = EAST.copy()
    cells[50:, 0] = cells[:10, 50:] = np.nan
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), raster(cells))
    found = values(store)
    assert found[0] == pytest.approx(0.55) and np.isnan(found[35])
    both = row(store, worlds.CODES[:2])
    assert both["missing_share"] == pytest.approx(100 / 2001)
    assert both["value"] == pytest.approx((0.55 * 900 + 1.5 * 1001) / 1901, rel=1e-6)
    assert "5.0 % of residents live in areas without a value and are left out" in both["note"]
    alone = row(store, worlds.CODES[35:])
    assert alone["value"] is None and alone["missing_share"] == 1.0 > MISSING_LIMIT


def test_a_drawn_place_takes_its_own_part_of_an_area_that_it_cuts(store: Store) -> None:
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), raster(EAST))
    half = shapely.box(500, 0, 2000, 1000)  # half of the first square, all of the second
    (found,) = profile_of_shape(load_figures(store, ["raster.pm25"]), half).rows()
    assert found["value"] == pytest.approx((0.75 * 500 + 1.5 * 1001) / 1501, rel=1e-6)


def test_replaced_ones_and_back(store: Store) -> None:
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), raster(EAST))
    newer = raster(EAST + 1, checksum="newer")
    (told,) = candidates(store, newer)
    assert told.older.id == "raster.pm25" and (told.added, told.removed) == (0, 0)
    add(store, [Found(Path("newer.tif"), READY, "", "", reading=newer)], replacing={"newer"})
    np.testing.assert_allclose(values(store), MIDDLE + 1, rtol=1e-6)
    # Boundaries of the western half alone, in the place of the first, while the older raster is not in use.
    west = MIDDLE < 3
    drawn = worlds.boundaries()
    assert drawn.names is not None and drawn.geometry is not None
    drawn = Reading(
        replace(drawn.dataset, checksum="west"), drawn.codes[west],
        {name: column[west] for name, column in drawn.columns.items()}, drawn.names[west], lookups=drawn.lookups,
        geometry=drawn.geometry[west],
    )  # fmt: skip
    add(store, [Found(Path("west.gpkg"), READY, "", "", reading=drawn)], replacing={"west"})
    np.testing.assert_allclose(values(store), MIDDLE[west] + 1, rtol=1e-6)
    assert row(store, worlds.CODES[west])["missing_share"] == 0.0
    bring_back(store, "raster.pm25")
    np.testing.assert_allclose(values(store), MIDDLE[west], rtol=1e-6)
    bring_back(store, "boundaries.lsoa2021")
    np.testing.assert_allclose(values(store), MIDDLE, rtol=1e-6)
    assert check(store) == []


def test_an_older_workspace_gets_them_when_it_is_opened(store: Store) -> None:
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), raster(EAST))
    with store.transaction():
        (key,) = store.one("SELECT key FROM dataset WHERE id = 'raster.pm25'")
        for table in ("indicator", "value_column", "table_column"):
            store.run(f"DELETE FROM {table} WHERE dataset = ?", [key])
    assert "raster.pm25" not in {one.id for one in catalogue.indicators(store)}
    bring_up_to_date(store)
    np.testing.assert_allclose(values(store), MIDDLE, rtol=1e-6)
    before = store.one("SELECT total_changes()")
    bring_up_to_date(store)
    assert store.one("SELECT total_changes()") == before  # made once


def test_years_of_one_subject_are_one_indicator_and_others_are_not(store: Store) -> None:
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE))
    worlds.keep(store, raster(EAST), raster(EAST + 1, checksum="b", period="2022"))
    worlds.keep(store, raster(EAST, "raster.flood", "", period="", filename="rivers.tif"))
    worlds.keep(store, raster(EAST, "raster.flood", "", period="", checksum="c", filename="surface.tif"))
    found = [(one.id, one.period) for one in catalogue.indicators(store) if one.id.startswith("raster.")]
    assert sorted(found) == [
        ("raster.flood", ""), ("raster.flood.2", ""), ("raster.pm25", "2022"), ("raster.pm25", "2023")
    ]  # fmt: skip


def test_without_residents_it_says_what_is_missing(store: Store) -> None:
    worlds.keep(store, worlds.boundaries(), raster(EAST))
    np.testing.assert_allclose(values(store), MIDDLE, rtol=1e-6)  # for the map
    assert "add a population" in row(store, worlds.CODES)["note"]


def test_of_sensitive_rasters_the_map_shows_nothing(store: Store) -> None:
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), raster(EAST, sensitive=True))
    assert np.isnan(values(store)).all()
