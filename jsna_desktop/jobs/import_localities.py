"""Localities from files: polygons of any boundary file, and tables of codes; all of a file's or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.areas import apportion, geography
from jsna_desktop.areas.locality import POLYGON, SELECTION, Locality
from jsna_desktop.errors import FileProblem
from jsna_desktop.jobs import audit, versions, vintage
from jsna_desktop.jobs.localities import get, insert, named, outline_of
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.weights import weights_for
from jsna_desktop.sources.localities import LocalityFile
from jsna_desktop.workspace.store import Store

# Two generalised outlines of one line differ by slivers; more than this beyond the boundaries is worth a word.
_BEYOND = 0.05


@dataclass(frozen=True)
class Imported:
    """What an import made: localities, and what was worked round."""

    made: int
    set: str
    kind: str
    notes: tuple[str, ...]


def import_file(
    store: Store,
    path: Path,
    in_set: str | None = None,
    name_field: str | None = None,
    code_field: str | None = None,
    blocks: str | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Localities from polygons (any boundary file) or a table of codes; all of them or none.

    `blocks` is the geography of a table's small areas, where it does not say.
    """
    from jsna_desktop.sources.child import Reader

    vintage.possible(blocks)
    progress = progress or Progress()
    target = named(in_set) if in_set and in_set.strip() else named(path.stem.replace("_", " "))
    progress(f"Reading {path.name}", None)
    with Reader() as reader:
        source = reader.read_localities(
            path, code_field=code_field, name_field=name_field, geography=blocks, progress=progress
        )
    notes = [problem.message for problem in source.problems]
    if source.sets is not None:
        places, said = _as_exported(store, source, in_set, target, path.name)
        notes += said
    elif source.shapes is not None:
        places = [
            Locality(0, named(name), target, POLYGON, shape=shape, code=code)
            for name, code, shape in zip(source.names, source.codes, shapely.from_wkb(source.shapes), strict=True)
        ]
    else:
        level = _settled(store, source, path.name)
        notes += _unknown(store, source, level)
        places = _from_code_table(store, source, level, target, progress)
    if not places:
        raise FileProblem("there are no localities in it", where=path.name)
    clash = _repeated([(place.set, place.name) for place in places])
    if clash:
        raise FileProblem(
            f"two localities have the name {clash!r}", where=path.name, todo="Choose another column with --name-field"
        )
    keys = []
    with store.transaction():
        for number, place in enumerate(places):
            progress("Adding localities", number / len(places))
            keys.append(insert(store, place, versions.IMPORTED, path.name, told=False))
        audit.record(store, audit.PLACES_IMPORTED, target, filename=path.name, localities=len(places))
    drawn = [key for key, place in zip(keys, places, strict=True) if place.kind == POLYGON]
    if drawn:
        progress("Sharing out small areas", None)
        notes += _beyond(store, [get(store, key) for key in drawn])
    sets = dict.fromkeys(place.set for place in places)
    return Imported(len(places), ", ".join(sets), places[0].kind, tuple(notes))


def _repeated(names: list[tuple[str, str]]) -> str:
    """The name that comes twice in one set; "" where none does."""
    seen: set[tuple[str, str]] = set()
    for in_set, name in names:
        if (in_set, name) in seen:
            return name
        seen.add((in_set, name))
    return ""


def _as_exported(
    store: Store, source: LocalityFile, in_set: str | None, target: str, where: str
) -> tuple[list[Locality], list[str]]:
    """Localities that this program exported, as they were: in their own sets, unless another is named."""
    assert source.sets is not None and source.made_of is not None and source.members is not None
    assert source.shapes is not None
    outlines: dict[str, Outlines | None] = {}
    places, unknown = [], set()
    shapes = [shapely.from_wkb(wkb) if wkb else None for wkb in source.shapes.tolist()]
    rows = zip(source.names, source.codes, source.sets, source.made_of, source.members, shapes, strict=True)
    for name, code, own_set, level, members, shape in rows:
        home = target if (in_set and in_set.strip()) or not own_set.strip() else named(own_set)
        if not level:
            places.append(Locality(0, named(name), home, POLYGON, shape=shape, code=code))
            continue
        if level not in geography.NAMES:
            raise FileProblem(f"there is no geography “{level}”", where=where, todo="Export the localities again")
        if level not in outlines:
            outlines[level] = Outlines.of(store, level)
        blocks = np.unique(np.array(members.split(), dtype=np.str_))
        known = outlines[level]
        drawn = outline_of(known, blocks) if known is not None else None
        if drawn is None:
            unknown.add(level)
        places.append(Locality(0, named(name), home, SELECTION, level, blocks, shape if drawn is None else drawn, code))
    said = [f"made of {geography.name(level)}, whose boundaries are not loaded here" for level in sorted(unknown)]
    return places, said


def _settled(store: Store, source: LocalityFile, where: str) -> str:
    """The geography of a table's small areas; where it does not say of which census, by the codes known here."""
    if source.geography not in vintage.UNSETTLED:
        return source.geography
    assert source.blocks is not None
    told = vintage.vintage_of(source.geography, source.blocks, vintage.known_codes(store))
    if told is None:
        raise FileProblem(
            vintage.WHICH,
            where=where,
            todo=f"Add the boundaries or a lookup first, or say --geography {source.geography}2021",
        )
    return told.geography


def _unknown(store: Store, source: LocalityFile, blocks: str) -> list[str]:
    """A word on small areas that the workspace knows nothing of: their residents would be missing."""
    assert source.blocks is not None
    known = vintage.known_codes(store).get(blocks, np.empty(0, "U1"))
    own = np.unique(source.blocks)
    strange = own[geography.align(own, known) < 0]
    if not len(strange):
        return []
    if len(strange) == len(own):
        what = geography.name(blocks)
        return [f"the workspace has nothing on {what} like {own[0]} yet: add their data and boundaries"]
    what = "small area is" if len(strange) == 1 else "small areas are"
    return [f"{len(strange):,} {what} in no data of the workspace: {_listed(strange.tolist())}"]


def _beyond(store: Store, places: Sequence[Locality]) -> list[str]:
    """A word on polygons that reach beyond the boundaries: there their residents are not known.

    The weights made on the way are kept for the first profile.
    """
    outlines = next((o for name in geography.BLOCKS if (o := Outlines.of(store, name)) is not None), None)
    if outlines is None:
        return []
    made = weights_for(store, list(places), outlines.geography, outlines.codes, apportion.AREA)
    touched = np.unique(made.matrix.indices)
    land = np.zeros(len(outlines.codes))
    land[touched] = shapely.area(outlines.shapes(touched))
    beyond = 1 - (made.matrix @ land) / shapely.area(np.array([place.shape for place in places], dtype=object))
    far = np.flatnonzero(beyond > _BEYOND)
    if not len(far):
        return []
    shown = [f"{places[place].name} ({100 * beyond[place]:.0f} %)" for place in far.tolist()]
    return [
        f"reaching beyond the boundaries of {geography.name(outlines.geography)} that are loaded, where nobody is "
        f"counted: {_listed(shown)}"
    ]


def _listed(words: list[str]) -> str:
    return ", ".join(words[:5]) + (f" and {len(words) - 5:,} more" if len(words) > 5 else "")


def _from_code_table(
    store: Store, source: LocalityFile, blocks: str, target: str, progress: Progress
) -> list[Locality]:
    """One selection for every distinct locality code of the table, with its outline where boundaries are loaded."""
    assert source.blocks is not None
    outlines = Outlines.of(store, blocks)
    keys, first, group = np.unique(source.codes, return_index=True, return_inverse=True)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group))
    places = []
    for number, members in enumerate(np.split(order, ends[:-1])):
        progress("Drawing the outlines of localities", number / len(keys))
        own = np.unique(source.blocks[members])
        shape = outline_of(outlines, own) if outlines is not None else None
        name = named(str(source.names[first[number]]))
        places.append(Locality(0, name, target, SELECTION, blocks, own, shape, str(keys[number])))
    return places
