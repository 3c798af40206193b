"""A list of postcodes: one a line, or one column of a table, with a heading or without."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources.dataset import Problem
from jsna_desktop.sources.fields import chosen_field
from jsna_desktop.sources.places import POSTCODE
from jsna_desktop.sources.reading import Peek, ProgressCall, quiet
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import read_table

# As practices' systems, the NHS and ONS head such a column.
HEADINGS = ("postcode", "post code", "postal code", "post_code", "pcd", "pcds", "pcd7", "pcd8", "patient postcode")
_MOST = 0.5


@dataclass(frozen=True)
class PostcodeList:
    """`postcodes` (n,) text as written, blank cells left out, repeats and misspellings kept; `column` its heading."""

    postcodes: np.ndarray
    column: str
    problems: tuple[Problem, ...] = ()


def read_postcode_list(path: Path, *, column: str | None = None, progress: ProgressCall = quiet) -> PostcodeList:
    """The postcodes of a text file or table; FileProblem where no column, or more than one, seems to hold them."""
    peek = Peek(Path(path))
    progress(f"Reading {peek.where}", None)
    sheet = peek.sheet
    if sheet is None:
        raise FileProblem("this is not a list of postcodes", where=peek.where, expected="a text file, CSV or xlsx")
    heading = chosen_field(sheet.headings, column, peek.where) if column else _guessed(sheet, peek.where)
    first = [heading] if _is_postcode(heading) else []
    if first and not any(any(row) for row in sheet.rows):
        return PostcodeList(np.array(first, dtype=np.str_), "")
    table = read_table(peek, text=(heading,), columns={heading})
    found = np.concatenate([np.array(first, dtype=np.str_), table.text(heading)])
    return PostcodeList(found[found != ""], "" if first else heading, tuple(table.problems))


def _is_postcode(cell: str) -> bool:
    return POSTCODE.fullmatch(cell.strip().upper()) is not None


def _guessed(sheet: Sheet, where: str) -> str:
    named = [heading for heading in sheet.headings if heading.strip().lower() in HEADINGS]
    found = named or [text for place, text in enumerate(sheet.headings) if text and _share(sheet, place) >= _MOST]
    if len(found) == 1:
        return found[0]
    raise FileProblem(
        "it is not clear which column holds the postcodes" if found else "there is no column of postcodes",
        where=where,
        found="columns " + ", ".join(sheet.headings[:20]),
        expected="one postcode a line, or a column headed Postcode",
        todo="Name the column (--column)",
    )


def _share(sheet: Sheet, place: int) -> float:
    """The share of filled cells of a column that are postcodes, its heading among them where that is one."""
    cells = [row[place] for row in sheet.rows if place < len(row) and row[place]]
    cells += [sheet.headings[place]] if _is_postcode(sheet.headings[place]) else []
    return sum(map(_is_postcode, cells)) / len(cells) if cells else 0.0
