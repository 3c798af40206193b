"""What the panel of access is given: the command line's numbers, words that follow from them, nothing sensitive."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs import access_words
from jsna_desktop.jobs.access import Access, prepare, reach
from jsna_desktop.jobs.access_change import Change, Opened, change_rows, changed
from jsna_desktop.jobs.access_findings import access_findings, catchment, supply_findings
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.access_rows import block_rows, rows, service_rows
from jsna_desktop.jobs.access_supply import parse_zones, supply, supply_rows
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.workspace.store import Store


@pytest.fixture(scope="module")
def practices(county_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    store = Store.open(Path(shutil.copy(county_built, tmp_path_factory.mktemp("county"))))
    yield reach(prepare(store, residents_of(store, Choice(), groups=True), "drive"), "gp")
    store.close()


def row_of(found: list[dict], place: str, group: str = "") -> dict:
    return next(row for row in found if row["locality"] == place and row["group"] == group)


def test_a_place_is_given_the_figures_of_its_row(practices: Access) -> None:
    found = access_findings(practices, "Brackenhithe")
    row = row_of(rows(practices), "Brackenhithe")
    assert found.sentence == (
        f"Residents of Brackenhithe drive {row['mean']:.1f} minutes to the nearest general practice, on average; "
        f"9 in 10 within {row['p90']:.1f} minutes."
    )
    table = {one.name: one for one in found.table}
    assert table["Mean time, min"].now == row["mean"]
    assert [one.now for one in found.table if one.share] == [part["share"] for part in row["within"]]
    assert all(one.then is None for one in found.table)
    assert found.change is None
    county = rows(practices)
    fifths = [row for row in county if row["locality"] == "Marrowshire" and row["dimension"] == "deprivation"]
    assert [one.mean for one in found.fifths] == [row["mean"] for row in fifths]
    assert np.isfinite(found.values[np.isin(found.codes, found.codes)]).sum() == 338


def test_a_practice_that_closes_is_told_by_who_would_be_further_away(practices: Access) -> None:
    after = changed(practices, Change((3,)))
    found = access_findings(practices, None, after)
    told = change_rows(after)
    whole = row_of(told, "Marrowshire")
    assert found.place == "Marrowshire"
    assert found.change.title == "If Mill Lane Health Centre closed"
    assert found.change.lead == f"{whole['lose']:,.0f} residents"
    by_fifth = [r["lose"] for r in told if r["locality"] == "Marrowshire" and r["dimension"] == "deprivation"]
    assert [one.further for one in found.fifths] == by_fifth
    assert sum(by_fifth) == pytest.approx(whole["lose"])
    assert f"{100 * sum(by_fifth[:2]) / sum(by_fifth):.0f} % of them live in the two more deprived" in found.change.rest
    # The mean over those who would be further away, by hand.
    matrix = practices.prepared.residents.matrix
    weight = np.zeros(matrix.shape[1])
    weight[matrix.indices[: matrix.indptr[1]]] = matrix.data[: matrix.indptr[1]]
    mine = after.cost > practices.cost + 1e-9
    was, now = (np.average(cost[mine], weights=weight[mine]) for cost in (practices.cost, after.cost))
    assert f": {now:.1f} minutes instead of {was:.1f} minutes on average." in found.change.rest
    assert len(found.worse)
    assert not len(found.better)
    assert (found.values[found.worse] > access_findings(practices, None).values[found.worse]).all()


def test_a_new_one_brings_gains_and_a_move_both(practices: Access) -> None:
    where = practices.services.places[3]
    opened = access_findings(practices, None, changed(practices, Change((), (Opened("Hub", *where),))))
    assert opened.change.lead == "Nobody"  # there is one already
    far = Change().moved(practices.services, 3, *practices.services.places[20])
    moved = access_findings(practices, None, changed(practices, far))
    assert moved.change.title == "If Mill Lane Health Centre moved"
    assert "further from a general practice" in moved.change.rest


def test_sensitive_services_are_withheld_unless_they_are_unlocked(practices: Access) -> None:
    secret = replace(practices, services=replace(practices.services, sensitive=True))
    hidden = access_findings(secret, "Brackenhithe", changed(secret, Change((3,))))
    assert hidden.withheld
    assert not np.isfinite(hidden.values).any()
    assert all(one.now is None and one.then is None for one in hidden.table)
    assert all(one.mean is None and one.further is None for one in hidden.fifths)
    assert hidden.change.lead == "Withheld:"
    assert not any(letter.isdigit() for letter in hidden.change.rest)
    shown = access_findings(secret, "Brackenhithe", true_figures=True)
    assert shown.table[0].now is not None


def test_names_are_written_as_people_write_them() -> None:
    assert access_words.shown("MILL LANE HEALTH CENTRE") == "Mill Lane Health Centre"
    assert access_words.shown("FULLER'S LANE") == "Fuller's Lane"
    assert access_words.shown("The IT Hub") == "The IT Hub"
    assert access_words.one("school_primary") == "a primary school"
    assert access_words.one("optician") == "an optician"
    assert access_words.change_title(["A", "B"], ["B"]) == "If A closed, and B moved"
    assert access_words.change_title(["A", "B", "C"], []) == "If 3 closed"


def test_the_furthest_areas_and_a_catchment_are_those_of_the_rows(practices: Access) -> None:
    found = access_findings(practices, None)
    furthest = block_rows(practices)[:5]
    assert [one.code for one in found.furthest] == [row["area_code"] for row in furthest]
    assert [one.mean for one in found.furthest] == [row["mean"] for row in furthest]
    assert [heading for heading, _ in found.others] == ["By age"]
    ages = [r["mean"] for r in rows(practices) if r["locality"] == "Marrowshire" and r["dimension"] == "age"]
    assert [one.mean for one in found.others[0][1]] == ages
    held = [catchment(practices, at) for at in range(len(practices.services.names))]
    every = np.concatenate(held)
    assert len(every) == len(np.unique(every))  # most residents of a block have one nearest
    people = practices.prepared.residents.people
    row = next(r for r in service_rows(practices) if r["name"] == "MILL LANE HEALTH CENTRE")
    assert 0.7 < people.residents[held[3]].sum() / row["residents"] < 1.3


def test_capacity_in_reach_is_that_of_its_row(practices: Access) -> None:
    made = supply(practices.prepared, "dentist", parse_zones(None))
    found = supply_findings(made, "Kelderford")
    row = row_of(supply_rows(made), "Kelderford")
    assert found.table[0].now == row["per_1000"]
    assert f"a capacity of {row['per_1000']:.2f} in reach" in found.sentence
    # Each resident's supply adds up to what the services have.
    people = practices.prepared.residents
    total = np.nansum(found.values * people.people.residents) / 1000
    whole = row_of(supply_rows(made), "Marrowshire")
    assert total == pytest.approx(whole["per_1000"] * whole["residents"] / 1000, rel=1e-6)
    hidden = supply_findings(replace(made, services=replace(made.services, sensitive=True)), None)
    assert hidden.table[0].now is None
    assert not np.isfinite(hidden.values).any()
