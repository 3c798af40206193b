"""What the window itself paints over the finished images: lines in hand, handles, scale bar, notes."""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPolygonF

from jsna_desktop.app.map.layers import rings_path
from jsna_desktop.app.map.look import Look
from jsna_desktop.app.map.view import View

_HANDLE_CELL_PX = 7  # of handles nearer to each other than this, one is shown


class Overlay:
    """Draws with one painter in one view's logical pixels; places are in EPSG:27700 metres."""

    def __init__(self, painter: QPainter, view: View, look: Look, font: QFont) -> None:
        """`font` for the words, as large as the person wants them."""
        self._p, self._view, self._look = painter, view, look
        self._font = font

    def band(self, shape: QRectF | QPolygonF) -> None:
        """The rectangle or line (logical pixels) that is being drawn to choose blocks."""
        p, look = self._p, self._look
        fill = QColor(look.accent)
        fill.setAlphaF(0.12)
        for pen, brush in (
            (look.pen(look.halo, 3.0, alpha=0.8), fill),
            (look.pen(look.accent, 1.5, Qt.PenStyle.DashLine), Qt.BrushStyle.NoBrush),
        ):
            p.setPen(pen)
            p.setBrush(brush)
            if isinstance(shape, QRectF):
                p.drawRect(shape)
            else:
                p.drawPolygon(shape)

    def shape(self, rings: list[np.ndarray], closed: bool, valid: bool = True) -> None:
        """A place that is being drawn: rings (k, 2) without their closing corner."""
        p, look = self._p, self._look
        if closed:
            rings = [np.vstack([ring, ring[:1]]) for ring in rings]
        path = rings_path(self._view.to_screen(np.vstack(rings)), np.array([len(ring) for ring in rings], dtype=int))
        colour = look.selected if valid else look.warning
        fill = QColor(colour)
        fill.setAlphaF(0.12)
        p.fillPath(path, fill if closed else QColor(0, 0, 0, 0))
        style = Qt.PenStyle.SolidLine if valid else Qt.PenStyle.DashLine
        for pen in (look.pen(look.halo, 5.0, alpha=0.9), look.pen(colour, 2.2, style)):
            p.strokePath(path, pen)

    def handles(self, corners: np.ndarray, first: bool = False, small: bool = False, chosen: bool = False) -> None:
        """Handles at (k, 2) corners; `first` marks the one that closes the line, `small` the middles
        of edges, `chosen` the corner that the keys move.
        """
        p, look = self._p, self._look
        xy = self._view.to_screen(corners)
        inside = (xy > -8).all(axis=1) & (xy[:, 0] < self._view.width + 8) & (xy[:, 1] < self._view.height + 8)
        _, one_a_cell = np.unique((xy // _HANDLE_CELL_PX).astype(int), axis=0, return_index=True)
        p.setPen(look.pen(look.selected, 1.2 if small else 1.6, alpha=0.75 if small else 1.0))
        for i in one_a_cell[inside[one_a_cell]].tolist():
            at = QPointF(*xy[i])
            if small:
                p.setBrush(look.halo)
                p.drawEllipse(at, 3.0, 3.0)
            elif first and i == 0:
                p.setBrush(look.selected)
                p.drawEllipse(at, 5.5, 5.5)
            else:
                p.setBrush(look.selected if chosen else look.halo)
                half = 5.5 if chosen else 3.75
                p.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))

    def cross(self, place: tuple[float, float]) -> None:
        """The cross that the keys move."""
        at = QPointF(*self._view.to_screen(np.array(place)))
        lines = [QLineF(at.x() - 11, at.y(), at.x() + 11, at.y()), QLineF(at.x(), at.y() - 11, at.x(), at.y() + 11)]
        for pen in (
            self._look.pen(self._look.halo, 5.0),
            self._look.pen(self._look.selected, 2.0),
        ):
            self._p.setPen(pen)
            self._p.drawLines(lines)

    def pin(self, place: tuple[float, float]) -> None:
        """Where something was found: a drop that stands on its point."""
        x, y = self._view.to_screen(np.array(place)).tolist()
        drop = QPainterPath(QPointF(x, y))
        drop.cubicTo(QPointF(x - 3, y - 8), QPointF(x - 8, y - 10), QPointF(x - 8, y - 16))
        drop.arcTo(QRectF(x - 8, y - 24, 16, 16), 180, -180)
        drop.cubicTo(QPointF(x + 8, y - 10), QPointF(x + 3, y - 8), QPointF(x, y))
        self._p.setPen(self._look.pen(self._look.halo, 1.6))
        self._p.setBrush(self._look.selected)
        self._p.drawPath(drop)
        self._p.setBrush(self._look.halo)
        self._p.drawEllipse(QPointF(x, y - 16), 3.0, 3.0)

    def held(
        self, place: tuple[float, float], carried: tuple[float, float] | None = None, *, round_sign: bool = False
    ) -> None:  # fmt: skip
        """The point in hand, or the sign there: a ring round it.

        Where it is being `carried`, a line leads there and the ring with it.
        """
        look, xy = self._look, [QPointF(*self._view.to_screen(np.array(place)))]
        if carried is not None:
            xy.append(QPointF(*self._view.to_screen(np.array(carried))))
        for pen in (look.pen(look.halo, 5.0, alpha=0.9), look.pen(look.selected, 2.2)):
            self._p.setPen(pen)
            self._p.setBrush(Qt.BrushStyle.NoBrush)
            self._p.drawPolyline(xy)
            radius = 14.0 if round_sign else 9.0
            self._p.drawEllipse(xy[-1], radius, radius)

    def hatched(self, path: QPainterPath, *, better: bool = False) -> None:
        """A block that a change makes worse, or `better`: hatched, one way or the other, with an edge."""
        look = self._look
        colour = look.gain if better else look.warning
        veil = QColor(look.halo)
        veil.setAlphaF(0.3)  # the hatching would not be seen on the darkest colours
        self._p.fillPath(path, veil)
        pattern = Qt.BrushStyle.FDiagPattern if better else Qt.BrushStyle.BDiagPattern
        self._p.fillPath(path, QBrush(colour, pattern))
        self._p.strokePath(path, look.pen(look.halo, 3.0, alpha=0.9))
        self._p.strokePath(path, look.pen(colour, 1.6))

    def marked(self, path: QPainterPath) -> None:
        """A block of a service's catchment: tinted, with an edge."""
        look = self._look
        tint = QColor(look.accent)
        tint.setAlphaF(0.25)
        self._p.fillPath(path, tint)
        self._p.strokePath(path, look.pen(look.halo, 3.0, alpha=0.9))
        self._p.strokePath(path, look.pen(look.accent, 1.6))

    def struck(self, place: tuple[float, float]) -> None:
        """A service that would close: a disc with a cross through it."""
        self._disc(place, ((-3.6, -3.6, 3.6, 3.6), (-3.6, 3.6, 3.6, -3.6)))

    def opened(self, place: tuple[float, float]) -> None:
        """A service that would open: a disc with a plus in it."""
        self._disc(place, ((-4.6, 0.0, 4.6, 0.0), (0.0, -4.6, 0.0, 4.6)))

    def _disc(self, place: tuple[float, float], strokes: tuple[tuple[float, float, float, float], ...]) -> None:
        x, y = self._view.to_screen(np.array(place)).tolist()
        look = self._look
        self._p.setPen(look.pen(look.warning, 2.0))
        self._p.setBrush(look.halo)
        self._p.drawEllipse(QPointF(x, y), 10.0, 10.0)
        self._p.drawLines([QLineF(x + a, y + b, x + c, y + d) for a, b, c, d in strokes])

    def block(self, path: QPainterPath, focus: bool) -> None:
        """The block under the mouse (thin) or under the keys (`focus`: thick and dashed)."""
        look = self._look
        self._p.strokePath(path, look.pen(look.halo, 4.5 if focus else 3.0, alpha=0.9))
        if focus:
            self._p.strokePath(path, look.pen(look.accent, 2.4, Qt.PenStyle.DashLine))
        else:
            self._p.strokePath(path, look.pen(look.selected, 1.3))

    def scale_bar(self) -> None:
        """A round distance, bottom right."""
        p, view, look = self._p, self._view, self._look
        metres = scale_bar_length(view.scale, 96.0)
        length = metres / view.scale
        text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        line = QFontMetricsF(self._font).height()
        right, base = view.width - 15.0, view.height - 18.0 - 2 * line
        ends = QPolygonF(
            [
                QPointF(right - length, base - 6),
                QPointF(right - length, base),
                QPointF(right, base),
                QPointF(right, base - 6),
            ]
        )
        plate = QColor(look.ground)
        plate.setAlphaF(0.82)
        p.fillRect(QRectF(right - length - 4, base - 10, length + 8, 16), plate)
        p.setPen(look.pen(look.muted, 1.6))
        p.drawPolyline(ends)
        self._note(text, right, base + 7 + line)

    def attribution(self, text: str, legend_px: int) -> None:
        """Who made the data, in the bottom right corner, on as many lines as it needs beside the
        legend (`legend_px` wide) and in less than half of the map's width."""
        if text:
            metrics = QFontMetricsF(self._font)
            room = max(180.0, min(self._view.width - 25.0 - legend_px, 0.45 * self._view.width))
            for up, line in enumerate(reversed(_wrapped(text, metrics, room))):
                self._note(line, self._view.width - 15.0, self._view.height - 12.0 - metrics.height() * up)

    def hint(self, text: str, top: float) -> None:
        """What the tool in hand does, or why it did not, below the tool bar."""
        p, look = self._p, self._look
        p.setFont(self._font)
        metrics = QFontMetricsF(self._font)
        room = self._view.width - 28.0 - 20.0
        lines = _wrapped(text, metrics, room)
        width = max(metrics.horizontalAdvance(line) for line in lines) + 20
        box = QRectF(14, top, width, 10 + metrics.lineSpacing() * len(lines))
        p.setPen(look.pen(look.muted, 1.0, alpha=0.4))
        p.setBrush(look.ground)
        p.drawRoundedRect(box, 6, 6)
        p.setPen(look.ink)
        for i, line in enumerate(lines):
            p.drawText(QPointF(24, top + 5 + metrics.ascent() + metrics.lineSpacing() * i), line)

    def focus_ring(self) -> None:
        """The map has the keyboard."""
        self._p.setBrush(Qt.BrushStyle.NoBrush)
        self._p.setPen(self._look.pen(self._look.accent, 2.0))
        self._p.drawRect(QRectF(1, 1, self._view.width - 2, self._view.height - 2))

    def _note(self, text: str, right: float, baseline: float) -> None:
        """Small text ending at `right`, on a plate that only shows where there is map behind it."""
        metrics = QFontMetricsF(self._font)
        width = metrics.horizontalAdvance(text)
        plate = QColor(self._look.ground)
        plate.setAlphaF(0.82)
        self._p.fillRect(QRectF(right - width - 4, baseline - metrics.ascent(), width + 8, metrics.height()), plate)
        self._p.setFont(self._font)
        self._p.setPen(self._look.muted)
        self._p.drawText(QPointF(right - width, baseline), text)


def scale_bar_length(metres_a_pixel: float, most_pixels: float) -> float:
    """The longest of 1, 2, 5, 10 … metres that fits `most_pixels`."""
    most = metres_a_pixel * most_pixels
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most))


def _wrapped(text: str, metrics: QFontMetricsF, room: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and metrics.horizontalAdvance(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
