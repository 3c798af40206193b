"""Shapes as areas need them: polygons, each valid; or points, where a file gives the middles of areas."""

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Problem

_POINT, _POINTS, _COLLECTION = 0, 4, 7
_POLYGONS = (3, 6)


def finite(shapes: np.ndarray) -> tuple[np.ndarray, list[Problem]]:
    """Shapes (n,) without those that have a coordinate which is no number: None in their place, and said."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    # A sum is finite where all of it is, unless it is too large: then each is looked at.
    if np.isfinite(coordinates.sum()):
        return shapes, []
    wrong = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    if not len(wrong):
        return shapes, []
    kept = shapes.copy()
    kept[wrong] = None
    examples = tuple(f"feature {row + 1}" for row in wrong[:20])
    return kept, [Problem("a shape has coordinates that are no numbers; left out", len(wrong), examples)]


def mended(shapes: np.ndarray, where: str) -> tuple[np.ndarray, list[Problem]]:
    """Polygons only, invalid rings mended; None where a feature has no area."""
    problems = []
    kinds = shapely.get_type_id(shapes)
    there = (kinds >= 0) & ~shapely.is_empty(shapes)
    if there.any() and not np.isin(kinds[there], (*_POLYGONS, _COLLECTION)).any():
        raise FileProblem(
            "the shapes are not polygons",
            where=where,
            found="points or lines",
            expected="polygons",
            todo="Choose the layer with the boundaries of areas",
        )
    shapes = shapes.copy()
    shapes[~there] = None
    broken = there & ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = shapely.make_valid(shapes[broken])
        rows = np.flatnonzero(broken)
        examples = tuple(f"feature {row + 1}" for row in rows[:20])
        problems.append(Problem("a shape crossed itself; mended", len(rows), examples))
    mixed = there & ~np.isin(shapely.get_type_id(shapes), _POLYGONS)
    for row in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapely.get_parts(shapes[row]))
        areas = parts[np.isin(shapely.get_type_id(parts), _POLYGONS)]
        shapes[row] = shapely.union_all(areas) if len(areas) else None
    return shapes, problems


def points(shapes: np.ndarray, where: str) -> np.ndarray:
    """Coordinates (n, 2) of a layer of points, NaN where a feature has none; FileProblem for other shapes."""
    found = np.full((len(shapes), 2), np.nan)
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    # Some programs write every point as a collection of one.
    single = (shapely.get_type_id(shapes) == _POINTS) & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    if (there & (shapely.get_type_id(shapes) != _POINT)).any():
        raise FileProblem(
            "the shapes are not points", where=where, expected="one point for each area", todo="Choose another layer"
        )
    found[there] = shapely.get_coordinates(shapes[there])
    return found
