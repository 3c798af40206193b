"""Getting to services: journeys to the nearest of each type, by deprivation, and where they are long."""

from typing import Any

import numpy as np

from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.journey_map import COLOURS, classes, journey_map
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.services_page import ServiceLine, ServicesPage
from jsna_desktop.packs.sheet import axis_range, not_given
from jsna_desktop.packs.wording import ABSENT, percent

MARKUP = r"""
#pagebreak(weak: true)
#heading(level: 1)[Getting to services]
#say[#d.sentence]
#let wide = 46mm
// Bar, whisker and mark: drawn only, for their numbers are in the cells beside them.
#let journey(one) = if one == none [] else { pdf.artifact(box(width: wide, height: 8pt, {
  let x(at) = wide * at
  for tick in d.ticks { place(left + horizon, dx: x(tick.at), line(angle: 90deg, length: 19pt, stroke: 0.4pt + hair)) }
  place(left + horizon, rect(width: x(one.mean), height: 7pt, fill: blue, stroke: none))
  place(left + horizon, dx: x(one.mean), line(length: x(one.most - one.mean), stroke: 1pt + blue))
  place(left + horizon, dx: x(one.most), line(angle: 90deg, length: 6pt, stroke: 1pt + blue))
  if one.district != none {
    place(left + horizon, dx: x(one.district), line(angle: 90deg, length: 11pt, stroke: 3pt + white))
    place(left + horizon, dx: x(one.district), line(angle: 90deg, length: 11pt, stroke: 1.8pt + orange))
  }
})) }
#if d.lines.len() > 0 {
  let against = d.district != ""
  let count = 4 + int(against) + int(d.edge)
  table(
    columns: (1fr, wide + 12pt) + (auto,) * (count - 1),
    align: (x, _) => if x < 2 { left + horizon } else { right + horizon },
    inset: (x: 4pt, y: 4.4pt),
    fill: (_, y) => if y == 0 { blue },
    stroke: (_, y) => if y > 0 { (bottom: 0.4pt + rgb("#dde3e8")) },
    table.header(..([Service], {
        d.axis
        linebreak()
        set text(7pt, weight: 400)
        pdf.artifact(box(width: wide, height: 6pt, for tick in d.ticks {
          place(left + horizon, dx: wide * tick.at - 5mm, box(width: 10mm, align(
            if tick.at == 0 { left } else if tick.at == 1 { right } else { center },
            pad(left: if tick.at == 0 { 5mm } else { 0mm }, right: if tick.at == 1 { 5mm } else { 0mm }, tick.said))))
        }))
      }, [Mean], [9 in 10#linebreak()within], [Within#linebreak()#d.usual],
      ..if d.edge { ([Edge, may#linebreak()be nearer],) },
      ..if against { ([Mean of#linebreak()#d.district],) }).map(one => table.cell(align: bottom, one))),
    ..for one in d.lines {
      ([#one.name], journey(one.drawn), [*#one.mean*], [#one.most], [#one.within],
       ..if d.edge { ([#one.edge],) },
       ..if against { ([#one.district],) })
    })
  key(
    (box(baseline: 8%, pdf.artifact(rect(width: 14pt, height: 6pt, fill: blue, stroke: none))), [mean]),
    (dash(blue, 1pt), [9 in 10 residents within]),
    ..if against { (
      (box(baseline: 12%, width: 5pt, pdf.artifact(rect(width: 1.8pt, height: 9pt, fill: orange, stroke: none))),
      [mean of #d.district]),) })
}
#let fifths = if d.fifths.len() > 0 [
  #heading(level: 2, outlined: false)[By deprivation: mean, #d.unit]
  #table(columns: (auto,) + (1fr,) * d.few.len(), align: (x, y) => (if x == 0 { left } else { right }) + bottom,
    inset: (x: 4pt, y: 4.6pt),
    table.header([Fifth], ..d.few.map(one => [#one])),
    ..d.fifths.flatten().map(one => [#one]))
  #block(above: 8pt, text(8.6pt, fill: muted)[Fifths of the residents of #d.place by deprivation of their small area.])
]
#let notes = for one in d.notes { block(above: 9pt, below: 0pt, text(8.6pt, fill: muted)[#one]) }
#if "map" in d.drawings {
  v(2mm)
  block(breakable: false, grid(columns: (d.drawings.map.width * 1mm, 1fr), column-gutter: 7mm,
    [#drawing(d.drawings.map)[Mean #d.journey to the nearest #d.map.service by small area, #d.unit.
       Dots: #d.map.services.]
     #key(..d.map.classes.map(one => (chip(one.colour), [#one.label])))
     #if d.map.without [#key((chip("#ffffff"), [hatched: no value]))]],
    { { set block(above: 0pt); fifths }
      notes }))
} else {
  fifths
  notes
}
"""


def content(findings: Findings) -> Content | None:
    """None where no services are known."""
    page = findings.services
    if page is None:
        return None
    ends = np.array([not_given(part) for one in page.lines for part in (one.mean, one.most, one.district)] + [0.0])
    _, high, step = axis_range(ends, 3)
    data: dict[str, Any] = {
        "sentence": page.sentence,
        "place": findings.locality,
        "unit": page.unit,
        "journey": "drive" if page.by_road else "straight line",
        "axis": "Minutes by car" if page.by_road else "Kilometres, straight line",
        "usual": f"{page.usual:g} {'min' if page.unit == 'minutes' else page.unit}",
        "district": page.district,
        "edge": any(one.edge for one in page.lines),
        "ticks": [{"at": at / high, "said": f"{at:g}"} for at in np.arange(0, high + step / 2, step).tolist()],
        "lines": [_line(one, high) for one in page.lines],
        "few": list(page.few),
        "fifths": [[name, *(_number(value) for value in values)] for name, values in page.fifths],
        "notes": list(page.notes),
    }
    return Content(data | _map(page), _drawings(findings, page))


def _line(one: ServiceLine, high: float) -> dict[str, Any]:
    drawn = None
    if one.mean is not None and one.most is not None:
        district = None if one.district is None else one.district / high
        drawn = {"mean": one.mean / high, "most": max(one.most, one.mean) / high, "district": district}
    return {
        "name": one.name,
        "drawn": drawn,
        "mean": ("withheld" if "withheld" in one.reason else "not given") if one.mean is None else _number(one.mean),
        "most": _number(one.most),
        "within": ABSENT if one.within is None else percent(one.within, 0),
        "edge": ABSENT if one.edge is None or one.mean is None else percent(one.edge, 0),
        "district": _number(one.district),
    }


def _map(page: ServicesPage) -> dict[str, Any]:
    if page.map is None:
        return {}
    of, names = classes(page.map.values)
    return {
        "map": {
            "service": page.map.service,
            "services": page.map.services.lower(),
            "classes": [{"colour": c, "label": name} for c, name in zip(COLOURS, names, strict=True)],
            "without": bool((of < 0).any()),
        }
    }


def _drawings(findings: Findings, page: ServicesPage) -> dict[str, Any]:
    if page.map is None:
        return {}
    around = None if findings.around is None else findings.around.polygons
    unit = "minutes by car" if page.by_road else "kilometres in a straight line"
    return {"map": journey_map(page.map, findings.outline, around, findings.locality, unit)}


def _number(value: float | None) -> str:
    return ABSENT if value is None else f"{value:,.1f}"
