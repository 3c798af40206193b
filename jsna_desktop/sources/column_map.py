"""A person's map of a table that no reader knows: plain headings for the file's own, fixed texts, columns to rows.

As TOML, and as the dictionary that the same text gives:

    area_code = "Area"            # plain heading = "heading in the file"
    [values]                      # the same text in every row
    period = "2023"
    kind = "rate"
    [wide]                        # columns that are rows of the plain table
    headings = ["2019", "2020"]   # or left out: all other columns of numbers
    means = "period"              # what these headings say: period, indicator, age, sex
    holds = "value"               # what their cells are: value, numerator
    [table]
    kind = "indicator"
    geography = "lsoa2021"
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.sources import cells
from jsna_desktop.sources.sheets import SAMPLE_ROWS, Sheet

MEANS = ("period", "indicator", "age", "sex")
HOLDS = ("value", "numerator")
_TABLES = ("values", "wide", "table")
# Other plain tables call the same things otherwise.
_CALLED = {
    "population": {"period": "year", "value": "population", "numerator": "population"},
    "deaths": {"period": "year", "value": "deaths", "numerator": "deaths"},
}
# A year, years or a financial year; not the first digits of a date, a code or a number.
_PERIOD = re.compile(
    r"(?<![A-Za-z0-9])((?:19|20)\d\d)(?:\s*(/|-|–|to)\s*((?:19|20)\d\d|\d\d)(?!\d|\s*[-/]\s*\d))?(?!\d)"
)
# Years that say which areas, not which period: “LSOA (2021)”, “2011 super output area”.
_OF_AREAS = re.compile(
    r"\b(?:LSOA|MSOA|OA|ward|boundar\w+)s?\W{0,2}(?:code|name)?\W{0,2}(?:19|20)\d\d\b|"
    r"\b(?:19|20)\d\d (?=(?:lower |middle |super |output |LSOA|MSOA|boundar|ward))",
    re.IGNORECASE,
)
_LONGEST = 15  # years: what is further apart is a year and a month
_MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class Wide:
    """Columns whose headings are cells of the plain table. No `headings`: all other columns of numbers."""

    means: str
    holds: str = "value"
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnMap:
    """`columns` plain heading → the file's; `values` plain heading → its text in every row."""

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    wide: Wide | None = None
    kind: str = ""
    geography: str = ""

    def plain(self, word: str) -> str:
        """How the map's kind of table calls a period or a value."""
        return _CALLED.get(self.kind, {}).get(word, word)

    def as_dict(self) -> dict[str, Any]:
        """The map as its TOML gives it: what travels to the reading process and into the workspace."""
        made: dict[str, Any] = dict(self.columns)
        if self.values:
            made["values"] = dict(self.values)
        if self.wide is not None:
            wide: dict[str, Any] = {"means": self.wide.means, "holds": self.wide.holds}
            made["wide"] = wide | ({"headings": list(self.wide.headings)} if self.wide.headings else {})
        table = {"kind": self.kind, "geography": self.geography}
        if any(table.values()):
            made["table"] = {name: text for name, text in table.items() if text}
        return made


def parse(said: Mapping[str, Any], where: str = "") -> ColumnMap:
    """The map that a dictionary says; FileProblem naming what is wrong. `where` is the map's own file."""
    columns = {name: heading for name, heading in said.items() if name not in _TABLES}
    odd = next((name for name, heading in columns.items() if not isinstance(heading, str)), None)
    if odd is not None:
        raise FileProblem(
            f"the column map gives no heading for {odd}",
            where=where,
            found=repr(columns[odd]),
            expected=f'a line such as {odd} = "Heading in the file"',
        )
    values = {name: str(text) for name, text in _table(said, "values", where).items() if _is_text(name, text, where)}
    wide = _wide(_table(said, "wide", where), where) if "wide" in said else None
    table = _table(said, "table", where)
    _known(table, ("kind", "geography"), "table", where)
    made = ColumnMap(columns, values, wide, str(table.get("kind", "")), str(table.get("geography", "")))
    _no_repeats(made, where)
    return made


def _table(said: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    found = said.get(name, {})
    if not isinstance(found, Mapping):
        raise FileProblem(
            f"[{name}] of the column map is no table",
            where=where,
            found=repr(found),
            expected=f"a line [{name}], and its lines below it",
        )
    return dict(found)


def _is_text(name: str, text: Any, where: str) -> bool:
    if isinstance(text, (str, int, float)) and not isinstance(text, bool) and str(text).strip():
        return True
    raise FileProblem(
        f"the column map gives no text for {name} in [values]",
        where=where,
        found=repr(text),
        expected=f'a line such as {name} = "2023"',
    )


def _known(said: Mapping[str, Any], names: Collection[str], table: str, where: str) -> None:
    odd = next((name for name in said if name not in names), None)
    if odd is not None:
        raise FileProblem(
            f"the column map has a line in [{table}] that means nothing",
            where=where,
            found=odd,
            expected=", ".join(names),
        )


def _wide(said: Mapping[str, Any], where: str) -> Wide:
    _known(said, ("headings", "means", "holds"), "wide", where)
    headings = said.get("headings", [])
    if not isinstance(headings, (list, tuple)) or not all(isinstance(heading, str) for heading in headings):
        raise FileProblem(
            "[wide] of the column map does not list headings",
            where=where,
            found=repr(headings),
            expected='a line such as headings = ["2019", "2020"]',
        )
    for name, said_word, words in (("means", said.get("means"), MEANS), ("holds", said.get("holds", "value"), HOLDS)):
        if said_word not in words:
            raise FileProblem(
                f"[wide] of the column map does not say what its columns {'mean' if name == 'means' else 'hold'}",
                where=where,
                found=repr(said_word) if said_word is not None else f"no line “{name}”",
                expected=f"{name} = one of {', '.join(words)}",
            )
    return Wide(str(said["means"]), str(said.get("holds", "value")), tuple(h.strip() for h in headings))


def _no_repeats(made: ColumnMap, where: str) -> None:
    named = [*made.columns.values(), *(made.wide.headings if made.wide else ())]
    twice = next((h for h in named if named.count(h) > 1), None)
    if twice is not None:
        raise FileProblem(
            "the column map names a column twice", where=where, found=f"“{twice}”", expected="each column once"
        )
    plain = [*made.columns, *made.values]
    plain += [made.plain(made.wide.means), made.plain(made.wide.holds)] if made.wide else []
    again = next((name for name in plain if plain.count(name) > 1), None)
    if again is not None:
        raise FileProblem(
            f"the column map says {again} in two ways",
            where=where,
            expected="one of a column, a fixed text in [values], and the columns of [wide]",
        )


# ---- a table under its map


def shown(sheet: Sheet, by: ColumnMap, where: str) -> Sheet:
    """The top of a table as its map shows it to readers; the sheet itself where nothing but headings is changed.

    `sheet` has the map's plain headings already. UsageProblem where the map names columns that are not there.
    """
    if not by.values and by.wide is None:
        return sheet
    fixed = next((name for name in by.values if name in sheet.lowered()), None)
    if fixed is not None:
        raise UsageProblem(
            f"the column map fixes {fixed}, and the file has a column of that name",
            where=where,
            todo="Take it out of [values], or give the column another heading",
        )
    turned = _turned(sheet, by, where)
    kept = [place for place, h in enumerate(sheet.headings) if h not in turned]
    places = [sheet.headings.index(h) for h in turned]
    headings = [sheet.headings[place] for place in kept]
    rows = [[row[place] if place < len(row) else "" for place in kept] for row in sheet.rows]
    if by.wide is not None:
        extra = [_cells(by.wide, h) for h in turned]
        headings += [*_wide_headings(by, headings), by.plain(by.wide.holds)]
        named = len(headings) - len(kept) - 2
        rows = [
            [*row, *(said[: 1 + named]), whole[place] if place < len(whole) else ""]
            for row, whole in zip(rows, sheet.rows, strict=True)
            for said, place in zip(extra, places, strict=True)
        ][:SAMPLE_ROWS]
    body = tuple((*row, *by.values.values()) for row in rows)
    return replace(sheet, headings=(*headings, *by.values), rows=body, beneath=sheet, turned=tuple(turned))


def _turned(sheet: Sheet, by: ColumnMap, where: str) -> list[str]:
    """Headings of the columns that become rows."""
    if by.wide is None:
        return []
    if by.wide.headings:
        missing = next((h for h in by.wide.headings if h not in sheet.headings), None)
        if missing is not None:
            raise UsageProblem(
                f"the column map names a column that the file does not have: {missing}",
                where=where,
                found="columns " + ", ".join(sheet.headings[:20]),
                todo="Correct the column map",
            )
        return list(by.wide.headings)
    found = [
        h for place, h in enumerate(sheet.headings) if h and h not in by.columns and is_numbers(sheet.column(place))
    ]
    if not found:
        raise UsageProblem(
            "the column map turns columns of numbers into rows, and the file shows none",
            where=where,
            found="columns " + ", ".join(sheet.headings[:20]),
            todo="Name them: headings = [ … ] under [wide]",
        )
    return found


def is_numbers(column: Collection[str]) -> bool:
    """Whether cells are numbers, or marks of missing ones, and some are numbers."""
    marks = [cells.number(cell)[1] for cell in column]
    return "wrong" not in marks and any(mark in ("", "%") for mark in marks)


def _wide_headings(by: ColumnMap, own: Collection[str]) -> list[str]:
    assert by.wide is not None
    means = by.plain(by.wide.means)
    return [means, "name"] if means == "indicator" and "name" not in own and "name" not in by.values else [means]


def _cells(wide: Wide, heading: str) -> list[str]:
    """What a turned heading says: (period), or (indicator, name), or (age), (sex)."""
    if wide.means == "period":
        return [period_in(heading) or heading]
    if wide.means == "indicator":
        return [cells.slug(heading), heading]
    return [heading]


def period_in(text: str) -> str:
    """The first period in a text, as `cells.period` writes it (`2019`, `2018/19`, `2017-2019`); "" where none."""
    return next(iter(periods_in(text)), "")


def periods_in(text: str) -> list[str]:
    """Every period in a text, in order; years that say which areas are meant are none."""
    return [_period(*match.groups()) for match in _PERIOD.finditer(_OF_AREAS.sub(" ", text))]


def _period(first: str, sign: str | None, second: str | None) -> str:
    if sign is None or second is None:
        return first
    if len(second) == 2 and not 0 < (int(second) - int(first[2:])) % 100 <= _LONGEST:
        return first
    if sign == "/":
        return f"{first}/{second[-2:]}"
    century = int(first[:2]) + (len(second) == 2 and int(second) < int(first[2:]))
    return f"{first}-{second if len(second) == 4 else f'{century}{second}'}"


def reshaped(table: Any, sheet: Sheet, by: ColumnMap, columns: Collection[str] | None) -> Any:
    """A table (`table.Table`) of the file's own columns, changed in place to what its map shows: `sheet.headings`."""
    frame, turned = table.frame, list(sheet.turned)
    kept = [h for h in frame.columns if h not in turned]
    if by.wide is not None:
        many = len(frame) * len(turned)
        if many > _MOST_CELLS:
            raise FileProblem(
                "the columns to turn into rows have too many cells",
                where=table.where,
                found=f"{many:,} cells",
                expected=f"at most {_MOST_CELLS:,}",
                todo="Name fewer columns in the map, or cut the table to your area",
            )
        rows = np.repeat(np.arange(len(frame)), len(turned))
        values = frame[turned].astype(object).to_numpy().ravel()
        said = [_cells(by.wide, h) for h in turned]
        count = len(frame)
        table.row_numbers = table.row_numbers[rows]
        frame = frame[kept].iloc[rows].reset_index(drop=True)
        own = [h for h in sheet.beneath.headings if h not in turned] if sheet.beneath is not None else kept
        for number, name in enumerate(_wide_headings(by, own)):
            frame[name] = np.tile(np.array([words[number] for words in said], dtype=object), count)
        frame[by.plain(by.wide.holds)] = values
    frame = frame.assign(**by.values)
    table.frame = frame[[h for h in sheet.headings if h in frame.columns and (columns is None or h in columns)]]
    return table
