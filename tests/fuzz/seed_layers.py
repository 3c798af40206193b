"""Layers of shapes as seeds: boundaries and centroids in every format, OS Open Roads, Zoomstack, OpenStreetMap."""

import json
import tempfile
from functools import cache
from pathlib import Path

from tests.fuzz.packed import zipped
from tests.fuzz.seed import Seed


@cache
def layer_files(ending: str, points: bool = False) -> dict[str, bytes]:
    """The files of a layer of two squares, or of two points, in the format with this ending."""
    import geopandas
    import shapely

    squares = [shapely.box(400_000 + 1000 * i, 200_000, 401_000 + 1000 * i, 201_000) for i in range(2)]
    shapes = [shapely.centroid(square) for square in squares] if points else squares
    codes = {"LSOA21CD": ["E01000001", "E01035001"], "LSOA21NM": ["A", "B"]}
    frame = geopandas.GeoDataFrame(codes, geometry=shapes, crs="EPSG:27700")
    if ending in (".geojson", ".geojsonl", ".kml"):
        frame = frame.to_crs(4326)
    drivers = {".geojsonl": "GeoJSONSeq", ".fgb": "FlatGeobuf", ".kml": "LIBKML", ".gdb": "OpenFileGDB"}
    drivers |= {".tab": "MapInfo File", ".mif": "MapInfo File", ".shp": "ESRI Shapefile", ".gpkg": "GPKG"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"areas{ending}"
        more = {"FORMAT": "MIF"} if ending == ".mif" else {}
        if ending == ".parquet":
            frame.to_parquet(path)
        else:
            frame.to_file(path, driver=drivers.get(ending, "GeoJSON"), **more)
        parts = path.rglob("*") if path.is_dir() else Path(folder).iterdir()
        return {str(part.relative_to(folder)): part.read_bytes() for part in sorted(parts)}


def geojson_in_metres() -> bytes:
    content = json.loads(layer_files(".geojson")["areas.geojson"])
    content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    for number, feature in enumerate(content["features"]):
        west = 400_000 + 1000 * number
        corners = [(west, 200_000), (west + 1000, 200_000), (west + 1000, 201_000), (west, 201_000), (west, 200_000)]
        feature["geometry"]["coordinates"] = [[list(corner) for corner in corners]]
    return json.dumps(content).encode()


def loose(ending: str, form: str, points: bool = False) -> Seed:
    return Seed(f"areas{ending}", form, lambda: next(iter(layer_files(ending, points).values())))


def in_zip(ending: str) -> Seed:
    return Seed("areas.zip", "zip", lambda: zipped(layer_files(ending)))


def geojson() -> bytes:
    return layer_files(".geojson")["areas.geojson"]


def _layers(content: dict[str, tuple[list, dict[str, list]]]) -> bytes:
    """A GeoPackage of layers: name → (shapes, fields)."""
    import geopandas

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        for name, (shapes, fields) in content.items():
            geopandas.GeoDataFrame(fields, geometry=shapes, crs=27700).to_file(path, layer=name)
        return path.read_bytes()


def open_roads() -> bytes:
    """OS Open Roads: two links between three nodes."""
    import shapely

    places = [(400_000, 200_000), (401_000, 200_000), (402_000, 200_000)]
    links = {
        "id": ["l1", "l2"], "fictitious": [False] * 2, "road_classification": ["A Road", "Unclassified"],
        "road_function": ["A Road", "Local Road"], "form_of_way": ["Single Carriageway", "Roundabout"],
        "road_classification_number": ["A4", ""], "name_1": ["High Street", ""], "name_1_lang": [""] * 2,
        "name_2": [""] * 2, "name_2_lang": [""] * 2, "road_structure": [""] * 2, "length": [1000, 1000],
        "length_uom": ["m"] * 2, "loop": [False] * 2, "primary_route": [False] * 2, "trunk_road": [False] * 2,
        "start_node": ["n1", "n2"], "end_node": ["n2", "n3"], "road_number_toid": [""] * 2, "road_name_toid": [""] * 2,
    }  # fmt: skip
    nodes = {"id": ["n1", "n2", "n3"], "form_of_road_node": ["junction"] * 3}
    lines = [shapely.LineString(places[:2]), shapely.LineString(places[1:])]
    return _layers(
        {
            "road_link": (lines, links),
            "road_node": ([shapely.Point(place) for place in places], nodes),
            "motorway_junction": ([shapely.Point(places[0])], {"id": ["j1"], "junction_number": ["M1 J1"]}),
        }
    )


def zoomstack() -> bytes:
    """OS Open Zoomstack: one feature in each of five layers."""
    import shapely

    return _layers(
        {
            "airports": ([shapely.Point(405e3, 205e3)], {"name": ["Airfield"]}),
            "names": ([shapely.Point(402e3, 202e3)], {"name1": ["Middleham"], "name2": [None], "type": ["Town"]}),
            "roads_local": ([shapely.LineString([(401e3, 201e3), (402e3, 202e3)])], {"type": ["Local"]}),
            "surfacewater": ([shapely.box(390e3, 203e3, 404e3, 204e3)], {"type": ["Inland"]}),
            "woodland": ([shapely.box(406e3, 206e3, 408e3, 208e3)], {"type": ["National"]}),
        }
    )


def streets() -> bytes:
    """OpenStreetMap: two streets that meet, as a .osm.pbf."""
    import osmium

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "streets.osm.pbf"
        # Not packed, so that a changed byte changes a road and not only a checksum.
        with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,pbf_compression=none")) as writer:
            for id, place in {1: (-2.0, 51.7), 2: (-1.99, 51.7), 3: (-1.98, 51.7), 4: (-1.99, 51.71)}.items():
                writer.add_node(osmium.osm.mutable.Node(id=id, location=place))
            for id, nodes, kind in ((10, [1, 2, 3], "primary"), (11, [2, 4], "residential")):
                writer.add_way(osmium.osm.mutable.Way(id=id, nodes=nodes, tags={"highway": kind, "name": "A"}))
        return path.read_bytes()
