"""How far people are from services over a graph of roads: the nearest, those within a limit, and what a change does.

Dijkstra's sweeps of `scipy.sparse.csgraph`, from services to people along the roads as people travel them: one sweep a
service type gives every node its nearest service and what the way there costs. A service lies a little off the road:
it becomes a node of its own, joined to the nearest one.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas.roads import LEAST, RoadGraph, shortest

# Straight to the nearest node (m): whoever lies further off is on no road.
FAR_M = 1000.0
_CELLS_AT_ONCE = 8_000_000
_NOBODY = -1
_FIRST_TRIED = 1.0  # kilometres or minutes


@dataclass(frozen=True)
class Snapped:
    """Points (n,) on a graph: `node` of each, what the way between costs (`cost`), and its `metres`.

    `node` is −1 for a point further than FAR_M from any, and for one without a place.
    """

    node: np.ndarray
    cost: np.ndarray
    metres: np.ndarray

    @property
    def on_roads(self) -> np.ndarray:
        return self.node >= 0

    def at(self, positions: np.ndarray) -> "Snapped":
        return Snapped(self.node[positions], self.cost[positions], self.metres[positions])


@dataclass(frozen=True)
class Reach:
    """For each node (k,): `cost` of the way to its nearest service (inf where none), and which `service` (−1)."""

    cost: np.ndarray
    service: np.ndarray

    def of(self, points: Snapped) -> tuple[np.ndarray, np.ndarray]:
        """Cost (n,) and service (n,) of points: NaN and −1 for those that have no way to any."""
        node = np.maximum(points.node, 0)
        there = points.on_roads & np.isfinite(self.cost[node])
        cost = np.where(there, self.cost[node] + points.cost, np.nan)
        return cost, np.where(there, self.service[node], _NOBODY)


@dataclass(frozen=True)
class Ways:
    """Ways between points and services, one a row: positions of both, and what it costs from door to door."""

    point: np.ndarray
    service: np.ndarray
    cost: np.ndarray


def snap(graph: RoadGraph, points: np.ndarray) -> Snapped:
    """Points (n, 2), EPSG:27700, NaN where unknown, on the nearest node where a journey may begin."""
    node, metres = np.full(len(points), _NOBODY), np.full(len(points), np.nan)
    placed = np.isfinite(points).all(axis=1)
    if placed.any():
        metres[placed], door = graph.tree.query(points[placed])
        node[placed] = graph.doors[door]
    node[~(metres <= FAR_M)] = _NOBODY
    return Snapped(node, metres * graph.per_metre, metres)


def nearest(graph: RoadGraph, services: Snapped) -> Reach:
    """One sweep from services (s,), those off the roads left out: the nearest of each node."""
    return _swept(graph, *_on_roads(services))


def _on_roads(services: Snapped) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbers = np.flatnonzero(services.on_roads)
    return services.node[numbers], services.cost[numbers], numbers


def _swept(graph: RoadGraph, nodes: np.ndarray, costs: np.ndarray, numbers: np.ndarray, limit: float = np.inf) -> Reach:
    from scipy.sparse.csgraph import dijkstra

    size = len(graph.places)
    if not len(nodes):
        return Reach(np.full(size, np.inf), np.full(size, _NOBODY))
    whole = _with_services(graph.costs, nodes, costs)
    own = size + np.arange(len(nodes))
    cost, _, source = dijkstra(
        whole, directed=True, indices=own, min_only=True, return_predecessors=True, limit=limit
    )  # fmt: skip
    return Reach(cost[:size], _named(source[:size] - size, numbers))


def _named(source: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The number (k,) of each source (k,); −1 where a node has none, which SciPy writes as a number below zero."""
    return np.where(source >= 0, numbers[np.maximum(source, 0)], _NOBODY)


def _with_services(costs: sparse.csr_array, nodes: np.ndarray, own: np.ndarray) -> sparse.csr_array:
    """The matrix with a row more for each service, which leads to its node alone."""
    size, count = len(costs.indptr) - 1, len(nodes)
    starts = np.concatenate([costs.indptr, costs.indptr[-1] + np.arange(1, count + 1, dtype=costs.indptr.dtype)])
    columns = np.concatenate([costs.indices, nodes.astype(costs.indices.dtype)])
    values = np.concatenate([costs.data, np.maximum(own, LEAST)])
    return sparse.csr_array((values, columns, starts), shape=(size + count, size + count))


def within(graph: RoadGraph, services: Snapped, points: Snapped, limit: float) -> Ways:
    """Every way from a point to a service that costs at most `limit`: a bounded sweep for each service."""
    from scipy.sparse.csgraph import dijkstra

    nodes, costs, numbers = _on_roads(services)
    whole, size = _with_services(graph.costs, nodes, costs), len(graph.places)
    placed = np.flatnonzero(points.on_roads)
    step = max(1, _CELLS_AT_ONCE // max(size, 1))
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for first in range(0, len(nodes), step):
        own = size + np.arange(first, min(first + step, len(nodes)))
        reached = dijkstra(whole, directed=True, indices=own, limit=limit)
        cost = reached[:, points.node[placed]] + points.cost[placed]
        service, point = np.nonzero((cost <= limit) & np.isfinite(cost))
        found.append((placed[point], numbers[first + service], cost[service, point]))
    parts = [np.concatenate(part) for part in zip(*found, strict=True)] if found else [np.empty(0, dtype=int)] * 3
    return Ways(parts[0].astype(int), parts[1].astype(int), parts[2].astype(float))


def nearest_few(graph: RoadGraph, services: Snapped, points: Snapped, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Cost (n, count) and service (n, count) of the nearest few of each point, nearest first; NaN and −1 beyond them.

    Bounded sweeps, wider until every point that can have so many has them: no full sweep for each service.
    """
    first = nearest(graph, services).of(points)[0]
    shape = (len(points.node), count)
    cost, service = np.full(shape, np.nan), np.full(shape, _NOBODY)
    left = np.flatnonzero(np.isfinite(first))
    most = min(count, int(services.on_roads.sum()))
    limit = max(2.0 * float(np.quantile(first[left], 0.9)), _FIRST_TRIED) if len(left) else 0.0
    while len(left):
        ways = within(graph, services, points.at(left), limit)
        order = np.lexsort((ways.service, ways.cost, ways.point))
        point, kept = ways.point[order], np.arange(len(order))
        place = kept - np.searchsorted(point, point)
        few = place < count
        rows, places = left[point[few]], place[few]
        cost[rows, places], service[rows, places] = ways.cost[order][few], ways.service[order][few]
        have = np.isfinite(cost[left]).sum(axis=1)
        if not np.isfinite(limit):
            break
        left = left[have < most]
        # Where the roads are in halves a point cannot come to every service: the last sweep has no limit.
        limit = limit * 2 if limit < 64 * float(np.nanmax(first)) else np.inf
    return cost, service


def closed(graph: RoadGraph, reach: Reach, services: Snapped, gone: np.ndarray) -> Reach:
    """The reach without those of the services (s,) at the positions `gone`: only the nodes that were theirs are swept.

    Of every other node neither the way nor the service changes.
    """
    theirs = np.isin(reach.service, gone)
    rows = np.flatnonzero(theirs)
    if not len(rows):
        return reach
    cost, service = reach.cost.copy(), reach.service.copy()
    cost[rows], service[rows] = np.inf, _NOBODY
    # Where the ways begin: links that lead in from a node that keeps its service, and services in the midst of theirs
    # that were nobody's nearest.
    crossing = np.flatnonzero(theirs[graph.costs.indices] & ~theirs[graph.row_of] & np.isfinite(cost[graph.row_of]))
    outside = graph.row_of[crossing]
    kept = services.on_roads & theirs[np.maximum(services.node, 0)]
    kept[gone] = False
    own = np.flatnonzero(kept)
    owners, owner = np.unique(np.concatenate([service[outside], own]), return_inverse=True)
    if not len(owners):
        return Reach(cost, service)
    from scipy.sparse.csgraph import dijkstra

    position, size = np.cumsum(theirs) - 1, len(rows)
    inside = sparse.coo_array(graph.costs[rows][:, rows])
    first = np.concatenate([graph.costs.indices[crossing], services.node[own]])
    whole = shortest(
        np.concatenate([inside.row, size + owner]),
        np.concatenate([inside.col, position[first]]),
        np.concatenate([inside.data, cost[outside] + graph.costs.data[crossing], services.cost[own]]),
        size + len(owners),
    )
    begin = size + np.arange(len(owners))
    new, _, source = dijkstra(whole, directed=True, indices=begin, min_only=True, return_predecessors=True)
    cost[rows] = new[:size]
    service[rows] = _named(source[:size] - size, owners)
    return Reach(cost, service)


def opened(graph: RoadGraph, reach: Reach, new: Snapped, number: int) -> Reach:
    """The reach with one more service, `new` (1,), called `number`: swept only as far as it is the nearest."""
    if not new.on_roads[0]:
        return reach
    before = float(reach.cost[new.node[0]])
    limit = max(2 * before + float(new.cost[0]), _FIRST_TRIED) if np.isfinite(before) else np.inf
    while True:
        found = _swept(graph, new.node, new.cost, np.array([number]), limit)
        nearer = found.cost < reach.cost
        if not np.isfinite(limit) or not _goes_on(graph, reach, found, nearer, limit):
            break
        limit *= 2
    return Reach(np.where(nearer, found.cost, reach.cost), np.where(nearer, number, reach.service))


def _goes_on(graph: RoadGraph, reach: Reach, found: Reach, nearer: np.ndarray, limit: float) -> bool:
    """Whether a link leads from a node that gains to one beyond the limit that would gain too.

    Where there is none, none further on gains either: every node on the way to one that gains does so itself.
    """
    rows = np.flatnonzero(nearer)
    starts, ends = graph.costs.indptr[rows], graph.costs.indptr[rows + 1]
    sizes = ends - starts
    entry = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    cost = np.repeat(found.cost[rows], sizes) + graph.costs.data[entry]
    return bool(((cost > limit) & (cost < reach.cost[graph.costs.indices[entry]])).any())
