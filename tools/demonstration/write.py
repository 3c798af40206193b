"""The county as files in the published layouts, the same bytes each time."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from tools.demonstration.county import County
from tools.demonstration.deaths import BANDS, CAUSES, SEXES, YEARS, Deaths
from tools.demonstration.deprivation import DOMAINS, Deprivation
from tools.demonstration.names import (
    COMMUNITY_AREA_CODES,
    COUNTY,
    DISTRICT_CODE,
    NATION_CODE,
    POSTCODE_AREA,
    REGION,
    REGION_CODE,
    TOWNS,
)
from tools.demonstration.people import People
from tools.demonstration.postcodes import Postcodes

LSOA_BOUNDARIES = "Lower_layer_Super_Output_Areas_Fictional_2021_Boundaries_BGC.gpkg"
OA_BOUNDARIES = "Output_Areas_Fictional_2021_Boundaries_BGC.parquet"
REGION_LOOKUP = "LSOA_2021_to_LAD_to_Region_Fictional_Lookup.csv"
OA_LOOKUP = "OA_2021_to_LSOA_to_MSOA_Fictional_Lookup.csv"
COMMUNITY_LOOKUP = "LSOA_2021_to_Community_Area_Fictional_Lookup.csv"
DEPRIVATION = "File_7_Fictional_IoD2025.csv"
POPULATION = "mid_2024_population_fictional_lsoa_2021_sex_single_year.csv.gz"
EARLIER = "mid_2015_to_2023_population_fictional_lsoa_2021_sex_age_band.csv.gz"
DEATHS = "deaths_2015_to_2024_fictional_lsoa_2021_sex_age_cause.csv.gz"
INDICATORS = "health_indicators_fictional_lsoa_2021.csv"
PRACTICES = "epraccur_fictional.csv"
POSTCODES = "codepo_fictional.zip"

_POPULATION_HEADINGS = ("area_code", "year", "sex", "age", "population")
STAMP = (2025, 1, 1, 0, 0, 0)
_DOMAIN_TITLES = {
    "income": "Income", "employment": "Employment", "education": "Education, Skills and Training",
    "health": "Health Deprivation and Disability", "crime": "Crime",
    "barriers": "Barriers to Housing and Services", "living_environment": "Living Environment",
}  # fmt: skip


def plain_csv(header: Sequence[str] | None, rows: Iterable[Sequence[object]], quote_all: bool = False) -> str:
    """The table as text, lines ending as on Unix."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\n")
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _save(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def write_boundaries(out: Path, county: County) -> None:
    """LSOAs as a GeoPackage and output areas as GeoParquet, both EPSG:27700."""
    import geopandas
    import pyogrio

    lsoas = geopandas.GeoDataFrame(
        {"LSOA21CD": county.lsoa_code, "LSOA21NM": county.lsoa_name}, geometry=county.lsoa_shape, crs=27700
    )
    path = out / LSOA_BOUNDARIES
    path.unlink(missing_ok=True)
    # A GeoPackage notes when it was last changed; a fixed date keeps its bytes the same.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2025-01-01T00:00:00.000Z"})
    try:
        pyogrio.write_dataframe(
            lsoas,
            path,
            layer="LSOA_2021_Fictional_BGC",
            driver="GPKG",
            geometry_type="MultiPolygon",
            promote_to_multi=True,
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    oas = geopandas.GeoDataFrame(
        {"OA21CD": county.oa_code, "LSOA21CD": county.lsoa_code[county.oa_lsoa]},
        geometry=county.oa_shape,
        crs=27700,
    )
    oas.to_parquet(out / OA_BOUNDARIES, compression="zstd", index=False)


def write_lookups(out: Path, county: County) -> None:
    """LSOA to district and region, output area to LSOA and MSOA, LSOA to community area."""
    place = (DISTRICT_CODE, COUNTY, REGION_CODE, REGION)
    lsoas = list(zip(county.lsoa_code, county.lsoa_name, strict=True))
    header = ("LSOA21CD", "LSOA21NM", "LAD25CD", "LAD25NM", "RGN25CD", "RGN25NM")
    _save(out / REGION_LOOKUP, plain_csv(header, ((*lsoa, *place) for lsoa in lsoas)))
    rows = [
        (oa, county.lsoa_code[i], county.msoa_code[county.lsoa_msoa[i]], county.msoa_name[county.lsoa_msoa[i]])
        for oa, i in zip(county.oa_code, county.oa_lsoa, strict=True)
    ]
    _save(out / OA_LOOKUP, plain_csv(("OA21CD", "LSOA21CD", "MSOA21CD", "MSOA21NM"), rows))
    homes = [(COMMUNITY_AREA_CODES[a], TOWNS[a].name) for a in county.lsoa_area]
    rows = [(*lsoa, *home) for lsoa, home in zip(lsoas, homes, strict=True)]
    _save(out / COMMUNITY_LOOKUP, plain_csv(("LSOA21CD", "LSOA21NM", "CA24CD", "CA24NM"), rows))


def write_deprivation(out: Path, county: County, deprivation: Deprivation) -> None:
    """File 7 of the Indices of Deprivation 2025: scores, ranks and deciles of the index and its domains."""
    header = [
        "LSOA code (2021)", "LSOA name (2021)", "Local Authority District code (2024)",
        "Local Authority District name (2024)",
    ]  # fmt: skip
    columns: list[Iterable[object]] = [
        county.lsoa_code, county.lsoa_name, [DISTRICT_CODE] * len(county.lsoa_code), [COUNTY] * len(county.lsoa_code),
    ]  # fmt: skip
    titles = {"imd": "Index of Multiple Deprivation (IMD)"}
    titles |= {d.key: _DOMAIN_TITLES[d.key] for d in DOMAINS}
    for key, title in titles.items():
        rate = " (rate)" if key in ("income", "employment") else ""
        header += [
            f"{title} Score{rate}",
            f"{title} Rank (where 1 is most deprived)",
            f"{title} Decile (where 1 is most deprived 10% of LSOAs)",
        ]
        columns += [deprivation.score[key].tolist(), deprivation.rank[key].tolist(), deprivation.decile[key].tolist()]
    _save(out / DEPRIVATION, plain_csv(header, zip(*columns, strict=True)))


def write_population(out: Path, county: County, people: People) -> None:
    """Plain population table: a row for each LSOA, sex and single year of age."""
    ages = [str(age) for age in range(90)] + ["90+"]
    rows = (
        (code, 2024, sex, age, int(count))
        for i, code in enumerate(county.lsoa_code)
        for sex, counts in (("female", people.female), ("male", people.male))
        for age, count in zip(ages, counts[i], strict=True)
    )
    _save_packed(out / POPULATION, plain_csv(_POPULATION_HEADINGS, rows))


def write_deaths(out: Path, county: County, deaths: Deaths) -> None:
    """Plain tables of the residents of earlier years by age band, and of the deaths; where nobody died is no row."""
    rows = (
        (code, year, sex, band, int(count))
        for y, year in enumerate(YEARS[:-1])
        for i, code in enumerate(county.lsoa_code)
        for s, sex in enumerate(SEXES)
        for band, count in zip(BANDS, deaths.people[y, i, s], strict=True)
    )
    _save_packed(out / EARLIER, plain_csv(_POPULATION_HEADINGS, rows))
    causes = list(CAUSES)
    found = np.argwhere(deaths.deaths > 0)
    counts = deaths.deaths[tuple(found.T)]
    rows = (
        (county.lsoa_code[i], YEARS[y], SEXES[s], BANDS[b], causes[c], int(count))
        for (y, i, s, b, c), count in zip(found.tolist(), counts.tolist(), strict=True)
    )
    _save_packed(out / DEATHS, plain_csv(("area_code", "year", "sex", "age", "cause", "deaths"), rows))


def _save_packed(path: Path, text: str) -> None:
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def write_indicators(out: Path, rows: list[dict[str, str | int]]) -> None:
    """Plain indicator table with numerators and denominators."""
    _save(out / INDICATORS, plain_csv(list(rows[0]), (list(row.values()) for row in rows)))


def write_practices(out: Path, rows: list[list[str]]) -> None:
    """NHS ODS `epraccur`: 27 quoted columns without a header."""
    _save(out / PRACTICES, plain_csv(None, rows, quote_all=True))


def write_postcodes(out: Path, county: County, postcodes: Postcodes) -> None:
    """Code-Point Open: one file for the postcode area, its headings and documents beside it."""
    order = np.argsort(postcodes.code)
    rows = []
    for i in order:
        ward = f"X05{county.lsoa_msoa[county.oa_lsoa[postcodes.oa[i]]] + 1:06d}"
        easting, northing = (int(v) for v in postcodes.xy[i])
        rows.append(
            f'"{postcodes.code[i]}",10,{easting},{northing},"{NATION_CODE}","X19000001","X18000001","","{DISTRICT_CODE}","{ward}"\r\n'
        )
    headings = (
        "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\r\nPostcode,Positional_quality_indicator,Eastings,Northings,Country_code,"
        "NHS_regional_HA_code,NHS_HA_code,Admin_county_code,Admin_district_code,Admin_ward_code\r\n"
    )
    note = f"FICTIONAL DATA in the layout of Code-Point Open. No postcode begins with {POSTCODE_AREA}.\r\n"
    area = POSTCODE_AREA.lower()
    members = {
        f"Data/CSV/{area}.csv": "".join(rows),
        "Doc/Code-Point_Open_Column_Headers.csv": headings,
        "Doc/licence.txt": note,
        "Doc/metadata.txt": f"{note}DATASET VERSION NUMBER: 2025.1.0\r\n{POSTCODE_AREA:>8}\t{len(rows)}\r\n",
        "Doc/readme.txt": note,
    }
    with zipfile.ZipFile(out / POSTCODES, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, text)
