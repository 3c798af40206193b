"""Templates: every plain kind, as CSV and as a workbook to fill in; what is filled in is read back as it was meant."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.jobs.add import READY, Hints, add, recognise
from jsna_desktop.jobs.template import KINDS, explain, write_template
from jsna_desktop.jobs.template_columns import TABLES
from jsna_desktop.sources import read
from jsna_desktop.sources.sheets import GUIDE_SHEET
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# A row or two of each kind as somebody may fill it in; what is left out stays blank.
ROWS: dict[str, list[dict[str, Any]]] = {
    "population": [{"area_code": "X01000001", "year": 2024, "sex": "persons", "age": "all", "population": 1500}],
    "deaths": [
        {"area_code": "X01000001", "year": 2024, "sex": "female", "age": "85-89", "deaths": 3, "cause": "I25"},
        {"area_code": "X01000001", "year": 2024, "sex": "male", "age": "85-89", "deaths": 2, "cause": "I25"},
    ],
    "indicator": [
        {"area_code": "X01000001", "indicator": "smoking", "period": "2024", "numerator": 120, "denominator": 1500,
         "name": "Smoking", "kind": "proportion", "polarity": "low good", "sex": "persons"},
    ],
    "services": [
        {"name": "Library", "service": "library", "postcode": "QX1 1AA", "code": "001", "capacity": 40,
         "status": "open", "opening": "Mon-Fri 9-5"},
        {"name": "Old Library", "service": "library", "easting": 418700, "northing": 169200, "status": "closed"},
        {"name": "Garden", "service": "park", "easting": 418700, "northing": 169200},
    ],
    "assets": [
        {"name": "Walking Group", "kind": "group", "theme": "Health", "postcode": "QX1 1AA",
         "last_checked": date(2025, 5, 3), "source": "Area board"},
    ],
    "lookup": [
        {"LSOA21CD": "X01000001", "LSOA21NM": "Teston 001A", "CA24CD": "CA01", "CA24NM": "Teston"},
        {"LSOA21CD": "X01000002", "LSOA21NM": "Teston 001B", "CA24CD": "CA01", "CA24NM": "Teston"},
    ],
}  # fmt: skip


def fill(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the rows under the headings of a template, in its own format."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            headings = next(csv.reader(file))
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, headings).writerows([dict.fromkeys(headings, "") | row for row in rows])
        return
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = {cell.value: number for number, cell in enumerate(sheet[1], start=1)}
    for number, row in enumerate(rows, start=2):
        for heading, value in row.items():
            sheet.cell(number, places[heading], value)
    book.save(path)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "events"])
def test_a_template_that_is_filled_in_is_added_as_its_kind(tmp_path: Path, kind: str, ending: str) -> None:
    path = tmp_path / f"filled{ending}"
    write_template(kind, path)
    fill(path, ROWS[kind])
    with Store.create(tmp_path / "w.jsna", "Try") as store:
        found = recognise([path], store, hints=Hints(geography="lsoa2021"))
        assert found[0].status == READY, found[0].error
        add(store, found)
        (dataset,) = catalogue.datasets(store)
    assert dataset.kind == kind
    assert dataset.rows == len([row for row in ROWS[kind] if row.get("status") != "closed"]) - (kind == "deaths")


def test_a_workbook_for_partners_is_read_as_it_was_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "assets.xlsx"
    write_template("assets", path)
    fill(path, ROWS["assets"])
    found = read(path)
    assert found.names is not None and found.names.tolist() == ["Walking Group"]
    assert found.columns["last_checked"].tolist() == ["2025-05-03"]
    assert found.columns["postcode"].tolist() == ["QX1 1AA"]
    assert found.dataset.problems == ()


def test_codes_typed_into_the_workbook_keep_their_zeros(tmp_path: Path) -> None:
    path = tmp_path / "services.xlsx"
    write_template("services", path)
    fill(path, ROWS["services"])
    assert read(path).codes.tolist() == ["001", "1"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_workbook_looks_after_who_fills_it_in(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "t.xlsx"
    write_template(kind, path)
    book = openpyxl.load_workbook(path)
    table, guide = book.worksheets
    headings = [cell.value for cell in table[1]]
    assert headings == [heading for heading, _, _ in explain(kind)]
    assert table.max_row == 1
    assert table.freeze_panes == "A2"
    assert all(cell.font.bold and cell.comment is not None for cell in table[1])
    assert guide.title == GUIDE_SHEET
    told = "\n".join(str(row[0].value) for row in guide.iter_rows())
    assert guide.max_column == 1
    assert all(heading in told and example in told for heading, example, _ in explain(kind))
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in table.data_validations.dataValidation}
    chosen = {headings[coordinate_to_tuple(cell)[1] - 1]: words for cell, words in lists.items()}
    if kind == "assets":
        assert chosen == {"kind": '"group,network,activity,space,service"'}
    if "sex" in headings:
        assert chosen["sex"] == '"persons,female,male"'
    if "polarity" in headings:
        assert chosen["polarity"] == '"high good,low good,none"'


def test_every_example_may_stand_in_its_own_list() -> None:
    for columns in TABLES.values():
        for column in columns:
            assert not column.choices or column.example in column.choices
            # Excel refuses a longer list.
            assert len(",".join(column.choices)) <= 255


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_an_empty_template_is_no_data(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"empty{ending}"
    write_template("assets", path)
    with pytest.raises(FileProblem, match="heading but no rows"):
        read(path)


def test_what_cannot_be_a_template_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="shapes, which no table can hold"):
        write_template("boundaries", tmp_path / "b.xlsx")
    with pytest.raises(UsageProblem, match=r"no template for 'rainfall'.*population.*assets.*lookup"):
        write_template("rainfall", tmp_path / "r.csv")
    with pytest.raises(UsageProblem, match=r"\.csv or an \.xlsx"):
        write_template("assets", tmp_path / "a.ods")
    write_template("assets", tmp_path / "a.csv")
    with pytest.raises(UsageProblem, match="already a file"):
        write_template("assets", tmp_path / "a.csv")
