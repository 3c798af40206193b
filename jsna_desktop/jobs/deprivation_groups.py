"""Fifths and tenths by deprivation, or by any indicator: national ones as published, or local ones within a place.

Local groups are OHID's: the place's areas ranked and cut into groups of as equal a number of areas as can be, group 1
the most deprived (measures/quantiles.py).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.measures.quantiles import quantiles
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

EDITIONS = ("imd2025", "imd2019")
PLACE, NATIONAL = "place", "national"
WORDS = {5: "fifth", 10: "tenth"}
# Slivers of areas beyond a generalised outline are in no group.
_SLIVER = 0.01


@dataclass(frozen=True)
class Ranking:
    """How deprived each block is: `score` (blocks,), the higher the more deprived, NaN unknown.

    `decile` (blocks,) is the national one, 1 the most deprived, NaN where unknown; None where nobody publishes one.
    """

    by: str
    title: str
    score: np.ndarray
    decile: np.ndarray | None
    sensitive: bool = False

    @property
    def most(self) -> str:
        """The end that group 1 is at, in words."""
        return "most deprived" if self.by in EDITIONS else "highest"

    @property
    def least(self) -> str:
        return "least deprived" if self.by in EDITIONS else "lowest"


def ranking(store: Store, geo: str, universe: np.ndarray, by: str | None = None) -> Ranking:
    """The ranking of the blocks `universe` of one geography by an edition of the index, or by an indicator's values.

    Without `by` the latest index of these areas. An indicator with the polarity `high good` ranks its lowest values
    first. UsageProblem where it is not there for these areas.
    """
    if by is None or by in EDITIONS:
        return _index(store, geo, universe, by)
    figures = load_figures(store, [by])
    table = figures.tables.get(geo)
    places = [] if table is None else [k for k, plan in enumerate(table.stack.plans) if plan.indicator.id == by]
    if table is None or not places:
        raise UsageProblem(f"{by} is not by {geography.name(geo)}, so they cannot be ranked by it")
    latest = max(places, key=lambda k: (table.stack.plans[k].indicator.sex == "persons",
                                        table.stack.plans[k].indicator.period))  # fmt: skip
    plan = table.stack.plans[latest]
    if plan.refusal or plan.denominator < 0:
        raise UsageProblem(f"areas cannot be ranked by {by}", found=plan.refusal or "a count")
    with np.errstate(invalid="ignore", divide="ignore"):
        values = table.stack.matrix[:, plan.numerator] / table.stack.matrix[:, plan.denominator]
    values = np.where(table.published, np.nan, values)
    at = geography.align(universe, table.universe)
    score = np.where(at >= 0, values[at], np.nan)
    if plan.indicator.polarity == "high good":
        score = -score
    return Ranking(by, plan.indicator.name, score, None, by in figures.sensitive)


def _index(store: Store, geo: str, universe: np.ndarray, by: str | None) -> Ranking:
    rows = store.all(
        "SELECT key, geography, period, title, sensitive FROM dataset WHERE kind = 'deprivation' "
        "AND replaced_by IS NULL ORDER BY period DESC, rows DESC, key DESC"
    )
    elsewhere = []
    for key, own, period, title, secret in rows:
        names = set(catalogue.column_names(store, key))
        edition = f"imd{period[:4]}"
        if edition not in EDITIONS or "imd_rank" not in names or (by is not None and edition != by):
            continue
        if own != geo:
            elsewhere.append(f"{edition} is by {geography.name(own)}")
            continue
        at = geography.align(universe, catalogue.codes(store, key))
        column = catalogue.column(store, key, "imd_rank").astype(float)
        score = np.where(at >= 0, -column[at], np.nan)
        decile = None
        if "imd_decile" in names:
            published = catalogue.column(store, key, "imd_decile").astype(float)
            decile = np.where(at >= 0, published[at], np.nan)
        return Ranking(edition, title, score, decile, bool(secret))
    raise UsageProblem(
        f"there is no index of deprivation for {geography.name(geo)}" + (f": {by} is not" if by else ""),
        found="; ".join(elsewhere),
        todo="Add the Indices of Deprivation for the same areas (File 7), or name an indicator with --by",
    )


def group_weights(
    matrix: sparse.csr_array, rank: Ranking, groups: int, within: str, blocks: np.ndarray
) -> sparse.csr_array:
    """Weights (places · groups, blocks): the part of each place's `matrix` (places, blocks) that is in each group.

    A block that the place's line cuts enters its group with its weight. `blocks` marks those that count: areas of the
    geography, no larger ones. Rows are place by place, group 1 first; a row of nothing where a group is empty.
    UsageProblem for national groups of what has none.
    """
    if within == NATIONAL and rank.decile is None:
        raise UsageProblem(f"nobody publishes national groups of {rank.by}", todo="Use --within place")
    rows, columns, shares = [], [], []
    count, width = len(matrix.indptr) - 1, len(blocks)
    for place in range(count):
        start, end = matrix.indptr[place], matrix.indptr[place + 1]
        held, share = matrix.indices[start:end], matrix.data[start:end]
        kept = (share > _SLIVER) & blocks[held]
        held, share = held[kept], share[kept]
        if within == NATIONAL and rank.decile is not None:
            decile = rank.decile[held]
            group = np.where(np.isfinite(decile), np.ceil(np.nan_to_num(decile) * groups / 10), 0).astype(int)
        else:
            group = quantiles(rank.score[held], groups)
        known = group > 0
        rows.append(place * groups + group[known] - 1)
        columns.append(held[known])
        shares.append(share[known])
    parts = [np.concatenate(part) if part else np.empty(0) for part in (shares, rows, columns)]
    shape = (count * groups, width)
    return sparse.csr_array(sparse.coo_array((parts[0], (parts[1].astype(int), parts[2].astype(int))), shape=shape))


def group_name(rank: Ranking, group: int, groups: int) -> str:
    """`most deprived fifth`, `fifth 2` …, `least deprived fifth`; `group` from 1."""
    word = WORDS.get(groups, "group")
    if group == 1:
        return f"{rank.most} {word}"
    return f"{rank.least} {word}" if group == groups else f"{word} {group}"
