"""The map of journeys: small areas by the mean journey of their residents, and the services among them."""

from typing import Any

import numpy as np

from jsna_desktop.packs.drawing import Drawing, finished
from jsna_desktop.packs.journey_classes import class_of, ends_of, names_of
from jsna_desktop.packs.look import INK, ORANGE
from jsna_desktop.packs.maps import DETAIL, draw_outline, frame, paint, paint_near, scale_bar, view, within
from jsna_desktop.packs.services_page import JourneyMap
from jsna_desktop.packs.wording import counted, listed

# Near is pale, far is dark: one hue by lightness, as the window paints it.
COLOURS = ("#eaf0ee", "#c6dad8", "#8fb9bd", "#4a86a0", "#12436D")


def classes(values: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The class (n,) of each value, 0–4, −1 for none, and what the five classes are called."""
    ends = ends_of(values)
    return class_of(values, ends), names_of(ends)


def journey_map(
    journeys: JourneyMap,
    outline: Any,
    around: np.ndarray | None,
    place: str,
    unit: str,
    width: float = 88.0,
    height: float = 92.0,
) -> Drawing:
    """The place's small areas by class in a frame of at most `width` × `height` mm.

    The areas `around` (m,) are pale, the services dots.
    """
    import shapely

    line = outline if outline is not None else shapely.union_all(shapely.make_valid(journeys.polygons))
    left, bottom, right, top = line.bounds
    height = min(height, max(0.6 * width, 1.1 * width * (top - bottom) / max(right - left, 1.0)))
    sheet, axes, metre = frame(line.bounds, width, height)
    step = DETAIL / metre
    if around is not None:
        paint_near(axes, around, step)
    shown = within(journeys.polygons, line, step)
    of, names = classes(journeys.values)
    for one in np.unique(of).tolist():
        if one < 0:
            paint(axes, shown[of < 0], step, "white", hatch="/////")
        else:
            paint(axes, shown[of == one], step, COLOURS[one])
    draw_outline(axes, line, step)
    near = _inside(journeys.places, view(axes))
    axes.plot(*near.T, "o", markersize=4.6, color=ORANGE, markeredgecolor="white", mew=0.9, linestyle="none", zorder=4)
    axes.plot(*near.T, "o", markersize=5.6, color="none", markeredgecolor=INK, mew=0.4, linestyle="none", zorder=5)
    scale_bar(axes, metre)
    return finished(sheet, _alt(journeys, of, names, near, place, unit))


def _inside(places: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    left, bottom, right, top = box
    return places[
        (places[:, 0] >= left) & (places[:, 0] <= right) & (places[:, 1] >= bottom) & (places[:, 1] <= top)
    ]  # fmt: skip


def _alt(journeys: JourneyMap, of: np.ndarray, names: list[str], near: np.ndarray, place: str, unit: str) -> str:
    known = journeys.values[np.isfinite(journeys.values)]
    text = f"Map of {place} by mean journey to the nearest {journeys.service}, in {unit}. "
    if len(known):
        parts = [f"{(of == at).sum()} {name}" for at, name in enumerate(names) if (of == at).any()]
        text += (
            f"Of {counted(len(known), 'small area')}, {listed(parts)}; from {known.min():.1f} to {known.max():.1f}. "
        )
    lost = int((of < 0).sum())
    if lost:
        text += f"{counted(lost, 'small area')} {'has' if lost == 1 else 'have'} no value. "
    dots = counted(len(near), f"{journeys.service} is", f"{journeys.services.lower()} are")
    return f"{text}{dots} marked on the map."
