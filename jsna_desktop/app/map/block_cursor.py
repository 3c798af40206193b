"""Which block the keyboard is on."""

import numpy as np


def reading_order(points: np.ndarray) -> np.ndarray:
    """Indices of `points` (n, 2) in rows from the north, each from the west; points that are NaN
    are left out. The rows are as deep as blocks are apart on average.
    """
    known = np.flatnonzero(~np.isnan(points[:, 0]))
    if not len(known):
        return known
    xy = points[known]
    extent = xy.max(axis=0) - xy.min(axis=0)
    depth = max(float(np.sqrt(extent[0] * extent[1] / len(known))), 1.0)
    row = np.floor((xy[:, 1].max() - xy[:, 1]) / depth)
    return known[np.lexsort((xy[:, 0], row))]


def block_towards(points: np.ndarray, start: int, dx: int, dy: int) -> int:
    """The block nearest to `start` in a direction (`dx`, `dy` east and north, one of them 0), or
    `start` where there is none: within 45° of the direction, sideways distance counting twice.
    """
    offset = points - points[start]
    along = offset[:, 0] * dx + offset[:, 1] * dy
    aside = np.abs(offset[:, 0] * dy) + np.abs(offset[:, 1] * dx)
    fits = (along > 0) & (aside <= along)
    if not fits.any():
        return start
    cost = np.where(fits, along + 2 * aside, np.inf)
    return int(np.argmin(cost))


def nearest_block(points: np.ndarray, x: float, y: float) -> int:
    """The block whose middle is nearest, or -1 where there are none."""
    if not len(points) or np.isnan(points).all():
        return -1
    return int(np.nanargmin(np.hypot(points[:, 0] - x, points[:, 1] - y)))
