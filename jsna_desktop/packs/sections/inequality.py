"""Inequality: the clearest gradients over the fifths of the district, drawn and as a table with both indices."""

from typing import Any

from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.gradient_page import Gradient, Pair
from jsna_desktop.packs.life_page import SEXES
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.wording import ABSENT

MARKUP = r"""
#pagebreak(weak: true)
#heading(level: 1)[Inequality]
#if d.finding != "" { say[#d.finding] }
#if d.charts.len() > 0 {
  let figures = d.charts.map(one => block(breakable: false, width: 100%,
    drawing(d.drawings.at(one.key), [#one.caption])))
  grid(columns: (1fr, 1fr), column-gutter: 6mm, row-gutter: 4mm, align: top, ..figures)
  v(2mm)
}
#heading(level: 2, outlined: false)[Both indices]
#set text(8.6pt)
#{
  set par(leading: 0.45em)
  table(
    columns: (1fr,) + (auto,) * 7, align: (x, y) => if x == 0 { left + horizon } else { right + horizon },
    inset: (x: 3.6pt, y: 3.6pt), fill: none,
    stroke: (x, y) => if y > 0 { (bottom: 0.4pt + rgb("#dde3e8")) },
    table.header(..([Indicator and place], [Most], [2nd], [3rd], [4th], [Least], [Slope index], [Relative index]).map(
      one => table.cell(fill: blue, align: bottom, one))),
    ..for group in d.groups {
      (table.header(level: 2, repeat: false, table.cell(colspan: 8, fill: pale, stroke: none, align: left,
        text(9pt, weight: 700, fill: blue)[#group.name] + if group.about != "" {
          text(8pt, fill: muted)[ · #group.about] })),)
      for row in group.rows {
        ([#row.where], ..row.values.map(one => [#one]),
         [*#row.slope*#if row.slope_limits != "" [ #text(7.6pt, fill: muted)[#row.slope_limits]]],
         [*#row.relative*#if row.relative_limits != "" [ #text(7.6pt, fill: muted)[#row.relative_limits]]])
      }
    })
}
#block(above: 6pt, text(8.2pt, fill: muted)[
  Values of the fifths, from the most to the least deprived. Slope index: the least deprived end of the fitted line less
  the most deprived. Relative index: the least deprived end as a multiple of the most deprived; 1 is no gradient.
  Beside each its 95% interval.])
#for one in d.life { block(above: 7pt, below: 0pt)[#one] }
#for one in d.notes { block(above: 7pt, below: 0pt, text(fill: muted)[#one]) }
"""


def content(findings: Findings) -> Content | None:
    """None where no gradient could be made."""
    page = findings.gradients
    if page is None:
        return None
    drawings, charts = {}, []
    for at, pair in enumerate(page.shown):
        drawings[f"gradient_{at}"] = pair.around.drawing
        charts.append({"key": f"gradient_{at}", "caption": f"{pair.around.sentence} {_about(pair.around)}"})
    data: dict[str, Any] = {
        "finding": page.finding,
        "charts": charts,
        "groups": [_group(pair) for pair in (*page.life, *page.shown)],
        "life": [pair.around.sentence for pair in page.life],
        "notes": _notes((*page.life, *page.shown)),
    }
    return Content(data, drawings)


def _about(one: Gradient) -> str:
    """Where, when and in what: after the sentence under a chart."""
    unit = "per cent" if one.row["unit"] == "%" else one.row["unit"]
    parts = [unit, f"fifths of {one.where}", one.row["period"].replace("-", "–")]
    said = ", ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}."


def _group(pair: Pair) -> dict[str, Any]:
    row = pair.around.row
    sex = SEXES[row["sex"]].lower() if row["sex"] in ("male", "female") else ""
    about = [row["unit"], sex, row["period"].replace("-", "–")]
    if pair.own is not None and pair.own.row["period"] != row["period"]:
        about[-1] += f" ({pair.own.where}: {pair.own.row['period'].replace('-', '–')})"
    return {
        "name": row["name"],
        "about": " · ".join(part for part in about if part),
        "rows": [_row(one) for one in (pair.around, pair.own) if one is not None],
    }


def _row(one: Gradient) -> dict[str, Any]:
    row = one.row
    values = [group["value"] for group in row["groups"]]
    places = 0 if max((abs(value) for value in values if value is not None), default=0.0) >= 1000 else 1
    # From sensitive data the indices have one decimal; more would be none of theirs.
    rounded = row["fitted"] is None
    return {
        "where": one.where,
        "values": ["withheld" if value is None else _number(value, places) for value in values],
        "slope": "withheld" if row["sii"] is None else _number(row["sii"], places),
        "slope_limits": _limits(row["sii_lower"], row["sii_upper"], places),
        "relative": ABSENT if row["rii"] is None else _number(row["rii"], 1 if rounded else 2),
        "relative_limits": _limits(row["rii_lower"], row["rii_upper"], 1 if rounded else 2),
    }


def _limits(low: float | None, high: float | None, places: int) -> str:
    return "" if low is None or high is None else f"{_number(low, places)} to {_number(high, places)}"


def _number(value: float, places: int) -> str:
    return f"{value:,.{places}f}".replace("-", "−")


def _notes(pairs: tuple[Pair, ...]) -> list[str]:
    """What is said of the values: why one is not given, or that it is rounded; each once."""
    said: dict[str, None] = {}
    for pair in pairs:
        for one in (pair.around, pair.own):
            if one is not None and one.row["note"]:
                said[f"{one.row['name']}, {one.where}: {one.row['note']}."] = None
    return list(said)
