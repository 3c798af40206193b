"""Building the England workspace, opening it, and profiling: against bare imports and the bare sparse product.

Needs ../shared/data. Prints each bar with its figure.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """The median time of `work`."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "jsna_desktop", *arguments], check=True, stdout=subprocess.DEVNULL)


def bar(name: str, figure: float, limit: float, unit: str) -> bool:
    kept = figure <= limit
    print(f"{'kept  ' if kept else 'MISSED'}  {name}: {figure:.3g} {unit} (bar {limit:g} {unit})")
    return kept


def build(workspace: Path) -> None:
    lookup = str(DATA / "lookups/lsoa_2021_to_lad_to_region_ew.csv")
    files = [
        DATA / "boundaries/lsoa_2021_ew_bgc.parquet",
        DATA / "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv",
        DATA / "population/census-2021-usual-residents-lsoa-2021.csv",
        *sorted((DATA / "census2021").glob("*.gz")),
    ]
    run("new", str(workspace))
    run("add", str(workspace), *map(str, files), lookup)
    run("localities", "add", str(workspace), lookup, "--code-field", "LAD25CD", "--name-field", "LAD25NM")


def main() -> bool:
    if not DATA.is_dir():
        print("skipped: the published statistics (../shared/data) are not here")
        return True
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "england.jsna"
        start = time.perf_counter()
        build(workspace)
        kept = [bar("building the England workspace", time.perf_counter() - start, 60, "s")]
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
        kept.append(bar("its largest process", peak, 2, "GB"))

        bare = "import numpy, scipy.sparse, shapely"
        imports = seconds(lambda: subprocess.run([sys.executable, "-c", bare], check=True))
        one = seconds(lambda: run("profile", str(workspace), "--locality", "Wiltshire", "--format", "json"))
        kept.append(bar("open and profile one locality, beyond the bare imports", one - imports, 0.5, "s"))
        kept.append(_districts(workspace))
    return all(kept)


def _districts(workspace: Path) -> bool:
    from jsna_desktop.jobs.figures import load_figures
    from jsna_desktop.jobs.localities import localities
    from jsna_desktop.jobs.profile import profile
    from jsna_desktop.jobs.weights import weights_for
    from jsna_desktop.workspace.store import Store

    with Store.open(workspace) as store:
        places = [place for place in localities(store, shapes=False) if place.code.startswith("E")]
        figures = load_figures(store)
        table = figures.tables["lsoa2021"]
        weights = weights_for(store, places, "lsoa2021", table.universe).matrix
        product = seconds(lambda: np.asarray(weights @ table.stack.matrix), 9)
        whole = seconds(lambda: profile(figures, places), 9)
    print(f"        {len(places)} districts x {len(table.stack.plans)} indicators: product {1000 * product:.1f} ms")
    return bar("profile of all districts, beyond twice the bare product", 1000 * (whole - 2 * product), 50, "ms")


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
