"""The child process: what comes back is what was read; a file that breaks it breaks only it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest

from jsna_desktop.errors import Cancelled, FileProblem, UsageProblem
from jsna_desktop.sources import read, wire
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.localities import read_localities

Squares = Callable[..., geopandas.GeoDataFrame]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as started:
        yield started


def same(one: Reading, other: Reading) -> None:
    assert one.dataset == other.dataset
    assert one.indicators == other.indicators
    assert one.lookups == other.lookups
    assert one.labels == other.labels
    np.testing.assert_array_equal(one.codes, other.codes)
    assert set(one.columns) == set(other.columns)
    for name, column in one.columns.items():
        np.testing.assert_array_equal(column, other.columns[name])
        assert column.dtype == other.columns[name].dtype
    assert set(one.withheld) == set(other.withheld)
    assert (one.geometry is None) == (other.geometry is None)
    if one.geometry is not None and other.geometry is not None:
        assert one.geometry.tolist() == other.geometry.tolist()


@pytest.mark.parametrize("name", ["file_7.csv", "mid_year.csv.gz", "occupancy.csv", "epraccur.csv", "qx.csv"])
def test_a_reading_crosses_unchanged(reader: Reader, samples: Path, name: str) -> None:
    same(reader.read(samples / name), read(samples / name))


def test_shapes_and_localities_cross_unchanged(squares: Squares, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "b.gpkg"
    squares(["E01000001", "E01035001"], LSOA21NM=["Å", "B"]).to_file(path)
    same(reader.read(path), read(path))
    here, there = read_localities(path), reader.read_localities(path)
    assert here.names.tolist() == there.names.tolist()
    assert here.shapes is not None
    assert there.shapes is not None
    assert here.shapes.tolist() == there.shapes.tolist()


def test_errors_cross_with_all_their_parts(reader: Reader, tmp_path: Path, samples: Path) -> None:
    with pytest.raises(FileProblem) as error:
        reader.read(tmp_path / "gone.csv")
    assert error.value.what == "there is no such file"
    assert error.value.todo
    with pytest.raises(UsageProblem, match="no kind"):
        reader.read(samples / "qx.csv", kind="poetry")


def test_one_child_serves_many_files_and_tells_its_progress(reader: Reader, samples: Path) -> None:
    reader.read(samples / "qx.csv")
    first = reader._process.pid
    said: list[str] = []
    reader.read(samples / "file_7.csv", progress=lambda message, _fraction: said.append(message))
    assert reader._process.pid == first
    assert any("Indices of Deprivation" in message for message in said)


def test_a_child_that_dies_is_one_bad_file(samples: Path) -> None:
    with Reader() as reader:
        reader.start()
        child = reader._process

        def murder(_message: str, _fraction: float | None) -> None:
            if child.is_alive():
                os.kill(child.pid, signal.SIGKILL)
                child.join()

        with pytest.raises(FileProblem, match="the reader stopped"):
            reader.read(samples / "file_7.csv", progress=murder)
        assert reader.read(samples / "file_7.csv").dataset.rows == 4


def test_cancelling_ends_the_child(samples: Path) -> None:
    with Reader() as reader:
        reader.start()
        child = reader._process.pid

        def cancelled(_message: str, _fraction: float | None) -> None:
            raise Cancelled

        with pytest.raises(Cancelled):
            reader.read(samples / "file_7.csv", progress=cancelled)
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_a_file_that_takes_too_long_is_given_up(samples: Path) -> None:
    with Reader(seconds=0.01) as reader, pytest.raises(FileProblem, match="takes too long"):
        reader.read(samples / "file_7.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of address space")
def test_a_file_that_needs_too_much_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.write_text("area_code,indicator,period,numerator,denominator\n" + "E01000001,a,2024,1,10\n")
    with path.open("r+b") as file:
        file.truncate(900 << 20)
    with Reader(memory=1 << 30) as reader, pytest.raises(FileProblem, match=r"huge\.csv"):
        reader.read(path)


def test_the_parent_imports_no_heavy_library() -> None:
    code = (
        "import sys; import jsna_desktop.sources.child; "
        "print([m for m in ('pandas', 'geopandas', 'pyogrio', 'pyarrow', 'openpyxl') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_buffers_that_hold_objects_are_refused(samples: Path) -> None:
    header, buffers = wire.pack_reading(read(samples / "qx.csv"))
    import io

    evil = io.BytesIO()
    np.lib.format.write_array(evil, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        wire.unpack_reading(header, [evil.getvalue(), *buffers[1:]])


def test_two_readers_work_side_by_side(samples: Path) -> None:
    found: list[int] = []

    def work() -> None:
        with Reader() as own:
            found.append(own.read(samples / "file_7.csv").dataset.rows)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [4, 4]


def test_an_empty_answer_is_possible() -> None:
    bare = replace(_bare(), codes=np.zeros(0, dtype="U1"))
    same(wire.unpack_reading(*wire.pack_reading(bare)), bare)


def _bare() -> Reading:
    from jsna_desktop.sources.dataset import Dataset, Problem

    about = Dataset("a", "A", "indicator", "", "", "", "", "", "a.csv", "", problems=(Problem("p", 2, ("row 1",)),))
    return Reading(about, np.array(["x"]))
