"""Files made to do harm: each is refused with a sentence, and nothing outside it is opened."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, read
from jsna_desktop.sources.child import Reader

Squares = Callable[..., geopandas.GeoDataFrame]
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'


def refused(path: Path, words: str) -> None:
    with pytest.raises(FileProblem, match=words) as error:
        read(path)
    assert path.name in str(error.value)


@pytest.fixture
def secret(squares: Squares, tmp_path: Path) -> Path:
    """A good file that a hostile one points to: it must not be read in its place."""
    path = tmp_path / "secret.gpkg"
    squares(["E01000001"]).to_file(path)
    return path


def vrt(target: Path | str) -> str:
    layer = f"<OGRVRTLayer name='secret'><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer>"
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"


@pytest.mark.parametrize("name", ["areas.vrt", "areas.geojson", "areas.csv"])
def test_a_virtual_layer(secret: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(vrt(secret), "utf-8")
    refused(tmp_path / name, "no kind of file that is known")


@pytest.mark.parametrize("target", ["secret.gpkg", "/vsicurl/http://127.0.0.1:9/a.gpkg"])
def test_a_virtual_layer_inside_a_geojson(secret: Path, tmp_path: Path, target: str) -> None:
    """GDAL looks for the mark of a virtual layer anywhere in a file's first bytes."""
    text = json.dumps({"type": "FeatureCollection", "features": [], "note": vrt(target)})
    (tmp_path / "areas.geojson").write_text(text, "utf-8")
    refused(tmp_path / "areas.geojson", "points to other files")


def test_a_pipeline_of_commands_in_json(secret: Path, tmp_path: Path) -> None:
    text = json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"})
    (tmp_path / "areas.json").write_text(text, "utf-8")
    refused(tmp_path / "areas.json", "points to other files")


@pytest.mark.parametrize("name", ["areas.shp", "areas.mif"])
def test_a_virtual_layer_under_a_good_name_in_a_zip(secret: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "areas.zip", "w") as zipped:
        zipped.writestr(name, vrt(secret))
        for ending in (".shx", ".dbf", ".mid"):
            zipped.writestr(f"areas{ending}", b"")
    refused(tmp_path / "areas.zip", "not what its name says")


def test_the_child_has_no_driver_for_what_points_elsewhere(secret: Path, tmp_path: Path) -> None:
    """Even where the mark lies beyond what is looked at, the process that reads has no such driver."""
    with Reader() as reader:
        assert reader.read(secret).codes.tolist() == ["E01000001"]
        (tmp_path / "far.geojson").write_text('{"type": "FeatureCollection"' + " " * 70_000 + vrt(secret), "utf-8")
        with pytest.raises(FileProblem, match="damaged"):
            reader.read(tmp_path / "far.geojson")


def test_a_seamless_mapinfo_table_lists_other_tables(tmp_path: Path) -> None:
    text = (
        '!table\n!version 300\nDefinition Table\nType NATIVE\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n'
    )
    (tmp_path / "all.tab").write_text(text, "utf-8")
    refused(tmp_path / "all.tab", "points to other files")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_entities_in_a_kml(tmp_path: Path, encoding: str) -> None:
    lines = ['<!ENTITY a0 "haha">', *(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))]
    text = f'<?xml version="1.0"?><!DOCTYPE kml [{"".join(lines)}]>' + KML.format("<name>&a11;</name>")
    (tmp_path / "bomb.kml").write_bytes(text.encode(encoding))
    words = "defines entities" if encoding != "utf-16" else "no kind of file"
    refused(tmp_path / "bomb.kml", words)
    with zipfile.ZipFile(tmp_path / "bomb.kmz", "w") as zipped:
        zipped.writestr("doc.kml", text.encode("utf-8"))
    refused(tmp_path / "bomb.kmz", "defines entities")


def test_entities_after_a_long_comment(tmp_path: Path) -> None:
    text = f"<!-- <kml> {'x' * 400_000} --><!DOCTYPE kml [<!ENTITY a 'b'>]>" + KML.format("&a;")
    (tmp_path / "late.kml").write_text(text, "utf-8")
    refused(tmp_path / "late.kml", "defines entities")


@pytest.mark.parametrize(
    "name", ["../areas.csv", "a/../../areas.csv", "/etc/areas.csv", "C:\\areas.csv", "..\\areas.csv"]
)
def test_a_zip_whose_names_lead_out_of_it(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as zipped:
        zipped.writestr(zipfile.ZipInfo(name), "area_code,year,sex,age,population\n")
    refused(tmp_path / "out.zip", "outside its own folder")


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("areas.csv")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as zipped:
        zipped.writestr(entry, "/etc/passwd")
    refused(tmp_path / "link.zip", "outside its own folder")


def declared(path: Path, size: int) -> None:
    """Make every file of a zip say, in its directory, that it is this large unpacked."""
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<I", content, place + 24, size)
        place = content.find(b"PK\x01\x02", place + 4)
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["areas.csv", "doc.kml", "areas.gpkg"])
@pytest.mark.parametrize("size", [3_000_000_000, 250_000_000])
def test_a_zip_that_would_unpack_to_far_too_much(tmp_path: Path, name: str, size: int) -> None:
    """3 GB is more than any data; 250 MB from a few hundred bytes is packed tighter than data can be."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(name, "a" * 10_000)
    declared(path, size)
    refused(path, "would unpack to far more")


def test_a_zipped_layer_that_would_unpack_to_far_too_much(squares: Squares, tmp_path: Path) -> None:
    squares(["E01000001"]).to_file(tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        for part in tmp_path.glob("a.*"):
            if part.suffix != ".zip":
                zipped.write(part, part.name)
    assert read(tmp_path / "a.zip").codes.tolist() == ["E01000001"]
    declared(tmp_path / "a.zip", 600_000_000)
    refused(tmp_path / "a.zip", "would unpack to far more")


def test_a_real_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped, zipped.open("areas.csv", "w") as file:
        for _ in range(300):
            file.write(b"a,b,c,d\n" * 125_000)
    refused(path, "would unpack to far more")


def test_a_large_table_of_one_repeated_row_is_no_bomb(tmp_path: Path) -> None:
    path = tmp_path / "long.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a.csv", "E01000001,smoking,2024,12,150\n" * 2_000_000)
    archive.check_size(path, ["a.csv"], "long.zip")
