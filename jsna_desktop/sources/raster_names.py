"""What the classes of a raster are called, by their numbers, where its file says so.

Of the file itself: `flag_values` with `flag_meanings` (climate and forecast conventions, 3.5), a `legend` of lines such
as “10  Tree cover” (ESA WorldCover), or an entry for each number (`class_3`, `3`). Else of the `.aux.xml` that GDAL,
QGIS and ArcGIS write beside it: its attribute table, or its categories.
"""

import html
import re
from collections.abc import Iterable
from pathlib import Path

Names = tuple[tuple[int, str], ...]

_NUMBERED = re.compile(r"(?:(?:class|category|value|label|zone|band)[ _.]?)?(-?\d{1,5})", re.IGNORECASE)
_LINE = re.compile(r"\s*(-?\d{1,5})\s*(?:[:=–-]\s*|\s)(\S.*)")
_LONGEST_NAME = 60
_LARGEST_BESIDE = 1 << 20
# Columns of GDAL's raster attribute tables say what they are for.
_IS_NAME, _IS_NUMBER = "2", "5"


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
    """The names in the `.aux.xml` beside a raster's file, of its first band; () where there is none.

    Its few elements are picked out as text: what else such a file says – where others lie, say – is not followed.
    """
    beside = path.with_name(path.name + ".aux.xml")
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


def _texts(text: str, element: str) -> list[str]:
    found = re.findall(rf"<{element}(?:\s[^>]*)?(?:/>|>(.*?)</{element}>)", text, re.DOTALL)
    return [html.unescape(one).strip() for one in found]


def _named(pairs: Iterable[Iterable[str]]) -> Names:
    found = {int(n): " ".join(name.split()) for n, name in pairs if re.fullmatch(r"-?\d{1,5}", n)}
    # A name has a letter: what has none is a count, or the number itself.
    named = ((number, name[:_LONGEST_NAME]) for number, name in found.items() if re.search(r"[^\W\d_]", name))
    return tuple(sorted(named))
