"""Zips, workbooks and rasters as seeds."""

import io

import numpy as np

from tests.fuzz import seed_texts as texts
from tests.fuzz.packed import zipped
from tests.fuzz.seed import SAMPLES


def two_parts_of_codepoint() -> bytes:
    lines = (SAMPLES / "qx.csv").read_bytes().splitlines(keepends=True)
    return zipped({"Data/CSV/qa.csv": b"".join(lines[:2]), "Data/CSV/qb.csv": b"".join(lines[2:])})


def postcode_directory() -> bytes:
    whole = texts.DIRECTORY.encode()
    return zipped(
        {
            "Data/ONSPD_MAY_2025_UK.csv": whole,
            "Data/multi_csv/ONSPD_MAY_2025_UK_QX.csv": whole,
            "Documents/Country names and codes.csv": b"CTRY12CD,CTRY12NM\nE92000001,England\n",
        }
    )


def nomis_bulk() -> bytes:
    small = texts.NOMIS_BULK.encode()
    return zipped(
        {
            "census2021-ts007a-lsoa.csv": small,
            "census2021-ts007a-msoa.csv": small.replace(b"E0100", b"E0200"),
            "metadata/census2021-ts007a.txt": b"notes",
        }
    )


def midyear_workbook() -> bytes:
    """ONS's layout since 2021: a sheet of contents and one of a year, women's and men's ages in one row."""
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Contents"
    book.active.append(["Contents"])
    sheet = book.create_sheet("Mid-2022 LSOA 2021")
    sheet.append(["Mid-2022 population estimates for LSOAs by single year of age and sex"])
    sheet.append([])
    sheet.append([])
    ages = [*(f"F{age}" for age in range(91)), *(f"M{age}" for age in range(91))]
    sheet.append(["LAD 2023 Code", "LAD 2023 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total", *ages])
    for code in ("E01000001", "E01035716"):
        sheet.append(["E09000001", "City of London", code, "A", 182, *[1] * 182])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _raster(driver: str, bands: np.ndarray, **more: object) -> bytes:
    from rasterio.io import MemoryFile
    from rasterio.transform import from_origin

    count, height, width = bands.shape
    about = {"driver": driver, "count": count, "height": height, "width": width, "dtype": bands.dtype.name} | more
    with MemoryFile() as memory:
        with memory.open(crs=27700, transform=from_origin(400_000, 210_000, 100, 100), **about) as file:
            file.write(bands)
        return memory.read()


def geotiff() -> bytes:
    cells = np.arange(12 * 10, dtype=np.float32).reshape(1, 12, 10)
    return _raster("GTiff", cells, nodata=5, compress="deflate", tiled=False)


def picture() -> bytes:
    return _raster("GTiff", np.full((3, 16, 16), 120, dtype=np.uint8), photometric="RGB")


def ascii_grid() -> bytes:
    head = "ncols 4\nnrows 3\nxllcorner 400000\nyllcorner 200000\ncellsize 100\nNODATA_value -9999\n"
    return (head + "1 2 3 4\n5 -9999 7 8\n9 10 11 12\n").encode()


def netcdf() -> bytes:
    import tempfile
    from pathlib import Path

    from scipy.io import netcdf_file

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.nc"
        with netcdf_file(path, "w") as file:
            file.Conventions = "CF-1.7"
            for name, values in (("y", np.arange(200_050, 200_350, 100.0)), ("x", np.arange(400_050, 400_450, 100.0))):
                file.createDimension(name, len(values))
                axis = file.createVariable(name, "d", (name,))
                axis[:] = values
                axis.standard_name, axis.units = f"projection_{name}_coordinate", "m"
            mapping = file.createVariable("transverse_mercator", "i", ())
            mapping.grid_mapping_name = "transverse_mercator"
            mapping.semi_major_axis, mapping.semi_minor_axis = 6377563.396, 6356256.909
            mapping.longitude_of_central_meridian, mapping.latitude_of_projection_origin = -2.0, 49.0
            mapping.false_easting, mapping.false_northing = 400000.0, -100000.0
            mapping.scale_factor_at_central_meridian = 0.9996012717
            cells = file.createVariable("pm25", "f", ("y", "x"))
            cells[:] = np.arange(12).reshape(3, 4)
            cells.units, cells.grid_mapping = "ug m-3", "transverse_mercator"
        return path.read_bytes()
