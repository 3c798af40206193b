"""What the map paints: blocks at several levels of detail, and the values that colour them."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.areas.coverage import PackedPolygons, pack
from jsna_desktop.indicator import COUNT, Indicator
from jsna_desktop.jobs.outlines import BOUNDS, Outlines
from jsna_desktop.jobs.release import released_blocks
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store


@dataclass(frozen=True)
class Level:
    tolerance_m: float
    polygons: PackedPolygons


@dataclass(frozen=True)
class MapBlocks:
    """The blocks of one geography: `codes`, `names` (n,), simplified `levels`, coarsest first."""

    geography: str
    codes: np.ndarray
    names: np.ndarray
    levels: tuple[Level, ...]
    outlines: Outlines

    def detail(self, positions: np.ndarray) -> PackedPolygons:
        """The areas at these positions (m,) as published, packed in that order."""
        return pack(self.outlines.shapes(positions))


def load_blocks(store: Store, chosen: str | None = None) -> MapBlocks | None:
    """The blocks to paint: of the geography asked for, else the first of the usual ones that has boundaries."""
    for name in [chosen] if chosen else geography.BLOCKS:
        outlines = Outlines.of(store, name)
        if outlines is None:
            continue
        tolerances = [t for t in catalogue.levels(store, outlines.dataset) if t != BOUNDS]
        levels = tuple(
            Level(t, PackedPolygons(**catalogue.level(store, outlines.dataset, t))) for t in sorted(tolerances)[::-1]
        )
        names = (
            catalogue.column(store, outlines.dataset, "name")
            if "name" in catalogue.column_names(store, outlines.dataset)
            else outlines.codes
        )
        return MapBlocks(name, outlines.codes, names, levels, outlines)
    return None


def can_colour(indicator: Indicator, blocks: MapBlocks) -> bool:
    """Whether an indicator has a value for each of these blocks that says something by itself."""
    if indicator.geography != blocks.geography:
        return False
    return indicator.measure in ("", "average_score") and indicator.kind in (
        "count",
        "proportion",
        "rate",
        "mean",
        "score",
        "modelled",
    )


def colour_values(store: Store, indicator: Indicator, blocks: MapBlocks) -> tuple[np.ndarray, np.ndarray]:
    """The indicator's value for every block (n,), in its own unit, NaN where it has none; and which (n,) are hidden.

    Of sensitive data the map shows what may leave: counts to five, small ones hidden, ratios from rounded counts, and
    nothing of any other figure.
    """
    dataset = next(key for key, known in catalogue.keyed_indicators(store) if known == indicator)
    sensitive = bool(store.one("SELECT sensitive FROM dataset WHERE key = ?", [dataset])[0])
    hidden = np.zeros(len(catalogue.codes(store, dataset)), dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        if indicator.has_counts and indicator.denominator:
            top = catalogue.column(store, dataset, indicator.numerator or "")
            bottom = catalogue.column(store, dataset, indicator.denominator)
            if sensitive:
                (top, small), (bottom, few) = released_blocks(top), released_blocks(bottom)
                hidden = small | few
            values = indicator.multiplier * top / bottom
        else:
            values = catalogue.column(store, dataset, indicator.value or indicator.numerator or "")
            if sensitive and indicator.kind == COUNT:
                values, hidden = released_blocks(values)
            elif sensitive:
                values, hidden = np.full(len(values), np.nan), np.isfinite(values)
    places = geography.align(blocks.codes, catalogue.codes(store, dataset))
    found = np.where(places >= 0, values[places], np.nan)
    return np.where(np.isfinite(found), found, np.nan), np.where(places >= 0, hidden[places], False)


def fifths(values: np.ndarray, counted: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Classes (n,) 0–4 of equal numbers of blocks, −1 for none, and the six breaks.

    `counted` (n,) boolean says whose values set the breaks (a county in a national file). Where more than a fifth of
    them share the least (nobody in a flood zone, say) these are the lowest class, and the others are cut in four.
    Breaks that coincide higher up are left as they are: a class may be empty where many blocks share a value.
    """
    known = np.isfinite(values)
    basis = values[known if counted is None else known & counted]
    if not len(basis):
        return np.full(len(values), -1), np.zeros(0)
    if of_the_least(basis):
        others = basis[basis > basis.min()]
        breaks = np.append(basis.min(), np.quantile(others if len(others) else basis, np.linspace(0, 1, 5)))
    else:
        breaks = np.quantile(basis, np.linspace(0, 1, 6))
    if breaks[0] == breaks[-1]:
        return np.where(known, 0, -1), breaks
    classes = np.clip(np.searchsorted(breaks[1:-1], values, side="right"), 0, 4)
    return np.where(known, classes, -1), breaks


def of_the_least(values: np.ndarray) -> int:
    """How many blocks (n,) share the least value, where that is more than a fifth of those with one; else 0."""
    known = values[np.isfinite(values)]
    count = int((known == known.min()).sum()) if len(known) else 0
    return count if 5 * count > len(known) else 0
