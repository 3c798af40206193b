"""The area column of a table: found, checked for duplicates and strangers, its geography settled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Lookup
from jsna_desktop.sources.table import Table

PLAIN = ("area_code", "area code", "areacode", "geography code", "geography_code", "mnemonic")
PLAIN_NAMES = ("area_name", "area name", "areaname", "geography", "geography name")
_TOTALS = ("total", "totals", "england", "wales", "england and wales", "all", "grand total", "column total")


@dataclass(frozen=True)
class AreaColumns:
    """Which headings of a table are area codes and names, the finest level first."""

    codes: tuple[Heading, ...]
    names: tuple[Heading, ...]

    @property
    def main(self) -> Heading:
        return self.codes[0]

    def name_of(self, level: Heading) -> str:
        """Heading of the names that belong to a code column; "" where there are none."""
        for vintage in (level.vintage, None):
            for name in self.names:
                if name.level == level.level and vintage in (None, name.vintage):
                    return name.text
        return ""


def area_columns(headings: Sequence[str]) -> AreaColumns | None:
    """The area columns among these headings, by their words alone; None where there is no column of codes."""
    found = [known for known in map(area_codes.heading, headings) if known is not None]
    plain = [Heading(text, "", "code") for text in headings if text.strip().lower() in PLAIN]
    plain_names = [Heading(text, "", "name") for text in headings if text.strip().lower() in PLAIN_NAMES]
    codes = sorted((h for h in found if h.part == "code"), key=rank) + plain
    if not codes:
        return None
    return AreaColumns(tuple(codes), (*(h for h in found if h.part == "name"), *plain_names))


def rank(level: Heading) -> int:
    """Place among the levels, finest first; unknown levels lie between wards and districts."""
    order = area_codes.ORDER
    return order.index(level.level) if level.level in order else order.index("community_area")


def checked_codes(table: Table, heading: Heading, *, geography: str = "", whole: bool = True) -> tuple[np.ndarray, str]:
    """The codes (n,) of a table's rows and their geography, upper case.

    Rows without a code are left out of the table, and total rows with them; both are recorded. With `whole`, every row
    must be an area of its own: FileProblem names a code that comes twice. Codes of another shape than the rest are
    recorded and kept. FileProblem where the column holds no area codes at all.
    """
    codes = area_codes.tidy(table.text(heading.text))
    codes = _without_totals(table, codes)
    if not len(codes):
        raise FileProblem(f"column “{heading.text}” holds no area codes", where=table.where)
    found = _geography(table, codes, heading, geography)
    _record_strangers(table, codes, found)
    if whole:
        no_duplicates(table, codes, heading.text)
    return codes, found


def _without_totals(table: Table, codes: np.ndarray) -> np.ndarray:
    blank = codes == ""
    total = np.zeros(len(codes), dtype=bool)
    odd = ~area_codes.well_formed(codes)
    total[odd] = np.isin(np.char.lower(codes[odd]), _TOTALS)
    if total.any():
        table.problem("a total row is not an area; left out", np.flatnonzero(total), codes[total].tolist())
    if blank.any():
        table.problem("a row without an area code; left out", np.flatnonzero(blank))
    if (blank | total).any():
        kept = ~(blank | total)
        table.keep(kept)
        codes = codes[kept]
    return codes


def _geography(table: Table, codes: np.ndarray, heading: Heading, said: str) -> str:
    level = area_codes.main_level(codes)
    if said:
        if level and area_codes.level_of(said) in area_codes.ORDER and area_codes.level_of(said) != level:
            raise FileProblem(
                f"the codes are not of {area_codes.words(said)}",
                where=table.where,
                found=f"{codes[0]} and others: {area_codes.words(level)}",
                todo="Leave the geography out, or name the right one",
            )
        return said
    if heading.level in ("", level) and level:
        return area_codes.settle(heading.geography or level, codes)
    if heading.level in area_codes.ALIKE:
        raise FileProblem(
            f"column “{heading.text}” does not hold codes of {area_codes.words(heading.level)}",
            where=table.where,
            found=f"“{codes[0]}”",
            expected="nine characters such as E01000001",
            todo="Correct the column, or name the right one with a column map",
        )
    return heading.geography


def _record_strangers(table: Table, codes: np.ndarray, geography: str) -> None:
    """Rows whose code is no area code, or is a larger area among small ones."""
    if not geography:
        table.note(
            f"“{codes[0]}” and the other area codes are of no kind known here; they mean something only with "
            "boundaries or a lookup of the same codes"
        )
    if area_codes.level_of(geography) not in area_codes.ALIKE:
        return
    unknown = ~area_codes.well_formed(codes)
    if unknown.any():
        table.problem("an area code of an unknown kind; kept", np.flatnonzero(unknown), codes[unknown].tolist())


def no_duplicates(table: Table, codes: np.ndarray, column: str) -> None:
    """FileProblem naming the code and the rows where a code comes twice; identical rows are dropped by the caller."""
    if bool((codes[1:] > codes[:-1]).all()):
        return  # sorted, as most published tables are: no two are alike
    distinct, counts = np.unique(codes, return_counts=True)
    if len(distinct) < len(codes):
        code = distinct[counts > 1][0]
        rows = np.flatnonzero(codes == code)
        more = int((counts > 1).sum()) - 1
        raise FileProblem(
            f"an area comes twice in column “{column}”" + (f", and {more:,} others do too" if more else ""),
            where=table.where,
            found=f"{code} in {table.rows_of(rows)}",
            expected="one row for each area",
            todo="Remove the row that is wrong",
        )


def districts(
    table: Table, area: AreaColumns, levels: Sequence[str] = ()
) -> tuple[dict[str, np.ndarray], list[Lookup]]:
    """Columns and lookups of the larger areas that a table's rows lie in: `district_code`, `district_name` …

    `levels` limits them; the first column of each level is taken, one with names before one without.
    """
    columns: dict[str, np.ndarray] = {}
    lookups: list[Lookup] = []
    headings = sorted(area.codes[1:], key=lambda h: (rank(h), not area.name_of(h)))
    for heading in headings:
        level = heading.geography
        if not level or (levels and level not in levels) or any(known.level == level for known in lookups):
            continue
        values = area_codes.tidy(table.text(heading.text))
        if not (values != "").any():
            continue
        columns[f"{level}_code"] = values
        name = area.name_of(heading)
        if name:
            columns[f"{level}_name"] = table.text(name)
        lookups.append(Lookup(level, f"{level}_code", f"{level}_name" if name else ""))
    return columns, lookups


def names_of(table: Table, area: AreaColumns, heading: Heading) -> np.ndarray | None:
    """Names (n,) of the areas; None where the table has none."""
    name = area.name_of(heading)
    return table.text(name) if name else None
