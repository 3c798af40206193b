"""Files of shapes seen from outside: of which format they are, and which files belong together.

GDAL opens a file by whichever of its drivers likes it, and some drivers only read what a file points to (OGR VRT,
GDAL's own JSON pipelines). So the format is told here, by content, and a file that GDAL takes for another is refused.
"""

import re
from collections.abc import Callable
from pathlib import Path

from jsna_desktop.errors import FileProblem

SHAPEFILE, MAPINFO, GEOPACKAGE = "ESRI Shapefile", "MapInfo File", "GPKG"
FLATGEOBUF, KML, JSON, GEODATABASE = "FlatGeobuf", "KML", "GeoJSON", "OpenFileGDB"
# GDAL's names of the drivers that may read each format.
DRIVERS = {
    SHAPEFILE: (SHAPEFILE,),
    MAPINFO: (MAPINFO,),
    GEOPACKAGE: (GEOPACKAGE,),
    FLATGEOBUF: (FLATGEOBUF,),
    KML: ("LIBKML", "KML"),
    JSON: ("GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON", "JSONFG"),
    GEODATABASE: (GEODATABASE,),
}
READABLE = "GeoPackage, GeoJSON, FlatGeobuf, KML, GeoParquet, a shapefile, MapInfo or File Geodatabase"
GEODATABASE_CATALOGUE = "a00000001.gdbtable"
TABLE_OF_CLASSES = ".vat.dbf"  # ArcGIS’s, beside a raster
# A format of several files: the one to open, those that it needs, and those that may lie beside it.
PARTS = {
    ".shp": ((".shx", ".dbf"), (".prj", ".cpg", ".sbn", ".sbx", ".qpj")),
    ".tab": ((".dat", ".map", ".id"), (".ind",)),
    ".mif": ((".mid",), ()),
}
_NAMES = {".shp": "shapefile", ".tab": "MapInfo table", ".mif": "MapInfo interchange file"}
# Where a text sends GDAL to other files or addresses, or has it work.
_POINTERS = (b"<ogrvrt", b"<ogrwfs", b"gdal_streamed_alg")
_LOOKED_AT = 1 << 16
_GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")


def format_of(head: bytes) -> str:
    """The format of a file with these first bytes, one of DRIVERS; "" where it is none of them."""
    if head.startswith(b"\x00\x00\x27\x0a"):
        return SHAPEFILE
    if head[:3] == b"fgb" and head[4:7] == b"fgb":
        return FLATGEOBUF
    if head.startswith(b"SQLite format 3\x00"):
        return GEOPACKAGE if head[68:72] in _GEOPACKAGE_IDS else ""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:4000].lower()
    if text.startswith((b"{", b"\x1e")):
        return JSON
    if b"<kml" in text:
        return KML
    if text.startswith(b"!table") or (re.match(rb"version\s+\d+", text) and re.search(rb"\bcolumns\s+\d+", text)):
        return MAPINFO
    return ""


def check_pointers(head: bytes, where: str) -> None:
    """FileProblem where a text file sends its reader elsewhere: a data file may make nobody open other files."""
    start = head[:_LOOKED_AT].lower()
    # A MapInfo table may be a list of others (seamless) or a view on them.
    table = start.lstrip().startswith(b"!table") and (b"isseamless" in start or b"create view" in start)
    if table or (format_of(head) in (JSON, KML, MAPINFO) and any(mark in start for mark in _POINTERS)):
        raise FileProblem(
            "the file points to other files instead of holding shapes",
            where=where,
            expected="a file with the shapes themselves",
            todo="Export the layer itself to a GeoPackage",
        )


def check_kml(content: bytes, where: str) -> None:
    """FileProblem for a KML that defines entities: a few lines of them unfold to gigabytes, and no map needs any."""
    # In UTF-16 every other byte is zero.
    plain = content.replace(b"\x00", b"").lower() if b"\x00" in content else content.lower()
    if b"<!doctype" in plain or b"<!entity" in plain:
        raise FileProblem(
            "the KML defines entities of its own, which can be made to fill the memory",
            where=where,
            found="a DOCTYPE or ENTITY declaration",
            expected="a plain KML, as Google Earth and QGIS write it",
            todo="Open it in QGIS and export it to a GeoPackage",
        )


def main_member(names: list[str], member: Callable[[str], bytes], where: str) -> str:
    """What to open in a zip of shapes: a .shp, .tab, .mif or .kml, or the catalogue of a geodatabase; "" for no shapes.

    `member` gives the bytes of one. FileProblem where there are several: which one is meant cannot be told.
    """
    lower = {name.lower() for name in names}
    chosen = []
    for name in names:
        lowered = name.lower()
        # A .tab may be a table of text as well: MapInfo's has its map or its data beside it.
        table = lowered.endswith(".tab") and lower & {lowered[:-4] + end for end in PARTS[".tab"][0]}
        if table or lowered.endswith((".shp", ".mif")) or f"/{lowered}".endswith(f"/{GEODATABASE_CATALOGUE}"):
            chosen.append(name)
    kml = [name for name in names if name.lower().endswith(".kml")]
    if len(kml) > 1:
        # A KMZ's own map is doc.kml, unless that only links to the others, as GDAL and QGIS write it.
        kml = [name for name in kml if b"<placemark" in member(name).lower()] or kml
    main = [name for name in kml if name.lower() == "doc.kml"] or kml
    chosen = chosen or main
    if len(chosen) > 1:
        what = "shapefiles" if all(name.lower().endswith(".shp") for name in chosen) else "layers of shapes"
        raise FileProblem(
            f"the zip holds {len(chosen)} {what}",
            where=where,
            found=", ".join(chosen[:5]),
            expected="one",
            todo="Unpack it and choose one of them",
        )
    return chosen[0] if chosen else ""


def belonging(name: str, names: list[str]) -> list[str]:
    """The files of a zip that a layer consists of: those of the same stem, or all in the geodatabase's folder."""
    ending = name.lower()[-4:]
    if ending in PARTS:
        needed, more = PARTS[ending]
        wanted = {name.lower()[:-4] + end for end in (ending, *needed, *more)}
        return [other for other in names if other.lower() in wanted]
    if name.lower().endswith(GEODATABASE_CATALOGUE):
        return [other for other in names if other.rpartition("/")[0] == name.rpartition("/")[0]]
    return [name]


def check_parts(name: str, names: list[str], where: str) -> None:
    """FileProblem naming the missing part of a shapefile or MapInfo table: its index or its table of codes."""
    ending = name.lower()[-4:]
    if ending not in PARTS:
        return
    there = {other.lower() for other in names}
    needed = PARTS[ending][0]
    missing = [end for end in needed if name.lower()[:-4] + end not in there]
    if missing:
        raise FileProblem(
            f"the {_NAMES[ending]} has no {' and no '.join(missing)}",
            where=where,
            found=name.lower(),
            expected=f"a {ending} with its {' and '.join(needed)} of the same name",
            todo="Put the missing part beside it, or zip all parts together again",
        )


def check_is_no_part(path: Path, start: bytes, where: str) -> None:
    """FileProblem for one part of a layer of several files, naming the file to choose instead."""
    suffix = path.suffix.lower()
    if path.name.lower().endswith(TABLE_OF_CLASSES):
        raster = path.name[: -len(TABLE_OF_CLASSES)]
        todo = f"Choose {raster}: the table is read from beside it"
        raise FileProblem("this is the table of a raster’s classes", where=where, todo=todo)
    if start.startswith(b"\x00\x00\x27\x0a") and suffix != ".shp":
        suffix = ".shx"
    for main, (needed, other) in PARTS.items():
        # Other programs write .dat, .map and .id files too: they are MapInfo's where the table lies beside them.
        alone = main == ".shp" or any(path.with_suffix(end).exists() for end in (main, main.upper()))
        if suffix in (*needed, *other) and alone:
            raise FileProblem(
                f"this is one part of a {_NAMES[main]}",
                where=where,
                todo=f"Choose {path.stem}{main}, with its {' and '.join(needed)} beside it",
            )


def check_name(path: Path, head: bytes, where: str) -> None:
    """FileProblem for a MapInfo file under another ending: its parts are found by their names alone."""
    if format_of(head) == MAPINFO and path.suffix.lower() not in (".tab", ".mif"):
        ending = ".tab" if head.lstrip().lower().startswith(b"!table") else ".mif"
        raise FileProblem(
            f"this is a {_NAMES[ending]} under another name",
            where=where,
            expected=f"a name that ends in {ending}",
            todo=f"Name it {path.stem}{ending}, with its {' and '.join(PARTS[ending][0])} beside it",
        )


def geodatabase(catalogue: str, where: str) -> str:
    """The folder of a geodatabase from the path of its catalogue; FileProblem where GDAL would not know it by name."""
    folder = catalogue[: -len(GEODATABASE_CATALOGUE)].rstrip("/\\")
    if not folder.lower().endswith(".gdb"):
        name = Path(folder).name or Path(where).stem
        raise FileProblem(
            "this is a File Geodatabase whose folder has another name",
            where=where,
            found=f"“{name}”",
            expected="a folder whose name ends in .gdb",
            todo=f"Name the folder {name}.gdb",
        )
    return folder


def is_geodatabase(path: Path) -> bool:
    """Whether a folder is a File Geodatabase, by the table that lists its tables."""
    return (path / GEODATABASE_CATALOGUE).is_file()
