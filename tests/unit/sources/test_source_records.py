"""Record-level events: what is read of them, what is not, and what is said."""

import datetime
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import person
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
HEAD = "date,sex,age,category,postcode\n"
GOOD = "2023-05-01,female,42,emergency,SN1 1AA\n"


def said(found: Reading) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {problem.message: (problem.rows, problem.examples) for problem in found.dataset.problems}


def test_what_crosses_is_numbers_into_short_lists(table: Table) -> None:
    found = table(HEAD + GOOD + "01/06/2022,M,0,elective,sn11aa\n2023-07-09,f,95,emergency,BA14 8JN\n", "ae_2023.csv")
    records = found.tables["records"]
    assert found.codes.tolist() == ["BA14 8JN", "SN1 1AA"]
    assert found.codes[records["place"]].tolist() == ["SN1 1AA", "SN1 1AA", "BA14 8JN"]
    assert records["day"].tolist() == [20230501, 20220601, 20230709]
    assert [person.SEXES[s] for s in records["sex"]] == ["female", "male", "female"]
    assert [person.BANDS[a] for a in records["age"]] == ["40-44", "0", "90+"]
    assert found.tables["categories"]["category"][records["category"]].tolist() == [
        "emergency",
        "elective",
        "emergency",
    ]
    assert records["row"].tolist() == [2, 3, 4]
    assert {name: column.dtype.itemsize for name, column in records.items() if column.dtype.kind != "i"} == {}
    dataset = found.dataset
    assert (dataset.id, dataset.kind, dataset.period, dataset.rows) == ("events.ae.2022-2023", "events", "2022-2023", 3)
    assert dataset.sensitive


def test_area_codes_in_place_of_postcodes(table: Table) -> None:
    text = "date,sex,age,category,AREA_CODE\n2023-05-01,female,42,a,e01000002\n2023-05-01,male,42,a,E01000001\n"
    found = table(text)
    assert (found.dataset.geography, found.codes.tolist()) == ("lsoa", ["E01000001", "E01000002"])
    assert found.tables["records"]["place"].tolist() == [1, 0]
    newer = table(text.replace("E01000001", "E01034000"), "newer.csv")
    assert newer.dataset.geography == "lsoa2021"
    assert table(text, "said.csv", geography="lsoa2021").dataset.geography == "lsoa2021"


def test_codes_of_another_level_are_refused(table: Table) -> None:
    text = "date,sex,age,category,area_code\n2023-05-01,female,42,a,E01000002\n"
    with pytest.raises(FileProblem, match="does not hold codes of MSOA"):
        table(text, geography="msoa2021")
    with pytest.raises(FileProblem, match="no kind known here"):
        table(text.replace("E01000002", "Marlborough"), "words.csv")
    assert table(text.replace("E01000002", "CA01"), "own.csv", geography="community_area").codes.tolist() == ["CA01"]


def test_every_row_that_is_worked_round_is_told_by_its_number_alone(table: Table) -> None:
    future = (datetime.date.today() + datetime.timedelta(days=40)).isoformat()
    found = table(
        HEAD
        + GOOD
        + f"{future},female,42,a,SN1 1AA\n"  # 3
        + "soon,female,42,a,SN1 1AA\n"  # 4
        + ",female,42,a,SN1 1AA\n"  # 5
        + "1900-01-01,female,42,a,SN1 1AA\n"  # 6
        + "2023-05-01,female,42,a,\n"  # 7
        + "2023-05-01,female,42,a,NOT KNOWN\n"  # 8
        + "2023-05-01,unknown,42,a,SN1 1AA\n"  # 9
        + "2023-05-01,,42,a,SN1 1AA\n"  # 10
        + "2023-05-01,female,121,a,SN1 1AA\n"  # 11
        + "2023-05-01,female,-1,a,SN1 1AA\n"  # 12
        + "2023-05-01,female,0-17,a,SN1 1AA\n"  # 13
        + "2023-05-01,female,42,,SN1 1AA\n"  # 14
    )
    assert said(found) == {
        "a date that is still to come; left out": (1, ("row 3",)),
        "no date, or one that is not understood; left out": (3, ("row 4", "row 5", "row 6")),
        "no postcode; left out": (1, ("row 7",)),
        "not a postcode; left out": (1, ("row 8",)),
        "a sex that is neither female nor male; kept without a sex": (2, ("row 9", "row 10")),
        "an age over 120; kept without an age": (1, ("row 11",)),
        "an age that is missing, not understood or too wide a band; kept without an age": (2, ("row 12", "row 13")),
        "no category; kept as “not stated”": (1, ("row 14",)),
    }
    assert found.tables["records"]["row"].tolist() == [2, 9, 10, 11, 12, 13, 14]
    assert found.dataset.rows == 7


def test_columns_that_say_who_a_person_is_are_never_read(table: Table, tmp_path: Path) -> None:
    found = table(
        "nhs_number,surname,date,sex,age,category,postcode,ward\n"
        "9434765919,MARKERSON,2023-05-01,female,42,emergency,SN1 1AA,Ward7\n"
    )
    (message,) = said(found)
    assert "3 columns that the event does not need" in message
    assert "nhs_number and surname" in message
    text = repr((found.dataset, found.codes, found.columns, found.tables))
    assert not any(secret in text for secret in ("9434765919", "MARKERSON", "Ward7"))


@pytest.mark.parametrize("category", ["943 476 5919", "9434765919", "SN1 1AA"])
def test_a_category_that_names_a_person_is_refused(table: Table, category: str) -> None:
    with pytest.raises(FileProblem, match=r"row 3.*does not hold categories") as told:
        table(HEAD + GOOD + f"2023-05-01,female,42,{category},SN1 1AA\n")
    assert category not in told.value.message


def test_notes_in_the_category_are_refused(table: Table) -> None:
    lines = [f"2023-05-01,female,42,seen again note {n},SN1 1AA" for n in range(2001)]
    with pytest.raises(FileProblem, match="2,001 different texts"):
        table(HEAD + "\n".join(lines) + "\n")


def test_a_table_without_a_single_usable_record(table: Table) -> None:
    with pytest.raises(FileProblem, match="no record has both a date and a place"):
        table(HEAD + "never,female,42,a,SN1 1AA\n")


def test_workbooks_and_parquet_say_the_same(tmp_path: Path, table: Table) -> None:
    text = HEAD + "2023-05-01,female,42,emergency,SN1 1AA\n2022-12-31,male,7,elective,BA14 8JN\n"
    expected = table(text).tables["records"]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.strip().split(","))
    sheet.append([datetime.datetime(2023, 5, 1), "female", 42, "emergency", "SN1 1AA"])
    sheet.append([datetime.datetime(2022, 12, 31, 13, 30), "male", 7, "elective", "BA14 8JN"])
    content = io.BytesIO()
    book.save(content)
    frame = pd.read_csv(io.StringIO(text), parse_dates=["date"])
    frame.to_parquet(tmp_path / "own.parquet")
    for found in (table(content.getvalue(), "own.xlsx"), table((tmp_path / "own.parquet").read_bytes(), "b.parquet")):
        for name in ("place", "day", "sex", "age", "category"):
            np.testing.assert_array_equal(found.tables["records"][name], expected[name], err_msg=name)


def test_the_records_cross_from_the_child(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(HEAD + GOOD * 3)
    with Reader() as reader:
        found = reader.read(path)
    assert found.tables["records"]["day"].tolist() == [20230501] * 3
    assert found.tables["categories"]["category"].tolist() == ["emergency"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", 20240229),
        ("2023-02-29", 0),
        ("2024-3-1", 20240301),
        ("2024/03/01", 20240301),
        ("20240301", 20240301),
        ("2024-03-01T09:30:00Z", 20240301),
        ("2024-03-01 00:00:00", 20240301),
        ("01/03/2024", 20240301),
        ("1.3.2024 14:05", 20240301),
        ("12/25/2023", 20231225),
        ("25/25/2023", 0),
        ("1 March 2024", 20240301),
        ("01-Mar-2024", 20240301),
        ("1 Smarch 2024", 0),
        ("2024-03", 20240300),
        ("2024-13", 0),
        ("2024", 20240000),
        ("45352", 20240301),
        ("1849-01-01", 0),
        ("01/03/24", 0),
        ("", 0),
        ("2024-03-01; DROP", 0),
    ],
)
def test_dates(text: str, day: int) -> None:
    assert person.day(text) == day


def test_every_single_year_lies_in_the_band_that_holds_it(table: Table) -> None:
    lines = [f"2023-05-01,female,{age},a,SN1 1AA" for age in range(121)]
    found = table(HEAD + "\n".join(lines) + "\n").tables["records"]["age"]
    for age, band in zip(range(121), found.tolist(), strict=True):
        first, _, last = person.BANDS[band].rstrip("+").partition("-")
        assert int(first) <= age <= (int(last) if last else (0 if first == "0" else 200))
