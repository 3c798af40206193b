"""An officer at a terminal with the register of community assets."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endtoend.conftest import Said

Jsna = Callable[..., Said]


@pytest.fixture
def county(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demonstration, tmp_path / "county.jsna"))


def test_the_register_is_kept_up_to_date_and_handed_to_partners(jsna: Jsna, county: Path, tmp_path: Path) -> None:
    twins = jsna("assets", "duplicates", county, "--format", "json").json()["rows"]
    assert len(twins) == 8
    gone = next(row for row in twins if row["name"] == "Hazel Recreation Ground")
    assert "stays" in jsna("assets", "remove", county, gone["other_id"]).out
    assert "in Kelderford" in jsna(
        "assets", "add", county, "--name", "Mill Lane Shed", "--kind", "group", "--postcode", "qx25wh",
        "--contact", "Jo 01632 960001", "--checked", "today",
    ).out  # fmt: skip
    assert jsna("assets", "edit", county, "Mill Lane Shed", "--theme", "Mental wellbeing").code == 0
    listed = jsna(
        "assets", "list", county, "--locality", "Kelderford", "--find", "mill lane", "--format", "json"
    ).json()
    [row] = listed["rows"]
    assert (row["theme"], row["locality"], row["stale"], row["state"]) == (
        "Mental wellbeing", "Kelderford", False, "added",
    )  # fmt: skip
    assert "contact" not in row
    out = tmp_path / "partners.csv"
    assert jsna("assets", "export", county, out).code == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8-sig")))
    assert len(rows) == 400
    assert "contact" not in rows[0]
    again = tmp_path / "again.jsna"
    assert jsna("new", again).code == 0
    assert jsna("add", again, out).code == 0
    assert len(jsna("assets", "list", again, "--format", "json").json()["rows"]) == 400
    done = [entry["action"] for entry in json.loads(jsna("audit", county, "--json").out)]
    assert done[-4:] == ["asset removed", "asset added", "asset changed", "assets exported"]
    assert jsna("check", county).code == 0


def test_reach_beside_needs(jsna: Jsna, county: Path) -> None:
    rows = jsna("assets", "reach", county, "--by", "kind", "--format", "json").json()["rows"]
    whole = {row["group"]: row for row in rows if row["locality"] == "Marrowshire"}
    assert whole["all assets"]["assets"] == sum(row["assets"] for name, row in whole.items() if name != "all assets")
    assert whole["all assets"]["share_within"] > max(whole[kind]["share_within"] for kind in ("group", "space"))
    own = [row for row in rows if row["group"] == "all assets" and row["locality"] != "Marrowshire"]
    assert sum(row["assets"] for row in own) == 400  # the community areas are all of the county
    mean = sum(row["share_within"] * row["residents"] for row in own) / sum(row["residents"] for row in own)
    assert mean == pytest.approx(whole["all assets"]["share_within"], abs=1e-9)
    gaps = jsna("assets", "gaps", county, "--metres", "500", "--format", "json").json()["rows"]
    assert gaps
    assert all(row["share_within"] < 0.5 for row in gaps)
    table = jsna("assets", "stale", county).out
    assert "40 of 400 assets never checked, or last before 2022-12-26" in table


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (("edit", "Alder Chair Yogga", "--name", "X"), 2, "Did you mean Alder Chair Yoga"),
    (("add", "--name", "X", "--kind", "group"), 2, "needs a place"),
    (("add", "--name", "X", "--kind", "group", "--postcode", "QX2 5WO"), 2, "Found QX2 5WO"),
    (("reach", "--metres", "-5"), 2, "distance is not possible"),
    (("list", "--theme", "Foo"), 2, "no asset has the theme"),
    (("stale", "--as-of", "soon"), 2, "is no day"), (("gaps", "--index", "imd2019"), 2, "imd2019"),
    (("list", "--locality", "Nowhere"), 2, "no locality"),
])  # fmt: skip
def test_mistakes_are_said(jsna: Jsna, county: Path, arguments: tuple, code: int, said: str) -> None:
    action, *rest = arguments
    named = [rest.pop(0)] if action == "edit" else []
    told = jsna("assets", action, county, *named, *rest)
    assert (told.code, said in told.err) == (code, True), told.err
