"""How much of each building block lies in a drawn polygon (methods.md 2).

Postcodes: the share of the block's live postcodes inside (areas/lived_in.py). Dasymetric: the share of its people on a
population grid (areas/grid_cells.py). Area: the share of its land. Best fit: 1 where the block's point falls inside,
else 0 (ONS, *Best-fit geography policy*, 2021). A polygon made of whole blocks gets whole blocks, to the last bit.

By people, what is measured of a block depends on the polygon and that block alone, so that splitting a block, or
leaving one out, changes nothing for the others; a block without postcodes or people on the grid goes by its land in
whichever polygon it lies, so that the shares of a partition sum to one.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely

from jsna_desktop.areas.lived_in import INSET, OFF_THE_LINE, LivedIn
from jsna_desktop.areas.straight_cuts import straight_areas

BLOCKS, BEST_FIT, POSTCODES, DASYMETRIC, AREA = "blocks", "best-fit", "postcodes", "dasymetric", "area"
METHODS = (BLOCKS, BEST_FIT, POSTCODES, DASYMETRIC, AREA)
# By what a block's point for best fit was found, the surest first.
BY_CENTROID, BY_POSTCODES, BY_SURFACE = 0, 1, 2

# Two outlines of the same line differ by this much (m) where one went through longitude and latitude, or a
# 0.1 m grid. A sliver of no more than this mean width is noise, if every other block agrees.
EDGE_NOISE = 0.5
# What floating point leaves along an edge that two shapes truly share (m).
ROUNDING = 1e-6
# Below this many pairs threads cost more than they save. GEOS lets other threads work.
_MANY = 1_000
_MANY_POLYGONS = 100
_THREADS = os.cpu_count() or 1
# Pairs of one piece: with what is made of their outlines a few megabytes.
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Overlap:
    """How polygons and blocks lie over one another, a pair (n,) each that meets.

    `polygon`, `block` (n,) positions; `share` (n,) of the block's land inside, as measured; `width` (n,) metres, the
    mean width of the widest part that must be given up to call the block whole, in or out (0 where it is);
    `pieces` (n,) the part of the block inside, None where it is wholly inside or was not asked for.
    """

    polygon: np.ndarray
    block: np.ndarray
    share: np.ndarray
    width: np.ndarray
    pieces: np.ndarray

    @property
    def firm(self) -> np.ndarray:
        """Shares (n,) of land, exactly 0 or 1 where the rest is no wider than the noise of an edge.

        For what goes by people: no postcode and no cell can be told from its neighbour across such a sliver.
        """
        return np.where(self.width <= EDGE_NOISE, np.round(self.share), self.share)

    @property
    def settled(self) -> np.ndarray:
        """Shares (n,) of land, exactly 0 or 1 where the rest is the noise of an edge.

        Where every block that a polygon touches is, but for that noise, wholly inside or wholly outside, the polygon
        is made of whole blocks; else only shares within rounding of 0 or 1 become so.
        """
        most = int(self.polygon.max(initial=-1)) + 1
        widest = np.zeros(most)
        np.maximum.at(widest, self.polygon, self.width)
        noise = self.width <= np.where(widest <= EDGE_NOISE, EDGE_NOISE, ROUNDING)[self.polygon]
        return np.where(noise, np.round(self.share), self.share)


def overlap(
    polygons: np.ndarray, blocks: np.ndarray, tree: shapely.STRtree | None = None, *, with_pieces: bool = True
) -> Overlap:
    """Every pair of a polygon (p,) and a block (m,) that meet, shapely in one system of metres.

    `tree` is of the blocks, where the caller has one. Where `with_pieces` is not asked for, those pieces are left out
    (None) whose area is told without them (areas/straight_cuts.py).
    """
    tree = tree or shapely.STRtree(blocks)
    owner, block, whole = _meeting(polygons, blocks, tree)
    share, width = np.ones(len(owner)), np.zeros(len(owner))
    pieces = np.full(len(owner), None, dtype=object)
    cut = np.flatnonzero(~whole)
    if not len(cut):
        return Overlap(owner, block, share, width, pieces)
    shape, edge = polygons[owner[cut]], blocks[block[cut]]
    area, outlines = shapely.area(edge), shapely.length(edge) + shapely.length(polygons)[owner[cut]]
    inside = np.full(len(cut), np.nan)
    if not with_pieces:
        inside = _straight_areas(polygons, blocks, owner[cut], block[cut])
    # Near an edge an overlay tells, so that what is noise does not depend on how an outline was drawn.
    overlay = np.flatnonzero(~_broad(inside, area, outlines))
    made = _intersections(shape[overlay], edge[overlay])
    pieces[cut[overlay]] = made
    inside[overlay] = shapely.area(made)
    share[cut] = inside / area
    broad = _broad(inside, area, outlines)
    width[cut[broad]] = np.inf
    look = np.flatnonzero(~broad)
    mostly = inside[look] > area[look] / 2
    slivers = pieces[cut[look]]
    slivers[mostly] = shapely.difference(edge[look[mostly]], shape[look[mostly]])
    width[cut[look]] = _widest(slivers)
    return Overlap(owner, block, share, width, pieces)


def _meeting(
    polygons: np.ndarray, blocks: np.ndarray, tree: shapely.STRtree
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of every polygon and block that meet (n,) (n,), and whether the block is wholly inside (n,)."""
    shapely.prepare(polygons)

    def of(some: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        owner, block = tree.query(polygons[some], predicate="intersects")
        owner = some[owner]
        return owner, block, shapely.covers(polygons[owner], blocks[block])

    # A polygon is one thread's alone: what is prepared of it is not to be shared.
    every = np.arange(len(polygons))
    parts = min(_THREADS, len(polygons) // _MANY_POLYGONS)
    if parts < 2:
        return of(every)
    with ThreadPoolExecutor(parts) as pool:
        made = list(pool.map(of, np.array_split(every, 4 * parts)))
    owner, block, whole = (np.concatenate(column) for column in zip(*made, strict=True))
    return owner, block, whole


def _broad(inside: np.ndarray, area: np.ndarray, outlines: np.ndarray) -> np.ndarray:
    """Which blocks (n,) are cut by far more than an edge's noise; not those of which the area inside is not known.

    A piece has no longer an outline than block and polygon together: most are broad without a closer look.
    """
    return 2 * np.minimum(inside, area - inside) > EDGE_NOISE * outlines


def _straight_areas(polygons: np.ndarray, blocks: np.ndarray, owner: np.ndarray, block: np.ndarray) -> np.ndarray:
    """`straight_areas` (n,) of many pairs, by pieces that stay in the processor's own memory."""
    if len(owner) <= _AT_ONCE:
        return straight_areas(polygons, blocks, owner, block)
    pieces = np.array_split(np.arange(len(owner)), len(owner) // _AT_ONCE)

    def of(piece: np.ndarray) -> np.ndarray:
        own, at = np.unique(owner[piece], return_inverse=True)
        return straight_areas(polygons[own], blocks, at, block[piece])

    with ThreadPoolExecutor(_THREADS) as pool:
        return np.concatenate(list(pool.map(of, pieces)))


def _intersections(shapes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """`shapely.intersection` (n,) of many pairs, on every processor."""
    parts = min(_THREADS, len(shapes) // _MANY)
    if parts < 2:
        return np.asarray(shapely.intersection(shapes, others))
    # More parts than processors: a few large blocks hold nobody up.
    pairs = [np.array_split(side, 4 * parts) for side in (shapes, others)]
    with ThreadPoolExecutor(parts) as pool:
        return np.concatenate(list(pool.map(shapely.intersection, *pairs)))


def _widest(pieces: np.ndarray) -> np.ndarray:
    """The mean width (m,) of the widest part of each piece: a sliver along an edge has one of centimetres."""
    parts, owner = shapely.get_parts(pieces, return_index=True)
    length = shapely.length(parts)
    width = np.zeros(len(pieces))
    solid = length > 0
    np.maximum.at(width, owner[solid], 2 * shapely.area(parts)[solid] / length[solid])
    return width


def area_shares(polygon: shapely.Geometry, blocks: np.ndarray) -> np.ndarray:
    """Share of each block's area (m,) that lies in the polygon, 0…1 (`Overlap.settled`)."""
    found = overlap(np.array([polygon]), blocks, with_pieces=False)
    shares = np.zeros(len(blocks))
    shares[found.block] = found.settled
    return shares


def postcode_shares(polygon: shapely.Geometry, blocks: np.ndarray, names: np.ndarray, lived_in: LivedIn) -> np.ndarray:
    """Share of each block's postcodes (m,) that lie in the polygon.

    `names` (m,) are the blocks' own numbers, by which `lived_in` knows them again. A block without postcodes goes by
    its land.
    """
    shares = lived_in.shares(polygon, blocks, names)
    empty = np.isnan(shares)
    if empty.any():
        found = overlap(np.array([polygon]), blocks[empty], with_pieces=False)
        shares[np.flatnonzero(empty)] = 0.0
        shares[np.flatnonzero(empty)[found.block]] = found.firm
    return shares


def grid_shares(
    found: Overlap,
    blocks: np.ndarray,
    whole: Callable[[np.ndarray], np.ndarray],
    people: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Share of each pair's block (n,) on a population grid, and which pairs (n,) went by their land.

    `whole` gives the people (k,) on the grid within blocks (k,), `people` those within parts of blocks. Blocks that
    are whole, in or out, stay so; those where nobody lives on the grid go by their land.
    """
    shares = found.firm
    cut = np.flatnonzero((shares > 0) & (shares < 1))
    everybody = whole(blocks[found.block[cut]])
    lived = everybody > 0
    inside = people(found.pieces[cut[lived]])
    shares[cut[lived]] = np.clip(inside / everybody[lived], 0.0, 1.0)
    by_land = np.zeros(len(shares), dtype=bool)
    by_land[cut[~lived]] = True
    return shares, by_land


def best_fit_shares(polygon: shapely.Geometry, points: np.ndarray) -> np.ndarray:
    """1 where the block's point (m,) lies in the polygon, else 0; on a line that two polygons share, in one of them."""
    shapely.prepare(polygon)
    at = shapely.get_coordinates(points) + OFF_THE_LINE
    return shapely.contains_xy(polygon, at[:, 0], at[:, 1]).astype(float)


@dataclass(frozen=True)
class BlockPoints:
    """Where the people of each block live, for best fit: `points` (m,) shapely, and by what each was found.

    `by` (m,) is BY_CENTROID, BY_POSTCODES (their mean) or BY_SURFACE.
    """

    points: np.ndarray
    by: np.ndarray

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many blocks go by a centroid, by postcodes, by a point on their surface."""
        by_centroid, by_postcodes, by_surface = np.bincount(self.by, minlength=3).tolist()
        return by_centroid, by_postcodes, by_surface


def block_points(
    blocks: np.ndarray,
    postcodes_within: Callable[[shapely.Geometry], np.ndarray] | None = None,
    centroids: np.ndarray | None = None,
) -> BlockPoints:
    """Each block's point (m,) for best fit (methods.md 2).

    Its population-weighted centroid where `centroids` (m, 2) has one (NaN where not); else the mean of its live
    postcodes where that lies in the block, else its `point_on_surface`. In a generalised outline a published centroid
    may lie just outside its own block: it is moved to the block's nearest place, or the block alone would not hold it.
    `postcodes_within` gives the (k, 2) coordinates of the postcodes in a block.
    """
    points = shapely.point_on_surface(blocks)
    by = np.full(len(blocks), BY_SURFACE)
    if centroids is not None:
        there = np.isfinite(centroids).all(axis=1)
        points[there] = _brought_in(np.asarray(shapely.points(centroids[there])), blocks[there])
        by[there] = BY_CENTROID
    if postcodes_within is None:
        return BlockPoints(points, by)
    for place in np.flatnonzero(by == BY_SURFACE):
        inside = postcodes_within(blocks[place])
        mean = shapely.Point(inside.mean(axis=0)) if len(inside) else None
        if mean is not None and shapely.intersects(blocks[place], mean):
            points[place] = mean
            by[place] = BY_POSTCODES
    return BlockPoints(points, by)


def _brought_in(points: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """The points (m,), those that lie outside their block (m,) moved to the nearest place a metre inside it."""
    outside = np.flatnonzero(~shapely.intersects(blocks, points))
    inner = shapely.buffer(blocks[outside], -INSET, quad_segs=2)
    found = ~shapely.is_empty(inner)
    lines = shapely.shortest_line(inner[found], points[outside[found]])
    points[outside[found]] = shapely.get_point(lines, 0)
    return points
