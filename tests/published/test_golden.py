"""Intervals against the values that OHID's PHEindicatormethods 2.1.0 gives."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jsna_desktop.measures.benchmarking import proportion_funnel, proportion_verdict
from jsna_desktop.measures.inequality import gradient
from jsna_desktop.measures.intervals import byar_count, wilson
from jsna_desktop.measures.life_expectancy import life_table
from jsna_desktop.measures.rates import (
    EUROPEAN_2013,
    directly_standardised,
    indirectly_standardised,
    reference_rate,
)


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


def _grid(frame: pd.DataFrame, column: str, bands: int) -> np.ndarray:
    return frame[column].to_numpy(float).reshape(-1, bands)


def test_directly_standardised_rates_have_the_reference_dobson_limits(golden: Path) -> None:
    given, expected = pd.read_csv(golden / "dsr_input.csv"), pd.read_csv(golden / "dsr_expected.csv")
    np.testing.assert_array_equal(given.standard.to_numpy()[:19], EUROPEAN_2013)
    assert given.area.to_numpy()[::19].tolist() == expected.area.tolist()
    found = directly_standardised(_grid(given, "events", 19), _grid(given, "population", 19))
    for ours, theirs in ((found.value, "value"), (found.lower, "lowercl"), (found.upper, "uppercl")):
        np.testing.assert_allclose(ours, expected[theirs], rtol=1e-9)
    assert 0 < expected.value.isna().sum() < len(expected)


def test_indirectly_standardised_ratios_and_rates_are_the_references(golden: Path) -> None:
    given, reference = pd.read_csv(golden / "dsr_input.csv"), pd.read_csv(golden / "isr_reference.csv")
    events, people = reference.events.to_numpy(float), reference.population.to_numpy(float)
    for name, multiplier in (
        ("isratio_expected.csv", 1.0),
        ("israte_expected.csv", 100_000 * reference_rate(events, people)),
    ):
        expected = pd.read_csv(golden / name)
        found = indirectly_standardised(
            _grid(given, "events", 19), _grid(given, "population", 19), events, people, multiplier
        )
        assert found.expected is not None
        pairs = ((found.expected, "expected"), (found.value, "value"), (found.lower, "lowercl"))
        for ours, theirs in (*pairs, (found.upper, "uppercl")):
            np.testing.assert_allclose(ours, expected[theirs], rtol=1e-9)


def test_life_tables_are_the_references_at_every_age(golden: Path) -> None:
    given = pd.read_csv(golden / "life_expectancy_input.csv")
    keys = pd.MultiIndex.from_frame(given[["area", "startage"]])
    expected = pd.read_csv(golden / "life_expectancy_expected.csv").set_index(["area", "startage"]).loc[keys]
    found = life_table(_grid(given, "deaths", 20), _grid(given, "population", 20))
    for ours, theirs in ((found.value, "value"), (found.lower, "lowercl"), (found.upper, "uppercl")):
        np.testing.assert_allclose(ours, _grid(expected, theirs, 20), rtol=1e-9)
    refused = np.isnan(_grid(expected, "value", 20)).all(axis=1)
    np.testing.assert_array_equal(found.reason != 0, refused)
    assert 0 < refused.sum() < len(refused)


def test_funnels_are_the_references(golden: Path) -> None:
    areas = pd.read_csv(golden / "proportion_input.csv")
    expected = pd.read_csv(golden / "funnel_proportion_expected.csv")
    share = areas.numerator.sum() / areas.denominator.sum()
    np.testing.assert_allclose(100 * share, expected.baseline, rtol=1e-9)
    for confidence, level in ((0.95, "2s"), (0.998, "3s")):
        lower, upper = proportion_funnel(share, expected.Population.to_numpy(), confidence)
        np.testing.assert_allclose(100 * lower, expected[f"lower_{level}_limit"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(100 * upper, expected[f"upper_{level}_limit"], rtol=1e-9)
    said = pd.read_csv(golden / "funnel_significance_proportion_expected.csv").significance
    words = {
        "Low (0.001)": "low (99.8 %)", "Low (0.025)": "low (95 %)", "Not significant": "not different",
        "High (0.025)": "high (95 %)", "High (0.001)": "high (99.8 %)",
    }  # fmt: skip
    ours = proportion_verdict(areas.numerator.to_numpy(), areas.denominator.to_numpy(), share)
    assert ours.tolist() == said.map(words).tolist()


def test_slope_and_relative_indices_are_the_references(golden: Path) -> None:
    given, expected = pd.read_csv(golden / "sii_input.csv"), pd.read_csv(golden / "sii_expected.csv")
    found = gradient(_grid(given, "population", 10), _grid(given, "value", 10), _grid(given, "se", 10))
    np.testing.assert_allclose(found.sii, expected.sii, rtol=1e-9)
    np.testing.assert_allclose(found.rii, expected.rii, rtol=1e-9)
    for name in ("sii", "rii"):
        # The reference's limits are simulated: 2 % of the interval's width.
        width = expected[f"{name}_upper95_0cl"] - expected[f"{name}_lower95_0cl"]
        for end in ("lower", "upper"):
            off = np.abs(getattr(found, f"{name}_{end}") - expected[f"{name}_{end}95_0cl"]) / width
            assert off.max() < 0.02, (name, end)
