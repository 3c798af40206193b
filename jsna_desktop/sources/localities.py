"""Localities from files: polygons of any layer, and tables that say which locality each small area belongs to."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem, UsageProblem
from jsna_desktop.sources import areas, exported
from jsna_desktop.sources.areas import AreaColumns
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem
from jsna_desktop.sources.fields import chosen_field, no_such_column
from jsna_desktop.sources.layers import describe_layer, read_layer
from jsna_desktop.sources.lookups import lookup_columns
from jsna_desktop.sources.reading import Peek, ProgressCall, quiet
from jsna_desktop.sources.table import read_table


@dataclass(frozen=True)
class LocalityFile:
    """Localities of a file. Either polygons or a table of codes.

    Polygons: `names`, `codes` (n,) text ("" where there are none) and `shapes` (n,) WKB in EPSG:27700, one row for each
    locality. Table of codes: `names`, `codes`, `blocks` (n,), one row for each small area, `shapes` None; without codes
    the names stand for them. `geography` is the small areas'.

    Localities that this program exported also have their `sets`, `made_of` (the geography of a selection's blocks, ""
    for a drawn place) and `members` (those blocks' codes, apart by a blank), (n,) text; `shapes` may then be b"".
    """

    names: np.ndarray
    codes: np.ndarray
    shapes: np.ndarray | None
    blocks: np.ndarray | None
    geography: str
    problems: tuple[Problem, ...]
    sets: np.ndarray | None = None
    made_of: np.ndarray | None = None
    members: np.ndarray | None = None


def read_localities(
    path: Path,
    *,
    code_field: str | None = None,
    name_field: str | None = None,
    geography: str | None = None,
    progress: ProgressCall = quiet,
) -> LocalityFile:
    """Localities from any boundary file or table of codes; UsageProblem lists the columns where a field is missing."""
    peek = Peek(Path(path))
    progress(f"Reading {peek.where}", None)
    if peek.form == "vector":
        return read_polygons(peek, name_field, code_field)
    if not code_field and not name_field and peek.sheet is not None and exported.is_weights(peek.sheet):
        found, shapes, table = exported.read_weights(peek)
        return LocalityFile(
            found["names"], found["codes"], shapes, None, "", tuple(table.problems), found["sets"], found["made_of"],
            found["members"],
        )  # fmt: skip
    return read_code_table(peek, code_field, name_field, geography)


def read_polygons(peek: Peek, name_field: str | None = None, code_field: str | None = None) -> LocalityFile:
    """The polygons of any boundary file, with their names.

    Without `name_field` the names' column is guessed (`…NM`, `name`, `area_name`); a file that has none gets `Area 1`
    … . Features without a shape are left out and recorded.
    """
    layer = describe_layer(peek)
    names_in = chosen_field(layer.fields, name_field, peek.where) if name_field else _name_field(layer.fields)
    codes_in = chosen_field(layer.fields, code_field, peek.where) if code_field else _code_field(layer.fields)
    ours = not name_field and not code_field and exported.is_layer(layer.fields)
    if ours:
        names_in, codes_in = "name", "code"
    more = exported.FIELDS if ours else ()
    shapes = read_layer(peek, layer, tuple(dict.fromkeys(field for field in (names_in, codes_in, *more) if field)))
    problems = list(shapes.problems)
    bare = shapely.is_missing(shapes.geometry)
    if bare.any():
        rows = np.flatnonzero(bare)
        examples = tuple(f"feature {row + 1}" for row in rows[:MAX_EXAMPLES])
        problems.append(Problem("a feature without a shape; left out", len(rows), examples))
    kept = np.flatnonzero(~bare)
    if not len(kept):
        raise FileProblem("no feature has a shape", where=peek.where, todo="Choose another file")
    numbered = np.array([f"Area {row + 1}" for row in kept])
    names = shapes.fields[names_in][kept] if names_in else numbered
    names = np.where(names == "", numbered, names)
    codes = shapes.fields[codes_in][kept] if codes_in else np.full(len(kept), "")
    wkb = np.empty(len(kept), dtype=object)
    wkb[:] = shapely.to_wkb(shapes.geometry[kept])
    if not ours:
        return LocalityFile(names, codes, wkb, None, "", tuple(problems))
    own = {field: shapes.fields[field][kept] for field in ("set", "kind", "made_of", "blocks")}
    members = exported.members(own["kind"], own["made_of"], own["blocks"], peek.where)
    made_of = np.where(members == "", "", own["made_of"])
    return LocalityFile(names, codes, wkb, None, "", tuple(problems), own["set"], made_of, members)


def _name_field(fields: tuple[str, ...]) -> str:
    area = areas.area_columns(fields)
    if area is not None and area.name_of(area.main):
        return area.name_of(area.main)
    known = [field for field in fields if field.lower() in ("name", "names", "title", "label", *areas.PLAIN_NAMES)]
    ending = [field for field in fields if field.lower().endswith(("nm", "name", "_name"))]
    return next(iter((*known, *ending)), "")


def _code_field(fields: tuple[str, ...]) -> str:
    area = areas.area_columns(fields)
    return area.main.text if area is not None else ""


def read_code_table(
    peek: Peek, code_field: str | None = None, name_field: str | None = None, geography: str | None = None
) -> LocalityFile:
    """Which locality each small area belongs to, from a lookup or any table with small areas and their localities.

    `code_field` and `name_field` are the localities' columns. Without either, the one column that is neither of small
    areas nor of districts, regions and nations is taken; UsageProblem lists the columns where that is not one.
    Small areas without a locality are left out and recorded.
    """
    sheet = peek.sheet
    if sheet is None:
        raise FileProblem("this is not a table", where=peek.where)
    area = lookup_columns(sheet)
    if area is None:
        raise FileProblem(
            "the table has no column of small-area codes",
            where=peek.where,
            found="columns " + ", ".join(sheet.headings[:20]),
            expected="a column such as LSOA21CD",
        )
    codes_in, names_in = _locality_fields(sheet.headings, area, code_field, name_field, peek.where)
    block = next(heading for heading in area.codes if heading.text != codes_in)
    table = read_table(peek, text=sheet.headings, columns={block.text, codes_in, names_in} - {""})
    repeated = table.frame.duplicated().to_numpy()
    table.keep(~repeated)
    blocks, found = areas.checked_codes(table, block, geography=geography or "")
    codes = table.text(codes_in) if codes_in else np.full(len(blocks), "")
    names = table.text(names_in) if names_in else codes
    given = (codes if codes_in else names) != ""
    if not given.all():
        table.problem("a small area without a locality; left out", np.flatnonzero(~given))
    names = np.where(names == "", codes, names)
    keys = codes if codes_in else names
    return LocalityFile(names[given], keys[given], None, blocks[given], found, tuple(table.problems))


def _locality_fields(
    headings: tuple[str, ...], area: AreaColumns, code_field: str | None, name_field: str | None, where: str
) -> tuple[str, str]:
    """Headings of the localities' codes and names; either may be ""."""
    by_lower = {heading.lower(): heading for heading in headings}
    for field in (code_field, name_field):
        if field and field.lower() not in by_lower:
            raise no_such_column(field, headings, where)
    code = by_lower[code_field.lower()] if code_field else ""
    name = by_lower[name_field.lower()] if name_field else ""
    if not code and not name:
        code, name = _guessed(headings, area, where)
    elif code and not name:
        known = next((h for h in area.codes if h.text == code), None)
        name = area.name_of(known) if known else ""
    if code == area.main.text and len(area.codes) == 1:
        name = name or area.name_of(area.main)
        raise UsageProblem(
            "the localities' column is the column of small areas itself",
            where=where,
            found="columns " + ", ".join(headings),
            todo="Name the column of the localities",
        )
    return code, name


def _guessed(headings: tuple[str, ...], area: AreaColumns, where: str) -> tuple[str, str]:
    wide = ("district", "region", "nation", "upper_tier", "nhs_region")
    own = [h for h in area.codes[1:] if h.level not in (*wide, area.main.level)]
    if len(own) == 1:
        return own[0].text, area.name_of(own[0])
    taken = {h.text for h in (*area.codes, *area.names)}
    words = ("locality", "community area", "community_area", "neighbourhood", "pcn", "place", "name", "area")
    others = [h for h in headings if h not in taken and h.lower() in words]
    if not own and len(others) == 1:
        return "", others[0]
    named: list[Heading] = [h for h in area.names if h.level not in (*wide, area.main.level, "")]
    if not own and len(named) == 1:
        return "", named[0].text
    raise UsageProblem(
        "it is not clear which column holds the localities",
        where=where,
        found="columns " + ", ".join(headings),
        todo="Name the columns of their codes and names (--code-field, --name-field)",
    )
