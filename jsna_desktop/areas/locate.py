"""Postcodes to places, and places to building blocks: arrays in, arrays out.

A postcode is compared as a whole number of its letters and digits, so spaces and capitals do not matter and a million
are found among two million in well under a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

# Outlines are cut at the coast and generalised to 20 m (ONS, *BGC*): a postcode on a quay may lie just outside.
EDGE = 100.0
_MOST_AT_ONCE = 200_000
_SHORTEST, _LONGEST = 5, 7
_BASE = 37
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# What is typed or scanned for one another.
_ALIKE = {"O": "0", "0": "O", "I": "1", "1": "I", "L": "1", "S": "5", "5": "S", "B": "8", "8": "B", "Z": "2", "2": "Z"}


def postcode_keys(postcodes: np.ndarray) -> np.ndarray:
    """A whole number (n,) int64 for each postcode (n,) of text; −1 for what can be none (other signs, wrong length)."""
    text = np.ascontiguousarray(postcodes)
    if text.dtype.kind != "U":
        text = text.astype(np.str_)
    width = text.dtype.itemsize // 4
    if not len(text) or not width:
        return np.full(len(text), -1, dtype=np.int64)
    signs = text.view(np.uint32).reshape(len(text), width)
    keys = np.zeros(len(text), dtype=np.int64)
    length = np.zeros(len(text), dtype=np.int8)
    wrong = np.zeros(len(text), dtype=bool)
    for column in range(width):
        if not signs[:, column].any():
            break  # every text has ended
        value = _VALUES[np.minimum(signs[:, column], len(_VALUES) - 1)]
        wrong |= value < 0
        there = value > 0
        # Nothing is added beyond the longest, so that a cell of any length cannot overflow.
        there &= length <= _LONGEST
        keys = np.where(there, keys * _BASE + value, keys)
        length += there
    return np.where(wrong | (length < _SHORTEST) | (length > _LONGEST), -1, keys)


def _values() -> np.ndarray:
    """The value of each sign by its number: 0 for a space or nothing, −1 for a sign that no postcode has."""
    table = np.full(128, -1, dtype=np.int64)
    table[[0, ord(" "), ord("\t")]] = 0
    for value, sign in enumerate(_SIGNS, start=1):
        table[ord(sign)] = table[ord(sign.lower())] = value
    return table


_VALUES = _values()


@dataclass(frozen=True)
class Postcodes:
    """Known postcodes: their `keys` (m,) sorted, and the place of each in the dataset that they came from."""

    keys: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, postcodes: np.ndarray) -> "Postcodes":
        """Of postcodes (m,) in any order and spelling; what is no postcode is left out."""
        keys = postcode_keys(postcodes)
        order = np.argsort(keys, kind="stable")
        order = order[np.searchsorted(keys[order], 0) :]
        return cls(keys[order], order)

    def positions(self, keys: np.ndarray) -> np.ndarray:
        """Where each key (n,) of `postcode_keys` is in the dataset: (n,), −1 where it is not known."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        # In order, each search begins where the last one ended: eight times as fast as at random.
        order = np.argsort(keys)
        found = np.empty(len(keys), dtype=np.int64)
        found[order] = np.minimum(np.searchsorted(self.keys, keys[order]), len(self.keys) - 1)
        return np.where(self.keys[found] == keys, self.places[found], -1)


def nearest_spelling(postcode: str, known: Sequence[Postcodes]) -> str:
    """The one known postcode that may be meant: signs that look alike exchanged, or one sign missing or too many.

    "" where there is none, or several alike.
    """
    packed = "".join(postcode.upper().split())
    if not packed.isalnum() or not packed.isascii() or not _SHORTEST - 1 <= len(packed) <= _LONGEST + 1:
        return ""
    for candidates in (_exchanged(packed), _one_less(packed) | _one_more(packed)):
        tried = sorted(candidates - {packed})
        if not tried:
            continue
        keys = postcode_keys(np.array(tried))
        hit = np.any([part.positions(keys) >= 0 for part in known], axis=0) if known else np.zeros(len(tried), bool)
        meant = [text for text, is_known in zip(tried, hit, strict=True) if is_known]
        if meant:
            return f"{meant[0][:-3]} {meant[0][-3:]}" if len(meant) == 1 else ""
    return ""


def _exchanged(packed: str) -> set[str]:
    """Every spelling with any of the signs that have a double exchanged for it."""
    made = {""}
    for sign in packed:
        made = {start + end for start in made for end in {sign, _ALIKE.get(sign, sign)}}
    return made


def _one_more(packed: str) -> set[str]:
    return {packed[:place] + sign + packed[place:] for place in range(len(packed) + 1) for sign in _SIGNS}


def _one_less(packed: str) -> set[str]:
    return {packed[:place] + packed[place + 1 :] for place in range(len(packed))}


def blocks_of_points(
    easting: np.ndarray, northing: np.ndarray, shapes: np.ndarray, edge: float = EDGE
) -> tuple[np.ndarray, np.ndarray]:
    """Which block each point lies in: (positions (n,) among the shapes (m,), −1 in none; which (n,) only lie near it).

    Metres, EPSG:27700. A point on a line that two blocks share goes to the earlier one; a point in none goes to the
    nearest within `edge` metres. NaN coordinates lie nowhere.
    """
    positions = np.full(len(easting), -1)
    near = np.zeros(len(easting), dtype=bool)
    placed = np.flatnonzero(np.isfinite(easting) & np.isfinite(northing))
    if not len(shapes):
        return positions, near
    blocks = shapely.STRtree(shapes)
    for start in range(0, len(placed), _MOST_AT_ONCE):
        part = placed[start : start + _MOST_AT_ONCE]
        points = np.asarray(shapely.points(easting[part], northing[part]))
        # The tree holds the points: each outline is prepared once, however many points lie in it.
        block, point = shapely.STRtree(points).query(shapes, predicate="intersects")
        inside = np.full(len(part), len(shapes))
        np.minimum.at(inside, point, block)
        lost = np.flatnonzero(inside == len(shapes))
        if len(lost) and edge > 0:
            which, nearest = blocks.query_nearest(points[lost], max_distance=edge, all_matches=False)
            inside[lost[which]] = nearest
            near[part[lost[which]]] = True
        positions[part] = np.where(inside < len(shapes), inside, -1)
    return positions, near
