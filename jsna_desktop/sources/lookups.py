"""Lookups: tables whose rows place small areas in larger ones, and nothing else."""

import re

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.areas import AreaColumns
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Lookup, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import Table, read_table

_IGNORED = re.compile(r"(fid|objectid|globalid|id|chgind|.*nmw|.*_welsh|urban_rural_flag)", re.IGNORECASE)

# The names of the rural-urban classes of 2011, which ONS heads like no other names.
_CLASS_NAME = re.compile(r"ruc(\d\d)", re.IGNORECASE)


def recognise(peek: Peek) -> Recognised | None:
    """A table with two or more columns of codes, and no column that is anything but codes and names."""
    sheet = peek.sheet
    if sheet is None:
        return None
    area = lookup_columns(sheet)
    if area is None or len({h.geography for h in area.codes}) < 2:
        return None
    named = {h.text for h in (*area.codes, *area.names)}
    others = [h for h in sheet.headings if h and h not in named and not _IGNORED.fullmatch(h)]
    if others and not peek.column_map:
        return None
    main = area.main
    larger = list(dict.fromkeys(_inside(h.geography) for h in area.codes[1:]))
    return Recognised(
        "lookup",
        f"{area_codes.words(main.geography)} to {known.listed(larger)}",
        main.geography,
        f"Lookup: columns {', '.join(h.text for h in area.codes)}",
    )


def lookup_columns(sheet: Sheet) -> AreaColumns | None:
    """Area columns by their headings, and, for the rest, by the codes under them."""
    found = areas.area_columns(sheet.headings)
    codes = list(found.codes) if found else []
    names = list(found.names) if found else []
    taken = {h.text for h in (*codes, *names)}
    for place, text in enumerate(sheet.headings):
        sample = np.array([row[place] for row in sheet.rows if place < len(row) and row[place]], dtype=np.str_)
        if text in taken or not text or not len(sample):
            continue
        if class_name := _CLASS_NAME.fullmatch(text):
            names.append(Heading(text, "ruc", "name", 2000 + int(class_name[1])))
            continue
        level = area_codes.main_level(sample, 0.8)
        if level:
            codes.append(Heading(text, level, "code"))
    codes.sort(key=lambda h: areas.rank(h) if h.level else len(area_codes.ORDER))
    return AreaColumns(tuple(codes), tuple(names)) if codes else None


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Every level as two columns, `district_code`, `district_name` …; a blank cell (Wales has no region) stays so."""
    sheet = peek.sheet
    assert sheet is not None
    area = lookup_columns(sheet)
    assert area is not None
    table = read_table(peek, text=sheet.headings)
    drop_repeats(table, area.main.text, [h.text for h in area.codes])
    codes, geography = areas.checked_codes(table, area.main, geography=options.geography)
    columns, lookups = areas.districts(table, area)
    if not lookups:
        raise FileProblem("the columns of larger areas are blank", where=peek.where, todo="Choose another lookup")
    names = areas.names_of(table, area, area.main)
    return Reading(
        known.describe(
            peek,
            id=f"lookup.{geography}",
            title=f"{area_codes.words(geography)} to {found.title.partition(' to ')[2]}",
            kind="lookup",
            geography=geography,
            period=_period(area, lookups),
            publisher=known.ONS_GEOGRAPHY if area_codes.well_formed(codes).all() else known.LOCAL,
            reason=f"{found.reason}: {known.counted(len(codes), 'area')}",
            codes=codes,
            problems=table.problems,
        ),
        codes,
        columns,
        names,
        lookups=tuple(lookups),
    )


def drop_repeats(table: Table, column: str, columns: list[str]) -> None:
    """Leave out rows that repeat another in every code column; they say nothing new."""
    repeated = table.frame.duplicated(columns).to_numpy()
    if repeated.any():
        table.problem("a row repeats an earlier one; left out", np.flatnonzero(repeated))
        table.keep(~repeated)


def _inside(geography: str) -> str:
    """`district` → `local authority`, in a sentence; `msoa2021` keeps its capitals."""
    words = area_codes.words(geography)
    return words.lower() if words[1:].islower() else words


def _period(area: AreaColumns, lookups: list[Lookup]) -> str:
    years = [h.vintage for h in area.codes[1:] if h.vintage]
    return str(max(years)) if years and lookups else ""
