"""Deaths: the plain table of the guide, and record-level extracts in the layouts of the registrations."""

import dataclasses
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import icd10
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
HEAD = "area_code,year,sex,age,deaths\n"
CAUSED = "area_code,year,sex,age,cause,deaths\n"


def rows(*lines: str, head: str = HEAD) -> str:
    return head + "\n".join(lines) + "\n"


def said(found: Reading) -> str:
    return " | ".join(problem.message for problem in found.dataset.problems)


def test_the_rows_are_kept_as_they_are(table: Table) -> None:
    found = table(rows("X01000002,2023,female,0-64,3", "X01000001,2023,male,65+,0", "X01000001,2022,F,65+,11"))
    deaths = found.tables["deaths"]
    assert (found.dataset.kind, found.dataset.period, found.dataset.sensitive) == ("deaths", "2022-2023", False)
    assert found.codes.tolist() == ["X01000001", "X01000002"]
    assert deaths["area"].tolist() == ["X01000002", "X01000001", "X01000001"]
    assert deaths["year"].tolist() == [2023, 2023, 2022]
    assert deaths["year"].dtype == np.int16
    assert deaths["sex"].tolist() == ["female", "male", "female"]
    assert deaths["age"].tolist() == ["0-64", "65+", "65+"]
    assert deaths["cause"].tolist() == ["all"] * 3
    assert deaths["deaths"].tolist() == [3, 0, 11]
    assert not deaths["withheld"].any()


def test_persons_beside_sexes_are_not_counted_twice(table: Table) -> None:
    lines = [f"X0100000{a},2023,{s},{b},{n}" for a in (1, 2) for s, n in (("persons", 5), ("female", 2), ("male", 3))
             for b in ("0-64", "65+")]  # fmt: skip
    found = table(rows(*lines))
    assert found.columns["all_2023"].tolist() == [10, 10]
    assert set(found.tables["deaths"]["sex"].tolist()) == {"persons", "female", "male"}
    (made,) = found.indicators
    assert (made.id, made.kind, made.unit, made.sex, made.numerator) == (
        "deaths.all", "count", "deaths", "persons", "all_2023",
    )  # fmt: skip


def test_all_ages_and_all_causes_are_taken_whole(table: Table) -> None:
    lines = [
        f"X01000001,2023,{s},{a},{c},{n}"
        for s in ("female", "male")
        for a, c, n in (
            ("all", "All causes", 9), ("all", "C00-C97", 4), ("0-64", "all causes", 5), ("65+", "all causes", 4),
        )
    ]  # fmt: skip
    assert table(rows(*lines, head=CAUSED)).columns["all_2023"].tolist() == [18]


def test_causes_that_do_not_meet_add_up(table: Table) -> None:
    lines = [f"X01000001,2023,persons,all,{c},{n}" for c, n in (("c34", 2), ("I20–I25", 5), ("J449", 1))]
    found = table(rows(*lines, head=CAUSED))
    assert found.columns["all_2023"].tolist() == [8]
    assert found.tables["deaths"]["cause"].tolist() == ["C34", "I20–I25", "J44.9"]


@pytest.mark.parametrize("causes", [("C00-C97", "C34"), ("C34", "C34.1"), ("Cancer", "C34")])
def test_causes_that_hold_one_another_make_no_total(table: Table, causes: tuple[str, str]) -> None:
    found = table(rows(*(f"X01000001,2023,persons,all,{c},3" for c in causes), head=CAUSED))
    assert not found.indicators
    assert "do not add up" in said(found)


def test_a_suppressed_number_is_low_and_not_none(table: Table) -> None:
    found = table(rows("X01000001,2023,persons,all,*", "X01000002,2023,persons,all,12"))
    assert found.tables["deaths"]["withheld"].tolist() == [True, False]
    assert np.isnan(found.tables["deaths"]["deaths"][0])
    assert found.withheld["all_2023"].tolist() == [True, False]
    np.testing.assert_array_equal(found.columns["all_2023"], [np.nan, 12])
    problem = next(p for p in found.dataset.problems if "suppressed" in p.message)
    assert (problem.rows, problem.examples) == (1, ("row 2",))


def test_a_sum_with_a_suppressed_or_a_missing_part_is_missing(table: Table) -> None:
    found = table(
        rows(*(f"X0100000{a},2023,{s},all,{n}" for a, s, n in
               ((1, "female", "*"), (1, "male", "5"), (2, "female", ""), (2, "male", "5"), (3, "female", "1"),
                (3, "male", "5"))))
    )  # fmt: skip
    np.testing.assert_array_equal(found.columns["all_2023"], [np.nan, np.nan, 6])
    assert not found.withheld
    assert "missing, not none" in said(found)


def test_a_row_that_is_not_there(table: Table) -> None:
    lines = ["X01000001,2023,female,0-64,2", "X01000001,2023,male,65+,3", "X01000002,2023,male,0-64,1"]
    without_zeros = table(rows(*lines))
    assert without_zeros.columns["all_2023"].tolist() == [5, 1]
    assert "writes no zeros" in said(without_zeros)
    # This one writes its zeros, so the rows that it lacks are gaps.
    with_zeros = table(rows(*lines, "X01000001,2023,female,65+,0", "X01000001,2023,male,0-64,0"), "zeros.csv")
    np.testing.assert_array_equal(with_zeros.columns["all_2023"], [5, np.nan])


def test_one_sex_makes_no_total(table: Table) -> None:
    found = table(rows("X01000001,2023,female,all,2"))
    assert not found.indicators
    assert "one sex only" in said(found)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("X01000001,2023,cat,0-64,1", "row 3.*cat"),
        ("X01000001,2023,male,old,1", "row 3.*old"),
        ("X01000001,2019-2023,male,0-64,1", "row 3.*2019-2023"),
        ("X01000001,2023,female,0-64,1", "rows 2 and 3"),
        ("X01000001,2023,female,60-69,1", "0-64 and 60-69"),
    ],
)
def test_rows_that_cannot_be(table: Table, line: str, words: str) -> None:
    with pytest.raises(FileProblem, match=words):
        table(rows("X01000001,2023,female,0-64,2", line))


# ---- causes


@pytest.mark.parametrize(
    ("code", "chapter", "group"),
    [
        ("I219", "I00-I99", "Circulatory"),
        ("i99.9", "I00-I99", "Circulatory"),
        ("C34", "C00-D48", "Cancer"),
        ("D48.9", "C00-D48", "Cancer"),
        ("D50", "D50-D89", "Other"),
        ("G309", "G00-G99", "Other"),
        ("G20X", "G00-G99", "Other"),
        ("F03", "F00-F99", "Mental and behavioural"),
        ("U07.1", "U00-U99", "COVID-19"),
        ("U109", "U00-U99", "COVID-19"),
        ("U129", "U00-U99", "Other"),
        ("U509", "U00-U99", "External causes"),
        ("X700", "V01-Y98", "External causes"),
        ("K703", "K00-K93", "Digestive"),
        ("J189", "J00-J99", "Respiratory"),
        ("R99", "R00-R99", "Other"),
        ("", "Not stated", "Not stated"),
        ("4109", "Not stated", "Not stated"),
    ],
)
def test_chapters_and_groups(code: str, chapter: str, group: str) -> None:
    assert icd10.cause(code) == icd10.Cause(chapter, group)


def test_chapters_do_not_meet() -> None:
    spans = sorted((first, last) for first, last, _ in icd10.CHAPTERS)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(spans))


# ---- record-level extracts

NHS = (
    "REG_DATE,REG_DATE_OF_DEATH,DEC_SEX,DEC_AGEC,DEC_AGECUNIT,S_UNDERLYING_COD_ICD10,LSOA_OF_RESIDENCE_CODE,"
    "DEC_SURNAME,DEC_NHS_NUMBER,POSTCODE_OF_RESIDENCE,WARD_OF_RESIDENCE_CODE\n"
)
ONS = "Sex,Age at death,Date of death,Underlying cause of death code,Postcode of usual residence of deceased,Name\n"


def test_a_civil_registration_extract(table: Table) -> None:
    lines = (
        "20230110,20230105,1,81,1,I219,E01000001,MARKERSON,9434765919,SN1 1AA,E05000001",
        "20230211,20230205,2,3,4,,E01000002,MARKERSON,9434765919,SN1 1AA,E05000001",
        "20230211,20230205,2,14,2,J189,E01000002,MARKERSON,9434765919,SN1 1AA,E05000001",
        "20240110,20231230,2,93,1,C349,E01000002,MARKERSON,9434765919,SN1 1AA,E05000001",
        "20240110,20231230,1,70,9,C349,E01000002,MARKERSON,9434765919,SN1 1AA,E05000001",
    )
    found = table(NHS + "\n".join(lines) + "\n", "deaths_2023.csv")
    assert (found.dataset.kind, found.dataset.geography, found.dataset.period) == ("deaths", "lsoa", "2023")
    assert found.dataset.sensitive
    records, causes = found.tables["records"], found.tables["categories"]
    assert found.codes[records["place"]].tolist() == ["E01000001", *["E01000002"] * 4]
    # The date of death, not of its registration.
    assert records["day"].tolist() == [20230105, 20230205, 20230205, 20231230, 20231230]
    assert records["sex"].tolist() == [1, 0, 0, 0, 1]
    # 81 years; 3 days; 14 months; 93 years; an unknown unit.
    assert records["age"].tolist() == [17, 0, 1, 19, -1]
    assert causes["cause"][records["category"]].tolist() == [
        "Circulatory", "Deaths under 28 days", "Respiratory", "Cancer", "Cancer",
    ]  # fmt: skip
    assert causes["chapter"][records["category"]].tolist() == [
        "I00-I99", "Not stated", "J00-J99", "C00-D48", "C00-D48",
    ]  # fmt: skip
    assert "MARKERSON" not in everything(found)
    assert "9434765919" not in everything(found)
    assert "SN1 1AA" not in everything(found)
    assert "not read, not kept; among them" in said(found)
    assert "DEC_SURNAME and DEC_NHS_NUMBER" in said(found)


def test_an_extract_with_postcodes_in_other_words(table: Table) -> None:
    lines = ("Female,81,05/01/2023,I21.9,sn1 1aa,A B", "M,200,31/12/2023,nonsense,SN1 1AB,C D",
             "F,2,31/12/2023,C910,SN11AB,E F")  # fmt: skip
    found = table(ONS + "\n".join(lines) + "\n")
    assert found.dataset.kind == "deaths"
    assert found.dataset.geography == ""
    assert found.codes.tolist() == ["SN1 1AA", "SN1 1AB"]
    assert found.tables["records"]["age"].tolist() == [17, -1, 1]
    assert found.tables["categories"]["cause"][found.tables["records"]["category"]].tolist() == [
        "Circulatory", "Not stated", "Cancer",
    ]  # fmt: skip
    assert "no code of ICD-10" in said(found)
    assert "over 120" in said(found)
    assert "A B" not in everything(found)


def test_a_cause_in_words_is_no_extract(table: Table) -> None:
    with pytest.raises(FileProblem, match="no kind of file"):
        table("date_of_death,sex,age,cause,postcode\n2023-01-01,female,81,heart attack,SN1 1AA\n")


def test_diagnoses_of_the_living_are_no_deaths(table: Table) -> None:
    line = "2023-05-01,female,42,emergency,I219,SN1 1AA"
    assert table(f"date,sex,age,category,icd10,postcode\n{line}\n").dataset.kind == "events"
    dead = table(f"dod,sex,age,category,icd10,postcode\n{line}\n", "dead.csv")
    assert dead.dataset.kind == "deaths"
    with pytest.raises(FileProblem, match="no kind of file"):
        table(f"admitted on,sex,age,ward,icd10,postcode\n{line}\n", "alive.csv")


def everything(found: Reading) -> str:
    """All that a reading holds, as text."""
    parts = [
        found.codes.tolist(),
        *(c.tolist() for c in found.columns.values()),
        str(dataclasses.asdict(found.dataset)),
    ]
    parts += [column.tolist() for columns in found.tables.values() for column in columns.values()]
    return repr(parts)
