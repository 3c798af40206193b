"""Rasters: cells known beforehand, written as GeoTIFF, ASCII grid and netCDF, and read back within a box."""

import gzip
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.shutil import copy
from rasterio.transform import Affine, from_bounds, from_origin
from scipy.io import netcdf_file

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import raster_form, read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Grid, Reading

WEST, NORTH = 400_000.0, 210_000.0
BNG = from_origin(WEST, NORTH, 100, 100)


def tif(path: Path, cells: np.ndarray, transform: Affine = BNG, crs: Any = 27700, **more: Any) -> Path:
    cells = cells if cells.ndim == 3 else cells[None]
    tags, units = more.pop("tags", {}), more.pop("units", None)
    scale, offset, names = more.pop("scale", None), more.pop("offset", None), more.pop("names", None)
    count, height, width = cells.shape
    about = {"driver": "GTiff", "count": count, "height": height, "width": width, "dtype": cells.dtype.name} | more
    with rasterio.open(path, "w", crs=crs, transform=transform, **about) as file:
        file.write(cells)
        file.update_tags(**tags)
        if units:
            file.units = (units,) * count
        if scale is not None:
            file.scales, file.offsets = (scale,) * count, (offset,) * count
        for number, name in enumerate(names or (), start=1):
            file.set_band_description(number, name)
    return path


def whole(grid: Grid | None) -> np.ndarray:
    assert grid is not None
    found = np.full(grid.shape, np.nan, dtype=np.float32)
    for (row, column), cells in grid.tiles.items():
        assert cells.dtype == np.float32
        found[row * grid.tile :, column * grid.tile :][: cells.shape[0], : cells.shape[1]] = cells
    return found


def ramp(rows: int, columns: int) -> np.ndarray:
    return (np.arange(rows)[:, None] * 1000 + np.arange(columns)[None, :]).astype(np.float32)


def test_a_grid_of_the_national_grid_keeps_its_own_cells(tmp_path: Path) -> None:
    cells = ramp(300, 600)
    cells[5, 7] = -9999
    reading = read(tif(tmp_path / "pm25_2023.tif", cells, nodata=-9999, units="µg/m3"))
    grid = reading.grid
    assert grid is not None
    assert (reading.dataset.kind, reading.dataset.id) == ("raster", "raster.pm25")
    assert reading.dataset.title == "Particulates PM2.5"
    assert (grid.transform, grid.shape, grid.unit) == ((100, 0, WEST, 0, -100, NORTH), (300, 600), "µg/m3")
    assert sorted(grid.tiles) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    expected = cells.copy()
    expected[5, 7] = np.nan
    assert np.array_equal(whole(grid), expected, equal_nan=True)
    assert reading.dataset.problems == ()


def test_only_the_cells_that_meet_the_box_are_kept(tmp_path: Path) -> None:
    path = tif(tmp_path / "a.tif", ramp(300, 600))
    grid = read(path, box=(WEST + 1050, NORTH - 3000, WEST + 2000, NORTH - 250)).grid
    assert grid is not None
    assert grid.transform == (100, 0, WEST + 1000, 0, -100, NORTH - 200)
    assert np.array_equal(whole(grid), ramp(300, 600)[2:30, 10:20])
    with pytest.raises(FileProblem, match="does not reach the area"):
        read(path, box=(0, 0, 1000, 1000))


def test_a_tile_of_nothing_is_left_out(tmp_path: Path) -> None:
    cells = np.full((300, 600), -1, dtype=np.float32)
    cells[299, 599] = 4
    grid = read(tif(tmp_path / "a.tif", cells, nodata=-1)).grid
    assert grid is not None
    assert list(grid.tiles) == [(1, 2)]
    assert np.nansum(whole(grid)) == 4


def test_scale_and_offset(tmp_path: Path) -> None:
    cells = np.array([[10, 20], [30, -1]], dtype=np.int16)
    grid = read(tif(tmp_path / "a.tif", cells, scale=0.5, offset=100.0, nodata=-1)).grid
    assert np.array_equal(whole(grid), np.array([[105, 110], [115, np.nan]], dtype=np.float32), equal_nan=True)


def test_infinities_and_the_largest_number_are_no_values(tmp_path: Path) -> None:
    cells = np.array([[np.inf, -np.inf], [np.finfo(np.float32).min, 3.0]], dtype=np.float32)
    grid = read(tif(tmp_path / "a.tif", cells)).grid
    assert np.array_equal(whole(grid), np.array([[np.nan, np.nan], [np.nan, 3]], dtype=np.float32), equal_nan=True)


def test_of_several_bands_the_first_is_taken(tmp_path: Path) -> None:
    cells = np.stack([ramp(4, 4), ramp(4, 4) + 5, ramp(4, 4) + 6])
    reading = read(tif(tmp_path / "a.tif", cells, names=("day", "evening", "night")))
    assert np.array_equal(whole(reading.grid), ramp(4, 4))
    (problem,) = reading.dataset.problems
    assert "“day” is taken; left out: evening and night" in problem.message


def ascii_grid(path: Path, header: str, rows: str = "1 2\n-9999 4\n") -> Path:
    path.write_text(header + rows, "ascii")
    return path


HEADER = "ncols 2\nnrows 2\nxllcorner {}\nyllcorner {}\ncellsize {}\nNODATA_value -9999\n"


def test_an_ascii_grid_without_a_coordinate_system(tmp_path: Path) -> None:
    reading = read(ascii_grid(tmp_path / "flood.asc", HEADER.format(400_000, 200_000, 1000)))
    assert np.array_equal(whole(reading.grid), np.array([[1, 2], [np.nan, 4]], dtype=np.float32), equal_nan=True)
    assert reading.grid is not None
    assert reading.grid.transform == (1000, 0, 400_000, 0, -1000, 202_000)
    assert "British National Grid" in reading.dataset.problems[0].message
    assert reading.dataset.id == "raster.flood"


def test_an_ascii_grid_from_elsewhere_is_refused(tmp_path: Path) -> None:
    path = ascii_grid(tmp_path / "a.asc", HEADER.format(3_600_000, 3_100_000, 1000))
    with pytest.raises(FileProblem, match="does not say its coordinate system"):
        read(path)


def test_a_tif_without_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        path = tif(tmp_path / "a.tif", ramp(4, 4), transform=Affine.identity(), crs=None)
    with pytest.raises(FileProblem, match="coordinate system"):
        read(path)


def test_values_in_degrees_are_interpolated(tmp_path: Path) -> None:
    """A plane over easting and northing, sampled at the middles of cells in degrees, comes back as that plane."""
    transform = from_origin(-2.2, 51.9, 0.002, 0.002)
    columns, rows = np.meshgrid(np.arange(200) + 0.5, np.arange(150) + 0.5)
    to_grid = Transformer.from_crs(4326, 27700, always_xy=True)
    x, y = to_grid.transform(-2.2 + 0.002 * columns, 51.9 - 0.002 * rows)
    plane = (x / 100 + y / 50).astype(np.float32)
    reading = read(tif(tmp_path / "no2.tif", plane, transform=transform, crs=4326), box=(395e3, 190e3, 405e3, 200e3))
    grid = reading.grid
    assert grid is not None
    a, _, c, _, e, f = grid.transform
    assert 100 < a < 230
    assert (c % a, f % a) == (pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6))
    at_x, at_y = np.meshgrid(c + a * (np.arange(grid.shape[1]) + 0.5), f + e * (np.arange(grid.shape[0]) + 0.5))
    found = whole(grid)
    assert not np.isnan(found).any()
    assert found == pytest.approx(at_x / 100 + at_y / 50, abs=0.2)
    assert "interpolation" in reading.dataset.problems[0].message


def test_classes_in_degrees_make_no_class_up(tmp_path: Path) -> None:
    cells = np.random.default_rng(3).choice([1, 7, 40], size=(150, 200)).astype(np.uint8)
    path = tif(tmp_path / "cover.tif", cells, transform=from_origin(-2.2, 51.9, 0.002, 0.002), crs=4326, nodata=0)
    reading = read(path, box=(395e3, 190e3, 405e3, 200e3))
    assert set(np.unique(whole(reading.grid)).tolist()) == {1, 7, 40}
    nearest, said = reading.dataset.problems
    assert "nearest" in nearest.message
    # How it is taken is to be known; nothing is amiss.
    assert ("3 classes" in said.message, nearest.rows, said.rows) == (True, 1, 0)


@pytest.mark.parametrize("crs", [4326, 32630, 3035])
def test_people_are_shared_out_and_none_is_lost(tmp_path: Path, crs: int) -> None:
    """A population grid in degrees or in another's metres: the sum is kept, and so is where people are."""
    west, south, east, north = Transformer.from_crs(27700, crs, always_xy=True).transform_bounds(
        390_000, 190_000, 410_000, 210_000
    )
    cells = np.random.default_rng(4).gamma(2, 20, size=(60, 80)).astype(np.float32)
    cells[10:20, 10:20] = -99999
    path = tif(tmp_path / "gbr_ppp_2020.tif", cells, from_bounds(west, south, east, north, 80, 60), crs, nodata=-99999)
    reading = read(path)
    assert reading.dataset.id == "raster.population"
    found = whole(reading.grid)
    people = cells[cells >= 0].sum(dtype=np.float64)
    assert np.nansum(found, dtype=np.float64) == pytest.approx(people, rel=1e-5)
    assert "shared out" in reading.dataset.problems[0].message
    # Their middle is where it was.
    assert reading.grid is not None
    a, _, c, _, e, f = reading.grid.transform
    x, y = np.meshgrid(c + a * (np.arange(found.shape[1]) + 0.5), f + e * (np.arange(found.shape[0]) + 0.5))
    columns, rows = np.meshgrid(np.arange(80) + 0.5, np.arange(60) + 0.5)
    u, v = west + (east - west) * columns / 80, north - (north - south) * rows / 60
    to_x, to_y = Transformer.from_crs(crs, 27700, always_xy=True).transform(u, v)
    kept = cells >= 0
    assert np.nansum(found * x) / np.nansum(found) == pytest.approx((cells * to_x)[kept].sum() / people, abs=20)
    assert np.nansum(found * y) / np.nansum(found) == pytest.approx((cells * to_y)[kept].sum() / people, abs=20)


def test_a_density_is_not_shared_out(tmp_path: Path) -> None:
    path = tif(
        tmp_path / "population_density.tif",
        np.full((60, 80), 40, dtype=np.float32),
        from_origin(-2.2, 51.9, 0.005, 0.005),
        4326,
        tags={"description": "people per km2"},
    )
    assert np.unique(whole(read(path).grid)[5:-5, 5:-5]).tolist() == [40]


def test_south_up(tmp_path: Path) -> None:
    path = tif(tmp_path / "a.tif", ramp(8, 6), transform=Affine(100, 0, WEST, 0, 100, NORTH))
    grid = read(path).grid
    assert grid is not None
    assert grid.transform == (100, 0, WEST, 0, -100, NORTH + 800)
    assert np.allclose(whole(grid), ramp(8, 6)[::-1])


def netcdf(path: Path, names: tuple[str, ...], upward: bool = True) -> Path:
    """NetCDF 3 with the coordinates and the grid mapping of the climate and forecast conventions, south first."""
    with netcdf_file(path, "w") as file:
        file.Conventions = "CF-1.7"
        file.createDimension("y", 20)
        file.createDimension("x", 30)
        x, y = file.createVariable("x", "d", ("x",)), file.createVariable("y", "d", ("y",))
        x[:], y[:] = WEST + 500 + 1000 * np.arange(30), NORTH - 500 - 1000 * np.arange(20)[:: -1 if upward else 1]
        for axis, name in ((x, "x"), (y, "y")):
            axis.standard_name, axis.units = f"projection_{name}_coordinate", "m"
        mapping = file.createVariable("transverse_mercator", "i", ())
        mapping.grid_mapping_name = "transverse_mercator"
        mapping.semi_major_axis, mapping.semi_minor_axis = 6377563.396, 6356256.909
        mapping.longitude_of_central_meridian, mapping.latitude_of_projection_origin = -2.0, 49.0
        mapping.false_easting, mapping.false_northing = 400000.0, -100000.0
        mapping.scale_factor_at_central_meridian = 0.9996012717
        for number, name in enumerate(names):
            values = file.createVariable(name, "f", ("y", "x"))
            values[:] = (ramp(20, 30) + number)[:: -1 if upward else 1]
            values.units, values.grid_mapping, values._FillValue = "ug m-3", "transverse_mercator", np.float32(0)
    return path


@pytest.mark.parametrize("upward", [True, False])
@pytest.mark.parametrize("names", [("pm25",), ("pm25", "pm10")])
def test_netcdf(tmp_path: Path, names: tuple[str, ...], upward: bool) -> None:
    reading = read(netcdf(tmp_path / "a.nc", names, upward), box=(WEST, NORTH - 5000, WEST + 4000, NORTH))
    expected = ramp(20, 30)[:5, :4]
    expected[0, 0] = np.nan  # the value for nothing
    assert reading.grid is not None
    assert reading.grid.transform == pytest.approx((1000, 0, WEST, 0, -1000, NORTH))
    assert np.array_equal(whole(reading.grid), expected, equal_nan=True)
    assert (reading.dataset.id, reading.grid.unit) == ("raster.pm25", "ug m-3")
    told = [problem.message for problem in reading.dataset.problems]
    assert told == (["of several bands or variables “pm25” is taken; left out: pm10"] if len(names) > 1 else [])


def test_a_coordinate_system_of_no_place_on_earth(tmp_path: Path) -> None:
    floor = 'LOCAL_CS["Factory floor",UNIT["metre",1],AXIS["X",EAST],AXIS["Y",NORTH]]'
    with pytest.raises(FileProblem, match="coordinate system"):
        read(tif(tmp_path / "a.tif", ramp(20, 30), crs=floor))


@pytest.mark.parametrize("at", [4, 8])
def test_a_netcdf_that_declares_more_than_it_holds(tmp_path: Path, at: int) -> None:
    """The library made room for a billion attributes of a file of a kilobyte before it looked for them."""
    whole = netcdf(tmp_path / "a.nc", ("pm25",)).read_bytes()
    broken = bytearray(whole)
    place = whole.index(b"\x00\x00\x00\x0c") + at
    broken[place : place + 4] = (0x0F000000).to_bytes(4, "big")
    (tmp_path / "b.nc").write_bytes(broken)
    with pytest.raises(FileProblem, match="damaged or cut short"):
        read(tmp_path / "b.nc")


def test_netcdf_4(tmp_path: Path) -> None:
    copy(netcdf(tmp_path / "a.nc", ("pm25",)), tmp_path / "b.nc", driver="netCDF", FORMAT="NC4")
    assert (tmp_path / "b.nc").read_bytes()[1:4] == b"HDF"
    assert np.nanmax(whole(read(tmp_path / "b.nc").grid)) == ramp(20, 30).max()


def test_zipped_and_gzipped(tmp_path: Path) -> None:
    path = ascii_grid(tmp_path / "noise.asc", HEADER.format(400_000, 200_000, 1000))
    with zipfile.ZipFile(tmp_path / "noise.zip", "w") as zipped:
        zipped.write(path, "data/noise.asc")
        zipped.writestr("licence.pdf", "words")
    (tmp_path / "noise.asc.gz").write_bytes(gzip.compress(path.read_bytes()))
    for name in ("noise.zip", "noise.asc.gz"):
        assert np.nansum(whole(read(tmp_path / name).grid)) == 7
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as zipped:
        zipped.write(path, "a.asc")
        zipped.write(path, "b.asc")
    with pytest.raises(FileProblem, match="2 rasters"):
        read(tmp_path / "two.zip")


def test_one_process_reads_gz_after_gz_of_one_name(tmp_path: Path) -> None:
    """GDAL's own reader of gz took the second file of a name for the first, and waited for ever."""
    path = ascii_grid(tmp_path / "pm25.asc", HEADER.format(400_000, 200_000, 1000))
    text = path.read_bytes()
    with Reader(seconds=20) as reader:
        for number in range(1, 6):
            padded = text + b"\n" * number * 40
            path.write_bytes(gzip.compress(padded, mtime=0) if number % 2 else text)
            assert np.nansum(whole(reader.read(path).grid)) == 7
            path.write_bytes(gzip.compress(padded)[:-9])
            with pytest.raises(FileProblem, match="damaged"):
                reader.read(path)


def test_what_gdal_says_of_a_damaged_tiff_is_a_sentence(tmp_path: Path) -> None:
    """A private tag of no known type, which rasterio has no error of its own for."""
    (tmp_path / "pm25_2023.tif").write_bytes((Path(__file__).parent / "samples" / "odd_tag.tif").read_bytes())
    with pytest.raises(FileProblem, match="the raster is damaged or of a kind that cannot be read"):
        read(tmp_path / "pm25_2023.tif")


@pytest.mark.parametrize(("unit", "metres"), [("km", 1000.0), ("us-ft", 1200 / 3937)])
def test_coordinates_in_other_units_than_metres(tmp_path: Path, unit: str, metres: float) -> None:
    """The National Grid's own projection, counted in kilometres or feet: the same cells at the same places."""
    system = f"+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy +units={unit}"
    cells = ramp(40, 50)
    transform = from_origin(WEST / metres, NORTH / metres, 100 / metres, 100 / metres)
    grid = read(tif(tmp_path / "no2.tif", cells, transform=transform, crs=system, nodata=-1)).grid
    assert grid is not None
    a, _, c, _, e, f = grid.transform
    assert (a, e) == (pytest.approx(100, abs=0.5), pytest.approx(-100, abs=0.5))
    rows, columns = np.indices(grid.shape)
    x, y = c + a * (columns + 0.5), f + e * (rows + 0.5)
    truth = 1000 * ((NORTH - y) / 100 - 0.5) + (x - WEST) / 100 - 0.5
    found = whole(grid)
    inside = ~np.isnan(found)
    assert inside.sum() > 0.9 * cells.size
    # The edges of the raster are half cells from anything to interpolate with.
    assert np.abs(found - truth)[1:-1, 1:-1][inside[1:-1, 1:-1]].max() < 2


POINTER = """<VRTDataset rasterXSize="4" rasterYSize="4"><SRS>EPSG:27700</SRS>
<GeoTransform>400000,100,0,210000,0,-100</GeoTransform><VRTRasterBand dataType="Float32" band="1"><SimpleSource>
<SourceFilename relativeToVRT="0">{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>
</VRTDataset>"""


@pytest.mark.parametrize("name", ["a.vrt", "a.tif", "a.asc", "a.nc"])
def test_a_raster_that_points_elsewhere_is_never_opened(tmp_path: Path, name: str) -> None:
    secret = tif(tmp_path / "secret.tif", ramp(4, 4))
    (tmp_path / name).write_text(POINTER.format(secret), "utf-8")
    with pytest.raises(FileProblem) as error:
        read(tmp_path / name, kind="raster")
    assert name in str(error.value)


@pytest.mark.parametrize("name", ["a.tif", "a.asc"])
def test_a_pointer_under_a_good_name_in_a_zip(tmp_path: Path, name: str) -> None:
    secret = tif(tmp_path / "secret.tif", ramp(4, 4))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr(name, POINTER.format(secret))
    with pytest.raises(FileProblem, match="not what its name says"):
        read(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "path", ["/vsicurl/http://127.0.0.1:9/a.tif", "/vsizip//vsicurl/http://127.0.0.1:9/a.zip/b.tif"]
)
def test_an_address_is_no_file(path: str) -> None:
    with pytest.raises(FileProblem, match="no such file"):
        read(Path(path))


def test_an_overview_in_another_file_is_not_looked_at(tmp_path: Path) -> None:
    tif(tmp_path / "other.tif", np.full((4, 4), 666, dtype=np.float32))
    path = tif(tmp_path / "a.tif", ramp(4, 4))
    pam = "<PAMDataset><Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>{}</MDI></Metadata></PAMDataset>"
    (tmp_path / "a.tif.aux.xml").write_text(pam.format(tmp_path / "other.tif"), "utf-8")
    assert np.array_equal(whole(read(path).grid), ramp(4, 4))


@pytest.mark.parametrize("size", [8, 200, 1500])
def test_a_raster_cut_short(tmp_path: Path, size: int) -> None:
    path = tif(tmp_path / "a.tif", np.random.default_rng(1).random((300, 300)).astype(np.float32), compress="deflate")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(FileProblem, match=r"a\.tif"):
        read(path)


def test_every_format_has_one_driver() -> None:
    with rasterio.Env() as env:
        assert set(raster_form.DRIVERS.values()) <= set(env.drivers())


def test_it_crosses_from_the_child_whole(tmp_path: Path) -> None:
    path = tif(tmp_path / "pm25.tif", ramp(300, 300), units="µg/m3")
    here: Reading = read(path)
    with Reader() as reader:
        there = reader.read(path)
    assert here.grid is not None
    assert there.grid is not None
    assert there.grid.unit == here.grid.unit
    assert np.array_equal(whole(there.grid), whole(here.grid))
