"""Small random networks, from their tables to doors, against networkx: every question, every mode, every change."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.areas import roads, travel
from jsna_desktop.areas.roads import DISTANCE, DRIVE, WALK, RoadGraph, Tables
from jsna_desktop.areas.speeds import read_speeds
from jsna_desktop.errors import UsageProblem

SPEEDS = read_speeds()
CLASSES = ("motorway", "a", "local", "path", "ferry")
FORMS = ("single", "dual", "slip", "roundabout")
WITHIN = 1e-9
Link = tuple[int, int, float, str, str, int]  # start, end, metres, class, form, one way


@dataclass(frozen=True)
class Drawn:
    """A network as it was drawn: places on a coarse grid, links, and whether it is one table or two that share ids."""

    places: list[tuple[float, float]]
    links: list[Link]
    split: int

    def tables(self) -> list[Tables]:
        """As sources/road_links.py makes them; split in two datasets at the link `split`."""
        parts = [self.links[: self.split], self.links[self.split :]]
        return [self._table(part) for part in parts if part]

    def _table(self, links: list[Link]) -> Tables:
        start, end, length, road_class, form, oneway = (np.array(each) for each in zip(*links, strict=True))
        xy = np.array(self.places)
        drawn = np.stack([xy[start], xy[end]], axis=1).reshape(-1, 2)
        return {
            "nodes": {
                "id": np.array([f"{k:03d}" for k in range(len(xy))]), "easting": xy[:, 0], "northing": xy[:, 1],
            },
            "links": {
                "start": start, "end": end, "length": length.astype(np.float32), "class": road_class, "form": form,
                "oneway": oneway.astype(np.int8), "motor": road_class != "path", "foot": road_class != "motorway",
                "ferry": road_class == "ferry", "vertices": np.full(len(links), 2, dtype=np.int32),
            },
            "vertices": {"easting": drawn[:, 0], "northing": drawn[:, 1]},
        }  # fmt: skip


@st.composite
def networks(draw: Any) -> Drawn:
    size = draw(st.integers(2, 8))
    # Nodes at one place, and lines that cross without a junction, come often.
    places = [(100.0 * draw(st.integers(0, 4)), 100.0 * draw(st.integers(0, 4))) for _ in range(size)]
    node = st.integers(0, size - 1)
    metres = st.sampled_from([0.0, 0.125, 80.0, 240.0, 250.0, 260.0, 900.0])
    link = st.tuples(
        node, node, metres, st.sampled_from(CLASSES), st.sampled_from(FORMS), st.sampled_from([-1, 0, 0, 1])
    )
    links = draw(st.lists(link, min_size=1, max_size=16))
    again = [(a, b, m / 2, c, f, o) for a, b, m, c, f, o in draw(st.lists(st.sampled_from(links), max_size=3))]
    # One so long that pieces of one node beside it are small enough to be left out.
    long = [(0, 1, 40_000.0, "a", "single", 0)] * draw(st.integers(0, 1))
    links = draw(st.permutations([*links, *again, *long]))
    return Drawn(places, links, draw(st.sampled_from([0, 0, len(links) // 2])))


def speed_of(road_class: str, form: str, mode: str) -> float:
    if mode == WALK and road_class != "ferry":
        return SPEEDS.walk
    return SPEEDS.forms.get(form, {}).get(road_class, SPEEDS.drive.get(road_class, SPEEDS.ferry))


def truth_of(drawn: Drawn, mode: str, ferries: bool) -> tuple[networkx.MultiDiGraph, list[Any], int, np.ndarray]:
    """The ways that a mode allows straight from the rules; its nodes in order; how many pieces are left out; and which

    nodes (n,) are on a road that somebody may live on, all where there is no such road.

    A node is its number, or (link, k) where a link is cut; these come last.
    """
    whole: networkx.MultiDiGraph = networkx.MultiDiGraph()
    cuts: list[Any] = []
    lived_on: set[Any] = set()
    for at, (start, end, metres, road_class, form, oneway) in enumerate(drawn.links):
        count = 1 if road_class == "ferry" else max(1, math.ceil(metres / 250))
        chain = [start, *((at, k) for k in range(1, count)), end]
        cuts += chain[1:-1]
        shut = "motorway" if mode == WALK else "path"
        if road_class == shut or (road_class == "ferry" and not ferries):
            continue
        one_way = oneway if mode == DRIVE else 0
        cost = metres / count / 1000 * (1 if mode == DISTANCE else 60 / speed_of(road_class, form, mode))
        for a, b in pairwise(chain):
            if a != b:
                lived_on |= {a, b} if road_class not in ("motorway", "ferry") and form != "slip" else set()
                whole.add_edges_from([(a, b, {"cost": cost})] if one_way >= 0 else [])
                whole.add_edges_from([(b, a, {"cost": cost})] if one_way <= 0 else [])
    pieces = list(networkx.strongly_connected_components(whole))
    largest = max(map(len, pieces), default=0)
    dead = [piece for piece in pieces if len(piece) < largest / 100]
    whole.remove_nodes_from(set().union(*dead))
    order = [node for node in [*range(len(drawn.places)), *cuts] if node in whole]
    lived = np.array([node in lived_on for node in order], dtype=bool)
    return whole, order, len(dead), lived if lived.any() else ~lived


def costs_to(whole: networkx.MultiDiGraph, order: list[Any], target: Any) -> np.ndarray:
    """The cost (n,) from every node to one; inf where there is no way."""
    found = networkx.single_source_dijkstra_path_length(whole.reverse(copy=False), target, weight="cost")
    return np.array([found.get(node, np.inf) for node in order])


def snapped(graph: RoadGraph, points: np.ndarray, lived: np.ndarray) -> travel.Snapped:
    """Points on the graph, checked by looking at every node that is on a road where one may live."""
    found = travel.snap(graph, points)
    each = np.hypot(*(points[:, None] - graph.places[None]).transpose(2, 0, 1))
    each[:, ~lived] = np.inf
    least = each.min(axis=1)
    assert (found.on_roads == (least <= travel.FAR_M)).all()
    there = np.flatnonzero(found.on_roads)
    # Of nodes at one place either will do.
    np.testing.assert_allclose(each[there, found.node[there]], least[there], atol=WITHIN)
    minutes = 60 / 1000 / SPEEDS.to_the_road
    np.testing.assert_allclose(found.cost, least * (1e-3 if graph.mode == DISTANCE else minutes), atol=WITHIN)
    return found


def alike(found: np.ndarray, truth: np.ndarray) -> None:
    np.testing.assert_allclose(np.where(np.isnan(found), np.inf, found), truth, rtol=0, atol=WITHIN)


def least_of(costs: np.ndarray) -> np.ndarray:
    return costs.min(axis=0) if len(costs) else np.full(costs.shape[1], np.inf)


DOORS = st.lists(st.tuples(st.floats(-150, 550), st.floats(-150, 550)), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(networks(), st.sampled_from([DISTANCE, DRIVE, WALK]), st.booleans(), DOORS, DOORS, st.data())
def test_every_question_is_answered_as_by_networkx(
    drawn: Drawn, mode: str, ferries: bool, homes: list, places: list, data: st.DataObject
) -> None:
    whole, order, dead, lived = truth_of(drawn, mode, ferries)
    network = roads.network(drawn.tables())
    if not order:
        with pytest.raises(UsageProblem, match="none for the mode"):
            roads.graph(network, mode, SPEEDS, ferries=ferries)
        return
    graph = roads.graph(network, mode, SPEEDS, ferries=ferries)
    assert len(graph.places) == len(order)
    assert graph.pieces.dead == dead
    assert int(graph.pieces.parts.sum()) == len(order)
    # The last of each lies on no road.
    people = snapped(graph, np.array([*homes, (9000.0, 0.0)]), lived)
    services = snapped(graph, np.array([*places, (0.0, 9000.0)]), lived)

    to_each = np.array([costs_to(whole, order, order[node]) for node in services.node[:-1]])
    to_each += services.cost[:-1, None]
    reach = travel.nearest(graph, services)
    alike(reach.cost, least_of(to_each))
    there = np.isfinite(reach.cost)
    alike(to_each[reach.service[there], np.flatnonzero(there)], reach.cost[there])
    assert (reach.service[~there] == -1).all()

    doors = to_each[:, people.node[:-1]] + people.cost[:-1]
    cost, service = reach.of(people)
    alike(cost[:-1], least_of(doors))
    assert np.isnan(cost[-1]) and service[-1] == -1

    few, who = travel.nearest_few(graph, services, people, 3)
    ordered = np.sort(doors, axis=0)[:3].T
    alike(few[:-1, : ordered.shape[1]], ordered)
    assert (np.isfinite(few) == (who >= 0)).all() and not np.isfinite(few[-1]).any()

    limit = float(np.median(np.where(np.isfinite(doors), doors, 1.0)))
    ways = travel.within(graph, services, people, limit)
    alike(ways.cost, doors[ways.service, ways.point])
    assert len(ways.point) == pytest.approx((doors <= limit).sum(), abs=int((np.abs(doors - limit) < WITHIN).sum()))

    gone = data.draw(st.lists(st.integers(0, len(places) - 1), unique=True))
    left = least_of(np.delete(to_each, gone, axis=0))
    after = travel.closed(graph, reach, services, np.array(gone, dtype=int))
    alike(after.cost, left)
    assert not np.isin(after.service, gone).any()
    new = travel.snap(graph, np.array([data.draw(st.tuples(st.floats(0, 400), st.floats(0, 400)))]))
    opened = travel.opened(graph, after, new, 9)
    alike(opened.cost, np.minimum(left, costs_to(whole, order, order[new.node[0]]) + new.cost[0]))
