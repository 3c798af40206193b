"""Numbers as people read them."""

from collections.abc import Callable
from typing import Any

import pytest

from jsna_desktop.packs import wording

MakeRow = Callable[..., dict[str, Any]]


COUNT = {"unit": "", "denominator": None}
INDEX = {"unit": "", "numerator": None, "lower_ci": None, "upper_ci": None, "comparators": []}


@pytest.mark.parametrize(
    ("indicator", "value", "changes", "expected"),
    [
        ("local.smoking", 18.06, {}, "18.1%"),
        ("local.smoking", 0.0, {}, "0.0%"),
        ("local.smoking", 0.004, {}, "<0.1%"),
        ("imd2025.share_lsoas_decile1", 0.1807, INDEX, "18.1%"),
        ("imd2025.extent", 0.2, INDEX, "20.0%"),
        ("imd2025.average_score", 31.26, INDEX, "31.3"),
        ("imd2025.average_rank", 15234.4, INDEX, "15,234"),
        ("imd2025.crime.average_score", -0.599, INDEX, "−0.599"),
        ("population.residents", 853.4, COUNT, "853"),
        ("population.residents", 47908.3, COUNT, "47,908"),
        ("population.residents", 56_490_046.0, COUNT, "56.5 million"),
        ("local.smoking", None, {}, "–"),
    ],
)
def test_values(make_row: MakeRow, indicator: str, value: float | None, changes: dict[str, Any], expected: str) -> None:
    assert wording.value_text(value, make_row(indicator, value=value, **changes)) == expected


def test_a_value_and_its_comparators_have_the_same_places(make_row: MakeRow) -> None:
    row = make_row(value=9.87, unit="per 1,000")
    assert wording.value_text(row["value"], row) == "9.9"
    assert wording.value_text(row["comparators"][0]["value"], row) == "18.0"


def test_intervals(make_row: MakeRow) -> None:
    assert wording.interval_text(make_row()) == "20.1 to 24.6"
    assert wording.interval_text(make_row(value=None)) == ""
    assert wording.interval_text(make_row(lower_ci=None)) == ""


def test_what_a_row_is_about(make_row: MakeRow) -> None:
    row = make_row(sex="female", age="65-74", unit="per 100,000")
    assert wording.about_text(row) == "2021–2023 · per 100,000 · female · aged 65–74"
    assert wording.about_text(make_row(age="all")) == "2021–2023"


def test_lists_and_counts() -> None:
    assert wording.listed([]) == ""
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.counted(1, "small area") == "1 small area"
    assert wording.counted(1200, "small area") == "1,200 small areas"


def test_white_space_is_a_space_and_numbers_are_left_alone() -> None:
    covered = wording.covered_characters()
    assert wording.printable({"a": ["x\ty\n", 1.5, None, True]}, covered) == {"a": ["x y ", 1.5, None, True]}


def test_what_the_fonts_lack_is_shown_by_what_means_the_same() -> None:
    covered = wording.covered_characters()
    assert wording.printable("\u00b5g/m³", covered) == "μg/m³"
    assert wording.printable("区", covered) == "?"
