"""Profile rows as text: a table for people, JSON and CSV for programs. Everything here has passed the gate."""

import csv
import io
import json
from datetime import datetime

from jsna_desktop.jobs.comparators import FIXED
from jsna_desktop.jobs.figures import Figures
from jsna_desktop.jobs.profile import Profile
from jsna_desktop.jobs.release import release_summary, released_rows
from jsna_desktop.measures.standout import number
from jsna_desktop.workspace.store import Store

_WIDEST = 60  # characters of a column of the table
FORMATS = ("table", "json", "csv")
_COLUMNS = (
    "locality", "indicator", "name", "period", "sex", "age", "value", "lower_ci", "upper_ci", "numerator",
    "denominator", "unit", "polarity", "note",
)  # fmt: skip
_ENTRY = ("area", "value", "lower_ci", "upper_ci", "verdict")
# What some comparators have beside these.
_MORE = ("difference", "difference_lower", "difference_upper", "distance", "note")


def released(figures: Figures, made: Profile) -> list[dict]:
    """The rows of a profile as they may leave the program; what leaves is kept in the ledger."""
    return released_rows(figures, made, leaving=True)


def withheld(rows: list[dict]) -> int:
    """How many released rows carry no number because it was suppressed."""
    return sum(row["value"] is None and row["note"].startswith("withheld") for row in rows)


def rendered(store: Store, made: Profile, fmt: str, method: str | None, rows: list[dict]) -> str:
    """The profile in one of FORMATS; `rows` are its `released` rows."""
    if fmt == "json":
        return _json(store, made, rows, method)
    return _csv(rows) if fmt == "csv" else _table(rows)


def _json(store: Store, made: Profile, rows: list[dict], method: str | None) -> str:
    head = {
        "workspace": store.name,
        "made": datetime.now().isoformat(timespec="seconds"),
        "method": method or "default",
        "localities": [
            {
                "name": s.locality,
                "set": s.set,
                "method": s.method,
                "residents": s.residents,
                "residents_year": s.residents_year,
                "residents_in_cut_areas": s.residents_cut,
                "residents_range": list(s.residents_range) if s.residents_range else None,
                "blocks": s.blocks,
                "compared": chance.compared,
                "expected_by_chance": chance.expected,
            }
            for s, chance in zip(
                (release_summary(summary, made.sensitive) for summary in made.summaries), made.chance(), strict=True
            )
        ],
    }
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    start = json.dumps(head, ensure_ascii=False, allow_nan=False, indent=1)
    return f'{start[:-2]},\n "rows": [\n{lines}\n ]\n}}\n'


def _csv(rows: list[dict]) -> str:
    levels = list(dict.fromkeys(entry["level"] for row in rows for entry in row["comparators"]))
    own = [name for name in rows[0] if name != "comparators"] if rows else list(_COLUMNS)
    said = {name for row in rows for entry in row["comparators"] for name in entry}
    parts = [*_ENTRY, *(name for name in _MORE if name in said)]
    wide = [f"{level}_{name}" for level in levels for name in parts]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(own + wide)
    for row in rows:
        entries = {entry["level"]: entry for entry in row["comparators"]}
        cells = [_cell(row[name]) for name in own]
        cells += [_cell(entries.get(level, {}).get(name)) for level in levels for name in parts]
        writer.writerow(cells)
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str):
        return unrun(value)
    return "" if value is None else value


def unrun(text: str) -> str:
    """Text as a cell that a spreadsheet will not run: an apostrophe before what begins like a formula.

    Spreadsheets leave blanks before a formula out and take the wide signs of East Asian keyboards for the plain ones
    (OWASP, *CSV Injection*).
    """
    begins = text.lstrip(" \u00a0\u3000")[:1]
    return "'" + text if begins and begins in "=+-@\t\r\n＝＋－＠" else text


def _table(rows: list[dict]) -> str:
    headings = ["Locality", "Indicator", "Period", "Value", "95 % interval", "District", "England", "Verdict"]
    more = list(dict.fromkeys(e["level"] for row in rows for e in row["comparators"] if e["level"] not in FIXED))
    headings += [_short(level[:1].upper() + level[1:]) for level in more]
    lines = []
    for row in rows:
        unit = "" if row["unit"].startswith("per ") else row["unit"]
        entries = {entry["level"]: entry for entry in row["comparators"]}
        district, england = entries.get("district", {}), entries.get("england", {})
        interval = ""
        if row["lower_ci"] is not None:
            interval = f"{number(row['lower_ci'], unit)} to {number(row['upper_ci'], unit)}"
        widest = england or entries.get("region") or district
        lines.append(
            [
                _short(row["locality"]),
                _short(_named(row)),
                row["period"],
                _shown(row, row["value"]) if row["value"] is not None else row["note"],
                interval,
                _shown(row, district.get("value")) if district else "",
                _shown(row, england.get("value")) if england else "",
                widest.get("verdict", ""),
                *(_beside(row, entries.get(level)) for level in more),
            ]
        )
    widths = [max([len(h), *(len(line[i]) for line in lines)]) for i, h in enumerate(headings)]
    widths = [min(w, _WIDEST) for w in widths]
    numeric = (3, 4, 5, 6)

    def laid(cells: list[str]) -> str:
        sides = [c.rjust(w) if i in numeric else c.ljust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))]
        return "  ".join(sides).rstrip()

    return "\n".join([laid(headings), laid(["-" * w for w in widths]), *map(laid, lines)]) + "\n"


def _beside(row: dict, entry: dict | None) -> str:
    """Kelderford 18.1 %: worse"""
    if entry is None:
        return ""
    return _short(f"{entry['area']} {_shown(row, entry['value'])}: {entry['verdict']}")


def _short(text: str) -> str:
    """Text that fits its column; the whole of it is in JSON and CSV."""
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _named(row: dict) -> str:
    more = [row["sex"]] if row["sex"] != "persons" else []
    more += [row["unit"]] if row["unit"].startswith("per ") else []
    return f"{row['name']} ({', '.join(more)})" if more else row["name"]


def _shown(row: dict, value: float | None) -> str:
    """A fraction of an index (a share, an extent) reads better as a percentage."""
    if value is not None and row["kind"] == "index" and not row["unit"]:
        return number(100 * value, "%") if 0 <= value <= 1 else number(value)
    return number(value, "" if row["unit"].startswith("per ") else row["unit"])
