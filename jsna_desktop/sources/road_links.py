"""A road network as tables: nodes, links between them, and the line of each link for drawing.

A network is joined where its links share a node, never where lines cross: a bridge does not join what passes under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from jsna_desktop.sources import known
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.known import Publisher
from jsna_desktop.sources.reading import Box, Peek

# Of link["class"], widest first; speeds go by it.
CLASSES = ("motorway", "a", "b", "minor", "local", "access", "restricted", "path", "ferry")
# Of link["form"], for motor vehicles.
FORMS = ("single", "dual", "slip", "roundabout", "island", "shared", "enclosed", "busway", "layby")
# A link of no length would vanish from a sparse graph, and its two ends fall apart.
SHORTEST_M = 0.1
# Lines are kept for drawing alone: at this tolerance a street still looks like itself.
DRAWN_WITHIN_M = 5.0
# Without a box to clip to, a file of more links than a large county has is a region's or the nation's.
MOST_WHOLE = 600_000
MOST_CLIPPED = 2_000_000


@dataclass(frozen=True)
class Links:
    """Links (n,) before they are tables. `lines` are shapely LineStrings from start to end in EPSG:27700.

    `start`, `end` are ids of nodes; `length` metres; `road_class` one of CLASSES; `form` of way ("single", "slip",
    "roundabout" …); `oneway` 1 along the line, −1 against it, 0 both; `motor`, `foot` who may use it; `ferry` boats.
    """

    start: np.ndarray
    end: np.ndarray
    length: np.ndarray
    road_class: np.ndarray
    form: np.ndarray
    oneway: np.ndarray
    motor: np.ndarray
    foot: np.ndarray
    lines: np.ndarray

    def __len__(self) -> int:
        return len(self.start)

    def at(self, places: np.ndarray) -> "Links":
        """Those at these positions, or where this mask is true."""
        return Links(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


def network(links: Links, node_ids: np.ndarray, places: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """`Reading.tables` of a network.

    `node_ids` (m,) distinct ids with their `places` (m, 2) in metres: every end of a link is one. `nodes` has `id`,
    `easting`, `northing`; `links` has `start`, `end` (int32 positions in `nodes`), `length` (float32 metres), `class`,
    `form`, `oneway` (int8), `motor`, `foot`, `ferry` (bool) and `vertices`, how many rows of the table `vertices`
    (`easting`, `northing`, float32) each link's line has, link after link.
    """
    order = np.argsort(node_ids, kind="stable")
    ids = node_ids[order]
    used = np.zeros(len(ids), dtype=bool)
    start, end = np.searchsorted(ids, links.start), np.searchsorted(ids, links.end)
    used[start] = used[end] = True
    # Nodes that no link uses would each be an island.
    position = np.cumsum(used) - 1
    drawn = shapely.simplify(links.lines, DRAWN_WITHIN_M, preserve_topology=False)
    coordinates, link = shapely.get_coordinates(drawn, return_index=True)
    nodes = {
        "id": ids[used],
        "easting": places[order, 0][used].astype(np.float64),
        "northing": places[order, 1][used].astype(np.float64),
    }
    table = {
        "start": position[start].astype(np.int32),
        "end": position[end].astype(np.int32),
        "length": links.length.astype(np.float32),
        "class": links.road_class.astype(np.str_),
        "form": links.form.astype(np.str_),
        "oneway": links.oneway.astype(np.int8),
        "motor": links.motor.astype(bool),
        "foot": links.foot.astype(bool),
        "ferry": links.road_class == "ferry",
        "vertices": np.bincount(link, minlength=len(links)).astype(np.int32),
    }
    vertices = {
        "easting": coordinates[:, 0].astype(np.float32),
        "northing": coordinates[:, 1].astype(np.float32),
    }
    return {"nodes": nodes, "links": table, "vertices": vertices}


def lengths(said: np.ndarray, lines: np.ndarray, problems: list[Problem], ids: np.ndarray) -> np.ndarray:
    """Lengths (n,) in metres: as the publisher says; of the line where that is no length; never nothing."""
    drawn = shapely.length(lines)
    wrong = ~(np.isfinite(said) & (said > 0))
    problem("a link without a length; that of its line is taken", wrong & (drawn > 0), ids, problems)
    length = np.where(wrong, drawn, said)
    nothing = ~(length >= SHORTEST_M)
    problem(f"a link of no length; taken as {SHORTEST_M} m, so that it still joins its ends", nothing, ids, problems)
    return np.where(nothing, SHORTEST_M, length)


def problem(message: str, wrong: np.ndarray, ids: np.ndarray, problems: list[Problem]) -> None:
    """Record the links or nodes where `wrong` (n,) is true, by their ids."""
    rows = np.flatnonzero(wrong)
    if len(rows):
        problems.append(Problem(message, len(rows), tuple(f"{each}" for each in ids[rows[:20]].tolist())))


def in_box(lines: np.ndarray, box: Box | None) -> np.ndarray:
    """Which of the lines (n,) meet the box; all of them without one."""
    if box is None:
        return np.ones(len(lines), dtype=bool)
    return shapely.intersects(lines, shapely.box(*box))


def reading(
    peek: Peek,
    tables: dict[str, dict[str, np.ndarray]],
    *,
    id: str,
    title: str,
    period: str,
    publisher: Publisher,
    reason: str,
    problems: Sequence[Problem],
    fictional: bool = False,
) -> Reading:
    """A network as a Reading: it has no areas, and its rows are its links."""
    nothing = np.empty(0, dtype="U1")
    dataset = known.describe(
        peek,
        id=id,
        title=title,
        kind="roads",
        geography="",
        period=period,
        publisher=publisher,
        reason=reason,
        codes=nothing,
        problems=problems,
        fictional=fictional,
    )
    return Reading(replace(dataset, rows=len(tables["links"]["start"])), nothing, tables=tables)
