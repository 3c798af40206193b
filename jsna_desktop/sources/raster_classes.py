"""Rasters whose numbers are those of classes: flood zones, bands of noise, kinds of land."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.raster_names import Names

# Mapped where they are, with nothing elsewhere.
HAZARDS = ("flood", "noise")
MEASURED = ("pm25", "pm10", "no2", "green", "population")
# Of more classes an officer's table would be a list of land, and a share of each is asked for by nobody.
MOST_SHARES = 12
_MOST_NUMBERS, _CELLS_A_NUMBER = 40, 10
# Decibels out of doors are above this, and a map of them has one by one; bands have codes, or are five apart.
_LEAST_DECIBELS, _BAND = 20, 5
_LARGEST = 65_535
# This and less is "no value" that was not marked as such.
NO_CLASS = -99
_UNKNOWN = re.compile(r"no.?data|no.?value|unknown|unclassified|missing", re.IGNORECASE)


def class_numbers(subject: str, unit: str, tiles: Iterable[np.ndarray], names: Names = ()) -> np.ndarray:
    """The numbers (k,) of the classes that a raster's cells name (its tiles, NaN for none), ascending.

    Empty for a raster that measures something. Classes are whole numbers from −98 to 65,535, at most forty, each in
    several cells, in no unit, of something not known to be measured; where the file has names of classes, whole numbers
    are enough.
    """
    nothing = np.empty(0)
    if not names and (unit or subject in MEASURED):
        return nothing
    found, size = nothing, 0
    for cells in tiles:
        known = cells[cells > NO_CLASS]
        own = _whole_numbers(known)
        if own is None:
            return nothing
        found, size = np.union1d(found, own), size + len(known)
        if len(found) > _MOST_NUMBERS and not names:
            return nothing
    if names or not len(found):
        return found
    measured = size < _CELLS_A_NUMBER * len(found) or (subject == "noise" and _decibels(found))
    return nothing if measured else found


def _whole_numbers(known: np.ndarray) -> np.ndarray | None:
    """The different numbers among values (n,); None where one is no class's."""
    if not len(known) or known.max() > _LARGEST:
        return None if len(known) else known
    whole = known.astype(np.int32)
    if not np.array_equal(whole, known):
        return None
    # A sort of all cells would take ten times as long.
    return np.flatnonzero(np.bincount(whole - NO_CLASS)) + float(NO_CLASS)


def _decibels(numbers: np.ndarray) -> bool:
    levels = numbers[numbers > 0]
    return len(levels) > 1 and levels[-1] > _LEAST_DECIBELS and bool(np.diff(levels).min() < _BAND)


@dataclass(frozen=True)
class Classes:
    """What the numbers of a raster's cells stand for.

    `numbers` (k,), ascending, are all that there are; `valued` (k,) those that say which class a cell is in, or that it
    is in none; `given` (g,) positions of those with a share of residents, by their `names` and the `words` for their
    ids. A cell without a value counts as `blank`: 0 (in none of the classes) or NaN (unknown).
    """

    numbers: np.ndarray
    valued: np.ndarray
    given: np.ndarray
    names: tuple[str, ...]
    words: tuple[str, ...]
    blank: float

    @property
    def too_many(self) -> bool:
        return len(self.given) > MOST_SHARES

    @property
    def rest(self) -> str:
        """Who is in none of the classes, in a sentence; "" where every cell is in one."""
        if self.blank == 0:
            return "Cells without a value are in none of the classes."
        outside = self.valued.copy()
        outside[self.given] = False
        return "Cells of 0 are in none of the classes." if outside.any() else ""


def classes_of(subject: str, numbers: np.ndarray, names: Names = ()) -> Classes:
    """What the class numbers (k,) of a raster of a subject stand for.

    A map of a hazard, or of one thing alone, shows where it is: there 0 means that it is not, and where no cell says 0
    a cell without a value does. In any other map 0 is a class like others, and a cell without a value is not known.
    """
    called = dict(names)
    valued = np.array([not _UNKNOWN.search(called.get(int(number), "")) for number in numbers], dtype=bool)
    one = np.count_nonzero(valued & (numbers != 0)) == 1
    shows_where = (subject in HAZARDS or one) and 0 not in called
    given = valued & ~((numbers == 0) & shows_where)
    blank = np.nan
    if shows_where and given.any() and not (numbers == 0).any():
        place, blank = int(np.searchsorted(numbers, 0)), 0.0
        numbers, valued, given = (np.insert(part, place, new) for part, new in ((numbers, 0), (valued, 1), (given, 0)))
    at = np.flatnonzero(given)
    own = [int(number) for number in numbers[at]]
    return Classes(
        numbers.astype(np.float32),
        valued,
        at,
        tuple(called.get(number, f"class {number}".replace("-", "−")) for number in own),
        _words(own, called),
        blank,
    )


def _words(numbers: list[int], called: dict[int, str]) -> tuple[str, ...]:
    """For the ids: by name, `class_3` where there is none or two have one."""
    by_name = [slug(called.get(number, "")) for number in numbers]
    by_number = [f"class_{slug(str(number))}" for number in numbers]
    return tuple(
        name if name and by_name.count(name) == 1 and name not in by_number else number
        for name, number in zip(by_name, by_number, strict=True)
    )


def said_of(classes: Classes) -> str:
    """What is made of a raster's classes, in a sentence."""
    count = len(classes.given)
    if classes.too_many:
        return (
            f"its whole numbers are taken for {count} classes; a share of residents in each is given of at most "
            f"{MOST_SHARES}, so it is shown and gives no indicator (bring classes together and add it again)"
        )
    if not count:
        return "no cell near your area is in a class, so it is shown and gives no indicator"
    numbers = f"{count} classes" if count > 1 else "one class"
    rest = classes.rest[:1].lower() + classes.rest[1:].rstrip(".")
    return (
        f"its whole numbers are taken for {numbers}: of each, the share of residents who live there, and never a mean"
        + (f"; {rest}" if rest else "")
    )
