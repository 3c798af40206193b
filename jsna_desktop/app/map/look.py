"""The map's colours and pens, from the theme's tokens."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen

LIGHT: Mapping[str, str] = {
    "ink": "#1f2933",
    "muted": "#52606d",
    "line": "#dde3e8",
    "pale": "#eef2f5",
    "map_ground": "#f6f8f9",
    "blue": "#12436D",
    "wine": "#801650",
    "teal": "#177a72",
}


@dataclass(frozen=True)
class Look:
    """Colours of everything that the map paints itself (block colours come from its palette)."""

    ground: QColor
    ink: QColor
    muted: QColor
    no_value: QColor
    block_edge: QColor
    place_edge: QColor
    selected: QColor
    halo: QColor
    accent: QColor
    warning: QColor
    gain: QColor
    water: QColor
    green: QColor
    road: QColor
    dark: bool

    @classmethod
    def from_tokens(cls, tokens: Mapping[str, str]) -> "Look":
        """From the tokens `ink muted pale map_ground blue wine teal`; optionally `map_edge`, `map_place`,
        `map_selected`, `map_halo`, `map_water`, `map_green` and `map_road`, which follow from the ground otherwise.
        """
        ground = QColor(tokens["map_ground"])
        dark = ground.lightnessF() < 0.5
        return cls(
            ground=ground,
            ink=QColor(tokens["ink"]),
            muted=QColor(tokens["muted"]),
            no_value=QColor(tokens["pale"]),
            block_edge=QColor(tokens.get("map_edge", tokens["map_ground"] if dark else "#ffffff")),
            place_edge=QColor(tokens.get("map_place", "#93a1ad" if dark else "#56646f")),
            selected=QColor(tokens.get("map_selected", "#ffd166" if dark else tokens["ink"])),
            halo=QColor(tokens.get("map_halo", "#000000" if dark else "#ffffff")),
            accent=QColor(tokens["blue"]),
            warning=QColor(tokens["wine"]),
            gain=QColor(tokens["teal"]),
            water=QColor(tokens.get("map_water", "#2b5f86" if dark else "#a9c8e0")),
            green=QColor(tokens.get("map_green", "#6f9f7f" if dark else "#4f8a62")),
            road=QColor(tokens.get("map_road", "#a9b6c0" if dark else "#5f6c77")),
            dark=dark,
        )

    def pen(self, colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine, alpha: float = 1.0) -> QPen:
        """A round pen, `width` in the painter's units (logical pixels where it is not transformed)."""
        colour = QColor(colour)
        colour.setAlphaF(alpha)
        return QPen(colour, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)

    def fixed_pen(self, colour: QColor, width: float, alpha: float = 1.0) -> QPen:
        """A pen of `width` pixels of the image itself, whatever the painter's transformation."""
        pen = self.pen(colour, width, alpha=alpha)
        pen.setCosmetic(True)
        return pen

    def hatch(self, spacing: int, line: float, withheld: bool) -> QBrush:
        """Diagonal lines for a value that is withheld; sparse dots where there is none.

        `spacing` and `line` in pixels of the image that is painted on.
        """
        tile = QImage(spacing, spacing, QImage.Format.Format_RGB32)
        tile.fill(self.no_value)
        painter = QPainter(tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if withheld:
            painter.setPen(QPen(self.muted, line))
            for shift in (-spacing, 0, spacing):
                painter.drawLine(shift, spacing, shift + spacing, 0)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            dot = QColor(self.muted)
            dot.setAlphaF(0.6)
            painter.setBrush(dot)
            radius = line * 0.8
            painter.drawEllipse(0, 0, max(2, round(2 * radius)), max(2, round(2 * radius)))
        painter.end()
        return QBrush(tile)
