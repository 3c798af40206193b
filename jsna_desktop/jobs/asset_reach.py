"""How many assets a place has for its residents, how many of them live near one, and where need is high and reach low.

Shown beside needs, never as a score: more assets are not better health, and a list is only as full as who keeps it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jsna_desktop.areas import geography, locate
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs import access
from jsna_desktop.jobs.access_people import Residents, residents_of
from jsna_desktop.jobs.assets import Register, lying_in
from jsna_desktop.jobs.deprivation_groups import PLACE, WORDS, Ranking, group_weights, ranking
from jsna_desktop.jobs.measured_places import Choice, Places, districts
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.measures.assets import nearest, per_thousand, within_reach
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

METRES = 800.0  # ten minutes on foot
KIND, THEME, ALL = "kind", "theme", "all"
LOW = 0.5
_FARTHEST = 50_000.0


@dataclass(frozen=True)
class Ground:
    """What reach is measured on: the residents of the places chosen, by where they live, and the assets.

    `blocks` (assets,) is the position of each asset's small area in the residents' codes, −1 in none.
    """

    store: Store
    choice: Choice
    residents: Residents
    assets: Register
    blocks: np.ndarray

    @cached_property
    def edge(self) -> np.ndarray:
        """Metres (n,) from each point where residents live to the edge of what the workspace is about."""
        return access.prepare(self.store, self.residents, "straight").edge_of_home * 1000

    def held(self, at: int) -> np.ndarray:
        """Which assets (m,) lie in the place of a row."""
        return self._held[at]

    @cached_property
    def _held(self) -> list[np.ndarray]:
        chosen = self.choice.places(self.store)
        inside = lying_in(self.assets.points, chosen)
        first = len(self.residents.rows) - len(chosen)  # districts stand before the localities
        made = []
        for row in range(len(self.residents.rows)):
            place = row - first
            if place >= 0 and chosen[place].shape is not None:
                made.append(np.array([place in held for held in inside], dtype=bool))
                continue
            made.append(np.isin(self.blocks, self.residents.blocks_of(row)))
        return made


def ground(store: Store, choice: Choice, assets: Register) -> Ground:
    """UsageProblem where nobody is counted. `assets` are those that may be told of."""
    residents = residents_of(store, choice)
    people = residents.people
    outlines = Outlines.of(store, people.geography)
    blocks = np.full(len(assets.assets), -1)
    known = np.isfinite(assets.points).all(axis=1)
    if outlines is not None and known.any():
        x, y = assets.points[known].T
        place, _ = locate.blocks_of_points(x, y, outlines.shapes(np.arange(len(outlines.codes))))
        codes = np.where(place >= 0, outlines.codes[place], "")
        blocks[known] = geography.align(codes, people.codes)
    return Ground(store, choice, residents, assets, blocks)


def checked_metres(metres: float) -> float:
    if not 0 < metres <= _FARTHEST:
        raise UsageProblem("the distance is not possible", found=f"{metres:g}",
                           expected=f"metres, above 0 and up to {_FARTHEST:,.0f}")  # fmt: skip
    return float(metres)


def reach_rows(found: Ground, metres: float = METRES, by: str = ALL) -> list[dict]:
    """A row for all assets of each place, and one for each kind or theme (`by`): how many there are, for every 1,000

    residents, and the share of residents within `metres` of one, wherever it lies.

    `edge_share` is the share of residents who are near none, and nearer to the edge of what is loaded than `metres`:
    there may be one beyond it. `residents` and all that follows from them are None where nobody is counted.
    """
    metres = checked_metres(metres)
    residents, made = found.residents, []
    kinds = np.array([one.kind if by == KIND else one.theme for one in found.assets.assets])
    groups = [""] if by == ALL else ["", *sorted({kind for kind in kinds.tolist() if kind}, key=str.casefold)]
    living = np.asarray(residents.matrix.sum(axis=1)).ravel()
    points, origins = found.assets.points, residents.origins.points
    for group in groups:
        mine = np.ones(len(kinds), dtype=bool) if not group else kinds == group
        near = within_reach(origins, points[mine], metres)
        reached = residents.matrix @ near.astype(float)
        edge = residents.matrix @ (~near & (found.edge < metres)).astype(float)
        for at, row in enumerate(residents.rows):
            count, people = int((found.held(at) & mine).sum()), float(living[at])
            known = people > 0 and not row.note
            made.append((at, {
                "locality": row.locality,
                "by": by if group else ALL,
                "group": group or "all assets",
                "assets": count,
                "residents": people if known else None,
                "per_1000": float(per_thousand(np.array(count), np.array(people))) if known else None,
                "metres": metres,
                "share_within": float(reached[at]) / people if known else None,
                "edge_share": float(edge[at]) / people if known else None,
                "note": row.note or ("" if known else "not given: nobody is counted here"),
            }))  # fmt: skip
    return [row for _, row in sorted(made, key=lambda one: one[0])]


def gap_rows(
    found: Ground,
    metres: float = METRES,
    by: str | None = None,
    within: str = PLACE,
    low: float = LOW,
    groups: int = 5,
) -> tuple[list[dict], Ranking]:
    """Small areas of the places where need is high and reach is low: those of the most deprived fifth where less than

    `low` (0–1) of the residents live within `metres` of any of the assets. The largest number beyond reach first.

    Fifths are the district's own (`place`) or the nation's. `by` is an index or an indicator, as in `inequality`.
    """
    metres = checked_metres(metres)
    if not 0 < low <= 1:
        raise UsageProblem("a share is above 0 % and at most 100 %", found=f"{100 * low:g} %")
    residents, people = found.residents, found.residents.people
    rank = ranking(found.store, people.geography, people.codes, by)
    if rank.sensitive:
        raise DisclosureRefused(f"{rank.by} is sensitive, and small areas cannot be named by it")
    size = len(people.codes)
    needy = _most_deprived(found, rank, within, groups)
    block = residents.origins.block
    near = within_reach(residents.origins.points, found.assets.points, metres).astype(float)
    share = np.bincount(block, near * residents.origins.share, minlength=size)
    gap = nearest(residents.origins.points, found.assets.points)
    mean = np.bincount(block, gap * residents.origins.share, minlength=size)
    inside = _places_of_blocks(found, size)
    names = _names(found.store, people.geography)
    chosen = np.flatnonzero(needy & (inside >= 0) & (share < low) & (np.nan_to_num(people.residents) > 0))
    rows = [
        {
            "area_code": str(people.codes[at]),
            "area_name": names.get(str(people.codes[at]), ""),
            "locality": residents.rows[inside[at]].locality,
            "group": f"{rank.most} {WORDS.get(groups, 'group')}",
            "residents": float(people.residents[at]),
            "metres": metres,
            "share_within": float(share[at]),
            "beyond": float(people.residents[at] * (1 - share[at])),
            "nearest_metres": None if np.isnan(mean[at]) else float(mean[at]),
        }
        for at in chosen.tolist()
    ]
    return sorted(rows, key=lambda row: (-row["beyond"], row["area_code"])), rank


def _most_deprived(found: Ground, rank: Ranking, within: str, groups: int) -> np.ndarray:
    """Which blocks are in the first group of their district, or of the nation: boolean (blocks,)."""
    people = found.residents.people
    blocks = geography.is_block(people.codes, people.geography)
    around: Places = districts(found.store, people.geography, people.codes, blocks)
    cut = group_weights(around.matrix, rank, groups, within, blocks)
    first = np.arange(0, groups * len(around.names), groups)
    return np.asarray(cut[first].sum(axis=0)).ravel() > 0


def _places_of_blocks(found: Ground, size: int) -> np.ndarray:
    """The row (blocks,) of the place that holds most of each block's residents, the smallest place of several; −1 none.

    Of places that hold alike much, that is the locality rather than the district around it.
    """
    residents = found.residents
    living = np.asarray(residents.matrix.sum(axis=1)).ravel()
    held, best = np.zeros(size), np.full(size, -1)
    for row in np.argsort(-living, kind="stable").tolist():
        points, living_at = residents.held(row)
        own = np.bincount(residents.origins.block[points], living_at, size)
        more = (own > 0) & (own >= held - 1e-9)
        held[more], best[more] = own[more], row
    return best


def _names(store: Store, geo: str) -> dict[str, str]:
    """Code → name of the small areas, where their boundaries tell it."""
    key = catalogue.boundaries(store, geo)
    if key is None or "name" not in catalogue.column_names(store, key):
        return {}
    return dict(zip(catalogue.codes(store, key).tolist(), catalogue.column(store, key, "name").tolist(), strict=True))
