"""A table that no reader knows: what its columns seem to be, as a column map that a person can correct.

Only what the table shows is proposed: headings, the cells under them, years in headings, title lines or the file's
name. What it does not show (a period, how values may be combined) is left to the person, and said in `why`.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from jsna_desktop.sources import areas, cells
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.column_map import ColumnMap, Wide, is_numbers, period_in, periods_in
from jsna_desktop.sources.places import POSTCODE
from jsna_desktop.sources.reading import Peek
from jsna_desktop.sources.sheets import Sheet

SHOWN_ROWS = 10
_MOST_CELLS = 0.8  # share of the filled cells of a column that must be of a kind
# Headings by what they are of a plain table: the first that fits a heading is taken, each once.
_WORDS: dict[str, str] = {
    "lower_ci": r"lower.*|lci|.*\blower (?:ci|limit|bound)\b.*|.*\blci\b.*",
    "upper_ci": r"upper.*|uci|.*\bupper (?:ci|limit|bound)\b.*|.*\buci\b.*",
    "denominator": r"base|eligible|cohort|.*\b(?:denominator|population)\b.*|number (?:of people )?measured",
    "numerator": r"numerator|count|number|cases|events|observed|n|.*\b(?:numerator|count|number of)\b.*",
    "value": r"value|.*(?:%|\b(?:value|rate|percent(?:age)?|proportion|prevalence|score)\b).*",
}
_PERIODS = re.compile(r"year|period|time ?period|date|financial year|calendar year|time", re.IGNORECASE)
_SEX = re.compile(r"sex|gender", re.IGNORECASE)
_AGE = re.compile(r"age(?: ?(?:group|band|range))?|ages?", re.IGNORECASE)
_INDICATOR = re.compile(r"indicator(?: name)?|measure|metric|topic|variable|question", re.IGNORECASE)
_PEOPLE = re.compile(r"population|residents|persons|people|usual residents|all ages|total population", re.IGNORECASE)
_DEATHS = re.compile(r"(?:number of )?deaths", re.IGNORECASE)
_NAME = re.compile(r"name|service name|organisation|provider|site|.*\bname", re.IGNORECASE)
_SERVICE = re.compile(r"service(?: type)?|type|type of service", re.IGNORECASE)
_DATE = re.compile(r".*\bdate\b.*|admitted|referred", re.IGNORECASE)
_CATEGORY = re.compile(r"category|reason|diagnosis|type|cause|outcome", re.IGNORECASE)


@dataclass(frozen=True)
class Proposal:
    """What a table seems to be. `kind` is "" where nothing in it says where its rows are.

    `headings` are the file's own, `rows` the first ten under them as text, `titles` the lines above. `columns` plain
    heading → the file's; `values` plain heading → one text for every row; `wide` as a map's `[wide]`, or {}. `why`
    says by what it was told, `lacking` what a person has still to say. `others` are the headings of a workbook's other
    sheets.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str
    geography: str
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    wide: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    lacking: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()

    @property
    def map(self) -> ColumnMap:
        """The proposal as the map that a reader takes."""
        turned = (
            Wide(self.wide["means"], self.wide["holds"], tuple(self.wide.get("headings", ()))) if self.wide else None
        )
        return ColumnMap(dict(self.columns), dict(self.values), turned, self.kind, self.geography)


def propose(peek: Peek) -> Proposal | None:
    """The best guess for a table (`peek` without a column map); None where the file is no table."""
    sheet = peek.sheet
    if sheet is None or not any(sheet.headings):
        return None
    others = tuple(other.headings for other in peek.sheets if other.name != sheet.name)
    return replace(_proposed(_Top(sheet, peek.path.name)), others=others)


def _proposed(top: "_Top") -> Proposal:
    place = _area(top)
    if place is None:
        return _at_postcodes(top)
    heading, geography = place
    top.take("area_code", heading)
    if top.first(_PEOPLE, numeric=True) and top.first(_AGE) and top.first(_SEX) and top.first(_PERIODS):
        return _by_age(top, "population", _PEOPLE, geography)
    if top.first(_DEATHS, numeric=True) and top.first(_AGE) and top.first(_SEX) and top.first(_PERIODS):
        return _by_age(top, "deaths", _DEATHS, geography)
    return _indicator(top, geography)


class _Top:
    """The top of a table and what has been found of it so far."""

    def __init__(self, sheet: Sheet, filename: str) -> None:
        self.sheet, self.filename = sheet, filename
        self.columns: dict[str, str] = {}

    @property
    def free(self) -> list[str]:
        """Headings that are nothing yet; a heading that comes twice cannot be named."""
        own = self.sheet.headings
        return [h for h in own if h and own.count(h) == 1 and h not in self.columns.values()]

    def cells(self, heading: str) -> list[str]:
        return [cell for cell in self.sheet.column(self.sheet.headings.index(heading)) if cell]

    def numeric(self, heading: str) -> bool:
        return is_numbers(self.cells(heading))

    def first(self, words: re.Pattern[str], *, numeric: bool | None = None) -> str:
        """The first free heading of these words, and of numbers or none where that is asked; "" where none."""
        return next(
            (h for h in self.free if words.fullmatch(h.strip()) and numeric in (None, self.numeric(h))),
            "",
        )

    def take(self, plain: str, heading: str) -> str:
        if heading:
            self.columns[plain] = heading
        return heading

    def share(self, heading: str, test: Callable[[str], object]) -> float:
        """The share of the filled cells of a column that pass."""
        filled = self.cells(heading)
        return sum(bool(test(cell)) for cell in filled) / len(filled) if filled else 0.0

    def proposal(self, kind: str, geography: str, why: str, **more: Any) -> Proposal:
        rows = tuple(row for row in self.sheet.rows[:SHOWN_ROWS])
        return Proposal(
            self.sheet.headings, rows, kind, geography, dict(self.columns), why=why, titles=self.sheet.titles, **more
        )


def _area(top: _Top) -> tuple[str, str] | None:
    """(heading of the area codes, their geography); the codes under a heading decide, then its words."""
    headings = top.free
    by_cells = {}
    for h in headings:
        codes = area_codes.tidy(np.array(top.cells(h), dtype=np.str_)) if top.cells(h) else np.zeros(0, dtype="U1")
        level = area_codes.main_level(codes, _MOST_CELLS)
        if level:
            by_cells[h] = (level, codes)
    if by_cells:
        order = area_codes.ORDER
        best = min(by_cells, key=lambda h: order.index(by_cells[h][0]) if by_cells[h][0] in order else 99)
        level, codes = by_cells[best]
        said = area_codes.heading(best)
        return best, (said.geography if said and said.level == level else "") or area_codes.settle(level, codes)
    named = areas.area_columns(headings)
    return None if named is None else (named.main.text, named.main.geography)


def _by_age(top: _Top, kind: str, words: re.Pattern[str], geography: str) -> Proposal:
    top.take(kind, top.first(words, numeric=True))
    top.take("age", top.first(_AGE))
    top.take("sex", top.first(_SEX))
    top.take("year", top.first(_PERIODS))
    return top.proposal(
        kind, geography, f"a column of area codes, “{top.columns['area_code']}”, with age, sex and year"
    )


def _indicator(top: _Top, geography: str) -> Proposal:
    """Indicators: counts and denominators or values in columns of their own, or one column a period or an indicator."""
    _take_by_words(top)
    values: dict[str, str] = {}
    wide: dict[str, Any] = {}
    if not {"numerator", "value"} & set(top.columns):
        wide = _wide(top)
    main = top.columns.get("numerator") or top.columns.get("value", "")
    if wide.get("means") != "indicator" and "indicator" not in top.columns:
        # A heading that is only “count” says nothing: the file's name says more.
        values["indicator"] = cells.slug(_about(top, main))
    lacking: list[str] = []
    if wide.get("means") != "period" and "period" not in top.columns:
        period = _period(top, main)
        if period:
            values["period"] = period
        else:
            lacking.append("period")
    if "numerator" not in top.columns and wide.get("holds") != "numerator" and "kind" not in top.columns:
        # How values may be combined is nothing that a table shows: a guess would average percentages.
        lacking.append("kind")
    if not main and not wide:
        lacking.append("value")
    why = f"a column of area codes, “{top.columns['area_code']}”"
    return top.proposal("indicator", geography, why, values=values, wide=wide, lacking=tuple(lacking))


def _take_by_words(top: _Top) -> None:
    for plain, words in (("period", _PERIODS), ("sex", _SEX), ("age", _AGE), ("indicator", _INDICATOR)):
        top.take(plain, top.first(words))
    for plain, text in _WORDS.items():
        top.take(plain, top.first(re.compile(text, re.IGNORECASE), numeric=True))
    if "denominator" in top.columns and not {"numerator", "value"} & set(top.columns):
        # A count beside a population, under a heading of its own words (“Smokers”).
        others = [h for h in top.free if top.numeric(h)]
        if len(others) == 1:
            top.take("numerator", others[0])
        else:
            del top.columns["denominator"]


def _wide(top: _Top) -> dict[str, Any]:
    numeric = [h for h in top.free if top.numeric(h)]
    if not numeric:
        return {}
    means = "period" if len(numeric) > 1 and all(period_in(h) for h in numeric) else "indicator"
    if len(numeric) == 1:
        top.take("value", numeric[0])
        return {}
    return {"means": means, "holds": "value", "headings": numeric}


def _about(top: _Top, heading: str) -> str:
    plain = period_free(heading)
    if plain and not re.fullmatch(r"value|count|number|numerator|n|rate|percent(age)?|%|total", plain, re.IGNORECASE):
        return plain
    stem = Path(top.filename).name.split(".")[0]
    return period_free(stem.replace("_", " ").replace("-", " ")) or stem


def period_free(text: str) -> str:
    """A text without the years in it."""
    return re.sub(r"\s+", " ", re.sub(r"\b(?:19|20)\d\d(?:\s*[-/–]\s*\d{2,4})?\b", " ", text)).strip(" -–_/,()")


def _period(top: _Top, heading: str) -> str:
    """The one period that the headings, the title lines or the file's name say; "" where none or several."""
    for texts in ((heading,), top.sheet.titles, (top.sheet.name,), (top.filename.replace("_", " "),)):
        said = {period for text in texts for period in periods_in(text)}
        if said:
            return said.pop() if len(said) == 1 else ""
    return ""


def _at_postcodes(top: _Top) -> Proposal:
    postcode = next(
        (h for h in top.free if top.share(h, lambda cell: POSTCODE.fullmatch(cell.upper())) >= _MOST_CELLS), ""
    )
    if not postcode:
        return top.proposal("", "", "no column of area codes or postcodes")
    top.take("postcode", postcode)
    why = f"a column of postcodes, “{postcode}”"
    if top.first(_DATE) and (top.first(_SEX) or top.first(_AGE)):
        for plain, words in (("date", _DATE), ("sex", _SEX), ("age", _AGE), ("category", _CATEGORY)):
            top.take(plain, top.first(words))
        lacking = tuple(plain for plain in ("date", "sex", "age", "category") if plain not in top.columns)
        return top.proposal("events", "", f"{why}, with dates of single events", lacking=lacking)
    top.take("name", top.first(_NAME) or next((h for h in top.free if not top.numeric(h)), ""))
    theme = next((h for h in top.free if h.strip().lower() == "theme"), "")
    if theme:
        top.take("theme", theme)
        top.take("kind", next((h for h in top.free if h.strip().lower() in ("kind", "type")), ""))
        lacking = tuple(plain for plain in ("name", "kind") if plain not in top.columns)
        return top.proposal("assets", "", f"{why}, with themes", lacking=lacking)
    values = {}
    if not top.take("service", top.first(_SERVICE)):
        values["service"] = cells.slug(_about(top, ""))
    return top.proposal("services", "", why, values=values, lacking=() if "name" in top.columns else ("name",))


# ---- to the reading process and to a file


def packed(proposal: Proposal | None) -> dict[str, Any]:
    """A proposal as plain data for the way between processes."""
    return {"proposal": None if proposal is None else asdict(proposal)}


def unpacked(header: dict[str, Any], _buffers: Sequence[bytes] = ()) -> Proposal | None:
    said = header["proposal"]
    if said is None:
        return None
    lists = {name: tuple(said[name]) for name in ("headings", "lacking", "titles")}
    nested = {name: tuple(tuple(row) for row in said[name]) for name in ("rows", "others")}
    return Proposal(**(said | lists | nested))


def write_map(path: Path, proposal: Proposal) -> None:
    """The proposal as a column map at `path`, in TOML; what is lacking stands in it as a remark."""
    said = proposal.map.as_dict()
    lines = [f"# {proposal.why[:1].upper()}{proposal.why[1:]}."]
    lines += [f"{_key(name)} = {_text(heading)}" for name, heading in said.items() if isinstance(heading, str)]
    for table in ("values", "wide", "table"):
        remarks = [f'# {name} = "…"  # say it' for name in proposal.lacking] if table == "values" else []
        if table in said or remarks:
            lines += ["", f"[{table}]", *(f"{_key(n)} = {_text(t)}" for n, t in said.get(table, {}).items()), *remarks]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(said: str | list[str]) -> str:
    # JSON's strings are TOML's basic strings, but for DEL, which TOML wants written out.
    return json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")
