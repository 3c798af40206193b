"""Deprivation and the social gradient: deciles, the district's map, the summary measures."""

from jsna_desktop.packs.charts import decile_bars
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.maps import district_map
from jsna_desktop.packs.sections.content import Content, decile_key
from jsna_desktop.packs.spine import comparator
from jsna_desktop.packs.wording import value_text

MARKUP = r"""
#heading(level: 1)[Deprivation and the social gradient]
#if d.text != "" { say[#d.text] }
#if "bars" in d.drawings {
  block(breakable: false, below: 6mm)[
    #drawing(d.drawings.bars)[Residents by national decile of deprivation (#d.edition).]
    #if d.bars_comparator != "" { key((dash(orange, 2pt), [#d.bars_comparator])) }
  ]
}
#let measures = if d.measures.len() > 0 [
  #heading(level: 2, outlined: false)[Summary measures]
  #table(columns: (1fr,) + (auto,) * (d.columns.len() + 1), align: (left,) + (right,) * (d.columns.len() + 1),
    inset: (x: 3.5pt, y: 4.2pt),
    table.header([Measure], [Here], ..d.columns.map(one => [#one])),
    ..d.measures.flatten().map(one => [#one]))
]
#if "map" in d.drawings {
  let map = [
    #drawing(d.drawings.map)[National deprivation decile by small area across #d.district, with #d.place
      outlined in black.]
    #decile_key(d.key.deciles)
    #if d.key.without [#key((chip("#ffffff"), [hatched: no value]))]]
  if measures == none { map } else {
    block(breakable: false, grid(columns: (d.drawings.map.width * 1mm, 1fr), column-gutter: 6mm,
      map, { set block(above: 0pt); measures }))
  }
} else { measures }
"""

# Measures worth a place beside the map, in this order; the rest are in the profile table.
MEASURES = (
    "average_score",
    "average_rank",
    "share_residents_decile1",
    "share_residents_quintile1",
    "share_lsoas_decile1",
    "share_lsoas_quintile1",
    "extent",
    "local_concentration",
)
MOST_COLUMNS = 2


def content(findings: Findings) -> Content | None:
    """None without a sentence, deciles, a map or any measure of the index."""
    rows = _measures(findings)
    around = findings.around
    has_map = around is not None and len(around.polygons) > 0
    if not (findings.deprivation_text or findings.deciles or has_map or rows):
        return None
    keys = _columns(findings, rows)
    data = {
        "text": findings.deprivation_text,
        "place": findings.locality,
        "district": findings.around_name or "the district",
        "columns": [findings.comparator_names.get(key, key.capitalize()) for key in keys],
        "measures": [
            [row["name"], value_text(row["value"], row)]
            + [value_text((comparator(row, key) or {"value": None})["value"], row) for key in keys]
            for row in rows
        ],
    }
    drawings = {}
    if findings.deciles is not None:
        drawings["bars"] = decile_bars(findings.deciles, findings.locality)
        has_line = findings.deciles.comparator_shares is not None
        data |= {
            "edition": findings.deciles.edition,
            "bars_comparator": findings.deciles.comparator if has_line else "",
        }
    if around is not None and has_map:
        drawings["map"] = district_map(
            around, findings.outline, findings.locality, findings.around_name or "the district"
        )
        data["key"] = decile_key(around)
    return Content(data, drawings)


def _columns(findings: Findings, rows: list[dict]) -> list[str]:
    """The nearest and the widest comparator that have a value of the index: more do not fit beside a map."""
    known = {c["level"] for row in rows for c in row["comparators"] if c["value"] is not None}
    keys = [key for key in findings.comparators if key in known]
    return keys if len(keys) <= MOST_COLUMNS else [keys[0], keys[-1]]


def _measures(findings: Findings) -> list[dict]:
    """Rows of the newest index among `MEASURES` that have a value, one a measure."""
    families = {str(row["indicator"]).split(".")[0] for row in findings.rows}
    newest = max((family for family in families if family.startswith("imd")), default=None)
    wanted = {f"{newest}.{measure}": order for order, measure in enumerate(MEASURES)}
    rows = {row["indicator"]: row for row in reversed(findings.rows) if row["value"] is not None}
    return [rows[name] for name in sorted(wanted.keys() & rows.keys(), key=lambda name: wanted[name])]
