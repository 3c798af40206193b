"""OHID's Fingertips data download: one row for each indicator, area, period, sex and age, with its value and counts.

Layout: the site's CSV (Indicator ID, Indicator Name, Parent Code … Time period range), its headings with or without
spaces (as the R package `fingertipsR` writes them). Breakdowns by category (deprivation deciles, ethnic groups) repeat
the areas and are left out; general practices, networks and trusts are no areas.
"""

import re
from dataclasses import replace

import numpy as np

from jsna_desktop.sources import known, published_rows
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised

_MUST = {"indicatorid", "indicatorname", "areacode", "timeperiod", "value"}


def recognise(peek: Peek) -> Recognised | None:
    """The headings Indicator ID, Indicator Name, Area Code, Time period, Value, and Area Type, Sex or Count."""
    sheet = peek.sheet
    if sheet is None:
        return None
    own = published_rows.own_headings(sheet.headings)
    if not set(own) >= _MUST or not {"areatype", "sex", "count"} & set(own):
        return None
    return Recognised(
        "fingertips",
        "Fingertips indicators",
        "",
        "Fingertips data download: columns Indicator ID, Indicator Name, Area Code, Time period, Value",
    )


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Every indicator, period, sex and age on the smallest areas (n,) of the file; larger areas stay as comparators."""
    sheet = peek.sheet
    assert sheet is not None
    own = published_rows.own_headings(sheet.headings)
    table = published_rows.table_of(peek, own)
    ids = np.char.add("fingertips.", _whole_numbers(table.text(own["indicatorid"])))
    rows = published_rows.read_rows(table, own, ids, options)
    distinct = list(dict.fromkeys(i.id for i in rows.indicators))
    more = f"_and_{len(distinct) - 1}_more" if len(distinct) > 1 else ""
    names = list(dict.fromkeys(i.name for i in rows.indicators))
    title = known.listed(names) if len(names) <= 2 else f"Fingertips: {len(names)} indicators"
    rows.indicators = [replace(indicator, group="Health and wellbeing") for indicator in rows.indicators]
    reason = f"{found.reason}: {known.counted(len(distinct), 'indicator')}, {known.counted(len(rows.codes), 'area')}"
    return published_rows.reading(peek, table, rows, id=f"{distinct[0]}{more}", title=title, reason=reason)


def _whole_numbers(ids: np.ndarray) -> np.ndarray:
    """Ids (n,) without the `.0` that a spreadsheet adds."""
    distinct, index = np.unique(ids, return_inverse=True)
    return np.array([re.sub(r"\.0$", "", identity) for identity in distinct.tolist()])[index]
