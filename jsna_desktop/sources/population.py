"""Residents: mid-year estimates in ONS's sheet, one-column census counts, and the plain population table."""

import re
from dataclasses import replace

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import ages, areas, known, plain_population
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.cells import age as age_label
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import Table, read_table

_TOTAL = ("all ages", "all persons", "persons", "total")
_RESIDENTS = re.compile(r"(usual residents?|total residents?|population|residents|all persons)\b.*", re.IGNORECASE)


def recognise(peek: Peek) -> Recognised | None:
    """The plain table's headings; or a column of codes with single years of age; or with one column of residents."""
    sheet = peek.sheet
    if sheet is None:
        return None
    if plain_population.is_plain(sheet.headings):
        return Recognised("population", "Population", "", "plain table: area_code, year, sex, age, population")
    area = areas.area_columns(sheet.headings)
    if area is None:
        return None
    if len(_age_headings(sheet)) >= 3 and _total_heading(sheet):
        words = f"single years of age by {area_codes.words(area.main.geography)}, column {area.main.text}"
        return Recognised("population", "Mid-year population estimates", area.main.geography, words, {"form": "ages"})
    named = {h.text for h in (*area.codes, *area.names)}
    others = [h for h in sheet.headings if h and h not in named]
    if len(others) == 1 and _RESIDENTS.fullmatch(others[0]):
        words = f"one column of residents, “{others[0]}”, by {area_codes.words(area.main.geography)}"
        return Recognised("population", "Residents", area.main.geography, words, {"form": "one", "column": others[0]})
    return None


def _age_headings(sheet: Sheet) -> list[str]:
    return [h for h in sheet.headings if age_label(h) not in (None, "all") and h]


def _total_heading(sheet: Sheet) -> str:
    return next((h for h in sheet.headings if h.strip().lower() in _TOTAL), "")


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Columns `persons`, `ages_persons` (n, k) and the age groups; by sex where the file tells it."""
    if "form" not in found.details:
        return plain_population.read(peek, options)
    sheet = peek.sheet
    assert sheet is not None
    area = areas.area_columns(sheet.headings)
    assert area is not None
    period = _period(sheet, peek)
    table = read_table(peek, text=[h.text for h in (*area.codes, *area.names)])
    said = options.geography or _titled_geography(sheet, area.main)
    codes, geography = areas.checked_codes(table, area.main, geography=said)
    labels: dict[str, tuple[str, ...]] = {}
    if found.details["form"] == "ages":
        columns, labels = _by_age(table, sheet, codes)
        census = False
    else:
        column = found.details["column"]
        columns = {"persons": not_negative(table, column, table.numbers(column).values)}
        census = "census" in " ".join((column, *sheet.titles)).lower()
    larger, lookups = areas.districts(table, area, ("district", "region"))
    title = f"{'Census' if census else 'Mid-year estimates'} {period}: residents by {area_codes.words(geography)}"
    dataset = known.describe(
        peek,
        id=f"population.{period}.{geography}",
        title=title,
        kind="population",
        geography=geography,
        period=period,
        publisher=known.ONS,
        reason=f"Residents {period}: {found.reason}, {known.counted(len(codes), 'area')}",
        codes=codes,
        problems=table.problems,
    )
    made = ages.indicators(columns, period, geography)
    if census:
        made = [replace(m, caveat="Usual residents on 21 March 2021.") if period == "2021" else m for m in made]
    names = areas.names_of(table, area, area.main)
    return Reading(dataset, codes, {**columns, **larger}, names, tuple(made), tuple(lookups), labels=labels)


def _titled_geography(sheet: Sheet, heading: Heading) -> str:
    """`lsoa2011` where the column says LSOA and a title line “2011 Lower Layer Super Output Areas”; else ""."""
    if heading.level not in ("lsoa", "msoa", "oa") or heading.vintage:
        return ""
    for title in sheet.titles:
        match = re.search(r"\b(2011|2021)\b.*output areas?|output areas?.*\b(2011|2021)\b", title, re.IGNORECASE)
        if match:
            return f"{heading.level}{match[1] or match[2]}"
    return ""


def _period(sheet: Sheet, peek: Peek) -> str:
    """The year in the title lines or the heading of the column; FileProblem where neither tells it."""
    named = [h for h in sheet.headings if _RESIDENTS.fullmatch(h)]
    for text in (*sheet.titles, *named, sheet.name):
        match = re.search(r"(?:mid[- ]?|census |^date\s*:\s*)\(?((?:19|20)\d\d)", text, re.IGNORECASE) or re.search(
            r"\b((?:19|20)\d\d)\b", text if text in named else ""
        )
        if match:
            return match[1]
    raise FileProblem(
        "the file does not say which year its residents are of",
        where=peek.where,
        expected="a title line such as “Mid-2022” or a heading such as “Usual residents (Census 2021)”",
        todo="Write the year into the heading, or save it as a plain population table",
    )


def _by_age(table: Table, sheet: Sheet, codes: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    headings = _age_headings(sheet)
    labels = tuple(age_label(h) or "" for h in headings)
    counts = np.column_stack([not_negative(table, h, table.numbers(h).values) for h in headings])
    total_heading = _total_heading(sheet)
    total = table.numbers(total_heading).values
    sums = counts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        wrong = np.isfinite(total) & np.isfinite(sums) & (np.abs(total - sums) > 0.5)
    if wrong.any():
        rows = np.flatnonzero(wrong)
        shown = [f"{codes[row]}: {total[row]:,.0f}, ages sum to {sums[row]:,.0f}" for row in rows[:20]]
        table.problem(f"“{total_heading}” is not the sum of the ages; the sum is used", rows, shown)
    gap = ~np.isfinite(sums)
    if gap.any():
        rows = np.flatnonzero(gap)
        table.problem("some ages are missing; the age groups that need them are not given", rows, codes[gap].tolist())
    columns = {"persons": np.where(gap, total, sums), "ages_persons": counts}
    return {**columns, **ages.group_columns(counts, labels)}, {"ages_persons": labels}


def not_negative(table: Table, heading: str, values: np.ndarray) -> np.ndarray:
    """Counts (n,) without those below zero, which are recorded and left out."""
    with np.errstate(invalid="ignore"):
        wrong = values < 0
    if wrong.any():
        rows = np.flatnonzero(wrong)
        table.problem(f"“{heading}” is below zero; left out", rows, [f"{values[row]:g}" for row in rows[:20]])
    return np.where(wrong, np.nan, values)
