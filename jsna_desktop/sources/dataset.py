"""What a reader hands back: a dataset, its indicators, and their columns as arrays."""

from dataclasses import dataclass, field, replace

import numpy as np

from jsna_desktop.errors import shown
from jsna_desktop.indicator import (  # noqa: F401 - readers speak of datasets and indicators in one breath
    COUNT,
    INDEX,
    MEAN,
    MODELLED,
    PROPORTION,
    RANK,
    RATE,
    REFUSED_KINDS,
    SCORE,
    Indicator,
)

MAX_EXAMPLES = 20
_LONGEST_EXAMPLE = 300


@dataclass(frozen=True)
class Problem:
    """Something a reader met and worked round, in the officer's words.

    `message` is one sentence; `rows` how many rows it concerns, 0 where nothing is amiss and it is only to be known;
    `examples` up to 20 lines such as
    `row 14: E01000001: '*'`.
    """

    message: str
    rows: int = 1
    examples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", shown(self.message))
        object.__setattr__(self, "examples", tuple(shown(text, _LONGEST_EXAMPLE) for text in self.examples))


@dataclass(frozen=True)
class Lookup:
    """Columns of a dataset that place each of its areas in a larger one.

    `level` is `district`, `region`, `msoa2021`, `ward` …; `codes` and `names` are column names
    (`names` may be empty).
    """

    level: str
    codes: str
    names: str = ""


@dataclass(frozen=True)
class Dataset:
    """What is known of a file that was added: where it is from, what it covers, what was wrong."""

    id: str
    title: str
    kind: str  # boundaries, centroids, lookup, deprivation, population, indicator, services, postcodes
    geography: str  # lsoa2011, lsoa2021, oa2021, msoa2021, ward, district … or "" where none
    period: str
    source: str
    licence: str
    attribution: str
    filename: str
    reason: str  # why it was recognised as this: "LSOA 2021 boundaries: 307 features, column LSOA21CD"
    rows: int = 0
    retrieved: str = ""  # ISO date of the file
    checksum: str = ""  # SHA-256 of the file
    sensitive: bool = False
    fictional: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A raster in tiles of `tile` × `tile` cells, so that a window of it can be read alone.

    `transform` is (a, b, c, d, e, f): x = a·column + b·row + c, y = d·column + e·row + f, in EPSG:27700 metres, of the
    upper left corner of a cell; `shape` (rows, columns). `tiles` maps (row, column) of a tile to its cells, an array
    (≤ tile, ≤ tile) or (≤ tile, ≤ tile, 3) for a picture; NaN where there is no value. A tile of nothing is left out.
    `names` are those of classes, (number, name), where the file has any.
    """

    transform: tuple[float, float, float, float, float, float]
    shape: tuple[int, int]
    tile: int
    unit: str
    tiles: dict[tuple[int, int], np.ndarray]
    names: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """A validated table.

    `codes` (n,) unique area codes as text, in the file's order (service or postcode codes for
    point datasets); `names` (n,) or None; each column (n,) or (n, k) float64, int or text; missing
    values are NaN. `withheld` names for a numeric column the boolean (n,) array of cells that the publisher
    suppressed (a kind of missing that is known to be low). `geometry` (n,) WKB bytes in EPSG:27700,
    or None. `labels` name the k columns of a two-dimensional column. `tables` are long tables beside the areas, each
    with columns (m,) of one length of its own, kept in their order and with their own number type: deaths by area,
    sex, age, year and cause; the links of a road graph. `grid` is a raster.
    """

    dataset: Dataset
    codes: np.ndarray
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    names: np.ndarray | None = None
    indicators: tuple[Indicator, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    withheld: dict[str, np.ndarray] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    geometry: np.ndarray | None = None
    tables: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    grid: Grid | None = None

    def with_problem(self, problem: Problem) -> "Reading":
        return replace(self, dataset=replace(self.dataset, problems=(*self.dataset.problems, problem)))
