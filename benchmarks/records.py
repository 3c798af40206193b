"""A million events with postcodes, from the file to counts by block in the workspace.

Made from the postcodes and boundaries of ../shared/data where they are here, else from the demonstration county.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.england import DATA, bar, run

EVENTS = 1_000_000
_SEED = 20_258
_TICK = 0.02


def main() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        workspace = place / "area.jsna"
        run("new", str(workspace))
        files = _places(place)
        run("add", str(workspace), *map(str, files))
        events = place / "admissions.csv"
        postcodes = _postcodes(workspace)
        _write(events, postcodes, EVENTS)
        print(f"        {EVENTS:,} events at {len(postcodes):,} postcodes, {events.stat().st_size / 1e6:.0f} MB")
        seconds, memory = _measured([sys.executable, "-m", "jsna_desktop", "add", str(workspace), str(events)])
        kept = [
            bar("a million events added", seconds, 20, "s"),
            bar("memory of all its processes together", memory / 1e9, 1, "GB"),
            _located(postcodes),
        ]
    return all(kept)


def _places(folder: Path) -> list[Path]:
    """Files of postcodes and boundaries: the real ones, else the demonstration county's."""
    real = [
        DATA / "postcodes/codepo_gb_wiltshire_areas.zip",
        DATA / "boundaries/lsoa_2021_ew_bgc.parquet",
        DATA / "lookups/lsoa_2021_to_lad_to_region_ew.csv",
    ]
    if all(path.exists() for path in real):
        return real
    run("demo", str(folder / "demo"))
    files = folder / "demo" / "files"
    return [next(files.glob(name)) for name in ("codepo*.zip", "Lower_layer*.gpkg", "LSOA_2021_to_LAD*")]


def _postcodes(workspace: Path) -> np.ndarray:
    from jsna_desktop.workspace import catalogue
    from jsna_desktop.workspace.store import Store

    with Store.open(workspace, read_only=True) as store:
        key = store.one("SELECT key FROM dataset WHERE kind = 'postcodes'")[0]
        return catalogue.codes(store, key)


def _write(path: Path, postcodes: np.ndarray, count: int) -> None:
    """Events as an admissions system writes them: a date, sex, single year of age, a category, a postcode."""
    random = np.random.default_rng(_SEED)
    days = np.datetime64("2019-01-01") + random.integers(0, 5 * 365, count)
    text = {
        "date": days.astype(np.str_),
        "sex": np.array(["female", "male"])[random.integers(0, 2, count)],
        "age": random.integers(0, 100, count).astype(np.str_),
        "category": np.array(["emergency", "elective", "day case", "maternity", "other"])[random.integers(0, 5, count)],
        "postcode": postcodes[random.integers(0, len(postcodes), count)],
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(text) + "\n")
        for start in range(0, count, 50_000):
            rows = zip(*(column[start : start + 50_000].tolist() for column in text.values()), strict=True)
            file.writelines(",".join(row) + "\n" for row in rows)


def _measured(command: list[str]) -> tuple[float, int]:
    """(seconds, most bytes in memory of the process and its children at once); bytes are 0 where there is no /proc."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = [0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_TICK):
            most[0] = max(most[0], _resident(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    code = process.wait()
    done.set()
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return time.perf_counter() - start, most[0]


def _resident(pid: int) -> int:
    """Bytes of memory of a process and all below it; a process that has just ended has none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return 0
    own = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(own.split()[1]) * 1024 + sum(_resident(int(child)) for child in children)


def _located(postcodes: np.ndarray) -> bool:
    """A million postcodes found among 1.7 million."""
    from jsna_desktop.areas import locate

    random = np.random.default_rng(_SEED)
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
    drawn = [letters[random.integers(0, len(letters), 1_700_000)] for _ in range(4)]
    digits = [np.array(list("0123456789"))[random.integers(0, 10, 1_700_000)] for _ in range(3)]
    parts = (drawn[0], drawn[1], digits[0], digits[1], digits[2], drawn[2], drawn[3])
    known = np.unique(np.concatenate([postcodes, _joined(parts)]))[:1_700_000]
    asked = known[random.integers(0, len(known), EVENTS)]
    start = time.perf_counter()
    keys = locate.postcode_keys(asked)
    found = locate.Postcodes.of(known).positions(keys)
    seconds = time.perf_counter() - start
    if not (locate.postcode_keys(known[found]) == keys).all():
        raise AssertionError("a postcode was found in the wrong place")
    return bar(f"a million postcodes found among {len(known):,}", seconds, 2, "s")


def _joined(parts: tuple[np.ndarray, ...]) -> np.ndarray:
    text = parts[0]
    for part in parts[1:]:
        text = np.char.add(text, part)
    return text


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
