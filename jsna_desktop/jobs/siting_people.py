"""Whom new places are to serve: all residents of the workspace, or those of localities; and what each weighs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs.access_people import Residents
from jsna_desktop.jobs.equity import table_of
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.measured_places import Places
from jsna_desktop.jobs.need_and_use import whole_of
from jsna_desktop.jobs.people import RESIDENTS, People
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

NEED = "need"
# As of a locality's figures: with more than this share of residents without a value there is none.
_MOST_UNKNOWN = 0.2
_FEW_NAMES = 3


@dataclass(frozen=True)
class Served:
    """Residents (n,) to be served at each point of `origins`, and their `share` (n,) of those of the point's block.

    `localities` are those they live in, none for all of the workspace's own; `notes` say which could not be made.
    """

    localities: tuple[str, ...]
    residents: np.ndarray
    share: np.ndarray
    blocks: np.ndarray
    notes: tuple[str, ...]

    @property
    def where(self) -> str:
        """Kelderford; A, B and C; 20 localities. "" for the whole workspace."""
        if len(self.localities) > _FEW_NAMES:
            return f"{len(self.localities)} localities"
        return " and ".join(part for part in (", ".join(self.localities[:-1]), *self.localities[-1:]) if part)

    def weights(self, values: np.ndarray) -> np.ndarray:
        """What each point (n,) weighs, of what each block does (blocks,): nothing where that is not known."""
        return self.share * np.nan_to_num(values[self.blocks])

    def living(self, size: int) -> np.ndarray:
        """Residents (blocks,) to be served in each block."""
        return np.bincount(self.blocks, self.residents, minlength=size)


def served(people: Residents, rows: Sequence[int] = ()) -> Served:
    """The residents of places, by the positions of their `rows`, each counted once; without any, of all at home.

    UsageProblem where none of the places could be made, or nobody lives there.
    """
    o = people.origins
    if not rows:
        share = np.where(o.home[o.block], o.share, 0.0)
        found = Served((), np.where(o.home[o.block], people.counted, 0.0), share, o.block, ())
    else:
        found = _of_localities(people, rows)
    if not found.residents.sum() > 0:
        raise UsageProblem(
            f"nobody is known to live in {found.where or 'these areas'}", found="; ".join(found.notes),
            todo="Choose other localities" if rows else "Add a population of these areas",
        )  # fmt: skip
    return found


def _of_localities(people: Residents, rows: Sequence[int]) -> Served:
    notes = tuple(f"{people.rows[at].locality}, left out: {people.rows[at].note.removeprefix('not given: ')}"
                  for at in rows if people.rows[at].note)  # fmt: skip
    made = [at for at in rows if not people.rows[at].note]
    o = people.origins
    total, most = np.zeros(len(o.block)), np.zeros(len(o.block))
    for at in made:
        points, residents = people.held(at)
        total[points] += residents
        most[points] = np.maximum(most[points], residents)
    # Who lives where two localities overlap is served once; one alone may put more at a point than all localities
    # have there together (a cut block's residents begin at its points inside).
    residents = np.minimum(total, np.maximum(most, people.counted))
    block = np.nan_to_num(people.people.residents)[o.block]
    share = np.divide(residents, block, out=np.zeros(len(block)), where=block > 0)
    names = tuple(dict.fromkeys(people.rows[at].locality for at in made or rows))
    return Served(names, residents, share, o.block, notes)


@dataclass(frozen=True)
class Weight:
    """What each block weighs: `values` (blocks,), NaN unknown; `title` in words; `notes` on what is unknown."""

    title: str
    values: np.ndarray
    notes: tuple[str, ...]


def weight_of(store: Store, people: People, whom: Served, weight: str | None) -> Weight:
    """Residents; residents in income deprivation (`need`); or the count of an indicator, by its id.

    UsageProblem for a count below zero, one unknown where more than a fifth of those to be served live, and what is no
    count; DisclosureRefused for a sensitive one.
    """
    if weight in (None, "residents"):
        return Weight("residents", people.residents, ())
    if weight == NEED:
        title, values = _income(store, people)
    else:
        title, values = weight, _counts(store, people, str(weight))
    living = whom.living(len(people.codes))
    known = np.isfinite(values)
    low = np.flatnonzero((living > 0) & known & (values < 0))
    if len(low):
        least = low[np.argmin(values[low])]
        raise UsageProblem(
            "a need is below zero", where=f"{title}, {people.codes[least]}", found=f"{values[least]:g}"
        )  # fmt: skip
    share = float(living[~known].sum() / living.sum())
    where = whom.where or "these areas"
    if share > _MOST_UNKNOWN:
        raise UsageProblem(
            f"{title} is not known where {100 * share:.0f} % of residents{_of(whom)} live", expected="at most 20 %",
            todo="Weigh by residents, or by another indicator",
        )  # fmt: skip
    if not whom.weights(values).sum() > 0:
        raise UsageProblem(f"{title} counts nobody in {where}", todo="Weigh by residents, or by another indicator")
    notes = (f"{title} is not known where {100 * share:.1f} % of residents{_of(whom)} live: they are left out",)
    return Weight(title, values, notes if share else ())


def _of(whom: Served) -> str:
    return f" of {whom.where}" if whom.where else ""


def _income(store: Store, people: People) -> tuple[str, np.ndarray]:
    rows = store.all(
        "SELECT key, period FROM dataset WHERE kind = 'deprivation' AND geography = ? AND replaced_by IS NULL "
        "AND sensitive = 0 ORDER BY period DESC, rows DESC, key DESC",
        [people.geography],
    )
    for key, period in rows:
        if "income_score" in catalogue.column_names(store, key):
            at = geography.align(people.codes, catalogue.codes(store, key))
            score = catalogue.column(store, key, "income_score").astype(float)
            return f"residents in income deprivation ({period})", np.where(
                at >= 0, score[at], np.nan
            ) * people.residents
    raise UsageProblem(
        "nothing tells who is in need: "
        f"there is no index of deprivation with scores for {geography.name(people.geography)}",
        todo="Add the Indices of Deprivation for these areas (File 7), or name an indicator: --weight ID",
    )


def _counts(store: Store, people: People, identity: str) -> np.ndarray:
    figures = load_figures(store, [RESIDENTS, identity])
    if identity in figures.sensitive:
        raise DisclosureRefused(
            f"{identity} is sensitive: which places are best would tell of it", todo="Weigh by an open indicator"
        )
    table = table_of(figures, [identity])
    if table.geography != people.geography:
        raise UsageProblem(f"{identity} is not by {geography.name(people.geography)}, as the residents are",
                           found=geography.name(table.geography))  # fmt: skip
    size = len(table.universe)
    blocks = Places(
        tuple(table.universe.tolist()), sparse.csr_array(sparse.eye_array(size)), np.zeros(size, dtype=bool), {}
    )
    values = whole_of(figures, table, blocks, identity)
    at = geography.align(people.codes, table.universe)
    return np.where(at >= 0, values[at], np.nan)
