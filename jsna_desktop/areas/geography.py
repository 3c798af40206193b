"""Building blocks and what they nest in.

Codes are the Office for National Statistics' nine-character codes; the letter X, which it does not use, marks the
fictional demonstration county.
"""

from dataclasses import dataclass

import numpy as np

# Areas of England that each geography has: a comparator called England must cover them.
ENGLAND = {"lsoa2011": 32_844, "lsoa2021": 33_755, "msoa2011": 6_791, "msoa2021": 6_856, "oa2021": 178_605}
# LSOAs of each English region: a value called a region's must cover it.
REGIONS = {
    "lsoa2011": (1657, 4497, 3317, 2774, 3487, 3614, 4835, 5382, 3281),
    "lsoa2021": (1682, 4567, 3355, 2847, 3574, 3758, 4994, 5571, 3407),
}
NATIONS = {"E": ("E92000001", "England"), "W": ("W92000004", "Wales"), "X": ("X92000001", "Fictional England")}
BLOCKS = ("lsoa2021", "lsoa2011", "oa2021", "oa2011", "msoa2021", "msoa2011", "ward")
NAMES = {
    "oa2011": "output areas 2011",
    "oa2021": "output areas 2021",
    "lsoa2011": "LSOAs 2011",
    "lsoa2021": "LSOAs 2021",
    "msoa2011": "MSOAs 2011",
    "msoa2021": "MSOAs 2021",
    "parish": "parishes",
    "ward": "wards",
    "community_area": "community areas",
    "built_up_area": "built-up areas",
    "district": "districts",
    "upper_tier": "upper-tier authorities",
    "sub_icb": "sub-ICB locations",
    "icb": "integrated care boards",
    "nhs_region": "NHS regions",
    "region": "regions",
    "nation": "nations",
    "ruc": "rural-urban classes",
    "": "the areas of its own codes",
}
_ENTITIES = {
    "oa": ("00",), "lsoa": ("01",), "msoa": ("02",), "ward": ("05",), "district": ("06", "07", "08", "09"),
    "upper_tier": ("06", "08", "09", "10"), "sub_icb": ("38",), "icb": ("54",), "region": ("12",),
}  # fmt: skip


def region_size(code: str, geography: str) -> int | None:
    """How many areas of this geography an English region (E12000001 … E12000009) has; None where not known."""
    sizes = REGIONS.get(geography)
    number = int(code[-1]) if code[:-1] == "E1200000" and code[-1].isdigit() else 0
    return sizes[number - 1] if sizes and number else None


def name(geography: str) -> str:
    """The geography in words, for messages and legends."""
    return NAMES.get(geography, geography.replace("_", " "))


def align(codes: np.ndarray, universe: np.ndarray) -> np.ndarray:
    """Positions (n,) of `codes` (n,) in the sorted `universe` (m,); −1 where a code is not in it."""
    if not len(universe):
        return np.full(len(codes), -1)
    places = np.minimum(np.searchsorted(universe, codes), len(universe) - 1)
    return np.where(universe[places] == codes, places, -1)


def is_block(codes: np.ndarray, geography: str) -> np.ndarray:
    """Which codes (n,) are areas of this geography, not a district or nation in the same table: boolean (n,)."""
    entities = _ENTITIES.get(geography.rstrip("0123456789"))
    if entities is None:
        return np.ones(len(codes), dtype=bool)
    letters, kinds = _letters(codes), np.array([code[1:3] for code in codes.tolist()])
    return np.isin(letters, list(NATIONS)) & np.isin(kinds, entities)


def _letters(codes: np.ndarray) -> np.ndarray:
    return codes.astype("U1")


def in_nation(codes: np.ndarray, letter: str) -> np.ndarray:
    """Which codes (n,) begin with the nation's letter: boolean (n,)."""
    return _letters(codes) == letter


@dataclass(frozen=True)
class Hierarchy:
    """Which larger area of one level each block lies in.

    `parents` (blocks,) index into `codes` and `names`, −1 where unknown.
    """

    level: str
    parents: np.ndarray
    codes: np.ndarray
    names: np.ndarray

    def holding(self, blocks: np.ndarray) -> int:
        """The one area that holds all of the blocks at these positions; −1 where they lie in several or none."""
        held = np.unique(self.parents[blocks])
        return int(held[0]) if len(held) == 1 else -1

    def members(self, area: int) -> np.ndarray:
        """Positions of the blocks in an area."""
        return np.flatnonzero(self.parents == area)


def hierarchy(
    level: str, universe: np.ndarray, codes: np.ndarray, area_codes: np.ndarray, area_names: np.ndarray
) -> Hierarchy:
    """A hierarchy over the sorted `universe` (m,) from a lookup's block codes, area codes and names, each (n,)."""
    known = area_codes != ""
    distinct, first, index = np.unique(area_codes[known], return_index=True, return_inverse=True)
    places = align(codes[known], universe)
    parents = np.full(len(universe), -1)
    parents[places[places >= 0]] = index[places >= 0]
    return Hierarchy(level, parents, distinct, area_names[known][first])
