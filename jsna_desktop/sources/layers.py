"""Layers of shapes, as they are in the file: fields and geometry of GeoJSON, GeoPackage, shapefile, GeoParquet …"""

import glob
import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, crs, geopackage, geoparquet, polygons, vector
from jsna_desktop.sources.dataset import Problem
from jsna_desktop.sources.fields import as_text
from jsna_desktop.sources.reading import HEAD_BYTES, Peek

_DAMAGE = "Download or export it again"


@dataclass(frozen=True)
class Layer:
    """What a layer has, before its shapes are read. `others` are the file's other layers, which are left out.

    `number` is its place in the file: the name of a layer in an unpacked file is one that GDAL makes up each time.
    """

    name: str
    fields: tuple[str, ...]
    features: int
    geometry_type: str
    crs: Any
    others: tuple[str, ...] = ()
    number: int = 0

    @property
    def is_points(self) -> bool:
        return "Point" in self.geometry_type and "Polygon" not in self.geometry_type


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
        return Layer(peek.path.stem, *geoparquet.described(peek))
    pyogrio = confined_pyogrio()
    form, source = source_of(peek)
    # What GDAL warns of here it warns of again when the shapes are read, and there it is recorded.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layers = pyogrio.list_layers(source)
            with_shapes = [
                (place, str(name), str(kind)) for place, (name, kind) in enumerate(layers) if kind is not None
            ]
            if not with_shapes:
                raise FileProblem("the file holds no shapes", where=peek.where, todo="Choose a file of boundaries")
            number, name, kind = next((layer for layer in with_shapes if _has_areas(layer[2])), with_shapes[0])
            info = pyogrio.read_info(source, layer=number, force_feature_count=True)
        except faults(pyogrio) as error:
            raise broken(peek, error) from error
    if info["driver"] not in vector.DRIVERS[form]:
        raise broken(peek, ValueError(f"a file that looks like {form} and is read as {info['driver']}"))
    if int(info["features"]) > max(1, _room(peek)):
        raise broken(peek, ValueError(f"{info['features']:,} features declared, more than there are bytes"))
    others = tuple(other for place, other, _ in with_shapes if place != number)
    fields = tuple(str(field) for field in info["fields"])
    return Layer(name, fields, int(info["features"]), kind, info["crs"], others, number)


def _room(peek: Peek) -> int:
    """Bytes of the files that a layer consists of: it has fewer features. An array is made for as many as it says."""
    if peek.path.is_dir():
        return sum(part.stat().st_size for part in peek.path.iterdir())
    if peek.main_member:
        return archive.unpacked_size(peek.path, vector.belonging(peek.main_member, peek.members), peek.where)
    if peek.packed:
        return len(peek.content)
    parts = peek.path.parent.glob(f"{glob.escape(peek.path.stem)}.*")
    return sum(part.stat().st_size for part in parts if part == peek.path or peek.path.suffix.lower() in vector.PARTS)


def _has_areas(kind: str) -> bool:
    return "Polygon" in kind or "Surface" in kind


def confined_pyogrio() -> Any:
    """pyogrio, with GDAL told to fetch nothing that a file names."""
    import pyogrio
    import pyogrio.raw

    # Files name other files and addresses; a data file may make nobody fetch them. A large feature is no error.
    pyogrio.set_gdal_config_options(
        {
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
            "GDAL_HTTP_PROXY": "none://127.0.0.1:9",
            "GDAL_HTTPS_PROXY": "none://127.0.0.1:9",
            "OGR_GEOJSON_MAX_OBJ_SIZE": "0",
            "LIBKML_EXTERNAL_STYLE": "NO",
            "OGR_SQLITE_LOAD_EXTENSIONS": None,
        }
    )
    return pyogrio


def faults(pyogrio: Any) -> tuple[type[Exception], ...]:
    """What pyogrio raises for a file that is not as it should be."""
    errors = pyogrio.errors
    # A field or a heading that is not in the encoding that the file claims breaks it before GDAL notices anything.
    return (
        errors.DataSourceError, errors.DataLayerError, errors.FeatureError, errors.GeometryError, errors.FieldError,
        UnicodeDecodeError,
    )  # fmt: skip


def source_of(peek: Peek) -> tuple[str, Any]:
    """(format, what pyogrio opens): the path, a layer in its zip, or the bytes of an unpacked file."""
    path = str(peek.path.absolute())
    # pyogrio takes these signs, and a name that ends in .zip, for addresses of its own.
    awkward = bool(set("!;") & set(path)) or path.lower().endswith(".zip") or not path.isprintable()
    if awkward and (peek.path.is_dir() or peek.path.suffix.lower() in vector.PARTS):
        raise _misnamed(peek)
    if peek.path.is_dir():
        catalogue = str(peek.path.absolute() / vector.GEODATABASE_CATALOGUE)
        return vector.GEODATABASE, vector.geodatabase(catalogue, peek.where)
    main = peek.main_member
    if main and not main.lower().endswith(".kml"):
        return _in_zip(peek, main)
    form = vector.format_of(peek.head)
    if form == vector.KML:
        vector.check_kml(peek.content, peek.where)
    if form == vector.GEOPACKAGE:
        geopackage.check(peek.content if peek.packed else peek.path, peek.where)
    if peek.packed or awkward:
        return form, peek.content
    if peek.path.suffix.lower() in vector.PARTS:
        vector.check_parts(peek.path.name, [other.name for other in peek.path.parent.iterdir()], peek.where)
    # Absolute, for a relative name might look like an address.
    return form, path


def _misnamed(peek: Peek) -> FileProblem:
    return FileProblem(
        "the file, or a folder it lies in, has a sign in its name that cannot be used",
        where=peek.where,
        found=str(peek.path.absolute()),
        expected="letters, digits, spaces, dots and dashes",
        todo="Give it a plain name",
    )


def _in_zip(peek: Peek, main: str) -> tuple[str, str]:
    if not str(peek.path.resolve()).isprintable() or {"{", "}"} & set(str(peek.path.resolve())):
        raise _misnamed(peek)
    vector.check_parts(main, peek.members, peek.where)
    archive.check_size(peek.path, vector.belonging(main, peek.members), peek.where)
    inside = f"/vsizip/{{{peek.path.resolve()}}}"
    if main.lower().endswith(vector.GEODATABASE_CATALOGUE):
        return vector.GEODATABASE, f"{inside}/{vector.geodatabase(main, peek.where)}"
    head = archive.head(peek.path, main, peek.where, HEAD_BYTES)
    vector.check_pointers(head, peek.where)
    form = vector.format_of(head)
    if not form:
        raise broken(peek, ValueError(f"{main} is not what its name says"))
    return form, f"{inside}/{main}"


def broken(peek: Peek, error: Exception) -> FileProblem:
    """What GDAL said of a file, in an officer's words."""
    said = (str(error).splitlines() or [""])[0]
    # GEOS names the class of an error before it.
    said = re.sub(r"\b\w*(Exception|Error): ", "", said)
    if "not recognized as being in a supported" in said:
        return FileProblem(
            "the shapes are damaged or of a kind that cannot be read",
            where=peek.where,
            expected=vector.READABLE,
            todo="Choose another file",
        )
    said = said.rpartition("failed: ")[2].partition(";")[0] if "sqlite3" in said else said
    return FileProblem("the shapes are damaged or cut short", where=peek.where, found=said, todo=_DAMAGE)


def read_layer(peek: Peek, layer: Layer, fields: tuple[str, ...] | None = None) -> Shapes:
    """The layer's shapes in the National Grid, mended where a ring is invalid; rows keep the file's order.

    `fields` are those to read, all where None. Geometry other than polygons is refused.
    """
    shapes, columns, problems = _read(peek, layer, fields)
    shapes, mended = polygons.mended(shapes, peek.where)
    return Shapes(layer, columns, shapes, (*problems, *mended))


def read_points(peek: Peek, layer: Layer) -> tuple[np.ndarray, dict[str, np.ndarray], list[Problem]]:
    """A layer of points: coordinates (n, 2) in the National Grid, NaN where there are none; fields (n,); problems."""
    shapes, columns, problems = _read(peek, layer, None)
    return polygons.points(shapes, peek.where), columns, problems


def _read(
    peek: Peek, layer: Layer, fields: tuple[str, ...] | None
) -> tuple[np.ndarray, dict[str, np.ndarray], list[Problem]]:
    """(geometry (n,) in the National Grid, fields, problems)."""
    said: list[Problem] = []
    if peek.parquet_schema_or_none is not None:
        wkb, columns = geoparquet.read(peek, fields)
    else:
        wkb, columns, said = _read_gdal(peek, layer, fields)
    if len(wkb) == 0:
        raise FileProblem("the layer has no features", where=peek.where, todo="Choose another file")
    shapes = _from_wkb(peek, wkb)
    deep = shapely.has_z(shapes).any() or shapely.has_m(shapes).any()
    flat = shapely.force_2d(shapes) if deep else shapes
    flat, endless = polygons.finite(flat)
    shapes, problems = crs.to_grid(flat, layer.crs, peek.where)
    if layer.others:
        names = ", ".join(layer.others[:10])
        said.append(Problem(f"of several layers “{layer.name}” is taken; left out: {names}", len(layer.others)))
    return shapes, columns, [*said, *endless, *problems]


def _read_gdal(
    peek: Peek, layer: Layer, fields: tuple[str, ...] | None
) -> tuple[np.ndarray, dict[str, np.ndarray], list[Problem]]:
    """(WKB (n,), fields, what GDAL warned of)."""
    pyogrio = confined_pyogrio()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            meta, _, wkb, values = pyogrio.raw.read(
                source_of(peek)[1], layer=layer.number, columns=None if fields is None else list(fields)
            )
        except faults(pyogrio) as error:
            raise broken(peek, error) from error
    columns = {str(name): as_text(column) for name, column in zip(meta["fields"], values, strict=True)}
    if wkb is None or len(wkb) < layer.features:
        raise broken(peek, ValueError(f"{0 if wkb is None else len(wkb):,} of {layer.features:,} features"))
    # GDAL warns of the file; what libraries tell each other of their next versions is nothing of the file's.
    told = [w for w in warned if not issubclass(w.category, DeprecationWarning | FutureWarning)]
    texts = dict.fromkeys(str(warning.message).splitlines()[0] for warning in told)
    # A file is known by its content, so a GeoPackage under another ending is none the worse; nor is a large shape.
    serious = [text for text in texts if not any(word in text for word in ("file extension", "may be really slow"))]
    return wkb, columns, [Problem(f"the file may be damaged: {text}") for text in serious]


def _from_wkb(peek: Peek, wkb: np.ndarray) -> np.ndarray:
    try:
        # A coordinate that is no number is refused when it is brought to the grid.
        with np.errstate(invalid="ignore"):
            return shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError as error:
        raise broken(peek, error) from error
