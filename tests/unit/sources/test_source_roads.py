"""OS Open Roads: a small GeoPackage laid out as the publisher's, with what is odd in the real one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import read
from jsna_desktop.sources.child import Reader
from jsna_desktop.sources.dataset import Reading

NODES = {"n1": (400_000, 200_000), "n2": (401_000, 200_000), "n3": (402_000, 200_000), "n4": (401_000, 199_000)}
NODES |= {"n5": (401_500, 201_000), "n6": (401_500, 199_500), "n7": (402_000, 200_000)}
# start, end, function, form, length
LINKS = {
    "l1": ("n1", "n2", "A Road", "Single Carriageway", 1000),
    "l2": ("n2", "n3", "A Road", "Collapsed Dual Carriageway", 1000),
    "l3": ("n2", "n4", "Local Road", "Single Carriageway", 1000),
    "l4": ("n5", "n6", "Motorway", "Dual Carriageway", 1500),  # passes over l2 and shares no node with it
}
Layout = Callable[..., Path]


def line(start: str, end: str) -> shapely.LineString:
    return shapely.LineString([NODES[start], NODES[end]])


def point_frame(nodes: dict) -> geopandas.GeoDataFrame:
    points = [shapely.Point(place) for place in nodes.values()]
    return geopandas.GeoDataFrame(
        {"id": list(nodes), "form_of_road_node": ["junction"] * len(nodes)}, geometry=points, crs=27700
    )


def link_frame(links: dict, lines: dict | None = None) -> geopandas.GeoDataFrame:
    rows = list(links.items())
    frame = {
        "id": [id for id, _ in rows],
        "fictitious": [False] * len(rows),
        "road_classification": ["Unclassified"] * len(rows),
        "road_function": [row[2] for _, row in rows],
        "form_of_way": [row[3] for _, row in rows],
        "road_classification_number": [""] * len(rows),
        "name_1": ["High Street"] * len(rows),
        "name_1_lang": [""] * len(rows),
        "name_2": [""] * len(rows),
        "name_2_lang": [""] * len(rows),
        "road_structure": [""] * len(rows),
        "length": [row[4] for _, row in rows],
        "length_uom": ["m"] * len(rows),
        "loop": [row[0] == row[1] for _, row in rows],
        "primary_route": [False] * len(rows),
        "trunk_road": [False] * len(rows),
        "start_node": [row[0] for _, row in rows],
        "end_node": [row[1] for _, row in rows],
        "road_number_toid": [""] * len(rows),
        "road_name_toid": [""] * len(rows),
    }
    shapes = [(lines or {}).get(id) or line(row[0], row[1]) for id, row in rows]
    return geopandas.GeoDataFrame(frame, geometry=shapes, crs=27700)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    def made(
        links: dict = LINKS, nodes: dict = NODES, frame: geopandas.GeoDataFrame | None = None, lines: dict | None = None
    ) -> Path:
        path = tmp_path / "oproad_gb.gpkg"
        (link_frame(links, lines) if frame is None else frame).to_file(path, layer="road_link")
        point_frame(nodes).to_file(path, layer="road_node")
        junction = {"id": ["j1"], "junction_number": ["M1 J1"]}
        geopandas.GeoDataFrame(junction, geometry=[shapely.Point(401_500, 200_500)], crs=27700).to_file(
            path, layer="motorway_junction"
        )
        return path

    return made


def metres(reading: Reading, start: str, end: str) -> float:
    """The shortest way between two nodes, over all links."""
    links, ids = reading.tables["links"], reading.tables["nodes"]["id"].tolist()
    size = len(ids)
    graph = coo_array((links["length"], (links["start"], links["end"])), (size, size)).tocsr()
    return float(dijkstra(graph, directed=False, indices=ids.index(start))[ids.index(end)])


def test_the_network_joins_at_nodes_and_not_where_lines_cross(layout: Layout) -> None:
    reading = read(layout())
    assert (reading.dataset.kind, reading.dataset.rows, reading.dataset.id) == ("roads", 4, "roads.open_roads")
    assert "layer road_link" in reading.dataset.reason
    assert reading.dataset.attribution.startswith("Contains OS data")
    assert metres(reading, "n1", "n3") == 2000
    assert metres(reading, "n1", "n4") == 2000
    assert metres(reading, "n1", "n5") == np.inf  # the motorway passes over
    assert reading.dataset.problems == ()


def test_classes_and_who_may_use_them(layout: Layout) -> None:
    links = LINKS | {
        "l5": ("n3", "n4", "Restricted Local Access Road", "Single Carriageway", 1414),
        "l6": ("n1", "n4", "Minor Road", "Guided Busway", 1414),
        "l7": ("n1", "n5", "B Road", "Slip Road", 1800),
    }
    found = read(layout(links)).tables["links"]
    assert found["class"].tolist() == ["a", "a", "local", "motorway", "restricted", "minor", "b"]
    assert found["form"].tolist() == ["single", "dual", "single", "dual", "single", "busway", "slip"]
    assert found["motor"].tolist() == [True, True, True, True, False, False, True]
    assert found["foot"].tolist() == [True, True, True, False, True, True, True]
    assert not found["oneway"].any()
    assert not found["ferry"].any()
    assert found["start"].dtype == np.int32
    assert found["length"].dtype == np.float32


def test_nodes_lie_where_the_file_says(layout: Layout) -> None:
    nodes = read(layout()).tables["nodes"]
    places = dict(zip(nodes["id"].tolist(), zip(nodes["easting"], nodes["northing"], strict=True), strict=True))
    assert places == {name: place for name, place in NODES.items() if name != "n7"}  # no link uses n7


def test_two_nodes_at_one_place_stay_apart(layout: Layout) -> None:
    """Grade separation: n7 stands over n3."""
    links = LINKS | {"l5": ("n7", "n5", "Motorway", "Slip Road", 1118)}
    reading = read(layout(links))
    assert metres(reading, "n7", "n5") == 1118
    assert metres(reading, "n7", "n3") == np.inf


def test_loops_and_links_without_a_length(layout: Layout) -> None:
    ring = shapely.LineString([NODES["n4"], (401_100, 199_000), (401_100, 199_100), NODES["n4"]])
    stub = shapely.LineString([NODES["n3"], NODES["n7"]])
    links = LINKS | {
        "ring": ("n4", "n4", "Local Road", "Single Carriageway", 341),
        "stub": ("n3", "n7", "Local Road", "Single Carriageway", 0),
        "l8": ("n7", "n5", "Local Road", "Single Carriageway", -5),
    }
    reading = read(layout(links, lines={"ring": ring, "stub": stub}))
    links_read = reading.tables["links"]
    assert links_read["start"][4] == links_read["end"][4]
    assert links_read["length"][4] == 341
    assert 0 < links_read["length"][5] < 1  # a sparse graph would drop a link of nothing, and n7 with it
    assert metres(reading, "n3", "n7") < 1
    assert links_read["length"][6] == pytest.approx(shapely.length(line("n7", "n5")))
    told = {problem.message: problem.examples for problem in reading.dataset.problems}
    assert any("no length" in message and examples == ("stub",) for message, examples in told.items())
    assert any("that of its line" in message and examples == ("l8",) for message, examples in told.items())


def test_missing_nodes_repeated_ids_and_missing_ends(layout: Layout) -> None:
    frame = link_frame(LINKS)
    frame = frame.iloc[[0, 1, 2, 3, 0, 2]].reset_index(drop=True)
    frame.loc[4, "length"] = 9  # l1 again, otherwise
    frame.loc[5, "id"] = "l9"
    frame.loc[5, "end_node"] = None
    nodes = {name: place for name, place in NODES.items() if name != "n3"}
    reading = read(layout(frame=frame, nodes=nodes))
    assert reading.dataset.rows == 4
    assert metres(reading, "n1", "n2") == 1000
    table = reading.tables["nodes"]
    assert (table["easting"][table["id"] == "n3"][0], table["northing"][table["id"] == "n3"][0]) == NODES["n3"]
    told = {problem.message.partition(";")[0]: problem.examples for problem in reading.dataset.problems}
    assert told == {
        "a link whose id came before": ("l1",),
        "a link without a node at one of its ends": ("l9",),
        "a node that the file lacks": ("n3",),
    }


def test_lengths_in_another_unit_are_not_believed(layout: Layout) -> None:
    frame = link_frame(LINKS)
    frame.loc[0, "length_uom"] = "ft"
    frame.loc[0, "length"] = 3281
    reading = read(layout(frame=frame))
    assert reading.tables["links"]["length"][0] == pytest.approx(1000)
    assert reading.dataset.problems[0].examples == ("l1",)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("box", [None, (400_100.0, 198_000.0, 401_400.0, 200_500.0)])
@pytest.mark.parametrize(
    ("holds", "says"), [(4326, 4326), (4326, None), (4326, 27700), (27700, None), (27700, 4326), (3857, 3857)]
)
def test_roads_in_other_coordinates(
    layout: Layout, tmp_path: Path, holds: int, says: Any, box: tuple[float, float, float, float] | None
) -> None:
    """Whatever the file says of them: they are told by where Great Britain lies, before they are cut and after."""
    truth = read(layout(), box=box).tables
    path = tmp_path / "other.gpkg"
    for name, frame in (("road_link", link_frame(LINKS)), ("road_node", point_frame(NODES))):
        frame.to_crs(holds).set_crs(says, allow_override=True).to_file(path, layer=name)
    reading = read(path, box=box)
    found = reading.tables
    assert found["nodes"]["id"].tolist() == truth["nodes"]["id"].tolist()
    for axis in ("easting", "northing"):
        np.testing.assert_allclose(found["nodes"][axis], truth["nodes"][axis], atol=0.01)
        np.testing.assert_allclose(found["vertices"][axis], truth["vertices"][axis], atol=0.05)
    for name, column in truth["links"].items():
        assert np.array_equal(found["links"][name], column)
    assert bool(reading.dataset.problems) == (holds != says)


def test_only_what_meets_the_box_is_kept(layout: Layout) -> None:
    box = (399_000.0, 199_500.0, 400_500.0, 200_500.0)
    reading = read(layout(), box=box)
    assert reading.tables["nodes"]["id"].tolist() == ["n1", "n2"]  # l1 is kept whole, with its end beyond the box
    assert reading.dataset.problems == ()
    assert "within 20 km" in reading.dataset.reason
    with pytest.raises(FileProblem, match="no road of the file lies within 20 km"):
        read(layout(), box=(100_000.0, 100_000.0, 110_000.0, 110_000.0))


def test_a_national_file_asks_for_the_boundaries(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsna_desktop.sources.road_links.MOST_WHOLE", 3)
    with pytest.raises(FileProblem, match="Add the boundaries of your area first"):
        read(layout())
    assert read(layout(), box=(399_000.0, 199_500.0, 400_500.0, 200_500.0)).dataset.rows == 1


def test_links_without_lines_are_told_from_links_elsewhere(layout: Layout) -> None:
    frame = link_frame(LINKS)
    frame = frame.set_geometry(shapely.centroid(frame.geometry.values))
    for box in (None, (399_000.0, 198_500.0, 403_500.0, 202_500.0)):
        with pytest.raises(FileProblem, match="no link of the file has a line"):
            read(layout(frame=frame), box=box)


def test_the_lines_are_kept_for_drawing(layout: Layout) -> None:
    bent = shapely.LineString([NODES["n1"], (400_500, 200_001), (400_700, 200_200), NODES["n2"]])
    tables = read(layout(lines={"l1": bent})).tables
    counts = tables["links"]["vertices"]
    assert counts.tolist() == [4, 2, 2, 2] or counts.tolist() == [3, 2, 2, 2]
    assert counts.sum() == len(tables["vertices"]["easting"])
    first = np.column_stack([tables["vertices"]["easting"], tables["vertices"]["northing"]])[: counts[0]]
    assert shapely.hausdorff_distance(shapely.LineString(first), bent) <= 5
    assert tables["vertices"]["easting"].dtype == np.float32


def test_it_crosses_from_the_child_whole(layout: Layout) -> None:
    here = read(layout())
    with Reader() as reader:
        there = reader.read(layout())
    for table, columns in here.tables.items():
        for name, column in columns.items():
            assert there.tables[table][name].dtype == column.dtype
            assert np.array_equal(there.tables[table][name], column)


def test_another_layer_of_that_name_is_not_claimed(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"LSOA21CD": ["E01000001"]}, geometry=[shapely.box(0, 0, 9, 9)], crs=27700)
    frame.to_file(tmp_path / "areas.gpkg", layer="road_link")
    assert read(tmp_path / "areas.gpkg").dataset.kind == "boundaries"
