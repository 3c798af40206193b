"""Journeys to 20 types of service over a million nodes, and a change of one service in a county.

The bars are ratios within one run, against the bare sweeps of SciPy, and milliseconds for what has to follow the hand.
With pandana 0.8 on the path (it is no dependency), its answer for one type is timed on the same roads.
"""

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import sparse

from jsna_desktop.areas import roads, travel
from jsna_desktop.areas.roads import DRIVE, Network
from jsna_desktop.areas.speeds import read_speeds

TYPES, SERVICES = 20, 60
SWEEPS_BAR, CHANGE_BAR_MS, PANDANA_BAR = 1.3, 100.0, 50.0


def network(side: int, seed: int = 1) -> Network:
    """A lattice of side × side junctions, a third of its streets missing: 1.3 links a node, as roads have."""
    draw = np.random.default_rng(seed)
    size = side * side
    places = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) * 100.0
    places = places + draw.uniform(-30, 30, (size, 2))
    at = np.arange(size).reshape(side, side)
    start = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    end = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    kept = draw.random(len(start)) < 0.65
    start, end = start[kept], end[kept]
    count = len(start)
    return Network(
        places,
        start,
        end,
        np.hypot(*(places[start] - places[end]).T) * 1.1,
        draw.choice(["a", "b", "minor", "local"], count, p=[0.05, 0.1, 0.25, 0.6]),
        np.full(count, "single"),
        np.where(draw.random(count) < 0.05, 1, 0).astype(np.int8),
        np.ones(count, dtype=bool),
        np.ones(count, dtype=bool),
        np.zeros(count, dtype=bool),
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def sweeps() -> bool:
    """20 types, a million nodes, 200,000 origins: catchments and journeys against the bare sweeps."""
    from scipy.sparse.csgraph import dijkstra

    built, graph = timed(lambda: roads.graph(network(1014), DRIVE, read_speeds()))
    draw = np.random.default_rng(2)
    origins = graph.places[draw.integers(len(graph.places), size=200_000)] + 20.0
    points = travel.snap(graph, origins)
    types = [graph.places[draw.integers(len(graph.places), size=SERVICES)] + 10.0 for _ in range(TYPES)]
    snapped = [travel.snap(graph, places) for places in types]
    bare = ours = 0.0
    for places, at in zip(types, snapped, strict=True):  # one after the other, so that both meet the same machine
        bare += timed(lambda at=at: dijkstra(graph.costs, indices=at.node, min_only=True))[0]
        ours += timed(lambda p=places: travel.nearest(graph, travel.snap(graph, p)).of(points))[0]
    ratio = ours / bare
    kept = ratio <= SWEEPS_BAR
    print(f"        {len(graph.places):,} nodes, {len(graph.costs.data):,} ways, made in {built:.1f} s")
    print(f"        {TYPES} types: bare {bare:.1f} s, with snapping, catchments and journeys {ours:.1f} s")
    print(f"{'kept  ' if kept else 'MISSED'}  catchments: {ratio:.2f} × the bare sweeps (bar {SWEEPS_BAR})")
    return _pandana(built + ours / TYPES) and kept


def _pandana(ours: float) -> bool:
    try:
        import pandana  # pyright: ignore[reportMissingImports]
    except ImportError:
        print("        pandana is not installed: not compared")
        return True
    import pandas as pd

    whole = network(1014)
    places = whole.places[np.random.default_rng(2).integers(len(whole.places), size=SERVICES)]

    def theirs() -> Any:
        made = pandana.Network(
            pd.Series(whole.places[:, 0]), pd.Series(whole.places[:, 1]), pd.Series(whole.start),
            pd.Series(whole.end), pd.DataFrame({"m": whole.length}),
        )  # fmt: skip
        made.set_pois("hub", 1e6, 1, pd.Series(places[:, 0]), pd.Series(places[:, 1]))
        return made.nearest_pois(1e6, "hub", num_pois=1)

    seconds, _ = timed(theirs)
    kept = seconds / ours >= PANDANA_BAR
    print(
        f"{'kept  ' if kept else 'MISSED'}  pandana {seconds:.0f} s: {seconds / ours:.0f} × ours (bar {PANDANA_BAR:g})"
    )
    return kept


def change() -> bool:
    """A service moves in a county with 100,000 nodes and 25,000 postcodes: a new map of blocks and a new table."""
    from jsna_desktop.jobs import access_change
    from jsna_desktop.jobs.access import Access
    from jsna_desktop.jobs.access_change import Change
    from jsna_desktop.jobs.access_people import Residents
    from jsna_desktop.jobs.service_places import Services
    from jsna_desktop.measures.access import journeys

    graph = roads.graph(network(322), DRIVE, read_speeds())
    draw = np.random.default_rng(3)
    count, blocks = 25_000, 400
    points = graph.places[draw.integers(len(graph.places), size=count)] + 20.0
    block = np.sort(draw.integers(blocks, size=count))
    share = 1.0 / np.bincount(block, minlength=blocks)[block]
    residents = draw.uniform(1000, 2500, blocks)
    counted = share * residents[block]
    # A district, its fifths and ages, 20 localities with theirs: 210 rows.
    rows, held = [], []
    for place in range(21):
        mine = np.ones(count, dtype=bool) if place == 0 else block % 20 == place - 1
        for group in range(10):
            own = mine if group == 0 or group > 5 else mine & (block * 7 % 5 == group - 1)
            rows.append(SimpleNamespace(place=place, locality=f"{place}", dimension="all", group=f"{group}", note=""))
            held.append(sparse.csr_array(np.where(own, counted, 0.0)[None, :]))
    matrix = sparse.csr_array(sparse.vstack(held))
    codes: Any = SimpleNamespace(codes=np.arange(blocks))
    origins: Any = SimpleNamespace(points=points, block=block, share=share)
    people = Residents(codes, origins, tuple(rows), matrix, (), False)
    snapped = travel.snap(graph, points)
    prepared: Any = SimpleNamespace(graph=graph, snapped=snapped, residents=people, mode=DRIVE, unit="minutes")
    places = graph.places[draw.integers(len(graph.places), size=SERVICES)] + 10.0
    nothing, names = np.full(SERVICES, np.nan), np.array([f"Hub {k}" for k in range(SERVICES)])
    services = Services("hub", names, places, nothing, np.zeros(SERVICES, dtype=bool), (), ())
    at = travel.snap(graph, places)
    found = travel.nearest(graph, at)
    cost, nearest = found.of(snapped)
    limits = (5.0, 10.0, 15.0, 20.0, 30.0)
    made = Access(prepared, services, limits, at.on_roads, at, found, cost, nearest, cost < 0,
                  journeys(cost, matrix, limits), ())  # fmt: skip
    taken = []
    for turn in range(30):
        which = int(draw.integers(SERVICES))
        east, north = graph.places[draw.integers(len(graph.places))].tolist()

        def moved(which: int = which, east: float = east, north: float = north) -> Any:
            after = access_change.changed(made, Change().moved(services, which, east, north))
            return access_change.change_rows(after), after.blocks

        seconds, _ = timed(moved)
        if turn >= 3:
            taken.append(1000 * seconds)
    worst, middle = max(taken), float(np.median(taken))
    kept = worst < CHANGE_BAR_MS
    print(f"        {len(graph.places):,} nodes, {count:,} postcodes, {len(rows)} rows; half in {middle:.0f} ms")
    print(f"{'kept  ' if kept else 'MISSED'}  moving a service: {worst:.0f} ms at most (bar {CHANGE_BAR_MS:g})")
    return kept


def main() -> bool:
    return all([sweeps(), change()])


if __name__ == "__main__":
    sys.exit(not main())
