"""Sets of localities: partition, gaps and overlaps, in residents and hectares."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import localities
from jsna_desktop.jobs.measure_set import measure_set, sentences
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents

PEOPLE = np.arange(1000.0, 1036.0)
WEST = np.array([n for n in range(36) if n % 6 < 3])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(PEOPLE))
        yield made


def select(store: Store, name: str, numbers) -> None:
    localities.add_selection(store, "Areas", name, "lsoa2021", CODES[numbers])


def draw(store: Store, name: str, *box: float) -> None:
    localities.add_polygon(store, "Areas", name, shapely.box(*box))


def test_a_partition_of_a_district_by_blocks(store: Store) -> None:
    select(store, "A", WEST[:5])
    select(store, "B", WEST[5:])
    made = measure_set(store, "Areas")
    assert (made.verdict, made.within, made.exact) == ("partition", ("Westshire",), True)
    assert made.whole.residents == PEOPLE[WEST].sum()
    assert (made.gaps.residents, made.gaps.area_ha, made.overlaps.residents, made.pairs) == (0, 0, 0, ())


def test_gaps_and_overlaps_by_blocks(store: Store) -> None:
    select(store, "A", WEST[:8])
    select(store, "B", WEST[6:16])
    select(store, "C", [*WEST[7:9], 35])
    made = measure_set(store, "Areas")
    assert made.verdict == "gaps and overlaps"
    assert made.gaps.residents == PEOPLE[WEST[16:]].sum()
    assert made.gaps.area_ha == pytest.approx(200)
    assert made.gap_blocks == tuple(CODES[WEST[16:]])
    assert made.overlaps.residents == PEOPLE[WEST[6:9]].sum()
    assert [(p.first, p.second, p.extent.residents) for p in made.pairs] == [
        ("A", "B", PEOPLE[WEST[6:8]].sum()), ("A", "C", PEOPLE[WEST[7]]), ("B", "C", PEOPLE[WEST[7:9]].sum()),
    ]  # fmt: skip
    assert made.beyond.residents == PEOPLE[35]
    assert json.loads(json.dumps(made.as_dict()))["gaps"]["residents"] == made.gaps.residents


def test_drawn_places_are_measured_by_shape(store: Store) -> None:
    draw(store, "A", 0, 0, 3000, 3500)
    draw(store, "B", 0, 3000, 3000, 5500)
    made = measure_set(store, "Areas")
    assert (made.verdict, made.exact, made.within) == ("gaps and overlaps", False, ("Westshire",))
    assert made.gaps.area_ha == pytest.approx(150)
    assert made.gaps.residents == pytest.approx(PEOPLE[30:33].sum() / 2)
    assert made.overlaps.area_ha == pytest.approx(150)
    assert made.pairs[0].extent.residents == pytest.approx(PEOPLE[18:21].sum() / 2)
    assert any("In two localities or more: 1,53" in line or "A and B" in line for line in sentences(made))


def test_slivers_along_an_edge_are_neither(store: Store) -> None:
    draw(store, "A", 0, 0, 3000, 3005)
    draw(store, "B", 0, 3000, 2995, 6000)
    made = measure_set(store, "Areas")
    assert made.verdict == "partition"
    assert made.slivers == 2
    assert made.slivers_ha == pytest.approx((5 * 2995 + 5 * 2995) / 1e4)


def test_a_named_larger_area_and_its_absence(store: Store) -> None:
    select(store, "A", WEST)
    made = measure_set(store, "Areas", "Eastshire")
    assert made.gaps.residents == PEOPLE.sum() - PEOPLE[WEST].sum()
    assert made.beyond.residents == PEOPLE[WEST].sum()
    with pytest.raises(UsageProblem, match="no area"):
        measure_set(store, "Areas", "Southshire")
    with pytest.raises(UsageProblem, match="no set"):
        measure_set(store, "Wards")
