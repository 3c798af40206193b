"""A raster's residents-weighted value for 300 LSOAs on a grid of 100 million cells.

Against exactextract on the same outlines and the same cells in a GeoTIFF (a benchmark extra, not in the lock: where it
is not installed, that bar is skipped), by land and by a population grid of the same cells. Memory is the peak of a
process of its own that opens the workspace and works the values out. The same for the shares of residents in each of
four zones, which are told from the cells first. Needs ../shared/data.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely

from benchmarks.england import DATA, bar

_SIDE, _TILE, _LSOAS = 10_000, 256, 300
_NOTHING = -9999.0
_NAMES = ("raster.pm25", "raster.population", "raster.flood")


def outlines() -> np.ndarray:
    """300 neighbouring LSOAs of Wiltshire and around as they are published, shapely."""
    from jsna_desktop.sources import read

    every = np.asarray(shapely.from_wkb(read(DATA / "boundaries/lsoa_2021_ew_bgc.parquet").geometry))
    at = shapely.get_coordinates(shapely.point_on_surface(every))
    return every[np.argsort(np.hypot(*(at - [400_000, 160_000]).T))[:_LSOAS]]


def tiles(kind: int, rows: range):
    """The cells of rows of tiles: a smooth surface with noise, people here and there, or zones along a slope."""
    for row in rows:
        for column in range(-(-_SIDE // _TILE)):
            draws = np.random.default_rng([kind, row, column])
            high, wide = min(_TILE, _SIDE - row * _TILE), min(_TILE, _SIDE - column * _TILE)
            if kind == 2:
                across = np.arange(column * _TILE, column * _TILE + wide)
                along = np.arange(row * _TILE, row * _TILE + high)
                cells = (along[:, None] // 90 + across // 70 + draws.integers(0, 2, (high, wide))) % 5
            elif kind:
                cells = np.where(draws.random((high, wide)) < 0.2, draws.integers(1, 9, (high, wide)), 0)
            else:
                cells = np.round(8 + row / 30 - column / 50 + draws.normal(0, 0.3, (high, wide)), 2)
                cells = np.where(draws.random((high, wide)) < 0.01, np.nan, cells)
            yield row, column, cells.astype(np.float32)


def write(folder: Path, shapes: np.ndarray) -> tuple:
    """A workspace and three GeoTIFFs of the same cells; the transform."""
    import rasterio

    from jsna_desktop.jobs.add import READY, Found, add
    from jsna_desktop.sources.dataset import Grid, Reading
    from jsna_desktop.workspace import arrays
    from jsna_desktop.workspace.store import Store
    from tests.worlds import dataset

    west, south, east, north = shapely.total_bounds(shapes)
    cell = float(np.ceil(max(east - west, north - south) / (_SIDE - 20)))
    place = (cell, 0.0, float(west // cell * cell - 5 * cell), 0.0, -cell, float(north // cell * cell + 5 * cell))
    codes = np.array([f"E01{number:06d}" for number in range(len(shapes))])
    drawn = Reading(dataset("boundaries.lsoa2021", "boundaries"), codes, geometry=shapely.to_wkb(shapes))
    with Store.create(folder / "large.jsna") as store:
        add(store, [Found(Path("drawn"), READY, "", "", reading=drawn)])
        for kind, name in enumerate(_NAMES):
            grid = Grid(place, (_SIDE, _SIDE), _TILE, "" if kind == 2 else "µg/m³", {})
            reading = Reading(dataset(name, "raster", ""), np.empty(0, "U1"), grid=grid)
            add(store, [Found(Path(name), READY, "", "", reading=reading)])
            key = store.one("SELECT key FROM dataset WHERE id = ?", [name])[0]
            with (
                rasterio.open(
                    folder / f"{name}.tif", "w", driver="GTiff", height=_SIDE, width=_SIDE, count=1, dtype="float32",
                    crs="EPSG:27700", transform=rasterio.Affine(*place), nodata=_NOTHING, compress="DEFLATE", zlevel=1,
                    tiled=True, blockxsize=_TILE, blockysize=_TILE,
                ) as file,
                store.transaction(),
            ):  # fmt: skip
                for row, column, cells in tiles(kind, range(-(-_SIDE // _TILE))):
                    packed = arrays.pack_exact(cells)
                    store.run("INSERT INTO tile VALUES (?, ?, ?, ?, ?)", [key, row, column, *packed])
                    at = (
                        (row * _TILE, row * _TILE + cells.shape[0]),
                        (column * _TILE, column * _TILE + cells.shape[1]),
                    )
                    file.write(np.where(np.isnan(cells), np.float32(_NOTHING), cells), 1, window=at)
    return place


def ours(folder: Path, what: str, people: bool, back) -> None:
    """(seconds, peak in GB, values) of a process that opens the workspace and works out one of its rasters."""
    from jsna_desktop.indicator import Indicator
    from jsna_desktop.jobs.outlines import Outlines
    from jsna_desktop.jobs.raster_values import area_values, classes_in
    from jsna_desktop.workspace.store import Store

    with Store.open(folder / "large.jsna", read_only=True) as store:
        keys = [store.one("SELECT key FROM dataset WHERE id = ?", [name])[0] for name in (what, "raster.population")]
        start = time.perf_counter()
        drawn = Outlines.of(store, "lsoa2021")
        assert drawn is not None
        of_zones = what == "raster.flood"
        classes = classes_in(store, keys[0], Indicator(what, what, "modelled", "", "lsoa2021")) if of_zones else None
        found = area_values(store, keys[0], drawn, None, keys[1:] if people else [], classes=classes)
        spent = time.perf_counter() - start
    back.send((spent, peak(), found.values))


def theirs(folder: Path, what: str, people: bool, shapes: np.ndarray, back) -> None:
    """The same of exactextract."""
    import geopandas as gpd
    from exactextract import exact_extract  # pyright: ignore[reportMissingImports]

    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=27700))
    start = time.perf_counter()
    weights = str(folder / "raster.population.tif") if people else None
    asked = ("weighted_" if people else "") + ("frac" if what == "raster.flood" else "mean")
    operations = ["unique", asked] if what == "raster.flood" else [asked]
    found = exact_extract(str(folder / f"{what}.tif"), frame, operations, weights=weights, output="pandas")
    spent = time.perf_counter() - start
    values = found[[asked]].to_numpy()
    if what == "raster.flood":  # a list each of the zones and of their parts; 0 is in none of them
        values = np.zeros((len(found), 5))
        for row, (zones, parts) in enumerate(zip(found["unique"], found[asked], strict=True)):
            values[row, np.asarray(zones, dtype=int)] = 100 * np.asarray(parts)
        values = values[:, 1:]
    back.send((spent, peak(), values))


def peak() -> float:
    """The largest memory of this process in GB: what the one that started it needed does not count."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e6


def alone(work, *given) -> tuple[float, float, np.ndarray]:
    """What a function sends back from a process of its own."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(*given, send))
    process.start()
    send.close()
    try:
        return receive.recv()
    finally:
        process.join()


def main() -> bool:
    if not DATA.is_dir():
        print("skipped: the published statistics (../shared/data) are not here")
        return True
    shapes = outlines()
    kept = []
    try:
        import exactextract  # noqa: F401  # pyright: ignore[reportMissingImports]

        compared = True
    except ImportError:
        print("skipped: exactextract is not installed, so nothing to compare the values and their time with")
        compared = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, shapes)
        for what, people, said in (
            ("raster.pm25", False, "by land"),
            ("raster.pm25", True, "by people"),
            ("raster.flood", False, "of zones by land"),
            ("raster.flood", True, "of zones by people"),
        ):
            runs, others = [], []
            for _ in range(3):  # in turn, so that a busy machine slows both alike
                runs.append(alone(ours, folder, what, people))
                if compared:
                    others.append(alone(theirs, folder, what, people, shapes))
            spent, most = np.median([run[0] for run in runs]), max(run[1] for run in runs)
            print(f"        {said}: {spent:.2f} s, {1000 * most:.0f} MB")
            kept.append(bar(f"memory for 300 LSOAs on 100 million cells, {said}", float(most), 0.3, "GB"))
            if compared:
                yardstick = np.median([run[0] for run in others])
                print(f"        exactextract: {yardstick:.2f} s, {1000 * max(run[1] for run in others):.0f} MB")
                apart = float(np.abs(runs[0][2] - others[0][2]).max())
                kept.append(bar(f"values {said}, furthest from exactextract's", apart, 1e-4, ""))
                kept.append(bar(f"values {said}, of exactextract's time", float(spent / yardstick), 1.5, "x"))
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
