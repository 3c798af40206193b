"""An officer's first morning: their own files, their own places, a profile and a pack."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely
from pypdf import PdfReader

from tests.endtoend.conftest import Said

Run = Callable[..., Said]
CONTRACT = {
    "locality", "indicator", "name", "period", "sex", "age", "value", "lower_ci", "upper_ci", "numerator",
    "denominator", "unit", "polarity", "note", "comparators",
}  # fmt: skip


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "county.jsna"
    shutil.copyfile(demonstration, copy)
    return copy


def test_files_are_recognised_added_once_and_listed(jsna: Run, demonstration: Path, tmp_path: Path) -> None:
    files = demonstration.parent / "files"
    workspace = tmp_path / "new.jsna"
    assert jsna("new", workspace, "--name", "My county").code == 0
    chosen = [next(files.glob("*BGC.gpkg")), next(files.glob("File_7*")), next(files.glob("*population*"))]
    dry = jsna("add", workspace, "--dry-run", *chosen)
    assert dry.code == 0
    assert jsna("show", workspace, "--json").json()["datasets"] == []
    added = jsna("add", workspace, *chosen)
    assert "LSOA 2021 boundaries: 338 features, column LSOA21CD" in added.out
    again = jsna("add", workspace, *chosen)
    assert again.out.count("already there") == 3
    shown = jsna("show", workspace, "--json").json()
    assert shown["workspace"] == "My county"
    assert [d["geography"] for d in shown["datasets"]] == ["lsoa2021"] * 3
    assert all(len(d["checksum"]) == 64 and d["rows"] == 338 for d in shown["datasets"])
    assert {"imd2025.average_score", "population.residents"} <= {i["id"] for i in shown["indicators"]}
    assert jsna("check", workspace).out == "The workspace is sound\n"


def test_profile_rows_have_what_the_contract_promises(jsna: Run, county: Path) -> None:
    said = jsna("profile", county, "--locality", "Kelderford", "--indicator", "local.smoking", "--format", "json")
    found = said.json()
    assert set(found) >= {"workspace", "made", "method", "rows"}
    (row,) = found["rows"]
    assert set(row) >= CONTRACT
    assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
    assert row["lower_ci"] < row["value"] < row["upper_ci"]
    assert all(set(c) >= {"area", "value", "lower_ci", "upper_ci", "verdict"} for c in row["comparators"])
    district = next(c for c in row["comparators"] if c["level"] == "district")
    assert district["area"] == "Marrowshire"
    assert district["verdict"] == "worse"


def test_csv_has_the_same_numbers_with_comparators_widened(jsna: Run, county: Path) -> None:
    select = ("--locality", "Tarnbury", "--indicator", "local.smoking")
    told = jsna("profile", county, *select, "--format", "json").json()["rows"][0]
    (line,) = csv.DictReader(io.StringIO(jsna("profile", county, *select, "--format", "csv").out))
    assert float(line["value"]) == told["value"]
    assert float(line["district_value"]) == told["comparators"][0]["value"]
    assert line["district_verdict"] == told["comparators"][0]["verdict"]


def test_a_drawn_outline_of_a_community_area_is_that_area(jsna: Run, county: Path, tmp_path: Path) -> None:
    """Through longitude and latitude and back, as a file from elsewhere comes."""
    jsna("localities", "export", county, tmp_path / "areas.geojson", "--set", "Community areas")
    assert geopandas.read_file(tmp_path / "areas.geojson").crs.to_epsg() == 4326
    added = jsna("localities", "add", county, tmp_path / "areas.geojson", "--set", "Drawn", "--name-field", "name")
    assert "12 localities" in added.out
    whole = jsna("profile", county, "--set", "Community areas", "--format", "json").json()
    drawn = jsna("profile", county, "--set", "Drawn", "--format", "json").json()
    assert len(whole["rows"]) == len(drawn["rows"]) > 100
    for a, b in zip(whole["rows"], drawn["rows"], strict=True):
        assert (a["locality"], a["indicator"], a["value"]) == (b["locality"], b["indicator"], b["value"])
    assert {p["residents_in_cut_areas"] for p in drawn["localities"]} == {0.0}


def test_a_line_across_small_areas_reports_who_is_cut(jsna: Run, county: Path, tmp_path: Path) -> None:
    shapes = geopandas.read_file(next((county.parent).glob("*.gpkg"), None) or _export(jsna, county, tmp_path))
    middle = shapes.union_all().centroid
    drawn = geopandas.GeoDataFrame({"name": ["Circle"]}, geometry=[middle.buffer(4000)], crs=27700)
    drawn.to_file(tmp_path / "circle.gpkg")
    jsna("localities", "add", county, tmp_path / "circle.gpkg", "--set", "Drawn")
    place = jsna("profile", county, "--set", "Drawn", "--format", "json").json()["localities"][0]
    assert place["method"] == "postcodes"
    assert 0 < place["residents_in_cut_areas"] < place["residents"]
    low, high = place["residents_range"]
    assert low <= place["residents"] <= high
    fit = jsna("profile", county, "--set", "Drawn", "--method", "best-fit", "--format", "json").json()["localities"][0]
    assert fit["residents_in_cut_areas"] == 0
    refused = jsna("profile", county, "--set", "Drawn", "--method", "blocks")
    assert refused.code == 2


def _export(jsna: Run, county: Path, folder: Path) -> Path:
    jsna("localities", "export", county, folder / "all.gpkg")
    return folder / "all.gpkg"


def test_weights_can_be_taken_out_and_repeated_by_hand(jsna: Run, county: Path, tmp_path: Path) -> None:
    jsna("localities", "export", county, tmp_path / "weights.csv", "--locality", "Tarnbury")
    with (tmp_path / "weights.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["geography"] == "lsoa2021"]
    shown = jsna("show", county, "--json").json()
    place = next(p for p in shown["localities"] if p["name"] == "Tarnbury")
    assert len(rows) == place["blocks"]
    assert {float(row["weight"]) for row in rows} == {1.0}


def test_two_places_are_compared_by_their_difference(jsna: Run, county: Path) -> None:
    select = ("--locality", "Kelderford", "--indicator", "local.smoking", "--format", "json")
    other = jsna("profile", county, *select, "--compare", "Wexbourne").json()["rows"][0]["comparators"]
    assert [(c["area"], c["verdict"]) for c in other] == [("Wexbourne", "worse")]
    own = jsna("profile", county, *select, "--compare", "Kelderford").json()["rows"][0]["comparators"]
    assert own[0]["verdict"] == "not compared"


def test_a_pack_a_place_tagged_and_fictional_on_every_page(jsna: Run, county: Path, tmp_path: Path) -> None:
    said = jsna("pack", county, "--locality", "Kelderford", "--locality", "Tarnbury", "--out", tmp_path / "packs")
    assert said.code == 0
    assert sorted(p.name for p in (tmp_path / "packs").iterdir()) == ["Kelderford.pdf", "Tarnbury.pdf"]
    pdf = PdfReader(tmp_path / "packs/Kelderford.pdf")
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert all("ictional" in page.extract_text() for page in pdf.pages)
    first = pdf.pages[0].extract_text()
    rows = jsna("profile", county, "--locality", "Kelderford", "--indicator", "population.residents",
                "--format", "json").json()["rows"]  # fmt: skip
    everyone = [row for row in rows if row["sex"] == "persons"]
    residents = max(everyone, key=lambda row: row["period"])["value"]
    assert f"{residents:,.0f}" in first
    reached = jsna("access", county, "--locality", "Kelderford", "--service", "hospital", "--by", "drive",
                   "--format", "json").json()["rows"][0]  # fmt: skip
    page = next(text for one in pdf.pages[2:] if "Getting to services" in (text := one.extract_text()))
    assert reached["mean"] > 20  # from there on a sentence has no decimals
    assert f"Furthest away is a hospital: {reached['mean']:.0f} minutes by car on average" in " ".join(page.split())


def test_localities_are_removed_and_the_set_goes_with_the_last(jsna: Run, county: Path) -> None:
    assert jsna("localities", "remove", county).code == 2
    assert jsna("localities", "remove", county, "--locality", "Tarnbury").code == 0
    assert "Tarnbury" not in jsna("localities", "list", county).out
    jsna("localities", "remove", county, "--set", "Community areas")
    assert jsna("show", county, "--json").json()["localities"] == []


def test_templates_are_readable_by_the_readers_that_they_are_for(jsna: Run, tmp_path: Path) -> None:
    assert jsna("template", "indicator", tmp_path / "t.csv").code == 0
    assert jsna("template", "population", tmp_path / "t.xlsx").code == 0
    assert jsna("template", "lookup", tmp_path / "t.txt").code == 2
    assert jsna("template", "indicator", tmp_path / "t.csv").code == 2
    text = (tmp_path / "t.csv").read_text("utf-8-sig") + "E01000001,smoking,2024,12,150,,,,,,,,\n"
    (tmp_path / "filled.csv").write_text(text, "utf-8")
    jsna("new", tmp_path / "w.jsna")
    said = jsna("add", tmp_path / "w.jsna", tmp_path / "filled.csv", "--geography", "lsoa2021")
    assert said.code == 0, said.err
    assert [i["id"] for i in jsna("show", tmp_path / "w.jsna", "--json").json()["indicators"]] == ["local.smoking"]


def test_boundaries_after_localities_still_give_them_an_outline(jsna: Run, demonstration: Path, tmp_path: Path) -> None:
    files = demonstration.parent / "files"
    workspace = tmp_path / "late.jsna"
    jsna("new", workspace)
    jsna("localities", "add", workspace, next(files.glob("*Community_Area*")), "--set", "Areas")
    jsna("add", workspace, next(files.glob("*BGC.gpkg")))
    jsna("localities", "export", workspace, tmp_path / "late.gpkg")
    shapes = geopandas.read_file(tmp_path / "late.gpkg")
    assert len(shapes) == 12
    assert shapely.area(shapes.geometry.to_numpy()).min() > 1e6


def test_a_pack_has_the_latest_period_of_each_indicator_alone(county: Path) -> None:
    from jsna_desktop.jobs.figures import load_figures
    from jsna_desktop.jobs.findings import all_findings
    from jsna_desktop.jobs.localities import localities
    from jsna_desktop.workspace.store import Store

    with Store.open(county) as store:
        (found,) = all_findings(load_figures(store), localities(store, names=["Kelderford"]))
    seen = [(row["indicator"], row["sex"], row["age"]) for row in found.rows]
    assert len(seen) > 20
    assert len(seen) == len(set(seen))
    assert not any("2015" in line for line in found.methods)
