"""What is done to a reading on its way into a workspace."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.areas.geography import region_size
from jsna_desktop.errors import Cancelled
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs.add import ASK, READY, Found, _settled, add
from jsna_desktop.jobs.comparators import compared
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.map_data import colour_values, fifths, load_blocks
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.weights import weights_for
from jsna_desktop.sources.dataset import Lookup
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, dataset, keep, table

SMOKING = Indicator(
    "local.smoking", "Smoking", "proportion", "2024", "lsoa2021", unit="%", multiplier=100, numerator="n",
    denominator="d",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        yield made


def undecided() -> Found:
    reading = table(replace(SMOKING, geography="lsoa"), n=np.ones(36), d=np.full(36, 9.0))
    return Found(Path("own.csv"), READY, "", "", reading=reading)


def test_a_table_that_does_not_say_its_vintage_takes_that_of_the_boundaries(store: Store) -> None:
    keep(store, boundaries())
    (found,) = _settled(store, [undecided()])
    assert found.reading is not None
    assert found.reading.dataset.geography == "lsoa2021"
    assert {i.geography for i in found.reading.indicators} == {"lsoa2021"}


def test_without_anything_to_go_by_it_is_asked_about(store: Store) -> None:
    (found,) = _settled(store, [undecided()])
    assert found.status == ASK
    assert "--geography" in found.error


def test_codes_that_fit_both_vintages_are_told(store: Store) -> None:
    older = boundaries()
    keep(store, boundaries())
    keep(store, replace(older, dataset=dataset("boundaries.lsoa2011", "boundaries", "lsoa2011")))
    (found,) = _settled(store, [undecided()])
    assert found.reading is not None
    assert found.reading.dataset.geography == "lsoa2021"
    assert "both 2011 and 2021" in found.problems[0].message


def test_unknown_codes_are_a_recorded_problem(store: Store) -> None:
    keep(store, boundaries())
    codes = CODES.copy()
    codes[3] = "E01999999"
    keep(store, table(SMOKING, codes, n=np.ones(36), d=np.full(36, 9.0)))
    problem = catalogue.datasets(store)[-1].problems[0]
    assert (problem.rows, problem.examples) == (1, ("E01999999",))


def test_the_same_file_twice_in_one_call_is_added_once(store: Store) -> None:
    keep(store, boundaries(), boundaries())
    assert len(catalogue.datasets(store)) == 1


def test_cancelling_leaves_nothing_behind(store: Store) -> None:
    def stop(message: str, _: float | None) -> None:
        if message.startswith("Adding"):
            progress.cancel()

    progress = Progress(stop)
    readings = [boundaries(), table(SMOKING, n=np.ones(36), d=np.full(36, 9.0))]
    with pytest.raises(Cancelled):
        add(store, [Found(Path("x"), READY, "", "", reading=r) for r in readings], progress)
    assert catalogue.datasets(store) == []
    assert store.check() == []


def test_columns_come_back_in_the_order_of_their_codes(store: Store) -> None:
    order = np.random.default_rng(5).permutation(36)
    n = np.arange(36.0)
    keep(store, table(SMOKING, CODES[order], n=n[order], d=np.full(36, 99.0)))
    key = catalogue.keyed_indicators(store)[0][0]
    assert catalogue.codes(store, key).tolist() == CODES.tolist()
    assert catalogue.column(store, key, "n").tolist() == n.tolist()


def test_a_region_is_called_so_only_when_it_is_all_there(store: Store) -> None:
    """Boundaries of one county name its region; their sum is not the region's."""
    own = boundaries()
    region = {"rgn": np.full(36, "E12000009"), "rgnnm": np.full(36, "South West")}
    keep(
        store,
        replace(own, columns=own.columns | region, lookups=(*own.lookups, Lookup("region", "rgn", "rgnnm"))),
        table(SMOKING, n=np.ones(36), d=np.full(36, 9.0)),
    )
    figures = load_figures(store)
    made = figures.tables["lsoa2021"]
    from jsna_desktop.areas.locality import Locality

    place = Locality(0, "P", "", "selection", "lsoa2021", CODES[:4])
    weights = weights_for(store, [place], "lsoa2021", made.universe)
    assert compared(figures, made, weights, "region").areas == ()
    assert [a.name for a in compared(figures, made, weights, "district").areas] == []
    assert region_size("E12000009", "lsoa2021") == 3407


def test_values_for_the_map_are_in_the_indicators_unit_and_in_the_blocks_order(store: Store) -> None:
    n = np.arange(36.0)
    keep(store, boundaries(), table(SMOKING, CODES[:30], n=n[:30], d=np.full(30, 50.0)))
    blocks = load_blocks(store)
    assert blocks is not None
    indicator = catalogue.indicators(store)[0]
    values, hidden = colour_values(store, indicator, blocks)
    assert not hidden.any()
    np.testing.assert_allclose(values[:30], 2 * n[:30])
    assert np.isnan(values[30:]).all()


def test_fifths_hold_equal_numbers_and_leave_out_what_has_no_value() -> None:
    values = np.append(np.arange(50.0), np.nan)
    classes, breaks = fifths(values)
    assert np.bincount(classes[:50]).tolist() == [10] * 5
    assert classes[50] == -1
    assert breaks[[0, -1]].tolist() == [0, 49]
    assert fifths(np.full(3, np.nan))[0].tolist() == [-1] * 3


def test_where_most_have_nothing_they_are_the_lowest_class_and_the_others_are_cut_in_four() -> None:
    values = np.append(np.zeros(60), np.arange(1.0, 41))
    classes, breaks = fifths(np.append(values, np.nan))
    assert np.bincount(classes[:-1]).tolist() == [60, 10, 10, 10, 10] and classes[-1] == -1
    assert breaks[[0, 1, -1]].tolist() == [0, 1, 40]
    # Nobody anywhere is light, not dark.
    assert fifths(np.zeros(9))[0].tolist() == [0] * 9 and len(fifths(np.zeros(9))[1]) == 6
