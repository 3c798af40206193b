"""Where to open up to five dentists in the demonstration county, and ten of something among 500 places.

The bars are ratios within one run: of the time of the bare sweeps (SciPy's dijkstra) that the journeys to every
candidate take, of greedy alone without its bound, and of the best that could be (the gap). That all of the county's
are proved is a bar too.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import cdist

from benchmarks.england import bar
from jsna_desktop.measures import siting as measures

MOST = 5
SWEEPS_BAR, GREEDY_BAR, GAP_BAR = 1.0, 150.0, 0.01
POINTS, CANDIDATES, OPEN, COUNT = 100_000, 500, 10, 10


def timed(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """The shortest of several, and what came of it."""
    best, made = np.inf, None
    for _ in range(times):
        start = time.perf_counter()
        made = work()
        best = min(best, time.perf_counter() - start)
    return best, made


def county() -> bool:
    """One to five dentists among the halls of the demonstration county, by car, both ways of asking."""
    from jsna_desktop.areas import travel
    from jsna_desktop.jobs import access, siting
    from jsna_desktop.jobs.access_people import residents_of
    from jsna_desktop.jobs.demonstration import build
    from jsna_desktop.jobs.measured_places import Choice
    from jsna_desktop.jobs.siting_candidates import candidates_of
    from jsna_desktop.workspace.store import Store

    with tempfile.TemporaryDirectory() as folder, Store.open(build(Path(folder) / "demo")) as store:
        prepared = access.prepare(store, residents_of(store, Choice()), "drive")
        graph = prepared.graph
        assert graph is not None
        halls = travel.snap(graph, candidates_of(store, "assets:space").places)
        nodes = halls.node[halls.on_roads]
        sweeps = timed(lambda: [dijkstra(graph.costs, indices=node) for node in nodes], 3)[0]
        kept = []
        for objective in (siting.MEDIAN, siting.COVER):
            taken, made = [], []
            for count in range(1, MOST + 1):
                seconds, one = timed(
                    lambda k=count, by=objective: siting.site(
                        prepared, "dentist", "assets:space", k, objective=by
                    ), 3,
                )  # fmt: skip
                taken.append(seconds)
                made.append(one.found)
            said = ", ".join(f"{seconds:.2f}" for seconds in taken)
            near = 100 * min(one.first / one.value for one in made)
            proved = sum(one.proven for one in made)
            print(f"        {objective}: {said} s for 1 to {MOST} of {len(nodes)}; bare sweeps {sweeps:.2f} s; "
                  f"greedy {near:.1f} % of the best")  # fmt: skip
            kept.append(bar(f"{objective}, the longest, of the bare sweeps", max(taken) / sweeps, SWEEPS_BAR, "x"))
            kept.append(bar(f"{objective}, not proved", MOST - proved, 0, f"of {MOST}"))
    return all(kept)


def large() -> bool:
    """Ten of 500 places for 100,000 points about towns, beside ten that are open: straight lines, both ways."""
    draw = np.random.default_rng(4)
    towns = draw.uniform(0, 80_000, (60, 2))
    points = towns[draw.integers(len(towns), size=POINTS)] + draw.normal(0, 2_500, (POINTS, 2))
    candidates = points[draw.choice(POINTS, CANDIDATES, replace=False)]
    weight = draw.uniform(1, 40, POINTS)
    now = cdist(points, towns[draw.choice(len(towns), OPEN, replace=False)]).min(axis=1) / 1000
    km = cdist(points, candidates) / 1000
    within = (km <= 5) & (now > 5)[:, None]
    gains = {"cover": sparse.csc_array(within * weight[:, None])}
    np.maximum(np.subtract(now[:, None], km, out=km), 0, out=km)
    km *= weight[:, None]
    gains["median"] = sparse.csc_array(km)
    del km, within
    kept = []
    for objective, gain in gains.items():
        alone, _ = timed(lambda gain=gain: measures.greedy(gain, COUNT), 3)
        seconds, found = timed(lambda gain=gain: measures.choose(gain, COUNT))
        print(f"        {objective}: {POINTS:,} points, {CANDIDATES} places, {gain.nnz:,} gains: {seconds:.1f} s, "
              f"{found.method}, greedy {100 * found.first / found.value:.2f} % of what was chosen")  # fmt: skip
        name = f"{objective}, {COUNT} of {CANDIDATES}"
        kept.append(bar(f"{name}, with its bound, of greedy alone", seconds / alone, GREEDY_BAR, "x"))
        kept.append(bar(f"{name}, gap", 100 * (found.bound / found.value - 1), 100 * GAP_BAR, "%"))
    return all(kept)


def main() -> bool:
    return all([county(), large()])


if __name__ == "__main__":
    sys.exit(not main())
