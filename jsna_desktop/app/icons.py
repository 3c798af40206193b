"""Line icons, tinted and drawn sharp at every device pixel ratio."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from jsna_desktop.resources import resource

# 1 and 2 are most screens; the others are Windows' 125, 150 and 175 %.
_RATIOS = (1.0, 1.25, 1.5, 1.75, 2.0, 3.0)


def icon(name: str, color: QColor, size: int = 16, *, disabled: QColor | None = None) -> QIcon:
    """The icon `name` of resources/icons in one colour, `size` logical pixels wide and high."""
    svg = resource("icons", f"{name}.svg").read_text("utf-8")
    made = QIcon()
    for ratio in _RATIOS:
        made.addPixmap(_pixmap(svg, color, size, ratio))
        if disabled is not None:
            made.addPixmap(_pixmap(svg, disabled, size, ratio), QIcon.Mode.Disabled)
    return made


def _pixmap(svg: str, color: QColor, size: int, ratio: float) -> QPixmap:
    pixels = round(size * ratio)
    pixmap = QPixmap(QSize(pixels, pixels))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", color.name()).encode()))
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
