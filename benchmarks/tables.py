"""Reading File 7 of the Indices of Deprivation: as CSV against pandas.read_csv, and as a workbook.

The CSV is ../shared/data's; the workbook is made from it, with sub-domains and denominators, 33,755 × 57 cells. Runs
alternate in one process and the medians are compared, so that another program's work falls on both alike.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.england import DATA, bar

FILE_7 = DATA / "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv"
_MORE = (
    "Income Deprivation Affecting Children Index (IDACI)", "Income Deprivation Affecting Older People (IDAOPI)",
    "Children and Young People Sub-domain", "Adult Skills Sub-domain", "Geographical Barriers Sub-domain",
    "Wider Barriers Sub-domain", "Indoors Sub-domain", "Outdoors Sub-domain",
)  # fmt: skip
_KINDS = ("Score", "Rank (where 1 is most deprived)", "Decile (where 1 is most deprived 10% of LSOAs)")
_PEOPLE = (
    "Total population: mid 2022", "Dependent Children aged 0-15: mid 2022", "Population aged 16-59: mid 2022",
    "Older population aged 60 and over: mid 2022",
    "Working age population 18-66 (for use with Employment Deprivation Domain): mid 2022",
)  # fmt: skip


def main() -> bool:
    if not FILE_7.is_file():
        print("skipped: the published statistics (../shared/data) are not here")
        return True
    kept = _csv()
    with tempfile.TemporaryDirectory() as folder:
        return _workbook(Path(folder) / "File_7.xlsx") and kept


def _csv(repeats: int = 15) -> bool:
    import pandas as pd

    from jsna_desktop.sources import read

    for load in (read, pd.read_csv):  # the libraries are loaded first
        load(FILE_7)
    own, bare = [], []
    for _ in range(repeats):
        bare.append(_seconds(lambda: pd.read_csv(FILE_7)))
        own.append(_seconds(lambda: read(FILE_7)))
    print(
        f"        pandas.read_csv {1000 * statistics.median(bare):.0f} ms, read {1000 * statistics.median(own):.0f} ms"
    )
    return bar(
        "File 7 read and checked, against pandas.read_csv", statistics.median(own) / statistics.median(bare), 2, "x"
    )


def _workbook(path: Path) -> bool:
    from jsna_desktop.sources import read

    _write(path)
    size = path.stat().st_size / 1e6
    return bar(f"File 7 as a workbook ({size:.0f} MB, 33,755 x 57)", _seconds(lambda: read(path)), 10, "s")


def _write(path: Path) -> None:
    import numpy as np
    import openpyxl
    import pandas as pd

    frame = pd.read_csv(FILE_7)
    own = [heading for heading in frame.columns if "Crime" in heading]
    more = {f"{name} {kind}": frame[own[place]] for name in _MORE for place, kind in enumerate(_KINDS)}
    people = {name: 500 + np.arange(len(frame)) % 3000 for name in _PEOPLE}
    whole = pd.concat([frame, pd.DataFrame(more | people)], axis=1)
    book = openpyxl.Workbook(write_only=True)
    book.create_sheet("Notes").append(["Notes"])
    sheet = book.create_sheet("IoD2025")
    sheet.append(list(whole.columns))
    for row in whole.itertuples(index=False):
        sheet.append(list(row))
    book.save(path)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
