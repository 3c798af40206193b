"""Which rasters name classes, what these are called, and what a cell of none of them counts as."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.raster_classes import class_numbers, classes_of, said_of
from jsna_desktop.sources.raster_names import names_beside, names_in
from tests.unit.sources.test_source_rasters import from_origin, tif, whole

DRAWS = np.random.default_rng(7)


def cells(*numbers: float, nothing: float = 0.0) -> np.ndarray:
    found = DRAWS.choice(numbers, (60, 60)).astype(np.float32)
    found[DRAWS.random(found.shape) < nothing] = np.nan
    return found


@pytest.mark.parametrize(
    ("subject", "numbers", "unit", "expected"),
    [
        ("flood", (2, 3), "", True),
        ("flood", (1,), "", True),
        ("flood", (0, 1, 2, 3), "m", False),
        ("flood", (0.2, 1), "", False),
        ("land_cover", tuple(range(1, 22)), "", True),
        ("land_cover", tuple(range(200)), "", False),
        ("change", (-2, -1, 0, 1), "", True),
        ("land_cover", (1, 2, 100_000), "", False),
        ("green", (0, 1, 2), "", False),
        ("pm25", (7, 8, 9), "", False),
        ("noise", (1, 2, 3, 4), "", True),
        ("noise", (0, 55, 60, 65, 70, 75), "", True),
        ("noise", (55, 56, 57, 60), "", False),
        ("noise", (55,), "", True),
    ],
)
def test_classes_by_their_numbers(subject: str, numbers: tuple, unit: str, expected: bool) -> None:
    tiles = [cells(*numbers, nothing=0.2), np.full((4, 4), np.nan), cells(*numbers)]
    found = class_numbers(subject, unit, tiles)
    assert found.tolist() == (sorted(numbers) if expected else [])


def test_numbers_of_few_cells_are_none_and_names_are_enough() -> None:
    few = [np.arange(9, dtype=np.float32).reshape(3, 3)]
    assert not len(class_numbers("land_cover", "", few))
    assert len(class_numbers("pm25", "x", few, ((1, "Low"),))) == 9
    assert len(class_numbers("land_cover", "", [cells(*range(200))], ((1, "Oak"),))) == 200


def test_what_is_far_below_zero_is_no_class() -> None:
    assert class_numbers("flood", "", [cells(-9999, -99999, -1e30, 2, 3)]).tolist() == [2, 3]
    assert not len(class_numbers("flood", "", [cells(-9999)]))


@pytest.mark.parametrize(
    ("subject", "numbers", "names", "given", "blank"),
    [
        ("flood", [2, 3], (), [2, 3], 0),  # nothing else says where there is no flood
        ("flood", [0, 2, 3], (), [2, 3], None),  # 0 does: a cell without a value is not known
        ("flood", [0, 2, 3], ((0, "Zone 1"),), [0, 2, 3], None),
        ("flood", [2, 3], ((0, "Zone 1"),), [2, 3], None),
        ("noise", [1, 2], ((2, "Unknown"),), [1], 0),
        ("land_cover", [0, 1, 2], (), [0, 1, 2], None),
        ("land_cover", [1, 2], ((1, "No data"),), [2], 0),
        ("woods", [1], (), [1], 0),
        ("woods", [0, 1], (), [1], None),
        ("woods", [4, 5], (), [4, 5], None),
        ("flood", [0], (), [], None),
    ],
)
def test_none_and_unknown(subject: str, numbers: list, names: tuple, given: list, blank: float | None) -> None:
    found = classes_of(subject, np.array(numbers, dtype=float), names)
    assert found.numbers[found.given].tolist() == given
    assert found.blank == blank if blank is not None else np.isnan(found.blank)
    said = said_of(found)
    assert ("cells without a value are in none" in said) == (blank == 0)
    assert ("is in a class, so it" in said) == (not given)


def test_words_and_names() -> None:
    names = ((1, "Zone 1"), (2, "Wet"), (3, "wet!"), (4, "Class 5"))
    found = classes_of("flood", np.array([1.0, 2, 3, 4, 5, 6]), names)
    assert found.words == ("zone_1", "class_2", "class_3", "class_4", "class_5", "class_6")
    assert found.names == ("Zone 1", "Wet", "wet!", "Class 5", "class 5", "class 6")
    below = classes_of("change", np.array([-1.0, 0, 1]))
    assert (below.words[0], below.names[0]) == ("class_minus_1", "class −1")
    many = classes_of("land_cover", np.arange(1.0, 14))
    assert many.too_many and "13 classes" in said_of(many) and "at most 12" in said_of(many)


def test_names_in_the_file() -> None:
    flags = {"flag_values": "{0,2,3}", "flag_meanings": "no_flood flood_zone_2 flood_zone_3"}
    assert names_in(flags) == ((0, "no flood"), (2, "flood zone 2"), (3, "flood zone 3"))
    assert names_in({"legend": "10  Tree cover\n20: Shrubland\nnotes"}) == ((10, "Tree cover"), (20, "Shrubland"))
    assert names_in({"CLASS_3": "Zone  3", "2": "Zone 2", "AREA_OR_POINT": "Area"}) == ((2, "Zone 2"), (3, "Zone 3"))
    counts = {"STATISTICS_MAXIMUM": "3", "class_1": "17", "flag_values": "1,2", "flag_meanings": "one"}
    assert names_in(counts) == ()


TABLE = """<PAMDataset><PAMRasterBand band="1"><GDALRasterAttributeTable>
<FieldDefn index="0"><Name>Value</Name><Type>0</Type><Usage>5</Usage></FieldDefn>
<FieldDefn index="1"><Name>Count</Name><Type>0</Type><Usage>1</Usage></FieldDefn>
<FieldDefn index="2"><Name>Kind</Name><Type>2</Type><Usage>2</Usage></FieldDefn>
<Row index="0"><F>1</F><F>90</F><F>Wood &amp; heath</F></Row><Row index="1"><F>4</F><F>9</F><F>Urban</F></Row>
</GDALRasterAttributeTable></PAMRasterBand><PAMRasterBand band="2"><CategoryNames><Category>Other</Category>
</CategoryNames></PAMRasterBand></PAMDataset>"""
CATEGORIES = (
    "<PAMDataset><PAMRasterBand band='1'><CategoryNames><Category/><Category>Low</Category>"
    "<Category>High</Category></CategoryNames></PAMRasterBand></PAMDataset>"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TABLE, ((1, "Wood & heath"), (4, "Urban"))),
        (CATEGORIES, ((1, "Low"), (2, "High"))),
        ("<PAMDataset><Category>cut sh", ()),
        ("\x00" * 100, ()),
        ("<Category>A</Category>" * 100_000, ()),
    ],
)
def test_names_beside_the_file(tmp_path: Path, text: str, expected: tuple) -> None:
    assert names_beside(tmp_path / "a.tif") == ()
    (tmp_path / "a.tif.aux.xml").write_text(text, encoding="utf-8")
    assert names_beside(tmp_path / "a.tif") == expected


def _values_table(path: Path, **columns: list) -> None:
    """A dBASE table as ArcGIS writes it beside a raster, by GDAL."""
    frame = pd.DataFrame(columns)
    pyogrio.write_dataframe(frame, path.with_name("made.dbf"), driver="ESRI Shapefile", encoding="ISO-8859-1")
    path.with_name("made.dbf").rename(path)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"VALUE": [1, 2], "COUNT": [90.0, 9.0], "Zone_Name": ["Zone 1", "Zone 2"]}, ("Zone 1", "Zone 2")),
        ({"Value": [1.0, 2.0], "Said": ["Wood", "Été"]}, ("Wood", "Été")),
        ({"Value": [1, 2], "Code": ["A", "B"], "Label": ["Wood", "Heath"]}, ("Wood", "Heath")),
        ({"Value": [1, 2], "Code": ["A", "B"], "Other": ["Wood", "Heath"]}, ()),  # which of them is not known
        ({"Value": [1, 2], "Count": [3, 4]}, ()),
        ({"Number": [1, 2], "Label": ["Wood", "Heath"]}, ()),
    ],
)
def test_names_in_a_table_of_values(tmp_path: Path, columns: dict, expected: tuple) -> None:
    _values_table(tmp_path / "a.tif.vat.dbf", **columns)
    assert names_beside(tmp_path / "a.tif") == tuple(enumerate(expected, 1))


def test_a_table_of_values_names_the_classes_of_its_raster_but_not_over_the_other_file(tmp_path: Path) -> None:
    path = tif(tmp_path / "land.tif", np.repeat([[1, 4]], 60, axis=0).repeat(30, axis=1).astype(np.uint8), nodata=0)
    _values_table(tmp_path / "land.tif.vat.dbf", Value=[1, 4], Label=["Heath", "Town"])
    grid = read(path).grid
    assert grid is not None and grid.names == ((1, "Heath"), (4, "Town"))
    (tmp_path / "land.tif.aux.xml").write_text(TABLE, "utf-8")
    grid = read(path).grid
    assert grid is not None and grid.names == ((1, "Wood & heath"), (4, "Urban"))


def test_a_damaged_table_of_values_is_said_and_another_file_is_not_opened(tmp_path: Path) -> None:
    beside = tmp_path / "a.tif.vat.dbf"
    beside.write_text("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>")
    assert names_beside(tmp_path / "a.tif") == ()
    _values_table(beside, Value=[1, 2], Label=["Heath", "Town"])
    whole = beside.read_bytes()
    for damaged in (
        b"\x03" + b"\xff" * 200,
        whole[:6],
        whole[:60],
        whole[:-12],
        whole[:4] + (10**9).to_bytes(4, "little") + whole[8:],
    ):
        beside.write_bytes(damaged)
        with pytest.raises(FileProblem, match=r"a\.tif\.vat\.dbf"):
            names_beside(tmp_path / "a.tif")


def test_from_a_file_with_all_it_says(tmp_path: Path) -> None:
    """Through the reading process, which hands the names on."""
    path = tif(tmp_path / "flood.tif", cells(0, 2, 3).astype(np.uint8), tags={"CLASS_2": "Zone 2"})
    with Reader() as reader:
        reading = reader.read(path)
    assert reading.grid is not None and reading.grid.names == ((2, "Zone 2"),)
    (problem,) = reading.dataset.problems
    assert "2 classes" in problem.message and "cells of 0 are in none" in problem.message


def test_decimals_in_degrees_make_no_class_up(tmp_path: Path) -> None:
    """Between the classes 2 and 5 interpolation would find 3.5; between measurements it does."""
    place = {"transform": from_origin(-2.2, 51.9, 0.002, 0.002), "crs": 4326, "nodata": -1.0}
    box = (388e3, 211e3, 391e3, 214e3)
    classes = read(tif(tmp_path / "cover.tif", cells(2, 5, 9), **place), box=box)
    assert set(np.unique(whole(classes.grid)).tolist()) == {2, 5, 9}
    assert "nearest" in classes.dataset.problems[0].message
    measured = read(tif(tmp_path / "depth.tif", cells(2, 5, 9) + np.float32(0.25), **place), box=box)
    assert len(np.unique(whole(measured.grid))) > 100


def test_a_palette_of_classes_is_no_picture(tmp_path: Path) -> None:
    import rasterio

    def palette(name: str, **more) -> str:
        path = tif(tmp_path / name, cells(1, 2, 3).astype(np.uint8), photometric="palette", **more)
        with rasterio.open(path, "r+") as file:
            file.write_colormap(1, {1: (0, 0, 9), 2: (0, 9, 0), 3: (9, 0, 0)})
        return read(path).dataset.id

    assert palette("flood_map.tif") == "raster.flood"
    assert palette("cover.tif", tags={"class_1": "Wood"}) == "raster.cover"
    assert palette("sheet.tif").startswith("background.")


def test_two_hundred_numbers_are_said_to_be_a_measurement(tmp_path: Path) -> None:
    reading = read(tif(tmp_path / "cover.tif", cells(*range(200)).astype(np.uint8)))
    (problem,) = reading.dataset.problems
    assert "taken for a measurement" in problem.message and "at most 12" in problem.message
