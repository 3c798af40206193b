"""Census tables as Nomis gives them: queries, bulk files, and a zip of bulk files."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading

Read = Callable[..., Reading]

TENURE = """"TS054 - Tenure"
"ONS Crown Copyright Reserved [from Nomis on 3 November 2025]"

"Population :","All households"
"Units      :","Households"
"Date       :","2021"

"2021 super output area - lower layer","mnemonic","Total: All households","Owned","Owned: Owns outright",\
"Owned: Owns with a mortgage or loan","Social rented","Lives rent free"

"Wiltshire 012A","E01031841",600,400,250,150,190,10
"Wiltshire 012B","E01031842","1,000",500,200,300,500,0

"In order to protect against disclosure of personal information, records have been swapped between areas. \
Some counts will be affected, particularly small counts."
"""
AGES = """date,geography,geography code,Age: Total,Age: Aged 4 years and under,Age: Aged under 1 year,\
Age: Aged 1 year,Age: Aged 2 to 4 years,Age: Aged 5 to 15 years,Age: Aged 16 to 64 years,Age: Aged 65 to 84 years,\
Age: Aged 85 years and over
2021,Place 001A,E01000001,1000,60,10,14,36,140,600,150,50
2021,Place 001B,E01000002,2000,100,20,20,60,300,1200,300,100
"""


def column(reading: Reading, name: str) -> list[float]:
    return reading.columns[name].tolist()


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_query_s_categories_have_the_total_as_denominator(table: Read) -> None:
    reading = table(TENURE)
    assert reading.dataset.geography == "lsoa2021"
    assert reading.dataset.period == "2021"
    assert reading.codes.tolist() == ["E01031841", "E01031842"]
    assert reading.names is not None
    assert reading.names.tolist() == ["Wiltshire 012A", "Wiltshire 012B"]
    by_id = {i.id: i for i in reading.indicators}
    assert set(by_id) == {
        "census2021.tenure.owned", "census2021.tenure.owned_owns_outright",
        "census2021.tenure.owned_owns_with_a_mortgage_or_loan", "census2021.tenure.social_rented",
        "census2021.tenure.lives_rent_free",
    }  # fmt: skip
    outright = by_id["census2021.tenure.owned_owns_outright"]
    assert (outright.kind, outright.name) == ("proportion", "Owned outright")
    assert column(reading, outright.numerator or "") == [250, 200]
    assert column(reading, outright.denominator or "") == [600, 1000]


def test_footnotes_are_left_out_and_told(table: Read) -> None:
    (problem,) = [p for p in table(TENURE).dataset.problems if "a note" in p.message]
    assert problem.rows == 1
    assert "In order to protect" in problem.examples[0]


def test_a_query_in_a_workbook_is_read_the_same(tmp_path: Path, table: Read) -> None:
    import csv

    book = openpyxl.Workbook()
    assert book.active is not None
    for row in csv.reader(io.StringIO(TENURE)):
        book.active.append([int(c.replace(",", "")) if c.replace(",", "").isdigit() and len(c) < 7 else c for c in row])
    path = tmp_path / "query.xlsx"
    book.save(path)
    own, other = read(path), table(TENURE)
    assert own.codes.tolist() == other.codes.tolist()
    assert [i.id for i in own.indicators] == [i.id for i in other.indicators]
    assert column(own, "denominator") == [600, 1000]


def test_percentages_beside_the_counts_are_left_out(table: Read) -> None:
    both = TENURE.replace('"Total: All households","Owned",', '"Total: All households","%","Owned","%",')
    both = both.replace(",600,400,", ",600,100.0,400,66.7,").replace('"1,000",500,', '"1,000",100.0,500,50.0,')
    assert column(table(both), "owned") == [400, 500]


def test_areas_written_as_code_and_name(table: Read) -> None:
    one = TENURE.replace('"mnemonic",', "").replace('"Wiltshire 012A","E01031841"', '"E01031841 : Wiltshire 012A"')
    one = one.replace('"Wiltshire 012B","E01031842"', '"E01031842 : Wiltshire 012B"')
    reading = table(one)
    assert reading.codes.tolist() == ["E01031841", "E01031842"]
    assert reading.names is not None
    assert reading.names.tolist() == ["Wiltshire 012A", "Wiltshire 012B"]
    assert column(reading, "owned") == [400, 500]


def test_a_query_of_2011(table: Read) -> None:
    reading = table(
        '"KS601EW - Economic activity"\n"ONS Crown Copyright Reserved [from Nomis on 21 April 2021]"\n'
        '"Population :","All usual residents aged 16 to 74"\n"Units      :","Persons"\n"Date       :","2011"\n\n'
        '"2011 super output area - lower layer","mnemonic","All usual residents aged 16 to 74",'
        '"Economically active"\n\n'
        '"Place 001A","E01000001",876,700\n"Place 001B","E01000002",830,500\n'
    )
    assert (reading.dataset.geography, reading.dataset.period) == ("lsoa2011", "2011")
    (active,) = reading.indicators
    assert (active.id, active.period) == ("census2011.ks601ew.economically_active", "2011")
    assert column(reading, active.denominator or "") == [876, 830]


def test_one_column_of_all_residents_gives_residents(table: Read) -> None:
    reading = table(
        '"TS001 - Number of usual residents in households and communal establishments"\n'
        '"ONS Crown Copyright Reserved [from Nomis on 3 November 2025]"\n\n"Population :","All usual residents"\n'
        '"Units      :","Persons"\n"Date       :","2021"\n"Residence type :","Total: All usual residents"\n\n'
        '"2021 super output area - lower layer","mnemonic","2021"\n\n'
        '"Place 001A","E01000001","1,473"\n"Place 001B","E01000002","1,384"\n'
    )
    residents = {i.id: i for i in reading.indicators}["population.residents"]
    assert column(reading, residents.numerator or "") == [1473, 1384]
    assert residents.period == "2021"


def test_several_tables_below_each_other_are_refused(table: Read) -> None:
    second = TENURE.split("\n\n", 1)[1]
    with pytest.raises(FileProblem, match="several tables"):
        table(TENURE + second)


def test_a_bulk_file_by_age_gives_ages_and_residents(table: Read) -> None:
    reading = table(AGES, name="census2021-ts007-lsoa.csv")
    ids = {i.id: i for i in reading.indicators}
    assert "census2021.ts007.aged_4_years_and_under" in ids
    assert ids["census2021.ts007.aged_1_year"].denominator == "denominator"
    assert reading.labels["ages_persons"] == ("0", "1", "2-4", "5-15", "16-64", "65-84", "85+")
    assert reading.columns["ages_persons"].sum(axis=1).tolist() == [1000, 2000]
    assert column(reading, ids["population.residents"].numerator or "") == [1000, 2000]
    assert column(reading, ids["population.age_0_15"].numerator or "") == [200, 400]
    assert column(reading, ids["population.age_65_plus"].numerator or "") == [200, 400]


def test_a_renamed_bulk_file_is_known_by_its_variable(table: Read) -> None:
    reading = table(AGES, name="x.csv")
    assert "census2021.age.aged_1_year" in {i.id for i in reading.indicators}


def test_age_of_arrival_is_no_table_of_ages(table: Read) -> None:
    reading = table(
        "date,geography,geography code,Age of arrival in the UK: Total; measures: Value,"
        "Age of arrival in the UK: Born in the UK; measures: Value,"
        "Age of arrival in the UK: Arrived in the UK: Aged 0 to 64 years; measures: Value,"
        "Age of arrival in the UK: Arrived in the UK: Aged 65 years and over; measures: Value\n"
        "2021,Place 001A,E01000001,100,90,9,1\n2021,Place 001B,E01000002,100,90,9,1\n"
    )
    assert {i.id.split(".")[1] for i in reading.indicators} == {"age_of_arrival_in_the_uk"}
    assert "ages_persons" not in reading.columns


def test_bulk_occupancy_has_the_names_of_the_long_form(table: Read) -> None:
    head = "Occupancy rating for bedrooms: "
    headings = ",".join(head + c for c in ("Total: All households", "+2 or more", "+1", "0", "-1", "-2 or less"))
    reading = table(
        f"date,geography,geography code,{headings}\n2021,A,E01000001,100,50,25,15,8,2\n2021,B,E01000002,10,1,2,3,3,1\n"
    )
    ids = {i.id: i for i in reading.indicators}
    assert column(reading, ids["census2021.occupancy_rating.overcrowded"].numerator or "") == [10, 4]
    assert ids["census2021.occupancy_rating.minus_1_overcrowded"].polarity == "low good"


def test_density_is_not_combined(table: Read) -> None:
    reading = table(
        "date,geography,geography code,Population Density: Persons per square kilometre; measures: Value\n"
        "2021,A,E01000001,11443.8\n2021,B,E01000002,6000.1\n"
    )
    (density,) = reading.indicators
    assert (density.kind, density.numerator) == ("ratio", None)


def test_a_count_below_zero_is_left_out(table: Read) -> None:
    reading = table(AGES.replace("E01000001,1000,60,10,14", "E01000001,1000,60,-10,14"))
    assert np.isnan(column(reading, "aged_under_1_year")[0])


BULK = {
    "census2021-ts007-oa.csv": AGES.replace("E01000001", "E00000001").replace("E01000002", "E00000002"),
    "census2021-ts007-lsoa.csv": AGES,
    "census2021-ts007-msoa.csv": AGES.replace("E01000001", "E02000001").replace("E01000002", "E02000002"),
    "census2021-ts007-utla.csv": AGES.replace("E01000001", "E06000001").replace("E01000002", "E10000002"),
    "census2021-ts007-ltla.csv": AGES.replace("E01000001", "E06000001").replace("E01000002", "E07000002"),
    "metadata/ts007.txt": "About this table.",
}


def test_of_a_bulk_zip_the_lsoas_are_taken_and_the_others_named(tmp_path: Path) -> None:
    reading = read(zipped(tmp_path / "census.zip", {k: v for k, v in BULK.items() if k.endswith("csv")}))
    assert reading.dataset.geography == "lsoa2021"
    assert "census2021.ts007.aged_1_year" in {i.id for i in reading.indicators}
    (note,) = [p.message for p in reading.dataset.problems if "also holds" in p.message]
    assert "MSOA 2021" in note
    assert "OA 2021" in note


@pytest.mark.parametrize("wanted", ["msoa2021", "oa2021", "upper_tier", "district"])
def test_another_type_of_area_may_be_named(tmp_path: Path, wanted: str) -> None:
    reading = read(zipped(tmp_path / "census.zip", BULK), geography=wanted)
    assert reading.dataset.geography == wanted
    assert {i.geography for i in reading.indicators} == {wanted}


def test_counties_among_many_unitary_authorities_are_no_districts(tmp_path: Path) -> None:
    line = AGES.splitlines()[1]
    codes = ("E06000001", "E06000002", "E08000001", "E09000001", "E10000002")
    text = "\n".join([AGES.splitlines()[0], *(line.replace("E01000001", code) for code in codes)])
    reading = read(zipped(tmp_path / "census.zip", BULK | {"census2021-ts007-utla.csv": text}), geography="upper_tier")
    assert reading.codes.tolist() == list(codes)
    assert reading.dataset.geography == "upper_tier"


def test_population_estimates_from_nomis_have_the_year_of_their_date(table: Read) -> None:
    reading = table(
        '"Population estimates - small area (2021 based) by single year of age - England and Wales"\n'
        '"ONS Crown Copyright Reserved [from Nomis on 3 November 2025]"\n\n"date       :","2022"\n\n'
        '"2021 super output area - lower layer","mnemonic","All Ages","Age 0","Aged 1 year","Age 2"\n\n'
        '"Place 001A","E01000001",30,10,11,9\n"Place 001B","E01000002",15,5,6,4\n'
    )
    assert reading.dataset.id.startswith("population.2022")
    assert reading.columns["ages_persons"].tolist() == [[10, 11, 9], [5, 6, 4]]


def test_a_type_of_area_that_the_zip_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no table of Region"):
        read(zipped(tmp_path / "census.zip", BULK), geography="region")


def test_output_areas_alone_are_taken(tmp_path: Path) -> None:
    reading = read(zipped(tmp_path / "c.zip", {"census2021-ts007-oa.csv": BULK["census2021-ts007-oa.csv"]}))
    assert reading.dataset.geography == "oa2021"


def test_a_zip_of_other_tables_is_not_a_census(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no kind of file"):
        read(zipped(tmp_path / "c.zip", {"a.csv": AGES, "b.csv": "x,y\n1,2\n"}))
