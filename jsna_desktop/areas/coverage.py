"""Building blocks as flat arrays that a map can paint, and their simplified levels.

A coverage is a set of polygons that share their edges. `PackedPolygons` keeps one as arrays: no
object a block, ready to be stored, painted, hit by the mouse or searched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

# Metres. At 300 m England and Wales fit a window; at 60 m a county does.
TOLERANCES_M = (300.0, 60.0)


@dataclass(frozen=True)
class PackedPolygons:
    """n blocks of r closed rings of v vertices, in EPSG:27700 metres.

    `coords` (v, 2) float32, relative to `origin` (2,) float64, which keeps them exact to 3 cm over
    the whole country; `ring_starts` (r + 1,) int64 into `coords`; `ring_block` (r,) int32 ascending,
    the block that each ring belongs to (outer rings, holes and further parts alike: a point is inside
    when it is inside an odd number of them); `bounds` (n, 4) float64 minx, miny, maxx, maxy, not
    relative, NaN for a block without geometry.
    """

    coords: np.ndarray
    origin: np.ndarray
    ring_starts: np.ndarray
    ring_block: np.ndarray
    bounds: np.ndarray

    def __len__(self) -> int:
        return len(self.bounds)

    @property
    def total_bounds(self) -> tuple[float, float, float, float]:
        """minx, miny, maxx, maxy of all blocks; NaN where there is none."""
        known = self.bounds[~np.isnan(self.bounds[:, 0])]
        if not len(known):
            return (np.nan, np.nan, np.nan, np.nan)
        low, high = known[:, :2].min(axis=0), known[:, 2:].max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def rings_of(self, blocks: np.ndarray) -> np.ndarray:
        """Indices of the rings of `blocks` (k,), block after block."""
        # Of the same type as `ring_block`, or the search would first convert all of that.
        blocks = np.asarray(blocks, dtype=self.ring_block.dtype)
        first = np.searchsorted(self.ring_block, blocks, side="left")
        last = np.searchsorted(self.ring_block, blocks, side="right")
        return _ranges(first, last - first)

    def vertices_of(self, rings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the vertices of `rings` (k,) ring after ring, and each ring's length (k,)."""
        lengths = self.ring_starts[rings + 1] - self.ring_starts[rings]
        return _ranges(self.ring_starts[rings], lengths), lengths


def pack(geometries: Sequence | np.ndarray, origin: np.ndarray | None = None) -> PackedPolygons:
    """Flat arrays of `geometries` (n,), Shapely polygons or multipolygons in EPSG:27700.

    `origin` (2,) is the middle of the whole when it is not given. Missing and empty geometries keep
    their place with no ring and NaN bounds. Z values are left out.
    """
    blocks = np.asarray(geometries, dtype=object)
    bounds = shapely.bounds(blocks).reshape(-1, 4)
    parts, part_block = shapely.get_parts(blocks, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, vertex_ring = shapely.get_coordinates(rings, return_index=True)
    if origin is None:
        known = bounds[~np.isnan(bounds[:, 0])]
        centre = (known[:, :2].min(axis=0) + known[:, 2:].max(axis=0)) / 2 if len(known) else np.zeros(2)
        origin = np.round(centre)
    origin = np.asarray(origin, dtype=float)
    lengths = np.bincount(vertex_ring, minlength=len(rings))
    return PackedPolygons(
        coords=(xy - origin).astype(np.float32),
        origin=origin,
        ring_starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ring_block=part_block[ring_part].astype(np.int32),
        bounds=bounds,
    )


def simplified_levels(
    geometries: Sequence | np.ndarray, tolerances: Sequence[float] = TOLERANCES_M
) -> tuple[tuple[float, np.ndarray], ...]:
    """`geometries` (n,) simplified with their shared edges kept shared, coarsest level first.

    Each level is its tolerance in metres and (n,) geometries in the order given; tolerances are as
    in `shapely.coverage_simplify` (Visvalingam–Whyatt: the square root of the area that a dropped
    vertex may span). A block that would vanish keeps its published shape. Takes 4 s a level for the
    35,672 LSOAs of England and Wales.
    """
    blocks = np.asarray(geometries, dtype=object)
    levels = []
    for tolerance in tolerances:
        simple = np.asarray(shapely.coverage_simplify(blocks, tolerance), dtype=object)
        vanished = ~(shapely.area(simple) > 0)
        simple[vanished] = blocks[vanished]
        levels.append((float(tolerance), simple))
    return tuple(levels)


def faulty_blocks(geometries: Sequence | np.ndarray) -> np.ndarray:
    """Indices of the blocks that overlap a neighbour or do not share their common edge exactly.

    Takes 2 s for the 35,672 LSOAs of England and Wales (where two blocks are at fault).
    """
    blocks = np.asarray(geometries, dtype=object)
    edges = shapely.coverage_invalid_edges(blocks)
    return np.flatnonzero(~(shapely.is_missing(edges) | shapely.is_empty(edges)))


def blocks_touching(packed: PackedPolygons, box: tuple[float, float, float, float]) -> np.ndarray:
    """Indices of the blocks whose bounds meet `box` (minx, miny, maxx, maxy)."""
    b = packed.bounds
    return np.flatnonzero((b[:, 0] <= box[2]) & (b[:, 2] >= box[0]) & (b[:, 1] <= box[3]) & (b[:, 3] >= box[1]))


def block_at(packed: PackedPolygons, x: float, y: float) -> int:
    """The block that holds the point, or -1. Takes 0.1 ms among 35,672 LSOAs, with no index to build."""
    for block in blocks_touching(packed, (x, y, x, y)):
        rings = packed.rings_of(np.array([block]))
        if _crossings(packed, rings, x, y) % 2:
            return int(block)
    return -1


def representative_points(packed: PackedPolygons) -> np.ndarray:
    """(n, 2) a point well inside each block: the middle of its widest stretch, half-way up its
    largest ring.

    The method of point-on-surface, for all blocks at once; NaN for a block without area. The
    centroid would not do: that of 1,283 of the 35,672 LSOAs lies outside its own LSOA.
    """
    points = np.full((len(packed), 2), np.nan)
    start, end, edge_block = _edges(packed)
    middle = _middle_of_largest_ring(packed)
    level = middle[edge_block]
    crossing = (start[:, 1] > level) != (end[:, 1] > level)
    a, b, owner, level = start[crossing], end[crossing], edge_block[crossing], level[crossing]
    x = a[:, 0] + (level - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    order = np.lexsort((x, owner))
    # Every ring is closed, so each block has an even number of crossings: they pair up in order.
    left, right, owner = x[order][0::2], x[order][1::2], owner[order][0::2]
    widest = np.lexsort((left - right, owner))
    owner, first = np.unique(owner[widest], return_index=True)
    chosen = widest[first]
    points[owner, 0] = (left[chosen] + right[chosen]) / 2 + packed.origin[0]
    points[owner, 1] = middle[owner] + packed.origin[1]
    return points


def outline(packed: PackedPolygons, blocks: np.ndarray) -> np.ndarray:
    """(k, 2, 2) float64 the segments around `blocks` taken together, relative to the origin.

    An edge that two of them share is inside and left out. Neighbours share their vertices exactly,
    which holds within a coverage and its levels; where it does not, the edge is kept.
    """
    vertices, lengths = packed.vertices_of(packed.rings_of(np.asarray(blocks)))
    ends = np.cumsum(lengths)
    inner = np.ones(len(vertices), dtype=bool)
    inner[ends - 1] = False
    here = np.flatnonzero(inner)
    a = packed.coords[vertices[here]]
    b = packed.coords[vertices[here + 1]]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    low, high = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
    edges = np.hstack([low, high])
    unique, count = np.unique(edges, axis=0, return_counts=True)
    return unique[count == 1].reshape(-1, 2, 2).astype(float)


def _ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """start, start + 1, … for `lengths` steps, one range after another."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(np.asarray(starts) - (ends - lengths), lengths)


def _edges(packed: PackedPolygons) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start (e, 2), end (e, 2) and block (e,) of every edge, relative to the origin."""
    xy = packed.coords.astype(float)
    last = np.zeros(len(xy), dtype=bool)
    last[packed.ring_starts[1:] - 1] = True
    here = np.flatnonzero(~last)
    block = np.repeat(packed.ring_block, np.diff(packed.ring_starts))
    return xy[here], xy[here + 1], block[here]


def _middle_of_largest_ring(packed: PackedPolygons) -> np.ndarray:
    """(n,) the northing half-way up the largest ring of each block, relative to the origin.

    Half-way up the whole block may be sea between two islands.
    """
    middle = np.full(len(packed), np.nan)
    if not len(packed.ring_block):
        return middle
    start, end, _ = _edges(packed)
    # Ring k has one edge fewer than vertices, so its edges begin k places earlier.
    first_edge = packed.ring_starts[:-1] - np.arange(len(packed.ring_block))
    area = np.abs(np.add.reduceat(start[:, 0] * end[:, 1] - end[:, 0] * start[:, 1], first_edge))
    order = np.lexsort((-area, packed.ring_block))
    owner, first = np.unique(packed.ring_block[order], return_index=True)
    largest = order[first]
    y = packed.coords[:, 1].astype(float)
    low = np.minimum.reduceat(y, packed.ring_starts[:-1])
    high = np.maximum.reduceat(y, packed.ring_starts[:-1])
    middle[owner] = (low[largest] + high[largest]) / 2
    return middle


def _crossings(packed: PackedPolygons, rings: np.ndarray, x: float, y: float) -> int:
    """How often a line from the point to the east crosses the rings."""
    x, y = x - packed.origin[0], y - packed.origin[1]
    count = 0
    for ring in rings:
        xy = packed.coords[packed.ring_starts[ring] : packed.ring_starts[ring + 1]].astype(float)
        a, b = xy[:-1], xy[1:]
        spans = (a[:, 1] > y) != (b[:, 1] > y)
        a, b = a[spans], b[spans]
        count += int(np.sum(a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1]) > x))
    return count
