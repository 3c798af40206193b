"""What the map paints under the areas: background shapes by kind, pictures of maps, and rasters of values.

For a map: call `background_layers` when a workspace is opened or a background added (off the main thread: shapes are
decoded here); paint each `ShapeLayer` in the order given, then the areas. Call `pictures` and `rasters` for what can be
shown, and `window_of` with the extent of each frame. `attribution` of everything that is shown has to stand on the map.
"""

import json
from dataclasses import dataclass

import numpy as np
import shapely

from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

AREA, LINE, POINT = "area", "line", "point"
Box = tuple[float, float, float, float]
_DIMENSIONS = {AREA: 2, LINE: 1, POINT: 0}


@dataclass(frozen=True)
class ShapeLayer:
    """Shapes of one kind to be painted alike.

    `kind` is what they are (`woodland`, `water`, `road_a`, `name` …: sources/background.py), `form` AREA, LINE or
    POINT.
    `coords` (v, 2) float32 metres, relative to `origin` (2,) float64; `starts` (p + 1,) int64 into `coords`: one run of
    vertices for each ring of an area (outer rings and holes alike, filled by the odd-even rule), each line or point.
    `shape` (p,) int32, ascending, says which of the m shapes a run belongs to; `texts` (m,) their labels, "" for none.
    """

    dataset: str
    title: str
    attribution: str
    kind: str
    form: str
    coords: np.ndarray
    origin: np.ndarray
    starts: np.ndarray
    shape: np.ndarray
    texts: np.ndarray


@dataclass(frozen=True)
class GridLayer:
    """A picture or a raster that can be shown: `bounds` and the side `cell` of a cell in EPSG:27700 metres; `unit`."""

    key: int
    dataset: str
    title: str
    attribution: str
    bounds: Box
    cell: float
    unit: str


@dataclass(frozen=True)
class GridWindow:
    """Cells of a grid: `values` (h, w, 3) uint8 of a picture or (h, w) float32, NaN for none; what `bounds` they fill.

    Row 0 is the northernmost.
    """

    values: np.ndarray
    bounds: Box


def background_layers(store: Store) -> list[ShapeLayer]:
    """The shapes of every background in use, one layer a kind and form, in the order of painting."""
    layers: list[ShapeLayer] = []
    for key, id, title, attribution in _in_use(store, "background"):
        names = catalogue.column_names(store, key)
        if "kind" not in names:
            continue  # a picture
        kinds, texts = catalogue.column(store, key, "kind"), catalogue.column(store, key, "text")
        shapes = shapely.from_wkb(catalogue.shapes(store, key))
        origin = _middle(shapes)
        # Rows are in the order of painting already.
        _, first = np.unique(kinds, return_index=True)
        for kind in kinds[np.sort(first)].tolist():
            rows = np.flatnonzero(kinds == kind)
            for form in (AREA, LINE, POINT):
                packed = _packed(shapes[rows], form, origin)
                if packed is not None:
                    coords, starts, owner, kept = packed
                    layers.append(
                        ShapeLayer(id, title, attribution, kind, form, coords, origin, starts, owner, texts[rows[kept]])
                    )
    return layers


def _in_use(store: Store, kind: str) -> list[tuple[int, str, str, str]]:
    return store.all(
        "SELECT key, id, title, attribution FROM dataset WHERE kind = ? AND replaced_by IS NULL ORDER BY key", [kind]
    )


def _middle(shapes: np.ndarray) -> np.ndarray:
    west, south, east, north = shapely.total_bounds(shapes)
    return np.round([(west + east) / 2, (south + north) / 2])


def _packed(
    shapes: np.ndarray, form: str, origin: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None:
    """(coords, starts, which shape, positions (m,) of the shapes that have parts of this form); None without any."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    # A collection holds further collections or parts.
    inner, index = shapely.get_parts(parts, return_index=True)
    parts, owner = inner, owner[index]
    chosen = (shapely.get_dimensions(parts) == _DIMENSIONS[form]) & ~shapely.is_empty(parts)
    parts, owner = parts[chosen], owner[chosen]
    if not len(parts):
        return None
    if form == AREA:
        parts, ring = shapely.get_rings(parts, return_index=True)
        owner = owner[ring]
    xy, run = shapely.get_coordinates(parts, return_index=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(run, minlength=len(parts)))]).astype(np.int64)
    kept, number = np.unique(owner, return_inverse=True)
    return (xy - origin).astype(np.float32), starts, number.astype(np.int32), kept


def pictures(store: Store) -> list[GridLayer]:
    """Pictures of maps that can lie under the areas."""
    return _grids(store, "background")


def rasters(store: Store) -> list[GridLayer]:
    """Rasters of values that can be shown."""
    return _grids(store, "raster")


def _grids(store: Store, kind: str) -> list[GridLayer]:
    found = []
    for key, id, title, attribution in _in_use(store, kind):
        rows = store.all("SELECT definition FROM grid WHERE dataset = ?", [key])
        if not rows:
            continue  # a background of shapes
        about = json.loads(rows[0][0])
        a, _, c, _, e, f = about["transform"]
        height, width = about["shape"]
        bounds = (c, f + e * height, c + a * width, f)
        found.append(GridLayer(key, id, title, attribution, bounds, a, about["unit"]))
    return found


def window_of(store: Store, layer: GridLayer, box: Box, most: tuple[int, int] = (1500, 2000)) -> GridWindow | None:
    """The cells of a picture or raster that meet the box, at most about `most` (rows, columns) of them.

    None where there is nothing. A coarser look takes every second, third … cell. Only tiles that meet the box are read.
    """
    about = catalogue.grid(store, layer.key, tiles=[])
    (a, _, c, _, e, f), (height, width), tile = about.transform, about.shape, about.tile
    west, south, east, north = box
    left, right = max(0, int((west - c) // a)), min(width, int(-((c - east) // a)))
    top, bottom = max(0, int((north - f) // e)), min(height, int(-((f - south) // e)))
    if left >= right or top >= bottom:
        return None
    step = max(1, -(-(bottom - top) // most[0]), -(-(right - left) // most[1]))
    rows, columns = np.arange(top, bottom, step), np.arange(left, right, step)
    values: np.ndarray | None = None
    # One row of tiles at a time: all of a county's would fill the memory.
    for across in range(top // tile, (bottom - 1) // tile + 1):
        wanted = [(across, down) for down in range(left // tile, (right - 1) // tile + 1)]
        for (r, k), cells in catalogue.grid(store, layer.key, tiles=wanted).tiles.items():
            if values is None:
                blank = np.float32(np.nan) if cells.ndim == 2 else np.uint8(255)
                values = np.full((len(rows), len(columns), *cells.shape[2:]), blank)
            in_rows = np.flatnonzero((rows >= r * tile) & (rows < r * tile + cells.shape[0]))
            in_columns = np.flatnonzero((columns >= k * tile) & (columns < k * tile + cells.shape[1]))
            values[np.ix_(in_rows, in_columns)] = cells[
                np.ix_(rows[in_rows] - r * tile, columns[in_columns] - k * tile)
            ]
    if values is None:
        return None
    filled = (
        c + a * left,
        f + e * (top + step * len(rows)),
        c + a * (left + step * len(columns)),
        f + e * top,
    )
    return GridWindow(values, filled)
