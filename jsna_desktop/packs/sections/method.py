"""Method and sources: how the numbers were made, from what, and under which licence."""

from datetime import datetime

from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections.content import Content

MARKUP = r"""
#heading(level: 1)[Data quality and method]
#for (name, words) in d.methods [
  #heading(level: 2, outlined: false)[#name]
  #words
]
#if d.left_out.len() > 0 [
  #heading(level: 2, outlined: false)[What is not in this profile]
  #list(..d.left_out.map(one => [#one]))
]
#if d.sources.len() > 0 [
  #heading(level: 2, outlined: false)[Sources]
  #table(columns: (1fr, auto, auto, auto), table.header([Data set], [Period], [Publisher], [Fit]),
    ..d.sources.flatten().map(one => [#one]))
]
#block(above: 10pt, {
  set text(8.5pt, fill: muted)
  for line in d.attribution [#line#parbreak()]
  [Made on #d.made for #d.publisher.]
})
"""


def content(findings: Findings) -> Content:
    """Always given: a pack says when and for whom it was made."""
    made = datetime.fromisoformat(findings.made)
    return Content(
        {
            "methods": [list(pair) for pair in findings.methods],
            "left_out": list(findings.left_out),
            "sources": [[source.title, source.period, source.publisher, source.fit] for source in findings.sources],
            "attribution": list(findings.attribution),
            "made": f"{made.day} {made:%B %Y}",
            "publisher": findings.publisher,
        }
    )
