"""What a record says of a person, made coarse at once: sex, five-year age band, and the date of an event."""

import re
from datetime import date, timedelta

import numpy as np

from jsna_desktop.sources import cells
from jsna_desktop.sources.table import Table

SEXES = ("female", "male")
BANDS = ("0", "1-4", *(f"{first}-{first + 4}" for first in range(5, 90, 5)), "90+")
NOT_KNOWN = "not known"
OLDEST = 120
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EARLIEST = 1950  # systems write 1900-01-01 and the like for a date that they do not have
_EXCEL_DAY_NOUGHT = date(1899, 12, 30)
_TIME = r"(?:[T ].*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})(?:-(\d\d?)-(\d\d?)|/(\d\d?)/(\d\d?)|(\d\d)(\d\d)){_TIME}")
_YEAR_LAST = re.compile(rf"(\d\d?)[-/. ](\d\d?)[-/. ](\d{{4}}){_TIME}")
_WORDED = re.compile(rf"(\d\d?)[- ]?([a-z]{{3,9}})[-, ]*(\d{{4}}){_TIME}", re.IGNORECASE)
# Units of age in registrations of deaths: days that one of them has. Years are not among them.
_UNITS = {
    **dict.fromkeys(("2", "month", "months", "m"), 30.4375),
    **dict.fromkeys(("3", "week", "weeks", "w"), 7.0),
    **dict.fromkeys(("4", "day", "days", "d"), 1.0),
    **dict.fromkeys(("5", "hour", "hours", "h"), 1 / 24),
    **dict.fromkeys(("6", "minute", "minutes"), 1 / 1440),
}
_YEARS = ("", "1", "year", "years", "y")
NEWBORN_DAYS = 28


def sexes(table: Table, heading: str) -> np.ndarray:
    """Positions (n,) int8 in SEXES; −1 where the cell is neither, which is recorded."""
    index, texts = table.factor(heading)
    found = np.array([_sex(text) for text in texts.tolist()], dtype=np.int8)[index]
    if (found < 0).any():
        table.problem("a sex that is neither female nor male; kept without a sex", np.flatnonzero(found < 0))
    return found


def _sex(text: str) -> int:
    found = cells.sex(text)
    return SEXES.index(found) if found in SEXES else -1


def bands(table: Table, heading: str, unit_heading: str = "") -> np.ndarray:
    """Positions (n,) int8 in BANDS; −1 where there is no age, one over 120 or a wider band, which is recorded."""
    index, texts = table.factor(heading)
    years = [_years(text) for text in texts.tolist()]
    found = np.array([_band(*span) if span is not None else -1 for span in years], dtype=np.int8)[index]
    old = np.array([span is not None and span[0] > OLDEST for span in years])[index]
    if unit_heading:
        days = _days_per_unit(table, unit_heading)
        value = np.array([span[0] if span is not None else np.nan for span in years])[index]
        with np.errstate(invalid="ignore"):
            age = value * days / 365.25
            small = np.where(age < 1, 0, np.where(age < 5, 1, -1))
        found = np.where(np.isnan(days), found, small).astype(np.int8)
        found[np.isinf(days) | (np.isfinite(days) & np.isnan(value))] = -1
        old &= np.isnan(days)
    if old.any():
        table.problem(f"an age over {OLDEST}; kept without an age", np.flatnonzero(old))
    lost = (found < 0) & ~old
    if lost.any():
        table.problem("an age that is missing, not understood or too wide a band; kept without an age",
                      np.flatnonzero(lost))  # fmt: skip
    return found


def newborn(table: Table, heading: str, unit_heading: str) -> np.ndarray:
    """Which rows (n,) are of a child under 28 days old; none where the table has no unit of age."""
    if not unit_heading:
        return np.zeros(len(table), dtype=bool)
    index, texts = table.factor(heading)
    spans = [_years(text) for text in texts.tolist()]
    value = np.array([span[0] if span is not None else np.nan for span in spans])[index]
    with np.errstate(invalid="ignore"):
        return value * _days_per_unit(table, unit_heading) < NEWBORN_DAYS


def _days_per_unit(table: Table, heading: str) -> np.ndarray:
    """Days (n,) in the unit of each row's age: NaN for years, inf for a unit that is not known."""
    index, texts = table.factor(heading)
    days = [np.nan if t.lower() in _YEARS else _UNITS.get(t.lower(), np.inf) for t in texts.tolist()]
    return np.array(days, dtype=np.float64)[index]


def _years(text: str) -> tuple[int, int] | None:
    """First and last year of an age; None where the cell is no age. A part of a year is left off."""
    if re.fullmatch(r"\d{1,3}\.\d+", text):
        text = text.partition(".")[0]
    found = cells.age(text)
    return None if found in (None, "all") else cells.age_range(found)


def _band(first: int, last: int) -> int:
    """Position in BANDS of the ages from `first` to `last`; −1 where they do not lie within one."""
    if first > OLDEST:
        return -1
    if first >= 90:
        return len(BANDS) - 1
    if first == 0:
        return 0 if last == 0 else -1
    if last < 5:
        return 1
    return first // 5 + 1 if first >= 5 and first // 5 == last // 5 else -1


def day(text: str) -> int:
    """A date as a whole number yyyymmdd, 00 for a month or day that is not told; 0 where it is none.

    Understood: `2024-03-31`, `31/03/2024`, `20240331`, `31 March 2024`, a time behind any of them, `2024-03`, `2024`,
    and Excel's own numbers of days. Where a month cannot be one, the month is taken to stand first.
    """
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        year, *parts = match.groups()
        month, own = (int(part) for part in parts if part is not None)
        return _checked(int(year), month, own)
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        return _checked(year, second, first) or _checked(year, first, second)
    if match := _WORDED.fullmatch(text):
        word = match[2].lower()[:3]
        return _checked(int(match[3]), _MONTHS.index(word) + 1, int(match[1])) if word in _MONTHS else 0
    if match := re.fullmatch(r"(\d{4})(?:-(\d\d))?", text):
        month = int(match[2] or 0)
        return int(match[1]) * 10_000 + month * 100 if int(match[1]) >= _EARLIEST and month <= 12 else 0
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        found = _EXCEL_DAY_NOUGHT + timedelta(days=int(text[:5]))
        return _checked(found.year, found.month, found.day)
    return 0


def _checked(year: int, month: int, own: int) -> int:
    try:
        date(year, month, own)
    except ValueError:
        return 0
    return year * 10_000 + month * 100 + own if year >= _EARLIEST else 0
