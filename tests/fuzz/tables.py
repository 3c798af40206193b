"""Tables made hostile: rows and columns that are moved, lost or repeated, cells that no publisher writes."""

import csv
import io
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy], Any]
Rows = list[list[str]]

CELLS = (
    "", "  ", "0", "-1", "1.5", "1e308", "1e400", "-inf", "inf", "NaN", "Infinity", "1e-400", "99999999999999999999",
    "1,234", "1_000", "0x10", "50%", "£1", "−5", "１２３", "²", "٣", "*", "..", "[c]", "-", "x", "#N/A", "NULL", "TRUE",
    "=cmd|'/c calc'!A1", "=1+1", "+1+1", "-2+3", "@SUM(A1)", "\x00", "E010\x0000001", "\ufeffE01000001", '"', '""', "'",
    "a,b", "a\nb", "a\r\nb", "a\rb", "\u2028", "\x0b\x0c\x1c", "\u202eE01000001", "☃😀", "e01000001", " E01000001 ",
    "E01 000 001", "E01000001", "W01000001", "S01000001", "E06000001", "X01000001", "Total", "England", "QX1 1AA",
    "sn11aa", "ZZ99 3VZ", "2023", "2019-2023", "2023/24", "2023-99-99", "31/12/2023", "1900-01-00", "45000", "persons",
    "M", "3", "all", "90+", "5-9", "9-5", "200", "I21.9", "proportion", "mean", "/etc/passwd", "http://127.0.0.1:9/a",
    "../a", "x" * 5000,
)  # fmt: skip
_HUGE = "A" * 1_000_000
_TEXTS = st.text(max_size=6) | st.floats().map(repr) | st.integers().map(str)


def cell(draw: Draw) -> str:
    """One cell: mostly a known trap, now and then any text, seldom a megabyte."""
    kind = draw(st.integers(0, 40))
    if kind == 40:
        return _HUGE
    return draw(_TEXTS) if kind > 32 else draw(st.sampled_from(CELLS))


def _place(draw: Draw, things: list) -> int:
    return draw(st.integers(0, max(0, len(things) - 1)))


def _column(draw: Draw, rows: Rows) -> int:
    return draw(st.integers(0, max(0, max(map(len, rows), default=1) - 1)))


def _each(rows: Rows, column: int, change: Callable[[str], str], first: int) -> None:
    for row in rows[first:]:
        if column < len(row):
            row[column] = change(row[column])


def _set_cell(draw: Draw, rows: Rows, header: int) -> None:
    row = rows[_place(draw, rows)]
    if row:
        row[_place(draw, row)] = cell(draw)


def _set_column(draw: Draw, rows: Rows, header: int) -> None:
    text = cell(draw)[:5000]
    _each(rows, _column(draw, rows), lambda _: text, header + 1)


def _change_column(draw: Draw, rows: Rows, header: int) -> None:
    change = draw(
        st.sampled_from([str.lower, str.upper, lambda c: f" {c} ", lambda c: c[:3] + " " + c[3:], lambda c: c[:-1]])
    )
    _each(rows, _column(draw, rows), change, header + 1)


def _heading(draw: Draw, rows: Rows, header: int) -> None:
    if header < len(rows) and rows[header]:
        row = rows[header]
        place = _place(draw, row)
        other = draw(st.sampled_from(HEADINGS))
        row[place] = draw(st.sampled_from(["", row[0], row[-1], row[place].upper(), f" {row[place]} ", other, "=1+1"]))


def _move_column(draw: Draw, rows: Rows, header: int) -> None:
    """Lost, repeated or put elsewhere."""
    source, target = _column(draw, rows), _column(draw, rows)
    how = draw(st.integers(0, 2))
    for row in rows[header:]:
        if source < len(row):
            value = row[source] if how == 1 else row.pop(source)
            if how:
                row.insert(target, value)


def _move_row(draw: Draw, rows: Rows, header: int) -> None:
    source, target = _place(draw, rows), _place(draw, rows)
    how = draw(st.integers(0, 2))
    row = list(rows[source]) if how == 1 else rows.pop(source)
    if how:
        rows.insert(target, row)


def _ragged(draw: Draw, rows: Rows, header: int) -> None:
    row = rows[_place(draw, rows)]
    if draw(st.booleans()):
        row.extend([cell(draw)] * draw(st.integers(1, 40)))
    else:
        del row[_place(draw, row) :]


def _cut(draw: Draw, rows: Rows, header: int) -> None:
    del rows[max(1, _place(draw, rows)) :]


def _titles(draw: Draw, rows: Rows, header: int) -> None:
    place = draw(st.sampled_from([0, header, len(rows)]))
    rows[place:place] = [[cell(draw)] for _ in range(draw(st.integers(1, 3)))] + [[]] * draw(st.integers(0, 2))


def _many(draw: Draw, rows: Rows, header: int) -> None:
    """The same rows so often that a column no longer fits into what was seen of it first."""
    body = rows[header + 1 :][:20]
    rows.extend(list(row) for _ in range(draw(st.integers(2, 100))) for row in body)


_CHANGES = (
    _set_cell, _set_cell, _set_cell, _set_column, _change_column, _heading, _move_column, _move_row, _ragged, _cut,
    _titles, _many,
)  # fmt: skip
# Headings of every seed: a table that has another reader's is where one may claim what it cannot read.
HEADINGS: list[str] = ["area_code"]


def changed(draw: Draw, rows: Rows, header: int) -> Rows:
    """The table after one to four changes."""
    rows = [list(row) for row in rows]
    for change in draw(st.lists(st.sampled_from(_CHANGES), min_size=1, max_size=4)):
        if rows:
            change(draw, rows, header)
    return rows


def as_csv(draw: Draw, rows: Rows, plain: bool) -> bytes:
    """Delimited text; where not `plain`, with another delimiter, line end or encoding than most have."""
    delimiter, end, encoding, quoting = ",", "\n", "utf-8", csv.QUOTE_MINIMAL
    if not plain:
        delimiter = draw(st.sampled_from(",,,\t;|"))
        end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
        encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"]))
        quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding, errors="replace")


def as_xlsx(draw: Draw, rows: Rows) -> bytes:
    """A workbook; numbers as numbers, formulas as formulas where the drawn table has them."""
    import openpyxl
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook()
    assert book.active is not None
    others = draw(st.integers(0, 2))
    typed = draw(st.booleans())
    for row in rows:
        book.active.append([_cell(ILLEGAL_CHARACTERS_RE.sub("", text)[:32_000], typed) for text in row])
    for number in range(others):
        sheet = book.create_sheet(f"Notes {number}", 0 if draw(st.booleans()) else None)
        sheet["A1"] = ILLEGAL_CHARACTERS_RE.sub("", cell(draw)[:50])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(text: str, typed: bool) -> Any:
    if typed:
        try:
            return float(text) if abs(float(text)) < 1e300 else text
        except ValueError:
            pass
    return text


def as_parquet(draw: Draw, rows: Rows, header: int) -> bytes:
    """A Parquet table of the rows under the heading, as text, numbers or a nested type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    headings = rows[header] if header < len(rows) else []
    body = rows[header + 1 :]
    columns = []
    for place in range(len(headings)):
        texts = [row[place] if place < len(row) else None for row in body]
        kind = draw(st.integers(0, 7))
        if kind == 7:
            columns.append(pa.array([[text] for text in texts]))
        elif kind == 6:
            columns.append(pa.array([None if t is None else t.encode("utf-8", "replace") for t in texts], pa.binary()))
        elif kind == 5:
            columns.append(pa.array(texts, pa.string()).dictionary_encode())
        elif kind < 3:
            columns.append(pa.array([_number(text) for text in texts], pa.float64()))
        else:
            columns.append(pa.array(texts, pa.string()))
    out = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, names=headings), out)
    return out.getvalue().to_pybytes()


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
