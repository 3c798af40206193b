"""The profile: every indicator with its interval, its comparators and a verdict in words."""

from typing import Any

from jsna_desktop.packs import spine
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.wording import about_text, interval_text, value_text

MARKUP = r"""
#let marks = (
  better: polygon(fill: teal, stroke: 0.5pt + ink, (0pt, 5.6pt), (6.4pt, 5.6pt), (3.2pt, 0pt)),
  worse: polygon(fill: wine, stroke: 0.5pt + ink, (0pt, 0pt), (6.4pt, 0pt), (3.2pt, 5.6pt)),
  similar: circle(radius: 2.7pt, fill: white, stroke: 0.9pt + ink),
  higher: polygon(fill: blue, stroke: 0.5pt + ink, (3pt, 0pt), (6pt, 3pt), (3pt, 6pt), (0pt, 3pt)),
  lower: polygon(fill: blue, stroke: 0.5pt + ink, (3pt, 0pt), (6pt, 3pt), (3pt, 6pt), (0pt, 3pt)),
  other: circle(radius: 1.8pt, fill: muted, stroke: none),
)
#let mark(verdict) = marks.at(verdict, default: marks.other)
#let sign(verdict) = box(baseline: 4%, pdf.artifact(mark(verdict)))

// The interval against the comparator: drawn only, for its words are in the cells beside it.
#let wide = d.chart_width * 1mm
// The comparator's line is as tall as a row of two lines, so that those of neighbours join.
#let interval(one) = if one == none [] else { pdf.artifact(box(width: wide, height: 13pt, {
  let x(at) = wide * at
  place(left + horizon, dx: x(0.5), line(angle: 90deg, length: 26pt, stroke: 0.6pt + muted))
  place(left + horizon, dx: x(one.lower), line(length: x(one.upper - one.lower), stroke: 1.3pt + ink))
  if one.off_low { place(left + horizon, polygon(fill: ink, (0pt, 2.2pt), (3.4pt, 0pt), (3.4pt, 4.4pt))) }
  if one.off_high { place(right + horizon, polygon(fill: ink, (0pt, 0pt), (3.4pt, 2.2pt), (0pt, 4.4pt))) }
  place(left + horizon, dx: x(one.value) - 3.2pt, mark(one.verdict))
})) }
#let noted(notes) = if notes.len() > 0 { super(typographic: false, notes.map(str).join(", ")) }

#heading(level: 1)[#d.heading]
#if d.text != "" { block(sticky: true, par[#d.text]) }
#let count = d.columns.len()
#let total = 3 + count + int(d.chart)
#{
  set text(number-width: "tabular")
  set par(leading: 0.45em)
  table(
    columns: (1fr, auto, auto) + (auto,) * count + if d.chart { (wide + 10pt,) } else { () },
    align: (x, y) => if x == 0 { left + horizon } else if x == total - 1 and d.chart { center + horizon }
      else { right + horizon },
    inset: (x: 4pt, y: 4.4pt),
    fill: none,
    stroke: (x, y) => if y > 0 { (bottom: 0.4pt + rgb("#dde3e8")) },
    table.header(
      ..([Indicator], [Here], [95% interval], ..d.columns.map(lines => lines.map(one => [#one]).join(linebreak())))
        .map(one => table.cell(fill: blue, align: bottom, one)),
      ..if d.chart { (table.cell(fill: blue, align: center + bottom, {
        [Against #d.chart_against]
        linebreak()
        set text(7pt, weight: 400)
        grid(columns: (1fr, auto, 1fr), align: (left, center, right), [#d.low], [same], [#d.high])
      }),) }),
    ..for group in d.groups {
      (table.header(level: 2, repeat: true, table.cell(colspan: total, fill: pale, stroke: none, align: left,
        text(9pt, weight: 700, fill: blue)[#group.name]
          + if group.about != "" { text(8pt, fill: muted)[ · #group.about] })),)
      for row in group.rows {
        ([#row.name#noted(row.notes)#if row.about != "" [\ #text(7.6pt, fill: muted)[#row.about]]#if row.trend != "" [
           \ #text(7.6pt, fill: muted)[#row.trend]]],
         [*#row.value*],
         [#row.interval],
         ..row.comparators.map(one => [#one.value
           #if one.verdict != "" [\ #text(7.6pt, fill: muted)[#sign(one.verdict)~#one.verdict]]]))
        if d.chart { (interval(row.drawn),) }
      }
    })
}
#if d.verdicts.len() > 0 { key(..d.verdicts.map(one => (sign(one.verdict), [#one.words]))) }
#if d.verdicts.len() > 0 [#block(above: 7pt, par(text(8.4pt, fill: muted)[
  A verdict is given only where the 95% interval can be compared;
  better, worse, higher and lower mean that it leaves out the other value.
  #if d.chart [The line in the last column is the interval as a multiple of #(d.chart_against).
  An arrow: it runs off the scale.]]))]
#if d.notes.len() > 0 [
  #heading(level: 2, outlined: false)[Notes to the table]
  #set text(8.8pt)
  #enum(spacing: 6pt, ..d.notes.map(one => [#one]))
]
"""

CHART_WIDTH = {1: 42.0, 2: 32.0, 3: 26.0}  # mm, by the number of comparators' columns
_LONGEST_LINE = 12  # letters of a comparator’s heading
KEY = (
    ("better", "better"),
    ("worse", "worse"),
    ("similar", "similar: no clear difference"),
    ("higher", "higher or lower, where neither is better"),
)
COUNTED = (
    ("better", "clearly better"),
    ("worse", "clearly worse"),
    ("higher", "clearly higher"),
    ("lower", "clearly lower"),
    ("similar", "not clearly different"),
)


def content(findings: Findings) -> Content | None:
    """None without rows. A withheld value is the word *withheld* and a numbered note with the reason."""
    if not findings.rows:
        return None
    keys = list(findings.comparators)
    main = keys[-1] if keys else ""
    names = {key: findings.comparator_names.get(key, key.capitalize()) for key in keys}
    ratios = {at: spine.ratio(row, main) for at, row in enumerate(findings.rows)} if main else {}
    known = [one for one in ratios.values() if one is not None]
    scale = spine.axis(known) if known else None
    notes: dict[str, int] = {}
    groups: dict[str, list[dict[str, Any]]] = {}
    for at, row in enumerate(findings.rows):
        one = ratios.get(at)
        drawn = spine.drawn(one, scale) if one is not None and scale is not None else None
        groups.setdefault(row["group"] or "Other", []).append(_row(row, keys, main, drawn, notes))
    data = {
        "heading": f"Profile against {names[main]}" if main else "Profile",
        "verdicts": _verdicts(findings.rows, keys),
        "text": _counts(findings.rows, main, names.get(main, "")),
        "columns": [_lines(names[key]) for key in keys],
        "chart": scale is not None,
        "chart_against": names.get(main, ""),
        "chart_width": CHART_WIDTH.get(len(keys), 26.0),
        "low": scale.low if scale else "",
        "high": scale.high if scale else "",
        "groups": [_group(name, rows) for name, rows in groups.items()],
        "notes": list(notes),
    }
    return Content(data)


def _row(row: dict, keys: list[str], main: str, drawn: dict[str, Any] | None, notes: dict[str, int]) -> dict[str, Any]:
    comparators = []
    for key in keys:
        other = spine.comparator(row, key)
        verdict = other["verdict"] if other else ""
        # Where there is no interval or no other value nothing could be compared: saying so in every cell is noise.
        if other and verdict == "not compared" and (row["lower_ci"] is None or other["value"] is None):
            verdict = ""
        value = value_text(other["value"] if other else None, row)
        comparators.append({"value": value, "verdict": verdict})
    if drawn is not None:
        entry = spine.comparator(row, main)
        drawn["verdict"] = entry["verdict"] if entry else "not compared"
    reasons = [str(row["note"])] if row["note"] else []
    return {
        "name": row["name"],
        "about": about_text(row),
        "trend": _trend(row),
        "value": "withheld" if row["value"] is None else value_text(row["value"], row),
        "interval": interval_text(row),
        "comparators": comparators,
        "drawn": drawn,
        "notes": [notes.setdefault(reason, len(notes) + 1) for reason in reasons],
    }


def _trend(row: dict) -> str:
    """The recent trend where it is clear; "" where it is not, or was not tested."""
    said = row.get("trend") or ""
    return f"{said} over five years" if said not in ("", "not tested", "no clear change") else ""


def _lines(name: str) -> list[str]:
    """A heading in one line or, where it is long, in two about alike: indicators need the width."""
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    if len(name) <= _LONGEST_LINE or not spaces:
        return [name]
    at = min(spaces, key=lambda at: abs(2 * at + 1 - len(name)))
    return [name[:at], name[at + 1 :]]


def _verdicts(rows: tuple[dict, ...], keys: list[str]) -> list[dict[str, str]]:
    """The entries of the key to the verdicts that the table holds."""
    found = {entry["verdict"] for row in rows for key in keys if (entry := spine.comparator(row, key))}
    if "lower" in found:
        found.add("higher")  # one mark for both
    return [{"verdict": verdict, "words": words} for verdict, words in KEY if verdict in found]


def _group(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What all rows of a group share (period, unit, sex, age) is said once, beside the group's name."""
    abouts = {row["about"] for row in rows}
    if len(abouts) > 1:
        return {"name": name, "about": "", "rows": rows}
    shared = abouts.pop()
    return {
        "name": name,
        "about": "" if shared in name else shared,
        "rows": [row | {"about": ""} for row in rows],
    }


def _counts(rows: tuple[dict, ...], main: str, name: str) -> str:
    """How many rows differ clearly from the main comparator, as one sentence; "" where none is compared."""
    found = [entry["verdict"] for row in rows if (entry := spine.comparator(row, main))]
    parts = [f"{found.count(verdict)} {words}" for verdict, words in COUNTED if verdict in found]
    compared = sum(found.count(verdict) for verdict, _ in COUNTED)
    if not compared:
        return ""
    said = f"Of {compared} indicators that can be compared with {name}: {'; '.join(parts)}."
    if compared < 20:
        return said
    clear = sum(row.get("clear_after_many") is True for row in rows)
    said += f" Of so many, about {compared / 20:.0f} would differ by chance alone"
    return f"{said}; {clear} stay clear when all are judged together (Benjamini and Hochberg)."
