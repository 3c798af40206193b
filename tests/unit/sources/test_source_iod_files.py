"""MHCLG's files of the Indices of Deprivation in small, as CSV and as workbooks with notes before their sheets."""

import io
from collections.abc import Callable, Sequence

import numpy as np
import openpyxl
import pandas as pd
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
RANK, DECILE = "Rank (where 1 is most deprived)", "Decile (where 1 is most deprived 10% of LSOAs)"
IMD = "Index of Multiple Deprivation (IMD)"
DOMAINS = {
    "income": "Income", "employment": "Employment", "education": "Education, Skills and Training",
    "health": "Health Deprivation and Disability", "crime": "Crime", "barriers": "Barriers to Housing and Services",
    "living_environment": "Living Environment",
}  # fmt: skip
SUB_DOMAINS = {
    "education_children": "Children and Young People Sub-domain", "education_adults": "Adult Skills Sub-domain",
    "barriers_geographical": "Geographical Barriers Sub-domain", "barriers_wider": "Wider Barriers Sub-domain",
    "environment_indoors": "Indoors Sub-domain", "environment_outdoors": "Outdoors Sub-domain",
}  # fmt: skip
IDACI = "Income Deprivation Affecting Children Index (IDACI)"
IDAOPI = "Income Deprivation Affecting Older People (IDAOPI)"
LSOAS_2025 = {
    "LSOA code (2021)": ["E01000001", "E01000002", "E01035716"],
    "LSOA name (2021)": ["A 001A", "A 001B", "B 001A"],
    "Local Authority District code (2024)": ["E09000001", "E09000001", "E06000001"],
    "Local Authority District name (2024)": ["A", "A", "B"],
}
LSOAS_2019 = {
    "LSOA code (2011)": ["E01000001", "E01000002", "E01033768"],
    "LSOA name (2011)": ["A 001A", "A 001B", "B 001A"],
    "Local Authority District code (2019)": ["E09000001", "E09000001", "E06000001"],
    "Local Authority District name (2019)": ["A", "A", "B"],
}
EDITIONS = [("2025", LSOAS_2025), ("2019", LSOAS_2019)]


def workbook(sheets: dict[str, pd.DataFrame]) -> bytes:
    """A workbook as MHCLG lays it out: notes first, headings in the first row of every other sheet."""
    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "Notes"
    for line in ("English Indices of Deprivation", "", "Notes:", "These are invented numbers."):
        notes.append([line])
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False):
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def both(table: Table, frame: pd.DataFrame, sheet: str) -> list[Reading]:
    """The same file read as CSV and as a workbook; what they hold must be one and the same."""
    text = table(frame.to_csv(index=False), "file.csv")
    book = table(workbook({sheet: frame}), "file.xlsx")
    assert text.dataset.id == book.dataset.id
    assert text.indicators == book.indicators
    assert text.codes.tolist() == book.codes.tolist()
    assert list(text.columns) == list(book.columns)
    for name, values in text.columns.items():
        np.testing.assert_array_equal(values, book.columns[name], err_msg=name)
    return [text, book]


def ids(found: Reading) -> set[str]:
    return {indicator.id for indicator in found.indicators}


def ranked(names: Sequence[str], *, rank: bool = True, score: bool = False) -> dict[str, list[float]]:
    made: dict[str, list[float]] = {}
    for name in names:
        rate = name in ("Income", "Employment", IDACI, IDAOPI)
        if score:
            made[f"{name} Score{' (rate)' if rate else ''}"] = [0.25, 0.5, 0.125]
        if rank:
            made[f"{name} {RANK}"] = [5, 900, 30_000]
            made[f"{name} {DECILE}"] = [1, 1, 10]
    return made


@pytest.mark.parametrize(("year", "lsoas"), EDITIONS)
def test_file_1(table: Table, year: str, lsoas: dict) -> None:
    for found in both(table, pd.DataFrame({**lsoas, **ranked([IMD])}), f"IMD{year}"):
        assert (found.dataset.id, found.dataset.period) == (f"imd{year}", year)
        assert found.columns["imd_rank"].tolist() == [5, 900, 30_000]
        assert {f"imd{year}.average_rank", f"imd{year}.extent"} <= ids(found)
        assert f"imd{year}.average_score" not in ids(found)
        assert found.columns["district_name"].tolist() == ["A", "A", "B"]


@pytest.mark.parametrize(("year", "lsoas"), EDITIONS)
def test_file_2(table: Table, year: str, lsoas: dict) -> None:
    frame = pd.DataFrame({**lsoas, **ranked([IMD, *DOMAINS.values()])})
    for found in both(table, frame, f"IoD{year} Domains"):
        assert found.dataset.id == f"imd{year}"
        assert {f"imd{year}.{domain}.average_rank" for domain in DOMAINS} <= ids(found)


@pytest.mark.parametrize(("year", "lsoas"), EDITIONS)
def test_file_3_of_children_and_older_people(table: Table, year: str, lsoas: dict) -> None:
    frame = pd.DataFrame({**lsoas, **ranked([IMD, "Income", IDACI, IDAOPI])})
    for found in both(table, frame, f"IoD{year} IDACI & IDAOPI"):
        assert found.dataset.id == f"imd{year}.supplementary"
        assert {f"imd{year}.idaci.average_rank", f"imd{year}.idaopi.share_lsoas_decile1"} <= ids(found)
        assert found.columns["idaci_rank"].tolist() == [5, 900, 30_000]


@pytest.mark.parametrize(("year", "lsoas"), EDITIONS)
def test_file_4_of_sub_domains(table: Table, year: str, lsoas: dict) -> None:
    above = [DOMAINS["education"], DOMAINS["barriers"], DOMAINS["living_environment"]]
    frame = pd.DataFrame({**lsoas, **ranked([*above, *SUB_DOMAINS.values()])})
    for found in both(table, frame, f"IoD{year} Sub-domains"):
        assert found.dataset.id == f"imd{year}.subdomains"
        assert {f"imd{year}.{name}.average_rank" for name in SUB_DOMAINS} <= ids(found)


@pytest.mark.parametrize(("year", "lsoas"), EDITIONS)
def test_file_5_of_scores(table: Table, year: str, lsoas: dict) -> None:
    names = [IMD, *DOMAINS.values(), IDACI, IDAOPI, *SUB_DOMAINS.values()]
    frame = pd.DataFrame({**lsoas, **ranked(names, rank=False, score=True)})
    for found in both(table, frame, f"IoD{year} Scores"):
        assert found.dataset.id == f"imd{year}.scores"
        assert found.columns["income_score"].tolist() == [0.25, 0.5, 0.125]
        scores = {f"imd{year}.{name}.average_score" for name in (*DOMAINS, "idaci", "idaopi", *SUB_DOMAINS)}
        assert ids(found) == {f"imd{year}.average_score", *scores}


@pytest.mark.parametrize(
    ("year", "lsoas", "headings", "mid"),
    [
        ("2025", LSOAS_2025, ["Total population: mid 2022", "Dependent Children aged 0-15: mid 2022",
         "Population aged 16-59: mid 2022", "Older population aged 60 and over: mid 2022",
         "Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022"], "2022"),
        ("2019", LSOAS_2019, ["Total population: mid 2015 (excluding prisoners)",
         "Dependent Children aged 0-15: mid 2015 (excluding prisoners)",
         "Population aged 16-59: mid 2015 (excluding prisoners)",
         "Older population aged 60 and over: mid 2015 (excluding prisoners)",
         "Working age population 18-59/64: for use with Employment Deprivation Domain (excluding prisoners)"], "2015"),
    ],
)  # fmt: skip
def test_file_6_of_denominators(table: Table, year: str, lsoas: dict, headings: list[str], mid: str) -> None:
    frame = pd.DataFrame({**lsoas, **{h: [100 + n, 200, 300] for n, h in enumerate(headings)}})
    for found in both(table, frame, f"IoD{year} Population Denominators"):
        assert found.dataset.id == f"imd{year}.denominators"
        assert [found.columns[name][0] for name in ("residents_all", "residents_working_age")] == [100, 104]
        made = {indicator.id: indicator for indicator in found.indicators}
        assert made["population.residents"].period == mid
        assert set(made) == {"population.residents"} | {
            f"imd{year}.denominator.{name}" for name in ("children", "16_59", "60_plus", "working_age")
        }
        assert {indicator.kind for indicator in found.indicators} == {"count"}


def test_file_7_whole(table: Table) -> None:
    names = [IMD, *DOMAINS.values(), IDACI, IDAOPI, *SUB_DOMAINS.values()]
    frame = pd.DataFrame({**LSOAS_2025, **ranked(names, score=True), "Total population: mid 2022": [1500, 1600, 1700]})
    for found in both(table, frame, "IoD2025 All"):
        assert found.dataset.id == "imd2025"
        assert len(found.columns) == 3 * len(names) + 1 + 2
        assert "imd2025.idaopi.average_score" in ids(found)


def test_file_8_of_underlying_indicators_has_a_sheet_for_each_domain(table: Table) -> None:
    sheets = {
        "IoD2019 Income Domain": {"Income Domain numerator": [10, 20, 30]},
        "IoD2019 Employment Domain": {"Employment Domain numerator": [1, 2, 3]},
        "IoD2019 Health Domain": {"Years of potential life lost indicator": [50.5, 60.5, 70.5]},
        "IoD2019 Barriers Domain": {"Road distance to a GP surgery indicator (km)": [1.5, 2.5, None]},
    }
    frames = {name: pd.DataFrame({**LSOAS_2019, **columns}) for name, columns in sheets.items()}
    # One sheet in another order: values go by their codes.
    frames["IoD2019 Health Domain"] = frames["IoD2019 Health Domain"].iloc[::-1]
    found = table(workbook(frames), "File_8.xlsx")
    assert (found.dataset.id, found.dataset.geography) == ("iod2019_underlying", "lsoa2011")
    assert found.columns["income_domain_numerator"].tolist() == [10, 20, 30]
    assert found.columns["years_of_potential_life_lost_indicator"].tolist() == [50.5, 60.5, 70.5]
    assert np.isnan(found.columns["road_distance_to_a_gp_surgery_indicator_km"][2])
    kinds = {indicator.id.split(".")[1]: indicator.kind for indicator in found.indicators}
    assert kinds["employment_domain_numerator"] == "count"
    assert kinds["road_distance_to_a_gp_surgery_indicator_km"] == "modelled"


def test_a_sheet_that_lacks_an_area_says_so(table: Table) -> None:
    whole = pd.DataFrame({**LSOAS_2019, "Income Domain numerator": [10, 20, 30]})
    part = pd.DataFrame({**LSOAS_2019, "Employment Domain numerator": [1, 2, 3]}).iloc[:2]
    found = table(workbook({"Income": whole, "Employment": part}), "File_8.xlsx")
    assert np.isnan(found.columns["employment_domain_numerator"][2])
    said = next(p for p in found.dataset.problems if "lacks areas" in p.message)
    assert said.examples == ("E01033768",)


@pytest.mark.parametrize(("year", "lsoas"), EDITIONS)
def test_file_9_of_transformed_scores_is_not_file_5(table: Table, year: str, lsoas: dict) -> None:
    columns = {f"{name} Score - exponentially transformed": [99.5, 50.0, 0.5] for name in DOMAINS.values()}
    for found in both(table, pd.DataFrame({**lsoas, **columns}), f"IoD{year} Transformed Scores"):
        assert found.dataset.id == f"imd{year}.transformed"
        assert ids(found) == {f"imd{year}.{domain}.transformed_score" for domain in DOMAINS}
        assert "income_score" not in found.columns


def summaries(code: str, codes: list[str], year: str) -> dict[str, pd.DataFrame]:
    """Sheets as File 10 has them, blanks behind the headings of 2019 and all."""
    end = " " if year == "2019" else ""
    areas = {code: codes, code.replace("code", "name").replace("Code", "Name"): [f"Area {c}" for c in codes]}
    count = len(codes)
    sheets = {}
    for sheet, name in (("IMD", "IMD"), ("Income", "Income"), ("Barriers", "Barriers to Housing and Services"),
                        ("Living", "Living Environment"), ("IDACI", "IDACI")):  # fmt: skip
        own = {
            f"{name} - Average rank{end}": [20_000.5] * count,
            f"{name} - Rank of average rank{end}": [30] * count,
            f"{name} - Average score{end}": [37.58] * count,
            f"{name} - Rank of average score{end}": [6] * count,
            f"{name} - Proportion of LSOAs in most deprived 10% nationally{end}": [0.4211] * count,
            f"{name} - Rank of proportion of LSOAs in most deprived 10% nationally{end}": [3] * count,
        }
        if sheet == "IMD":
            own |= {
                f"IMD {year} - Extent{end}": [0.5259] * count,
                f"IMD {year} - Rank of extent{end}": [8] * count,
                f"IMD {year} - Local concentration{end}": [33_623.27] * count,
                f"IMD {year} - Rank of local concentration{end}": [3] * count,
            }
        if sheet == "Income":
            own |= {f"Income scale{end}": [33_507] * count, f"Rank of Income Scale{end}": [127] * count}
        sheets[sheet] = pd.DataFrame({**areas, **own})
    return sheets


@pytest.mark.parametrize(
    ("code", "codes", "year", "geography"),
    [
        ("Local Authority District code (2024)", ["E06000001", "E07000008"], "2025", "district"),
        ("Local Authority District code (2019)", ["E06000001", "E07000008"], "2019", "district"),
        ("Upper Tier Local Authority District code (2019)", ["E06000001", "E10000003"], "2019", "upper_tier"),
        ("Upper Tier Local Authority District code (2024)", ["E06000001", "E10000003"], "2025", "upper_tier"),
        ("Integrated Care Board Code (2024)", ["E54000008", "E54000010"], "2025", "icb"),
        ("Clinical Commissioning Group Code (2019)", ["E38000001", "E38000002"], "2019", "ccg"),
        ("Local Enterprise Partnership Code (2019)", ["E37000001", "E37000002"], "2019", "lep"),
        ("Local Resilience Forum code (2024)", ["E48000001", "E48000002"], "2025", "lrf"),
    ],
)
def test_files_10_to_13_of_larger_areas(table: Table, code: str, codes: list[str], year: str, geography: str) -> None:
    found = table(workbook(summaries(code, codes, year)), "File_10.xlsx")
    assert (found.dataset.id, found.dataset.geography) == (f"imd{year}.summaries.{geography}", geography)
    assert found.dataset.period == year
    assert found.codes.tolist() == codes
    assert found.names is not None
    assert found.names.tolist() == [f"Area {c}" for c in codes]
    values = {i.id: found.columns[i.value or ""][0] for i in found.indicators}
    start = f"published.imd{year}"
    assert values[f"{start}.average_score"] == 37.58
    assert values[f"{start}.share_lsoas_decile1"] == 0.4211
    assert values[f"{start}.extent"] == 0.5259
    assert values[f"{start}.local_concentration"] == 33_623.27
    assert values[f"{start}.rank_of_local_concentration"] == 3
    assert (values[f"{start}.income.scale"], values[f"{start}.income.rank_of_scale"]) == (33_507, 127)
    assert values[f"{start}.living_environment.average_rank"] == 20_000.5
    assert values[f"{start}.idaci.rank_of_average_score"] == 6
    assert len(values) == 10 + 8 + 3 * 6


def test_published_summaries_are_never_combined(table: Table) -> None:
    from jsna_desktop.measures.parts import BlockValues, stack

    found = table(
        workbook(summaries("Local Authority District code (2024)", ["E06000001", "E07000008"], "2025")), "a.xlsx"
    )
    people = np.array([100.0, 200.0])
    items = [BlockValues(i, {"value": found.columns[i.value or ""]}, None, people) for i in found.indicators]
    assert all(plan.refusal for plan in stack("district", 2, items).plans)


def test_a_recast_of_the_edition_before_keeps_its_own_year(table: Table) -> None:
    frame = pd.DataFrame({
        "Local Authority District code (2019)": ["E06000001", "E07000008"],
        "Local Authority District name (2019)": ["A", "B"],
        "IMD 2019 - Rank of average rank": [10, 20],
        "IMD 2015 (recast to 2019 LAD boundaries) - Rank of average rank ": [11, 21],
    })  # fmt: skip
    found = table(frame.to_csv(index=False), "File_14.csv")
    values = {i.id: found.columns[i.value or ""].tolist() for i in found.indicators}
    assert values == {
        "published.imd2019.rank_of_average_rank": [10, 20],
        "published.imd2015.rank_of_average_rank": [11, 21],
    }


def test_one_sheet_of_a_summary_saved_as_csv(table: Table) -> None:
    frame = summaries("Local Authority District code (2024)", ["E06000001", "E07000008"], "2025")["IMD"]
    found = table(frame.to_csv(index=False), "imd.csv")
    assert found.dataset.id == "imd2025.summaries.district"


def test_the_edition_of_2015_is_not_that_of_2019(table: Table) -> None:
    lsoas = {key.replace("2019", "2013"): values for key, values in LSOAS_2019.items()}
    found = table(pd.DataFrame({**lsoas, **ranked([IMD])}).to_csv(index=False), "File_1.csv")
    assert (found.dataset.id, found.dataset.geography) == ("imd2015", "lsoa2011")


@pytest.mark.parametrize("heading", ["Crime score", "Health visits", "Income", "Total population"])
def test_a_table_of_a_councils_own_is_not_the_index(table: Table, heading: str) -> None:
    frame = pd.DataFrame({"LSOA21CD": ["E01000001", "E01000002"], heading: [1, 2], "note": ["a", "b"]})
    try:
        found = table(frame.to_csv(index=False), "own.csv")
    except FileProblem:
        return
    assert found.dataset.kind != "deprivation"


def test_marks_for_missing_are_no_zero(table: Table) -> None:
    frame = pd.DataFrame({**LSOAS_2025, **ranked([IMD, *DOMAINS.values()], score=True)}).astype(object)
    frame.loc[1, f"{IMD} Score"] = ".."
    frame.loc[2, f"Crime {RANK}"] = None
    for found in both(table, frame, "IoD2025"):
        assert np.isnan(found.columns["imd_score"]).tolist() == [False, True, False]
        assert np.isnan(found.columns["crime_rank"]).tolist() == [False, False, True]
