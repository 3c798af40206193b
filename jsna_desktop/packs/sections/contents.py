"""Contents, how to read the profile, and what the area is."""

from jsna_desktop.packs.findings import Findings
from jsna_desktop.packs.sections.content import Content

MARKUP = r"""
#if d.new_page { pagebreak(weak: true) } else { v(6mm) }
#show outline.entry: set block(above: 7pt)
#outline(title: [In this profile], depth: 1)
#v(4mm)
#say[*How to read this profile.* Every number is for the people who live in the area, weighted by where
residents live and not by land area. Where a number is a share or a rate, a 95% interval shows how far
chance alone could move it. A difference is called clear only when that interval leaves out the value it
is compared with.#if d.fictional [ *The data are fictional: no real place or person is described.*]]
#if d.definition.len() > 0 {
  block(breakable: d.definition.len() > 16)[
    #heading(level: 2, outlined: false)[Definition of the area]
    #table(columns: (46mm, 1fr), table.header([Item], [Value]), ..d.definition.flatten().map(one => [#one]))
  ]
}
"""


def content(findings: Findings) -> Content:
    """Always given. It starts a page of its own where the cover is filled by a map."""
    return Content(
        {
            "new_page": findings.inside is not None and len(findings.inside.polygons) > 0,
            "fictional": findings.fictional,
            "definition": [list(pair) for pair in findings.definition],
        }
    )
