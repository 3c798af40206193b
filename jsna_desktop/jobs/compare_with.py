"""What `--compare` names: larger areas that hold the place, its parent, its peers, any area, another locality."""

from dataclasses import dataclass

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import comparators
from jsna_desktop.jobs.comparators import FIXED, PARENT, PEERS
from jsna_desktop.jobs.figures import LEVELS, Figures, all_levels, load_figures
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.peers import peers
from jsna_desktop.jobs.profile import Others
from jsna_desktop.workspace.store import Store

_WORDS = (*FIXED, PARENT, PEERS)


@dataclass(frozen=True)
class Asked:
    """What was asked for: `levels` of FIXED, and the rest."""

    levels: tuple[str, ...]
    others: Others


def figures_for(store: Store, wanted: list[str] | None, asked: list[str], standard: str = "") -> Figures:
    """The figures of these indicators, with the larger areas that the comparison needs."""
    known = set(_names(store))
    more = PARENT in asked or any(one not in _WORDS and one not in known for one in asked)
    levels = tuple(dict.fromkeys((*LEVELS, *all_levels(store)))) if more else LEVELS
    return load_figures(store, wanted, levels, standard)


def asked_for(figures: Figures, places: list[Locality], asked: list[str]) -> Asked:
    """The comparators of these words; a UsageProblem for a name that is none, or that several areas have."""
    store = figures.store
    known = set(_names(store))
    named = [one for one in asked if one not in _WORDS]
    here = [one for one in named if one in known]
    areas = [_area(figures, one, known) for one in named if one not in known]
    sets = {}
    if PARENT in asked:
        sets = {name: tuple(localities(store, [name])) for name in {place.set for place in places if place.id}}
    others = Others(
        tuple(localities(store, names=here)) if here else (),
        tuple(dict.fromkeys(areas)),
        PARENT in asked,
        sets,
        peers(store, places) if PEERS in asked else None,
    )
    return Asked(tuple(level for level in FIXED if level in asked), others)


def _names(store: Store) -> list[str]:
    return [row[0] for row in store.all("SELECT name FROM locality")]


def _area(figures: Figures, wanted: str, known: set[str]) -> tuple[str, str]:
    found = comparators.areas_named(figures, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageProblem(
            f"several areas are called {wanted!r}",
            found=", ".join(code for code, _ in found[:8]),
            todo="Name one by its code",
        )
    from difflib import get_close_matches

    names = {name for table in figures.tables.values() for h in table.hierarchies.values() for name in h.names.tolist()}
    near = get_close_matches(wanted, sorted(known | names | set(_WORDS)), n=3, cutoff=0.6)
    raise UsageProblem(
        f"there is no locality or area {wanted!r} to compare with",
        expected=f"{', '.join(_WORDS)}, the name of a locality, or the name or code of an area that is loaded",
        todo=f"Did you mean {' or '.join(near)}?" if near else "jsna-desktop localities list WORKSPACE shows yours",
    )
