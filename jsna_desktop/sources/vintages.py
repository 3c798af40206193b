"""ONS's lookups between the areas of two censuses: which areas of 2011 became which of 2021.

Known: *LSOA (2011) to LSOA (2021) to LAD (2022) Exact Fit Lookup* (`LSOA11CD, LSOA11NM, LSOA21CD, LSOA21NM, CHGIND,
LAD22CD, LAD22NM, LAD22NMW, ObjectId`), and those of MSOAs and output areas. Rows are many to many: U unchanged,
S split, M merged, X irregular.
"""

import re

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_CHANGE = re.compile(r"chn?gind", re.IGNORECASE)
_LEVELS = ("oa", "lsoa", "msoa")
_BEFORE, _AFTER = 2011, 2021
CHANGES = ("U", "S", "M", "X")
LINKS = "links"


def recognise(peek: Peek) -> Recognised | None:
    """A table with the codes of one kind of area in both censuses and ONS's column of changes."""
    sheet = peek.sheet
    if sheet is None or not any(_CHANGE.fullmatch(h.strip()) for h in sheet.headings):
        return None
    found = _sides(sheet.headings)
    if found is None:
        return None
    before, after = found
    return Recognised(
        "lookup",
        f"{area_codes.words(before.geography)} to {area_codes.words(after.geography)}",
        before.geography,
        f"Lookup between censuses: columns {before.text}, {after.text}",
    )


def _sides(headings: tuple[str, ...] | list[str]) -> tuple[Heading, Heading] | None:
    """The columns of codes of 2011 and of 2021, of one level."""
    found = areas.area_columns(headings)
    coded = {(h.level, h.vintage): h for h in found.codes} if found else {}
    for level in _LEVELS:
        if (level, _BEFORE) in coded and (level, _AFTER) in coded:
            return coded[level, _BEFORE], coded[level, _AFTER]
    return None


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """The areas of 2011 as `codes`, and every row as `tables["links"]`: `from`, `to`, `change` (m,) text.

    A row without a code on either side, with codes of another kind of area, or that repeats another, is left out and
    recorded; FileProblem where none is left, or where a change is none of U, S, M, X.
    """
    sheet = peek.sheet
    assert sheet is not None
    sides = _sides(sheet.headings)
    assert sides is not None
    change = next(h for h in sheet.headings if _CHANGE.fullmatch(h.strip()))
    table = read_table(peek, text=sheet.headings, columns=[*(side.text for side in sides), change])
    _without_odd_codes(table, sides)
    _without_repeats(table, sides)
    before, after = (area_codes.tidy(table.text(side.text)) for side in sides)
    kinds = _changes(table, change)
    problems = [*table.problems, *_miscounted(before, after, kinds)]
    codes = np.unique(before)
    geographies = [side.geography for side in sides]
    dataset = known.describe(
        peek,
        id=f"vintages.{geographies[0]}.{geographies[1]}",
        title=found.title,
        kind="lookup",
        geography=geographies[0],
        period=str(_AFTER),
        publisher=known.ONS_GEOGRAPHY,
        reason=f"{found.reason}: {known.counted(len(codes), 'area')} of {_BEFORE}, "
        f"{known.counted(int((kinds != 'U').sum()), 'row')} of change",
        codes=codes,
        problems=problems,
    )
    return Reading(dataset, codes, tables={LINKS: {"from": before, "to": after, "change": kinds}})


def _without_odd_codes(table: Table, sides: tuple[Heading, Heading]) -> None:
    for side in sides:
        codes = area_codes.tidy(table.text(side.text))
        blank = codes == ""
        odd = ~blank & (area_codes.levels(codes) != side.level)
        if blank.any():
            table.problem(f"a row without a code in column “{side.text}”; left out", np.flatnonzero(blank))
        if odd.any():
            message = f"a code in column “{side.text}” that is not of {area_codes.words(side.geography)}; left out"
            table.problem(message, np.flatnonzero(odd), codes[odd].tolist())
        table.keep(~(blank | odd))
        if not len(table):
            raise FileProblem(
                f"column “{side.text}” holds no codes of {area_codes.words(side.geography)}",
                where=table.where,
                expected="nine characters such as E01000001",
                todo="Download it again",
            )


def _without_repeats(table: Table, sides: tuple[Heading, Heading]) -> None:
    repeated = table.frame.duplicated([side.text for side in sides]).to_numpy()
    if repeated.any():
        table.problem("a row repeats an earlier one; left out", np.flatnonzero(repeated))
        table.keep(~repeated)


def _changes(table: Table, heading: str) -> np.ndarray:
    found = area_codes.upper(table.text(heading))
    strange = ~np.isin(found, CHANGES)
    if strange.any():
        row = int(np.flatnonzero(strange)[0])
        raise FileProblem(
            f"column “{heading}” does not say how the area changed",
            where=f"{table.where}, row {table.row_numbers[row]}",
            found=f"“{found[row]}”",
            expected="U, S, M or X",
            todo="Download it again",
        )
    return found


def _miscounted(before: np.ndarray, after: np.ndarray, kinds: np.ndarray) -> list[Problem]:
    """Rows called unchanged whose area has other rows too: what they are linked with counts, not the letter."""
    alone = np.ones(len(before), dtype=bool)
    for side in (before, after):
        _, index, counts = np.unique(side, return_inverse=True, return_counts=True)
        alone &= counts[index] == 1
    wrong = np.flatnonzero((kinds == "U") & ~alone)
    if not len(wrong):
        return []
    examples = tuple(f"{before[row]} to {after[row]}" for row in wrong[:MAX_EXAMPLES])
    message = "a row says that its area is unchanged, and others say what else became of it; all of them are used"
    return [Problem(message, len(wrong), examples)]
