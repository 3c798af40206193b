"""What a person can get wrong at the terminal: one message, the right exit code, the workspace as it was."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endtoend.conftest import Said

Run = Callable[..., Said]


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "county.jsna"
    shutil.copyfile(demonstration, copy)
    return copy


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


BAD_FILES: dict[str, bytes] = {
    "empty.csv": b"",
    "prose.docx": b"Dear all, please find attached",
    "numbers.csv": b"a,b\n1,2\n",
    "half.zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00truncated",
    "half.geojson": b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"LSOA21CD": "E0',
    "twice.csv": b"area_code,indicator,period,numerator,denominator\nE01000001,s,2024,1,9\nE01000001,s,2024,2,9\n",
    "nul.csv": b"area_code,indicator\x00,period\n\x00\x00\x00",
    "text.csv": b"area_code,indicator,period,value\nE01000001,s,2024,many\nE01000002,s,2024,few\n",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_not_what_it_should_be(jsna: Run, county: Path, tmp_path: Path, name: str) -> None:
    before = fingerprint(county)
    (tmp_path / name).write_bytes(BAD_FILES[name])
    said = jsna("add", county, tmp_path / name)
    assert said.code == 3
    assert name in said.err
    assert said.err.count("\n") == 1, "one message"
    assert fingerprint(county) == before


def test_a_missing_file_and_a_folder(jsna: Run, county: Path, tmp_path: Path) -> None:
    before = fingerprint(county)
    assert jsna("add", county, tmp_path / "none.csv").code == 3
    assert jsna("add", county, tmp_path).code == 3
    assert fingerprint(county) == before


def test_one_bad_file_among_good_ones_adds_nothing(jsna: Run, county: Path, tmp_path: Path) -> None:
    before = fingerprint(county)
    good = tmp_path / "good.csv"
    good.write_text("area_code,indicator,period,numerator,denominator\nX01000001,new,2024,1,9\n")
    (tmp_path / "empty.csv").write_bytes(b"")
    said = jsna("add", county, good, tmp_path / "empty.csv")
    assert said.code == 3
    assert "nothing was added" in said.err
    assert fingerprint(county) == before


@pytest.mark.parametrize("command", ["show", "check", "profile", "localities list"])
def test_a_workspace_that_is_missing_or_damaged(jsna: Run, tmp_path: Path, command: str) -> None:
    assert jsna(*command.split(), tmp_path / "none.jsna").code == 4
    (tmp_path / "bad.jsna").write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    assert jsna(*command.split(), tmp_path / "bad.jsna").code == 4
    assert jsna(*command.split(), tmp_path).code == 4


def test_wrong_words_are_answered_with_near_ones(jsna: Run, county: Path) -> None:
    said = jsna("profile", county, "--locality", "Kelderfrod")
    assert said.code == 2
    assert "Kelderford" in said.err
    said = jsna("profile", county, "--indicator", "local.smokin")
    assert said.code == 2
    assert "local.smoking" in said.err
    assert jsna("profile", county, "--set", "nothing").code == 2
    assert jsna("nonsense").code == 2
    assert jsna("pack", county, "--out", "x", "--formats", "doc").code == 2
    said = jsna("localities", "add", county, county.parent / "none.gpkg")
    assert said.code == 3


def test_a_name_twice_is_refused(jsna: Run, county: Path, demonstration: Path) -> None:
    before = fingerprint(county)
    table = next((demonstration.parent / "files").glob("*Community_Area*"))
    said = jsna("localities", "add", county, table, "--set", "Community areas")
    assert said.code == 2
    assert "already" in said.err
    assert fingerprint(county) == before


def test_sensitive_counts_leave_rounded_alone(jsna: Run, county: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    rows = "\n".join(f"X0100{n:04d},referrals,2024,{n % 5},1500" for n in range(1, 339))
    secret.write_text(f"area_code,indicator,period,numerator,denominator\n{rows}\n")
    assert jsna("add", county, secret, "--sensitive").code == 0
    for fmt in ("json", "csv", "table"):
        said = jsna("profile", county, "--indicator", "local.referrals", "--format", fmt)
        assert said.code == 0
    rows = jsna("profile", county, "--indicator", "local.referrals", "--format", "json").json()["rows"]
    for row in rows:
        assert "sensitive data" in row["note"] or row["value"] is None
        assert row["numerator"] is None or row["numerator"] % 5 == 0
        assert row["denominator"] is None or row["denominator"] % 5 == 0


def test_a_kind_or_a_geography_that_there_is_not_is_wrong_usage(jsna: Run, county: Path, tmp_path: Path) -> None:
    before = fingerprint(county)
    path = tmp_path / "counts.csv"
    path.write_text("area_code,indicator,period,numerator,denominator\nX01000001,s,2024,1,9\n")
    for option, value in (("--as", "gossip"), ("--geography", "lsoa1991")):
        said = jsna("add", county, path, option, value)
        assert said.code == 2
        assert value in said.err
    assert fingerprint(county) == before


def test_codes_that_nothing_knows_are_said_when_they_are_added(jsna: Run, county: Path, tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    rows = "".join(f"X0199900{n},s,2024,1,9\n" for n in range(9))
    path.write_text("area_code,indicator,period,numerator,denominator\n" + rows)
    said = jsna("add", county, path, "--geography", "lsoa2021")
    assert said.code == 0
    assert "9 codes are in no boundary or lookup" in said.out


def test_the_same_file_twice_in_one_call_is_added_once(jsna: Run, county: Path, tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("area_code,indicator,period,numerator,denominator\nX01000001,s,2024,1,9\n")
    said = jsna("add", county, path, path)
    assert said.out.count("already there") == 1
    assert [d["id"] for d in jsna("show", county, "--json").json()["datasets"]].count("local.counts") == 1


@pytest.mark.parametrize("line", ['x = {a = "b"}', "area_code = 1", 'area_code = "A"\nindicator = "A"'])
def test_a_column_map_that_makes_no_sense(jsna: Run, county: Path, tmp_path: Path, line: str) -> None:
    (tmp_path / "map.toml").write_text(line)
    (tmp_path / "table.csv").write_text("A,B\nX01000001,1\n")
    said = jsna("add", county, tmp_path / "table.csv", "--map", tmp_path / "map.toml")
    assert said.code == 3
    assert "map.toml" in said.err


def test_what_cannot_be_written_is_said(jsna: Run, county: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    for arguments in (
        ("localities", "export", county, tmp_path / "nowhere" / "places.csv"),
        ("localities", "export", county, tmp_path / "nowhere" / "places.gpkg"),
        ("template", "indicator", tmp_path / "nowhere" / "empty.csv"),
        ("demo", file),
        ("pack", county, "--out", tmp_path / "packs", "--formats", ","),
    ):
        said = jsna(*arguments)
        assert said.code == 2
        assert said.err.count("\n") == 1, "one message"


def test_a_profile_of_nothing_still_has_headings(jsna: Run, tmp_path: Path) -> None:
    workspace, places = tmp_path / "new.jsna", tmp_path / "places.csv"
    places.write_text("LSOA21CD,Locality\nE01031841,North\n")
    jsna("new", workspace)
    jsna("localities", "add", workspace, places)
    assert jsna("profile", workspace, "--format", "csv").out.startswith("locality,indicator,")


def test_a_long_name_does_not_break_the_table(jsna: Run, tmp_path: Path) -> None:
    workspace, places, counts = tmp_path / "new.jsna", tmp_path / "places.csv", tmp_path / "counts.csv"
    places.write_text(f"LSOA21CD,Locality\nE01034000,{'N' * 500}\nE01034001,South\n")
    counts.write_text("area_code,indicator,period,numerator,denominator\nE01034000,s,2024,1,9\nE01034001,s,2024,1,9\n")
    jsna("new", workspace)
    assert jsna("add", workspace, counts).code == 0
    jsna("localities", "add", workspace, places)
    lines = jsna("profile", workspace).out.splitlines()
    assert len({line.index("2024") for line in lines if "2024" in line}) == 1
