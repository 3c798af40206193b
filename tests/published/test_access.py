"""Distance to the nearest general practice in Wiltshire against MHCLG's published road distance (IoD 2019).

Branch surgeries are not in `epraccur`, and practices have opened and closed since: docs/access.md.
"""

from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.stats import spearmanr

from jsna_desktop.areas import geography
from jsna_desktop.jobs import access, access_rows
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.add import READY, Hints, add, recognise
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.jobs.reference import fill, find_council
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

PUBLISHED = "iod2019_underlying.road_distance_to_a_gp_surgery_indicator_km"


@pytest.fixture(scope="module")
def wiltshire(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.create(tmp_path_factory.mktemp("access") / "wiltshire.jsna")
    fill(store, find_council("Wiltshire"))
    files = [
        data / "postcodes/codepo_gb_wiltshire_areas.zip",
        data / "population/mid-2020-persons-lsoa-2011-single-year-of-age.csv.gz",
        data / "services/epraccur.csv",
        data / "indicators/IoD2019_underlying_indicators_lsoa11.csv.gz",
    ]
    found = recognise(files, store, Progress(), Hints())
    assert [item.status for item in found] == [READY] * len(files)
    add(store, found, Progress())
    return store


def test_straight_lines_rank_areas_as_the_published_road_distances_do(wiltshire: Store) -> None:
    prepared = access.prepare(wiltshire, residents_of(wiltshire, Choice()))
    made = access.reach(prepared, "gp")
    people = prepared.residents
    straight = access_rows.block_means(made)
    key, about = next(pair for pair in catalogue.keyed_indicators(wiltshire) if pair[1].id == PUBLISHED)
    at = geography.align(people.people.codes, catalogue.codes(wiltshire, key))
    assert about.value is not None
    published = np.where(at >= 0, catalogue.column(wiltshire, key, about.value)[at], np.nan)
    own = people.origins.home
    assert own.sum() == 285
    assert spearmanr(straight[own], published[own]).statistic >= 0.75
    # Nobody drives less far than the crow flies: where it seems so, a surgery is in one list and not in the other.
    further = straight[own] > published[own]
    assert further.mean() < 0.25
    assert np.median((published / straight)[own][~further]) == pytest.approx(1.4, abs=0.2)


def test_practices_beyond_the_county_are_used_and_the_edge_is_far(wiltshire: Store) -> None:
    made = access.reach(access.prepare(wiltshire, residents_of(wiltshire, Choice())), "gp")
    [row] = access_rows.rows(made)
    assert row["locality"] == "Wiltshire"
    assert row["residents"] == 504_070
    assert row["edge_share"] == 0
    assert row["unrouted_share"] == 0
    assert 1.5 < row["mean"] < 3
    used = np.array([[one["easting"], one["northing"]] for one in access_rows.service_rows(made) if one["residents"]])
    beyond = ~shapely.contains_xy(made.prepared.home, *used.T)
    assert beyond.sum() >= 5, "people near the edge go to practices of other counties"
    assert any("beyond the postcodes that are loaded: " in note for note in made.notes)
