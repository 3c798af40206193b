"""Names of streets: one from end to end of what looks like one street."""

import numpy as np

from tools.demonstration.names import STREETS

FIRST = (
    "Alder", "Anvil", "Ashen", "Badger", "Barley", "Beacon", "Bellfounder", "Birchwood", "Bishop", "Bramble", "Brewer",
    "Bridle", "Cartwright", "Chandler", "Charter", "Cider", "Clement", "Clover", "Cooper", "Copper", "Corn", "Cowslip",
    "Cutler", "Damson", "Dovecote", "Draper", "Drover", "Elder", "Farrier", "Fennel", "Ferry", "Fletcher", "Foundry",
    "Friar", "Gallows", "Glebe", "Glover", "Granary", "Harrow", "Hawthorn", "Hazel", "Heron", "Hop", "Ivy", "Juniper",
    "Kestrel", "Kiln", "Lammas", "Larch", "Linnet", "Malt", "Maple", "Mason", "Meadow", "Merchant", "Nightingale",
    "Oakfield", "Orchard", "Osier", "Otter", "Paddock", "Plover", "Quarry", "Reed", "Rook", "Saddler", "Sexton",
    "Shepherd", "Sorrel", "Tallow", "Teasel", "Thatcher", "Thistle", "Tithe", "Vine", "Wainwright", "Weaver", "Willow",
)  # fmt: skip
_LAST = {
    "street": ("Street", "Road", "Row", "Terrace", "Street", "Road"),
    "estate": ("Close", "Drive", "Avenue", "Crescent", "Way", "Gardens", "Grove", "Court"),
    "lane": ("Lane", "Lane", "Hill", "Drove", "Lane", "Road"),
}
_STRAIGHT = np.cos(np.radians(38))


def one_street(start: np.ndarray, end: np.ndarray, xy: np.ndarray, road: np.ndarray) -> np.ndarray:
    """(n,) number of the street that each link is part of: at a junction, a link goes on in the straightest of its

    class. `start`, `end` (n,) nodes of links, `xy` (m, 2) of nodes, `road` (n,) class.
    """
    ahead = xy[end] - xy[start]
    ahead = ahead / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    link = np.tile(np.arange(len(start)), 2)
    node = np.concatenate([start, end])
    out = np.vstack([ahead, -ahead])
    order = np.lexsort((link, node))
    street = np.arange(len(start))

    def root(i: int) -> int:
        while street[i] != i:
            street[i] = street[street[i]]
            i = int(street[i])
        return i

    for group in np.split(order, np.flatnonzero(np.diff(node[order])) + 1):
        turn = out[group] @ out[group].T
        turn[road[link[group]][:, None] != road[link[group]]] = 1
        np.fill_diagonal(turn, 1)
        while turn.min() < -_STRAIGHT:
            i, j = np.unravel_index(turn.argmin(), turn.shape)
            a, b = root(int(link[group[i]])), root(int(link[group[j]]))
            street[max(a, b)] = min(a, b)
            turn[[i, j]] = 1
            turn[:, [i, j]] = 1
    return np.array([root(i) for i in range(len(start))])


def street_names(seed: int, street: np.ndarray, kind: np.ndarray, named: np.ndarray) -> np.ndarray:
    """(n,) a name for each street; `kind` (n,) of its links: `street`, `estate`, `lane`; "" where not `named`."""
    rng = np.random.default_rng([seed, 24])
    distinct, first, which = np.unique(street, return_index=True, return_inverse=True)
    names = []
    for k in kind[first].tolist():
        if k == "street" and rng.random() < 0.02:
            names.append(str(rng.choice(STREETS)))
        else:
            names.append(f"{rng.choice(FIRST)} {rng.choice(_LAST[k])}")
    unnamed = np.array([k == "lane" for k in kind[first]]) & (rng.random(len(distinct)) < 0.45)
    return np.where(named & ~unnamed[which], np.array(names)[which], "")
