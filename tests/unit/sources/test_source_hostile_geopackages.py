"""GeoPackages that hold more than tables, and shapes that are none: read without harm, or refused."""

import hashlib
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader

Squares = Callable[..., geopandas.GeoDataFrame]
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS fid, x AS geom FROM c"
CROSS = "SELECT a.fid, a.geom, a.LSOA21CD FROM " + ", ".join(f"areas {name}" for name in "abcdefghijklmnop")


@pytest.fixture
def package(squares: Squares, tmp_path: Path) -> Path:
    path = tmp_path / "areas.gpkg"
    squares(["E01000001", "E01000002"]).to_file(path, layer="areas")
    return path


def change(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


def registered(name: str) -> tuple[str, str]:
    return (
        f"INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('{name}', 'features', 27700)",
        f"INSERT INTO gpkg_geometry_columns VALUES ('{name}', 'geom', 'POLYGON', 27700, 0, 0)",
    )


def test_triggers_do_not_run(package: Path) -> None:
    change(
        package,
        "CREATE TRIGGER t1 AFTER UPDATE ON areas BEGIN DELETE FROM areas; END",
        "CREATE TRIGGER t2 AFTER INSERT ON gpkg_contents BEGIN DELETE FROM areas; END",
    )
    before = hashlib.sha256(package.read_bytes()).hexdigest()
    assert len(read(package).codes) == 2
    assert hashlib.sha256(package.read_bytes()).hexdigest() == before
    assert [path.name for path in package.parent.iterdir()] == ["areas.gpkg"]


@pytest.mark.parametrize("question", [ENDLESS, CROSS])
def test_a_view_as_a_layer_is_not_asked(package: Path, question: str) -> None:
    change(package, f"CREATE VIEW v AS {question}", *registered("v"))
    with pytest.raises(FileProblem, match=r"worked out when it is read\. Found the view “v”"):
        read(package)


@pytest.mark.parametrize("question", [ENDLESS, CROSS])
def test_a_view_beside_the_layers_is_left_alone(package: Path, question: str) -> None:
    change(package, f"CREATE VIEW v AS {question}")
    with Reader(seconds=30) as reader:
        assert len(reader.read(package).codes) == 2


def test_a_register_of_layers_that_is_a_view(package: Path) -> None:
    change(package, "ALTER TABLE gpkg_contents RENAME TO hidden", "CREATE VIEW gpkg_contents AS SELECT * FROM hidden")
    with pytest.raises(FileProblem, match="the view “gpkg_contents”"):
        read(package)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE v USING VirtualOGR('/vsicurl/http://127.0.0.1:9/a.gpkg')",
        "CREATE VIRTUAL TABLE v USING csv(filename='/etc/passwd')",
        "CREATE VIRTUAL TABLE v USING load_extension('/tmp/evil.so')",
        "CREATE VIRTUAL TABLE v",
    ],
)
def test_virtual_tables(package: Path, sql: str) -> None:
    """Written into the schema as a stranger would: the modules are not there to make them with."""
    with sqlite3.connect(package) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", (sql,))
        database.execute("PRAGMA writable_schema = OFF")
    database.close()
    with pytest.raises(FileProblem, match=r"virtual table|damaged"):
        read(package)


def test_a_column_that_is_worked_out(package: Path) -> None:
    change(package, "ALTER TABLE areas ADD COLUMN large AS (hex(zeroblob(500000000)))")
    with pytest.raises(FileProblem, match=r"column “large” of “areas”"):
        read(package)


def test_a_layer_that_is_in_another_file(package: Path, squares: Squares, tmp_path: Path) -> None:
    squares(["E01000009"]).to_file(tmp_path / "secret.gpkg")
    for name in (str(tmp_path / "secret.gpkg"), "/vsicurl/http://127.0.0.1:9/a.gpkg", "/etc/passwd"):
        change(package, f"UPDATE gpkg_contents SET table_name = '{name}'")
        change(package, f"UPDATE gpkg_geometry_columns SET table_name = '{name}'")
        with pytest.raises(FileProblem):
            read(package)


def polygon(*points: tuple[float, float]) -> bytes:
    head = b"GP\x00\x01" + struct.pack("<i", 27700)
    ring = struct.pack("<I", len(points)) + b"".join(struct.pack("<dd", *point) for point in points)
    return head + struct.pack("<BII", 1, 3, 1) + ring


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_a_coordinate_that_is_no_number(package: Path, odd: float) -> None:
    with sqlite3.connect(package) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        shape = polygon((400_000, 200_000), (401_000, odd), (401_000, 201_000), (400_000, 200_000))
        database.execute("UPDATE areas SET geom = ? WHERE fid = 1", (shape,))
    database.close()
    found = read(package)
    assert found.codes.tolist() == ["E01000002"]
    said = [problem for problem in found.dataset.problems if "no numbers" in problem.message]
    assert [(problem.rows, problem.examples) for problem in said] == [(1, ("feature 1",))]


def test_rings_that_cross_themselves_are_mended_and_counted(package: Path) -> None:
    with sqlite3.connect(package) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        tie = polygon(
            (400_000, 200_000), (401_000, 201_000), (401_000, 200_000), (400_000, 201_000), (400_000, 200_000)
        )
        database.execute("UPDATE areas SET geom = ? WHERE fid = 1", (tie,))
    database.close()
    found = read(package)
    assert found.geometry is not None
    shapes = shapely.from_wkb(found.geometry)
    assert shapely.is_valid(shapes).all()
    np.testing.assert_allclose(shapely.area(shapes), [500_000, 1_000_000])
    assert [(p.message, p.rows) for p in found.dataset.problems] == [("a shape crossed itself; mended", 1)]


def test_codes_in_lower_case_and_with_spaces(squares: Squares, tmp_path: Path) -> None:
    squares([" e01000001 ", "e01 000 002"]).to_file(tmp_path / "a.gpkg")
    assert read(tmp_path / "a.gpkg").codes.tolist() == ["E01000001", "E01000002"]
