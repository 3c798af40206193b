"""An officer's own spreadsheet: asked about, mapped once, and known the next year."""

from collections.abc import Callable
from pathlib import Path

from tests.endtoend.conftest import Said

Run = Callable[..., Said]

MAP = """
area_code = "Small area"
[values]
indicator = "falls"
kind = "count"
[wide]
means = "period"
holds = "numerator"
headings = ["2021", "2022"]
[table]
kind = "indicator"
geography = "lsoa2021"
"""


def test_a_spreadsheet_is_mapped_once(jsna: Run, tmp_path: Path) -> None:
    work, own, later = tmp_path / "w.jsna", tmp_path / "falls.csv", tmp_path / "falls again.csv"
    own.write_text("Small area,2021,2022\nE01031841,12,14\nE01031842,9,7\n")
    later.write_text("Small area,2021,2022,2023\nE01031841,12,14,20\nE01031842,9,7,3\n")
    (tmp_path / "map.toml").write_text(MAP)
    assert jsna("new", work).code == 0

    asked = jsna("add", work, own)
    assert asked.code == 3
    assert "--map" in asked.err
    assert "column of area codes, “Small area”" in asked.err
    assert jsna("show", work, "--json").json()["datasets"] == []

    tried = jsna("add", work, own, "--map", tmp_path / "map.toml", "--dry-run")
    assert tried.code == 0
    assert jsna("add", work, own).code == 3  # looking remembers nothing

    assert jsna("add", work, own, "--map", tmp_path / "map.toml").code == 0
    known = jsna("add", work, later)
    assert known.code == 0
    assert "by the column map remembered on" in known.out
    periods = {i["period"] for i in jsna("show", work, "--json").json()["indicators"]}
    assert periods == {"2021", "2022", "2023"}


def test_a_map_with_a_line_that_means_nothing(jsna: Run, tmp_path: Path) -> None:
    work, own = tmp_path / "w.jsna", tmp_path / "falls.csv"
    own.write_text("Small area,2021\nE01031841,12\n")
    (tmp_path / "map.toml").write_text('[wide]\nmeans = "weather"\n')
    assert jsna("new", work).code == 0
    said = jsna("add", work, own, "--map", tmp_path / "map.toml")
    assert said.code == 3
    assert "map.toml" in said.err
    assert "weather" in said.err
