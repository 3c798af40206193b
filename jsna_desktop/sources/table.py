"""A whole table in memory, column by column as NumPy arrays, with the file's own row numbers for messages."""

import io
import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import cells, column_map, parquet, texts
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem
from jsna_desktop.sources.reading import Peek
from jsna_desktop.sources.sheets import Sheet

# A column of text takes the room of its longest cell in every row: 400 MB at most.
_LONG_CELL, _WIDEST_COLUMN = 1000, 100_000_000
# No code, name, date or number is longer, and a sheet's own cell holds 32,767 characters.
_LONGEST_CELL = 10_000


class Table:
    """The columns of a table under stripped headings. Row numbers are those a person sees in a spreadsheet."""

    def __init__(self, frame: Any, first_row: int, where: str) -> None:
        self.frame, self.where = frame, where
        self.row_numbers = np.arange(first_row, first_row + len(frame))
        self.problems: list[Problem] = []

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def headings(self) -> list[str]:
        return list(self.frame.columns)

    def text(self, heading: str) -> np.ndarray:
        """A column as text (n,), stripped; "" where blank."""
        import pandas as pd

        column = self.frame[heading]
        if isinstance(column.dtype, pd.StringDtype):
            plain = texts.from_arrow(column)
            if plain is not None and plain.itemsize <= 4 * _LONG_CELL:
                return plain
            index, found = pd.factorize(column.fillna("").str.strip())
            found = np.asarray(found, dtype=object)
            self._refuse_long(heading, index, found)
            distinct = found.astype(np.str_)
            return distinct if len(distinct) == len(column) else distinct[index]
        index, distinct = self.factor(heading)
        return distinct[index]

    def factor(self, heading: str) -> tuple[np.ndarray, np.ndarray]:
        """A column as (index (n,), distinct texts (k,)), in order of first appearance; fast on long tables."""
        import pandas as pd

        index, found = pd.factorize(self.frame[heading], use_na_sentinel=True)
        distinct = pd.Index(found)
        names = [_text(cell) for cell in distinct.to_numpy(dtype=object).tolist()] + ([""] if (index < 0).any() else [])
        place: dict[str, int] = {}
        renumber = np.array([place.setdefault(name, len(place)) for name in names], dtype=np.int64)
        self._refuse_long(heading, index, names)
        kept = renumber[index]
        return kept, np.array(list(place), dtype=np.str_)

    def _refuse_long(self, heading: str, index: np.ndarray, distinct: Any) -> None:
        """FileProblem where one cell is so long that a column as wide as it would fill the memory."""
        longest = max(map(len, distinct), default=0)
        if longest > _LONGEST_CELL or (longest > _LONG_CELL and longest * len(index) > _WIDEST_COLUMN):
            number = next(n for n, text in enumerate(distinct) if len(text) == longest)
            rows = np.flatnonzero(index == number)
            raise FileProblem(
                f"a cell in column “{heading}” is far too long",
                where=f"{self.where}, row {self.row_numbers[rows[0]]}" if len(rows) else self.where,
                found=f"{longest:,} characters",
                todo="Shorten it, or remove the column",
            )

    def numbers(self, heading: str) -> cells.Numbers:
        """A column as numbers; FileProblem where most filled cells are text, a recorded problem where few are."""
        found = cells.numbers(self.frame[heading])
        if found.wrong.any():
            self._wrong_cells(heading, found)
        return found

    def _wrong_cells(self, heading: str, found: cells.Numbers) -> None:
        rows = np.flatnonzero(found.wrong)
        first = str(self.frame[heading].iloc[rows[0]])
        if len(rows) > 0.5 * (len(rows) + np.isfinite(found.values).sum()):
            raise FileProblem(
                f"column “{heading}” is not numbers",
                where=f"{self.where}, row {self.row_numbers[rows[0]]}",
                found=f"“{first}”",
                expected="a number, or a mark for a missing one (blank, .., -, *, [c])",
                todo="Correct the column, or name the right one with a column map",
            )
        examples = self.frame[heading].iloc[rows[:MAX_EXAMPLES]]
        self.problem(
            f"column “{heading}” has text where a number should be; left out",
            rows,
            [f"“{example}”" for example in examples],
        )

    def problem(self, message: str, rows: np.ndarray, examples: Sequence[str] = ()) -> None:
        """Record a problem with the rows at these positions."""
        most = min(len(rows), MAX_EXAMPLES)
        said = [*examples[:most], *[""] * (most - len(examples))]
        lines = tuple(
            f"row {self.row_numbers[row]}: {text}".rstrip(": ") for row, text in zip(rows, said, strict=False)
        )
        self.problems.append(Problem(message, len(rows), lines))

    def note(self, message: str) -> None:
        """Record something that concerns the table as a whole."""
        self.problems.append(Problem(message))

    def keep(self, wanted: np.ndarray) -> None:
        """Leave out the rows where `wanted` (n,) is false."""
        self.frame = self.frame.loc[np.asarray(wanted)]
        self.row_numbers = self.row_numbers[wanted]

    def rows_of(self, positions: np.ndarray) -> str:
        """`rows 3 and 9` for a message."""
        found = [str(self.row_numbers[place]) for place in positions[:5]]
        more = " and more" if len(positions) > 5 else ""
        return f"rows {', '.join(found[:-1])} and {found[-1]}{more}" if len(found) > 1 else f"row {found[0]}"


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_table(
    peek: Peek, text: Collection[str] = (), columns: Collection[str] | None = None, sheet: Sheet | None = None
) -> Table:
    """The table under its heading. `text` are headings to keep as text (codes with leading zeros); `columns` the only

    ones wanted; `sheet` one of `peek.sheets` that is not `peek.sheet`. Columns of plain numbers arrive as numbers at
    once; those with marks are cleaned when asked for.
    """
    import pandas as pd

    sheet = sheet or peek.sheet
    if sheet is None:
        raise FileProblem("this is not a table", where=peek.where, todo="Choose a CSV, xlsx or Parquet file")
    if sheet.beneath is not None:
        own = None if columns is None else {*columns, *sheet.turned}
        return column_map.reshaped(read_table(peek, text, own, sheet.beneath), sheet, peek.map, columns)
    headings = list(sheet.headings)
    wanted = [h for h in headings if h and (columns is None or h in columns)]
    _unique(wanted, peek.where)
    if peek.form == "parquet":
        own = [name for name, heading in zip(peek.parquet_schema.names, headings, strict=True) if heading in wanted]
        frame = parquet.table(peek.parquet_file, peek.where, own).to_pandas()
        frame.columns = wanted
        return _filled(Table(frame, 1, peek.where))
    if peek.form == "xlsx":
        return _from_workbook(peek, sheet, wanted, text)
    _refuse_wider(sheet, peek.where)
    places = [place for place, heading in enumerate(headings) if heading in wanted]
    # From a plain UTF-8 file, whole and without title lines, pandas reads in parallel: twice as fast.
    parallel = not peek.packed and not sheet.header_row and peek.encoding.startswith("utf-8")
    try:
        frame = pd.read_csv(
            peek.path if parallel else io.BytesIO(peek.content),
            sep=sheet.delimiter,
            compression=None,
            encoding=peek.encoding,
            # cp1252 leaves five bytes undefined; the others were checked, and strict decoding is faster.
            encoding_errors="replace" if peek.encoding == "cp1252" else "strict",
            header=None,
            names=list(range(len(headings))),
            index_col=False,
            usecols=None if len(places) == len(headings) else places,
            skiprows=sheet.header_row + 1,
            skip_blank_lines=False,
            dtype={headings.index(h): str for h in text if h in wanted and _digits(sheet, headings.index(h))},
            keep_default_na=False,
            na_values=[""],
            low_memory=parallel,
        )
    except pd.errors.ParserError as error:
        raise _unreadable(peek.where, str(error)) from error
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame(columns=places)
    frame.columns = [headings[place] for place in places]
    return _filled(Table(frame[wanted], sheet.header_row + 2, peek.where))


def _from_workbook(peek: Peek, sheet: Sheet, wanted: list[str], text: Collection[str]) -> Table:
    import pandas as pd

    from jsna_desktop.sources.workbook import column

    rows, problems = peek.book.rows(sheet.name)
    cells_by_column = list(zip(*rows[sheet.header_row + 1 :], strict=True))
    found = {h: cells_by_column[sheet.headings.index(h)] if cells_by_column else () for h in wanted}
    frame = pd.DataFrame({heading: column(own, heading in text) for heading, own in found.items()})
    where = f"{peek.where}, sheet {sheet.name}" if len(peek.sheets) > 1 else peek.where
    table = _filled(Table(frame, sheet.header_row + 2, where))
    table.problems.extend(problems)
    return table


def _refuse_wider(sheet: Sheet, where: str) -> None:
    """FileProblem where one of the first rows has more cells than the heading: pandas would cut all rows as it is."""
    width = len(sheet.headings)
    for number, row in enumerate(sheet.rows):
        if any(row[width:]):
            raise _wider(f"{where}, row {sheet.header_row + 2 + number}", len(row), width)


def _wider(where: str, found: object, expected: object) -> FileProblem:
    return FileProblem(
        "a row has more cells than the heading",
        where=where,
        found=f"{found} cells",
        expected=f"{expected}, as in the heading",
        todo="Put text that holds commas in quotation marks, or remove the cells at its end",
    )


def _unreadable(where: str, said: str) -> FileProblem:
    """What pandas said of a row, in an officer's words; its own words where they are of another kind."""
    cells_found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
    if cells_found:
        expected, row, found = cells_found.groups()
        return _wider(f"{where}, row {row}", found, expected)
    quote = re.search(r"EOF inside string starting at row (\d+)", said)
    if quote:
        return FileProblem(
            "a quotation mark is never closed",
            where=f"{where}, row {int(quote[1]) + 1}",
            todo="Close it, or remove it",
        )
    return FileProblem(
        "a row of the table cannot be read", where=where, found=said.strip(), todo="Correct it, or save it again"
    )


def _digits(sheet: Sheet, place: int) -> bool:
    """Whether a column of text looks like numbers, so that pandas must be told; telling it costs a third more time."""
    return any(place < len(row) and row[place][:1] in "0123456789.-+" for row in sheet.rows)


def _unique(headings: list[str], where: str) -> None:
    filled = [heading for heading in headings if heading]
    twice = next((h for h in filled if filled.count(h) > 1), None)
    if twice is not None:
        raise FileProblem(
            f"two columns are called “{twice}”",
            where=where,
            expected="one heading for each column",
            todo="Rename or remove one of them",
        )


def _filled(table: Table) -> Table:
    """Without blank rows; FileProblem where nothing is left."""
    blank = table.frame.iloc[:, 0].isna().to_numpy()
    if blank.any():
        # Not in place: the array that pandas hands out may be one that nobody may write to.
        blank = blank & table.frame.isna().all(axis=1).to_numpy()
        table.keep(~blank)
    if not len(table):
        raise FileProblem("the table has a heading but no rows", where=table.where, todo="Download or save it again")
    return table
