"""The motorway: over and under everything, joined to A roads by four slip roads at each of its junctions."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.demonstration.junctions import Junctions, motorway_crossings
from tools.demonstration.routes import Routes

SLIP_ROADS_M = 400.0  # the ground around a junction that no other road comes to
OFF_M, ON_M = 380.0, 190.0  # from the crossing, where slip roads leave the motorway and meet the A road
_NODE_EVERY_M = 2_500.0


@dataclass(frozen=True)
class Motorway:
    """`xy` (k, 2) its own nodes from west to east, `paths` the lines between them; `slips` (own node, junction, line);

    `junctions` (number, (2,) place); `ends` (j, 2) the junctions of A roads that slip roads end at; `slips_area` all
    slip roads, but for where they end.
    """

    xy: np.ndarray
    paths: list[np.ndarray]
    slips: list[tuple[int, int, np.ndarray]]
    junctions: list[tuple[str, np.ndarray]]
    ends: np.ndarray
    slips_area: shapely.Geometry


def make_motorway(nodes: Junctions, a_paths: list[np.ndarray], routes: Routes) -> Motorway:
    """Nodes and links of the motorway; RuntimeError where an A road does not cross it as it should."""
    line = shapely.LineString(routes.motorway)
    crossings = motorway_crossings(routes)
    at = shapely.line_locate_point(line, shapely.points(crossings))
    whole = line.length
    off = np.stack([at - OFF_M, at + OFF_M], axis=1)
    plain = np.arange(0, whole, _NODE_EVERY_M)[1:]
    plain = plain[np.abs(plain[:, None] - at).min(axis=1) > 1_200]
    along = np.sort(np.concatenate([[0, whole], off.ravel(), plain]))
    xy = np.round(shapely.get_coordinates(shapely.line_interpolate_point(line, along)))
    paths = []
    course = shapely.line_locate_point(line, shapely.points(routes.motorway))
    for k in range(len(along) - 1):
        inner = routes.motorway[(course > along[k] + 1) & (course < along[k + 1] - 1)]
        path = shapely.simplify(shapely.linestrings(np.round(np.vstack([xy[k], inner, xy[k + 1]]))), 4.0)
        paths.append(shapely.get_coordinates(path))
    slips, ends = [], []
    for crossing, offs in zip(crossings, off, strict=True):
        pair = _either_side(nodes.xy, a_paths, crossing)
        ends.append(pair)
        for leaving in offs:
            own = int(np.abs(along - leaving).argmin())
            for junction in pair:
                slips.append((own, junction, _slip(xy[own], crossing, nodes.xy[junction])))
    area = shapely.union_all([shapely.linestrings(path[1:-1]) for _, _, path in slips])
    numbered = [(f"J{i + 1}", np.round(crossing)) for i, crossing in enumerate(crossings)]
    return Motorway(xy, paths, slips, numbered, np.array(ends), area)


def _either_side(xy: np.ndarray, a_paths: list[np.ndarray], crossing: np.ndarray) -> list[int]:
    """The two junctions of the A road through a crossing that are about ON_M from it, before and behind."""
    path = min(a_paths, key=lambda p: np.hypot(*(xy[p] - crossing).T).min())
    road = shapely.linestrings(xy[path])
    along = np.asarray(shapely.line_locate_point(road, shapely.points(xy[path])))
    here = shapely.line_locate_point(road, shapely.points(crossing))
    pair = [int(np.abs(along - here - side).argmin()) for side in (-ON_M, ON_M)]
    if np.abs(np.abs(along[pair] - here) - ON_M).max() > 60:
        raise RuntimeError("an A road has no points beside the motorway")
    return [int(path[i]) for i in pair]


def _slip(leaving: np.ndarray, crossing: np.ndarray, joining: np.ndarray) -> np.ndarray:
    """A bend from the motorway to the A road, in whole metres."""
    t = np.linspace(0, 1, 7)[:, None]
    # Pulled towards the crossing, so that it leaves along the motorway and arrives along the A road.
    bend = 0.45 * crossing + 0.55 * (leaving + joining) / 2
    return np.round((1 - t) ** 2 * leaving + 2 * t * (1 - t) * bend + t**2 * joining)
