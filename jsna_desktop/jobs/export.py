"""Localities out of a workspace: shapes for a GIS, or blocks and weights so that anyone can repeat them."""

import csv
from pathlib import Path

import numpy as np

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.output import unrun
from jsna_desktop.jobs.weights import weights_for
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON"}


def export_localities(store: Store, places: list[Locality], path: Path) -> int:
    """Write localities to `path`; how many rows. .gpkg and .geojson hold shapes, .csv blocks with their weights."""
    from pyogrio.errors import DataSourceError

    if path.exists():
        raise UsageProblem("there is already a file of this name", where=str(path), todo="Choose another name")
    if not path.parent.is_dir():
        raise UsageProblem("the folder does not exist", where=str(path.parent))
    ending = path.suffix.lower()
    try:
        count = _written(store, places, path, ending)
    except (OSError, DataSourceError) as error:
        raise UsageProblem(
            "the file cannot be written", where=str(path), todo="Choose a folder that you may write to"
        ) from error
    audit.record_leaving(store, audit.EXPORTED, str(path), localities=len(places), rows=count)
    return count


def _written(store: Store, places: list[Locality], path: Path, ending: str) -> int:
    if ending == ".csv":
        return _weights(store, places, path)
    if ending not in _DRIVERS:
        raise UsageProblem("localities are exported as .gpkg, .geojson or .csv", where=str(path))
    return _shapes(places, path, _DRIVERS[ending])


def _shapes(places: list[Locality], path: Path, driver: str) -> int:
    import geopandas

    shaped = [place for place in places if place.shape is not None]
    if not shaped:
        raise UsageProblem("none of these localities has an outline yet", todo="Add boundaries first")
    columns = {"name": [p.name for p in shaped], "code": [p.code for p in shaped], "set": [p.set for p in shaped]}
    frame = geopandas.GeoDataFrame(columns, geometry=np.array([p.shape for p in shaped], dtype=object), crs=27700)
    if driver == "GeoJSON":
        frame = frame.to_crs(4326)  # RFC 7946: GeoJSON is longitude and latitude
    frame.to_file(path, driver=driver)
    return len(shaped)


def _weights(store: Store, places: list[Locality], path: Path) -> int:
    geographies = {geo for _, geo in catalogue.codeset_keys(store, replaced=False).values()}
    names = [i.id for i in catalogue.indicators(store) if i.id == "population.residents"][:1]
    tables = load_figures(store, names).tables
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["set", "locality", "geography", "area_code", "weight", "method"])
        for name in sorted(geographies & set(tables)):
            table = tables[name]
            made = weights_for(store, places, name, table.universe)
            for place, locality in enumerate(places):
                held = slice(made.matrix.indptr[place], made.matrix.indptr[place + 1])
                codes, shares = table.universe[made.matrix.indices[held]], made.matrix.data[held]
                for code, share in zip(np.asarray(codes).tolist(), shares.tolist(), strict=True):
                    names = (unrun(locality.set), unrun(locality.name))
                    writer.writerow([*names, name, unrun(code), share, made.methods[place]])
                    rows += 1
    return rows
