"""Numbers and sentences as people read them."""

from datetime import datetime

import pytest

from jsna_desktop.app import words


@pytest.mark.parametrize(
    ("value", "change", "shown"),
    [
        (18.1269, {}, "18.1\u00a0%"),
        (0.0641, {"indicator": "imd2025.share_residents_quintile1", "unit": ""}, "6.4\u00a0%"),
        (47908.0, {"kind": "count", "unit": "residents"}, "47,908"),
        (16.31, {"kind": "score", "unit": "score", "value": 16.31, "comparators": []}, "16.3"),
        (0.1042, {"kind": "score", "unit": "", "value": 0.1042, "comparators": []}, "0.10"),
        (9698.4, {"kind": "rate", "unit": "per 100,000", "value": 9698.4}, "9,698"),
        (-1.25, {"kind": "score", "unit": "", "value": -1.25, "comparators": []}, "−1.25"),
        (None, {}, "—"),
    ],
)
def test_numbers_are_rounded_by_what_they_are(row, value, change, shown):
    assert words.number(value, row | change) == shown


def test_the_line_of_the_number_in_focus_says_all_of_it(row):
    strong, rest = words.focus_parts(row, "Census 2021")
    assert strong == "Disabled: 18.1\u00a0%"
    assert rest == " (17.8 to 18.5) · 8,684 of 47,908 · Census 2021 · Wilson 95 %"


def test_a_withheld_number_says_why(row):
    gone = row | {"value": None, "lower_ci": None, "upper_ci": None, "numerator": None, "note": "withheld: sensitive"}
    strong, rest = words.focus_parts(gone, "Survey 2024")
    assert (strong, rest) == ("Disabled:", " withheld: sensitive · Survey 2024")
    assert words.spoken(gone).startswith("Disabled, withheld: sensitive")


def test_a_screen_reader_hears_value_interval_and_verdicts(row):
    assert words.spoken(row) == (
        "Disabled, 18.1\u00a0%, 17.8 to 18.5, clearly worse than Wiltshire’s 16.9\u00a0%; "
        "clearly worse than England’s 17.3\u00a0%"
    )


def test_the_explanation_names_counts_interval_comparators_and_source(row):
    said = dict(words.explanation(row, "Census 2021: Disability"))
    assert said["Counts"] == "8,684 of 47,908"
    assert said["95 % interval"] == "17.8 to 18.5, Wilson 95 %"
    assert said["England"] == "17.3\u00a0%: this place is clearly worse"
    assert said["Source"] == "Census 2021: Disability"


def test_saved_today_is_a_time_and_before_is_a_date():
    now = datetime(2026, 11, 24, 12, 0)
    assert words.when(datetime(2026, 11, 24, 10, 42), now) == "10:42"
    assert words.when(datetime(2026, 11, 3, 10, 42), now) == "3 November"
