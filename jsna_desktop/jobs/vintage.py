"""Of which census are the areas of a table that does not say: 2011 or 2021? Told by codes that are known already."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

UNSETTLED = ("oa", "lsoa", "msoa")
WHICH = "the table does not say whether its areas are of 2011 or 2021"


@dataclass(frozen=True)
class Vintage:
    """`geography` is the one that most of the codes belong to; `tie` where both censuses fit alike."""

    geography: str
    tie: bool


def possible(said: str | None) -> None:
    """UsageProblem for a geography that there is not."""
    if said and said not in geography.NAMES:
        known = ", ".join(name for name in geography.NAMES if name)
        raise UsageProblem(f"there is no geography “{said}”", expected=f"one of {known}")


def known_codes(store: Store) -> dict[str, np.ndarray]:
    """Sorted codes that any dataset of the workspace has, by geography."""
    known: dict[str, np.ndarray] = {}
    for key, (_, geo) in catalogue.codeset_keys(store).items():
        known[geo] = np.union1d(known.get(geo, np.empty(0, "U1")), catalogue.codes(store, key))
    return known


def vintage_of(stem: str, codes: np.ndarray, known: dict[str, np.ndarray]) -> Vintage | None:
    """The vintage of `codes` (n,) of the level `stem` (`lsoa`); None where nothing known tells it."""
    own = codes[geography.is_block(codes, stem)]
    shares = {
        geo: float((geography.align(own, known[geo]) >= 0).mean())
        for geo in (f"{stem}2021", f"{stem}2011")
        if geo in known and len(own)
    }
    if not shares:
        return None
    best = max(shares, key=lambda geo: (shares[geo], geo))
    return Vintage(best, len(shares) == 2 and len(set(shares.values())) == 1)
