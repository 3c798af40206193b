"""What a published indicator is: told from its numbers where they say it, from the words of its name where not.

Fingertips and Local Health give a value with or without the count and the denominator behind it, and no column says
how one is made of the other. Where `value = multiplier · count / denominator` over the rows, counts and denominators
can be added up for any place; otherwise the value stays as it was published and is never combined from them.
"""

import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.sources.dataset import COUNT, MEAN, MODELLED, PROPORTION, RANK, RATE, SCORE

# A value that is one thing of one area, such as a life expectancy: kept and shown, never combined.
PUBLISHED = "published value"
_MULTIPLIERS = (100.0, 1000.0, 10_000.0, 100_000.0, 1.0, 1_000_000.0)
_AGREE = 0.95  # share of the rows that must be reproduced
_NEAR = 0.002  # relative difference beside the rounding: denominators are often published rounded
_RATIO = re.compile(r"\b(?:smr|sir|sar)\b|standardi[sz]ed \w+ ratio|\bratio\b", re.IGNORECASE)
# The first that fits says the kind of a value without counts.
_KINDS = (
    (re.compile(r"\brank\b", re.I), RANK),
    (re.compile(r"\bdecile\b", re.I), "decile"),
    (re.compile(r"\bquintile\b", re.I), "quintile"),
    (re.compile(r"life expectancy|\bgap\b|slope index|inequality in", re.I), PUBLISHED),
    (_RATIO, "ratio"),
    (re.compile(r"standardi[sz]ed|\bdsr\b|\badjusted\b", re.I), "dsr"),
    (re.compile(r"estimate|modelled|synthetic", re.I), MODELLED),
    (re.compile(r"\bscore\b", re.I), SCORE),
    (re.compile(r"\bmedian\b", re.I), "median"),
    (re.compile(r"%|\bpercent|\bproportion\b|\bprevalence\b|\bcoverage\b|\buptake\b", re.I), PROPORTION),
    (re.compile(r"\brate\b|\bper \d", re.I), RATE),
    (re.compile(r"\bmean\b|\baverage\b", re.I), MEAN),
)
_PER = re.compile(r"per ((?:\d{1,3}(?:,\d{3})+)|\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Making:
    """How an indicator's value is made: `counts` where count and denominator give it, `odd` (n,) rows that they do

    not give. `caveat` is for people.
    """

    kind: str
    multiplier: float
    unit: str
    counts: bool
    odd: np.ndarray
    caveat: str = ""


def making(name: str, value: np.ndarray, count: np.ndarray, denominator: np.ndarray) -> Making:
    """The making of an indicator from all its rows: `value`, `count` and `denominator` (n,), NaN where missing."""
    nothing = np.zeros(len(value), dtype=bool)
    valued = np.isfinite(value)
    whole = valued & np.isfinite(count) & np.isfinite(denominator) & (denominator > 0)
    if whole.sum() >= 0.5 * max(1, valued.sum()) and (count[whole] > 0).any():
        found = _multiplier(value, count, denominator, whole)
        if found is not None:
            multiplier, odd = found
            inside = bool((count[whole & ~odd] <= denominator[whole & ~odd]).all())
            return Making(*_with_counts(name, multiplier, inside), counts=True, odd=odd)
        kind, unit, multiplier = _by_name(name)
        if kind in (PROPORTION, RATE, MEAN, PUBLISHED):
            kind = "dsr" if kind in (RATE, PUBLISHED) else PUBLISHED
        caveat = (
            "Its count over its denominator is not the published value: it is standardised, weighted or modelled. "
            "Kept as published, for the areas it was published for."
        )
        return Making(kind, multiplier, unit, False, nothing, caveat)
    if valued.any() and not np.isfinite(denominator).any() and _is_count(value, count):
        return Making(COUNT, 1.0, "", True, nothing)
    kind, unit, multiplier = _by_name(name)
    caveat = "Published without the count and the denominator behind it; kept as published."
    return Making(kind, multiplier, unit, False, nothing, caveat)


def _is_count(value: np.ndarray, count: np.ndarray) -> bool:
    both = np.isfinite(value) & np.isfinite(count)
    return bool(both.any()) and bool((value[both] == count[both]).all())


def _multiplier(
    value: np.ndarray, count: np.ndarray, denominator: np.ndarray, whole: np.ndarray
) -> tuple[float, np.ndarray] | None:
    """(multiplier, rows (n,) it does not reproduce); None where none reproduces nearly all."""
    v, c, d = value[whole], count[whole], denominator[whole]
    slack = 0.5 * 10.0 ** -_decimals(v) * 1.001
    for multiplier in _MULTIPLIERS:
        expected = multiplier * c / d
        # A rounded value near zero agrees with anything as small: such rows do not decide.
        telling = (c == 0) | (expected > 10 * slack)
        off = np.abs(v - expected) > slack + _NEAR * np.abs(expected)
        if telling.any() and (~off[telling]).mean() >= _AGREE and (c[telling] > 0).any():
            odd = np.zeros(len(value), dtype=bool)
            odd[np.flatnonzero(whole)[off]] = True
            return multiplier, odd
    return None


def _decimals(values: np.ndarray) -> int:
    """The places behind the point that the values are published with; 9 where they are not rounded."""
    return next((k for k in range(7) if (np.abs(np.round(values, k) - values) < 1e-9).all()), 9)


def _with_counts(name: str, multiplier: float, inside: bool) -> tuple[str, float, str]:
    if multiplier == 100 and _RATIO.search(name):
        # Observed over expected events, England = 100: sums of both give the ratio of any place.
        return RATE, multiplier, "ratio (100 = as expected)"
    if multiplier == 100 and inside:
        return PROPORTION, multiplier, "%"
    return RATE, multiplier, f"per {multiplier:,.0f}"


def _by_name(name: str) -> tuple[str, str, float]:
    """(kind, unit, multiplier) by the words of the name."""
    kind = next((kind for words, kind in _KINDS if words.search(name)), PUBLISHED)
    per = _PER.search(name)
    multiplier = float(per[1].replace(",", "")) if per else 1.0
    unit = f"per {multiplier:,.0f}" if per else ""
    if kind == PROPORTION or (not unit and re.search(r"%|\bpercent", name, re.I)):
        return kind, "%", 100.0
    return kind, unit, multiplier


def polarity(better: np.ndarray, higher: np.ndarray) -> str:
    """`high good` or `low good` where the publisher's verdicts all say so, else `none`.

    `better` (n,): 1 better, −1 worse than the comparator, 0 no such verdict; `higher` (n,): the sign of the value minus
    the comparator's, 0 where unknown.
    """
    sides = (better * higher)[(better != 0) & (higher != 0)]
    if not len(sides):
        return "none"
    return "high good" if (sides > 0).all() else "low good" if (sides < 0).all() else "none"
