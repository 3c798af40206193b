"""Record-level events: `date, sex, age, category` and a postcode or an area code, one row an event.

What crosses to the program are whole numbers into short lists of texts, so that a million records cross quickly; they
are aggregated there before anything is stored (jobs/records.py). Nothing here repeats what a record says: a problem
names rows, never the postcode, age or date in them.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, known, person
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.places import normal_postcode
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_HEADINGS = ("date", "sex", "age", "category")
_MOST_CATEGORIES = 2000
_NOT_STATED = "not stated"
_FICTIONAL_AREA = "QX"
# What says who a person is. Such columns are never read, let alone kept.
_PERSONAL = re.compile(
    r"name|nhs|nin|address|birth|\bdob|phone|mobile|tel|e-?mail|surname|patient|person_?id|spell|hospital_?no|doctor|"
    r"certifier|informant|coroner|occupation",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")  # as an NHS number is written


@dataclass(frozen=True)
class EventColumns:
    """The headings that a table of records is read by: `postcode` or `area`, and those of the event."""

    date: str
    sex: str
    age: str
    category: str
    postcode: str = ""
    area: Heading | None = None
    age_unit: str = ""

    def headings(self) -> list[str]:
        own = [self.date, self.sex, self.age, self.category, self.age_unit]
        own.append(self.area.text if self.area is not None else self.postcode)
        return [heading for heading in own if heading]


def is_plain(headings: Sequence[str]) -> bool:
    """Whether a table has the headings of contract.md's events table, in any order and case."""
    lowered = {heading.strip().lower() for heading in headings}
    return set(_HEADINGS) <= lowered and bool(lowered & {"postcode", "area_code"})


def recognise(peek: Peek) -> Recognised | None:
    """The plain table's headings: date, sex, age and category, and a postcode or an area code."""
    sheet = peek.sheet
    if sheet is None:
        return None
    if not is_plain(sheet.headings):
        return None
    place = "area_code" if "area_code" in sheet.lowered() else "postcode"
    return Recognised("events", "Events", "", f"plain table: {', '.join(_HEADINGS)} and {place}, one row an event")


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """The records, not yet placed: `tables["records"]` and `tables["categories"]` (see `records_reading`)."""
    sheet = peek.sheet
    assert sheet is not None
    own = {heading.strip().lower(): heading for heading in sheet.headings}
    area = Heading(own["area_code"], "", "code") if "area_code" in own else None
    date, sex, age, category = (own[heading] for heading in _HEADINGS)
    columns = EventColumns(date, sex, age, category, "" if area is not None else own["postcode"], area)
    table = records_table(peek, columns)
    index, texts = table.factor(columns.category)
    _no_notes(table, columns.category, index, texts)
    if (texts == "").any():
        blank = np.flatnonzero((texts == "")[index])
        table.problem(f"no category; kept as “{_NOT_STATED}”", blank)
    names = np.where(texts == "", _NOT_STATED, texts)
    return records_reading(peek, options, table, columns, index, {"category": names}, found)


def records_table(peek: Peek, columns: EventColumns) -> Table:
    """The columns of the event alone, with a note of those that were not read."""
    sheet = peek.sheet
    assert sheet is not None
    wanted = columns.headings()
    table = read_table(peek, text=wanted, columns=wanted)
    others = [heading for heading in sheet.headings if heading and heading not in wanted]
    personal = [heading for heading in others if _PERSONAL.search(heading)]
    if others:
        said = f"{known.counted(len(others), 'column')} that the event does not need: not read, not kept"
        if personal:
            said += f"; among them what may say who a person is: {known.listed([h[:40] for h in personal[:10]])}"
        table.note(said + ".")
    return table


def _no_notes(table: Table, heading: str, index: np.ndarray, texts: np.ndarray) -> None:
    """FileProblem where the categories are too many, or look like people: they would be kept as they are written."""
    numbered = np.array([bool(_NUMBERED.fullmatch(text)) or bool(normal_postcode(text)) for text in texts.tolist()])
    if len(texts) > _MOST_CATEGORIES or numbered.any():
        first = "" if not numbered.any() else f", row {table.row_numbers[np.flatnonzero(numbered[index])[0]]}"
        raise FileProblem(
            f"column “{heading}” does not hold categories",
            where=f"{table.where}{first}",
            found="a number of a person, or a postcode" if numbered.any() else f"{len(texts):,} different texts",
            expected=f"at most {_MOST_CATEGORIES:,} categories, such as emergency or elective",
            todo="Group them, and leave out names, numbers and notes: a category is kept as it is written",
        )


def records_reading(
    peek: Peek,
    options: Options,
    table: Table,
    columns: EventColumns,
    category: np.ndarray,
    categories: dict[str, np.ndarray],
    found: Recognised,
) -> Reading:
    """Validated records as compact columns.

    `category` (n,) are positions in the texts of `categories`, each (k,). In the reading, `codes` (p,) are distinct
    postcodes (then there is a column `postcode` too) or area codes; `tables["records"]` has `place` (m,) int32 into the
    codes, `day` int32 as yyyymmdd (00 where the month or day is not told), `sex` int8 and `age` int8 into
    `person.SEXES` and `person.BANDS` (−1 where not known), `category` int32, `row` int32, the file's own;
    `tables["categories"]` has the texts.
    """
    options.progress(f"Checking {known.counted(len(table), 'record')}", 0.3)
    day = _days(table, columns.date)
    sex = person.sexes(table, columns.sex)
    age = person.bands(table, columns.age, columns.age_unit)
    options.progress("Looking at where the events were", 0.6)
    if columns.area is not None:
        codes, place, geography = _areas(table, columns.area, options.geography)
    else:
        codes, place = _postcodes(table, columns.postcode)
        geography = ""
    kept = (day > 0) & (place >= 0)
    if not kept.any():
        raise FileProblem(
            "no record has both a date and a place",
            where=peek.where,
            expected="a date such as 2024-03-31 and a postcode or an area code in each row",
            todo="Correct the columns, or name the right ones with a column map",
        )
    used, place = np.unique(place[kept], return_inverse=True)
    codes, day = codes[used], day[kept]
    mentioned, category = np.unique(category[kept], return_inverse=True)
    categories = {name: texts[mentioned] for name, texts in categories.items()}
    records = {
        "place": place.astype(np.int32),
        "day": day.astype(np.int32),
        "sex": sex[kept],
        "age": age[kept],
        "category": category.astype(np.int32),
        "row": table.row_numbers[kept].astype(np.int32),
    }
    years = day // 10_000
    first, last = int(years.min()), int(years.max())
    period = str(first) if first == last else f"{first}-{last}"
    name = series_name(peek)
    fictional = None if geography else bool(np.char.startswith(codes, _FICTIONAL_AREA).mean() > 0.5)
    dataset = known.describe(
        peek,
        id=f"{found.kind}.{slug(name)}.{period}",
        title=f"{found.title}: {name} {period}",
        kind=found.kind,
        geography=geography,
        period=period,
        publisher=known.LOCAL,
        reason=f"{found.title} {period}: {found.reason}, {known.counted(len(table), 'record')}",
        codes=codes,
        problems=table.problems,
        fictional=fictional,
    )
    return Reading(
        replace(dataset, rows=int(kept.sum()), sensitive=True),
        codes,
        {} if geography else {"postcode": codes},
        tables={"records": records, "categories": categories},
    )


def series_name(peek: Peek) -> str:
    """What a series of extracts is called: the file's name without its years and dates, which are the period."""
    stem = peek.path.name.partition(".")[0]
    words = [word for word in re.split(r"[^A-Za-z0-9]+", stem) if word and not re.fullmatch(r"\d+|\d{4}q\d", word)]
    return " ".join(words)[:60] or "records"


def _days(table: Table, heading: str) -> np.ndarray:
    """Dates (n,) int64 as yyyymmdd; 0 where there is none or it cannot be, which is recorded."""
    index, texts = table.factor(heading)
    today = int(datetime.date.today().strftime("%Y%m%d"))
    read: dict[str, int] = {}
    # A time of day makes every cell another text; its first ten signs are the date.
    day = np.array([_day(text, read) for text in texts.tolist()], dtype=np.int64)[index]
    future = day > today
    if future.any():
        table.problem("a date that is still to come; left out", np.flatnonzero(future))
    none = day == 0
    if none.any():
        table.problem("no date, or one that is not understood; left out", np.flatnonzero(none))
    return np.where(future, 0, day)


def _day(text: str, read: dict[str, int]) -> int:
    if len(text) > 10 and text[4] in "-/" and text[10] in " T":
        text = text[:10]
    if text not in read:
        read[text] = person.day(text)
    return read[text]


def _postcodes(table: Table, heading: str) -> tuple[np.ndarray, np.ndarray]:
    """Distinct postcodes as `SN1 1AA`, sorted, and the place of each row's (n,); −1 where it has none."""
    index, texts = table.factor(heading)
    return _placed(table, index, [normal_postcode(text) for text in texts.tolist()], texts, "postcode")


def _areas(table: Table, heading: Heading, said: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Distinct area codes, the place of each row's (n,), −1 where it has none, and their geography."""
    index, texts = table.factor(heading.text)
    codes = area_codes.tidy(texts)
    level = area_codes.main_level(codes[codes != ""])
    stem = area_codes.level_of(said) if said else heading.level or level
    if not stem or (level and stem in area_codes.ALIKE and stem != level):
        raise FileProblem(
            f"column “{heading.text}” does not hold codes of {area_codes.words(stem) if stem else 'areas'}",
            where=table.where,
            found=area_codes.words(level) if level else "codes of no kind known here",
            expected="codes such as E01000001, or --geography for codes of your own",
            todo="Correct the column, or name the right one with a column map",
        )
    geography = said or area_codes.settle(heading.geography or stem, codes)
    own = area_codes.levels(codes) == stem if stem in area_codes.ALIKE else codes != ""
    distinct, place = _placed(table, index, np.where(own, codes, "").tolist(), texts, f"code of {_one(stem)}")
    return distinct, place, geography


def _one(stem: str) -> str:
    return f"an {stem.upper()}" if stem in ("lsoa", "msoa", "oa") else "an area"


def _placed(
    table: Table, index: np.ndarray, normal: Sequence[str], texts: np.ndarray, what: str
) -> tuple[np.ndarray, np.ndarray]:
    found = np.array(normal, dtype=np.str_)
    distinct, position = np.unique(found, return_inverse=True)
    if len(distinct) and distinct[0] == "":
        distinct, position = distinct[1:], position - 1
    place = position[index]
    for blank, message in ((True, f"no {what}; left out"), (False, f"not a {what}; left out")):
        rows = np.flatnonzero((place < 0) & ((texts == "")[index] == blank))
        if len(rows):
            table.problem(message, rows)
    return distinct, place


def area_heading(headings: Sequence[str], fits: Callable[[str], bool]) -> Heading | None:
    """The column of the smallest areas among the headings, by the words of area codes or those that `fits` knows."""
    found = areas.area_columns(headings)
    if found is not None and found.main.level in ("oa", "lsoa", "msoa", ""):
        return found.main
    return next((Heading(text, "lsoa", "code") for text in headings if fits(text)), None)
