from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.sources.localities import read_localities

Squares = Callable[..., geopandas.GeoDataFrame]

LOOKUP = """LSOA21CD,LSOA21NM,LAD25CD,LAD25NM
E01000001,A,E06000001,Aldshire
E01035002,B,E06000001,Aldshire
E01000003,C,E06000002,Tarn
"""


@pytest.fixture
def lookup(tmp_path: Path) -> Path:
    path = tmp_path / "lookup.csv"
    path.write_text(LOOKUP)
    return path


def test_polygons_with_guessed_and_chosen_names(squares: Squares, tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    squares(["a", "b"], "name", crs="EPSG:4326", town=["Aldton", ""]).to_file(path)
    found = read_localities(path)
    assert found.names.tolist() == ["a", "b"]
    assert found.codes.tolist() == ["", ""]
    shapes = shapely.from_wkb(found.shapes)
    assert shapely.total_bounds(shapes)[:2] == pytest.approx([400_000, 200_000], abs=0.05)
    assert read_localities(path, name_field="TOWN").names.tolist() == ["Aldton", "Area 2"]


def test_a_field_that_is_not_there_is_named_with_the_likely_one(squares: Squares, tmp_path: Path, lookup: Path) -> None:
    path = tmp_path / "p.gpkg"
    squares(["E05000001"], "WD25CD", WD25NM=["A"]).to_file(path)
    with pytest.raises(UsageProblem, match=r"columns WD25CD, WD25NM.*“WD25NM” is meant"):
        read_localities(path, name_field="WD24NM")
    with pytest.raises(UsageProblem, match="LAD25NM"):
        read_localities(lookup, code_field="LAD25CD", name_field="LAD25N")


def test_a_lookup_gives_the_members_of_each_place(lookup: Path) -> None:
    found = read_localities(lookup, code_field="lad25cd")
    assert found.shapes is None
    assert found.geography == "lsoa2021"
    assert found.blocks is not None
    assert found.blocks.tolist() == ["E01000001", "E01035002", "E01000003"]
    assert found.codes.tolist() == ["E06000001", "E06000001", "E06000002"]
    assert found.names.tolist() == ["Aldshire", "Aldshire", "Tarn"]


def test_names_stand_for_codes_where_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text("LSOA21CD,neighbourhood\nE01000001,North\nE01000002,South\nE01000003,\n")
    found = read_localities(path)
    assert found.codes.tolist() == found.names.tolist() == ["North", "South"]
    assert found.problems[0].examples == ("row 4",)


def test_community_areas_are_guessed_districts_are_not(tmp_path: Path, lookup: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("LSOA21CD,CA24CD,CA24NM,LAD25CD\nE01000001,MA01,Aldton,E06000001\nE01000002,MA02,Tarn,E06000001\n")
    assert read_localities(path).names.tolist() == ["Aldton", "Tarn"]
    with pytest.raises(UsageProblem, match="not clear which column"):
        read_localities(lookup)


def test_a_feature_without_a_shape_is_said(squares: Squares, tmp_path: Path) -> None:
    frame = squares(["a", "b"], "name")
    frame.loc[0, "geometry"] = None
    frame.to_file(tmp_path / "p.gpkg")
    found = read_localities(tmp_path / "p.gpkg")
    assert found.names.tolist() == ["b"]
    assert found.problems[0].examples == ("feature 1",)
    assert len(np.asarray(found.shapes)) == 1
