"""How commands take their places and give their rows: as a table, JSON or CSV, on stdout or in a file."""

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jsna_desktop.errors import UsageProblem

if TYPE_CHECKING:
    from jsna_desktop.jobs.measured_places import Choice
    from jsna_desktop.workspace.store import Store

Command = Callable[[str, str], argparse.ArgumentParser]
Prepared = Callable[[argparse.ArgumentParser], None]
# As areas/roads.py has them, which the parser must not import.
MODES = ("distance", "drive", "walk", "straight")


def journey_arguments(c: argparse.ArgumentParser) -> None:
    """How people travel."""
    c.add_argument("--by", choices=MODES, help="default: distance by road, or straight where no roads are loaded")
    c.add_argument("--ferries", action="store_true", help="use ferries too")
    c.add_argument("--speeds", metavar="FILE", type=Path, help="another table of speeds (docs/access.md)")


def output_arguments(c: argparse.ArgumentParser) -> None:
    """How areas that a line cuts are shared out, and where the rows go."""
    c.add_argument("--method", choices=("blocks", "best-fit", "postcodes", "dasymetric", "area"), help="of cut areas")
    c.add_argument("--format", choices=("table", "json", "csv"), default="table")
    c.add_argument("--out", metavar="FILE", type=Path)


def choice_of(options: argparse.Namespace) -> "Choice":
    """The localities that are asked for."""
    from jsna_desktop.jobs.measured_places import Choice

    return Choice(tuple(options.set), tuple(options.locality), options.method)


def one_decimal(value: float | None, *, sign: bool = False) -> str:
    """1,204.3; nothing for none."""
    return "" if value is None else f"{value:+,.1f}" if sign else f"{value:,.1f}"


def two_decimals(value: float | None, *, sign: bool = False) -> str:
    """0.43; nothing for none."""
    return "" if value is None else f"{value:+,.2f}" if sign else f"{value:,.2f}"


def whole(value: float | None) -> str:
    """47,908; nothing for none."""
    return "" if value is None else f"{value:,.0f}"


def share(value: float | None, places: int = 0) -> str:
    """A share 0–1 in per cent: 43 %; nothing for none."""
    return "" if value is None else f"{100 * value:.{places}f} %"


def interval(lower: float | None, upper: float | None) -> str:
    """17.2 to 19.0; nothing for none."""
    return "" if lower is None or upper is None else f"{lower:,.1f} to {upper:,.1f}"


def give(options: argparse.Namespace, store: "Store", rows: list[dict], table: dict, head: dict) -> int:
    """Write rows that have passed the gate, in the format asked for; what went to a file is recorded."""
    from jsna_desktop.jobs import audit

    if options.format == "json":
        text = _json(store, rows, head)
    else:
        text = _csv(rows) if options.format == "csv" else _table(rows, table, head)
    if options.out is None:
        sys.stdout.write(text)
        return 0
    part = options.out.with_name(options.out.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(options.out)
    except OSError as error:
        raise UsageProblem("the file cannot be written", where=str(options.out), found=error.strerror or "") from error
    withheld = sum(row.get("value", row.get("sii")) is None for row in rows)
    audit.record_leaving(store, audit.PROFILED, str(options.out), rows=len(rows), withheld=withheld)
    return 0


def _json(store: "Store", rows: list[dict], head: dict) -> str:
    whole = {"workspace": store.name, "made": datetime.now().isoformat(timespec="seconds"), **head}
    start = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return f'{start[:-2]},\n "rows": [\n{lines}\n ]\n}}\n'


def _csv(rows: list[dict]) -> str:
    """One line a row; what a row has several of (parts, groups, neighbours) comes as further lines' own columns."""
    from jsna_desktop.jobs.output import unrun

    flat: list[dict] = []
    for row in rows:
        many = next((name for name, value in row.items() if isinstance(value, list)
                     and value and isinstance(value[0], dict)), "")  # fmt: skip
        plain = {name: value for name, value in row.items() if not isinstance(value, list | dict)}
        for name, value in row.items():
            if isinstance(value, dict):
                plain |= {f"{name}_{inner}": one for inner, one in value.items()}
        for one in row[many] if many else ({},):
            flat.append(plain | {f"{many.rstrip('s')}_{inner}" if inner in plain else inner: value
                                 for inner, value in one.items()})  # fmt: skip
    headings = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    for row in flat:
        cells = ((row.get(name), name) for name in headings)
        writer.writerow([unrun(v) if isinstance(v, str) else "" if v is None else v for v, _ in cells])
    return text.getvalue()


def _table(rows: list[dict], columns: dict, head: dict) -> str:
    lines = [[str(said(row)) for said in columns.values()] for row in rows]
    used = [i for i in range(len(columns)) if any(line[i] for line in lines)]
    headings = [list(columns)[i] for i in used]
    cells = [[line[i] for i in used] for line in lines]
    widths = [max([len(h), *(len(line[i]) for line in cells)]) for i, h in enumerate(headings)]
    numeric = {i for i, h in enumerate(headings) if all(_is_number(line[i]) for line in cells)}

    def laid(line: list[str]) -> str:
        sides = [c.rjust(w) if i in numeric else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        return "  ".join(sides).rstrip()

    said = [*(f"{v['locality'] or v['a']}, {v['sex']}: {_verdict(v)}" for v in head.get("trend", ())),
            *head.get("notes", ()), *head.get("findings", ())]  # fmt: skip
    table = [laid(headings), laid(["-" * w for w in widths]), *map(laid, cells)] if cells else []
    return "\n".join([*table, *said]) + "\n"


def _verdict(found: dict) -> str:
    if found["slope"] is None:
        return found["verdict"]
    return f"{found['verdict']}, {found['slope']:+.2f} years a year ({found['slope_lower']:+.2f} to " \
           f"{found['slope_upper']:+.2f})"  # fmt: skip


def _is_number(text: str) -> bool:
    return not text or text[:1] in "+-−0123456789"
