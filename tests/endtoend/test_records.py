"""Records of people, from an officer's own system: counted on the way in, never kept, never let out."""

import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs.release import ROUNDED, SMALL
from jsna_desktop.workspace import arrays, catalogue
from jsna_desktop.workspace.store import Store
from tests.endtoend.conftest import Said

Run = Callable[..., Said]
SURNAME = "QUILLFEATHERS"
EVENTS = 3000


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "county.jsna"
    shutil.copyfile(demonstration, copy)
    return copy


@pytest.fixture
def postcodes(demonstration: Path) -> list[str]:
    found = []
    with zipfile.ZipFile(demonstration.parent / "files" / "codepo_fictional.zip") as packed:
        for name in packed.namelist():
            if name.endswith(".csv") and not name.lower().startswith("doc/"):
                lines = packed.read(name).decode().splitlines()
                found += [line.split(",")[0].strip('"') for line in lines if line.split(",")[1] != "90"]
    return found


@pytest.fixture
def admissions(tmp_path: Path, postcodes: list[str]) -> tuple[Path, Counter]:
    """A file of admissions, and how many of each category and year are in it."""
    random = np.random.default_rng(11)
    lines, truth = ["nhs_no,surname,date,sex,age,category,postcode"], Counter()
    for number in range(EVENTS):
        category, year = str(random.choice(["emergency", "elective"])), int(random.integers(2022, 2025))
        postcode = str(random.choice(postcodes))
        truth[category, year] += 1
        lines.append(
            f"94347{number:05d},{SURNAME},{year}-06-{number % 30 + 1:02d},F,{number % 100},{category},{postcode}"
        )
    path = tmp_path / "files" / "admissions_2022_2024.csv"
    path.parent.mkdir()
    path.write_text("\n".join(lines) + "\n")
    return path, truth


def test_admissions_from_the_file_to_the_profile(
    jsna: Run, county: Path, admissions: tuple[Path, Counter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, truth = admissions
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    added = jsna("add", county, path)
    assert added.code == 0, added.err
    assert "Events: admissions 2022-2024" in added.out
    assert "nhs_no and surname" in added.out

    told = jsna("show", county, "--json").json()
    (dataset,) = (d for d in told["datasets"] if d["kind"] == "events")
    assert (dataset["id"], dataset["sensitive"], dataset["fictional"]) == ("events.admissions.2022-2024", True, True)
    assert dataset["rows"] == EVENTS
    ids = {i["id"] for i in told["indicators"] if i["id"].startswith("events.")}
    assert ids == {f"events.admissions.{name}" for name in ("all", "emergency", "elective")}

    with Store.open(county, read_only=True) as store:
        key = store.one("SELECT key FROM dataset WHERE kind = 'events'")[0]
        table = catalogue.table(store, key, "events")
        assert store.all("SELECT DISTINCT in_table FROM table_column WHERE dataset = ?", [key]) == [("events",)]
        kept = store.all("SELECT form, data FROM table_column WHERE dataset = ?", [key])
        kept += store.all("SELECT form, data FROM value_column WHERE dataset = ?", [key])
        held = [arrays.unpack(form, data) for form, data in kept]
        words = {str(word) for column in held if column.dtype.kind == "U" for word in np.unique(column)}
        assert not any(SURNAME in word or word.startswith("QX") for word in words)
    found: Counter = Counter()
    for category, year, count in zip(*(table[n].tolist() for n in ("category", "year", "count")), strict=True):
        found[category, year] += count
    assert found == truth
    assert set(table["sex"].tolist()) == {"female"}

    # The profile has their rows: no number in them but multiples of five.
    rows = [r for r in jsna("profile", county, "--format", "json").json()["rows"] if r["indicator"] in ids]
    assert len({(r["indicator"], r["period"]) for r in rows}) == 9
    for row in rows:
        assert row["note"].startswith(ROUNDED) or (row["note"] == SMALL and row["value"] is None)
        assert row["value"] is None or (row["value"] == row["numerator"] and row["value"] % 5 == 0)
        assert all(entry["value"] is None or entry["value"] % 5 == 0 for entry in row["comparators"])
    csv = jsna("profile", county, "--format", "csv", "--indicator", "events.admissions.all")
    assert csv.code == 0
    assert ROUNDED in csv.out

    # Nothing of a person lies in the workspace, beside it or in the folder for temporary files.
    for file in [*county.parent.glob("county*"), *scratch.rglob("*")]:
        if file.is_file():
            assert SURNAME.encode() not in file.read_bytes()
    assert not [file for file in scratch.rglob("*") if file.is_file()]
    assert not (Path(f"{county}-journal")).exists()
    again = jsna("add", county, path)
    assert "already there" in again.out


def test_records_alone_are_refused_and_with_their_places_taken(
    jsna: Run, demonstration: Path, admissions: tuple[Path, Counter], tmp_path: Path
) -> None:
    path, _ = admissions
    files = demonstration.parent / "files"
    empty = tmp_path / "empty.jsna"
    jsna("new", empty)
    before = empty.read_bytes()
    refused = jsna("add", empty, path)
    assert refused.code == 3
    assert refused.err.count("\n") == 1
    assert "admissions_2022_2024.csv" in refused.err
    assert "Add postcodes" in refused.err
    assert "QX" not in refused.err
    assert empty.read_bytes() == before
    boundaries = next(files.glob("Lower_layer*.gpkg"))
    together = jsna("add", empty, path, files / "codepo_fictional.zip", boundaries)
    assert together.code == 0, together.err
    kinds = {d["kind"] for d in jsna("show", empty, "--json").json()["datasets"]}
    assert kinds == {"events", "postcodes", "boundaries"}


def test_records_are_kept_where_that_is_asked_for(jsna: Run, county: Path, admissions: tuple[Path, Counter]) -> None:
    path, _ = admissions
    assert jsna("add", county, path, "--keep-records").code == 0
    with Store.open(county, read_only=True) as store:
        key = store.one("SELECT key FROM dataset WHERE kind = 'events'")[0]
        records = catalogue.table(store, key, "records")
        categories = catalogue.table(store, key, "categories")["category"]
    assert len(records["day"]) == EVENTS
    assert set(categories.tolist()) == {"emergency", "elective"}
    assert jsna("check", county).code == 0


def test_a_register_of_deaths(jsna: Run, county: Path, tmp_path: Path, postcodes: list[str]) -> None:
    lines = ["DEC_SURNAME,DEC_SEX,DEC_AGEC,DEC_AGECUNIT,REG_DATE_OF_DEATH,S_UNDERLYING_COD_ICD10,DEC_PC"]
    lines += [f"{SURNAME},{n % 2 + 1},{40 + n % 60},1,2024{n % 12 + 1:02d}05,I21{n % 10},{p}" for n, p in
              enumerate(postcodes[:500])]  # fmt: skip
    path = tmp_path / "register.csv"
    path.write_text("\n".join(lines) + "\n")
    added = jsna("add", county, path)
    assert added.code == 0, added.err
    assert "DEC_SURNAME" in added.out
    told = jsna("show", county, "--json").json()
    (dataset,) = (d for d in told["datasets"] if d["kind"] == "deaths" and d["sensitive"])
    assert dataset["rows"] == 500
    with Store.open(county, read_only=True) as store:
        key = store.one("SELECT key FROM dataset WHERE kind = 'deaths' AND sensitive = 1")[0]
        table = catalogue.table(store, key, "deaths")
    assert table["deaths"].sum() == 500
    assert set(table["cause"].tolist()) == {"Circulatory"}
    rows = [r for r in jsna("profile", county, "--format", "json").json()["rows"] if r["indicator"] == "deaths.all"]
    mine = [r for r in rows if r["period"] == "2024"]
    assert mine
    assert all(r["value"] is None or (r["note"].startswith(ROUNDED) and r["value"] % 5 == 0) for r in mine)
    assert any(not r["note"].startswith(ROUNDED) for r in rows if r["period"] != "2024"), "open deaths are open"


def test_a_table_of_deaths_is_open_unless_it_is_said_not_to_be(jsna: Run, county: Path, tmp_path: Path) -> None:
    with Store.open(county, read_only=True) as store:
        key = store.one("SELECT key FROM dataset WHERE kind = 'boundaries' AND geography = 'lsoa2021'")[0]
        codes = catalogue.codes(store, key).tolist()
    lines = [f"{code},2024,{sex},{age},{n % 7}" for n, code in enumerate(codes) for sex in ("female", "male")
             for age in ("0-64", "65+")]  # fmt: skip
    (tmp_path / "deaths.csv").write_text("area_code,year,sex,age,deaths\n" + "\n".join(lines) + "\n")
    assert jsna("add", county, tmp_path / "deaths.csv", "--geography", "lsoa2021").code == 0
    rows = jsna("profile", county, "--indicator", "deaths.all", "--format", "json").json()["rows"]
    expected = sum(4 * (n % 7) for n in range(len(codes)))
    assert sum(row["value"] for row in rows if row["period"] == "2024") == pytest.approx(expected)
