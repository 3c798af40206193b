"""Backgrounds: OS Open Zoomstack's layers, other layers that are asked for, pictures of maps and map tiles."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Transformer
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from jsna_desktop.errors import FileProblem
from jsna_desktop.jobs.background import AREA, LINE, POINT, background_layers, pictures, window_of
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

WEST, NORTH = 400_000.0, 210_000.0
BOX = (400_000.0, 200_000.0, 410_000.0, 210_000.0)
pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        yield made


def kept(store: Store, reading: Reading) -> None:
    with store.transaction():
        catalogue.add_reading(store, reading)


def layer(path: Path, named: str, shapes: list, crs: Any = 27700, **fields: list) -> Path:
    frame = geopandas.GeoDataFrame(fields or {"id": list(range(len(shapes)))}, geometry=shapes, crs=27700)
    frame.to_crs(crs).to_file(path, layer=named)
    return path


@pytest.fixture
def zoomstack(tmp_path: Path) -> Path:
    path = tmp_path / "OS_Open_Zoomstack.gpkg"
    layer(path, "airports", [shapely.Point(405e3, 205e3)], name=["Airfield"])
    layer(path, "local_buildings", [shapely.box(405e3, 205e3, 405_020, 205_020)])
    layer(path, "names", [shapely.Point(402e3, 202e3)], name1=["Middleham"], name2=[None], type=["Town"])
    layer(path, "roads_local", [shapely.LineString([(401e3, 201e3), (402e3, 202e3)])], type=["Local"])
    layer(path, "surfacewater", [shapely.box(390e3, 203e3, 404e3, 204e3)], type=["Inland"])
    ring = shapely.box(406e3, 206e3, 408e3, 208e3).difference(shapely.box(406_500, 206_500, 407e3, 207e3))
    layer(path, "woodland", [ring, shapely.box(500e3, 206e3, 502e3, 207e3)], type=["National", "National"])
    return path


def test_zoomstack_is_known_by_its_layers(zoomstack: Path) -> None:
    reading = read(zoomstack, box=BOX)
    assert (reading.dataset.kind, reading.dataset.id) == ("background", "background.zoomstack")
    assert "OS Open Zoomstack" in reading.dataset.reason
    assert reading.dataset.attribution.startswith("Contains OS data")
    # In the order of painting; the wood beyond the box is not there.
    assert reading.columns["kind"].tolist() == ["woodland", "water", "road_local", "airport", "name"]
    assert reading.columns["text"].tolist() == ["", "", "", "Airfield", "Middleham"]
    assert reading.columns["type"].tolist() == ["National", "Inland", "Local", "", "Town"]
    assert len(set(reading.codes.tolist())) == 5
    assert reading.codes.tolist() == sorted(reading.codes.tolist())
    assert any("local_buildings" in problem.message for problem in reading.dataset.problems)


def test_shapes_are_cut_to_the_box(zoomstack: Path) -> None:
    reading = read(zoomstack, box=BOX)
    assert reading.geometry is not None
    shapes = shapely.from_wkb(reading.geometry)
    assert shapely.area(shapes[1]) == pytest.approx(4000 * 1000)
    assert shapely.area(shapes[0]) == pytest.approx(2000 * 2000 - 500 * 500)


def test_it_is_kept_and_painted(zoomstack: Path, store: Store) -> None:
    kept(store, read(zoomstack, box=BOX))
    layers = background_layers(store)
    assert [(one.kind, one.form) for one in layers] == [
        ("woodland", AREA),
        ("water", AREA),
        ("road_local", LINE),
        ("airport", POINT),
        ("name", POINT),
    ]
    wood, _, road, _, name = layers
    assert wood.starts.tolist() == [0, 5, 10]  # the outer ring and the hole
    assert wood.shape.tolist() == [0, 0]
    corners = shapely.get_coordinates(shapely.from_wkb(catalogue.shapes(store, 1))[0])
    assert wood.coords + wood.origin == pytest.approx(corners, abs=0.05)
    assert road.coords + road.origin == pytest.approx(np.array([[401e3, 201e3], [402e3, 202e3]]))
    assert name.texts.tolist() == ["Middleham"]
    assert pictures(store) == []


def test_a_layer_in_degrees_is_cut_in_metres(tmp_path: Path) -> None:
    shapes = [shapely.box(395e3, 205e3, 405e3, 206e3), shapely.box(300e3, 205e3, 301e3, 206e3)]
    path = layer(tmp_path / "woodland.geojson", "woodland", shapes, crs=4326)
    reading = read(path, box=BOX)
    assert reading.dataset.rows == 1
    assert reading.geometry is not None
    # Edges that were straight in the National Grid are not quite so in degrees.
    assert shapely.area(shapely.from_wkb(reading.geometry)[0]) == pytest.approx(5000 * 1000, rel=0.002)


def test_any_layer_is_a_background_when_asked(tmp_path: Path, store: Store) -> None:
    path = layer(tmp_path / "Cycle paths.geojson", "paths", [shapely.LineString([(401e3, 201e3), (402e3, 202e3)])])
    with pytest.raises(FileProblem, match="not polygons"):
        read(path)
    reading = read(path, kind="background")
    assert reading.dataset.id == "background.cycle_paths"
    kept(store, reading)
    assert [(one.form, one.kind) for one in background_layers(store)] == [(LINE, "other")]


def test_a_layer_with_area_codes_is_boundaries(tmp_path: Path) -> None:
    path = layer(tmp_path / "a.gpkg", "urban_areas", [shapely.box(*BOX)], LSOA21CD=["E01000001"])
    assert read(path).dataset.kind == "boundaries"
    assert read(path, kind="background").dataset.kind == "background"


def test_a_national_layer_asks_for_the_boundaries(zoomstack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsna_desktop.sources.background.MOST_SHAPES", 1)
    with pytest.raises(FileProblem, match="Add the boundaries of your area first"):
        read(zoomstack)
    reading = read(zoomstack, box=BOX)
    assert reading.columns["kind"].tolist() == ["woodland"]
    assert any("“surfacewater” has more shapes" in problem.message for problem in reading.dataset.problems)


def test_nothing_near(zoomstack: Path) -> None:
    with pytest.raises(FileProblem, match="no shape of the file lies within 20 km"):
        read(zoomstack, box=(100e3, 100e3, 110e3, 110e3))


# ---- pictures


def picture(path: Path, dots: np.ndarray, transform: Any, crs: Any = 27700, palette: dict | None = None, **more: Any):
    """`dots` (rows, columns, 3), or (rows, columns) of a palette."""
    bands = dots[None] if palette else np.moveaxis(dots, -1, 0)
    about = {"driver": "GTiff", "count": len(bands), "height": dots.shape[0], "width": dots.shape[1], "dtype": "uint8"}
    photometric = {} if palette else {"photometric": "RGB"}
    tags = more.pop("overviews", None)
    with rasterio.open(path, "w", crs=crs, transform=transform, **about, **photometric, **more) as file:
        file.write(bands)
        if palette:
            file.write_colormap(1, palette)
        if tags:
            file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=tags)
    return path


def painted(store: Store, box: tuple[float, float, float, float], **how: Any) -> tuple[np.ndarray, Any]:
    window = window_of(store, pictures(store)[0], box, **how)
    assert window is not None
    return window.values, window.bounds


def colours(rows: int, columns: int) -> np.ndarray:
    dots = np.zeros((rows, columns, 3), dtype=np.uint8)
    dots[..., 0], dots[..., 1] = (np.arange(rows) % 251)[:, None], np.arange(columns) % 241
    dots[..., 2] = 77
    return dots


def test_an_os_raster_in_colour(tmp_path: Path, store: Store) -> None:
    dots = colours(600, 500)
    reading = read(
        picture(tmp_path / "SU.tif", dots, from_origin(WEST, NORTH, 10, 10)), box=(402e3, 206e3, 405e3, 208e3)
    )
    assert (reading.dataset.kind, reading.dataset.problems) == ("background", ())
    kept(store, reading)
    values, bounds = painted(store, (402_500, 206_500, 402_600, 206_700))
    assert bounds == (402_500, 206_500, 402_600, 206_700)
    assert np.array_equal(values, dots[330:350, 250:260])


def test_a_palette(tmp_path: Path, store: Store) -> None:
    values = (np.arange(300)[:, None] + np.arange(300)[None, :]).astype(np.uint8) % 3
    palette = {0: (255, 255, 255, 255), 1: (200, 10, 20, 255), 2: (0, 90, 30, 255)}
    reading = read(picture(tmp_path / "SU.tif", values, from_origin(WEST, NORTH, 10, 10), palette=palette))
    kept(store, reading)
    shown, _ = painted(store, (WEST, NORTH - 3000, WEST + 3000, NORTH))
    assert np.array_equal(shown, np.array([palette[i][:3] for i in range(3)], dtype=np.uint8)[values])
    assert read(tmp_path / "SU.tif", kind="raster").dataset.kind == "raster"


def test_a_picture_with_too_many_dots_is_made_coarser(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsna_desktop.sources.pictures.MOST_DOTS", 250 * 250)
    dots = np.random.default_rng(2).integers(0, 255, (1000, 1000, 3)).astype(np.uint8)
    reading = read(picture(tmp_path / "SU.tif", dots, from_origin(WEST, NORTH, 5, 5)))
    assert "20 m a dot" in reading.dataset.problems[0].message
    kept(store, reading)
    shown, bounds = painted(store, (WEST, NORTH - 5000, WEST + 5000, NORTH))
    assert bounds == (WEST, NORTH - 5000, WEST + 5000, NORTH)
    means = dots.reshape(250, 4, 250, 4, 3).mean(axis=(1, 3))
    assert np.abs(shown - means).max() <= 0.51


def test_a_picture_in_degrees_stands_where_it_should(tmp_path: Path, store: Store) -> None:
    """Four quarters of colour, whose corner is a known place."""
    dots = np.zeros((400, 400, 3), dtype=np.uint8)
    dots[:200, :200], dots[:200, 200:], dots[200:, :200], dots[200:, 200:] = 50, 100, 150, 200
    path = picture(tmp_path / "a.tif", dots, from_origin(-2.1, 51.9, 0.0005, 0.0005), 4326)
    kept(store, read(path))
    x, y = Transformer.from_crs(4326, 27700, always_xy=True).transform(-2.0, 51.8)
    values, bounds = painted(store, (x - 600, y - 600, x + 600, y + 600))
    across, up = (bounds[2] - bounds[0]) / values.shape[1], (bounds[3] - bounds[1]) / values.shape[0]
    for shade, (dx, dy) in {50: (-1, 1), 100: (1, 1), 150: (-1, -1), 200: (1, -1)}.items():
        column, row = int((x + 90 * dx - bounds[0]) / across), int((bounds[3] - y - 90 * dy) / up)
        assert values[row, column].tolist() == [shade] * 3


def test_overviews_in_another_file_are_not_looked_at(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsna_desktop.sources.pictures.MOST_DOTS", 100 * 100)
    place = from_origin(-2.1, 51.9, 0.0005, 0.0005)
    other = picture(tmp_path / "other.tif", np.full((400, 400, 3), 250, dtype=np.uint8), place, 4326)
    path = picture(tmp_path / "a.tif", np.full((800, 800, 3), 9, dtype=np.uint8), place, 4326, overviews=str(other))
    reading = read(path)
    assert reading.grid is not None
    shown = np.concatenate([cells.ravel() for cells in reading.grid.tiles.values()])
    assert set(np.unique(shown).tolist()) <= {9, 255}


# ---- map tiles

HALF = 20037508.342789244


def tiles(path: Path, form: str = "png", application: bool = False) -> Path:
    """Raster tiles at two levels around a corner of the box, coloured by their column and row."""
    x, y = Transformer.from_crs(27700, 3857, always_xy=True).transform(405_000, 205_000)
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE metadata (name text, value text);"
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob);"
        )
        if application:
            connection.execute("PRAGMA application_id = 0x4d504258")
        about = {"name": "map", "format": form, "minzoom": "13", "maxzoom": "14"}
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", about.items())
        for zoom in (13, 14):
            side = 2 * HALF / 2**zoom
            column, row = int((x + HALF) / side), int((y + HALF) / side)
            for i in range(-1, 2):
                for j in range(-1, 2):
                    data = _png([(i + 1) * 60 + 10, (j + 1) * 60 + 10, zoom]) if form == "png" else b"\x1a\x00"
                    connection.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (zoom, column + i, row + j, data))
    connection.close()
    return path


def _png(colour: list[int]) -> bytes:
    with MemoryFile() as memory:
        with memory.open(driver="PNG", width=256, height=256, count=3, dtype="uint8") as file:
            file.write(np.broadcast_to(np.array(colour, dtype=np.uint8)[:, None, None], (3, 256, 256)))
        return bytes(memory.getbuffer())


@pytest.mark.parametrize("application", [False, True])
def test_map_tiles_of_pictures(tmp_path: Path, store: Store, application: bool) -> None:
    reading = read(tiles(tmp_path / "map.mbtiles", application=application), box=BOX)
    assert (reading.dataset.kind, reading.dataset.id) == ("background", "background.map")
    kept(store, reading)
    to_web = Transformer.from_crs(27700, 3857, always_xy=True)
    side = 2 * HALF / 2**14
    first = int((to_web.transform(405_000, 205_000)[0] + HALF) / side)
    values, bounds = painted(store, (404_000, 204_000, 406_000, 206_000))
    across = (bounds[2] - bounds[0]) / values.shape[1]
    right = 0
    for place in np.linspace(404_100, 405_900, 40):
        column, row = int((place - bounds[0]) / across), int((bounds[3] - 205_000) / across)
        web = (to_web.transform(bounds[0] + (column + 0.5) * across, bounds[3] - (row + 0.5) * across)[0] + HALF) / side
        if abs(web - round(web)) > 0.01:  # a dot at the edge of two tiles may be of either
            assert values[row, column].tolist()[::2] == [(int(web) - first + 1) * 60 + 10, 14]
            right += 1
    assert right > 30


def test_the_child_reads_map_tiles(tmp_path: Path) -> None:
    """Its GDAL for shapes has no driver for SQLite; the one for map tiles needs it."""
    path = tiles(tmp_path / "map.mbtiles")
    here = read(path, box=BOX)
    with Reader() as reader:
        there = reader.read(path, box=BOX)
    assert here.grid is not None
    assert there.grid is not None
    assert {place: cells.tobytes() for place, cells in there.grid.tiles.items()} == {
        place: cells.tobytes() for place, cells in here.grid.tiles.items()
    }


def test_coarser_tiles_do_where_the_finest_are_too_many(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsna_desktop.sources.pictures.MOST_DOTS", 200 * 200)
    reading = read(tiles(tmp_path / "map.mbtiles"), box=BOX)
    assert reading.grid is not None
    levels = {int(cells[..., 2][cells[..., 2] != 255].min()) for cells in reading.grid.tiles.values()}
    assert levels == {13}


def test_map_tiles_of_shapes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="hold shapes in place of pictures"):
        read(tiles(tmp_path / "map.mbtiles", "pbf"))
