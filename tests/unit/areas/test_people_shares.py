"""Shares of blocks by postcodes and by a population grid: closed forms, partitions, cells against brute force."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.areas.apportion import best_fit_shares, block_points, grid_shares, overlap, postcode_shares
from jsna_desktop.areas.grid_cells import cell_fractions, people_within
from jsna_desktop.areas.lived_in import LivedIn

# Sixteen blocks of a square kilometre; the last has no postcodes.
GRID = np.array([shapely.box(x, y, x + 1000, y + 1000) for x in range(0, 4000, 1000) for y in range(0, 4000, 1000)])
NAMES = np.arange(16)
CELL = (250.0, 0.0, -500.0, 0.0, -250.0, 4500.0)


def towns(seed: int) -> LivedIn:
    """Postcodes at whole metres, on the lines of the grid too; none in the last block."""
    draws = np.random.default_rng(seed)
    points = np.round(draws.uniform(0, 4000, (300, 2)) / 50) * 50
    points = points[~((points[:, 0] >= 3000) & (points[:, 1] >= 3000))]
    return LivedIn(points.astype(float))


def test_a_block_goes_by_its_postcodes_not_its_land() -> None:
    lived = LivedIn(np.array([[100.0, 500], [200, 500], [300, 500], [900, 500]]))
    shares = postcode_shares(shapely.box(0, 0, 400, 1000), GRID[:1], NAMES[:1], lived)
    assert shares.tolist() == [0.75]


def test_residents_weigh_postcodes_where_all_are_known() -> None:
    points = np.array([[100.0, 500], [900, 500], [100, 1500], [900, 1500]])
    lived = LivedIn(points, np.array([30.0, 10.0, 30.0, np.nan]))
    shares = postcode_shares(shapely.box(0, 0, 400, 2000), GRID[:2], NAMES[:2], lived)
    assert shares.tolist() == [0.75, 0.5]


def test_a_block_without_postcodes_goes_by_its_land() -> None:
    shares = postcode_shares(shapely.box(0, 0, 3250, 4000), GRID, NAMES, towns(1))
    assert shares[15] == pytest.approx(0.25)
    assert (shares[:12] == 1).all()


def test_nothing_is_held_by_a_polygon_elsewhere() -> None:
    shares = postcode_shares(shapely.box(9000, 0, 9900, 900), GRID, NAMES, towns(1))
    assert not shares.any()


def test_an_island_of_a_block_counts_with_it() -> None:
    """A block of two parts; the polygon holds the island, where one of four postcodes lies."""
    block = np.array([shapely.union_all([shapely.box(0, 0, 1000, 1000), shapely.box(2000, 0, 2100, 100)])])
    lived = LivedIn(np.array([[100.0, 500], [200, 500], [300, 500], [2050, 50]]))
    assert postcode_shares(shapely.box(1500, -50, 2500, 500), block, np.array([0]), lived).tolist() == [0.25]


def test_whole_blocks_stay_whole_by_every_method_though_their_edge_shakes() -> None:
    chosen = np.array([0, 1, 4, 5, 9])
    shaken = shapely.transform(shapely.union_all(GRID[chosen]), lambda xy: xy + 0.07 * np.sin(xy))
    draws = np.random.default_rng(3)
    by_postcodes = postcode_shares(shaken, GRID, NAMES, towns(2))
    found = overlap(np.array([shaken]), GRID)
    cells = draws.uniform(0, 50, (20, 20))
    by_grid, _ = grid_shares(found, GRID, lambda s: on_grid(s, cells), lambda s: on_grid(s, cells))
    points = block_points(
        GRID, centroids=np.column_stack([shapely.get_x(c := shapely.centroid(GRID)), shapely.get_y(c)])
    )
    whole = np.isin(NAMES, chosen).astype(float)
    assert by_postcodes.tolist() == whole.tolist()
    assert best_fit_shares(shaken, points.points).tolist() == whole.tolist()
    spread = np.zeros(16)
    spread[found.block] = by_grid
    assert spread.tolist() == whole.tolist()


def test_a_centroid_just_outside_its_block_still_speaks_for_it() -> None:
    """As of 1,283 generalised outlines of England and Wales: the block alone holds its own people."""
    points = block_points(GRID[:1], centroids=np.array([[1008.0, 500.0]])).points
    assert best_fit_shares(GRID[0], points).tolist() == [1.0]
    assert best_fit_shares(GRID[4], points).tolist() == [0.0]


def on_grid(shapes: np.ndarray, cells: np.ndarray) -> np.ndarray:
    def window(row: int, column: int, rows: int, columns: int) -> np.ndarray:
        padded = np.pad(cells, 200)
        return padded[row + 200 : row + 200 + rows, column + 200 : column + 200 + columns]

    return people_within(shapes, CELL, window)


CUT = st.integers(1, 79).map(lambda at: at * 50.0)


@settings(max_examples=60, deadline=None)
@given(CUT, CUT, st.integers(0, 1000))
def test_the_shares_of_a_partition_sum_to_one(x: float, y: float, seed: int) -> None:
    """Lines through the very points where postcodes lie, and along the edges of blocks."""
    corners = [(0, 0, x, y), (x, 0, 4000, y), (0, y, x, 4000), (x, y, 4000, 4000)]
    pieces = [shapely.box(*corner) for corner in corners]
    lived = towns(seed)
    total = sum(postcode_shares(piece, GRID, NAMES, lived) for piece in pieces)
    np.testing.assert_allclose(total, 1.0, atol=1e-9)
    points = block_points(GRID, centroids=np.random.default_rng(seed).integers(0, 1000, (16, 2)) + np.array(
        [shapely.get_coordinates(block).min(axis=0) for block in GRID]
    )).points  # fmt: skip
    assert sum(best_fit_shares(piece, points) for piece in pieces).tolist() == [1.0] * 16
    cells = np.random.default_rng(seed).uniform(0, 9, (20, 20))
    cells[:4, 12:] = 0.0  # the last block and more of its corner have nobody
    total = np.zeros(16)
    for piece in pieces:
        found = overlap(np.array([piece]), GRID)
        shares, _ = grid_shares(found, GRID, lambda s: on_grid(s, cells), lambda s: on_grid(s, cells))
        np.add.at(total, found.block, shares)
    np.testing.assert_allclose(total, 1.0, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(CUT, CUT, st.integers(0, 1000), st.permutations(range(16)))
def test_order_and_splitting_change_no_count(x: float, y: float, seed: int, order: list[int]) -> None:
    """Each postcode stands for ten people: what a polygon holds is the same when blocks are in two halves."""
    lived, shape = towns(seed), shapely.box(0, 0, x, y)
    shares = postcode_shares(shape, GRID, NAMES, lived)
    again = postcode_shares(shape, GRID[order], NAMES[order], lived)
    assert again.tolist() == shares[order].tolist()
    if x <= 3000:  # the last block has no postcodes: its halves go by their land
        west = shapely.intersection(GRID, shapely.box(0, 0, 4000, 4000))
        halves = np.concatenate([clip(west, 0, 523.5), clip(west, 523.5, 1000)])
        split = postcode_shares(shape, halves, np.arange(100, 132), towns(seed))
        people = np.array([10 * len(lived.within(shapely.buffer(b, -1, quad_segs=2))) for b in GRID])
        parts = np.array([10 * len(lived.within(shapely.buffer(b, -1, quad_segs=2))) for b in halves])
        assert (split * parts).sum() == pytest.approx((shares * people).sum(), abs=1e-6)


def clip(blocks: np.ndarray, low: float, high: float) -> np.ndarray:
    bounds = shapely.bounds(blocks)
    return shapely.intersection(
        blocks, shapely.box(bounds[:, 0], bounds[:, 1] + low, bounds[:, 2], bounds[:, 1] + high)
    )


@settings(max_examples=40, deadline=None)
@given(CUT, CUT, st.integers(0, 1000))
def test_two_places_apart_hold_what_they_hold_together(x: float, y: float, seed: int) -> None:
    left, right = shapely.box(0, 0, x, y), shapely.box(x, 0, 4000, y)
    lived = towns(seed)
    apart = postcode_shares(left, GRID, NAMES, lived) + postcode_shares(right, GRID, NAMES, lived)
    together = postcode_shares(shapely.union_all([left, right]), GRID, NAMES, lived)
    np.testing.assert_allclose(apart, together, atol=1e-9)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000))
def test_fractions_of_cells_are_what_intersecting_every_cell_gives(seed: int) -> None:
    draws = np.random.default_rng(seed)
    transform = (draws.uniform(5, 120), 0.0, draws.uniform(-50, 50), 0.0, -draws.uniform(5, 120), draws.uniform(0, 900))
    low, high = np.sort(draws.uniform(0, 600, (2, 2)), axis=0)
    disc = shapely.Point(draws.uniform(0, 500, 2)).buffer(draws.uniform(20, 300))
    shape = disc.symmetric_difference(shapely.box(*low, *high)).difference(shapely.box(100, 100, 200, 250))
    row, column, fractions = cell_fractions(shape, transform)
    a, _, c, _, e, f = transform
    rows, columns = np.indices(fractions.shape)
    left, top = c + (columns + column) * a, f + (rows + row) * e
    boxes = shapely.box(left, top + e, left + a, top)
    np.testing.assert_allclose(fractions, shapely.area(shapely.intersection(boxes, shape)) / (a * -e), atol=1e-9)
    assert (fractions.sum() * a * -e) == pytest.approx(shapely.area(shape), rel=1e-9)


def test_cells_share_their_people_exactly() -> None:
    """A quarter of the one cell that has people."""
    cells = np.zeros((20, 20))
    cells[17, 2] = 80.0  # from (0, 0) to (250, 250)
    assert on_grid(np.array([shapely.box(0, 0, 125, 125)]), cells).tolist() == [20.0]
    found = overlap(np.array([shapely.box(0, 0, 125, 1000)]), GRID)
    shares, by_land = grid_shares(found, GRID, lambda s: on_grid(s, cells), lambda s: on_grid(s, cells))
    assert dict(zip(found.block.tolist(), shares.tolist(), strict=True))[0] == 0.5
    assert not by_land[found.block == 0].any()


def test_shapes_without_area_cover_no_cell() -> None:
    assert cell_fractions(shapely.LineString([(0, 0), (10, 10)]), CELL)[2].size == 0
    assert cell_fractions(shapely.Polygon(), CELL)[2].size == 0
