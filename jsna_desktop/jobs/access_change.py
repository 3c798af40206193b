"""What if a service closed, moved or opened: who gains and who loses, at once (methods.md 6).

Closing sweeps only what was nearest to the service, opening only what the new one is nearest to (areas/travel.py).
Nothing of the workspace changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from jsna_desktop.areas import travel
from jsna_desktop.areas.travel import FAR_M, Snapped
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.access import Access, straight
from jsna_desktop.jobs.access_rows import block_means
from jsna_desktop.jobs.life_expectancy import number
from jsna_desktop.jobs.service_places import Services
from jsna_desktop.measures import access as measures
from jsna_desktop.measures.access import Journeys

# Journeys that differ by less are the same: a kilometre or a minute has 1e9 of these.
_SAME = 1e-9


@dataclass(frozen=True)
class Opened:
    """A service at a place that it is not at now: easting and northing in metres."""

    name: str
    easting: float
    northing: float


@dataclass(frozen=True)
class Change:
    """Services that close, by position in `Services`, and services that open. One that moves does both."""

    close: tuple[int, ...] = ()
    open: tuple[Opened, ...] = ()

    def moved(self, services: Services, at: int, easting: float, northing: float) -> "Change":
        """This change, and the service at a position moved."""
        here = Opened(str(services.names[at]), easting, northing)
        return replace(self, close=(*self.close, at), open=(*self.open, here))


@dataclass(frozen=True)
class Changed:
    """Journeys after a change, as `Access` has them before; `names` (s + opened,) of all services."""

    before: Access
    change: Change
    names: np.ndarray
    cost: np.ndarray
    nearest: np.ndarray
    summary: Journeys

    @property
    def blocks(self) -> np.ndarray:
        """Mean journey (blocks,) after the change, for the map."""
        return block_means(self.before, self.cost)


def changed(made: Access, change: Change) -> Changed:
    """The journeys after a change. UsageProblem for a new place that no road comes near."""
    places = np.array([[one.easting, one.northing] for one in change.open], dtype=float).reshape(-1, 2)
    names = np.concatenate([made.services.names, np.array([one.name for one in change.open], dtype=np.str_)])
    gone = np.array(sorted(set(change.close)), dtype=int)
    prepared = made.prepared
    if prepared.graph is None or prepared.snapped is None or made.snapped is None or made.reach is None:
        every = np.concatenate([made.services.places, places])
        every[gone] = np.nan
        cost, nearest = straight(every, prepared.residents.origins.points)
    else:
        new = travel.snap(prepared.graph, places)
        _on_roads(change.open, new)
        now = travel.closed(prepared.graph, made.reach, made.snapped, gone)
        for row in range(len(change.open)):
            one = new.at(np.array([row]))
            now = travel.opened(prepared.graph, now, one, len(made.services.names) + row)
        cost, nearest = now.of(prepared.snapped)
    summary = measures.journeys(cost, prepared.residents.matrix, made.limits)
    return Changed(made, change, names, cost, nearest, summary)


def check_once(made: Access, named: Sequence[int], closing: Sequence[int]) -> None:
    """UsageProblem for a service (by position) that is named twice, and for one that closes and is counted nowhere."""
    for at in named:
        if list(named).count(at) > 1:
            raise UsageProblem(f"{made.services.names[at]} is to close or to move more than once")
    for at in closing:
        if not made.used[at]:
            raise UsageProblem(
                f"{made.services.names[at]} is left out as it is: it has no place, or no road near it",
                todo="Without it nobody's journey would change",
            )


def check_places(made: Access, opened: Sequence[Opened]) -> None:
    """UsageProblem for a new place that no road comes near; any will do where journeys are straight lines."""
    if made.prepared.graph is not None and opened:
        places = np.array([[one.easting, one.northing] for one in opened], dtype=float)
        _on_roads(opened, travel.snap(made.prepared.graph, places))


def _on_roads(opened: Sequence[Opened], new: Snapped) -> None:
    for one, metres, there in zip(opened, new.metres.tolist(), new.on_roads.tolist(), strict=True):
        if not there:
            raise UsageProblem(
                f"there is no road within {FAR_M / 1000:g} km of the new place of {one.name}",
                found=f"{one.easting:,.0f} east, {one.northing:,.0f} north, {metres / 1000:,.1f} km from the nearest",
                todo="Choose a place on land, by a road",
            )


def change_rows(made: Changed) -> list[dict]:
    """A row for each place and group: before and after, and the residents who gain and lose."""
    before, after, people = made.before.summary, made.summary, made.before.prepared.residents
    gain, lose = gains(made)
    found = []
    for at, row in enumerate(people.rows):
        mean = (number(before.mean[at]), number(after.mean[at]))
        found.append(
            {
                "locality": row.locality,
                "service": made.before.services.service,
                "by": made.before.prepared.mode,
                "unit": made.before.prepared.unit,
                "dimension": row.dimension,
                "group": row.group,
                "residents": number(round(float(before.residents[at]), 6)),
                "mean_before": mean[0],
                "mean_after": mean[1],
                "difference": None if mean[0] is None or mean[1] is None else mean[1] - mean[0],
                "median_before": number(before.median[at]),
                "median_after": number(after.median[at]),
                "p90_before": number(before.p90[at]),
                "p90_after": number(after.p90[at]),
                "gain": number(float(gain[at])),
                "lose": number(float(lose[at])),
                "within": [
                    {
                        "limit": limit,
                        "before": number(before.within[at, k]),
                        "after": number(after.within[at, k]),
                    }
                    for k, limit in enumerate(made.before.limits)
                ],
                "unrouted_before": number(before.unrouted[at]),
                "unrouted_after": number(after.unrouted[at]),
                "note": row.note,
            }
        )
    return found


def gains(made: Changed) -> tuple[np.ndarray, np.ndarray]:
    """Residents (rows,) whose journey becomes shorter, and longer: a first way is a gain, the loss of any a loss."""
    matrix = made.before.prepared.residents.matrix
    nearer, further = moved(made)
    return matrix @ nearer.astype(float), matrix @ further.astype(float)


def moved(made: Changed) -> tuple[np.ndarray, np.ndarray]:
    """Which points (n,) have a shorter journey, and which a longer: a first way is shorter than none."""
    was, now = (np.where(np.isfinite(one), one, np.inf) for one in (made.before.cost, made.cost))
    return now < was - _SAME, now > was + _SAME


def named(services: Services, name: str) -> int:
    """The position of the one service of this name. UsageProblem where there is none, or several.

    Of services of sensitive data it tells neither places nor names that were not typed.
    """
    plain = [" ".join(one.split()).casefold() for one in services.names.tolist()]
    wanted = " ".join(name.split()).casefold()
    found = [at for at, one in enumerate(plain) if one == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        if services.secret[found].any():
            raise UsageProblem(f"there are several services called {name}")
        places = ", ".join(f"{x:.0f},{y:.0f}" for x, y in services.places[found].tolist())
        raise UsageProblem(f"there are {len(found)} services called {name}", found=f"at {places}")
    told = {one: str(services.names[at]) for at, one in enumerate(plain) if not services.secret[at]}
    meant = " or ".join(told[one] for one in get_close_matches(wanted, list(told), n=3, cutoff=0.5))
    raise UsageProblem(
        f"there is no {services.service} called {name}",
        todo=f"Did you mean {meant}?" if meant else "--list services gives their names" if told else "",
    )
