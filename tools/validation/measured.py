"""Places of Wiltshire whose residents are known, shared out again from larger areas as if nobody knew."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from jsna_desktop.areas.apportion import (
    AREA,
    BEST_FIT,
    POSTCODES,
    area_shares,
    best_fit_shares,
    block_points,
    postcode_shares,
)
from jsna_desktop.areas.geography import align
from jsna_desktop.areas.lived_in import LivedIn
from jsna_desktop.sources import read

METHODS = (POSTCODES, AREA, BEST_FIT)


@dataclass(frozen=True)
class Measured:
    """Residents of places: `known` (places,), `found` by method (places,), and how many places cut a block."""

    known: np.ndarray
    found: dict[str, np.ndarray]
    cut: int

    def errors(self, method: str) -> np.ndarray:
        """Differences (places,) as shares of the residents known."""
        return (self.found[method] - self.known) / self.known


@dataclass(frozen=True)
class Measurements:
    """`across`: wards made of LSOAs, shared out from MSOAs; `whole`: MSOAs drawn over LSOAs; `drawn`: wards over LSOAs,

    whose residents are known to nobody here (their `known` is what postcodes give).
    """

    lsoas: int
    msoas: int
    residents: int
    postcodes: int
    across: Measured
    whole: Measured
    drawn: Measured


def measure(data: Path) -> Measurements:
    lsoa_codes, lsoas = _outlines(data / "boundaries/lsoa_2021_wiltshire.geojson")
    _, msoas = _outlines(data / "boundaries/msoa_2021_wiltshire.geojson")
    _, wards = _outlines(data / "boundaries/wards_wiltshire.geojson")
    people = _residents(data / "population/census-2021-usual-residents-lsoa-2021.csv", lsoa_codes)
    places = read(data / "postcodes/codepo_gb_wiltshire_areas.zip")
    at = np.column_stack([places.columns["easting"], places.columns["northing"]]).astype(float)
    lived = LivedIn(at[at.min(axis=1) > 0])
    county = shapely.union_all(lsoas)

    inner = shapely.point_on_surface(lsoas)
    in_msoa, in_ward = _holding(inner, msoas), _holding(inner, wards)
    in_msoas = np.bincount(in_msoa, people, minlength=len(msoas))
    # Of the ward in which most of an LSOA's middle lies: shapes made of whole LSOAs, whose residents are known.
    held = np.unique(in_ward)
    shapes = np.array([shapely.union_all(lsoas[in_ward == ward]) for ward in held])
    across = _shared_out(shapes, np.bincount(in_ward, people)[held], msoas, in_msoas, LivedIn(lived.points))
    whole = _shared_out(msoas, in_msoas, lsoas, people, LivedIn(lived.points))
    drawn = _shared_out(wards, None, lsoas, people, LivedIn(lived.points))
    within = len(lived.within(county))
    return Measurements(len(lsoas), len(msoas), int(people.sum()), within, across, whole, drawn)


def _outlines(path: Path) -> tuple[np.ndarray, np.ndarray]:
    found = read(path)
    return found.codes, np.asarray(shapely.from_wkb(found.geometry))


def _residents(path: Path, codes: np.ndarray) -> np.ndarray:
    """Census residents (n,) of these LSOAs."""
    found = read(path)
    indicator = next(one for one in found.indicators if one.id == "population.residents")
    values = found.columns[indicator.value or indicator.numerator or ""]
    order = np.argsort(found.codes)
    position = align(codes, found.codes[order])
    assert (position >= 0).all(), "LSOAs without residents"
    return values[order][position].astype(float)


def _holding(points: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Which shape holds each point (n,): the nearest where none does."""
    return shapely.STRtree(shapes).nearest(points)


def _shared_out(
    shapes: np.ndarray, known: np.ndarray | None, blocks: np.ndarray, people: np.ndarray, lived: LivedIn
) -> Measured:
    names = np.arange(len(blocks))
    points = block_points(blocks, lived.coordinates_within).points
    found = {method: np.zeros(len(shapes)) for method in METHODS}
    cut = 0
    for place, shape in enumerate(shapes):
        by_postcodes = postcode_shares(shape, blocks, names, lived)
        found[POSTCODES][place] = by_postcodes @ people
        found[AREA][place] = area_shares(shape, blocks) @ people
        found[BEST_FIT][place] = best_fit_shares(shape, points) @ people
        cut += bool(((by_postcodes > 0) & (by_postcodes < 1)).any())
    return Measured(found[POSTCODES] if known is None else known, found, cut)
