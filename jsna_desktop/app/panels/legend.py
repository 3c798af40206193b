"""The legend: what the colours of the map stand for."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.map.grids import DOT_RADII, paint_dot
from jsna_desktop.app.map.look import Look as MapLook
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Card, Text


@dataclass(frozen=True)
class LegendView:
    """`breaks` the six edges of the five classes; `note` one line; `missing` how many areas have no value."""

    title: str
    breaks: tuple[float, ...]
    note: str
    missing: int = 0


@dataclass(frozen=True)
class DotsView:
    """A raster's dots: `breaks` the six edges of the five sizes, in `unit`."""

    title: str
    breaks: tuple[float, ...]
    unit: str


class LegendCard(Card):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Legend")
        self._look = look
        self._title = Text(look, "", "small_strong", wrap=True)
        self._ramp = _Ramp(look)
        self._note = Text(look, "", "small", "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 10)
        layout.setSpacing(6)
        layout.addWidget(self._title)
        layout.addWidget(self._ramp)
        layout.addWidget(self._note)
        self._dots_title = Text(look, "", "small_strong", wrap=True)
        self._dots = DotScale(look)
        layout.addWidget(self._dots_title)
        layout.addWidget(self._dots)
        self._spoken = ["", ""]
        self._coloured = False
        self.show_dots(None)

    def show_dots(self, view: DotsView | None) -> None:
        """What the dots of a raster stand for, under the colours or alone."""
        for part in (self._dots_title, self._dots):
            part.setVisible(view is not None)
        self._dots.show_breaks(() if view is None else view.breaks)
        self._spoken[1] = ""
        if view is not None:
            unit = view.unit and f", {view.unit}"
            self._dots_title.setText(f"{view.title}{unit}")
            edges = ", ".join(words.plain(edge) for edge in view.breaks)
            self._spoken[1] = f"{view.title}{unit}. Five sizes of dots from small to large: {edges}."
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(" ".join(said for said in self._spoken if said))
        self.setVisible(any(self._spoken))

    def show_legend(self, view: LegendView | None) -> None:
        self._coloured = view is not None
        for part in (self._title, self._ramp, self._note):
            part.setVisible(self._coloured)
        self._spoken[0] = ""
        if view is None:
            self._tell()
            return
        note = view.note
        if view.missing:
            note += f" · dotted: no value ({words.count(view.missing)})"
        self._title.setText(view.title)
        self._note.setText(note)
        self._ramp.show_breaks(view.breaks)
        spoken = ", ".join(words.plain(edge) for edge in view.breaks)
        self._spoken[0] = f"{view.title}. Five classes from light to dark: {spoken}. {note}"
        self._tell()

    def fit(self, room: int, *, compact: bool = False) -> None:
        """As wide as its words call for, at most `room`; as high as they need. `compact`: the colours and their
        edges alone.
        """
        for words_of in (self._title, self._note):
            words_of.setVisible(self._coloured and not compact and bool(words_of.text()))
        shown = [part for part in (self._title, self._note, self._dots_title) if not part.isHidden()]
        natural = (
            max(
                self._ramp.sizeHint().width(),
                *(part.fontMetrics().horizontalAdvance(part.text()) for part in shown),
                0,
            )
            + 28
        )
        width = min(natural, self._look.px(330), room)
        self.setFixedWidth(max(width, 120))
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        self.setFixedHeight(layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height())


class _Scale(QWidget):
    """Five signs with the six edges written under them."""

    _HIGH = 12

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._breaks: tuple[float, ...] = ()

    def show_breaks(self, breaks: tuple[float, ...]) -> None:
        self._breaks = breaks
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(text) for text in self._texts()), default=0)
        return QSize(max(self._look.px(200), 5 * (widest + 8)) + 16, self._look.px(self._HIGH) + metrics.height() + 3)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def _texts(self) -> list[str]:
        """Whole numbers where they tell the edges apart, else one or more decimals for all."""
        for places in range(4):
            texts = [f"{edge:,.{places}f}".replace("-", "−") for edge in self._breaks]
            if len(set(texts)) == len(set(self._breaks)):
                return texts
        return [words.plain(edge) for edge in self._breaks]

    def paintEvent(self, _event: object) -> None:
        if len(self._breaks) != 6:
            return
        painter = QPainter(self)
        texts = self._texts()
        painter.setFont(self._look.font("small"))
        metrics = painter.fontMetrics()
        step = (self.width() - 16) / 5
        step = min(step, max(self._look.px(40), max(metrics.horizontalAdvance(text) for text in texts) + 8))
        high = self._look.px(self._HIGH)
        self._paint_signs(painter, step, high)
        painter.setPen(self._look.color("muted"))
        for place, text in enumerate(texts):
            wide = metrics.horizontalAdvance(text)
            left = 0 if place == 0 else place * step - wide / 2
            painter.drawText(QRectF(left, high + 3, wide + 2, metrics.height()), Qt.AlignmentFlag.AlignLeft, text)
        painter.end()

    def _paint_signs(self, painter: QPainter, step: float, high: float) -> None:
        raise NotImplementedError


class _Ramp(_Scale):
    """The colours."""

    def _paint_signs(self, painter: QPainter, step: float, high: float) -> None:
        for place, colour in enumerate(self._look.ramp()):
            painter.fillRect(QRectF(place * step, 0, step + 0.5, high), colour)
        painter.setPen(self._look.color("line"))
        painter.drawRect(QRectF(0, 0, 5 * step, high))


class DotScale(_Scale):
    """The sizes of a raster's dots."""

    def _paint_signs(self, painter: QPainter, step: float, high: float) -> None:
        look = MapLook.from_tokens(self._look.tokens)
        for place, radius in enumerate(DOT_RADII):
            paint_dot(painter, QPointF((place + 0.5) * step, high / 2), radius, look)
