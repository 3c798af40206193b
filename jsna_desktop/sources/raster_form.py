"""Rasters, map tiles and OpenStreetMap extracts seen from outside: what a file is by its first bytes."""

import re

from jsna_desktop.errors import FileProblem

GEOTIFF, ASCII_GRID, NETCDF, HDF = "GTiff", "AAIGrid", "netCDF", "HDF5"
# GDAL's name of the driver that may read each; a netCDF 4 file is HDF5 inside, and read as netCDF.
DRIVERS = {GEOTIFF: "GTiff", ASCII_GRID: "AAIGrid", NETCDF: "netCDF", HDF: "netCDF"}
READABLE = "GeoTIFF, ASCII grid or netCDF"
ENDINGS = (".tif", ".tiff", ".asc", ".nc", ".nc4")
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_SQLITE = b"SQLite format 3\x00"


def form_of(head: bytes) -> str:
    """`raster`, `tiles` or `osm` for a file with these first bytes; "" where it is none of them."""
    if format_of(head):
        return "raster"
    if is_tiles(head):
        return "tiles"
    # A PBF file begins with the length of its header block, and the block with its kind.
    return "osm" if head[4:15] == b"\n\tOSMHeader" else ""


def format_of(head: bytes) -> str:
    """The format of a raster, one of DRIVERS; "" for any other file."""
    if head.startswith(_TIFF):
        return GEOTIFF
    if head.startswith((b"CDF\x01", b"CDF\x02", b"CDF\x05")):
        return NETCDF
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return HDF
    start = head.lstrip(b" \t\r\n")[:400].lower()
    return ASCII_GRID if re.match(rb"ncols\s+\d+\s+nrows\s+\d+\s", start) else ""


def is_tiles(head: bytes) -> bool:
    """Whether a file is MBTiles: a SQLite database with its number, or with the tables that the format asks for."""
    if not head.startswith(_SQLITE):
        return False
    # The texts of the tables' definitions stand in the first page, which is at most 64 kB.
    first = head[: 1 << 16].lower()
    return head[68:72] == b"MPBX" or (head[68:72] == bytes(4) and b"zoom_level" in first and b"metadata" in first)


def member_of(names: list[str], where: str) -> str:
    """The raster of a zip; "" where it has none. FileProblem where there are several."""
    found = [name for name in names if name.lower().endswith(ENDINGS)]
    if len(found) > 1:
        raise FileProblem(
            f"the zip holds {len(found)} rasters",
            where=where,
            found=", ".join(found[:5]),
            expected="one",
            todo="Unpack it and choose those that cover your area",
        )
    return found[0] if found else ""
