"""netCDF 4 files (HDF5) that take their values from other files of the computer; samples made with h5py 3.16."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import hdf5_links, read

HDF5 = Path(__file__).parent / "samples" / "hdf5"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The samples with all that they point to beside them, so that following a pointer would work."""
    for sample in HDF5.iterdir():
        shutil.copy(sample, tmp_path)
    (tmp_path / "raw.bin").write_bytes(np.arange(9.0).tobytes())
    return tmp_path


def test_one_that_holds_its_own_values_is_read(folder: Path) -> None:
    grid = read(folder / "own.nc").grid
    assert grid is not None
    assert sum(float(np.nansum(cells)) for cells in grid.tiles.values()) == 36


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("external_link.nc", "an external link"),
        ("external_data.nc", "data in an external file"),
        ("virtual.nc", "a virtual data set"),
    ],
)
def test_one_that_points_to_another_file_is_refused(folder: Path, name: str, found: str) -> None:
    with pytest.raises(FileProblem, match="takes its data from another file") as error:
        read(folder / name)
    assert error.value.found == found


def test_values_that_look_like_a_link_are_none(tmp_path: Path) -> None:
    """Doubles around three hold the three bytes that a link begins with thousands of times."""
    values = np.random.default_rng(3).normal(3, 0.2, 2_000_000)
    content = (HDF5 / "own.nc").read_bytes() + values.tobytes()
    assert content.count(b"\x01\x08\x40") > 50
    path = tmp_path / "values.nc"
    path.write_bytes(content)
    hdf5_links.check_stands_alone(path, path.name)


def test_a_file_of_nothing_but_beginnings_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "beginnings.nc"
    path.write_bytes((HDF5 / "own.nc").read_bytes() + b"\x01\x08\x40\x02" * 2_000_000)
    with pytest.raises(FileProblem, match="takes its data from another file"):
        hdf5_links.check_stands_alone(path, path.name)
