"""People: who lives here by age and sex."""

from jsna_desktop.packs.charts import pyramid
from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections.content import Content
from jsna_desktop.packs.wording import ABSENT, percent, whole

MARKUP = r"""
#heading(level: 1)[People]
#let beside = {
  if d.text != "" { say[#d.text] }
  if d.ages.len() > 0 [
    #heading(level: 2, outlined: false)[Broad age groups]
    #let compared = d.comparator != ""
    #table(columns: (1fr,) + (auto,) * if compared { 3 } else { 2 },
      align: (left,) + (right,) * if compared { 3 } else { 2 },
      table.header([Age], [Residents], [Share], ..if compared { ([#d.comparator],) }),
      ..d.ages.flatten().map(one => [#one]))
  ]
}
#if "pyramid" in d.drawings {
  grid(columns: (d.drawings.pyramid.width * 1mm, 1fr), column-gutter: 8mm,
    block(breakable: false)[#drawing(d.drawings.pyramid)[Residents by five-year age band#if d.by_sex [ and sex],
       #d.period, as shares of all residents.]
     #if d.outline != "" { key((dash(ink, 1pt), [#d.outline])) }],
    beside)
} else { beside }
"""


def content(findings: Findings) -> Content | None:
    """None without a sentence, age groups or a pyramid."""
    people = findings.pyramid
    if not (findings.people_text or findings.age_groups or people):
        return None
    compared = any(group.comparator_share is not None for group in findings.age_groups)
    district = findings.comparator_names.get("district", "")
    comparator = (people.comparator if people else "") or district or "Comparator"
    ages = []
    for group in findings.age_groups:
        cells = [group.age, whole(group.residents), percent(group.share)]
        if compared:
            other = group.comparator_share
            cells.append(ABSENT if other is None else percent(other))
        ages.append(cells)
    data = {
        "text": findings.people_text,
        "ages": ages,
        "comparator": comparator if compared else "",
    }
    if people is None:
        return Content(data)
    by_sex = people.male is not None and people.female is not None
    has_outline = (people.comparator_male if by_sex else people.comparator_persons) is not None
    data |= {
        "by_sex": by_sex,
        "period": people.period,
        "outline": people.comparator if has_outline else "",
    }
    return Content(data, {"pyramid": pyramid(people, findings.locality)})
