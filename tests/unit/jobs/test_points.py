"""Services on the map: by their own coordinates, else by whatever postcodes the workspace holds by then."""

from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs.points import point_layers, title
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests import worlds


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "county.jsna")


def _services(**columns) -> Reading:
    codes = np.array(["A1", "A2", "A3"])
    names = np.array(["First", "Second", "Third"])
    return Reading(worlds.dataset("services.own", "services", ""), codes, columns, names)


POSTCODES = Reading(
    worlds.dataset("postcodes", "postcodes", ""),
    np.array(["SN1 1AA", "SN1 1AB"]),
    {"easting": np.array([1500, 2500]), "northing": np.array([500, 600]), "quality": np.array([10, 10])},
)


def test_postcodes_that_come_later_place_services_that_came_before(store: Store) -> None:
    postcodes = np.array(["SN1 1AB", "SN1 1AA", "ZZ9 9ZZ"])
    worlds.keep(store, _services(postcode=postcodes, service=np.array(["gp", "pharmacy", "gp"])))
    gp, pharmacy = point_layers(store)
    assert (gp.title, pharmacy.title) == ("General practices", "Pharmacies")
    assert np.isnan(gp.places).all()
    worlds.keep(store, POSTCODES)
    gp, pharmacy = point_layers(store)
    np.testing.assert_array_equal(gp.places, [[2500, 600], [np.nan, np.nan]])
    np.testing.assert_array_equal(pharmacy.places, [[1500, 500]])
    assert gp.names.tolist() == ["First", "Third"]


def test_coordinates_of_the_file_come_before_its_postcodes(store: Store) -> None:
    own = _services(
        postcode=np.array(["SN1 1AA", "SN1 1AA", ""]),
        easting=np.array([10.0, np.nan, 30.0]),
        northing=np.array([11.0, np.nan, 31.0]),
        service=np.full(3, "hub"),
    )
    worlds.keep(store, own, POSTCODES)
    [hubs] = point_layers(store)
    np.testing.assert_array_equal(hubs.places, [[10, 11], [1500, 500], [30, 31]])


def test_what_is_replaced_is_not_shown(store: Store) -> None:
    worlds.keep(store, _services(service=np.full(3, "gp")))
    with store.transaction():
        store.run("UPDATE dataset SET replaced_by = key")
    assert point_layers(store) == []


def test_titles() -> None:
    assert title("service:gp") == "General practices"
    assert title("service:warm_space") == "Warm space"
    assert title("asset:group") == "Assets: group"
