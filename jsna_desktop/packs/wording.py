"""Numbers and names as a reader meets them in a pack."""

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

ABSENT = "–"
HEADER_LENGTH = 52
LONG_WORD = 30
MANY = 10_000_000  # from here on in millions: a nation's residents beside a locality's


def _signed(text: str) -> str:
    return text.replace("-", "−")


def with_minus(value: float, places: int = 1) -> str:
    """−0.3 with a true minus, and none on what is nothing when it is rounded; thousands with a comma."""
    text = _signed(f"{value:,.{places}f}")
    return text if text.strip("−0.") else text.removeprefix("−")


def dashed(period: str) -> str:
    """`2019-2023` → `2019–2023`."""
    return period.replace("-", "–")


def whole(value: float) -> str:
    """`47908.3` → `47,908`."""
    return _signed(f"{value:,.0f}")


def percent(share: float, places: int = 1) -> str:
    """A share 0–1 as a percentage: `0.1807` → `18.1%`; what rounds to nothing but is not nothing is
    `<0.1%`."""
    least = 10.0**-places
    if 0 < share * 100 < least / 2:
        return f"<{least:.{places}f}%"
    return _signed(f"{share * 100:,.{places}f}%")


def is_share(row: Mapping[str, Any]) -> bool:
    """Whether a profile row holds a fraction 0–1 as MHCLG publishes it: `imd…share_…`, `imd…extent`."""
    family, _, measure = str(row["indicator"]).partition(".")
    last = measure.rpartition(".")[2]
    return family.startswith("imd") and (last.startswith("share_") or last == "extent")


def is_count(row: Mapping[str, Any]) -> bool:
    """Whether a profile row is a plain count: a numerator, no denominator, not a percentage."""
    return row["unit"] != "%" and row["numerator"] is not None and row["denominator"] is None


def _places(row: Mapping[str, Any]) -> int:
    if is_count(row):
        return 0
    values = [row["value"], *(entry["value"] for entry in row["comparators"])]
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if largest >= 1000:
        return 0
    return 1 if largest >= 10 else 2 if largest >= 1 else 3


def value_text(value: float | None, row: Mapping[str, Any], *, sign: bool = True) -> str:
    """A value of a profile row (its own, a limit or a comparator's) for people.

    Percentages to one decimal with their sign (`sign=False` leaves it out), counts whole, other values
    to as many decimals as the row's size calls for, the same along the row. None is a dash.
    """
    if value is None or math.isnan(value):
        return ABSENT
    if row["unit"] == "%" or is_share(row):
        share = value if is_share(row) else value / 100
        return percent(share) if sign else percent(share).rstrip("%")
    if abs(value) >= MANY:
        return _signed(f"{value / 1e6:,.1f} million")
    return _signed(f"{value:,.{_places(row)}f}")


def interval_text(row: Mapping[str, Any]) -> str:
    """The 95 % interval, `17.2 to 19.0`, or "" where the row has none."""
    if row["value"] is None or row["lower_ci"] is None or row["upper_ci"] is None:
        return ""
    lower, upper = (value_text(row[end], row, sign=False) for end in ("lower_ci", "upper_ci"))
    return f"{lower} to {upper}"


def about_text(row: Mapping[str, Any]) -> str:
    """Period, unit, sex and age where they say something: `2021 · per 100,000 · female · aged 65–74`."""
    parts = [str(row["period"]).replace("-", "–")]
    unit = row["unit"]
    if unit and unit != "%":
        parts.append(str(unit))
    if row["sex"] not in ("", "persons"):
        parts.append(str(row["sex"]))
    if row["age"] not in ("", "all") and str(row["age"]) not in row["name"]:
        parts.append("aged " + str(row["age"]).replace("-", "–"))
    return " · ".join(part for part in parts if part)


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 small area`, `24 small areas`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def shortened(text: str, length: int = HEADER_LENGTH) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def covered_characters() -> frozenset[int]:
    """Code points that the bundled fonts can show in every weight used."""
    from matplotlib.ft2font import FT2Font

    from jsna_desktop.resources import resource

    fonts = sorted(resource("fonts").glob("*.ttf"))
    sets = [frozenset(int(code) for code in FT2Font(str(path)).get_charmap()) for path in fonts]
    return frozenset.intersection(*sets) - set(range(32))


def printable(thing: Any, covered: frozenset[int]) -> Any:
    """The same nested data with every text fit to print.

    A character that the bundled fonts lack becomes one that means the same (the micro sign a mu), else `?` (PDF/UA
    forbids a missing glyph, so the pack could otherwise not be made at all); other white space becomes a space. A word
    longer than 30 characters gets places to break.
    """
    if isinstance(thing, str):
        shown = "".join(char if ord(char) in covered else _instead(char, covered) for char in thing)
        return " ".join(_breakable(word) for word in shown.split(" "))
    if isinstance(thing, Mapping):
        return {name: printable(value, covered) for name, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [printable(value, covered) for value in thing]
    return thing


def _instead(char: str, covered: frozenset[int]) -> str:
    """What stands for a character that the fonts lack."""
    if char.isspace() or char == "\u200b":
        return " " if char.isspace() else ""
    alike = unicodedata.normalize("NFKC", char)
    return alike if all(ord(one) in covered for one in alike) else "?"


def _breakable(word: str) -> str:
    if len(word) <= LONG_WORD:
        return word
    return "\u200b".join(word[at : at + LONG_WORD // 2] for at in range(0, len(word), LONG_WORD // 2))
