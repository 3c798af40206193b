"""All roads that there could be: a planar mesh between junctions, of which streets and lanes are a part."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.demonstration.junctions import Junctions
from tools.demonstration.routes import Routes

_BENDS_FROM_M = 150.0


@dataclass(frozen=True)
class Mesh:
    """`ends` (e, 2) indices of junctions, `length` (e,) metres, `lines` (e,) LineStrings that meet at their ends only;

    `near` (e,) bool, no third junction is nearer to both ends than they are to each other (the relative neighbourhood
    graph); `bridge` (e,) number of the bridge that the edge is, or -1; `over` (e,) bool, it crosses the motorway;
    `brook` (e,) bool. An edge that would cross the river elsewhere is not in it.
    """

    ends: np.ndarray
    length: np.ndarray
    lines: np.ndarray
    near: np.ndarray
    bridge: np.ndarray
    over: np.ndarray
    brook: np.ndarray


def make_mesh(seed: int, nodes: Junctions, routes: Routes, slip_roads: shapely.Geometry) -> Mesh:
    """The mesh of the junctions; streets of towns do not bend, and on the ground of slip roads are A roads alone."""
    from scipy.spatial import Delaunay

    xy, straight = nodes.xy, np.asarray(nodes.quarter >= 0)
    rng = np.random.default_rng([seed, 22])
    corners = Delaunay(xy).simplices
    sides = np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    third = np.concatenate([corners[:, 2], corners[:, 0], corners[:, 1]])
    order = np.lexsort((third, sides[:, 1], sides[:, 0]))
    sides, third = sides[order], third[order]
    first = np.flatnonzero(np.r_[True, (np.diff(sides, axis=0) != 0).any(axis=1)])
    ends = sides[first]
    # An edge has a triangle on either side; at the rim of the mesh one alone, which is taken twice.
    last = np.r_[first[1:], len(sides)] - 1
    apex = np.stack([third[first], third[last]], axis=1)
    length = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    lines = _bent(rng, xy, ends, apex, length, np.asarray(straight[ends].all(axis=1)))
    near = np.ones(len(ends), bool)
    for k in (0, 1):
        near &= np.hypot(*(xy[apex[:, [k]]] - xy[ends]).transpose(2, 0, 1)).max(axis=1) >= length
    river, motorway, brook = (shapely.LineString(c) for c in (routes.river, routes.motorway, routes.brook))
    bridge = _bridges(lines, length, shapely.intersects(lines, river), river, routes.bridges)
    kept = (bridge > -2) & (length < 3_000)
    kept &= ~shapely.intersects(lines, slip_roads) | (nodes.course[ends] >= 0).all(axis=1)
    return Mesh(
        ends[kept], shapely.length(lines[kept]), lines[kept], near[kept], bridge[kept],
        shapely.intersects(lines[kept], motorway), shapely.intersects(lines[kept], brook),
    )  # fmt: skip


def _bent(
    rng: np.random.Generator,
    xy: np.ndarray,
    ends: np.ndarray,
    apex: np.ndarray,
    length: np.ndarray,
    straight: np.ndarray,
) -> np.ndarray:
    """Lines of the edges; long ones bend towards the triangles at their sides, where no other edge is."""
    side = rng.integers(0, 2, (len(ends), 2))
    pull = rng.uniform(0.02, 0.11, (len(ends), 2))
    a, b = xy[ends[:, 0]], xy[ends[:, 1]]
    parts = [a]
    for k, at in ((0, 0.33), (1, 0.67)):
        towards = xy[apex[np.arange(len(ends)), side[:, k]]]
        on = a + (b - a) * at
        parts.append(on + (towards - on) * pull[:, [k]])
    path = np.round(np.stack([*parts, b], axis=1))
    bends = (length > _BENDS_FROM_M) & ~straight
    lines = np.empty(len(ends), object)
    lines[bends] = shapely.linestrings(path[bends])
    lines[~bends] = shapely.linestrings(path[~bends][:, [0, 3]])
    return lines


def _bridges(
    lines: np.ndarray, length: np.ndarray, wet: np.ndarray, river: shapely.Geometry, wanted: np.ndarray
) -> np.ndarray:
    """(e,) number of the bridge that an edge is, -1 for dry edges, -2 for those that there is no bridge for."""
    bridge = np.where(wet, -2, -1)
    once = np.flatnonzero(wet & (length < 160))
    met = shapely.intersection(lines[once], river)
    single = shapely.get_type_id(met) == 0
    once, met = once[single], met[single]
    for i, place in enumerate(wanted):
        bridge[once[shapely.distance(met, shapely.points(place)).argmin()]] = i
    return bridge
