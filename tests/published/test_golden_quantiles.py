"""Local tenths against OHID's PHEindicatormethods 2.1.0."""

from pathlib import Path

import numpy as np
import pandas as pd

from jsna_desktop.measures.quantiles import quantiles


def test_tenths_within_a_parent_are_the_references(golden: Path) -> None:
    given, expected = pd.read_csv(golden / "quantile_input.csv"), pd.read_csv(golden / "quantile_expected.csv")
    for _, rows in given.groupby("parent").groups.items():
        ours = quantiles(given.value[rows].to_numpy(), 10)
        np.testing.assert_array_equal(ours, expected["quantile"][rows])
