"""Column maps that a workspace remembers: the next file with the same headings needs none.

Headings are compared without years and months, so that next year's file is known by this year's map. A period that
the map fixes is taken from the new file (its headings, title lines or name): last year's is never put on it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from jsna_desktop.errors import UnknownFile
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.column_map import ColumnMap, Wide, parse, periods_in
from jsna_desktop.sources.columns import Proposal
from jsna_desktop.workspace.store import Store

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_SHORT = "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
_DATED = re.compile(rf"\b(?:(?:19|20)\d\d(?:\s*[-/–]\s*\d{{2,4}})?|{_MONTHS}|{_SHORT})\b")
_FIXED_PERIODS = ("period", "year")


@dataclass(frozen=True)
class Remembered:
    """A map as it suits a file at hand; `lacking` what it cannot say of this file; `made` the day it was remembered."""

    map: ColumnMap
    made: str
    lacking: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """`, period 2023 as this file says`, where the map fixes it; else ""."""
        fixed = next((name for name in _FIXED_PERIODS if name in self.map.values), "")
        return f", {fixed} {self.map.values[fixed]} as this file says" if fixed else ""


def plain_heading(heading: str) -> str:
    """A heading in lower case, without years and names of months."""
    text = _DATED.sub(" ", heading.lower().replace("_", " "))
    return re.sub(r"[^a-z0-9%]+", " ", text).strip()


def normal(headings: Sequence[str]) -> str:
    """The headings of a table as one text: order, case, years, months and repeats aside."""
    return "\n".join(sorted({plain_heading(heading) for heading in headings if heading.strip()}))


def remember(store: Store, headings: Sequence[str], kind: str, geography: str, columns: ColumnMap) -> None:
    """Keep a map for files with these headings, inside the caller's transaction; a later one takes its place."""
    said = columns.as_dict() | {"headings": list(headings)}
    store.run(
        "INSERT INTO column_map (headings, kind, geography, columns, made) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (headings) DO UPDATE SET kind = excluded.kind, geography = excluded.geography, "
        "columns = excluded.columns, made = excluded.made",
        [normal(headings), kind, geography, json.dumps(said, ensure_ascii=False), datetime.now().date().isoformat()],
    )


def recall(store: Store, headings: Sequence[str], texts: Sequence[str] = ()) -> Remembered | None:
    """The map that is remembered for a file with these headings, in the file's own words; None where there is none.

    `texts` are title lines and the file's name, which may say its period.
    """
    rows = store.all("SELECT kind, geography, columns, made FROM column_map WHERE headings = ?", [normal(headings)])
    if not rows:
        return None
    kind, geography, said, made = rows[0]
    before = json.loads(said)
    own = before.pop("headings")
    found = replace(parse(before), kind=kind, geography=geography)
    suited = _suited(found, own, headings)
    return None if suited is None else _of_its_period(suited, made, headings, texts)


def recalled(store: Store, proposal: Proposal, path: Path) -> Remembered | None:
    """As `recall`, for a file as it was outlined."""
    texts = (*proposal.titles, path.name.replace("_", " "))
    found = (recall(store, headings, texts) for headings in (proposal.headings, *proposal.others))
    return next((remembered for remembered in found if remembered is not None), None)


def headings_of(proposal: Proposal, said: ColumnMap) -> tuple[str, ...]:
    """The headings that a map is for: of the sheet that has all its columns."""
    named = {*said.columns.values(), *(said.wide.headings if said.wide else ())}
    return next((own for own in (proposal.headings, *proposal.others) if named <= set(own)), proposal.headings)


def as_proposal(remembered: Remembered, proposal: Proposal) -> Proposal:
    """A remembered map that lacks something of the file, for a person to complete."""
    said = remembered.map
    wide = said.as_dict().get("wide", {})
    return replace(
        proposal,
        kind=said.kind or proposal.kind or "indicator",
        geography=said.geography or proposal.geography,
        columns=said.columns,
        values=said.values,
        wide=wide,
        why=f"the column map remembered on {remembered.made}",
        lacking=remembered.lacking,
    )


def question(error: UnknownFile, proposal: Proposal) -> UnknownFile:
    """What a person is asked of a table that no reader knows."""
    lacking = f"; it does not say its {' or '.join(proposal.lacking)}" if proposal.lacking else ""
    return UnknownFile(
        "no reader knows this table, and a column map can say what its columns are",
        where=error.where,
        found=f"{error.found}. By {proposal.why} it may be of kind {proposal.kind}{lacking}",
        expected=error.expected,
        todo="Say which columns are which: Choose columns in the window, on the command line a column map (--map "
        "FILE); it is remembered for the next such file",
    )


def _suited(found: ColumnMap, before: Sequence[str], headings: Sequence[str]) -> ColumnMap | None:
    """The map with the new file's headings for the old; None where one has none, or several."""
    new: dict[str, list[str]] = {}
    for heading in headings:
        new.setdefault(plain_heading(heading), []).append(heading)

    def of(old: str) -> str:
        alike = new.get(plain_heading(old), [])
        return old if old in alike else alike[0] if len(alike) == 1 else ""

    columns = {plain: of(old) for plain, old in found.columns.items()}
    if not all(columns.values()):
        return None
    # “LSOA code (2011)” and “LSOA code (2021)” are alike here, and other areas.
    said = area_codes.heading(columns.get("area_code", ""))
    if said is not None and said.vintage and area_codes.level_of(said.geography) != said.geography:
        found = replace(found, geography=said.geography)
    if found.wide is None or not found.wide.headings:
        return replace(found, columns=columns)
    turned = {plain_heading(old) for old in found.wide.headings}
    # A column that was there before and was not turned stays as it is.
    left = {h for h in before if h not in found.wide.headings}
    wide = tuple(
        h for h in headings if plain_heading(h) in turned and h not in left and h not in columns.values() and h.strip()
    )
    return replace(found, columns=columns, wide=Wide(found.wide.means, found.wide.holds, wide)) if wide else None


def _of_its_period(found: ColumnMap, made: str, headings: Sequence[str], texts: Sequence[str]) -> Remembered:
    fixed = next((name for name in _FIXED_PERIODS if name in found.values), "")
    if not fixed:
        return Remembered(found, made)
    values = {name: text for name, text in found.values.items() if name != fixed}
    place = found.columns.get("area_code", "")
    for group in ([heading for heading in headings if heading != place], texts):
        said = {period for text in group for period in periods_in(text)}
        if len(said) == 1:
            return Remembered(replace(found, values=values | {fixed: said.pop()}), made)
    return Remembered(replace(found, values=values), made, (fixed,))
