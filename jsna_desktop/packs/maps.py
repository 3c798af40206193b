"""Maps of a pack: national deprivation deciles, the locality outlined, a scale bar, no axes."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from jsna_desktop.packs.drawing import Drawing, canvas, finished, label, register_fonts
from jsna_desktop.packs.findings import MapLayer
from jsna_desktop.packs.look import CONTEXT, DECILES, GROUND, INK, MUTED
from jsna_desktop.packs.wording import counted, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas
    from matplotlib.path import Path as Outline

DETAIL = 0.06  # mm on paper: finer than the eye and the hairline between areas
MARGIN = 0.05  # of the frame, left free around what is shown


def locality_map(
    inside: MapLayer,
    outline: Any,
    around: MapLayer | None,
    place: str,
    width: float = 100.0,
    height: float = 118.0,
) -> Drawing:
    """The locality's blocks by decile in a frame of `width` × `height` mm, the district pale around it.

    Only what lies inside the outline takes a colour: of a block that the line cuts, its part inside.
    """
    import shapely

    line = outline if outline is not None else shapely.union_all(shapely.make_valid(inside.polygons))
    sheet, axes, metre = frame(line.bounds, width, height)
    step = DETAIL / metre
    if around is not None:
        paint_near(axes, around.polygons, step)
    shown = within(inside.polygons, line, step)
    _deciles(axes, shown, inside.deciles, step)
    draw_outline(axes, line, step)
    scale_bar(axes, metre)
    text = f"Map of {place} by national decile of deprivation. {_decile_words(inside.deciles)}"
    return finished(sheet, text)


def district_map(
    around: MapLayer, outline: Any, place: str, district: str, width: float = 84.0, height: float = 100.0
) -> Drawing:
    """The district's blocks by decile with the locality outlined, at most `width` × `height` mm."""
    import shapely

    left, bottom, right, top = shapely.total_bounds(around.polygons)
    height = min(height, width * (top - bottom) / (right - left) * (1 + MARGIN))
    sheet, axes, metre = frame((left, bottom, right, top), width, height, ground=False)
    step = DETAIL / metre
    _deciles(axes, around.polygons, around.deciles, step)
    if outline is not None:
        draw_outline(axes, outline, step)
    scale_bar(axes, metre)
    text = (
        f"Map of {district} by national decile of deprivation"
        f"{f', {place} outlined' if outline is not None else ''}. {_decile_words(around.deciles)}"
    )
    return finished(sheet, text)


def frame(
    bounds: tuple[float, float, float, float], width: float, height: float, *, ground: bool = True
) -> tuple["Canvas", "Axes", float]:
    """A sheet, its axes in metres with the bounds in the middle, and millimetres of paper to the metre."""
    register_fonts()
    left, bottom, right, top = bounds
    free = 1 - 2 * MARGIN if ground else 1 - MARGIN / 2
    metre = min(free * width / max(right - left, 1.0), free * height / max(top - bottom, 1.0))
    half_width, half_height = width / metre / 2, height / metre / 2
    x, y = (left + right) / 2, (bottom + top) / 2
    figure = canvas(width, height)
    figure.patch.set_visible(False)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(x - half_width, x + half_width), ylim=(y - half_height, y + half_height))
    axes.set_axis_off()
    if ground:
        from matplotlib.patches import Rectangle

        axes.add_artist(Rectangle((0, 0), 1, 1, transform=axes.transAxes, color=GROUND, linewidth=0))
    return figure, axes, metre


def view(axes: "Axes") -> tuple[float, float, float, float]:
    """What the frame shows: left, bottom, right, top in metres."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return left, bottom, right, top


def _path(shapes: np.ndarray, step: float) -> "Outline | None":
    """All shapes as one path, thinned to `step` metres; holes run the other way round and stay open."""
    import shapely
    from matplotlib.path import Path as Outline

    parts = shapely.get_parts(shapely.simplify(shapes, step))
    parts = parts[shapely.get_type_id(parts) == 3]
    parts = shapely.orient_polygons(parts[shapely.area(parts) > step**2])
    if not len(parts):
        return None
    rings = shapely.get_rings(parts)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Outline.LINETO, dtype=Outline.code_type)
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    codes[first] = Outline.MOVETO
    codes[np.append(first[1:], len(points)) - 1] = Outline.CLOSEPOLY
    return Outline(points, codes)


def paint(axes: "Axes", shapes: np.ndarray, step: float, colour: str, hatch: str = "", edge: str = "") -> None:
    """Areas in one colour (or hatched on it, in the colour of `edge`), thinned to `step` metres."""
    from matplotlib.patches import PathPatch

    path = _path(shapes, step)
    if path is not None:
        # add_artist, not add_patch: that one walks every segment for data limits which are already set,
        # half the time of a pack.
        edge = edge or (MUTED if hatch else "white")
        axes.add_artist(PathPatch(path, facecolor=colour, edgecolor=edge, linewidth=0.35, hatch=hatch or None))


def paint_near(axes: "Axes", shapes: np.ndarray, step: float) -> None:
    """The areas around a place, as far as the frame reaches, pale."""
    import shapely

    paint(axes, shapes[shapely.intersects(shapes, shapely.box(*view(axes)))], step, CONTEXT)


def within(shapes: np.ndarray, line: Any, step: float) -> np.ndarray:
    """The areas with, of one that the line of a place cuts, only its part inside."""
    import shapely

    cut = ~shapely.covers(shapely.buffer(line, step), shapes)
    if not cut.any():
        return shapes
    shapes = shapes.copy()
    shapes[cut] = shapely.intersection(shapely.make_valid(shapes[cut]), shapely.make_valid(line))
    return shapes


def _deciles(axes: "Axes", shapes: np.ndarray, deciles: np.ndarray, step: float) -> None:
    for decile in np.unique(deciles):
        if decile == 0:
            paint(axes, shapes[deciles == 0], step, "white", hatch="/////")
        else:
            paint(axes, shapes[deciles == decile], step, DECILES[int(decile) - 1])


def draw_outline(axes: "Axes", line: Any, step: float) -> None:
    """The edge of a place in black on white."""
    from matplotlib.patches import PathPatch

    path = _path(np.array([line], dtype=object), step)
    if path is not None:
        for colour, thickness in (("white", 3.6), ("black", 1.7)):
            axes.add_artist(PathPatch(path, fill=False, edgecolor=colour, linewidth=thickness, joinstyle="round"))


def scale_bar(axes: "Axes", metre: float) -> None:
    """A round length of about a fifth of the frame, bottom left."""
    left, bottom, right, _ = view(axes)
    wanted = (right - left) / 5
    power = 10.0 ** np.floor(np.log10(wanted))
    length = power * max(unit for unit in (1, 2, 5) if unit * power <= wanted)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    x, y = left + 3 / metre, bottom + 3 / metre
    for colour, thickness in (("white", 4.2), (INK, 1.6)):
        axes.plot([x, x + length], [y, y], color=colour, linewidth=thickness, solid_capstyle="butt", zorder=5)
    box = {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "boxstyle": "square,pad=0.15"}
    label(axes, x, y + 1.6 / metre, words, fontsize=7.5, bbox=box, zorder=6)


def _decile_words(deciles: np.ndarray) -> str:
    tally = Counter(int(decile) for decile in deciles)
    known = len(deciles) - tally[0]
    if not known:
        return "No small area has a value."
    parts = [f"{tally[decile]} in decile {decile}" for decile in range(1, 11) if tally[decile]]
    text = f"Of {counted(known, 'small area')}, {listed(parts)}; decile 1 is the most deprived."
    return text + (
        f" {counted(tally[0], 'small area')} {'has' if tally[0] == 1 else 'have'} no value." if tally[0] else ""
    )
