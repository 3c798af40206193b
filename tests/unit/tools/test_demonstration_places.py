"""The demonstration county's roads, services, assets and rasters: joined as they say, true to truth.json."""

import csv
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

FOLDER = Path(__file__).parents[3] / "resources" / "demonstration"
ROADS = FOLDER / "oproad_gpkg_fictional.zip"


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((FOLDER / "truth.json").read_text())


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with zipfile.ZipFile(ROADS) as packed:
        return Path(packed.extract("Data/oproad_fictional.gpkg", tmp_path_factory.mktemp("roads")))


@pytest.fixture(scope="module")
def links(unpacked: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_file(unpacked, layer="road_link")


@pytest.fixture(scope="module")
def nodes(unpacked: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_file(unpacked, layer="road_node")


@pytest.fixture(scope="module")
def county() -> shapely.Geometry:
    lsoas = geopandas.read_file(FOLDER / "Lower_layer_Super_Output_Areas_Fictional_2021_Boundaries_BGC.gpkg")
    return shapely.union_all(lsoas.geometry.values)


@pytest.fixture(scope="module")
def services() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "local_services_fictional.csv")


@pytest.fixture(scope="module")
def assets() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "community_assets_fictional.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def postcodes() -> pd.DataFrame:
    with zipfile.ZipFile(FOLDER / "codepo_fictional.zip") as packed, packed.open("Data/CSV/qx.csv") as file:
        return pd.read_csv(file, header=None)


def graph_of(links: pd.DataFrame, nodes: pd.DataFrame) -> csr_matrix:
    place = {name: i for i, name in enumerate(nodes["id"])}
    start, end = (np.array([place[name] for name in links[column]]) for column in ("start_node", "end_node"))
    return csr_matrix((links["length"].to_numpy(float), (start, end)), (len(nodes), len(nodes)))


def test_roads_have_the_columns_of_open_roads_and_ids_that_are_none(links, nodes, truth) -> None:
    wanted = (
        "id, fictitious, road_classification, road_function, form_of_way, road_classification_number, name_1, "
        "name_1_lang, name_2, name_2_lang, road_structure, length, length_uom, loop, primary_route, trunk_road, "
        "start_node, end_node, road_number_toid, road_name_toid"
    )
    assert list(links.columns[:-1]) == wanted.split(", ")
    assert links.crs.to_epsg() == nodes.crs.to_epsg() == 27700
    assert links["id"].is_unique and links["id"].str.fullmatch(r"XL\d{6}").all()
    assert nodes["id"].is_unique and nodes["id"].str.fullmatch(r"XN\d{6}").all()
    assert (len(nodes), len(links)) == (truth["roads"]["nodes"], truth["roads"]["links"])
    assert 38_000 < len(nodes) < 42_000
    assert set(links["road_function"]) == {
        "Motorway", "A Road", "B Road", "Minor Road", "Local Road", "Local Access Road", "Restricted Local Access Road",
    }  # fmt: skip
    assert (np.abs(links["length"] - links.length) <= 1).all()


def test_every_line_ends_at_its_nodes(links, nodes) -> None:
    at = nodes.set_index("id").geometry
    for column, place in (("start_node", 0), ("end_node", -1)):
        ends = shapely.get_point(links.geometry.values, place)
        assert shapely.equals(ends, at[links[column]].values).all()


def test_the_river_is_crossed_at_three_bridges_alone(links, nodes, truth) -> None:
    river = shapely.linestrings(truth["roads"]["river"])
    crossing = links[links.intersects(river)]
    assert set(crossing["id"]) == {bridge["link"] for bridge in truth["roads"]["bridges"]}
    assert len(crossing) == 3
    dry = links[~links["id"].isin(crossing["id"])]
    sides = np.sort(np.bincount(connected_components(graph_of(dry, nodes), directed=False)[1]))
    # Two banks, and the pieces that nothing joins.
    assert list(sides[:-2]) == [6] * truth["roads"]["dead_pieces"]
    assert sides[-2] > 10_000


def test_all_but_the_dead_pieces_hang_together(links, nodes, truth) -> None:
    sizes = np.sort(np.bincount(connected_components(graph_of(links, nodes), directed=False)[1]))
    assert len(sizes) == truth["roads"]["dead_pieces"] + 1
    assert sizes[:-1].sum() == truth["roads"]["dead_nodes"]


def test_roads_meet_at_nodes_and_pass_the_motorway_at_another_height(links, nodes, unpacked, truth) -> None:
    lines = links.geometry.values
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    motorway = (links["road_function"] == "Motorway").to_numpy()
    assert (motorway[one] != motorway[other]).all()
    assert len(one) / 2 >= 15
    over = links.iloc[one[~motorway[one]]]
    assert {"A Road", "Minor Road"} <= set(over["road_function"])
    slips = links[links["form_of_way"] == "Slip Road"]
    junctions = geopandas.read_file(unpacked, layer="motorway_junction")
    assert len(slips) == 4 * len(junctions) == 4 * len(truth["roads"]["junctions"]) == 16
    # Only by slip roads does one come to the motorway.
    main = links[motorway & (links["form_of_way"] != "Slip Road").to_numpy()]
    shared = set(main[["start_node", "end_node"]].to_numpy().ravel())
    others = links[~motorway]
    assert not shared & set(others[["start_node", "end_node"]].to_numpy().ravel())


def test_postcodes_have_a_road_that_is_joined(links, postcodes) -> None:
    points = shapely.points(postcodes[[2, 3]].to_numpy())
    tree = shapely.STRtree(links.geometry.values)
    away = tree.query_nearest(points, return_distance=True, all_matches=False)[1]
    assert (away < 100).mean() > 0.995
    assert away.max() < 400


def test_roads_reach_beyond_the_edge_and_the_river_makes_people_go_round(links, nodes, county, truth) -> None:
    away = shapely.distance(county, nodes.geometry.values)
    assert 5_000 < away.max() < 6_000
    assert (away > 1_000).sum() > 2_000
    # Either bank halfway between Aldminster and Kelderford: minutes as the crow flies, far by road.
    graph, xy = graph_of(links, nodes), shapely.get_coordinates(nodes.geometry.values)
    river = shapely.linestrings(truth["roads"]["river"])
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(river, shapely.line_locate_point(river, shapely.points(409_000, 191_000)))
    )[0]
    near = np.argsort(np.hypot(*(xy - middle).T))[:60]
    far = dijkstra(graph, directed=False, indices=near[0])[near]
    assert far[np.isfinite(far)].max() > 10_000


def test_services_are_of_ten_types_with_capacities(services, postcodes, county, truth) -> None:
    assert list(services.columns) == [
        "name", "service", "postcode", "easting", "northing", "code", "capacity", "status",
    ]  # fmt: skip
    told = truth["services"]["kinds"]
    assert set(services["service"]) == set(told)
    assert len(told) == 10
    assert services["code"].is_unique
    assert (services["capacity"] > 0).all()
    assert set(services["status"]) == {"open", "closed", "proposed"}
    place = services.merge(postcodes[[0, 2, 3]], left_on="postcode", right_on=0)
    assert (place["easting"] == place[2]).all() and (place["northing"] == place[3]).all()
    outside = ~shapely.contains_xy(county, services["easting"], services["northing"])
    assert (outside == services["postcode"].isna()).all()
    is_open = services["status"] == "open"
    assert Counter(services["service"][is_open & outside]) == {k: v["beyond_the_edge"] for k, v in told.items()}
    assert Counter(services["service"][is_open & ~outside]) == {k: v["open"] for k, v in told.items()}


def test_dentists_are_few_where_people_are_deprived(services, postcodes, truth) -> None:
    kind = truth["services"]["kinds"][truth["services"]["planted"]]
    assert kind["weights_by_fifth"][0] < 0.5 * kind["weights_by_fifth"][2]
    # Told again from the files, by a way of its own.
    score = pd.read_csv(FOLDER / "File_7_Fictional_IoD2025.csv").iloc[:, [0, 4]].set_axis(["lsoa", "score"], axis=1)
    people = pd.read_csv(FOLDER / "mid_2024_population_fictional_lsoa_2021_sex_single_year.csv.gz")
    score["people"] = score["lsoa"].map(people.groupby("area_code")["population"].sum())
    score["fifth"] = score["score"].rank(ascending=False).sub(1).floordiv(len(score) / 5).astype(int)
    lsoas = geopandas.read_file(FOLDER / "Lower_layer_Super_Output_Areas_Fictional_2021_Boundaries_BGC.gpkg")
    mine = services[(services["service"] == "dentist") & services["postcode"].notna()]
    point, area = shapely.STRtree(lsoas.geometry.values).query(
        shapely.points(mine["easting"], mine["northing"]), predicate="intersects"
    )
    fifth = score.set_index("lsoa")["fifth"][lsoas["LSOA21CD"].iloc[area]].to_numpy()
    made = np.bincount(fifth, mine["capacity"].iloc[point], 5) / score.groupby("fifth")["people"].sum() * 10_000
    assert made.to_numpy() == pytest.approx(kind["capacity_per_10000_by_fifth"], abs=0.3)
    assert made[0] < 0.4 * made[4]


def test_assets_hold_what_a_register_should_find(assets, truth) -> None:
    told = truth["assets"]
    assert len(assets) == told["count"] == 400
    assert set(assets["kind"]) == {"group", "network", "activity", "space", "service"}
    assert assets["name"].is_unique
    where = assets.set_index("name")[["easting", "northing"]].astype(float)
    assert len(told["twice"]) == 8
    for first, second in told["twice"]:
        assert np.hypot(*(where.loc[first] - where.loc[second])) < 150
    dated = assets[assets["last_checked"] != ""]
    assert len(assets) - len(dated) == told["undated"]
    assert sorted(dated["name"][dated["last_checked"] < told["stale_before"]]) == told["stale"]
    assert len(told["stale"]) == 30
    assert dated["last_checked"].max() < "2025"
    assert assets["contact"].str.startswith("01632 960").all()


@pytest.mark.parametrize(
    ("name", "unit", "least", "most"),
    [("pm25_2023_fictional_100m.tif", "µg/m³", 4, 16), ("green_cover_2023_fictional_100m.tif", "%", 0, 100)],
)
def test_rasters_cover_the_county_and_say_what_they_are(county, name: str, unit: str, least: int, most: int) -> None:
    with rasterio.open(FOLDER / name) as file:
        assert file.crs.to_epsg() == 27700
        assert (file.res, file.units) == ((100.0, 100.0), (unit,))
        assert "Fictional" in file.tags()["TIFFTAG_IMAGEDESCRIPTION"]
        values, place = file.read(1, masked=True), file.transform
    row, column = np.indices(values.shape)
    x, y = place.c + 100 * (column + 0.5), place.f - 100 * (row + 0.5)
    inside = shapely.contains_xy(county, x, y)
    known = ~np.ma.getmaskarray(values)
    assert known[inside].all()
    assert (shapely.distance(county, shapely.points(x[known & ~inside], y[known & ~inside])) <= 501).all()
    assert not known[0, 0]
    assert least <= values.min() < values.max() <= most


def test_towns_and_the_motorway_are_seen_in_the_air_and_on_the_ground(truth) -> None:
    with rasterio.open(FOLDER / "pm25_2023_fictional_100m.tif") as air:
        junction = tuple(truth["roads"]["junctions"][1]["place"])
        at = {name: float(value[0]) for name, value in zip(
            ("town", "country", "motorway", "beside"),
            air.sample([(417_300, 181_900), (389_000, 205_000), junction, (junction[0] + 3_000, junction[1] + 3_000)]),
            strict=True,
        )}  # fmt: skip
    assert at["town"] > at["country"] + 2
    assert at["motorway"] > at["beside"] + 1.5
    with rasterio.open(FOLDER / "green_cover_2023_fictional_100m.tif") as ground:
        town, country = (float(v[0]) for v in ground.sample([(396_800, 200_900), (389_000, 205_000)]))
    assert town < country - 25


def test_names_say_nothing_of_real_places() -> None:
    for name in ("local_services_fictional.csv", "community_assets_fictional.csv"):
        with (FOLDER / name).open(newline="") as file:
            given = {row["postcode"] for row in csv.DictReader(file)} - {""}
        assert all(re.fullmatch(r"QX\d{1,2} \d[A-Z]{2}", code) for code in given)
