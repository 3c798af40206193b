"""Areas brought to the middle of the map, and nothing chosen."""

import numpy as np

from jsna_desktop.app.map.canvas import MapCanvas
from jsna_desktop.jobs.map_data import MapBlocks


def show_area(canvas: MapCanvas, blocks: MapBlocks | None, code: str) -> None:
    """Bring the block of this code into view with as much again round it, and pin it; an unknown code does nothing."""
    found = np.flatnonzero(blocks.codes == code) if blocks is not None else np.empty(0, dtype=int)
    if blocks is None or not len(found):
        return
    left, bottom, right, top = blocks.levels[-1].polygons.bounds[found[0]].tolist()
    room = max(right - left, top - bottom)
    canvas.fit((left - room, bottom - room, right + room, top + room))
    canvas.pin(((left + right) / 2, (bottom + top) / 2))
