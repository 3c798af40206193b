"""Ways over small networks against plain relaxation; changes against a sweep from the beginning."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna_desktop.areas import roads, travel
from jsna_desktop.areas.roads import DISTANCE, DRIVE, WALK, Network, RoadGraph, graph
from jsna_desktop.areas.speeds import read_speeds
from jsna_desktop.errors import UsageProblem

SPEEDS = read_speeds()
CLASSES = ("motorway", "a", "local", "path", "ferry")
FORMS = ("single", "dual", "slip", "roundabout")


def made(places: Any, links: Any) -> Network:
    """A network of links (start, end, metres, class, form, oneway)."""
    start, end, length, road_class, form, oneway = (np.array(part) for part in zip(*links, strict=True))
    return Network(
        np.array(places, dtype=float),
        start.astype(np.int64),
        end.astype(np.int64),
        length.astype(float),
        road_class,
        form,
        oneway.astype(np.int8),
        road_class != "path",
        road_class != "motorway",
        road_class == "ferry",
    )


def plain_costs(network: Network, mode: str, ferries: bool) -> list[tuple[int, int, float]]:
    """(from, to, cost) of every way that a mode allows, straight from the rules."""
    found = []
    for at in range(len(network.start)):
        road_class, form = str(network.road_class[at]), str(network.form[at])
        if (road_class == "ferry" and not ferries) or (mode == WALK and road_class == "motorway"):
            continue
        if mode != WALK and road_class == "path":
            continue
        speed = SPEEDS.forms.get(form, {}).get(road_class, SPEEDS.drive.get(road_class, SPEEDS.ferry))
        if mode == WALK and road_class != "ferry":
            speed = SPEEDS.walk
        cost = network.length[at] / 1000 * (1 if mode == DISTANCE else 60 / speed)
        a, b = int(network.start[at]), int(network.end[at])
        one_way = int(network.oneway[at]) if mode == DRIVE else 0
        if one_way >= 0:
            found.append((a, b, cost))
        if one_way <= 0:
            found.append((b, a, cost))
    return found


def relaxed(ways: list[tuple[int, int, float]], size: int, target: int) -> np.ndarray:
    """The cost from every node to `target` (Bellman 1958): as many rounds as there are nodes."""
    cost = np.full(size, np.inf)
    cost[target] = 0
    for _ in range(size):
        for a, b, step in ways:
            cost[a] = min(cost[a], cost[b] + step)
    return cost


@st.composite
def networks(draw: Any) -> Network:
    size = draw(st.integers(2, 9))
    # Coordinates on a coarse grid: nodes at one place, and lines that cross without a junction, come often.
    places = [(100.0 * draw(st.integers(0, 4)), 100.0 * draw(st.integers(0, 4))) for _ in range(size)]
    link = st.tuples(
        st.integers(0, size - 1), st.integers(0, size - 1), st.sampled_from([0.0, 0.1, 80.0, 240.0, 249.5]),
        st.sampled_from(CLASSES), st.sampled_from(FORMS), st.sampled_from([-1, 0, 0, 1]),
    )  # fmt: skip
    links = draw(st.lists(link, min_size=1, max_size=20))
    again = draw(st.lists(st.sampled_from(links), max_size=4))
    return made(places, [*links, *((a, b, length / 2, c, f, o) for a, b, length, c, f, o in again)])


def node_of(found: RoadGraph, network: Network) -> np.ndarray:
    """The graph keeps the order of the nodes and drops those without a link in the mode: theirs is −1."""
    used = np.zeros(len(network.places), dtype=bool)
    for a, b, _ in plain_costs(network, found.mode, ferries=True):
        if a != b:
            used[[a, b]] = True
    number = np.cumsum(used) - 1
    assert used.sum() == len(found.places)
    return np.where(used, number, -1)


def at_nodes(nodes: np.ndarray, costs: np.ndarray | None = None) -> travel.Snapped:
    cost = np.zeros(len(nodes)) if costs is None else costs
    return travel.Snapped(np.asarray(nodes), cost, cost)


@settings(max_examples=150, deadline=None)
@given(networks(), st.sampled_from([DISTANCE, DRIVE, WALK]), st.data())
def test_sweeps_agree_with_plain_relaxation(network: Network, mode: str, data: st.DataObject) -> None:
    ways = plain_costs(network, mode, ferries=True)
    if not any(a != b for a, b, _ in ways):
        with pytest.raises(UsageProblem, match="none for the mode"):
            graph(network, mode, SPEEDS, ferries=True)
        return
    found = graph(network, mode, SPEEDS, ferries=True)
    number = node_of(found, network)
    size = len(network.places)
    chosen = data.draw(st.lists(st.sampled_from(np.flatnonzero(number >= 0).tolist()), min_size=1, max_size=4))
    offsets = np.array([0.25 * k for k in range(len(chosen))])
    costs = np.array([relaxed(ways, size, one) for one in chosen]) + offsets[:, None]
    reach = travel.nearest(found, at_nodes(number[chosen], offsets))
    kept = np.flatnonzero(number >= 0)
    truth = costs[:, kept]
    np.testing.assert_allclose(reach.cost, truth.min(axis=0), rtol=0, atol=1e-9)
    there = np.isfinite(reach.cost)
    np.testing.assert_allclose(truth[reach.service[there], np.flatnonzero(there)], reach.cost[there], atol=1e-9)
    assert (reach.service[~there] == -1).all()

    few, who = travel.nearest_few(found, at_nodes(number[chosen], offsets), at_nodes(number[kept]), 3)
    ordered = np.sort(truth, axis=0)[:3].T
    np.testing.assert_allclose(np.nan_to_num(few[:, : ordered.shape[1]], nan=np.inf), ordered, atol=1e-9)
    assert (np.isfinite(few) == (who >= 0)).all()

    limit = float(np.median(np.where(np.isfinite(truth), truth, 1.0)))
    near = travel.within(found, at_nodes(number[chosen], offsets), at_nodes(number[kept]), limit)
    assert len(near.point) == pytest.approx((truth <= limit).sum(), abs=int((np.abs(truth - limit) < 1e-9).sum()))

    gone = data.draw(st.lists(st.integers(0, len(chosen) - 1), unique=True))
    left = [k for k in range(len(chosen)) if k not in gone]
    after = travel.closed(found, reach, at_nodes(number[chosen], offsets), np.array(gone, dtype=int))
    expected = truth[left].min(axis=0) if left else np.full(len(kept), np.inf)
    np.testing.assert_allclose(after.cost, expected, atol=1e-9)
    assert not np.isin(after.service, gone).any()
    new = data.draw(st.sampled_from(kept.tolist()))
    opened = travel.opened(found, after, at_nodes(number[[new]], np.array([0.125])), 9)
    expected = np.minimum(expected, (relaxed(ways, size, new) + 0.125)[kept])
    np.testing.assert_allclose(opened.cost, expected, atol=1e-9)


def test_a_crossing_without_a_node_is_no_junction() -> None:
    places = [(0, 100), (200, 100), (100, 0), (100, 200)]
    found = graph(made(places, [(0, 1, 200, "a", "single", 0), (2, 3, 200, "a", "single", 0)]), DISTANCE, SPEEDS)
    reach = travel.nearest(found, at_nodes(np.array([0])))
    assert np.isfinite(reach.cost).tolist() == [True, True, False, False]
    assert found.pieces.parts.tolist() == [2, 2]


def test_one_way_roads_bind_drivers_alone() -> None:
    ring = [(0, 1, 100, "local", "single", 1), (1, 2, 100, "local", "single", 1), (2, 0, 100, "local", "single", 1)]
    network = made([(0, 0), (100, 0), (50, 90)], ring)
    service = at_nodes(np.array([0]))
    minutes = 60 * 0.1 / SPEEDS.drive["local"]
    driven = travel.nearest(graph(network, DRIVE, SPEEDS), service).cost
    np.testing.assert_allclose(driven, [0, 2 * minutes, minutes], atol=1e-11)
    walked = travel.nearest(graph(network, WALK, SPEEDS), service).cost
    np.testing.assert_allclose(walked, [0, 6 / 4.8, 6 / 4.8], atol=1e-11)


def test_long_links_are_cut_along_their_line() -> None:
    """A door in the middle of a lane of two kilometres is on the road, not a kilometre from it."""
    tables = {
        "nodes": {"id": np.array(["a", "b"]), "easting": np.array([0.0, 1000.0]), "northing": np.array([0.0, 1000.0])},
        "links": {
            "start": np.array([0], dtype=np.int32), "end": np.array([1], dtype=np.int32), "length": np.array([2000.0]),
            "class": np.array(["minor"]), "form": np.array(["single"]), "oneway": np.array([0], dtype=np.int8),
            "motor": np.array([True]), "foot": np.array([True]), "ferry": np.array([False]),
            "vertices": np.array([3], dtype=np.int32),
        },
        "vertices": {"easting": np.array([0, 1000, 1000], dtype="f4"), "northing": np.array([0, 0, 1000], dtype="f4")},
    }  # fmt: skip
    found = graph(roads.network([tables]), DISTANCE, SPEEDS)
    assert len(found.places) == 9
    door = travel.snap(found, np.array([[1030.0, 0.0], [5000.0, 0.0], [np.nan, np.nan]]))
    assert door.metres[0] == pytest.approx(30)
    assert door.on_roads.tolist() == [True, False, False]
    reach = travel.nearest(found, travel.snap(found, np.array([[0.0, 10.0]])))
    cost, service = reach.of(door)
    np.testing.assert_allclose(cost, [1.04, np.nan, np.nan])
    assert service.tolist() == [0, -1, -1]


def test_neighbouring_extracts_join_at_the_nodes_they_share() -> None:
    def part(ids: list[str], xs: list[float]) -> dict[str, dict[str, np.ndarray]]:
        count = len(ids) - 1
        return {
            "nodes": {"id": np.array(ids), "easting": np.array(xs), "northing": np.zeros(len(ids))},
            "links": {
                "start": np.arange(count), "end": np.arange(count) + 1, "length": np.full(count, 100.0),
                "class": np.full(count, "a"), "form": np.full(count, "single"), "oneway": np.zeros(count, np.int8),
                "motor": np.ones(count, bool), "foot": np.ones(count, bool), "ferry": np.zeros(count, bool),
            },
        }  # fmt: skip

    both = roads.network([part(["9", "4", "7"], [0, 100, 200]), part(["7", "1"], [200, 300])])
    assert len(both.places) == 4
    found = graph(both, DISTANCE, SPEEDS)
    far = travel.snap(found, np.array([[0.0, 0.0]]))
    cost, _ = travel.nearest(found, travel.snap(found, np.array([[300.0, 0.0]]))).of(far)
    assert cost[0] == pytest.approx(0.3)


def test_dead_pieces_are_left_out_and_told() -> None:
    line = [(k, k + 1, 100, "local", "single", 0) for k in range(300)]
    places = [(100.0 * k, 0.0) for k in range(301)] + [(50.0, 10.0), (60.0, 10.0)]
    found = graph(made(places, [*line, (301, 302, 10, "access", "single", 0)]), DISTANCE, SPEEDS)
    assert (found.pieces.dead, found.pieces.dead_km, found.pieces.parts.tolist()) == (1, 0.01, [301])
    assert travel.snap(found, np.array([[50.0, 10.0]])).node[0] in (0, 1)


def test_ferries_only_where_asked_for() -> None:
    links = [(0, 1, 240, "a", "single", 0), (1, 2, 240, "ferry", "ferry", 0), (2, 3, 240, "a", "single", 0)]
    network = made([(0, 0), (240, 0), (480, 0), (720, 0)], links)
    without, by_boat = (graph(network, DRIVE, SPEEDS, ferries=asked) for asked in (False, True))
    assert without.pieces.parts.tolist() == [2, 2]
    cost = travel.nearest(by_boat, at_nodes(np.array([0]))).cost
    assert cost[3] == pytest.approx(2 * 60 * 0.24 / SPEEDS.drive["a"] + 60 * 0.24 / SPEEDS.ferry)
