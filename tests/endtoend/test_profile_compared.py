"""An officer asks for more than the district and England: parents, peers, any area, trends, standardised rates."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.measures.rates import BANDS
from tests.endtoend.conftest import Said

Run = Callable[..., Said]


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(demonstration, tmp_path / "county.jsna"))


def _blocks(jsna: Run, county: Path, tmp_path: Path) -> dict[str, list[str]]:
    """Codes of the LSOAs of each community area."""
    jsna("localities", "export", county, tmp_path / "blocks.csv", "--set", "Community areas")
    held: dict[str, list[str]] = {}
    with (tmp_path / "blocks.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["geography"] == "lsoa2021":
                held.setdefault(row["locality"], []).append(row["area_code"])
    return held


def test_parent_peers_and_areas_by_name_in_json_csv_and_table(jsna: Run, county: Path) -> None:
    select = ("--locality", "Kelderford", "--indicator", "local.smoking")
    asked = ("--compare", "parent", "--compare", "peers", "--compare", "Marrowshire")
    (row,) = jsna("profile", county, *select, *asked, "--format", "json").json()["rows"]
    by_level = {entry["level"]: entry for entry in row["comparators"]}
    assert set(by_level) == {"parent", "Marrowshire", *(f"peer{rank}" for rank in range(1, 6))}
    assert by_level["parent"]["area"] == "Marrowshire"
    assert "conservative" in by_level["parent"]["note"]
    distances = [by_level[f"peer{rank}"]["distance"] for rank in range(1, 6)]
    assert distances == sorted(distances)
    peer = by_level["peer1"]
    own = jsna("profile", county, "--locality", peer["area"], *select[2:], "--format", "json").json()["rows"][0]
    assert peer["value"] == own["value"]
    assert peer["difference"] == pytest.approx(row["value"] - own["value"])
    assert peer["difference_lower"] < peer["difference"] < peer["difference_upper"]
    (line,) = csv.DictReader(io.StringIO(jsna("profile", county, *select, *asked, "--format", "csv").out))
    assert float(line["peer1_difference_lower"]) == peer["difference_lower"]
    assert line["parent_note"] == by_level["parent"]["note"]
    assert peer["area"] in jsna("profile", county, *select, *asked).out


def test_a_name_that_is_nothing_is_wrong_usage(jsna: Run, county: Path) -> None:
    said = jsna("profile", county, "--locality", "Kelderford", "--compare", "Marrowshir")
    assert said.code == 2
    assert "Marrowshire" in said.err


def test_every_locality_says_how_many_comparisons_chance_accounts_for(jsna: Run, county: Path) -> None:
    made = jsna("profile", county, "--format", "json").json()
    for place in made["localities"]:
        rows = [row for row in made["rows"] if row["locality"] == place["name"]]
        assert place["compared"] == sum(row["clear_after_many"] is not None for row in rows) > 5
        assert place["expected_by_chance"] == pytest.approx(0.05 * place["compared"])
    assert all(row["source"] for row in made["rows"])
    for row in made["rows"]:
        assert bool(row["interval_method"]) == (row["lower_ci"] is not None), row["indicator"]
    # A table of one year has no trend; the words are the guide's.
    said = {row["indicator"]: row["trend"] for row in made["rows"]}
    assert said["local.smoking"] == "not tested"
    words = {"getting better", "getting worse", "increasing", "decreasing", "no clear change", "not tested"}
    assert set(said.values()) <= words


def test_five_years_of_a_plain_table_have_a_trend_and_the_earlier_ones_are_detail(
    jsna: Run, county: Path, tmp_path: Path
) -> None:
    held = _blocks(jsna, county, tmp_path)
    lines = ["area_code,indicator,period,numerator,denominator,polarity"]
    for name, codes in held.items():
        step = 8 if name == "Kelderford" else 0
        lines += [
            f"{code},falls,{year},{100 + step * (year - 2020)},1000,low good"
            for code in codes
            for year in range(2020, 2025)
        ]
    (tmp_path / "falls.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert jsna("add", county, tmp_path / "falls.csv").code == 0
    rows = jsna("profile", county, "--indicator", "local.falls", "--format", "json").json()["rows"]
    said = {name: {row["trend"] for row in rows if row["locality"] == name} for name in held}
    assert said.pop("Kelderford") == {"getting worse"}
    assert set().union(*said.values()) == {"no clear change"}
    assert {row["period"] for row in rows if not row["detail"]} == {"2024"}


def test_deaths_over_residents_by_age_are_standardised_against_the_district(
    jsna: Run, county: Path, tmp_path: Path
) -> None:
    held = _blocks(jsna, county, tmp_path)
    rng = np.random.default_rng(3)
    lines = ["area_code,year,sex,age,deaths"]
    for codes in held.values():
        for code in codes:
            for place, band in enumerate(BANDS):
                lines += [f"{code},2024,{sex},{band},{rng.poisson(0.02 * place)}" for sex in ("female", "male")]
    (tmp_path / "deaths.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert jsna("add", county, tmp_path / "deaths.csv").code == 0
    chosen = ("--indicator", "deaths.dsr", "--indicator", "deaths.isr", "--standard", "district", "--format", "json")
    rows = jsna("profile", county, *chosen).json()["rows"]
    persons = [row for row in rows if row["sex"] == "persons"]
    direct = {row["locality"]: row for row in persons if row["indicator"] == "deaths.dsr"}
    assert all(row["lower_ci"] < row["value"] < row["upper_ci"] for row in direct.values())
    indirect = [row for row in persons if row["indicator"] == "deaths.isr"]
    # Every resident lives in one of the areas: together they have the deaths that are expected of them.
    assert sum(row["numerator"] for row in indirect) == pytest.approx(sum(row["denominator"] for row in indirect))
    district = [entry for row in indirect for entry in row["comparators"] if entry["level"] == "district"]
    assert len(district) == len(indirect) > 5
    assert [entry["value"] for entry in district] == pytest.approx([100] * len(district))
    assert {entry["verdict"] for entry in district} <= {"better", "worse", "similar"}
    refused = jsna("profile", county, "--indicator", "deaths.isr", "--format", "json").json()["rows"]
    assert all(row["value"] is None and "all of England" in row["note"] for row in refused)
