"""Localities built from larger areas, from a list of postcodes, and from all within so many metres of a place.

Each gives a `Draft`: a locality that is not stored yet, with what the person should know of it. `keep` stores it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from jsna_desktop.areas import apportion, geography, locate, shapes
from jsna_desktop.areas.locality import POLYGON, SELECTION, Locality
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs import versions
from jsna_desktop.jobs.larger_areas import LargerArea, outline
from jsna_desktop.jobs.localities import DEFAULT_SET, form, named, outline_of
from jsna_desktop.jobs.located import Places
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.points import point_layers
from jsna_desktop.jobs.versions import Change, Changes
from jsna_desktop.jobs.whereabouts import block_geography, described
from jsna_desktop.workspace.store import Store

BUILT = "built"
# A circle of this many corners a quarter has 0.04 % less area than a true one.
_CORNERS = 32
_FARTHEST = 100_000.0
_SUGGESTED = 20


@dataclass(frozen=True)
class Draft:
    """A locality that is not stored, without name and set; `notes` say how it was made, a sentence each."""

    place: Locality
    notes: tuple[str, ...] = ()


def keep(store: Store, drafts: Sequence[tuple[str, Draft]], in_set: str, note: str = "", code: str = "") -> Changes:
    """Store drafts under their names, all or none; undone by `versions.take_back`."""
    target = named(in_set) if in_set.strip() else DEFAULT_SET
    first = versions.new_key(store)
    each, places = [], []
    for number, (name, draft) in enumerate(drafts):
        place = replace(draft.place, name=named(name), set=target, code=draft.place.code or code)
        why = note or " ".join(draft.notes)
        each.append((Change(first + number, None, form(place)), why))
        places.append(place)
    said = (*dict.fromkeys(sentence for _, draft in drafts for sentence in draft.notes), *described(store, places))
    with store.transaction():
        for change, why in each:
            versions.put(store, change.key, change.after, BUILT, why)
    return Changes(BUILT, note, tuple(change for change, _ in each), tuple(said))


def selection(store: Store, blocks_of: str, codes: np.ndarray, notes: tuple[str, ...] = ()) -> Draft:
    """A draft of whole blocks (n,), with its outline where boundaries are loaded."""
    blocks = np.unique(np.asarray(codes, dtype=np.str_))
    if not len(blocks):
        raise UsageProblem("no areas are left in it")
    outlines = Outlines.of(store, blocks_of)
    shape = outline_of(outlines, blocks) if outlines is not None else None
    return Draft(Locality(0, "", "", SELECTION, blocks_of, blocks, shape), notes)


def polygon(shape: shapely.Geometry, notes: tuple[str, ...] = ()) -> Draft:
    """A draft of a drawn place, made sound; one that holds no area is a UsageProblem."""
    made = shapes.sound(shape)
    if shapely.is_empty(made.shape):
        raise UsageProblem("the place holds no area", todo="Choose or draw another")
    return Draft(Locality(0, "", "", POLYGON, shape=made.shape), (*notes, *made.notes))


def as_blocks(store: Store, draft: Draft) -> Draft:
    """The same place as a selection, where its outline is that of whole blocks; else as it is, and said."""
    blocks_of = block_geography(store)
    if draft.place.kind == SELECTION or blocks_of is None:
        return draft
    outlines = Outlines.of(store, blocks_of)
    assert outlines is not None and draft.place.shape is not None
    positions, shares = outlines.shares(draft.place.shape, apportion.AREA)
    words = geography.name(blocks_of)
    if not len(positions):
        return replace(draft, notes=(*draft.notes, f"It lies outside the boundaries of {words} that are loaded."))
    cut = int(((shares > 0) & (shares < 1)).sum())
    if cut:
        said = f"Its line cuts {cut} of the {len(positions)} {words} that it touches: these are shared out."
        return replace(draft, notes=(*draft.notes, said))
    said = f"Its line is that of {len(positions)} whole {words}: it is kept as these."
    return selection(store, blocks_of, outlines.codes[positions], (*draft.notes, said))


def from_areas(store: Store, areas: Sequence[LargerArea]) -> Draft:
    """One place of larger areas: whole blocks where lookups give those of every area, else drawn from their shapes.

    Shapes that turn out to be made of whole blocks become these; the notes say by what each area was known.
    """
    if not areas:
        raise UsageProblem("no areas are named")
    notes = [_how(area) for area in areas]
    geographies = {area.geography for area in areas}
    code = areas[0].code if len(areas) == 1 else ""
    if len(geographies) == 1 and all(area.blocks is not None for area in areas):
        blocks = np.concatenate([area.blocks for area in areas if area.blocks is not None])
        draft = selection(store, areas[0].geography, blocks, tuple(dict.fromkeys(notes)))
    else:
        outlines = [outline(store, area) for area in areas]
        lacking = [area.name for area, shape in zip(areas, outlines, strict=True) if shape is None]
        if lacking:
            raise UsageProblem(f"nothing says where {', '.join(lacking)} is", todo="Add boundaries of its small areas")
        joined = shapes.joined([shape for shape in outlines if shape is not None])
        draft = as_blocks(store, polygon(joined.shape, (*dict.fromkeys(notes), *joined.notes)))
    return replace(draft, place=replace(draft.place, code=code))


def _how(area: LargerArea) -> str:
    level = geography.name(area.level)
    if area.blocks is None:
        return f"{area.name}: by the shape of its boundaries ({level}, {area.source}), for no lookup gives its areas."
    exact = "" if area.nests else f", which puts each of the {geography.name(area.geography)} in one of the {level}"
    return f"{area.name}: its {len(area.blocks):,} {geography.name(area.geography)} by the lookup {area.source}{exact}."


@dataclass(frozen=True)
class PostcodeBlocks:
    """Where a list of postcodes lies. `blocks` (n,) codes of `geography`, `counts` (n,) postcodes of the list in each.

    `chosen` (n,) those that the place takes. `repeated` entries that were there before, `no_postcode` what can be none,
    `unknown` postcodes that no data of the workspace has, each with the one that may be meant ("" where none comes
    near), `unplaced` those outside every block.
    """

    geography: str
    blocks: np.ndarray
    counts: np.ndarray
    chosen: np.ndarray
    listed: int
    repeated: int
    no_postcode: tuple[str, ...]
    unknown: tuple[tuple[str, str], ...]
    unplaced: tuple[str, ...]


def from_postcodes(
    store: Store,
    postcodes: Sequence[str] | np.ndarray,
    *,
    at_least: int = 1,
    holding: float = 1.0,
    blocks_of: str | None = None,
) -> tuple[Draft, PostcodeBlocks]:
    """The blocks that the postcodes of a list (a practice's or PCN's) lie in, each postcode counted once.

    All blocks that are touched, unless `at_least` so many postcodes are asked of each, or only the fewest blocks,
    fullest first, that hold the share `holding` of those placed (0…1): a list has a long tail of people who moved.
    """
    if at_least < 1 or not 0 < holding <= 1:
        raise UsageProblem("a block needs at least one postcode, and a share lies above 0 and up to 1")
    given = np.array([" ".join(str(text).upper().split()) for text in postcodes], dtype=np.str_)
    given = given[given != ""]
    keys = locate.postcode_keys(given)
    wrong = keys < 0
    distinct, first = np.unique(keys[~wrong], return_index=True)
    own = given[~wrong][first]
    if not len(own):
        raise UsageProblem("there are no postcodes in the list", expected="one in each row, such as SN10 1AA")
    places = Places(store)
    if not places.have_postcodes:
        raise UsageProblem("the workspace has no postcodes", todo="Add Code-Point Open or the ONS Postcode Directory")
    chosen_geography = blocks_of or block_geography(store) or next(iter(places.geographies), None)
    if chosen_geography is None:
        raise UsageProblem("nothing says which areas postcodes lie in", todo="Add boundaries first")
    held = places.blocks(own, chosen_geography)
    blocks, counts = np.unique(held.codes[held.codes != ""], return_counts=True)
    chosen = _chosen(counts, at_least, holding)
    strangers = own[~held.known].tolist()
    found = PostcodeBlocks(
        chosen_geography,
        blocks,
        counts,
        chosen,
        len(own),
        int((~wrong).sum()) - len(distinct),
        tuple(dict.fromkeys(given[wrong].tolist())),
        tuple((text, places.meant(text) if n < _SUGGESTED else "") for n, text in enumerate(strangers)),
        tuple(own[held.known & (held.codes == "")].tolist()),
    )
    if not chosen.any():
        raise UsageProblem("no area holds enough postcodes of the list", found="; ".join(_of_list(found)))
    return selection(store, chosen_geography, blocks[chosen], _of_list(found)), found


def _chosen(counts: np.ndarray, at_least: int, holding: float) -> np.ndarray:
    """Which blocks (n,) a place takes, by their postcodes (n,); blocks as full as the last one taken come too."""
    chosen = counts >= at_least
    if holding < 1 and len(counts):
        fullest = np.sort(counts)[::-1]
        needed = int(np.searchsorted(np.cumsum(fullest), holding * counts.sum() - 1e-9))
        chosen &= counts >= fullest[needed]
    return chosen


def _of_list(found: PostcodeBlocks) -> tuple[str, ...]:
    words = geography.name(found.geography)
    placed, taken = int(found.counts.sum()), int(found.counts[found.chosen].sum())
    share = f" ({100 * taken / placed:.1f} %)" if placed else ""
    said = [
        f"{placed:,} of {found.listed:,} postcodes lie in {len(found.blocks):,} {words}; the place is made of "
        f"{int(found.chosen.sum()):,} of these, with {taken:,} of the postcodes{share}."
    ]
    if found.repeated:
        said.append(f"{found.repeated:,} entries repeat a postcode and count once.")
    if found.no_postcode:
        said.append(f"{len(found.no_postcode):,} entries are no postcode: {_some(found.no_postcode)}.")
    if found.unknown:
        listed = [f"{text} ({meant}?)" if meant else text for text, meant in found.unknown]
        said.append(f"{len(listed):,} postcodes are in no data of the workspace: {_some(listed)}.")
    if found.unplaced:
        said.append(f"{len(found.unplaced):,} postcodes lie outside the boundaries: {_some(found.unplaced)}.")
    return tuple(said)


def _some(texts: Sequence[str]) -> str:
    return ", ".join(texts[:5]) + (f" and {len(texts) - 5:,} more" if len(texts) > 5 else "")


def around(store: Store, centres: Sequence[str], metres: float) -> Draft:
    """All within so many metres, as the crow flies, of points (`E,N`), postcodes, and services or assets by name.

    `service:gp` or `asset:group` takes every one of that kind.
    """
    if not 0 < metres <= _FARTHEST:
        raise UsageProblem("the distance is not possible", expected=f"metres, above 0 and up to {_FARTHEST:,.0f}")
    if not centres:
        raise UsageProblem("no place is named to measure from")
    points, notes = [], []
    for text in centres:
        found, how = points_named(store, text)
        points.append(found)
        notes.append(how)
    xy = np.unique(np.concatenate(points), axis=0)
    circles = shapely.buffer(np.asarray(shapely.points(xy), dtype=object), metres, quad_segs=_CORNERS)
    many = f"any of {len(xy):,} points" if len(xy) > 1 else "one point"
    said = f"Everything within {metres:,.0f} m of {many}, as the crow flies."
    return polygon(shapely.union_all(circles), (said, *notes))


def points_named(store: Store, text: str) -> tuple[np.ndarray, str]:
    """Coordinates (n, 2) that a word stands for, and how it was understood.

    DisclosureRefused where only sensitive data have a place of this name: what is built there would tell where it is.
    """
    parts = text.replace(",", " ").split()
    if len(parts) == 2 and all(_is_number(part) for part in parts):
        east, north = map(float, parts)
        if not (0 <= east <= 700_000 and 0 <= north <= 1_300_000):
            raise UsageProblem(
                "the point is not in Great Britain", found=text, expected="easting,northing in metres (National Grid)"
            )
        return np.array([[east, north]]), f"{east:,.0f} east, {north:,.0f} north."
    secret = False
    for layer in point_layers(store):
        called = np.char.lower(np.asarray(layer.names, np.str_)) == text.strip().lower()
        secret |= bool((layer.secret & (called | (layer.key == text))).any())
        known = np.isfinite(layer.places).all(axis=1) & ~layer.secret
        mine = np.flatnonzero(known & called)
        if layer.key == text and not layer.secret.all():
            lost = int((~known & ~layer.secret).sum())
            if not known.any():
                raise UsageProblem(f"nothing says where any of the {layer.title.lower()} is", todo="Add postcodes")
            without = f" ({lost:,} without a known place left out)" if lost else ""
            without += " Those of sensitive data are left out." if secret else ""
            return layer.places[known], f"{layer.title}: {int(known.sum()):,}{without}".rstrip(".") + "."
        if len(mine) > 1 and len(np.unique(layer.places[mine], axis=0)) > 1:
            raise UsageProblem(
                f"{len(mine)} of the {layer.title.lower()} are called {text!r}", todo="Use its postcode or coordinates"
            )
        if len(mine):
            return layer.places[mine[:1]], f"{layer.names[mine[0]]} ({layer.title})."
    places = Places(store)
    east, north = places.points(np.array([text]))
    if np.isfinite(east[0]):
        return np.array([[east[0], north[0]]]), f"{text.upper()} (postcode)."
    if secret:
        raise DisclosureRefused(
            f"nothing is built around {text!r}: it is of sensitive data, and what lay there would tell where it is",
            todo="Use a postcode or coordinates",
        )
    meant = places.meant(text)
    raise UsageProblem(
        f"there is no place {text!r} to measure from",
        expected="easting,northing, a postcode, a service or asset by its name, or service:gp and the like",
        todo=f"Did you mean {meant}?" if meant else "",
    )


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()
