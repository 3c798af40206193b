"""The register: what is in it, what an officer changes in it, what is to be looked at, what leaves."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely

from jsna_desktop.areas.locality import POLYGON, Locality
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs import asset_edits, asset_rows, assets, audit
from jsna_desktop.jobs.asset_edits import (
    SECRET_SUBJECT,
    add_asset,
    again,
    edit_asset,
    move_asset,
    remove_asset,
    take_back,
)  # fmt: skip
from jsna_desktop.jobs.assets import OWN, Asset, Register, duplicates, find, register, stale
from jsna_desktop.jobs.points import point_layers
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests import worlds

FILES = Path(__file__).parents[3] / "resources" / "demonstration"
TRUTH = json.loads((FILES / "truth.json").read_text("utf-8"))["assets"]
POSTCODES = Reading(
    worlds.dataset("postcodes", "postcodes", ""),
    np.array(["SN1 1AA", "SN1 1AB"]),
    {"easting": np.array([401500, 402500]), "northing": np.array([200500, 200600])},
)
NEW = {"name": "Mill Shed", "kind": "group", "postcode": "sn11ab", "contact": "Jo, 01632 960001"}


@pytest.fixture(scope="module")
def demo() -> Register:
    """The demonstration county's register, as its file has it."""
    listed = []
    for at, row in enumerate(csv.DictReader((FILES / "community_assets_fictional.csv").open(encoding="utf-8"))):
        x, y = (float(row[name]) for name in assets.NUMBERS)
        words: dict[str, Any] = {name: text for name, text in row.items() if name not in assets.NUMBERS}
        listed.append(Asset(str(at), **words, x=x, y=y))
    return Register(tuple(listed), date(2025, 1, 1))


def table(names: list[str], identity: str = "assets", checksum: str = "", **columns: list) -> Reading:
    count = len(names)
    text = {name: np.array(columns.get(name, [""] * count)) for name in assets.WORDS if name != "name"}
    text["kind"] = np.array(columns.get("kind", ["group"] * count))
    where = {name: np.array(columns.get(name, [400_000.0] * count)) for name in assets.NUMBERS}
    sensitive = bool(columns.get("sensitive"))
    own = replace(worlds.dataset(identity, "assets", ""), checksum=checksum or identity, sensitive=sensitive)
    return Reading(own, np.array([str(n) for n in range(count)]), {**text, **where}, np.array(names))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "own.jsna") as made:
        worlds.keep(made, POSTCODES, table(["Hall", "Green"], last_checked=["2024-03-01", ""], contact=["A", "B"]))
        yield made


def names(store: Store) -> list[str]:
    return [one.name for one in register(store).assets]


def test_planted_duplicates_are_found_and_nothing_else(demo: Register) -> None:
    planted = {frozenset(pair) for pair in TRUTH["twice"]}
    found = {frozenset(demo.assets[at].name for at in (one.first, one.second)) for one in duplicates(demo)}
    assert found == planted


def test_planted_stale_ones_and_those_never_checked_are_flagged(demo: Register) -> None:
    assert assets.cut_off(demo.today) == date.fromisoformat(TRUTH["stale_before"])
    flagged = stale(demo)
    assert {one.name for one in flagged if one.last_checked} == set(TRUTH["stale"])
    assert sum(not one.last_checked for one in flagged) == TRUTH["undated"]
    assert [one.last_checked for one in flagged] == sorted(one.last_checked for one in flagged)


def test_fictional_data_stand_still_and_others_go_by_the_calendar(store: Store) -> None:
    assert abs(register(store).today - date.today()) <= timedelta(days=1)
    with store.transaction():
        store.run("UPDATE dataset SET fictional = 1 WHERE id = 'assets'")
    edit_asset(store, "assets/1", {"last_checked": "today"})
    assert register(store).today == date(2024, 3, 1)


@pytest.mark.parametrize(("checked", "day"), [
    ("2024-02", date(2024, 2, 29)), ("2023-12", date(2023, 12, 31)), ("2023", date(2023, 12, 31)),
    ("2023-05-06", date(2023, 5, 6)), ("", None),
])  # fmt: skip
def test_a_part_of_a_date_is_the_last_day_that_it_may_mean(checked: str, day: date | None) -> None:
    assert assets.latest_day(checked) == day


def test_a_month_ago_is_never_a_day_that_is_not() -> None:
    assert assets.cut_off(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert assets.cut_off(date(2026, 1, 15), 24) == date(2024, 1, 15)
    one = Asset("a", "A", last_checked="2024-01-15")
    assert not assets.is_stale(one, date(2026, 1, 15))
    assert assets.is_stale(one, date(2026, 1, 16))


def test_a_new_asset_is_placed_by_its_postcode_and_is_on_the_map(store: Store) -> None:
    made = add_asset(store, NEW | {"last_checked": "today"})
    one = find(register(store), "mill shed")
    assert (one.key, one.x, one.y, one.postcode, one.state) == (made.key, 402500, 200600, "SN1 1AB", "added")
    assert one.last_checked == date.today().isoformat()
    layer = next(layer for layer in point_layers(store) if layer.key == "asset:group")
    assert sorted(layer.names.tolist()) == ["Green", "Hall", "Mill Shed"]


def test_a_change_is_kept_beside_the_file_and_taken_back(store: Store) -> None:
    key = store.one("SELECT key FROM dataset WHERE id = 'assets'")[0]
    before = register(store)
    change = edit_asset(store, "assets/0", {"name": "Old Hall", "last_checked": "May 2025"})
    one = find(register(store), "assets/0")
    assert (one.name, one.last_checked, one.contact, one.x, one.state) == ("Old Hall", "2025-05", "A", 4e5, "changed")
    assert catalogue.column(store, key, "name").tolist() == ["Hall", "Green"]
    second = edit_asset(store, "assets/0", {"theme": "Food"})
    with pytest.raises(UsageProblem, match="has been changed since"):
        take_back(store, change)
    take_back(store, second)
    take_back(store, change)
    assert register(store).assets == before.assets
    assert OWN not in {one.id for one in catalogue.datasets(store)}
    again(store, change)
    assert find(register(store), "assets/0").name == "Old Hall"
    assert store.check() == []


def test_moving_leaves_the_postcode_of_the_place_before(store: Store) -> None:
    key = add_asset(store, NEW).key
    move_asset(store, key, 401000, 201000)
    one = find(register(store), key)
    assert (one.postcode, one.x, one.y) == ("", 401000, 201000)
    edit_asset(store, key, {"postcode": "SN1 1AA"})
    one = find(register(store), key)
    assert (one.postcode, one.x) == ("SN1 1AA", 401500)
    assert np.isnan(one.easting)


def test_removing_keeps_no_contact_and_a_key_is_never_used_twice(store: Store) -> None:
    first = add_asset(store, NEW)
    change = remove_asset(store, first.key)
    row = assets.own_rows(store)[first.key]
    assert (row.asset.name, row.asset.contact, row.asset.postcode) == ("Mill Shed", "", "")
    assert add_asset(store, NEW | {"name": "Other"}).key != first.key
    remove_asset(store, "assets/1")
    assert names(store) == ["Hall", "Other"]
    take_back(store, change)
    assert find(register(store), first.key).contact == NEW["contact"]


def test_every_change_is_recorded_without_what_it_says(store: Store) -> None:
    made = add_asset(store, NEW)
    edit_asset(store, made.key, {"contact": "Secret"})
    take_back(store, remove_asset(store, made.key))
    found = [one for one in audit.entries(store) if one.action.startswith("asset")]
    assert [one.action for one in found] == [
        audit.ASSET_ADDED, audit.ASSET_CHANGED, audit.ASSET_REMOVED, audit.ASSET_RESTORED,
    ]  # fmt: skip
    assert {one.subject for one in found} == {"Mill Shed"}
    assert "Secret" not in json.dumps([one.detail for one in found])


def test_changes_beside_sensitive_assets_are_recorded_by_key(store: Store) -> None:
    worlds.keep(store, table(["Refuge"], "assets.2", sensitive=[True]))
    take_back(store, add_asset(store, NEW))
    take_back(store, edit_asset(store, "assets.2/0", {"name": "Haven"}))
    remove_asset(store, "assets.2/0")
    found = [one for one in audit.entries(store) if one.action.startswith("asset")]
    assert [one.detail["key"] for one in found] == ["own/1", "own/1", "assets.2/0", "assets.2/0", "assets.2/0"]
    assert {one.subject for one in found} == {SECRET_SUBJECT}


def test_changes_go_with_a_newer_file_by_name(store: Store) -> None:
    edit_asset(store, "assets/0", {"theme": "Food"})
    edit_asset(store, "assets/1", {"theme": "Nature"})
    # The newer list has another order and no Green.
    worlds.keep(store, table(["Shop", "Hall"], "assets.2", "newer"))
    with store.transaction():
        catalogue.replace_dataset(store, "assets", "assets.2")
    found = {one.name: one for one in register(store).assets}
    assert sorted(found) == ["Green", "Hall", "Shop"]
    assert (found["Hall"].key, found["Hall"].theme, found["Shop"].theme) == ("assets.2/1", "Food", "")
    assert found["Green"].state == "added"
    assert "has it no more" in register(store).notes[0]
    edit_asset(store, "assets.2/1", {"theme": "Faith"})
    assert {one.name: one.theme for one in register(store).assets} == {"Green": "Nature", "Hall": "Faith", "Shop": ""}


@pytest.mark.parametrize(("fields", "said"), [
    ({"name": " "}, "needs a name"), ({"kind": "grup"}, "Did you mean group"), ({"kind": ""}, "no kind"),
    ({"postcode": "SN1 1AC"}, "no postcodes of the workspace know"), ({"postcode": "SNI 1AA"}, "Did you mean SN1 1AA"),
    ({"postcode": ""}, "needs a place"), ({"postcode": "", "easting": "400000"}, "one coordinate without the other"),
    ({"postcode": "", "easting": "690000", "northing": "10"}, "in the sea"),
    ({"postcode": "", "easting": "nan", "northing": "10"}, "in the sea"),
    ({"postcode": "", "easting": "here", "northing": "10"}, "no coordinate"),
    ({"last_checked": "2/2/2999"}, "day to come|no date"), ({"last_checked": "blue"}, "no date"),
    ({"theme": "x" * 400}, "too long"), ({"colour": "red"}, "has no colour"),
])  # fmt: skip
def test_what_is_not_possible_is_said_and_leaves_no_trace(store: Store, fields: dict, said: str) -> None:
    before = register(store).assets
    with pytest.raises(UsageProblem, match=said):
        add_asset(store, NEW | fields)
    assert register(store).assets == before
    assert audit.ASSET_ADDED not in {one.action for one in audit.entries(store)}


def test_no_change_and_no_asset_are_said(store: Store) -> None:
    with pytest.raises(UsageProblem, match="nothing of Hall would change"):
        edit_asset(store, "assets/0", {"name": "Hall"})
    with pytest.raises(UsageProblem, match="no asset 'assets/9'"):
        remove_asset(store, "assets/9")
    with pytest.raises(UsageProblem, match="Did you mean Green"):
        find(register(store), "Grean")
    worlds.keep(store, table(["Hall"], "assets.2"))
    with pytest.raises(UsageProblem, match=r"2 assets called Hall\. Found assets\.2/0, assets/0"):
        find(register(store), "hall")


def test_it_is_the_same_in_an_encrypted_workspace(store: Store, tmp_path: Path) -> None:
    store.encrypt_copy(tmp_path / "safe.jsna", "correct horse battery")
    with Store.open(tmp_path / "safe.jsna", password="correct horse battery") as safe:
        add_asset(safe, NEW)
        remove_asset(safe, "assets/0")
        assert names(safe) == ["Green", "Mill Shed"]
    assert b"01632" not in (tmp_path / "safe.jsna").read_bytes()
    assert names(store) == ["Green", "Hall"]


def test_a_place_holds_what_lies_in_it(store: Store) -> None:
    square = Locality(1, "Square", "S", POLYGON, shape=shapely.box(402000, 200000, 403000, 201000))
    bare = Locality(2, "Bare", "S", POLYGON)
    add_asset(store, NEW)
    found = register(store)
    held = asset_rows.rows(found, [bare, square])
    assert {row["name"]: row["locality"] for row in held} == {"Mill Shed": "Square", "Hall": "", "Green": ""}
    assert [one.name for one in asset_rows.in_places(found, [square]).assets] == ["Mill Shed"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_has_no_contact_unless_asked_for_and_no_formula(store: Store, tmp_path: Path, ending: str) -> None:
    add_asset(store, NEW | {"name": "=1+1", "contact": "+44 1632 960001"})
    found = register(store)
    asset_rows.export_assets(store, found, tmp_path / f"a.{ending}")
    asset_rows.export_assets(store, found, tmp_path / f"b.{ending}", contact=True)
    tables = []
    for stem in "ab":
        path = tmp_path / f"{stem}.{ending}"
        if ending == "csv":
            tables.append(list(csv.reader(path.open(encoding="utf-8-sig"))))
        else:
            sheet = openpyxl.load_workbook(path).active
            assert sheet is not None
            assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
            tables.append([list(row) for row in sheet.iter_rows(values_only=True)])
    first, second = tables
    assert "contact" not in first[0]
    assert "contact" in second[0]
    assert not any("960001" in str(cell) for row in first for cell in row)
    assert any("960001" in str(cell) for row in second for cell in row)
    if ending == "csv":
        assert "'=1+1" in {row[0] for row in first}
    said = [one.detail for one in audit.entries(store) if one.action == audit.ASSETS_EXPORTED]
    assert said == [{"rows": 3, "contact": False}, {"rows": 3, "contact": True}]
    with pytest.raises(UsageProblem, match="already a file"):
        asset_rows.export_assets(store, found, tmp_path / f"a.{ending}")


def test_sensitive_assets_stay(store: Store, tmp_path: Path) -> None:
    worlds.keep(store, table(["Refuge"], "assets.2", sensitive=[True]))
    asset_rows.export_assets(store, register(store), tmp_path / "a.csv")
    assert "Refuge" not in (tmp_path / "a.csv").read_text("utf-8")
    notes: list[str] = []
    assert len(asset_rows.may_leave(register(store), notes).assets) == 2
    assert "sensitive" in notes[0]
    # What is written of it beside the file is as sensitive.
    edit_asset(store, "assets.2/0", {"theme": "Safety"})
    assert [one.name for one in register(store).open().assets] == ["Green", "Hall"]
    only = replace(register(store), assets=tuple(one for one in register(store).assets if one.sensitive))
    with pytest.raises(DisclosureRefused):
        asset_rows.export_assets(store, only, tmp_path / "b.csv")
    assert not (tmp_path / "b.csv").exists()


def test_a_failed_change_leaves_the_workspace_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = add_asset(store, NEW)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(asset_edits.audit, "record", fail)
    with pytest.raises(RuntimeError):
        remove_asset(store, before.key)
    assert names(store) == ["Green", "Hall", "Mill Shed"]
