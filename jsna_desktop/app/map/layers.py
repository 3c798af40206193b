"""Building blocks made ready for the painter: a few hundred paths, each of a few dozen blocks.

Measured on 35,672 LSOAs simplified to 300 m at 2800 × 1800 without antialiasing: one path a block
59 ms, a path of 64 blocks of one colour 22 ms, none of them above half a millisecond. Scaled down
by two, that is antialiased without the seams that antialiased neighbours leave between them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPainterPath

from jsna_desktop.app.map.view import Box, View
from jsna_desktop.areas.coverage import PackedPolygons, blocks_touching

NO_VALUE, WITHHELD = -1, -2

_CHUNK = 64
_LEVEL_PIXELS = 1.5  # a level is fine enough while its tolerance is below this many pixels
_DETAIL_ALL = 3000  # with no more blocks than this, full detail is fetched once for all

# The layout in which Qt streams a path: kind of element (0 move, 1 line) and position.
_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])


def rings_path(xy: np.ndarray, lengths: np.ndarray) -> QPainterPath:
    """A path of rings, odd-even filled; `xy` (v, 2), ring after ring of `lengths` (r,) vertices.

    Handed to Qt as one stream of bytes: a call for each vertex costs a hundred times as much.
    """
    elements = np.empty(len(xy), dtype=_ELEMENT)
    elements["kind"] = 1
    elements["kind"][np.cumsum(lengths) - lengths] = 0
    elements["x"], elements["y"] = xy[:, 0], xy[:, 1]
    tail = np.array([len(xy) - int(lengths[-1]) if len(lengths) else 0, 0], dtype=">i4")
    data = np.array([len(xy)], dtype=">i4").tobytes() + elements.tobytes() + tail.tobytes()
    path = QPainterPath()
    if len(xy):
        stream = QDataStream(QByteArray(data))
        stream >> path  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    return path


@dataclass
class Chunk:
    """Some blocks painted together; `path` is made when it is first seen."""

    blocks: np.ndarray
    box: Box
    path: QPainterPath | None = None


@dataclass
class BlockShapes:
    """One level of detail. `ids` (k,) are the blocks' places in the whole; all of them for a level.

    Used by one thread only.
    """

    packed: PackedPolygons
    ids: np.ndarray
    _edges: list[tuple[float, list[Chunk]]] | None = None
    _fills: list[tuple[int, list[Chunk]]] = field(default_factory=list)
    _classes: np.ndarray | None = None

    def fills(self, classes: np.ndarray) -> list[tuple[int, list[Chunk]]]:
        """Chunks by class; `classes` (n,) int of all blocks, the same array while colours stay."""
        if self._classes is not classes:
            mine = classes[self.ids]
            known = ~np.isnan(self.packed.bounds[:, 0])
            self._fills = [
                (int(value), self._chunks(np.flatnonzero((mine == value) & known))) for value in np.unique(mine)
            ]
            self._classes = classes
        return self._fills

    def edges(self) -> list[tuple[float, list[Chunk]]]:
        """Chunks by the size of their blocks: metres (a power of two) and the chunks."""
        if self._edges is None:
            b = self.packed.bounds
            size = np.sqrt((b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]))
            octave = np.floor(np.log2(np.maximum(size, 1.0)))
            self._edges = [
                (float(2**value), self._chunks(np.flatnonzero(octave == value)))
                for value in np.unique(octave[~np.isnan(octave)])
            ]
        return self._edges

    def path(self, chunk: Chunk) -> QPainterPath:
        """The chunk's rings, relative to `packed.origin`, metres, north up."""
        if chunk.path is None:
            chunk.path = self.path_of(chunk.blocks)
        return chunk.path

    def path_of(self, blocks: np.ndarray) -> QPainterPath:
        vertices, lengths = self.packed.vertices_of(self.packed.rings_of(blocks))
        return rings_path(self.packed.coords[vertices], lengths)

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        """Rows of `packed` that hold the blocks `ids`; those it does not hold are left out."""
        rows = np.searchsorted(self.ids, ids)
        rows[rows == len(self.ids)] = 0
        return rows[self.ids[rows] == ids] if len(self.ids) else rows[:0]

    def _chunks(self, blocks: np.ndarray) -> list[Chunk]:
        # Codes follow districts, so blocks that follow each other are near each other.
        out = []
        for start in range(0, len(blocks), _CHUNK):
            some = blocks[start : start + _CHUNK]
            b = self.packed.bounds[some]
            low, high = b[:, :2].min(axis=0), b[:, 2:].max(axis=0)
            out.append(Chunk(some, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))))
        return out


class BlockSet:
    """All levels of the blocks on the map, and the one to paint at a scale.

    `levels` are (tolerance in metres, PackedPolygons); `detail(indices)` gives the published shapes
    of some blocks and is called on the painting thread.
    """

    def __init__(
        self,
        levels: Sequence[tuple[float, PackedPolygons]],
        detail: Callable[[np.ndarray], PackedPolygons] | None,
    ) -> None:
        ordered = sorted(levels, key=lambda level: level[0])
        every = np.arange(len(ordered[0][1])) if ordered else np.arange(0)
        self.levels = [(tolerance, BlockShapes(packed, every)) for tolerance, packed in ordered]
        self._detail = detail
        self._detailed: BlockShapes | None = None

    def __len__(self) -> int:
        return len(self.levels[0][1].ids) if self.levels else 0

    @property
    def finest(self) -> PackedPolygons:
        return self.levels[0][1].packed

    def shapes_for(self, view: View) -> BlockShapes:
        """The coarsest level that looks right at the view's scale, or full detail of what it shows."""
        for tolerance, shapes in reversed(self.levels):
            if tolerance <= view.scale * _LEVEL_PIXELS:
                return shapes
        shapes = self.levels[0][1]
        if self._detail is None:
            return shapes
        seen = blocks_touching(shapes.packed, view.box)
        if self._detailed is None or len(self._detailed.rows_of(seen)) < len(seen):
            wanted = shapes.ids if len(shapes.ids) <= _DETAIL_ALL else self._around(view)
            self._detailed = BlockShapes(self._detail(wanted), wanted)
        return self._detailed

    def _around(self, view: View) -> np.ndarray:
        """What the view shows and as much again round it, so that a pan need not fetch again."""
        return blocks_touching(self.finest, view.grown(max(view.width, view.height) // 2).box)


def seen(chunks: list[Chunk], box: Box) -> Iterator[Chunk]:
    """Chunks that meet `box`."""
    for chunk in chunks:
        b = chunk.box
        if b[0] <= box[2] and b[2] >= box[0] and b[1] <= box[3] and b[3] >= box[1]:
            yield chunk
