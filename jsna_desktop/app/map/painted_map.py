"""The map as it is looked at: blocks, places and selection, moved and zoomed.

A `Renderer` paints them into images a little larger than the window; the widget copies these, moved
or stretched while the map is, and draws only what is in hand over them.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from jsna_desktop.app.map.background import Backdrop, BackgroundJob
from jsna_desktop.app.map.context import ContextJob, PointMarks
from jsna_desktop.app.map.layers import BlockSet, rings_path
from jsna_desktop.app.map.look import LIGHT, Look
from jsna_desktop.app.map.overlay import Overlay
from jsna_desktop.app.map.renderer import Frame, Job, Renderer
from jsna_desktop.app.map.rendering import BlocksJob, MarksJob
from jsna_desktop.app.map.view import Box, View
from jsna_desktop.areas.coverage import PackedPolygons, block_at, representative_points

_MARGIN_PX = 96  # painted beyond each edge, so that a pan shows no blank
_STILL_MS = 70  # after this long without a move, the margin is filled again
_LINE_PX = 3
# As much smaller the map may be to stay clear of the legend; where it is low, the legend would hide a good part.
_DEARER, _DEARER_LOW, _LOW_PX = 1.05, 1.5, 500
_KINDS = ("blocks", "background", "context", "marks")  # in the order of painting
_GREAT_BRITAIN: Box = (80_000.0, 5_000.0, 656_000.0, 658_000.0)


class PaintedMap(QWidget):
    """Blocks are known by their place (0 … n-1) in the arrays handed to `set_blocks`, places by
    their id; shapes are Shapely geometries in EPSG:27700.
    """

    view_changed = Signal()
    settled = Signal()  # what is shown is finished and up to date
    painting_failed = Signal(object)  # the exception

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self._look = Look.from_tokens(LIGHT)
        self._view = View.fitted(_GREAT_BRITAIN, max(self.width(), 1), max(self.height(), 1))
        self._fit_box: Box | None = _GREAT_BRITAIN  # kept on resizing until the map is moved
        self._blocks = BlockSet([], None)
        self.codes: np.ndarray = np.array([], dtype=object)
        self.names: np.ndarray = np.array([], dtype=object)
        self._points: np.ndarray | None = None
        self._classes = np.array([], dtype=int)
        self._palette: tuple[str, ...] = ()
        self._places: tuple[tuple[int, str, shapely.Geometry], ...] = ()
        self._selected: int | None = None
        self._hidden_place: int | None = None
        self._selection = np.array([], dtype=int)
        self._point_marks: tuple[PointMarks, ...] = ()
        self._attribution = ""
        self._top = self._right = 0
        self._corner = (0, 0)
        self._backdrop = Backdrop()
        self._numbers: dict[str, int] = dict.fromkeys(_KINDS, 0)  # the content that is up to date
        self._asked: dict[str, tuple[int, View]] = {}
        self._frames: dict[str, Frame] = {}
        self._still = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._still.timeout.connect(self._refresh)
        self._renderer = Renderer()
        self._renderer.painted.connect(self._take_frame)
        self._renderer.failed.connect(self.painting_failed)
        self.destroyed.connect(self._renderer.stop)
        font = self.font()
        font.setPixelSize(12)  # until it is told how large words are to be
        self.setFont(font)

    # What the map shows

    def set_blocks(
        self,
        codes: Sequence[str] | np.ndarray,
        names: Sequence[str] | np.ndarray,
        levels: Sequence[tuple[float, PackedPolygons]],
        detail: Callable[[np.ndarray], PackedPolygons] | None = None,
        points: np.ndarray | None = None,
    ) -> None:
        """The building blocks: `codes` and `names` (n,), `levels` of n blocks each as (tolerance in
        metres, shapes), and `detail(indices (k,)) -> shapes of those k blocks` as published, which is
        called on the painting thread, and never again once other blocks are set.
        Colours, selection and view start afresh. `points` (n, 2): one inside each block, where they are made already.
        """
        self._renderer.drop()
        self._blocks = BlockSet(levels, detail)
        self.codes, self.names = np.asarray(codes, dtype=object), np.asarray(names, dtype=object)
        n = len(self._blocks)
        if len(self.codes) != n or len(self.names) != n or any(len(packed) != n for _, packed in levels):
            raise ValueError("codes, names and every level must have the same number of blocks")
        self._points = points
        self._classes, self._palette = np.full(n, -1), ()
        self._selection = np.array([], dtype=int)
        self._frames.clear()
        self._changed(*_KINDS)
        self.fit()

    def set_colours(self, class_index: np.ndarray, palette: Sequence[str]) -> None:
        """The colour of each block: `class_index` (n,) into `palette` (`#rrggbb`); -1 where there is
        no value (dotted), -2 where it is withheld (hatched).
        """
        classes = np.array(class_index, dtype=int)
        if len(classes) != len(self._blocks) or (
            len(classes) and not -2 <= classes.min() <= classes.max() < len(palette)
        ):
            raise ValueError("class_index must have one class of the palette (or -1, -2) for each block")
        self._classes, self._palette = classes, tuple(palette)
        self._changed("blocks")

    def set_localities(self, localities: Sequence[tuple[int, str, shapely.Geometry]]) -> None:
        """The places: id, name and shape of each."""
        self._places = tuple(localities)
        self._changed("marks")

    def set_selected_locality(self, locality: int | None) -> None:
        self._selected = locality
        self._changed("marks")

    def set_selection(self, blocks: np.ndarray | Sequence[int]) -> None:
        """The chosen blocks, marked on the map. Says nothing: `selection_changed` tells of what the
        person chose.
        """
        self._selection = np.unique(np.asarray(blocks, dtype=int))
        self._changed("marks")

    def set_tokens(self, tokens: Mapping[str, str]) -> None:
        """The theme's colours (see `Look.from_tokens`)."""
        self._look = Look.from_tokens(tokens)
        self._changed(*_KINDS)

    def set_points(self, layers: Sequence[PointMarks]) -> None:
        """Services and assets, the later ones over the earlier."""
        self._point_marks = tuple(layers)
        self._changed("context")

    def set_background(self, shown: Backdrop) -> None:
        """Pictures, roads, rasters and names, between the blocks and the points. Its grids are read on the painting
        thread, and no more once there is none.
        """
        was, self._backdrop = self._backdrop, shown
        if was and not shown:
            self._renderer.drop()
            self._frames.pop("background", None)
            self._changed(*_KINDS)
        else:
            self._changed("background")

    def set_attribution(self, text: str) -> None:
        self._attribution = text
        self.update()

    @property
    def view(self) -> View:
        return self._view

    @property
    def selection(self) -> np.ndarray:
        """The chosen blocks, ascending."""
        return self._selection

    @property
    def points(self) -> np.ndarray:
        """(n, 2) a point inside each block; made when first asked for (50 ms for England and Wales)."""
        if self._points is None:
            self._points = representative_points(self._blocks.finest) if len(self._blocks) else np.empty((0, 2))
        return self._points

    @property
    def is_settled(self) -> bool:
        """Whether the images shown are finished, of this view and up to date."""
        return all(
            kind in self._frames and self._frames[kind].number == number and self._frames[kind].view.holds(self._view)
            for kind, number in self._numbers.items()
            if self._shows(kind)
        )

    def _shows(self, kind: str) -> bool:
        """Whether there is anything of this kind to paint."""
        return bool({"context": self._point_marks, "background": self._backdrop}.get(kind, True))

    def block_at(self, x: float, y: float) -> int:
        """The block at a place in EPSG:27700, or -1."""
        if not len(self._blocks):
            return -1
        frame = self._frames.get("blocks")
        if frame is not None and frame.shapes is not None:
            found = block_at(frame.shapes.packed, x, y)
            if found >= 0:
                return int(frame.shapes.ids[found])
        return block_at(self._blocks.finest, x, y)

    def locality_at(self, x: float, y: float) -> int | None:
        """The id of the place that holds the point; of several, the smallest."""
        point = shapely.Point(x, y)
        return self._smallest(lambda shape: bool(shapely.intersects(shape, point)))

    def locality_line_at(self, x: float, y: float) -> int | None:
        """The id of the place whose outline is within a few pixels of the point."""
        near = _LINE_PX * self._view.scale
        box = shapely.box(x - near, y - near, x + near, y + near)
        return self._smallest(
            lambda shape: bool(shapely.intersects(shape, box) and not shapely.contains_properly(shape, box))
        )

    def _smallest(self, fits: Callable[[shapely.Geometry], bool]) -> int | None:
        found = [(float(shapely.area(shape)), place) for place, _, shape in self._places if fits(shape)]
        return min(found)[1] if found else None

    # Moving the map

    def fit(self, bounds: Box | None = None) -> None:
        """Shows `bounds` (minx, miny, maxx, maxy), or all blocks."""
        if bounds is None:
            whole = self._blocks.finest.total_bounds if len(self._blocks) else _GREAT_BRITAIN
            bounds = _GREAT_BRITAIN if np.isnan(whole[0]) else whole
        self._fit_box = bounds
        self._move_to(self._fitted(bounds))

    def reserve(self, top: int, right: int, corner: tuple[int, int]) -> None:
        """What floats on the map, in logical pixels: as deep from the top, as wide from the right, and as
        wide and high in the bottom left corner. What is fitted keeps clear of it where there is room.
        """
        if (top, right, corner) != (self._top, self._right, self._corner):
            self._top, self._right, self._corner = top, right, corner
            if self._fit_box is not None:
                self._move_to(self._fitted(self._fit_box))
            self.update()

    def _fitted(self, box: Box) -> View:
        """Below the tools, beside what covers the right; beside or above the legend where that costs little."""
        width, height = self.width(), self.height()
        top = min(self._top, height // 3)
        right = self._right if self._right <= width * 2 // 3 else 0
        view = View.fitted(box, width, height, taken=(0, top, right, 0))
        beside = View.fitted(box, width, height, taken=(self._corner[0], top, right, 0))
        above = View.fitted(box, width, height, taken=(0, top, right, self._corner[1]))
        clear = min(beside, above, key=lambda found: found.scale)
        dearer = _DEARER if height > _LOW_PX else _DEARER_LOW
        return clear if clear.scale <= view.scale * dearer else view

    def pan(self, dx: float, dy: float) -> None:
        """Moves the map right and down by logical pixels."""
        self._fit_box = None
        self._move_to(self._view.panned(dx, dy))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Closer by `factor`, round `at` (logical pixels; the middle when it is not given)."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        self._fit_box = None
        self._move_to(self._view.zoomed(factor, at.x(), at.y()))

    def _move_to(self, view: View) -> None:
        if view != self._view:
            self._view = view
            self.view_changed.emit()
        self._refresh_when_still()
        self.update()

    # Asking for images and taking them

    def repaint_all(self) -> None:
        """Paints everything again, as if all of it had changed."""
        self._changed(*_KINDS)

    def _changed(self, *kinds: str) -> None:
        for kind in kinds:
            self._numbers[kind] += 1
        self._refresh()
        self.update()

    def _refresh_when_still(self) -> None:
        """Paints again at once where the images no longer reach, else when the map is still."""
        if any(self._shows(kind) and self._reaching(kind) is None for kind in self._numbers):
            self._refresh()
        else:
            self._still.start()

    def _reaching(self, kind: str) -> View | None:
        """The image, finished or asked for, that covers the view."""
        frame = self._frames.get(kind)
        if frame is not None and frame.number == self._numbers[kind] and frame.view.holds(self._view):
            return frame.view
        number, view = self._asked.get(kind, (-1, self._view))
        return view if number == self._numbers[kind] and view.holds(self._view) else None

    def _refresh(self) -> None:
        """Asks for what is not up to date: never for what is being painted and will do."""
        if not self.isVisible() or self.width() < 2 or self.height() < 2:
            return
        inner = self._view.grown(_MARGIN_PX // 2)
        for kind in ("marks", "blocks", "context", "background"):
            if not self._shows(kind):
                continue
            reaching = self._reaching(kind)
            if reaching is not None and (reaching.holds(inner) or self._still.isActive()):
                continue
            wanted = self._view.grown(_MARGIN_PX)
            self._asked[kind] = (self._numbers[kind], wanted)
            self._renderer.ask(self._job(kind, wanted))

    def _job(self, kind: str, view: View) -> Job:
        number, ratio = self._numbers[kind], self.devicePixelRatioF()
        if kind == "background":
            return BackgroundJob(number, view, ratio, self._backdrop, self._look, self.font())
        if kind == "context":
            return ContextJob(number, view, ratio, self._point_marks, self._look)
        if kind == "blocks":
            return BlocksJob(number, view, ratio, self._blocks, self._classes, self._palette, self._look)
        return MarksJob(
            number,
            view,
            ratio,
            self._blocks,
            tuple((place, shape) for place, _, shape in self._places),
            self._selected,
            self._hidden_place,
            self._selection,
            self._look,
        )

    def _take_frame(self, frame: Frame) -> None:
        if self._asked.get(frame.kind) != (frame.number, frame.view):
            return  # a newer one is on its way
        self._frames[frame.kind] = frame
        self._asked.pop(frame.kind)
        self.update()
        if self.is_settled:
            self.settled.emit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.ground)
        for kind in _KINDS:
            if kind in self._frames and self._shows(kind):
                self._paint_frame(painter, self._frames[kind])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw = Overlay(painter, self._view, self._look, self.font())
        self._paint_in_hand(draw)
        draw.scale_bar()
        draw.attribution(self._attribution, self._corner[0])
        self._paint_on_top(draw)
        painter.end()

    def _paint_in_hand(self, draw: Overlay) -> None:
        """What is being pointed at or drawn."""

    def _paint_on_top(self, draw: Overlay) -> None:
        """Notes and the focus ring."""

    def _paint_frame(self, painter: QPainter, frame: Frame) -> None:
        left, _, _, top = frame.view.box
        x, y = self._view.to_screen(np.array([left, top]))
        if frame.view.scale == self._view.scale:
            ratio = self.devicePixelRatioF()  # on whole pixels, or the copy would blur
            painter.drawImage(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), frame.image)
        else:
            k = frame.view.scale / self._view.scale
            painter.drawImage(QRectF(x, y, frame.view.width * k, frame.view.height * k), frame.image)

    def _block_path(self, block: int) -> QPainterPath:
        """The outline of a block on the screen, as it is painted."""
        packed, row = self._blocks.finest, block
        frame = self._frames.get("blocks")
        if frame is not None and frame.shapes is not None:
            rows = frame.shapes.rows_of(np.array([block]))
            if len(rows):
                packed, row = frame.shapes.packed, int(rows[0])
        vertices, lengths = packed.vertices_of(packed.rings_of(np.array([row])))
        return rings_path(self._view.to_screen(packed.coords[vertices] + packed.origin), lengths)

    # The widget's own life

    def resizeEvent(self, event: QResizeEvent) -> None:
        size = self.size()
        view = self._view.resized(size.width(), size.height())
        if self._fit_box is not None:
            view = self._fitted(self._fit_box)
        self._move_to(view)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._changed(*_KINDS)
        elif event.type() == QEvent.Type.FontChange:
            self._changed("background")  # its names
        return super().event(event)
