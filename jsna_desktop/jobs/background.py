"""What the map paints with the areas: background shapes by kind, roads, pictures of maps, and rasters of values.

For a map: `backgrounds` lists what can be shown without reading a shape; `shapes_of` decodes one of them (off the main
thread), `window_of` gives the cells of a picture or raster for the extent of a frame. The `attribution` of everything
that is shown has to stand on the map.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from jsna_desktop.jobs.progress import Progress
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

AREA, LINE, POINT = "area", "line", "point"
SHAPES, ROADS, PICTURE, RASTER = "shapes", "roads", "picture", "raster"
Box = tuple[float, float, float, float]
_DIMENSIONS = {AREA: 2, LINE: 1, POINT: 0}
# Decoding keeps the interpreter's lock: so many shapes take about five milliseconds.
_BATCH = 1000


@dataclass(frozen=True)
class ShapeLayer:
    """Shapes of one kind to be painted alike.

    `kind` is what they are (`woodland`, `water`, `road_a`, `name` …: sources/background.py; of a road network `road_`
    and its class: sources/road_links.py), `form` AREA, LINE or POINT.
    `coords` (v, 2) float32 metres, relative to `origin` (2,) float64; `starts` (p + 1,) int64 into `coords`: one run of
    vertices for each ring of an area (outer rings and holes alike, filled by the odd-even rule), each line or point.
    `shape` (p,) int32, ascending, says which of the m shapes a run belongs to; `texts` (m,) their labels, `types` (m,)
    what the publisher calls each, "" for none.
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
    types: np.ndarray


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


@dataclass(frozen=True)
class Background:
    """Something that can be shown with the areas: `form` SHAPES, ROADS, PICTURE or RASTER, `size` its shapes or links.

    `grid` where it is a picture or a raster.
    """

    key: int
    dataset: str
    title: str
    attribution: str
    form: str
    size: int
    grid: GridLayer | None = None


def backgrounds(store: Store) -> list[Background]:
    """Everything in use that can be shown with the areas: pictures, shapes, roads, rasters of values."""
    grids = [
        Background(g.key, g.dataset, g.title, g.attribution, form, 0, g)
        for form, found in ((PICTURE, pictures(store)), (RASTER, rasters(store)))
        for g in found
    ]
    drawn = []
    for kind, form in (("background", SHAPES), ("roads", ROADS)):
        for key, id, title, attribution in _in_use(store, kind):
            if all(key != grid.key for grid in grids):
                rows = store.one("SELECT rows FROM dataset WHERE key = ?", [key])[0]
                drawn.append(Background(key, id, title, attribution, form, rows))
    order = (PICTURE, SHAPES, ROADS, RASTER)
    return sorted([*grids, *drawn], key=lambda one: (order.index(one.form), one.key))


def shapes_of(store: Store, background: Background, progress: Progress | None = None) -> list[ShapeLayer]:
    """The shapes of one background, or the lines of one road network, a layer a kind and form.

    `progress` is called often, so that it can be cancelled.
    """
    progress = progress or Progress()
    found = _road_layers(store, background) if background.form == ROADS else _layers(store, background)
    layers = []
    for layer in found:
        progress(f"Drawing {background.title}")
        if layer is not None:
            layers.append(layer)
    return layers


def background_layers(store: Store) -> list[ShapeLayer]:
    """The shapes of every background in use, one layer a kind and form, in the order of painting."""
    return [layer for one in backgrounds(store) if one.form == SHAPES for layer in shapes_of(store, one)]


def _in_use(store: Store, kind: str) -> list[tuple[int, str, str, str]]:
    return store.all(
        "SELECT key, id, title, attribution FROM dataset WHERE kind = ? AND replaced_by IS NULL ORDER BY key", [kind]
    )


def _layers(store: Store, background: Background) -> Iterator[ShapeLayer | None]:
    """Layers as they are ready; None for every step on the way."""
    key = background.key
    kinds, texts, types = (catalogue.column(store, key, name) for name in ("kind", "text", "type"))
    origin: np.ndarray | None = None
    # Rows are in the order of painting already.
    _, first = np.unique(kinds, return_index=True)
    for kind in kinds[np.sort(first)].tolist():
        rows = np.flatnonzero(kinds == kind)
        parts: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]] = {}
        for start in range(0, len(rows), _BATCH):
            some = rows[start : start + _BATCH]
            shapes = shapely.from_wkb(catalogue.shapes(store, key, some))
            origin = _middle(shapes) if origin is None else origin
            for form in (AREA, LINE, POINT):
                packed = _packed(shapes, form, origin)
                if packed is not None:
                    coords, starts, owner, kept = packed
                    parts.setdefault(form, []).append((coords, starts, owner, some[kept]))
            yield None
        for form in (AREA, LINE, POINT):
            if form in parts:
                assert origin is not None
                coords, starts, owner, kept = _joined(parts.pop(form))
                yield ShapeLayer(
                    background.dataset, background.title, background.attribution, kind, form, coords, origin, starts,
                    owner, texts[kept], types[kept],
                )  # fmt: skip


def _road_layers(store: Store, background: Background) -> Iterator[ShapeLayer | None]:
    """The lines of a road network, a layer a class."""
    links = catalogue.table(store, background.key, "links", ["class", "vertices"])
    yield None
    vertices = catalogue.table(store, background.key, "vertices")
    yield None
    xy = np.column_stack([vertices["easting"], vertices["northing"]]).astype(np.float64)
    origin = np.round((xy.min(axis=0) + xy.max(axis=0)) / 2) if len(xy) else np.zeros(2)
    lengths = links["vertices"].astype(np.int64)
    for road_class in np.unique(links["class"]).tolist():
        mine = links["class"] == road_class
        coords = (xy[np.repeat(mine, lengths)] - origin).astype(np.float32)
        starts = np.concatenate([[0], np.cumsum(lengths[mine])])
        n = len(starts) - 1
        yield ShapeLayer(
            background.dataset, background.title, background.attribution, f"road_{road_class}", LINE, coords, origin,
            starts, np.arange(n, dtype=np.int32), np.full(n, ""), np.full(n, ""),
        )  # fmt: skip


def _middle(shapes: np.ndarray) -> np.ndarray:
    west, south, east, north = shapely.total_bounds(shapes)
    return np.round([(west + east) / 2, (south + north) / 2])


def _joined(
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Batches as one: (coords, starts, which shape, rows of the shapes)."""
    lengths = [np.diff(starts) for _, starts, _, _ in parts]
    before = np.concatenate([[0], np.cumsum([len(kept) for *_, kept in parts])])[:-1]
    owner = np.concatenate([owner + first for (_, _, owner, _), first in zip(parts, before.tolist(), strict=True)])
    return (
        np.concatenate([coords for coords, *_ in parts]),
        np.concatenate([[0], *[np.cumsum(np.concatenate(lengths))]]).astype(np.int64),
        owner.astype(np.int32),
        np.concatenate([kept for *_, kept in parts]),
    )


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
            # By slices: picking single cells took ten times as long.
            first, last = np.searchsorted(rows, (r * tile, r * tile + cells.shape[0])).tolist()
            begin, end = np.searchsorted(columns, (k * tile, k * tile + cells.shape[1])).tolist()
            if first < last and begin < end:
                top_cell, left_cell = int(rows[first]) - r * tile, int(columns[begin]) - k * tile
                values[first:last, begin:end] = cells[top_cell::step, left_cell::step][: last - first, : end - begin]
    if values is None:
        return None
    filled = (
        c + a * left,
        f + e * (top + step * len(rows)),
        c + a * (left + step * len(columns)),
        f + e * top,
    )
    return GridWindow(values, filled)
