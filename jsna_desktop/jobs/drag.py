"""Weights of a line that somebody is drawing: of each new line only the blocks beside the part that moved are measured.

Nothing is read from the workspace twice, and nothing is kept in it. A place that is stored, selected or carried between
two censuses goes the ordinary way.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely

from jsna_desktop.areas import apportion, geography
from jsna_desktop.areas.locality import POLYGON, Locality, Weights, matrix_of
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.weights import Weighing
from jsna_desktop.workspace.store import Store

_NOWHERE = np.empty(0, dtype=np.int64)


@dataclass
class _Line:
    """The line as it was last and what it holds by each method: shares over the blocks of `outlines`.

    `land` and `width` are an Overlap's, `grid` the shares of people on a population grid, (blocks,) each.
    """

    outlines: Outlines
    shape: shapely.Geometry
    near: np.ndarray = field(default_factory=lambda: _NOWHERE)
    land: np.ndarray = field(default_factory=lambda: np.empty(0))
    width: np.ndarray = field(default_factory=lambda: np.empty(0))
    moved: dict[str, list[np.ndarray]] = field(default_factory=dict)  # method → boxes of what moved since it was made
    shares: dict[str, np.ndarray] = field(default_factory=dict)

    def follow(self, shape: shapely.Geometry) -> None:
        """Take a new line: what each method holds of the old one stays, but for the blocks beside what moved."""
        if shape is self.shape or shapely.equals_identical(shape, self.shape):
            return
        box = moved_between(self.shape, shape)
        for boxes in self.moved.values():
            boxes.append(box)
        self.shape, self.near = shape, self.outlines.touching(shape)

    def held(self, method: str) -> np.ndarray:
        """Shares (blocks,) of the line as it is now."""
        if not len(self.near):
            self.near = self.outlines.touching(self.shape)
        stale = self._stale(method)
        if method == apportion.AREA:
            self._measure(stale)
            touched = np.flatnonzero((self.land > 0) | (self.width > 0))
            shares = np.zeros(len(self.land))
            of_one = np.zeros(len(touched), dtype=np.int64)
            pieces = np.empty(len(touched), dtype=object)
            found = apportion.Overlap(of_one, touched, self.land[touched], self.width[touched], pieces)
            shares[touched] = found.settled
            return shares
        if len(stale):
            blocks = self.outlines.near(stale)
            if method == apportion.BEST_FIT:
                made = apportion.best_fit_shares(self.shape, self.outlines.points(stale))
            elif method == apportion.POSTCODES:
                made = apportion.postcode_shares(self.shape, blocks, stale, self.outlines.with_postcodes())
            else:
                made = self.outlines.grid_shares(stale, apportion.overlap(np.array([self.shape]), blocks))
            self.shares[method][stale] = made
        return self.shares[method]

    def _stale(self, method: str) -> np.ndarray:
        """Blocks that are to be measured again; those that the line has left are emptied."""
        size = len(self.outlines.codes)
        if method not in self.moved:
            self.moved[method] = []
            if method == apportion.AREA:
                self.land, self.width = np.zeros(size), np.zeros(size)
            else:
                self.shares[method] = np.zeros(size)
            return self.near
        boxes, self.moved[method] = self.moved[method], []
        if not boxes:
            return _NOWHERE
        stale = np.unique(np.concatenate([self.outlines.touching(shapely.box(*box)) for box in boxes]))
        for held in (self.land, self.width) if method == apportion.AREA else (self.shares[method],):
            held[stale] = 0.0
        return np.intersect1d(stale, self.near, assume_unique=True)

    def _measure(self, stale: np.ndarray) -> None:
        if len(stale):
            found = apportion.overlap(np.array([self.shape]), self.outlines.near(stale), with_pieces=False)
            self.land[stale[found.block]], self.width[stale[found.block]] = found.share, found.width


def moved_between(old: shapely.Geometry, new: shapely.Geometry) -> np.ndarray:
    """A box (left, bottom, right, top) outside which two shapes are the same.

    Around the lines beside the corners that differ, where one ring of two polygons has corners moved, added or taken
    away in one run; else around both shapes.
    """
    (was, ring), (now, ring_now) = (
        shapely.get_coordinates(shapely.get_rings(shape), return_index=True) for shape in (old, new)
    )
    single = shapely.get_type_id(old) == shapely.get_type_id(new) == 3
    if single and len(was) == len(now) and np.array_equal(ring, ring_now):
        differ = (was != now).any(axis=1)
        beside = differ.copy()
        beside[1:] |= differ[:-1]
        beside[:-1] |= differ[1:]
        both = np.concatenate([was[beside], now[beside]])
    elif single and ring[-1] == ring_now[-1]:
        least = min(len(was), len(now))
        ahead = (was[:least] != now[:least]).any(axis=1) | (ring[:least] != ring_now[:least])
        behind = (was[-least:] != now[-least:]).any(axis=1) | (ring[-least:] != ring_now[-least:])
        first = int(np.argmax(ahead)) if ahead.any() else least
        last = int(np.argmax(behind[::-1])) if behind.any() else least
        start = max(first - 1, 0)
        both = np.concatenate([xy[start : max(len(xy) - last + 1, start + 1)] for xy in (was, now)])
    else:
        both = np.concatenate([was, now])
    return np.concatenate([both.min(axis=0), both.max(axis=0)])


class Drag(Weighing):
    """As `Weighing`, for one line after another: each is close to the one before."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._lines: dict[str, _Line] = {}

    def weights(
        self, localities: list[Locality], blocks: str, universe: np.ndarray, method: str | None = None
    ) -> Weights:
        """As `weights_for`; fast for a single place that is drawn and not stored."""
        place = localities[0] if len(localities) == 1 else None
        outlines = self.outlines(blocks)
        if (
            place is None or place.kind != POLYGON or place.id or place.shape is None or outlines is None
            or method == apportion.BLOCKS
        ):  # fmt: skip
            return super().weights(localities, blocks, universe, method)
        chosen = method or outlines.methods[0]
        line = self._lines.get(blocks)
        if line is None:
            line = self._lines[blocks] = _Line(outlines, place.shape)
        line.follow(place.shape)
        shares = line.held(chosen)
        held = np.flatnonzero(shares)
        positions = geography.align(outlines.codes[held], universe)
        known = positions >= 0
        row = (positions[known], shares[held[known]])
        without: dict[int, int] = {}
        if chosen == apportion.BEST_FIT and (lacking := outlines.without_centroid(place.shape)):
            without[0] = lacking
        return Weights(blocks, matrix_of([row], len(universe)), (chosen,), {}, without)
