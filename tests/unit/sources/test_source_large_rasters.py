"""Rasters of more than any memory holds: what lies in the box is read, and the rest refused before it is."""

import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.child import Reader


def test_a_gigantic_raster_is_read_in_its_box_alone(tmp_path: Path) -> None:
    """A million cells each way: four terabytes, declared by a file of a few kilobytes."""
    path = tmp_path / "huge.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=1_000_000, width=600_000, dtype="float32", crs=27700, tiled=True,
        blockxsize=4096, blockysize=4096, transform=from_origin(0, 1_000_000, 1, 1), nodata=-1, sparse_ok=True,
        bigtiff="yes",
    ) as file:  # fmt: skip
        file.write(np.full((1, 10, 10), 3, dtype=np.float32), window=((800_000, 800_010), (400_000, 400_010)))
    with Reader(memory=3 << 30) as reader:
        reading = reader.read(path, box=(399_900, 199_900, 400_100, 200_100))
        assert reading.grid is not None
        assert reading.grid.shape == (200, 200)
        with pytest.raises(FileProblem, match="Add the boundaries of your area first"):
            reader.read(path)


@pytest.mark.parametrize("tiles", [{"tiled": True, "blockxsize": 512, "blockysize": 512}, {}])
def test_ten_gigabytes_are_refused_before_they_are_read(tmp_path: Path, tiles: dict) -> None:
    path = tmp_path / "pm25_2023.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=50_000, width=50_000, dtype="float32", crs=27700, nodata=-1,
        transform=from_origin(390_000, 230_000, 1, 1), sparse_ok=True, bigtiff="yes", **tiles,
    ) as file:  # fmt: skip
        file.write(np.full((1, 10, 10), 3, dtype=np.float32), window=((29_500, 29_510), (10_500, 10_510)))
    os.truncate(path, 10 << 30)
    with Reader(memory=1 << 30) as reader:
        with pytest.raises(FileProblem, match=r"50,000 × 50,000 cells.*Add the boundaries of your area first"):
            reader.read(path)
        with pytest.raises(FileProblem, match=r"within 20 km of the boundaries.*Save it again with larger cells"):
            reader.read(path, box=(395_000, 185_000, 425_000, 225_000))
