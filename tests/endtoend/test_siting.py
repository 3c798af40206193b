"""An officer asks where the next dentists should open in the demonstration county: proved for one to five places."""

import csv
import io
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs import access, siting
from jsna_desktop.jobs.access_change import Change, Opened, changed
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


@pytest.mark.parametrize("objective", [siting.MEDIAN, siting.COVER])
def test_of_every_three_libraries_none_is_better_and_greedy_alone_is_near(demonstration: Path, objective: str) -> None:
    """By opening each library alone as a what-if: of several open, everybody goes to the one that is nearest."""
    with Store.open(demonstration) as store:
        prepared = access.prepare(store, residents_of(store, Choice()), "drive")
        made = siting.site(prepared, "gp", "library", 3, objective=objective, limit=5)
        now = access.reach(prepared, "gp", [5])
        numbers = np.flatnonzero(made.usable)
        alone = np.stack([
            changed(now, Change(open=(Opened("", *made.candidates.places[at].tolist()),))).cost for at in numbers
        ])  # fmt: skip

    def bad(opened: Sequence[int]) -> float:
        """Weighted journeys, or residents beyond the limit: less is better."""
        cost = np.vstack([now.cost, alone[list(opened)]]).min(axis=0)
        return float((cost if objective == siting.MEDIAN else cost > 5 + 1e-9) @ made.weight)

    tried = {three: bad(three) for three in combinations(range(len(numbers)), 3)}
    assert len(tried) == 1140
    best = min(tried.values())
    assert tried[tuple(np.searchsorted(numbers, np.sort(made.order)).tolist())] == pytest.approx(best, rel=1e-9)
    assert made.found.proven
    greedy: list[int] = []
    while len(greedy) < 3:
        left = [at for at in range(len(numbers)) if at not in greedy]
        greedy.append(min(left, key=lambda at: bad([*greedy, at])))
    total = made.weight.sum()
    if objective == siting.MEDIAN:
        assert made.best == pytest.approx(best, rel=1e-9)
        assert bad(greedy) <= 1.05 * best
    else:
        assert made.best == pytest.approx(total - best, rel=1e-9)
        assert total - bad(greedy) >= 0.95 * (total - best)
    assert made.found.first == pytest.approx(bad([]) - bad(greedy), rel=1e-9)


def test_where_it_should_open_for_one_town(jsna: Callable, demonstration: Path, tmp_path: Path) -> None:
    """Other places than for the county, and of that town's residents alone."""
    asked = (
        "site",
        demonstration,
        "--service",
        "dentist",
        "--candidates",
        "assets:space",
        "--count",
        2,
        "--by",
        "drive",
    )
    county, town = (jsna(*asked, *more, "--format", "json").json() for more in ((), ("--locality", "Kelderford")))
    assert {row["candidate"] for row in county["rows"]} != {row["candidate"] for row in town["rows"]}
    told = jsna("access", demonstration, "--service", "dentist", "--by", "drive", "--locality", "Kelderford",
                *(part for row in town["rows"]
                  for part in ("--open", row["candidate"], f"{row['easting']},{row['northing']}")),
                "--format", "json")  # fmt: skip
    [before] = told.json()["rows"]
    assert before["mean_before"] == pytest.approx(town["rows"][0]["mean_before"])
    assert before["mean_after"] == pytest.approx(town["rows"][-1]["mean_after"])
    assert (county["localities"], town["localities"]) == ([], ["Kelderford"])
    assert town["residents"] == pytest.approx(before["residents"])
    assert 0 < town["edge_share_after"] <= town["edge_share_before"] < 1
    out = tmp_path / "sites.csv"
    assert jsna(*asked, "--set", "Community areas", "--format", "csv", "--out", out).code == 0
    whole = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [row["candidate"] for row in whole] == [row["candidate"] for row in county["rows"]]
    assert whole[0]["locality"].startswith("Aldminster; Brackenhithe; ")


def test_where_nothing_is_left_to_bring_it_is_said_without_an_empty_table(jsna: Callable, demonstration: Path) -> None:
    told = jsna("site", demonstration, "--service", "dentist", "--candidates", "library", "--count", 1, "--by", "drive",
                "--objective", "cover", "--within", 60)  # fmt: skip
    assert told.out.startswith("no candidate changes anything\n")


def test_what_cannot_be_sited(jsna: Callable, demonstration: Path) -> None:
    asked = ("site", demonstration, "--service", "dentist", "--candidates")
    for more, said in (
        (("assets:space", "--count", 67), "Found 66 candidates"),
        (("assets:space", "--count", 0), "Expected 1 or more"),
        (("imd2025", "--count", 1), "has no places where a service could open"),
        (("assets:space", "--count", 1, "--locality", "Keldeford"), "Did you mean Kelderford?"),
        (("assets:space", "--count", 1, "--set", "Wards"), "there is no set 'Wards'"),
        (("dentist", "--count", 1), "where dentist is open already, left out: 67 candidates"),
    ):
        told = jsna(*asked, *more)
        assert told.code == 2
        assert said in told.err
