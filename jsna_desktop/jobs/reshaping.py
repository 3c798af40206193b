"""Stored localities split, merged, subtracted, intersected and snapped to the edges of blocks; each can be undone.

Places of whole blocks of one geography stay such, exactly; what they are mixed with makes drawn places of them. With a
`name` the result is a new locality and all else stays as it is; without, the first one changes (jobs/versions.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import shapely

from jsna_desktop.areas import apportion, geography, shapes
from jsna_desktop.areas.locality import SELECTION, Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import versions
from jsna_desktop.jobs.building import Draft, polygon, selection
from jsna_desktop.jobs.localities import form, get, named
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.people import People, told
from jsna_desktop.jobs.versions import Change, Changes
from jsna_desktop.jobs.whereabouts import block_geography, described
from jsna_desktop.workspace.store import Store

MERGED, SUBTRACTED, INTERSECTED, SPLIT, SNAPPED = "merged", "subtracted", "intersected", "split", "snapped to blocks"


def merge(store: Store, keys: Sequence[int], name: str | None = None, note: str = "") -> Changes:
    """One place of several. Without a name the first takes the others in, and they are removed."""
    places = _several(store, keys)
    if _alike(places):
        draft = selection(store, places[0].geography, np.concatenate([_blocks(place) for place in places]))
    else:
        joined = shapes.joined([_shape(place) for place in places])
        draft = polygon(joined.shape, joined.notes)
    gone = [] if name else [Change(place.id, versions.form_of(store, place.id), None) for place in places[1:]]
    return _kept(store, places[0], draft, name, MERGED, note or _with(places), gone)


def subtract(store: Store, key: int, others: Sequence[int], name: str | None = None, note: str = "") -> Changes:
    """What of a place lies in none of the others."""
    places = _several(store, [key, *others])
    first, rest = places[0], places[1:]
    if _alike(places):
        taken = np.concatenate([_blocks(place) for place in rest])
        left = _blocks(first)[~np.isin(_blocks(first), taken)]
        if not len(left):
            raise UsageProblem(f"nothing of {first.name} is left")
        draft = selection(store, first.geography, left)
    else:
        made = shapes.subtracted(_shape(first), [_shape(place) for place in rest])
        if shapely.is_empty(made.shape):
            raise UsageProblem(f"nothing of {first.name} is left")
        draft = polygon(made.shape, made.notes)
    return _kept(store, first, draft, name, SUBTRACTED, note or _with(places))


def intersect(store: Store, keys: Sequence[int], name: str | None = None, note: str = "") -> Changes:
    """What lies in every one of the places; the first becomes it, or a new place of the name."""
    places = _several(store, keys)
    apart = f"{_with(places)} and {places[0].name} have nothing in common"
    if _alike(places):
        shared = reduce(np.intersect1d, [_blocks(place) for place in places])
        if not len(shared):
            raise UsageProblem(apart)
        draft = selection(store, places[0].geography, shared)
    else:
        made = shapes.common([_shape(place) for place in places])
        if shapely.is_empty(made.shape):
            raise UsageProblem(apart)
        draft = polygon(made.shape, made.notes)
    return _kept(store, places[0], draft, name, INTERSECTED, note or _with(places))


def split(
    store: Store, key: int, line: shapely.LineString, names: tuple[str, str] | None = None, note: str = ""
) -> Changes:
    """Two places of one: the first keeps its history and what lies left of the line, the second is new.

    Of a place of whole blocks each goes, whole, to the side that its people live on (best fit).
    """
    place = get(store, key)
    left, right = shapes.split(_shape(place), line)
    first, second = names or (f"{place.name} 1", f"{place.name} 2")
    if place.kind == SELECTION:
        mine = _left_of(store, place, left)
        if mine.all() or not mine.any():
            raise UsageProblem(
                f"the line leaves all {len(mine)} areas of {place.name} on one side",
                todo="Move the line, or redraw the place as a polygon first",
            )
        drafts = [selection(store, place.geography, _blocks(place)[side]) for side in (mine, ~mine)]
    else:
        drafts = [polygon(left), polygon(right)]
    titled = zip((first, second), drafts, strict=True)
    parts = [replace(draft.place, name=named(name), set=place.set) for name, draft in titled]
    parts[0] = replace(parts[0], code=place.code)
    before = versions.form_of(store, key)
    each = [Change(key, before, form(parts[0])), Change(versions.new_key(store), None, form(parts[1]))]
    said = [f"{part.name}: {note}" for part, draft in zip(parts, drafts, strict=True) for note in draft.notes]
    said += described(store, parts)
    return versions.carry_out(store, each, SPLIT, note or f"of {place.name}", tuple(said))


def _left_of(store: Store, place: Locality, left: shapely.Geometry) -> np.ndarray:
    """Which blocks (n,) of a selection go to the left: those whose people's point lies there."""
    outlines = Outlines.of(store, place.geography)
    if outlines is None:
        raise UsageProblem(f"there are no boundaries of {geography.name(place.geography)} to split it by")
    positions, _ = outlines.shares(left, apportion.BEST_FIT)
    return np.isin(_blocks(place), outlines.codes[positions])


@dataclass(frozen=True)
class Snapped:
    """What snapping moved. `brought_in` and `left_out` (n,) codes of blocks, of which the place held a part before.

    Residents by the method that profiles use; None where they are not known or may not leave the program.
    """

    geography: str
    blocks: np.ndarray
    brought_in: np.ndarray
    left_out: np.ndarray
    residents_in: float | None
    residents_out: float | None
    area_in: float
    area_out: float

    @property
    def sentence(self) -> str:
        return (
            f"Of {len(self.blocks):,} {geography.name(self.geography)}: {len(self.brought_in):,} that were cut are in "
            f"whole ({told(self.residents_in)} and {shapes.hectares(self.area_in)} more), {len(self.left_out):,} are "
            f"out ({told(self.residents_out)} and {shapes.hectares(self.area_out)} fewer)."
        )


def snap(
    store: Store,
    key: int,
    blocks_of: str | None = None,
    name: str | None = None,
    by: str = apportion.BEST_FIT,
    note: str = "",
) -> tuple[Changes, Snapped]:
    """The selection of whole blocks nearest to a drawn place: by where people live (best fit), or by half their area."""  # noqa: E501
    place = get(store, key)
    chosen_geography = blocks_of or block_geography(store)
    outlines = Outlines.of(store, chosen_geography) if chosen_geography else None
    if chosen_geography is None or outlines is None:
        raise UsageProblem("there are no boundaries to snap to", todo="Add boundaries first")
    shape = _shape(place)
    touched, share = outlines.shares(shape, apportion.AREA)
    if by == apportion.BEST_FIT:
        positions, _ = outlines.shares(shape, apportion.BEST_FIT)
    else:
        positions = touched[share >= 0.5]
    if not len(positions):
        raise UsageProblem(f"{place.name} holds no {geography.name(chosen_geography)} to speak of")
    draft = selection(store, chosen_geography, outlines.codes[positions])
    moved = _moved(store, place, draft.place, outlines, touched, share, positions)
    done = _kept(store, place, replace(draft, notes=(moved.sentence,)), name, SNAPPED, note or moved.sentence)
    return done, moved


def _moved(
    store: Store,
    place: Locality,
    after: Locality,
    outlines: Outlines,
    touched: np.ndarray,
    share: np.ndarray,
    chosen: np.ndarray,
) -> Snapped:
    held = dict(zip(touched.tolist(), share.tolist(), strict=True))
    came = np.array([position for position in chosen.tolist() if held.get(position, 0.0) < 1], dtype=int)
    went = np.setdiff1d(touched, chosen)
    area = dict(zip([*came, *went], shapely.area(outlines.shapes(np.concatenate([came, went]))), strict=True))
    people = People.of(store)
    residents_in = residents_out = None
    if people is not None and not people.sensitive:
        made = people.weights([replace(place, id=0), replace(after, id=0)])
        if not made.unmade and not made.lost:
            difference = np.asarray((made.matrix[[1]] - made.matrix[[0]]).toarray()).reshape(-1)
            moved = difference * np.nan_to_num(people.residents)
            residents_in, residents_out = float(moved[moved > 0].sum()), float(-moved[moved < 0].sum())
    return Snapped(
        outlines.geography,
        outlines.codes[np.sort(chosen)],
        outlines.codes[came],
        outlines.codes[went],
        residents_in,
        residents_out,
        float(sum(area[p] * (1 - held.get(p, 0.0)) for p in came.tolist())),
        float(sum(area[p] * held[p] for p in went.tolist())),
    )


def _several(store: Store, keys: Sequence[int]) -> list[Locality]:
    if len(set(keys)) < 2:
        raise UsageProblem("this takes two localities or more")
    return [get(store, key) for key in dict.fromkeys(keys)]


def _alike(places: Sequence[Locality]) -> bool:
    """Whether all are of whole blocks of one geography."""
    return all(place.kind == SELECTION for place in places) and len({place.geography for place in places}) == 1


def _blocks(place: Locality) -> np.ndarray:
    assert place.blocks is not None
    return place.blocks


def _shape(place: Locality) -> shapely.Geometry:
    if place.shape is None:
        raise UsageProblem(
            f"{place.name} has no outline yet", todo=f"Add boundaries of {geography.name(place.geography)} first"
        )
    return place.shape


def _with(places: Sequence[Locality]) -> str:
    return ", ".join(place.name for place in places[1:])


def _kept(
    store: Store,
    first: Locality,
    draft: Draft,
    name: str | None,
    what: str,
    note: str,
    gone: Sequence[Change] = (),
) -> Changes:
    if name:
        key, before = versions.new_key(store), None
        after = replace(draft.place, name=named(name), set=first.set)
    else:
        key, before = first.id, versions.form_of(store, first.id)
        after = replace(draft.place, name=first.name, set=first.set, code=first.code)
    said = (*draft.notes, *described(store, [after]))
    return versions.carry_out(store, [*gone, Change(key, before, form(after))], what, note, said)
