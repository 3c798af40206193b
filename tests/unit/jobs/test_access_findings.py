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
    told = rows(practices)
    own = [row for row in told if row["locality"] == "Brackenhithe" and row["dimension"] == "deprivation"]
    county = [row for row in told if row["locality"] == "Marrowshire" and row["dimension"] == "deprivation"]
    assert [one.mean for one in found.fifths] == [row["mean"] for row in own]
    assert [one.beside for one in found.fifths] == [row["mean"] for row in county]
    assert [row["mean"] for row in own] != [row["mean"] for row in county]
    assert (found.fifths_of, found.beside) == ("Brackenhithe", "Marrowshire")
    assert [one.mean for _, groups in found.others for one in groups] == [
        row["mean"] for row in told if row["locality"] == "Brackenhithe" and row["dimension"] in ("age", "rurality")
    ]
    whole = row_of(told, "Marrowshire")
    assert [one.beside for one in found.table] == [
        *(whole[name] for name in ("mean", "median", "p90")), *(part["share"] for part in whole["within"])
    ]  # fmt: skip
    without = access_findings(practices, None)
    assert [one.mean for one in without.fifths] == [row["mean"] for row in county]
    assert all(one.beside is None for one in (*without.fifths, *without.table))
    assert without.beside == ""
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
    secret = replace(
        practices, services=replace(practices.services, secret=np.full(len(practices.services.names), True))
    )
    hidden = access_findings(secret, "Brackenhithe", changed(secret, Change((3,))))
    assert hidden.withheld
    assert not np.isfinite(hidden.values).any()
    assert all(one.now is None and one.then is None for one in hidden.table)
    assert all(one.mean is None and one.further is None for one in hidden.fifths)
    assert hidden.change.lead == "Withheld:"
    assert not hidden.change.where
    assert not hidden.ends
    assert all(one.beside is None for one in (*hidden.fifths, *hidden.table))
    quiet = access_findings(secret, "Brackenhithe")
    assert not quiet.beyond
    assert all(one.beside is None and one.mean is None for one in quiet.fifths)
    assert all(one.beside is None and one.now is None for one in quiet.table)
    assert not {"Edge", "Left out", "To be known"} & {heading for heading, _ in quiet.made}
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


def test_those_beyond_a_limit_are_the_places_own(practices: Access) -> None:
    row = row_of(rows(practices), "Brackenhithe")
    people = practices.prepared.residents
    at = next(k for k, one in enumerate(people.rows) if (one.locality, one.dimension) == ("Brackenhithe", "all"))
    mine = set(people.people.codes[people.origins.block[people.matrix[[at]].indices]].tolist())
    found = access_findings(practices, "Brackenhithe")
    for one, part in zip(found.beyond, row["within"], strict=True):
        assert {area.code for area in one.areas} <= mine
        far = row["residents"] * (1 - row["unrouted_share"]) * (1 - part["share"])
        if far >= 0.5:
            share = access_words.per_cent(1 - part["share"])
            assert one.sentence == (
                f"{far:,.0f} residents ({share}) of Brackenhithe live further than {one.limit:g} minutes by car from "
                "a general practice."
            )
        else:
            assert one.sentence.startswith("Nobody in Brackenhithe lives further than")
    assert any(one.areas for one in found.beyond)
    nobody = access_words.further_than("Hill", 1, "km", "straight", "optician", 0.0, 0.0)
    assert nobody == "Nobody in Hill lives further than 1 km from an optician."
    alone = access_words.further_than("Hill", 5, "minutes", "walk", "gp", 1.2, 0.001)
    assert alone == "1 resident (under 1 %) of Hill lives further than 5 minutes on foot from a general practice."


def test_where_those_live_who_would_be_further_away(practices: Access) -> None:
    after = changed(practices, Change((3,)))
    found = access_findings(practices, "Kelderford", after)
    assert found.change.rest.endswith(" Nobody in Kelderford would be further away or nearer.")
    assert found.fifths_of == "Marrowshire"  # it is the groups of all who lose
    assert not found.beyond
    assert (found.change.kind, found.change.where_title) == ("worse", "Where in Marrowshire they live")
    people = practices.prepared.residents
    lost = np.where(people.origins.home[people.origins.block], people.counted, 0.0)
    lost[~(after.cost > practices.cost + 1e-9)] = 0
    by_block = np.bincount(people.origins.block, lost)
    most = np.argsort(-by_block, kind="stable")[:5]
    assert [one.code for one in found.change.where] == people.people.codes[most].tolist()
    assert [one.residents for one in found.change.where] == pytest.approx(by_block[most])
    assert all(one.then > one.mean for one in found.change.where)
    told = [r for r in change_rows(after) if r["dimension"] == "all" and r["locality"] != "Marrowshire"]
    touched = max(told, key=lambda row: row["lose"])
    there = access_findings(practices, touched["locality"], after)
    assert touched["lose"] > 1
    assert f" {touched['lose']:,.0f} of them live in {touched['locality']}." in there.change.rest


def test_gains_alone_are_told_as_gains_and_the_classes_stay(practices: Access) -> None:
    far = practices.services.places[3] + 4000
    after = changed(practices, Change((), (Opened("Hub", *far),)))
    found = access_findings(practices, None, after)
    assert found.change.kind == "better"
    assert len(found.better)
    assert not len(found.worse)
    assert found.change.where
    assert all(one.then < one.mean for one in found.change.where)
    assert found.ends == access_findings(practices, None).ends
    assert np.diff(found.ends) == pytest.approx(found.ends[0])
    same = access_findings(
        practices, None, changed(practices, Change((), (Opened("Hub", *practices.services.places[3]),)))
    )
    assert (same.change.kind, same.change.where) == ("same", ())


def test_differences_are_those_of_the_numbers_that_are_shown() -> None:
    difference, amounts = access_words.difference, access_words.table_amounts
    assert (amounts(6.64, 6.46), difference(6.64, 6.46)) == (["6.6", "6.5"], "−0.1")
    assert (amounts(6.56, 6.34), difference(6.56, 6.34)) == (["6.6", "6.3"], "−0.3")
    assert (amounts(19.8, 228.7), difference(19.8, 228.7)) == (["20", "229"], "+209")
    assert (amounts(1999.6, None), difference(1999.6, None)) == (["2,000", "–"], "")
    assert difference(4.51, 4.54) == "0"
    assert (difference(0.794, 0.616, share=True), difference(0.5, 0.5, share=True)) == ("−17", "0")
    assert difference(1.0, 0.998, share=True) == "−0.2"  # 100 %, over 99 %
    assert [access_words.per_cent(one) for one in (0, 1e-12, 0.004, 0.006, 0.994, 0.9999, 1 - 1e-12, 1)] == [
        "0 %", "0 %", "under 1 %", "1 %", "99 %", "over 99 %", "100 %", "100 %"
    ]  # fmt: skip
    assert [access_words.amount(one) for one in (3.04, 19.94, 19.96, 228.7, 1234.0)] == [
        "3.0", "19.9", "20", "229", "1,234"
    ]  # fmt: skip
    told = {two: access_words.change_words("Marrow", "gp", "km", 900, 0, None, two)[1] for two in (0, 0.9999, 1.0)}
    assert [text.partition("practice. ")[2].partition(" of them")[0] for text in told.values()] == [
        "None", "Over 99 %", "All"
    ]  # fmt: skip
    assert access_words.share_of_change("Hill", 0, 40, losing=True) == (
        "Nobody in Hill would be further away. 40 in Hill would be nearer."
    )
    assert access_words.map_title("gp", "walk", "minutes") == "Minutes on foot to a general practice"
    assert access_words.map_title("library", "distance", "km") == "Kilometres by road to a library"


def test_those_beyond_reach_and_a_catchment_are_those_of_the_rows(practices: Access) -> None:
    found = access_findings(practices, None)
    assert [one.limit for one in found.beyond] == list(practices.limits)
    assert found.usual == 10
    for at, one in enumerate(found.beyond):
        far = {row["area_code"]: row["beyond"][at]["residents"] for row in block_rows(practices)}
        most = sorted((code for code, residents in far.items() if residents >= 0.5), key=lambda code: -far[code])[:5]
        assert [area.code for area in one.areas] == most
        assert [area.residents for area in one.areas] == pytest.approx([far[code] for code in most])
        total = sum(far.values())
        assert one.sentence.startswith(f"{total:,.0f} residents (" if total >= 0.5 else "Nobody in Marrowshire")
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
    hidden = supply_findings(
        replace(made, services=replace(made.services, secret=np.full(len(made.services.names), True))), None
    )
    assert hidden.table[0].now is None
    assert not np.isfinite(hidden.values).any()
