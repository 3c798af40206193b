"""The map against its bars: all 35,672 LSOAs of England and Wales at 1400 × 900, painted offscreen.

    python benchmarks/map_redraw.py [lsoa_2021_ew_bgc.parquet]

Prints, from one run: a settled redraw and a pan frame as ratios to one redraw of the same polygons by
matplotlib's Agg, and the longest time for which the window could do nothing while the map was painted.
Exit code 1 when a bar is missed.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import shapely
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.areas.coverage import pack, simplified_levels

BOUNDARIES = Path(__file__).parents[2] / "shared/data/boundaries/lsoa_2021_ew_bgc.parquet"
WIDTH, HEIGHT, REPEATS = 1400, 900, 9
PALETTE = ["#eaf0ee", "#c6dad8", "#8fb9bd", "#4a86a0", "#12436D"]
REDRAW_BAR, PAN_BAR, STALL_BAR_MS = 0.5, 0.05, 30.0


def median_ms(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median of `repeats` runs after one that warms up, in milliseconds."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def matplotlib_redraw_ms(geometries: np.ndarray, classes: np.ndarray, edges: bool = True) -> float:
    """One redraw of a ready PolyCollection that looks like our map: outer rings, hairline white edges.

    Without edges it shows the ground between antialiased neighbours; that is what `edges=False` measures.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

    parts, block = shapely.get_parts(geometries, return_index=True)
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_exterior_ring(parts)]
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.add_collection(
        PolyCollection(
            rings,
            facecolors=np.array(PALETTE)[classes[block]],
            edgecolors="white" if edges else "none",
            linewidths=0.25,
        )
    )
    axes.autoscale_view()
    return median_ms(canvas.draw)


def wait_settled(canvas: MapCanvas) -> None:
    loop = QEventLoop()
    canvas.settled.connect(loop.quit)
    if not canvas.is_settled:
        loop.exec()
    canvas.settled.disconnect(loop.quit)


def longest_gaps_ms(work: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """For each run of `work`, the longest time between two beats of a 1 ms timer in the window's loop."""
    longest, last = 0.0, time.perf_counter()

    def beat() -> None:
        nonlocal longest, last
        now = time.perf_counter()
        longest, last = max(longest, now - last), now

    timer = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(beat)
    timer.start()
    gaps = []
    for _ in range(repeats):
        longest, last = 0.0, time.perf_counter()
        work()
        gaps.append(longest * 1000)
    timer.stop()
    return gaps


def idle(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def main() -> int:
    import pyarrow.parquet as pq

    path = Path(sys.argv[1]) if len(sys.argv) > 1 else BOUNDARIES
    if not path.is_file():
        print(f"No boundaries at {path}: give the GeoParquet of LSOA 2021 as the argument.")
        return 2
    table = pq.read_table(path)
    codes = np.array(table["LSOA21CD"].to_pylist(), dtype=object)
    # As the program does, hold published shapes as bytes: 100,000 geometry objects would make each
    # full garbage collection a stall of 50 ms that is not the map's.
    published = table["geometry"].to_numpy(zero_copy_only=False)
    levels = simplified_levels(shapely.from_wkb(published))
    packed = [(tolerance, pack(geometries)) for tolerance, geometries in levels]
    coarsest = shapely.to_wkb(levels[0][1])
    del levels
    classes = np.random.default_rng(2).integers(0, len(PALETTE), len(codes))

    app = QApplication.instance() or QApplication([])
    canvas = MapCanvas()
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    canvas.set_blocks(codes, codes, packed, lambda blocks: pack(shapely.from_wkb(published[blocks])))
    canvas.set_colours(classes, PALETTE)
    wait_settled(canvas)

    def redraw() -> None:
        canvas.repaint_all()
        wait_settled(canvas)

    def recolour() -> None:
        canvas.set_colours(classes, PALETTE)
        wait_settled(canvas)

    step = 1

    def pan_frame() -> None:
        nonlocal step
        step = -step
        canvas.pan(17 * step, 9 * step)
        canvas.repaint()

    def zoom_in_and_out() -> None:
        for factor in (3.0, 3.0, 1 / 9):
            canvas.zoom(factor)
            wait_settled(canvas)

    redrawn, recoloured, panned = median_ms(redraw), median_ms(recolour), median_ms(pan_frame, 60)
    wait_settled(canvas)
    still = longest_gaps_ms(lambda: idle(0.1))
    gaps = longest_gaps_ms(redraw) + longest_gaps_ms(recolour) + longest_gaps_ms(zoom_in_and_out, 3)

    # Last: it leaves so many objects behind that collecting them would count as a stall of 80 ms.
    agg = matplotlib_redraw_ms(shapely.from_wkb(coarsest), classes)
    bare = matplotlib_redraw_ms(shapely.from_wkb(coarsest), classes, edges=False)
    print(f"matplotlib redraw           {agg:8.1f} ms  (without edges {bare:.1f} ms)")
    print(f"settled redraw              {redrawn:8.1f} ms  (after new colours {recoloured:.1f} ms)")
    print(f"pan frame                   {panned:8.2f} ms")
    print(f"longest gap, nothing to do  {max(still):8.1f} ms  (median of runs {statistics.median(still):.1f})")
    print(f"longest gap while painting  {max(gaps):8.1f} ms  (median of runs {statistics.median(gaps):.1f})")
    bars = (
        ("settled redraw ÷ matplotlib", redrawn / agg, REDRAW_BAR),
        ("pan frame ÷ matplotlib", panned / agg, PAN_BAR),
        ("longest stall, ms", max(gaps), STALL_BAR_MS),
    )
    for name, value, bar in bars:
        print(f"{'pass' if value <= bar else 'FAIL'}  {name}: {value:.3f} (bar {bar:g})")
    canvas.close()
    app.processEvents()
    return int(any(value > bar for _, value, bar in bars))


if __name__ == "__main__":
    sys.exit(main())
