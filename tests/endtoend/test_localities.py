"""An officer builds, changes, measures and looks back at localities from a terminal."""

import shutil
from pathlib import Path

import pytest

from jsna_desktop.jobs.larger_areas import every, levels
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(demonstration, tmp_path / "county.jsna"))


def test_a_set_is_built_changed_measured_and_put_back(county: Path, jsna, tmp_path: Path) -> None:
    with Store.open(county, read_only=True) as store:
        level = next(name for name in levels(store) if name not in ("district", "region"))
        names = [area.name for area in every(store, level)][:3]
    first, second, third = names
    said = jsna("localities", "build", county, "--each", "--level", level, "--set", "All")
    assert said.code == 0, said.err
    whole = jsna("localities", "check", county, "--set", "All", "--json").json()[0]
    assert whole["overlaps"]["residents"] == 0

    for one in names:
        assert jsna("localities", "build", county, "--area", one, "--level", level, "--set", "Mine").code == 0
    merged = jsna("localities", "merge", county, "--set", "Mine", "--locality", first, "--with", second,
                  "--note", "one team serves both")  # fmt: skip
    assert merged.code == 0, merged.err
    listed = jsna("localities", "list", county, "--set", "Mine", "--json").json()
    assert {place["name"] for place in listed} == {first, third}
    versions = jsna("localities", "history", county, "--set", "Mine", "--locality", first, "--json").json()
    assert [(one["version"], one["change"]) for one in versions] == [(1, "built"), (2, "merged")]
    assert versions[1]["note"] == "one team serves both"
    assert jsna("localities", "restore", county, "--set", "Mine", "--locality", first, "--version", "1").code == 0
    assert jsna("localities", "restore", county, "--set", "Mine", "--locality", second).code == 0
    again = {p["name"]: p["residents"] for p in jsna("localities", "list", county, "--set", "Mine", "--json").json()}
    every_one = {p["name"]: p["residents"] for p in jsna("localities", "list", county, "--set", "All", "--json").json()}
    assert again == {name: every_one[name] for name in names}
    audit = jsna("audit", county, "--json").json()
    assert [entry["action"] for entry in audit[-4:]] == [
        "locality removed", "locality changed", "locality changed", "locality restored",
    ]  # fmt: skip


def test_postcodes_distance_and_what_leaves(county: Path, jsna, tmp_path: Path) -> None:
    with Store.open(county, read_only=True) as store:
        key = store.one("SELECT key FROM dataset WHERE kind = 'postcodes'")[0]
        postcodes = catalogue.codes(store, key)[:40].tolist()
        east, north = catalogue.column(store, key, "easting")[0], catalogue.column(store, key, "northing")[0]
    listed = tmp_path / "patients.txt"
    listed.write_text("\n".join([*postcodes, postcodes[0], "nonsense"]), "utf-8")
    built = jsna("localities", "build", county, "--postcodes", listed, "--name", "Practice", "--set", "Mine")
    assert built.code == 0, built.err
    assert "40 of 40 postcodes" in built.out
    assert "1 entries repeat" in built.out
    near = jsna("localities", "build", county, "--around", f"{east},{north}", "--metres", "1500", "--name", "Near",
                "--set", "Mine")  # fmt: skip
    assert near.code == 0, near.err
    snapped = jsna("localities", "snap", county, "--set", "Mine", "--locality", "Near", "--name", "Near, whole")
    assert snapped.code == 0, snapped.err
    cut = jsna("localities", "split", county, "--set", "Mine", "--locality", "Near",
               "--line", f"{east + 37},{north - 9000}", f"{east + 37},{north + 9000}",
               "--names", "West", "East")  # fmt: skip
    assert cut.code == 0, cut.err
    before = jsna("localities", "list", county, "--set", "Mine", "--json").json()
    assert {place["name"] for place in before} == {"East", "Near, whole", "Practice", "West"}
    for ending in ("gpkg", "geojson", "csv"):
        file = tmp_path / f"mine.{ending}"
        assert jsna("localities", "export", county, file, "--set", "Mine").code == 0
        back = jsna("localities", "add", county, file, "--set", f"Back {ending}")
        assert back.code == 0, back.err
        after = jsna("localities", "list", county, "--set", f"Back {ending}", "--json").json()
        assert [p["name"] for p in after] == [p["name"] for p in before]
        assert [p["residents"] for p in after] == pytest.approx([p["residents"] for p in before], rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "--name", "A"], "say what to build from"),
        (["build", "--around", "1,1"], "how far around"),
        (["build", "--area", "No Such Place"], "no area"),
        (["build", "--each"], "which level"),
        (["split", "--locality", "No Such", "--line", "1,2", "3"], "no point"),
        (["split", "--locality", "No Such", "--line", "1,2", "inf,3"], "two corners"),
        (["history", "--locality", "No Such"], "there was none"),
        (["check", "--set", "No Such"], "no set"),
    ],
)
def test_what_cannot_be_done_is_said(county: Path, jsna, arguments: list[str], said: str) -> None:
    answer = jsna("localities", arguments[0], county, *arguments[1:])
    assert answer.code == 2
    assert said in answer.err
