"""Local strengths: what the community already has, on a map and in a list; beside needs, never as a score."""

from jsna_desktop.packs.asset_map import kinds_of, sign_words, strengths_map
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.sheet import plain
from jsna_desktop.packs.strengths import Sort, Strengths
from jsna_desktop.packs.wording import ABSENT, counted

MARKUP = r"""
#heading(level: 1)[Local strengths]
#let sign = (
  circle: box(baseline: 10%, pdf.artifact(circle(radius: 3pt, fill: orange))),
  diamond: box(baseline: 10%, pdf.artifact(rotate(45deg, rect(width: 5pt, height: 5pt, fill: wine)))),
  pentagon: box(baseline: 10%, pdf.artifact(polygon.regular(size: 7pt, vertices: 5, fill: blue))),
  square: box(baseline: 10%, pdf.artifact(rect(width: 5.5pt, height: 5.5pt, stroke: 0.9pt + ink))),
  triangle: box(baseline: 10%, pdf.artifact(
    polygon.regular(size: 7.5pt, vertices: 3, fill: teal, stroke: 0.5pt + ink))),
  hatched: box(baseline: 12%, pdf.artifact(rect(width: 12pt, height: 8pt, stroke: 0.8pt + wine,
    fill: tiling(size: (4pt, 4pt), line(start: (0pt, 4pt), end: (4pt, 0pt), stroke: 0.7pt + wine))))),
  cross: box(pdf.artifact(text(weight: 700)[×])))
#let sorts = table(columns: (1fr, auto, auto, auto), align: (left, right, right, right), inset: (x: 3.5pt, y: 4.2pt),
  table.header(..([Kind], [Assets], [Per#linebreak()1,000], [Within#linebreak()#d.distance]).map(one =>
    table.cell(align: bottom, one))),
  ..d.sorts.flatten().map(one => [#one]))
#let gaps = if d.gaps.len() > 0 [
  #heading(level: 2, outlined: false)[Where need is high and reach is low]
  #block(below: 6pt, text(8.8pt, fill: muted)[#d.gaps_said])
  #table(columns: (1fr, auto, auto), align: (left, right, right), inset: (x: 3.5pt, y: 4.2pt),
    table.header([Small area], [Further away], [#d.near]),
    ..d.gaps.flatten().map(one => [#one]))
]
#let beside = [
  #sorts
  #block(above: 5pt, text(8.2pt, fill: muted)[#d.reach])
  #gaps
]
#block(breakable: false, {
  say[#d.text #d.about]
  if "map" in d.drawings {
    grid(columns: (d.drawings.map.width * 1mm, 1fr), column-gutter: 6mm,
      [#drawing(d.drawings.map)[Community assets in #d.place, from the register of #d.assets.]
       #key(..d.kinds.map(one => (sign.at(one.sign), [#one.many])))],
      { set block(above: 0pt); beside })
  } else { beside }
})
#if d.listed.len() > 0 [
  #heading(level: 2, outlined: false)[What there is]
  #table(columns: (auto, 1fr, auto, auto), align: (left, left, left, right), inset: (x: 5pt, y: 3.6pt),
    table.header([Kind], [Asset], [Theme], [Checked]),
    ..d.listed.flatten().map(one => [#one]))
  #if d.more != "" { text(8.8pt, fill: muted)[#d.more] }
]
"""

MOST_LISTED, MOST_GAPS = 60, 5
_ABOUT = (
    "Assets are what the community already has: groups, networks, activities, spaces and services. The list is as full "
    "as those who keep it have made it, and says when each entry was last checked."
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def content(findings: Findings) -> Content | None:
    """None where the workspace has no assets."""
    found = findings.strengths
    if found is None:
        return None
    rows = [_row(found.whole, f"All in {found.place}"), *(_row(one) for one in found.sorts if one.assets)]
    if found.around is not None:
        rows.append(_row(found.around, f"All in {found.around_name}"))
    listed = sorted(found.listed, key=lambda one: (one.kind, one.name.casefold()))[:MOST_LISTED]
    more = len(found.listed) - len(listed)
    near = f"{found.metres:,.0f} m" if found.metres < 1000 else f"{found.metres / 1000:g} km"
    data = {
        "text": _tight(found.sentence),
        "about": _ABOUT,
        "place": found.place,
        "assets": counted(len(found.listed), "asset"),
        "distance": near,
        "near": f"Within {near}",
        "sorts": rows,
        "reach": f"Share of residents who live within {near} of one, in a straight line, wherever it lies.",
        "gaps": [[gap.name, f"{gap.beyond:,.0f}", _share(gap.share)] for gap in found.gaps[:MOST_GAPS]],
        "gaps_said": _gaps_said(found),
        "kinds": [{"sign": sign, "many": many} for sign, many in [*map(sign_words, kinds_of(found)), *_hatched(found)]],
        "listed": [
            [(one.kind or "other").capitalize(), one.name, one.theme, _checked(one.checked, stale=one.stale)]
            for one in listed
        ],
        "more": f"And {more:,} more, in the register." if more else "",
    }
    if findings.outline is None:
        return Content(data)
    drawn = strengths_map(found, findings.outline, findings.inside, findings.around)
    return Content(data, {"map": drawn})


def _hatched(found: Strengths) -> list[tuple[str, str]]:
    """The entry of the key for the gaps, where there are any on the map."""
    return [] if found.gap_shapes is None else [("hatched", "need is high and reach is low")]


def _row(one: Sort, name: str = "") -> list[str]:
    density = ABSENT if one.per_1000 is None else plain(one.per_1000)
    return [
        name or one.name.capitalize(),
        f"{one.assets:,}",
        density,
        ABSENT if one.share is None else _share(one.share),
    ]


def _share(share: float) -> str:
    whole = round(100 * share)
    return "under 1%" if 0 < share < 0.01 else f"{min(whole, 99) if share < 1 else 100}%"


def _gaps_said(found: Strengths) -> str:
    more = f" The {MOST_GAPS} with the most residents further away." if len(found.gaps) > MOST_GAPS else ""
    return _tight(f"{found.gaps_said[:1].upper()}{found.gaps_said[1:]}.{more}") if found.gaps else ""


def _checked(checked: str, *, stale: bool) -> str:
    """`Sep 2023`, `2023`, `never`; what is stale says so."""
    if not checked:
        return "never"
    year, *rest = checked.split("-")
    said = f"{_MONTHS[int(rest[0]) - 1]} {year}" if rest else year
    return f"{said}, stale" if stale else said


def _tight(text: str) -> str:
    """Per cents as a page writes them."""
    return text.replace("\u00a0%", "%")
