"""A raster within a box as tiles in EPSG:27700: read window by window, never the whole of a file.

A raster on the National Grid keeps its own cells. Any other is brought to square cells of about its own size: measured
values by bilinear interpolation between the middles of its cells (which keeps their level), classes by the nearest cell
(which makes no class up), and counts by sharing each cell out, its sixteen parts going where their middles lie (which
loses nobody: interpolated counts would not add up to the people counted).
Coordinates go through pyproj, as everywhere here; between points 16 cells apart they are interpolated, which for cells
of 1 km is wrong by 5 m at most.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import crs
from jsna_desktop.sources.dataset import Grid
from jsna_desktop.sources.raster_file import Affine, RasterFile, bounds
from jsna_desktop.sources.reading import Box, ProgressCall

TILE = 256
MOST_CELLS = 100_000_000
_MOST_SHARED = 30_000_000
_PARTS = 4  # a cell that is shared out has as many parts along each side
_APART = 16
NEAREST, BILINEAR, SHARED = "nearest", "bilinear", "shared"

# Cells (rows, columns[, 3]) of a window (row, column, rows, columns) of a file, every `step`th.
ReadCells = Callable[[int, int, int, int], np.ndarray]


@dataclass(frozen=True)
class Place:
    """Where the cells of a grid lie: `transform` and `shape` as in `Grid`."""

    transform: Affine
    shape: tuple[int, int]

    @property
    def cells(self) -> int:
        return self.shape[0] * self.shape[1]


def is_native(raster: RasterFile, system: Any) -> bool:
    """Whether a raster's own cells are kept: on the National Grid, north up."""
    a, b, _, d, e, _ = raster.transform
    return crs.is_grid(system) and b == 0 and d == 0 and a > 0 and e < 0


def native_window(raster: RasterFile, box: Box | None, where: str) -> tuple[int, int, Place]:
    """(first row, first column, place) of a raster's own cells that meet the box; FileProblem where none does."""
    a, _, c, _, e, f = raster.transform
    rows, columns = raster.shape
    west, south, east, north = box or bounds(raster.transform, raster.shape)
    left, right = max(0, math.floor((west - c) / a)), min(columns, math.ceil((east - c) / a))
    top, bottom = max(0, math.floor((north - f) / e)), min(rows, math.ceil((south - f) / e))
    if left >= right or top >= bottom:
        raise _elsewhere(where)
    return top, left, Place((a, 0.0, c + left * a, 0.0, e, f + top * e), (bottom - top, right - left))


def _elsewhere(where: str) -> FileProblem:
    return FileProblem("the raster does not reach the area", where=where, todo="Choose the file that covers your area")


def check_size(place: Place, most: int, where: str, clipped: bool) -> None:
    """FileProblem where a grid would have more cells than a workspace can hold."""
    if place.cells > most:
        raise FileProblem(
            "the raster has far too many cells" + (" within 20 km of the boundaries" if clipped else ""),
            where=where,
            found=f"{place.shape[1]:,} × {place.shape[0]:,} cells",
            expected=f"at most {most:,} cells",
            todo="Save it again with larger cells"
            if clipped
            else "Add the boundaries of your area first, or with it: rasters are cut to them and 20 km around",
        )


def tiled(
    place: Place, unit: str, cells_of: Callable[[int, int, int, int], np.ndarray | None], progress: ProgressCall
) -> Grid:
    """A Grid whose tiles `cells_of` gives, for (row, column, rows, columns) of the place; None for one of nothing."""
    tiles: dict[tuple[int, int], np.ndarray] = {}
    rows, columns = place.shape
    for row in range(0, rows, TILE):
        progress("Reading the raster", row / rows)
        for column in range(0, columns, TILE):
            cells = cells_of(row, column, min(TILE, rows - row), min(TILE, columns - column))
            if cells is not None:
                tiles[row // TILE, column // TILE] = cells
    return Grid(place.transform, place.shape, TILE, unit, tiles)


def native(read: ReadCells, top: int, left: int, place: Place, unit: str, progress: ProgressCall) -> Grid:
    """A raster's own cells from this row and column on."""

    def cells_of(row: int, column: int, rows: int, columns: int) -> np.ndarray | None:
        values = read(top + row, left + column, rows, columns)
        return None if np.isnan(values).all() else values.astype(np.float32)

    return tiled(place, unit, cells_of, progress)


class Warp:
    """Between a raster's cells and square cells of the National Grid."""

    def __init__(self, raster: RasterFile, system: Any) -> None:
        from pyproj import Transformer

        self.raster = raster
        self._to_file = Transformer.from_crs(crs.GRID, system, always_xy=True)
        self._to_grid = Transformer.from_crs(system, crs.GRID, always_xy=True)

    def place(self, box: Box | None, where: str, cell: float | None = None) -> Place:
        """Where the cells that meet the box lie: of about the file's own size, or of `cell` metres."""
        across = self._to_grid.transform_bounds(*bounds(self.raster.transform, self.raster.shape), densify_pts=41)
        limits = box or crs.GRID_RANGE
        # A raster of the whole world has no bounds in the National Grid.
        known = across if all(map(math.isfinite, across)) and across[0] < across[2] else limits
        west, south = max(known[0], limits[0]), max(known[1], limits[1])
        east, north = min(known[2], limits[2]), min(known[3], limits[3])
        if not (west < east and south < north):
            raise _elsewhere(where)
        cell = cell or self.cell((west + east) / 2, (south + north) / 2, where)
        left, bottom = math.floor(west / cell), math.floor(south / cell)
        right, top = math.ceil(east / cell), math.ceil(north / cell)
        return Place((cell, 0.0, left * cell, 0.0, -cell, top * cell), (top - bottom, right - left))

    def cell(self, x: float, y: float, where: str) -> float:
        """The side in metres of a square as large as one of the file's cells at a place, to three figures."""
        column, row = self.in_file(np.array([x]), np.array([y]))
        px, py = self.in_grid(column[0] + np.array([0, 1, 0]), row[0] + np.array([0, 0, 1]))
        area = abs((px[1] - px[0]) * (py[2] - py[0]) - (px[2] - px[0]) * (py[1] - py[0]))
        if not (math.isfinite(area) and area > 0):
            raise _elsewhere(where)
        side = math.sqrt(area)
        return float(f"{side:.3g}")

    def in_file(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places in metres as columns and rows of the file, fractions of a cell from its upper left corner."""
        a, b, c, d, e, f = self.raster.transform
        u, v = self._to_file.transform(x, y)
        u, v = np.asarray(u) - c, np.asarray(v) - f
        turn = a * e - b * d
        return (e * u - b * v) / turn, (a * v - d * u) / turn

    def in_grid(self, columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Columns and rows of the file as places in metres."""
        a, b, c, d, e, f = self.raster.transform
        x, y = self._to_grid.transform(a * columns + b * rows + c, d * columns + e * rows + f)
        return np.asarray(x), np.asarray(y)

    def cells_in_file(
        self, place: Place, row: int, column: int, rows: int, columns: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Columns and rows (rows, columns) of the file at the middles of these cells of a place."""
        a, _, c, _, e, f = place.transform
        down, across = _knots(rows), _knots(columns)
        x, y = np.meshgrid(c + a * (column + across), f + e * (row + down))
        at = self.in_file(x.ravel(), y.ravel())
        return _between(at[0].reshape(x.shape), down, across, rows, columns), _between(
            at[1].reshape(x.shape), down, across, rows, columns
        )

    def parts_in_grid(self, row: int, column: int, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        """Places (rows · 4, columns · 4) in metres of the middles of the parts of these cells of the file."""
        down, across = _knots(rows), _knots(columns)
        u, v = np.meshgrid(column + across, row + down)
        at = self.in_grid(u.ravel(), v.ravel())
        return _between(at[0].reshape(u.shape), down, across, rows, columns, _PARTS), _between(
            at[1].reshape(u.shape), down, across, rows, columns, _PARTS
        )


def _knots(size: int) -> np.ndarray:
    """Places along `size` cells, at most 16 cells apart, from one end to the other."""
    return np.linspace(0.0, size, max(2, math.ceil(size / _APART) + 1))


def _between(
    at: np.ndarray, down: np.ndarray, across: np.ndarray, rows: int, columns: int, parts: int = 1
) -> np.ndarray:
    """Values at the middles of cells, or of their parts, from those at the knots `down` × `across`."""

    def weights(knots: np.ndarray, size: int) -> np.ndarray:
        middles = (np.arange(size * parts) + 0.5) / parts
        step = knots[1] - knots[0]
        first = np.minimum((middles / step).astype(int), len(knots) - 2)
        share = middles / step - first
        found = np.zeros((len(middles), len(knots)))
        found[np.arange(len(middles)), first] = 1 - share
        found[np.arange(len(middles)), first + 1] += share
        return found

    finite = np.where(np.isfinite(at), at, -1e12)
    return weights(down, rows) @ finite @ weights(across, columns).T


def sampled(read: ReadCells, warp: Warp, place: Place, how: str, unit: str, progress: ProgressCall) -> Grid:
    """Values by `NEAREST` or `BILINEAR` at the middle of each cell of the place."""
    height, width = warp.raster.shape

    def cells_of(row: int, column: int, rows: int, columns: int) -> np.ndarray | None:
        u, v = warp.cells_in_file(place, row, column, rows, columns)
        inside = (u >= 0) & (u < width) & (v >= 0) & (v < height)
        if not inside.any():
            return None
        left, right = max(0, int(u[inside].min()) - 1), min(width, int(u[inside].max()) + 2)
        top, bottom = max(0, int(v[inside].min()) - 1), min(height, int(v[inside].max()) + 2)
        values = read(top, left, bottom - top, right - left)
        at = _nearest if how == NEAREST else _bilinear
        found = np.where(inside, at(values, np.where(inside, u - left, 0), np.where(inside, v - top, 0)), np.nan)
        return None if np.isnan(found).all() else found.astype(np.float32)

    return tiled(place, unit, cells_of, progress)


def _nearest(values: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return values[v.astype(int), u.astype(int)]


def _bilinear(values: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Between the middles of the four cells around; those without a value count for nothing, and a place whose own

    cell has none has none.
    """
    rows, columns = values.shape
    x, y = u - 0.5, v - 0.5
    left, top = np.floor(x), np.floor(y)
    total, weight = np.zeros(u.shape), np.zeros(u.shape)
    for down in (0, 1):
        for right in (0, 1):
            share = np.abs(1 - right - (x - left)) * np.abs(1 - down - (y - top))
            near = values[
                np.clip(top + down, 0, rows - 1).astype(int), np.clip(left + right, 0, columns - 1).astype(int)
            ]
            there = ~np.isnan(near)
            total += np.where(there, near, 0.0) * share
            weight += np.where(there, share, 0.0)
    own = ~np.isnan(_nearest(values, u, v))
    return np.where(own & (weight > 0), total / np.where(weight > 0, weight, 1.0), np.nan)


def shared(read: ReadCells, warp: Warp, place: Place, unit: str, where: str, progress: ProgressCall) -> Grid:
    """Counts shared out: each of a cell's sixteen parts adds a sixteenth to the cell of the place that it lies in."""
    check_size(place, _MOST_SHARED, where, True)
    a, _, c, _, e, f = place.transform
    rows, columns = place.shape
    total, reached = np.zeros(place.cells), np.zeros(place.cells, dtype=bool)
    height, width = warp.raster.shape
    for top, left, bottom, right in _blocks(warp, place, height, width):
        progress("Sharing out the raster", (top + 1) / height)
        values = read(top, left, bottom - top, right - left)
        if np.isnan(values).all():
            continue
        x, y = warp.parts_in_grid(top, left, bottom - top, right - left)
        part = np.repeat(np.repeat(values, _PARTS, axis=0), _PARTS, axis=1) / _PARTS**2
        column, row = np.floor((x - c) / a), np.floor((y - f) / e)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows) & ~np.isnan(part)
        cell = (row[inside] * columns + column[inside]).astype(np.int64)
        np.add.at(total, cell, part[inside])
        reached[cell] = True
    whole = np.where(reached, total, np.nan).astype(np.float32).reshape(place.shape)
    return native(lambda r, k, h, w: whole[r : r + h, k : k + w], 0, 0, place, unit, progress)


def _blocks(warp: Warp, place: Place, height: int, width: int) -> list[tuple[int, int, int, int]]:
    """Blocks (top, left, bottom, right) of the file's cells that may reach the place."""
    u, v = warp.cells_in_file(place, 0, 0, *place.shape) if place.cells < 1_000_000 else _edges(warp, place)
    inside = (u > -1e9) & (v > -1e9)
    if not inside.any():
        return []
    left, right = max(0, int(u[inside].min()) - 2), min(width, int(u[inside].max()) + 3)
    top, bottom = max(0, int(v[inside].min()) - 2), min(height, int(v[inside].max()) + 3)
    return [
        (row, column, min(row + TILE, bottom), min(column + TILE, right))
        for row in range(top, bottom, TILE)
        for column in range(left, right, TILE)
    ]


def _edges(warp: Warp, place: Place) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows of the file at 101 × 101 points over a place."""
    a, _, c, _, e, f = place.transform
    x, y = np.meshgrid(np.linspace(c, c + a * place.shape[1], 101), np.linspace(f, f + e * place.shape[0], 101))
    return warp.in_file(x.ravel(), y.ravel())
