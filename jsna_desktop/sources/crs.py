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
    bounds = _bounds(shapely.get_coordinates(shapes))
    if bounds is None:
        return shapes, []
    system, turned, assumed = meant(bounds, crs, where)
    if turned:
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    moved = shapes if is_grid(system) else _transformed(shapes, system, where)
    if not assumed:
        after = tuple(shapely.total_bounds(moved))
        if not _within(after, GRID_RANGE):
            raise _nowhere(after, where)
    return moved, assumed


def meant(bounds: tuple[float, float, float, float], crs: Any, where: str) -> tuple[Any, bool, list[Problem]]:
    """(the system that coordinates within these bounds are in, whether latitude stands first, what is assumed).

    `crs` and the refusal are those of `to_grid`.
    """
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    try:
        said = CRS.from_user_input(crs) if crs else None
    # Not only its own errors: what a file says may be JSON of any kind.
    except (ProjError, ValueError, TypeError, KeyError):
        said = None
    degrees, metres = _within(bounds, LONLAT_RANGE), _within(bounds, GRID_RANGE)
    if said is None:
        silent = "the file does not say its coordinate system; taken as"
        if degrees:
            return CRS.from_epsg(4326), False, [Problem(f"{silent} longitude and latitude (WGS84)")]
        if metres:
            return CRS.from_epsg(GRID), False, [Problem(f"{silent} British National Grid (EPSG:27700)")]
        raise _nowhere(bounds, where)
    if degrees and not said.is_geographic:
        problem = Problem(f"the file says {said.name} but holds longitudes and latitudes; taken as WGS84")
        return CRS.from_epsg(4326), False, [problem]
    if said.is_geographic and not degrees:
        if metres and max(map(abs, bounds)) > 180:
            problem = Problem(
                f"the file says {said.name} but holds metres; taken as British National Grid (EPSG:27700)"
            )
            return CRS.from_epsg(GRID), False, [problem]
        swapped = (bounds[1], bounds[0], bounds[3], bounds[2])
        if _within(swapped, LONLAT_RANGE):
            return said, True, [Problem("latitude stood before longitude; turned round")]
        raise _nowhere(bounds, where)
    return said, False, []


def places_of(degrees: np.ndarray) -> np.ndarray:
    """Places (n, 2) in the National Grid of longitudes and latitudes (n, 2), WGS84; inf where it has no place."""
    from pyproj import Transformer

    return np.column_stack(Transformer.from_crs(4326, GRID, always_xy=True).transform(*degrees.T))


def in_great_britain(places: np.ndarray) -> np.ndarray:
    """Which of places (n, 2) in the National Grid lie in its range."""
    west, south, east, north = GRID_RANGE
    x, y = places.T
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def stretch(degrees: np.ndarray, places: np.ndarray) -> float:
    """How much longer than on the ground (WGS84) lengths are on the National Grid, as a share: 0.02 is 2 % too long.

    Of places (n, 2), their `degrees` (n, 2) given, at the one where it is furthest from nothing; below zero where
    lengths are too short, inf where the grid has no place for one.
    """
    from pyproj import Geod

    if not np.isfinite(places).all():
        return np.inf
    # A transverse Mercator's scale goes by the distance from its central meridian.
    off = np.abs(places[:, 0] - _NATIONAL_GRID["x_0"])
    ends = np.array([off.argmin(), off.argmax()])
    (x, y), step, north = degrees[ends].T, np.full(2, 100.0), np.zeros(2)
    beyond = places_of(np.column_stack(Geod(ellps="WGS84").fwd(x, y, north, step)[:2]))
    shares = np.hypot(*(beyond - places[ends]).T) / step - 1
    return float(shares[np.abs(shares).argmax()])


def degrees_named(bounds: tuple[float, float, float, float]) -> str:
    """West, south, east and north in degrees as people write them: 51.50 to 51.62° N, 2.10 to 1.95° W."""

    def span(low: float, high: float, signs: str) -> str:
        ends = [(abs(round(each, 2)), signs[int(each < 0)]) for each in (low, high)]
        if ends[0] == ends[1]:
            return f"{ends[0][0]:.2f}° {ends[0][1]}"
        first = f"{ends[0][0]:.2f}" if ends[0][1] == ends[1][1] else f"{ends[0][0]:.2f}° {ends[0][1]}"
        return f"{first} to {ends[1][0]:.2f}° {ends[1][1]}"

    west, south, east, north = bounds
    return f"{span(south, north, 'NS')}, {span(west, east, 'EW')}"


def box_named(box: tuple[float, float, float, float]) -> str:
    """A box in the National Grid by its longitudes and latitudes."""
    from pyproj import Transformer

    return degrees_named(Transformer.from_crs(GRID, 4326, always_xy=True).transform_bounds(*box, densify_pts=21))


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
    """Whether a coordinate system is the National Grid in metres: by its number or, without one, by its parameters."""
    if crs.to_epsg() == GRID:
        return True
    if not crs.is_projected or any(axis.unit_conversion_factor != 1 for axis in crs.axis_info):
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
