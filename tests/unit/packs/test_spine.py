"""The chart in the profile table: ratios on one axis."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jsna_desktop.packs import spine

MakeRow = Callable[..., dict[str, Any]]


def test_a_ratio_is_the_value_and_its_limits_over_the_comparator(make_row: MakeRow) -> None:
    one = spine.ratio(make_row(), "district")
    assert one is not None
    assert (one.value, one.lower, one.upper) == pytest.approx((22.3 / 18, 20.1 / 18, 24.6 / 18))


@pytest.mark.parametrize("changes", [{"value": None}, {"lower_ci": None}, {"comparators": []}, {"upper_ci": np.nan}])
def test_without_an_interval_or_a_comparator_there_is_none(make_row: MakeRow, changes: dict[str, Any]) -> None:
    assert spine.ratio(make_row(**changes), "england") is None


def test_a_comparator_of_nothing_gives_no_ratio(make_row: MakeRow) -> None:
    row = make_row()
    row["comparators"][1]["value"] = 0.0
    assert spine.ratio(row, "england") is None


def test_half_and_twice_are_equally_far_from_the_comparator() -> None:
    scale = spine.Axis(2.0, "half", "twice")
    low, same, high = (scale.position(ratio) for ratio in (0.5, 1.0, 2.0))
    assert same == 0.5
    assert low + high == pytest.approx(1.0) and 0 < low < high < 1
    assert scale.position(0.0) == scale.position(0.1) == low
    assert scale.position(100.0) == high


def test_the_axis_is_as_narrow_as_most_rows_allow() -> None:
    near, far = spine.Ratio(1.0, 0.9, 1.1), spine.Ratio(9.0, 8.0, 10.0)
    assert spine.axis([near] * 9).limit == 1.25
    assert spine.axis([near] * 9 + [far]).limit == 1.25
    assert spine.axis([near] * 5 + [far] * 5).limit == 4.0


def test_what_runs_off_the_axis_is_marked_on_its_side() -> None:
    drawn = spine.drawn(spine.Ratio(1.5, 1.2, 2.5), spine.Axis(2.0, "half", "twice"))
    assert drawn["off_high"] and not drawn["off_low"]
    assert drawn["lower"] < drawn["value"] < drawn["upper"]
