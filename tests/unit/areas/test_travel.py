"""Ways over networks that can be told by hand; random ones are in test_travel_networks.py."""

from typing import Any

import numpy as np
import pytest

from jsna_desktop.areas import roads, travel
from jsna_desktop.areas.roads import DISTANCE, DRIVE, WALK, Network, graph
from jsna_desktop.areas.speeds import read_speeds

SPEEDS = read_speeds()


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


def at_nodes(nodes: np.ndarray) -> travel.Snapped:
    return travel.Snapped(nodes, np.zeros(len(nodes)), np.zeros(len(nodes)))


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
