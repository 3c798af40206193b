"""Roads as a graph: a network that is read, its long links cut, and what it costs to travel it in one mode.

Ways join where their links share a node, never where lines cross. A graph holds the links that a mode may use, as a
sparse matrix for `scipy.sparse.csgraph`; areas/travel.py asks it how far things are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from jsna_desktop.areas.speeds import Speeds
from jsna_desktop.errors import UsageProblem

DISTANCE, DRIVE, WALK, STRAIGHT = "distance", "drive", "walk", "straight"
MODES = (DISTANCE, DRIVE, WALK, STRAIGHT)
UNITS = {DISTANCE: "km", STRAIGHT: "km", DRIVE: "minutes", WALK: "minutes"}
# A journey begins at a node. On a country lane the next junction may be kilometres away: longer links are cut (m).
LONGEST_LINK_M = 250.0
# A sparse matrix may drop what costs nothing, and the ends would fall apart.
LEAST = 1e-12
# A piece with fewer nodes than this share of the largest is dead: a car park behind a barrier, a road cut by the box.
_DEAD_SHARE = 0.01

Tables = Mapping[str, Mapping[str, np.ndarray]]


@dataclass(frozen=True)
class Network:
    """Nodes `places` (m, 2), EPSG:27700, and links (n,): `start`, `end` positions of nodes, `length` metres.

    `oneway` is 1 along the link, −1 against it, 0 both; `motor` and `foot` who may use it; classes and forms as
    sources/road_links.py has them.
    """

    places: np.ndarray
    start: np.ndarray
    end: np.ndarray
    length: np.ndarray
    road_class: np.ndarray
    form: np.ndarray
    oneway: np.ndarray
    motor: np.ndarray
    foot: np.ndarray
    ferry: np.ndarray


@dataclass(frozen=True)
class Pieces:
    """What of a graph does not join.

    `dead` small pieces are left out, with their `dead_km` of road; `parts` (k,) are the nodes of each piece that is
    kept, largest first: more than one where the roads are in halves.
    """

    dead: int
    dead_km: float
    parts: np.ndarray


@dataclass(frozen=True)
class RoadGraph:
    """The roads that a mode may use, from services to people.

    `places` (k, 2) nodes; `costs` (k, k): row u, column v is what the link from v to u costs, in kilometres or
    minutes, so that a sweep from a service says what the way to it costs. `per_metre` is the cost of a metre between
    a door and the road; `part` (k,) the kept piece that each node is in. `doors` (d,) are the nodes where a journey
    may begin or end: nobody lives on a motorway, a slip road or a ferry.
    """

    mode: str
    places: np.ndarray
    costs: sparse.csr_array
    per_metre: float
    part: np.ndarray
    pieces: Pieces
    doors: np.ndarray

    @property
    def unit(self) -> str:
        return UNITS[self.mode]

    @cached_property
    def row_of(self) -> np.ndarray:
        """The row (links,) of each entry of `costs`."""
        size = self.costs.indptr
        return np.repeat(np.arange(len(size) - 1, dtype=np.int32), np.diff(size))

    @cached_property
    def tree(self) -> Any:
        """The doors by where they are."""
        from scipy.spatial import KDTree

        return KDTree(self.places[self.doors])


def network(datasets: Sequence[Tables]) -> Network:
    """The network of one dataset's tables (`nodes`, `links`, `vertices`), or of several that share ids of nodes.

    Two extracts of neighbouring counties become one network: the same node has the same id in both.
    """
    tables = [{name: dict(columns) for name, columns in each.items()} for each in datasets]
    if len(tables) == 1:
        nodes, links = tables[0]["nodes"], tables[0]["links"]
        places = np.column_stack([nodes["easting"], nodes["northing"]])
        start, end = links["start"], links["end"]
    else:
        ids = np.concatenate([each["nodes"]["id"] for each in tables])
        _, first, at = np.unique(ids, return_index=True, return_inverse=True)
        every = [np.column_stack([each["nodes"]["easting"], each["nodes"]["northing"]]) for each in tables]
        places = np.concatenate(every)[first]
        offsets = np.concatenate([[0], np.cumsum([len(each) for each in every])[:-1]])
        start, end = (
            np.concatenate([at[each["links"][name] + offset] for each, offset in zip(tables, offsets, strict=True)])
            for name in ("start", "end")
        )
        names = tables[0]["links"].keys()
        links = {name: np.concatenate([each["links"][name] for each in tables]) for name in names}
    whole = Network(
        places.astype(float),
        start.astype(np.int64),
        end.astype(np.int64),
        links["length"].astype(float),
        links["class"],
        links["form"],
        links["oneway"],
        links["motor"],
        links["foot"],
        links["ferry"],
    )
    return _cut(whole, links.get("vertices"), [each.get("vertices", {}) for each in tables])


def _cut(whole: Network, sizes: np.ndarray | None, drawn: list[dict[str, np.ndarray]]) -> Network:
    """The network with every link but a ferry's no longer than LONGEST_LINK_M, cut along its line."""
    import shapely

    # Lengths lie on whole metres often: a hair more than the longest is not two links.
    count = np.maximum(np.ceil(whole.length / LONGEST_LINK_M - 1e-9), 1).astype(np.int64)
    count[whole.ferry] = 1
    long = np.flatnonzero(count > 1)
    if not len(long):
        return whole
    lines: Any
    if sizes is not None and all(len(each) for each in drawn):
        vertices = np.column_stack([np.concatenate([each[name] for each in drawn]) for name in ("easting", "northing")])
        wanted = np.repeat(count > 1, sizes)
        lines = shapely.linestrings(
            vertices[wanted].astype(float), indices=np.repeat(np.arange(len(long)), sizes[long])
        )
    else:
        ends = np.stack([whole.places[whole.start[long]], whole.places[whole.end[long]]], axis=1)
        lines = shapely.linestrings(ends)
    pieces = count[long]
    inner = pieces - 1
    link = np.repeat(np.arange(len(long)), inner)
    number = np.arange(inner.sum()) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    points = shapely.line_interpolate_point(lines[link], number / pieces[link], normalized=True)
    first = len(whole.places) + np.cumsum(inner) - inner
    # Each long link becomes: start → first new node → … → end.
    row = np.repeat(np.arange(len(long)), pieces)
    step = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begins = np.where(step == 0, whole.start[long][row], first[row] + step - 1)
    ends = np.where(step == pieces[row] - 1, whole.end[long][row], first[row] + step)
    short = np.flatnonzero(count == 1)
    origin = np.concatenate([short, long[row]])
    return Network(
        np.concatenate([whole.places, shapely.get_coordinates(points)]),
        np.concatenate([whole.start[short], begins]),
        np.concatenate([whole.end[short], ends]),
        whole.length[origin] / count[origin],
        whole.road_class[origin],
        whole.form[origin],
        whole.oneway[origin],
        whole.motor[origin],
        whole.foot[origin],
        whole.ferry[origin],
    )


def graph(roads: Network, mode: str, speeds: Speeds, *, ferries: bool = False) -> RoadGraph:
    """The graph of a mode: `distance` (km on roads for motor vehicles, either way), `drive` or `walk` (minutes).

    One-way roads bind those who drive; nobody walks on a motorway; ferries only where asked for. Of links that join
    the same nodes the shortest counts. UsageProblem where the mode may use no road.
    """
    kilometres = roads.length / 1000
    usable = roads.foot & (roads.road_class != "motorway") if mode == WALK else roads.motor
    usable = usable & (roads.start != roads.end) & (ferries | ~roads.ferry)
    cost, per_metre = kilometres, 1e-3
    if mode in (DRIVE, WALK):
        speed = speeds.driven(roads.road_class, roads.form)
        if mode == WALK:
            speed = np.where(roads.ferry, speeds.ferry, speeds.walk)
        cost, per_metre = 60 * kilometres / speed, 60e-3 / speeds.to_the_road
        usable &= np.isfinite(cost)
    if not usable.any():
        raise UsageProblem(f"the roads of the workspace have none for the mode {mode}", todo="Add other roads")
    one_way = roads.oneway if mode == DRIVE else np.zeros(len(roads.oneway), dtype=np.int8)
    ahead, back = np.flatnonzero(usable & (one_way >= 0)), np.flatnonzero(usable & (one_way <= 0))
    rows = np.concatenate([roads.end[ahead], roads.start[back]])
    columns = np.concatenate([roads.start[ahead], roads.end[back]])
    costs = shortest(rows, columns, np.concatenate([cost[ahead], cost[back]]), len(roads.places))
    lived_on = usable & (roads.road_class != "motorway") & (roads.form != "slip") & ~roads.ferry
    doors = np.zeros(len(roads.places), dtype=bool)
    doors[roads.start[lived_on]] = doors[roads.end[lived_on]] = True
    return _living(roads, mode, costs, per_metre, bool(one_way.any()), doors)


def shortest(rows: np.ndarray, columns: np.ndarray, costs: np.ndarray, size: int) -> sparse.csr_array:
    """A matrix (size, size) of the least cost of each pair, none of them nothing."""
    key = rows.astype(np.int64) * size + columns
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, dtype=np.int64)
    least = np.minimum.reduceat(costs[order], first) if len(key) else np.empty(0)
    kept = order[first]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows[kept], minlength=size))]).astype(np.int32)
    return sparse.csr_array((np.maximum(least, LEAST), columns[kept].astype(np.int32), starts), shape=(size, size))


def _living(
    roads: Network, mode: str, costs: sparse.csr_array, per_metre: float, directed: bool, doors: np.ndarray
) -> RoadGraph:
    """The graph of the nodes from which most of the others can be reached, and what was left out."""
    from scipy.sparse.csgraph import connected_components

    # Along one-way roads a piece is what can be left and come back to: nobody could drive home from any other.
    count, of = connected_components(costs, directed=directed, connection="strong")
    sizes = np.bincount(of, minlength=count)
    joined = np.bincount(costs.indices, minlength=len(of)) + np.diff(costs.indptr) > 0
    live = sizes >= _DEAD_SHARE * sizes.max()
    kept = np.flatnonzero(live[of] & joined)
    dead = np.unique(of[~live[of] & joined])
    lost = np.isin(of[roads.start], dead) & ~roads.ferry
    size = np.bincount(of[kept], minlength=count)
    order = np.argsort(-size, kind="stable")
    rank = np.empty(count, dtype=np.int32)
    rank[order] = np.arange(count)
    part = sparse.csr_array(costs[kept][:, kept]) if len(kept) < len(of) else costs
    pieces = Pieces(len(dead), float(roads.length[lost].sum() / 1000), size[order][: int((size > 0).sum())])
    # Where there is nothing else, a trunk road alone is better than no way at all.
    begins = np.flatnonzero(doors[kept]) if doors[kept].any() else np.arange(len(kept))
    return RoadGraph(mode, roads.places[kept], part, per_metre, rank[of[kept]], pieces, begins)
