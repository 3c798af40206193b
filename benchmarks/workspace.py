"""Opening a workspace of 33,755 LSOAs and 500 indicator-periods, plain and encrypted, and reading what is asked for.

Each figure is of a process of its own, beyond the imports: the bar is a second and 600 MB for the whole process.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.england import bar

_AREAS, _INDICATORS, _PERIODS = 33_755, 50, 10
PASSWORD = "a benchmark’s own"

_OPEN = """
import json, resource, sys, time
from pathlib import Path
import numpy, scipy.sparse, shapely
from jsna_desktop.jobs import figures, localities
from jsna_desktop.workspace import catalogue, store
if sys.argv[2]:
    import sqlcipher3
bare = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
opened = store.Store.open(Path(sys.argv[1]), password=sys.argv[2] or None)
key = time.perf_counter() - start
listed = catalogue.indicators(opened)
assert len(listed) == 500, len(listed)
localities.localities(opened)
contents = time.perf_counter() - start
figures.load_figures(opened, [listed[123].id])
asked = time.perf_counter() - start
asked_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
loaded = figures.load_figures(opened)
every = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
figures = {"key": key, "contents": contents, "asked": asked, "every": every}
print(json.dumps(figures | {"bare": bare, "asked_peak": asked_peak, "peak": peak}))
"""


def build(path: Path, password: str | None) -> None:
    """Ten datasets (a period each) of fifty indicators with counts and denominators that few cells share."""
    from dataclasses import replace

    from jsna_desktop.jobs.add import READY, Found, add
    from jsna_desktop.sources.dataset import Dataset, Indicator, Reading
    from jsna_desktop.workspace.store import Store

    codes = np.array([f"E01{number:06d}" for number in range(1, _AREAS + 1)])
    draws = np.random.default_rng(1)
    found = []
    for period in range(2015, 2015 + _PERIODS):
        columns, indicators = {}, []
        people = draws.integers(1_000, 3_000, _AREAS).astype(float)
        columns["people"] = people
        for number in range(_INDICATORS):
            columns[f"n{number}"] = draws.binomial(people.astype(int), 0.1).astype(float)
            indicators.append(
                Indicator(
                    f"local.i{number}", f"Indicator {number}", "proportion", str(period), "lsoa2021", unit="%",
                    numerator=f"n{number}", denominator="people",
                )
            )  # fmt: skip
        about = Dataset(
            f"local.{period}", str(period), "indicator", "lsoa2021", str(period), "nobody", "none", "", "made.csv",
            "made up", rows=_AREAS, checksum=str(period),
        )  # fmt: skip
        found.append(
            Found(Path("made.csv"), READY, "", "", reading=Reading(about, codes, columns, indicators=tuple(indicators)))
        )
    with Store.create(path, password=password) as store:
        for item in found:
            add(store, [replace(item)])


def main() -> bool:
    kept = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, password in (("plain", None), ("encrypted", PASSWORD)):
            path = Path(folder) / f"{kind}.jsna"
            build(path, password)
            ran = [
                json.loads(
                    subprocess.run(
                        [sys.executable, "-c", _OPEN, str(path), password or ""], check=True, capture_output=True
                    ).stdout
                )
                for _ in range(5)
            ]
            middle = {name: sorted(run[name] for run in ran)[2] for name in ran[0]}
            print(
                f"{kind}: {path.stat().st_size / 1e6:.0f} MB; opened (key and catalogue’s head) {middle['key']:.3f} s"
            )
            kept += [
                bar(f"{kind}: open, list 500 indicator-periods, load one", middle["asked"], 1, "s"),
                bar(f"{kind}: its whole process", middle["asked_peak"] / 1e3, 600, "MB"),
            ]
            every = middle["contents"] + middle["every"]
            print(f"{kind}: every number at once: {every:.1f} s, {middle['peak'] / 1e3:.0f} MB")
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
