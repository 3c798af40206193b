"""Marks that the typeface does not have, painted: what a comparison says, by shape first and colour second.

Triangle up: better; triangle down: worse; diamond: higher, lower or noteworthy without being good or bad;
circle: no clear difference; dot: not compared.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from jsna_desktop.app.theme import Look

LINE_ENGLAND, LINE_DISTRICT = "line", "dashes"
_TOKENS = {"better": "teal", "worse": "wine", "higher": "blue", "lower": "blue", "note": "blue"}


def paint_mark(painter: QPainter, look: Look, verdict: str, centre: QPointF, size: float) -> None:
    """Paint the mark of a verdict about `size` pixels wide."""
    half = size / 2
    colour = look.color(_TOKENS.get(verdict, "muted"))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    x, y = centre.x(), centre.y()
    if verdict in ("better", "worse"):
        way = -1 if verdict == "better" else 1
        painter.drawPolygon(_points((x, y + way * half), (x - half, y - way * half), (x + half, y - way * half)))
    elif verdict in ("higher", "lower", "note"):
        if verdict != "note":
            _hollow(painter, look, colour)
        painter.drawPolygon(_points((x, y - half), (x + half, y), (x, y + half), (x - half, y)))
    elif verdict == "similar":
        _hollow(painter, look, look.color("ink"))
        painter.drawEllipse(centre, half * 0.85, half * 0.85)
    else:
        painter.drawEllipse(centre, half * 0.5, half * 0.5)
    painter.restore()


def _hollow(painter: QPainter, look: Look, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.75))
    painter.setBrush(look.color("ground"))


def _points(*pairs: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in pairs])


def paint_line(painter: QPainter, look: Look, kind: str, x: float, top: float, bottom: float) -> None:
    """A comparator's place on the scale: one stroke for England, dashes for the district."""
    painter.save()
    pen = QPen(look.color("tick"), 1.5)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if kind == LINE_DISTRICT:
        pen.setDashPattern([1.6, 1.2])
    painter.setPen(pen)
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.restore()


class Mark(QWidget):
    """One mark as a small widget, for the legend and beside sentences. Its meaning is always in words beside it."""

    def __init__(self, look: Look, verdict: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._verdict = look, verdict
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(14), self._look.px(18))

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        middle = QRectF(self.rect()).center()
        if self._verdict in (LINE_ENGLAND, LINE_DISTRICT):
            half = self._look.px(7)
            paint_line(painter, self._look, self._verdict, middle.x(), middle.y() - half, middle.y() + half)
        else:
            paint_mark(painter, self._look, self._verdict, middle, self._look.px(10))
        painter.end()
