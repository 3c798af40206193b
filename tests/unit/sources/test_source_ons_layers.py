"""Any layer of the ONS by its code column, 2011 and 2021 where there are two."""

from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest

from jsna_desktop.sources import read

Squares = Callable[..., geopandas.GeoDataFrame]

LAYERS = [
    ("OA11CD", "E00000001", "oa2011", "OA 2011"),
    ("OA21CD", "E00000001", "oa2021", "OA 2021"),
    ("LSOA11CD", "E01000001", "lsoa2011", "LSOA 2011"),
    ("LSOA21CD", "E01000001", "lsoa2021", "LSOA 2021"),
    ("MSOA11CD", "E02000001", "msoa2011", "MSOA 2011"),
    ("MSOA21CD", "E02000001", "msoa2021", "MSOA 2021"),
    ("WD24CD", "E05000001", "ward", "Ward"),
    ("PAR23CD", "E04000001", "parish", "Parish"),
    ("PARNCP21CD", "E43000001", "parish", "Parish"),
    ("LAD24CD", "E06000001", "district", "Local authority"),
    ("CTYUA24CD", "E06000001", "upper_tier", "Upper-tier authority"),
    ("CTY24CD", "E10000001", "upper_tier", "Upper-tier authority"),
    ("RGN24CD", "E12000001", "region", "Region"),
    ("ICB23CD", "E54000001", "icb", "ICB"),
    ("SICBL23CD", "E38000001", "sub_icb", "Sub-ICB"),
    ("BUA22CD", "E63000001", "built_up_area", "Built-up area"),
    ("CA24CD", "MA01", "community_area", "Community area"),
]


@pytest.mark.parametrize(("column", "code", "geography", "words"), LAYERS)
def test_a_layer_is_known_by_its_column(
    squares: Squares, tmp_path: Path, column: str, code: str, geography: str, words: str
) -> None:
    codes = [code, code[:-1] + "2"]
    names = column.replace("CD", "NM")
    more = {names: ["A", "B"], names + "W": ["", ""], "BNG_E": [400_500, 401_500], "GlobalID": ["x", "y"]}
    squares(codes, column, **more).to_file(tmp_path / "layer.gpkg")
    found = read(tmp_path / "layer.gpkg")
    assert found.dataset.id == f"boundaries.{geography}"
    assert found.dataset.title == f"{words} boundaries"
    assert found.dataset.reason == f"{words} boundaries: 2 features, column {column}"
    assert found.names is not None
    assert found.names.tolist() == ["A", "B"]
    assert found.dataset.problems == ()


@pytest.mark.parametrize(
    ("columns", "main", "larger"),
    [
        (("PARNCP21CD", "LAD21CD"), "parish", {"district"}),
        (("SICBL23CD", "ICB23CD", "NHSER23CD"), "sub_icb", {"icb"}),
        (("LSOA21CD", "SICBL23CD", "ICB23CD", "LAD23CD"), "lsoa2021", {"sub_icb", "icb", "district"}),
        (("WD24CD", "LAD24CD", "CTY24CD", "RGN24CD"), "ward", {"district", "upper_tier", "region"}),
    ],
)
def test_larger_areas_come_along(
    squares: Squares, tmp_path: Path, columns: tuple[str, ...], main: str, larger: set[str]
) -> None:
    by_column = {column: code for column, code, _, _ in LAYERS} | {
        "LAD21CD": "E06000001", "LAD23CD": "E06000001", "NHSER23CD": "E40000001",
    }  # fmt: skip
    more = {column: [by_column[column]] * 2 for column in columns[1:]}
    own = by_column[columns[0]]
    squares([own, own[:-1] + "2"], columns[0], **more).to_file(tmp_path / "layer.gpkg")
    found = read(tmp_path / "layer.gpkg")
    assert found.dataset.geography == main
    assert {lookup.level for lookup in found.lookups} == larger


def test_counties_and_unitary_authorities_are_one_layer(squares: Squares, tmp_path: Path) -> None:
    codes = ["E10000001", "E06000001", "E08000001", "E09000001", "W06000001"]
    squares(codes, "CTYUA24CD").to_file(tmp_path / "c.gpkg")
    found = read(tmp_path / "c.gpkg")
    assert (found.dataset.geography, found.dataset.rows, found.dataset.problems) == ("upper_tier", 5, ())


def test_boundary_line_calls_its_codes_code_and_its_kinds_area_code(squares: Squares, tmp_path: Path) -> None:
    more = {"NAME": ["A", "B"], "AREA_CODE": ["DIW", "DIW"]}
    squares(["E05000001", "E05000002"], "CODE", **more).to_file(tmp_path / "b.shp")
    found = read(tmp_path / "b.shp")
    assert found.dataset.geography == "ward"
    assert found.names is not None
    assert found.names.tolist() == ["A", "B"]
