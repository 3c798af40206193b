"""The pack's pages of inequality: indicators over the fifths of each district, made once for a batch of places.

The figures are those that the batch's profile is made from. Every row passes the gate of gradients
(jobs/release_groups.py), which keeps what leaves of sensitive counts in the ledger; only the indicators that are shown
pass it.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import DSR, PROPORTION, RATE
from jsna_desktop.jobs import gradient_page_words, inequality
from jsna_desktop.jobs.deprivation_groups import Ranking, ranking
from jsna_desktop.jobs.figures import Figures
from jsna_desktop.jobs.inequality import Groups, blocks_of, in_groups, life_in_groups
from jsna_desktop.jobs.life_page import LifePages
from jsna_desktop.jobs.measured_places import Places, districts
from jsna_desktop.jobs.profile import Part, Profile
from jsna_desktop.jobs.profile_rows import ending
from jsna_desktop.jobs.release_groups import released_groups
from jsna_desktop.measures.standout import table_of
from jsna_desktop.packs.gradient_page import Gradient, GradientPage, Pair

MOST_SHOWN = 4
FEWEST_AREAS = 10  # of a place: two in each of its own fifths
_KINDS = (PROPORTION, RATE, DSR)  # what has limits from counts; indirectly standardised groups cannot be compared
_SLIVER = 0.01
# What deprivation is measured by has a gradient over it by its making.
_CIRCULAR = ("imd", "iod", "published.", "population.", "census2021.deprivation_dimensions")
_METHOD = (
    "Slope and relative index",
    "Small areas are ranked by {title} and cut into fifths of as equal a number as can be; a fifth’s value is made "
    "from its areas’ counts. A line is fitted over the five, weighted by people, on the share of people who are more "
    "deprived. The slope index is its least less its most deprived end, the relative index the least deprived end as "
    "a multiple of the most deprived; their 95% limits are by simulation (of life expectancy exact, and Fieller’s). A "
    "gradient is clear where the limits of the relative index leave out 1. Of indicators with counts, and of which "
    "high or low is better, those whose limits are furthest from 1 are shown, one of a table; what deprivation itself "
    "is measured by, and scores without limits, are left out. A place of fewer than ten areas has no fifths of its "
    "own.",
)


@dataclass
class _Ranked:
    """One geography that can be cut by deprivation: its part of the profile, its districts that hold places."""

    part: Part
    rank: Ranking
    districts: Places
    of: list[int]  # the district of each place, −1 where it holds none of the areas
    own: Places  # the places that are large enough
    row: dict[int, int]  # place → its row in `own`
    plans: list[int]
    released: dict[tuple[str, int], list[dict]] = field(default_factory=dict)


class GradientPages:
    """The pages of a batch of places, whose profile is `made`."""

    def __init__(self, figures: Figures, made: Profile, life: LifePages) -> None:
        self.figures, self.life = figures, life
        self.names = tuple(place.name for place in made.localities)
        self.ranked = [one for part in made.parts if (one := _ranked(figures, made, part)) is not None]
        self._around: dict[str, tuple[str, list[tuple[_Ranked, int, Gradient]]]] = {}
        self._life: dict[str, list[Gradient]] = {}

    def page(self, at: int) -> GradientPage | None:
        """The page of a place, by its position in the batch; None where no gradient can be made."""
        district = self._district(at)
        if not district:
            return None
        said, chosen = self._chosen(district)
        shown = tuple(Pair(gradient, self._own(one, k, at)) for one, k, gradient in chosen)
        lives = self._life_pairs(at)
        if not shown and not lives:
            return None
        own = [pair.own.row for pair in (*lives, *shown) if pair.own is not None]
        finding = f"{said} {gradient_page_words.own_finding(self.names[at], own)}".strip()
        ranks = [one.rank for one in self.ranked] or [ground.rank for ground in self.life.grounds]
        title = next(rank.title for rank in ranks if rank is not None)
        return GradientPage(finding, district, lives, shown, ((_METHOD[0], _METHOD[1].format(title=title)),))

    def _district(self, at: int) -> str:
        for one in self.ranked:
            if one.of[at] >= 0:
                return one.districts.names[one.of[at]]
        return self.life.grounds[at].district.names[0] if self.life.grounds else ""

    def _chosen(self, district: str) -> tuple[str, list[tuple[_Ranked, int, Gradient]]]:
        """(what is said of all that can be judged, the clearest gradients of a district), made once."""
        if district not in self._around:
            self._around[district] = self._choose(district)
        return self._around[district]

    def _choose(self, district: str) -> tuple[str, list[tuple[_Ranked, int, Gradient]]]:
        found: list[tuple[_Ranked, int, dict]] = []
        for one in self.ranked:
            if district in one.districts.names:
                at = one.districts.names.index(district)
                made = self._groups(one, one.districts.only([at]), one.plans)
                rows = inequality.rows(made)
                found += [(one, k, row) for k, row in zip(one.plans, rows, strict=True) if row["rii_lower"] is not None]
        kept: dict[str, tuple[_Ranked, int, dict]] = {}
        for entry in sorted(found, key=lambda entry: -_clearness(entry[2])):
            kept.setdefault(table_of(entry[2]), entry)
        judged, chosen, every = [], [], True
        for one, k, row in kept.values():
            about = one.part.table.stack.plans[k].indicator
            secret = about.id in self.figures.sensitive
            if secret and len(chosen) == MOST_SHOWN:
                every = False  # what does not pass the gate is not told of either
                continue
            shown = self._released(one, k, "around")[one.districts.names.index(district)] if secret else row
            if shown["sii_lower"] is None:
                continue
            judged.append((shown, about.polarity))
            if len(chosen) < MOST_SHOWN:
                chosen.append((one, k, _gradient(shown, district, rounded=secret)))
        return gradient_page_words.finding(district, judged, every=every), chosen

    def _own(self, one: _Ranked, k: int, at: int) -> Gradient | None:
        """The gradient within the place itself; None where it is too small to be cut."""
        if at not in one.row:
            return None
        secret = one.part.table.stack.plans[k].indicator.id in self.figures.sensitive
        return _gradient(self._released(one, k, "own")[one.row[at]], self.names[at], rounded=secret)

    def _released(self, one: _Ranked, k: int, what: str) -> list[dict]:
        """Rows of every district, or of every place, for one plan: past the gate, once for the batch."""
        if (what, k) not in one.released:
            places = one.own if what == "own" else one.districts
            made = self._groups(one, places, [k])
            one.released[what, k] = released_groups(self.figures.store, made, self.figures, one.part.table)
        return one.released[what, k]

    def _groups(self, one: _Ranked, places: Places, plans: list[int]) -> Groups:
        return in_groups(self.figures, one.part.table, places, one.rank, plans)

    def _life_pairs(self, at: int) -> tuple[Pair, ...]:
        """Life expectancy of each sex, where deaths are known and can be cut."""
        ground = self.life.grounds[at] if self.life.grounds else None
        if ground is None or ground.rank is None or ground.place is None or not ground.place.matrix.nnz:
            return ()
        district = ground.district.names[0]
        if district not in self._life:
            self._life[district] = self._life_rows(ground.district, ground.rank)
        large = _areas(ground.place.matrix, ground.data.blocks & np.isfinite(ground.rank.score))[0] >= FEWEST_AREAS
        own = self._life_rows(ground.place, ground.rank) if large else [None] * len(self._life[district])
        pairs = zip(self._life[district], own, strict=True)
        return tuple(Pair(around, mine) for around, mine in pairs if around.row["sii"] is not None)

    def _life_rows(self, places: Places, rank: Ranking) -> list[Gradient]:
        data = self.life.data
        assert data is not None
        found = []
        for sex in self.life.sexes:
            made = life_in_groups(data, places, rank, sex=sex)
            secret = any(values.sensitive for values in made.values)
            row = released_groups(self.figures.store, made, None, None)[0]
            found.append(_gradient(row, places.names[0], rounded=secret))
        return found


def _gradient(row: dict, where: str, *, rounded: bool) -> Gradient:
    return Gradient(where, row, gradient_page_words.sentence(row, where, rounded=rounded))


def _clearness(row: dict) -> float:
    """How far the nearer limit of the relative index is from 1, as a logarithm; below zero where 1 lies between."""
    low, high = (math.log(row[name]) for name in ("rii_lower", "rii_upper"))
    return max(low, -high)


def _ranked(figures: Figures, made: Profile, part: Part) -> _Ranked | None:
    table = part.table
    if table.geography not in geography.BLOCKS:
        return None
    plans = _plans(made, part)
    try:
        rank = ranking(figures.store, table.geography, table.universe) if plans else None
    except UsageProblem:  # no index for these areas: they have no fifths
        rank = None
    if rank is None:
        return None
    blocks = blocks_of(table)
    every = districts(figures.store, table.geography, table.universe, blocks)
    matrix = part.weights.matrix
    held = sparse.csr_array(matrix @ every.matrix.T).toarray()
    of = np.where(held.sum(axis=1) > 0, held.argmax(axis=1), -1)
    used = np.unique(of[of >= 0])
    row_of = {int(area): row for row, area in enumerate(used)}
    areas = _areas(matrix, blocks & np.isfinite(rank.score))
    lost = set(part.weights.unmade) | set(part.weights.lost)
    large = [at for at in range(len(of)) if areas[at] >= FEWEST_AREAS and at not in lost]
    own = Places(tuple(made.localities[at].name for at in large), matrix[large], np.zeros(len(large), bool), {})
    return _Ranked(
        part, rank, every.only(used.tolist()), [row_of.get(int(area), -1) for area in of], own,
        {at: row for row, at in enumerate(large)}, plans,
    )  # fmt: skip


def _areas(matrix: sparse.csr_array, blocks: np.ndarray) -> np.ndarray:
    """How many areas (places,) of those in `blocks` each place holds."""
    held = matrix.copy()
    held.data = (held.data > _SLIVER).astype(float)
    return held @ blocks.astype(float)


def _plans(made: Profile, part: Part) -> list[int]:
    """The plans that a gradient may be shown of: the latest of each indicator, of persons where there are any."""
    detail = made.told[made.parts.index(part)].detail
    best: dict[str, tuple[tuple, int]] = {}
    for k, plan in enumerate(part.table.stack.plans):
        about = plan.indicator
        fit = about.kind in _KINDS and about.polarity in ("low good", "high good") and not plan.refusal
        if not fit or detail[k] or about.id.startswith(_CIRCULAR):
            continue
        order = (about.sex == "persons", ending(about.period))
        if about.id not in best or order > best[about.id][0]:
            best[about.id] = (order, k)
    return [k for _, k in best.values()]
