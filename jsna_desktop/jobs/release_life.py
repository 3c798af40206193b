"""What may leave of life expectancy from sensitive deaths: the rules of methods.md 9, in this one place.

At age 0 and 65 only, to one decimal, from ten deaths on, without counts; parts of a gap only where they rest on ten
deaths or more in each place; never a count by band or cause.
"""

from jsna_desktop.jobs.release import FEWEST_EVENTS, STANDARDISED, WITHHELD

AGES = (0, 65)
TOO_FEW = "withheld: it rests on fewer than ten deaths, and is made from sensitive data"
_NUMBERS = ("value", "lower_ci", "upper_ci", "ratio", "a_value", "b_value")


def released_life(rows: list[dict], *, sensitive: bool) -> list[dict]:
    """Rows of life expectancy as they may leave the program."""
    if not sensitive:
        return rows
    found = []
    for row in rows:
        if row["age"] not in AGES:
            continue
        given = row["deaths"] is not None and enough(row["deaths"])
        found.append(_rounded(row, given=given) | {"population": None, "deaths": None})
    return found


def released_gaps(rows: list[dict], *, sensitive: bool) -> list[dict]:
    """Rows of gaps as they may leave the program; `parts` lose the deaths that they rest on either way."""
    found = []
    for row in rows:
        parts = row.get("parts")
        mine = row
        if sensitive:
            mine = withheld(row) if row["age"] not in AGES else _rounded(row, given=True)
        if parts is not None:
            mine = mine | {"parts": [_part(part, sensitive) for part in parts] if mine["value"] is not None else []}
        found.append(mine)
    return found


def released_verdicts(rows: list[dict], *, sensitive: bool) -> list[dict]:
    """Verdicts on a gap over time: slopes to one decimal, where they are from sensitive deaths."""
    if not sensitive:
        return rows
    slopes = ("slope", "slope_lower", "slope_upper", "relative_slope", "relative_lower", "relative_upper")
    return [row | {name: _one_decimal(row[name]) for name in slopes} for row in rows]


def enough(deaths: float) -> bool:
    """Whether this many deaths are enough for a figure that uses their true number."""
    return deaths >= FEWEST_EVENTS


def _part(part: dict, sensitive: bool) -> dict:
    shown = {name: value for name, value in part.items() if name != "deaths"}
    if not sensitive:
        return shown
    return shown | {"years": _one_decimal(part["years"]) if enough(part["deaths"]) else None}


def _rounded(row: dict, *, given: bool) -> dict:
    if row["value"] is None:
        return row | dict.fromkeys([name for name in _NUMBERS if name in row])
    if not given:
        return row | dict.fromkeys([name for name in _NUMBERS if name in row]) | {"note": TOO_FEW}
    numbers = {name: _one_decimal(row[name]) for name in _NUMBERS if name in row and name != "ratio"}
    # A ratio to more places than the two values would give them away.
    numbers |= {"ratio": None} if "ratio" in row else {}
    return row | numbers | {"note": "; ".join([STANDARDISED, *([row["note"]] if row["note"] else [])])}


def withheld(row: dict) -> dict:
    """The row without any of its numbers."""
    return row | dict.fromkeys([name for name in _NUMBERS if name in row]) | {"note": WITHHELD}


def _one_decimal(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
