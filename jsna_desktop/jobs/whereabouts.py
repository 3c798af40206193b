"""Where places lie and how large they are, in sentences: area, residents, districts, parts where nobody is counted."""

from dataclasses import replace

import numpy as np
import shapely

from jsna_desktop.areas import geography, shapes
from jsna_desktop.areas.locality import SELECTION, Locality
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.people import People, told
from jsna_desktop.workspace.store import Store

DISTRICT = "district"
_LEAST_HECTARES, _LEAST_SHARE = 1.0, 0.001


def block_geography(store: Store) -> str | None:
    """The blocks that selections are made of: LSOAs of 2021, of 2011, output areas …, whose boundaries are loaded."""
    return next((name for name in geography.BLOCKS if Outlines.of(store, name) is not None), None)


def described(store: Store, places: list[Locality]) -> list[str]:
    """A few sentences on each place: area and residents, several districts, parts where nobody is counted."""
    people = People.of(store)
    people = None if people is None or people.sensitive else people
    fresh = [replace(place, id=0) for place in places]
    weights = people.weights(fresh) if people is not None and places else None
    living = people.counted(weights) if people is not None and weights is not None else None
    said = []
    for number, place in enumerate(places):
        parts = [shapes.hectares(float(shapely.area(place.shape)))] if place.shape is not None else []
        parts += [told(float(living[number]))] if living is not None else []
        said += [f"{place.name}: {', '.join(parts)}."] if parts else []
        if people is not None and weights is not None:
            said += _districts(place, people, weights.matrix[[number]])
        said += outside(store, place)
    return said


def _districts(place: Locality, people: People, row) -> list[str]:
    """A sentence where the place lies in more than one district."""
    level = people.hierarchies.get(DISTRICT)
    if level is None:
        return []
    inside = level.parents[row.indices]
    residents = row.data * np.nan_to_num(people.residents[row.indices])
    total = residents.sum()
    shares = np.bincount(inside[inside >= 0], residents[inside >= 0], len(level.codes)) / max(total, 1e-12)
    several = [int(area) for area in np.argsort(-shares) if shares[area] >= _LEAST_SHARE]
    if len(several) < 2:
        return []
    listed = ", ".join(f"{level.names[area]} ({100 * shares[area]:.1f} % of residents)" for area in several)
    return [f"{place.name} lies in {len(several)} districts: {listed}."]


def outside(store: Store, place: Locality) -> list[str]:
    """A sentence where more than a hectare of a drawn place lies outside the boundaries that are loaded."""
    blocks_of = block_geography(store)
    if place.kind == SELECTION or place.shape is None or blocks_of is None:
        return []
    outlines = Outlines.of(store, blocks_of)
    assert outlines is not None
    near = outlines.touching(place.shape)
    beyond = shapely.difference(place.shape, outlines.union(near)) if len(near) else place.shape
    area = float(shapely.area(beyond))
    if area < _LEAST_HECTARES * shapes.HECTARE:
        return []
    share = 100 * area / float(shapely.area(place.shape))
    return [
        f"{shapes.hectares(area)} of {place.name} ({share:.1f} %) lie outside the boundaries of "
        f"{geography.name(blocks_of)} that are loaded, where nobody is counted."
    ]
