"""The readers on files as they are published: what they are, how many rows, sums and shares that are known."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from jsna_desktop.sources import read

WHOLE = {
    "boundaries/lsoa_2021_ew_bgc.parquet": ("boundaries.lsoa2021", 35_672),
    "boundaries/lsoa_2021_wiltshire.geojson": ("boundaries.lsoa2021", 307),
    "boundaries/lsoa_2011_wiltshire.geojson": ("boundaries.lsoa2011", 285),
    "boundaries/msoa_2021_wiltshire.geojson": ("boundaries.msoa2021", 64),
    "boundaries/wards_wiltshire.geojson": ("boundaries.ward", 98),
    "boundaries/Lower_layer_Super_Output_Areas_December_2021_Boundaries_Wiltshire_BGC.gpkg": (
        "boundaries.lsoa2021",
        307,
    ),
    "boundaries/LSOA_2011_sw5forces_BGC_V2.zip": ("boundaries.lsoa2011", 3_281),
    "lookups/lsoa_2021_to_lad_to_region_ew.csv": ("lookup.lsoa2021", 35_672),
    "lookups/lsoa_2011_to_lad_to_region_ew.csv": ("lookup.lsoa2011", 34_753),
    "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv": ("imd2025", 33_755),
    "deprivation/File_2_IoD2019_Domains_of_Deprivation.csv": ("imd2019", 32_844),
    "deprivation/IoD2025_LAD_summaries.csv": ("imd2025.summaries.district", 296),
    "deprivation/IoD2019_LAD_summaries.csv": ("imd2019.summaries.district", 317),
    "population/census-2021-usual-residents-lsoa-2021.csv": ("population.2021.lsoa2021", 35_672),
    "population/mid-2017-persons-lsoa-2011-single-year-of-age.csv.gz": ("population.2017.lsoa2011", 34_753),
    "population/mid-2020-persons-lsoa-2011-single-year-of-age.csv.gz": ("population.2020.lsoa2011", 34_753),
    "census2021/disability21_lsoa21_ew.csv.gz": ("census2021.disability", 35_672),
    "census2021/ethnicity21_lsoa21.csv.gz": ("census2021.ethnic_group", 35_672),
    "census2021/household_deprivation21_lsoa21.csv.gz": ("census2021.deprivation_dimensions", 35_672),
    "census2021/household_overcrowding21_lsoa21.csv.gz": ("census2021.occupancy_rating", 35_672),
    "census2021/household_tenure21_lsoa21.csv.gz": ("census2021.tenure", 35_672),
    "indicators/IoD2019_underlying_indicators_lsoa11.csv.gz": ("iod2019_underlying", 32_844),
    "indicators/IoD2025_underlying_indicators_lsoa21.csv.gz": ("iod2025_underlying", 33_755),
    "indicators/community_needs_index_2023_lsoa21.csv.gz": ("cni2023", 33_755),
}


@pytest.mark.parametrize("name", WHOLE)
def test_every_file_is_known_without_a_hint(data: Path, name: str) -> None:
    found = read(data / name)
    assert (found.dataset.id, found.dataset.rows) == WHOLE[name]
    assert len(np.unique(found.codes)) == len(found.codes)
    assert not found.dataset.fictional


def test_residents_by_the_census(data: Path) -> None:
    found = read(data / "population/census-2021-usual-residents-lsoa-2021.csv")
    assert found.columns["persons"].sum() == 59_597_543


def test_wiltshire_in_mid_2020(data: Path) -> None:
    found = read(data / "population/mid-2020-persons-lsoa-2011-single-year-of-age.csv.gz")
    wiltshire = found.columns["district_code"] == "E06000054"
    assert found.columns["persons"][wiltshire].sum() == 504_070
    assert found.columns["ages_persons"][wiltshire].sum() == 504_070


def test_shares_in_the_most_deprived_tenth_are_the_published_ones(data: Path) -> None:
    found = read(data / "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv")
    published = pd.read_csv(data / "deprivation/IoD2025_LAD_summaries.csv").set_index("ltla24_code")
    frame = pd.DataFrame({"district": found.columns["district_code"], "tenth": found.columns["imd_decile"] == 1})
    share = frame.groupby("district")["tenth"].mean()
    column = "imd_proportion_of_lso_as_in_most_deprived_10_percent_nationally"
    assert len(share) == 296
    assert (share - published[column].reindex(share.index)).abs().max() < 0.0001


@pytest.mark.parametrize(
    ("name", "code", "columns"),
    [
        (
            "IoD2025_LAD_summaries.csv",
            "ltla24_code",
            {
                "average_score": "imd_average_score",
                "average_rank": "imd_average_rank",
                "rank_of_average_rank": "imd_rank_of_average_rank",
                "extent": "imd25_extent",
                "local_concentration": "imd25_local_concentration",
                "income.scale": "income_scale",
                "crime.share_lsoas_decile1": "crime_proportion_of_lso_as_in_most_deprived_10_percent_nationally",
                "living_environment.average_score": "living_environment_average_score",
            },
        ),
        (
            "IoD2019_LAD_summaries.csv",
            "ltla19_code",
            {
                "average_score": "Score",
                "share_lsoas_decile1": "Proportion",
                "extent": "Extent",
                "barriers.average_score": "Housing_and_Access_Score",
                "living_environment.share_lsoas_decile1": "Environment_Proportion",
            },
        ),
    ],
)
def test_summaries_of_districts_are_those_of_the_file(
    data: Path, name: str, code: str, columns: dict[str, str]
) -> None:
    found = read(data / "deprivation" / name)
    published = pd.read_csv(data / "deprivation" / name)
    assert found.codes.tolist() == published[code].tolist()
    assert found.dataset.geography == "district"
    assert found.dataset.problems == ()
    # Every column but the codes and names is kept.
    assert len(found.columns) == len([c for c in published.columns if not c.endswith(("_code", "_name"))])
    values = {i.id: found.columns[i.value or ""] for i in found.indicators}
    for measure, column in columns.items():
        np.testing.assert_array_equal(values[f"published.imd{name[3:7]}.{measure}"], published[column])


def test_open_general_practices(data: Path) -> None:
    found = read(data / "services/epraccur.csv")
    with (data / "services/epraccur.csv").open(encoding="cp1252", newline="") as file:
        open_practices = [row[0] for row in csv.reader(file) if row[12] == "A" and row[25] == "4"]
    assert found.codes.tolist() == open_practices
    assert (found.columns["postcode"] != "").all()


def test_postcodes_of_the_south_west(data: Path) -> None:
    found = read(data / "postcodes/codepo_gb_wiltshire_areas.zip")
    assert found.dataset.rows > 150_000
    assert found.columns["easting"].min() > 200_000
    place = np.flatnonzero(found.codes == "SN1 1AA")
    if len(place):
        assert 410_000 < found.columns["easting"][place[0]] < 420_000


def test_three_formats_give_the_same_wiltshire(data: Path) -> None:
    folder = data / "boundaries"
    england = read(folder / "lsoa_2021_ew_bgc.parquet")
    county = read(folder / "lsoa_2021_wiltshire.geojson")
    package = read(folder / "Lower_layer_Super_Output_Areas_December_2021_Boundaries_Wiltshire_BGC.gpkg")
    assert sorted(county.codes.tolist()) == sorted(package.codes.tolist())
    areas = []
    for found in (england, county, package):
        order = np.argsort(found.codes)
        codes = found.codes[order]
        wanted = order[np.isin(codes, county.codes)]
        areas.append(shapely.area(shapely.from_wkb(found.geometry[wanted])))
    np.testing.assert_allclose(areas[1], areas[2], rtol=2e-6)
    np.testing.assert_allclose(areas[0], areas[2], rtol=2e-3)
