"""For each reader the smallest sound files that it takes, from which hostile ones are made.

A new reader needs an entry here: `test_fuzz_seeds.py` fails where one has none.
"""

from jsna_desktop import sources
from tests.fuzz import seed_files as files
from tests.fuzz import seed_layers as layers
from tests.fuzz import seed_texts as texts
from tests.fuzz.seed import Seed, sample, table

# Module of the reader → its seeds.
SEEDS: dict[str, tuple[Seed, ...]] = {
    "postcodes": (sample("qx.csv", -1), Seed("codepo_gb.zip", "zip", files.two_parts_of_codepoint)),
    "onspd": (table(texts.DIRECTORY), Seed("onspd.zip", "zip", files.postcode_directory)),
    "roads": (Seed("oproad_gb.gpkg", "gpkg", layers.open_roads),),
    "osm": (Seed("streets.osm.pbf", "bytes", layers.streets),),
    "pictures": (Seed("map.tif", "bytes", files.picture),),
    "background": (
        Seed("zoomstack.gpkg", "gpkg", layers.zoomstack),
        Seed("areas.geojson", "json", layers.geojson, options={"kind": "background"}),
    ),
    "rasters": (
        Seed("pm25_2023.tif", "bytes", files.geotiff),
        Seed("pm25_2023.asc", "text", files.ascii_grid),
        Seed("pm25_2023.nc", "bytes", files.netcdf),
    ),
    "services": (
        sample("epraccur.csv", -1),
        table(texts.SERVICES),
        Seed("schools.csv", "text", texts.SCHOOLS.encode),
        Seed("care.csv", "text", texts.CARE.encode),
    ),
    "assets": (table(texts.ASSETS),),
    "centroids": (
        table("LSOA21CD,LSOA21NM,x,y\nE01000001,A,400500,200500\nE01035001,B,401500,200500\n"),
        table("OBJECTID,msoa21cd,long,lat\n1,E02000001,-2.0,51.7\n2,E02000002,-1.99,51.7\n"),
        layers.loose(".geojson", "json", points=True),
        layers.loose(".gpkg", "gpkg", points=True),
    ),
    "deprivation": (sample("file_7.csv"), sample("file_2_2019.csv")),
    "deprivation_areas": (table(texts.SUMMARIES),),
    "fingertips": (table(texts.FINGERTIPS),),
    "local_health": (table(texts.LOCAL_HEALTH),),
    "nomis": (table(texts.NOMIS_QUERY, 7), table(texts.NOMIS_BULK), Seed("ts.zip", "zip", files.nomis_bulk)),
    "midyear": (Seed("midyear.xlsx", "zip", files.midyear_workbook),),
    "population": (
        sample("mid_year.csv.gz", 4),
        table(texts.POPULATION),
        table("LSOA21CD,Usual residents (Census 2021)\nE01000001,1500\nE01000002,1600\n"),
    ),
    "deaths": (table(texts.DEATHS),),
    "mortality": (table(texts.MORTALITY),),
    "records": (table(texts.EVENTS), table(texts.EVENTS_BY_AREA)),
    "census": (sample("occupancy.csv"),),
    "indicators": (table(texts.INDICATOR), table(texts.VALUES)),
    "underlying": (table(texts.UNDERLYING), table(texts.CNI)),
    "boundaries": (
        layers.loose(".geojson", "json"),
        Seed("metres.geojson", "json", layers.geojson_in_metres),
        layers.loose(".geojsonl", "text"),
        layers.loose(".gpkg", "gpkg"),
        layers.loose(".parquet", "geoparquet"),
        layers.loose(".fgb", "bytes"),
        layers.loose(".kml", "xml"),
        *map(layers.in_zip, (".shp", ".tab", ".mif", ".kml", ".gpkg", ".gdb")),
    ),
    "vintages": (table(texts.EXACT_FIT),),
    "lookups": (table(texts.LOOKUP), table("LSOA21CD,CA24CD,CA24NM\nE01000001,CA01,North\nE01000002,CA02,South\n")),
}


def readers() -> list[str]:
    """The module of each reader, by which it is listed above."""
    return [reader.read.__module__.rpartition(".")[2] for reader in sources.READERS]
