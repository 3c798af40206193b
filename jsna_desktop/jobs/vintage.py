"""Of which census are the areas of a table that does not say: 2011 or 2021? Told by codes that are known already."""

from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.carried import other_census
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

UNSETTLED = ("oa", "lsoa", "msoa")
WHICH = "the table does not say whether its areas are of 2011 or 2021"

# What ONS calls its outlines of 2021, and where officers find them.
PORTAL = "geoportal.statistics.gov.uk"
TITLES_2021 = {
    "oa2021": "Output Areas (December 2021) Boundaries EW BGC",
    "lsoa2021": "Lower layer Super Output Areas (December 2021) Boundaries EW BGC",
    "msoa2021": "Middle layer Super Output Areas (December 2021) Boundaries EW BGC",
}


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
    # Postcodes are codes of no area, and two million of them take seconds to sort.
    postcodes = {row[0] for row in store.all("SELECT key FROM dataset WHERE kind = 'postcodes'")}
    for key, (_, geo) in catalogue.codeset_keys(store, replaced=False).items():
        if key in postcodes:
            continue
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


def without_outlines(store: Store, readings: list[Reading]) -> list[Reading]:
    """Readings on areas of 2021 with a word on where their outlines are, where only those of 2011 are loaded."""
    fresh = {reading.dataset.geography for reading in readings if reading.dataset.kind == "boundaries"}
    return [_outlines_named(store, reading, fresh) for reading in readings]


def _outlines_named(store: Store, reading: Reading, fresh: set[str]) -> Reading:
    geo = reading.dataset.geography
    older = other_census(geo) if geo in TITLES_2021 else None
    if older is None or not reading.indicators or geo in fresh or catalogue.boundaries(store, geo) is not None:
        return reading
    if older not in fresh and catalogue.boundaries(store, older) is None:
        return reading
    message = (
        f"When this was added there were outlines of {geography.name(older)} only: areas that kept their code in 2021 "
        f"are used as they are, the others need ONS’s “{TITLES_2021[geo]}” from {PORTAL}."
    )
    return reading.with_problem(Problem(message, len(reading.codes)))


def settled(reading: Reading, geo: str) -> Reading:
    """A reading whose areas did not say their census, as areas of the geography `geo` (`lsoa2021`)."""
    stem, own = reading.dataset.geography, reading.dataset.id
    identity = own.removesuffix(stem) + geo if own.endswith(f".{stem}") else own
    dataset = replace(reading.dataset, id=identity, geography=geo)
    indicators = tuple(replace(indicator, geography=geo) for indicator in reading.indicators)
    return replace(reading, dataset=dataset, indicators=indicators)


def by_what_ships(stem: str, codes: np.ndarray) -> Vintage | None:
    """Told by the LSOAs of 2011 that ship with the program; None where these do not tell it.

    Codes that came new in 2021 are known by themselves. Where a table has none of them, but every LSOA of 2011 of its
    districts, it is of 2011: had any of these been split or merged since, it would lack it.
    """
    if stem != "lsoa":
        return None
    from jsna_desktop.jobs.reference import districts_of_2011

    own = np.unique(codes[geography.is_block(codes, stem)])
    known, districts = districts_of_2011()
    places = geography.align(own, known)
    if not len(own) or (places < 0).any():
        return None
    held = np.isin(districts, np.unique(districts[places]))
    return Vintage("lsoa2011", False) if held.sum() == len(own) else None
