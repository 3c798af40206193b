"""Services of ten kinds with capacities, in the county and a little beyond; few dentists where people are deprived."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.demonstration.county import OAS, County
from tools.demonstration.land import VILLAGE
from tools.demonstration.names import TOWNS
from tools.demonstration.people import People
from tools.demonstration.postcodes import Postcodes
from tools.demonstration.road_names import FIRST
from tools.demonstration.truth import GROUPS, fifths

_EVEN = (1.0, 1.0, 1.0, 1.0, 1.0)
_BEYOND_M = 4_500.0


@dataclass(frozen=True)
class Kind:
    """`service` as the table says it; `words` what names end with; `open` how many are, and `beyond` the edge further

    ones; `capacity` least, most and of what; `town` how much likelier in a town a resident is than outside;
    `by_fifth` how much likelier in each fifth, most deprived first; `everywhere` one in each town at least.
    """

    service: str
    words: tuple[str, ...]
    open: int
    beyond: int
    capacity: tuple[int, int, str]
    town: float
    by_fifth: tuple[float, float, float, float, float] = _EVEN
    everywhere: bool = True


KINDS = (
    Kind("pharmacy", ("Pharmacy", "Chemist"), 96, 4, (40, 100, "opening hours a week"), 4.0, (1.1, 1.05, 1, 0.95, 0.9)),
    Kind("dentist", ("Dental Practice", "Dental Surgery"), 64, 3, (2, 8, "dentists, whole-time"), 3.5,
         (0.4, 0.7, 1.0, 1.3, 1.6)),
    Kind("school_primary", ("Primary School", "Church Primary School", "Community Primary School"), 150, 6,
         (90, 630, "pupils"), 1.4),
    Kind("school_secondary", ("Academy", "School"), 24, 2, (600, 1_800, "pupils"), 12.0),
    Kind("nursery", ("Nursery", "Pre-school"), 120, 3, (20, 110, "places"), 1.6, (0.75, 0.9, 1.0, 1.15, 1.2)),
    Kind("library", ("Library",), 19, 1, (12, 48, "opening hours a week"), 6.0),
    Kind("community_hub", ("Community Hub",), 16, 1, (10, 50, "opening hours a week"), 3.0, (1.6, 1.2, 1, 0.8, 0.6)),
    Kind("food_bank", ("Food Bank", "Pantry"), 22, 1, (20, 180, "parcels a week"), 4.0, (2.4, 1.4, 0.8, 0.4, 0.2)),
    Kind("leisure_centre", ("Leisure Centre", "Swimming Pool"), 14, 1, (1_500, 9_000, "visits a week"), 12.0),
    Kind("hospital", ("Hospital",), 3, 1, (120, 720, "beds"), 50.0, everywhere=False),
)  # fmt: skip
PLANTED = "dentist"
# Not to be had: gone, or not there yet.
_NOT_OPEN = (("library", "closed"), ("pharmacy", "closed"), ("nursery", "closed"), ("community_hub", "proposed"))
HEADINGS = ("name", "service", "postcode", "easting", "northing", "code", "capacity", "status")


@dataclass(frozen=True)
class Services:
    """`rows` under HEADINGS; `lsoa` (n,) index of the LSOA that each is in, -1 beyond the county's edge."""

    rows: list[tuple[object, ...]]
    lsoa: np.ndarray


def make_services(seed: int, county: County, people: People, imd: np.ndarray, postcodes: Postcodes) -> Services:
    """Services at postcodes, those beyond the edge at a village's house; the same seed gives the same."""
    rng = np.random.default_rng([seed, 31])
    residents = people.persons.sum(axis=1)
    group, in_town = fifths(imd), county.lsoa_town >= 0
    home = postcodes.oa // OAS
    beyond = _beyond(county)
    rows: list[tuple[object, ...]] = []
    lsoa: list[int] = []

    def add(kind: Kind, name: str, where: int, outside: bool, status: str) -> None:
        east, north = (beyond if outside else postcodes.xy)[where]
        code = f"XS{len(rows) + 1:05d}"
        low, high, _ = kind.capacity
        # Small ones are many and large ones few.
        capacity = round(low + (high - low) * rng.beta(1.4, 2.2))
        postcode = "" if outside else postcodes.code[where]
        rows.append((name, kind.service, postcode, int(east), int(north), code, capacity, status))
        lsoa.append(-1 if outside else int(home[where]))

    for kind in KINDS:
        chance = residents * np.where(in_town, kind.town, 1.0) * np.array(kind.by_fifth)[group]
        places = []
        if kind.everywhere:
            for town in range(len(TOWNS)):
                places.append(int(rng.choice(len(residents), p=_share(chance * (county.lsoa_town == town)))))
        while len(places) < kind.open:
            places.append(int(rng.choice(len(residents), p=_share(chance))))
        names = _names(rng, kind, kind.open + kind.beyond + 1)
        for place, name in zip(places, names, strict=False):
            add(kind, name, int(rng.choice(np.flatnonzero(home == place))), False, "open")
        for name in names[kind.open : kind.open + kind.beyond]:
            add(kind, name, int(rng.integers(len(beyond))), True, "open")
        for service, status in _NOT_OPEN:
            if service == kind.service:
                add(kind, names[-1], int(rng.integers(len(home))), False, status)
    return Services(rows, np.array(lsoa))


def services_truth(services: Services, people: People, imd: np.ndarray) -> dict:
    """What was planted, and what came of it: the capacity of open services by the fifth of the LSOA they stand in."""
    group = fifths(imd)
    residents = np.bincount(group, people.persons.sum(axis=1), GROUPS)
    made = {}
    for kind in KINDS:
        mine = [i for i, row in enumerate(services.rows) if row[1] == kind.service and row[7] == "open"]
        inside = [i for i in mine if services.lsoa[i] >= 0]
        capacity = np.array([services.rows[i][6] for i in inside], float)
        per = np.bincount(group[services.lsoa[inside]], capacity, GROUPS) / residents * 10_000
        made[kind.service] = {
            "open": len(inside), "beyond_the_edge": len(mine) - len(inside), "capacity_of": kind.capacity[2],
            "weights_by_fifth": list(kind.by_fifth), "capacity_per_10000_by_fifth": per.tolist(),
        }  # fmt: skip
    return {"planted": PLANTED, "kinds": made}


def _share(chance: np.ndarray) -> np.ndarray:
    return chance / chance.sum()


def _beyond(county: County) -> np.ndarray:
    """Houses of villages outside the county, whole metres."""
    sites = county.land.sites
    xy = np.round(sites.xy[~sites.inside & (sites.kind == VILLAGE)]).astype(int)
    away = shapely.distance(shapely.unary_union(county.lsoa_shape), shapely.points(xy))
    return xy[(away > 300) & (away < _BEYOND_M)]


def _names(rng: np.random.Generator, kind: Kind, count: int) -> list[str]:
    every = [f"{first} {word}" for word in kind.words for first in FIRST]
    return [every[i] for i in rng.permutation(len(every))[:count]]
