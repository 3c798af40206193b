"""Where the people of building blocks live: their postcodes, by which a block that a line cuts is shared out."""

import numpy as np
import shapely

# Coordinates of postcodes are whole metres, and so are the corners of many outlines: a point on a line that two places
# share would belong to both or to neither. Moved by less than a millimetre, in a direction that no line takes, it
# belongs to one.
OFF_THE_LINE = np.array([0.00031, 0.00017])
# Two outlines of one line differ (apportion.EDGE_NOISE), and a postcode is known to a metre: one that lies nearer to
# its block's edge (m) cannot be told from one on the other side, and does not speak for the block.
INSET = 1.0


class LivedIn:
    """Live postcodes `points` (n, 2), EPSG:27700, each once, and the `residents` (n,) of each, NaN where unknown.

    Which of them lie in a block is found when it is first asked for, and kept.
    """

    def __init__(self, points: np.ndarray, residents: np.ndarray | None = None) -> None:
        order = np.argsort(points[:, 0], kind="stable")
        self.points = points[order] + OFF_THE_LINE
        self._residents = None if residents is None else residents[order]
        self._within: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def within(self, shape: shapely.Geometry) -> np.ndarray:
        """Positions (k,) of the points in a shape."""
        left, bottom, right, top = shapely.bounds(shape)
        first, last = np.searchsorted(self.points[:, 0], [left, right])
        northing = self.points[first:last, 1]
        near = first + np.flatnonzero((northing >= bottom) & (northing <= top))
        shapely.prepare(shape)
        return near[shapely.contains_xy(shape, self.points[near, 0], self.points[near, 1])]

    def coordinates_within(self, shape: shapely.Geometry) -> np.ndarray:
        """Coordinates (k, 2) of the points in a shape, metres."""
        return self.points[self.within(shape)] - OFF_THE_LINE

    def weighed(self, name: int, block: shapely.Geometry) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates (k, 2) of the postcodes of a block, metres, and weights (k,) that sum to 1; k is 0 for none.

        `name` is the block's own number, by which it is known again.
        """
        positions, weight = self._of(name, block)
        return self.points[positions], weight

    def shares(self, polygon: shapely.Geometry, blocks: np.ndarray, names: np.ndarray) -> np.ndarray:
        """Share (m,) of each block's postcodes in the polygon, NaN for blocks that have none.

        Weighted by the residents of each postcode in blocks where those are known of all.
        """
        known = [self._of(int(name), block) for name, block in zip(names, blocks, strict=True)]
        sizes = np.array([len(positions) for positions, _ in known], dtype=np.int64)
        shares = np.full(len(blocks), np.nan)
        if not sizes.sum():
            return shares
        positions = np.concatenate([positions for positions, _ in known])
        weight = np.concatenate([weight for _, weight in known])
        owner = np.repeat(np.arange(len(blocks)), sizes)
        shapely.prepare(polygon)
        inside = shapely.contains_xy(polygon, self.points[positions, 0], self.points[positions, 1])
        counted = np.bincount(owner, inside, minlength=len(blocks))
        held = np.bincount(owner, inside * weight, minlength=len(blocks))
        # The sum of all weights need not be 1 to the last bit.
        held = np.where(counted == sizes, 1.0, np.minimum(held, 1.0))
        return np.where(sizes > 0, held, np.nan)

    def _of(self, name: int, block: shapely.Geometry) -> tuple[np.ndarray, np.ndarray]:
        """(positions, weights that sum to 1) of the postcodes of a block."""
        if name not in self._within:
            positions = self.within(shapely.buffer(block, -INSET, quad_segs=2))
            weight = np.ones(len(positions))
            if self._residents is not None and np.isfinite(self._residents[positions]).all():
                own = self._residents[positions]
                weight = own if own.sum() > 0 else weight
            self._within[name] = positions, weight / max(weight.sum(), 1e-300)
        return self._within[name]
