"""Intervals against the values that OHID's PHEindicatormethods 2.1.0 gives."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jsna_desktop.measures.intervals import byar_count, wilson


@pytest.mark.parametrize(("confidence", "suffix"), [(0.95, "95_0cl"), (0.998, "99_8cl")])
def test_proportions_have_the_reference_wilson_limits(golden: Path, confidence: float, suffix: str) -> None:
    expected = pd.read_csv(golden / "proportion_expected.csv")
    lower, upper = wilson(expected.numerator, expected.denominator, confidence)
    np.testing.assert_allclose(expected.numerator / expected.denominator, expected.value, rtol=1e-9)
    # The reference computes the upper limit of a certainty as 1 to rounding.
    np.testing.assert_allclose(lower, expected[f"lower{suffix}"], rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(upper, expected[f"upper{suffix}"], rtol=1e-9)


@pytest.mark.parametrize(("confidence", "suffix"), [(0.95, "95_0cl"), (0.998, "99_8cl")])
def test_rates_have_the_reference_byar_and_exact_limits(golden: Path, confidence: float, suffix: str) -> None:
    expected = pd.read_csv(golden / "rate_expected.csv")
    lower, upper = byar_count(expected.numerator, confidence)
    scale = 100_000 / expected.denominator
    np.testing.assert_allclose(expected.numerator * scale, expected.value, rtol=1e-9)
    np.testing.assert_allclose(lower * scale, expected[f"lower{suffix}"], rtol=1e-9)
    np.testing.assert_allclose(upper * scale, expected[f"upper{suffix}"], rtol=1e-9)
    assert set(expected.method) == {"Exact", "Byars"} or {"Exact"} < set(expected.method)
