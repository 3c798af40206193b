"""GeoParquet: a Parquet table whose geometry column holds WKB, described by a piece of JSON (GeoParquet 1.1)."""

import json
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import parquet, wkb_depth
from jsna_desktop.sources.fields import as_text
from jsna_desktop.sources.reading import Peek


def described(peek: Peek) -> tuple[tuple[str, ...], int, str, Any]:
    """(fields, rows, geometry type, coordinate system) of a file; FileProblem where its shapes are no WKB."""
    geometry, about = _geo(peek)
    if about.get("encoding") != "WKB":
        raise FileProblem(
            "the shapes are kept in a way that cannot be read",
            where=peek.where,
            found=str(about.get("encoding"))[:100],
            expected="GeoParquet with WKB",
            todo="Export it again",
        )
    rows = parquet.row_count(peek.parquet_file, peek.where)
    fields = tuple(name for name in peek.parquet_schema.names if name != geometry)
    # By the GeoParquet standard a file that says nothing is in longitude and latitude; null means unknown.
    crs = about.get("crs", "OGC:CRS84")
    said = about.get("geometry_types")
    types = " ".join(map(str, said)) if isinstance(said, list) and said else "Unknown"
    return fields, rows, types, json.dumps(crs) if isinstance(crs, dict) else crs


def read(peek: Peek, fields: tuple[str, ...] | None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """WKB (n,) and the fields as text (n,), all of them where None."""
    import pyarrow as pa

    geometry, _ = _geo(peek)
    names = [n for n in peek.parquet_schema.names if n != geometry and (fields is None or n in fields)]
    table = parquet.table(peek.parquet_file, peek.where, [*names, geometry], geometry)
    wkb = table.column(geometry)
    if not (pa.types.is_binary(wkb.type) or pa.types.is_large_binary(wkb.type)):
        raise peek.damaged("the description of the shapes", ValueError(f"shapes that are {wkb.type}"))
    found = np.empty(len(wkb), dtype=object)
    found[:] = wkb.to_pylist()
    deep = next((row for row, shape in enumerate(found) if shape is not None and wkb_depth.too_deep(shape)), None)
    if deep is not None:
        raise peek.damaged("the Parquet file", ValueError(f"feature {deep + 1}: shapes nested far too deep"))
    return found, {name: as_text(table.column(name).to_pylist()) for name in names}


def _geo(peek: Peek) -> tuple[str, dict]:
    """Name and description of the geometry column."""
    try:
        geo = json.loads(peek.parquet_schema.metadata[b"geo"])
        name = geo["primary_column"]
        about = geo["columns"][name]
        if peek.parquet_schema.names.count(name) != 1 or not isinstance(about, dict):
            raise KeyError(name)
    # RecursionError: a thousand brackets inside each other.
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise peek.damaged("the description of the shapes", error) from error
    return name, about
