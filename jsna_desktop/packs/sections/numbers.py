"""The numbers behind the charts, for those who hear the page or copy from it."""

import numpy as np

from jsna_desktop.packs.findings import Deciles, Findings, Pyramid
from jsna_desktop.packs.life import Line
from jsna_desktop.packs.life_page import SEXES, Fifths
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.sheet import signed
from jsna_desktop.packs.wording import ABSENT, dashed, percent

MARKUP = r"""
#heading(level: 1)[The numbers behind the charts]
#let numbers(one) = [
  #heading(level: 2, outlined: false)[#one.title]
  #table(columns: (auto,) + (1fr,) * (one.header.len() - 1),
    align: (left + bottom,) + (right + bottom,) * (one.header.len() - 1),
    inset: (x: 5pt, y: 3.4pt),
    table.header(..one.header.map(cell => [#cell])),
    ..one.rows.flatten().map(cell => [#cell]))
]
#if d.shares.len() > 0 {
  block(breakable: false, {
    par[Shares of all residents.]
    if d.shares.len() == 2 {
      grid(columns: d.weights.map(one => one * 1fr), column-gutter: 8mm, ..d.shares.map(numbers))
    } else { for one in d.shares { numbers(one) } }
  })
}
#for one in d.years { block(breakable: false, numbers(one)) }
"""


def content(findings: Findings) -> Content | None:
    """None where no chart was drawn whose numbers are nowhere else."""
    shares, years = [], []
    if findings.pyramid is not None:
        shares.append(_ages(findings.pyramid))
    if findings.deciles is not None:
        shares.append(_deciles(findings.deciles))
    fifths = None if findings.life is None else findings.life.fifths
    if fifths is not None:
        years = [table for table in (_over_time(fifths), _parts(fifths)) if table["rows"]]
    if not (shares or years):
        return None
    return Content({"shares": shares, "weights": [len(table["header"]) for table in shares], "years": years})


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


def _over_time(fifths: Fifths) -> dict:
    """Both ends of the gap in every period, with their intervals."""
    lines = [(one.sex, line) for one in fifths.found for line in one.lines]
    header = ["Period"] + [f"{SEXES[sex]}, {line.name.removesuffix(' fifth').lower()}" for sex, line in lines]
    periods = next((one.periods for one in fifths.found if one.periods), ())
    rows = [[dashed(period), *(_year(line, at) for _, line in lines)] for at, period in enumerate(periods)]
    return {"title": f"Life expectancy at birth, fifths of {fifths.district}", "header": header, "rows": rows}


def _year(line: Line, at: int) -> str:
    if not np.isfinite(line.value[at]):
        return ABSENT
    if not (np.isfinite(line.lower[at]) and np.isfinite(line.upper[at])):
        return f"{line.value[at]:.1f}"
    return f"{line.value[at]:.1f} ({line.lower[at]:.1f} to {line.upper[at]:.1f})"


def _parts(fifths: Fifths) -> dict:
    """What each cause, or age, adds to the gap of each sex."""
    found = [one for one in fifths.found if one.parts]
    names = dict.fromkeys(part.name for one in found for part in one.parts)
    years = [{part.name: part.years for part in one.parts} for one in found]
    rows = [[name, *(_part(each, name) for each in years)] for name in names]
    header = ["Age" if fifths.found[0].parts_by == "age" else "Cause"] + [SEXES[one.sex] for one in found]
    return {
        "title": f"What makes up the gap in years, {dashed(fifths.found[0].period)}",
        "header": header,
        "rows": rows,
    }


def _part(years: dict[str, float | None], name: str) -> str:
    if name not in years:
        return ABSENT
    value = years[name]
    return "withheld" if value is None else signed(value)
