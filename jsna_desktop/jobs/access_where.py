"""Where those live who are far from a service, or whom a change of services would touch: small areas of a place."""

import numpy as np

from jsna_desktop.jobs import access_words
from jsna_desktop.jobs.access import Access
from jsna_desktop.jobs.access_change import Changed, moved
from jsna_desktop.measures.access import beyond as further_than
from jsna_desktop.packs.access import Area, Beyond

_FEW = 5
_SOME = 0.5  # of a resident: fewer are nobody


def beyond(made: Access, place: str) -> tuple[Beyond, ...]:
    """For each limit, who of a place lives further than it and the few areas where most of them live.

    Those whose way is not known are not among them. Not to be shown of sensitive services or residents.
    """
    people = made.prepared.residents
    points, residents = people.held(people.row_of(place))
    cost, block = made.cost[points], people.origins.block[points]
    routed = residents[np.isfinite(cost)].sum()
    if not routed:
        return ()
    found = []
    for limit in made.limits:
        far = np.where(further_than(cost, limit), residents, 0.0)
        said = access_words.further_than(
            place, limit, made.prepared.unit, made.prepared.mode, made.services.service, float(far.sum()),
            float(far.sum() / routed),
        )  # fmt: skip
        found.append(Beyond(limit, said, _most(made, block, far, cost, None)))
    return tuple(found)


def touched(change: Changed, place: str, *, losing: bool) -> tuple[Area, ...]:
    """The few areas of a place where most of those live who would be further away, or else nearer."""
    made = change.before
    people = made.prepared.residents
    points, residents = people.held(people.row_of(place))
    nearer, further = moved(change)
    mine = np.where((further if losing else nearer)[points], residents, 0.0)
    block = people.origins.block[points]
    return _most(made, block, mine, made.cost[points], change.cost[points])


def _most(
    made: Access, block: np.ndarray, residents: np.ndarray, cost: np.ndarray, then: np.ndarray | None
) -> tuple[Area, ...]:
    """The blocks with the most of some residents (k,), who begin in `block` (k,), and the mean of their journeys."""
    codes = made.prepared.residents.people.codes
    total = np.bincount(block, residents, minlength=len(codes))
    order = np.argsort(-total, kind="stable")[:_FEW]
    return tuple(
        Area(
            str(codes[at]),
            float(total[at]),
            _mean(cost, np.where(block == at, residents, 0.0)),
            None if then is None else _mean(then, np.where(block == at, residents, 0.0)),
        )
        for at in order.tolist()
        if total[at] >= _SOME
    )


def _mean(cost: np.ndarray, residents: np.ndarray) -> float | None:
    known = np.isfinite(cost) & (residents > 0)
    return float(np.average(cost[known], weights=residents[known])) if known.any() else None
