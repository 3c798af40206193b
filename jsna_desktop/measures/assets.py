"""Assets of communities as numbers: names that mean one asset, assets for so many residents, who lives near one."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

_QUIET = frozenset({"the"})
_LETTERS, _AT_ONCE = 64, 100_000
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Twin:
    """Two rows that may be one asset: `first` < `second`, how like their names are (0–1), metres apart or NaN."""

    first: int
    second: int
    likeness: float
    metres: float


def plain_name(name: str) -> str:
    """A name in small letters without accents, signs and the word “the”: `The Café (new)` → `cafe new`."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    bare = re.sub("['’`]", "", bare.casefold()).replace("&", " and ")
    words = [word for word in _BETWEEN.split(bare) if word]
    return " ".join([word for word in words if word not in _QUIET] or words)


def likeness(first: str, second: str) -> float:
    """How like two names are, 0–1: the ratio of Ratcliff and Obershelp (difflib) of the plain names.

    Of the words as they stand or in the order of the alphabet, whichever is more alike.
    """
    return _likeness(_forms(first), _forms(second), 0.0)


def _forms(name: str) -> tuple[str, str]:
    plain = plain_name(name)
    return plain, " ".join(sorted(plain.split()))


def _likeness(first: tuple[str, str], second: tuple[str, str], least: float) -> float:
    best = 0.0
    for a, b in zip(first, second, strict=True):
        # Junk heuristics off: they make long names of few letters look alike or not by chance.
        match = SequenceMatcher(None, a, b, autojunk=False)
        if match.real_quick_ratio() >= least and match.quick_ratio() >= least:
            best = max(best, match.ratio())
    return best


def twins(names: Sequence[str], places: np.ndarray, metres: float, least: float) -> list[Twin]:
    """Pairs of names (n,) at least as like as `least` whose `places` (n, 2) are no further apart than `metres`.

    Two whose distance is not known, for one of them has no place, are a pair where their plain names are the same.
    The most alike come first.
    """
    from scipy.spatial import KDTree

    forms = [_forms(name) for name in names]
    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    found = []
    if len(known) > 1:
        pairs = np.sort(known[KDTree(places[known]).query_pairs(metres, output_type="ndarray")], axis=1)
        for a, b in pairs[_may_be_alike([plain for plain, _ in forms], pairs, least)].tolist():
            alike = _likeness(forms[a], forms[b], least)
            if alike >= least:
                found.append(Twin(a, b, alike, float(np.hypot(*(places[a] - places[b])))))
    same: dict[str, list[int]] = {}
    for at, (_, words) in enumerate(forms):
        same.setdefault(words, []).append(at)
    placed = set(known.tolist())
    for members in same.values():
        for i, a in enumerate(members):
            found += [Twin(a, b, 1.0, float("nan")) for b in members[i + 1 :] if not {a, b} <= placed]
    return sorted(found, key=lambda one: (-one.likeness, one.first, one.second))


def _may_be_alike(plain: Sequence[str], pairs: np.ndarray, least: float) -> np.ndarray:
    """Which pairs (k, 2) of names have letters enough in common, whatever their order: boolean (k,).

    What difflib calls the quick ratio is never below the ratio; of all pairs at once it leaves out nearly all of them.
    Letters that share a column of the counts can only add to it.
    """
    counts = np.zeros((len(plain), _LETTERS), dtype=np.int16)
    for at, name in enumerate(plain):
        np.add.at(counts[at], [ord(sign) % _LETTERS for sign in name], 1)
    length = counts.sum(axis=1)
    kept = np.empty(len(pairs), dtype=bool)
    for start in range(0, len(pairs), _AT_ONCE):
        a, b = pairs[start : start + _AT_ONCE].T
        shared = np.minimum(counts[a], counts[b]).sum(axis=1)
        kept[start : start + _AT_ONCE] = 2 * shared >= least * (length[a] + length[b]) - 1e-9
    return kept


def within_reach(points: np.ndarray, assets: np.ndarray, metres: float) -> np.ndarray:
    """Which points (n, 2) have one of the assets (m, 2) within `metres` in a straight line: boolean (n,).

    NaN on either side is nowhere: such a point is within reach of nothing.
    """
    from scipy.spatial import KDTree

    there = assets[np.isfinite(assets).all(axis=1)]
    reached = np.zeros(len(points), dtype=bool)
    known = np.isfinite(points).all(axis=1)
    if len(there) and known.any():
        # A hair's breadth more: the tree takes what lies nearer than its bound, and 800 m is within 800 m.
        gaps, _ = KDTree(there).query(points[known], distance_upper_bound=np.nextafter(metres, np.inf))
        reached[known] = np.isfinite(gaps)
    return reached


def nearest(points: np.ndarray, assets: np.ndarray) -> np.ndarray:
    """Metres (n,) in a straight line from points (n, 2) to the nearest asset (m, 2); NaN where there is none."""
    from scipy.spatial import KDTree

    there = assets[np.isfinite(assets).all(axis=1)]
    gaps = np.full(len(points), np.nan)
    known = np.isfinite(points).all(axis=1)
    if len(there) and known.any():
        gaps[known] = KDTree(there).query(points[known])[0]
    return gaps


def per_thousand(assets: np.ndarray, residents: np.ndarray) -> np.ndarray:
    """Assets (n,) for every 1,000 residents (n,); NaN where nobody lives or it is not known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(residents > 0, 1000 * assets / residents, np.nan)
