"""What stands out in a profile: sentences that follow from its rows, and from nothing else."""

import math
from dataclasses import dataclass

BETTER, WORSE, NOTE = "better", "worse", "note"
_MARKS = {"better": BETTER, "worse": WORSE, "higher": NOTE, "lower": NOTE}
_CLEAR = tuple(_MARKS)
_MOST = 4
_ROOM = {WORSE: 2, BETTER: 2, NOTE: 1}
# Below this size a clear difference is too small to lead with.
_SLIGHT = 0.08


@dataclass(frozen=True)
class Finding:
    """One thing that stands out: `mark` better, worse or note; a `lead` of a few words; the `rest` with the numbers."""

    mark: str
    lead: str
    rest: str
    indicator: str = ""


def number(value: float | None, unit: str = "") -> str:
    """A number for people: 47,908; 18.1 %; 1,204 per 100,000. A dash where there is none."""
    if value is None:
        return "–"
    digits = 0 if unit in ("people", "residents", "households") or abs(value) >= 1000 else 1
    text = f"{value:,.{digits}f}"
    if unit == "%":
        return f"{text}\u00a0%"
    return f"{text} {unit}" if unit.startswith("per ") else text


def stands_out(rows: list[dict], most: int = _MOST) -> list[Finding]:
    """The largest clear differences, those that are worse first, and then deprivation.

    `rows` are one place's profile rows (contract.md). A difference is from England (or the widest comparator there is);
    one from the district alone counts half. One finding an indicator's table, the latest period only.
    """
    latest = _latest(rows)
    clear = sorted((found for row in latest if (found := _clear(row)) is not None), key=lambda found: -found.size)
    chosen: list[_Clear] = []
    for found in clear:
        alike = sum(c.mark == found.mark for c in chosen)
        same_table = any(table_of(c.row) == table_of(found.row) for c in chosen)
        if found.size >= _SLIGHT and not same_table and alike < _ROOM[found.mark] and len(chosen) < most - 1:
            chosen.append(found)
    order = (WORSE, BETTER, NOTE)
    chosen.sort(key=lambda found: order.index(found.mark))
    return [_sentence(found) for found in chosen] + _deprivation(latest)


def _latest(rows: list[dict]) -> list[dict]:
    kept: dict[tuple, dict] = {}
    for row in rows:
        key = (row["indicator"], row["sex"], row["age"])
        if key not in kept or row["period"] > kept[key]["period"]:
            kept[key] = row
    return list(kept.values())


def table_of(row: dict) -> str:
    """What rows of one table have in common: of several categories one is enough to tell of."""
    parts = row["indicator"].split(".")
    return ".".join(parts[:2]) if parts[0].startswith("census") else row["indicator"]


@dataclass(frozen=True)
class _Clear:
    """A clear difference of a row from one of its comparators."""

    size: float
    mark: str
    row: dict
    against: dict


def _known(row: dict) -> list[dict]:
    """Comparators with a value, the widest first."""
    order = {"england": 0, "region": 1, "district": 2}
    known = [c for c in row["comparators"] if c["value"] is not None and c.get("level") in order]
    return sorted(known, key=lambda c: order[c["level"]])


def _clear(row: dict) -> _Clear | None:
    if row["value"] is None:
        return None
    for place, against in enumerate(_known(row)):
        if against["verdict"] in _CLEAR and against["level"] != "region":
            mark = _MARKS[against["verdict"]]
            size = _size(row["value"], against["value"], row["unit"])
            # What has a better and a worse matters more than what is only different.
            weight = (1 if mark == NOTE else 4) * (0.5 if place else 1)
            return _Clear(size * weight, mark, row, against)
    return None


def _size(value: float, comparator: float, unit: str) -> float:
    """How large a difference is: Cohen's h (1988) of two percentages, the logarithm of the ratio of anything else.

    A ratio alone would lead with the rarest things: 0.2 % against 0.7 % of homes.
    """
    if unit == "%":
        return abs(2 * math.asin(math.sqrt(value / 100)) - 2 * math.asin(math.sqrt(comparator / 100)))
    return abs(math.log(value / comparator)) if min(value, comparator) > 0 else 0.0


def _sentence(found: _Clear) -> Finding:
    row, against = found.row, found.against
    above, unit = row["value"] > against["value"], row["unit"]
    rest = f"{number(row['value'], unit)}, clearly {'above' if above else 'below'} {_of(against)}"
    plain = "" if unit.startswith("per ") else unit
    rest += f" {number(against['value'], plain)}"
    for other in _known(row):
        if other is against or other["level"] == "region" or other["verdict"] == "not compared":
            continue
        theirs = f"{_of(other)} {number(other['value'], plain)}"
        if other["verdict"] not in _CLEAR:
            rest += f", and not clearly different from {theirs}"
        elif (row["value"] > other["value"]) == above:
            rest += f" and {theirs}"
        else:
            rest += f", but clearly {'above' if not above else 'below'} {theirs}"
    lead = f"{row['name']}: {'higher' if above else 'lower'}."
    return Finding(found.mark, lead, rest + ".", row["indicator"])


def _of(comparator: dict) -> str:
    name = comparator["area"]
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def _deprivation(rows: list[dict]) -> list[Finding]:
    for edition in ("imd2025", "imd2019"):
        for row in rows:
            if row["indicator"] == f"{edition}.share_residents_quintile1" and row["value"] is not None:
                return [_deprived(row)]
    return []


def _deprived(row: dict) -> Finding:
    share = 100 * row["value"]
    if share == 0:
        said = "Nobody here lives in a neighbourhood among the most deprived fifth nationally"
    else:
        said = f"{number(share, '%')} of residents live in neighbourhoods among the most deprived fifth nationally"
    district = next((c for c in row["comparators"] if c["level"] == "district" and c["value"] is not None), None)
    if district is not None and district["verdict"] == "not compared" and district["value"] != row["value"]:
        said += f"; in {district['area']} as a whole {number(100 * district['value'], '%')}"
    return Finding(NOTE, "Deprivation.", said + ".", row["indicator"])
