"""What a service can take for those who can reach it: enhanced two-step floating catchments (methods.md 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import travel
from jsna_desktop.areas.roads import DRIVE
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.access import Prepared, off_roads
from jsna_desktop.jobs.access_people import Residents
from jsna_desktop.jobs.life_expectancy import number
from jsna_desktop.jobs.service_places import Services, capacity_problems, services_of
from jsna_desktop.measures.access import ZONE_WEIGHTS, ZONES, Floating, floating_catchment, gini
from jsna_desktop.sources.known import counted


@dataclass(frozen=True)
class Supply:
    """Floating catchments of one type of service, over the points of `prepared`; `known` (n,) those on roads."""

    prepared: Prepared
    services: Services
    found: Floating
    known: np.ndarray
    zones: tuple[tuple[float, float], ...]
    notes: tuple[str, ...]

    @property
    def sensitive(self) -> bool:
        return self.services.sensitive or self.prepared.residents.sensitive


def parse_zones(text: str | None) -> tuple[tuple[float, float], ...]:
    """`10:1,20:0.68,30:0.22` → minutes and weights; Luo and Qi's where None. UsageProblem for what is none."""
    if text is None:
        return tuple(zip(ZONES, ZONE_WEIGHTS, strict=True))
    expected = "minutes and weights, such as 10:1,20:0.68,30:0.22"
    try:
        found = tuple((float(end), float(weight)) for end, weight in (part.split(":") for part in text.split(",")))
    except ValueError as error:
        raise UsageProblem("these are no zones", found=text, expected=expected) from error
    ends, weights = zip(*found, strict=True)
    if list(ends) != sorted(set(ends)) or not 0 < ends[0] <= ends[-1] <= 240 or not all(0 < w <= 1 for w in weights):
        raise UsageProblem(
            "these are no zones", found=text, expected=f"{expected}: rising, weights above 0 and up to 1"
        )
    return found


def supply(prepared: Prepared, service: str, zones: Sequence[tuple[float, float]]) -> Supply:
    """Floating catchments of a type of service by car. UsageProblem where no service tells a capacity."""
    if prepared.graph is None or prepared.snapped is None or prepared.mode != DRIVE:
        raise UsageProblem("floating catchments are by car", todo="Use --by drive, with roads loaded")
    services = services_of(prepared.store, service)
    problems = capacity_problems(services)
    if not (services.capacity >= 0).any():
        raise UsageProblem(
            f"no service {service} tells a capacity",
            found="; ".join(problems),
            todo="Add a table of these services with a column capacity",
        )
    people = prepared.residents
    snapped = travel.snap(prepared.graph, services.places)
    ends, weights = zip(*zones, strict=True)
    ways = travel.within(prepared.graph, snapped, prepared.snapped, ends[-1] + 1e-9)  # to the end of the last zone
    found = floating_catchment(
        ways.point, ways.service, ways.cost, people.counted, services.capacity, ends, weights
    )  # fmt: skip
    notes = [*prepared.notes, *services.problems, *off_roads(prepared.graph, services, snapped), *problems]
    empty = np.isnan(found.ratio) & (services.capacity >= 0) & snapped.on_roads
    if empty.any():
        notes.append(
            f"with no resident that is loaded within {ends[-1]:g} minutes: {counted(int(empty.sum()), 'service')}"
        )
    if people.origins.home[people.origins.block].all():
        notes.append("no residents beyond the workspace's own areas are loaded: services near its edge seem less used")
    return Supply(prepared, services, found, prepared.snapped.on_roads, tuple(zones), tuple(notes))


def supply_rows(made: Supply) -> list[dict]:
    """A row for each place and group: capacity for 1,000 residents, its Gini index, and who is within no catchment."""
    people: Residents = made.prepared.residents
    rows = []
    for at, row in enumerate(people.rows):
        points, weight = people.held(at)
        known = made.known[points]
        total, routed = float(weight.sum()), float(weight[known].sum())
        value = made.found.supply[points]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.float64((value * weight)[known].sum()) / routed
            none = np.float64(weight[known & (value == 0)].sum()) / routed
            unrouted = 1 - np.float64(routed) / total
        note = row.note
        if not note and unrouted > 0:
            note = f"{100 * unrouted:.1f} % of residents are on no road, and are left out"
        rows.append(
            {
                "locality": row.locality,
                "service": made.services.service,
                "by": DRIVE,
                "dimension": row.dimension,
                "group": row.group,
                "per_1000": number(1000 * float(mean)),
                "none_share": number(float(none)),
                "gini": number(gini(value[known], weight[known])),
                "residents": number(total),
                "unrouted_share": number(float(unrouted)),
                "note": note,
            }
        )
    return rows
