"""Writes docs/apportionment.md: python -m tools.validation DATA PAGE

DATA is the folder of published files (boundaries/, population/, postcodes/).
"""

import sys
from pathlib import Path

from tools.validation.measured import measure
from tools.validation.page import page

if __name__ == "__main__":
    data, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.write_text(page(measure(data)), encoding="utf-8")
