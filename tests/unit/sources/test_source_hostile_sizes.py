"""Files that claim or unfold to more than a machine has: refused with a sentence, soon and within the memory."""

import gzip
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader, ReaderFault

Squares = Callable[..., geopandas.GeoDataFrame]
HEADINGS = b"area_code,indicator,period,numerator,denominator\n"
ROW = b"E01000001,a,2024,1,10\n"


@pytest.fixture
def refused() -> Iterator[Callable[[Path, str], None]]:
    """Refuses a file in a child of its own, and looks at how much the child ever held."""
    with Reader() as reader:

        def check(path: Path, words: str) -> None:
            with pytest.raises(FileProblem, match=words) as error:
                reader.read(path)
            assert not isinstance(error.value.__cause__, ReaderFault)
            if sys.platform.startswith("linux"):
                status = Path(f"/proc/{reader._process.pid}/status").read_text("utf-8")
                most = re.search(r"VmHWM:\s+(\d+) kB", status)
                assert most is not None
                assert int(most[1]) < 1 << 20, "more than 1 GB"

        yield check


Refused = Callable[[Path, str], None]


def test_a_file_of_one_endless_line(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        for _ in range(300):
            file.write(b"a" * 1_000_000)
    refused(path, "first line of the file never ends")


@pytest.mark.parametrize("sign", [b"a", b",", "é".encode(), b'"'])
def test_an_endless_line_under_a_good_table(refused: Refused, tmp_path: Path, sign: bytes) -> None:
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(HEADINGS + ROW)
        for _ in range(300):
            file.write(sign * (1_000_000 // len(sign)))
    refused(path, r"row 3: a line of the file is far too long")


def test_a_cell_that_would_make_a_column_of_gigabytes(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(HEADINGS + ROW * 30_000 + b"E01000002," + b"x" * 500_000 + b",2024,1,10\n")
    refused(path, r"row 30002: a cell in column “indicator” is far too long. Found 500,000 characters")


def test_a_gz_that_unpacks_to_far_too_much(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(HEADINGS)
        for _ in range(300):
            file.write(ROW * 50_000)
    refused(path, "gz file would unpack to far more")


def test_a_gz_within_a_gz(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(gzip.compress(bytes(100_000_000))))
    refused(tmp_path / "bomb.gz", "no file of a kind that can be read")


def test_a_zip_of_a_great_many_files(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("a.csv", HEADINGS)
    content = path.read_bytes()
    begin, end = content.find(b"PK\x01\x02"), content.find(b"PK\x05\x06")
    entries = content[begin:end] * 200_000
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(entries), begin, 0)
    path.write_bytes(content[:begin] + entries + last)
    refused(path, "far more files")


def test_files_that_lie_inside_one_another(tmp_path: Path) -> None:
    """Many entries of one piece of packed data: a zip bomb without nesting (Fifield 2019)."""
    path = tmp_path / "overlapping.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in ("a.csv", "b.csv"):
            zipped.writestr(name, HEADINGS + ROW * 1000)
    content = bytearray(path.read_bytes())
    second = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 4)
    path.write_bytes(content)
    with pytest.raises(FileProblem, match="lie inside one another"):
        read(path)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    """Python opens the last of them and GDAL the first: what was checked is not what would be read."""
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as zipped, pytest.warns(UserWarning, match="Duplicate"):
        zipped.writestr("a.csv", HEADINGS + ROW)
        zipped.writestr("a.csv", HEADINGS + ROW)
    with pytest.raises(FileProblem, match=r"“a\.csv” twice"):
        read(tmp_path / "twice.zip")


def test_a_zip_that_holds_itself(tmp_path: Path) -> None:
    """Nothing in a zip is unpacked because it is a zip: a quine has no data file."""
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as zipped:
        zipped.writestr("r/r.zip", b"PK\x03\x04")
    with pytest.raises(FileProblem, match="no data file"):
        read(tmp_path / "outer.zip")


def test_a_parquet_of_one_repeated_value(refused: Refused, tmp_path: Path) -> None:
    """A few kilobytes; a hundred million rows."""
    path = tmp_path / "rows.parquet"
    rows = 2_000_000
    codes = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int8)), pa.array(["E01000001"]))
    table = pa.table({"LSOA21CD": codes, "LAD24CD": codes})
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(20):
            writer.write_table(table)
    assert path.stat().st_size < 500_000
    refused(path, "far more than data of this kind")


@pytest.mark.parametrize("count", [2**40, 2**63])
def test_a_flatgeobuf_that_declares_more_features_than_it_has_bytes(
    squares: Squares, refused: Refused, tmp_path: Path, count: int
) -> None:
    path = tmp_path / "a.fgb"
    squares([f"E01000{number}" for number in range(100, 333)]).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    content = path.read_bytes()
    place = content.find(struct.pack("<Q", 233))
    assert content.count(struct.pack("<Q", 233)) == 1
    path.write_bytes(content[:place] + struct.pack("<Q", count) + content[place + 8 :])
    refused(path, "damaged or cut short|holds no shapes")


def test_a_shapefile_that_declares_more_than_it_has(squares: Squares, refused: Refused, tmp_path: Path) -> None:
    squares(["E01000001"]).to_file(tmp_path / "a.shp")
    for name, place, value in (("a.shp", 24, ">i"), ("a.shx", 24, ">i"), ("a.dbf", 4, "<i")):
        content = bytearray((tmp_path / name).read_bytes())
        struct.pack_into(value, content, place, 2**31 - 1)
        (tmp_path / name).write_bytes(content)
    refused(tmp_path / "a.shp", "damaged")


def test_what_a_geopackage_counts_is_counted_again(squares: Squares, tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "a.gpkg"
    squares(["E01000001"]).to_file(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 1000000000000")
    assert read(path).codes.tolist() == ["E01000001"]


@pytest.mark.parametrize("depth", [200_000, 1_000_000])
def test_shapes_nested_until_no_stack_is_left(squares: Squares, refused: Refused, tmp_path: Path, depth: int) -> None:
    path = tmp_path / "deep.parquet"
    squares(["E01000001"]).to_parquet(path)
    table = pq.read_table(path)
    chain = struct.pack("<BII", 1, 7, 1) * depth + struct.pack("<BIdd", 1, 1, 4e5, 2e5)
    pq.write_table(table.set_column(1, "geometry", pa.array([chain], pa.binary())), path)
    refused(path, "nested far too deep")


def test_a_large_shape_of_many_parts_is_not_deep(squares: Squares, tmp_path: Path) -> None:
    import shapely

    frame = squares(["E01000001"])
    parts = [
        shapely.box(4e5 + 3 * x, 2e5 + 3 * y, 4e5 + 3 * x + 1, 2e5 + 3 * y + 1) for x in range(60) for y in range(60)
    ]
    frame.geometry = [shapely.force_3d(shapely.MultiPolygon(parts), 7.0)]
    frame.to_parquet(tmp_path / "parts.parquet")
    found = read(tmp_path / "parts.parquet")
    assert found.geometry is not None
    assert shapely.get_num_geometries(shapely.from_wkb(found.geometry[0])) == 3600
