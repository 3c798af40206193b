"""OpenStreetMap extracts (.osm.pbf): ways cut at the nodes that they share, as a road network.

Ways join where they share a node, by its id: where a bridge crosses a road they share none. Tags as the OpenStreetMap
wiki gives them (Key:highway, Key:access, Key:oneway, United Kingdom tagging).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import crs, known, road_links
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.reading import Box, Options, Peek, Recognised
from jsna_desktop.sources.road_links import Links
from jsna_desktop.sources.roads import no_roads, too_many

# The places of every node are held while the ways are read: 16 bytes each, 10 of them a hundred bytes of file.
LARGEST_BYTES = 600_000_000
_MOST_POINTS = 40_000_000
# Of lengths outside Great Britain, as a share: most of Europe is within it.
_MOST_STRETCHED = 0.1
_CLASSES = {
    "motorway": "motorway", "motorway_link": "motorway", "trunk": "a", "trunk_link": "a", "primary": "a",
    "primary_link": "a", "secondary": "b", "secondary_link": "b", "tertiary": "minor", "tertiary_link": "minor",
    "unclassified": "minor", "road": "minor", "residential": "local", "living_street": "local", "service": "access",
    "footway": "path", "path": "path", "pedestrian": "path", "steps": "path", "bridleway": "path", "cycleway": "path",
    "track": "path", "corridor": "path",
}  # fmt: skip
_SHUT = ("no", "private", "agricultural", "forestry", "emergency", "military", "psv", "bus")
_LEFT_OUT = "ways that are no road in use (under construction, proposed, platforms, areas); left out"


@dataclass
class _Ways:
    """Ways as they are read, each appended once; points one after another over all ways."""

    ids: list[int] = field(default_factory=list)
    road_class: list[str] = field(default_factory=list)
    form: list[str] = field(default_factory=list)
    oneway: list[int] = field(default_factory=list)
    motor: list[bool] = field(default_factory=list)
    foot: list[bool] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    points: list[np.ndarray] = field(default_factory=list)  # (k, 3) int64 each: id, longitude and latitude in 1e-7°
    left_out: int = 0
    elsewhere: list[np.ndarray] = field(default_factory=list)  # (2,) least and (2,) greatest of ways beyond the box

    @property
    def lie(self) -> str:
        """Where the ways beyond the box are, by longitudes and latitudes; "" where there are none."""
        if not self.elsewhere:
            return ""
        return crs.degrees_named(tuple(np.concatenate(self.elsewhere) / 1e7))

    def pass_by(self, line: np.ndarray) -> None:
        """Look where a way lies that does not meet the box."""
        there = line[_placed(line[:, 1], line[:, 2]), 1:]
        if len(there):
            least, greatest = self.elsewhere or (there[0], there[0])
            self.elsewhere = [
                np.minimum(least, there.min(axis=0)),
                np.maximum(greatest, there.max(axis=0)),
            ]


def recognise(peek: Peek) -> Recognised | None:
    """A file whose first block is an OpenStreetMap header."""
    if peek.form != "osm":
        return None
    return Recognised("roads", "OpenStreetMap roads", "", "an OpenStreetMap extract (.osm.pbf)")


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """The roads and paths of the ways that meet the box; what has no place in the extract is cut off and said.

    FileProblem for a file that is damaged, or of more than a region.
    """
    if peek.packed:
        raise FileProblem("the extract is packed", where=peek.where, todo="Unpack it and choose the .osm.pbf")
    if peek.size > LARGEST_BYTES:
        raise FileProblem(
            "the extract is of more than a region",
            where=peek.where,
            found=f"{peek.size / 1e6:,.0f} MB",
            expected=f"at most {LARGEST_BYTES / 1e6:,.0f} MB",
            todo="Download the extract of your county or region instead",
        )
    ways, period = _ways(peek, options)
    problems: list[Problem] = []
    if ways.left_out:
        problems.append(Problem(_LEFT_OUT, ways.left_out))
    if not ways.ids:
        raise no_roads(peek.where, options.box, ways.lie)
    options.progress(f"Joining {len(ways.ids):,} ways", 0.7)
    links, nodes, places = _links(ways, options.box, peek.where, problems)
    most = road_links.MOST_CLIPPED if options.box else road_links.MOST_WHOLE
    if len(links) > most:
        raise too_many(peek.where, options.box is not None, most)
    if not len(links):
        raise no_roads(peek.where, options.box)
    clipped = " within 20 km of the area" if options.box else ""
    return road_links.reading(
        peek,
        road_links.network(links, nodes, places),
        id="roads.osm",
        title="OpenStreetMap roads and paths",
        period=period,
        publisher=known.OPENSTREETMAP,
        reason=f"OpenStreetMap extract: {known.counted(len(links), 'link')} of roads and paths{clipped}",
        problems=problems,
    )


def _ways(peek: Peek, options: Options) -> tuple[_Ways, str]:
    """Ways that meet the box with the places of their nodes, and the date of the extract ("" where it says none)."""
    from osmium import FileProcessor
    from osmium import filter as filters
    from osmium.osm import NODE, WAY, Way

    keys = filters.KeyFilter("highway", "route").enable_for(WAY)
    meets = _meets(options.box)
    ways, seen, points = _Ways(), set(), 0
    try:
        # A table sorted by id: half the size that a hash table would have, and ids in a file come sorted.
        reader = FileProcessor(str(peek.path.absolute()), NODE | WAY)
        reader = reader.with_locations("sparse_mem_array").with_filter(filters.EntityFilter(WAY))
        for each in reader.with_filter(keys):
            assert isinstance(each, Way)
            known_way = _known(each.tags)
            if known_way is None or not each.visible:
                ways.left_out += 1
                continue
            if each.id in seen:
                continue
            line = np.array([(n.ref, n.x, n.y) for n in each.nodes], dtype=np.int64).reshape(-1, 3)
            if len(line) < 2:
                continue
            if not meets(line):
                # Told where no way meets it; once one does, looking would be for nothing.
                if not ways.ids:
                    ways.pass_by(line)
                continue
            seen.add(each.id)
            ways.ids.append(each.id)
            for name, value in zip(("road_class", "form", "oneway", "motor", "foot"), known_way, strict=True):
                getattr(ways, name).append(value)
            ways.sizes.append(len(line))
            ways.points.append(line)
            points += len(line)
            if points > _MOST_POINTS:
                raise too_many(peek.where, options.box is not None, road_links.MOST_CLIPPED)
            if len(ways.ids) % 50_000 == 0:
                options.progress(f"Reading {len(ways.ids):,} ways", None)
        said = reader.header.get("osmosis_replication_timestamp", "")
    except (RuntimeError, ValueError, OverflowError) as error:
        raise peek.damaged("the extract", error) from error
    return ways, said[:10]


def _meets(box: Box | None) -> Callable[[np.ndarray], bool]:
    """Whether points (k, 3) reach into the box, by degrees with a little to spare; places that are not there do not."""
    if box is None:
        return lambda _line: True
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(crs.GRID, 4326, always_xy=True)
    degrees = np.array(to_degrees.transform_bounds(*box, densify_pts=21))
    west, south, east, north = np.round(degrees * 1e7 + np.array([-1e4, -1e4, 1e4, 1e4])).astype(np.int64).tolist()

    def meets(line: np.ndarray) -> bool:
        x, y = line[:, 1], line[:, 2]
        return bool(((x >= west) & (x <= east) & (y >= south) & (y <= north)).any())

    return meets


def _known(tags: Mapping[str, str] | Any) -> tuple[str, str, int, bool, bool] | None:
    """(class, form, oneway, motor, foot) of a way; None for one that is no road in use."""
    highway = tags.get("highway", "")
    if tags.get("route") == "ferry" and not highway:
        motor = tags.get("motor_vehicle", tags.get("motorcar", "yes")) not in _SHUT
        return "ferry", "ferry", 0, motor, tags.get("foot", "yes") not in _SHUT
    road_class = _CLASSES.get(highway)
    if road_class is None or tags.get("area") == "yes":
        return None
    general = tags.get("access", "")
    vehicles = tags.get("motorcar") or tags.get("motor_vehicle") or tags.get("vehicle") or general
    feet = tags.get("foot") or general
    motor = road_class != "path" and vehicles not in _SHUT
    foot = feet not in _SHUT and not (road_class == "motorway" and feet == "") and tags.get("motorroad") != "yes"
    if road_class != "path" and not motor:
        road_class = "restricted"
    round_about = tags.get("junction", "") in ("roundabout", "circular")
    form = "roundabout" if round_about else "slip" if highway.endswith("_link") else "single"
    if highway in ("footway", "steps", "cycleway", "track", "pedestrian"):
        form = highway
    return road_class, form, _oneway(tags.get("oneway", ""), round_about or highway == "motorway"), motor, foot


def _oneway(said: str, usual: bool) -> int:
    """1 along the way, −1 against it, 0 both; `usual` where one way goes without saying."""
    if said in ("yes", "true", "1"):
        return 1
    if said in ("-1", "reverse"):
        return -1
    # `reversible` and `alternating` go either way at some time.
    return 1 if usual and said == "" else 0


def _links(ways: _Ways, box: Box | None, where: str, problems: list[Problem]) -> tuple[Links, np.ndarray, np.ndarray]:
    """Links between the nodes where ways meet or end; those nodes' ids (m,) and places (m, 2) in metres."""
    ref, x, y = np.concatenate(ways.points).T
    way = np.repeat(np.arange(len(ways.ids)), ways.sizes)
    there = _placed(x, y)
    _note_cut("a way with nodes that the extract lacks; cut there", there, way, ways, problems)
    places = np.full((len(ref), 2), np.nan)
    degrees = np.column_stack([x[there], y[there]]) / 1e7
    places[there] = crs.places_of(degrees)
    # Ferries lead to Ireland and the Continent, where the National Grid means nothing.
    near = crs.in_great_britain(places)
    if near.any():
        _note_cut("a way that leads out of Great Britain; cut there", near | ~there, way, ways, problems)
        there &= near
    elif there.any():
        problems.append(_abroad(degrees, places[there], where))
    # A way is broken where a node is missing, and at a node that stands twice in a row.
    piece = way * (len(ref) + 1) + np.concatenate([[0], np.cumsum(~there)[:-1]])
    ref, places, way, piece = (each[there] for each in (ref, places, way, piece))
    again = np.zeros(len(ref), dtype=bool)
    again[1:] = (ref[1:] == ref[:-1]) & (piece[1:] == piece[:-1])
    ref, places, way, piece = (each[~again] for each in (ref, places, way, piece))
    _, number, sizes = np.unique(piece, return_inverse=True, return_counts=True)
    ref, places, way, piece = (each[sizes[number] > 1] for each in (ref, places, way, piece))
    first = np.ones(len(ref), dtype=bool)
    first[1:] = piece[1:] != piece[:-1]
    last = np.roll(first, -1) if len(first) else first
    distinct, index, counts = np.unique(ref, return_inverse=True, return_counts=True)
    cut = first | last | (counts[index] > 1)
    cuts = np.flatnonzero(cut)
    begins, ends = cuts[:-1], cuts[1:]
    inside = piece[begins] == piece[ends] if len(cuts) else np.zeros(0, dtype=bool)
    begins, ends = begins[inside], ends[inside]
    sizes = ends - begins + 1
    vertex = np.repeat(begins - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(sizes.sum())
    lines: Any = shapely.linestrings(places[vertex], indices=np.repeat(np.arange(len(begins)), sizes))
    kept = road_links.in_box(lines, box)
    begins, ends, lines = begins[kept], ends[kept], lines[kept]
    owner = way[begins]
    length = road_links.lengths(shapely.length(lines), lines, problems, np.array(ways.ids)[owner])
    links = Links(
        ref[begins],
        ref[ends],
        length,
        np.array(ways.road_class)[owner],
        np.array(ways.form)[owner],
        np.array(ways.oneway, dtype=np.int8)[owner],
        np.array(ways.motor)[owner],
        np.array(ways.foot)[owner],
        lines,
    )
    at = np.zeros(len(distinct), dtype=np.int64)
    at[index] = np.arange(len(ref))
    return links, distinct, places[at]


def _note_cut(message: str, kept: np.ndarray, way: np.ndarray, ways: _Ways, problems: list[Problem]) -> None:
    cut = np.unique(way[~kept])
    if len(cut):
        examples = tuple(f"way {ways.ids[place]}" for place in cut[:20])
        problems.append(Problem(message, len(cut), examples))


def _placed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which nodes the extract has: the library gives the others a place beyond all degrees."""
    return (np.abs(x) <= 1_800_000_000) & (np.abs(y) <= 900_000_000)


def _abroad(degrees: np.ndarray, places: np.ndarray, where: str) -> Problem:
    """A word on roads that lie wholly outside Great Britain; FileProblem where their lengths would mean nothing."""
    lie = crs.degrees_named((*degrees.min(axis=0).tolist(), *degrees.max(axis=0).tolist()))
    share = crs.stretch(degrees, places)
    if abs(share) > _MOST_STRETCHED:
        raise FileProblem(
            "the roads lie too far from Great Britain: on the National Grid their lengths would mean nothing",
            where=where,
            found=f"roads at {lie}",
            todo="Choose the file that covers your area",
        )
    much = f"{100 * abs(share):.2f}".rstrip("0").rstrip(".")
    wrong = f"up to {much} % too {'long' if share > 0 else 'short'}"
    return Problem(f"the roads lie outside Great Britain, at {lie}: on the National Grid lengths there are {wrong}")
