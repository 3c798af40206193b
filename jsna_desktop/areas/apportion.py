"""How much of each building block lies in a drawn polygon (methods.md 2).

Area: the share of the block's land inside. Best fit: 1 where the block's point falls inside, else 0 (ONS, *Best-fit
geography policy*, 2021). A polygon made of whole blocks gets whole blocks, to the last bit.
"""

from collections.abc import Callable

import numpy as np
import shapely

BLOCKS, BEST_FIT, AREA = "blocks", "best-fit", "area"
METHODS = (BLOCKS, BEST_FIT, AREA)

# Two outlines of the same line differ by this much (m) where one went through longitude and latitude, or a
# 0.1 m grid. A sliver of no more than this mean width is noise, if every other block agrees.
EDGE_NOISE = 1.0
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


def block_points(
    blocks: np.ndarray, postcodes_within: Callable[[shapely.Geometry], np.ndarray] | None = None
) -> tuple[np.ndarray, int]:
    """Each block's point (m,) for best fit, and how many of them have no postcode to go by.

    The mean of the block's live postcodes where that lies in the block, else its `point_on_surface`.
    `postcodes_within` gives the (k, 2) coordinates of the postcodes in a block.
    """
    points = shapely.point_on_surface(blocks)
    if postcodes_within is None:
        return points, len(blocks)
    without = 0
    for place, block in enumerate(blocks):
        inside = postcodes_within(block)
        mean = shapely.Point(inside.mean(axis=0)) if len(inside) else None
        if mean is not None and shapely.intersects(block, mean):
            points[place] = mean
        else:
            without += 1
    return points, without
