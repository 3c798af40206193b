"""General practices: NHS ODS `epraccur`, published without a heading.

Columns (ODS, *GP and GP practice related data*): 1 code, 2 name, 5–9 address, 10 postcode, 13 status (A active, C
closed, D dormant, P proposed), 26 prescribing setting (4 = GP practice).
"""

import re

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import known
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import Table

_WIDTH = 27
_CODE, _NAME, _ADDRESS, _POSTCODE, _STATUS, _SETTING = 0, 1, range(4, 9), 9, 12, 25
_OPEN, _PRACTICE = "A", "4"
POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}")
_ORGANISATION = re.compile(r"[A-Z0-9]{5,6}")


def recognise(peek: Peek) -> Recognised | None:
    """27 columns and no heading: an organisation code first, a postcode tenth, a status letter thirteenth."""
    sheet = peek.sheet
    if sheet is None or peek.form != "text" or not _looks_right(sheet):
        return None
    return Recognised("services", "GP practices", "", "NHS ODS epraccur: 27 columns without a heading")


def _looks_right(sheet: Sheet) -> bool:
    rows = [row for row in sheet.raw if any(row)]
    fits = [
        len(row) == _WIDTH
        and _ORGANISATION.fullmatch(row[_CODE]) is not None
        and row[_STATUS] in ("A", "C", "D", "P")
        and row[_SETTING].isdigit()
        for row in rows
    ]
    return bool(rows) and sum(fits) >= 0.8 * len(fits)


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Open general practices (status A, setting 4): codes, names, postcodes; all others are left out and counted."""
    import io

    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(peek.content), header=None, names=list(range(_WIDTH)), dtype=str, encoding=peek.encoding,
            keep_default_na=False, usecols=[_CODE, _NAME, *_ADDRESS, _POSTCODE, _STATUS, _SETTING],
            skip_blank_lines=False, encoding_errors="replace",
        )  # fmt: skip
    except pd.errors.ParserError as error:
        raise peek.damaged("the table", error) from error
    frame.columns = [str(column) for column in frame.columns]
    table = Table(frame, 1, peek.where)
    status, setting = table.text(str(_STATUS)), table.text(str(_SETTING))
    kept = (status == _OPEN) & (setting == _PRACTICE)
    problems = []
    if not kept.all():
        closed = int(((status != _OPEN) & (setting == _PRACTICE)).sum())
        others = int((~kept).sum()) - closed
        problems.append(
            Problem(
                f"{closed:,} practices that are closed, dormant or proposed, and {others:,} places that are no "
                "general practice, left out",
                int((~kept).sum()),
            )
        )
    table.keep(kept)
    if not len(table):
        raise FileProblem("the file has no open general practice", where=peek.where)
    codes = table.text(str(_CODE))
    postcodes = np.array([normal_postcode(text) for text in table.text(str(_POSTCODE)).tolist()])
    if (postcodes == "").any():
        table.problem(
            "a practice without a postcode; it has no place",
            np.flatnonzero(postcodes == ""),
            codes[postcodes == ""].tolist(),
        )
    _once(table, codes)
    lines = [table.text(str(column)) for column in _ADDRESS]
    address = np.array([", ".join(part for part in parts if part) for parts in zip(*lines, strict=True)])
    dataset = known.describe(
        peek,
        id="services.gp",
        title="GP practices",
        kind="services",
        geography="",
        period="",
        publisher=known.NHS,
        reason=f"{found.reason}: {known.counted(len(codes), 'open general practice')}",
        codes=codes,
        problems=[*problems, *table.problems],
        fictional=bool(np.char.startswith(codes, "QX").mean() > 0.5),
    )
    columns = {"postcode": postcodes, "address": address, "service": np.full(len(codes), "gp")}
    return Reading(dataset, codes, columns, table.text(str(_NAME)))


def _once(table: Table, codes: np.ndarray) -> None:
    distinct, counts = np.unique(codes, return_counts=True)
    if len(distinct) < len(codes):
        code = distinct[counts > 1][0]
        raise FileProblem(
            "a practice comes twice",
            where=table.where,
            found=f"{code} in {table.rows_of(np.flatnonzero(codes == code))}",
            expected="one row for each practice",
            todo="Remove the row that is wrong",
        )


def normal_postcode(text: str) -> str:
    """`sn11aa` → `SN1 1AA`; "" where it is no postcode."""
    upper = text.strip().upper()
    if POSTCODE.fullmatch(upper) is None:
        return ""
    packed = upper.replace(" ", "")
    return f"{packed[:-3]} {packed[-3:]}"
