"""Dragging one corner of a drawn place over England: new weights by every method, 300 indicators with their verdicts.

Needs ../shared/data. A place of 4 km around Trowbridge, 60 corners, its corner moved by 4 m a time; a corner is moved
60 times and the median taken. Residents and outlines are the published ones, the 300 indicators are drawn.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely

from benchmarks.england import DATA, bar, run

_INDICATORS = 300
_MOVES = 60


def build(path: Path) -> None:
    """Outlines, residents, larger areas and postcodes as published; 300 proportions of people with a condition."""
    from jsna_desktop.indicator import Indicator
    from jsna_desktop.jobs.add import READY, Found, add
    from jsna_desktop.sources.dataset import Dataset, Reading
    from jsna_desktop.workspace import catalogue
    from jsna_desktop.workspace.store import Store

    files = (
        "boundaries/lsoa_2021_ew_bgc.parquet",
        "population/census-2021-usual-residents-lsoa-2021.csv",
        "postcodes/codepo_gb_wiltshire_areas.zip",
        "lookups/lsoa_2021_to_lad_to_region_ew.csv",
    )
    run("new", str(path))
    run("add", str(path), *(str(DATA / name) for name in files))
    with Store.open(path) as store:
        key = catalogue.boundaries(store, "lsoa2021")
        assert key is not None
        codes = catalogue.codes(store, key)
        draws = np.random.default_rng(1)
        people = draws.integers(1_000, 3_000, len(codes)).astype(float)
        columns = {"people": people}
        made = []
        for number in range(_INDICATORS):
            columns[f"n{number}"] = draws.binomial(people.astype(int), 0.1).astype(float)
            made.append(
                Indicator(
                    f"local.i{number}", f"Indicator {number}", "proportion", "2024", "lsoa2021", unit="%",
                    polarity="low good", numerator=f"n{number}", denominator="people",
                )
            )  # fmt: skip
        about = Dataset(
            "local.drawn", "Drawn", "indicator", "lsoa2021", "2024", "nobody", "none", "", "made.csv", "made up",
            rows=len(codes), checksum="drawn",
        )  # fmt: skip
        reading = Reading(about, codes, columns, indicators=tuple(made))
        add(store, [Found(Path("made.csv"), READY, "", "", reading=reading)])


def lines() -> list[shapely.Geometry]:
    """The place, and the place with one corner moved again and again."""
    draws = np.random.default_rng(1)
    angle = np.sort(draws.uniform(0, 2 * np.pi, 60))
    reach = 4000 + draws.uniform(-300, 300, 60)
    corners = np.column_stack([385_500 + reach * np.cos(angle), 158_000 + reach * np.sin(angle)])
    made = []
    for move in range(_MOVES + 1):
        moved = corners.copy()
        moved[20] += [3.2 * move, 2.4 * move]
        made.append(shapely.Polygon(moved))
    return made


def main() -> bool:
    if not DATA.is_dir():
        print("skipped: the published statistics (../shared/data) are not here")
        return True
    from jsna_desktop.jobs.drag import Drag
    from jsna_desktop.jobs.figures import load_figures
    from jsna_desktop.jobs.profile import profile_of_shape
    from jsna_desktop.workspace.store import Store

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "england.jsna"
        build(path)
        with Store.open(path) as store:
            figures = load_figures(store)
            drag = Drag(store)
            first, *rest = lines()
            start = time.perf_counter()
            profile_of_shape(figures, first, weighing=drag)
            print(f"        the first line: {1000 * (time.perf_counter() - start):.0f} ms")
            walls, own = [], []
            made = profile_of_shape(figures, first, weighing=drag)
            for line in rest:
                start, worked = time.perf_counter(), time.thread_time()
                made = profile_of_shape(figures, line, weighing=drag)
                walls.append(time.perf_counter() - start)
                own.append(time.thread_time() - worked)
            alone = profile_of_shape(figures, rest[-1])
            same = made.summaries == alone.summaries and list(made.rows()) == list(alone.rows())
    told = made.summaries[0]
    print(f"        {told.blocks} LSOAs, {told.residents:,.0f} residents, by {told.method}")
    print(f"        the thread's own work: {1000 * statistics.median(own):.1f} ms (a busy machine waits longer)")
    print(f"{'kept  ' if same else 'MISSED'}  the last line has the profile that it has alone")
    return bar("one corner dragged, weights and 300 indicators", 1000 * statistics.median(walls), 16, "ms") and same


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
