"""What a job hands to a pack: one locality's finished findings. A pack fetches nothing."""

from dataclasses import dataclass, field

import numpy as np

from jsna_desktop.packs.gradient_page import GradientPage
from jsna_desktop.packs.life_page import LifePage
from jsna_desktop.packs.services_page import ServicesPage
from jsna_desktop.packs.strengths import Strengths


@dataclass(frozen=True)
class Pyramid:
    """Residents by five-year age band: `ages` band labels ("0–4" … "90+"), shares of all residents 0–1.

    `male` and `female` are (bands,) or None where the estimates are not by sex; `persons` (bands,).
    The comparator's arrays have the same shapes; `comparator` is its name ("" for none).
    """

    period: str
    ages: tuple[str, ...]
    persons: np.ndarray
    male: np.ndarray | None
    female: np.ndarray | None
    comparator: str = ""
    comparator_persons: np.ndarray | None = None
    comparator_male: np.ndarray | None = None
    comparator_female: np.ndarray | None = None


@dataclass(frozen=True)
class AgeGroup:
    age: str  # "0 to 15"
    residents: float
    share: float  # 0–1
    comparator_share: float | None


@dataclass(frozen=True)
class Deciles:
    """Share of residents (0–1) by national deprivation decile, most deprived first: arrays (10,)."""

    edition: str  # "IMD 2025"
    shares: np.ndarray
    comparator: str = ""
    comparator_shares: np.ndarray | None = None


@dataclass(frozen=True)
class MapLayer:
    """Blocks to paint: `polygons` (n,) shapely geometries in EPSG:27700; `deciles` (n,) 1–10, 0 = no value."""

    polygons: np.ndarray
    deciles: np.ndarray


@dataclass(frozen=True)
class Figure:
    """A headline number: a label, the number as text, and the note under it."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Source:
    title: str
    period: str
    publisher: str
    fit: str  # "Exact", "By area", "Best fit", "Population-weighted"


@dataclass(frozen=True)
class Findings:
    """One locality's findings, already released by the disclosure gate.

    `rows` are profile rows as the command line prints them (contract.md), each with `group` added;
    `lede`, `standout`, `people_text`, `deprivation_text` are sentences that follow from the rows.
    """

    locality: str
    set: str
    publisher: str  # the workspace's name
    date: str  # "November 2026"
    made: str  # ISO date and time
    fictional: bool
    lede: str
    figures: tuple[Figure, ...]
    standout: tuple[str, ...]
    definition: tuple[tuple[str, str], ...]
    rows: tuple[dict, ...]
    comparators: tuple[str, ...]  # keys and order of the rows' comparators: "district", "england"
    comparator_names: dict[str, str]  # "district" → "Wiltshire"
    people_text: str
    deprivation_text: str
    age_groups: tuple[AgeGroup, ...] = ()
    pyramid: Pyramid | None = None
    deciles: Deciles | None = None
    outline: object | None = None  # shapely geometry of the locality, EPSG:27700
    inside: MapLayer | None = None  # blocks of the locality
    around: MapLayer | None = None  # blocks of its district
    around_name: str = ""
    life: LifePage | None = None
    gradients: GradientPage | None = None
    methods: tuple[tuple[str, str], ...] = ()  # heading, paragraph
    sources: tuple[Source, ...] = ()
    attribution: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=())
    services: ServicesPage | None = None
    strengths: Strengths | None = None
