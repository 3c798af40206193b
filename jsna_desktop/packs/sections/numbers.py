"""The numbers behind the charts, for those who hear the page or copy from it."""

import numpy as np

from jsna_desktop.packs.findings import Deciles, Findings, Pyramid
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.wording import percent

MARKUP = r"""
#heading(level: 1)[The numbers behind the charts]
#par[Shares of all residents.]
#let numbers(one) = [
  #heading(level: 2, outlined: false)[#one.title]
  #table(columns: (auto,) + (1fr,) * (one.header.len() - 1),
    align: (left + bottom,) + (right + bottom,) * (one.header.len() - 1),
    inset: (x: 5pt, y: 3.4pt),
    table.header(..one.header.map(cell => [#cell])),
    ..one.rows.flatten().map(cell => [#cell]))
]
#if d.tables.len() == 2 {
  grid(columns: d.weights.map(one => one * 1fr), column-gutter: 8mm, ..d.tables.map(numbers))
} else { for one in d.tables { numbers(one) } }
"""


def content(findings: Findings) -> Content | None:
    """None where no chart was drawn from a pyramid or from deciles."""
    tables = []
    if findings.pyramid is not None:
        tables.append(_ages(findings.pyramid))
    if findings.deciles is not None:
        tables.append(_deciles(findings.deciles))
    if not tables:
        return None
    return Content({"tables": tables, "weights": [len(table["header"]) for table in tables]})


def _table(title: str, header: list[str], first: list[str], columns: list[np.ndarray]) -> dict:
    rows = [[name, *(percent(float(column[at])) for column in columns)] for at, name in enumerate(first)]
    return {"title": title, "header": header, "rows": rows}


def _ages(people: Pyramid) -> dict:
    if people.male is not None and people.female is not None:
        header, columns = ["Age", "Male", "Female"], [people.male, people.female]
        if people.comparator_male is not None and people.comparator_female is not None:
            header += [f"{people.comparator}, male", f"{people.comparator}, female"]
            columns += [people.comparator_male, people.comparator_female]
    else:
        header, columns = ["Age", "Persons"], [people.persons]
        if people.comparator_persons is not None:
            header.append(people.comparator)
            columns.append(people.comparator_persons)
    return _table(f"By age band, {people.period}", header, list(people.ages), columns)


def _deciles(deciles: Deciles) -> dict:
    header, columns = ["Decile", "Here"], [deciles.shares]
    if deciles.comparator_shares is not None:
        header.append(deciles.comparator)
        columns.append(deciles.comparator_shares)
    names = ["1 (most)", *(str(decile) for decile in range(2, 10)), "10 (least)"]
    return _table(f"By decile, {deciles.edition}", header, names, columns)
