"""Census 2021 tables in long form: one row for each area and category, with its count and the table's total."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, known
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.dataset import MAX_EXAMPLES, PROPORTION, Indicator, Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import read_table

_COUNT, _SHARE = "n", "prop"
_TOTALS = ("total_residents", "total_households", "total_population", "total_persons")
PERIOD = "2021"


@lru_cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "census2021.toml").read_text(encoding="utf-8"))


def table_name(number: str, variable: str) -> str:
    """The name of a known table by its number (`TS054`) or, without one, its variable; "" for any other table."""
    for name, about in _tables().items():
        if number == about["number"] or (not number and variable.lower() in about["variables"]):
            return name
    return ""


def title_of(table: str) -> str:
    """The title of a known table; "" for any other."""
    return _tables().get(table, {}).get("title", "")


def category_name(table: str, short: str) -> str:
    """The name that a category has in the long form, where another publication of the table shortens it."""
    return _tables().get(table, {}).get("same", {}).get(short, short)


def recognise(peek: Peek) -> Recognised | None:
    """Columns: codes of 2021 areas, one category, `n`, a total of residents or households, and perhaps `prop`."""
    sheet = peek.sheet
    if sheet is None or _COUNT not in sheet.lowered():
        return None
    area = areas.area_columns(sheet.headings)
    total = next((h for h in sheet.headings if h.strip().lower() in _TOTALS), "")
    if area is None or not total or area.main.vintage not in (0, 2021):
        return None
    named = {h.text for h in (*area.codes, *area.names)} | {total}
    others = [h for h in sheet.headings if h not in named and h.strip().lower() not in (_COUNT, _SHARE, "")]
    if len(others) != 1:
        return None
    table = slug(others[0])
    title = _tables().get(table, {}).get("title", others[0].replace("_", " ").capitalize())
    return Recognised(
        "census",
        f"Census 2021: {title}",
        area.main.geography,
        f"Census 2021, {title.lower()}: long form, columns {area.main.text}, {others[0]}, n, {total}",
        {"category": others[0], "total": total, "table": table},
    )


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """A column of counts for each category and one denominator; indicators of each, and of the combined ones."""
    sheet = peek.sheet
    assert sheet is not None
    area = areas.area_columns(sheet.headings)
    assert area is not None
    category, total, table_id = found.details["category"], found.details["total"], found.details["table"]
    count = next(h for h in sheet.headings if h.strip().lower() == _COUNT)
    table = read_table(peek, text=[area.main.text, category], columns={area.main.text, category, total, count})
    row_codes, geography = areas.checked_codes(table, area.main, geography=options.geography, whole=False)

    place, codes = _places(row_codes)
    kind, words = table.factor(category)
    cell = place * len(words) + kind
    if len(np.unique(cell)) < len(cell):
        _repeated(table, cell, row_codes, words[kind])
    counts = np.full((len(codes), len(words)), np.nan)
    numbers = table.numbers(count)
    counts[place, kind] = numbers.values
    totals = table.numbers(total).values
    denominator = np.full(len(codes), np.nan)
    denominator[place] = totals
    hidden = np.zeros(counts.shape, dtype=bool)
    hidden[place, kind] = numbers.withheld
    problems = list(table.problems)
    counts = _filled(counts, hidden, denominator, codes, problems)
    _totals_agree(place, totals, denominator, codes, problems)
    names = [slug(word) for word in words.tolist()]
    columns = {name: counts[:, column] for column, name in enumerate(names)} | {"denominator": denominator}
    withheld = {name: hidden[:, column] for column, name in enumerate(names) if hidden[:, column].any()}
    made = indicators(table_id, dict(zip(names, words.tolist(), strict=True)), columns, withheld, geography)
    dataset = known.describe(
        peek,
        id=f"census2021.{table_id}",
        title=found.title,
        kind="indicator",
        geography=geography,
        period=PERIOD,
        publisher=known.ONS,
        reason=f"{found.reason}: {known.counted(len(codes), 'area')}, {len(words)} categories",
        codes=codes,
        problems=problems,
    )
    return Reading(dataset, codes, columns, indicators=tuple(made), withheld=withheld)


def _places(row_codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(position of each row's area (rows,), areas (n,) in the file's order)."""
    import pandas as pd

    index, distinct = pd.factorize(row_codes.astype(object))
    return index, np.array(distinct.tolist(), dtype=np.str_)


def _repeated(table: Any, cell: np.ndarray, row_codes: np.ndarray, words: np.ndarray) -> None:
    distinct, counts = np.unique(cell, return_counts=True)
    rows = np.flatnonzero(cell == distinct[counts > 1][0])
    raise FileProblem(
        "an area and category comes twice",
        where=table.where,
        found=f"{row_codes[rows[0]]}, {words[rows[0]]} in {table.rows_of(rows)}",
        expected="one row for each",
        todo="Remove the row that is wrong",
    )


def _filled(
    counts: np.ndarray, hidden: np.ndarray, denominator: np.ndarray, codes: np.ndarray, problems: list[Problem]
) -> np.ndarray:
    """Counts with zero where a category is left out and the area's others make its total; missing elsewhere."""
    missing = np.isnan(counts) & ~hidden
    if not missing.any():
        return counts
    left_out_zero = np.nansum(counts, axis=1) == denominator
    counts = np.where(missing & left_out_zero[:, None], 0.0, counts)
    still = (np.isnan(counts) & ~hidden).any(axis=1)
    if still.any():
        shown = tuple(codes[still][:MAX_EXAMPLES].tolist())
        problems.append(Problem("an area lacks a category; its value is missing, not zero", int(still.sum()), shown))
    return counts


def _totals_agree(
    place: np.ndarray, totals: np.ndarray, denominator: np.ndarray, codes: np.ndarray, problems: list[Problem]
) -> None:
    with np.errstate(invalid="ignore"):
        differs = np.unique(place[np.abs(totals - denominator[place]) > 0.5])
    if len(differs):
        shown = tuple(codes[differs][:MAX_EXAMPLES].tolist())
        problems.append(Problem("an area has several totals; the last is used", len(differs), shown))


def indicators(
    table: str, words: dict[str, str], columns: dict[str, np.ndarray], withheld: dict[str, np.ndarray], geography: str
) -> list[Indicator]:
    """Indicators of every category, those that profiles show first; combined ones add their columns to `columns`.

    `words` are the categories' names by column; a sum that the table has as a category of its own is not made again.
    """
    about = _tables().get(table, {})
    made = []

    def add(name: str, label: str, polarity: str) -> None:
        made.append(
            Indicator(
                f"census2021.{table}.{name}", label, PROPORTION, PERIOD, geography, unit="%", multiplier=100.0,
                polarity=polarity, group=about.get("group", "People"), numerator=name, denominator="denominator",
            )
        )  # fmt: skip

    for name, combined in about.get("combined", {}).items():
        if name not in words and set(combined["of"]) <= set(words):
            columns[name] = np.sum([columns[part] for part in combined["of"]], axis=0)
            hidden = [withheld[part] for part in combined["of"] if part in withheld]
            if hidden:
                withheld[name] = np.logical_or.reduce(hidden)
            add(name, combined["name"], combined.get("polarity", "none"))
    for name, word in words.items():
        category = about.get("categories", {}).get(name) or about.get("combined", {}).get(name, {})
        add(name, category.get("name", word), category.get("polarity", "none"))
    return made
