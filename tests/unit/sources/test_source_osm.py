"""OpenStreetMap extracts: a few streets written as a .osm.pbf, and a real extract where one is at hand."""

from pathlib import Path

import numpy as np
import osmium
import pytest
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Reading

# Metres from a corner of Gloucestershire.
NODES: dict[int, tuple[float, float]] = {
    1: (0, 0),
    2: (1000, 0),
    3: (2000, 0),
    4: (1000, 1000),
    5: (1500, 500),
    6: (1500, -500),
    7: (500, 300),
}
NODES |= {8: (1000, 0), 9: (600, 400)}
CORNER = (400_000.0, 200_000.0)
Ways = dict[int, tuple[list[int], dict[str, str]]]
STREETS: Ways = {
    10: ([1, 2, 3], {"highway": "primary", "name": "High Street"}),
    11: ([2, 4], {"highway": "residential"}),
    12: ([5, 6], {"highway": "secondary", "bridge": "yes", "layer": "1"}),  # over way 10, sharing no node
}


def written(path: Path, ways: Ways, nodes: dict[int, tuple[float, float]] = NODES) -> Path:
    path.unlink(missing_ok=True)
    back = Transformer.from_crs(27700, 4326, always_xy=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for id, (x, y) in sorted(nodes.items()):
            writer.add_node(osmium.osm.mutable.Node(id=id, location=back.transform(CORNER[0] + x, CORNER[1] + y)))
        for id, (refs, tags) in sorted(ways.items()):
            writer.add_way(osmium.osm.mutable.Way(id=id, nodes=refs, tags=tags))
    return path


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return written(tmp_path / "streets.osm.pbf", STREETS)


def links(tmp_path: Path, ways: Ways) -> dict[str, np.ndarray]:
    return read(written(tmp_path / "some.osm.pbf", ways)).tables["links"]


def metres(reading: Reading, start: int, end: int) -> float:
    table, ids = reading.tables["links"], reading.tables["nodes"]["id"].tolist()
    graph = coo_array((table["length"], (table["start"], table["end"])), (len(ids), len(ids))).tocsr()
    return float(dijkstra(graph, directed=False, indices=ids.index(start))[ids.index(end)])


def test_ways_are_cut_where_they_share_a_node(extract: Path) -> None:
    reading = read(extract)
    assert reading.dataset.kind == "roads"
    assert reading.dataset.attribution == "© OpenStreetMap contributors"
    assert "ODbL" in reading.dataset.licence
    assert reading.tables["nodes"]["id"].tolist() == [1, 2, 3, 4, 5, 6]
    assert reading.dataset.rows == 4
    assert metres(reading, 1, 4) == pytest.approx(2000, abs=0.2)
    nodes = reading.tables["nodes"]
    assert nodes["easting"] == pytest.approx([CORNER[0] + NODES[i][0] for i in nodes["id"].tolist()], abs=0.02)


def test_a_bridge_does_not_join_the_road_beneath(extract: Path) -> None:
    assert metres(read(extract), 1, 5) == np.inf


def test_a_node_at_the_same_place_joins_nothing(tmp_path: Path) -> None:
    ways: Ways = {10: ([1, 2], {"highway": "primary"}), 11: ([8, 4], {"highway": "residential"})}
    assert metres(read(written(tmp_path / "a.osm.pbf", ways)), 1, 4) == np.inf


def test_a_way_that_meets_itself_is_cut_there(tmp_path: Path) -> None:
    ways: Ways = {10: ([1, 2, 4, 5, 2], {"highway": "residential"})}
    table = read(written(tmp_path / "a.osm.pbf", ways)).tables["links"]
    assert len(table["start"]) == 2
    assert table["start"][1] == table["end"][1]


@pytest.mark.parametrize(
    ("tags", "road_class", "motor", "foot", "oneway"),
    [
        ({"highway": "motorway"}, "motorway", True, False, 1),
        ({"highway": "motorway", "oneway": "no"}, "motorway", True, False, 0),
        ({"highway": "motorway_link"}, "motorway", True, False, 0),
        ({"highway": "trunk", "oneway": "yes"}, "a", True, True, 1),
        ({"highway": "secondary", "oneway": "-1"}, "b", True, True, -1),
        ({"highway": "tertiary", "junction": "roundabout"}, "minor", True, True, 1),
        ({"highway": "unclassified", "oneway": "reversible"}, "minor", True, True, 0),
        ({"highway": "residential", "access": "private"}, "restricted", False, False, 0),
        ({"highway": "residential", "access": "no", "foot": "yes"}, "restricted", False, True, 0),
        ({"highway": "service", "access": "private", "motor_vehicle": "yes"}, "access", True, False, 0),
        ({"highway": "residential", "motor_vehicle": "no"}, "restricted", False, True, 0),
        ({"highway": "residential", "access": "destination"}, "local", True, True, 0),
        ({"highway": "trunk", "motorroad": "yes"}, "a", True, False, 0),
        ({"highway": "footway"}, "path", False, True, 0),
        ({"highway": "bridleway", "foot": "no"}, "path", False, False, 0),
        ({"route": "ferry"}, "ferry", True, True, 0),
        ({"route": "ferry", "motor_vehicle": "no"}, "ferry", False, True, 0),
    ],
)
def test_what_the_tags_say(tmp_path: Path, tags: dict, road_class: str, motor: bool, foot: bool, oneway: int) -> None:
    table = links(tmp_path, {10: ([1, 2], tags)})
    found = (table["class"][0], bool(table["motor"][0]), bool(table["foot"][0]), int(table["oneway"][0]))
    assert found == (road_class, motor, foot, oneway)
    assert bool(table["ferry"][0]) == (road_class == "ferry")


def test_what_is_no_road_in_use_is_counted(tmp_path: Path) -> None:
    ways: Ways = STREETS | {
        20: ([1, 4], {"highway": "construction"}),
        21: ([1, 4], {"highway": "proposed"}),
        22: ([1, 2, 4, 1], {"highway": "pedestrian", "area": "yes"}),
        23: ([1, 4], {"building": "yes"}),
    }
    reading = read(written(tmp_path / "a.osm.pbf", ways))
    assert reading.dataset.rows == 4
    assert [(p.rows, "no road in use" in p.message) for p in reading.dataset.problems] == [(3, True)]


def test_a_way_is_cut_where_the_extract_lacks_its_node(tmp_path: Path) -> None:
    ways: Ways = {10: ([1, 2, 999, 4, 5], {"highway": "primary"}), 11: ([999, 3], {"highway": "primary"})}
    reading = read(written(tmp_path / "a.osm.pbf", ways))
    assert reading.tables["nodes"]["id"].tolist() == [1, 2, 4, 5]
    assert metres(reading, 1, 4) == np.inf
    (problem,) = reading.dataset.problems
    assert (problem.rows, problem.examples) == (2, ("way 10", "way 11"))


def test_a_ferry_abroad_is_cut_at_the_sea(tmp_path: Path) -> None:
    nodes = NODES | {50: (400_000.0, -400_000.0)}
    ways: Ways = STREETS | {20: ([1, 2, 50], {"route": "ferry"})}
    reading = read(written(tmp_path / "a.osm.pbf", ways, nodes))
    assert 50 not in reading.tables["nodes"]["id"]
    assert "leads out of Great Britain" in reading.dataset.problems[0].message


@pytest.mark.parametrize("place", [(0.3, 49.6), (-9.5, 51.6), (-2.1, 49.2)])  # off Le Havre, Cork and Jersey
def test_a_ferry_is_cut_where_the_national_grid_ends(tmp_path: Path, place: tuple[float, float]) -> None:
    x, y = Transformer.from_crs(4326, 27700, always_xy=True).transform(*place)
    nodes = NODES | {50: (x - CORNER[0], y - CORNER[1])}
    reading = read(written(tmp_path / "a.osm.pbf", STREETS | {20: ([1, 2, 50], {"route": "ferry"})}, nodes))
    assert 50 not in reading.tables["nodes"]["id"]
    assert [(p.message.partition(";")[0], p.examples) for p in reading.dataset.problems] == [
        ("a way that leads out of Great Britain", ("way 20",))
    ]


def test_only_what_meets_the_box_is_kept(extract: Path) -> None:
    x, y = CORNER
    reading = read(extract, box=(x - 100, y - 100, x + 1100, y + 100))
    assert reading.tables["nodes"]["id"].tolist() == [1, 2, 3, 4]  # links that reach out of the box are kept whole
    with pytest.raises(FileProblem) as refused:
        read(extract, box=(x + 90_000, y, x + 99_000, y + 9000))
    assert refused.value.message == (
        "streets.osm.pbf: no road of the file lies within 20 km of the boundaries. Found roads at 51.69 to 51.71° N, "
        "2.00 to 1.97° W. Expected some at 51.69 to 51.77° N, 0.70 to 0.57° W. Choose the file that covers your area."
    )


@pytest.mark.parametrize("cut", [30, 250])
def test_a_damaged_extract(extract: Path, cut: int) -> None:
    extract.write_bytes(extract.read_bytes()[:cut])
    with pytest.raises(FileProblem, match="damaged or cut short"):
        read(extract)


def test_an_extract_of_a_country_is_refused(extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsna_desktop.sources.osm.LARGEST_BYTES", 10)
    with pytest.raises(FileProblem, match="county or region"):
        read(extract)


def test_the_child_reads_it(extract: Path) -> None:
    with Reader() as reader:
        assert reader.read(extract).tables["nodes"]["id"].tolist() == [1, 2, 3, 4, 5, 6]
