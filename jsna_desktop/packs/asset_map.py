"""The map of a pack's local strengths: a place in its outline, and a sign of its own for each kind of asset."""

from typing import Any

import numpy as np

from jsna_desktop.packs.drawing import Drawing, finished
from jsna_desktop.packs.findings import MapLayer
from jsna_desktop.packs.look import BLUE, INK, ORANGE, PALE, TEAL, WINE
from jsna_desktop.packs.maps import DETAIL, draw_outline, frame, paint, paint_near, scale_bar
from jsna_desktop.packs.strengths import Strengths
from jsna_desktop.packs.wording import counted, listed

# kind: (matplotlib's sign, fill, edge, what the sign is called, plural). Told apart by shape, whatever the printer.
SIGNS = {
    "group": ("o", ORANGE, "white", "circle", "groups"),
    "network": ("D", WINE, "white", "diamond", "networks"),
    "activity": ("p", BLUE, "white", "pentagon", "activities"),
    "space": ("s", "white", INK, "square", "spaces"),
    "service": ("^", TEAL, INK, "triangle", "services"),
}
_OTHER = ("X", INK, "white", "cross", "others")
_SIZES = {"D": 17, "s": 22, "^": 30, "p": 34, "o": 26, "X": 26}
_CROWDED = 80  # more signs than these are drawn smaller


def strengths_map(
    found: Strengths, outline: Any, inside: MapLayer | None, around: MapLayer | None,
    width: float = 84.0, height: float = 100.0,
) -> Drawing:  # fmt: skip
    """The assets in the place, at most `width` × `height` mm; `outline` is the place's line, EPSG:27700."""
    import shapely

    left, bottom, right, top = outline.bounds
    height = min(height, max(48.0, width * (top - bottom) / max(right - left, 1.0)))
    sheet, axes, metre = frame(outline.bounds, width, height)
    step = DETAIL / metre
    if around is not None:
        paint_near(axes, around.polygons, step)
    if inside is not None:
        paint(axes, shapely.intersection(shapely.make_valid(inside.polygons), shapely.make_valid(outline)), step, PALE)
    if found.gap_shapes is not None:
        inner = shapely.intersection(shapely.make_valid(found.gap_shapes), shapely.make_valid(outline))
        paint(axes, inner, step, PALE, hatch="/////", edge=WINE)
    draw_outline(axes, outline, step)
    points = np.empty((0, 2)) if found.points is None else found.points
    kinds = np.array([one.kind for one in found.listed])
    small = 0.55 if len(points) > _CROWDED else 1.0
    for kind in kinds_of(found):
        sign, fill, edge, _, _ = SIGNS.get(kind, _OTHER)
        x, y = points[kinds == kind].T
        axes.scatter(x, y, s=_SIZES[sign] * small, marker=sign, c=fill, edgecolors=edge, linewidths=0.7, zorder=4)
    scale_bar(axes, metre)
    parts = [f"{counted(int((kinds == kind).sum()), *_words(kind))}" for kind in kinds_of(found)]
    text = f"Map of {found.place} with its assets: {listed(parts)}." if parts else f"Map of {found.place}: no assets."
    if found.gap_shapes is not None:
        many = counted(len(found.gap_shapes), "small area")
        text += f" Hatched: {many} where need is high and reach is low."
    return finished(sheet, text)


def kinds_of(found: Strengths) -> list[str]:
    """The kinds of the assets in the place, in the order of SIGNS, those of no kind last."""
    there = {one.kind for one in found.listed}
    return [kind for kind in (*SIGNS, "") if kind in there]


def sign_words(kind: str) -> tuple[str, str]:
    """(what the sign is called, the kind in the plural)."""
    _, _, _, shape, many = SIGNS.get(kind, _OTHER)
    return shape, many


def _words(kind: str) -> tuple[str, str]:
    return (kind or "other", SIGNS.get(kind, _OTHER)[4])
