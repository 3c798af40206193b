"""What a pack's page of getting to services is given: journeys of a place's residents, already released."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ServiceLine:
    """Journeys to the nearest service of a type: `mean`, `most` (9 in 10 residents have no longer one), `within` the
    share (0–1) of residents within the usual limit, `edge` the share who may have a nearer one beyond what is loaded,
    `district` the mean of the district.

    A value is None where it is not given, and `reason` then says why.
    """

    service: str  # gp
    name: str  # General practice
    mean: float | None
    most: float | None
    within: float | None
    edge: float | None
    district: float | None
    reason: str = ""


@dataclass(frozen=True)
class JourneyMap:
    """Small areas (n,) of a place, EPSG:27700, with the mean journey `values` (n,) of their residents, NaN unknown.

    `places` (k, 2) are the services that can be reached, wherever they are.
    """

    service: str  # general practice
    services: str  # General practices
    polygons: np.ndarray
    values: np.ndarray
    places: np.ndarray


@dataclass(frozen=True)
class ServicesPage:
    """Journeys to each type of service, nearest first, in minutes by car (`by_road`) or kilometres in a straight line.

    `fifths` are the mean journeys of groups by deprivation to each of `few` types; `usual` the limit of `within`.
    """

    sentence: str
    unit: str  # minutes or km
    by_road: bool
    usual: float
    district: str
    lines: tuple[ServiceLine, ...]
    few: tuple[str, ...] = ()
    fifths: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    map: JourneyMap | None = None
    notes: tuple[str, ...] = ()
