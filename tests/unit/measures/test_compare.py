import numpy as np
import pytest

from jsna_desktop.measures.compare import against_fixed, against_place, difference_interval
from jsna_desktop.measures.intervals import wilson


def test_verdicts_follow_the_interval_and_the_polarity() -> None:
    lower, upper = np.array([[2.0, 2.0, 2.0, 2.0]]), np.array([[3.0, 3.0, 3.0, 3.0]])
    comparator = np.array([[1.0, 1.0, 1.0, 2.5]])
    polarity = np.array(["high good", "low good", "none", "low good"])
    assert against_fixed(lower, upper, comparator, polarity).tolist() == [["better", "worse", "higher", "similar"]]
    below = np.array([[4.0, 4.0, 4.0, 3.0]])
    assert against_fixed(lower, upper, below, polarity).tolist() == [["worse", "better", "lower", "similar"]]


def test_without_an_interval_nothing_is_compared() -> None:
    nothing = np.array([[np.nan]])
    assert against_fixed(nothing, nothing, np.array([[1.0]]), np.array(["none"])).tolist() == [["not compared"]]


def test_the_difference_of_two_proportions_is_newcombes() -> None:
    """Newcombe (1998), method 10, example (a): 56/70 against 48/80 gives 0.0524 to 0.3339."""
    values = [(56 / 70, *wilson(np.array(56), np.array(70))), (48 / 80, *wilson(np.array(48), np.array(80)))]
    difference, lower, upper = difference_interval(*values[0], *values[1])
    assert difference == pytest.approx(0.2)
    assert lower == pytest.approx(0.0524, abs=5e-5)
    assert upper == pytest.approx(0.3339, abs=5e-5)
    assert against_place(lower, upper, np.array("none")).item() == "higher"
