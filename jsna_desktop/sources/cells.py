"""What people type into cells: numbers with commas, marks for missing and suppressed, sexes, ages, periods."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

# Marks for "no value". A dash is one too: publishers use it for zero, nil or not available alike, so it is never 0.
MISSING = frozenset(
    (
        "",
        "..",
        "...",
        ".",
        "-",
        "–",
        "—",
        ":",
        "[x]",
        "[z]",
        "[w]",
        "x",
        "z",
        "n/a",
        "na",
        "#n/a",
        "nan",
        "null",
        "none",
    )
)
# Marks for "suppressed": there is a number, and it is low (methods.md 1).
WITHHELD = frozenset(("*", "**", "[c]", "c", "suppressed", "[low]"))

_NUMBER = re.compile(r"[-+−]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e[-+]?\d+)?", re.IGNORECASE)
_SEXES = {
    **dict.fromkeys(
        ("persons", "person", "people", "all", "both", "both sexes", "total", "p", "t", "0", ""), "persons"
    ),
    **dict.fromkeys(("female", "females", "f", "2", "women", "woman", "girls"), "female"),
    **dict.fromkeys(("male", "males", "m", "1", "men", "man", "boys"), "male"),
}
_ALL_AGES = frozenset(("", "all", "all ages", "all age", "total", "allages"))


@dataclass(frozen=True)
class Numbers:
    """A column of cells as numbers.

    `values` (n,) float64, NaN where missing; `withheld` (n,) suppressed by the publisher; `wrong` (n,) cells that are
    no number and no known mark; `percent` whether cells were written with a percent sign.
    """

    values: np.ndarray
    withheld: np.ndarray
    wrong: np.ndarray
    percent: bool = False


def numbers(column: Any) -> Numbers:
    """A pandas column (n,) as numbers: thousands separators, £, % and marks for missing are understood."""
    import pandas as pd

    nothing = np.zeros(len(column), dtype=bool)
    if pd.api.types.is_bool_dtype(column.dtype):
        return Numbers(np.full(len(column), np.nan), nothing, np.ones(len(column), dtype=bool))
    if pd.api.types.is_numeric_dtype(column.dtype):
        if isinstance(column.dtype, np.dtype):
            values = column.to_numpy().astype(np.float64, copy=False)
        else:
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if column.dtype.kind in "iu":
            return Numbers(values, nothing, nothing)
        endless = np.isinf(values)
        return Numbers(np.where(endless, np.nan, values) if endless.any() else values, nothing, endless)
    index, distinct = pd.factorize(column, use_na_sentinel=True)
    parsed = [number(str(cell)) for cell in distinct]
    # One more entry at the end serves the −1 of blank cells.
    table = np.array([value for value, _ in parsed] + [np.nan])
    marks = np.array([mark for _, mark in parsed] + [""])
    percent = any(mark == "%" for _, mark in parsed)
    return Numbers(table[index], (marks == "withheld")[index], (marks == "wrong")[index], percent)


def number(cell: str) -> tuple[float, str]:
    """A cell as (value, mark): mark "" or "%" for a number, "missing", "withheld" or "wrong" for none (NaN)."""
    text = cell.strip().replace("\xa0", "")
    lowered = text.lower()
    if lowered in MISSING:
        return np.nan, "missing"
    if lowered in WITHHELD:
        return np.nan, "withheld"
    mark = ""
    if text.endswith("%"):
        text, mark = text[:-1].strip(), "%"
    text = text.lstrip("£").strip()
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[1] or (match[3] and len(match[3]) > 1)):
        return np.nan, "wrong"
    value = float(text.replace(",", "").replace("−", "-"))
    return (value, mark) if np.isfinite(value) else (np.nan, "wrong")


def sex(cell: str) -> str | None:
    """`persons`, `female` or `male`; None where the cell is none of them."""
    return _SEXES.get(cell.strip().lower())


def age(cell: str) -> str | None:
    """An age as contract.md writes it: `all`, `7`, `90+`, `5-9`; None where the cell is no age."""
    text = cell.strip().lower()
    if text in _ALL_AGES:
        return "all"
    text = re.sub(r"^(aged?|ages)\s+", "", text)
    text = re.sub(r"\s*(years?( old)?|yrs?)$", "", text)
    text = re.sub(r"\s*(?:-|–|to)\s*", "-", text)
    text = re.sub(r"\s*(?:\+|and over|and above|or over|plus|and older)$", "+", text)
    if text in ("under 1", "<1"):
        return "0"
    if re.fullmatch(r"\d{1,3}(\.0)?", text):
        return str(int(float(text)))
    match = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3})|(\+))", text)
    if match is None:
        return None
    if match[3]:
        return f"{int(match[1])}+"
    return f"{int(match[1])}-{int(match[2])}" if int(match[1]) <= int(match[2]) else None


def age_range(label: str) -> tuple[int, int]:
    """First and last year of an age that `age` gave; an open end is 200."""
    if label == "all":
        return 0, 200
    if label.endswith("+"):
        return int(label[:-1]), 200
    first, _, last = label.partition("-")
    return int(first), int(last or first)


def period(cell: str) -> str:
    """A period as it is kept: `2023`, `2019-2023`, `2019/20`; the words of any other are left as they are."""
    text = re.sub(r"\.0$", "", cell.strip())
    match = re.fullmatch(r"(\d{4})\s*(?:-|–|to)\s*(\d{4})", text)
    return f"{match[1]}-{match[2]}" if match else text


def slug(text: str) -> str:
    """Lower case, other signs to underscores; a leading + or − is said: `+1 or more` → `plus_1_or_more`."""
    text = text.strip().lower()
    text = re.sub(r"^\+", "plus_", re.sub(r"^[-−](?=\d)", "minus_", text))
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")
