"""Making, changing and bringing back localities; what is kept of their weights."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import localities as job
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.profile import summaries
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, SQUARES, boundaries, keep, residents


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        keep(made, boundaries(), residents(np.arange(1000.0, 1036.0)))
        yield made


def test_a_selection_has_the_outline_of_its_blocks(store: Store) -> None:
    place = job.add_selection(store, "Areas", "  Two   squares ", "lsoa2021", CODES[:2])
    assert place.name == "Two squares"
    assert place.shape is not None
    assert shapely.equals(place.shape, shapely.box(0, 0, 2000, 1000))


def test_what_cannot_be_a_place_is_refused(store: Store) -> None:
    bow_tie = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    with pytest.raises(UsageProblem, match="crosses itself"):
        job.add_polygon(store, "Areas", "Bow tie", bow_tie)
    with pytest.raises(UsageProblem, match="no area"):
        job.add_polygon(store, "Areas", "Nothing", shapely.Polygon())
    with pytest.raises(UsageProblem, match="no areas are selected"):
        job.add_selection(store, "Areas", "None", "lsoa2021", np.array([]))
    with pytest.raises(UsageProblem, match="needs a name"):
        job.add_selection(store, "Areas", "  ", "lsoa2021", CODES[:1])
    assert job.sets(store) == []


def test_a_name_may_be_used_once_in_a_set(store: Store) -> None:
    job.add_selection(store, "Areas", "A", "lsoa2021", CODES[:1])
    job.add_selection(store, "Other", "A", "lsoa2021", CODES[:1])
    second = job.add_selection(store, "Areas", "B", "lsoa2021", CODES[:1])
    with pytest.raises(UsageProblem, match="already"):
        job.rename(store, second.id, "A")
    assert job.rename(store, second.id, "C").name == "C"


def test_what_is_removed_comes_back_as_it_was(store: Store) -> None:
    place = job.add_polygon(store, "Areas", "A", shapely.box(0, 0, 1500, 1500))
    removed = job.remove(store, place.id)
    assert job.sets(store) == []
    back = job.restore(store, removed)
    assert replace(back, shape=None) == replace(place, shape=None)
    assert back.shape is not None
    assert shapely.equals(back.shape, shapely.box(0, 0, 1500, 1500))


def test_a_new_line_has_new_residents(store: Store) -> None:
    place = job.add_polygon(store, "Areas", "A", shapely.box(0, 0, 1000, 1000))
    figures = load_figures(store)
    assert summaries(figures, [place])[0].residents == 1000
    place = job.redraw(store, place.id, shapely.box(0, 0, 2000, 1000))
    assert summaries(figures, [place])[0].residents == 1000 + 1001


def test_weights_are_kept_and_made_again_for_other_boundaries(store: Store) -> None:
    place = job.add_polygon(store, "Areas", "A", shapely.box(0, 0, 1500, 1000))
    before = summaries(load_figures(store), [place])[0].residents
    assert store.one("SELECT count(*) FROM weight")[0] >= 1
    moved = boundaries()
    shifted = shapely.to_wkb(shapely.transform(SQUARES, lambda xy: xy + np.array([500, 0])))
    keep(store, replace(moved, dataset=replace(moved.dataset, checksum="moved"), geometry=shifted))
    after = summaries(load_figures(store), [place])[0].residents
    assert before == pytest.approx(1000 + 0.5 * 1001)
    assert after == pytest.approx(1000)


def test_a_wrong_name_is_answered_with_a_near_one(store: Store) -> None:
    job.add_selection(store, "Areas", "Trowbridge", "lsoa2021", CODES[:1])
    with pytest.raises(UsageProblem, match="Did you mean Trowbridge"):
        job.localities(store, names=["Trowbrige"])
    with pytest.raises(UsageProblem, match="no set"):
        job.localities(store, ["Parishes"])
