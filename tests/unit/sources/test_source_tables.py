"""Published layouts in small: deprivation, residents, census, practices, postcodes, lookups, underlying indicators."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading

Table = Callable[..., Reading]
DOMAINS = ("income", "employment", "education", "health", "crime", "barriers", "living_environment")


def by_id(found: Reading) -> dict[str, object]:
    return {indicator.id: indicator for indicator in found.indicators}


def test_file_7(samples: Path) -> None:
    found = read(samples / "file_7.csv")
    assert (found.dataset.id, found.dataset.geography, found.dataset.period) == ("imd2025", "lsoa2021", "2025")
    assert found.columns["imd_rank"].tolist() == [1, 4000, 16878, 33755]
    assert found.columns["imd_decile"].dtype.kind == "i"
    assert found.columns["imd_score"].tolist() == [80.0, 33.5, 18.25, 1.5]
    assert found.columns["income_score"].tolist() == [0.2] * 4
    assert [(lookup.level, lookup.codes) for lookup in found.lookups] == [("district", "district_code")]
    made = by_id(found)
    wanted = {"average_score", "average_rank", "extent", "local_concentration"}
    wanted |= {f"share_{who}_{part}" for who in ("lsoas", "residents") for part in ("decile1", "decile2", "quintile1")}
    wanted |= {f"{d}.{m}" for d in DOMAINS for m in ("average_score", "average_rank", "share_lsoas_decile1")}
    assert set(made) == {f"imd2025.{name}" for name in wanted}
    fifth = next(i for i in found.indicators if i.id == "imd2025.share_residents_quintile1")
    assert (fifth.measure, fifth.value, fifth.kind, fifth.universe) == (
        "residents_in:1,2",
        "imd_decile",
        "index",
        33_755,
    )
    rank = next(i for i in found.indicators if i.id == "imd2025.average_rank")
    assert (rank.kind, rank.measure, rank.value) == ("rank", "average_rank", "imd_rank")


def test_file_7_with_sub_domains_and_denominators(samples: Path, table: Table) -> None:
    frame = pd.read_csv(samples / "file_7.csv")
    for name in ("Income Deprivation Affecting Children Index (IDACI) Score (rate)", "Adult Skills Sub-domain Score",
                 "Total population: mid 2022"):  # fmt: skip
        frame[name] = [1.0, 2.0, 3.0, 4.0]
    found = table(frame.to_csv(index=False))
    assert found.columns["idaci_score"].tolist() == [1, 2, 3, 4]
    assert found.columns["income_score"].tolist() == [0.2] * 4
    assert found.columns["education_adults_score"].tolist() == [1, 2, 3, 4]
    assert found.columns["residents_all"].tolist() == [1, 2, 3, 4]
    people = next(i for i in found.indicators if i.id == "population.residents")
    assert (people.period, people.numerator, people.kind) == ("2022", "residents_all", "count")


def test_file_7_in_a_workbook_under_title_lines(samples: Path, table: Table) -> None:
    book = openpyxl.Workbook()
    notes = book.active
    assert notes is not None
    notes.append(["Notes"])
    sheet = book.create_sheet("IoD2025")
    sheet.append(["Indices of Deprivation 2025"])
    sheet.append([])
    frame = pd.read_csv(samples / "file_7.csv")
    sheet.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    found = table(content.getvalue(), "File_7.xlsx")
    assert found.columns["imd_rank"].tolist() == [1, 4000, 16878, 33755]


def test_a_rank_out_of_range_is_left_out_and_said(samples: Path, table: Table) -> None:
    found = table((samples / "file_7.csv").read_text().replace(",33755,10\n", ",33756,10\n"))
    assert np.isnan(found.columns["living_environment_rank"][3])
    assert "from 1 to 33,755" in found.dataset.problems[0].message


def test_file_2_of_2019_gives_only_what_ranks_can(samples: Path) -> None:
    found = read(samples / "file_2_2019.csv")
    assert (found.dataset.id, found.dataset.geography) == ("imd2019", "lsoa2011")
    ids = set(by_id(found))
    assert "imd2019.average_score" not in ids
    assert {"imd2019.average_rank", "imd2019.extent", "imd2019.crime.share_lsoas_decile1"} <= ids
    assert {indicator.universe for indicator in found.indicators} == {32_844}


def test_mid_year_estimates_under_title_lines(samples: Path) -> None:
    found = read(samples / "mid_year.csv.gz")
    assert found.dataset.id == "population.2020.lsoa2011"
    assert found.columns["ages_persons"].shape == (3, 91)
    assert found.labels["ages_persons"][-1] == "90+"
    assert found.columns["persons"].tolist() == [132, 264, 396]
    assert found.columns["age_0_15"].tolist() == [16, 32, 48]
    assert found.columns["age_85_plus"].tolist() == [12, 24, 36]
    groups = sum(found.columns[f"age_{part}"] for part in ("0_15", "16_64", "65_84", "85_plus"))
    np.testing.assert_array_equal(groups, found.columns["persons"])
    share = next(i for i in found.indicators if i.id == "population.share_0_15")
    assert (share.numerator, share.denominator, share.multiplier) == ("age_0_15", "persons", 100)
    assert found.dataset.problems == ()


def test_ages_that_do_not_add_up_are_said(samples: Path, table: Table) -> None:
    text = (
        gzip.decompress((samples / "mid_year.csv.gz").read_bytes()).decode().replace("Testshire,132,", "Testshire,150,")
    )
    found = table(text)
    assert found.dataset.problems[0].examples == ("row 6: X01000001: 150, ages sum to 132",)
    assert found.columns["persons"][0] == 132


def test_residents_without_a_year_are_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match="which year"):
        table("LSOA21CD,Population\nE01000001,1500\n")
    found = table("LSOA 2021 code,Usual residents (Census 2021)\nE01000001,1500\n")
    assert (found.dataset.period, found.columns["persons"].tolist()) == ("2021", [1500])


def test_census_long_form(samples: Path) -> None:
    found = read(samples / "occupancy.csv")
    assert found.dataset.id == "census2021.occupancy_rating"
    assert found.columns["denominator"].tolist() == [100, 100]
    assert found.columns["overcrowded"].tolist() == [5, 30]
    made = {indicator.id: indicator for indicator in found.indicators}
    crowded = made["census2021.occupancy_rating.overcrowded"]
    assert (crowded.numerator, crowded.denominator, crowded.polarity) == ("overcrowded", "denominator", "low good")
    assert "census2021.occupancy_rating.minus_1_overcrowded" in made
    assert "census2021.occupancy_rating.plus_2_or_more_under_occupied" in made


def test_a_category_left_out_is_zero_only_where_the_others_make_the_total(table: Table) -> None:
    head = "lsoa21_code,total_households,tenure,n\n"
    rows = "E01000001,10,Owned,4\nE01000001,10,Rented,6\nE01000002,10,Owned,10\nE01000003,10,Owned,7\n"
    found = table(head + rows)
    np.testing.assert_array_equal(found.columns["rented"], [6, 0, np.nan])
    assert found.dataset.problems[0].examples == ("E01000003",)


def test_a_suppressed_category_stays_suppressed(table: Table) -> None:
    head = "lsoa21_code,total_households,tenure,n\n"
    found = table(head + "E01000001,10,Owned,10\nE01000001,10,Rented,*\nE01000002,9,Owned,4\nE01000002,9,Rented,5\n")
    assert np.isnan(found.columns["rented"][0])
    assert found.withheld["rented"].tolist() == [True, False]


def test_census_repeats_are_refused(table: Table) -> None:
    head = "lsoa21_code,total_households,tenure,n\n"
    with pytest.raises(FileProblem, match=r"E01000001, Owned in rows 2 and 3"):
        table(head + "E01000001,10,Owned,4\nE01000001,10,Owned,6\n")


def test_practices_that_are_open_general_practices(samples: Path) -> None:
    found = read(samples / "epraccur.csv")
    assert found.codes.tolist() == ["QX0001", "QX0002"]
    assert found.columns["postcode"].tolist() == ["QX1 1AA", "QX1 1AB"]
    assert found.columns["address"][0] == "1 HIGH STREET, TESTON, TESTSHIRE"
    assert found.dataset.fictional
    assert found.dataset.problems[0].rows == 3
    assert "2 practices that are closed" in found.dataset.problems[0].message


def test_postcodes_from_one_file_and_from_the_zip(samples: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "codepo.zip", "w") as archive:
        archive.write(samples / "qx.csv", "Data/CSV/qx.csv")
        archive.writestr("Data/CSV/qy.csv", '"QY1 1AA",10,410000,210000,"E92000001","","","","E06000001","E05000001"\n')
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO\nPostcode,Quality,Eastings,Northings\n")
    one, both = read(samples / "qx.csv"), read(tmp_path / "codepo.zip")
    assert one.codes.tolist() == ["QX1 1AA", "QX1 1AB", "QX10 1AC"]
    assert one.columns["easting"].tolist() == [400_000, 400_100, 400_200]
    assert one.dataset.problems[0].examples == ("QX1 1AD",)
    assert both.codes.tolist() == [*one.codes.tolist(), "QY1 1AA"]


def test_a_lookup_keeps_blank_regions_blank(table: Table) -> None:
    text = "LSOA21CD,LSOA21NM,LAD25CD,LAD25NM,RGN25CD,RGN25NM\nE01000001,A,E06000001,Aldshire,E12000009,South West\n"
    found = table(text + "W01000002,B,W06000001,Tarnshire,,\n")
    assert found.dataset.id == "lookup.lsoa2021"
    assert found.columns["region_code"].tolist() == ["E12000009", ""]
    assert [(lookup.level, lookup.names) for lookup in found.lookups] == [
        ("district", "district_name"), ("region", "region_name"),
    ]  # fmt: skip


def test_a_lookup_whose_area_lies_in_two_places_is_refused(table: Table) -> None:
    with pytest.raises(FileProblem, match=r"E01000001 in rows 2 and 3"):
        table("LSOA21CD,LAD25CD\nE01000001,E06000001\nE01000001,E06000002\n")


def test_underlying_indicators_are_modelled_counts_stay_counts(table: Table) -> None:
    head = (
        "lsoa11_code,income_domain_numerator,employment_domain_numerator,road_distance_to_a_gp_surgery_indicator_km\n"
    )
    found = table(head + "E01000001,20,,1.5\nE01000002,30,10,2.5\n")
    kinds = {indicator.id: (indicator.kind, indicator.name) for indicator in found.indicators}
    assert kinds["iod2019_underlying.income_domain_numerator"] == ("count", "Income: people counted as deprived")
    gp = kinds["iod2019_underlying.road_distance_to_a_gp_surgery_indicator_km"]
    assert gp == ("modelled", "Road distance to a GP surgery (km)")
    np.testing.assert_array_equal(found.columns["employment_domain_numerator"], [np.nan, 10])


def test_the_community_needs_index(table: Table) -> None:
    head = (
        "lsoa21_code,lsoa21_name,Community Needs Index 2023 Score,Community Needs Index 2023 Rank,Left Behind Area?\n"
    )
    found = table(head + "E01000001,A,12.5,2,True\nE01000002,B,200.5,1,False\n")
    assert [indicator.kind for indicator in found.indicators] == ["modelled", "rank"]
    assert "Left Behind Area?" in found.dataset.problems[0].message


def test_a_postcode_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "qx.csv"
    rest = "E92000001,,X18000001,,X06000001,X05000001"
    path.write_text(f"QX1 1AA,10,400000,200000,{rest}\nQX1 1AB,90,0,0,{rest}\n,10,400100,200000,{rest}\n")
    found = read(path)
    assert found.codes.tolist() == ["QX1 1AA"]
    assert sum(problem.rows for problem in found.dataset.problems) == 2


def test_a_coordinate_larger_than_any_number_kept_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "qx.csv"
    rest = "E92000001,,X18000001,,X06000001,X05000001"
    path.write_text(f"QX1 1AA,10,400000,200000,{rest}\nQX1 1AB,10,99999999999999999999999,200000,{rest}\n")
    with pytest.raises(FileProblem, match="not a postcode with its coordinates"):
        read(path)
