"""The legend: what the colours of the map stand for."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from jsna_desktop.app import words
from jsna_desktop.app.map.class_signs import REST, paint_class_sign
from jsna_desktop.app.map.grids import DOT_RADII, paint_dot
from jsna_desktop.app.map.look import Look as MapLook
from jsna_desktop.app.theme import Look
from jsna_desktop.app.widgets import Card, Text


@dataclass(frozen=True)
class LegendView:
    """`breaks` the six edges of the five classes; `note` one line; `missing` how many areas have no value.

    `names` are what the classes are called, where they have no edges at both ends: under 3, 3 to 6, … 12 and over.
    """

    title: str
    breaks: tuple[float, ...]
    note: str
    missing: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class DotsView:
    """A raster's dots: `breaks` the six edges of the five sizes, in `unit`; `beyond` whether the first and the last
    size also stand for less and for more.
    """

    title: str
    breaks: tuple[float, ...]
    unit: str
    beyond: tuple[bool, bool] = (False, False)


@dataclass(frozen=True)
class ClassesView:
    """A raster's classes: (name, sign, whether it is a small one) of each, and how many `others` share a dot."""

    title: str
    classes: list[tuple[str, int, bool]]
    others: int = 0


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
        self._signs = ClassList(look)
        layout.addWidget(self._signs)
        self._spoken = ["", ""]
        self._coloured = False
        self.show_dots(None)

    def show_dots(self, view: DotsView | ClassesView | None) -> None:
        """What the dots or signs of a raster stand for, under the colours or alone."""
        sized = isinstance(view, DotsView)
        self._dots_title.setVisible(view is not None)
        self._dots.setVisible(sized)
        self._signs.setVisible(isinstance(view, ClassesView))
        self._spoken[1] = ""
        self._dots.show_dots(view if isinstance(view, DotsView) else None)
        self._signs.show_classes(view if isinstance(view, ClassesView) else None)
        if isinstance(view, DotsView):
            unit = view.unit and f", {view.unit}"
            self._dots_title.setText(f"{view.title}{unit}")
            said = f"Five sizes of dots from small to large: {', '.join(self._dots.texts())}."
            self._spoken[1] = f"{view.title}{unit}. {said}"
        elif view is not None:
            self._dots_title.setText(view.title)
            self._spoken[1] = f"{view.title}. A sign for each class: {', '.join(self._signs.texts())}."
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
        self._ramp.show_breaks(view.breaks, view.names)
        spoken = ", ".join(view.names or [words.plain(edge) for edge in view.breaks])
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
                *(part.sizeHint().width() for part in (self._dots, self._signs) if not part.isHidden()),
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
    """Five signs with the six edges written under them, or the name of each class."""

    _HIGH = 12

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._breaks: tuple[float, ...] = ()
        self._names: tuple[str, ...] = ()

    def show_breaks(self, breaks: tuple[float, ...], names: tuple[str, ...] = ()) -> None:
        self._breaks, self._names = breaks, names
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._look.font("small"))
        widest = max((metrics.horizontalAdvance(text) for text in self._texts()), default=0)
        return QSize(max(self._look.px(200), 5 * (widest + 8)) + 16, self._look.px(self._HIGH) + metrics.height() + 3)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def _texts(self) -> list[str]:
        """Whole numbers where they tell the edges apart, else one or more decimals for all; short names of classes."""
        if self._names:
            return [name.replace(" to ", "–").replace(" and over", "+") for name in self._names]
        for places in range(4):
            texts = [f"{edge:,.{places}f}".replace("-", "−") for edge in self._breaks]
            if len(set(texts)) == len(set(self._breaks)):
                return texts
        return [words.plain(edge) for edge in self._breaks]

    def paintEvent(self, _event: object) -> None:
        if len(self._breaks) != 6 and len(self._names) != 5:
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
            left = (place + 0.5) * step - wide / 2 if self._names else 0 if place == 0 else place * step - wide / 2
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

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._beyond = (False, False)

    def show_dots(self, view: DotsView | None) -> None:
        self._beyond = (False, False) if view is None else view.beyond
        self.show_breaks(() if view is None else view.breaks)

    def texts(self) -> list[str]:
        """What is written under the dots: the edges, with what lies beyond them."""
        return self._texts()

    def _texts(self) -> list[str]:
        texts = super()._texts()
        if texts and self._beyond[0]:
            texts[0] = f"≤ {texts[0]}"
        if texts and self._beyond[1]:
            texts[-1] = f"{texts[-1]} +"
        return texts

    def _paint_signs(self, painter: QPainter, step: float, high: float) -> None:
        look = MapLook.from_tokens(self._look.tokens)
        for place, radius in enumerate(DOT_RADII):
            paint_dot(painter, QPointF((place + 0.5) * step, high / 2), radius, look)


class ClassList(QWidget):
    """The signs of a raster's classes with their names, in two columns where there are many."""

    _MANY, _LEFT = 5, 18

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: list[tuple[str, int, bool]] = []

    def show_classes(self, view: ClassesView | None) -> None:
        self._rows = [] if view is None else list(view.classes)
        if view is not None and view.others:
            name = "… one other class" if view.others == 1 else f"… {words.count(view.others)} other classes"
            self._rows.append((name, REST, False))
        self.setToolTip("\n".join(self.texts()) if self._rows else "")
        self.updateGeometry()
        self.update()

    def texts(self) -> list[str]:
        return [name for name, _, _ in self._rows]

    def _columns(self) -> int:
        return 2 if len(self._rows) > self._MANY else 1

    def _line(self) -> int:
        return self.fontMetrics().height() + 3

    def sizeHint(self) -> QSize:
        widest = max((self.fontMetrics().horizontalAdvance(name) for name in self.texts()), default=0)
        deep = -(-len(self._rows) // self._columns())
        return QSize(self._columns() * (widest + self._look.px(self._LEFT) + 10), deep * self._line())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setFont(self._look.font("small"))
        metrics = painter.fontMetrics()
        look = MapLook.from_tokens(self._look.tokens)
        wide, left, line = self.width() / self._columns(), self._look.px(self._LEFT), self._line()
        deep = -(-len(self._rows) // self._columns())
        for place, (name, sign, light) in enumerate(self._rows):
            x, y = (place // deep) * wide, (place % deep) * line
            paint_class_sign(painter, QPointF(x + left / 2 - 2, y + line / 2), sign, look, light=light)
            painter.setPen(self._look.color("muted"))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(wide - left - 4))
            painter.drawText(QRectF(x + left, y, wide - left, line), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
