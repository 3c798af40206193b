"""Wiltshire's wards and MSOAs as localities: built, measured as sets, cut and put together again."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.areas.locality import POLYGON, Locality
from jsna_desktop.jobs import localities, reshaping
from jsna_desktop.jobs.add import READY, add, recognise
from jsna_desktop.jobs.building import around, from_areas, keep
from jsna_desktop.jobs.larger_areas import every, find
from jsna_desktop.jobs.measure_set import measure_set
from jsna_desktop.jobs.people import People
from jsna_desktop.workspace.store import Store

FILES = (
    "boundaries/lsoa_2021_wiltshire.geojson", "boundaries/msoa_2021_wiltshire.geojson",
    "boundaries/wards_wiltshire.geojson", "population/census-2021-usual-residents-lsoa-2021.csv",
    "lookups/lsoa_2021_to_lad_to_region_ew.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory):
    with Store.create(tmp_path_factory.mktemp("wiltshire") / "w.jsna") as made:
        found = recognise([data / name for name in FILES], made)
        assert [item.status for item in found] == [READY] * len(FILES)
        add(made, found)
        for level, title in (("msoa2021", "MSOAs"), ("ward", "Wards")):
            areas = every(made, level)
            keep(made, [(f"{area.name} {area.code}", from_areas(made, [area])) for area in areas], title)
        yield made


def wiltshire(store: Store) -> tuple[People, np.ndarray]:
    people = People.of(store)
    assert people is not None
    blocks = find(store, "Wiltshire", "district").blocks
    assert blocks is not None
    return people, np.searchsorted(people.codes, blocks)


def test_msoas_are_whole_lsoas_and_partition_the_county(store: Store) -> None:
    people, own = wiltshire(store)
    places = localities.localities(store, ["MSOAs"])
    assert {place.kind for place in places} == {"selection"}
    made = measure_set(store, "MSOAs")
    assert (made.verdict, made.within, made.exact) == ("partition", ("Wiltshire",), True)
    assert made.whole.residents == people.residents[own].sum() == pytest.approx(510_330, rel=1e-4)  # ONS: the county
    assert people.living(places).sum() == made.whole.residents


def test_wards_cut_lsoas_and_are_a_partition_but_for_slivers(store: Store) -> None:
    people, own = wiltshire(store)
    places = localities.localities(store, ["Wards"])
    assert {place.kind for place in places} == {"polygon"}
    made = measure_set(store, "Wards")
    assert made.within == ("Wiltshire",)
    assert made.pairs == ()
    assert made.gaps.residents is not None
    assert made.gaps.residents < 0.001 * people.residents[own].sum()
    assert people.living(places).sum() == pytest.approx(people.residents[own].sum(), rel=0.001)


def test_a_ward_split_and_merged_has_its_residents_again(store: Store) -> None:
    people, _ = wiltshire(store)
    place = next(p for p in localities.localities(store, ["Wards"]) if p.kind == POLYGON)
    assert place.shape is not None
    before = people.weights([place]).matrix.toarray()
    left, bottom, right, top = shapely.bounds(place.shape)
    line = shapely.LineString([((left + right) / 2, bottom - 10), ((left + right) / 2 + 50, top + 10)])
    done = reshaping.split(store, place.id, line, note="a trial")
    parts = [localities.get(store, key) for key in done.there]
    np.testing.assert_allclose(people.weights(parts).matrix.toarray().sum(axis=0), before[0], atol=1e-6)
    reshaping.merge(store, [part.id for part in parts])
    again = localities.get(store, place.id)
    np.testing.assert_allclose(people.weights([again]).matrix.toarray(), before, atol=1e-6)
    assert again.shape is not None
    assert shapely.area(shapely.symmetric_difference(again.shape, place.shape)) < 1


def test_snapping_a_circle_moves_who_it_says(store: Store) -> None:
    people, _ = wiltshire(store)
    done = keep(store, [("Circle", around(store, ["385500,158000"], 3000))], "Circles")  # Trowbridge
    before = float(people.living([localities.get(store, done.there[0])])[0])
    _, moved = reshaping.snap(store, done.there[0])
    after = float(people.living([localities.get(store, done.there[0])])[0])
    assert moved.residents_in is not None and moved.residents_out is not None
    assert after == pytest.approx(before + moved.residents_in - moved.residents_out)
    assert len(moved.brought_in) and len(moved.left_out)
    inside = Locality(0, "", "", POLYGON, shape=shapely.box(384_000, 156_500, 387_000, 159_500))
    assert float(people.living([inside])[0]) < after
