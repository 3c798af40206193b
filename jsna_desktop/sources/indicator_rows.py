"""The rows of a plain indicator table, understood cell by cell and grouped by indicator, period, sex and age."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import cells
from jsna_desktop.sources.dataset import (
    COUNT,
    INDEX,
    MEAN,
    MODELLED,
    PROPORTION,
    RANK,
    RATE,
    REFUSED_KINDS,
    SCORE,
)
from jsna_desktop.sources.table import Table

MEASURED = ("numerator", "denominator", "value", "lower_ci", "upper_ci", "se", "n", "sd", "multiplier")
WORDS = ("name", "kind", "unit", "polarity", "sex", "age", "source")
# Kinds that methods can combine, and those that are kept so that the profile can say why it refuses them.
KINDS = (COUNT, PROPORTION, RATE, MEAN, SCORE, MODELLED, RANK, INDEX, "dsr", "decile", "quintile", *REFUSED_KINDS)
_KIND_WORDS = {"percentage": PROPORTION, "percent": PROPORTION, "%": PROPORTION, "crude rate": RATE, "average": MEAN}
_POLARITIES = {
    "high good": "high good", "high is good": "high good", "low good": "low good", "low is good": "low good",
    "none": "none", "": "none", "not applicable": "none",
}  # fmt: skip
_DEFAULT_MULTIPLIER = {PROPORTION: 100.0, RATE: 100_000.0, "dsr": 100_000.0}


@dataclass(frozen=True)
class Rows:
    """`words` and `numbers` hold columns (rows,); `group` (rows,) numbers the indicators from 0 to `groups`."""

    table: Table
    words: dict[str, np.ndarray]
    numbers: dict[str, np.ndarray]
    withheld: dict[str, np.ndarray]
    group: np.ndarray
    groups: int
    multiplier: np.ndarray
    percent: bool
    source: str

    def first(self, part: str, mine: np.ndarray) -> str:
        """The first filled cell of a column among these rows."""
        if part not in self.words:
            return ""
        filled = [text for text in self.words[part][mine].tolist() if text]
        return filled[0] if filled else ""

    def about(self, row: int) -> str:
        return ", ".join(self.words[part][row] for part in ("indicator", "period", "sex", "age"))

    def kind_of(self, mine: np.ndarray, parts: dict[str, str]) -> str:
        """The kind as given, or the only one that these parts can be; FileProblem for an unknown one."""
        given = self.first("kind", mine).lower()
        kind = _KIND_WORDS.get(given, given)
        if kind:
            if kind not in KINDS:
                raise FileProblem(
                    "the kind of an indicator is not known",
                    where=f"{self.table.where}, row {self.table.row_numbers[mine[0]]}",
                    found=f"“{given}”",
                    expected="one of " + ", ".join(KINDS),
                    todo="Correct the column “kind”",
                )
            return kind
        if "numerator" in parts:
            return PROPORTION if "denominator" in parts else COUNT
        if "n" in parts and "sd" in parts:
            return MEAN
        raise FileProblem(
            "an indicator with values alone does not say its kind, and so how its areas may be combined",
            where=f"{self.table.where}, row {self.table.row_numbers[mine[0]]}",
            found=str(self.words["indicator"][mine[0]]),
            expected="a column “kind”: " + ", ".join(KINDS),
            todo="Add the column, or give numerator and denominator instead of value",
        )

    def scale(self, mine: np.ndarray, kind: str) -> tuple[float, str]:
        """Multiplier and unit: as given, else 100 and % for a proportion, 100,000 for a rate."""
        given = self.multiplier[mine]
        given = given[np.isfinite(given)]
        unit = self.first("unit", mine)
        per = re.fullmatch(r"per (\d[\d,]*)\b.*", unit.lower())
        said = float(per[1].replace(",", "")) if per else 0.0
        multiplier = float(given[0]) if len(given) else said or _DEFAULT_MULTIPLIER.get(kind, 1.0)
        if kind in (RATE, "dsr") and said and said != multiplier:
            raise FileProblem(
                "the unit and the multiplier of an indicator contradict each other",
                where=f"{self.table.where}, row {self.table.row_numbers[mine[0]]}",
                found=f"“{unit}” and {multiplier:,.0f}",
                expected=f"“per {multiplier:,.0f}” or {said:,.0f}",
                todo="Correct one of them",
            )
        if not unit and ((kind == PROPORTION and multiplier == 100) or self.percent):
            unit = "%"
        if not unit and kind in (RATE, "dsr"):
            unit = f"per {multiplier:,.0f}"
        return multiplier, unit

    def polarity(self, mine: np.ndarray) -> str:
        given = self.first("polarity", mine).lower().replace("_", " ")
        if given not in _POLARITIES:
            raise FileProblem(
                "the polarity of an indicator is not known",
                where=f"{self.table.where}, row {self.table.row_numbers[mine[0]]}",
                found=f"“{given}”",
                expected="high good, low good or none",
                todo="Correct the column “polarity”",
            )
        return _POLARITIES[given]


def read_rows(table: Table, own: dict[str, str]) -> Rows:
    """The rows of a table whose headings `own` gives (plain name → the file's). Impossible values are left out."""
    words = {part: table.text(own[part]) for part in ("indicator", *WORDS) if part in own}
    words["period"] = _each(table, own["period"], cells.period)
    words["sex"] = _said(table, own, "sex", cells.sex, "persons", "persons, female or male")
    words["age"] = _said(table, own, "age", cells.age, "all", "an age such as 7, 90+, 5-9 or all", keep=True)
    blank = words["indicator"] == ""
    if blank.any():
        raise FileProblem(
            "a row does not name its indicator", where=f"{table.where}, row {table.row_numbers[blank][0]}"
        )
    found = {part: table.numbers(own[part]) for part in MEASURED if part in own}
    unsaid = words["period"] == ""
    if unsaid.any():
        raise FileProblem(
            "a row does not name its period",
            where=f"{table.where}, row {table.row_numbers[unsaid][0]}",
            expected="a year such as 2023, or years such as 2019-2023",
            todo="Fill the cell",
        )
    multiplier = found.pop("multiplier").values if "multiplier" in found else np.full(len(table), np.nan)
    low = np.flatnonzero(multiplier <= 0)
    if len(low):
        raise FileProblem(
            "a multiplier is not above zero",
            where=f"{table.where}, row {table.row_numbers[low[0]]}",
            found=f"{multiplier[low[0]]:g}",
            expected="1, 100, 1,000 or 100,000",
            todo="Correct the column “multiplier”",
        )
    numbers = {part: column.values.copy() for part, column in found.items()}
    withheld = {part: column.withheld for part, column in found.items()}
    group, groups = _groups(words)
    rows = Rows(
        table,
        words,
        numbers,
        withheld,
        group,
        groups,
        multiplier,
        "value" in found and found["value"].percent,
        _source(words),
    )
    _impossible(table, rows)
    _agreed(rows)
    return rows


def _agreed(rows: Rows) -> None:
    """FileProblem where rows of one indicator say different things of how it is to be combined and judged."""
    said = {part: rows.words[part] for part in ("kind", "polarity", "unit") if part in rows.words}
    if np.isfinite(rows.multiplier).any():
        said["multiplier"] = np.where(np.isfinite(rows.multiplier), rows.multiplier.astype(np.str_), "")
    for part, column in said.items():
        words = np.char.lower(column)
        filled = np.flatnonzero(words != "")
        first = np.zeros(rows.groups, dtype=np.int64)
        first[rows.group[filled[::-1]]] = filled[::-1]  # the last write is the first row of each indicator
        odd = filled[words[filled] != words[first[rows.group[filled]]]]
        if len(odd):
            one, other = first[rows.group[odd[0]]], odd[0]
            raise FileProblem(
                f"rows of one indicator differ in column “{part}”",
                where=f"{rows.table.where}, row {rows.table.row_numbers[other]}",
                found=f"{rows.about(other)}: “{column[other]}”, and “{column[one]}” in row "
                f"{rows.table.row_numbers[one]}",
                expected="the same in every row of an indicator",
                todo=f"Correct the column “{part}”, or give the rows another indicator",
            )


def _source(words: dict[str, np.ndarray]) -> str:
    if "source" not in words:
        return ""
    return "; ".join(text for text in dict.fromkeys(words["source"].tolist()) if text)[:200]


def _each(table: Table, heading: str, meaning: Callable[[str], str]) -> np.ndarray:
    index, distinct = table.factor(heading)
    return np.array([meaning(text) for text in distinct.tolist()])[index]


def _said(
    table: Table,
    own: dict[str, str],
    part: str,
    meaning: Callable[[str], str | None],
    otherwise: str,
    expected: str,
    *,
    keep: bool = False,
) -> np.ndarray:
    """A column of sexes or ages; `otherwise` where the table has none. With `keep`, words that are none are kept."""
    if part not in own:
        return np.full(len(table), otherwise)
    index, distinct = table.factor(own[part])
    known = [meaning(text) or (text if keep else "") for text in distinct.tolist()]
    for number, word in enumerate(known):
        rows = np.flatnonzero(index == number)
        if not word and len(rows):
            raise FileProblem(
                f"column “{own[part]}” holds something else",
                where=f"{table.where}, row {table.row_numbers[rows[0]]}",
                found=f"“{distinct[number]}”",
                expected=expected,
                todo="Correct the cell",
            )
    return np.array(known)[index]


def _groups(words: dict[str, np.ndarray]) -> tuple[np.ndarray, int]:
    """Number of each row's indicator, period, sex and age (rows,), in order of first appearance; how many."""
    import pandas as pd

    joined = pd.MultiIndex.from_arrays([words[part].astype(object) for part in ("indicator", "period", "sex", "age")])
    index, distinct = pd.factorize(joined)
    return index, len(distinct)


def _impossible(table: Table, rows: Rows) -> None:
    """Leave out what cannot be: counts below zero, a proportion's numerator above its denominator."""
    numbers = rows.numbers
    for part in ("numerator", "denominator", "n"):
        if part in numbers:
            with np.errstate(invalid="ignore"):
                wrong = np.flatnonzero(numbers[part] < 0)
            if len(wrong):
                table.problem(f"“{part}” is below zero; left out", wrong, [f"{numbers[part][r]:g}" for r in wrong[:20]])
                numbers[part][wrong] = np.nan
    if {"numerator", "denominator"} <= set(numbers):
        kind = rows.words.get("kind", np.full(len(table), ""))
        share = np.isin(np.char.lower(kind), ["", PROPORTION, "percentage", "percent", "%"])
        with np.errstate(invalid="ignore"):
            wrong = np.flatnonzero(share & (numbers["numerator"] > numbers["denominator"]))
        if len(wrong):
            shown = [f"{numbers['numerator'][r]:g} of {numbers['denominator'][r]:g}" for r in wrong[:20]]
            table.problem("the numerator is above the denominator; left out", wrong, shown)
            numbers["numerator"][wrong] = np.nan
