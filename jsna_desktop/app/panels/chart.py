"""A chart as an image: gone through by arrow keys or the mouse, said in words, and there as a table too."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from jsna_desktop.app.tasks import Latest
from jsna_desktop.app.theme import Look, watch
from jsna_desktop.app.widgets import Button, Text, dress_table
from jsna_desktop.packs.sheet import Chart, Spot, Style

_MM = 25.4 / 96  # of a pixel of the window
_NEAR = 14  # pixels: the mouse means a point
# matplotlib's fonts and caches are shared: one chart at a time.
_ONE = threading.Lock()

Draw = Callable[[float, float, Style], Chart]


@dataclass(frozen=True)
class Drawn:
    """An image of a chart with its points and words."""

    image: QImage
    spots: tuple[Spot, ...]
    alt: str


@dataclass(frozen=True)
class ChartTable:
    """The chart's numbers: headings, and rows of texts, the first cell of a row its name."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ChartContent:
    """What a chart shows: how it is drawn, its heading and what is said beside it, its numbers, a note under it."""

    draw: Draw
    heading: str
    beside: str = ""
    table: ChartTable = field(default_factory=lambda: ChartTable((), ()))
    note: str = ""


def style_of(look: Look) -> Style:
    """A chart's colours and type in the window's look."""
    tokens = look.tokens
    grow = look.text_percent / 100
    return Style(
        tokens["ink"], tokens["muted"], tokens["line"], tokens["ground"], tokens["blue"], tokens["wine"],
        tokens["teal"], size=9.4 * grow, scale=1.25 * grow,
    )  # fmt: skip


def draw_image(draw: Draw, size: QSize, ratio: float, style: Style) -> Drawn:
    """The chart as an image of `size` pixels of the window; on any thread, one at a time."""
    with _ONE:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        # Letters at their true widths: hinted to whole pixels they drift apart.
        with rc_context({"text.hinting": "none"}):
            chart = draw(size.width() * _MM, size.height() * _MM, style)
            chart.figure.set_dpi(96 * ratio)
            sheet = FigureCanvasAgg(chart.figure)
            sheet.draw()
        pixels = sheet.buffer_rgba()
        width, height = sheet.get_width_height()
        image = QImage(bytes(pixels), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
    image.setDevicePixelRatio(ratio)
    return Drawn(image, chart.spots, chart.alt)


class Picture(QWidget):
    """The image. `pointed` carries the words of the point in hand."""

    pointed = Signal(str)
    failed = Signal(object)

    def __init__(self, look: Look, height: int) -> None:
        super().__init__()
        self._look, self._tall = look, height
        self._draw: Draw | None = None
        self._drawn: Drawn | None = None
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._latest = Latest(self)
        self._latest.finished.connect(self._take)
        self._latest.failed.connect(self.failed.emit)
        self._soon = QTimer(self, singleShot=True, interval=40)
        self._soon.timeout.connect(self._ask)
        watch(look, self, self._restyle)

    @property
    def is_settled(self) -> bool:
        return not self._latest.busy and not self._soon.isActive()

    @property
    def drawn(self) -> Drawn | None:
        return self._drawn

    def show_chart(self, draw: Draw) -> None:
        self._draw, self._at = draw, -1
        self._soon.start()

    def set_tall(self, height: int) -> None:
        self._tall = height
        self.updateGeometry()

    def leave(self) -> None:
        """Draw nothing more: the window closes."""
        self._soon.stop()
        self._latest.stop()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(320), self._look.px(self._tall))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(200), self._look.px(self._tall))

    def _restyle(self) -> None:
        self.updateGeometry()
        self._soon.start()

    def _ask(self) -> None:
        draw, size, ratio, style = self._draw, self.size(), self.devicePixelRatioF(), style_of(self._look)
        if draw is not None and size.width() > 40 and size.height() > 40:
            self._latest.ask(lambda _progress: draw_image(draw, size, ratio, style))

    def _take(self, drawn: Drawn) -> None:
        self._drawn = drawn
        self._at = min(self._at, len(drawn.spots) - 1)
        self.setAccessibleDescription(drawn.alt)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon.start()

    # ---- going through it

    def point_to(self, at: int, *, aloud: bool = False) -> None:
        """Take the point `at` in hand (−1 none); `aloud` for a screen reader too."""
        if self._drawn is None or not self._drawn.spots:
            return
        self._at = max(-1, min(at, len(self._drawn.spots) - 1))
        words = self._drawn.spots[self._at].words if self._at >= 0 else ""
        self.pointed.emit(words)
        self.update()
        if aloud and words and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self._drawn.spots) if self._drawn is not None else 0
        forward = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        if event.key() in forward and count:
            step = forward[Qt.Key(event.key())]
            self.point_to(max(0, min(self._at + step, count - 1)), aloud=True)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and count:
            self.point_to(0 if event.key() == Qt.Key.Key_Home else count - 1, aloud=True)
        elif event.key() == Qt.Key.Key_Escape and self._at >= 0:
            self.point_to(-1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.point_to(-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawn is None:
            return
        gaps = [(self._place(spot) - event.position()).manhattanLength() for spot in self._drawn.spots]
        nearest = min(range(len(gaps)), key=gaps.__getitem__, default=-1)
        found = nearest if nearest >= 0 and gaps[nearest] <= self._look.px(_NEAR) else -1
        if found != self._at:
            self.point_to(found)

    def leaveEvent(self, event) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self.point_to(-1)

    def _place(self, spot: Spot) -> QPointF:
        return QPointF(spot.x * self.width(), (1 - spot.y) * self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._drawn is not None:
            painter.drawImage(QRect(QPoint(0, 0), self.size()), self._drawn.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._drawn is not None and self._at >= 0:
            painter.setPen(QPen(self._look.color("focus"), 2))
            painter.drawEllipse(self._place(self._drawn.spots[self._at]), self._look.px(8), self._look.px(8))
        if self.hasFocus():
            painter.setPen(QPen(self._look.color("focus"), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 4, 4)
        painter.end()


class ChartView(QWidget):
    """A heading, the picture with the words of its point in hand, and the same as a table."""

    failed = Signal(object)

    def __init__(self, look: Look, height: int) -> None:
        super().__init__()
        self._look = look
        self.heading = Text(look, "", "strong", wrap=True)
        self.beside = Text(look, "", "small", "muted", wrap=True)
        self.as_table = Button(look, "As a table", kind="link", role="small")
        self.as_table.clicked.connect(self._turn)
        self.picture = Picture(look, height)
        self.picture.failed.connect(self.failed.emit)
        self.picture.pointed.connect(self._say)
        self.table = QTableWidget()
        self.table.hide()
        self._note = ""
        self.words = Text(look, "", "small", "muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(look.px(8))
        titles = QVBoxLayout()
        titles.setSpacing(1)
        titles.addWidget(self.heading)
        titles.addWidget(self.beside)
        head.addLayout(titles, 1)
        self._links = QHBoxLayout()
        self._links.setSpacing(look.px(10))
        self._links.addWidget(self.as_table)
        head.addLayout(self._links)
        head.setAlignment(self._links, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.picture)
        layout.addWidget(self.table)
        layout.addWidget(self.words)

    def add_link(self, link: Button) -> None:
        """Another way to look at the chart, beside its table."""
        self._links.insertWidget(0, link)

    @property
    def is_settled(self) -> bool:
        return self.picture.is_settled

    def show_chart(self, content: ChartContent, height: int | None = None) -> None:
        if height is not None:
            self.picture.set_tall(height)
        self.heading.setText(content.heading)
        self.beside.setText(content.beside)
        self.beside.setVisible(bool(content.beside))
        self._note = content.note
        self.words.setText(content.note)
        self.picture.setAccessibleName(f"{content.heading}. Chart: arrow keys go from point to point.")
        self.picture.show_chart(content.draw)
        self.as_table.setVisible(bool(content.table.rows))
        fill_table(self._look, self.table, content.table, content.heading)
        if not content.table.rows and not self.table.isHidden():
            self._turn()

    def _turn(self) -> None:
        chart = not self.picture.isHidden()
        self.picture.setVisible(not chart)
        self.table.setVisible(chart)
        self.as_table.say("As a chart" if chart else "As a table")
        self.as_table.setAccessibleName(f"{self.heading.text()}: {self.as_table.text().lower()}")
        self._say("")
        if chart:
            self.table.setFocus()

    def _say(self, words: str) -> None:
        self.words.setText(words or self._note)
        self.words.setProperty("tone", "" if words else "muted")
        self.words.style().polish(self.words)

    def leave(self) -> None:
        self.picture.leave()


def fill_table(look: Look, table: QTableWidget, content: ChartTable, name: str) -> None:
    """Show rows of texts, as tall as they are."""
    table.clear()
    table.setRowCount(len(content.rows))
    table.setColumnCount(len(content.headings))
    table.setHorizontalHeaderLabels(list(content.headings))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    if not content.headings:
        return
    dress_table(look, table, name, wide=0)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for at, heading in enumerate(content.headings):
        item = QTableWidgetItem(heading)
        side = Qt.AlignmentFlag.AlignLeft if at == 0 else Qt.AlignmentFlag.AlignRight
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        item.setFont(look.font("small_strong"))
        table.setHorizontalHeaderItem(at, item)
    for row, cells in enumerate(content.rows):
        for at, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text if len(text) > 30 else "")
            item.setFont(look.font("strong" if at == 1 else "body"))
            if at:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, at, item)
    tall = look.px(30)
    table.setFixedHeight(min(len(content.rows), 24) * tall + look.px(34))
