"""Every form that a locality has had is kept, with who and why, and comes back."""

import getpass
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import audit, localities, versions
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.profile import summaries
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, keep, residents


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(np.arange(1000.0, 1036.0)))
        yield made


def test_every_change_keeps_the_form_before_with_who_and_why(store: Store) -> None:
    place = localities.add_polygon(store, "Areas", "A", shapely.box(0, 0, 1000, 1000), note="as in the plan of 2024")
    localities.redraw(store, place.id, shapely.box(0, 0, 2000, 1000), "the estate was built")
    localities.rename(store, place.id, "B")
    found = versions.history(store, place.id)
    assert [(one.number, one.change, one.note) for one in found] == [
        (1, "made", "as in the plan of 2024"), (2, "redrawn", "the estate was built"), (3, "renamed", ""),
    ]  # fmt: skip
    assert {one.who for one in found} == {getpass.getuser()}
    assert [one.area_ha for one in found] == [100, 200, 200]
    assert [one.form.name for one in found if one.form] == ["A", "A", "B"]
    said = [(entry.action, entry.detail.get("note")) for entry in audit.entries(store)[-3:]]
    assert said == [
        ("locality made", "as in the plan of 2024"),
        ("locality changed", "the estate was built"),
        ("locality changed", None),
    ]


def test_an_earlier_form_comes_back_and_its_residents_with_it(store: Store) -> None:
    place = localities.add_polygon(store, "Areas", "A", shapely.box(0, 0, 1000, 1000))
    assert summaries(load_figures(store), [place])[0].residents == 1000  # its weights are kept from here on
    place = localities.redraw(store, place.id, shapely.box(0, 0, 2000, 1000))
    assert summaries(load_figures(store), [place])[0].residents == 2001
    versions.bring_back(store, place.id, 1, "drawn by mistake")
    back = localities.get(store, place.id)
    assert summaries(load_figures(store), [back])[0].residents == 1000
    last = versions.history(store, place.id)[-1]
    assert (last.number, last.change, last.note) == (3, "earlier form brought back", "drawn by mistake")


def test_a_removed_locality_comes_back_by_its_name(store: Store) -> None:
    place = localities.add_selection(store, "Areas", "A", "lsoa2021", CODES[:3])
    localities.remove(store, place.id, "not used any more")
    key = versions.find(store, "A")
    assert key == place.id
    versions.bring_back(store, key)
    back = localities.get(store, key)
    assert back.blocks is not None
    assert back.blocks.tolist() == CODES[:3].tolist()
    assert [one.change for one in versions.history(store, key)] == ["made", "removed", "restored"]
    assert audit.entries(store)[-1].action == audit.PLACE_RESTORED


def test_the_history_of_a_removed_locality_is_never_anothers(store: Store) -> None:
    first = localities.add_selection(store, "Areas", "A", "lsoa2021", CODES[:1])
    localities.remove(store, first.id)
    second = localities.add_selection(store, "Areas", "A", "lsoa2021", CODES[1:2])
    assert second.id != first.id
    assert [one.change for one in versions.history(store, second.id)] == ["made"]
    assert versions.find(store, "A") == second.id
    with pytest.raises(UsageProblem, match="already"):
        versions.bring_back(store, first.id)


def test_what_cannot_come_back_is_said(store: Store) -> None:
    place = localities.add_selection(store, "Areas", "A", "lsoa2021", CODES[:1])
    with pytest.raises(UsageProblem, match="which version"):
        versions.bring_back(store, place.id)
    with pytest.raises(UsageProblem, match="no version 7"):
        versions.bring_back(store, place.id, 7)
    localities.remove(store, place.id)
    with pytest.raises(UsageProblem, match="no version 2"):
        versions.bring_back(store, place.id, 2)
    with pytest.raises(UsageProblem, match="there was none"):
        versions.find(store, "Nowhere")


def test_a_locality_of_an_older_workspace_has_its_first_form_as_its_first_version(store: Store) -> None:
    place = localities.add_selection(store, "Areas", "A", "lsoa2021", CODES[:1])
    with store.transaction():
        store.run("DELETE FROM locality_change")
    assert [(one.number, one.change, one.who) for one in versions.history(store, place.id)] == [(1, "made", "")]
    localities.rename(store, place.id, "B")
    assert [(one.number, one.change) for one in versions.history(store, place.id)] == [(1, "made"), (2, "renamed")]
    versions.bring_back(store, place.id, 1)
    assert localities.get(store, place.id).name == "A"


def test_two_of_one_name_ask_for_the_set(store: Store) -> None:
    for in_set in ("Areas", "Towns"):
        localities.add_selection(store, in_set, "A", "lsoa2021", CODES[:1])
    with pytest.raises(UsageProblem, match="2 localities"):
        versions.find(store, "A")
    key = versions.find(store, "A", "Towns")
    assert localities.get(store, key).set == "Towns"


def test_what_changes_nothing_leaves_no_version(store: Store) -> None:
    place = localities.add_selection(store, "Areas", "A", "lsoa2021", CODES[:1])
    localities.rename(store, place.id, "A")
    assert len(versions.history(store, place.id)) == 1
