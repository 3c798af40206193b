"""Population-weighted centroids: where the middle resident of each small area lives (ONS, for 2011 and 2021).

A layer of points with a column of codes, or a table of codes and coordinates, and nothing else: a place with anything
more to tell is no middle of an area.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, crs, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.areas import AreaColumns
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.layers import Layer, read_points
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_LEVELS = ("oa", "lsoa", "msoa")
# Pairs of headings as ONS writes them, the surest first, and what they are in; x and y are metres in ONS's files, and
# what they are is told by their values in any case.
_PAIRS = (
    ("bng_e", "bng_n", "EPSG:27700"), ("easting", "northing", "EPSG:27700"), ("eastings", "northings", "EPSG:27700"),
    ("x", "y", "EPSG:27700"), ("long", "lat", "EPSG:4326"), ("longitude", "latitude", "EPSG:4326"),
    ("lon", "lat", "EPSG:4326"),
)  # fmt: skip
_COORDINATES = {name for pair in _PAIRS for name in pair[:2]}
_IGNORED = re.compile(r"(fid|objectid|ogc_fid|globalid|id|.*nmw|.*_welsh)", re.IGNORECASE)
_OF_A_SHAPE = re.compile(r"shape_*(area|length|leng|are).*|st_area.*", re.IGNORECASE)


@dataclass(frozen=True)
class _Columns:
    area: AreaColumns
    east: str = ""
    north: str = ""
    crs: str = ""


def recognise(peek: Peek) -> Recognised | None:
    """Points, or a table with coordinates, with a column of OA, LSOA or MSOA codes and no column of anything else."""
    layer: Layer | None = None
    if peek.form == "vector":
        layer = peek.layer
        if layer is None or not layer.is_points:
            return None
        columns = _columns(layer.fields, peek.where, table=False)
    elif peek.sheet is not None:
        columns = _columns(peek.sheet.headings, peek.where, table=True)
    else:
        return None
    if columns is None:
        return None
    heading = columns.area.main
    told = f"{known.counted(layer.features, 'point')}, " if layer else ""
    return Recognised(
        "centroids",
        f"{area_codes.words(heading.geography)} population-weighted centroids",
        heading.geography,
        f"Centroids: {told}column {heading.text}" + (f", {columns.east} and {columns.north}" if columns.east else ""),
        {"columns": columns, "layer": layer},
    )


def _columns(headings: Sequence[str], where: str, *, table: bool) -> _Columns | None:
    area = areas.area_columns(headings)
    if area is None or area.main.level not in _LEVELS:
        return None
    taken = {h.text for h in (*area.codes, *area.names)}
    others = [h for h in headings if h and h not in taken and not _IGNORED.fullmatch(h.strip())]
    of_shapes = [h for h in others if _OF_A_SHAPE.fullmatch(h.strip())]
    if any(h not in of_shapes and h.strip().lower() not in _COORDINATES for h in others):
        return None
    by_lower = {h.strip().lower(): h for h in others}
    pair = next((p for p in _PAIRS if p[0] in by_lower and p[1] in by_lower), None)
    if table and pair is None:
        return None
    if of_shapes:
        # The table behind a boundary file: its points are the middles of the land, not of the people.
        raise FileProblem(
            "these are the middles of outlines, not weighted by population",
            where=where,
            found=f"column “{of_shapes[0]}”",
            expected="ONS's population-weighted centroids",
            todo="Add the boundaries themselves, as a GeoPackage",
        )
    if not table or pair is None:
        return _Columns(area)
    return _Columns(area, by_lower[pair[0]], by_lower[pair[1]], pair[2])


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """One point for each area, `easting` and `northing` in metres; areas without one are left out and said."""
    columns: _Columns = found.details["columns"]
    area, layer = columns.area, found.details["layer"]
    if layer is not None:
        import pandas as pd

        points, fields, problems = read_points(peek, layer)
        frame = pd.DataFrame(fields) if fields else pd.DataFrame(index=range(len(points)))
        table = Table(frame, 1, peek.where)
    else:
        table = read_table(peek, text=[h.text for h in (*area.codes, *area.names)])
        points, problems = _table_points(table, columns)
    table.frame = table.frame.assign(_x=points[:, 0], _y=points[:, 1])
    bare = np.isnan(points[:, 0]) | np.isnan(points[:, 1])
    if bare.any():
        named = table.text(area.main.text)[bare].tolist()
        table.problem("an area without a point; left out", np.flatnonzero(bare), named)
        table.keep(~bare)
    if not len(table):
        raise FileProblem("no area has a point", where=peek.where, todo="Choose another file")
    codes, geography = areas.checked_codes(table, area.main, geography=options.geography)
    title = f"{area_codes.words(geography)} population-weighted centroids"
    dataset = known.describe(
        peek,
        id=f"centroids.{geography}",
        title=title,
        kind="centroids",
        geography=geography,
        period=str(area.main.vintage or ""),
        publisher=known.ONS_GEOGRAPHY if area_codes.well_formed(codes).all() else known.LOCAL,
        reason=f"{title}: {known.counted(len(codes), 'point')}, column {area.main.text}",
        codes=codes,
        problems=[*problems, *table.problems],
    )
    places = {"easting": table.frame["_x"].to_numpy(), "northing": table.frame["_y"].to_numpy()}
    return Reading(dataset, codes, places, areas.names_of(table, area, area.main))


def _table_points(table: Table, columns: _Columns) -> tuple[np.ndarray, list[Problem]]:
    """Coordinates (n, 2) in the National Grid, NaN where a cell is blank, and what had to be assumed."""
    pairs = np.column_stack([table.numbers(columns.east).values, table.numbers(columns.north).values])
    found = np.full(pairs.shape, np.nan)
    there = np.isfinite(pairs).all(axis=1)
    places: Any = shapely.points(pairs[there])
    moved, problems = crs.to_grid(places, columns.crs, table.where)
    found[there] = shapely.get_coordinates(moved)
    return found, problems
