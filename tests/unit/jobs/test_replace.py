from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.add import READY, Found, add
from jsna_desktop.jobs.audit import ADDED, BROUGHT_BACK, REPLACED, entries
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import add_selection, localities
from jsna_desktop.jobs.profile import profile
from jsna_desktop.jobs.replace import bring_back, candidates
from jsna_desktop.jobs.show import contents
from jsna_desktop.sources.dataset import Dataset, Lookup, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, SQUARES, boundaries, keep, residents

PEOPLE = np.arange(36.0) * 10


def practices(month: str, codes: list[str], names: list[str], lists: list[float]) -> Reading:
    """Practices of one month, each with the size of its list."""
    about = Dataset(
        "services.gp", "GP practices", "services", "", "", "NHS", "OGL", "", f"epraccur {month}.csv", "made up",
        rows=len(codes), retrieved=f"{month}-01", checksum=month,
    )  # fmt: skip
    return Reading(about, np.array(codes), {"list": np.array(lists)}, np.array(names))


MARCH = practices("2024-03", ["A1", "A2", "A3", "A4"], ["Elm", "Oak", "Ash", "Yew"], [100, 200, np.nan, 400])
# In another order; one is gone, one is new, one has another name, one a list of another size, one a list at last.
APRIL = practices("2024-04", ["A5", "A3", "A2", "A1"], ["Fir", "Ash", "Oak House", "Elm"], [50, 300, 200, 110])


def given(reading: Reading) -> list[Found]:
    return [Found(Path(reading.dataset.filename), READY, "", "", reading=reading)]


@pytest.fixture
def store(tmp_path: Path):
    with Store.create(tmp_path / "w.jsna") as made:
        yield made


def test_what_has_no_rows_is_not_said_to_be_the_same(store: Store) -> None:
    def roads(county: str) -> Reading:
        about = replace(MARCH.dataset, id="roads.open_roads", kind="roads", filename=county, checksum=county, rows=9)
        return Reading(about, np.empty(0, dtype=np.str_), {})

    keep(store, roads("west"))
    (found,) = candidates(store, roads("east"))
    assert found.message == "what it holds is not compared"


def test_what_has_changed_is_counted_with_examples(store: Store) -> None:
    keep(store, MARCH)
    (found,) = candidates(store, APRIL)
    assert found.older.id == "services.gp"
    assert (found.added, found.added_examples) == (1, ("A5",))
    assert (found.removed, found.removed_examples) == (1, ("A4",))
    changed = {one.column: (one.count, one.examples) for one in found.changed}
    assert changed == {
        "list": (2, ("A1: 100 → 110", "A3: none → 300")),
        "name": (1, ("A2: Oak → Oak House",)),
    }
    assert found.message == (
        "1 row added (A5); 1 row gone (A4); 2 values of list changed (A1: 100 → 110, A3: none → 300); "
        "1 value of name changed (A2: Oak → Oak House)"
    )


def test_of_sensitive_data_there_are_counts_alone(store: Store) -> None:
    keep(store, MARCH)
    (found,) = candidates(store, replace(APRIL, dataset=replace(APRIL.dataset, sensitive=True)))
    assert (found.added, found.removed, sum(one.count for one in found.changed)) == (1, 1, 3)
    assert not any(code in found.message for code in ("A1", "A2", "A4", "A5", "Oak", "110"))


def test_the_newer_takes_the_place_and_the_older_is_kept_for_nothing(store: Store) -> None:
    keep(store, MARCH)
    add(store, given(APRIL), replacing={"2024-04"})
    assert [d.id for d in catalogue.datasets(store)] == ["services.gp", "services.gp.2"]
    assert catalogue.replaced_by(store) == {"services.gp": "services.gp.2"}
    assert [d.id for _, d in catalogue.keyed_datasets(store)] == ["services.gp.2"]
    shown = {d["id"]: d["replaced_by"] for d in contents(store)["datasets"]}
    assert shown == {"services.gp": "services.gp.2", "services.gp.2": None}
    assert [(e.action, e.subject) for e in entries(store)] == [
        (ADDED, "services.gp"), (ADDED, "services.gp.2"), (REPLACED, "services.gp"),
    ]  # fmt: skip


def test_without_being_asked_it_stands_beside(store: Store) -> None:
    keep(store, MARCH)
    add(store, given(APRIL))
    assert catalogue.replaced_by(store) == {}
    assert len(catalogue.keyed_datasets(store)) == 2


def test_a_replaced_table_gives_no_number_until_it_is_brought_back(store: Store) -> None:
    revised = residents(PEOPLE + 1)
    revised = replace(revised, dataset=replace(revised.dataset, checksum="revised"))
    keep(store, boundaries(), residents(PEOPLE))
    add_selection(store, "Places", "All", "lsoa2021", CODES)

    def people() -> float:
        return next(iter(profile(load_figures(store), localities(store)).rows()))["value"]

    assert people() == PEOPLE.sum()
    add(store, given(revised), replacing={"revised"})
    assert people() == PEOPLE.sum() + 36
    first = residents(PEOPLE).dataset.id
    assert bring_back(store, first) == f"{first}.2"
    assert people() == PEOPLE.sum()
    assert bring_back(store, f"{first}.2") == first, "and back again"
    assert people() == PEOPLE.sum() + 36
    assert [e.subject for e in entries(store) if e.action == BROUGHT_BACK] == [first, f"{first}.2"]
    with pytest.raises(UsageProblem, match="no replaced dataset"):
        bring_back(store, "nothing")


def test_areas_that_only_a_replaced_table_had_are_gone_from_the_numbers(store: Store) -> None:
    keep(store, residents(PEOPLE))
    fewer = residents(PEOPLE[:20])
    fewer = replace(fewer, codes=CODES[:20], dataset=replace(fewer.dataset, checksum="fewer"))
    add(store, given(fewer), replacing={"fewer"})
    assert load_figures(store).tables["lsoa2021"].universe.tolist() == CODES[:20].tolist()


def test_another_period_of_the_same_table_stands_beside(store: Store) -> None:
    keep(store, residents(PEOPLE, "2023"))
    later = residents(PEOPLE, "2024")
    later = replace(later, dataset=replace(later.dataset, id=residents(PEOPLE, "2023").dataset.id))
    assert candidates(store, later) == []


def test_another_countys_boundaries_and_another_lookup_are_no_newer_vintage(store: Store) -> None:
    keep(store, boundaries())
    away = replace(boundaries(), codes=np.char.replace(CODES, "E010", "E019"))
    away = replace(away, dataset=replace(away.dataset, checksum="away"))
    assert candidates(store, away) == []
    other = replace(boundaries(), lookups=(Lookup("ward", "lad", "ladnm"),))
    other = replace(other, dataset=replace(other.dataset, checksum="wards"))
    assert candidates(store, other) == []


def test_outlines_that_moved_are_counted(store: Store) -> None:
    keep(store, boundaries())
    moved = SQUARES.copy()
    moved[3] = shapely.box(3000, 0, 4000, 999)
    newer = replace(boundaries(), geometry=shapely.to_wkb(moved))
    newer = replace(newer, dataset=replace(newer.dataset, checksum="newer"))
    (found,) = candidates(store, newer)
    assert [(one.column, one.count, one.examples) for one in found.changed] == [("the outlines", 1, (str(CODES[3]),))]


def test_a_third_vintage_replaces_the_second_alone_and_the_first_can_come_back(store: Store) -> None:
    keep(store, MARCH)
    add(store, given(APRIL), replacing={"2024-04"})
    may = practices("2024-05", ["A1", "A2", "A3"], ["Elm", "Oak", "Ash"], [1, 2, 3])
    assert [one.older.id for one in candidates(store, may)] == ["services.gp.2"]
    add(store, given(may), replacing={"2024-05"})
    assert catalogue.replaced_by(store) == {"services.gp": "services.gp.3", "services.gp.2": "services.gp.3"}
    assert bring_back(store, "services.gp") == "services.gp.3"
    assert [d.id for _, d in catalogue.keyed_datasets(store)] == ["services.gp"]
    assert store.check() == []


def test_the_same_file_again_replaces_nothing(store: Store) -> None:
    keep(store, MARCH)
    assert candidates(store, MARCH) == []
