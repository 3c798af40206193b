"""Rasters of values: population grids, air quality, green cover, flood, noise. GeoTIFF, ASCII grid and netCDF."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import known, raster_file, raster_grid
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.dataset import Grid, Problem, Reading
from jsna_desktop.sources.raster_classes import MEASURED, MOST_SHARES, class_numbers, classes_of, said_of
from jsna_desktop.sources.raster_file import RasterFile
from jsna_desktop.sources.raster_grid import BILINEAR, MOST_CELLS, NEAREST, SHARED
from jsna_desktop.sources.reading import Options, Peek, Recognised

# What a raster is of, by words in the file and its name; the first that fits. Only people count: they are shared out.
_SUBJECTS = (
    (r"pm_?2[._]?5|pm25", "pm25", "Particulates PM2.5"),
    (r"pm_?10", "pm10", "Particulates PM10"),
    (r"no2|nitrogen.?dioxide", "no2", "Nitrogen dioxide"),
    (r"flood|rofrs|rofsw", "flood", "Flood risk"),
    (r"noise|l_?den|l_?night|l_?aeq", "noise", "Noise"),
    (r"green|ndvi|canopy|tree.?cover", "green", "Green cover"),
    (r"population|people|residents|(^|[^a-z])(pop|ppp)([^a-z]|$)", "population", "Population"),
)
_LARGEST = 1e20
_UNSAID = "its whole numbers have no unit and are taken for a measurement, of which the mean is given"
# The demonstration county's rasters say so of themselves.
_FICTIONAL = "Fictional data:"
_DENSITY = re.compile(r"densit|per.?(sq|km|ha)|/ ?(km|ha)|km.?-2|ha.?-1", re.IGNORECASE)


def recognise(peek: Peek) -> Recognised | None:
    """Any GeoTIFF, ASCII grid or netCDF; pictures of maps are known before, as backgrounds."""
    if peek.form != "raster":
        return None
    raster: RasterFile = peek.raster
    subject, title = subject_of(peek, raster)
    rows, columns = raster.shape
    reason = f"a raster of {columns:,} × {rows:,} cells ({raster.driver})"
    return Recognised("raster", title, "", reason, {"raster": raster, "subject": subject})


def subject_of(peek: Peek, raster: RasterFile) -> tuple[str, str]:
    """(word for the id, title) of what a raster is of; by its file's name where no word of it is known."""
    text = " ".join((peek.path.stem, raster.name, raster.tags, *raster.bands)).lower()
    for pattern, subject, title in _SUBJECTS:
        if re.search(pattern, text):
            return subject, title
    return slug(peek.path.stem)[:60] or "raster", f"Raster {peek.path.stem}"


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """The cells of the first variable and band that meet the box, as float32, NaN where there is no value."""
    raster: RasterFile = found.details["raster"]
    system, problems = raster_file.system_of(raster, peek.where)
    first, *more = raster.bands
    others = [*more, *raster.others]
    if others:
        first = raster.name or first
        message = f"of several bands or variables “{first}” is taken; left out: {known.listed(others[:10])}"
        problems.append(Problem(message, len(others)))
    subject = found.details["subject"]
    how = _how(subject, raster)
    with raster_file.opened(peek, raster.name) as file:
        grid, said, numbers = _classed(
            subject, raster, how, lambda how: _grid(peek, file, raster, system, how, options)
        )
    if said:
        problems.append(Problem(said))
    if not grid.tiles:
        raise FileProblem("no cell of the raster has a value here", where=peek.where, todo="Choose another file")
    if len(numbers):
        classes = classes_of(subject, numbers, grid.names)
        amiss = classes.too_many or not len(classes.given)
        problems.append(Problem(said_of(classes), int(amiss)))
    elif how == NEAREST and not raster.unit and subject not in MEASURED:
        problems.append(Problem(f"{_UNSAID}; if they are classes, bring them together in at most {MOST_SHARES}"))
    made_up = _FICTIONAL in raster.tags
    return reading_of(peek, grid, f"raster.{subject}", found, problems, fictional=made_up)


def reading_of(
    peek: Peek,
    grid: Grid,
    id: str,
    found: Recognised,
    problems: list[Problem],
    publisher: known.Publisher = known.LOCAL,
    fictional: bool = False,
) -> Reading:
    """A grid as a Reading: it has no areas, and its rows are its cells with a tile."""
    nothing = np.empty(0, dtype="U1")
    dataset = known.describe(
        peek,
        id=id,
        title=found.title,
        kind=found.kind,
        geography="",
        period="",
        publisher=publisher,
        reason=found.reason,
        codes=nothing,
        problems=problems,
        fictional=fictional,
    )
    cells = sum(tile.shape[0] * tile.shape[1] for tile in grid.tiles.values())
    return Reading(replace(dataset, rows=cells), nothing, grid=grid)


def _classed(
    subject: str, raster: RasterFile, how: str, grid_by: Callable[[str], tuple[Grid, str]]
) -> tuple[Grid, str, np.ndarray]:
    """(grid, what was done to bring it to the National Grid, the numbers (k,) of its classes, if it has any).

    Between two classes there is nothing to interpolate, and a file may keep them as decimals: what could be classes is
    tried by the nearest cell first.
    """
    if how == BILINEAR and subject not in MEASURED and (raster.names or not raster.unit):
        grid, said = grid_by(NEAREST)
        grid = replace(grid, names=raster.names)
        numbers = class_numbers(subject, grid.unit, grid.tiles.values(), grid.names)
        if len(numbers) or not said:
            return grid, said, numbers
    grid, said = grid_by(how)
    grid = replace(grid, names=raster.names)
    return grid, said, class_numbers(subject, grid.unit, grid.tiles.values(), grid.names)


def _how(subject: str, raster: RasterFile) -> str:
    """How values come to other cells: counts are shared out, whole numbers taken from the nearest cell."""
    text = f"{raster.unit} {raster.tags}"
    if subject == "population" and not _DENSITY.search(text):
        return SHARED
    whole = np.dtype(raster.dtype).kind in "iub" and raster.scale == 1.0 and raster.offset == 0.0
    return NEAREST if whole else BILINEAR


def _grid(peek: Peek, file: Any, raster: RasterFile, system: Any, how: str, options: Options) -> tuple[Grid, str]:
    """(the grid, what was done to bring it to the National Grid, "" where its own cells are kept)."""

    def cells(row: int, column: int, rows: int, columns: int) -> np.ndarray:
        values = file.read(1, window=((row, row + rows), (column, column + columns)))
        if np.iscomplexobj(values):
            raise ValueError("complex numbers")
        nothing = np.zeros(values.shape, dtype=bool) if raster.nodata is None else values == raster.nodata
        found = values.astype(np.float64) * raster.scale + raster.offset
        # A raster without its "no value" mark has a number in its place that nothing on a map has.
        return np.where(nothing | ~(np.abs(found) < _LARGEST), np.nan, found)

    box, where, clipped = options.box, peek.where, options.box is not None
    if raster_grid.is_native(raster, system):
        top, left, place = raster_grid.native_window(raster, box, where)
        raster_grid.check_size(place, MOST_CELLS, where, clipped)
        return raster_grid.native(cells, top, left, place, raster.unit, options.progress), ""
    warp = raster_grid.Warp(raster, system)
    place = warp.place(box, where)
    raster_grid.check_size(place, MOST_CELLS, where, clipped)
    metres = f"cells of {place.transform[0]:g} m of the National Grid"
    if how == SHARED:
        said = f"the counts were shared out to {metres}: their sum is kept"
        return raster_grid.shared(cells, warp, place, raster.unit, where, options.progress), said
    said = {
        NEAREST: f"the raster was brought to {metres}, each with the value of the nearest cell",
        BILINEAR: f"the raster was brought to {metres}, by interpolation between its own",
    }[how]
    return raster_grid.sampled(cells, warp, place, how, raster.unit, options.progress), said
