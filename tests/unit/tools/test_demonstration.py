"""The demonstration county: it is made again to the last byte, fits together, and says nothing of real places."""

import csv
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "resources" / "demonstration"
NATION = 33_755


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name)


@pytest.fixture(scope="module")
def lsoas() -> geopandas.GeoDataFrame:
    return geopandas.read_file(FOLDER / "Lower_layer_Super_Output_Areas_Fictional_2021_Boundaries_BGC.gpkg")


@pytest.fixture(scope="module")
def oas() -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(FOLDER / "Output_Areas_Fictional_2021_Boundaries_BGC.parquet")


@pytest.fixture(scope="module")
def deprivation() -> pd.DataFrame:
    return table("File_7_Fictional_IoD2025.csv").set_index("LSOA code (2021)")


@pytest.fixture(scope="module")
def population() -> pd.DataFrame:
    people = table("mid_2024_population_fictional_lsoa_2021_sex_single_year.csv.gz")
    return people.assign(years=people["age"].str.rstrip("+").astype(int))


@pytest.fixture(scope="module")
def indicators() -> pd.DataFrame:
    return table("health_indicators_fictional_lsoa_2021.csv")


@pytest.fixture(scope="module")
def community() -> pd.DataFrame:
    return table("LSOA_2021_to_Community_Area_Fictional_Lookup.csv").set_index("LSOA21CD")


@pytest.fixture(scope="module")
def postcodes() -> pd.DataFrame:
    with zipfile.ZipFile(FOLDER / "codepo_fictional.zip") as packed, packed.open("Data/CSV/qx.csv") as file:
        return pd.read_csv(file, header=None)


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="shipped as the lock's libraries for Python 3.11 write it")
def test_the_maker_writes_the_shipped_bytes_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.demonstration", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)
    made = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    shipped = {p.name: p.read_bytes() for p in FOLDER.iterdir()}
    assert made.keys() == shipped.keys()
    assert [name for name in made if made[name] != shipped[name]] == []


def test_the_folder_stays_small() -> None:
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 8_000_000


def test_boundaries_are_exact_coverages_of_single_polygons(lsoas, oas) -> None:
    for areas in (lsoas, oas):
        assert areas.crs.to_epsg() == 27700
        assert areas.geometry.is_valid.all()
        assert (shapely.get_num_geometries(areas.geometry.values) == 1).all()
        # coverage_is_valid takes polygons only.
        assert shapely.coverage_is_valid(shapely.get_geometry(areas.geometry.values, 0))


def test_five_output_areas_tile_each_lsoa(lsoas, oas) -> None:
    assert (oas.groupby("LSOA21CD").size() == 5).all()
    parts = oas.groupby("LSOA21CD")["geometry"].agg(lambda g: shapely.coverage_union_all(g.values))
    whole = lsoas.set_index("LSOA21CD").geometry
    assert set(parts.index) == set(whole.index)
    assert all(parts[code].equals(shape) for code, shape in whole.items())


def test_every_file_speaks_of_the_same_areas(lsoas, oas, deprivation, population, indicators, community) -> None:
    codes = set(lsoas["LSOA21CD"])
    assert 310 <= len(codes) == len(lsoas) <= 350
    region = table("LSOA_2021_to_LAD_to_Region_Fictional_Lookup.csv")
    nested = table("OA_2021_to_LSOA_to_MSOA_Fictional_Lookup.csv")
    for other in (deprivation.index, population["area_code"], community.index, region["LSOA21CD"], nested["LSOA21CD"]):
        assert set(other) == codes
    assert dict(zip(nested["OA21CD"], nested["LSOA21CD"], strict=True)) == dict(
        zip(oas["OA21CD"], oas["LSOA21CD"], strict=True)
    )
    local = indicators[indicators["area_code"].isin(codes)]
    assert (local.groupby("indicator")["area_code"].agg(set) == codes).all()
    assert set(indicators["area_code"]) - codes == {"X12000001", "X92000001"}


def test_all_codes_are_of_the_fictional_nation(lsoas, oas, postcodes) -> None:
    assert lsoas["LSOA21CD"].str.fullmatch(r"X01\d{6}").all()
    assert oas["OA21CD"].str.fullmatch(r"X00\d{6}").all()
    assert postcodes[0].str.fullmatch(r"QX\d{1,2} \d[ABD-HJLNP-UW-Z]{2}").all()
    for path in FOLDER.glob("*.csv"):
        assert re.findall(r"\b[EWSNK]\d{8}\b", path.read_text()) == [], path.name


def test_msoas_hold_four_to_six_lsoas_that_carry_their_name(lsoas) -> None:
    nested = table("OA_2021_to_LSOA_to_MSOA_Fictional_Lookup.csv").drop_duplicates("LSOA21CD")
    assert nested.groupby("MSOA21CD").size().between(4, 6).all()
    named = nested.merge(lsoas[["LSOA21CD", "LSOA21NM"]], on="LSOA21CD")
    assert (named["LSOA21NM"].str[:-1] == named["MSOA21NM"]).all()
    assert named["LSOA21NM"].is_unique
    shapes = lsoas.merge(nested, on="LSOA21CD").dissolve("MSOA21CD").geometry
    assert (shapes.geom_type == "Polygon").all()


def test_twelve_community_areas_are_each_in_one_piece(lsoas, community) -> None:
    assert community["CA24CD"].nunique() == community["CA24NM"].nunique() == 12
    shapes = lsoas.merge(community["CA24NM"], left_on="LSOA21CD", right_index=True).dissolve("CA24NM").geometry
    assert (shapes.geom_type == "Polygon").all()


def test_towns_are_dense_and_the_country_is_wide(lsoas) -> None:
    km2 = lsoas.area / 1e6
    assert km2.quantile(0.25) < 0.6
    assert km2.quantile(0.9) > 15


def test_every_postcode_lies_in_an_output_area_of_its_ward(oas, postcodes) -> None:
    assert postcodes[0].is_unique
    points = shapely.points(postcodes[[2, 3]].to_numpy())
    at, area = shapely.STRtree(oas.geometry.values).query(points, predicate="intersects")
    # Once each: never outside, never on a boundary.
    assert np.array_equal(np.sort(at), np.arange(len(postcodes)))
    assert np.bincount(area, minlength=len(oas)).min() >= 4
    msoa = table("OA_2021_to_LSOA_to_MSOA_Fictional_Lookup.csv").set_index("OA21CD")["MSOA21CD"]
    expected = msoa.reindex(oas["OA21CD"].iloc[area].tolist()).str[3:]
    assert (postcodes[9].iloc[at].str[3:].to_numpy() == expected.to_numpy()).all()


def test_residents_by_sex_and_single_year_are_complete(population) -> None:
    assert set(population["sex"]) == {"female", "male"}
    assert (population.groupby(["area_code", "sex"])["years"].agg(list).map(lambda a: a == list(range(91)))).all()
    residents = population.groupby("area_code")["population"].sum()
    assert residents.between(1_000, 2_800).all()


def test_age_structures_differ_as_places_do(population) -> None:
    residents = population.groupby("area_code")["population"].sum()
    share = {
        name: population[population["years"].between(*ages)].groupby("area_code")["population"].sum() / residents
        for name, ages in {"students": (18, 23), "older": (65, 90), "children": (0, 15)}.items()
    }
    assert share["students"].max() > 0.25
    assert share["older"].max() > 0.40
    assert share["older"].min() < 0.06
    assert 0.16 < (share["children"] * residents).sum() / residents.sum() < 0.20
    assert 0.17 < (share["older"] * residents).sum() / residents.sum() < 0.21


def test_ranks_deciles_and_scores_agree(deprivation) -> None:
    assert list(deprivation.columns[3:6]) == [
        "Index of Multiple Deprivation (IMD) Score",
        "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
        "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",
    ]
    assert len(deprivation.columns) == 27
    for at in range(3, 27, 3):
        score, rank, decile = (deprivation.iloc[:, at + i] for i in range(3))
        assert rank.is_unique
        assert rank.between(1, NATION).all()
        assert (decile == np.ceil(rank * 10 / NATION)).all()
        assert score.iloc[np.argsort(rank)].is_monotonic_decreasing


def test_the_index_is_made_of_its_domains_as_published(deprivation) -> None:
    weights = (0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093)
    score = np.zeros(len(deprivation))
    for i, weight in enumerate(weights):
        scaled = 1 - (deprivation.iloc[:, 7 + 3 * i] - 1) / NATION
        score += weight * -23 * np.log(1 - scaled * (1 - np.exp(-100 / 23)))
    assert np.allclose(score, deprivation.iloc[:, 3], atol=0.0006)


def test_the_south_east_is_deprived_and_the_north_west_is_not(deprivation, community) -> None:
    decile = deprivation.iloc[:, 5]
    of = {name: decile[codes] for name, codes in community.groupby("CA24NM").groups.items()}
    assert (of["Kelderford"] <= 2).mean() > 0.5
    assert (of["Wexbourne"] >= 7).mean() > 0.6
    # Pockets: some of the most deprived tenth lie in other towns.
    assert sum((values == 1).any() for name, values in of.items() if name != "Kelderford") >= 2


def test_indicators_count_people_who_are_there(population, indicators) -> None:
    assert indicators["indicator"].nunique() == 10
    share = indicators[indicators["kind"] == "proportion"]
    assert (share["numerator"] <= share["denominator"]).all()
    for indicator, low, high, sexes in (
        ("smoking", 18, 90, ("female", "male")),
        ("diabetes_recorded", 17, 90, ("female", "male")),
        ("emergency_admissions", 0, 90, ("female", "male")),
        ("breast_screening", 53, 70, ("female",)),
        ("older_living_alone", 65, 90, ("female", "male")),
    ):
        people = population[population["years"].between(low, high) & population["sex"].isin(sexes)]
        expected = people.groupby("area_code")["population"].sum()
        rows = indicators[indicators["indicator"] == indicator].set_index("area_code")["denominator"]
        assert (rows[expected.index] == expected).all(), indicator


def test_health_follows_deprivation(deprivation, indicators) -> None:
    decile = deprivation.iloc[:, 5]
    local = indicators[indicators["area_code"].isin(decile.index)]
    local = local.assign(decile=decile[local["area_code"]].to_numpy())
    for _, rows in local[local["polarity"] != "none"].groupby("indicator"):
        most, least = rows[rows["decile"] <= 2], rows[rows["decile"] >= 9]
        gap = (
            most["numerator"].sum() / most["denominator"].sum() - least["numerator"].sum() / least["denominator"].sum()
        )
        assert (gap > 0) == (rows["polarity"].iloc[0] == "low good")


def test_the_county_is_plausible_beside_its_nation(indicators) -> None:
    value = indicators.assign(value=indicators["numerator"] / indicators["denominator"])
    nation = value[value["area_code"] == "X92000001"].set_index("indicator")["value"]
    sums = value[value["area_code"].str.startswith("X01")].groupby("indicator")[["numerator", "denominator"]].sum()
    assert len(nation) == 10
    assert (sums["numerator"] / sums["denominator"] / nation).between(0.85, 1.15).all()


def test_practices_have_the_published_layout(postcodes) -> None:
    with (FOLDER / "epraccur_fictional.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {27}
    assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == len(rows)
    assert all(re.fullmatch(r"QX\d{4}", row[0]) for row in rows)
    assert {row[9] for row in rows} <= set(postcodes[0])
    assert sum(row[12] == "A" and row[25] == "4" for row in rows) == 40
    assert any(row[12] == "C" and row[11] for row in rows)
    assert any(row[25] != "4" for row in rows)
    assert all(row[17].startswith("01632 960") for row in rows)
