"""A row's scale: its value and interval, and where England and the district lie, painted on a line of its own."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from jsna_desktop.app import marks
from jsna_desktop.app.panels.profile_rows import Row
from jsna_desktop.app.theme import Look

LEVEL_LINES = {"england": marks.LINE_ENGLAND, "district": marks.LINE_DISTRICT}


def is_compared(row: Row) -> bool:
    """Whether a row has a place on a scale: a count says nothing beside the count of a larger area."""
    return row["value"] is not None and row.get("kind") != "count"


def leading_verdict(row: Row) -> str:
    """The verdict that the mark shows: against England where there is one, else the nearest larger area."""
    by_level = {other["level"]: other["verdict"] for other in row["comparators"] if other["value"] is not None}
    for level in ("england", "region", "district"):
        if level in by_level:
            return by_level[level]
    return "not compared"


def scale_span(row: Row) -> tuple[float, float] | None:
    """The least and greatest value on a row's scale, with room at both ends; None where nothing is compared."""
    known = [row["value"], row["lower_ci"], row["upper_ci"]]
    known += [other["value"] for other in row["comparators"] if other["level"] in LEVEL_LINES]
    values = [float(value) for value in known if value is not None]
    low, high = min(values), max(values)
    if high == low:
        return None
    room = (high - low) * 0.22
    return low - room, high + room


def paint_scale(painter: QPainter, look: Look, area: QRectF, row: Row) -> None:
    """The value's mark and interval on a line, with the places of England and the district."""
    span = scale_span(row)
    if span is None:
        return
    low, high = span
    y = area.center().y()

    def at(value: float) -> float:
        return area.left() + (value - low) / (high - low) * area.width()

    painter.setPen(QPen(look.color("line"), 1.5))
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    for other in row["comparators"]:
        kind = LEVEL_LINES.get(other["level"])
        if kind is not None and other["value"] is not None:
            half = look.px(8 if kind == marks.LINE_ENGLAND else 6)
            marks.paint_line(painter, look, kind, at(other["value"]), y - half, y + half)
    if row["lower_ci"] is not None and row["upper_ci"] is not None:
        pen = QPen(look.color("ink"), 2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(at(row["lower_ci"]), y), QPointF(at(row["upper_ci"]), y))
    marks.paint_mark(painter, look, leading_verdict(row), QPointF(at(row["value"]), y), look.px(10))
