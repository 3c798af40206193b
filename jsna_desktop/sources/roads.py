"""OS Open Roads, the GeoPackage: a network of links and nodes with their own ids.

Layout: OS Open Roads technical specification, GeoPackage schema. Its topology is `start_node` and `end_node` of each
link; lines that cross at different heights share no node.
"""

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import crs, known, road_links
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.fields import as_text
from jsna_desktop.sources.layer_windows import NamedLayer, Window, extent_named, fields_of, layers_of, read_window
from jsna_desktop.sources.reading import Box, Options, Peek, Recognised
from jsna_desktop.sources.road_links import Links, problem
from jsna_desktop.sources.vector import GEOPACKAGE, format_of

_NEEDED = ("id", "start_node", "end_node", "road_function", "form_of_way", "length")
_WANTED = (*_NEEDED, "length_uom", "road_classification")
_CLASSES = {
    "motorway": "motorway",
    "a road": "a",
    "b road": "b",
    "minor road": "minor",
    "local road": "local",
    "local access road": "access",
    "secondary access road": "access",
    "restricted local access road": "restricted",
}
_NO_LINE = "a link without a line; left out"
_FORMS = {
    "single carriageway": "single",
    "dual carriageway": "dual",
    "collapsed dual carriageway": "dual",
    "slip road": "slip",
    "roundabout": "roundabout",
    "traffic island link": "island",
    "traffic island link at junction": "island",
    "shared use carriageway": "shared",
    "enclosed traffic area": "enclosed",
    "guided busway": "busway",
    "layby": "layby",
}


def recognise(peek: Peek) -> Recognised | None:
    """A GeoPackage with a layer `road_link` that has Open Roads' columns."""
    if peek.form != "vector" or format_of(peek.head) != GEOPACKAGE:
        return None
    layers = {layer.name.lower(): layer for layer in layers_of(peek)}
    link = layers.get("road_link")
    if link is None or not set(_NEEDED) <= set(fields_of(peek, link)):
        return None
    reason = "layer road_link with start_node and end_node"
    return Recognised("roads", "OS Open Roads", "", reason, {"link": link, "node": layers.get("road_node")})


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """The links that meet the box, whole, and the nodes at their ends.

    A link without an end, a repeated id and a length that is none are put right and said; FileProblem where the file
    holds more than one place's roads and no box says which.
    """
    box = options.box
    most = road_links.MOST_CLIPPED if box else road_links.MOST_WHOLE
    window = read_window(peek, found.details["link"], box, most, _WANTED)
    if window.more:
        raise too_many(peek.where, box is not None, most)
    problems = list(window.problems)
    links = _links(window, problems)
    if not len(links) and len(window.geometry) and any(one.message == _NO_LINE for one in problems):
        raise FileProblem(
            "no link of the file has a line", where=peek.where, found="the layer road_link with other shapes",
            expected="lines", todo="Export the layer again with its lines, or download the file again",
        )  # fmt: skip
    if not len(links):
        raise no_roads(peek.where, box, extent_named(peek, found.details["link"]))
    options.progress(f"Joining {len(links):,} links of road", 0.6)
    names, places = _nodes(peek, found.details["node"], links, options, most, problems)
    tables = road_links.network(links, names, places)
    clipped = " within 20 km of the area" if box else ""
    return road_links.reading(
        peek,
        tables,
        id="roads.open_roads",
        title="OS Open Roads",
        period="",
        publisher=known.OS_OPEN_DATA,
        reason=f"OS Open Roads: {known.counted(len(links), 'link')}{clipped}, layer road_link",
        problems=problems,
        # Real ids are hexadecimal; X is the letter of the fictional demonstration county.
        fictional=bool(np.char.startswith(tables["nodes"]["id"], "X").all()),
    )


def too_many(where: str, clipped: bool, most: int) -> FileProblem:
    """The error for a file with more links than may be kept."""
    return FileProblem(
        "the file holds the roads of far more than one area",
        where=where,
        found=f"more than {most:,} links" + (" within 20 km of the boundaries" if clipped else ""),
        todo="Draw a place first: roads are cut to it and 20 km around"
        if clipped
        else "Add the boundaries of your area first, or with it: roads are cut to them and 20 km around",
    )


def no_roads(where: str, box: Box | None, lie: str = "") -> FileProblem:
    """The error for a file without a road, or without one near the area; `lie` is where its roads are, if known."""
    if box is None:
        return FileProblem("the file holds no roads", where=where, todo="Download it again")
    return FileProblem(
        "no road of the file lies within 20 km of the boundaries",
        where=where,
        found=f"roads at {lie}" if lie else "",
        expected=f"some at {crs.box_named(box)}" if lie else "",
        todo="Choose the file that covers your area",
    )


def _links(window: Window, problems: list[Problem]) -> Links:
    """Links with both ends and a line, each once; what was wrong is recorded."""
    fields = {name: column if name == "length" else as_text(column) for name, column in window.fields.items()}
    ids, start, end = fields["id"], fields["start_node"], fields["end_node"]
    lines = window.geometry.copy()
    # Some programs write every line as a collection of one.
    several = shapely.get_type_id(lines) == 5
    lines[several] = shapely.line_merge(lines[several])
    there = ~shapely.is_missing(lines) & ~shapely.is_empty(lines) & (shapely.get_type_id(lines) == 1)
    problem(_NO_LINE, ~there, ids, problems)
    joined = (start != "") & (end != "")
    problem("a link without a node at one of its ends; left out", there & ~joined, ids, problems)
    _, first = np.unique(ids, return_index=True)
    once = np.zeros(len(ids), dtype=bool)
    once[first] = True
    once |= ids == ""
    problem("a link whose id came before; left out", there & joined & ~once, ids, problems)
    kept = np.flatnonzero(there & joined & once)
    ids, lines, start, end = ids[kept], lines[kept], start[kept], end[kept]
    said = _metres(fields, kept)
    length = road_links.lengths(said, lines, problems, ids)
    function = np.char.lower(fields["road_function"][kept])
    road_class = _worded(function, _CLASSES, "local")
    unknown = ~np.isin(function, list(_CLASSES))
    problem("a road of an unknown function; taken as a local road", unknown, ids, problems)
    form = _worded(np.char.lower(fields["form_of_way"][kept]), _FORMS, "single")
    motor = (road_class != "restricted") & (form != "busway")
    nothing = np.zeros(len(kept), dtype=np.int8)
    return Links(start, end, length, road_class, form, nothing, motor, road_class != "motorway", lines)


def _metres(fields: dict[str, np.ndarray], kept: np.ndarray) -> np.ndarray:
    """The lengths (n,) that the file says, NaN where it says none in metres."""
    said = np.asarray(fields["length"])[kept]
    said = said.astype(np.float64) if said.dtype.kind in "iuf" else np.full(len(kept), np.nan)
    if "length_uom" in fields:
        unit = np.char.lower(fields["length_uom"][kept])
        said = np.where(np.isin(unit, ("", "m", "metre", "metres")), said, np.nan)
    return said


def _worded(values: np.ndarray, words: dict[str, str], other: str) -> np.ndarray:
    distinct, index = np.unique(values, return_inverse=True)
    return np.array([words.get(value, other) for value in distinct.tolist()] or [""])[index]


def _nodes(
    peek: Peek, layer: NamedLayer | None, links: Links, options: Options, most: int, problems: list[Problem]
) -> tuple[np.ndarray, np.ndarray]:
    """Ids (m,) and places (m, 2) of the nodes at the links' ends.

    The end of a link's own line is taken for a node that the file lacks or that lies beyond the box.
    """
    ends = np.concatenate([links.start, links.end])
    at_ends = shapely.get_coordinates(
        np.concatenate([shapely.get_point(links.lines, 0), shapely.get_point(links.lines, -1)])
    )
    names, first = np.unique(ends, return_index=True)
    places = at_ends[first]
    if layer is None:
        problems.append(Problem("the file has no layer road_node; nodes are taken from the ends of the links"))
        return names, places
    window = read_window(peek, layer, options.box, 2 * most, ("id",))
    ids = as_text(window.fields.get("id", np.array([])))
    points = (shapely.get_type_id(window.geometry) == 0) & ~shapely.is_empty(window.geometry)
    ids, where = ids[points], shapely.get_coordinates(window.geometry[points])
    distinct, place = np.unique(ids, return_index=True)
    repeated = np.ones(len(ids), dtype=bool)
    repeated[place] = False
    problem("a node whose id came before; the first is taken", repeated, ids, problems)
    index = np.minimum(np.searchsorted(distinct, names), max(len(distinct) - 1, 0))
    there = distinct[index] == names if len(distinct) else np.zeros(len(names), dtype=bool)
    places[there] = where[place[index[there]]]
    lacking = ~there
    if options.box is not None:
        west, south, east, north = options.box
        x, y = places.T
        lacking &= (x > west) & (x < east) & (y > south) & (y < north)
    problem("a node that the file lacks; the end of its link is taken", lacking, names, problems)
    return names, places
