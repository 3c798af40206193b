from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas
import pytest
import shapely

from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Reading]:
    """Reads a table from its text (or bytes) as if it were a file on disk."""

    def reading(content: str | bytes, name: str = "table.csv", **options: object) -> Reading:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, **options)  # type: ignore[arg-type]

    return reading


@pytest.fixture
def squares() -> Callable[..., geopandas.GeoDataFrame]:
    """Makes one kilometre squares in a row, near the middle of England, with these codes."""
    return _squares


def _squares(
    codes: Sequence[str], column: str = "LSOA21CD", crs: object = "EPSG:27700", **more: Sequence[object]
) -> geopandas.GeoDataFrame:
    shapes = [shapely.box(400_000 + 1000 * i, 200_000, 401_000 + 1000 * i, 201_000) for i in range(len(codes))]
    frame = geopandas.GeoDataFrame({column: list(codes), **more}, geometry=shapes, crs="EPSG:27700")
    return frame.to_crs(crs) if crs else frame.set_crs(None, allow_override=True)
