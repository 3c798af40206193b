"""Which part of every cell of a raster a shape covers, exactly.

By Green's theorem, as font rasterisers do it: the outline is cut where it crosses the lines between cells; each bit of
it lies in one cell and adds the area to its right, there and in every cell further right. Work grows with the length
of the outline, not with the number of cells times corners, and nothing is sampled.
"""

from collections.abc import Callable

import numpy as np
import shapely

Affine = tuple[float, float, float, float, float, float]
# Values of the cells (rows, columns) of a window (row, column, rows, columns); 0 where there are none.
CellsOf = Callable[[int, int, int, int], np.ndarray]


def cell_fractions(shape: shapely.Geometry, transform: Affine) -> tuple[int, int, np.ndarray]:
    """(first row, first column, fractions (rows, columns) 0…1) of the cells that a shape of polygons meets.

    `transform` as in `Grid`, north up: x = a·column + c, y = e·row + f. Parts of the shape may not overlap. Rows and
    columns may lie outside the raster. (0, 0, empty) for a shape without area.
    """
    a, _, c, _, e, f = transform
    rings, factor = _rings(shape)
    if not len(rings):
        return 0, 0, np.zeros((0, 0))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    u, v = (xy[:, 0] - c) / a, (xy[:, 1] - f) / e
    left, top = int(np.floor(u.min())), int(np.floor(v.min()))
    columns, rows = int(np.ceil(u.max())) - left + 2, int(np.ceil(v.max())) - top + 1
    u, v = u - left, v - top
    joined = ring[1:] == ring[:-1]
    start = np.column_stack([u, v])[:-1][joined]
    end = np.column_stack([u, v])[1:][joined]
    sign = factor[ring[:-1][joined]]
    segment, at = _crossings(start, end)
    step = end - start
    middle = (at[1:] + at[:-1]) / 2
    bit = np.flatnonzero((segment[1:] == segment[:-1]) & (at[1:] > at[:-1]))
    own = segment[bit]
    place = start[own] + middle[bit, None] * step[own]
    fall = sign[own] * step[own, 1] * (at[1:] - at[:-1])[bit]
    column, row = np.floor(place[:, 0]).astype(np.int64), np.floor(place[:, 1]).astype(np.int64)
    across = place[:, 0] - column
    flat = row * columns + column
    size = rows * columns
    added = np.bincount(flat, fall * (1 - across), minlength=size)
    added += np.bincount(flat + 1, fall * across, minlength=size)
    fractions = np.cumsum(added[:size].reshape(rows, columns), axis=1)[:, :-1]
    return top, left, np.clip(fractions, 0.0, 1.0)


def _rings(shape: shapely.Geometry) -> tuple[np.ndarray, np.ndarray]:
    """Rings (n,) of a shape's polygons, and the sign (n,) that makes outer ones add and holes take away."""
    parts = shapely.get_parts(shape)
    parts = parts[shapely.get_type_id(parts) == 3]
    rings, owner = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return rings, np.empty(0)
    outer = np.concatenate([[True], owner[1:] != owner[:-1]])
    # In cells, with rows downwards, an anticlockwise ring of the map falls on its left.
    turn = np.where(shapely.is_ccw(rings), 1.0, -1.0)
    return rings, np.where(outer, turn, -turn)


def _crossings(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where segments (n, 2) begin, end and cross lines of whole numbers: (segment, part of the way 0…1), in order."""
    every = np.arange(len(start))
    segments, parts = [every, every], [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        p, q = start[:, axis], end[:, axis]
        first = np.floor(np.minimum(p, q)).astype(np.int64) + 1
        count = np.maximum(np.ceil(np.maximum(p, q)).astype(np.int64) - first, 0)
        own = np.repeat(every, count)
        line = first[own] + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        segments.append(own)
        parts.append((line - p[own]) / (q - p)[own])
    segment, part = np.concatenate(segments), np.clip(np.concatenate(parts), 0.0, 1.0)
    order = np.lexsort((part, segment))
    return segment[order], part[order]


def people_within(shapes: np.ndarray, transform: Affine, cells: CellsOf) -> np.ndarray:
    """Sum (n,) of a grid of counts within each shape, a cell that a shape cuts by the part of it inside."""
    found = np.zeros(len(shapes))
    # One shape after another: their windows differ, and each is read and worked out at once.
    for place, shape in enumerate(shapes):
        row, column, fractions = cell_fractions(shape, transform)
        if fractions.size:
            found[place] = float((fractions * cells(row, column, *fractions.shape)).sum())
    return found
