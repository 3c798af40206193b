"""The land: where people live, the county's outline and its rivers and roads, as scattered sites.

A site stands for a handful of households and the ground around them. Towns are dense, villages small,
farmland sparse; pairs of sites on both sides of a line make boundaries follow rivers and roads.
"""

from dataclasses import dataclass

import numpy as np

from tools.demonstration.names import LINES, TOWNS

CENTRE = np.array([401_500.0, 199_500.0])
HALF = np.array([29_500.0, 36_500.0])
MARGIN = 7_000.0
SITES_PER_LSOA = 52
TOWN, VILLAGE, FARMLAND = 0, 1, 2


@dataclass(frozen=True)
class Sites:
    """`xy` (n, 2) metres; `town` (n,) index of the town or -1; `kind` (n,) TOWN, VILLAGE or FARMLAND;
    `bank` (n,) number of the line-side pair the site belongs to, or -1; `inside` (n,) bool."""

    xy: np.ndarray
    town: np.ndarray
    kind: np.ndarray
    bank: np.ndarray
    inside: np.ndarray


@dataclass(frozen=True)
class Land:
    """All `sites`, those beyond the county's edge too; `hearts` (v, 2) the middles of villages; `courses` of LINES."""

    sites: Sites
    hearts: np.ndarray
    courses: tuple[np.ndarray, ...]


class Field:
    """A smooth random surface of mean 0 and variance 1 with features of about `length` metres."""

    def __init__(self, rng: np.random.Generator, length: float, waves: int = 60) -> None:
        self._k = rng.normal(size=(waves, 2)) / length
        self._phase = rng.uniform(0, 2 * np.pi, waves)

    def __call__(self, xy: np.ndarray) -> np.ndarray:
        return np.cos(xy @ self._k.T + self._phase).sum(axis=1) * np.sqrt(2 / self._phase.size)


def _town_sites(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sites of the towns (with their town) and of the thinner ring of fields around each."""
    built, town, fringe = [], [], []
    east, north = Field(rng, 900), Field(rng, 900)
    for i, t in enumerate(TOWNS):
        n = t.lsoas * SITES_PER_LSOA
        turn = rng.uniform(0, np.pi)
        rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])

        def scatter(
            count: int,
            low: float,
            high: float,
            rotate: np.ndarray = rotate,
            t=t,
        ) -> np.ndarray:
            radius = t.size * rng.uniform(low**1.8, high**1.8, count) ** (1 / 1.8)
            angle = rng.uniform(0, 2 * np.pi, count)
            ring = np.column_stack([np.cos(angle), np.sin(angle) * t.squeeze]) * radius[:, None]
            xy = ring @ rotate / np.sqrt(t.squeeze) + [t.east, t.north]
            reach = min(520.0, 0.28 * t.size)
            return xy + np.column_stack([east(xy), north(xy)]) * reach

        built.append(scatter(n, 0.0, 1.0))
        town.append(np.full(n, i))
        fringe.append(scatter(int(12 + 5 * t.size / 100), 1.08, 1.75))
    return np.vstack(built), np.concatenate(town), np.vstack(fringe)


def _thinned(rng: np.random.Generator, count: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Sites spread evenly but irregularly: each the loneliest of eight candidates."""
    from scipy.spatial import KDTree

    chosen = rng.uniform(low, high, (count // 4, 2))
    while len(chosen) < count:
        step = min(len(chosen) // 3 + 1, count - len(chosen))
        candidates = rng.uniform(low, high, (step, 4, 2))
        lonely = KDTree(chosen).query(candidates.reshape(-1, 2))[0].reshape(step, 4).argmax(axis=1)
        chosen = np.vstack([chosen, candidates[np.arange(step), lonely]])
    return chosen


def course_through(rng: np.random.Generator, kind: str, stops: tuple) -> np.ndarray:
    """The (n, 2) course of a river or road through its stops, 60 m a step."""
    from scipy.interpolate import CubicSpline, PchipInterpolator

    through = np.array([(TOWNS[s].east, TOWNS[s].north) if isinstance(s, int) else s for s in stops])
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(through, axis=0).T))])
    spline = CubicSpline if kind == "river" else PchipInterpolator
    xy = spline(along, through)(np.arange(0, along[-1], 60.0))
    bends = ((2_600, 420), (800, 150)) if kind == "river" else ((6_000, 600), (1_500, 90))
    for length, reach in bends:
        xy = xy + np.column_stack([Field(rng, length)(xy), Field(rng, length)(xy)]) * reach
    return xy


def _line_sites(
    rng: np.random.Generator, built: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
    """Pairs of sites on both sides of every line: `xy`, `bank`, whether in a town, and the courses."""
    from scipy.spatial import KDTree

    towns = KDTree(built)
    xy, bank, course, pairs = [], [], [], 0
    for kind, stops in LINES:
        line = course_through(rng, kind, stops)
        course.append(line)
        near = towns.query(line)[0] < 150
        at, since = 0, 0.0
        while at < len(line) - 1:
            since += 60
            if since >= (120 if near[at] else 420):
                since = 0.0
                ahead = line[at + 1] - line[at]
                side = np.array([-ahead[1], ahead[0]]) / np.hypot(*ahead) * (45 if near[at] else 130)
                xy += [line[at] + side, line[at] - side]
                bank += [pairs, pairs]
                pairs += 1
            at += 1
    both = np.array(xy)
    return both, np.array(bank), towns.query(both)[0] < 150, course


def scatter_sites(seed: int) -> Land:
    """All sites of the county and of a margin around it, so that every cell inside is bounded."""
    from scipy.spatial import KDTree

    rng = np.random.default_rng([seed, 1])
    low, high = CENTRE - HALF - MARGIN, CENTRE + HALF + MARGIN
    built, built_town, fringe = _town_sites(rng)
    hearts = _thinned(rng, 300, low, high)
    hearts = hearts[KDTree([(t.east, t.north) for t in TOWNS]).query(hearts)[0] > 2_800]
    spread = rng.lognormal(np.log(190), 0.35, len(hearts))
    homes = (spread / 9).astype(int) + rng.integers(0, 8, len(hearts))
    village = np.repeat(hearts, homes, axis=0) + rng.normal(size=(homes.sum(), 2)) * np.repeat(spread, homes)[
        :, None
    ] * [1.2, 0.8]
    fields = _thinned(rng, 5_200, low, high)
    banks, bank, in_town, courses = _line_sites(rng, built)

    clear = KDTree(np.vstack(courses))
    built, built_town = (a[clear.query(built)[0] > 65] for a in (built, built_town))
    village = village[clear.query(village)[0] > 65]
    settled = KDTree(np.vstack([built, village]))
    fringe = fringe[(settled.query(fringe)[0] > 110) & (clear.query(fringe)[0] > 200)]
    fields = fields[(settled.query(fields)[0] > 420) & (clear.query(fields)[0] > 330)]
    fields = fields[KDTree(fringe).query(fields)[0] > 250]

    bank_town = np.where(in_town, built_town[KDTree(built).query(banks)[1]], -1)
    xy = np.vstack([built, village, fringe, fields, banks])
    sizes = [len(built), len(village), len(fringe), len(fields)]
    kind = np.repeat([TOWN, VILLAGE, FARMLAND, FARMLAND], sizes)
    town = np.concatenate([built_town, np.full(sum(sizes[1:]), -1), bank_town])
    kind = np.concatenate([kind, np.where(in_town, TOWN, FARMLAND)])
    pair = np.concatenate([np.full(sum(sizes), -1), bank])
    return Land(Sites(xy, town, kind, pair, _inside(rng, xy)), hearts, tuple(courses))


def _inside(rng: np.random.Generator, xy: np.ndarray) -> np.ndarray:
    """Which sites lie in the county: a rounded shape with bays and headlands of several sizes."""
    from scipy.spatial import KDTree

    across = (xy - CENTRE) / HALF
    shape = 0.88 - (np.abs(across) ** 2.6).sum(axis=1) ** (1 / 2.6)
    for length, reach in ((11_000, 0.15), (4_500, 0.06), (1_800, 0.025)):
        shape += Field(rng, length)(xy) * reach
    # A boundary keeps some countryside around every town.
    apart = KDTree([(t.east, t.north) for t in TOWNS]).query(xy)[0]
    return shape + 0.45 * np.exp(-((apart / 4_200) ** 2)) > 0
