"""How much of each building block lies in a drawn polygon (methods.md 2).

Area: the share of the block's land inside. Best fit: 1 where the block's point falls inside, else 0 (ONS, *Best-fit
geography policy*, 2021). A polygon made of whole blocks gets whole blocks, to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

BLOCKS, BEST_FIT, AREA = "blocks", "best-fit", "area"
METHODS = (BLOCKS, BEST_FIT, AREA)
# By what a block's point for best fit was found, the surest first.
BY_CENTROID, BY_POSTCODES, BY_SURFACE = 0, 1, 2

# Two outlines of the same line differ by this much (m) where one went through longitude and latitude, or a
# 0.1 m grid. A sliver of no more than this mean width is noise, if every other block agrees.
EDGE_NOISE = 0.5
# What floating point leaves along an edge that two shapes truly share (m).
ROUNDING = 1e-4


def area_shares(polygon: shapely.Geometry, blocks: np.ndarray) -> np.ndarray:
    """Share of each block's area (m,) that lies in the polygon, 0…1.

    `blocks` (m,) shapely polygons in the polygon's own coordinates (metres). Where every block that the polygon
    touches is, but for the noise of its edge, wholly inside or wholly outside, the polygon is made of whole
    blocks and every share is exactly 0 or 1; else only shares within rounding of 0 or 1 become so.
    """
    shapely.prepare(polygon)
    shares = np.zeros(len(blocks))
    whole = shapely.covers(polygon, blocks)
    shares[whole] = 1.0
    touched = np.flatnonzero(shapely.intersects(polygon, blocks) & ~whole)
    if not len(touched):
        return shares
    edge = blocks[touched]
    area = shapely.area(edge)
    pieces = shapely.intersection(polygon, edge)
    inside = shapely.area(pieces)
    mostly = inside > area / 2
    # What must be given up to call the block whole, in or out.
    pieces[mostly] = shapely.difference(edge[mostly], polygon)
    width = _widest(pieces)
    made_of_whole = bool(np.all(width <= EDGE_NOISE))
    noise = width <= (EDGE_NOISE if made_of_whole else ROUNDING)
    shares[touched] = np.where(noise, mostly.astype(float), inside / area)
    return shares


def _widest(pieces: np.ndarray) -> np.ndarray:
    """The mean width (m,) of the widest part of each piece: a sliver along an edge has one of centimetres."""
    parts, owner = shapely.get_parts(pieces, return_index=True)
    length = shapely.length(parts)
    width = np.zeros(len(pieces))
    solid = length > 0
    np.maximum.at(width, owner[solid], 2 * shapely.area(parts)[solid] / length[solid])
    return width


def best_fit_shares(polygon: shapely.Geometry, points: np.ndarray) -> np.ndarray:
    """1 where the block's point (m,) lies in the polygon, else 0."""
    shapely.prepare(polygon)
    return shapely.intersects(polygon, points).astype(float)


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
    postcodes where that lies in the block, else its `point_on_surface`. A published centroid is taken as it is: in a
    generalised outline it may lie just outside its own block. `postcodes_within` gives the (k, 2) coordinates of the
    postcodes in a block.
    """
    points = shapely.point_on_surface(blocks)
    by = np.full(len(blocks), BY_SURFACE)
    if centroids is not None:
        there = np.isfinite(centroids).all(axis=1)
        points[there] = shapely.points(centroids[there])
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
