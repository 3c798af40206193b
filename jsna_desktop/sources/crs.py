"""Coordinates of a file to EPSG:27700, the British National Grid, in metres.

Always through pyproj: rasterio and pyogrio bring their own PROJ, and two of them need not agree. Its default Helmert
transformation agrees with ONS's own files in longitude and latitude to 0.01 m in the median.
"""

from typing import Any

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Problem

GRID = 27700
# Where Great Britain lies: west, south, east, north.
GRID_RANGE = (0.0, 0.0, 700_000.0, 1_300_000.0)
LONLAT_RANGE = (-9.0, 49.0, 2.5, 61.5)
# Parameters of the National Grid's projection (OS, A guide to coordinate systems in Great Britain, A.2).
_NATIONAL_GRID = {"lat_0": 49.0, "lon_0": -2.0, "k": 0.9996012717, "x_0": 400_000.0, "y_0": -100_000.0}


def to_grid(shapes: np.ndarray, crs: Any, where: str) -> tuple[np.ndarray, list[Problem]]:
    """Shapely geometries (n,) in the National Grid, and what had to be assumed.

    `crs` is what the file says of its coordinates (anything that pyproj takes) or None. Coordinates that contradict it
    win: longitudes and latitudes are told from metres by where Great Britain lies. FileProblem where the shapes lie
    nowhere near it.
    """
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    bounds = _bounds(shapely.get_coordinates(shapes))
    if bounds is None:
        return shapes, []
    try:
        said = CRS.from_user_input(crs) if crs else None
    # Not only its own errors: what a file says may be JSON of any kind.
    except (ProjError, ValueError, TypeError, KeyError):
        said = None
    degrees, metres = _within(bounds, LONLAT_RANGE), _within(bounds, GRID_RANGE)
    if said is None:
        if degrees:
            problem = Problem("the file does not say its coordinate system; taken as longitude and latitude (WGS84)")
            return _transformed(shapes, CRS.from_epsg(4326), where), [problem]
        if metres:
            return shapes, [
                Problem("the file does not say its coordinate system; taken as British National Grid (EPSG:27700)")
            ]
        raise _nowhere(bounds, where)
    if degrees and not said.is_geographic:
        problem = Problem(f"the file says {said.name} but holds longitudes and latitudes; taken as WGS84")
        return _transformed(shapes, CRS.from_epsg(4326), where), [problem]
    if said.is_geographic and not degrees:
        if metres and max(map(abs, bounds)) > 180:
            problem = Problem(
                f"the file says {said.name} but holds metres; taken as British National Grid (EPSG:27700)"
            )
            return shapes, [problem]
        swapped = (bounds[1], bounds[0], bounds[3], bounds[2])
        if _within(swapped, LONLAT_RANGE):
            turned = shapely.transform(shapes, lambda xy: xy[:, ::-1])
            problem = Problem("latitude stood before longitude; turned round")
            return _transformed(turned, said, where), [problem]
        raise _nowhere(bounds, where)
    moved = shapes if is_grid(said) else _transformed(shapes, said, where)
    after = shapely.total_bounds(moved)
    if not _within(tuple(after), GRID_RANGE):
        raise _nowhere(tuple(after), where)
    return moved, []


def _bounds(found: np.ndarray) -> tuple[float, float, float, float] | None:
    """Least and greatest of the coordinates (n, 2) that are numbers; None where there are none."""
    if not len(found):
        return None
    # Column by column: along the short axis NumPy takes five times as long.
    x, y = found[:, 0], found[:, 1]
    bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    if np.isfinite(bounds).all():
        return bounds
    return _bounds(found[np.isfinite(x) & np.isfinite(y)])


def is_grid(crs: Any) -> bool:
    """Whether a coordinate system is the National Grid, by its number or, where it is nameless, by its parameters."""
    if crs.to_epsg() == GRID:
        return True
    if not crs.is_projected:
        return False
    import warnings

    with warnings.catch_warnings():
        # pyproj warns that a PROJ string loses detail; the five numbers compared here survive it.
        warnings.simplefilter("ignore", UserWarning)
        parts = crs.to_dict()
    # Some netCDF files keep these numbers in single precision; no other ellipsoid in use is within 100 m of Airy's.
    airy = parts.get("ellps") == "airy" or abs(crs.ellipsoid.semi_major_metre - 6_377_563.396) < 1
    same = all(abs(float(parts.get(name, 0)) - value) < 1e-7 for name, value in _NATIONAL_GRID.items())
    return parts.get("proj") == "tmerc" and airy and same


def _transformed(shapes: np.ndarray, crs: Any, where: str) -> np.ndarray:
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        transformer = Transformer.from_crs(crs, GRID, always_xy=True)
        return shapely.transform(shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    except ProjError as error:
        raise FileProblem(
            "the coordinate system of the shapes cannot be brought to the National Grid",
            where=where,
            found=str(crs.name),
            expected="British National Grid metres, or longitude and latitude",
            todo="Export the layer again in EPSG:27700",
        ) from error


def _within(bounds: tuple, limits: tuple[float, float, float, float]) -> bool:
    return bool(bounds[0] >= limits[0] and bounds[1] >= limits[1] and bounds[2] <= limits[2] and bounds[3] <= limits[3])


def _nowhere(bounds: tuple, where: str) -> FileProblem:
    return FileProblem(
        "the shapes do not lie in Great Britain",
        where=where,
        found="coordinates from {:.6g}, {:.6g} to {:.6g}, {:.6g}".format(*bounds),
        expected="British National Grid metres, or longitude and latitude",
        todo="Export the layer again in EPSG:27700",
    )
