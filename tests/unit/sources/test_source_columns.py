"""Tables that no reader knows: maps with fixed texts and turned columns, and what is proposed for them."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jsna_desktop.errors import FileProblem, UnknownFile, UsageProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.column_map import parse, period_in
from jsna_desktop.sources.columns import Proposal, propose, write_map
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Peek

Read = Callable[..., Reading]
SMOKERS = "Area,Smokers,Adults\nE01031841,120,1500\nE01031842,*,1600\n"
YEARS = "LSOA code (2021),Place,2019,2020,Note\nE01031841,A,12.5,13,x\nE01031842,B,,14.5,y\n"
COUNTS = {"area_code": "Area", "numerator": "Smokers", "denominator": "Adults"}
FIXED = {"indicator": "smoking", "period": "2023"}
TURNED = {"area_code": "LSOA code (2021)", "values": {"indicator": "ill", "kind": "modelled"}}


def column(reading: Reading, name: str | None) -> list[float]:
    assert name is not None
    return reading.columns[name].tolist()


def proposed(tmp_path: Path, content: str, name: str = "table.csv") -> Proposal:
    (tmp_path / name).write_text(content)
    found = propose(Peek(tmp_path / name))
    assert found is not None
    return found


# ---- maps


def test_fixed_texts_stand_in_every_row(table: Read) -> None:
    reading = table(SMOKERS, column_map={**COUNTS, "values": FIXED | {"polarity": "low good"}})
    (found,) = reading.indicators
    assert (found.id, found.period, found.polarity) == ("local.smoking", "2023", "low good")
    assert column(reading, found.denominator) == [1500, 1600]
    assert found.numerator is not None
    assert np.isnan(column(reading, found.numerator)[1])
    assert reading.withheld[found.numerator].tolist() == [False, True]


def test_columns_of_years_become_rows(table: Read) -> None:
    reading = table(YEARS, column_map=TURNED | {"wide": {"headings": ["2019", "2020"], "means": "period"}})
    by_period = {i.period: column(reading, i.value) for i in reading.indicators}
    assert by_period["2020"] == [13, 14.5]
    assert by_period["2019"][0] == 12.5
    assert np.isnan(by_period["2019"][1])


def test_without_headings_all_other_columns_of_numbers_are_turned(table: Read) -> None:
    reading = table(YEARS, column_map=TURNED | {"wide": {"means": "period"}})
    assert {i.period for i in reading.indicators} == {"2019", "2020"}


def test_columns_of_indicators_keep_their_names(table: Read) -> None:
    content = "Area,Obese adults,Active adults\nE01031841,20,70\nE01031842,30,60\n"
    wide = {"means": "indicator", "holds": "numerator"}
    reading = table(content, column_map={"area_code": "Area", "values": {"period": "2024"}, "wide": wide})
    found = {i.id: i for i in reading.indicators}
    assert set(found) == {"local.obese_adults", "local.active_adults"}
    assert found["local.active_adults"].name == "Active adults"
    assert column(reading, found["local.active_adults"].numerator) == [70, 60]


def test_columns_of_ages_and_sexes_become_a_population(table: Read) -> None:
    content = "Area,Sex,0,1-4,5+\nE01031841,Female,1,4,100\nE01031841,Male,2,5,90\n"
    said = {"area_code": "Area", "sex": "Sex", "values": {"year": "2024"}, "table": {"kind": "population"}}
    reading = table(content, column_map=said | {"wide": {"headings": ["0", "1-4", "5+"], "means": "age"}})
    assert reading.dataset.kind == "population"
    assert column(reading, "persons") == [202]
    assert reading.columns["ages_female"].tolist() == [[1, 4, 100]]


def test_a_map_may_say_the_geography(table: Read) -> None:
    said = {**COUNTS, "values": FIXED, "table": {"geography": "lsoa2011", "kind": "indicator"}}
    assert table(SMOKERS, column_map=said).dataset.geography == "lsoa2011"


def test_a_problem_names_the_file_s_own_row(table: Read) -> None:
    reading = table(
        YEARS.replace("14.5", "many"), column_map=TURNED | {"wide": {"means": "period", "headings": ["2019", "2020"]}}
    )
    (problem,) = [p for p in reading.dataset.problems if "text where a number" in p.message]
    assert problem.examples[0].startswith("row 3")


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_workbooks_and_parquet_are_turned_alike(tmp_path: Path, form: str) -> None:
    import pandas as pd

    frame = pd.DataFrame({"Code": ["E01031841", "E01031842"], "2019": [12.5, None], "2020": [13.0, 14.5]})
    path = tmp_path / f"own.{form}"
    if form == "xlsx":
        with pd.ExcelWriter(path) as book:
            pd.DataFrame({f"c{n}": range(60) for n in range(9)}).to_excel(book, sheet_name="Notes", index=False)
            frame.to_excel(book, sheet_name="Data", index=False)
    else:
        frame.to_parquet(path)
    said = {"area_code": "Code", "values": {"indicator": "ill", "kind": "modelled"}}
    reading = read(path, column_map=said | {"wide": {"means": "period", "headings": ["2019", "2020"]}})
    by_period = {i.period: column(reading, i.value) for i in reading.indicators}
    assert by_period["2020"] == [13, 14.5]
    assert np.isnan(by_period["2019"][1])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"values": {"period": ""}}, "no text for period"),
        ({"values": "2023"}, r"\[values\] of the column map is no table"),
        ({"period": "Year", "values": {"period": "2023"}}, "says period in two ways"),
        ({"wide": {"means": "weather"}}, "does not say what its columns mean"),
        ({"wide": {"headings": ["2019"]}}, "does not say what its columns mean"),
        ({"wide": {"means": "period", "holds": "rank"}}, "does not say what its columns hold"),
        ({"wide": {"means": "period", "headings": "2019"}}, "does not list headings"),
        ({"wide": {"means": "period", "columns": ["2019"]}}, "means nothing"),
        ({"area_code": "Area", "wide": {"means": "period", "headings": ["Area"]}}, "names a column twice"),
        ({"table": {"level": "lsoa"}}, "means nothing"),
        ({"area_code": 3}, "no heading for area_code"),
    ],
)
def test_a_map_that_cannot_be_is_said(said: dict[str, Any], message: str) -> None:
    with pytest.raises(FileProblem, match=message):
        parse(said, "map.toml")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({**TURNED, "wide": {"means": "period", "headings": ["2018"]}}, "does not have: 2018"),
        ({"area_code": "LSOA code (2021)", "values": {"note": "z"}}, "fixes note"),
        ({**TURNED, "table": {"kind": "weather"}}, "no kind “weather”"),
    ],
)
def test_a_map_that_does_not_fit_the_file_is_said(table: Read, said: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageProblem, match=message):
        table(YEARS, column_map=said)


def test_the_child_reads_by_a_map_and_outlines(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(YEARS)
    with Reader() as reader:
        found = reader.outline(path)
        assert found is not None
        assert found == propose(Peek(path))
        reading = reader.read(path, column_map=TURNED | {"wide": {"means": "period"}})
    assert len(reading.indicators) == 2


# ---- proposals


def test_counts_and_denominators_are_proposed(tmp_path: Path) -> None:
    found = proposed(tmp_path, SMOKERS.replace("Adults", "Adult population"), "smokers_2023.csv")
    assert found.kind == "indicator"
    assert found.columns == {"area_code": "Area", "numerator": "Smokers", "denominator": "Adult population"}
    assert found.values == {"indicator": "Smokers".lower(), "period": "2023"}
    assert found.lacking == ()
    assert found.rows[0] == ("E01031841", "120", "1500")


def test_a_proposal_that_lacks_nothing_can_be_read_as_it_is(tmp_path: Path) -> None:
    found = proposed(tmp_path, SMOKERS.replace("Adults", "Adult population"), "smokers_2023.csv")
    with pytest.raises(UnknownFile):
        read(tmp_path / "smokers_2023.csv")
    reading = read(tmp_path / "smokers_2023.csv", column_map=found.map.as_dict())
    (made,) = reading.indicators
    assert (made.id, made.kind, made.period) == ("local.smokers", "proportion", "2023")


def test_a_period_that_the_file_does_not_say_is_lacking(tmp_path: Path) -> None:
    found = proposed(tmp_path, SMOKERS.replace("Adults", "Adult population"), "smokers.csv")
    assert "period" not in found.values
    assert found.lacking == ("period",)


def test_years_across_are_proposed_as_periods_and_no_kind_is_invented(tmp_path: Path) -> None:
    found = proposed(tmp_path, YEARS, "illness.csv")
    assert found.geography == "lsoa2021"
    assert found.wide == {"means": "period", "holds": "value", "headings": ["2019", "2020"]}
    assert found.values == {"indicator": "illness"}
    assert found.lacking == ("kind",)


def test_a_table_by_age_and_sex_is_a_population(tmp_path: Path) -> None:
    found = proposed(tmp_path, "LSOA,Year,Gender,Age band,Residents\nE01031841,2024,Female,0-4,12\n")
    assert found.kind == "population"
    assert found.columns == {
        "area_code": "LSOA", "year": "Year", "sex": "Gender", "age": "Age band", "population": "Residents",
    }  # fmt: skip


def test_postcodes_with_names_are_services_and_with_dates_events(tmp_path: Path) -> None:
    found = proposed(tmp_path, "Provider,Post code,Beds\nThe Elms,SN8 1AA,12\nThe Oaks,SN8 2BB,20\n", "care_homes.csv")
    assert (found.kind, found.columns) == ("services", {"postcode": "Post code", "name": "Provider"})
    assert found.values == {"service": "care_homes"}
    events = proposed(tmp_path, "Referral date,Sex,Age,Reason,PCD\n2024-01-02,F,34,Falls,SN8 1AA\n")
    assert events.kind == "events"
    assert events.columns == {
        "postcode": "PCD", "date": "Referral date", "sex": "Sex", "age": "Age", "category": "Reason",
    }  # fmt: skip


def test_nothing_is_proposed_where_no_column_says_where(tmp_path: Path) -> None:
    assert proposed(tmp_path, "a,b\n1,2\n").kind == ""


def test_what_is_no_table_has_no_proposal(tmp_path: Path) -> None:
    (tmp_path / "shape.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert propose(Peek(tmp_path / "shape.geojson")) is None


def test_a_written_map_says_what_was_proposed(tmp_path: Path) -> None:
    found = proposed(tmp_path, YEARS.replace("Place", 'The "Place"\\'), "illness.csv")
    write_map(tmp_path / "map.toml", found)
    text = (tmp_path / "map.toml").read_text("utf-8")
    assert parse(tomllib.loads(text)) == found.map
    assert '# kind = "…"' in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Rate 2019", "2019"), ("2018/19 count", "2018/19"), ("2017 - 19", "2017-2019"), ("2017-2019", "2017-2019"),
        ("E01201934", ""), ("none", ""), ("1999-01", "1999-2001"), ("2023-04", "2023"), ("2010-12-01", "2010"),
        ("20190401", ""), ("LSOA code (2021)", ""), ("2021 super output areas, 2023", "2023"), ("lsoa2021", ""),
    ],
)  # fmt: skip
def test_periods_in_headings(text: str, said: str) -> None:
    assert period_in(text) == said
