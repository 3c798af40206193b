"""The rows of `site` (contract.md): a candidate a row, what it changes, and how sure it is that none is better."""

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import matrix_of
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.deprivation_groups import PLACE, group_name, group_weights, ranking
from jsna_desktop.jobs.life_expectancy import number
from jsna_desktop.jobs.release import WITHHELD
from jsna_desktop.jobs.siting import COVER, Sites
from jsna_desktop.measures.siting import BOUNDED, PROGRAMMED, RELAXED

_FIFTHS = 5
_HOW = {
    RELAXED: "greedy with swaps, met by the bound of the Lagrangian relaxation",
    PROGRAMMED: "integer programme (HiGHS) over the candidates that the Lagrangian relaxation left",
    BOUNDED: "greedy with swaps, and the bound of a relaxation",
}


def rows(made: Sites) -> list[dict]:
    """A row for each candidate chosen, the one that brings most first.

    `mean_before` and `covered_before` are as it is now, `mean_after` and `covered_after` with this candidate and those
    above it open; `brought_within` are the residents whom it brings within the limit beyond those above it, and
    `brought_fifths` how many of them live in each fifth by deprivation, the most deprived first.
    """
    means, covered = made.means(), made.covered()
    brought = (made.within[1:] & ~made.within[:-1]) * made.residents
    fifths = _fifths(made)
    found = []
    for at, candidate in enumerate(made.order.tolist()):
        by_fifth = None if fifths is None else np.bincount(fifths + 1, brought[at], minlength=_FIFTHS + 1)[1:]
        found.append(
            {
                "rank": at + 1,
                "candidate": str(made.candidates.names[candidate]),
                "easting": number(made.candidates.places[candidate, 0]),
                "northing": number(made.candidates.places[candidate, 1]),
                "service": made.service,
                "objective": made.objective,
                "by": made.prepared.mode,
                "unit": made.prepared.unit,
                "weight": made.weighed.title,
                "mean_before": number(means[0]),
                "mean_after": number(means[at + 1]),
                "limit": made.limit,
                "covered_before": number(covered[0]),
                "covered_after": number(covered[at + 1]),
                "brought_within": number(float(brought[at].sum())),
                "brought_fifths": None if by_fifth is None else {
                    str(fifth + 1): number(float(value)) for fifth, value in enumerate(by_fifth.tolist())
                },
                "proven": made.found.proven,
                "gap": number(made.gap),
                "method": made.found.method,
                "note": "",
            }
        )  # fmt: skip
    return found


def _fifths(made: Sites) -> np.ndarray | None:
    """The fifth (n,) of each point's block among the workspace's own, 0 the most deprived, −1 in none."""
    people = made.prepared.residents.people
    origins = made.prepared.residents.origins
    try:
        rank = ranking(made.prepared.store, people.geography, people.codes)
    except UsageProblem:  # said in the notes
        return None
    if rank.sensitive:
        return None
    home = np.flatnonzero(origins.home)
    whole = matrix_of([(home, np.ones(len(home)))], len(people.codes))
    cut = group_weights(whole, rank, _FIFTHS, PLACE, geography.is_block(people.codes, people.geography))
    group = np.full(len(people.codes), -1)
    for fifth in range(_FIFTHS):
        group[cut.indices[cut.indptr[fifth] : cut.indptr[fifth + 1]]] = fifth
    return group[origins.block]


def fifth_names(made: Sites) -> list[str]:
    """What the fifths are called, the most deprived first; [] where nothing ranks the areas."""
    people = made.prepared.residents.people
    try:
        rank = ranking(made.prepared.store, people.geography, people.codes)
    except UsageProblem:
        return []
    return [] if rank.sensitive else [group_name(rank, fifth + 1, _FIFTHS) for fifth in range(_FIFTHS)]


def method(made: Sites) -> str:
    """How the places were chosen, in a sentence."""
    what = "maximal covering" if made.objective == COVER else "p-median"
    return f"{what}, weighted by {made.weighed.title}: {_HOW[made.found.method]}"


def findings(made: Sites) -> list[str]:
    """What was chosen among what, whether it is the best, and what is unknown, in sentences."""
    usable, chosen = int(made.usable.sum()), len(made.order)
    among = f"{chosen} of {usable:,} candidates"
    if not chosen:
        verdict = "no candidate changes anything"
    elif made.found.proven:
        verdict = f"proved: no other {among} bring {_better(made)}" if chosen > 1 else (
            f"proved: no other of {usable:,} candidates brings {_better(made)}")  # fmt: skip
    else:
        what = "of those within the limit" if made.objective == COVER else "of the mean"
        verdict = f"not proved: another choice of {among} may be better by up to {100 * made.gap:.1f} % {what}"
    said = [verdict]
    if made.services is None:
        said.append("no service counts as open yet")
    else:
        placed = int(np.isfinite(made.services.places).all(axis=1).sum())
        said.append(f"open already: {placed:,} ({made.service})")
    total = made.weight.sum()
    unknown = [float(made.weight[~np.isfinite(cost)].sum() / total) for cost in made.costs[[0, -1]]]
    if made.services is not None and unknown[0] > 0:
        said.append(f"{100 * unknown[0]:.1f} % have no known way now, {100 * unknown[1]:.1f} % afterwards; "
                    "means are of those who have one")  # fmt: skip
    elif unknown[1] > 0:
        said.append(f"{100 * unknown[1]:.1f} % have no known way afterwards, and are in no mean")
    if _fifths(made) is None:
        said.append("not by deprivation: no open index ranks these areas")
    return said


def _better(made: Sites) -> str:
    unit = f"{made.limit:g} {'minutes' if made.prepared.unit == 'minutes' else 'km'}"
    return f"more within {unit}" if made.objective == COVER else "the mean lower"


def released_sites(found: list[dict], *, sensitive: bool) -> list[dict]:
    """Rows as they may leave the program: of sensitive places or residents the ranks alone."""
    if not sensitive:
        return found
    kept = ("rank", "service", "objective", "by", "unit", "weight", "limit")
    return [{name: value if name in kept else None for name, value in row.items()} | {"note": WITHHELD}
            for row in found]  # fmt: skip
