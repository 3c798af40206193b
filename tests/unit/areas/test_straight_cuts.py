"""Land cut by plain edges, by arithmetic, against the overlay of the two outlines."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.areas.apportion import overlap
from jsna_desktop.areas.straight_cuts import straight_areas

CORNER = np.array([400_000.0, 160_000.0])
ISLAND = shapely.MultiPolygon(
    [
        # A shell and a hole that run the same way: no rule of rings is relied on.
        shapely.Polygon([(0, 0), (100, 0), (100, 60), (40, 60), (40, 90), (0, 90)], [[(10, 10), (30, 10), (30, 30)]]),
        shapely.box(120, 20, 150, 50),
    ]
)


def _area(polygon: shapely.Geometry, block: shapely.Geometry) -> float:
    zero = np.zeros(1, dtype=int)
    return straight_areas(np.array([polygon]), np.array([block]), zero, zero)[0]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "corners",
    [
        [(-500, -500), (55, -500), (55, 500), (-500, 500)],  # an edge
        [(-500, -500), (700, -500), (-500, 640)],  # a slanting edge
        [(50, 40), (900, 10), (900, 900), (20, 900)],  # a corner of it
        [(-500, -500), (500, -500), (500, 500), (50, 40), (-500, 500)],  # a corner that points inwards
    ],
)
def test_area_is_that_of_the_overlay(corners, turned):
    polygon = shapely.Polygon(corners[::-1] if turned else corners)
    assert _area(polygon, ISLAND) == pytest.approx(shapely.area(shapely.intersection(polygon, ISLAND)), rel=1e-12)


def test_hole_of_the_polygon_is_outside():
    ring = shapely.box(-900, -900, 900, 900).difference(shapely.box(50, -400, 800, 400))
    assert _area(ring, ISLAND) == pytest.approx(shapely.area(shapely.intersection(ring, ISLAND)), rel=1e-12)
    assert 0 < _area(ring, ISLAND) < ISLAND.area


def test_three_edges_or_many_corners_are_left_to_the_overlay():
    assert np.isnan(_area(shapely.box(20, 20, 80, 300), ISLAND))
    assert np.isnan(_area(shapely.Point(0, 0).buffer(60, quad_segs=64), ISLAND))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_shares_of_any_polygons_are_those_of_the_overlay(seed):
    draws = np.random.default_rng(seed)
    angle = np.sort(draws.uniform(0, 2 * np.pi, (6, 9)), axis=1)
    reach = draws.uniform(200, 2_000, (6, 9))
    middle = CORNER + draws.uniform(0, 2_000, (6, 1, 2))
    at = middle + np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=-1)
    polygons = np.asarray(shapely.make_valid(shapely.polygons(at)))
    points = shapely.multipoints(CORNER + draws.uniform(-1_000, 3_000, (60, 2)))
    blocks = np.asarray(shapely.get_parts(shapely.voronoi_polygons(points)))
    plain, known = overlap(polygons, blocks, with_pieces=False), overlap(polygons, blocks)
    assert np.array_equal(plain.block, known.block)
    assert np.abs(plain.share - known.share).max() < 1e-10
    assert np.array_equal(plain.width, known.width)
