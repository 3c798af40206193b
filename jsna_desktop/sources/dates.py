"""Dates as people type them, the British way: the day before the month."""

import calendar
import re
from datetime import date

_MONTHS = {"sept": 9} | {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
}
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ][\d:.]+)?")
_PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)")
_BRITISH = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d\d)(?: [\d:]+)?")
_WORDS = re.compile(r"(?:[a-z]+day,? )?(?:(\d{1,2})(?:st|nd|rd|th)?[ \-])?([a-z]{3,9})\.?[ \-,]+(\d{4}|\d\d)")


def day(text: str) -> str:
    """A date as ISO: `3/5/2025` → `2025-05-03`, `May 2025` → `2025-05`, `2025` → `2025`; "" where it is none.

    A year of two digits is one of this century. A month before the day, as in America, is not understood.
    """
    plain = " ".join(text.strip().lower().split())
    if re.fullmatch(r"(19|20)\d\d", plain):
        return plain
    if match := _PACKED.fullmatch(plain) or _ISO.fullmatch(plain):
        return _iso(match[1], match[2], match[3])
    if match := _BRITISH.fullmatch(plain):
        return _iso(match[3], match[2], match[1])
    if (match := _WORDS.fullmatch(plain)) and match[2] in _MONTHS:
        return _iso(match[3], str(_MONTHS[match[2]]), match[1])
    return ""


def _iso(year: str, month: str, day_of_month: str | None) -> str:
    whole = int(year) + (2000 if len(year) == 2 else 0)
    try:
        found = date(whole, int(month), int(day_of_month or 1))
    except ValueError:
        return ""
    if not 1900 <= whole <= 2100:
        return ""
    return found.isoformat() if day_of_month else found.isoformat()[:7]
