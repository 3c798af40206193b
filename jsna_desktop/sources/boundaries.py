"""Boundaries of areas: any layer of polygons with a column of area codes."""

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.areas import AreaColumns
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Lookup, Problem, Reading
from jsna_desktop.sources.layers import Layer, Shapes, read_layer
from jsna_desktop.sources.reading import Options, Peek, Recognised

# Larger areas that a boundary file's other columns of codes may give.
_LARGER = (
    "msoa2011", "msoa2021", "lsoa2011", "lsoa2021", "parish", "ward", "community_area", "built_up_area", "district",
    "upper_tier", "sub_icb", "icb", "region",
)  # fmt: skip


def recognise(peek: Peek) -> Recognised | None:
    """Any file of shapes; whether it has codes is told when it is read, so that the message can name its columns."""
    if peek.form != "vector":
        return None
    layer: Layer = peek.layer
    area = areas.area_columns(layer.fields)
    geography = area.main.geography if area else ""
    column = f", column {area.main.text}" if area else ""
    return Recognised(
        "boundaries",
        f"{area_codes.words(geography)} boundaries",
        geography,
        f"{known.counted(layer.features, 'feature')}{column}",
        {"layer": layer},
    )


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """One shape for each area, valid and in EPSG:27700; features without an area or a code are left out and said."""
    layer: Layer = found.details["layer"]
    options.progress(f"Reading {known.counted(layer.features, 'shape')}", 0.1)
    renamed = dict(zip(peek.renamed(list(layer.fields)), layer.fields, strict=True))
    shapes = read_layer(peek, layer)
    shapes = Shapes(layer, {new: shapes.fields[old] for new, old in renamed.items()}, shapes.geometry, shapes.problems)
    area = _area_columns(shapes, peek.where)
    codes = area_codes.tidy(shapes.fields[area.main.text])
    geography = _geography(codes, area.main, options.geography, peek.where)
    problems = list(shapes.problems)
    kept = _kept(codes, shapes, geography, problems)
    kept = _single(codes, shapes.geometry, kept, area.main.text, peek.where, problems)
    codes, geometry = codes[kept], shapes.geometry[kept]
    options.progress("Checking the shapes", 0.8)
    columns, lookups = _larger(shapes, area, kept)
    name = area.name_of(area.main)
    dataset = known.describe(
        peek,
        id=f"boundaries.{geography or 'areas'}",
        title=f"{area_codes.words(geography)} boundaries",
        kind="boundaries",
        geography=geography,
        period=str(area.main.vintage or ""),
        publisher=known.ONS_GEOGRAPHY if area_codes.well_formed(codes).all() else known.LOCAL,
        reason=f"{area_codes.words(geography)} boundaries: {known.counted(len(kept), 'feature')}, "
        f"column {area.main.text}",
        codes=codes,
        problems=problems,
    )
    wkb = np.empty(len(geometry), dtype=object)
    wkb[:] = shapely.to_wkb(geometry)
    names = shapes.fields[name][kept] if name else None
    return Reading(dataset, codes, columns, names, lookups=tuple(lookups), geometry=wkb)


def _area_columns(shapes: Shapes, where: str) -> AreaColumns:
    """The columns of codes, known by their headings or else by the codes in them."""
    found = areas.area_columns(tuple(shapes.fields))
    # A plain “area_code” may be a word of the publisher's own (OS Boundary-Line: “DIS”) beside a column of codes.
    if found is not None and (found.main.level or area_codes.well_formed(shapes.fields[found.main.text]).any()):
        return found
    for field, values in shapes.fields.items():
        level = area_codes.main_level(values, 0.95)
        if level:
            return AreaColumns((Heading(field, level, "code"),), _named(shapes, level))
    if found is not None:
        return found
    raise FileProblem(
        "the shapes have no column of area codes",
        where=where,
        found="columns " + ", ".join(shapes.fields) if shapes.fields else "no columns",
        expected="a column such as LSOA21CD or area_code",
        todo="To use the shapes as localities, add them as localities; to see them behind the map, as a background",
    )


def _named(shapes: Shapes, level: str) -> tuple[Heading, ...]:
    return tuple(Heading(f, level, "name") for f in shapes.fields if f.lower() in ("name", *areas.PLAIN_NAMES))


def _geography(codes: np.ndarray, heading: Heading, said: str, where: str) -> str:
    level = area_codes.main_level(codes)
    expected = area_codes.level_of(said) if said else heading.level
    if expected in area_codes.ALIKE and level != expected:
        raise FileProblem(
            f"column “{heading.text}” does not hold codes of {area_codes.words(expected)}",
            where=where,
            found=f"“{codes[codes != ''][0]}”" if (codes != "").any() else "blank cells",
            expected="nine characters such as E01000001",
            todo="Choose another file, or name the geography of its codes",
        )
    return area_codes.settle(said or heading.geography or level, codes)


def _kept(codes: np.ndarray, shapes: Shapes, geography: str, problems: list[Problem]) -> np.ndarray:
    """Positions of the features that have a code and a shape; the others, and odd codes, are recorded."""
    blank, bare = codes == "", shapely.is_missing(shapes.geometry)
    for wrong, message in (
        (blank, "a feature without a code; left out"),
        (bare & ~blank, "an area without a shape; left out"),
    ):
        rows = np.flatnonzero(wrong)
        if len(rows):
            examples = tuple(f"feature {row + 1}: {codes[row]}".rstrip(": ") for row in rows[:20])
            problems.append(Problem(message, len(rows), examples))
    level = area_codes.level_of(geography)
    if level in area_codes.ALIKE:
        odd = np.flatnonzero(~blank & (area_codes.levels(codes) != level))
        if len(odd):
            examples = tuple(f"feature {row + 1}: {codes[row]}" for row in odd[:20])
            problems.append(Problem(f"a code that is not of {area_codes.words(geography)}; kept", len(odd), examples))
    return np.flatnonzero(~blank & ~bare)


def _single(
    codes: np.ndarray, geometry: np.ndarray, kept: np.ndarray, column: str, where: str, problems: list[Problem]
) -> np.ndarray:
    """Positions without repeats: a feature that repeats another exactly is dropped, any other repeat refused."""
    _, first, index, counts = np.unique(codes[kept], return_index=True, return_inverse=True, return_counts=True)
    if not len(kept):
        raise FileProblem("no feature has both a code and a shape", where=where, todo="Choose another file")
    repeats = np.flatnonzero(kept[first][index] != kept)
    originals = kept[first][index][repeats]
    same = shapely.equals_exact(geometry[kept[repeats]], geometry[originals], 0.0)
    if not same.all():
        code = codes[kept[repeats[~same][0]]]
        rows = kept[codes[kept] == code] + 1
        more = int((counts > 1).sum()) - 1
        raise FileProblem(
            f"a code belongs to several features in column “{column}”"
            + (f", and {more:,} others do too" if more else ""),
            where=where,
            found=f"{code} in features {known.listed([str(row) for row in rows[:5]])}",
            expected="one feature for each area",
            todo="Merge them or remove the wrong one",
        )
    if len(repeats):
        examples = tuple(f"feature {kept[row] + 1}: {codes[kept[row]]}" for row in repeats[:20])
        problems.append(Problem("a feature repeats another exactly; left out", len(repeats), examples))
    return np.delete(kept, repeats)


def _larger(shapes: Shapes, area: AreaColumns, kept: np.ndarray) -> tuple[dict[str, np.ndarray], list[Lookup]]:
    """Columns and lookups of the larger areas that the other columns of codes give."""
    columns: dict[str, np.ndarray] = {}
    lookups: list[Lookup] = []
    for heading in sorted(area.codes[1:], key=lambda h: (areas.rank(h), not area.name_of(h))):
        level = heading.geography
        values = area_codes.tidy(shapes.fields[heading.text][kept])
        if level not in _LARGER or f"{level}_code" in columns or not (values != "").any():
            continue
        columns[f"{level}_code"] = values
        name = area.name_of(heading)
        if name:
            columns[f"{level}_name"] = shapes.fields[name][kept]
        lookups.append(Lookup(level, f"{level}_code", f"{level}_name" if name else ""))
    return columns, lookups
