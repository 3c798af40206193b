"""The sections of a pack, in the order of its pages.

Each module has `MARKUP`, typst that reads its data as `d`, and `content(findings)`, which gives that
data or None where the findings have nothing for it. A new section is a module and a line here.
"""

from jsna_desktop.packs.sections import (
    contents,
    cover,
    deprivation,
    inequality,
    life_expectancy,
    local_strengths,
    method,
    numbers,
    people,
    profile,
    services,
)

SECTIONS = (
    ("cover", cover),
    ("contents", contents),
    ("people", people),
    ("deprivation", deprivation),
    ("life_expectancy", life_expectancy),
    ("inequality", inequality),
    ("profile", profile),
    ("services", services),
    ("local_strengths", local_strengths),
    ("method", method),
    ("numbers", numbers),
)
