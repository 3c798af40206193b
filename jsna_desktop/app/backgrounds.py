"""Backgrounds of the workspace as the window shows them: what is offered, what is shown, made ready off its thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from jsna_desktop.app.map.background import Backdrop
from jsna_desktop.app.map.background_shapes import DrawnShapes, Runs
from jsna_desktop.app.map.background_style import style_of
from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.app.map.class_signs import signs_for
from jsna_desktop.app.map.grids import OVERVIEW, Dots, Picture, Window, even_breaks, ink_of
from jsna_desktop.app.map.labels import Names, names_of
from jsna_desktop.app.panels.layers import LayerItem
from jsna_desktop.app.panels.legend import ClassesView, DotsView
from jsna_desktop.app.tasks import Tasks
from jsna_desktop.jobs.background import (
    AREA,
    PICTURE,
    POINT,
    RASTER,
    Background,
    Box,
    GridLayer,
    ShapeLayer,
    shapes_of,
    window_of,
)
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.raster_values import classes_among
from jsna_desktop.workspace.store import Store

GROUP = "Background"
_SMALL = 20_000  # shapes or links that are shown unasked; more are a second's work, and only when asked
_STRIP = 256  # rows of a picture at a time
_MOTORWAY = "motorway"


@dataclass(frozen=True)
class _Ready:
    """One background made ready for the painter; `dots` with its legend."""

    shown: Backdrop
    legend: DotsView | ClassesView | None = None


class Backgrounds(QObject):
    """What is offered, and which of it is shown; kept as long as the workspace is open.

    `changed` when rows, legend or attribution are others; `failed` carries an error of making one ready.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, store: Store, canvas: MapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._canvas = store, canvas
        self._tasks = Tasks(self)
        self._tasks.failed.connect(self.failed)
        self._offered: tuple[Background, ...] = ()
        self._seen: set[str] = set()  # offered once: a later loading does not show them again
        self._wanted: set[str] = set()
        self._ready: dict[str, _Ready] = {}
        self._loading: set[str] = set()
        self._left = False

    @property
    def busy(self) -> bool:
        """Whether anything that is to be shown is not ready yet."""
        return bool(self._loading)

    def take(self, offered: Sequence[Background]) -> None:
        """What the workspace has now. New ones are shown unasked where they are small and no raster of values."""
        self._offered = tuple(offered)
        keys = {one.dataset for one in offered}
        self._wanted &= keys
        self._ready = {key: ready for key, ready in self._ready.items() if key in keys}
        for one in offered:
            if one.dataset not in self._seen and one.form != RASTER and one.size <= _SMALL:
                self._wanted.add(one.dataset)
            self._seen.add(one.dataset)
        self._refresh()

    def holds(self, key: str) -> bool:
        return any(one.dataset == key for one in self._offered)

    def toggle(self, key: str, shown: bool) -> None:
        """Show or hide one; of rasters one at a time, for their dots would hide each other."""
        chosen = next(one for one in self._offered if one.dataset == key)
        if shown and chosen.form == RASTER:
            self._wanted -= {one.dataset for one in self._offered if one.form == RASTER}
        self._wanted = self._wanted | {key} if shown else self._wanted - {key}
        self._refresh()

    def items(self) -> list[LayerItem]:
        """A row for each."""
        return [
            LayerItem(
                one.dataset,
                one.title.removeprefix(f"{GROUP} "),
                one.size or None,
                one.dataset in self._wanted,
                group=GROUP,
                busy=one.dataset in self._loading,
            )
            for one in self._offered
        ]

    def attributions(self) -> list[str]:
        """Whose data are shown, each once."""
        said = [one.attribution for one in self._offered if one.dataset in self._ready and one.attribution]
        return list(dict.fromkeys(said))

    def legend(self) -> DotsView | ClassesView | None:
        """What the dots stand for, where a raster is shown."""
        return next((ready.legend for ready in self._ready.values() if ready.legend is not None), None)

    def leave(self) -> None:
        """The workspace is about to close."""
        self._left = True
        self._tasks.stop()
        self._canvas.set_background(Backdrop())

    def _refresh(self) -> None:
        # What is hidden is let go of: a county's roads are fifty megabytes.
        self._ready = {key: ready for key, ready in self._ready.items() if key in self._wanted}
        for one in self._offered:
            if one.dataset in self._wanted and one.dataset not in self._ready and one.dataset not in self._loading:
                self._load(one)
        self._show()

    def _load(self, one: Background) -> None:
        self._loading.add(one.dataset)

        def take(ready: _Ready) -> None:
            self._loading.discard(one.dataset)
            if not self._left and one.dataset in self._wanted:
                self._ready[one.dataset] = ready
            self._show()

        def fail(error: Exception) -> None:
            self._loading.discard(one.dataset)
            self._wanted.discard(one.dataset)
            self._show()
            self.failed.emit(error)

        self._tasks.run(f"Drawing {one.title}", partial(made_ready, self._store, one), take, fail)

    def _show(self) -> None:
        if self._left:
            return
        ready = [self._ready[one.dataset].shown for one in self._offered if one.dataset in self._ready]
        self._canvas.set_background(
            Backdrop(
                tuple(each for one in ready for each in one.pictures),
                tuple(each for one in ready for each in one.shapes),
                tuple(each for one in ready for each in one.dots),
                tuple(each for one in ready for each in one.marks),
                tuple(each for one in ready for each in one.names),
            )
        )
        self.changed.emit()


def made_ready(store: Store, one: Background, progress: Progress) -> _Ready:
    """A background ready for the painter; to be called off the window's thread."""
    if one.grid is not None:
        return _picture(store, one.grid, progress) if one.form == PICTURE else _dots(store, one.grid, one.title)
    return _Ready(_drawn(shapes_of(store, one, progress)))


def _drawn(layers: Sequence[ShapeLayer]) -> Backdrop:
    shapes: list[DrawnShapes] = []
    marks: list[np.ndarray] = []
    names: list[Names] = []
    for layer in layers:
        if layer.form == POINT:
            first = layer.starts[:-1]
            places = layer.coords[first].astype(float) + layer.origin
            marked = layer.kind != "name"
            if marked:
                marks.append(places)
            names.append(names_of(layer.texts[layer.shape], layer.types[layer.shape], places, marked=marked))
            continue
        for kind, runs in _kinds(layer):
            area = layer.form == AREA
            shapes.append(DrawnShapes(runs, layer.origin, style_of(kind, area), area))
    return Backdrop(shapes=tuple(shapes), marks=tuple(marks), names=tuple(names))


def _kinds(layer: ShapeLayer) -> list[tuple[str, Runs]]:
    """The layer's runs by kind: motorways, which OS Open Zoomstack keeps among the A roads, apart."""
    whole = Runs(layer.coords, layer.starts, layer.shape)
    if layer.kind != "road_a":
        return [(layer.kind, whole)]
    fast = (np.char.lower(layer.types.astype(np.str_)) == _MOTORWAY)[layer.shape]
    return [(kind, _part(whole, mine)) for kind, mine in (("road_a", ~fast), ("road_motorway", fast)) if mine.any()]


def _part(runs: Runs, chosen: np.ndarray) -> Runs:
    length = np.diff(runs.starts)
    starts = np.concatenate([[0], np.cumsum(length[chosen])])
    return Runs(runs.coords[np.repeat(chosen, length)], starts, runs.unit[chosen])


def _window(store: Store, grid: GridLayer) -> Window:
    def read(box: Box, most: tuple[int, int]) -> tuple[np.ndarray, Box] | None:
        found = window_of(store, grid, box, most)
        return None if found is None else (found.values, found.bounds)

    return read


def _picture(store: Store, grid: GridLayer, progress: Progress) -> _Ready:
    """The whole of a picture, coarse enough to hold: each dot the mean ink of several, so that no line is lost."""
    west, south, east, north = grid.bounds
    read = _window(store, grid)
    rows, columns = round((north - south) / grid.cell), round((east - west) / grid.cell)
    step = max(1, -(-max(rows, columns) // OVERVIEW))
    high = max(1, _STRIP // step) * step
    strips, light = [], []
    for top in range(0, rows, high):
        progress(f"Drawing {grid.title}", top / rows)
        tall = min(high, rows - top)
        # Half a cell inside: a box that ends on an edge must not fetch the row beyond it.
        upper, lower = north - (top + 0.5) * grid.cell, north - (top + tall - 0.5) * grid.cell
        found = read((west, lower, east, upper), (2 * high, 2 * columns))
        dots = np.full((tall, columns, 3), 255, dtype=np.uint8) if found is None else found[0]
        strips.append(_coarser(dots, step))
        light.append(strips[-1].max(axis=2).ravel()[::7])
    whole = np.concatenate(strips)
    # The light of the paper: a scanned or tinted map, or a photograph, is never quite white.
    white = float(np.clip(np.percentile(np.concatenate(light), 90), 96, 250))
    bounds = (west, north - whole.shape[0] * step * grid.cell, west + whole.shape[1] * step * grid.cell, north)
    return _Ready(Backdrop(pictures=(Picture(read, bounds, grid.cell, ink_of(whole, white), white),)))


def _coarser(dots: np.ndarray, step: int) -> np.ndarray:
    """Dots (h, w, 3), each the mean of `step` × `step`; at the edge the last row and column count for those beyond."""
    rows, columns = (-dots.shape[0] % step, -dots.shape[1] % step)
    padded = np.pad(dots, ((0, rows), (0, columns), (0, 0)), mode="edge")
    total = np.zeros((padded.shape[0] // step, padded.shape[1] // step, 3), dtype=np.uint32)
    for down in range(step):
        for right in range(step):
            total += padded[down::step, right::step]
    return (total // step**2).astype(np.uint8)


def _dots(store: Store, grid: GridLayer, title: str) -> _Ready:
    read = _window(store, grid)
    west, south, east, north = grid.bounds
    rows, columns = round((north - south) / grid.cell), round((east - west) / grid.cell)
    step = max(1, -(-max(rows, columns) // OVERVIEW))
    found = read(grid.bounds, (-(-rows // step), -(-columns // step)))
    values, bounds = (np.full((1, 1), np.nan), grid.bounds) if found is None else found
    classes = classes_among(store, grid.key, grid.dataset, grid.unit)
    if classes is not None:
        signs = signs_for(classes.numbers[classes.given], classes.names, values)
        dots = Dots(read, bounds, grid.cell, step, values, np.empty(0), signs)
        return _Ready(Backdrop(dots=(dots,)), ClassesView(title, *signs.listed()))
    breaks = even_breaks(values)
    if not len(breaks):
        return _Ready(Backdrop())
    beyond = (bool(np.nanmin(values) < breaks[0]), bool(np.nanmax(values) > breaks[-1]))
    view = DotsView(title, tuple(breaks.tolist()), grid.unit, beyond)
    return _Ready(Backdrop(dots=(Dots(read, bounds, grid.cell, step, values, breaks),)), view)
