"""Where the river, the brook, the A roads and the motorway run, and where the river can be crossed."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.demonstration.county import County
from tools.demonstration.names import LINES, TOWNS

REACH_M = 5_500.0  # how far roads go beyond the county's edge
STEP_M = 60.0
BRIDGES = ("Nether Marrow", "Aldminster", "Kelderford")
# Around towns and villages, north-east of the river.
_MOTORWAY = (
    (360_000, 236_500), (376_000, 230_300), (388_500, 227_600), (397_800, 220_600), (405_600, 210_600),
    (413_000, 206_900), (421_300, 206_700), (430_000, 209_300), (448_000, 211_500),
)  # fmt: skip


@dataclass(frozen=True)
class Routes:
    """Courses (n, 2) in metres: the `river` from beyond the roads to beyond them, the `brook` that joins it, `a_roads`,

    the `motorway`; `bridges` (3, 2) where the river is crossed; `extent` the ground that has roads.
    """

    river: np.ndarray
    brook: np.ndarray
    a_roads: tuple[np.ndarray, ...]
    motorway: np.ndarray
    bridges: np.ndarray
    extent: shapely.Geometry


def make_routes(county: County) -> Routes:
    """The routes; nothing in them is drawn by chance."""
    courses = dict(enumerate(county.land.courses))
    kinds = [kind for kind, _ in LINES]
    river, brook = (courses[i] for i, kind in enumerate(kinds) if kind == "river")
    # Beyond its source and its mouth it goes on, or roads would go round it there.
    west, south = river[0] + [-20_000.0, 3_000.0], river[-1] + [1_000.0, -25_000.0]
    river = np.vstack([west, river, south])
    towns = {town.name: np.array([town.east, town.north]) for town in TOWNS}
    wanted = np.array([towns[name] for name in BRIDGES])
    extent = shapely.buffer(shapely.unary_union(county.lsoa_shape), REACH_M)
    roads = tuple(courses[i] for i, kind in enumerate(kinds) if kind == "road")
    line = shapely.linestrings(river)
    bridges = shapely.get_coordinates(shapely.line_interpolate_point(line, shapely.line_locate_point(
        line, shapely.points(wanted))))  # fmt: skip
    return Routes(river, brook, tuple(_within(road, extent) for road in roads), _motorway(extent), bridges, extent)


def _within(course: np.ndarray, extent: shapely.Geometry) -> np.ndarray:
    return course[shapely.contains_xy(extent, course[:, 0], course[:, 1])]


def _motorway(extent: shapely.Geometry) -> np.ndarray:
    from scipy.interpolate import CubicSpline

    stops = np.array(_MOTORWAY, float)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stops, axis=0).T))])
    return _within(CubicSpline(along, stops)(np.arange(0, along[-1], STEP_M)), extent)
