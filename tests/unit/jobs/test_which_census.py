"""A table of LSOAs that does not say its census: told by what ships, else asked about, and answered."""

from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs.add import ASK, READY, WHICH_AREAS, add, recognise, say_vintage
from jsna_desktop.jobs.reference import districts_of_2011
from jsna_desktop.jobs.vintage import by_what_ships
from jsna_desktop.workspace.store import Store

WILTSHIRE = "E06000054"


def _codes() -> np.ndarray:
    codes, districts = districts_of_2011()
    return codes[districts == WILTSHIRE]


def test_every_lsoa_of_2011_of_a_district_is_2011() -> None:
    told = by_what_ships("lsoa", _codes())
    assert told is not None
    assert told.geography == "lsoa2011"


def test_some_of_them_may_be_either() -> None:
    assert by_what_ships("lsoa", _codes()[:-1]) is None
    assert by_what_ships("lsoa", np.array(["E01099999"])) is None
    assert by_what_ships("msoa", np.array(["E02000001"])) is None


@pytest.fixture
def store(tmp_path: Path):
    with Store.create(tmp_path / "county.jsna") as made:
        yield made


def _table(path: Path, codes: np.ndarray) -> Path:
    rows = "\n".join(f"{code},walks,2024,20,90" for code in codes)
    path.write_text(f"area_code,indicator,period,numerator,denominator\n{rows}\n")
    return path


def test_a_table_of_a_few_areas_is_asked_about_and_the_answer_is_taken(store: Store, tmp_path: Path) -> None:
    found = recognise([_table(tmp_path / "walks.csv", _codes()[:20])], store)
    assert (found[0].status, found[0].title) == (ASK, WHICH_AREAS)
    assert add(store, found) == []
    answered = say_vintage(store, found, 0, "2021")
    assert answered[0].status == READY
    assert [dataset.geography for dataset in add(store, answered)] == ["lsoa2021"]


def test_a_table_of_a_whole_district_is_known_without_any_other_file(store: Store, tmp_path: Path) -> None:
    found = recognise([_table(tmp_path / "walks.csv", _codes())], store)
    assert found[0].status == READY
    assert [dataset.geography for dataset in add(store, found)] == ["lsoa2011"]


def test_the_fictional_county_is_of_2021(store: Store, tmp_path: Path) -> None:
    found = recognise([_table(tmp_path / "walks.csv", np.array(["X01000001", "X01000002"]))], store)
    assert found[0].reading is not None
    assert found[0].reading.dataset.geography == "lsoa2021"


def test_a_vast_file_is_looked_at_before_it_is_read_through(store: Store, tmp_path: Path, monkeypatch) -> None:
    from jsna_desktop.jobs import recognise as module

    def never(_path: Path) -> str:
        raise AssertionError("the whole file was read")

    monkeypatch.setattr(module, "checksum", never)
    vast = tmp_path / "vast.csv"
    with vast.open("wb") as file:
        file.truncate(10 << 30)
    assert recognise([vast], store)[0].status == "left out"
