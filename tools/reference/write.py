"""The reference data as Parquet, the same bytes each time (by the same pyarrow)."""

import json
from pathlib import Path
from typing import Any

import shapely

from tools.reference.areas import Outlines

OUTLINES, LOOKUP, POSTCODES = "lsoa_2011_outlines.parquet", "lsoa_2011_lookup.parquet", "postcodes.parquet"
_LEVEL = 19


def write_outlines(out: Path, made: Outlines) -> None:
    """GeoParquet 1.1 with WKB, EPSG:27700."""
    import pyarrow as pa
    import pyproj

    left, bottom, right, top = shapely.total_bounds(made.shapes).tolist()
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["MultiPolygon", "Polygon"],
                "crs": json.loads(pyproj.CRS(27700).to_json()),
                "bbox": [left, bottom, right, top],
            }
        },
    }
    table = pa.table(
        {
            "LSOA11CD": made.codes.tolist(),
            "LSOA11NM": made.names.tolist(),
            "geometry": pa.array(shapely.to_wkb(made.shapes).tolist(), pa.binary()),
        }
    ).replace_schema_metadata({"geo": json.dumps(geo, sort_keys=True)})
    _write(table, out / OUTLINES, use_dictionary=False)


def write_lookup(out: Path, frame: Any) -> None:
    """A plain table of codes and names."""
    import pyarrow as pa

    table = pa.table({name: pa.array(frame[name].tolist(), pa.string()) for name in frame.columns})
    _write(table, out / LOOKUP)


def write_postcodes(out: Path, frame: Any) -> None:
    """Sorted by postcode; numbers as differences from the one before, which are small: neighbours lie near."""
    import pyarrow as pa

    table = pa.table(
        {
            "outward": pa.array(frame["outward"].tolist(), pa.string()),
            "inward": pa.array(frame["inward"].to_numpy(), pa.int16()),
            "easting": pa.array(frame["easting"].to_numpy(), pa.int32()),
            "northing": pa.array(frame["northing"].to_numpy(), pa.int32()),
            "quality": pa.array(frame["quality"].to_numpy(), pa.int8()),
        }
    )
    numbers = ("inward", "easting", "northing")
    _write(
        table,
        out / POSTCODES,
        use_dictionary=["outward", "quality"],
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
    )


def _write(table: Any, path: Path, **options: Any) -> None:
    import pyarrow.parquet as pq

    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=_LEVEL,
        row_group_size=len(table),
        write_statistics=False,
        **options,
    )
