"""GeoParquet: a Parquet table whose geometry column holds WKB, described by a piece of JSON (GeoParquet 1.1)."""

import io
import json
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.fields import as_text
from jsna_desktop.sources.reading import Peek


def described(peek: Peek) -> tuple[tuple[str, ...], int, str, Any]:
    """(fields, rows, geometry type, coordinate system) of a file; FileProblem where its shapes are no WKB."""
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
    rows = pq.read_metadata(_file(peek)).num_rows
    fields = tuple(name for name in peek.parquet_schema.names if name != geometry)
    # By the GeoParquet standard a file that says nothing is in longitude and latitude; null means unknown.
    crs = about.get("crs", "OGC:CRS84")
    types = " ".join(about.get("geometry_types", ())) or "Unknown"
    return fields, rows, types, json.dumps(crs) if isinstance(crs, dict) else crs


def read(peek: Peek, fields: tuple[str, ...] | None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """WKB (n,) and the fields as text (n,), all of them where None."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    geometry, _ = _geo(peek)
    names = [n for n in peek.parquet_schema.names if n != geometry and (fields is None or n in fields)]
    try:
        table = pq.read_table(_file(peek), columns=[*names, geometry])
    except (pa.ArrowInvalid, OSError) as error:
        raise peek.damaged("the Parquet file", error) from error
    wkb = table.column(geometry)
    if isinstance(wkb.type, pa.ExtensionType):
        wkb = pa.chunked_array([chunk.storage for chunk in wkb.chunks])
    found = np.empty(len(wkb), dtype=object)
    found[:] = wkb.to_pylist()
    return found, {name: as_text(table.column(name).to_pylist()) for name in names}


def _geo(peek: Peek) -> tuple[str, dict]:
    """Name and description of the geometry column."""
    try:
        geo = json.loads(peek.parquet_schema.metadata[b"geo"])
        name = geo["primary_column"]
        about = geo["columns"][name]
        if name not in peek.parquet_schema.names or not isinstance(about, dict):
            raise KeyError(name)
    except (ValueError, KeyError, TypeError) as error:
        raise peek.damaged("the description of the shapes", error) from error
    return name, about


def _file(peek: Peek) -> Any:
    return io.BytesIO(peek.content) if peek.packed else peek.path
