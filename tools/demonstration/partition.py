"""Cutting the land into areas: contiguous parts of near-equal weight on a graph of neighbouring sites.

A cut takes the two ends that are furthest apart, A and B, and splits by d(A) - d(B), distances along the
graph. Both sides are contiguous: the step before any site on its way to A has a difference that is no
greater. Costly steps (over a river, say) make differences jump there, so boundaries settle on them.
"""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra


def join_loose(graph: csr_matrix, label: np.ndarray) -> np.ndarray:
    """Labels (n,) with every part but the largest of a label given to the label it touches most."""
    label = label.copy()
    for _ in range(20):
        rows, cols = graph.nonzero()
        same = label[rows] == label[cols]
        part = connected_components(
            csr_matrix((np.ones(same.sum()), (rows[same], cols[same])), graph.shape), directed=False
        )[1]
        size = np.bincount(part)
        order = np.lexsort((part, -size[part], label))
        firsts = order[np.unique(label[order], return_index=True)[1]]
        loose = np.setdiff1d(part, part[firsts])
        if loose.size == 0:
            return label
        for p in loose:
            touching = label[cols[(part[rows] == p) & ~same]]
            if touching.size:
                label[part == p] = np.bincount(touching).argmax()
    raise RuntimeError("loose parts do not settle")


def _two(graph: csr_matrix, weight: np.ndarray, share: float) -> np.ndarray:
    """True for the side that holds `share` of the weight."""
    start = int(dijkstra(graph, directed=False, indices=0).argmax())
    to_a = dijkstra(graph, directed=False, indices=start)
    to_b = dijkstra(graph, directed=False, indices=int(to_a.argmax()))
    order = np.lexsort((to_a, to_a - to_b))
    cut = int(np.searchsorted(np.cumsum(weight[order]), share * weight.sum(), side="right"))
    first = np.zeros(len(weight), bool)
    first[order[: min(max(cut, 1), len(weight) - 1)]] = True
    return join_loose(graph, first.astype(int)).astype(bool)


def cut_into(graph: csr_matrix, weight: np.ndarray, parts: int) -> np.ndarray:
    """Labels 0 … parts - 1 for the n nodes of a connected graph; `weight` (n,) is shared out evenly."""
    label = np.zeros(len(weight), int)
    todo = [(np.arange(len(weight)), parts, 0)]
    while todo:
        nodes, k, base = todo.pop()
        if k == 1:
            label[nodes] = base
            continue
        first = _two(graph[nodes][:, nodes].tocsr(), weight[nodes], (k // 2) / k)
        todo += [(nodes[first], k // 2, base), (nodes[~first], k - k // 2, base + k // 2)]
    return label


def nearest_source(graph: csr_matrix, sources: np.ndarray, head_start: np.ndarray) -> np.ndarray:
    """For each node the source that it reaches soonest, each with its head start (in units of the graph)."""
    reach = dijkstra(graph, directed=False, indices=sources) - head_start[:, None]
    return reach.argmin(axis=0)
