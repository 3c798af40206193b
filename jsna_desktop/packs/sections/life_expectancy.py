"""Life expectancy: the place beside its district, and the gap between the district's fifths, its change and causes."""

from typing import Any

from jsna_desktop.packs.drawing import finished
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.life import Group
from jsna_desktop.packs.life_page import HALF, SEXES, WHOSE, Fifths, LifePage
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.sheet import short_period
from jsna_desktop.packs.wording import ABSENT

MARKUP = r"""
#pagebreak(weak: true)
#heading(level: 1)[Life expectancy]
#say[#d.finding]
#let beside(one, two) = block(breakable: false, width: 100%, below: 5mm,
  grid(columns: (1fr, 1fr), column-gutter: 6mm, align: top, ..(one, two).filter(it => it != none)))
#let pair(kind, caption) = {
  let made = d.sexes.filter(one => kind + one.key in d.drawings)
  if made.len() > 0 {
    let figures = made.map(one => drawing(d.drawings.at(kind + one.key), caption(one)))
    beside(figures.first(), figures.at(1, default: none))
  }
}
#pair("beside_", one => [#one.whose at birth, #d.period.])
#if d.rows.len() > 0 {
  block(breakable: false, below: 6mm, {
    table(columns: (1fr,) + (auto,) * (d.header.len() - 1), align: (left,) + (right,) * (d.header.len() - 1),
      table.header(..d.header.map(one => [#one])),
      ..d.rows.flatten().map(one => [#one]))
    for one in d.notes { block(above: 4pt, below: 0pt, text(8.2pt, fill: muted)[#one]) }
  })
}
#if d.district != "" [
  #heading(level: 2, outlined: false)[The gap between the fifths of #d.district]
  #pair("over_", one => [#one.whose at birth over time.])
  #if d.changes.len() > 0 {
    set text(8.2pt, fill: muted)
    grid(columns: (1fr,) * d.changes.len(), column-gutter: 6mm, ..d.changes.map(one => [#one]))
    if d.pandemic { block(above: 5pt)[Hollow marks: periods with 2020 or 2021, years of the pandemic.] }
    v(2mm)
  }
  #pair("parts_", one => [Years that make up the gap, #one.who, #one.period.])
]
"""


def content(findings: Findings) -> Content | None:
    """None where no deaths are known. A place without a value keeps its sentence, and the district's own figures."""
    page = findings.life
    if page is None:
        return None
    fifths = page.fifths
    drawings = {} if fifths is None else dict(fifths.drawings)
    for sex, groups in zip(page.sexes, page.groups, strict=False):
        drawings[f"beside_{sex}"] = _beside(page, sex, groups)
    data: dict[str, Any] = {
        "finding": page.finding,
        "period": short_period(page.period),
        "sexes": [_sex(sex, fifths) for sex in page.sexes],
        "header": ["Place"] + [cell for sex in page.sexes for cell in (SEXES[sex], "95% interval")],
        "rows": _rows(page),
        "notes": _notes(page),
        "district": fifths.district if fifths is not None and fifths.drawings else "",
        "pandemic": fifths is not None and any(any(one.pandemic) for one in fifths.found),
        "changes": [] if fifths is None else _changes(fifths),
    }
    return Content(data, drawings)


def _beside(page: LifePage, sex: str, groups: tuple[Group, ...]):
    """The chart of one sex; all sexes share an axis, so that they can be read against each other."""
    from jsna_desktop.packs.gradient_charts import dots

    every = [group for one in page.groups for group in one]
    chart = dots(groups, HALF, 11.5 + 7.5 * len(groups), axis="Years, with 95% intervals", along_with=every)
    return finished(chart.figure, f"{SEXES[sex]}. {chart.alt}")


def _sex(sex: str, fifths: Fifths | None) -> dict[str, str]:
    period = "" if fifths is None else short_period(fifths.found[0].period)
    return {"key": sex, "who": SEXES[sex].lower(), "whose": WHOSE[sex], "period": period}


def _rows(page: LifePage) -> list[list[str]]:
    if not page.groups:
        return []
    return [
        [_name(page, at)] + [cell for groups in page.groups for cell in _cells(groups[at])]
        for at in range(len(page.groups[0]))
    ]


def _name(page: LifePage, at: int) -> str:
    """What a row is called: the fifths with the district that they are of."""
    name = page.groups[0][at].name
    return f"{name} of {page.district}" if 0 < at < len(page.groups[0]) - 1 else name


def _cells(group: Group) -> tuple[str, str]:
    if group.value is None:
        return "not given", ABSENT
    if group.lower is None or group.upper is None:
        return f"{group.value:.1f}", ABSENT
    return f"{group.value:.1f}", f"{group.lower:.1f} to {group.upper:.1f}"


def _notes(page: LifePage) -> list[str]:
    """Why a value is not given, each reason once with the places and sexes it holds for."""
    why: dict[str, list[str]] = {}
    for sex, groups in zip(page.sexes, page.groups, strict=False):
        for group in groups:
            if group.value is None:
                why.setdefault(group.note.removeprefix("not given: "), []).append(f"{group.name}, {SEXES[sex].lower()}")
    return [f"Not given: {'; '.join(held)}: {reason}." for reason, held in why.items()]


def _changes(fifths: Fifths) -> list[str]:
    """The change of each gap, absolute and relative side by side, in the order of its charts."""
    return [f"{SEXES[one.sex]}. {one.change}".replace(" %", "%") for one in fifths.found]
