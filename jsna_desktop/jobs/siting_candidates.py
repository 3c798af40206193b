"""Where a service could open, and whom its places are weighed by."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas import geography
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs.equity import table_of
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.located import Places as Postcodes
from jsna_desktop.jobs.measured_places import Places
from jsna_desktop.jobs.need_and_use import whole_of
from jsna_desktop.jobs.people import RESIDENTS, People
from jsna_desktop.jobs.points import names_of, places_of
from jsna_desktop.jobs.service_places import service_types
from jsna_desktop.sources.assets import KINDS
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

NEED = "need"
# As of a locality's figures: with more than this share of residents without a value there is none.
_MOST_UNKNOWN = 0.2


@dataclass(frozen=True)
class Candidates:
    """Places (m, 2) where a service could open, EPSG:27700, NaN unknown; `names` (m,); `title` what they are."""

    title: str
    names: np.ndarray
    places: np.ndarray
    postcodes: np.ndarray
    sensitive: bool


def candidates_of(store: Store, wanted: str) -> Candidates:
    """The candidates by a dataset's id, by that and a word of its rows (`assets:space`), or by a type of service.

    The word is a service's type, or an asset's kind or theme; a kind of asset alone will do. UsageProblem where there
    is no such thing.
    """
    rows = store.all(
        "SELECT key, id, kind, sensitive FROM dataset WHERE replaced_by IS NULL AND kind IN ('services', 'assets') "
        "ORDER BY key"
    )
    ids = {row[1] for row in rows}
    head, _, word = wanted.partition(":")
    other = store.all("SELECT kind FROM dataset WHERE id = ? AND replaced_by IS NULL", [head])
    if other and head not in ids:
        raise UsageProblem(f"{head} has no places where a service could open", found=other[0][0],
                           expected="a dataset of services or assets")  # fmt: skip
    if head not in ids:
        word = wanted
    found = [(key, _rows_of(store, key, word)) for key, identity, _, _ in rows if identity == head or head not in ids]
    found = [(key, mine) for key, mine in found if mine.any()]
    if not found:
        words = ", ".join([*sorted(ids), *service_types(store), *KINDS])
        raise UsageProblem(
            f"there are no candidates {wanted}",
            found=words if ids else "no services and no assets at all",
            todo="Name a dataset, a type of service, or one kind or theme of assets (assets:space)"
            if ids else "Add a table of services or assets: the halls, hubs and stops where it could open",
        )  # fmt: skip
    secret = {row[0]: bool(row[3]) for row in rows}
    return Candidates(
        wanted,
        np.concatenate([names_of(store, key)[mine] for key, mine in found]),
        np.concatenate([places_of(store, key)[mine] for key, mine in found]),
        np.concatenate([_postcodes(store, key)[mine] for key, mine in found]),
        any(secret[key] for key, _ in found),
    )


def _rows_of(store: Store, key: int, word: str) -> np.ndarray:
    names = catalogue.column_names(store, key)
    if not word:
        return np.ones(len(catalogue.codes(store, key)), dtype=bool)
    plain = [one.strip().casefold() for one in word.split(",")]
    mine = np.zeros(len(catalogue.codes(store, key)), dtype=bool)
    for name in {"service", "kind", "theme"} & set(names):
        mine |= np.isin(np.char.lower(catalogue.column(store, key, name).astype(np.str_)), plain)
    return mine


def _postcodes(store: Store, key: int) -> np.ndarray:
    if "postcode" in catalogue.column_names(store, key):
        return catalogue.column(store, key, "postcode")
    return np.full(len(catalogue.codes(store, key)), "")


def unplaced(store: Store, found: Candidates) -> list[str]:
    """Sentences on candidates without a place, with the postcode that may be meant."""
    lost = np.flatnonzero(~np.isfinite(found.places).all(axis=1))
    located, said = Postcodes(store), []
    for row in lost[:10].tolist():
        code = str(found.postcodes[row])
        meant = located.meant(code) if code else ""
        why = f"the postcode {code} is not among those that are loaded" if code else "no postcode and no coordinates"
        said.append(f"{found.names[row]} has no place, left out: {why}{f'; {meant} may be meant' if meant else ''}")
    if len(lost) > 10:
        said.append(f"{len(lost) - 10:,} more candidates have no place, and are left out")
    return said


@dataclass(frozen=True)
class Weight:
    """What each block weighs: `values` (blocks,), NaN unknown; `title` in words; `notes` on what is unknown."""

    title: str
    values: np.ndarray
    notes: tuple[str, ...]


def weight_of(store: Store, people: People, home: np.ndarray, weight: str | None) -> Weight:
    """Residents; residents in income deprivation (`need`); or the count of an indicator, by its id.

    UsageProblem for a count below zero, one unknown where more than a fifth of residents of the blocks `home` live,
    and what is no count; DisclosureRefused for a sensitive one.
    """
    if weight in (None, "residents"):
        return Weight("residents", people.residents, ())
    if weight == NEED:
        title, values = _income(store, people)
    else:
        title, values = weight, _counts(store, people, str(weight))
    known = np.isfinite(values[home])
    if (values[home][known] < 0).any():
        low = people.codes[home][known][np.argmin(values[home][known])]
        raise UsageProblem("a need is below zero", where=f"{title}, {low}", found=f"{np.nanmin(values[home]):g}")
    living = np.nan_to_num(people.residents[home])
    share = float(living[~known].sum() / living.sum()) if living.sum() else 1.0
    if share > _MOST_UNKNOWN:
        raise UsageProblem(
            f"{title} is not known where {100 * share:.0f} % of residents live", expected="at most 20 %",
            todo="Weigh by residents, or by another indicator",
        )  # fmt: skip
    if not np.nansum(values[home]) > 0:
        raise UsageProblem(f"{title} counts nobody in these areas", todo="Weigh by residents, or by another indicator")
    notes = (f"{title} is not known where {100 * share:.1f} % of residents live: they are left out",) if share else ()
    return Weight(title, values, notes)


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
        f"nothing tells who is in need: there is no index of deprivation for {geography.name(people.geography)}",
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
