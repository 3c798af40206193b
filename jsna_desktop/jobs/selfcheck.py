"""Does this installation work? Every library that carries data of its own, and one pack, with no network."""

import tempfile
from pathlib import Path

from jsna_desktop.errors import UserError

# Caister water tower, the worked example of Ordnance Survey's *A guide to coordinate systems in Great Britain*. The
# Helmert transformation, which needs no grid file, is good to a few metres.
_LONGITUDE, _LATITUDE = 1.716073973, 52.658007833
_EAST, _NORTH = 651_409.8, 313_177.4


def check_projections() -> dict[str, str]:
    """What each of the three PROJs that come with the wheels makes of one point; a UserError where one is off."""
    import numpy as np
    import pyogrio.raw
    import pyproj
    import rasterio.warp
    import shapely

    found = {"pyproj": pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform(_LONGITUDE, _LATITUDE)}
    east, north = rasterio.warp.transform("EPSG:4326", "EPSG:27700", [_LONGITUDE], [_LATITUDE])[:2]
    found["rasterio"] = (east[0], north[0])
    for library, (x, y) in found.items():
        if abs(x - _EAST) > 5 or abs(y - _NORTH) > 5:
            raise UserError("coordinates come out wrong", where=library, found=f"{x:.0f}, {y:.0f}")
    said = {library: f"{x:.1f}, {y:.1f}" for library, (x, y) in found.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "point.gpkg"
        point = np.array([shapely.to_wkb(shapely.Point(_EAST, _NORTH))], dtype=object)
        pyogrio.raw.write(path, point, [np.array(["x"])], ["name"], crs="EPSG:27700", geometry_type="Point")
        crs = pyogrio.raw.read(path)[0]["crs"]
    if crs != "EPSG:27700":
        raise UserError("a coordinate system is not known", where="pyogrio", found=str(crs))
    return said | {"pyogrio": str(crs)}


def check_jobs(folder: Path) -> Path:
    """Build the demonstration county in `folder` and make one pack; the pack's path."""
    from jsna_desktop.jobs.demonstration import build
    from jsna_desktop.jobs.localities import localities
    from jsna_desktop.jobs.pack import make_packs
    from jsna_desktop.workspace.store import Store

    with Store.open(build(folder)) as store:
        return make_packs(store, localities(store)[:1], folder)[0]
