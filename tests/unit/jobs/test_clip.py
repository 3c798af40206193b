"""Where national files are cut: around the place that the boundaries tell, in whatever order the files come."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from jsna_desktop.jobs.add import ALREADY, READY, Hints, add, recognise
from jsna_desktop.jobs.background import background_layers, rasters, window_of
from jsna_desktop.jobs.clip import MARGIN_M, clip_box
from jsna_desktop.jobs.localities import add_polygon
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, SQUARES, boundaries, dataset, keep

HERE = (400_000.0, 200_000.0, 406_000.0, 206_000.0)
AROUND = (380_000.0, 180_000.0, 426_000.0, 226_000.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        yield made


def moved(shapes: np.ndarray, by: tuple[float, float]) -> np.ndarray:
    return shapely.to_wkb(shapely.transform(shapes, lambda xy: xy + np.array(by)))


def national(geography: str = "lsoa2021") -> object:
    """Boundaries of the same codes spread over the whole country."""
    spread = np.array([shapely.box(12_000 * i, 15_000 * i, 12_000 * i + 900, 15_000 * i + 900) for i in range(36)])
    about = dataset(f"boundaries.{geography}.national", "boundaries", geography)
    return replace(boundaries(), dataset=about, geometry=shapely.to_wkb(spread))


def test_without_boundaries_there_is_no_box(store: Store) -> None:
    assert clip_box(store) is None


def test_the_place_and_twenty_kilometres(store: Store) -> None:
    keep(store, boundaries())
    assert clip_box(store) == (-MARGIN_M, -MARGIN_M, 6000 + MARGIN_M, 6000 + MARGIN_M)


def test_boundaries_of_the_same_call_count(store: Store) -> None:
    here = replace(boundaries(), geometry=moved(SQUARES, HERE[:2]))
    assert clip_box(store, [here]) == AROUND


def test_larger_areas_say_less_than_blocks(store: Store) -> None:
    here = replace(boundaries(), geometry=moved(SQUARES, HERE[:2]))
    assert clip_box(store, [here, national("district")]) == AROUND


def test_beside_national_blocks_the_council_s_own_or_the_localities_say_where(store: Store) -> None:
    whole = national()
    assert clip_box(store, [whole]) == (-20_000, -20_000, 420_900 + 20_000, 525_900 + 20_000)
    here = replace(boundaries(), geometry=moved(SQUARES, HERE[:2]))
    assert clip_box(store, [whole, here]) == AROUND
    with store.transaction():
        add_polygon(store, "Towns", "Drawn", shapely.box(300_000, 150_000, 302_000, 153_000))
    assert clip_box(store, [whole]) == (280_000, 130_000, 322_000, 173_000)
    assert clip_box(store, [whole, here]) == (280_000, 130_000, 426_000, 226_000)


# ---- files, through the child


def boundary_file(path: Path) -> Path:
    shapes = shapely.from_wkb(moved(SQUARES, HERE[:2]))
    geopandas.GeoDataFrame({"LSOA21CD": CODES.tolist()}, geometry=shapes, crs=27700).to_file(path)
    return path


def road_file(path: Path, places: list[float], **more: list) -> Path:
    """A street a place, each a kilometre east and west of it."""
    lines = [shapely.LineString([(x - 1000, 203_000), (x + 1000, 203_000)]) for x in places]
    count = range(len(places))
    fields = {
        "id": [f"l{i}" for i in count],
        "road_function": ["Local Road" for _ in count],
        "form_of_way": ["Single Carriageway" for _ in count],
        "length": [2000 for _ in count],
        "start_node": [f"a{i}" for i in count],
        "end_node": [f"b{i}" for i in count],
    }
    geopandas.GeoDataFrame(fields | more, geometry=lines, crs=27700).to_file(path, layer="road_link")
    nodes = {f"{end}{i}": shapely.Point(line.coords[-int(end == "b")]) for i, line in enumerate(lines) for end in "ab"}
    geopandas.GeoDataFrame({"id": list(nodes)}, geometry=list(nodes.values()), crs=27700).to_file(
        path, layer="road_node"
    )
    return path


def raster_file(path: Path) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=1300, width=700, dtype="float32", crs=27700,
        transform=from_origin(0, 1_300_000, 1000, 1000),
    ) as file:  # fmt: skip
        file.write((np.arange(1300)[:, None] + np.arange(700)[None, :] / 1000).astype(np.float32), 1)
    return path


def wood_file(path: Path) -> Path:
    woods = [shapely.box(410_000, 210_000, 411_000, 211_000), shapely.box(500_000, 210_000, 501_000, 211_000)]
    geopandas.GeoDataFrame({"id": [1, 2]}, geometry=woods, crs=27700).to_file(path, layer="woodland")
    return path


@pytest.mark.parametrize("boundaries_first", [True, False])
def test_the_order_of_adding_does_not_matter(store: Store, tmp_path: Path, boundaries_first: bool) -> None:
    files = [
        road_file(tmp_path / "roads.gpkg", [403_000, 425_000, 460_000]),
        raster_file(tmp_path / "pm25.tif"),
        wood_file(tmp_path / "wood.gpkg"),
    ]
    place = boundary_file(tmp_path / "areas.gpkg")
    paths = [place, *files] if boundaries_first else [*files, place]
    told: list[int] = []
    found = recognise(paths, store, told=lambda number, _item: told.append(number))
    assert [item.status for item in found] == [READY] * 4
    assert [item.path for item in found] == paths
    assert sorted(told) == [0, 1, 2, 3]
    add(store, found)
    keys = {kind: key for key, kind in store.all("SELECT key, kind FROM dataset")}
    nodes = catalogue.table(store, keys["roads"], "nodes")
    assert nodes["id"].tolist() == ["a0", "a1", "b0", "b1"]  # 460,000 is beyond
    (layer,) = rasters(store)
    assert layer.bounds == AROUND
    window = window_of(store, layer, (400_000, 200_000, 402_000, 201_000))
    assert window is not None
    assert window.values == pytest.approx(np.array([[1099.4, 1099.401]]), abs=1e-3)
    assert [len(one.texts) for one in background_layers(store)] == [1]
    assert store.check() == []


def test_boundaries_of_the_workspace_serve_later_files(store: Store, tmp_path: Path) -> None:
    add(store, recognise([boundary_file(tmp_path / "areas.gpkg")], store))
    (found,) = recognise([road_file(tmp_path / "roads.gpkg", [403_000, 460_000])], store)
    assert found.reading is not None
    assert found.reading.dataset.rows == 1


def test_without_boundaries_a_small_file_is_kept_whole(store: Store, tmp_path: Path) -> None:
    (found,) = recognise([road_file(tmp_path / "roads.gpkg", [403_000, 460_000])], store)
    assert found.reading is not None
    assert found.reading.dataset.rows == 2


def test_the_same_file_twice_in_one_call(store: Store, tmp_path: Path) -> None:
    path = road_file(tmp_path / "roads.gpkg", [403_000])
    (tmp_path / "again.gpkg").write_bytes(path.read_bytes())
    found = recognise([path, tmp_path / "again.gpkg"], store)
    assert [item.status for item in found] == [READY, ALREADY]
    add(store, found)
    assert [item.status for item in recognise([path], store)] == [ALREADY]


def test_two_releases_of_roads_stand_beside_each_other(store: Store, tmp_path: Path) -> None:
    for name, places in (("april.gpkg", [403_000.0]), ("october.gpkg", [403_000.0, 405_000.0])):
        add(store, recognise([road_file(tmp_path / name, places)], store))
    assert [d.id for d in catalogue.datasets(store)] == ["roads.open_roads", "roads.open_roads.2"]


def test_a_background_is_asked_for_by_its_kind(store: Store, tmp_path: Path) -> None:
    add(store, recognise([boundary_file(tmp_path / "areas.gpkg")], store))
    path = tmp_path / "paths.geojson"
    line = shapely.LineString([(403_000, 203_000), (404_000, 204_000)])
    geopandas.GeoDataFrame({"id": [1]}, geometry=[line], crs=27700).to_file(path)
    found = recognise([path], store, hints=Hints(kind="background"))
    assert [item.status for item in found] == [READY]
    add(store, found)
    assert catalogue.datasets(store)[-1].kind == "background"
