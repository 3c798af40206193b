"""Numbers and sentences as people read them: rounded with care, British, short. Knows no Qt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

NO_BREAK = "\u00a0"
GAP = "—"
ZERO_WIDTH = "\u200b"
_LONGEST_WORD = 24
_METHODS = {
    "proportion": "Wilson 95 %",
    "rate": "Byar 95 %",
    "mean": "Student’s t 95 %",
    "modelled": "published limits, widest case",
}
_VERDICTS = {
    "better": "clearly better than",
    "worse": "clearly worse than",
    "higher": "clearly higher than",
    "lower": "clearly lower than",
    "similar": "not clearly different from",
    "not compared": "not compared with",
}
_PEOPLE = ("people", "residents", "households", "persons")


def html(text: str) -> str:
    """The text as rich text shows it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def count(value: float) -> str:
    """47,908"""
    return f"{value:,.0f}".replace("-", "−")


def breakable(text: str) -> str:
    """The text with places to break words that are longer than a line."""
    return " ".join(
        ZERO_WIDTH.join(word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD))
        for word in text.split(" ")
    )


def when(moment: datetime, now: datetime) -> str:
    """10:42 today, 3 November before."""
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment.day} {moment:%B}"


def is_share(row: Mapping[str, Any]) -> bool:
    """Whether a row holds a fraction 0–1, as deprivation shares and extents are published."""
    family, _, measure = str(row["indicator"]).partition(".")
    last = measure.rpartition(".")[2]
    return family.startswith("imd") and (last.startswith("share_") or last == "extent")


def number(value: float | None, row: Mapping[str, Any]) -> str:
    """A value of a row (its own, a limit, a comparator's), rounded for reading; a dash where there is none.

    Per cents and shares to one decimal with their sign, people whole, other values by the row's own size.
    """
    if value is None:
        return GAP
    if row["unit"] == "%" or is_share(row):
        share = 100 * value if is_share(row) else value
        return f"{share:.1f}{NO_BREAK}%"
    if row.get("kind") == "count" or row["unit"] in _PEOPLE:
        return count(value)
    return plain(value, _size(row))


def plain(value: float, size: float | None = None) -> str:
    """To as many decimals as a value of this size calls for: 1,204; 16.3; 0.18."""
    size = abs(value) if size is None else size
    places = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 0.1 else 3
    return f"{value:,.{places}f}".replace("-", "−")


def _size(row: Mapping[str, Any]) -> float:
    values = [row["value"], *(other["value"] for other in row["comparators"])]
    return max((abs(value) for value in values if value is not None), default=0.0)


def interval(row: Mapping[str, Any]) -> str:
    """17.8 to 18.5, or nothing where there are no limits."""
    if row["lower_ci"] is None or row["upper_ci"] is None:
        return ""
    low, high = number(row["lower_ci"], row), number(row["upper_ci"], row)
    sign = f"{NO_BREAK}%"
    return f"{low.removesuffix(sign)} to {high.removesuffix(sign)}"


def interval_method(row: Mapping[str, Any]) -> str:
    """How the limits were made; nothing where there are none."""
    if row["lower_ci"] is None:
        return ""
    if row.get("interval_method"):
        return str(row["interval_method"])
    if row.get("kind") == "count":
        return "exact Poisson 95 %"
    return _METHODS.get(row.get("kind", ""), "95 %")


def fraction(row: Mapping[str, Any]) -> str:
    """8,684 of 47,908, or nothing where the indicator has no counts."""
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    if row.get("kind") == "isr":
        return f"{count(row['numerator'])} observed, {plain(row['denominator'])} expected"
    return f"{count(row['numerator'])} of {count(row['denominator'])}"


def verdict(comparator: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """clearly better than England’s 17.3 %"""
    given = number(comparator["value"], row)
    return f"{_VERDICTS[comparator['verdict']]} {comparator['area']}’s {given}"


def focus_parts(row: Mapping[str, Any], source: str) -> tuple[str, str]:
    """The line that explains the number in focus: (what is bold, the rest)."""
    shown = number(row["value"], row)
    if row["value"] is None and row["lower_ci"] is None:
        return f"{row['name']}:", f" {row['note'] or 'not given'} · {source}"
    parts = [fraction(row), source or row["period"], interval_method(row), row["note"]]
    rest = " · ".join(part for part in parts if part)
    lead = f" ({interval(row)})" if interval(row) else ""
    return f"{row['name']}: {shown}", f"{lead} · {rest}" if rest else lead


def spoken(row: Mapping[str, Any]) -> str:
    """A row of the table as one sentence, for a screen reader."""
    shown = number(row["value"], row)
    if row["value"] is None:
        shown = row["note"] or "not given"
    compared = "; ".join(verdict(c, row) for c in row["comparators"] if c["value"] is not None)
    limits = interval(row)
    return f"{row['name']}, {shown}" + (f", {limits}" if limits else "") + (f", {compared}" if compared else "")


def chance(compared: int, expected: float, clear: int) -> str:
    """One line on many comparisons at once; nothing where chance is not expected to make one of them differ."""
    if expected < 1:
        return ""
    stay = f"{clear:,} {'stays' if clear == 1 else 'stay'} clear when all are judged together"
    return f"Of {compared:,} comparisons about {expected:,.0f} would differ by chance alone; {stay}."


def explanation(row: Mapping[str, Any], source: str) -> list[tuple[str, str]]:
    """Everything known of a number: (heading, text) pairs for the dialog `how it is made`."""
    said = [("Value", number(row["value"], row) if row["value"] is not None else "None")]
    if row["note"]:
        said.append(("Note", row["note"][:1].upper() + row["note"][1:] + "."))
    if fraction(row):
        said.append(("Counts", fraction(row)))
    elif row["numerator"] is not None:
        said.append(("Count", count(row["numerator"])))
    weighted = row.get("weighted_by")
    if weighted and not fraction(row) and row["denominator"] is not None:
        said.append(("Weighted by", f"{weighted}: {count(row['denominator'])}"))
    elif weighted:
        said.append(("By", str(weighted)))
    if interval(row):
        said.append(("95 % interval", f"{interval(row)}, {interval_method(row)}"))
    if row.get("missing_share"):
        left_out = f"Areas without a value, with {100 * row['missing_share']:.1f}{NO_BREAK}% of the residents"
        said.append(("Left out", left_out))
    said += [(other["area"], _against(other, row)) for other in row["comparators"] if other["value"] is not None]
    if row.get("clear_after_many") is not None:
        kept = "Clear" if row["clear_after_many"] else "Not clear"
        said.append(("Among many", f"{kept} when every comparison of this place is judged together"))
    if row.get("trend") not in (None, "", "not tested"):
        said.append(("Trend", f"{str(row['trend']).capitalize()}, over the latest five years"))
    said.append(("Period", row["period"]))
    if source:
        said.append(("Source", source))
    said.append(("Areas", _METHOD_WORDS.get(str(row.get("method", "")), "")))
    if row.get("caveat"):
        said.append(("Caveat", row["caveat"]))
    return [(heading, text) for heading, text in said if text]


def _against(comparator: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """17.3 %: this place is clearly better. Difference 0.8 points, from 0.3 to 1.3."""
    said = f"{number(comparator['value'], row)}: {_HERE[comparator['verdict']]}"
    if comparator.get("difference") is not None and comparator.get("difference_lower") is not None:
        parts = (number(comparator[name], row) for name in ("difference", "difference_lower", "difference_upper"))
        difference, low, high = (part.removesuffix(f"{NO_BREAK}%") for part in parts)
        points = f"{NO_BREAK}points" if row["unit"] == "%" else ""
        said += f". Difference {difference}{points}, from {low} to {high}"
    if comparator.get("distance") is not None:
        said += f". Distance as a peer {plain(comparator['distance'])}"
    return f"{said}; {comparator['note']}" if comparator.get("note") else said


_HERE = {
    "better": "this place is clearly better",
    "worse": "this place is clearly worse",
    "higher": "this place is clearly higher",
    "lower": "this place is clearly lower",
    "similar": "no clear difference",
    "not compared": "not compared",
}
_METHOD_WORDS = {
    "blocks": "Whole small areas, added together exactly",
    "area": "Small areas that the line cuts are shared out by their area",
    "postcodes": "Small areas that the line cuts are shared out by their postcodes",
    "dasymetric": "Small areas that the line cuts are shared out by the people of a grid",
    "best-fit": "Each small area counts wholly where most of its people live",
}
