"""Every format of shapes, loose and zipped, gives the same areas, whatever the file is called."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.localities import read_localities

Squares = Callable[..., geopandas.GeoDataFrame]
CODES = ["E01000001", "E01035000", "E01000003"]
LONLAT = (".geojson", ".geojsonl", ".kml", ".kmz")
DRIVERS = {
    ".geojsonl": "GeoJSONSeq", ".fgb": "FlatGeobuf", ".kml": "LIBKML", ".kmz": "LIBKML", ".tab": "MapInfo File",
    ".mif": "MapInfo File", ".gdb": "OpenFileGDB", ".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON",
}  # fmt: skip


def write(squares: Squares, folder: Path, ending: str) -> Path:
    frame = squares(CODES, LSOA21NM=["A", "B", "C"], crs="EPSG:4326" if ending in LONLAT else "EPSG:27700")
    path = folder / f"areas{ending}"
    more: dict[str, Any] = {"FORMAT": "MIF"} if ending == ".mif" else {}
    if ending == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver=DRIVERS[ending], **more)
    return path


def zipped(path: Path, folder: str = "") -> Path:
    """All parts of a layer in one zip: a folder's files under its name, or the files of one stem."""
    target = path.parent / "areas_to_send.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = path.iterdir() if path.is_dir() else path.parent.glob(f"{path.stem}.*")
        for part in sorted(parts):
            archive.write(part, f"{folder}{path.name + '/' if path.is_dir() else ''}{part.name}")
    return target


def is_the_three_squares(path: Path) -> None:
    found = read(path)
    order = np.argsort(found.codes)
    assert found.codes[order].tolist() == sorted(CODES)
    assert found.names is not None
    assert found.names[order].tolist() == ["A", "C", "B"]
    assert (found.dataset.kind, found.dataset.geography) == ("boundaries", "lsoa2021")
    assert "3 features, column LSOA21CD" in found.dataset.reason
    assert found.dataset.problems == ()
    assert len(found.dataset.checksum) == 64
    assert found.geometry is not None
    square = shapely.from_wkb(found.geometry[found.codes == "E01000003"][0])
    # MapInfo keeps whole numbers of a grid over its bounds, GeoJSON and KML decimals of a degree: centimetres.
    assert square.symmetric_difference(shapely.box(402_000, 200_000, 403_000, 201_000)).area < 200


@pytest.mark.parametrize("ending", [*DRIVERS, ".parquet"])
def test_loose(squares: Squares, tmp_path: Path, ending: str) -> None:
    is_the_three_squares(write(squares, tmp_path, ending))


@pytest.mark.parametrize("folder", ["", "from the council/"])
@pytest.mark.parametrize("ending", [e for e in (*DRIVERS, ".parquet") if e != ".kmz"])
def test_zipped(squares: Squares, tmp_path: Path, ending: str, folder: str) -> None:
    is_the_three_squares(zipped(write(squares, tmp_path, ending), folder))


@pytest.mark.parametrize("ending", [".geojsonl", ".fgb", ".kml", ".kmz", ".gpkg", ".geojson", ".parquet"])
def test_known_by_content_under_any_name(squares: Squares, tmp_path: Path, ending: str) -> None:
    path = tmp_path / "holiday.jpg"
    shutil.move(write(squares, tmp_path, ending), path)
    is_the_three_squares(path)


def test_a_geodatabase_is_a_folder_with_a_checksum_of_its_own(squares: Squares, tmp_path: Path) -> None:
    first = write(squares, tmp_path, ".gdb")
    again = tmp_path / "handed over.gdb"
    shutil.copytree(first, again)
    assert read(first).dataset.checksum == read(again).dataset.checksum
    (again / "timestamps").write_bytes(b"later")
    assert read(first).dataset.checksum != read(again).dataset.checksum
    again.rename(tmp_path / "handed over")
    with pytest.raises(FileProblem, match=r"Name the folder handed over\.gdb"):
        read(tmp_path / "handed over")


def test_geojson_text_sequences_with_record_separators(squares: Squares, tmp_path: Path) -> None:
    lines = write(squares, tmp_path, ".geojsonl").read_bytes().splitlines()
    path = tmp_path / "rs.json"
    path.write_bytes(b"".join(b"\x1e" + line + b"\n" for line in lines))
    is_the_three_squares(path)


def test_the_child_reads_them_too(squares: Squares, tmp_path: Path) -> None:
    """It has fewer drivers of GDAL than this process: those that are left must do."""
    with Reader() as reader:
        for ending in DRIVERS:
            found = reader.read(write(squares, tmp_path, ending))
            assert sorted(found.codes.tolist()) == sorted(CODES)


def test_localities_of_a_kml_keep_their_names(tmp_path: Path) -> None:
    square = "-2,52,0 -1.9,52,0 -1.9,52.1,0 -2,52,0"
    marks = "".join(
        f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{square}</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for name in ("Old Town", "Øster")
    )
    text = f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'
    (tmp_path / "drawn.kml").write_text(text, "utf-8")
    assert read_localities(tmp_path / "drawn.kml").names.tolist() == ["Old Town", "Øster"]


def test_other_layers_of_a_file_are_named(squares: Squares, tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    points = squares(["E01000001"])
    points.geometry = points.centroid
    points.to_file(path, layer="places")
    squares(CODES).to_file(path, layer="areas")
    found = read(path)
    assert found.dataset.rows == 3
    assert [p.message for p in found.dataset.problems] == ["of several layers “areas” is taken; left out: places"]


@pytest.mark.parametrize(
    ("ending", "part", "word"),
    [(".tab", ".dat", "MapInfo table has no .dat"), (".mif", ".mid", "interchange file has no .mid")],
)
def test_a_mapinfo_table_without_a_part(squares: Squares, tmp_path: Path, ending: str, part: str, word: str) -> None:
    path = write(squares, tmp_path, ending)
    path.with_suffix(part).unlink()
    for file in (path, zipped(path)):
        with pytest.raises(FileProblem, match=word):
            read(file)


@pytest.mark.parametrize(("ending", "part"), [(".tab", ".dat"), (".tab", ".map"), (".tab", ".id"), (".mif", ".mid")])
def test_a_part_of_a_mapinfo_table_alone(squares: Squares, tmp_path: Path, ending: str, part: str) -> None:
    path = write(squares, tmp_path, ending)
    with pytest.raises(FileProblem, match=f"Choose areas{ending}"):
        read(path.with_suffix(part))


@pytest.mark.parametrize("ending", [".tab", ".mif"])
def test_mapinfo_under_another_name_says_how_to_name_it(squares: Squares, tmp_path: Path, ending: str) -> None:
    path = write(squares, tmp_path, ending)
    path.rename(tmp_path / "areas.txt")
    with pytest.raises(FileProblem, match=f"Name it areas{ending}"):
        read(tmp_path / "areas.txt")


def test_a_zip_of_two_layers_asks_for_one(squares: Squares, tmp_path: Path) -> None:
    first = write(squares, tmp_path, ".shp")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for part in first.parent.glob("areas.*"):
            archive.write(part, part.name)
            archive.write(part, f"other/{part.name}")
    with pytest.raises(FileProblem, match="holds 2 shapefiles"):
        read(tmp_path / "two.zip")


def test_a_geojson_beside_its_papers_in_a_zip(squares: Squares, tmp_path: Path) -> None:
    path = write(squares, tmp_path, ".geojson")
    (tmp_path / "areas.txt").write_text("Licence: OGL", "utf-8")
    is_the_three_squares(zipped(path))


def test_a_coordinate_that_is_no_number(tmp_path: Path) -> None:
    ring = [[[-2, 52], [-1.9, 52], [-1.9, 1e400], [-2, 52]]]
    feature = {
        "type": "Feature", "properties": {"LSOA21CD": CODES[0]}, "geometry": {"type": "Polygon", "coordinates": ring},
    }  # fmt: skip
    (tmp_path / "n.geojsonl").write_text(json.dumps(feature) + "\n" + json.dumps(feature) + "\n", "utf-8")
    with pytest.raises(FileProblem, match=r"n\.geojsonl"):
        read(tmp_path / "n.geojsonl")
