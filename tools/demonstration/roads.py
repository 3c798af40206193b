"""The county's roads as links and nodes: streets and lanes, the motorway over them, and pieces that nothing joins."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.demonstration.county import County
from tools.demonstration.junctions import COUNTRY, ESTATE, Junctions, make_junctions, slip_road_ground
from tools.demonstration.mesh import Mesh, make_mesh
from tools.demonstration.motorway import OFF_M, ON_M, SLIP_ROADS_M, Motorway, make_motorway
from tools.demonstration.network import A_ROAD, B_ROAD, LOCAL, Network, make_network
from tools.demonstration.road_names import one_street, street_names
from tools.demonstration.routes import BRIDGES, Routes, make_routes

MOTORWAY, ACCESS, RESTRICTED = 0, 5, 6
SINGLE, DUAL, SLIP = "Single Carriageway", "Collapsed Dual Carriageway", "Slip Road"
DEAD_PIECES = 6


@dataclass(frozen=True)
class Roads:
    """Nodes `xy` (m, 2); links (n,): `start`, `end` nodes, `lines`, `road` class MOTORWAY … RESTRICTED, `form` of way,

    `number`, `name`; `junctions` (number, (2,) place) of the motorway; `bridges` (link, name); `dead` (n,) bool, links
    of pieces that nothing joins.
    """

    xy: np.ndarray
    start: np.ndarray
    end: np.ndarray
    lines: np.ndarray
    road: np.ndarray
    form: np.ndarray
    number: np.ndarray
    name: np.ndarray
    junctions: list[tuple[str, np.ndarray]]
    bridges: list[tuple[int, str]]
    dead: np.ndarray
    routes: Routes


def make_roads(seed: int, county: County) -> Roads:
    """The same seed gives the same roads."""
    routes = make_routes(county)
    nodes = make_junctions(seed, county, routes, SLIP_ROADS_M)
    mesh = make_mesh(seed, nodes, routes, slip_road_ground(routes, OFF_M, ON_M + 70))
    network = make_network(seed, nodes, mesh, routes, county.land.hearts)
    motorway = make_motorway(nodes, network.path, routes)
    links = _Links(nodes, mesh, network, motorway)
    links.add_motorway(motorway)
    links.add_dead(np.random.default_rng([seed, 25]), county, mesh, motorway)
    return links.finished(seed, nodes, routes)


def roads_truth(roads: Roads) -> dict:
    """What a graph of them should find. Ids are those of the file; the river's course is in metres."""
    bridges = [
        {"name": name, "link": f"XL{link:06d}", "place": _middle(roads.lines[link])} for link, name in roads.bridges
    ]
    return {
        "nodes": len(roads.xy), "links": len(roads.start), "bridges": bridges,
        "river": np.round(roads.routes.river).astype(int).tolist(),
        "junctions": [{"name": name, "place": place.astype(int).tolist()} for name, place in roads.junctions],
        "dead_pieces": DEAD_PIECES, "dead_links": int(roads.dead.sum()),
        "dead_nodes": len(np.unique(np.concatenate([roads.start[roads.dead], roads.end[roads.dead]]))),
    }  # fmt: skip


def _middle(line: shapely.LineString) -> list[int]:
    place = shapely.get_coordinates(line.interpolate(0.5, normalized=True))
    return np.round(place[0]).astype(int).tolist()


class _Links:
    """Links while they are put together; nodes keep the numbers of the junctions, further ones follow."""

    def __init__(self, nodes: Junctions, mesh: Mesh, network: Network, motorway: Motorway) -> None:
        kept = np.flatnonzero(network.road > 0)
        blocked = shapely.intersects(mesh.lines[kept], motorway.slips_area) & (network.road[kept] != A_ROAD)
        if blocked.any():
            raise RuntimeError("a road crosses a slip road")
        self.xy = list(nodes.xy)
        self.ends = [tuple(pair) for pair in mesh.ends[kept].tolist()]
        # A line begins and ends where its nodes are, to the metre.
        self.paths = [shapely.get_coordinates(line) for line in mesh.lines[kept]]
        self.road = network.road[kept].tolist()
        self.number = network.number[kept].tolist()
        self.bridge = mesh.bridge[kept].tolist()
        self.form = [SINGLE] * len(kept)
        self.dead = [False] * len(kept)
        self.junctions = motorway.junctions
        # Along an A road a point that no other road meets is no node.
        self._join(nodes, {int(i) for i in motorway.ends.ravel()})

    def _join(self, nodes: Junctions, spared: set[int]) -> None:
        at: dict[int, list[int]] = {}
        for link, pair in enumerate(self.ends):
            for node in pair:
                at.setdefault(node, []).append(link)
        gone: set[int] = set()
        for node in np.flatnonzero(nodes.course >= 0).tolist():
            links = at.get(node, [])
            if len(links) != 2 or node in spared:
                continue
            one, two = links
            if self.road[one] != self.road[two] or self.number[one] != self.number[two] or one == two:
                continue
            if max(self.bridge[one], self.bridge[two]) >= 0:
                continue
            into = self.paths[one] if self.ends[one][1] == node else self.paths[one][::-1]
            out = self.paths[two] if self.ends[two][0] == node else self.paths[two][::-1]
            a = self.ends[one][0] if self.ends[one][1] == node else self.ends[one][1]
            b = self.ends[two][1] if self.ends[two][0] == node else self.ends[two][0]
            if a == b:
                continue
            self.paths[one], self.ends[one] = np.vstack([into, out[1:]]), (a, b)
            gone.add(two)
            at[b] = [one if link == two else link for link in at[b]]
        stay = [link for link in range(len(self.ends)) if link not in gone]
        for name in ("ends", "paths", "road", "number", "bridge", "form", "dead"):
            whole = getattr(self, name)
            setattr(self, name, [whole[link] for link in stay])

    def _add(self, a: int, b: int, path: np.ndarray, road: int, form: str, dead: bool = False) -> None:
        self.ends.append((a, b))
        self.paths.append(path)
        self.road.append(road)
        self.number.append(0 if road == MOTORWAY else -1)
        self.bridge.append(-1)
        self.form.append(form)
        self.dead.append(dead)

    def add_motorway(self, motorway: Motorway) -> None:
        first = len(self.xy)
        self.xy += list(motorway.xy)
        for i, path in enumerate(motorway.paths):
            self._add(first + i, first + i + 1, path, MOTORWAY, DUAL)
        for own, junction, path in motorway.slips:
            self._add(first + own, junction, path, MOTORWAY, SLIP)

    def add_dead(self, rng: np.random.Generator, county: County, mesh: Mesh, motorway: Motorway) -> None:
        """Ladders of six nodes in open ground: the yard of a quarry, an airfield, a depot without its gate."""
        tree = shapely.STRtree(np.array([shapely.linestrings(path) for path in self.paths]))
        whole = shapely.unary_union(county.lsoa_shape)
        west, south, east, north = shapely.bounds(whole)
        made: list[np.ndarray] = []
        while len(made) < DEAD_PIECES:
            place = rng.uniform((west, south), (east, north))
            near = tree.query(shapely.buffer(shapely.points(place), 230), predicate="intersects")
            apart = all(np.hypot(*(place - other)) > 5_000 for other in made)
            if len(near) or not apart or not shapely.contains_xy(whole, *place):
                continue
            made.append(place)
            turn = rng.uniform(0, np.pi)
            rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            corners = np.array([(u * 55 - 55, v * 70 - 35) for v in (0, 1) for u in (0, 1, 2)]) @ rotate + place
            first = len(self.xy)
            self.xy += list(np.round(corners))
            for a, b in ((0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (2, 5)):
                self._add(first + a, first + b, np.round(corners[[a, b]]), ACCESS, SINGLE, dead=True)

    def finished(self, seed: int, nodes: Junctions, routes: Routes) -> Roads:
        """Nodes numbered along a curve through the county, links by their nodes; dead ends become access roads."""
        xy = np.round(np.array(self.xy)).astype(int)
        ends = np.array(self.ends)
        used = np.unique(ends)
        order = used[np.argsort(_curve(xy[used]), kind="stable")]
        rank = np.full(len(xy), -1)
        rank[order] = np.arange(len(order))
        road, number = np.array(self.road), np.array(self.number)
        at_end = np.bincount(ends.ravel(), minlength=len(xy))[ends].min(axis=1) == 1
        town = np.append(nodes.quarter, np.full(len(xy) - len(nodes.quarter), -1))[ends].max(axis=1) >= 0
        rng = np.random.default_rng([seed, 26])
        road = np.where((road == LOCAL) & at_end & town, ACCESS, road)
        road = np.where((road == LOCAL) & at_end & (rng.random(len(road)) < 0.04), RESTRICTED, road)
        swap = rank[ends[:, 0]] > rank[ends[:, 1]]
        paths = [path[::-1] if turned else path for path, turned in zip(self.paths, swap, strict=True)]
        ends = np.where(swap[:, None], ends[:, ::-1], ends)
        by = np.lexsort((rank[ends[:, 1]], rank[ends[:, 0]]))
        start, end = rank[ends[by, 0]], rank[ends[by, 1]]
        pattern = np.append(nodes.pattern, np.full(len(xy) - len(nodes.pattern), COUNTRY))[ends[by, 0]]
        kind = np.select([pattern == ESTATE, pattern == COUNTRY], ["estate", "lane"], "street")
        road, number, at = road[by], number[by], xy[order]
        street = one_street(start, end, at.astype(float), road)
        named = (road != MOTORWAY) & ~np.isin(road, (RESTRICTED,)) & ((road > B_ROAD) | town[by])
        bridge, form = np.array(self.bridge)[by], np.array(self.form)[by]
        form = np.where((road == A_ROAD) & (bridge >= 0), DUAL, form)
        return Roads(
            xy=at, start=start, end=end,
            lines=np.array([_line(paths[i], *at[[s, e]]) for i, s, e in zip(by, start, end, strict=True)]),
            road=road, form=form, number=_numbers(road, number), name=street_names(seed, street, kind, named),
            junctions=self.junctions,
            bridges=[(int(np.flatnonzero(bridge == i)[0]), f"{name} Bridge") for i, name in enumerate(BRIDGES)],
            dead=np.array(self.dead)[by], routes=routes,
        )  # fmt: skip


def _numbers(road: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Numbers of roads that no road of Great Britain has."""
    a, b = (np.char.add(text, (number + 1).astype(str)) for text in ("A991", "B993"))
    return np.select([road == MOTORWAY, road == A_ROAD, road == B_ROAD], [np.full(len(road), "M99"), a, b], "")


def _line(path: np.ndarray, start: np.ndarray, end: np.ndarray) -> shapely.Geometry:
    """A line from node to node in whole metres, without points that it hardly bends at."""
    path = np.round(path)
    path[0], path[-1] = start, end
    line = shapely.LineString(path)
    return line if len(path) < 4 else shapely.simplify(line, 3.0)


def _curve(xy: np.ndarray) -> np.ndarray:
    """(n,) place of each point along a curve that fills the county (Morton's): neighbours come near each other."""
    cell = ((xy - xy.min(axis=0)) // 40).astype(np.int64)
    along = np.zeros(len(xy), np.int64)
    for bit in range(12):
        along |= ((cell[:, 0] >> bit) & 1) << (2 * bit) | ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    return along
