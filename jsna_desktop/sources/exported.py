"""Localities as this program writes them (jobs/export.py): whole blocks by code, drawn places by their outline.

A list of blocks and weights holds a drawn place's outline as text (WKT, EPSG:27700), cut at commas into the cells of
its rows, for a spreadsheet keeps no long cell.
"""

import re

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.reading import Peek
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import Table, read_table

FIELDS = ("name", "code", "set", "kind", "made_of", "blocks")
COLUMNS = ("set", "locality", "geography", "area_code", "weight", "method", "code", "kind", "made_of", "outline")
SELECTION, POLYGON = "selection", "polygon"
_CODE = re.compile(r"[A-Z0-9]{1,32}")
_ONE = re.compile(r"1(\.0*)?")
_TODO = "Export the localities again"
_QUOTED = re.compile("'(?=[ \u00a0\u3000]*[=+\\-@\t\r\n＝＋－＠])")


def is_weights(sheet: Sheet) -> bool:
    """Whether a table is a list of blocks and weights as it is exported."""
    return set(COLUMNS) <= set(sheet.headings)


def is_layer(fields: tuple[str, ...]) -> bool:
    """Whether a layer's fields are those of exported localities."""
    return set(FIELDS) <= set(fields)


def members(kinds: np.ndarray, made_of: np.ndarray, blocks: np.ndarray, where: str) -> np.ndarray:
    """Codes of each place's blocks (n,), apart by a blank, checked; "" for a drawn place. FileProblem names the row."""
    found = []
    for row, (kind, level, text) in enumerate(zip(kinds.tolist(), made_of.tolist(), blocks.tolist(), strict=True)):
        at = f"{where}, feature {row + 1}"
        if kind == POLYGON:
            found.append("")
            continue
        codes = text.split()
        wrong = next((code for code in codes if not _CODE.fullmatch(code)), "" if codes and level else "nothing")
        if kind != SELECTION or wrong:
            raise FileProblem(
                "this is not a locality as it was exported",
                where=at,
                found=f"{kind or 'no kind'} of {level or 'nothing'}: {wrong or 'codes'}",
                expected="kind “selection” with the codes of its blocks, or “polygon”",
                todo=_TODO,
            )
        found.append(" ".join(codes))
    return np.array(found, dtype=np.str_)


def read_weights(peek: Peek) -> tuple[dict[str, np.ndarray], np.ndarray, Table]:
    """({names, codes, sets, made_of, members} (n,) text, shapes (n,) WKB, b"" for whole blocks, the table)."""
    sheet = peek.sheet
    assert sheet is not None
    table = read_table(peek, text=sheet.headings, columns=set(COLUMNS))
    text = {heading: table.text(heading) for heading in COLUMNS}
    names, sets = _unquoted(text["locality"]), _unquoted(text["set"])
    keys = np.char.add(np.char.add(sets, "\x00"), names)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rows = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    blocks, outlines = [], []
    for place in order.tolist():
        own = rows[place]
        blocks.append(_own_blocks(text, own, table))
        outlines.append(_outline(text, own, table))
    start = first[order]
    found = {
        "names": names[start],
        "codes": _unquoted(text["code"])[start],
        "sets": sets[start],
        "made_of": text["made_of"][start],
        "members": np.array(blocks, dtype=np.str_),
    }
    shapes = np.empty(len(outlines), dtype=object)
    shapes[:] = outlines
    return found, shapes, table


def _unquoted(cells: np.ndarray) -> np.ndarray:
    """Cells (n,) without the apostrophe that keeps a spreadsheet from running them."""
    return np.array([cell[1:] if _QUOTED.match(cell) else cell for cell in cells.tolist()], dtype=np.str_)


def _own_blocks(text: dict[str, np.ndarray], rows: np.ndarray, table: Table) -> str:
    """A selection's blocks, apart by a blank: the rows on its own geography; "" for a drawn place."""
    kind, made_of = (str(text[name][rows[0]]) for name in ("kind", "made_of"))
    if kind == POLYGON:
        return ""
    own = rows[(text["geography"][rows] == made_of) & (text["area_code"][rows] != "")]
    codes = np.unique(area_codes.tidy(text["area_code"][own])).tolist()
    if kind != SELECTION or not made_of or not codes or not all(_CODE.fullmatch(code) for code in codes):
        raise _damaged(table, rows[0], f"{kind or 'no kind'} of {made_of or 'nothing'}")
    if not all(_ONE.fullmatch(cell) for cell in text["weight"][own].tolist()):
        raise _damaged(table, own[0], "weights of whole blocks other than 1")
    return " ".join(codes)


def _outline(text: dict[str, np.ndarray], rows: np.ndarray, table: Table) -> bytes:
    """The outline of a drawn place as WKB; b"" for a selection."""
    if text["kind"][rows[0]] != POLYGON:
        return b""
    written = "".join(_unquoted(text["outline"][rows]).tolist())
    try:
        shape = shapely.from_wkt(written)
    except shapely.errors.ShapelyError as error:
        raise _damaged(table, rows[0], f"an outline that cannot be read ({error})") from error
    flat = shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") and not shapely.is_empty(shape)
    if (
        shape is None
        or not flat
        or not np.isfinite(shapely.get_coordinates(shape)).all()
        or not shapely.is_valid(shape)
    ):
        raise _damaged(table, rows[0], "no sound polygon")
    return shapely.to_wkb(shape)


def _damaged(table: Table, row: int, found: str) -> FileProblem:
    return FileProblem(
        "this is not a locality as it was exported",
        where=f"{table.where}, row {table.row_numbers[row]}",
        found=found,
        expected="the rows of a locality as they were written, all of them and in their order",
        todo=_TODO,
    )
