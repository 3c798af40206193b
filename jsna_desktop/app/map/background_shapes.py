"""Background shapes made ready for the painter: paths of a few hundred points each, at four levels of detail.

No path is so large that painting it keeps the window waiting; paths are made when first seen, at the level that is
shown, and kept while that level is.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtGui import QPainterPath

from jsna_desktop.app.map.background_style import Style
from jsna_desktop.app.map.layers import rings_path
from jsna_desktop.app.map.view import Box, View

# Metres: the first is the shapes as they are kept, which were simplified to 5 m on the way in.
LEVELS_M = (0.0, 20.0, 80.0, 320.0)
_LEVEL_PIXELS = 0.9  # a level is fine enough while its tolerance is below this many pixels
# Measured at 1592 × 1092 with antialiasing: a wide line of 1,000 points takes 15–30 ms, ten of 100 points take 6.
_LINE_POINTS, _AREA_POINTS = 100, 1000
_MOST_POINTS = 300_000  # of the paths of one level: 7 MB
_MORTON_BITS = 10


@dataclass(frozen=True)
class Runs:
    """Runs of vertices: `coords` (v, 2) float32 metres from an origin, `starts` (p + 1,), `unit` (p,) ascending.

    Runs of one unit are painted together (the rings of an area).
    """

    coords: np.ndarray
    starts: np.ndarray
    unit: np.ndarray


@dataclass
class Level:
    """Runs in the order of painting, neighbours together, cut into paths: `first`, `length` (p,) of each run in
    `coords`, `paths` (c + 1,) the first run of each path, `boxes` (c, 4) metres from the origin.
    """

    coords: np.ndarray
    first: np.ndarray
    length: np.ndarray
    paths: np.ndarray
    boxes: np.ndarray
    _made: "OrderedDict[int, QPainterPath]" = field(default_factory=OrderedDict)
    _points: int = 0

    def seen(self, box: Box) -> np.ndarray:
        """Which paths (k,) meet a box in metres from the origin."""
        b = self.boxes
        return np.flatnonzero((b[:, 0] <= box[2]) & (b[:, 2] >= box[0]) & (b[:, 1] <= box[3]) & (b[:, 3] >= box[1]))

    def path(self, number: int) -> QPainterPath:
        found = self._made.get(number)
        if found is None:
            runs = slice(int(self.paths[number]), int(self.paths[number + 1]))
            first, length = self.first[runs], self.length[runs]
            found = rings_path(self.coords[_vertices(first, length)], length)
            self._made[number] = found
            self._points += found.elementCount()
            while self._points > _MOST_POINTS and len(self._made) > 1:
                self._points -= self._made.popitem(last=False)[1].elementCount()
        else:
            self._made.move_to_end(number)
        return found

    def forget(self) -> None:
        """Let go of the paths: another level is shown."""
        self._made.clear()
        self._points = 0


class DrawnShapes:
    """Areas or lines of one kind with their style. Levels and paths are made by the painter's thread, and used by it
    alone.
    """

    def __init__(self, runs: Runs, origin: np.ndarray, style: Style, area: bool) -> None:
        self.style, self.origin, self.is_area = style, origin, area
        self._runs = runs
        self._levels: dict[tuple[float, bool], Level] = {}
        self._shown = 0.0

    def fills(self, view: View) -> Iterator[QPainterPath]:
        """Paths of whole areas that the view shows."""
        yield from self._seen(view, filled=True)

    def lines(self, view: View) -> Iterator[QPainterPath]:
        """Paths of lines and of the lines round areas that the view shows."""
        yield from self._seen(view, filled=False)

    def _seen(self, view: View, filled: bool) -> Iterator[QPainterPath]:
        level = self._level(view.scale, filled)
        ox, oy = self.origin.tolist()
        left, bottom, right, top = view.box
        for number in level.seen((left - ox, bottom - oy, right - ox, top - oy)).tolist():
            yield level.path(number)

    def _level(self, scale: float, filled: bool) -> Level:
        tolerance = max(t for t in LEVELS_M if t <= scale * _LEVEL_PIXELS)
        if tolerance != self._shown:
            for level in self._levels.values():
                level.forget()
            self._shown = tolerance
        if (tolerance, filled) not in self._levels:
            runs = coarser(self._runs, tolerance, filled)
            runs = runs if filled else in_pieces(runs, _LINE_POINTS)
            alone = filled and self.style.overlaps
            points = 1 if alone else _AREA_POINTS if filled else _LINE_POINTS
            self._levels[tolerance, filled] = arranged(runs, points)
        return self._levels[tolerance, filled]


def coarser(runs: Runs, tolerance: float, filled: bool) -> Runs:
    """Runs without the vertices that lie in the same square of `tolerance` metres as the one before; the ends stay.

    Of areas, those that are too small to be seen are left out.
    """
    if tolerance <= 0 or not len(runs.unit):
        return runs
    length = np.diff(runs.starts)
    cell = np.floor(runs.coords / np.float32(tolerance)).astype(np.int32)
    kept = np.ones(len(cell), dtype=bool)
    kept[1:] = (cell[1:] != cell[:-1]).any(axis=1)
    kept[runs.starts[:-1]] = kept[runs.starts[1:] - 1] = True
    sizes = np.add.reduceat(kept, runs.starts[:-1])
    if filled:
        first = runs.starts[:-1]
        extent = np.maximum.reduceat(runs.coords, first) - np.minimum.reduceat(runs.coords, first)
        # An area of three corners, one of them twice, has nothing inside.
        whole = (sizes >= 4) & (extent.max(axis=1) >= tolerance)
    else:
        whole = sizes >= np.minimum(length, 2)
    kept &= np.repeat(whole, length)
    sizes = sizes[whole]
    return Runs(runs.coords[kept], np.concatenate([[0], np.cumsum(sizes)]), runs.unit[whole])


def in_pieces(runs: Runs, most: int) -> Runs:
    """Runs cut into pieces of at most `most` + 1 vertices that share their ends, each a unit of its own."""
    length = np.diff(runs.starts)
    pieces = np.maximum(1, -(-(length - 1) // most))
    run = np.repeat(np.arange(len(length)), pieces)
    nth = np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    first = runs.starts[:-1][run] + nth * most
    size = np.minimum(length[run] - nth * most, most + 1)
    return Runs(runs.coords[_vertices(first, size)], np.concatenate([[0], np.cumsum(size)]), np.arange(len(run)))


def arranged(runs: Runs, most: int) -> Level:
    """The runs with neighbours together, cut into paths of about `most` vertices of whole units."""
    first, length = runs.starts[:-1], np.diff(runs.starts)
    if not len(first):
        return Level(runs.coords, first, length, np.zeros(1, dtype=np.int64), np.empty((0, 4)))
    low = np.minimum.reduceat(runs.coords, first)
    high = np.maximum.reduceat(runs.coords, first)
    _, opening, unit = np.unique(runs.unit, return_index=True, return_inverse=True)
    middle = (np.minimum.reduceat(low, opening) + np.maximum.reduceat(high, opening)) / 2
    order = np.argsort(_morton(middle)[unit], kind="stable")  # runs of one unit stay together: they have one place
    first, length, low, high, unit = first[order], length[order], low[order], high[order], unit[order]
    begins = np.concatenate([[True], unit[1:] != unit[:-1]])
    before = np.cumsum(length) - length
    of_unit = np.maximum.accumulate(np.where(begins, before, 0))
    path = of_unit // most
    cuts = np.flatnonzero(np.concatenate([[True], path[1:] != path[:-1]]))
    boxes = np.column_stack([np.minimum.reduceat(low, cuts), np.maximum.reduceat(high, cuts)])
    return Level(runs.coords, first, length, np.append(cuts, len(first)), boxes)


def _vertices(first: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Indices of vertices, run after run."""
    ends = np.cumsum(length)
    return np.repeat(first - (ends - length), length) + np.arange(int(ends[-1]) if len(ends) else 0)


def _morton(xy: np.ndarray) -> np.ndarray:
    """A number (n,) for each place (n, 2) such that places near each other mostly have numbers near each other."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    most = 2**_MORTON_BITS - 1
    cell = ((xy - low) / np.maximum(high - low, 1.0) * most).astype(np.int64)
    found = np.zeros(len(xy), dtype=np.int64)
    for bit in range(_MORTON_BITS):
        found |= ((cell[:, 0] >> bit) & 1) << (2 * bit) | ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    return found
