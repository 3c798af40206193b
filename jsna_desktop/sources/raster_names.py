"""What the classes of a raster are called, by their numbers, where its file says so.

Of the file itself: `flag_values` with `flag_meanings` (climate and forecast conventions, 3.5), a `legend` of lines such
as “10  Tree cover” (ESA WorldCover), or an entry for each number (`class_3`, `3`). Else of the `.aux.xml` that GDAL,
QGIS and ArcGIS write beside it: its attribute table, or its categories. Else of the `.vat.dbf`, ArcGIS's own table of
the values.
"""

import html
import re
import struct
from collections.abc import Iterable
from pathlib import Path

from jsna_desktop.errors import FileProblem

Names = tuple[tuple[int, str], ...]

_NUMBERED = re.compile(r"(?:(?:class|category|value|label|zone|band)[ _.]?)?(-?\d{1,5})", re.IGNORECASE)
_LINE = re.compile(r"\s*(-?\d{1,5})\s*(?:[:=–-]\s*|\s)(\S.*)")
_LONGEST_NAME = 60
_LARGEST_BESIDE = 1 << 20
# Columns of GDAL's raster attribute tables say what they are for.
_IS_NAME, _IS_NUMBER = "2", "5"
# What the column of names is called in a table of values, where it has several of text.
_NAMING = re.compile(r"name|label|class|descr|categ|legend|type", re.IGNORECASE)
_DBASE, _LAST_FIELD = b"\x03", 0x0D  # what begins otherwise is no table of values


def names_in(tags: dict[str, str]) -> Names:
    """(number, name) of the classes that a raster's own entries name, ascending; () where none does."""
    lower = {key.lower(): text for key, text in tags.items()}
    numbers = re.findall(r"-?\d+", lower.get("flag_values", ""))
    meanings = [word.replace("_", " ") for word in lower.get("flag_meanings", "").split()]
    if numbers and len(numbers) == len(meanings):
        return _named(zip(numbers, meanings, strict=True))
    lines = [found for line in lower.get("legend", "").splitlines() if (found := _LINE.fullmatch(line))]
    if len(lines) > 1:
        return _named(found.groups() for found in lines)
    numbered = [(found[1], text) for key, text in tags.items() if (found := _NUMBERED.fullmatch(key))]
    return _named(numbered)


def names_beside(path: Path) -> Names:
    """The names in the `.aux.xml` or the `.vat.dbf` beside a raster's file, of its first band; () without any.

    FileProblem where the table of values is damaged.
    """
    return _in_aux(path.with_name(path.name + ".aux.xml")) or _in_table(path.with_name(path.name + ".vat.dbf"))


def _in_aux(beside: Path) -> Names:
    """The names in an `.aux.xml`.

    Its few elements are picked out as text: what else such a file says – where others lie, say – is not followed.
    """
    if not beside.is_file() or beside.stat().st_size > _LARGEST_BESIDE:
        return ()
    text = beside.read_bytes().decode("utf-8", errors="replace").partition("</PAMRasterBand>")[0]
    columns = re.findall(r"<FieldDefn[^>]*>(.*?)</FieldDefn>", text, re.DOTALL)
    uses = [_texts(column, "Usage")[:1] for column in columns]
    if [_IS_NAME] in uses and [_IS_NUMBER] in uses:
        rows = [_texts(row, "F") for row in re.findall(r"<Row[^>]*>(.*?)</Row>", text, re.DOTALL)]
        number, name = uses.index([_IS_NUMBER]), uses.index([_IS_NAME])
        return _named((row[number], row[name]) for row in rows if len(row) == len(uses))
    return _named((str(number), name) for number, name in enumerate(_texts(text, "Category")))


def _in_table(beside: Path) -> Names:
    """The names in a `.vat.dbf`: of its column VALUE with the column of text that is called so, or the only one."""
    if not beside.is_file() or beside.stat().st_size > _LARGEST_BESIDE:
        return ()
    data = beside.read_bytes()
    if data[:1] != _DBASE:
        return ()
    try:
        columns = _columns(data)
    except (struct.error, IndexError) as error:
        raise FileProblem(
            "the table of a raster’s classes is cut short", where=beside.name, todo="Mend it, or remove it"
        ) from error
    number = next((name for name, kind in columns if name.lower() == "value" and kind in "NF"), None)
    texts = [name for name, kind in columns if kind == "C"]
    named = [name for name in texts if _NAMING.search(name)]
    if number is None or not (named or len(texts) == 1):
        return ()
    numbers, names = columns[number, "N" if (number, "N") in columns else "F"], columns[(named or texts)[0], "C"]
    return _named((re.sub(r"\.0*$", "", one), name) for one, name in zip(numbers, names, strict=True))


def _columns(data: bytes) -> dict[tuple[str, str], list[str]]:
    """The texts in each column (name, type) of a dBASE table; struct.error or IndexError where it is cut short.

    By hand: what opens such a file for GDAL believes how many rows it says it has, and some paths for addresses.
    """
    count, head, width = struct.unpack_from("<IHH", data, 4)
    if head + count * width > len(data):
        raise IndexError(count)
    fields, at = [], 1
    for place in range(32, head - 1, 32):
        if data[place] == _LAST_FIELD:
            break
        name, kind, size = data[place : place + 11].partition(b"\0")[0], chr(data[place + 11]), data[place + 16]
        fields.append((name.decode("latin-1"), kind, slice(at, at + size)))
        at += size
    rows = [data[start : start + width] for start in range(head, head + count * width, width)] if width else []
    kept = [row for row in rows if row[:1] != b"*"]  # deleted
    return {(name, kind): [_decoded(row[part]) for row in kept] for name, kind, part in fields}


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8").strip()
    except UnicodeDecodeError:
        return text.decode("cp1252", errors="replace").strip()


def _texts(text: str, element: str) -> list[str]:
    found = re.findall(rf"<{element}(?:\s[^>]*)?(?:/>|>(.*?)</{element}>)", text, re.DOTALL)
    return [html.unescape(one).strip() for one in found]


def _named(pairs: Iterable[Iterable[str]]) -> Names:
    found = {int(n): " ".join(name.split()) for n, name in pairs if re.fullmatch(r"-?\d{1,5}", n)}
    # A name has a letter: what has none is a count, or the number itself.
    named = ((number, name[:_LONGEST_NAME]) for number, name in found.items() if re.search(r"[^\W\d_]", name))
    return tuple(sorted(named))
