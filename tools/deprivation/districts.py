"""Districts by `profile`, from small areas, beside MHCLG's own district summaries of 2025 and 2019."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from jsna_desktop.cli import main

DOMAINS = {
    "income": "Income", "employment": "Employment", "education": "Education, skills and training",
    "health": "Health deprivation and disability", "crime": "Crime", "barriers": "Barriers to housing and services",
    "living_environment": "Living environment",
}  # fmt: skip
_LONG = {
    "education": "education_skills_and_training", "health": "health_deprivation_and_disability",
    "barriers": "barriers_to_housing_and_services",
}  # fmt: skip
_SHORT_2019 = {"barriers": "Housing_and_Access", "living_environment": "Environment"}
_TENTH = "proportion_of_lso_as_in_most_deprived_10_percent_nationally"
ALL_AGES, WORKING_AGE = "residents of all ages", "residents aged 16 to 64"


@dataclass(frozen=True)
class Difference:
    """How far districts by `profile` are from what is published: `most` and `middle` of the absolute differences."""

    edition: str
    column: str
    indicator: str
    weights: str
    districts: int
    middle: float
    most: float
    district: str

    @property
    def is_rank(self) -> bool:
        return "rank_of" in self.column


def columns_2025() -> dict[str, str]:
    """Column of MHCLG's summaries → indicator of the profile."""
    found = {
        "imd_average_rank": "imd2025.average_rank",
        "imd_average_score": "imd2025.average_score",
        f"imd_{_TENTH}": "imd2025.share_lsoas_decile1",
        "imd25_extent": "imd2025.extent",
        "imd25_local_concentration": "imd2025.local_concentration",
    }
    for domain in DOMAINS:
        words = _LONG.get(domain, domain)
        found |= {
            f"{words}_average_rank": f"imd2025.{domain}.average_rank",
            f"{words}_average_score": f"imd2025.{domain}.average_score",
            f"{words}_{_TENTH}": f"imd2025.{domain}.share_lsoas_decile1",
        }
    return found | {
        "income_scale": "iod2025_underlying.income_domain_numerator",
        "employment_scale": "iod2025_underlying.employment_domain_numerator",
    }


def columns_2019() -> dict[str, str]:
    """As `columns_2025`, of what ranks and deciles allow."""
    found = {"Proportion": "imd2019.share_lsoas_decile1", "Extent": "imd2019.extent"}
    for domain in DOMAINS:
        words = _SHORT_2019.get(domain, domain.capitalize())
        found[f"{words}_Proportion"] = f"imd2019.{domain}.share_lsoas_decile1"
    return found


def rank_of(column: str) -> str:
    """The column that ranks districts by this one."""
    if column.endswith("_scale"):
        return f"rank_of_{column}"
    for start in ("imd25_", "imd_", *(f"{_LONG.get(domain, domain)}_" for domain in DOMAINS)):
        if column.startswith(start):
            return f"{start}rank_of_{column.removeprefix(start)}"
    return ""


def differences_2025(data: Path, folder: Path) -> list[Difference]:
    """By census residents; employment by residents of working age too, which MHCLG weights it by."""
    published = pd.read_csv(data / "deprivation/IoD2025_LAD_summaries.csv").set_index("ltla24_code")
    file = data / "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv"
    census = data / "population/census-2021-usual-residents-lsoa-2021.csv"
    files = [file, data / "indicators/IoD2025_underlying_indicators_lsoa21.csv.gz", census]
    columns, field = columns_2025(), "Local Authority District code (2024)"
    values = _districts(folder / "2025.jsna", files, file, field)
    names = _names(file, field)
    made = _differences("2025", ALL_AGES, columns, values, published, names)
    ages = folder / "working_age.csv"
    _working_age(file, census, next((data / "population").glob("mid-2020*"))).to_csv(ages, index=False)
    values = _districts(folder / "employment.jsna", [file, census, ages], file, field)
    own = {column: one for column, one in columns.items() if ".employment.average" in one}
    return made + _differences("2025", WORKING_AGE, own, values, published, names)


def differences_2019(data: Path, folder: Path) -> list[Difference]:
    """By residents of mid-2017, the nearest to mid-2015 of the estimates there are.

    The file at hand places its LSOAs in the districts of today: those that were joined since have no summary of 2019.
    """
    published = pd.read_csv(data / "deprivation/IoD2019_LAD_summaries.csv").set_index("ltla19_code")
    file = data / "deprivation/File_2_IoD2019_Domains_of_Deprivation.csv"
    people = next((data / "population").glob("mid-2017*"))
    field = "Local Authority District code (2019)"
    values = _districts(folder / "2019.jsna", [file, people], file, field)
    return _differences("2019", "mid-2017", columns_2019(), values, published, _names(file, field))


def _names(file: Path, field: str) -> dict[str, str]:
    """Name of each district by its code."""
    table = pd.read_csv(file, usecols=[field, field.replace("code", "name")]).drop_duplicates()
    return dict(zip(table[field], table[field.replace("code", "name")], strict=True))


def _working_age(file: Path, census: Path, estimates: Path) -> pd.DataFrame:
    """Residents aged 16 to 64 of the LSOAs of 2021: census residents times the share in mid-2020.

    The estimates are by LSOAs of 2011; one that is new in 2021 takes the share of its district.
    """
    places = pd.read_csv(file).set_index("LSOA code (2021)")["Local Authority District code (2024)"]
    people = pd.read_csv(census).set_index("LSOA 2021 code").iloc[:, -1].reindex(places.index)
    ages = pd.read_csv(estimates, skiprows=4).set_index("LSOA Code")
    # Some snapshots write thousands with commas.
    counts = ages.loc[:, "All Ages":].replace(",", "", regex=True).astype(float)
    share = (counts.loc[:, "16":"64"].sum(axis=1) / counts["All Ages"]).reindex(places.index)
    share = share.fillna(share.groupby(places).transform("mean"))
    about = {"indicator": "population.age_16_64", "name": "Residents aged 16 to 64", "period": "2021"}
    table = pd.DataFrame({"area_code": places.index, "numerator": (people * share).round().to_numpy()})
    return table.assign(**about, kind="count", unit="residents")


def _districts(workspace: Path, files: list[Path], lookup: Path, field: str) -> pd.DataFrame:
    """Values by indicator (columns) of every district (rows by code), as the command line gives them."""
    out = workspace.with_suffix(".json")
    commands = (
        ["new", workspace],
        ["add", workspace, *files],
        ["localities", "add", workspace, lookup, "--set", "Districts", "--code-field", field, "--name-field", field],
        ["profile", workspace, "--format", "json", "--out", out, "--compare", "england"],
    )
    for command in commands:
        if main([str(part) for part in command]):
            raise RuntimeError(f"{' '.join(map(str, command))} failed")
    rows = pd.DataFrame(json.loads(out.read_text("utf-8"))["rows"])
    return rows.pivot_table(index="locality", columns="indicator", values="value", aggfunc="last")


def _differences(
    edition: str,
    weights: str,
    columns: dict[str, str],
    values: pd.DataFrame,
    published: pd.DataFrame,
    names: dict[str, str],
) -> list[Difference]:
    found = []
    for column, indicator in columns.items():
        pairs = [(column, values[indicator].reindex(published.index))]
        # A total with a hole in it is withheld, and without all districts there are no ranks.
        if rank_of(column) in published and bool(np.isfinite(pairs[0][1].to_numpy(float)).all()):
            pairs.append((rank_of(column), pairs[0][1].rank(ascending=False, method="min")))
        for name, ours in pairs:
            off = np.abs(ours.to_numpy(float) - published[name].to_numpy(float))
            known = np.isfinite(off)
            where = names[str(published.index[int(np.nanargmax(off))])]
            middle, most = float(np.median(off[known])), float(np.nanmax(off))
            found.append(Difference(edition, name, indicator, weights, int(known.sum()), middle, most, where))
    return found
