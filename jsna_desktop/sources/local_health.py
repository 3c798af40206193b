"""OHID's Local Health: Fingertips' rows for wards and MSOAs, in downloads that give no number to an indicator.

Layout of `LocalHealth_All_indicators_MSOA_data` and `…_Ward_data`: Indicator Name, Parent Name, Area Code, Area Name,
Sex, Age, Time period, Value, limits, Count, Denominator. With an Indicator ID the file is Fingertips' own.
"""

import numpy as np

from jsna_desktop.sources import known, published_rows
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised

_MUST = {"indicatorname", "areacode", "value", "timeperiod"}
# One of these beside them: a council's own table called so would lack them all.
_FURTHER = {"parentname", "parentcode", "areatype", "lowerci950limit", "valuenote", "recenttrend"}


def recognise(peek: Peek) -> Recognised | None:
    """Indicator Name, Area Code, Time period and Value, with Fingertips' further columns but no Indicator ID."""
    sheet = peek.sheet
    if sheet is None:
        return None
    own = set(published_rows.own_headings(sheet.headings))
    if not own >= _MUST or "indicatorid" in own or not own & _FURTHER:
        return None
    return Recognised(
        "local_health",
        "Local Health indicators",
        "",
        "Local Health data download: columns Indicator Name, Area Code, Time period, Value, without an Indicator ID",
    )


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """As Fingertips' reader; ids are `localhealth.` and the indicator's name in short."""
    sheet = peek.sheet
    assert sheet is not None
    own = published_rows.own_headings(sheet.headings)
    table = published_rows.table_of(peek, own)
    index, distinct = table.factor(own["indicatorname"])
    ids = np.array([f"localhealth.{slug(name)}" for name in distinct.tolist()])[index]
    rows = published_rows.read_rows(table, own, ids, options)
    return published_rows.reading(
        peek,
        table,
        rows,
        id=f"localhealth.{rows.geography}",
        title=f"Local Health: {known.counted(len({i.id for i in rows.indicators}), 'indicator')}",
        reason=f"{found.reason}: {known.counted(len(rows.codes), 'area')}",
    )
