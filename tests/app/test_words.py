"""Numbers and sentences as people read them."""

from datetime import datetime

import pytest

from jsna_desktop.app import words
from jsna_desktop.app.views.words import todo_in_window
from jsna_desktop.errors import UsageProblem


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


def test_the_explanation_is_complete(row):
    peer = {"level": "peer1", "area": "Calne", "value": 15.0, "lower_ci": 14.6, "upper_ci": 15.4, "verdict": "worse",
            "difference": 3.1269, "difference_lower": 2.6, "difference_upper": 3.7, "distance": 0.42}  # fmt: skip
    parent = row["comparators"][0] | {"level": "parent", "note": "it holds the place itself: the test is conservative"}
    told = row | {
        "comparators": [peer, parent], "trend": "getting worse", "clear_after_many": True, "missing_share": 0.034,
        "interval_method": "Wilson score, 95 %", "caveat": "Self-reported.",
    }  # fmt: skip
    said = dict(words.explanation(told, "Census 2021"))
    assert said["95 % interval"] == "17.8 to 18.5, Wilson score, 95 %"
    assert said["Calne"] == (
        "15.0\u00a0%: this place is clearly worse. Difference 3.1\u00a0points, from 2.6 to 3.7. Distance as a peer 0.42"
    )
    assert said["Wiltshire"].endswith("it holds the place itself: the test is conservative")
    assert said["Left out"] == "Areas without a value, with 3.4\u00a0% of the residents"
    assert said["Trend"] == "Getting worse, over the latest five years"
    assert said["Among many"].startswith("Clear when every comparison")
    assert said["Caveat"] == "Self-reported."


def test_observed_and_expected_events_are_said_as_such(row):
    told = row | {"kind": "isr", "numerator": 12.0, "denominator": 9.84, "unit": "ratio (100 = as expected)"}
    assert dict(words.explanation(told, ""))["Counts"] == "12 observed, 9.84 expected"


def test_chance_is_said_only_where_it_may_have_done_something():
    assert words.chance(19, 0.95, 5) == ""
    assert words.chance(84, 4.2, 1) == (
        "Of 84 comparisons about 4 would differ by chance alone; 1 stays clear when all are judged together."
    )


def test_what_is_lacking_is_said_once_with_what_to_do_in_the_window():
    lacking = UsageProblem("there are no assets", found="services alone", todo="Add a table of community assets")
    assert todo_in_window(lacking) == "There are no assets. Found services alone. Choose Add data and add the file."
    misspelt = UsageProblem("there is no locality 'Keld'", todo="Did you mean Kelder?")
    assert todo_in_window(misspelt) == "There is no locality 'Keld'. Did you mean Kelder?"
