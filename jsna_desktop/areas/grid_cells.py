"""Which part of every cell of a raster a shape covers, exactly; the mean of its values, or its classes, in a shape.

By Green's theorem, as font rasterisers do it: the outline is cut where it crosses the lines between cells; each bit of
it lies in one cell and adds the area to its right, there and in every cell further right. Work grows with the length
of the outline, not with the number of cells times corners, and nothing is sampled. No row needs another, so that a
large shape goes by bands of rows. Two rasters whose cells do not match go by the lines of both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely

Affine = tuple[float, float, float, float, float, float]
# Values of the cells (rows, columns) of a window (row, column, rows, columns), which may reach beyond the raster: an
# array of the caller's own.
CellsOf = Callable[[int, int, int, int], np.ndarray]
# Cells of a band: what is made of them stays in the processor's own memory.
_BAND = 1 << 16
# Lines of two rasters that lie nearer than this (cells) are one.
_ONE_LINE = 1e-6


@dataclass(frozen=True)
class _Cut:
    """An outline cut where it crosses lines `across` (columns + 1,) and `down` (rows + 1,), in cells.

    Bit by bit (n,), in the order of their rows: the cell `row`, `column` that it lies in; by how much of the cell's
    height it falls, and how far across the cell.
    """

    across: np.ndarray
    down: np.ndarray
    row: np.ndarray
    column: np.ndarray
    fall: np.ndarray
    right: np.ndarray

    def fractions(self, first: int, last: int) -> np.ndarray:
        """Fractions (last − first, columns) 0…1 of the cells of these rows that lie inside."""
        columns = len(self.across) - 1
        bits = slice(*np.searchsorted(self.row, [first, last]))
        column, fall, right = self.column[bits], self.fall[bits], self.right[bits]
        flat = (self.row[bits] - first) * columns + column
        size = (last - first) * columns
        # Right of the last column there is nothing to add to.
        beyond = np.where(column < columns - 1, fall * right, 0.0)
        added = np.bincount(
            np.concatenate([flat, flat + 1]), np.concatenate([fall * (1 - right), beyond]), minlength=size + 1
        )
        found = added[:size].reshape(-1, columns)
        np.cumsum(found, axis=1, out=found)
        return np.clip(found, 0.0, 1.0, out=found)


def cell_fractions(shape: shapely.Geometry, transform: Affine) -> tuple[int, int, np.ndarray]:
    """(first row, first column, fractions (rows, columns) 0…1) of the cells that a shape of polygons meets.

    `transform` as in `Grid`, north up: x = a·column + c, y = e·row + f. Parts of the shape may not overlap. Rows and
    columns may lie outside the raster. (0, 0, empty) for a shape without area.
    """
    found = _cut(shape, transform)
    if found is None:
        return 0, 0, np.zeros((0, 0))
    top, left, cut = found
    return top, left, cut.fractions(0, len(cut.down) - 1)


def _cut(shape: shapely.Geometry, transform: Affine, other: Affine | None = None) -> tuple[int, int, _Cut] | None:
    """(first row, first column, the shape's outline cut by the cells' lines, those of another raster too).

    None for a shape without area.
    """
    a, _, c, _, e, f = transform
    rings, factor = _rings(shape)
    if not len(rings):
        return None
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    u, v = (xy[:, 0] - c) / a, (xy[:, 1] - f) / e
    left, top = int(np.floor(u.min())), int(np.floor(v.min()))
    u, v = u - left, v - top
    across, down = (np.arange(int(np.ceil(most)) + 1.0) for most in (u.max(), v.max()))
    if other is not None:
        across = _with_lines(across, other[0] / a, (other[2] - c) / a - left)
        down = _with_lines(down, other[4] / e, (other[5] - f) / e - top)
    joined = ring[1:] == ring[:-1]
    start = np.column_stack([u, v])[:-1][joined]
    end = np.column_stack([u, v])[1:][joined]
    sign = factor[ring[:-1][joined]]
    segment, at = _crossings(start, end, (across, down))
    step = end - start
    middle = (at[1:] + at[:-1]) / 2
    bit = np.flatnonzero((segment[1:] == segment[:-1]) & (at[1:] > at[:-1]))
    own = segment[bit]
    place = start[own] + middle[bit, None] * step[own]
    column, row = _interval(across, place[:, 0]), _interval(down, place[:, 1])
    order = np.argsort(row, kind="stable")
    bit, own, column, row = bit[order], own[order], column[order], row[order]
    fall = sign[own] * step[own, 1] * (at[1:] - at[:-1])[bit] / np.diff(down)[row]
    right = (place[order, 0] - across[column]) / np.diff(across)[column]
    return top, left, _Cut(across, down, row, column, fall, right)


def _interval(lines: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Between which lines (k + 1,) each place (n,) lies: 0…k − 1."""
    return np.clip(np.searchsorted(lines, at, side="right") - 1, 0, len(lines) - 2)


def _with_lines(lines: np.ndarray, pitch: float, origin: float) -> np.ndarray:
    """Lines of whole numbers with those of another raster, `pitch` apart from `origin` on, that lie between them."""
    first, last = np.ceil((lines[0] - origin) / pitch), np.floor((lines[-1] - origin) / pitch)
    others = origin + pitch * np.arange(first, last + 1)
    return np.sort(np.concatenate([lines, others[np.abs(others - np.round(others)) > _ONE_LINE]]))


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


def _crossings(
    start: np.ndarray, end: np.ndarray, lines: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Where segments (n, 2) begin, end and cross lines, down and across: (segment, part of the way 0…1), in order."""
    every = np.arange(len(start))
    segments, parts = [every, every], [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        p, q = start[:, axis], end[:, axis]
        first = np.searchsorted(lines[axis], np.minimum(p, q), side="right")
        count = np.maximum(np.searchsorted(lines[axis], np.maximum(p, q), side="left") - first, 0)
        own = np.repeat(every, count)
        line = first[own] + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        segments.append(own)
        parts.append((lines[axis][line] - p[own]) / (q - p)[own])
    segment, part = np.concatenate(segments), np.clip(np.concatenate(parts), 0.0, 1.0)
    order = np.lexsort((part, segment))
    return segment[order], part[order]


def people_within(shapes: np.ndarray, transform: Affine, cells: CellsOf) -> np.ndarray:
    """Sum (n,) of a grid of counts within each shape, a cell that a shape cuts by the part of it inside.

    `cells` gives 0 where there are none.
    """
    found = np.zeros(len(shapes))
    # One shape after another: their windows differ, and each is read and worked out at once.
    for place, shape in enumerate(shapes):
        row, column, fractions = cell_fractions(shape, transform)
        if fractions.size:
            found[place] = float((fractions * cells(row, column, *fractions.shape)).sum())
    return found


@dataclass(frozen=True)
class Mean:
    """The mean of a raster within a shape, NaN where no cell has a value; the weight of all of the shape, and of the

    part of it that has a value (cells of land, or people).
    """

    value: float
    weight: float
    valued: float


@dataclass(frozen=True)
class Cells:
    """A raster whose windows are read as they are needed: `transform`, and `cells`, which gives NaN for no value."""

    transform: Affine
    cells: CellsOf


def mean_within(shape: shapely.Geometry, values: Cells, people: Cells | None = None) -> Mean:
    """The mean of a raster's cells within a shape, each weighted by the part of it inside.

    With `people`, a grid of counts (0 for none), by the people in that part: those of a cell of the grid are spread
    evenly over it. The cells of the two need not match.
    """
    found = _cut(shape, values.transform, None if people is None else people.transform)
    total = weight = valued = 0.0
    if found is not None:
        for held, cells in _held(*found, values, people):
            everything = float(held.sum())
            nothing = np.isnan(cells)
            weight += everything
            if nothing.any():
                np.copyto(held, 0.0, where=nothing)
                np.copyto(cells, 0.0, where=nothing)
                everything = float(held.sum())
            valued += everything
            # By BLAS the threads of each short product would wait for one another longer than it takes.
            total += float(np.multiply(held, cells, out=held).sum())
    return Mean(total / valued if valued > 0 else np.nan, weight, valued)


def weights_within(
    shape: shapely.Geometry, values: Cells, numbers: np.ndarray, people: Cells | None = None
) -> np.ndarray:
    """Weight (k + 1,) of the parts of a shape whose cells have each of the `numbers` (k,); of those without, the last.

    `numbers`, whole and ascending, are all that the raster has; the weights are those of `mean_within`.
    """
    place = (numbers - numbers[0]).astype(np.intp)
    weights = np.zeros(place[-1] + 2)
    found = _cut(shape, values.transform, None if people is None else people.transform)
    if found is not None:
        for held, cells in _held(*found, values, people):
            # Of a number and none the lesser is the number: no value comes last.
            own = np.fmin(cells - numbers[0], place[-1] + 1).astype(np.intp)
            weights += np.bincount(own.ravel(), held.ravel(), minlength=len(weights))
    return weights[[*place, -1]]


def _held(
    top: int, left: int, cut: _Cut, values: Cells, people: Cells | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Bands of the cells that a shape meets: (weight, value), both (rows, columns) and the caller's to change."""
    rows, columns = len(cut.down) - 1, len(cut.across) - 1
    step = max(1, _BAND // columns)
    for first in range(0, rows, step):
        last = min(rows, first + step)
        held = cut.fractions(first, last)
        if people is None:
            yield held, values.cells(top + first, left, last - first, columns)
            continue
        high, wide = np.diff(cut.down)[first:last], np.diff(cut.across)
        y, x = cut.down[first:last] + high / 2, cut.across[:-1] + wide / 2
        a, _, c, _, e, f = values.transform
        pa, _, pc, _, pe, pf = people.transform
        # What a part of a cell of people is of the whole of it.
        held *= (high * e / pe)[:, None]
        held *= wide * a / pa
        held *= _picked(people, ((y + top) * e + f - pf) / pe, ((x + left) * a + c - pc) / pa)
        yield held, _picked(values, y + top, x + left)


def _picked(grid: Cells, v: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Values (rows, columns) of the cells at rows `v` and columns `u` of a grid, ascending fractions of cells."""
    row, column = np.floor(v).astype(np.int64), np.floor(u).astype(np.int64)
    top, left = int(row[0]), int(column[0])
    cells = grid.cells(top, left, int(row[-1]) - top + 1, int(column[-1]) - left + 1)
    if cells.shape == (len(row), len(column)):
        return cells  # each cell once
    return cells[np.ix_(row - top, column - left)]
