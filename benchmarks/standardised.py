"""Standardised rates of 7,000 ward-sized localities, both sexes, 19 bands: directly and indirectly, with limits.

From the events and people of 35,672 small areas (seeded, of nowhere) through the same sums and measures as a profile.
"""

import sys

import numpy as np
from scipy import sparse

from benchmarks.england import bar, seconds
from jsna_desktop.indicator import DSR, ISR, Indicator
from jsna_desktop.measures.parts import BlockValues, stack
from jsna_desktop.measures.profile import estimates
from jsna_desktop.measures.rates import BANDS

BLOCKS, PLACES = 35_672, 7_000


def main() -> bool:
    rng = np.random.default_rng(1)
    items = []
    for sex in ("female", "male"):
        people = rng.integers(5, 80, (BLOCKS, len(BANDS))).astype(float)
        events = rng.poisson(people * np.geomspace(0.001, 0.15, len(BANDS))).astype(float)
        rates = events.sum(axis=0) / people.sum(axis=0)
        about = Indicator("falls", "Falls", DSR, "2024", "lsoa2021", multiplier=1e5, sex=sex)
        items.append(BlockValues(about, {"events": events, "people": people}))
        indirect = {"numerator": events.sum(axis=1), "denominator": people @ rates}
        items.append(BlockValues(Indicator("isr", "Falls", ISR, "2024", "lsoa2021", multiplier=100.0), indirect))
    made = stack("lsoa2021", BLOCKS, items)
    rows = np.sort(rng.integers(0, PLACES, BLOCKS))
    weights = sparse.csr_array((np.ones(BLOCKS), (rows, np.arange(BLOCKS))), shape=(PLACES, BLOCKS))
    found = estimates(weights, made)
    assert np.isfinite(found.upper[:, [0, 2]]).mean() > 0.9
    took = seconds(lambda: estimates(weights, made))
    return bar(f"standardised rates of {PLACES:,} places, 2 sexes, {len(BANDS)} bands", took, 0.5, "s")


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
