"""GeoPackages before GDAL opens them: a database can hold questions that are asked when its layers are read.

A view, a virtual table or a generated column runs whatever SQL its maker wrote: it can ask for more than any machine
has, or for other files. Triggers run only when something is written, and nothing is. A layer needs none of them.
"""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive

_REGISTERS = ("gpkg_contents", "gpkg_geometry_columns")
# Indexes that GDAL and QGIS build beside a layer.
_INDEXES = ("rtree", "rtree_i32", "geopoly", "fts3", "fts4", "fts5")


def check(source: Path | bytes, where: str) -> None:
    """FileProblem where a layer, or a register of layers, is anything but a table of stored values."""
    try:
        with closing(_opened(source)) as database:
            odd = _computed(database)
    # A file name with a NUL is a ValueError, text that is no UTF-8 an error of its own.
    except (sqlite3.Error, ValueError) as error:
        raise archive.damaged("the GeoPackage", where, error) from error
    if odd:
        raise FileProblem(
            "a layer of the GeoPackage is not stored in it but worked out when it is read",
            where=where,
            found=odd,
            expected="layers that are tables",
            todo="Open it in QGIS and export the layer to a new GeoPackage",
        )


def _opened(source: Path | bytes) -> sqlite3.Connection:
    if isinstance(source, bytes):
        database = sqlite3.connect(":memory:")
        database.deserialize(source)
    else:
        # Immutable: no journal of it is looked for and none is written beside it.
        database = sqlite3.connect(f"file:{quote(os.fsencode(source.absolute()))}?mode=ro&immutable=1", uri=True)
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _computed(database: sqlite3.Connection) -> str:
    """The first layer or register that is a view, a virtual table or has generated columns, in words; "" for none."""
    computed: dict[str, str] = {}
    for kind, name, place, sql in database.execute("SELECT type, name, rootpage, sql FROM sqlite_master"):
        if kind == "view":
            computed[str(name).lower()] = f"the view “{name}”"
        elif kind == "table" and not place:
            module = re.search(r"\busing\s+\W?(\w+)", str(sql), re.IGNORECASE)
            if module is None or module[1].lower() not in _INDEXES:
                return f"the virtual table “{name}”"
            computed[str(name).lower()] = f"the virtual table “{name}”"
    registers = [what for name, what in computed.items() if name.startswith(("gpkg_", "sqlite_"))]
    if registers:
        return registers[0]
    for layer in _layers(database):
        if layer.lower() in computed:
            return computed[layer.lower()]
        columns = database.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (layer,)).fetchall()
        made = [name for name, hidden in columns if hidden in (2, 3)]
        if made:
            return f"column “{made[0]}” of “{layer}”, which is worked out"
    return ""


def _layers(database: sqlite3.Connection) -> list[str]:
    found: list[str] = []
    for register in _REGISTERS:
        there = database.execute("SELECT 1 FROM sqlite_master WHERE lower(name) = ?", (register,)).fetchone()
        if there:
            rows = database.execute(f'SELECT "table_name" FROM "{register}" LIMIT 10000')
            found += [row[0] for row in rows if isinstance(row[0], str)]
    return list(dict.fromkeys(found))
