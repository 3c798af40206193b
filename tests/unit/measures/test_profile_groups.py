"""Estimates of a mixture of kinds, in one piece and in many, against plain formulas place by place."""

import numpy as np
import pytest
from scipy import sparse, stats

from jsna_desktop.indicator import COUNT, MEAN, PROPORTION, RATE, SCORE, Indicator
from jsna_desktop.measures import profile
from jsna_desktop.measures.parts import BlockValues, stack
from jsna_desktop.measures.profile import EMPTY, HOLE, OK, RANGE, REFUSED, SPARSE, estimates

BLOCKS, PLACES = 80, 300
Z = stats.norm.ppf(0.975)
# Interleaved, so that no kind's indicators follow one another.
KINDS = (PROPORTION, RATE, COUNT, MEAN, SCORE, PROPORTION, RATE, COUNT, "refused", PROPORTION)


def _indicator(place: int, kind: str) -> Indicator:
    many = {PROPORTION: 100.0, RATE: 1e5}.get(kind, 1.0)
    return Indicator(
        f"i{place}", kind, SCORE if kind == "refused" else kind, "2024", "lsoa2021", unit="deaths", multiplier=many
    )


@pytest.fixture(scope="module")
def world():
    draws = np.random.default_rng(5)
    residents = draws.integers(100, 300, BLOCKS).astype(float)
    items, columns = [], []
    for place, kind in enumerate(KINDS):
        people = draws.integers(20, 90, BLOCKS).astype(float)
        people[:10] = 0
        some = draws.binomial(people.astype(int), 0.2).astype(float)
        gone = draws.random(BLOCKS) < (0.15 if place >= 5 else 0)
        some[gone] = np.nan
        hidden = (draws.random(BLOCKS) < 0.05) if place == 9 else np.zeros(BLOCKS, bool)
        some[hidden] = np.nan
        arrays = {
            PROPORTION: {"numerator": some, "denominator": people},
            RATE: {"numerator": some, "denominator": people},
            COUNT: {"value": some},
            MEAN: {"value": draws.normal(5, 1, BLOCKS), "n": people, "sd": draws.uniform(0.5, 1, BLOCKS)},
            SCORE: {"value": some},
            "refused": {},
        }[kind]
        refusal = "not today" if kind == "refused" else ""
        items.append(BlockValues(_indicator(place, kind), arrays, hidden, residents, "residents", refusal))
        columns.append((kind, arrays, hidden))
    weights = np.where(draws.random((PLACES, BLOCKS)) < 0.06, draws.uniform(0.2, 1, (PLACES, BLOCKS)), 0.0)
    weights[:20, 10:] = 0
    weights[:20, :10] = 1
    return weights, columns, residents, stack("lsoa2021", BLOCKS, items)


def _plain(kind, arrays, hidden, residents, w):
    """(value, lower, upper, note) of one place by the formulas of the guide, one block after another."""
    nothing = (np.nan, np.nan, np.nan)
    if kind == "refused":
        return *nothing, REFUSED
    top = arrays.get("numerator", arrays.get("value"))
    held = np.flatnonzero(w)
    there = [b for b in held if np.isfinite(top[b]) or hidden[b]]
    lacking = sum(w[b] * residents[b] for b in held if b not in there)
    x = sum(w[b] * np.nan_to_num(top[b]) for b in there)
    if kind == COUNT:
        if lacking > 0.5:
            return *nothing, HOLE
        low = stats.chi2.ppf(0.025, 2 * x) / 2 if x > 0 else 0.0
        return x, low, stats.chi2.ppf(0.975, 2 * x + 2) / 2, OK
    if len(held) and lacking / sum(w[b] * residents[b] for b in held) > 0.2:
        return *nothing, SPARSE
    if kind == SCORE:
        all_people = sum(w[b] * residents[b] for b in there)
        if all_people == 0:
            return *nothing, EMPTY
        return sum(w[b] * residents[b] * top[b] for b in there) / all_people, np.nan, np.nan, OK
    n = sum(w[b] * arrays["n" if kind == MEAN else "denominator"][b] for b in there)
    if n == 0:
        return *nothing, EMPTY
    if kind == MEAN:
        each, number, spread = arrays["value"], arrays["n"], arrays["sd"]
        mean = sum(w[b] * number[b] * each[b] for b in there) / n
        squares = sum(w[b] * (max(number[b] - 1, 0) * spread[b] ** 2 + number[b] * each[b] ** 2) for b in there)
        half = stats.t.ppf(0.975, n - 1) * np.sqrt((squares - n * mean**2) / (n - 1) / n)
        return mean, mean - half, mean + half, OK
    if kind == RATE:
        low, high = _byar(x)
        return 1e5 * x / n, 1e5 * low / n, 1e5 * high / n, OK
    most = x + 7 * sum(w[b] for b in there if hidden[b])
    low, high = _wilson(x, n)[0], _wilson(min(most, n), n)[1]
    return (100 * x / n if most == x else np.nan), 100 * low, 100 * high, OK if most == x else RANGE


def _wilson(x, n):
    p = x / n
    middle, half = p + Z**2 / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return max((middle - half) / (1 + Z**2 / n), 0), min((middle + half) / (1 + Z**2 / n), 1)


def _byar(x):
    if x < 10 - 1e-9:
        return (stats.chi2.ppf(0.025, 2 * x) / 2 if x > 0 else 0.0), stats.chi2.ppf(0.975, 2 * x + 2) / 2
    y = x + 1
    return (
        x * (1 - 1 / (9 * x) - Z / (3 * np.sqrt(x))) ** 3,
        y * (1 - 1 / (9 * y) + Z / (3 * np.sqrt(y))) ** 3,
    )


@pytest.mark.parametrize("at_once", [1 << 30, 1 << 8])
def test_every_kind_is_what_its_formula_gives(world, at_once, monkeypatch):
    weights, columns, residents, made = world
    monkeypatch.setattr(profile, "_AT_ONCE", at_once)
    found = estimates(sparse.csr_array(weights), made)
    plain = np.array(
        [[_plain(kind, arrays, hidden, residents, row) for kind, arrays, hidden in columns] for row in weights]
    )
    seen = set(np.unique(found.notes))
    assert {OK, SPARSE, HOLE, EMPTY, REFUSED, RANGE} <= seen
    assert np.array_equal(found.notes, plain[:, :, 3])
    for place, name in enumerate(("value", "lower", "upper")):
        np.testing.assert_allclose(getattr(found, name), plain[:, :, place], rtol=1e-8, atol=1e-8, err_msg=name)
