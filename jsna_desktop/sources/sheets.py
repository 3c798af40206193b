"""The top of a table as text: title lines, heading, first rows."""

import csv
from dataclasses import dataclass

SAMPLE_ROWS = 40


@dataclass(frozen=True)
class Sheet:
    """The top of a table: headings as written, and the rows under them as text.

    `header_row` counts from 0; `titles` are the lines above it. `rows` are up to 40 rows, the heading's own first
    row included where the file has no heading (`raw`).
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    header_row: int = 0
    titles: tuple[str, ...] = ()
    delimiter: str = ","
    name: str = ""

    @property
    def raw(self) -> tuple[tuple[str, ...], ...]:
        return (self.headings, *self.rows)

    def lowered(self) -> list[str]:
        return [heading.strip().lower() for heading in self.headings]


def text_rows(text: str) -> tuple[list[list[str]], str]:
    """The first rows of a delimited text, and its delimiter: the one that gives the widest rows."""
    lines = text.splitlines()[: SAMPLE_ROWS + 20]
    best: tuple[int, list[list[str]], str] = (-1, [], ",")
    for delimiter in ",\t;|":
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
        widths = sorted(len(row) for row in rows if any(row))
        width = widths[len(widths) // 2] if widths else 0
        if width > best[0]:
            best = (width, rows, delimiter)
    return best[1], best[2]


def header_row(rows: list[list[str]]) -> int:
    """Where the heading is: the first row with about as many filled cells as the rows below it."""
    filled = [sum(1 for cell in row if cell) for row in rows]
    some = sorted(count for count in filled[len(filled) // 3 :] if count)
    usual = some[len(some) // 2] if some else 1
    return next((place for place, count in enumerate(filled) if count and count >= 0.6 * usual), 0)
