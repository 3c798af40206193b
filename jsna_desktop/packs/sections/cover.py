"""Cover: whose profile it is, the summary, headline numbers, the map and what stands out."""

import math

from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.maps import locality_map
from jsna_desktop.packs.sections.content import Content, decile_key

MARKUP = r"""
#block(width: 100%, fill: blue, outset: (x: 20mm, top: 24mm), inset: (bottom: 9mm), below: 9mm, above: 0mm, {
  set text(fill: white)
  set par(leading: 0.5em)
  v(-6mm)
  text(10.5pt)[#d.top]
  v(3pt)
  title(text(d.size * 1pt, weight: 700, d.place))
  v(1pt)
  text(12.5pt)[#d.subtitle]
})
#if d.lede != "" [
  #heading(level: 1)[Summary]
  #block(below: 6mm, par(text(12pt)[#d.lede]))
]
#if d.figures.len() > 0 {
  grid(columns: (1fr,) * calc.min(4, d.figures.len()), column-gutter: 7mm, row-gutter: 5mm,
    ..d.figures.map(one => block(width: 100%, stroke: (top: 2pt + blue), inset: (top: 7pt), {
      set par(leading: 0.5em, spacing: 7.5pt)
      par(text(8.6pt, fill: muted)[#one.label])
      par(text(20pt, weight: 700, fill: blue)[#one.value])
      par(text(8.6pt)[#one.note])
    })))
  v(4mm)
}
#let stands = if d.standout.len() > 0 [
  #heading(level: 2, outlined: false)[What stands out]
  #set par(leading: 0.6em)
  #enum(spacing: 8pt, ..d.standout.map(one => [#one]))
]
#if "map" in d.drawings {
  grid(columns: (d.drawings.map.width * 1mm, 1fr), column-gutter: 8mm,
    [#drawing(d.drawings.map)[Deprivation (#d.edition) by small area in #d.place. Darker areas are more
      deprived. The line is the edge of the area.]
     #decile_key(d.key.deciles)
     #if d.key.without [#key((chip("#ffffff"), [hatched: no value]))]],
    { set block(above: 0pt); stands })
} else { stands }
"""

TITLE_SIZES = ((26, 31), (44, 25), (90, 19))  # up to so many characters, points
SMALLEST_TITLE = 15
EDITION = "national deciles"
LOWEST_MAP, HIGHEST_MAP = 66.0, 128.0  # mm


def content(findings: Findings) -> Content:
    """Always given: a pack has a cover."""
    size = next((points for most, points in TITLE_SIZES if len(findings.locality) <= most), SMALLEST_TITLE)
    data = {
        "top": f"{findings.publisher} · Joint Strategic Needs Assessment",
        "subtitle": f"Area profile, {findings.date}" + (" · Fictional data" if findings.fictional else ""),
        "place": findings.locality,
        "size": size,
        "lede": findings.lede,
        "figures": [{"label": f.label, "value": f.value, "note": f.note} for f in findings.figures],
        "standout": list(findings.standout),
        "edition": findings.deciles.edition if findings.deciles else EDITION,
    }
    inside = findings.inside
    if inside is None or not len(inside.polygons):
        return Content(data)
    height = _map_height(findings, size)
    drawing = locality_map(inside, findings.outline, findings.around, findings.locality, height=height)
    return Content(data | {"key": decile_key(inside)}, {"map": drawing})


def _map_height(findings: Findings, title_size: int) -> float:
    """Millimetres that the cover leaves for its map, from how much is written above it."""
    lines = math.ceil(len(findings.lede) / 82)
    title_lines = math.ceil(len(findings.locality) * title_size / 900)
    figure_rows = math.ceil(len(findings.figures) / 4)
    left = 166.0 - 6.0 * lines - title_size * 0.4 * (title_lines - 1) - 26.0 * figure_rows
    return min(max(left, LOWEST_MAP), HIGHEST_MAP)
