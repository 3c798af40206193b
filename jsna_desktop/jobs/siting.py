"""Where to open the next services of a type: the p-median or maximal covering over candidate places (methods.md 6).

Services of the type that are open count as open. Origins are those of jobs/access.py; for the p-median they are added
up by junction: from one junction every candidate takes off the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.spatial.distance import cdist

from jsna_desktop.areas import travel
from jsna_desktop.areas.travel import Reach, Snapped, Ways
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.access import Prepared, checked_limits, edge_of_known, straight
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.service_places import Services, services_of, unnamed
from jsna_desktop.jobs.siting_candidates import Candidates, candidates_of, unplaced
from jsna_desktop.jobs.siting_people import Served, Weight, served, weight_of
from jsna_desktop.measures import siting as measures
from jsna_desktop.measures.siting import Sited
from jsna_desktop.sources.known import counted

MEDIAN, COVER = "median", "cover"
# Unless another limit is asked for.
LIMIT = {"minutes": 10.0, "km": 5.0}
_AT_ONCE = 32
# Journeys that differ by less are the same: metres of a journey in km, and less in minutes.
_SAME = 1e-9


@dataclass(frozen=True)
class Sites:
    """The candidates chosen, and journeys as they open one after another.

    `costs` (k + 1, n) of each point of `prepared`, NaN unknown: as it is now, then with the first open, the first two
    …; `weight` (n,) of each point, nothing where nobody is `served`. `order` (k,) positions among `candidates`, the
    one that brings most first; `usable` (m,) which of them could be chosen. `best` is the weighted sum of journeys with
    all of them open, or the weight within the limit.
    """

    prepared: Prepared
    service: str
    services: Services | None
    candidates: Candidates
    usable: np.ndarray
    served: Served
    weighed: Weight
    objective: str
    limit: float
    count: int
    found: Sited
    order: np.ndarray
    costs: np.ndarray
    best: float
    notes: tuple[str, ...]

    @property
    def sensitive(self) -> bool:
        """Whether these figures may leave the program only through the gate."""
        secret = self.services is not None and self.services.sensitive
        return secret or self.candidates.sensitive or self.prepared.residents.sensitive

    @cached_property
    def weight(self) -> np.ndarray:
        return self.served.weights(self.weighed.values)

    def means(self) -> np.ndarray:
        """Weighted mean journey (k + 1,) of those with a known way; NaN where nobody has one."""
        known = np.isfinite(self.costs)
        with np.errstate(invalid="ignore", divide="ignore"):
            return (np.where(known, self.costs, 0.0) @ self.weight) / (known @ self.weight)

    def covered(self) -> np.ndarray:
        """Share (k + 1,) of the whole weight within the limit."""
        return (self.within @ self.weight) / self.weight.sum()

    @cached_property
    def within(self) -> np.ndarray:
        """Whether each point (k + 1, n) is within the limit."""
        with np.errstate(invalid="ignore"):
            return self.costs <= self.limit + _SAME

    def unrouted(self) -> np.ndarray:
        """Share (k + 1,) of residents without a known way."""
        return ~np.isfinite(self.costs) @ self.served.residents / self.served.residents.sum()

    def at_the_edge(self) -> np.ndarray | None:
        """Share (k + 1,) of residents with a known way who may have a nearer service beyond what is loaded.

        NaN where nobody has a way; None where no service counts as open: there is no list that could go on beyond.
        """
        if self.services is None:
            return None
        placed = np.isfinite(self.services.places).all(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            beyond = self.costs > edge_of_known(self.prepared, self.services.places[placed])
            return (beyond @ self.served.residents) / (np.isfinite(self.costs) @ self.served.residents)

    @property
    def gap(self) -> float:
        """How much better any choice could be, as a share of the mean journey, or of those covered; 0 where proved."""
        if self.found.proven:
            return 0.0
        short = self.found.bound - self.found.value
        return float(short / self.best) if self.best > 0 else float("inf")


def site(
    prepared: Prepared,
    service: str,
    candidates: str,
    count: int,
    *,
    of: Sequence[int] = (),
    weight: str | None = None,
    objective: str = MEDIAN,
    limit: float | None = None,
    new: bool = False,
    seconds: float = 60.0,
    progress: Progress | None = None,
) -> Sites:
    """The `count` candidates that bring the weighted mean journey lowest, or most within the limit.

    `of` are the rows of the prepared residents whose places are to be served, without any all of the workspace's own;
    candidates and services may lie anywhere. With `new` no service of the type counts as open. UsageProblem for an
    unknown service, candidates or weight, for fewer candidates than `count`, for a count that is none, and where nobody
    lives.
    """
    progress = progress or Progress()
    if count < 1:
        raise UsageProblem("no place is to be chosen", found=f"--count {count}", expected="1 or more")
    end = LIMIT[prepared.unit] if limit is None else checked_limits([limit], prepared.unit)[0]
    services = None if new else services_of(prepared.store, service)
    offered = candidates_of(prepared.store, candidates)
    whom = served(prepared.residents, of)
    weighed = weight_of(prepared.store, prepared.residents.people, whom, weight)
    here = _Ground(prepared, services, offered)
    usable, notes = _usable(prepared, offered, services, here)
    if usable.sum() < count:
        secret = offered.sensitive or (services is not None and services.sensitive)
        raise UsageProblem(
            f"{counted(count, 'place')} cannot be chosen",
            found="" if secret else "; ".join([counted(int(usable.sum()), "candidate"), *notes]),
            todo="Ask for fewer, or add candidates",
        )
    weights = whom.weights(weighed.values)
    numbers = np.flatnonzero(usable)
    if objective == COVER:
        gain = here.covering(numbers, weights, end, progress)
        before = float(weights[here.now <= end + _SAME].sum())
    else:
        gain, before = here.saving(numbers, weights, progress)
    progress("choosing places", None)
    found = measures.choose(gain, count, seconds)
    order = numbers[found.chosen]
    after = before + found.value if objective == COVER else before - found.value
    if len(order) < count:
        notes.append(f"no other candidate brings anybody {'within the limit' if objective == COVER else 'nearer'}")
    if services is not None:
        notes = [*services.problems, *notes]
    notes = [*prepared.notes, *whom.notes, *weighed.notes, *notes]
    return Sites(
        prepared, service, services, offered, usable, whom, weighed, objective, end, count, found, order,
        here.opened(order), after, tuple(notes),
    )  # fmt: skip


def _usable(
    prepared: Prepared, offered: Candidates, services: Services | None, here: "_Ground"
) -> tuple[np.ndarray, list[str]]:
    """Which candidates (m,) can be chosen, and sentences on those that cannot."""
    notes = unplaced(prepared.store, offered)
    placed = np.asarray(np.isfinite(offered.places).all(axis=1))
    usable = placed.copy()
    if here.snapped is not None:
        usable &= here.snapped.on_roads
        lost = np.flatnonzero(placed & ~usable & ~offered.secret)
        notes += [f"{offered.names[row]} lies {here.snapped.metres[row] / 1000:,.1f} km from any road, left out"
                  for row in lost[:10].tolist()]  # fmt: skip
        if len(lost) > 10:
            notes.append(f"further than 1 km from any road, left out: {counted(len(lost) - 10, 'more candidate')}")
        notes += unnamed(placed & ~usable & offered.secret, "candidate", "no road near them")
    metres = np.round(np.nan_to_num(offered.places, nan=-1e9)).astype(np.int64)
    if services is not None:
        open_now = {(round(x), round(y)) for x, y in services.places.tolist() if np.isfinite(x)}
        same = usable & np.array([tuple(one) in open_now for one in metres.tolist()], dtype=bool)
        if same.any():
            notes.append(f"where {services.service} is open already, left out: {counted(int(same.sum()), 'candidate')}")
        usable &= ~same
    rows = np.flatnonzero(usable)
    once = rows[np.unique(metres[rows], axis=0, return_index=True)[1]]
    if len(once) < len(rows):
        notes.append(f"at the place of another, counted once: {counted(len(rows) - len(once), 'candidate')}")
    return np.isin(np.arange(len(usable)), once), notes


class _Ground:
    """Journeys now, and to the candidates: along the roads, or straight."""

    def __init__(self, prepared: Prepared, services: Services | None, offered: Candidates) -> None:
        self.prepared, self.offered = prepared, offered
        self.points = prepared.residents.origins.points
        self.snapped: Snapped | None = None
        self.reach: Reach | None = None
        none = np.empty((0, 2))
        if prepared.graph is not None and prepared.snapped is not None:
            self.snapped = travel.snap(prepared.graph, offered.places)
            open_now = travel.snap(prepared.graph, none if services is None else services.places)
            self.reach = travel.nearest(prepared.graph, open_now)
            cost = self.reach.of(prepared.snapped)[0]
        else:
            cost = straight(none if services is None else services.places, self.points)[0]
        self.cost = cost
        # Without any way it is further than anything.
        self.now = np.where(np.isfinite(cost), cost, np.inf)

    def saving(self, numbers: np.ndarray, weights: np.ndarray, progress: Progress) -> tuple[sparse.csr_array, float]:
        """Gains (rows, numbers) of the p-median, and the weighted sum of journeys now.

        Who has no way counts as the longest way that anybody has to a candidate or to a service.
        """
        graph, snapped = self.prepared.graph, self.prepared.snapped
        routed = self._there(weights)
        if graph is None or snapped is None:
            row, now, weight, on = np.arange(len(weights)), self.now, np.where(routed, weights, 0.0), None
        else:
            nodes, at = np.unique(snapped.node[routed], return_inverse=True)
            row = np.full(len(weights), -1)
            row[routed] = at
            weight = np.bincount(at, weights[routed], minlength=len(nodes))
            nothing = np.zeros(len(nodes))
            on = Snapped(nodes, nothing, nothing)
            assert self.reach is not None
            now = self.reach.cost[nodes]
        finite = now[np.isfinite(now) & (weight > 0)]
        limit = float(finite.max()) if len(finite) and np.isfinite(now[weight > 0]).all() else np.inf
        ways = self._ways(numbers, on, now, weight > 0, limit, progress)
        longest = max(finite.max(initial=0.0), ways.cost.max(initial=0.0))
        told = np.where(np.isfinite(now), now, longest)
        saved = (told[ways.point] - ways.cost) * weight[ways.point]
        gain = sparse.csr_array((saved, (ways.point, ways.service)), shape=(len(now), len(numbers)))
        held = row >= 0
        own = np.zeros(len(weights)) if snapped is None else np.nan_to_num(snapped.cost)
        total = float(told @ weight) + float(own[held] @ np.where(routed, weights, 0.0)[held])
        return gain, total

    def covering(self, numbers: np.ndarray, weights: np.ndarray, limit: float, progress: Progress) -> sparse.csr_array:
        """Gains (points, numbers) of covering: the weight of points that a candidate alone brings within the limit."""
        beyond = self._there(weights) & (self.now > limit + _SAME)
        end = np.full(len(weights), limit + _SAME)
        ways = self._ways(numbers, self.prepared.snapped, end, beyond, limit + _SAME, progress)
        shape = (len(weights), len(numbers))
        return sparse.csr_array((weights[ways.point], (ways.point, ways.service)), shape=shape)

    def _there(self, weights: np.ndarray) -> np.ndarray:
        """Points (n,) that weigh something and can begin a journey."""
        snapped = self.prepared.snapped
        placed = np.isfinite(self.points).all(axis=1) if snapped is None else snapped.on_roads
        return placed & (weights > 0)

    def _ways(
        self, numbers: np.ndarray, on: Snapped | None, end: np.ndarray, used: np.ndarray, limit: float,
        progress: Progress,
    ) -> Ways:  # fmt: skip
        """Ways to candidates (by position in `numbers`) shorter than `end` (rows,), from the rows that are `used`."""
        graph, rows = self.prepared.graph, np.flatnonzero(used)
        points, candidates, costs = [], [], []
        for start in range(0, len(numbers), _AT_ONCE):
            progress("ways to candidates", start / len(numbers))
            part = numbers[start : start + _AT_ONCE]
            if graph is None or on is None or self.snapped is None:
                km = cdist(self.points[rows], self.offered.places[part]) / 1000
                point, candidate = np.nonzero(km < end[rows, None])
                cost = km[point, candidate]
            else:
                ways = travel.within(graph, self.snapped.at(part), on.at(rows), limit)
                shorter = ways.cost < end[rows[ways.point]]
                point, candidate, cost = ways.point[shorter], ways.service[shorter], ways.cost[shorter]
            points.append(rows[point])
            candidates.append(start + candidate)
            costs.append(cost)
        return Ways(np.concatenate(points), np.concatenate(candidates), np.concatenate(costs))

    def opened(self, order: np.ndarray) -> np.ndarray:
        """Journeys (k + 1, n) of every point, with more and more of the candidates `order` open; NaN unknown."""
        found, reach = [self.cost], self.reach
        for row, number in enumerate(order.tolist()):
            if reach is None or self.snapped is None or self.prepared.graph is None or self.prepared.snapped is None:
                km = straight(self.offered.places[[number]], self.points)[0]
                found.append(np.fmin(found[-1], km))
                continue
            reach = travel.opened(self.prepared.graph, reach, self.snapped.at(np.array([number])), row)
            found.append(reach.of(self.prepared.snapped)[0])
        return np.stack(found)
