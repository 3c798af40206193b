"""Postcodes where people live, and general practices at some of them."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.demonstration.county import OAS, County
from tools.demonstration.land import FARMLAND, TOWN
from tools.demonstration.names import OTHER_PRESCRIBERS, POSTCODE_AREA, PRACTICES, STREETS, TOWNS

UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # Royal Mail leaves out C I K M O V


@dataclass(frozen=True)
class Postcodes:
    """`code` (n,) as people write them; `xy` (n, 2) whole metres; `oa` (n,) index of the output area."""

    code: np.ndarray
    xy: np.ndarray
    oa: np.ndarray


def make_postcodes(seed: int, county: County) -> Postcodes:
    """Four to seven postcodes an output area, where homes stand closest together."""
    from scipy.spatial import KDTree

    rng = np.random.default_rng([seed, 7])
    sites = county.sites
    at = np.round(sites.xy)
    inside = shapely.contains_xy(county.oa_shape[county.site_oa], at[:, 0], at[:, 1])
    # In town any street will do; in the country the village comes before the farms.
    gap = KDTree(sites.xy).query(sites.xy, k=4)[0][:, 3] * np.where(sites.kind == FARMLAND, 2.5, 1.0)
    gap = np.where(sites.kind == TOWN, 60.0, gap) * rng.lognormal(0, 0.3, len(gap))
    order = np.lexsort((gap, county.site_oa))
    order = order[inside[order]]
    first = np.searchsorted(county.site_oa[order], np.arange(len(county.oa_code)))
    place = np.arange(len(order)) - first[county.site_oa[order]]
    wanted = rng.integers(4, 8, len(county.oa_code))
    chosen = order[place < wanted[county.site_oa[order]]]

    # A district a community area; sectors and units run on from one output area to the next.
    district = county.lsoa_area[county.site_oa[chosen] // OAS]
    code = np.empty(len(chosen), "U8")
    for d in range(len(TOWNS)):
        mine = np.flatnonzero(district == d)
        slots = len(UNIT_LETTERS) ** 2 * 10
        number = np.sort(rng.choice(slots, len(mine), replace=False))
        sector, unit = np.divmod(number, len(UNIT_LETTERS) ** 2)
        one, two = np.divmod(unit, len(UNIT_LETTERS))
        code[mine] = [
            f"{POSTCODE_AREA}{d + 1} {s}{UNIT_LETTERS[a]}{UNIT_LETTERS[b]}"
            for s, a, b in zip(sector, one, two, strict=True)
        ]
    return Postcodes(code, at[chosen].astype(int), county.site_oa[chosen])


def make_practices(seed: int, county: County, postcodes: Postcodes) -> list[list[str]]:
    """Rows of `epraccur` (27 columns): open practices, a few that closed and a few other prescribers."""
    rng = np.random.default_rng([seed, 8])
    town = county.lsoa_town[postcodes.oa // OAS]
    area = county.lsoa_area[postcodes.oa // OAS]
    rows, used = [], set()
    kinds = ["open"] * 40 + ["closed"] * 5 + ["other"] * 5
    # One in every town, the others where people are, and one in five in a village.
    share = np.array([t.lsoas for t in TOWNS]) / sum(t.lsoas for t in TOWNS)
    for i, kind in enumerate(kinds):
        home = i if i < len(TOWNS) else int(np.searchsorted(np.cumsum(share), (i * 0.618034) % 1))
        village = kind == "open" and i >= len(TOWNS) and i % 4 == 0
        pool = np.flatnonzero((area == home) & ((town < 0) if village else (town == home)))
        spot = int(rng.choice(pool))
        opened = f"{rng.integers(1974, 2012)}0401"
        closed = f"{rng.integers(2015, 2024)}0331" if kind == "closed" else ""
        setting = "4" if kind != "other" else ("8", "12", "10", "0", "9")[i % 5]
        street = STREETS[i % len(STREETS)]
        name = _practice_name(rng, street, TOWNS[home].name, kind, used)
        columns = [""] * 27
        columns[:8] = [f"QX{i + 1:04d}", name, "QX9", "QXM", f"{rng.integers(1, 90)} {street}".upper(), "",
                       TOWNS[home].name.upper(), "MARROWSHIRE"]  # fmt: skip
        columns[9:16] = [str(postcodes.code[spot]), opened, closed, "C" if closed else "A", "B", "QX1", opened]
        columns[16] = closed
        columns[17] = f"01632 960{i:03d}"
        columns[21], columns[23], columns[25] = "0", "QX1", setting
        rows.append(columns)
    return rows


def _practice_name(rng: np.random.Generator, street: str, town: str, kind: str, used: set[str]) -> str:
    """A name that no other has: after the street for practices, after the town for other prescribers."""
    place, kinds = (town, OTHER_PRESCRIBERS) if kind == "other" else (street, PRACTICES)
    free = [name for name in (f"{place} {k}" for k in kinds) if name not in used]
    name = free[int(rng.integers(len(free)))]
    used.add(name)
    return name.upper()
