"""An officer asks where the next dentists should open in the demonstration county: proved for one to five places."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from jsna_desktop.jobs import access, siting
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.workspace.store import Store


def test_where_the_next_dentists_should_open(jsna: Callable, demonstration: Path) -> None:
    asked = ("site", demonstration, "--service", "dentist", "--candidates", "assets:space", "--count", 5)
    told = jsna(*asked, "--by", "drive", "--format", "json")
    assert told.code == 0, told.err
    found = told.json()
    rows = found["rows"]
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    assert len({row["candidate"] for row in rows}) == 5
    assert all((row["proven"], row["gap"]) == (True, 0) for row in rows)
    after = [rows[0]["mean_before"], *(row["mean_after"] for row in rows)]
    assert after == sorted(after, reverse=True)
    assert found["notes"][0] == "proved: no other 5 of 66 candidates bring the mean lower"
    assert sum(rows[0]["brought_fifths"].values()) == pytest.approx(rows[0]["brought_within"])
    lines = list(csv.DictReader(io.StringIO(jsna(*asked, "--by", "drive", "--format", "csv").out)))
    assert [line["candidate"] for line in lines] == [row["candidate"] for row in rows]
    assert {"mean_before", "mean_after", "proven", "gap", "brought_fifths_1"} <= set(lines[0])


@pytest.mark.parametrize("objective", [siting.MEDIAN, siting.COVER])
def test_up_to_five_are_proved_and_greedy_is_near(demonstration: Path, objective: str) -> None:
    with Store.open(demonstration) as store:
        prepared = access.prepare(store, residents_of(store, Choice()), "drive")
        for count in range(1, 6):
            made = siting.site(prepared, "library", "dentist", count, objective=objective)
            assert (len(made.order), made.found.proven) == (count, True)
            assert made.found.first >= 0.95 * made.found.value
    assert made.means()[5] <= made.means()[4] <= made.means()[0]


def test_what_cannot_be_sited(jsna: Callable, demonstration: Path) -> None:
    asked = ("site", demonstration, "--service", "dentist", "--candidates")
    for more, said in (
        (("assets:space", "--count", 67), "Found 66 candidates"),
        (("assets:space", "--count", 0), "Expected 1 or more"),
        (("imd2025", "--count", 1), "has no places where a service could open"),
        (("dentist", "--count", 1), "where dentist is open already, left out: 67 candidates"),
    ):
        told = jsna(*asked, *more)
        assert told.code == 2
        assert said in told.err
