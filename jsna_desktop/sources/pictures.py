"""Pictures of maps as a background: georeferenced rasters in colour (OS rasters) and raster MBTiles.

They are looked at and nothing is computed from them, so a picture with more dots than a screen can use is made coarser.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import known, raster_file, raster_grid, rasters
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.dataset import Grid, Problem, Reading
from jsna_desktop.sources.raster_classes import HAZARDS
from jsna_desktop.sources.raster_file import RasterFile
from jsna_desktop.sources.raster_grid import Place
from jsna_desktop.sources.reading import Options, Peek, Recognised

# Three bytes each: a county and 20 km around it at 15 m a dot.
MOST_DOTS = 40_000_000
_BLANK = 255


def recognise(peek: Peek) -> Recognised | None:
    """A raster whose bands are red, green and blue or a palette of colours; MBTiles that hold pictures."""
    if peek.form == "tiles":
        return _recognised(peek, _tiles(peek), "map tiles of pictures (MBTiles)")
    if peek.form != "raster":
        return None
    raster: RasterFile = peek.raster
    if not raster.picture or _of_classes(peek, raster):
        return None
    return _recognised(peek, raster, f"a picture of a map with its place ({raster.driver})")


def _of_classes(peek: Peek, raster: RasterFile) -> bool:
    """Whether a palette only gives colours to classes: those of a map of flood or noise, or with names."""
    subject, _ = rasters.subject_of(peek, raster)
    return raster.picture == "palette" and (subject in HAZARDS or bool(raster.names))


def _recognised(peek: Peek, raster: RasterFile, reason: str) -> Recognised:
    return Recognised("background", f"Background {peek.path.stem}", "", reason, {"picture": raster})


def _tiles(peek: Peek) -> RasterFile:
    """The finest level of MBTiles; FileProblem where its tiles are no pictures."""
    expected, todo = "tiles of PNG or JPEG", "Download the same map as a GeoPackage, and add that"
    try:
        raster: RasterFile = peek.raster
    except FileProblem as error:
        raise FileProblem(
            "the map tiles are damaged or hold shapes in place of pictures",
            where=peek.where,
            found=error.found,
            expected=expected,
            todo=todo,
        ) from error
    if not raster.picture:
        raise FileProblem("the map tiles hold no pictures", where=peek.where, expected=expected, todo=todo)
    return raster


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """The picture's dots that meet the box, as red, green and blue; white where there is nothing."""
    raster: RasterFile = found.details["picture"]
    system, problems = raster_file.system_of(raster, peek.where)
    where, box = peek.where, options.box
    if raster_grid.is_native(raster, system):
        top, left, place = raster_grid.native_window(raster, box, where)
        with raster_file.opened(peek, level="NONE") as file:
            grid = _native(file, raster, top, left, place, options, problems)
    else:
        warp = raster_grid.Warp(raster, system)
        place = warp.place(box, where)
        if place.cells > MOST_DOTS:
            cell = place.transform[0] * (place.cells / MOST_DOTS) ** 0.5
            place = warp.place(box, where, float(f"{cell:.2g}") * 1.05)
            problems.append(_coarser(place.transform[0]))
        grid = _warped(peek, raster, warp, place, options)
    if not grid.tiles:
        raise FileProblem("the picture is blank here", where=where, todo="Choose the file that covers your area")
    id = f"background.{slug(peek.path.stem)[:60] or 'picture'}"
    return rasters.reading_of(peek, grid, id, found, problems, _publisher(raster))


def _publisher(raster: RasterFile) -> known.Publisher:
    said = raster.tags.lower()
    if "openstreetmap" in said:
        return known.OPENSTREETMAP
    return known.OS_OPEN_DATA if "ordnance survey" in said or "crown copyright" in said else known.LOCAL


def _coarser(cell: float) -> Problem:
    return Problem(f"the picture has more dots than a map can show; kept at {cell:g} m a dot")


def _native(
    file: Any, raster: RasterFile, top: int, left: int, place: Place, options: Options, problems: list[Problem]
) -> Grid:
    """The picture's own dots; each the mean of several where there are too many."""
    step = int(np.ceil((place.cells / MOST_DOTS) ** 0.5))
    if step > 1:
        a, b, c, d, e, f = place.transform
        shape = (-(-place.shape[0] // step), -(-place.shape[1] // step))
        place = Place((a * step, b, c, d, e * step, f), shape)
        problems.append(_coarser(a * step))

    def dots_of(row: int, column: int, rows: int, columns: int) -> np.ndarray | None:
        dots, there = _dots(file, raster, left + column * step, top + row * step, columns * step, rows * step)
        if not there.any():
            return None
        if step == 1:
            return dots
        return _means(dots, rows, columns, step)

    return raster_grid.tiled(place, "", dots_of, options.progress)


def _means(dots: np.ndarray, rows: int, columns: int, step: int) -> np.ndarray:
    """Dots (rows, columns, 3), each the mean of `step` × `step` of the given, fewer at the picture's edge."""
    if dots.shape[:2] == (rows * step, columns * step):
        each = dots.reshape(rows, step, columns, step, 3)
        return np.rint(each.mean(axis=(1, 3), dtype=np.float32)).astype(np.uint8)
    whole = np.full((rows * step, columns * step, 3), np.nan, dtype=np.float32)
    whole[: dots.shape[0], : dots.shape[1]] = dots
    return np.rint(np.nanmean(whole.reshape(rows, step, columns, step, 3), axis=(1, 3))).astype(np.uint8)


def _dots(
    file: Any, raster: RasterFile, column: int, row: int, columns: int, rows: int, shape: tuple[int, int] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(dots (h, w, 3) uint8, which (h, w) there are) of a window, cut at the picture's edge; of `shape` if given."""
    columns, rows = min(columns, raster.shape[1] - column), min(rows, raster.shape[0] - row)
    window = ((row, row + rows), (column, column + columns))
    size = shape or (rows, columns)
    if raster.picture == "palette":
        colours = np.full((256, 4), (_BLANK, _BLANK, _BLANK, 0), dtype=np.uint8)
        for value, colour in file.colormap(1).items():
            if 0 <= value < 256:
                colours[value] = colour
        values = file.read(1, window=window, out_shape=size)
        dots, there = colours[values][..., :3], colours[values][..., 3] > 0
        if raster.nodata is not None:
            there &= values != raster.nodata
    else:
        dots = np.moveaxis(file.read((1, 2, 3), window=window, out_shape=(3, *size)), 0, -1).copy()
        # The mask is of the alpha band, or of the value for nothing.
        there = file.dataset_mask(window=window, out_shape=size) > 0
    dots = np.where(there[..., None], dots, _BLANK).astype(np.uint8)
    return dots, there


def _warped(peek: Peek, raster: RasterFile, warp: raster_grid.Warp, place: Place, options: Options) -> Grid:
    """The picture on the National Grid: each dot the colour of the nearest of the file's, read no finer than needed."""
    middle = (place.transform[2] + place.transform[0] * place.shape[1] / 2, place.transform[5] - 1.0)
    own = warp.cell(*middle, peek.where)
    level, factor = _overview(peek, place.transform[0] / own)

    def dots_of(row: int, column: int, rows: int, columns: int) -> np.ndarray | None:
        u, v = warp.cells_in_file(place, row, column, rows, columns)
        u, v = u / factor, v / factor
        inside = (u >= 0) & (u < width_here) & (v >= 0) & (v < height_here)
        if not inside.any():
            return None
        left, right = int(u[inside].min()), int(u[inside].max()) + 1
        top, bottom = int(v[inside].min()), int(v[inside].max()) + 1
        # A dot of the grid may be several of the file's: no more are read than twice as many as are shown.
        size = (min(bottom - top, 2 * rows), min(right - left, 2 * columns))
        dots, there = _dots(file, here, left, top, right - left, bottom - top, size)
        across = np.clip((u - left) * size[1] / (right - left), 0, size[1] - 1).astype(int)
        down = np.clip((v - top) * size[0] / (bottom - top), 0, size[0] - 1).astype(int)
        shown = inside & there[down, across]
        if not shown.any():
            return None
        return np.where(shown[..., None], dots[down, across], _BLANK).astype(np.uint8)

    with raster_file.opened(peek, level=level) as file:
        height_here, width_here = file.height, file.width
        here = replace(raster, shape=(height_here, width_here))
        return raster_grid.tiled(place, "", dots_of, options.progress)


def _overview(peek: Peek, coarser: float) -> tuple[str, float]:
    """(the zoom level of map tiles that is just fine enough, by what factor it is coarser than the finest)."""
    if peek.form != "tiles":
        return "NONE", 1.0
    with raster_file.opened(peek) as file:
        factors = file.overviews(1)
    fitting = [(number, factor) for number, factor in enumerate(factors) if factor <= coarser]
    return (str(fitting[-1][0]), float(fitting[-1][1])) if fitting else ("NONE", 1.0)
