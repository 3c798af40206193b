"""Where roads may meet: streets of three patterns in towns, the sites of villages and farms, points along A roads."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.demonstration.county import County
from tools.demonstration.land import TOWN, VILLAGE
from tools.demonstration.names import TOWNS
from tools.demonstration.routes import Routes

TERRACES, WINDING, ESTATE, COUNTRY = 0, 1, 2, 3
QUARTER_M = 620.0  # apart, the middles of a town's quarters
# Metres between streets along and across, and how far a corner strays, as a share of them.
_PATTERN = {TERRACES: (44.0, 71.0, 0.05), WINDING: (54.0, 60.0, 0.24), ESTATE: (52.0, 56.0, 0.17)}


@dataclass(frozen=True)
class Junctions:
    """`xy` (n, 2); `pattern` (n,) TERRACES … COUNTRY; `quarter` (n,) number of a town's quarter or -1; `turn` (n,) the

    direction of its streets; `course` (n,) index of the A road that the point lies on, or -1; `village` (n,) bool;
    `middles` (q, 2) of the quarters and `town` (q,) of each.
    """

    xy: np.ndarray
    pattern: np.ndarray
    quarter: np.ndarray
    turn: np.ndarray
    course: np.ndarray
    village: np.ndarray
    middles: np.ndarray
    town: np.ndarray


def make_junctions(seed: int, county: County, routes: Routes, slip_roads_m: float) -> Junctions:
    """Every point that a road may lead to; none within `slip_roads_m` of a motorway junction but those of its road."""
    from scipy.spatial import KDTree

    rng = np.random.default_rng([seed, 21])
    sites = county.land.sites
    built = sites.xy[sites.kind == TOWN]
    middles, town = _quarters(county)
    streets, pattern, quarter, turn = _streets(rng, built, middles, town)
    homes = sites.kind != TOWN
    place = sites.xy[homes] + rng.normal(0, 9, (homes.sum(), 2))
    course, course_of = _along(routes)
    n = len(course), len(place), len(streets)
    xy = np.vstack([course, place, streets])
    of = np.concatenate([course_of, np.full(n[1] + n[2], -1)])
    kept = shapely.contains_xy(routes.extent, xy[:, 0], xy[:, 1])
    other = of < 0
    kept &= ~other | (KDTree(course).query(xy)[0] > np.where(np.arange(len(xy)) < n[0] + n[1], 38, 31))
    kept &= ~_beside(routes.river, xy, 16)
    kept &= ~_beside(routes.motorway, xy, 25) & ~(other & _beside(routes.motorway, xy, 55))
    crossings = motorway_crossings(routes)
    kept &= ~other | (KDTree(crossings).query(xy)[0] > slip_roads_m)
    kept &= _apart(xy, 24.0)
    grown = np.concatenate([np.full(n[0] + n[1], COUNTRY), pattern])
    in_quarter = np.concatenate([np.full(n[0] + n[1], -1), quarter])
    turned = np.concatenate([np.zeros(n[0] + n[1]), turn])
    village = np.concatenate([np.zeros(n[0], bool), (sites.kind == VILLAGE)[homes], np.zeros(n[2], bool)])
    return Junctions(
        np.round(xy[kept], 1), grown[kept], in_quarter[kept], turned[kept], of[kept], village[kept], middles, town
    )


def motorway_crossings(routes: Routes) -> np.ndarray:
    """(k, 2) where A roads cross the motorway, from west to east."""
    roads = shapely.linestrings(routes.motorway)
    met = [shapely.get_coordinates(shapely.intersection(roads, shapely.linestrings(road))) for road in routes.a_roads]
    found = np.vstack([each for each in met if len(each) == 1])
    return found[np.argsort(found[:, 0])]


def slip_road_ground(routes: Routes, off_m: float, on_m: float) -> shapely.Geometry:
    """The ground of all slip roads, from `off_m` along the motorway to `on_m` along the A roads on either side."""
    motorway = shapely.linestrings(routes.motorway)
    roads = np.array([shapely.linestrings(road) for road in routes.a_roads])
    ground = []
    for crossing in motorway_crossings(routes):
        place = shapely.Point(crossing)
        road = roads[shapely.distance(roads, place).argmin()]
        tips = [
            shapely.line_interpolate_point(line, shapely.line_locate_point(line, place) + side * reach)
            for line, reach in ((motorway, off_m), (road, on_m))
            for side in (-1, 1)
        ]
        ground.append(shapely.convex_hull(shapely.multipoints(tips)))
    return shapely.union_all(ground)


def _quarters(county: County) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the towns' quarters: sites as far apart as can be, until none is QUARTER_M from the next."""
    sites = county.land.sites
    middles, town = [], []
    for i in range(len(TOWNS)):
        mine = sites.xy[(sites.town == i) & (sites.kind == TOWN)]
        chosen = [mine.mean(axis=0)]
        away = np.hypot(*(mine - chosen[0]).T)
        while away.max() > QUARTER_M:
            chosen.append(mine[away.argmax()])
            away = np.minimum(away, np.hypot(*(mine - chosen[-1]).T))
        middles += chosen
        town += [i] * len(chosen)
    return np.array(middles), np.array(town)


def _streets(rng: np.random.Generator, built: np.ndarray, middles: np.ndarray, town: np.ndarray):
    """Corners of streets in every quarter: xy, pattern, quarter and the direction of the quarter's streets."""
    from scipy.spatial import KDTree

    homes, quarters = KDTree(built), KDTree(middles)
    xy, pattern, quarter, turn = [], [], [], []
    for q, middle in enumerate(middles):
        centre = np.array([TOWNS[town[q]].east, TOWNS[town[q]].north])
        out = np.hypot(*(middle - centre)) / TOWNS[town[q]].size
        # Old lanes at the heart, terraces around it, estates outside.
        chances = ((0.1, 0.9, 0.0), (0.55, 0.35, 0.1), (0.15, 0.45, 0.4))[int(np.digitize(out, (0.25, 0.62)))]
        kind = int(rng.choice(3, p=chances))
        angle = np.arctan2(*(middle - centre)[::-1]) + rng.normal(0, 0.25)
        along, across, stray = _PATTERN[kind]
        reach = 1_300
        u, v = np.meshgrid(np.arange(-reach, reach, along), np.arange(-reach, reach, across))
        lattice = np.column_stack([u.ravel(), v.ravel()])
        lattice = lattice + rng.normal(0, 1, lattice.shape) * [along * stray, across * stray]
        rotate = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        corners = lattice @ rotate + middle
        mine = (quarters.query(corners)[1] == q) & (homes.query(corners)[0] < 76)
        xy.append(corners[mine])
        pattern.append(np.full(mine.sum(), kind))
        quarter.append(np.full(mine.sum(), q))
        turn.append(np.full(mine.sum(), angle))
    return np.vstack(xy), np.concatenate(pattern), np.concatenate(quarter), np.concatenate(turn)


def _along(routes: Routes) -> tuple[np.ndarray, np.ndarray]:
    """Points of the A roads, those of a later one left out where an earlier one is near: they share a street."""
    from scipy.spatial import KDTree

    points, of = routes.a_roads[0], [0] * len(routes.a_roads[0])
    for i, course in enumerate(routes.a_roads[1:], 1):
        own = course[KDTree(points).query(course)[0] > 45]
        points = np.vstack([points, own])
        of += [i] * len(own)
    return points, np.array(of)


def _beside(course: np.ndarray, xy: np.ndarray, within: float) -> np.ndarray:
    """(n,) which places are within so many metres of a course."""
    return shapely.contains_xy(shapely.buffer(shapely.linestrings(course), within), xy[:, 0], xy[:, 1])


def _apart(xy: np.ndarray, least: float) -> np.ndarray:
    """Which points stay so that no two are nearer than `least`, the earlier of two stays."""
    from scipy.spatial import KDTree

    kept = np.ones(len(xy), bool)
    pairs = KDTree(xy).query_pairs(least, output_type="ndarray")
    for first, second in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]:
        if kept[first]:
            kept[second] = False
    return kept
