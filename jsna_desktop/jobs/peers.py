"""Places like a place: the other localities of its set, or other districts, nearest first by who lives there.

(methods: Peers)
"""

import numpy as np
import shapely

from jsna_desktop.areas.geography import align
from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs.against import MOST_PEERS, Peers
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.profile import profile
from jsna_desktop.measures.benchmarking import nearest_neighbours
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

# Age structure and deprivation, the first of each line that is loaded; density comes from the outlines.
CONTEXT = (
    ("population.share_0_15",),
    ("population.share_65_plus",),
    ("imd2025.average_score", "imd2025.average_rank", "imd2019.average_score", "imd2019.average_rank"),
)


def peers(store: Store, places: list[Locality]) -> Peers:
    """Up to five peers of each place, nearest first by standardised distance over the context that is loaded.

    Without any context indicator, the first of its set by name, with no distance.
    """
    sets = list(dict.fromkeys(place.set for place in places if place.id))
    everyone = localities(store, sets) if sets else []
    context = _context(store, everyone)
    position = {place.id: at for at, place in enumerate(everyone)}
    found = []
    for place in places:
        at = position.get(place.id, -1)
        if at < 0:
            found.append(())
            continue
        alike = np.array([i for i, one in enumerate(everyone) if one.set == place.set])
        own = int(np.flatnonzero(alike == at)[0])
        if context.shape[1] and np.isfinite(context[at]).any():
            order, distance = nearest_neighbours(context[alike], own, MOST_PEERS)
        else:
            order = np.array([i for i in range(len(alike)) if i != own][:MOST_PEERS], dtype=np.int64)
            distance = np.full(len(order), np.nan)
        found.append(tuple(zip(alike[order].tolist(), distance.tolist(), strict=True)))
    return Peers(tuple(everyone), tuple(found))


def district_neighbours(store: Store, districts: list[Locality]) -> list[list[tuple[int, float]]]:
    """Statistical neighbours of each district: (position, distance) of the most alike of the others, nearest first.

    By the same context as peers, over the districts given; [] for one of which nothing is known.
    """
    context = _context(store, districts)
    found: list[list[tuple[int, float]]] = []
    for own in range(len(districts)):
        if not context.shape[1] or not np.isfinite(context[own]).any():
            found.append([])
            continue
        order, distance = nearest_neighbours(context, own, len(districts))
        # A district of another nation, which no index of this one tells of, is not alike for the rest alone.
        known = np.isfinite(context[order][:, np.isfinite(context[own])]).all(axis=1)
        chosen = np.flatnonzero(known)[:MOST_PEERS]
        found.append(list(zip(order[chosen].tolist(), distance[chosen].tolist(), strict=True)))
    return found


def _square_kilometres(store: Store, places: list[Locality]) -> np.ndarray:
    """Land (places,) by their shapes, or the outlines of their blocks; NaN where neither is known."""
    found = np.array([np.nan if place.shape is None else shapely.area(place.shape) / 1e6 for place in places])
    for geo in {place.geography for place in places if place.shape is None and place.blocks is not None}:
        outlines = Outlines.of(store, geo)
        if outlines is None:
            continue
        every = np.append(shapely.area(outlines.shapes(np.arange(len(outlines.codes)))) / 1e6, np.nan)
        for at, place in enumerate(places):
            if place.shape is None and place.geography == geo and place.blocks is not None:
                found[at] = every[align(place.blocks, outlines.codes)].sum()
    return found


def _context(store: Store, places: list[Locality]) -> np.ndarray:
    """Context (places, k), NaN where unknown: shares of ages, deprivation, residents a square kilometre (logarithm)."""
    known = {one.id for one in catalogue.indicators(store)}
    wanted = [next((one for one in line if one in known), "") for line in CONTEXT]
    wanted = [one for one in wanted if one]
    if not places:
        return np.empty((0, 0))
    figures = load_figures(store, [*wanted, *(["population.residents"] if "population.residents" in known else [])])
    made = profile(figures, places, compare_with=())
    columns: list[np.ndarray] = []
    for identity in wanted:
        if identity in figures.sensitive:
            continue
        latest, values = "", np.full(len(places), np.nan)
        for part in made.parts:
            for k, plan in enumerate(part.table.stack.plans):
                one = plan.indicator
                if one.id == identity and one.sex == "persons" and one.period > latest:
                    latest, values = one.period, part.estimates.value[:, k]
        columns.append(values)
    residents = np.array([np.nan if one.residents is None else one.residents for one in made.summaries])
    area = _square_kilometres(store, places)
    if "population.residents" not in figures.sensitive:
        with np.errstate(invalid="ignore", divide="ignore"):
            density = np.log(residents / area)
        columns.append(np.where(np.isfinite(density), density, np.nan))
    return np.stack(columns, axis=1) if columns else np.empty((len(places), 0))
