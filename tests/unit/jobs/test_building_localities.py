"""Localities from larger areas, postcodes and distances; split, merged, subtracted, intersected, snapped; undone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsna_desktop.areas import shapes
from jsna_desktop.areas.locality import POLYGON, SELECTION, Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit, building, larger_areas, localities, reshaping, versions
from jsna_desktop.jobs.people import People
from jsna_desktop.sources.dataset import Lookup, Reading
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, SQUARES, boundaries, dataset, keep, residents

PEOPLE = np.arange(1000.0, 1036.0)


def postcodes() -> Reading:
    """Two postcodes in the middle of each of the first six squares, `AA1 1AA` and `AA1 1AB` in the first."""
    names = [f"AA{square + 1} 1A{letter}" for square in range(6) for letter in "AB"]
    middles = shapely.get_coordinates(shapely.centroid(SQUARES[:6])).repeat(2, axis=0)
    columns = {"easting": middles[:, 0], "northing": middles[:, 1] + np.tile([0.0, 100.0], 6)}
    return Reading(dataset("postcodes", "postcodes", ""), np.array(names), columns)


def wards() -> Reading:
    """One ward of the four squares at the lower left, one that cuts the squares beside it in half."""
    whole, cut = shapely.box(0, 0, 2000, 2000), shapely.box(2000, 0, 3500, 2000)
    return Reading(
        dataset("boundaries.ward", "boundaries", "ward"),
        np.array(["E05000001", "E05000002"]),
        names=np.array(["Lower Ward", "Cut Ward"]),
        geometry=shapely.to_wkb(np.array([whole, cut], dtype=object)),
    )


def msoas() -> Reading:
    """A lookup: the first twelve squares are one MSOA, the others another."""
    first = np.arange(36) < 12
    columns = {
        "msoa_code": np.where(first, "E02000001", "E02000002"), "msoa_name": np.where(first, "South", "North")
    }  # fmt: skip
    return Reading(
        dataset("lookup.msoa", "lookup"), CODES, columns, lookups=(Lookup("msoa2021", "msoa_code", "msoa_name"),)
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(PEOPLE), wards(), msoas())
        yield made


@pytest.fixture
def placed(store: Store) -> Store:
    """The same with postcodes, by which drawn places then share out blocks."""
    keep(store, postcodes())
    return store


def blocks(place: Locality) -> list[int]:
    """Numbers of a selection's squares."""
    assert place.blocks is not None
    return np.searchsorted(CODES, place.blocks).tolist()


def kept(store: Store, name: str, draft: building.Draft) -> Locality:
    return localities.get(store, building.keep(store, [(name, draft)], "Areas").there[0])


def drawn(store: Store, name: str, *box: float) -> Locality:
    return localities.add_polygon(store, "Areas", name, shapely.box(*box))


def chosen(store: Store, name: str, *numbers: int) -> Locality:
    return localities.add_selection(store, "Areas", name, "lsoa2021", CODES[list(numbers)])


# ---- from larger areas


def test_a_district_is_its_blocks_by_the_lookup(store: Store) -> None:
    area = larger_areas.find(store, "westshire")
    place = kept(store, "West", building.from_areas(store, [area]))
    assert (place.kind, place.geography, place.code) == (SELECTION, "lsoa2021", "E06000001")
    assert blocks(place) == [n for n in range(36) if n % 6 < 3]
    assert people_of(store, place) == sum(PEOPLE[n] for n in range(36) if n % 6 < 3)


def test_an_area_is_found_by_its_code_too(store: Store) -> None:
    assert larger_areas.find(store, "e02000001").name == "South"
    assert larger_areas.find(store, "South", "msoa").code == "E02000001"


def test_a_wrong_name_brings_near_ones_and_a_name_of_two_areas_asks_for_a_code(store: Store) -> None:
    with pytest.raises(UsageProblem, match="Did you mean Westshire"):
        larger_areas.find(store, "Westshyre")
    twin = replace(wards(), dataset=dataset("boundaries.parish", "boundaries", "parish"))
    assert twin.geometry is not None
    codes = np.array(["E04000001", "E04000002"])
    keep(store, replace(twin, codes=codes))
    with pytest.raises(UsageProblem, match="several areas") as said:
        larger_areas.find(store, "Cut Ward")
    assert "E04000002" in said.value.found
    assert larger_areas.find(store, "Cut Ward", "ward").code == "E05000002"


def test_several_areas_make_one_place(store: Store) -> None:
    both = [larger_areas.find(store, name) for name in ("South", "Westshire")]
    place = kept(store, "Both", building.from_areas(store, both))
    assert blocks(place) == [n for n in range(36) if n < 12 or n % 6 < 3]


def test_without_a_lookup_an_area_goes_by_its_shape_and_says_so(store: Store) -> None:
    draft = building.from_areas(store, [larger_areas.find(store, "Lower Ward")])
    assert blocks(draft.place) == [0, 1, 6, 7]
    assert "by the shape of its boundaries" in draft.notes[0]
    cut = building.from_areas(store, [larger_areas.find(store, "Cut Ward")])
    assert cut.place.kind == POLYGON
    assert "cuts 2 of the 4" in cut.notes[-1]
    assert people_of(store, kept(store, "Cut", cut)) == pytest.approx(1002 + 1008 + (1003 + 1009) / 2)


def test_every_area_of_a_level_in_a_larger_one(store: Store) -> None:
    assert [area.name for area in larger_areas.every(store, "msoa2021")] == ["North", "South"]
    west = larger_areas.find(store, "Westshire")
    assert [area.name for area in larger_areas.every(store, "ward", west)] == ["Cut Ward", "Lower Ward"]
    east = larger_areas.find(store, "Eastshire")
    assert larger_areas.every(store, "ward", east) == []
    with pytest.raises(UsageProblem, match="no parishes"):
        larger_areas.every(store, "parish")


# ---- from postcodes


def test_a_list_of_postcodes_takes_the_blocks_they_lie_in(placed: Store) -> None:
    draft, found = building.from_postcodes(placed, ["aa11aa", "AA1 1AB", "AA3  1AA", "AA1 1AA", ""])
    assert blocks(draft.place) == [0, 2]
    assert found.counts.tolist() == [2, 1]
    assert (found.listed, found.repeated) == (3, 1)
    assert "3 of 3 postcodes lie in 2 LSOAs 2021" in draft.notes[0]


def test_unknown_postcodes_are_named_with_what_may_be_meant(placed: Store) -> None:
    _, found = building.from_postcodes(placed, ["AA1 1AA", "AAI 1AB", "ZZ9 9ZZ", "no postcode"])
    assert found.unknown == (("AAI 1AB", "AA1 1AB"), ("ZZ9 9ZZ", ""))
    assert found.no_postcode == ("NO POSTCODE",)


def test_only_blocks_that_are_full_enough(placed: Store) -> None:
    listed = ["AA1 1AA", "AA1 1AB", "AA2 1AA", "AA2 1AB", "AA3 1AA"]
    two, _ = building.from_postcodes(placed, listed, at_least=2)
    assert blocks(two.place) == [0, 1]
    most, found = building.from_postcodes(placed, listed, holding=0.8)
    assert blocks(most.place) == [0, 1]
    assert found.counts[found.chosen].sum() / found.counts.sum() == 0.8
    all_of_it, _ = building.from_postcodes(placed, listed, holding=0.81)
    assert blocks(all_of_it.place) == [0, 1, 2]
    with pytest.raises(UsageProblem, match="enough postcodes"):
        building.from_postcodes(placed, listed, at_least=3)


@pytest.mark.parametrize("listed", [[], ["", " "], ["none", "of it"]])
def test_a_list_without_postcodes_is_refused(placed: Store, listed: list[str]) -> None:
    with pytest.raises(UsageProblem, match="no postcodes in the list"):
        building.from_postcodes(placed, listed)


# ---- around


def test_around_a_point_and_a_postcode(placed: Store) -> None:
    point = building.around(placed, ["2500,2500"], 500)
    assert point.place.shape is not None
    assert shapely.area(point.place.shape) == pytest.approx(np.pi * 500**2, rel=0.001)
    postcode = building.around(placed, ["aa1 1aa"], 500)
    assert postcode.place.shape is not None
    assert shapely.centroid(postcode.place.shape).x == pytest.approx(500)


def test_around_services_by_name_and_by_kind(store: Store) -> None:
    names = np.array(["Old Surgery", "New Surgery", "Lost Surgery"])
    columns = {
        "service": np.full(3, "gp"),
        "easting": np.array([1000, 5000, np.nan]),
        "northing": np.array([1000, 5000, np.nan]),
    }
    keep(store, Reading(dataset("services.gp", "services", ""), np.array(["G1", "G2", "G3"]), columns, names))
    one = building.around(store, ["old surgery"], 100)
    every = building.around(store, ["service:gp"], 100)
    assert one.place.shape is not None and every.place.shape is not None
    assert shapely.area(every.place.shape) == pytest.approx(2 * shapely.area(one.place.shape))
    assert any("1 without a known place" in note for note in every.notes)


@pytest.mark.parametrize(
    ("where", "metres", "said"),
    [
        ("AAI 1AA", 100, "Did you mean"), ("Nowhere", 100, "no place"), ("2500,2500", 0, "distance"),
        ("2500,2500", float("nan"), "distance"), ("9000000,1", 10, "Great Britain"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_around(placed: Store, where: str, metres: float, said: str) -> None:
    with pytest.raises(UsageProblem, match=said):
        building.around(placed, [where], metres)


def test_what_lies_outside_and_in_two_districts_is_told(store: Store) -> None:
    done = building.keep(store, [("Edge", building.around(store, ["3000,0"], 1000))], "Areas")
    assert any("lies in 2 districts: Eastshire (50." in note for note in done.said)
    assert any("50.0 %) lie outside the boundaries" in note for note in done.said)


# ---- operations


def people_of(store: Store, *places: Locality) -> float:
    people = People.of(store)
    assert people is not None
    return float(people.living([replace(place, id=0) for place in places]).sum())


def test_selections_stay_selections_exactly(store: Store) -> None:
    a, b = chosen(store, "A", 0, 1, 2), chosen(store, "B", 2, 3)
    reshaping.intersect(store, [a.id, b.id], "Common")
    reshaping.subtract(store, a.id, [b.id], "Rest")
    reshaping.merge(store, [a.id, b.id], "All")
    made = {place.name: blocks(place) for place in localities.localities(store)}
    assert made == {"A": [0, 1, 2], "B": [2, 3], "Common": [2], "Rest": [0, 1], "All": [0, 1, 2, 3]}


def test_merging_without_a_name_takes_the_others_in(store: Store) -> None:
    a, b = chosen(store, "A", 0), drawn(store, "B", 1000, 0, 1500, 1000)
    done = reshaping.merge(store, [a.id, b.id])
    (only,) = localities.localities(store)
    assert (only.id, only.name, only.kind) == (a.id, "A", POLYGON)
    assert only.shape is not None
    assert shapely.equals(only.shape, shapely.box(0, 0, 1500, 1000))
    versions.take_back(store, done)
    assert {place.name: place.kind for place in localities.localities(store)} == {"A": SELECTION, "B": POLYGON}
    versions.again(store, done)
    assert [place.name for place in localities.localities(store)] == ["A"]


def test_what_leaves_nothing_is_refused_and_changes_nothing(store: Store) -> None:
    a, b, c = chosen(store, "A", 0), chosen(store, "B", 0, 1), drawn(store, "C", 4000, 4000, 5000, 5000)
    for refused in (
        lambda: reshaping.subtract(store, a.id, [b.id]),
        lambda: reshaping.intersect(store, [a.id, c.id]),
        lambda: reshaping.merge(store, [a.id, a.id]),
        lambda: reshaping.merge(store, [a.id, b.id], "C"),
    ):
        before = audit.entries(store)
        with pytest.raises(UsageProblem):
            refused()
        assert audit.entries(store) == before
    assert [place.name for place in localities.localities(store)] == ["A", "B", "C"]


def test_a_selection_is_split_by_where_its_blocks_people_live(store: Store) -> None:
    place = chosen(store, "A", 0, 1, 2)
    done = reshaping.split(store, place.id, shapely.LineString([(1400, -10), (1400, 1010)]))
    made = {one.name: blocks(one) for one in localities.localities(store)}
    assert made == {"A 1": [0], "A 2": [1, 2]}
    assert localities.get(store, place.id).name == "A 1"
    versions.take_back(store, done)
    assert {one.name: blocks(one) for one in localities.localities(store)} == {"A": [0, 1, 2]}


def test_a_line_beside_a_selections_people_is_refused(store: Store) -> None:
    place = chosen(store, "A", 0)
    with pytest.raises(UsageProblem, match="on one side"):
        reshaping.split(store, place.id, shapely.LineString([(100, -10), (100, 1010)]))


def test_snapping_tells_who_comes_in_and_who_goes(store: Store) -> None:
    # All of square 0, 60 % of square 1, 40 % of square 7 through a notch beneath it.
    shape = shapely.union_all([shapely.box(0, 0, 1600, 1000), shapely.box(1000, 1000, 1400, 2000)])
    place = localities.add_polygon(store, "Areas", "A", shape)
    before = people_of(store, place)
    done, moved = reshaping.snap(store, place.id, name="Snapped")
    after = localities.get(store, done.there[0])
    assert blocks(after) == [0, 1]
    assert moved.brought_in.tolist() == [CODES[1]]
    assert moved.left_out.tolist() == [CODES[7]]
    assert moved.residents_in == pytest.approx(0.4 * PEOPLE[1])
    assert moved.residents_out == pytest.approx(0.4 * PEOPLE[7])
    assert people_of(store, after) == pytest.approx(before + 0.4 * PEOPLE[1] - 0.4 * PEOPLE[7])
    assert (moved.area_in, moved.area_out) == (pytest.approx(400_000), pytest.approx(400_000))
    assert "cut are in whole" in moved.sentence


def test_snapping_by_area_takes_what_is_half_inside(store: Store) -> None:
    place = drawn(store, "A", 0, 0, 1500, 1000)
    reshaping.snap(store, place.id, by="area")
    assert blocks(localities.get(store, place.id)) == [0, 1]


def test_sensitive_residents_are_not_told(tmp_path: Path) -> None:
    with Store.create(tmp_path / "secret.jsna") as store:
        secret = residents(PEOPLE)
        keep(store, boundaries(), replace(secret, dataset=replace(secret.dataset, sensitive=True)))
        place = drawn(store, "A", 0, 0, 1500, 1000)
        done, moved = reshaping.snap(store, place.id)
        assert moved.residents_in is None
        assert not any("1,0" in sentence or "500 residents" in sentence for sentence in done.said)


# Where a line meets the edge of a square it is not within half a metre of it: parts are no slivers.
metres = st.integers(1, 59).map(lambda number: 100 * number + 50)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=metres, bend=metres, numbers=st.sets(st.integers(0, 35), min_size=1))
def test_split_then_merged_is_the_same(store: Store, cut: int, bend: int, numbers: set[int]) -> None:
    """Drawn places: the weights of both parts add up to the place's in every block, and merging gives it back."""
    shape = shapely.union_all(SQUARES[sorted(numbers)])
    place = localities.add_polygon(store, "Hypothesis", "Whole", shape)
    line = shapely.LineString([(cut, -100), ((cut + bend) / 2, 3000), (bend, 6100)])
    people = People.of(store)
    assert people is not None
    before = people.weights([place]).matrix.toarray()
    try:
        try:
            done = reshaping.split(store, place.id, line)
        except UsageProblem as refused:
            assert "does not cut" in str(refused)
            assert not shapely.crosses(line, shape)
            return
        parts = [localities.get(store, key) for key in done.there]
        halves = people.weights(parts).matrix.toarray()
        np.testing.assert_allclose(halves.sum(axis=0), before[0], atol=1e-9)
        reshaping.merge(store, [part.id for part in parts])
        (again,) = localities.localities(store, ["Hypothesis"])
        assert again.id == place.id
        assert again.shape is not None
        assert shapely.area(shapely.symmetric_difference(again.shape, shape)) < 1e-3
        np.testing.assert_allclose(people.weights([again]).matrix.toarray(), before, atol=1e-9)
    finally:
        for one in localities.localities(store):
            localities.remove(store, one.id)


def in_two(part: shapely.Geometry, line: shapely.LineString) -> list[shapely.Geometry]:
    try:
        return list(shapes.split(part, line))
    except UsageProblem:
        return [part]


# Parts are no slivers: one under half a metre wide is taken for the noise of an edge and holds nobody.
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(*2 * [st.integers(1, 59).map(lambda n: 100 * n)]), min_size=1, max_size=4, unique=True))
def test_weights_of_a_partition_add_up_to_one(store: Store, cuts: list[tuple[int, int]]) -> None:
    parts: list[shapely.Geometry] = [shapely.box(0, 0, 6000, 6000)]
    for low, high in cuts:
        line = shapely.LineString([(low, -100), (high, 6100)])
        parts = [side for part in parts for side in in_two(part, line)]
    people = People.of(store)
    assert people is not None
    made = people.weights([Locality(0, str(n), "", POLYGON, shape=part) for n, part in enumerate(parts)])
    assert len(parts) > 1
    assert shapes.is_partition(made.matrix, np.arange(36))
    assert not shapes.is_partition(made.matrix[[0]], np.arange(36))
    assert people.counted(made).sum() == pytest.approx(PEOPLE.sum())
