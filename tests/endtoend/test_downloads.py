"""Downloads from Nomis and Fingertips, from the file to the profile of a place of the demonstration county."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest

from tests.endtoend.conftest import Said

Run = Callable[..., Said]
TITLE = (
    '"TS037 - General health"\n"ONS Crown Copyright Reserved [from Nomis on 3 November 2025]"\n\n'
    '"Population :","All usual residents"\n"Units      :","Persons"\n"Date       :","2021"\n\n'
)
NOTE = '\n"In order to protect against disclosure of personal information, counts have been changed a little."\n'


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "county.jsna"
    shutil.copyfile(demonstration, copy)
    return copy


@pytest.fixture(scope="module")
def lsoas(demonstration: Path) -> list[str]:
    frame: Any = geopandas.read_file(next((demonstration.parent / "files").glob("Lower_layer*.gpkg")))
    return sorted(frame["LSOA21CD"])


def test_a_nomis_query_is_summed_over_the_place(jsna: Run, county: Path, tmp_path: Path, lsoas: list[str]) -> None:
    total = {code: 1000 + 7 * number for number, code in enumerate(lsoas)}
    well = {code: 300 + 3 * number for number, code in enumerate(lsoas)}
    rows = [f'"Place","{code}",{total[code]},{well[code]},{total[code] - well[code]}' for code in lsoas]
    head = (
        '"2021 super output area - lower layer","mnemonic","Total: All usual residents","Very good health","Other"\n\n'
    )
    (tmp_path / "health.csv").write_text(TITLE + head + "\n".join(rows) + "\n" + NOTE)
    place = lsoas[3:12]
    lines = "\n".join(f"{code},CA91,Nine" for code in place)
    (tmp_path / "place.csv").write_text(f"LSOA21CD,CA24CD,CA24NM\n{lines}\n")
    assert jsna("localities", "add", county, tmp_path / "place.csv", "--set", "Own").code == 0

    added = jsna("add", county, tmp_path / "health.csv")
    assert added.code == 0, added.err
    (row,) = jsna(
        "profile", county, "--locality", "Nine", "--indicator", "census2021.ts037.very_good_health", "--format", "json"
    ).json()["rows"]
    assert row["numerator"] == sum(well[code] for code in place)
    assert row["denominator"] == sum(total[code] for code in place)
    assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])


def test_fingertips_says_where_it_is_from_and_is_not_averaged(jsna: Run, county: Path, tmp_path: Path) -> None:
    (tmp_path / "life.csv").write_text(
        "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category Type,"
        "Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,Count,Denominator,Value note\n"
        "90366,Life expectancy at birth,,,E92000001,England,England,Female,All ages,,,2021 - 23,83.1,83,83.2,,,\n"
        "90366,Life expectancy at birth,E12000009,South West,E06000054,Wiltshire,Counties & UAs,Female,All ages,,,"
        "2021 - 23,84.4,84.1,84.7,,,\n"
    )
    assert jsna("add", county, tmp_path / "life.csv").code == 0
    shown = jsna("show", county, "--json").json()
    (dataset,) = [d for d in shown["datasets"] if d["id"] == "fingertips.90366"]
    assert dataset["source"] == "Office for Health Improvement and Disparities"
    assert dataset["licence"].startswith("Open Government Licence")
    rows = jsna("profile", county, "--indicator", "fingertips.90366", "--format", "json").json()["rows"]
    assert rows
    assert all(row["value"] is None and row["note"] for row in rows)
