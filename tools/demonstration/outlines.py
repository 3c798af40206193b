"""Boundaries: the edges between cells of different areas, roughened once and shared by both sides."""

import numpy as np
import shapely

SIMPLIFIED = 9.0  # metres, finer than the 20 m of published generalised boundaries
GRID = 1.0  # metres; coordinates are whole metres, exact in every format


def _roughen(
    rng: np.random.Generator, a: np.ndarray, b: np.ndarray, p: np.ndarray, q: np.ndarray, rough: float, step: float
) -> list[np.ndarray]:
    """Points between a and b, displaced towards the sites p and q on either side, never past them.

    The two sites and the ends of an edge make a kite that no other edge enters, so edges cannot cross.
    """
    middle = (a + b) / 2
    if np.hypot(*(b - a)) < step:
        return []
    pull = rng.uniform(-rough, rough)
    new = middle + abs(pull) * ((p if pull > 0 else q) - middle)
    left, right = (a + new) / 2, (new + b) / 2
    lift_p, lift_q = (p - middle) * 0.3, (q - middle) * 0.3
    before = _roughen(rng, a, new, left + lift_p, left + lift_q, rough, step)
    return [*before, new, *_roughen(rng, new, b, right + lift_p, right + lift_q, rough, step)]


def _untangled(lines: np.ndarray, straight: np.ndarray) -> np.ndarray:
    """The lines, with those that the grid made cross, or touch between their ends, straight again."""
    for _ in range(10):
        one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
        one, other = one[one < other], other[one < other]
        meet = shapely.intersection(lines[one], lines[other])
        ends = shapely.intersection(shapely.boundary(lines[one]), shapely.boundary(lines[other]))
        wrong = ~shapely.equals(meet, ends)
        tangled = np.unique(np.r_[one[wrong], other[wrong], np.flatnonzero(~shapely.is_simple(lines))])
        if tangled.size == 0:
            return lines
        lines[tangled] = straight[tangled]
    raise RuntimeError("boundaries still cross")


def area_shapes(
    rng: np.random.Generator,
    xy: np.ndarray,
    vertices: np.ndarray,
    edges: np.ndarray,
    between: np.ndarray,
    area: np.ndarray,
    smooth: np.ndarray,
    roughness: np.ndarray,
) -> np.ndarray:
    """Polygons of areas 0 … m - 1 as an exact coverage.

    `xy` (n, 2) sites; `vertices` (v, 2) and `edges` (e, 2) of the cells; `between` (e, 2) the sites on either
    side; `area` (n,) area of each site, -1 outside; `smooth` (e,) bool, edges along a line; `roughness` (e,).
    """
    vertices = np.round(vertices / GRID) * GRID
    start, end = vertices[edges[:, 0]], vertices[edges[:, 1]]
    shown = (area[between[:, 0]] != area[between[:, 1]]) & (start != end).any(axis=1)
    lines = []
    for i in np.flatnonzero(shown):
        p, q = xy[between[i]]
        step = 90.0 if np.hypot(*(p - q)) > 250 else 45.0
        inner = [] if smooth[i] else _roughen(rng, start[i], end[i], p, q, roughness[i], step)
        path = np.round(np.array([start[i], *inner, end[i]]) / GRID) * GRID
        lines.append(shapely.linestrings(path[np.r_[True, (np.diff(path, axis=0) != 0).any(axis=1)]]))
    straight = np.asarray(shapely.linestrings(np.stack([start[shown], end[shown]], axis=1)))
    faces = shapely.get_parts(shapely.polygonize(_untangled(np.array(lines), straight)))
    tree = shapely.STRtree(faces)
    site, face = tree.query(shapely.points(xy[area >= 0]), predicate="intersects")
    owner = area[area >= 0][site]
    shapes = []
    for m in range(area.max() + 1):
        votes = np.bincount(face[owner == m], minlength=len(faces))
        shapes.append(faces[votes.argmax()])
    out = np.array(shapes)
    if len(np.unique(shapely.to_wkb(out))) != len(out):
        raise RuntimeError("two areas share one outline")
    return shapely.normalize(shapely.coverage_simplify(out, SIMPLIFIED))
