"""How background shapes are painted: what of them at which distance, how wide, in which quiet colour.

They lie over the choropleth, which has to stay readable: areas are a faint tint with a line round them, roads a thin
line between two thinner ones of the halo's colour, which is seen on the lightest fifth and on the darkest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from PySide6.QtGui import QColor

from jsna_desktop.app.map.look import Look

WATER, GREEN, GREY, ROAD, RAIL = "water", "green", "grey", "road", "rail"


@dataclass(frozen=True)
class Style:
    """`far`: metres a pixel beyond which it is left out; `width` of its line and `casing` on each side of it in
    logical pixels; `tint` of its area 0–1; `order` of painting, higher over lower; `overlaps` whether its areas may lie
    over each other.
    """

    order: int
    far: float
    colour: str
    width: float
    tint: float = 0.0
    casing: float = 0.0
    overlaps: bool = False


_AREAS: Mapping[str, Style] = MappingProxyType(
    {
        "built_up": Style(0, 800.0, GREY, 0.0, 0.10),
        "park": Style(1, 2000.0, GREEN, 0.8, 0.07),
        "green": Style(2, 25.0, GREEN, 0.7, 0.12),
        "woodland": Style(3, 220.0, GREEN, 0.0, 0.14),
        "foreshore": Style(4, 150.0, GREY, 0.0, 0.12),
        "site": Style(5, 15.0, GREY, 0.8, 0.10),
        "building": Style(6, 5.0, GREY, 0.0, 0.35),
        "water": Style(7, 1500.0, WATER, 0.8, 0.80),
    }
)
_OTHER_AREA = Style(8, 4000.0, GREY, 1.0, 0.08, overlaps=True)
_LINES: Mapping[str, Style] = MappingProxyType(
    {
        "waterway": Style(0, 45.0, WATER, 1.0),
        "water": Style(0, 400.0, WATER, 1.0),
        "road_ferry": Style(1, 150.0, WATER, 1.0),
        "road_path": Style(2, 3.5, ROAD, 0.6),
        "road_restricted": Style(2, 5.0, ROAD, 0.6),
        "road_access": Style(2, 5.0, ROAD, 0.6),
        "road_local": Style(3, 14.0, ROAD, 0.8),
        "road_minor": Style(4, 35.0, ROAD, 0.9),
        "road_b": Style(5, 110.0, ROAD, 1.1, casing=0.7),
        "road_a": Style(6, 500.0, ROAD, 1.6, casing=0.8),
        "road_motorway": Style(7, 4000.0, ROAD, 2.6, casing=0.9),
        "rail": Style(8, 250.0, RAIL, 1.8),
    }
)
_OTHER_LINE = Style(9, 4000.0, ROAD, 1.1, casing=0.7)
_POINT = Style(0, 25.0, GREY, 1.0)
_NEAR_M, _WIDE_M, _FAR_M = 1.5, 15.0, 120.0  # metres a pixel between which lines grow, and beyond which they shrink
_MOST_WIDER = 2.4


def style_of(kind: str, area: bool) -> Style:
    """The style of areas or lines of a kind (jobs/background.py); that of any other where it is not known."""
    return _AREAS.get(kind, _OTHER_AREA) if area else _LINES.get(kind, _OTHER_LINE)


def points_style() -> Style:
    """The style of points that are not names: stations, airports, sites."""
    return _POINT


def width_at(width: float, scale: float) -> float:
    """A line's width in logical pixels at `scale` metres a pixel: wider near, a little thinner far away."""
    if scale >= _FAR_M:
        return width * 0.75
    near = np.clip((np.log(_WIDE_M) - np.log(scale)) / (np.log(_WIDE_M) - np.log(_NEAR_M)), 0.0, 1.0)
    return float(width * (1.0 + (_MOST_WIDER - 1.0) * near))


def colour_of(style: Style, look: Look) -> QColor:
    """The colour of a style in this look."""
    return {WATER: look.water, GREEN: look.green, GREY: look.road, ROAD: look.road, RAIL: look.muted}[style.colour]
