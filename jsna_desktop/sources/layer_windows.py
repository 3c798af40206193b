"""Any layer of a file of shapes, read within a box: what is kept of a national file for one place."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import crs, geoparquet, vector
from jsna_desktop.sources.dataset import Problem
from jsna_desktop.sources.layers import broken, confined_pyogrio, faults, source_of
from jsna_desktop.sources.reading import Box, Peek


@dataclass(frozen=True)
class NamedLayer:
    """A layer of a file: its place in it, name and geometry type ("Point", "MultiPolygon", "Unknown" …)."""

    number: int
    name: str
    geometry_type: str


@dataclass(frozen=True)
class Window:
    """What of a layer meets a box.

    `geometry` (n,) shapely in EPSG:27700, of any type, None where a feature has none; `fields` (n,) as the file has
    them; `more` whether there was more than may be read.
    """

    geometry: np.ndarray
    fields: dict[str, np.ndarray]
    problems: tuple[Problem, ...]
    more: bool


def layers_of(peek: Peek) -> list[NamedLayer]:
    """Every layer of a file that has shapes. FileProblem where it cannot be read."""
    if peek.parquet_schema_or_none is not None:
        return [NamedLayer(0, peek.path.stem, geoparquet.described(peek)[2])]
    pyogrio = confined_pyogrio()
    form, source = source_of(peek)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = [
                NamedLayer(number, str(name), str(kind))
                for number, (name, kind) in enumerate(pyogrio.list_layers(source))
                if kind is not None
            ]
            driver = pyogrio.read_info(source, layer=found[0].number)["driver"] if found else ""
        except faults(pyogrio) as error:
            raise broken(peek, error) from error
    if found and driver not in vector.DRIVERS[form]:
        raise broken(peek, ValueError(f"a file that looks like {form} and is read as {driver}"))
    return found


def fields_of(peek: Peek, layer: NamedLayer) -> tuple[str, ...]:
    """The headings of a layer."""
    if peek.parquet_schema_or_none is not None:
        return geoparquet.described(peek)[0]
    return tuple(str(field) for field in _info(peek, layer)["fields"])


def _info(peek: Peek, layer: NamedLayer) -> dict[str, Any]:
    pyogrio = confined_pyogrio()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return pyogrio.read_info(source_of(peek)[1], layer=layer.number)
        except faults(pyogrio) as error:
            raise broken(peek, error) from error


def extent_named(peek: Peek, layer: NamedLayer) -> str:
    """Where the whole of a layer lies, by longitudes and latitudes; "" where it is not known without reading it."""
    if peek.parquet_schema_or_none is not None:
        return ""
    about = _info(peek, layer)
    if about["total_bounds"] is None or not np.isfinite(about["total_bounds"]).all():
        return ""
    whole: Any = shapely.box(*about["total_bounds"])
    west, south, east, north = shapely.total_bounds(crs.to_grid(np.array([whole]), about["crs"], peek.where)[0])
    return crs.box_named((west, south, east, north))


def read_window(peek: Peek, layer: NamedLayer, box: Box | None, most: int, wanted: tuple[str, ...]) -> Window:
    """The features of a layer that meet the box (EPSG:27700), all of them without one; at most `most` are read.

    `wanted` are the fields to read, those of them that the layer has.
    """
    if peek.parquet_schema_or_none is not None:
        wkb, fields = geoparquet.read(peek, tuple(f for f in fields_of(peek, layer) if f in wanted))
        said_crs, warned = geoparquet.described(peek)[3], []
    else:
        about = _info(peek, layer)
        said_crs = about["crs"]
        wkb, fields, warned = _read(peek, layer, _in_layer(box, about, peek.where), most + 1, wanted)
    with np.errstate(invalid="ignore"):
        try:
            shapes = shapely.from_wkb(wkb)
        except shapely.errors.ShapelyError as error:
            raise broken(peek, error) from error
    finite = shapely.is_missing(shapes) | np.isfinite(shapely.bounds(shapes)).all(axis=1) | shapely.is_empty(shapes)
    problems = [Problem(text) for text in warned]
    if not finite.all():
        problems.append(
            Problem(f"a shape of “{layer.name}” with coordinates that are no numbers", int((~finite).sum()))
        )
        shapes, fields = shapes[finite], {name: column[finite] for name, column in fields.items()}
    shapes, assumed = crs.to_grid(shapely.force_2d(shapes), said_crs, peek.where)
    more = len(shapes) > most
    if box is not None:
        # What GDAL hands out meets the box in the layer's own coordinates, which may lie askew to it.
        meets = shapely.intersects(shapely.envelope(shapes), shapely.box(*box))
        shapes, fields = shapes[meets], {name: column[meets] for name, column in fields.items()}
    return Window(shapes, fields, (*problems, *assumed), more)


def _in_layer(box: Box | None, about: dict[str, Any], where: str) -> Box | None:
    """The box in a layer's own coordinates: those that it holds, whatever it says of them."""
    if box is None:
        return None
    from pyproj import CRS, Transformer

    system, turned = about["crs"], False
    if about["total_bounds"] is not None and np.isfinite(about["total_bounds"]).all():
        try:
            system, turned, _ = crs.meant(tuple(about["total_bounds"]), system, where)
        except FileProblem:
            # The whole of a layer may lie anywhere; what is read of it is looked at again.
            system, turned = about["crs"], False
    if not system:
        return box
    system = CRS.from_user_input(system)
    if crs.is_grid(system):
        return box
    west, south, east, north = Transformer.from_crs(crs.GRID, system, always_xy=True).transform_bounds(
        *box, densify_pts=21
    )
    return (south, west, north, east) if turned else (west, south, east, north)


def _read(
    peek: Peek, layer: NamedLayer, box: Box | None, most: int, wanted: tuple[str, ...]
) -> tuple[np.ndarray, dict[str, np.ndarray], list[str]]:
    pyogrio = confined_pyogrio()
    errors = pyogrio.errors
    columns = [field for field in fields_of(peek, layer) if field in wanted]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            meta, _, wkb, values = pyogrio.raw.read(
                source_of(peek)[1], layer=layer.number, columns=columns, bbox=box, max_features=most
            )
        except (errors.DataSourceError, errors.FeatureError, errors.DataLayerError, UnicodeDecodeError) as error:
            raise broken(peek, error) from error
    if wkb is None:
        raise FileProblem(f"layer “{layer.name}” has no shapes", where=peek.where, todo="Choose another file")
    told = [w for w in caught if not issubclass(w.category, DeprecationWarning | FutureWarning)]
    texts = dict.fromkeys(str(warning.message).splitlines()[0] for warning in told)
    serious = [text for text in texts if not any(word in text for word in ("file extension", "may be really slow"))]
    fields = {str(name): np.asarray(column) for name, column in zip(meta["fields"], values, strict=True)}
    return wkb, fields, [f"the file may be damaged: {text}" for text in serious]
