"""Which age bands of a prevalence stand for which bands of a life table."""

from dataclasses import dataclass

import numpy as np

_LAST = 200  # the open end of the last band
_WIDE = 5  # years that a band of a life table has


@dataclass(frozen=True)
class Matched:
    """For every band of the life table, in order: `parts` the positions of the ranges whose counts are added up.

    `shared` (bands,) has one number for bands that one range stands for. `wide` are the ranges of more than five years
    that do; `cut` those that lie across a band of the life table; `lacking` the bands (first, last) that none holds.
    """

    parts: tuple[tuple[int, ...], ...]
    shared: np.ndarray
    wide: tuple[int, ...]
    cut: tuple[int, ...]
    lacking: tuple[tuple[int, int], ...]


def matched(ranges: list[tuple[int, int]], starts: np.ndarray) -> Matched:
    """Match `ranges` (first, last year of age; 200 is an open end) to the life table's bands from `starts` (bands,).

    A band takes the ranges that lie within it and fill it, else the narrowest range that holds it.
    """
    lasts = [*(int(start) - 1 for start in starts[1:]), _LAST]
    parts, cut, lacking = [], set(), []
    for low, high in zip(starts.tolist(), lasts, strict=True):
        found = _filling(ranges, low, high) or _holding(ranges, low, high)
        parts.append(found)
        if not found:
            across = [at for at, (first, last) in enumerate(ranges) if first <= high and last >= low]
            cut |= set(across)
            lacking += [] if across else [(low, high)]
    keys = {part: at for at, part in enumerate(dict.fromkeys(parts))}
    wide = tuple(
        part[0]
        for part in keys
        if len(part) == 1 and parts.count(part) > 1 and ranges[part[0]][1] - ranges[part[0]][0] >= _WIDE
    )
    shared = np.array([keys[part] for part in parts])
    return Matched(tuple(parts), shared, wide, tuple(sorted(cut)), tuple(lacking))


def _filling(ranges: list[tuple[int, int]], low: int, high: int) -> tuple[int, ...]:
    """Ranges one after another from `low` to `high`, the widest that fits first; () where they leave a gap."""
    found, at = [], low
    while at <= high:
        fitting = [place for place, (first, last) in enumerate(ranges) if first == at and last <= high]
        if not fitting:
            return ()
        found.append(max(fitting, key=lambda place: ranges[place][1]))
        at = ranges[found[-1]][1] + 1
    return tuple(found)


def _holding(ranges: list[tuple[int, int]], low: int, high: int) -> tuple[int, ...]:
    holding = [place for place, (first, last) in enumerate(ranges) if first <= low and last >= high]
    return (min(holding, key=lambda place: ranges[place][1] - ranges[place][0]),) if holding else ()
