"""Population-weighted centroids, as layers of points and as ONS's tables."""

from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Reading

Squares = Callable[..., geopandas.GeoDataFrame]
Table = Callable[..., Reading]
CODES = ["E01000001", "E01035000"]
METRES = [[400_500.0, 200_500.0], [401_500.0, 200_500.0]]


def are_the_two(found: Reading, places: list[list[float]] = METRES) -> None:
    assert (found.dataset.kind, found.dataset.id) == ("centroids", "centroids.lsoa2021")
    assert found.dataset.title == "LSOA 2021 population-weighted centroids"
    order = np.argsort(found.codes)  # FlatGeobuf keeps features in an order of its own
    assert found.codes[order].tolist() == CODES
    own = np.column_stack([found.columns["easting"], found.columns["northing"]])[order]
    np.testing.assert_allclose(own, places, atol=0.05)
    assert found.dataset.problems == ()


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.shp", "p.fgb", "p.parquet"])
def test_a_layer_of_points(squares: Squares, tmp_path: Path, name: str) -> None:
    frame = squares(CODES, LSOA21NM=["A", "B"], GlobalID=["x", "y"])
    frame.geometry = frame.centroid
    frame = frame.to_crs(4326) if name.endswith("geojson") else frame
    frame.to_parquet(tmp_path / name) if name.endswith("parquet") else frame.to_file(tmp_path / name)
    found = read(tmp_path / name)
    are_the_two(found)
    assert "2 points, column LSOA21CD" in found.dataset.reason
    assert found.names is not None
    assert found.names[np.argsort(found.codes)].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("FID,LSOA21CD,GlobalID,x,y", ["1,E01000001,g,400500,200500", "2,E01035000,h,401500,200500"]),
        ("X,Y,objectid,lsoa21cd,lsoa21nm", ["400500,200500,1,E01000001,A", "401500,200500,2,E01035000,B"]),
        ("LSOA21CD,BNG_E,BNG_N,LONG,LAT", ["E01000001,400500,200500,0,0", "E01035000,401500,200500,0,0"]),
        ("LSOA21CD,easting,northing", ["E01000001,400500,200500", "E01035000,401500,200500"]),
    ],
)
def test_a_table_of_coordinates(table: Table, heading: str, rows: list[str]) -> None:
    are_the_two(table("\n".join([heading, *rows, ""])))


@pytest.mark.parametrize("heading", ["longitude,latitude", "LONG,LAT"])
def test_longitude_and_latitude(squares: Squares, table: Table, heading: str) -> None:
    degrees = squares(CODES).centroid.to_crs(4326)
    rows = [f"{code},{p.x},{p.y}\n" for code, p in zip(CODES, degrees, strict=True)]
    are_the_two(table(f"LSOA21CD,{heading}\n" + "".join(rows)))


def test_x_and_y_in_degrees_are_told_by_their_values(squares: Squares, table: Table) -> None:
    degrees = squares(CODES).centroid.to_crs(4326)
    found = table("LSOA21CD,x,y\n" + "".join(f"{c},{p.x},{p.y}\n" for c, p in zip(CODES, degrees, strict=True)))
    np.testing.assert_allclose(found.columns["easting"], [400_500, 401_500], atol=0.05)
    assert "taken as WGS84" in found.dataset.problems[0].message


@pytest.mark.parametrize(
    ("column", "code", "geography"),
    [("OA21CD", "E00000001", "oa2021"), ("LSOA11CD", "E01000001", "lsoa2011"), ("MSOA21CD", "E02000001", "msoa2021")],
)
def test_other_small_areas(table: Table, column: str, code: str, geography: str) -> None:
    assert table(f"{column},x,y\n{code},400500,200500\n").dataset.id == f"centroids.{geography}"


def test_an_area_without_a_point_is_left_out_and_said(table: Table) -> None:
    found = table("LSOA21CD,x,y\nE01000001,400500,200500\nE01035000,,\n")
    assert found.codes.tolist() == ["E01000001"]
    assert found.dataset.problems[0].examples == ("row 3: E01035000",)


def test_an_area_with_two_points_is_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match="rows 2 and 3"):
        table("LSOA21CD,x,y\nE01000001,400500,200500\nE01000001,400600,200500\n")


def test_places_with_more_to_tell_are_no_centroids(table: Table) -> None:
    with pytest.raises(FileProblem, match="no kind of file that is known"):
        table("LSOA21CD,x,y,list size\nE01000001,400500,200500,7000\n")


def test_the_middles_of_outlines_are_refused(table: Table) -> None:
    """ONS's boundary files, saved as CSV, have BNG_E and BNG_N too: a point on the land, not of the people."""
    with pytest.raises(FileProblem, match="not weighted by population"):
        table("LSOA21CD,LSOA21NM,BNG_E,BNG_N,Shape__Area\nE01000001,A,400500,200500,1000000\n")


def test_points_far_away(table: Table) -> None:
    with pytest.raises(FileProblem, match="do not lie in Great Britain"):
        table("LSOA21CD,longitude,latitude\nE01000001,12.5,41.9\n")


def test_they_cross_from_the_child(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("LSOA21CD,x,y\nE01000001,400500,200500\nE01035000,401500,200500\n", "utf-8")
    with Reader() as reader:
        are_the_two(reader.read(path))
