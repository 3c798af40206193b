"""The rows of `access` (contract.md): of places and groups, of services and their catchments, of blocks."""

import numpy as np

from jsna_desktop.areas import travel
from jsna_desktop.jobs.access import Access, straight
from jsna_desktop.jobs.access_people import WHOLE, Residents
from jsna_desktop.jobs.life_expectancy import number
from jsna_desktop.jobs.origins import BY_POSTCODE
from jsna_desktop.jobs.release import WITHHELD
from jsna_desktop.measures.access import beyond, gini

_NUMBERS = ("mean", "median", "p90", "residents", "unrouted_share", "edge_share", "gini")


def rows(made: Access) -> list[dict]:
    """A row for each place and group: as contract.md, with `dimension, group, edge_share, gini` beside."""
    summary, people = made.summary, made.prepared.residents
    with np.errstate(invalid="ignore", divide="ignore"):
        routed = summary.residents * (1 - summary.unrouted)
        edge = (people.matrix @ made.edge.astype(float)) / np.where(routed > 0, routed, np.nan)
    found = []
    for at, row in enumerate(people.rows):
        points, weight = people.held(at)
        found.append(
            {
                "locality": row.locality,
                "service": made.services.service,
                "by": made.prepared.mode,
                "unit": made.prepared.unit,
                "dimension": row.dimension,
                "group": row.group,
                "mean": number(summary.mean[at]),
                "median": number(summary.median[at]),
                "p90": number(summary.p90[at]),
                "within": [
                    {"limit": limit, "share": number(summary.within[at, k])} for k, limit in enumerate(made.limits)
                ],
                "residents": number(round(float(summary.residents[at]), 6)),
                "unrouted_share": number(summary.unrouted[at]),
                "edge_share": number(edge[at]),
                "gini": number(gini(made.cost[points], weight)) if row.dimension == WHOLE else None,
                "note": "; ".join(_notes(made, at, float(edge[at]))),
            }
        )
    return found


def _notes(made: Access, at: int, edge: float) -> list[str]:
    row, unrouted = made.prepared.residents.rows[at], float(made.summary.unrouted[at])
    if row.note:
        return [row.note]
    said = list(made.prepared.notes[:1]) if made.prepared.graph is None and made.prepared.notes else []
    if not np.isfinite(unrouted):
        return ["not given: nobody is known to live here"]
    if unrouted == 1:
        return [*said, "not given: no resident has a known way to a service"]
    return [*said, *left_out(unrouted), *may_be_nearer(edge)]


def left_out(unrouted: float) -> list[str]:
    """A sentence on the share of residents who are in no mean; none for nobody."""
    if not unrouted > 0:
        return []
    return [f"{per_cent(unrouted)} of residents have no known way to a service, and are left out"]


def may_be_nearer(edge: float) -> list[str]:
    """A sentence on the share of residents who may have a nearer service beyond what is loaded; none for nobody."""
    return [f"edge: may be nearer for {per_cent(edge)} of residents"] if edge > 0 else []


def per_cent(share: float) -> str:
    """4.2 %; under 0.1 % for a little, and none for nothing."""
    if share == 0:
        return "none"
    return f"{100 * share:.1f} %" if share >= 0.001 else "under 0.1 %"


def method(made: Access) -> str:
    """How the journeys were measured, in a sentence."""
    prepared = made.prepared
    kinds = set(prepared.residents.origins.by[prepared.residents.origins.home[prepared.residents.origins.block]])
    begin = "postcodes" if kinds == {BY_POSTCODE} else "postcodes and points of areas" if BY_POSTCODE in kinds else (
        "points of areas")  # fmt: skip
    how = {
        "straight": "straight lines",
        "distance": "distance by road",
        "drive": "driving time by class of road and form of way",
        "walk": "walking time",
    }
    return f"{how[prepared.mode]} to the nearest, from {begin}, weighted by residents"


def unrouted_share(made: Access) -> float | None:
    """The share of the workspace's own residents without a known way."""
    people = made.prepared.residents
    counted = np.where(people.origins.home[people.origins.block], people.counted, 0.0)
    total = counted.sum()
    return number(float(counted[~np.isfinite(made.cost)].sum() / total)) if total else None


def service_rows(made: Access, own: np.ndarray | None = None) -> list[dict]:
    """A row for each service that could be used: its catchment's residents, and their mean journey.

    Residents of the workspace's own blocks, or those (n,) that `own` has at each point, and of all that are loaded
    (`residents_around`).
    """
    people = made.prepared.residents
    home = people.origins.home[people.origins.block]
    known = made.nearest >= 0
    size = len(made.services.names)

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(made.nearest[known], values[known], minlength=size)

    counted = people.counted
    own = np.where(home, counted, 0.0) if own is None else own
    mine, around = summed(own), summed(counted)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = summed(np.where(known, own * np.nan_to_num(made.cost), 0.0)) / mine
    return [
        {
            "service": made.services.service,
            "name": str(made.services.names[at]),
            "easting": number(made.services.places[at, 0]),
            "northing": number(made.services.places[at, 1]),
            "capacity": number(made.services.capacity[at]),
            "by": made.prepared.mode,
            "unit": made.prepared.unit,
            "residents": number(mine[at]),
            "residents_around": number(around[at]),
            "mean": number(mean[at]),
        }
        for at in np.flatnonzero(made.used).tolist()
    ]


def block_means(made: Access, cost: np.ndarray | None = None) -> np.ndarray:
    """Mean journey (blocks,) of the residents of each block, for the map; NaN where none is known."""
    return means_of_blocks(made.prepared.residents, made.cost if cost is None else cost)


def means_of_blocks(people: Residents, values: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Mean (blocks,) of values (n,) over where each block's residents begin, NaN left out; NaN where none is known.

    With a `weight` (n,), of those residents alone.
    """
    known = np.isfinite(values)
    size = len(people.people.codes)
    # By share, not by residents: a block whose residents are few has a mean as good as another's.
    share = np.where(known, people.origins.share if weight is None else weight, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.bincount(people.origins.block, share * np.where(known, values, 0.0), minlength=size)
        return total / np.bincount(people.origins.block, share, minlength=size)


def block_rows(made: Access, few: int = 3, own: np.ndarray | None = None) -> list[dict]:
    """A row for each block of the workspace, the furthest first: who is beyond reach, and where they live.

    With `own`, residents (n,) at each point, for those of them alone and of the blocks that they live in.

    `beyond` counts the residents beyond each limit; `nearest` are the few services nearest to most of its residents'
    points, with the mean journey to each.
    """
    people, origins = made.prepared.residents.people, made.prepared.residents.origins
    mean, counted = means_of_blocks(made.prepared.residents, made.cost, own), made.prepared.residents.counted
    size = len(people.codes)
    known = np.isfinite(made.cost)
    living, listed = people.residents, origins.home
    if own is not None:
        living, counted = np.bincount(origins.block, own, minlength=size), own
        listed = living > 0
    far = [
        np.bincount(origins.block, np.where(beyond(made.cost, limit), counted, 0.0), minlength=size)
        for limit in made.limits
    ]
    unknown = np.bincount(origins.block, np.where(known, 0.0, counted), minlength=size)
    cost, service = nearest_few(made, few)
    order = [at for at in np.argsort(-np.nan_to_num(mean, nan=np.inf), kind="stable").tolist() if listed[at]]
    return [
        {
            "area_code": str(people.codes[at]),
            "service": made.services.service,
            "by": made.prepared.mode,
            "unit": made.prepared.unit,
            "residents": number(float(living[at])),
            "mean": number(float(mean[at])),
            "unrouted": number(float(unknown[at])),
            "beyond": [{"limit": limit, "residents": number(float(far[k][at]))} for k, limit in enumerate(made.limits)],
            "nearest": _few_of(made, cost, service, at, few),
        }
        for at in order
    ]


def nearest_few(made: Access, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Cost (n, count) and service (n, count) of the nearest few of each point, nearest first; NaN, −1 beyond them."""
    prepared = made.prepared
    if prepared.graph is None or prepared.snapped is None or made.snapped is None:
        return straight(made.services.places, prepared.residents.origins.points, count)
    return travel.nearest_few(prepared.graph, made.snapped, prepared.snapped, count)


def _few_of(made: Access, cost: np.ndarray, service: np.ndarray, block: int, count: int) -> list[dict]:
    origins = made.prepared.residents.origins
    held = slice(*np.searchsorted(origins.block, [block, block + 1]))
    costs, services, share = cost[held].ravel(), service[held].ravel(), np.repeat(origins.share[held], cost.shape[1])
    known = services >= 0
    if not known.any():
        return []
    numbers, index = np.unique(services[known], return_inverse=True)
    weight = np.bincount(index, share[known])
    mean = np.bincount(index, share[known] * costs[known]) / weight
    best = np.lexsort((mean, -np.round(weight, 9)))[:count]
    best = best[np.argsort(mean[best], kind="stable")]
    return [{"name": str(made.services.names[numbers[k]]), "mean": number(float(mean[k]))} for k in best.tolist()]


def released_access(found: list[dict], *, sensitive: bool) -> list[dict]:
    """Rows as they may leave the program: of sensitive services or residents without any of their numbers.

    Nor does their order tell of them, or how many there are: areas come by their code, and services are one row.
    """
    if not sensitive:
        return found
    bare = sorted((_bare(row) for row in found), key=lambda row: row.get("area_code", ""))
    return list({repr(row) if "name" in row else at: row for at, row in enumerate(bare)}.values())


def _bare(row: dict) -> dict:
    # Where a sensitive service is, its name may tell.
    kept = {name: None if name == "name" else _hidden(name, value) for name, value in row.items()}
    return kept | {"note": WITHHELD}


def _hidden(name: str, value: object) -> object:
    if isinstance(value, bool) or name == "limit":
        return value
    if isinstance(value, int | float):
        return None
    if isinstance(value, list):
        return [] if name == "nearest" else [
            {inner: _hidden(inner, one) for inner, one in part.items()} for part in value
        ]  # fmt: skip
    return value
