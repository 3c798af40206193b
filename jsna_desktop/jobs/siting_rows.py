"""The rows of `site` (contract.md): a candidate a row, what it changes, and how sure it is that none is better."""

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.locality import matrix_of
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.access_rows import left_out, may_be_nearer, per_cent
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
_WITHHELD = (
    "candidate", "easting", "northing", "mean_before", "mean_after", "covered_before", "covered_after",
    "brought_within", "brought_fifths", "proven", "gap", "method",
)  # fmt: skip


def rows(made: Sites) -> list[dict]:
    """A row for each candidate chosen, the one that brings most first.

    `mean_before` and `covered_before` are as it is now, `mean_after` and `covered_after` with this candidate and those
    above it open; `brought_within` are the residents whom it brings within the limit beyond those above it, and
    `brought_fifths` how many of them live in each fifth by deprivation, the most deprived first.
    """
    means, covered = made.means(), made.covered()
    brought = (made.within[1:] & ~made.within[:-1]) * made.served.residents
    fifths = _fifths(made)
    unrouted, edge = made.unrouted(), made.at_the_edge()
    found = []
    for at, candidate in enumerate(made.order.tolist()):
        by_fifth = None if fifths is None else np.bincount(fifths + 1, brought[at], minlength=_FIFTHS + 1)[1:]
        found.append(
            {
                "rank": at + 1,
                "candidate": str(made.candidates.names[candidate]),
                "easting": number(made.candidates.places[candidate, 0]),
                "northing": number(made.candidates.places[candidate, 1]),
                "locality": "; ".join(made.served.localities),
                "service": made.service,
                "objective": made.objective,
                "by": made.prepared.mode,
                "unit": made.prepared.unit,
                "weight": made.weighed.title,
                "mean_before": number(means[0]),
                "mean_after": number(means[at + 1]),
                "limit": made.limit,
                "covered_before": None if made.services is None else number(covered[0]),
                "covered_after": number(covered[at + 1]),
                "brought_within": number(float(brought[at].sum())),
                "brought_fifths": None if by_fifth is None else {
                    str(fifth + 1): number(float(value)) for fifth, value in enumerate(by_fifth.tolist())
                },
                "proven": made.found.proven,
                "gap": number(made.gap),
                "method": made.found.method,
                "note": "; ".join(_notes(made, float(unrouted[at + 1]), 0.0 if edge is None else float(edge[at + 1]))),
            }
        )  # fmt: skip
    return found


def _notes(made: Sites, unrouted: float, edge: float) -> list[str]:
    """What is to be known of a row, as in those of `access`: with its candidate and those above it open."""
    straight = made.prepared.graph is None
    said = list(made.prepared.notes[:1]) if straight else []
    if made.services is None:
        said.append("no mean before: no service counts as open yet")
    return [*said, *left_out(unrouted), *may_be_nearer(edge)]


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
    where = f" in {made.served.where}" if made.served.where else ""
    return f"{what}, weighted by {made.weighed.title}{where}: {_HOW[made.found.method]}"


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
    said = [f"{verdict} for residents of {made.served.where}" if made.served.where else verdict]
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
    said += _edge(made)
    if _fifths(made) is None:
        said.append("not by deprivation: no open index ranks these areas")
    return said


def _edge(made: Sites) -> list[str]:
    shares = made.at_the_edge()
    if shares is None or not np.nan_to_num(shares[[0, -1]]).any():
        return []
    now, then = (per_cent(float(share)) for share in np.nan_to_num(shares[[0, -1]]))
    return [f"edge: may be nearer for {now} of residents now, for {then} afterwards"]


def head(made: Sites) -> dict:
    """What the JSON says beside its rows; nothing of sensitive places or residents but how they were measured.

    `localities` are whose `residents` are weighed, none for all of the workspace's own.
    """
    secret, edge = made.sensitive, made.at_the_edge()
    before, after = (None, None) if edge is None else (number(edge[0]), number(edge[-1]))
    unrouted = made.unrouted()
    told = {
        "residents": number(float(made.served.residents.sum())),
        "unrouted_share_before": None if made.services is None else number(unrouted[0]),
        "unrouted_share": number(unrouted[-1]),
        "edge_share_before": before,
        "edge_share_after": after,
    }
    return {
        "method": method(made),
        "mode": made.prepared.mode,
        "unit": made.prepared.unit,
        "objective": made.objective,
        "limit": made.limit,
        "limits": [made.limit],
        "candidates": None if secret else int(made.usable.sum()),
        "localities": list(made.served.localities),
        **(dict.fromkeys(told) if secret else told),
        "fifths": [] if secret else fifth_names(made),
        "notes": [] if secret else [*findings(made), *made.notes, *made.prepared.residents.notes],
    }


def _better(made: Sites) -> str:
    unit = f"{made.limit:g} {'minutes' if made.prepared.unit == 'minutes' else 'km'}"
    return f"more within {unit}" if made.objective == COVER else "the mean lower"


def released_sites(made: Sites) -> list[dict]:
    """Rows as they may leave the program: of sensitive places or residents as many ranks as were asked for, alone."""
    if not made.sensitive:
        return rows(made)
    asked = {
        "locality": "; ".join(made.served.localities),
        "service": made.service,
        "objective": made.objective,
        "by": made.prepared.mode,
        "unit": made.prepared.unit,
        "weight": made.weighed.title,
        "limit": made.limit,
    }
    return [{"rank": at + 1, **dict.fromkeys(_WITHHELD), **asked, "note": WITHHELD} for at in range(made.count)]
