import numpy as np
import pandas as pd
import pytest

from jsna_desktop.sources import cells


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12", 12), ("1,234", 1234), ("1,234,567.5", 1_234_567.5), ("-3", -3), ("−3", -3), (".5", 0.5), ("£1,200", 1200)],
)
def test_numbers_as_people_write_them(cell: str, value: float) -> None:
    assert cells.number(cell) == (value, "")


def test_a_percent_sign_is_kept_as_a_mark() -> None:
    assert cells.number("12.3%") == (12.3, "%")


@pytest.mark.parametrize("cell", ["..", "-", ":", "[x]", "", "n/a", "–"])
def test_marks_for_missing(cell: str) -> None:
    assert cells.number(cell)[1] == "missing"


@pytest.mark.parametrize("cell", ["*", "[c]", "c", "Suppressed"])
def test_marks_for_suppressed(cell: str) -> None:
    assert cells.number(cell)[1] == "withheld"


@pytest.mark.parametrize("cell", ["twelve", "1,23", "1.2.3", "12 000 people", "e5", "1_000", "inf"])
def test_what_is_no_number_is_wrong(cell: str) -> None:
    value, mark = cells.number(cell)
    assert np.isnan(value)
    assert mark == "wrong"


def test_a_column_keeps_missing_withheld_and_wrong_apart() -> None:
    found = cells.numbers(pd.Series(["1,000", "*", None, "oops", "2"]))
    np.testing.assert_array_equal(found.values, [1000, np.nan, np.nan, np.nan, 2])
    assert found.withheld.tolist() == [False, True, False, False, False]
    assert found.wrong.tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [("7", "7"), ("90+", "90+"), ("90 and over", "90+"), ("5 to 9", "5-9"), ("05–09", "5-9"), ("All Ages", "all"),
     ("Aged 16 to 64 years", "16-64"), ("under 1", "0"), ("9-5", None), ("young", None)],
)  # fmt: skip
def test_ages(cell: str, meaning: str | None) -> None:
    assert cells.age(cell) == meaning


@pytest.mark.parametrize(
    ("cell", "meaning"), [("F", "female"), ("Males", "male"), ("2", "female"), ("Both sexes", "persons"), ("cat", None)]
)
def test_sexes(cell: str, meaning: str | None) -> None:
    assert cells.sex(cell) == meaning


def test_slugs_say_a_leading_sign() -> None:
    assert cells.slug("+2 or more (under-occupied)") == "plus_2_or_more_under_occupied"
    assert cells.slug("-1 (overcrowded)") == "minus_1_overcrowded"
    assert cells.slug("Owned: Owns outright") == "owned_owns_outright"
