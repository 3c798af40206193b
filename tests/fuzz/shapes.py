"""Files of shapes made hostile: their geometry, and the tables of a GeoPackage."""

import io
import json
import sqlite3
import struct
from typing import Any

import shapely
from hypothesis import strategies as st

from tests.fuzz.tables import Draw

_NAN, _INF = float("nan"), float("inf")
_BOX = shapely.box(400_000, 200_000, 401_000, 201_000)


def _polygon(*rings: list[tuple[float, float]]) -> bytes:
    """WKB as written, whatever shapely would say of it."""
    body = b"".join(struct.pack("<I", len(ring)) + b"".join(struct.pack("<dd", *xy) for xy in ring) for ring in rings)
    return struct.pack("<BII", 1, 3, len(rings)) + body


def _nested(depth: int) -> bytes:
    return struct.pack("<BII", 1, 7, 1) * depth + struct.pack("<BIdd", 1, 1, 4e5, 2e5)


_SQUARE = [(4e5, 2e5), (4.01e5, 2e5), (4.01e5, 2.01e5), (4e5, 2.01e5), (4e5, 2e5)]
WKB = (
    b"", b"\x01", b"\x01\x03\x00\x00\x00", shapely.to_wkb(_BOX)[:-3], shapely.to_wkb(_BOX, byte_order=0),
    _polygon(), _polygon([]), _polygon(_SQUARE[:1]), _polygon(_SQUARE[:2]), _polygon(_SQUARE[:4]),
    _polygon(_SQUARE, _SQUARE), _polygon([_SQUARE[0], _SQUARE[2], _SQUARE[1], _SQUARE[3], _SQUARE[0]]),
    _polygon([(4e5, 2e5), (_NAN, 2e5), (4.01e5, 2.01e5), (4e5, 2e5)]), _polygon([(_NAN, _NAN)] * 4),
    _polygon([(4e5, 2e5), (_INF, 2e5), (4.01e5, 2.01e5), (4e5, 2e5)]),
    _polygon([(4e5, 2e5), (1e300, 2e5), (4.01e5, -1e300), (4e5, 2e5)]), _polygon([(4e5, 2e5)] * 5),
    _polygon([(1e-310, 2e5), (4.01e5, 5e-324), (4.01e5, 2.01e5), (1e-310, 2e5)]),
    struct.pack("<BII", 1, 3, 0xFFFFFFFF), struct.pack("<BIII", 1, 3, 1, 0xFFFFFFFF), struct.pack("<BII", 1, 99, 1),
    struct.pack("<BII", 1, 6, 0x7FFFFFFF), shapely.to_wkb(shapely.Point(4e5, 2e5)), _nested(3), _nested(2000),
    shapely.to_wkb(shapely.Point()), shapely.to_wkb(shapely.Polygon()), shapely.to_wkb(shapely.LineString(_SQUARE)),
    shapely.to_wkb(shapely.MultiPolygon([_BOX, _BOX])),
    shapely.to_wkb(shapely.GeometryCollection([_BOX, _BOX.centroid])),
    shapely.to_wkb(shapely.force_3d(_BOX, 7.0)), struct.pack("<BII", 1, 10, 1) + _polygon(_SQUARE)[5:],
    struct.pack("<BII", 1, 15, 1) + _polygon(_SQUARE), struct.pack("<BII", 1, 17, 1) + _polygon(_SQUARE)[9:],
)  # fmt: skip
_BLOB = b"GP\x00\x01" + struct.pack("<i", 27700)
_SQL = (
    "UPDATE gpkg_contents SET table_name = ?", "UPDATE gpkg_contents SET data_type = ?",
    "UPDATE gpkg_contents SET srs_id = ?", "UPDATE gpkg_contents SET min_x = ?",
    "UPDATE gpkg_geometry_columns SET table_name = ?", "UPDATE gpkg_geometry_columns SET column_name = ?",
    "UPDATE gpkg_geometry_columns SET geometry_type_name = ?", "UPDATE gpkg_geometry_columns SET srs_id = ?",
    "UPDATE gpkg_geometry_columns SET z = ?", "UPDATE gpkg_spatial_ref_sys SET definition = ?",
    "UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = ?", "DELETE FROM gpkg_spatial_ref_sys",
    "DELETE FROM gpkg_contents", "DELETE FROM gpkg_geometry_columns", "DROP TABLE gpkg_geometry_columns",
    "DROP TABLE gpkg_contents", "DROP TABLE areas", "DELETE FROM areas", "UPDATE areas SET LSOA21CD = ?",
    "UPDATE areas SET LSOA21CD = ? WHERE fid = 1", "UPDATE areas SET LSOA21NM = ?",
    "UPDATE areas SET fid = ? WHERE fid = 1",
    "UPDATE gpkg_ogr_contents SET feature_count = ?", "UPDATE gpkg_extensions SET extension_name = ?",
    "ALTER TABLE areas RENAME TO other", "ALTER TABLE areas ADD COLUMN MSOA21CD",
    "ALTER TABLE areas RENAME LSOA21CD TO a",
    "CREATE VIEW v AS SELECT * FROM areas", "ALTER TABLE areas ADD COLUMN made AS (fid + 1)",
    "CREATE TRIGGER t AFTER UPDATE ON areas BEGIN DELETE FROM areas; END", "PRAGMA user_version = 999999",
    "PRAGMA application_id = 0", "DROP TABLE gpkg_ogr_contents",
    "INSERT INTO areas SELECT NULL, geom, LSOA21CD, LSOA21NM FROM areas",
)  # fmt: skip
_VALUES = (
    None, "", "areas", "other", "gpkg_contents", "sqlite_master", "POINT", "CURVEPOLYGON", -1, 0, 4326, 999_999, 2**62,
    1e308, "1e999", "x" * 5000, b"\x00\xff", "\x00", "/etc/passwd", "/vsicurl/http://127.0.0.1:9/a.gpkg",
    'GEOGCS["a"', 'PROJCS["x",' * 50, "a\"b'c;--", "E01000001", "e0100 0001",
)  # fmt: skip


def wkb(draw: Draw, sound: bytes) -> bytes:
    """A shape: one of the traps, or a sound one with a byte or a number changed."""
    from tests.fuzz.packed import bytes_changed

    return draw(st.sampled_from(WKB)) if draw(st.booleans()) else bytes_changed(draw, sound)


def gpkg_changed(draw: Draw, content: bytes) -> bytes:
    """A GeoPackage after one to three statements of SQL: registers that lie, shapes that are none, odd objects."""
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(content)
        # Its own triggers call functions that only GDAL brings; they would refuse what a stranger can write.
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        for _ in range(draw(st.integers(1, 3))):
            _statement(draw, database)
        return database.serialize()
    finally:
        database.close()


def _statement(draw: Draw, database: sqlite3.Connection) -> None:
    statement = draw(st.sampled_from((*_SQL, *["shape"] * 10)))
    values: tuple[Any, ...] = ()
    if statement == "shape":
        shape = wkb(draw, shapely.to_wkb(_BOX))
        head = draw(st.sampled_from([_BLOB, _BLOB, _BLOB, b"", b"GP\x00\x11" + _BLOB[4:], b"GP\x00\x03" + _BLOB[4:]]))
        statement = "UPDATE areas SET geom = ?" + draw(st.sampled_from(["", " WHERE fid = 1"]))
        values = (head + shape,)
    elif "?" in statement:
        values = (draw(st.sampled_from(_VALUES)),)
    try:
        database.execute(statement, values)
        database.commit()
    except sqlite3.Error:
        # Two statements may exclude each other: a dropped table has no rows to change.
        database.rollback()


def geoparquet_changed(draw: Draw, content: bytes) -> bytes:
    """A GeoParquet whose shapes, columns or description are not what they should be."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tests.fuzz.packed import json_value_changed

    table = pq.read_table(io.BytesIO(content))
    metadata = dict(table.schema.metadata or {})
    about = json.loads(metadata[b"geo"])
    geometry = about["primary_column"]
    how = draw(st.integers(0, 2))
    if how == 0:
        for _ in range(draw(st.integers(1, 3))):
            about = json_value_changed(draw, about)
        metadata[b"geo"] = json.dumps(about).encode()
    if how == 1:
        shapes = table.column(geometry).to_pylist()
        place = draw(st.integers(0, len(shapes) - 1))
        shapes[place] = draw(st.sampled_from([None, wkb(draw, shapes[place])]))
        table = table.set_column(table.schema.get_field_index(geometry), geometry, pa.array(shapes, pa.binary()))
    if how == 2:
        name = draw(st.sampled_from(table.column_names))
        new: Any = draw(
            st.sampled_from(
                [
                    pa.nulls(len(table)), pa.array([1e300] * len(table)), pa.array([[1]] * len(table)),
                    pa.array(["E01000001"] * len(table)), pa.array([b"\xff\x00"] * len(table)),
                    pa.array([2**40] * len(table), pa.timestamp("s")), pa.array([{"a": 1}] * len(table)),
                ]
            )
        )  # fmt: skip
        table = table.set_column(table.schema.get_field_index(name), name, new)
    out = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), out)
    return out.getvalue().to_pybytes()
