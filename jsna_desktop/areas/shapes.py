"""Shapes of places, made sound, cut, joined and compared: shapely in, shapely out, EPSG:27700 metres.

A sliver is a part, and a slit a hole, whose mean width (twice its area over the length of its edge) is below a limit:
what is left where two outlines of one line do not meet. Nobody draws a place half a metre wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy import sparse

from jsna_desktop.areas.apportion import EDGE_NOISE
from jsna_desktop.errors import UsageProblem

HECTARE = 1e4
_NOTHING = shapely.MultiPolygon()
# How far from a line an edge of a piece cut along it may lie (m): rounding, at coordinates of a million metres.
_ON_LINE = 1e-5


@dataclass(frozen=True)
class Sound:
    """A valid polygon or multipolygon, and a sentence for each thing that was done to it or is odd in it.

    `left_out` and `closed` (m²) are the areas of slivers taken away and of slits filled.
    """

    shape: shapely.Geometry
    notes: tuple[str, ...] = ()
    left_out: float = 0.0
    closed: float = 0.0


def hectares(area: float) -> str:
    """An area of m² in words: `12.3 ha`."""
    value = area / HECTARE
    return f"{value:,.0f} ha" if value >= 100 else f"{value:,.1f} ha" if value >= 1 else f"{value:.2g} ha"


def sound(shape: shapely.Geometry, width: float = EDGE_NOISE) -> Sound:
    """A shape as a place can have it: rings that cross mended, slivers left out, slits closed; the rest is only told.

    Holes and islands are as they were drawn; they are told, for they may not be meant. What has no area becomes an
    empty multipolygon.
    """
    notes = []
    flat = shapely.force_2d(shape)
    if not shapely.is_valid(flat):
        notes.append(f"The line crossed or touched itself and was mended ({shapely.is_valid_reason(flat)}).")
        # A ring that runs twice round or crosses itself holds what it goes round (structure), as drawn by hand.
        flat = shapely.make_valid(flat, method="structure")
    parts = _polygons(flat)
    thin = mean_width(parts) < width
    left_out = float(shapely.area(parts[thin]).sum())
    if thin.any():
        notes.append(_counted(int(thin.sum()), "sliver", left_out, f"thinner than {width:g} m, left out"))
    parts, slits, closed = _without_slits(parts[~thin], width)
    if slits:
        notes.append(_counted(slits, "slit", closed, f"thinner than {width:g} m, closed"))
    holes = shapely.get_num_interior_rings(parts)
    if holes.sum():
        inside = float(shapely.area(_filled(parts)).sum() - shapely.area(parts).sum())
        notes.append(_counted(int(holes.sum()), "hole", inside, "not part of the place"))
    if len(parts) > 1:
        area = np.sort(shapely.area(parts))[::-1]
        notes.append(
            f"It is in {len(parts)} parts: the largest has {hectares(area[0])}, the others {hectares(area[1:].sum())}."
        )
    return Sound(_one(parts), tuple(notes), left_out, closed)


def _counted(count: int, what: str, area: float, then: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'} ({hectares(area)}{'' if count == 1 else ' in all'}): {then}."


def mean_width(parts: np.ndarray) -> np.ndarray:
    """Twice the area of each polygon (n,) over the length of its edge (m): half the side of a square."""
    length = shapely.length(parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length > 0, 2 * shapely.area(parts) / length, 0.0)


def _polygons(shape: shapely.Geometry) -> np.ndarray:
    """The polygons of a shape (n,) whatever it is a collection of; lines and points have no area and go."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) > 3).any():
        parts = shapely.get_parts(parts)
    return parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]


def _one(parts: np.ndarray) -> shapely.Geometry:
    """Polygons that do not overlap as one shape."""
    return _NOTHING if not len(parts) else parts[0] if len(parts) == 1 else shapely.MultiPolygon(list(parts))


def _filled(parts: np.ndarray) -> np.ndarray:
    return np.asarray(shapely.polygons(shapely.get_exterior_ring(parts)), dtype=object) if len(parts) else parts


def _without_slits(parts: np.ndarray, width: float) -> tuple[np.ndarray, int, float]:
    """Polygons (n,) without holes thinner than a width, how many there were, and their area."""
    made, slits, closed = parts.copy(), 0, 0.0
    for place in np.flatnonzero(shapely.get_num_interior_rings(parts)).tolist():
        rings = np.array(parts[place].interiors, dtype=object)
        holes = np.asarray(shapely.polygons(rings), dtype=object)
        thin = mean_width(holes) < width
        if thin.any():
            made[place] = shapely.Polygon(parts[place].exterior, list(rings[~thin]))
            slits, closed = slits + int(thin.sum()), closed + float(shapely.area(holes[thin]).sum())
    return made, slits, closed


def without_slivers(shape: shapely.Geometry, width: float) -> tuple[shapely.Geometry, int, float]:
    """(the shape without parts thinner than `width` m, how many there were, their area m²)."""
    parts = _polygons(shape)
    thin = mean_width(parts) < width
    return _one(parts[~thin]), int(thin.sum()), float(shapely.area(parts[thin]).sum())


def joined(shapes: Sequence[shapely.Geometry] | np.ndarray, width: float = EDGE_NOISE) -> Sound:
    """The union of shapes, without the slits between outlines of one line that do not meet."""
    return sound(shapely.union_all(np.asarray(shapes, dtype=object)), width)


def subtracted(shape: shapely.Geometry, others: Sequence[shapely.Geometry], width: float = EDGE_NOISE) -> Sound:
    """What of a shape lies in none of the others."""
    return sound(shapely.difference(shape, shapely.union_all(np.asarray(others, dtype=object))), width)


def common(shapes: Sequence[shapely.Geometry], width: float = EDGE_NOISE) -> Sound:
    """What lies in every one of the shapes."""
    return sound(shapely.intersection_all(np.asarray(shapes, dtype=object)), width)


def split(
    shape: shapely.Geometry, line: shapely.LineString, width: float = EDGE_NOISE
) -> tuple[shapely.Geometry, shapely.Geometry]:
    """(what lies left of the line as it was drawn, what lies right of it).

    Parts that the line does not reach go with the nearest piece; slivers that it cuts off stay with the other side.
    An end of the line inside the shape cuts nothing; a line that cuts nothing at all is a UsageProblem.
    """
    parts = _polygons(shape)
    hit = shapely.intersects(parts, line)
    pieces = [part for part in parts[hit] for part in _pieces(part, line)]
    sides = np.array([_side(piece, line) for piece in pieces])
    thin = mean_width(np.array(pieces, dtype=object)) < width
    solid = sides[~thin]
    sides[thin] *= -1
    if not (solid > 0).any() or not (solid < 0).any():
        raise UsageProblem(
            "the line does not cut the place in two", todo="Draw it across the place, from outside to outside"
        )
    cut = np.array(pieces, dtype=object)
    known = np.flatnonzero(sides != 0)
    rest = [*cut[sides == 0], *parts[~hit]]
    nearest = [known[np.argmin(shapely.distance(cut[known], part))] for part in rest]
    left = [*cut[sides > 0], *(part for part, near in zip(rest, nearest, strict=True) if sides[near] > 0)]
    right = [*cut[sides < 0], *(part for part, near in zip(rest, nearest, strict=True) if sides[near] < 0)]
    # Pieces of one side may share an edge where the line doubles back.
    return shapely.union_all(left), shapely.union_all(right)


def _pieces(part: shapely.Polygon, line: shapely.LineString) -> list[shapely.Polygon]:
    """The polygons that a line cuts a polygon into."""
    edges = shapely.unary_union([shapely.boundary(part), line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    return list(faces[shapely.intersects(part, shapely.point_on_surface(faces))])


def _side(piece: shapely.Polygon, line: shapely.LineString) -> int:
    """1 for a piece left of the line, −1 right of it, 0 where it does not touch it along an edge."""
    # Rings turned so that the piece lies left of every edge: an edge that runs with the line has the piece left of it.
    rings = shapely.get_rings(shapely.orient_polygons(piece))
    total = 0.0
    for ring in rings:
        xy = shapely.get_coordinates(ring)
        step = np.diff(xy, axis=0)
        middle = np.asarray(shapely.points((xy[:-1] + xy[1:]) / 2), dtype=object)
        near = np.flatnonzero(shapely.distance(middle, line) < _ON_LINE)
        if not len(near):
            continue
        along = shapely.line_locate_point(line, middle[near])
        nudge = np.minimum(np.hypot(*step[near].T) / 4, 0.01)
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, along + nudge))
        behind = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(along - nudge, 0.0)))
        total += float((step[near] * (ahead - behind)).sum() / max(nudge.max(), 1e-12))
    return int(np.sign(total))


@dataclass(frozen=True)
class Overlap:
    """What two of several shapes both hold: their places among them, and the shape of it."""

    first: int
    second: int
    shape: shapely.Geometry


def overlaps(shapes: np.ndarray, width: float) -> tuple[list[Overlap], int, float]:
    """Every pair of shapes (n,) that overlap by more than slivers; how many slivers there were, and their area m²."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    found, slivers, thin_area = [], 0, 0.0
    shared = shapely.intersection(shapes[first], shapes[second])
    for a, b, both in zip(first.tolist(), second.tolist(), shared, strict=True):
        solid, thin, area = without_slivers(both, width)
        slivers, thin_area = slivers + thin, thin_area + area
        if not shapely.is_empty(solid):
            found.append(Overlap(a, b, solid))
    return found, slivers, thin_area


def is_partition(matrix: sparse.csr_array, blocks: np.ndarray, tolerance: float = 1e-9) -> bool:
    """Whether weights (localities, blocks) add up to one for each of the blocks at these positions."""
    return bool(np.allclose(np.asarray(matrix.sum(axis=0))[blocks], 1.0, rtol=0, atol=tolerance))
