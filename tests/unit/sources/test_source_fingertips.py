"""OHID's Fingertips download: what its rows become, and what may be added up."""

import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Indicator, Reading
from jsna_desktop.sources.published_rows import period

HEADINGS = (
    "Indicator ID", "Indicator Name", "Parent Code", "Parent Name", "Area Code", "Area Name", "Area Type", "Sex", "Age",
    "Category Type", "Category", "Time period", "Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit",
    "Lower CI 99.8 limit", "Upper CI 99.8 limit", "Count", "Denominator", "Value note", "Recent Trend",
    "Compared to England value or percentiles", "Compared to Regions (statistical) value or percentiles",
    "Time period Sortable", "New data", "Compared to goal", "Time period range",
)  # fmt: skip
UAS = "Counties & UAs (from Apr 2023)"
Read = Callable[..., Reading]


def row(code: str, **cells: Any) -> dict[str, Any]:
    """One row of the download; anything not said is that of a percentage for one unitary authority."""
    said: dict[str, Any] = {
        "Indicator ID": 20601, "Indicator Name": "Year 6 prevalence of obesity", "Parent Code": "E12000009",
        "Parent Name": "South West region (statistical)", "Area Code": code, "Area Name": f"Place {code}",
        "Area Type": UAS, "Sex": "Persons", "Age": "10-11 yrs", "Time period": "2022/23",
        "Time period Sortable": 20220000, "Time period range": "1y",
    }  # fmt: skip
    return said | {key.replace("_", " "): value for key, value in cells.items()}


def share(code: str, count: float, of: float, **cells: Any) -> dict[str, Any]:
    return row(code, Value=100 * count / of, Count=count, Denominator=of, **cells)


def text(rows: list[dict[str, Any]], headings: tuple[str, ...] = HEADINGS) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def only(reading: Reading, **said: str) -> Indicator:
    (found,) = [i for i in reading.indicators if all(getattr(i, key) == value for key, value in said.items())]
    return found


def values(reading: Reading, column: str | None) -> dict[str, float]:
    assert column is not None
    return dict(zip(reading.codes.tolist(), reading.columns[column].tolist(), strict=True))


ENGLAND = share("E92000001", 120_000, 500_000, Area_Type="England", Area_Name="England", Parent_Code="", Parent_Name="")
PLACES = [
    ENGLAND,
    share("E12000009", 11_000, 50_000, Area_Type="Regions (statistical)"),
    share("E06000054", 900, 4_500, Compared_to_England_value_or_percentiles="Better"),
    share("E06000022", 450, 1_500, Compared_to_England_value_or_percentiles="Worse"),
    share("E10000008", 1_333, 7_001, Compared_to_England_value_or_percentiles="Better"),
]


def test_counts_and_denominators_that_give_the_value_are_a_proportion(table: Read) -> None:
    reading = table(text(PLACES))
    assert reading.dataset.id == "fingertips.20601"
    assert reading.dataset.source == "Office for Health Improvement and Disparities"
    assert "Open Government Licence" in reading.dataset.licence
    (found,) = reading.indicators
    assert (found.id, found.kind, found.multiplier, found.unit) == ("fingertips.20601", "proportion", 100, "%")
    assert (found.period, found.sex, found.age) == ("2022/23", "persons", "10-11")
    assert values(reading, found.numerator)["E06000054"] == 900
    assert values(reading, found.denominator)["E92000001"] == 500_000
    assert found.value is None


def test_counties_and_unitary_authorities_are_of_one_level(table: Read) -> None:
    assert table(text(PLACES)).dataset.geography == "upper_tier"


def test_districts_in_a_file_make_the_county_a_comparator(table: Read) -> None:
    reading = table(text([*PLACES, share("E07000040", 200, 1_000, Area_Type="Districts & UAs (from Apr 2023)")]))
    assert reading.dataset.geography == "district"
    assert "E10000008" in reading.codes


def test_polarity_is_told_by_the_verdicts(table: Read) -> None:
    assert only(table(text(PLACES))).polarity == "low good"
    turned = [cells | {"Compared to England value or percentiles": "Higher"} for cells in PLACES]
    assert only(table(text(turned))).polarity == "none"


def test_verdicts_that_disagree_tell_no_polarity(table: Read) -> None:
    odd = [*PLACES[:4], PLACES[4] | {"Compared to England value or percentiles": "Worse"}]
    assert only(table(text(odd))).polarity == "none"


@pytest.mark.parametrize("multiplier", [1_000, 10_000, 100_000])
def test_the_multiplier_of_a_rate_is_found(table: Read, multiplier: int) -> None:
    counts = ((30, 2_000), (41, 3_100), (0, 1_500), (28_000, 2_400_000))
    codes = ("E06000054", "E06000022", "E10000008", "E92000001")
    rows = [
        row(code, Value=round(multiplier * c / d, 1), Count=c, Denominator=d, Indicator_Name="Infant mortality rate")
        for code, (c, d) in zip(codes, counts, strict=True)
    ]
    found = only(table(text(rows)))
    assert (found.kind, found.multiplier, found.unit) == ("rate", multiplier, f"per {multiplier:,}")
    assert found.denominator is not None


def test_observed_over_expected_is_a_ratio_of_sums(table: Read) -> None:
    name = "Deaths from all causes, all ages, standardised mortality ratio"
    codes = ("E02000001", "E02000002", "E02000003", "E02000004")
    rows = [
        row(code, Indicator_Name=name, Area_Type="MSOA", Value=round(100 * c / d, 4), Count=c, Denominator=d)
        for code, c, d in zip(codes, (50, 61, 75, 20), (61.5, 55.25, 75.0, 22.5), strict=True)
    ]
    found = only(table(text(rows)))
    assert (found.kind, found.multiplier, found.unit) == ("rate", 100, "ratio (100 = as expected)")


def test_a_standardised_rate_is_kept_as_published(table: Read) -> None:
    rows = [
        row(
            code, Indicator_Name="Under 75 mortality rate from all causes", Value=v, Count=c, Denominator=d,
            **{"Lower CI 95.0 limit": v - 9, "Upper CI 95.0 limit": v + 9},
        )
        for code, v, c, d in (
            ("E92000001", 341.6, 175_000, 52_000_000), ("E06000054", 271.9, 1_390, 455_000),
            ("E06000022", 290.2, 610, 174_000), ("E10000008", 305.4, 2_800, 730_000),
        )
    ]  # fmt: skip
    reading = table(text(rows))
    found = only(reading)
    assert found.kind == "dsr"
    assert (found.numerator, found.denominator) == (None, None)
    assert "not the published value" in found.caveat
    assert values(reading, found.value)["E06000054"] == 271.9
    assert values(reading, found.lower)["E06000054"] == pytest.approx(262.9)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Smoking Prevalence in adults (18+) - current smokers (APS)", "proportion"),
        ("Life expectancy at birth", "published value"),
        ("Deprivation score (IMD 2019)", "score"),
        ("Estimated dementia diagnosis rate (aged 65 and older)", "modelled"),
        ("Average weekly earnings", "mean"),
        ("Excess winter mortality index ratio", "ratio"),
        ("Something else altogether", "published value"),
    ],
)
def test_values_alone_are_of_the_kind_that_their_name_says(table: Read, name: str, kind: str) -> None:
    found = only(
        table(text([row("E06000054", Value=12.4, Indicator_Name=name), row("E06000022", Value=13.1)])), name=name
    )
    assert found.kind == kind
    assert found.value is not None
    assert "without the count" in found.caveat


def test_a_value_that_is_its_count_is_a_count(table: Read) -> None:
    rows = [
        row(c, Indicator_Name="Number of attendances", Value=n, Count=n)
        for c, n in (("E06000054", 12), ("E06000022", 7))
    ]
    assert only(table(text(rows))).kind == "count"


def test_breakdowns_are_left_out_and_counted(table: Read) -> None:
    decile = share("E92000001", 60_000, 200_000, Category="Most deprived decile (IMD2019)")
    decile["Category Type"] = "LSOA21 deprivation deciles in England (IMD2019, 4/23 geography)"
    reading = table(text([*PLACES, decile, decile | {"Category": "Second most deprived decile (IMD2019)"}]))
    assert values(reading, only(reading).numerator)["E92000001"] == 120_000
    (problem,) = [p for p in reading.dataset.problems if "breakdown" in p.message]
    assert problem.rows == 2


def test_practices_are_no_areas(table: Read) -> None:
    practices = [share(code, 5, 50, Area_Type="GPs") for code in ("J83001", "A81002", "U12345")]
    reading = table(text([*PLACES, *practices]))
    assert len(reading.codes) == len(PLACES)
    (problem,) = [p for p in reading.dataset.problems if "no area" in p.message]
    assert problem.rows == 3


def test_a_file_of_practices_alone_is_refused(table: Read) -> None:
    with pytest.raises(FileProblem, match="no row is a value of an area"):
        table(text([share("J83001", 5, 50, Area_Type="GPs")]))


def test_suppressed_is_withheld_and_no_zero(table: Read) -> None:
    note = "Value suppressed for disclosure control due to small count"
    reading = table(text([*PLACES, row("E06000053", Denominator=20, Value_note=note)]))
    found = only(reading)
    assert found.numerator is not None
    at = reading.codes.tolist().index("E06000053")
    assert np.isnan(reading.columns[found.numerator][at])
    assert reading.withheld[found.numerator].nonzero()[0].tolist() == [at]
    assert any("disclosure control" in p.message for p in reading.dataset.problems)


def test_a_value_without_counts_among_others_is_said(table: Read) -> None:
    reading = table(text([*PLACES, row("E06000053", Value=18.0)]))
    assert np.isnan(values(reading, only(reading).numerator)["E06000053"])
    assert any("without its count" in p.message for p in reading.dataset.problems)


def test_each_period_sex_and_age_is_an_indicator(table: Read) -> None:
    rows = [
        share(code, 10, 50, Sex=sex, Time_period=when)
        for code in ("E06000054", "E06000022")
        for sex in ("Male", "Female")
        for when in ("2021/22", "2022/23")
    ]
    reading = table(text(rows))
    assert {(i.period, i.sex) for i in reading.indicators} == {
        ("2021/22", "male"), ("2021/22", "female"), ("2022/23", "male"), ("2022/23", "female"),
    }  # fmt: skip
    assert reading.dataset.period == "2021/22 to 2022/23"


def test_the_same_row_twice_counts_once_and_two_that_differ_are_refused(table: Read) -> None:
    reading = table(text([*PLACES, PLACES[2]]))
    assert len(reading.codes) == len(PLACES)
    with pytest.raises(FileProblem, match=r"comes twice.*E06000054"):
        table(text([*PLACES, share("E06000054", 901, 4_500)]))


def test_headings_without_spaces_are_the_r_package_s(table: Read) -> None:
    closed = {heading: heading.replace(" ", "") for heading in HEADINGS}
    rows = [{closed[key]: value for key, value in cells.items()} for cells in PLACES]
    reading = table(text(rows, tuple(closed.values())))
    assert only(reading).kind == "proportion"


def test_msoas_of_the_census_that_the_area_type_names(table: Read) -> None:
    rows = [share(code, 10, 40, Area_Type="MSOA (2011)") for code in ("E02006650", "E02006651")]
    assert table(text(rows)).dataset.geography == "msoa2011"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2018 - 20", "2018-2020"), ("1999 - 01", "1999-2001"), ("2019/20 - 21/22", "2019/20-2021/22"),
        ("2022/23", "2022/23"), ("2022", "2022"), ("2023 Q1", "2023 Q1"),
    ],
)  # fmt: skip
def test_periods_are_written_out(cell: str, said: str) -> None:
    assert period(cell) == said


def test_a_council_s_own_table_is_not_fingertips(table: Read) -> None:
    own = "area_code,indicator,period,numerator,denominator\nE06000054,smoking,2023,10,40\n"
    assert table(own).dataset.id.startswith("local.")
