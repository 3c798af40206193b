"""A raster as it is in its file: its size, place, bands and unit, known before a cell of it is read.

GDAL is told which driver may open a file, by what the file begins with: formats that only point to others (VRT, tile
indexes) and addresses are never opened.
"""

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, crs, hdf5_links, netcdf_header, raster_form
from jsna_desktop.sources.dataset import Problem
from jsna_desktop.sources.raster_names import Names, names_beside, names_in
from jsna_desktop.sources.reading import HEAD_BYTES, Peek

# One block is read as a whole; a file that declares a larger one was not made to be read in windows.
_LARGEST_BLOCK = 512_000_000
# What is packed by gz is unpacked in memory.
_LARGEST_UNPACKED = 256 << 20
# Side files and overviews may name other files; none is needed. A world file (.tfw) and a .prj are no such thing.
_CONFINED: dict[str, Any] = {
    "GDAL_PAM_ENABLED": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_NETCDF_VERIFY_DIMS": "NO",
    "GDAL_CACHEMAX": 256 << 20,
    "GDAL_NUM_THREADS": "1",
}

Affine = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class RasterFile:
    """What a raster says of itself.

    `transform` as in `dataset.Grid`, in its own coordinates; `shape` (rows, columns); `crs` what pyproj takes, None
    where the file says none; `bands` their names, of which band 1 is read; `others` further variables of the file;
    `picture` "rgb" or "palette" for an image to look at, "" for values; `tags` every text that the file has about it;
    `names` of its classes by their numbers, where the file has any.
    """

    name: str
    driver: str
    transform: Affine
    shape: tuple[int, int]
    crs: Any
    dtype: str
    unit: str
    scale: float
    offset: float
    nodata: float | None
    bands: tuple[str, ...]
    others: tuple[str, ...]
    picture: str
    tags: str
    names: Names = ()


@contextmanager
def opened(peek: Peek, name: str = "", level: str = "") -> Iterator[Any]:
    """The raster open for reading, as rasterio's dataset; FileProblem for what GDAL cannot read, then or later.

    `name` is a variable's; `level` the overview to read in place of all cells, `NONE` to look for no overview even
    where cells are left out: a file may say that its overviews are in another.
    """
    rasterio = _rasterio()
    from rasterio._err import CPLE_BaseError  # what GDAL said, where rasterio has no error of its own for it
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    path, form = _source(peek)
    driver = "MBTiles" if peek.form == "tiles" else raster_form.DRIVERS[form]
    try:
        with rasterio.Env(**_CONFINED), _unpacked(peek, path) as path:
            source = f'netcdf:"{path}":{name}' if name else path
            options: dict[str, Any] = {"OVERVIEW_LEVEL": level} if level else {}
            with warnings.catch_warnings():
                # What has no place is refused later, and a netCDF of several variables has none of its own.
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                found = rasterio.open(source, driver=driver, **options)
            with found as file:
                if file.driver != driver:
                    raise ValueError(f"a file that looks like {form} and is read as {file.driver}")
                yield file
    except (RasterioError, CPLE_BaseError, MemoryError, ValueError, OverflowError) as error:
        raise FileProblem(
            "the raster is damaged or of a kind that cannot be read",
            where=peek.where,
            found=archive.in_plain_words(error),
            expected=raster_form.READABLE,
            todo="Download or export it again",
        ) from error


@contextmanager
def _unpacked(peek: Peek, path: str) -> Iterator[str]:
    """What GDAL opens: `path`, or where it is "" the content of a gz in memory.

    GDAL's own reader of gz keeps the last file that it saw, by its name alone: another file of that name, in the same
    process, made it wait for ever. It also unpacks from the start again for each step back.
    """
    if path:
        yield path
        return
    from rasterio import MemoryFile

    content = archive.gunzipped(peek.path, peek.where, _LARGEST_UNPACKED + 1)
    if len(content) > _LARGEST_UNPACKED:
        raise FileProblem(
            "the packed raster is too large",
            where=peek.where,
            expected=f"at most {_LARGEST_UNPACKED >> 20} MB unpacked",
            todo="Unpack it and choose the raster in it",
        )
    with MemoryFile(content) as memory:
        yield memory.name


def _rasterio() -> Any:
    """rasterio, with the one further driver that GDAL's own for map tiles reads them by.

    The reading process leaves SQLite out for layers of shapes. rasterio brings a GDAL of its own, here always told the
    driver to open a file with, and drivers are left out once, when a GDAL starts.
    """
    if "rasterio" in sys.modules:
        return sys.modules["rasterio"]
    left_out = os.environ.get("OGR_SKIP")
    if left_out is not None:
        os.environ["OGR_SKIP"] = ",".join(name for name in left_out.split(",") if name != "SQLite")
    try:
        import rasterio

        with rasterio.Env():
            return rasterio
    finally:
        if left_out is not None:
            os.environ["OGR_SKIP"] = left_out


def _source(peek: Peek) -> tuple[str, str]:
    """(what GDAL opens, format): the path, or the raster inside its zip; "" for the raster in a gz."""
    path = str(peek.path.absolute())
    if not peek.packed:
        return path, raster_form.format_of(peek.head)
    if peek.start.startswith(b"\x1f\x8b"):
        form, inside = raster_form.format_of(peek.head), ""
    else:
        member = raster_form.member_of(peek.members, peek.where)
        archive.check_size(peek.path, [member], peek.where)
        form = raster_form.format_of(archive.head(peek.path, member, peek.where, HEAD_BYTES))
        inside = f"/vsizip/{{{path}}}/{member}"
    if form in (raster_form.NETCDF, raster_form.HDF):
        raise FileProblem("a packed netCDF cannot be read", where=peek.where, todo="Unpack it and choose the .nc in it")
    if not form:
        raise FileProblem(
            "the raster in the zip is not what its name says",
            where=peek.where,
            expected=raster_form.READABLE,
            todo="Download it again",
        )
    return inside, form


def describe_raster(peek: Peek) -> RasterFile:
    """A raster's first variable and band. FileProblem where it cannot be read or has no cells."""
    form = "" if peek.packed else raster_form.format_of(peek.head)
    if form == raster_form.HDF:
        hdf5_links.check_stands_alone(peek.path, peek.where)
    elif form == raster_form.NETCDF:
        netcdf_header.check_header(peek.path, peek.where)
    with opened(peek) as file:
        variables = [_variable(name) for name in file.subdatasets]
        if not variables or file.count:
            return _described(peek, file, "", tuple(variables))
    # Coordinates' bounds are variables too, and no values.
    variables = [name for name in variables if name and not name.lower().endswith(("_bnds", "_bounds"))]
    if not variables:
        raise FileProblem("the file holds no raster", where=peek.where, todo="Choose another file")
    with opened(peek, variables[0]) as file:
        return _described(peek, file, variables[0], tuple(variables[1:]))


def _variable(subdataset: str) -> str:
    """The name of a variable from GDAL's address of it; "" for one that no variable is called."""
    name = subdataset.rpartition(":")[2]
    return name if re.fullmatch(r"[A-Za-z0-9_.+@-]{1,200}", name) else ""


def _described(peek: Peek, file: Any, name: str, others: tuple[str, ...]) -> RasterFile:
    if not file.count or not file.width or not file.height:
        raise FileProblem("the file holds no raster", where=peek.where, todo="Choose another file")
    for block, dtype in zip(file.block_shapes, file.dtypes, strict=True):
        if block[0] * block[1] * np.dtype(dtype).itemsize > _LARGEST_BLOCK:
            raise FileProblem(
                "the raster is one block too large to be read in parts",
                where=peek.where,
                found=f"a block of {block[1]:,} × {block[0]:,} cells",
                todo="Save it again in tiles (in QGIS: Export, with the creation option TILED=YES)",
            )
    a, b, c, d, e, f = tuple(file.transform)[:6]
    if not np.isfinite([a, b, c, d, e, f]).all() or abs(a * e - b * d) < 1e-18:
        raise FileProblem("the raster does not say where it lies", where=peek.where, todo="Export it again")
    tags = {**file.tags(), **file.tags(1)}
    unit = (file.units[0] or tags.get("units", "") or "").strip()
    labels = [description or f"band {number}" for number, description in enumerate(file.descriptions, start=1)]
    scale, offset = float(file.scales[0]), float(file.offsets[0])
    return RasterFile(
        name=name,
        driver=file.driver,
        transform=(a, b, c, d, e, f),
        shape=(file.height, file.width),
        crs=file.crs.to_wkt() if file.crs else None,
        dtype=str(file.dtypes[0]),
        unit="" if unit in ("1", "unknown") else unit[:60],
        scale=scale if np.isfinite(scale) and scale != 0 else 1.0,
        offset=offset if np.isfinite(offset) else 0.0,
        nodata=None if file.nodata is None else float(file.nodata),
        bands=tuple(label[:80] for label in labels),
        others=others,
        picture=_picture(file),
        tags=" ".join(f"{key} {value}" for key, value in tags.items())[:4000] + " " + name,
        names=(names_in(tags) or names_beside(peek.path)) if (scale, offset) == (1.0, 0.0) else (),
    )


def _picture(file: Any) -> str:
    """`rgb` or `palette` for a picture of a map, by what its bands say that they are; "" for a grid of values."""
    from rasterio.enums import ColorInterp

    kinds = list(file.colorinterp)
    whole = all(dtype == "uint8" for dtype in file.dtypes)
    if whole and kinds[:3] == [ColorInterp.red, ColorInterp.green, ColorInterp.blue]:
        return "rgb"
    return "palette" if kinds[0] == ColorInterp.palette and file.dtypes[0] == "uint8" else ""


def bounds(transform: Affine, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    """West, south, east and north of a raster, in its own coordinates."""
    a, b, c, d, e, f = transform
    rows, columns = shape
    x = np.array([c, c + a * columns, c + b * rows, c + a * columns + b * rows])
    y = np.array([f, f + d * columns, f + e * rows, f + d * columns + e * rows])
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def system_of(raster: RasterFile, where: str) -> tuple[Any, list[Problem]]:
    """The coordinate system as pyproj's CRS, and what had to be assumed.

    One that the file does not say is told by where Great Britain lies; FileProblem where it cannot be.
    """
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    west, south, east, north = bounds(raster.transform, raster.shape)
    if raster.crs:
        try:
            system = CRS.from_user_input(raster.crs)
            # One of heights, of a factory floor or of numbers that make no earth has no way to the National Grid.
            Transformer.from_crs(crs.GRID, system)
            return system, []
        except ProjError as error:
            raise FileProblem(
                "the raster's coordinate system is not known",
                where=where,
                found=str(raster.crs)[:120],
                expected="one with an EPSG number",
                todo="Export it again in EPSG:27700",
            ) from error
    if _inside((west, south, east, north), crs.LONLAT_RANGE):
        said = "the raster does not say its coordinate system; taken as longitude and latitude (WGS84)"
        return CRS.from_epsg(4326), [Problem(said)]
    # A grid may reach a little beyond the land; one that starts at its own corner has no place at all.
    beyond = (crs.GRID_RANGE[0] - 1e5, crs.GRID_RANGE[1] - 1e5, crs.GRID_RANGE[2] + 1e5, crs.GRID_RANGE[3] + 1e5)
    placed = raster.transform[:6] != (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    if placed and _inside((west, south, east, north), beyond) and max(east, north) > 1000:
        said = "the raster does not say its coordinate system; taken as British National Grid (EPSG:27700)"
        return CRS.from_epsg(crs.GRID), [Problem(said)]
    raise FileProblem(
        "the raster does not say its coordinate system, and its coordinates are not Great Britain's",
        where=where,
        found=f"from {west:.6g}, {south:.6g} to {east:.6g}, {north:.6g}",
        expected="British National Grid metres, or a coordinate system in the file",
        todo="Export it again in EPSG:27700",
    )


def _inside(bounds: tuple[float, float, float, float], limits: tuple[float, float, float, float]) -> bool:
    return bounds[0] >= limits[0] and bounds[1] >= limits[1] and bounds[2] <= limits[2] and bounds[3] <= limits[3]
