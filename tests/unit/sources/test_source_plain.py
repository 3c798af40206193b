"""The plain tables of the guide: population and indicator."""

import io
from collections.abc import Callable

import numpy as np
import openpyxl
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
POPULATION = "area_code,year,sex,age,population\n"


def population(
    *, years=("2023",), sexes=("female", "male"), ages=("0-14", "15-64", "65+"), codes=("X01000001",)
) -> str:
    rows = [f"{c},{y},{s},{a},{10 + len(s)}" for c in codes for y in years for s in sexes for a in ages]
    return POPULATION + "\n".join(rows) + "\n"


def test_persons_are_both_sexes_together(table: Table) -> None:
    found = table(population(codes=("X01000001", "X01000002")))
    assert found.columns["female"].tolist() == [48, 48]
    assert found.columns["male"].tolist() == [42, 42]
    assert found.columns["persons"].tolist() == [90, 90]
    assert found.labels["ages_persons"] == ("0-14", "15-64", "65+")
    assert {(i.id, i.sex) for i in found.indicators if i.id == "population.residents"} == {
        ("population.residents", sex) for sex in ("persons", "female", "male")
    }


def test_an_age_group_that_a_band_straddles_is_not_made(table: Table) -> None:
    found = table(population())
    assert "age_0_15" not in found.columns
    assert "age_65_plus" in found.columns


def test_several_years_have_columns_of_their_own(table: Table) -> None:
    text = population(years=("2022",)) + population(years=("2023",), sexes=("persons",)).removeprefix(POPULATION)
    found = table(text)
    assert found.dataset.period == "2022-2023"
    assert found.columns["persons"].tolist() == [51]
    assert found.columns["persons_2022"].tolist() == [90]
    assert {i.period for i in found.indicators} == {"2022", "2023"}


def test_a_missing_sex_is_missing_not_zero(table: Table) -> None:
    text = population(codes=("X01000001",)) + population(codes=("X01000002",), sexes=("male",)).removeprefix(POPULATION)
    found = table(text)
    np.testing.assert_array_equal(found.columns["persons"], [90, np.nan])
    assert any("persons: missing" in p.message and p.examples == ("X01000002",) for p in found.dataset.problems)


def test_a_missing_age_is_missing_not_zero(table: Table) -> None:
    text = population().replace("X01000001,2023,male,15-64,14\n", "")
    found = table(text)
    assert np.isnan(found.columns["male"][0])
    assert np.isnan(found.columns["ages_male"][0, 1])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("X01000001,2023,cat,0-14,5", "row 8.*cat"),
        ("X01000001,2023,male,young,5", "row 8.*young"),
        ("X01000001,2023,male,0-14,5", "rows 5 and 8"),
        ("X01000001,2023,male,10-19,5", "0-14 and 10-19"),
    ],
)
def test_rows_that_cannot_be(table: Table, row: str, words: str) -> None:
    with pytest.raises(FileProblem, match=words):
        table(population() + row + "\n")


def test_an_indicator_with_counts(table: Table) -> None:
    found = table(
        "Area_Code,INDICATOR,period,Numerator,Denominator,polarity\nX01000001,smoking,2019 - 2023,5,50,low good\n"
    )
    (made,) = found.indicators
    assert (made.id, made.kind, made.unit, made.multiplier) == ("local.smoking", "proportion", "%", 100)
    assert (made.period, made.polarity) == ("2019-2023", "low good")
    assert found.columns[made.numerator or ""].tolist() == [5]
    assert found.columns[made.denominator or ""].tolist() == [50]


def test_indicators_periods_sexes_and_ages_are_apart(table: Table) -> None:
    rows = [f"X0100000{n},{i},{p},{s},{a},{n},10" for n in (1, 2) for i in ("a", "nhs.b") for p in (2022, 2023)
            for s in ("female", "male") for a in ("all", "65+")]  # fmt: skip
    found = table("area_code,indicator,period,sex,age,numerator,denominator\n" + "\n".join(rows) + "\n")
    assert len(found.indicators) == 16
    assert {i.id for i in found.indicators} == {"local.a", "nhs.b"}
    assert len({i.numerator for i in found.indicators}) == 16
    for made in found.indicators:
        assert found.columns[made.numerator or ""].tolist() == [1, 2]


def test_values_with_their_parts(table: Table) -> None:
    head = "area_code,indicator,period,value,lower_ci,upper_ci,se,n,sd,kind,multiplier,unit,name\n"
    found = table(head + "X01000001,bmi,2023,27.1,26,28,0.5,90,4.2,mean,1,kg/m²,Mean BMI\n")
    (made,) = found.indicators
    assert (made.kind, made.unit, made.name) == ("mean", "kg/m²", "Mean BMI")
    assert [found.columns[c or ""][0] for c in (made.value, made.lower, made.upper, made.se, made.n, made.sd)] == [
        27.1, 26, 28, 0.5, 90, 4.2,
    ]  # fmt: skip


def test_percent_signs_give_the_unit(table: Table) -> None:
    found = table("area_code,indicator,period,value,kind\nX01000001,a,2023,12.3%,modelled\n")
    assert found.indicators[0].unit == "%"
    assert found.columns[found.indicators[0].value or ""].tolist() == [12.3]


@pytest.mark.parametrize("kind", ["median", "dsr", "decile"])
def test_kinds_that_cannot_be_combined_are_kept_for_the_profile_to_refuse(table: Table, kind: str) -> None:
    found = table(f"area_code,indicator,period,value,kind\nX01000001,a,2023,12.3,{kind}\n")
    assert found.indicators[0].kind == kind


def test_values_alone_must_say_their_kind(table: Table) -> None:
    with pytest.raises(FileProblem, match="does not say its kind"):
        table("area_code,indicator,period,value\nX01000001,a,2023,12.3\n")


def test_an_unknown_kind_or_polarity_is_refused_with_its_row(table: Table) -> None:
    with pytest.raises(FileProblem, match=r"row 2.*vibes"):
        table("area_code,indicator,period,value,kind\nX01000001,a,2023,12.3,vibes\n")
    with pytest.raises(FileProblem, match=r"row 2.*sideways"):
        table("area_code,indicator,period,numerator,denominator,polarity\nX01000001,a,2023,1,2,sideways\n")


def test_impossible_counts_are_left_out_and_said(table: Table) -> None:
    head = "area_code,indicator,period,numerator,denominator\n"
    found = table(head + "X01000001,a,2023,11,10\nX01000002,a,2023,-1,10\nX01000003,a,2023,3,10\n")
    np.testing.assert_array_equal(found.columns[found.indicators[0].numerator or ""], [np.nan, np.nan, 3])
    said = {p.message: p.examples for p in found.dataset.problems}
    assert said["the numerator is above the denominator; left out"] == ("row 2: 11 of 10",)
    assert said["“numerator” is below zero; left out"] == ("row 3: -1",)


def test_columns_that_are_not_of_the_table_are_said(table: Table) -> None:
    found = table("area_code,indicator,period,numerator,denominator,colour\nX01000001,a,2023,1,10,red\n")
    assert "colour" in found.dataset.problems[0].message


def test_semicolons_and_tabs(table: Table) -> None:
    for mark in ";\t":
        found = table(
            f"area_code{mark}indicator{mark}period{mark}numerator{mark}denominator\nX01000001{mark}a{mark}2023{mark}1{mark}10\n"
        )
        assert found.codes.tolist() == ["X01000001"]


def test_rows_of_a_workbook_are_named_as_excel_numbers_them(table: Table) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Our survey"], [], ["area_code", "indicator", "period", "numerator", "denominator"]):
        sheet.append(row)
    for number in range(1, 6):
        sheet.append([f"X0100000{number}", "a", 2023, "three" if number == 3 else number, 10])
    content = io.BytesIO()
    book.save(content)
    found = table(content.getvalue(), "survey.xlsx")
    assert found.dataset.problems[0].examples == ("row 6: “three”",)
    assert found.indicators[0].period == "2023"
