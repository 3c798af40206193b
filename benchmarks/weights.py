"""Weights of 1,000 ward-sized polygons over the 35,672 LSOAs of England and Wales, and 7,000 profiles of wards.

By area against tobler's area table on the same input (a benchmark's extra, not in the lock: where it is not installed,
that bar is skipped); by postcode against the bare STRtree query of 1.5 million points; the batch against its two bare
sparse products and against a long table merged and grouped by pandas. Needs ../shared/data.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import shapely
from scipy import sparse

from benchmarks.england import DATA, bar

_POLYGONS, _POINTS = 1_000, 1_500_000
_PLACES, _INDICATORS = 7_000, 300


def in_turn(*works: Callable[[], object], repeats: int = 5) -> list[float]:
    """The median time of each, taken in turn so that a busy machine slows all alike."""
    times = np.zeros((repeats, len(works)))
    for repeat in range(repeats):
        for place, work in enumerate(works):
            start = time.perf_counter()
            work()
            times[repeat, place] = time.perf_counter() - start
    return np.median(times, axis=0).tolist()


def blocks() -> np.ndarray:
    """The published outlines of LSOAs, shapely (35672,)."""
    from jsna_desktop.sources import read

    return np.asarray(shapely.from_wkb(read(DATA / "boundaries/lsoa_2021_ew_bgc.parquet").geometry))


def polygons(lsoas: np.ndarray) -> np.ndarray:
    """A partition of England and Wales in 1,000 parts (shapely), around points of LSOAs drawn at random."""
    draws = np.random.default_rng(1)
    points = shapely.point_on_surface(draws.choice(lsoas, _POLYGONS, replace=False))
    land = shapely.box(*shapely.total_bounds(lsoas)).buffer(1000)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=land)
    return shapely.intersection(shapely.get_parts(cells), land)


def by_area(lsoas: np.ndarray, wards: np.ndarray) -> bool:
    from jsna_desktop.areas.apportion import overlap

    found = overlap(wards, lsoas, with_pieces=False)
    ours = sparse.csr_array((found.settled, (found.block, found.polygon)), shape=(len(lsoas), len(wards)))
    sums = np.asarray(ours.sum(axis=1)).reshape(-1)
    whole = np.mean(found.share == 1)
    print(f"        {len(found.block):,} pairs, {100 * whole:.0f} % of them blocks wholly inside")
    worst = float(np.abs(sums - 1).max())
    kept = [bar("weights of a partition, furthest from a sum of 1", worst, 1e-6, "")]
    try:
        from tobler.area_weighted.area_interpolate import _area_tables_binning  # pyright: ignore[reportMissingImports]
    except ImportError:
        print("skipped: tobler is not installed, so nothing to compare weights by area with")
        return all(kept)
    import geopandas as gpd

    source = gpd.GeoDataFrame(geometry=gpd.GeoSeries(lsoas, crs=27700))
    target = gpd.GeoDataFrame(geometry=gpd.GeoSeries(wards, crs=27700))

    def fresh() -> None:
        # Neither is to find what the other, or its own last run, prepared.
        shapely.destroy_prepared(wards)
        overlap(wards, lsoas, with_pieces=False)

    theirs = sparse.csr_array(_area_tables_binning(source, target, "auto"))
    share = sparse.csr_array(theirs.multiply(1 / shapely.area(lsoas)[:, None]))
    difference = float(abs(share - ours).max())
    own, yardstick = in_turn(fresh, lambda: _area_tables_binning(source.copy(), target.copy(), "auto"), repeats=3)
    print(f"        by area: {own:.2f} s; tobler {yardstick:.2f} s")
    # tobler keeps its areas as float32: 6e-8 of a share. What it rounds are bare intersections of the same pairs.
    bare = (
        shapely.area(shapely.intersection(wards[found.polygon], lsoas[found.block])) / shapely.area(lsoas)[found.block]
    )
    kept.append(bar("weights by area, furthest from tobler's float32", difference, 1.2e-7, ""))
    kept.append(
        bar("weights by area, furthest from bare intersections", float(np.abs(bare - found.settled).max()), 1e-9, "")
    )
    kept.append(bar("weights by area, of tobler's time", own / yardstick, 0.5, "x"))
    return all(kept)


def by_postcode(lsoas: np.ndarray, wards: np.ndarray) -> bool:
    from jsna_desktop.areas.apportion import postcode_shares
    from jsna_desktop.areas.lived_in import LivedIn

    draws = np.random.default_rng(2)
    centre = shapely.get_coordinates(shapely.point_on_surface(lsoas))
    at = centre[draws.integers(len(lsoas), size=_POINTS)] + draws.normal(0, 250, (_POINTS, 2))
    lived = LivedIn(at.round())
    near = shapely.STRtree(lsoas)
    start = time.perf_counter()
    for ward in wards:
        held = near.query(ward)
        postcode_shares(ward, lsoas[held], held, lived)
    print(f"        postcodes placed in their blocks, once: {time.perf_counter() - start:.1f} s")
    tree = shapely.STRtree(np.asarray(shapely.points(at)))

    def bare() -> None:
        shapely.destroy_prepared(wards)
        shapely.prepare(wards)
        tree.query(wards, predicate="contains")

    def ours() -> None:
        shapely.destroy_prepared(wards)
        for ward in wards:
            held = near.query(ward)
            postcode_shares(ward, lsoas[held], held, lived)

    own, yardstick = in_turn(ours, bare, repeats=3)
    print(f"        by postcode: {own:.2f} s; bare query {yardstick:.2f} s")
    return bar("weights by postcode, of the bare query of 1.5 million points", own / yardstick, 1.5, "x")


def batch(lsoas: int) -> bool:
    """7,000 places of about five blocks, one of them cut: 300 proportions with their intervals."""
    import pandas as pd

    from jsna_desktop.areas.locality import matrix_of
    from jsna_desktop.indicator import Indicator
    from jsna_desktop.measures.parts import BlockValues, stack
    from jsna_desktop.measures.profile import estimates

    draws = np.random.default_rng(3)
    ends = np.sort(draws.choice(lsoas - 1, _PLACES - 1, replace=False)) + 1
    rows = []
    for positions in np.split(np.arange(lsoas), ends):
        share = np.ones(len(positions))
        share[0] = draws.uniform(0.1, 1)
        rows.append((positions, share))
    weights = matrix_of(rows, lsoas)
    people = draws.integers(1_000, 3_000, (lsoas, _INDICATORS)).astype(float)
    top = draws.binomial(people.astype(int), 0.1).astype(float)
    items = [
        BlockValues(
            Indicator(
                f"i{k}",
                f"Indicator {k}",
                "proportion",
                "2024",
                "lsoa2021",
                unit="%",
                multiplier=100.0,
                numerator="n",
                denominator="d",
            ),
            {"numerator": top[:, k], "denominator": people[:, k]},
        )
        for k in range(_INDICATORS)
    ]
    made = stack("lsoa2021", lsoas, items)

    def usual() -> object:
        lookup = pd.DataFrame(
            {"place": np.repeat(np.arange(_PLACES), np.diff(weights.indptr)), "block": weights.indices}
        )
        lookup["share"] = weights.data
        long = pd.DataFrame(
            {
                "block": np.repeat(np.arange(lsoas), _INDICATORS),
                "indicator": np.tile(np.arange(_INDICATORS), lsoas),
                "n": top.ravel(),
                "d": people.ravel(),
            }
        )
        merged = long.merge(lookup, on="block")
        merged["n"] *= merged["share"]
        merged["d"] *= merged["share"]
        return merged.groupby(["place", "indicator"])[["n", "d"]].sum()

    found = estimates(weights, made)
    expected = 100 * np.asarray(weights @ top) / np.asarray(weights @ people)
    same = bool(np.allclose(found.value, expected, rtol=1e-12))
    print(f"{'kept  ' if same else 'MISSED'}  the batch gives the quotients of the products")
    # The program's peak, before the usual way needs its own.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    own, bare = in_turn(lambda: estimates(weights, made), lambda: (weights @ top, weights @ people))
    kept = [same, bar("batch of 7,000 places × 300 indicators, of its two products", own / bare, 4, "x")]
    kept.append(bar("its largest memory", peak, 1.5, "GB"))
    (slow,) = in_turn(usual, repeats=1)
    print(f"        batch: {own:.3f} s; two products {bare:.3f} s; merged and grouped {slow:.1f} s")
    kept.append(bar("batch, of pandas’ time", own / slow, 1 / 6, "x"))
    return all(kept)


def main() -> bool:
    if not DATA.is_dir():
        print("skipped: the published statistics (../shared/data) are not here")
        return True
    kept = [batch(35_672)]
    lsoas = blocks()
    wards = polygons(lsoas)
    kept += [by_area(lsoas, wards), by_postcode(lsoas, wards)]
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
