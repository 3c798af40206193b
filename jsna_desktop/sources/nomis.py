"""Census tables as Nomis gives them: a query's CSV or xlsx, and the bulk files (a zip, or one CSV of it).

A query has title lines (“TS007 - Age by single year”, “ONS Crown Copyright Reserved [from Nomis on …]”, population,
units, date), a heading of area, `mnemonic` and categories, and footnotes. A bulk file has `date, geography,
geography code` and categories that begin with the variable (“Age: Total”). A bulk zip holds one CSV for each type of
area: the LSOAs are taken, or those that the person names.
"""

import csv
import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import archive, known, nomis_table
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet

MNEMONIC = "mnemonic"
_FROM = re.compile(r"\[from nomis on\b", re.IGNORECASE)
_BULK = ("date", "geography", "geography code")
_TABLE = re.compile(r"\b((?:TS|RM|KS|QS|LC|DC|UV)\d{3}[A-Z]*)\b", re.IGNORECASE)
# Area columns of a query: "2021 super output area - lower layer", "local authority: district / unitary (as of …)".
_AREAS = (
    (re.compile(r"super output area.*lower"), "lsoa"), (re.compile(r"super output area.*middle"), "msoa"),
    (re.compile(r"output area"), "oa"), (re.compile(r"ward"), "ward"), (re.compile(r"parish"), "parish"),
    (re.compile(r"sub.?(?:icb|integrated care)"), "sub_icb"), (re.compile(r"\bicb|integrated care"), "icb"),
    (re.compile(r"county / unitary|upper"), "upper_tier"), (re.compile(r"district|lower"), "district"),
    (re.compile(r"region"), "region"), (re.compile(r"countr|nation"), "nation"),
)  # fmt: skip
_MOST_MEMBERS = 40
_HEAD = 8192


@dataclass(frozen=True)
class Query:
    """What the title lines and the heading of a query say."""

    table: str  # "TS007", "" where none
    title: str
    year: str
    population: str
    area: Heading
    sex: str


def recognise(peek: Peek) -> Recognised | None:
    """A column `mnemonic` under Nomis's title lines; the heading of the bulk files; a zip of such files."""
    if peek.form == "codepoint":
        return _zip(peek)
    sheet = peek.sheet
    if sheet is None:
        return None
    if is_bulk(list(sheet.headings)):
        level = _level(sheet)
        table = table_number(peek)
        what = f"{table or nomis_table.variable(sheet.headings[3:])} by {area_codes.words(level)}"
        reason = f"Census bulk file from Nomis: columns date, geography, geography code, {sheet.headings[3]}"
        return Recognised("census", f"Census {_bulk_year(sheet)}: {what}", level, reason, {"form": "bulk"})
    query = _query(sheet)
    if query is None:
        return None
    return Recognised(
        "census",
        f"Census {query.year}: {query.title}",
        query.area.geography,
        f"Nomis query: columns {sheet.headings[0]}, mnemonic; {query.table} {query.title}, {query.year}",
        {"form": "query"},
    )


def is_bulk(headings: list[str]) -> bool:
    """Whether a heading is that of Nomis's bulk files."""
    lowered = [heading.strip().lower() for heading in headings]
    return tuple(lowered[:3]) == _BULK and len(lowered) > 3 and ":" in lowered[3]


def table_number(peek: Peek) -> str:
    """`TS007` where the publisher's own name of the file says it (`census2021-ts007-lsoa.csv`); else ""."""
    name = peek.tables[0] if peek.members and len(peek.tables) == 1 else peek.path.name
    match = re.search(r"census\d{4}-((?:ts|rm)\d{3}[a-z]*)(?=[-.])", name.lower())
    return match[1].upper() if match else ""


def _query(sheet: Sheet) -> Query | None:
    lowered = sheet.lowered()
    named = MNEMONIC in lowered
    if not named and not (lowered and "output area" in lowered[0]):
        return None
    titles = [title for title in sheet.titles if title.strip()]
    source = any(_FROM.search(title) for title in titles)
    match = _TABLE.search(titles[0]) if titles else None
    if not source or match is None:
        return None
    area = _area(lowered[0], sheet.headings[lowered.index(MNEMONIC)] if named else sheet.headings[0])
    said = {key.strip().lower(): value.strip() for key, _, value in (title.partition(":") for title in titles[1:])}
    year = next((y for text in (said.get("date", ""), lowered[0]) for y in re.findall(r"\b(?:19|20)\d\d\b", text)), "")
    if not year or area is None:
        return None
    title = titles[0].replace(match[0], "").strip(" -–")
    return Query(
        match[1].upper(), title, year, said.get("population", ""), area, said.get("sex", said.get("c_sex", ""))
    )


def _area(words: str, column: str) -> Heading | None:
    level = next((level for pattern, level in _AREAS if pattern.search(words)), "")
    if not level:
        return None
    year = re.search(r"\b(2001|2011|2021)\b", words)
    return Heading(column, level, "code", int(year[1]) if year and level in ("oa", "lsoa", "msoa") else 0)


def _level(sheet: Sheet) -> str:
    return _geography([row[2] for row in sheet.rows if len(row) > 2], _bulk_year(sheet))


def _bulk_year(sheet: Sheet) -> str:
    return next((row[0].strip() for row in sheet.rows if row and re.fullmatch(r"\d{4}", row[0].strip())), "2021")


def _geography(sample: list[str], year: str) -> str:
    """`lsoa2021`; counties and unitary authorities are told from districts by the counties among them."""
    codes = np.array([code.strip() for code in sample if code.strip()], dtype=np.str_)
    level = area_codes.main_level(codes) if len(codes) else ""
    if level in ("district", "upper_tier") and len(codes):
        level = "upper_tier" if (codes.astype("U3") == "E10").any() else "district"
    return f"{level}{year}" if level in ("oa", "lsoa", "msoa") else level


# ---- a zip of several files


def _zip(peek: Peek) -> Recognised | None:
    held = _held(peek)
    if len(held) < 2:
        return None
    name = _chosen(held)
    return Recognised(
        "census",
        f"Census bulk files from Nomis: {area_codes.words(name)}",
        name,
        f"Census bulk files from Nomis: a zip with {known.listed([area_codes.words(g) for g in held])}",
        {"form": "zip", "held": held},
    )


def _held(peek: Peek) -> dict[str, str]:
    """Geography → file of the zip, by the first codes of each; {} where a file is of another layout."""
    names = [name for name in peek.tables if name.lower().endswith(".csv")]
    if not names or len(names) > _MOST_MEMBERS:
        return {}
    held: dict[str, str] = {}
    for name in names:
        text = archive.head(peek.path, name, peek.where, _HEAD).decode("utf-8-sig", errors="replace")
        rows = list(csv.reader(text.splitlines()[:60]))
        if not rows or not is_bulk(rows[0]):
            return {}
        codes = [row[2] for row in rows[1:-1] or rows[1:] if len(row) > 2]
        # The first counties stand below the unitary authorities: only the file's name tells them this early.
        upper = "-utla" in name.lower()
        held["upper_tier" if upper else _geography(codes, rows[1][0].strip() if len(rows) > 1 else "2021")] = name
    return held


def _chosen(held: dict[str, str]) -> str:
    """The smallest areas from the LSOA up; output areas only where there is nothing else."""
    order = {level: place for place, level in enumerate(area_codes.ORDER)}
    larger = [name for name in held if area_codes.level_of(name) != "oa"] or list(held)
    return min(larger, key=lambda name: order.get(area_codes.level_of(name), 99))


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Counts of every category over one denominator (`nomis_table.reading`); residents where the table is of them."""
    form = found.details["form"]
    if form == "query":
        sheet = peek.sheet
        assert sheet is not None
        query = _query(sheet)
        assert query is not None
        about = nomis_table.About(query.table, query.title, query.year, query.area, query.sex, query.population)
        return nomis_table.reading(peek, found, options, about)
    if form == "bulk":
        return _bulk(peek, found, options)
    held: dict[str, str] = found.details["held"]
    chosen = _wanted(peek, held, options) if options.geography else _chosen(held)
    member = peek.inside(held[chosen])
    again = recognise(member)
    assert again is not None
    reading = _bulk(member, again, options)
    others = [area_codes.words(name) for name in held if name != chosen]
    note = f"The zip also holds {known.listed(others)}: add it again with --geography for one of them"
    return reading.with_problem(Problem(f"{note}; {area_codes.words(chosen)} was taken."))


def _wanted(peek: Peek, held: dict[str, str], options: Options) -> str:
    if options.geography in held:
        return options.geography
    raise FileProblem(
        f"the zip has no table of {area_codes.words(options.geography)}",
        where=peek.where,
        found=known.listed(list(held)),
        todo="Name one of them, or download the table for these areas",
    )


def _bulk(peek: Peek, found: Recognised, options: Options) -> Reading:
    sheet = peek.sheet
    assert sheet is not None
    level = area_codes.level_of(found.geography)
    year = _bulk_year(sheet)
    vintage = int(year) if level in ("oa", "lsoa", "msoa") else 0
    table = table_number(peek)
    title = nomis_table.variable(sheet.headings[3:])
    about = nomis_table.About(table, title, year, Heading(sheet.headings[2], level, "code", vintage), "", "")
    return nomis_table.reading(peek, found, options, about)
