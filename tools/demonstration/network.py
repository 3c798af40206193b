"""Which edges of the mesh are roads, and of which class: through roads are cheapest paths, streets follow patterns."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from tools.demonstration.junctions import COUNTRY, ESTATE, TERRACES, WINDING, Junctions
from tools.demonstration.mesh import Mesh
from tools.demonstration.names import TOWNS
from tools.demonstration.routes import Routes

A_ROAD, B_ROAD, MINOR, LOCAL = 1, 2, 3, 4
# Towns that a B road joins, by their order in TOWNS.
_B_ROADS = ((2, 9), (9, 3), (3, 6), (4, 5), (7, 8), (8, 1), (11, 4), (10, 9), (7, 4), (1, 6), (5, 1), (2, 11))
_OVER_M, _BROOK_M = 900.0, 250.0  # what a bridge over the motorway or the brook counts for when a way is chosen
_VILLAGES_APART_M = 9_000.0


@dataclass(frozen=True)
class Network:
    """`road` (e,) class of each edge of the mesh, 0 for those that are none; `number` (e,) of its A or B road or -1;

    `path` the junctions (k,) of each A road from end to end.
    """

    road: np.ndarray
    number: np.ndarray
    path: list[np.ndarray]


class _Ways:
    """Cheapest ways through the mesh, which take roads that are there already rather than new ones."""

    def __init__(self, mesh: Mesh, n: int) -> None:
        self.mesh, self.n = mesh, n
        self.road = np.zeros(len(mesh.ends), np.int8)
        self.number = np.full(len(mesh.ends), -1)
        both = np.vstack([mesh.ends, mesh.ends[:, ::-1]])
        order = np.lexsort((both[:, 1], both[:, 0]))
        self._edge = order % len(mesh.ends)
        self._start = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=n))])
        self._to = both[order, 1]
        self._extra = _OVER_M * mesh.over + _BROOK_M * mesh.brook

    def graph(self, cost: np.ndarray) -> csr_matrix:
        return csr_matrix((cost[self._edge], self._to, self._start), (self.n, self.n))

    def cost(self) -> np.ndarray:
        known = np.array([1.0, 0.75, 0.6, 0.6, 1.0])[self.road]
        return (self.mesh.length + np.where(self.road > 0, 0.0, self._extra)) * known

    def edges_of(self, path: np.ndarray) -> np.ndarray:
        found = []
        for a, b in zip(path[:-1].tolist(), path[1:].tolist(), strict=True):
            at = self._start[a] + np.searchsorted(self._to[self._start[a] : self._start[a + 1]], b)
            found.append(self._edge[at])
        return np.array(found, int)

    def between(self, cost: np.ndarray, start: int, ends: np.ndarray, limit: float = np.inf) -> list[np.ndarray]:
        """Junctions of the ways from one to others, those that are too far left out."""
        from scipy.sparse.csgraph import dijkstra

        far, before = dijkstra(self.graph(cost), indices=start, return_predecessors=True, limit=limit)
        paths = []
        for end in ends.tolist():
            if not np.isfinite(far[end]):
                continue
            path = [end]
            while path[-1] != start:
                path.append(before[path[-1]])
            paths.append(np.array(path[::-1]))
        return paths

    def build(self, path: np.ndarray, road: int, number: int = -1) -> None:
        edges = self.edges_of(path)
        new = edges[(self.road[edges] == 0) | (self.road[edges] > road)]
        self.road[new], self.number[new] = road, number


def make_network(seed: int, nodes: Junctions, mesh: Mesh, routes: Routes, hearts: np.ndarray) -> Network:
    """The roads between junctions; all that one side of the river has hang together, and three bridges join them."""
    from scipy.spatial import KDTree

    rng = np.random.default_rng([seed, 23])
    ways = _Ways(mesh, len(nodes.xy))
    tree = KDTree(nodes.xy)
    middle = (nodes.xy[mesh.ends[:, 0]] + nodes.xy[mesh.ends[:, 1]]) / 2
    paths = []
    for i, course in enumerate(routes.a_roads):
        away = KDTree(course).query(middle)[0]
        start, end = np.asarray(tree.query(course[[0, -1]])[1]).tolist()
        pulled = mesh.length * (1 + np.minimum((away / 40) ** 2, 30))
        paths += ways.between(pulled, start, np.array([end]))
        ways.build(paths[-1], A_ROAD, i)
    towns = np.asarray(tree.query([(town.east, town.north) for town in TOWNS])[1])
    for i, (a, b) in enumerate(_B_ROADS):
        for path in ways.between(ways.cost(), int(towns[a]), towns[[b]]):
            ways.build(path, B_ROAD, i)
    _village_roads(ways, tree, hearts, towns)
    for q, town in enumerate(nodes.town):
        for path in ways.between(ways.cost(), int(tree.query(nodes.middles[q])[1]), towns[[town]], 8_000):
            ways.build(path, MINOR)
    _streets(rng, ways, nodes)
    return Network(ways.road, ways.number, paths)


def _village_roads(ways: _Ways, tree, hearts: np.ndarray, towns: np.ndarray) -> None:
    """Minor roads from each village to those of its neighbours that no third is nearer to, and to towns likewise."""
    from scipy.spatial import Delaunay

    places = np.vstack([hearts, tree.data[towns]])
    at = np.concatenate([tree.query(hearts)[1], towns])
    corners = Delaunay(places).simplices
    pairs = np.unique(np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1), axis=0)
    apart = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
    far = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    nearer = (np.maximum(far[pairs[:, 0]], far[pairs[:, 1]]) < apart[:, None] - 1).any(axis=1)
    for a in np.unique(pairs[:, 0]):
        mine = (pairs[:, 0] == a) & ~nearer & (apart < _VILLAGES_APART_M)
        if mine.any():
            for path in ways.between(ways.cost(), int(at[a]), at[pairs[mine, 1]], 2 * apart[mine].max()):
                ways.build(path, MINOR)


def _streets(rng: np.random.Generator, ways: _Ways, nodes: Junctions) -> None:
    """Streets and lanes by the pattern of the ground; then as few more as join every junction."""
    from scipy.sparse.csgraph import minimum_spanning_tree

    mesh = ways.mesh
    a, b = mesh.ends.T
    one = nodes.quarter[a] == nodes.quarter[b]
    pattern = np.where(one, nodes.pattern[a], -1)
    ahead = nodes.xy[b] - nodes.xy[a]
    off = np.abs(np.sin(2 * (np.arctan2(ahead[:, 1], ahead[:, 0]) - nodes.turn[a]))) / 2
    square = (off < 0.2) & (mesh.length < 125)
    chance = np.select(
        [pattern == TERRACES, pattern == WINDING, pattern == ESTATE, pattern == COUNTRY],
        [
            0.93 * square,
            np.where(mesh.near, 0.92, 0.2 * (mesh.length < 90)),
            0.42 * mesh.near,
            np.where(mesh.near, np.where(nodes.village[a], 0.65, 0.88), 0.07 * (mesh.length < 800)),
        ],
        0.5 * mesh.near,  # from one quarter to the next, and on to an A road
    )
    chance = np.where(mesh.over, 0.12 * chance, np.where(mesh.brook, 0.3 * chance, chance))
    chosen = (rng.random(len(a)) < chance) & (ways.road == 0) & (mesh.bridge < 0)
    ways.road[chosen | (mesh.bridge >= 0) & (ways.road == 0)] = LOCAL
    # An edge that is a road costs next to nothing, so the tree goes on from the roads that there are.
    cost = np.where(ways.road > 0, 1e-3, mesh.length * rng.lognormal(0, 0.3, len(a)) + _OVER_M * mesh.over)
    tree = minimum_spanning_tree(ways.graph(cost)).tocoo()
    joined = np.array([ways.edges_of(np.array(pair))[0] for pair in zip(tree.row, tree.col, strict=True)])
    ways.road[joined[ways.road[joined] == 0]] = LOCAL
