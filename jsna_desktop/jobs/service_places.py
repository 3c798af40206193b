"""The services of one type: what they are called, where they are, what they can take, and what is wrong with them."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import locate
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.located import Places
from jsna_desktop.jobs.people_inside import live_postcodes
from jsna_desktop.jobs.points import names_of, places_of
from jsna_desktop.sources.known import counted
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

_MOST_NAMED = 20
# With more unknown postcodes than these, only those of sectors that are loaded are looked at for what may be meant.
_FEW = 200
_SECTOR = 37**2  # drops the last two letters of a postcode's key


@dataclass(frozen=True)
class Services:
    """Services (s,) of one type, or of several as one.

    `names`, `places` (s, 2) EPSG:27700, NaN where unknown, `capacity` NaN where it is not told.

    `problems` are sentences on those that cannot be placed or have no sound capacity; `secret` (s,) those of sensitive
    datasets, which no sentence names; `titles` of the datasets.
    """

    service: str
    names: np.ndarray
    places: np.ndarray
    capacity: np.ndarray
    secret: np.ndarray
    titles: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def sensitive(self) -> bool:
        """Whether any is from a sensitive dataset."""
        return bool(self.secret.any())


def service_types(store: Store) -> list[str]:
    """The types of service that the workspace has, by name."""
    found: set[str] = set()
    for (key,) in store.all("SELECT key FROM dataset WHERE kind = 'services' AND replaced_by IS NULL"):
        found |= set(np.unique(catalogue.column(store, key, "service")).tolist())
    return sorted(found)


def services_of(store: Store, service: str) -> Services:
    """The services of one type, of every dataset in use, or of several as one (`gp,gp_branch`).

    UsageProblem where there are none of a type.
    """
    known = service_types(store)
    wanted = [one.strip() for one in service.split(",")]
    for one in wanted:
        if one not in known:
            raise UsageProblem(
                f"there is no service {one}",
                found=", ".join(known) or "no services at all",
                todo="Choose one of these" if known else "Add a file of services",
            )
    names, places, capacity, postcodes, secret, titles = [], [], [], [], [], []
    rows = store.all(
        "SELECT key, title, sensitive FROM dataset WHERE kind = 'services' AND replaced_by IS NULL ORDER BY key"
    )
    for key, title, sensitive in rows:
        mine = np.isin(catalogue.column(store, key, "service"), wanted)
        if not mine.any():
            continue
        own = catalogue.column_names(store, key)
        nothing = np.full(len(mine), np.nan)
        names.append(names_of(store, key)[mine])
        places.append(places_of(store, key)[mine])
        capacity.append((catalogue.column(store, key, "capacity") if "capacity" in own else nothing)[mine])
        text = catalogue.column(store, key, "postcode") if "postcode" in own else np.full(len(mine), "")
        postcodes.append(text[mine])
        titles.append(title)
        secret.append(np.full(int(mine.sum()), bool(sensitive)))
    every = [np.concatenate(part) for part in (names, places, capacity, postcodes, secret)]
    open_ones = ~every[4]
    problems = [
        *_unplaced(store, every[0][open_ones], every[1][open_ones], every[3][open_ones]),
        *unnamed(every[4] & ~np.isfinite(every[1]).all(axis=1), "service", "no place"),
        *_twins(every[0][open_ones], every[1][open_ones]),
    ]
    capacities = every[2].astype(float)
    return Services(",".join(wanted), every[0], every[1], capacities, every[4], tuple(titles), tuple(problems))


def unnamed(mine: np.ndarray, one: str, lacking: str) -> list[str]:
    """A sentence on rows (n,) of sensitive data that lack something: they are neither named nor counted."""
    return [f"some {one}s of sensitive data have {lacking}, and are left out"] if mine.any() else []


def _unplaced(store: Store, names: np.ndarray, places: np.ndarray, postcodes: np.ndarray) -> list[str]:
    """Sentences on services without a place: those near enough that their postcode should be known, by name."""
    lost = np.flatnonzero(~np.isfinite(places).all(axis=1))
    if not len(lost):
        return []
    if not live_postcodes(store)[0].size and (postcodes[lost] != "").any():
        return [f"no postcodes are loaded to place services by: {counted(len(lost), 'service')}"]
    said = []
    bare = lost[postcodes[lost] == ""]
    said += [f"{name} has no postcode and no coordinates" for name in names[bare][:_MOST_NAMED].tolist()]
    coded = lost[postcodes[lost] != ""]
    sectors = np.unique(locate.postcode_keys(live_postcodes(store)[0]) // _SECTOR)
    near = np.isin(locate.postcode_keys(postcodes[coded]) // _SECTOR, sectors)
    located, elsewhere = Places(store), 0
    for row, close in zip(coded.tolist(), near.tolist(), strict=True):
        meant = located.meant(str(postcodes[row])) if close or len(coded) <= _FEW else ""
        if not close and not meant:
            elsewhere += 1
        elif len(said) < _MOST_NAMED:
            hint = f"; {meant} may be meant" if meant else ""
            said.append(f"{names[row]}: the postcode {postcodes[row]} is not among those that are loaded{hint}")
    if elsewhere:
        said.append(f"beyond the postcodes that are loaded: {counted(elsewhere, 'service')}")
    return said


def _twins(names: np.ndarray, places: np.ndarray) -> list[str]:
    """A sentence where one service seems to be there twice, from two files."""
    keys = [
        (name.casefold(), round(x), round(y)) for name, (x, y) in zip(names.tolist(), places.tolist(), strict=True)
        if np.isfinite(x)
    ]  # fmt: skip
    again = len(keys) - len(set(keys))
    return [f"with the name and the place of another: {counted(again, 'service')}"] if again else []


def capacity_problems(services: Services) -> list[str]:
    """Sentences on capacities that are missing or below zero: these services are left out of floating catchments."""
    lacking, below = np.isnan(services.capacity), services.capacity < 0
    said = []
    for mine, why in ((lacking, "they tell no capacity"), (below, "their capacity is below zero")):
        if (named := mine & ~services.secret).any():
            said.append(f"left out, for {why}: {_listed(services.names[named])}")
    return said + unnamed((lacking | below) & services.secret, "service", "no sound capacity")


def _listed(names: np.ndarray) -> str:
    shown = ", ".join(names[:5].tolist())
    return f"{len(names):,} ({shown}{' …' if len(names) > 5 else ''})"
