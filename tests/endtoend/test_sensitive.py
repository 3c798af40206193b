"""A refuge and a safe house that nobody may find: nothing that leaves tells where they are, or what they are called."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endtoend.conftest import Said

Jsna = Callable[..., Said]
REFUGES = """name,service,easting,northing,postcode,capacity
Haven Refuge SECRET,refuge,396650,200064,,5
Hidden Refuge SECRET,refuge,399000,210000,,-1
Twin SECRET,refuge,384701,221456,,
Twin SECRET,refuge,410251,213073,,3
Lost SECRET,refuge,,,,4
Mistyped SECRET,refuge,,,ZE9 9ZZ,4
"""
HOUSES = """name,kind,theme,easting,northing,contact,last_checked,source
Safehouse A SECRET,space,Safety,396600,200100,01632 960001,2020-01-01,own
Safehouse B SECRET,space,Safety,411000,214000,01632 960002,2025-01-01,own
Safehouse B SECRET,space,Safety,411900,214000,01632 960002,2025-01-01,own
Farhouse SECRET,space,Safety,450000,250000,01632 960002,2025-01-01,own
Lost SECRET,space,Safety,,,01632 960002,2025-01-01,own
"""
PLACES = ("396650", "396,650", "396600", "396,600", "384701", "384,701", "410251", "410,251", "411000", "411,000")


@pytest.fixture(scope="module")
def built(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from jsna_desktop.cli import main

    folder = tmp_path_factory.mktemp("sensitive")
    workspace = Path(shutil.copy(demonstration, folder / "county.jsna"))
    for name, text in (("refuges.csv", REFUGES), ("safehouses.csv", HOUSES)):
        (folder / name).write_text(text)
        assert main(["add", str(workspace), str(folder / name), "--sensitive"]) == 0
    return workspace


@pytest.fixture
def county(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "county.jsna"))


def silent(told: Said, typed: str = "") -> None:
    """No name but the one that was typed, and no place."""
    text = told.out + told.err
    if typed:
        text = text.replace(typed, "")
    assert "SECRET" not in text and "ZE9" not in text, text
    assert not [place for place in PLACES if place in text], text


def test_the_order_and_the_number_of_rows_tell_nothing(jsna: Jsna, county: Path) -> None:
    blocks = jsna("access", county, "--service", "refuge", "--list", "blocks", "--format", "json").json()["rows"]
    codes = [row["area_code"] for row in blocks]
    assert len(codes) > 100 and codes == sorted(codes)
    services = jsna("access", county, "--service", "refuge", "--list", "services", "--format", "json").json()["rows"]
    assert len(services) == 1
    for which in ("blocks", "services"):
        assert "withheld" in jsna("access", county, "--service", "refuge", "--list", which).out
    for service, more in (
        ("gp", ("--candidates", "refuge", "--count", "3", "--new")),
        ("gp", ("--candidates", "space", "--count", "3")),
        ("refuge", ("--candidates", "assets:space", "--count", "3")),
    ):
        told = jsna("site", county, "--service", service, *more, "--by", "straight", "--format", "json")
        silent(told)
        assert told.code == 0, told.err
        found = told.json()
        assert found["candidates"] is None
        assert [row["rank"] for row in found["rows"]] == [1, 2, 3]
        assert {row["candidate"] for row in found["rows"]} == {None}


@pytest.mark.parametrize("more", [(), ("--need", "population.residents")])
def test_an_audit_of_equity_does_not_tell_where_they_are(jsna: Jsna, county: Path, more: tuple[str, ...]) -> None:
    told = jsna("equity", county, "--service", "refuge", "--format", "json", *more)
    assert told.code == 0, told.err
    silent(told)
    found = told.json()
    assert len(found["rows"]) >= 5
    for row in found["rows"]:
        assert row["residents"] is not None
        assert {row[name] for name in ("services", "capacity", "supply_per_1000", "ratio", "relative")} == {None}
        assert "withheld" in row["note"]
    assert not [said for said in found["findings"] if "for 1,000" in said or "of the services are" in said]
    assert any("withheld" in said for said in found["findings"])


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (("--close", "Twin SECRET"), "Twin SECRET", 2),
        (("--close", "Heaven Refuge"), "", 2),
        (("--move", "Twin SECRET", "400000,200000"), "Twin SECRET", 2),
        (("--close", "Haven Refuge SECRET"), "", 0),
        (("--capacity",), "", 0),
        (("--capacity", "--format", "json"), "", 0),
    ],
)
def test_messages_do_not_name_them(
    jsna: Jsna, county: Path, arguments: tuple[str, ...], typed: str, code: int
) -> None:  # fmt: skip
    told = jsna("access", county, "--service", "refuge", *arguments)
    assert told.code == code, told.err
    silent(told, typed)


@pytest.mark.parametrize("table", ["Lost SECRET,shelter,,", "Mistyped SECRET,shelter,ZE9 9ZZ,"])
def test_those_without_a_place_or_a_capacity_are_not_named(
    jsna: Jsna, county: Path, tmp_path: Path, table: str
) -> None:  # fmt: skip
    (tmp_path / "shelters.csv").write_text(f"name,service,postcode,capacity\n{table}\n")
    silent(jsna("add", county, tmp_path / "shelters.csv", "--sensitive"))
    for more in ((), ("--capacity",)):
        told = jsna("access", county, "--service", "shelter", *more)
        assert told.code == 2
        silent(told)
    told = jsna("site", county, "--service", "gp", "--candidates", "shelter", "--count", "1")
    assert told.code == 2
    silent(told)
    assert "candidates of sensitive data have no place" not in told.err


def test_nothing_is_built_around_them(jsna: Jsna, county: Path) -> None:
    for where in ("Haven Refuge SECRET", "safehouse a secret", "service:refuge"):
        made = jsna("localities", "build", county, "--name", "Around", "--around", where, "--metres", "1000")
        opened = jsna("access", county, "--service", "gp", "--open", "X", where)
        for told in (made, opened):
            assert told.code == 5, told.err
            silent(told, where)
    assert jsna("localities", "build", county, "--name", "Hubs", "--around", "asset:space", "--metres", "500").code == 0


def test_the_register_of_assets_names_none_of_them(jsna: Jsna, county: Path) -> None:
    for arguments, typed, code in (
        (("edit", county, "Safehouse C", "--theme", "X"), "", 2),
        (("edit", county, "Safehouse B SECRET", "--theme", "X"), "Safehouse B SECRET", 2),
        (("edit", county, "Safehouse A SECRET", "--theme", "X"), "", 0),
        (("edit", county, "Safehouse A SECRET", "--theme", "X"), "", 2),
        (("edit", county, "Safehouse A SECRET", "--name", "Other SECRET"), "", 0),
        (("remove", county, "Other SECRET"), "", 0),
        (("list", county), "", 0),
    ):
        told = jsna("assets", *arguments)
        assert told.code == code, told.err
        silent(told, typed)
    silent(jsna("audit", county, "--json"))
    shown = jsna("show", county, "--json")
    silent(shown)
    assert json.loads(shown.out)["datasets"]


def test_refusals_of_disclosure_have_their_own_code(jsna: Jsna, county: Path, tmp_path: Path) -> None:
    areas = jsna("access", county, "--service", "gp", "--list", "blocks", "--format", "json").json()["rows"]
    lines = "\n".join(f"{row['area_code']},own.need,2024,{at + 9},900,proportion" for at, row in enumerate(areas))
    (tmp_path / "need.csv").write_text(f"area_code,indicator,period,numerator,denominator,kind\n{lines}\n")
    added = jsna("add", county, tmp_path / "need.csv", "--sensitive", "--geography", "lsoa2021")
    assert added.code == 0, added.err + added.out
    told = jsna("assets", "gaps", county, "--index", "own.need")
    assert (told.code, "sensitive" in told.err) == (5, True), told.err
