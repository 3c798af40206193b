"""ONS mid-year estimates as workbooks, old and new layout: every sex and year in one reading."""

import io
import zipfile
from collections.abc import Callable

import numpy as np
import openpyxl
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
AGES = [*range(90), "90+"]
OLD = ["E01000001", "E01000002", "W01000001"]
NEW = ["E01000001", "E01035716", "W01000003"]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    contents = book.active
    assert contents is not None
    contents.title = "Contents"
    for line in ("Population estimates", "Contents", "Notes", "Terms and conditions"):
        contents.append([line])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def counts(code: int, sex: str, year: int) -> list[int]:
    """People at each age 0 to 90+; no two areas, sexes or years alike."""
    return [(code + 1) * 10 + age % 7 + {"male": 1, "female": 4}[sex] + year % 10 for age in range(91)]


def old_sheet(words: str, year: int, wrong: int = 0) -> list[list[object]]:
    """A SAPE sheet: three title lines, a blank one, headings in the fifth row."""
    heads = ["LSOA Code", "LSOA Name", f"LA Code ({year} boundaries)", f"LA name ({year} boundaries)"]
    rows: list[list[object]] = [
        ["Lower Super Output Area Population Estimates (supporting information)"],
        [f"Mid-{year}: {words}, by single year of age"],
        ["Geography: 2011 Lower Layer Super Output Areas, England and Wales"],
        [],
        [*heads, "All Ages", *AGES],
    ]
    for number, code in enumerate(OLD):
        male, female = np.array(counts(number, "male", year)), np.array(counts(number, "female", year))
        own = {"Persons": male + female, "Males": male, "Females": female}[words]
        rows.append(
            [
                code,
                f"Place {number}",
                f"E0900000{number + 1}",
                f"District {number}",
                int(own.sum()) + wrong,
                *own.tolist(),
            ]
        )
    return rows


def new_sheet(year: int, codes: list[str], level: str = "LSOA") -> list[list[object]]:
    """A sheet of the layout since 2021: three title lines, headings in the fourth row."""
    heads = ["LAD 2023 Code", "LAD 2023 Name", f"{level} 2021 Code", f"{level} 2021 Name", "Total"]
    rows: list[list[object]] = [
        [f"Mid-{year} population estimates by {level}, single year of age and sex"],
        ["Source: Office for National Statistics"],
        ["This worksheet contains one table."],
        [*heads, *[f"F{age}" for age in range(91)], *[f"M{age}" for age in range(91)]],
    ]
    for number, code in enumerate(codes):
        female, male = counts(number, "female", year), counts(number, "male", year)
        rows.append(["E09000001", "District", code, f"Place {number}", sum(female) + sum(male), *female, *male])
    return rows


def ids(found: Reading) -> set[tuple[str, str, str]]:
    return {(i.id, i.period, i.sex) for i in found.indicators}


def test_the_old_layout_has_a_sheet_for_each_sex(table: Table) -> None:
    content = workbook({f"Mid-2019 {words}": old_sheet(words, 2019) for words in ("Persons", "Males", "Females")})
    found = table(content, "SAPE22DT2.xlsx")
    assert (found.dataset.id, found.dataset.geography) == ("population.2019.lsoa2011", "lsoa2011")
    assert found.codes.tolist() == OLD
    for sex in ("male", "female"):
        assert found.columns[f"ages_{sex}"][1].tolist() == counts(1, sex, 2019)
        assert found.columns[sex].tolist() == [sum(counts(n, sex, 2019)) for n in range(3)]
        assert found.labels[f"ages_{sex}"][-2:] == ("89", "90+")
    np.testing.assert_array_equal(found.columns["persons"], found.columns["male"] + found.columns["female"])
    children = sum(sum(counts(0, sex, 2019)[:16]) for sex in ("male", "female"))
    assert found.columns["age_0_15"][0] == children
    residents = {("population.residents", "2019", sex) for sex in ("persons", "male", "female")}
    assert residents | {("population.age_65_plus", "2019", "persons")} <= ids(found)
    assert found.columns["district_code"].tolist() == ["E09000001", "E09000002", "E09000003"]
    assert found.names is not None
    assert found.names.tolist() == ["Place 0", "Place 1", "Place 2"]
    assert found.dataset.problems == ()


def test_the_old_layout_in_the_zip_that_ons_packs(table: Table) -> None:
    book = workbook({f"Mid-2020 {words}": old_sheet(words, 2020) for words in ("Persons", "Males", "Females")})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as outer:
        outer.writestr("sape23dt2mid2020lsoasyoaestimatesunformatted.xlsx", book)
    assert table(packed.getvalue(), "sape23dt2.zip").dataset.id == "population.2020.lsoa2011"


def test_both_sexes_without_a_sheet_of_persons_add_up(table: Table) -> None:
    content = workbook({f"Mid-2019 {words}": old_sheet(words, 2019) for words in ("Males", "Females")})
    found = table(content, "sape.xlsx")
    np.testing.assert_array_equal(
        found.columns["ages_persons"], found.columns["ages_male"] + found.columns["ages_female"]
    )


def test_up_to_2018_districts_stand_among_their_areas(table: Table) -> None:
    rows: list[list[object]] = [
        ["Lower Super Output Area Mid-Year Population Estimates"], ["Mid-2018: Females"],
        ["Geography: 2011 Lower Layer Super Output Areas"], [],
        ["Area Codes", "LA (2019 boundaries)", "LSOA", "All Ages", *AGES],
    ]  # fmt: skip
    males: list[list[object]] = [*rows[:1], ["Mid-2018: Males"], *rows[2:]]
    for sex, into in (("female", rows), ("male", males)):
        for district, areas in (("E06000001", [0, 1]), ("E06000002", [2])):
            own = np.array([counts(n, sex, 2018) for n in areas])
            into.append([district, "District", None, int(own.sum()), *own.sum(axis=0).tolist()])
            for n in areas:
                into.append([f"E0100000{n + 1}", None, f"Place {n}", sum(counts(n, sex, 2018)), *counts(n, sex, 2018)])
    found = table(workbook({"Mid-2018 Females": rows, "Mid-2018 Males": males}), "sape21dt1.xlsx")
    assert (found.dataset.id, found.codes.tolist()) == (
        "population.2018.lsoa2011",
        ["E01000001", "E01000002", "E01000003"],
    )
    assert found.columns["district_code"].tolist() == ["E06000001", "E06000001", "E06000002"]
    assert found.columns["female"].tolist() == [sum(counts(n, "female", 2018)) for n in range(3)]


def test_the_new_layout_has_both_sexes_in_a_sheet_and_several_years(table: Table) -> None:
    content = workbook({f"Mid-{year} LSOA 2021": new_sheet(year, NEW) for year in (2022, 2023, 2024)})
    found = table(content, "sapelsoasyoa20222024.xlsx")
    assert (found.dataset.id, found.dataset.geography) == ("population.2022-2024.lsoa2021", "lsoa2021")
    assert found.codes.tolist() == NEW
    assert found.columns["ages_female"][2].tolist() == counts(2, "female", 2024)
    assert found.columns["ages_male_2022"][1].tolist() == counts(1, "male", 2022)
    assert found.labels["ages_female"][0] == "0"
    assert found.labels["ages_male_2023"][-1] == "90+"
    assert found.columns["persons_2023"][0] == sum(counts(0, "male", 2023)) + sum(counts(0, "female", 2023))
    for year in ("2022", "2023", "2024"):
        wanted = {("population.residents", year, sex) for sex in ("persons", "male", "female")}
        assert wanted | {("population.share_65_plus", year, "persons")} <= ids(found)
    share = next(i for i in found.indicators if i.id == "population.share_0_15" and i.period == "2022")
    assert (share.numerator, share.denominator) == ("age_0_15_2022", "persons_2022")
    assert found.dataset.problems == ()


def test_one_year_of_the_new_layout(table: Table) -> None:
    found = table(workbook({"Mid-2021 MSOA 2021": new_sheet(2021, ["E02000001", "E02006781"], "MSOA")}), "msoa.xlsx")
    assert (found.dataset.id, found.columns["female"].tolist()) == (
        "population.2021.msoa2021",
        [sum(counts(n, "female", 2021)) for n in range(2)],
    )


def test_broad_ages(table: Table) -> None:
    bands = ["0 to 15", "16 to 29", "30 to 44", "45 to 64", "65 and over"]
    heads = ["LAD 2021 Code", "LAD 2021 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total"]
    rows: list[list[object]] = [
        ["Mid-2022 population estimates"],
        [],
        [],
        [*heads, *[f"F{b}" for b in bands], *[f"M{b}" for b in bands]],
    ]
    rows += [
        ["E09000001", "A", "E01000001", "a", 55, *range(1, 11)],
        ["E09000001", "A", "E01035716", "b", 155, *range(11, 21)],
    ]
    found = table(workbook({"Mid-2022 LSOA 2021": rows}), "broad.xlsx")
    assert found.labels["ages_female"] == ("0-15", "16-29", "30-44", "45-64", "65+")
    assert found.columns["persons"].tolist() == [55, 155]
    assert found.columns["age_0_15"].tolist() == [1 + 6, 11 + 16]
    assert found.columns["age_65_plus"].tolist() == [5 + 10, 15 + 20]


def test_a_total_that_is_not_the_sum_is_said_and_the_sum_is_used(table: Table) -> None:
    content = workbook(
        {"Mid-2019 Males": old_sheet("Males", 2019, wrong=5), "Mid-2019 Females": old_sheet("Females", 2019)}
    )
    found = table(content, "sape.xlsx")
    assert found.columns["male"].tolist() == [sum(counts(n, "male", 2019)) for n in range(3)]
    said = next(p for p in found.dataset.problems if "not the sum" in p.message)
    assert said.rows == 3


def test_a_suppressed_age_is_missing_never_zero(table: Table) -> None:
    rows = new_sheet(2022, NEW)
    rows[4][10] = "*"
    found = table(workbook({"Mid-2022 LSOA 2021": rows}), "new.xlsx")
    assert np.isnan(found.columns["female"]).tolist() == [True, False, False]
    assert np.isnan(found.columns["ages_persons"][0, 5])
    assert any("missing for some areas" in p.message for p in found.dataset.problems)


def test_an_area_that_only_one_year_has_is_missing_in_the_others(table: Table) -> None:
    content = workbook({"Mid-2022 LSOA 2021": new_sheet(2022, NEW[:2]), "Mid-2023 LSOA 2021": new_sheet(2023, NEW)})
    found = table(content, "new.xlsx")
    assert np.isfinite(found.columns["persons"]).all()
    assert np.isnan(found.columns["persons_2022"]).tolist() == [False, False, True]


def test_the_same_sex_and_year_twice_is_refused(table: Table) -> None:
    sheets = {"Mid-2022 LSOA 2021": new_sheet(2022, NEW), "Mid-2022 LSOA 2021 (2)": new_sheet(2022, NEW)}
    with pytest.raises(FileProblem, match="two sheets"):
        table(workbook(sheets), "new.xlsx")


def test_a_single_sheet_of_persons_is_read_as_before(table: Table) -> None:
    found = table(workbook({"Mid-2020 Persons": old_sheet("Persons", 2020)}), "persons.xlsx")
    assert found.dataset.id == "population.2020.lsoa2011"
    assert set(found.columns) >= {"persons", "ages_persons"}
    assert "female" not in found.columns
