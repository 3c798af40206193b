"""Where a service could open."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.located import Places as Postcodes
from jsna_desktop.jobs.points import names_of, places_of
from jsna_desktop.jobs.service_places import service_types, unnamed
from jsna_desktop.sources.assets import KINDS
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store


@dataclass(frozen=True)
class Candidates:
    """Places (m, 2) where a service could open, EPSG:27700, NaN unknown; `names` (m,); `title` what they are.

    `secret` (m,) are those of sensitive data, which no sentence names.
    """

    title: str
    names: np.ndarray
    places: np.ndarray
    postcodes: np.ndarray
    secret: np.ndarray

    @property
    def sensitive(self) -> bool:
        """Whether any is from a sensitive dataset."""
        return bool(self.secret.any())


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
    sensitive = {row[0]: bool(row[3]) for row in rows}
    return Candidates(
        wanted,
        np.concatenate([names_of(store, key)[mine] for key, mine in found]),
        np.concatenate([places_of(store, key)[mine] for key, mine in found]),
        np.concatenate([_postcodes(store, key)[mine] for key, mine in found]),
        np.concatenate([np.full(int(mine.sum()), sensitive[key]) for key, mine in found]),
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
    without = ~np.isfinite(found.places).all(axis=1)
    lost = np.flatnonzero(without & ~found.secret)
    located, said = Postcodes(store), []
    for row in lost[:10].tolist():
        code = str(found.postcodes[row])
        meant = located.meant(code) if code else ""
        why = f"the postcode {code} is not among those that are loaded" if code else "no postcode and no coordinates"
        said.append(f"{found.names[row]} has no place, left out: {why}{f'; {meant} may be meant' if meant else ''}")
    if len(lost) > 10:
        said.append(f"{len(lost) - 10:,} more candidates have no place, and are left out")
    return said + unnamed(without & found.secret, "candidate", "no place")
