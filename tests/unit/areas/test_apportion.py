"""Shares of blocks in a polygon: closed forms, partitions, and polygons made of whole blocks."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.areas.apportion import EDGE_NOISE, area_shares, best_fit_shares, block_points

# Sixteen blocks of a square kilometre each.
GRID = np.array([shapely.box(x, y, x + 1000, y + 1000) for x in range(0, 4000, 1000) for y in range(0, 4000, 1000)])


def test_a_rectangle_holds_the_share_of_each_block_that_it_covers() -> None:
    shares = area_shares(shapely.box(0, 0, 1500, 1250), GRID)
    expected = [shapely.area(shapely.intersection(shapely.box(0, 0, 1500, 1250), b)) / 1e6 for b in GRID]
    np.testing.assert_allclose(shares, expected, atol=1e-12)
    assert shares[0] == 1.0
    assert shares[5] == pytest.approx(0.125)


def test_a_polygon_made_of_whole_blocks_gets_whole_blocks_to_the_last_bit() -> None:
    chosen = np.array([0, 1, 4, 5, 9])
    outline = shapely.union_all(GRID[chosen])
    # As a file that went through longitude and latitude comes back: every vertex a little off.
    shaken = shapely.transform(outline, lambda xy: xy + 0.07 * np.sin(xy))
    shares = area_shares(shaken, GRID)
    assert set(np.flatnonzero(shares)) == set(chosen)
    assert set(shares[chosen]) == {1.0}


def test_one_cut_block_keeps_every_small_share() -> None:
    """The noise of edges is forgiven only where the whole polygon is made of whole blocks."""
    sliver = shapely.union_all([GRID[0], shapely.box(1000, 0, 1000.5, 1000), shapely.box(0, 1000, 500, 1500)])
    shares = area_shares(sliver, GRID)
    assert shares[4] == pytest.approx(0.0005, abs=1e-9)
    assert shares[1] == pytest.approx(0.25)


def test_a_small_place_inside_one_block_keeps_its_share() -> None:
    shares = area_shares(shapely.box(100, 100, 150, 150), GRID)
    assert shares[0] == pytest.approx(0.0025)


# A line within this many metres of a block's edge is taken for that edge.
CLEAR = st.floats(50, 3950).filter(lambda at: abs(at - 1000 * round(at / 1000)) > 5)


@settings(max_examples=60, deadline=None)
@given(CLEAR, CLEAR)
def test_the_shares_of_a_partition_sum_to_one(x: float, y: float) -> None:
    corners = [(0, 0, x, y), (x, 0, 4000, y), (0, y, x, 4000), (x, y, 4000, 4000)]
    total = sum(area_shares(shapely.box(*corner), GRID) for corner in corners)
    np.testing.assert_allclose(total, 1.0, atol=1e-9)
    cut = sum(area_shares(shapely.box(*corner), GRID[[5]]) for corner in corners)
    np.testing.assert_allclose(cut, 1.0, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(999, 1001), st.floats(1999, 2001))
def test_a_partition_along_edges_is_off_by_no_more_than_their_noise(x: float, y: float) -> None:
    corners = [(0, 0, x, y), (x, 0, 4000, y), (0, y, x, 4000), (x, y, 4000, 4000)]
    total = sum(area_shares(shapely.box(*corner), GRID) for corner in corners)
    np.testing.assert_allclose(total, 1.0, atol=2 * EDGE_NOISE / 1000)


@settings(max_examples=40, deadline=None)
@given(st.floats(100, 3900), st.floats(100, 3900), st.permutations(range(16)))
def test_the_order_of_blocks_changes_nothing(x: float, y: float, order: list[int]) -> None:
    shape = shapely.box(0, 0, x, y)
    np.testing.assert_array_equal(area_shares(shape, GRID)[order], area_shares(shape, GRID[order]))


def test_best_fit_goes_by_the_blocks_postcodes() -> None:
    block = np.array([shapely.box(0, 0, 1000, 1000)])
    west = shapely.box(0, 0, 400, 1000)
    found = block_points(block, lambda _: np.array([[100.0, 500.0], [200.0, 500.0]]))
    assert found.counts == (0, 1, 0)
    assert best_fit_shares(west, found.points).tolist() == [1.0]
    found = block_points(block, lambda _: np.empty((0, 2)))
    assert found.counts == (0, 0, 1)
    assert best_fit_shares(west, found.points).tolist() == [0.0]


def test_best_fit_goes_by_the_centroid_however_much_land_is_inside() -> None:
    """Nine tenths of the land lie inside, but its people live in the last tenth, at the edge."""
    block = np.array([shapely.box(0, 0, 1000, 1000)])
    most = shapely.box(0, 0, 900, 1000)
    assert area_shares(most, block).tolist() == [0.9]
    postcodes = np.array([[100.0, 500.0]])
    found = block_points(block, lambda _: postcodes, np.array([[950.0, 500.0]]))
    assert found.counts == (1, 0, 0)
    assert best_fit_shares(most, found.points).tolist() == [0.0]
    assert best_fit_shares(most, block_points(block, lambda _: postcodes).points).tolist() == [1.0]


def test_blocks_without_a_centroid_fall_back_and_are_counted() -> None:
    centroids = np.full((16, 2), np.nan)
    centroids[3] = [10.0, 3010.0]
    lived_in = {shapely.bounds(GRID[5]).tobytes(): np.array([[1100.0, 1100.0], [1300.0, 1100.0]])}
    found = block_points(GRID, lambda block: lived_in.get(shapely.bounds(block).tobytes(), np.empty((0, 2))), centroids)
    assert found.counts == (1, 1, 14)
    assert shapely.get_coordinates(found.points[[3, 5]]).tolist() == [[10, 3010], [1200, 1100]]
    assert shapely.contains(GRID[0], found.points[0])
