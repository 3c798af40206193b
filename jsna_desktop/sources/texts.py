"""Columns of text from pandas to NumPy without a Python string for each cell."""

from typing import Any

import numpy as np

# NumPy gives every cell the room of the longest; signs in a column.
LARGEST_ROOM = 100_000_000


def from_arrow(column: Any) -> np.ndarray | None:
    """A pandas column of strings that Arrow holds as text (n,), stripped, "" where blank.

    None where it is held in another way, is not plain ASCII, holds NUL or would take too much room.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    trim: Any = pc.utf8_trim_whitespace  # pyright: ignore[reportAttributeAccessIssue] - made when pyarrow is loaded
    pad: Any = pc.ascii_rpad  # pyright: ignore[reportAttributeAccessIssue]

    held = column.array
    if not hasattr(held, "__arrow_array__") or not len(column):
        return None
    cells = trim(pc.fill_null(held.__arrow_array__().cast(pa.large_string()), ""))
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.chunk(0)
    _, starts, content = cells.buffers()
    ends = np.frombuffer(starts, dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    if content is None:
        return np.zeros(len(cells), dtype="U1")
    signs = np.frombuffer(content, dtype=np.uint8)[ends[0] : ends[-1]]
    lengths = np.diff(ends)
    width = int(lengths.max())
    if not width:
        return np.zeros(len(cells), dtype="U1")
    if signs.max() > 127 or not signs.min() or width * len(cells) > LARGEST_ROOM:
        return None
    # A blank cell is filled up with NUL, which NumPy takes for the end of a text.
    filled = pad(cells, width=width, padding="\0")
    signs = np.frombuffer(filled.buffers()[2], dtype=np.uint8)[: width * len(cells)]
    spread = signs.reshape(len(cells), width).astype(np.uint32)
    return spread.view(f"U{width}").reshape(len(cells))
