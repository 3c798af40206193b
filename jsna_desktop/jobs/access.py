"""Getting to services: how far the residents of places are from the nearest of a type (methods.md 6).

`prepare` makes ready what every type of service shares, the roads and where people begin; `reach` then measures one
type by one sweep. What a change would do is in jobs/access_change.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from jsna_desktop.areas import roads, travel
from jsna_desktop.areas.roads import DISTANCE, DRIVE, MODES, STRAIGHT, UNITS, WALK, RoadGraph
from jsna_desktop.areas.speeds import read_speeds
from jsna_desktop.areas.travel import Reach, Snapped
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.access_people import Residents
from jsna_desktop.jobs.people_inside import live_postcodes
from jsna_desktop.jobs.service_places import Services, services_of, unnamed
from jsna_desktop.measures import access as measures
from jsna_desktop.measures.access import Journeys
from jsna_desktop.sources.known import counted
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

LIMITS = {"minutes": (5.0, 10.0, 15.0, 20.0, 30.0), "km": (1.0, 2.0, 5.0, 10.0)}
# The one of them that is told where there is room for one.
USUAL = {"minutes": 10.0, "km": 5.0}
# Roads that end so near the edge of what is loaded lead on beyond it (m).
_EDGE_M = 500.0
# A list is known beyond the place where at least this share of its services lies there.
_BEYOND = 0.1
_LONGEST_LIMIT = 500.0


@dataclass(frozen=True)
class Prepared:
    """What journeys in one mode are measured by, whatever the service; `graph` is None for straight lines.

    `snapped` are the points where residents begin, on the graph. `notes` say what is amiss with the roads.
    """

    store: Store
    mode: str
    residents: Residents
    graph: RoadGraph | None
    snapped: Snapped | None
    notes: tuple[str, ...]

    @property
    def unit(self) -> str:
        return UNITS[self.mode]

    @cached_property
    def home(self) -> Any:
        """The hull of where the workspace's own residents begin."""
        o = self.residents.origins
        return _hull(o.points[o.home[o.block]])

    @cached_property
    def loaded(self) -> Any:
        """The hull of what is loaded: the roads, and the postcodes that services are placed by."""
        hulls = [] if self.graph is None else [_hull(self.graph.places)]
        postcodes = live_postcodes(self.store)[1]
        hulls += [_hull(postcodes)] if len(postcodes) else []
        return shapely.intersection_all(hulls) if hulls else self.home

    @cached_property
    def edge_of_home(self) -> np.ndarray:
        return self._edge(self.home)

    @cached_property
    def edge_of_loaded(self) -> np.ndarray:
        return self._edge(self.loaded)

    def _edge(self, region: Any) -> np.ndarray:
        """What the way (n,) from each point to the edge of a region costs: nothing beyond it, NaN for no way."""
        points = self.residents.origins.points
        if self.graph is None or self.snapped is None:
            edge = shapely.distance(shapely.points(points), shapely.boundary(region)) / 1000
            return np.where(shapely.contains_xy(region, *points.T), edge, np.where(np.isfinite(edge), 0.0, np.nan))
        inner = shapely.buffer(region, -_EDGE_M)
        shapely.prepare(inner)
        nodes = np.flatnonzero(~shapely.contains_xy(inner, *self.graph.places.T))
        nothing = np.zeros(len(nodes))
        return travel.nearest(self.graph, Snapped(nodes, nothing, nothing)).of(self.snapped)[0]


def _hull(points: np.ndarray) -> Any:
    return shapely.convex_hull(shapely.multipoints(points[np.isfinite(points).all(axis=1)]))


@dataclass(frozen=True)
class Access:
    """Journeys to one type of service: `cost` (n,) of each point, NaN unknown, and its `nearest` service (n,), −1.

    `used` (s,) marks the services that could be reached at all; `edge` (n,) the points that may have a nearer one
    beyond what is loaded; `summary` the figures of the residents' rows. `snapped` and `reach` are None by straight
    line.
    """

    prepared: Prepared
    services: Services
    limits: tuple[float, ...]
    used: np.ndarray
    snapped: Snapped | None
    reach: Reach | None
    cost: np.ndarray
    nearest: np.ndarray
    edge: np.ndarray
    summary: Journeys
    notes: tuple[str, ...]

    @property
    def sensitive(self) -> bool:
        """Whether these figures may leave the program only through the gate."""
        return self.services.sensitive or self.prepared.residents.sensitive


def prepare(
    store: Store,
    residents: Residents,
    mode: str | None = None,
    *,
    ferries: bool = False,
    speeds: Path | None = None,
) -> Prepared:
    """The roads in a mode, by default distance, and the residents on them; straight lines where there are no roads.

    UsageProblem for times without roads: a straight line has none. FileProblem for a table of speeds that is none.
    """
    keys = road_datasets(store)
    if mode is not None and mode not in MODES:
        raise UsageProblem("this is no way to travel", found=mode, expected=", ".join(MODES))
    if not keys and mode in (DRIVE, WALK):
        raise UsageProblem(
            f"no roads are loaded, so that there are no {mode} times",
            todo="Add OS Open Roads or an OpenStreetMap extract, or use --by straight",
        )
    straight_line = not keys or mode == STRAIGHT
    if ferries and straight_line:
        raise UsageProblem("a straight line takes no ferry", todo="Leave --ferries out, or go by road")
    if speeds is not None and (straight_line or mode not in (DRIVE, WALK)):
        raise UsageProblem("only times go by a table of speeds", found="distances are asked for",
                           todo="Use --by drive or --by walk, or leave --speeds out")  # fmt: skip
    if straight_line:
        notes = () if mode == STRAIGHT else ("straight line: no roads are loaded",)
        return Prepared(store, STRAIGHT, residents, None, None, notes)
    graph = load_graph(store, mode or DISTANCE, ferries=ferries, speeds=speeds)
    snapped = travel.snap(graph, residents.origins.points)
    return Prepared(store, graph.mode, residents, graph, snapped, tuple(_amiss(graph, snapped, residents)))


def road_datasets(store: Store) -> list[int]:
    """Keys of the roads in use: those added last, and others of the same publisher, which join at their nodes."""
    rows = store.all("SELECT key, id FROM dataset WHERE kind = 'roads' AND replaced_by IS NULL ORDER BY key DESC")
    publisher = [".".join(str(identity).split(".")[:2]) for _, identity in rows]
    return [row[0] for row, own in zip(rows, publisher, strict=True) if own == publisher[0]]


def load_graph(store: Store, mode: str, *, ferries: bool = False, speeds: Path | None = None) -> RoadGraph:
    """The roads of the workspace as a graph in one mode."""
    keys = road_datasets(store)
    wanted = ("easting", "northing") if len(keys) == 1 else ("id", "easting", "northing")
    parts = [
        {
            "nodes": catalogue.table(store, key, "nodes", wanted),
            "links": catalogue.table(store, key, "links"),
            "vertices": catalogue.table(store, key, "vertices"),
        }
        for key in keys
    ]
    return roads.graph(roads.network(parts), mode, read_speeds(speeds), ferries=ferries)


def _amiss(graph: RoadGraph, snapped: Snapped, residents: Residents) -> list[str]:
    """Sentences on roads that do not join, and on residents far from any."""
    said = []
    parts = graph.pieces.parts
    if len(parts) > 1:
        sizes = ", ".join(f"{100 * size / parts.sum():.1f} %" for size in parts[:4].tolist())
        said.append(f"the roads are in {len(parts)} parts that do not join ({sizes} of their junctions)")
    if graph.pieces.dead:
        pieces = counted(graph.pieces.dead, "small piece")
        said.append(f"roads that join no others, left out: {pieces}, {graph.pieces.dead_km:,.1f} km")
    living = np.where(residents.origins.home[residents.origins.block], residents.counted, 0.0)
    far = living[snapped.metres > travel.FAR_M].sum()
    if far > 0:
        said.append(f"{100 * far / living.sum():.1f} % of residents begin further than 1 km from any road")
    return said


def checked_limits(limits: Sequence[float], unit: str) -> tuple[float, ...]:
    """Limits in order, each once, or the usual ones. UsageProblem for one that is no distance or time."""
    for limit in limits:
        if not 0 < limit <= _LONGEST_LIMIT:
            raise UsageProblem("this is no limit", found=f"{limit:g}", expected=f"{unit}, at most {_LONGEST_LIMIT:g}")
    return tuple(sorted({float(limit) for limit in limits})) or LIMITS[unit]


def reach(prepared: Prepared, service: str, limits: Sequence[float] = ()) -> Access:
    """Journeys of the residents to the nearest service of a type, by one sweep.

    UsageProblem where there is no such service, or none that has a place.
    """
    ends = checked_limits(limits, prepared.unit)
    services = services_of(prepared.store, service)
    placed = np.asarray(np.isfinite(services.places).all(axis=1))
    if not placed.any():
        found = "; ".join(services.problems[:3])
        raise UsageProblem(f"no service {service} has a place", found=found, todo="Add postcodes that place them")
    notes = [*prepared.notes, *services.problems]
    if prepared.graph is None or prepared.snapped is None:
        cost, nearest = straight(services.places, prepared.residents.origins.points)
        snapped = found = None
        used = placed
    else:
        snapped = travel.snap(prepared.graph, services.places)
        used = snapped.on_roads
        notes += off_roads(prepared.graph, services, snapped)
        found = travel.nearest(prepared.graph, snapped)
        cost, nearest = found.of(prepared.snapped)
    with np.errstate(invalid="ignore"):
        edge = cost > edge_of_known(prepared, services.places[used])
    summary = measures.journeys(cost, prepared.residents.matrix, ends)
    return Access(prepared, services, ends, used, snapped, found, cost, nearest, edge, summary, tuple(notes))


def straight(services: np.ndarray, points: np.ndarray, count: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Kilometres (n,) and position (n,) of the nearest of services (s, 2) as the crow flies; NaN and −1 for none.

    With a `count` above 1, (n, count): the nearest few.
    """
    from scipy.spatial import KDTree

    numbers = np.flatnonzero(np.isfinite(services).all(axis=1))
    placed = np.isfinite(points).all(axis=1)
    shape = (len(points),) if count == 1 else (len(points), count)
    cost, nearest = np.full(shape, np.nan), np.full(shape, -1)
    if len(numbers) and placed.any():
        metres, at = KDTree(services[numbers]).query(points[placed], k=count)
        there = np.isfinite(metres)
        cost[placed] = np.where(there, metres / 1000, np.nan)
        nearest[placed] = np.where(there, numbers[np.where(there, at, 0)], -1)
    return cost, nearest


def off_roads(graph: RoadGraph, services: Services, snapped: Snapped) -> list[str]:
    """Sentences on services that have a place and no road near it: named where the roads reach round them."""
    lost = np.isfinite(snapped.metres) & ~snapped.on_roads
    if not lost.any():
        return []
    low, high = graph.places.min(axis=0) - travel.FAR_M, graph.places.max(axis=0) + travel.FAR_M
    inside = ((services.places >= low) & (services.places <= high)).all(axis=1)
    rows = np.flatnonzero(lost & inside & ~services.secret)
    said = [
        f"{services.names[row]} lies {snapped.metres[row] / 1000:,.1f} km from any road: left out"
        for row in rows[:20].tolist()
    ] + unnamed(lost & inside & services.secret, "service", "no road near them")
    if beyond := int((lost & ~inside).sum()):
        said.append(f"outside the roads that are loaded, and left out: {counted(beyond, 'service')}")
    return said


def edge_of_known(prepared: Prepared, services: np.ndarray) -> np.ndarray:
    """The way (n,) from each point to the edge of where services (s, 2) are known; beyond it one may be nearer.

    A list that reaches beyond the place is known as far as roads and postcodes are loaded; another ends with the place.
    """
    beyond = ~shapely.contains_xy(shapely.buffer(prepared.home, _EDGE_M), *services.T) if len(services) else np.zeros(1)
    return prepared.edge_of_loaded if beyond.mean() >= _BEYOND else prepared.edge_of_home
