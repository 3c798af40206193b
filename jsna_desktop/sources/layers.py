"""Layers of shapes, as they are in the file: fields and geometry of GeoJSON, GeoPackage, shapefile, GeoParquet …"""

import io
import json
import warnings
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.sources.dataset import Problem
from jsna_desktop.sources.reading import Peek

_POLYGONS = (3, 6)
_DAMAGE = "Download or export it again"


@dataclass(frozen=True)
class Layer:
    """What a layer has, before its shapes are read."""

    name: str
    fields: tuple[str, ...]
    features: int
    geometry_type: str
    crs: Any


@dataclass(frozen=True)
class Shapes:
    """A layer read: `fields` as text (n,), `geometry` (n,) shapely polygons in EPSG:27700, None where there is none."""

    layer: Layer
    fields: dict[str, np.ndarray]
    geometry: np.ndarray
    problems: tuple[Problem, ...]


def describe_layer(peek: Peek) -> Layer:
    """The layer of a file with shapes: its first that has polygons. FileProblem where it cannot be read."""
    if peek.parquet_schema_or_none is not None:
        return _geoparquet_layer(peek)
    _shapefile_is_whole(peek)
    pyogrio = _pyogrio()
    source = _source(peek)
    # What GDAL warns of here it warns of again when the shapes are read, and there it is recorded.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layers = pyogrio.list_layers(source)
            with_shapes = [(str(name), str(kind)) for name, kind in layers if kind is not None]
            if not with_shapes:
                raise FileProblem("the file holds no shapes", where=peek.where, todo="Choose a file of boundaries")
            name, kind = next((layer for layer in with_shapes if "Polygon" in layer[1]), with_shapes[0])
            info = pyogrio.read_info(source, layer=name, force_feature_count=True)
        except pyogrio.errors.DataSourceError as error:
            raise _broken(peek, error) from error
    crs = info["crs"]
    return Layer(name, tuple(str(field) for field in info["fields"]), int(info["features"]), kind, crs)


def _pyogrio() -> Any:
    import pyogrio
    import pyogrio.raw

    # Files name other files and addresses; a data file may make nobody fetch them. A large feature is no error.
    pyogrio.set_gdal_config_options({"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "OGR_GEOJSON_MAX_OBJ_SIZE": "0"})
    return pyogrio


def _source(peek: Peek) -> Any:
    """What pyogrio opens: the path, a shapefile in its zip, or the bytes of an unpacked file."""
    if not peek.packed:
        return str(peek.path)
    shapefiles = [name for name in peek.members if name.lower().endswith(".shp")]
    if len(shapefiles) > 1:
        raise FileProblem(
            f"the zip holds {len(shapefiles)} shapefiles",
            where=peek.where,
            found=", ".join(shapefiles[:5]),
            expected="one",
            todo="Unpack it and choose one of them",
        )
    if shapefiles:
        return f"/vsizip/{{{peek.path.resolve()}}}/{shapefiles[0]}"
    return peek.content


def _shapefile_is_whole(peek: Peek) -> None:
    """FileProblem naming the missing part: without .shx and .dbf a shapefile has no index and no codes."""
    if peek.start.startswith(b"PK"):
        names = {name.lower() for name in peek.members}
        shape = next((name for name in names if name.endswith(".shp")), "")
    elif peek.path.suffix.lower() == ".shp":
        names = {other.name.lower() for other in peek.path.parent.iterdir()}
        shape = peek.path.name.lower()
    else:
        return
    missing = [end for end in (".shx", ".dbf") if shape and shape[:-4] + end not in names]
    if missing:
        raise FileProblem(
            f"the shapefile has no {' and no '.join(missing)}",
            where=peek.where,
            found=shape,
            expected="a .shp with its .shx and .dbf of the same name",
            todo="Put the missing part beside it, or zip all parts together again",
        )


def _broken(peek: Peek, error: Exception) -> FileProblem:
    said = str(error).splitlines()[0]
    if "not recognized as being in a supported" in said:
        return FileProblem(
            "the shapes are damaged or of a kind that cannot be read",
            where=peek.where,
            expected="GeoJSON, GeoPackage, a zipped shapefile or GeoParquet",
            todo="Choose another file",
        )
    said = said.rpartition("failed: ")[2].partition(";")[0] if "sqlite3" in said else said
    return FileProblem("the shapes are damaged or cut short", where=peek.where, found=said, todo=_DAMAGE)


def read_layer(peek: Peek, layer: Layer, fields: tuple[str, ...] | None = None) -> Shapes:
    """The layer's shapes in the National Grid, mended where a ring is invalid; rows keep the file's order.

    `fields` are those to read, all where None. Geometry other than polygons is refused.
    """
    if peek.parquet_schema_or_none is not None:
        wkb, columns = _read_geoparquet(peek, fields)
        said: list[Problem] = []
    else:
        wkb, columns, said = _read_gdal(peek, layer, fields)
    if len(wkb) == 0:
        raise FileProblem("the layer has no features", where=peek.where, todo="Choose another file")
    shapes = shapely.force_2d(_from_wkb(peek, wkb))
    from jsna_desktop.sources import crs

    shapes, problems = crs.to_grid(shapes, layer.crs, peek.where)
    shapes, mended = _polygons(shapes, peek.where)
    return Shapes(layer, columns, shapes, (*said, *problems, *mended))


def _read_gdal(
    peek: Peek, layer: Layer, fields: tuple[str, ...] | None
) -> tuple[np.ndarray, dict[str, np.ndarray], list[Problem]]:
    """(WKB (n,), fields, what GDAL warned of)."""
    pyogrio = _pyogrio()
    errors = pyogrio.errors
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            meta, _, wkb, values = pyogrio.raw.read(
                _source(peek), layer=layer.name, columns=None if fields is None else list(fields)
            )
        # A field that is not in the encoding that the file claims breaks pyogrio before GDAL notices anything.
        except (errors.DataSourceError, errors.FeatureError, errors.DataLayerError, UnicodeDecodeError) as error:
            raise _broken(peek, error) from error
    columns = {str(name): as_text(column) for name, column in zip(meta["fields"], values, strict=True)}
    if wkb is None or len(wkb) < layer.features:
        raise _broken(peek, ValueError(f"{0 if wkb is None else len(wkb):,} of {layer.features:,} features"))
    texts = dict.fromkeys(str(warning.message).splitlines()[0] for warning in warned)
    # A file is known by its content, so a GeoPackage under another ending is none the worse.
    serious = [text for text in texts if "file extension" not in text]
    return wkb, columns, [Problem(f"the file may be damaged: {text}") for text in serious]


def as_text(column: Any) -> np.ndarray:
    """Values of any kind as stripped text (n,); "" where missing."""
    values = [
        ""
        if v is None or (isinstance(v, float) and isnan(v))
        else (str(int(v)) if isinstance(v, float) and v.is_integer() else str(v).strip())
        for v in np.asarray(column, dtype=object).tolist()
    ]
    return np.array(values, dtype=np.str_) if values else np.zeros(0, dtype="U1")


def _from_wkb(peek: Peek, wkb: np.ndarray) -> np.ndarray:
    try:
        # A coordinate that is no number is refused when it is brought to the grid.
        with np.errstate(invalid="ignore"):
            return shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError as error:
        raise _broken(peek, error) from error


def _geo(peek: Peek) -> tuple[str, dict]:
    """Name and description of a GeoParquet file's geometry column."""
    geo = json.loads(peek.parquet_schema.metadata[b"geo"])
    name = geo["primary_column"]
    return name, geo["columns"][name]


def _geoparquet_layer(peek: Peek) -> Layer:
    import pyarrow.parquet as pq

    geometry, about = _geo(peek)
    if about.get("encoding") != "WKB":
        raise FileProblem(
            "the shapes are kept in a way that cannot be read",
            where=peek.where,
            found=str(about.get("encoding")),
            expected="GeoParquet with WKB",
            todo="Export it again",
        )
    rows = pq.read_metadata(_parquet_file(peek)).num_rows
    fields = tuple(name for name in peek.parquet_schema.names if name != geometry)
    # By the GeoParquet standard a file that says nothing is in longitude and latitude; null means unknown.
    crs = about.get("crs", "OGC:CRS84")
    kind = "Polygon" if any("Polygon" in t for t in about.get("geometry_types", ())) else "Unknown"
    return Layer(peek.path.stem, fields, rows, kind, json.dumps(crs) if isinstance(crs, dict) else crs)


def _parquet_file(peek: Peek) -> Any:
    return io.BytesIO(peek.content) if peek.packed else peek.path


def _read_geoparquet(peek: Peek, fields: tuple[str, ...] | None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    geometry, _ = _geo(peek)
    names = [n for n in peek.parquet_schema.names if n != geometry and (fields is None or n in fields)]
    try:
        table = pq.read_table(_parquet_file(peek), columns=[*names, geometry])
    except (pa.ArrowInvalid, OSError) as error:
        raise peek.damaged("the Parquet file", error) from error
    wkb = table.column(geometry)
    if isinstance(wkb.type, pa.ExtensionType):
        wkb = pa.chunked_array([chunk.storage for chunk in wkb.chunks])
    found = np.empty(len(wkb), dtype=object)
    found[:] = wkb.to_pylist()
    return found, {name: as_text(table.column(name).to_pylist()) for name in names}


def _polygons(shapes: np.ndarray, where: str) -> tuple[np.ndarray, list[Problem]]:
    """Polygons only, invalid rings mended; None where a feature has no area."""
    problems = []
    kinds = shapely.get_type_id(shapes)
    there = (kinds >= 0) & ~shapely.is_empty(shapes)
    if there.any() and not np.isin(kinds[there], (*_POLYGONS, 7)).any():
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


def chosen_field(layer: Layer, wanted: str, where: str) -> str:
    """The layer's own spelling of a field; UsageProblem listing the fields where there is none of that name."""
    by_lower = {field.lower(): field for field in layer.fields}
    if wanted.lower() in by_lower:
        return by_lower[wanted.lower()]
    raise no_such_column(wanted, layer.fields, where)


def no_such_column(wanted: str, columns: tuple[str, ...], where: str) -> UsageProblem:
    """The error for a column that is asked for and not there, with the one that may be meant."""
    import difflib

    near = difflib.get_close_matches(wanted.lower(), [c.lower() for c in columns], 1, 0.5)
    meant = next((c for c in columns if near and c.lower() == near[0]), "")
    return UsageProblem(
        f"there is no column “{wanted}”",
        where=where,
        found="columns " + ", ".join(columns[:30]),
        todo=f"Perhaps “{meant}” is meant" if meant else "Name one of them",
    )
