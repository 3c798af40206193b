"""`python -m tools.deprivation DATA`: measure districts against MHCLG's summaries and write docs/deprivation.md."""

import argparse
import tempfile
from pathlib import Path

from tools.deprivation.districts import differences_2019, differences_2025
from tools.deprivation.page import page

PAGE = Path(__file__).parents[2] / "docs" / "deprivation.md"

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.deprivation", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder of published statistics")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = differences_2025(options.data, Path(folder)) + differences_2019(options.data, Path(folder))
    PAGE.write_text(page(measured), "utf-8")
