"""The top of a table as text: title lines, heading, first rows."""

import csv
import re
from dataclasses import dataclass

SAMPLE_ROWS = 40
# The sheet of the program's own templates that says what to write: never the table itself.
GUIDE_SHEET = "What to write"
_LINE_END = re.compile(r"\r\n|\r|\n")
# Longer cells than csv's own limit are refused where a column is read, with a sentence.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Sheet:
    """The top of a table: headings as written, and the rows under them as text.

    `header_row` counts from 0; `titles` are the lines above it. `rows` are up to 40 rows, the heading's own first
    row included where the file has no heading (`raw`). Where a column map changes more than headings, `beneath` is the
    file's own sheet and `turned` its columns that became rows.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    header_row: int = 0
    titles: tuple[str, ...] = ()
    delimiter: str = ","
    name: str = ""
    beneath: "Sheet | None" = None
    turned: tuple[str, ...] = ()

    def column(self, place: int) -> list[str]:
        """The cells of a column in these rows."""
        return [row[place] if place < len(row) else "" for row in self.rows]

    @property
    def raw(self) -> tuple[tuple[str, ...], ...]:
        return (self.headings, *self.rows)

    def lowered(self) -> list[str]:
        return [heading.strip().lower() for heading in self.headings]


def text_rows(text: str) -> tuple[list[list[str]], str]:
    """The first rows of a delimited text, and its delimiter: the one that gives the widest rows."""
    # Not `splitlines`, which sees an end of line in signs that no table's reader does.
    lines = _LINE_END.split(text, SAMPLE_ROWS + 20)[: SAMPLE_ROWS + 20]
    best: tuple[int, list[list[str]], str] = (-1, [], ",")
    for delimiter in ",\t;|":
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
        widths = sorted(len(row) for row in rows if any(row))
        width = widths[len(widths) // 2] if widths else 0
        if width > best[0]:
            best = (width, rows, delimiter)
    return best[1], best[2]


def header_row(rows: list[list[str]]) -> int:
    """Where the heading is: the first row with about as many filled cells as the rows below it.

    Nomis's title lines may have as many cells as its tables; its heading names its areas so.
    """
    of_nomis = any("[from Nomis" in cell for row in rows[:2] for cell in row[:1])
    for place, row in enumerate(rows):
        if "mnemonic" in (cell.lower() for cell in row[:3]):
            return place
        if place and of_nomis and len(row) > 1 and row[1] and "output area" in row[0].lower():
            return place
    filled = [sum(1 for cell in row if cell) for row in rows]
    some = sorted(count for count in filled[len(filled) // 3 :] if count)
    usual = some[len(some) // 2] if some else 1
    return next((place for place, count in enumerate(filled) if count and count >= 0.6 * usual), 0)
