"""Column maps that the workspace remembers, and the tables that a person is asked about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jsna_desktop.jobs import column_maps
from jsna_desktop.jobs.add import ASK, LEFT_OUT, READY, Hints, add, recognise
from jsna_desktop.sources.column_map import ColumnMap, Wide
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

COUNTS = ColumnMap({"area_code": "Area", "numerator": "Smokers 2022", "denominator": "Adults 2022"})
HEADINGS = ("Area", "Smokers 2022", "Adults 2022", "Note")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        yield made


def kept(store: Store, said: ColumnMap, headings: tuple[str, ...] = HEADINGS) -> None:
    with store.transaction():
        column_maps.remember(store, headings, said.kind, said.geography, said)


def test_a_map_is_recalled_for_the_same_headings_in_next_year_s_words(store: Store) -> None:
    kept(store, COUNTS)
    found = column_maps.recall(store, ("NOTE", "Adults 2023", "Area", "Smokers 2023"))
    assert found is not None
    assert found.map.columns == {"area_code": "Area", "numerator": "Smokers 2023", "denominator": "Adults 2023"}


@pytest.mark.parametrize("headings", [("Area", "Smokers 2023", "Adults 2023"), ("Area", "Drinkers", "Adults", "Note")])
def test_other_headings_have_no_map(store: Store, headings: tuple[str, ...]) -> None:
    kept(store, COUNTS)
    assert column_maps.recall(store, headings) is None


def test_a_later_map_takes_the_place_of_an_earlier(store: Store) -> None:
    kept(store, COUNTS)
    kept(store, ColumnMap({"area_code": "Area", "numerator": "Adults 2022"}, kind="indicator"))
    found = column_maps.recall(store, HEADINGS)
    assert found is not None
    assert found.map.columns["numerator"] == "Adults 2022"
    assert found.map.kind == "indicator"


def test_a_fixed_period_is_the_new_file_s_or_lacking(store: Store) -> None:
    plain = ("Area", "Smokers", "Adults")
    said = ColumnMap({"area_code": "Area", "numerator": "Smokers", "denominator": "Adults"}, {"period": "2022"})
    kept(store, said, plain)
    found = column_maps.recall(store, plain)
    assert found is not None
    assert found.lacking == ("period",)
    assert "period" not in found.map.values
    told = column_maps.recall(store, plain, ("Smoking survey 2023",))
    assert told is not None
    assert told.map.values == {"period": "2023"}


def test_turned_columns_follow_the_years(store: Store) -> None:
    said = ColumnMap({"area_code": "Area"}, {"indicator": "x"}, Wide("period", "numerator", ("2020", "2021")))
    kept(store, said, ("Area", "2020", "2021"))
    found = column_maps.recall(store, ("Area", "2020", "2021", "2022"))
    assert found is not None
    assert found.map.wide == Wide("period", "numerator", ("2020", "2021", "2022"))


def test_codes_of_another_census_are_not_taken_for_the_remembered_ones(store: Store) -> None:
    said = ColumnMap({"area_code": "LSOA code (2021)", "value": "v"}, geography="lsoa2021")
    kept(store, said, ("LSOA code (2021)", "v"))
    found = column_maps.recall(store, ("LSOA code (2011)", "v"))
    assert found is not None
    assert found.map.geography == "lsoa2011"


def test_the_year_of_the_areas_is_no_period(store: Store) -> None:
    said = ColumnMap({"area_code": "LSOA code (2021)", "value": "v"}, {"period": "2023"})
    kept(store, said, ("LSOA code (2021)", "v"))
    found = column_maps.recall(store, ("LSOA code (2021)", "v"), ("By LSOA 2021",))
    assert found is not None
    assert found.lacking == ("period",)


# ---- adding files


def write(path: Path, year: str, first: int) -> Path:
    path.write_text(f"Area,Smokers {year},Adults {year}\nE01031841,{first},1500\nE01031842,90,1600\n")
    return path


MAP = {
    "area_code": "Area", "numerator": "Smokers 2022", "denominator": "Adults 2022",
    "values": {"indicator": "smoking", "period": "2022"}, "table": {"geography": "lsoa2021"},
}  # fmt: skip


def test_a_table_that_no_reader_knows_is_asked_about(store: Store, tmp_path: Path) -> None:
    (item,) = recognise([write(tmp_path / "own.csv", "2022", 100)], store)
    assert item.status == ASK
    assert item.reading is None
    assert item.proposal is not None
    assert item.proposal.columns["area_code"] == "Area"
    assert "--map" in item.error
    assert add(store, [item]) == []


def test_a_table_without_places_is_left_out(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (item,) = recognise([tmp_path / "a.csv"], store)
    assert (item.status, item.proposal) == (LEFT_OUT, None)


def test_a_map_is_remembered_when_its_file_is_added_and_serves_the_next(store: Store, tmp_path: Path) -> None:
    first = recognise([write(tmp_path / "own.csv", "2022", 100)], store, hints=Hints(column_map=MAP))
    assert column_maps.recall(store, ("Area", "Smokers 2022", "Adults 2022")) is None  # looking changes nothing
    add(store, first)
    (item,) = recognise([write(tmp_path / "next.csv", "2023", 80)], store)
    assert item.status == READY
    assert "by the column map remembered on" in item.detail
    assert "period 2023 as this file says" in item.detail
    add(store, [item])
    found = {i.period: i for i in catalogue.indicators(store)}
    assert set(found) == {"2022", "2023"}
    assert found["2023"].geography == "lsoa2021"
    key = {i.period: key for key, i in catalogue.keyed_indicators(store)}["2023"]
    assert catalogue.column(store, key, found["2023"].numerator or "").tolist() == [80, 90]


def test_last_year_s_period_is_not_put_on_a_file_that_says_none(store: Store, tmp_path: Path) -> None:
    said = {
        "area_code": "Area", "numerator": "Smokers", "denominator": "Adults",
        "values": {"indicator": "smoking", "period": "2022"}, "table": {"geography": "lsoa2021"},
    }  # fmt: skip
    (tmp_path / "a.csv").write_text("Area,Smokers,Adults\nE01031841,1,15\n")
    (tmp_path / "b.csv").write_text("Area,Smokers,Adults\nE01031841,2,15\n")
    add(store, recognise([tmp_path / "a.csv"], store, hints=Hints(column_map=said)))
    (item,) = recognise([tmp_path / "b.csv"], store)
    assert item.status == ASK
    assert item.proposal is not None
    assert item.proposal.lacking == ("period",)
    assert item.proposal.values == {"indicator": "smoking"}


def test_a_map_for_a_sheet_that_is_not_the_largest_is_known_again(store: Store, tmp_path: Path) -> None:
    import pandas as pd

    def book(name: str, first: int) -> Path:
        with pd.ExcelWriter(tmp_path / name) as made:
            pd.DataFrame({f"c{n}": range(60) for n in range(9)}).to_excel(made, sheet_name="Notes", index=False)
            own = pd.DataFrame({"Area": ["E01031841"], "Smokers 2022": [first], "Adults 2022": [900]})
            own.to_excel(made, sheet_name="Data", index=False)
        return tmp_path / name

    add(store, recognise([book("a.xlsx", 10)], store, hints=Hints(column_map=MAP)))
    (item,) = recognise([book("b.xlsx", 11)], store)
    assert item.status == READY
    assert item.reading is not None
    assert item.reading.codes.tolist() == ["E01031841"]


def test_a_plain_table_is_no_question(store: Store, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("area_code,indicator,period,numerator,denominator\nE01031841,s,2023,1,9\n")
    (item,) = recognise([tmp_path / "p.csv"], store, hints=Hints(geography="lsoa2021"))
    assert (item.status, item.mapped) == (READY, None)
