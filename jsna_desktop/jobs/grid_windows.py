"""Windows of a raster of the workspace, read tile by tile: the latest tiles are kept, never the whole of it."""

from collections import OrderedDict

import numpy as np

from jsna_desktop.areas.grid_cells import Cells
from jsna_desktop.sources.raster_classes import NO_CLASS
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# Of 256 × 256 cells they take 64 MB: more than a row of tiles of the largest raster that a workspace holds.
_MOST_TILES = 256


class GridWindows:
    """The raster of one dataset (key): `transform` and `shape` as in `Grid`.

    Of one of classes `blank` is what a cell without one counts as; beyond the raster's edge there is no cell.
    """

    def __init__(self, store: Store, key: int, blank: float | None = None) -> None:
        self._store, self._key, self._of_classes = store, key, blank is not None
        self._blank = np.float32(np.nan if blank is None else blank)
        about = catalogue.grid(store, key, [])
        self.transform, self.shape, self.unit, self._side = about.transform, about.shape, about.unit, about.tile
        self._tiles: OrderedDict[tuple[int, int], np.ndarray | None] = OrderedDict()

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, metres."""
        a, _, c, _, e, f = self.transform
        return c, f + e * self.shape[0], c + a * self.shape[1], f

    @property
    def values(self) -> Cells:
        return Cells(self.transform, self.window)

    @property
    def people(self) -> Cells:
        return Cells(self.transform, self.counts)

    def window(self, row: int, column: int, rows: int, columns: int) -> np.ndarray:
        """Values (rows, columns) float32 of a window, NaN beyond the raster's edge."""
        found = np.full((rows, columns), np.nan, dtype=np.float32)
        first, last = max(row, 0), min(row + rows, self.shape[0])
        left, right = max(column, 0), min(column + columns, self.shape[1])
        if first >= last or left >= right:
            return found
        found[first - row : last - row, left - column : right - column] = self._blank
        side = self._side
        for r in range(first // side, (last - 1) // side + 1):
            for c in range(left // side, (right - 1) // side + 1):
                tile = self._tile(r, c)
                if tile is None:
                    continue
                top, edge = max(first, r * side), max(left, c * side)
                part = tile[top - r * side : last - r * side, edge - c * side : right - c * side]
                found[top - row : top - row + part.shape[0], edge - column : edge - column + part.shape[1]] = part
        return found

    def counts(self, row: int, column: int, rows: int, columns: int) -> np.ndarray:
        """People (rows, columns) float32 of a window; 0 where there is no value, or one below zero, or no cell."""
        window = self.window(row, column, rows, columns)
        # "No value" that was not marked as such is most often a large number below zero.
        return np.fmax(window, np.float32(0.0), out=window)

    def at(self, points: np.ndarray) -> np.ndarray:
        """Values (k,) of the cells in which points (k, 2), metres, lie; NaN beyond the raster's edge."""
        a, _, c, _, e, f = self.transform
        column = np.floor((points[:, 0] - c) / a).astype(np.int64)
        row = np.floor((points[:, 1] - f) / e).astype(np.int64)
        found = np.full(len(points), np.nan)
        there = np.flatnonzero((row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1]))
        found[there] = self._blank
        tiles, which = np.unique(np.column_stack([row, column])[there] // self._side, axis=0, return_inverse=True)
        for place, (r, k) in enumerate(tiles.tolist()):
            tile = self._tile(r, k)
            if tile is not None:
                own = there[which.reshape(-1) == place]
                found[own] = tile[row[own] - r * self._side, column[own] - k * self._side]
        return found

    def _tile(self, row: int, column: int) -> np.ndarray | None:
        place = (row, column)
        if place in self._tiles:
            self._tiles.move_to_end(place)
            return self._tiles[place]
        tile = catalogue.grid(self._store, self._key, [place]).tiles.get(place)
        if tile is not None and self._of_classes:
            tile = np.where(tile > NO_CLASS, tile, self._blank)
        self._tiles[place] = tile
        if len(self._tiles) > _MOST_TILES:
            self._tiles.popitem(last=False)
        return tile
