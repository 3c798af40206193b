"""Four hundred assets of communities, as a council's list of them is: some twice, some not looked at for years."""

from dataclasses import dataclass

import numpy as np

from tools.demonstration.county import OAS, County
from tools.demonstration.names import TOWNS
from tools.demonstration.people import People
from tools.demonstration.postcodes import Postcodes
from tools.demonstration.road_names import FIRST
from tools.demonstration.truth import fifths

COUNT, TWICE, STALE, UNDATED = 400, 8, 30, 10
STALE_BEFORE = "2023-01-01"
HEADINGS = (
    "name", "kind", "theme", "postcode", "easting", "northing", "place", "contact", "last_checked", "source",
)  # fmt: skip
# Fewer in deprived fifths, most deprived first: need is high where reach is low.
BY_FIFTH = (0.55, 0.8, 1.0, 1.2, 1.4)
# What there is: its kind, theme and words.
_WHAT = (
    ("group", "Older people", ("Over 60s Club", "Lunch Club", "Memory Café")),
    ("group", "Carers", ("Carers' Circle", "Young Carers")),
    ("group", "Mental wellbeing", ("Men's Shed", "Listening Group", "Peer Support")),
    ("group", "Families", ("Toddlers", "Parents' Group", "Breastfeeding Support")),
    ("network", "Volunteering", ("Good Neighbours", "Befrienders", "Community Drivers")),
    ("network", "Faith", ("Churches Together", "Interfaith Network")),
    ("network", "Nature", ("Growers' Network", "River Wardens")),
    ("activity", "Physical activity", ("Walking Group", "Runners", "Chair Yoga", "Bowls Club", "Swimmers")),
    ("activity", "Arts and culture", ("Community Choir", "Craft Circle", "Players", "Book Group")),
    ("activity", "Young people", ("Youth Club", "Scouts and Guides", "Junior Football")),
    ("space", "Community buildings", ("Village Hall", "Community Centre", "Church Hall")),
    ("space", "Nature", ("Community Garden", "Allotments", "Recreation Ground", "Nature Reserve")),
    ("service", "Money and advice", ("Advice Point", "Credit Union", "Warm Space")),
    ("service", "Food", ("Community Kitchen", "Food Larder", "Meals on Wheels")),
)  # fmt: skip
_SOURCES = ("Voluntary sector directory", "Parish survey 2024", "Library noticeboards", "Social prescribers")


@dataclass(frozen=True)
class Assets:
    """`rows` under HEADINGS; `twice` pairs of names that mean one asset; `stale` names last checked too long ago."""

    rows: list[tuple[object, ...]]
    twice: list[tuple[str, str]]
    stale: list[str]


def make_assets(seed: int, county: County, people: People, imd: np.ndarray, postcodes: Postcodes) -> Assets:
    """Assets at postcodes, in a shuffled order; the same seed gives the same."""
    rng = np.random.default_rng([seed, 32])
    home = postcodes.oa // OAS
    chance = (people.persons.sum(axis=1) * np.array(BY_FIFTH)[fifths(imd)])[home]
    chance = chance / np.bincount(home)[home]
    spots = rng.choice(len(home), COUNT - TWICE, replace=False, p=chance / chance.sum())
    every = [(first, kind, theme, word) for kind, theme, words in _WHAT for word in words for first in FIRST]
    rows: list[tuple[object, ...]] = []
    for spot, which in zip(spots, rng.permutation(len(every)), strict=False):
        first, kind, theme, word = every[which]
        place = TOWNS[county.lsoa_area[home[spot]]].name
        east, north = (int(v) for v in postcodes.xy[spot])
        contact = f"01632 960{rng.integers(1_000):03d}"
        source = str(rng.choice(_SOURCES))
        rows.append(
            (f"{first} {word}", kind, theme, postcodes.code[spot], east, north, place, contact, _day(rng, 2023), source)
        )
    undated = rng.permutation(len(rows))
    for i in undated[:UNDATED]:
        rows[i] = (*rows[i][:8], "", rows[i][9])
    stale = undated[UNDATED : UNDATED + STALE]
    for i in stale:
        rows[i] = (*rows[i][:8], _day(rng, int(rng.integers(2018, 2021))), rows[i][9])
    twice = []
    for k, i in enumerate(undated[UNDATED + STALE : UNDATED + STALE + TWICE]):
        row = rows[i]
        again = _said_otherwise(str(row[0]), k)
        away = rng.integers(15, 90, 2) * rng.choice((-1, 1), 2)
        other = next(source for source in _SOURCES if source != row[9])
        # A second list has its own coordinates, and no postcode.
        rows.append(
            (again, row[1], row[2], "", row[4] + int(away[0]), row[5] + int(away[1]), *row[6:8], _day(rng, 2023), other)
        )
        twice.append((str(row[0]), again))
    names = sorted(str(rows[i][0]) for i in stale)
    return Assets([rows[i] for i in rng.permutation(len(rows))], twice, names)


def assets_truth(assets: Assets) -> dict:
    """What a register of them should find."""
    return {
        "count": len(assets.rows), "twice": [list(pair) for pair in assets.twice], "stale": assets.stale,
        "stale_before": STALE_BEFORE, "undated": UNDATED, "weights_by_fifth": list(BY_FIFTH),
    }  # fmt: skip


def _day(rng: np.random.Generator, first: int) -> str:
    """A day of this year or the next."""
    return str(np.datetime64(f"{first}-01-01") + int(rng.integers(0, 729)))


def _said_otherwise(name: str, k: int) -> str:
    first, _, rest = name.partition(" ")
    forms = (
        f"The {name}", f"{rest} ({first})", f"{first} {rest.lower()}", f"{first}s {rest}", f"{name} (new)",
        f"{first[:-2]}{first[-1]}{first[-2]} {rest}", f"{first}-{rest}", f"{name.upper()}",
    )  # fmt: skip
    return forms[k % len(forms)]
