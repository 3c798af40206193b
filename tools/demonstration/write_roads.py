"""The roads in the layout of OS Open Roads: a GeoPackage in a zip, as Ordnance Survey packs it."""

import tempfile
import zipfile
from pathlib import Path

import numpy as np
import shapely

from tools.demonstration.roads import DUAL, MOTORWAY, Roads
from tools.demonstration.write import STAMP

ROADS = "oproad_gpkg_fictional.zip"
# By class: road_classification and road_function of OS Open Roads.
_WORDS = (
    ("Motorway", "Motorway"), ("A Road", "A Road"), ("B Road", "B Road"), ("Classified Unnumbered", "Minor Road"),
    ("Unclassified", "Local Road"), ("Not Classified", "Local Access Road"),
    ("Not Classified", "Restricted Local Access Road"),
)  # fmt: skip
_NOTE = "FICTIONAL DATA in the layout of OS Open Roads. No road, place or name in it is real.\r\n"


def write_roads(out: Path, roads: Roads) -> None:
    """Layers road_link, road_node and motorway_junction, EPSG:27700; their ids begin with X."""
    import geopandas
    import pyogrio

    n = len(roads.start)
    node = np.array([f"XN{i:06d}" for i in range(len(roads.xy))])
    words = np.array(_WORDS)[roads.road]
    nothing = np.full(n, None, object)

    def text(values: np.ndarray) -> np.ndarray:
        said = values.astype(object)
        said[values == ""] = None
        return said

    links = {
        "id": np.array([f"XL{i:06d}" for i in range(n)]),
        "fictitious": np.zeros(n, bool),
        "road_classification": words[:, 0],
        "road_function": words[:, 1],
        "form_of_way": roads.form,
        "road_classification_number": text(roads.number),
        "name_1": text(roads.name),
        "name_1_lang": nothing, "name_2": nothing, "name_2_lang": nothing, "road_structure": nothing,
        "length": np.maximum(np.rint(shapely.length(roads.lines)), 1).astype(np.int32),
        "length_uom": np.full(n, "m"),
        "loop": roads.start == roads.end,
        "primary_route": roads.road <= 1,
        "trunk_road": (roads.road == MOTORWAY) & (roads.form == DUAL),
        "start_node": node[roads.start],
        "end_node": node[roads.end],
        "road_number_toid": nothing, "road_name_toid": nothing,
    }  # fmt: skip
    meets = np.bincount(np.concatenate([roads.start, roads.end]), minlength=len(roads.xy))
    kinds = np.select([meets == 1, meets == 2], ["road end", "pseudo node"], "junction")
    layers = {
        "road_link": (links, roads.lines),
        "road_node": ({"id": node, "form_of_road_node": kinds}, shapely.points(roads.xy)),
        "motorway_junction": (
            {
                "id": [f"XJ{i + 1:06d}" for i in range(len(roads.junctions))],
                "junction_number": [f"M99 {number}" for number, _ in roads.junctions],
            },
            shapely.points(np.array([place for _, place in roads.junctions])),
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roads.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2025-01-01T00:00:00.000Z"})
        try:
            for name, (columns, shapes) in layers.items():
                frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=27700)
                # An index of places is made of digits that no packing makes smaller.
                pyogrio.write_dataframe(
                    frame, path, layer=name, driver="GPKG", append=path.exists(), SPATIAL_INDEX="NO"
                )  # fmt: skip
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        members = {"Data/oproad_fictional.gpkg": path.read_bytes(), "Doc/licence.txt": _NOTE.encode()}
    with zipfile.ZipFile(out / ROADS, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for member, content in members.items():
            info = zipfile.ZipInfo(member, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, content)
