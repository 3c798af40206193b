"""Rasters of 100 m: fine particles in the air, and how much of the ground is green."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from tools.demonstration.county import County
from tools.demonstration.land import CENTRE, HALF, TOWN, VILLAGE, Field
from tools.demonstration.roads import Roads

PARTICLES = "pm25_2023_fictional_100m.tif"
GREEN = "green_cover_2023_fictional_100m.tif"
CELL_M = 100
NOTHING = -9999.0
_AROUND_M = 500.0  # cells on the county's edge are whole


@dataclass(frozen=True)
class Surfaces:
    """`particles` (rows, columns) µg/m³ and `green` (rows, columns) per cent, NaN away from the county; `west`, `north`

    of the upper left corner in metres.
    """

    particles: np.ndarray
    green: np.ndarray
    west: int
    north: int


def make_surfaces(seed: int, county: County, roads: Roads) -> Surfaces:
    """Smooth surfaces in which towns, the motorway, A roads and the river are seen."""
    from scipy.ndimage import gaussian_filter
    from scipy.spatial import KDTree

    rng = np.random.default_rng([seed, 41])
    ground = shapely.buffer(shapely.unary_union(county.lsoa_shape), _AROUND_M)
    west, south, east, north = (int(v // CELL_M) * CELL_M for v in shapely.bounds(ground))
    across, down = (east - west) // CELL_M + 1, (north - south) // CELL_M + 1
    north = south + down * CELL_M
    x = west + CELL_M * (np.arange(across) + 0.5)
    y = north - CELL_M * (np.arange(down) + 0.5)
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    def built(kind: int, reach: float) -> np.ndarray:
        """Sites to a cell, smoothed over `reach` cells."""
        mine = county.sites.xy[county.sites.kind == kind]
        at = ((mine - [west, south]) // CELL_M).astype(int)
        count = np.zeros((down, across))
        np.add.at(count, (down - 1 - at[:, 1], at[:, 0]), 1.0)
        return gaussian_filter(count, reach).ravel()

    def away(course: np.ndarray) -> np.ndarray:
        # What is further is as if it were not there.
        return KDTree(course).query(xy, distance_upper_bound=8_000)[0]

    town, wide, village = built(TOWN, 2.5), built(TOWN, 14.0), built(VILLAGE, 2.5)
    routes = roads.routes
    motorway, river = away(routes.motorway), away(routes.river)
    a_road = away(np.vstack(routes.a_roads))
    across_county = ((xy - CENTRE) / HALF) @ np.array([0.35, -0.25])
    particles = (
        6.3 + across_county + 0.2 * Field(rng, 9_000)(xy) + 1.6 * wide + 1.1 * town + 0.5 * village
        + 2.4 * np.exp(-motorway / 260) + 0.7 * np.exp(-motorway / 1_400) + 0.7 * np.exp(-a_road / 170)
        + rng.normal(0, 0.03, len(xy))
    )  # fmt: skip
    green = (
        78 + 7 * Field(rng, 3_500)(xy) + 5 * Field(rng, 700)(xy) - 46 * np.minimum(town, 1.1) - 14 * np.minimum(wide, 1)
        - 18 * np.minimum(village, 1.2) + 9 * np.exp(-river / 220) - 22 * np.exp(-motorway / 70)
        + rng.normal(0, 1.5, len(xy))
    )  # fmt: skip
    inside = shapely.contains_xy(ground, xy[:, 0], xy[:, 1])
    particles = np.where(inside, np.round(particles * 20) / 20, np.nan).reshape(down, across)
    green = np.where(inside, np.clip(np.round(green), 2, 98), np.nan).reshape(down, across)
    return Surfaces(particles, green, west, north)


def write_surfaces(out: Path, made: Surfaces) -> None:
    """Two GeoTIFFs in EPSG:27700, packed, each saying what it is of and in which unit."""
    for name, values, title, unit in (
        (PARTICLES, made.particles, "PM2.5, annual mean 2023", "µg/m³"),
        (GREEN, made.green, "Green cover 2023", "%"),
    ):
        _write(out / name, values, made, title, unit)


def _write(path: Path, values: np.ndarray, made: Surfaces, title: str, unit: str) -> None:
    import rasterio

    path.unlink(missing_ok=True)
    filled = np.where(np.isnan(values), NOTHING, values).astype(np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype="float32",
        crs="EPSG:27700", transform=rasterio.Affine(CELL_M, 0, made.west, 0, -CELL_M, made.north), nodata=NOTHING,
        compress="DEFLATE", zlevel=9, predictor=3, tiled=True, blockxsize=256, blockysize=256,
    ) as file:  # fmt: skip
        file.write(filled, 1)
        file.set_band_description(1, title)
        file.set_band_unit(1, unit)
        file.update_tags(TIFFTAG_IMAGEDESCRIPTION=f"Fictional data: {title}")
