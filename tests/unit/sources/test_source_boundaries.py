from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read

Squares = Callable[..., geopandas.GeoDataFrame]

CODES = ["E01000001", "E01035000", "E01000003"]


@pytest.mark.parametrize("name", ["b.gpkg", "b.geojson", "b.shp", "b.parquet", "b.fgb"])
def test_every_format_gives_the_same_shapes(squares: Squares, tmp_path: Path, name: str) -> None:
    frame = squares(CODES, LSOA21NM=["A", "B", "C"], crs="EPSG:4326" if name.endswith("geojson") else "EPSG:27700")
    path = tmp_path / name
    frame.to_parquet(path) if name.endswith("parquet") else frame.to_file(path)
    found = read(path)
    order = np.argsort(found.codes)
    assert found.codes[order].tolist() == sorted(CODES)
    assert found.names is not None
    assert sorted(found.names.tolist()) == ["A", "B", "C"]
    assert found.dataset.id == "boundaries.lsoa2021"
    assert found.dataset.geography == "lsoa2021"
    assert found.dataset.problems == ()
    assert "3 features, column LSOA21CD" in found.dataset.reason
    first = shapely.from_wkb(found.geometry)[found.codes == "E01000001"][0]
    # GeoJSON is kept to nine decimals of a degree or fewer: centimetres.
    assert first.symmetric_difference(shapely.box(400_000, 200_000, 401_000, 201_000)).area < 200


def test_of_several_code_columns_the_finest_is_the_area(squares: Squares, tmp_path: Path) -> None:
    more = {
        "LAD25CD": ["E06000001"] * 2,
        "LAD25NM": ["Testshire"] * 2,
        "RGNCD": ["E12000009"] * 2,
        "UTLACD": [None, None],
    }
    squares(["E05000001", "E05000002"], "WD25CD", **more).to_file(tmp_path / "w.gpkg")
    found = read(tmp_path / "w.gpkg")
    assert found.dataset.geography == "ward"
    assert {(lookup.level, lookup.names) for lookup in found.lookups} == {("district", "district_name"), ("region", "")}
    assert found.columns["district_code"].tolist() == ["E06000001"] * 2


def test_community_areas_have_codes_of_their_own(squares: Squares, tmp_path: Path) -> None:
    squares(["MA01", "MA02"], "CA24CD", CA24NM=["Aldton", "Tarnley"]).to_file(tmp_path / "c.gpkg")
    found = read(tmp_path / "c.gpkg")
    assert found.dataset.geography == "community_area"
    assert found.names is not None
    assert found.names.tolist() == ["Aldton", "Tarnley"]


def test_codes_are_known_by_their_shape_where_the_heading_says_nothing(squares: Squares, tmp_path: Path) -> None:
    squares(["E02000001", "E02000002"], "geo_id").to_file(tmp_path / "g.gpkg")
    assert read(tmp_path / "g.gpkg").dataset.geography == "msoa"
    assert read(tmp_path / "g.gpkg", geography="msoa2021").dataset.geography == "msoa2021"


def test_a_ring_that_crosses_itself_is_mended_and_counted(squares: Squares, tmp_path: Path) -> None:
    frame = squares(["E01000001", "E01000002"])
    bow = shapely.Polygon([(400_000, 200_000), (401_000, 201_000), (401_000, 200_000), (400_000, 201_000)])
    frame.loc[0, "geometry"] = bow
    frame.to_file(tmp_path / "b.gpkg")
    found = read(tmp_path / "b.gpkg")
    assert [(p.rows, p.examples) for p in found.dataset.problems] == [(1, ("feature 1",))]
    shapes = shapely.from_wkb(found.geometry)
    assert shapely.is_valid(shapes).all()
    assert shapes[0].area == pytest.approx(500_000)


def test_a_feature_without_a_shape_is_left_out_and_said(squares: Squares, tmp_path: Path) -> None:
    frame = squares(["E01000001", "E01000002"])
    frame.loc[1, "geometry"] = None
    frame.to_file(tmp_path / "b.gpkg")
    found = read(tmp_path / "b.gpkg")
    assert found.codes.tolist() == ["E01000001"]
    assert found.dataset.problems[0].examples == ("feature 2: E01000002",)


def test_a_feature_that_repeats_another_exactly_is_dropped(squares: Squares, tmp_path: Path) -> None:
    frame = squares(["E01000001", "E01000002"])
    geopandas.pd.concat([frame, frame.iloc[:1]]).to_file(tmp_path / "b.gpkg")
    found = read(tmp_path / "b.gpkg")
    assert found.codes.tolist() == ["E01000001", "E01000002"]
    assert "repeats another exactly" in found.dataset.problems[0].message


def test_the_national_grid_under_a_name_of_its_own(squares: Squares, tmp_path: Path) -> None:
    own = (
        'PROJCS["Transverse_Mercator",GEOGCS["GCS_Airy 1830",DATUM["unknown",SPHEROID["airy",6377563.396,299.3249646]],'
        'PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["latitude_of_origin",49],PARAMETER["central_meridian",-2],PARAMETER["scale_factor",0.9996012717],'
        'PARAMETER["false_easting",400000],PARAMETER["false_northing",-100000],UNIT["Meter",1]]'
    )
    squares(["E01000001"]).to_file(tmp_path / "s.shp")
    (tmp_path / "s.prj").write_text(own)
    found = read(tmp_path / "s.shp")
    assert shapely.total_bounds(shapely.from_wkb(found.geometry)).tolist() == [400_000, 200_000, 401_000, 201_000]


def test_shapes_without_codes_name_their_columns(squares: Squares, tmp_path: Path) -> None:
    squares(["Aldton", "Tarnley"], "place").to_file(tmp_path / "p.gpkg")
    with pytest.raises(FileProblem, match="columns place"):
        read(tmp_path / "p.gpkg")


def test_points_are_no_boundaries(squares: Squares, tmp_path: Path) -> None:
    frame = squares(["E01000001"], list_size=[7200])
    frame.geometry = frame.centroid
    frame.to_file(tmp_path / "p.gpkg")
    with pytest.raises(FileProblem, match="not polygons"):
        read(tmp_path / "p.gpkg")


def test_fictional_areas_are_marked(squares: Squares, tmp_path: Path) -> None:
    squares(["X01000001", "X01000002"]).to_file(tmp_path / "x.gpkg")
    found = read(tmp_path / "x.gpkg")
    assert found.dataset.fictional
    assert "ictional" in found.dataset.attribution
