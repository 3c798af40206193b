import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from jsna_desktop.areas.coverage import (
    block_at,
    blocks_touching,
    faulty_blocks,
    outline,
    pack,
    representative_points,
    simplified_levels,
)


def cells(seed: int, n: int = 40) -> np.ndarray:
    """A coverage of n irregular cells (Voronoi) 20 km across, near Trowbridge."""
    places = np.random.default_rng(seed).uniform((385_000, 150_000), (405_000, 170_000), (n, 2))
    points = shapely.multipoints(places)
    frame = shapely.box(385_000, 150_000, 405_000, 170_000)
    return shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points)), frame)


HOLED = shapely.Polygon([(0, 0), (90, 0), (90, 90), (0, 90)], [[(30, 30), (60, 30), (60, 60), (30, 60)]])
ISLANDS = shapely.MultiPolygon([shapely.box(200, 0, 230, 20), shapely.box(200, 70, 260, 110)])
EMPTY = shapely.Polygon()


def test_packing_keeps_every_ring_of_every_part():
    packed = pack([HOLED, ISLANDS, EMPTY, None, shapely.box(30, 30, 60, 60)])
    assert len(packed) == 5
    assert packed.ring_block.tolist() == [0, 0, 1, 1, 4]
    assert np.isnan(packed.bounds[[2, 3]]).all()
    assert packed.total_bounds == (0, 0, 260, 110)
    for ring, shape in enumerate(shapely.get_rings(shapely.get_parts([HOLED, ISLANDS]))):
        xy = packed.coords[packed.ring_starts[ring] : packed.ring_starts[ring + 1]] + packed.origin
        assert np.array_equal(xy, shapely.get_coordinates(shape))


def test_coordinates_stay_exact_to_centimetres_across_the_country():
    shapes = [
        shapely.box(82_672.11, 5_337.93, 82_999.97, 5_999.01),
        shapely.box(655_604.27, 657_534.55, 655_999.99, 657_600.03),
    ]
    packed = pack(shapes)
    assert np.abs(packed.coords.astype(float) + packed.origin - shapely.get_coordinates(shapes)).max() < 0.03


def test_an_origin_that_is_given_is_used():
    packed = pack([HOLED], origin=np.array([10.0, 20.0]))
    assert packed.coords.min(axis=0).tolist() == [-10, -20]
    assert packed.bounds[0].tolist() == [0, 0, 90, 90]


def test_nothing_packs_to_nothing():
    packed = pack([])
    assert len(packed) == 0 and np.isnan(packed.total_bounds).all()
    assert representative_points(packed).shape == (0, 2)
    assert block_at(packed, 0, 0) == -1
    assert len(outline(packed, np.array([], dtype=int))) == 0


def test_rings_and_vertices_come_in_the_order_of_the_blocks_asked_for():
    packed = pack([HOLED, ISLANDS, shapely.box(0, 0, 1, 1)])
    rings = packed.rings_of(np.array([2, 0]))
    assert rings.tolist() == [4, 0, 1]
    vertices, lengths = packed.vertices_of(rings)
    assert lengths.tolist() == [5, 5, 5]
    assert vertices[:5].tolist() == list(range(packed.ring_starts[4], packed.ring_starts[5]))


@given(st.integers(0, 10_000), st.floats(0, 20_000), st.floats(0, 20_000))
def test_the_block_at_a_place_is_the_one_that_holds_it(seed: int, dx: float, dy: float):
    shapes, x, y = cells(seed), 385_000 + dx, 150_000 + dy
    point = shapely.Point(x, y)
    if shapely.distance(shapely.boundary(shapes), point).min() < 0.1:
        return  # on the line either neighbour may be meant
    assert block_at(pack(shapes), x, y) == int(np.flatnonzero(shapely.contains(shapes, point))[0])


def test_a_hole_and_the_sea_between_islands_belong_to_no_block():
    packed = pack([HOLED, ISLANDS])
    assert block_at(packed, 45, 45) == -1
    assert block_at(packed, 15, 45) == 0
    assert block_at(packed, 215, 40) == -1
    assert block_at(packed, 250, 100) == 1


@given(st.integers(0, 10_000))
def test_every_representative_point_lies_in_its_block(seed: int):
    shapes = cells(seed)
    points = representative_points(pack(shapes))
    assert shapely.contains_xy(shapes, points[:, 0], points[:, 1]).all()


def test_representative_points_of_awkward_shapes():
    crescent = shapely.difference(shapely.Point(0, 0).buffer(100), shapely.Point(30, 0).buffer(95))
    shapes = np.array([HOLED, ISLANDS, crescent])
    points = representative_points(pack([*shapes, EMPTY]))
    assert shapely.contains_xy(shapes, points[:3, 0], points[:3, 1]).all()
    assert points[1, 1] == 90  # the larger island, not the sea half-way
    assert np.isnan(points[3]).all()


def test_touching_blocks_are_those_whose_bounds_meet_the_box():
    packed = pack([HOLED, ISLANDS, EMPTY])
    assert blocks_touching(packed, (80, 80, 210, 85)).tolist() == [0, 1]
    assert blocks_touching(packed, (95, 0, 190, 10)).tolist() == []


@given(st.integers(0, 10_000), st.sets(st.integers(0, 39), min_size=1))
def test_the_outline_of_blocks_is_that_of_their_union(seed: int, chosen: set[int]):
    shapes, blocks = cells(seed), np.array(sorted(chosen))
    packed = pack(shapes)
    lines = shapely.union_all(shapely.linestrings(outline(packed, blocks) + packed.origin))
    boundary = shapely.boundary(shapely.coverage_union_all(shapes[blocks]))
    assert shapely.length(lines) == pytest.approx(shapely.length(boundary), rel=1e-4)
    assert shapely.hausdorff_distance(lines, boundary) < 0.1


def test_simplified_neighbours_still_share_their_edges_and_none_vanishes():
    fine = shapely.segmentize(cells(5), 40)

    def shaken(xy: np.ndarray) -> np.ndarray:
        # Rounded first: the same vertex of two neighbours differs in its last bit.
        xy = np.round(xy, 1)
        return xy + 9 * np.sin(xy[:, ::-1] / 31) + 5 * np.cos(xy / 17)

    shapes = shapely.transform(fine, shaken)
    assert shapely.is_valid(shapes).all() and len(faulty_blocks(shapes)) == 0
    levels = simplified_levels(shapes, (300.0, 60.0))
    assert [tolerance for tolerance, _ in levels] == [300.0, 60.0]
    counts = [shapely.get_num_coordinates(level).sum() for _, level in levels]
    assert counts[0] < counts[1] < shapely.get_num_coordinates(shapes).sum()
    for _, level in levels:
        assert len(level) == len(shapes)
        assert (shapely.area(level) > 0).all()
        assert shapely.area(shapely.union_all(level)) == pytest.approx(shapely.area(level).sum(), rel=1e-9)


def test_missing_blocks_keep_their_place_in_each_level():
    (_, level), *_ = simplified_levels(np.array([*cells(3), EMPTY], dtype=object), (100.0,))
    assert len(level) == 41
    assert shapely.is_empty(level[40])


def test_faulty_blocks_are_those_that_overlap_or_miss_their_neighbour():
    shapes = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(19, 0, 30, 10)])
    assert faulty_blocks(shapes[:2]).tolist() == []
    assert faulty_blocks(shapes).tolist() == [1, 2]
