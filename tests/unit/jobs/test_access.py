"""Access in a county of squares: people, places, groups, edges, and what is wrong with services and roads."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import Indicator
from jsna_desktop.jobs import access, access_change, access_rows, access_supply, scenarios
from jsna_desktop.jobs.access_change import Change, Opened
from jsna_desktop.jobs.access_people import AGE, DEPRIVATION, RURALITY, WHOLE, residents_of
from jsna_desktop.jobs.localities import add_polygon, add_selection
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.release import WITHHELD
from jsna_desktop.sources.dataset import Dataset, Lookup, Reading
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.worlds import CODES, SIDE

MIDDLES = np.array([[500 + 1000 * (k % SIDE), 500 + 1000 * (k // SIDE)] for k in range(SIDE * SIDE)], dtype=float)
PEOPLE = np.arange(1.0, 37.0)


def _dataset(identity: str, kind: str, **more: object) -> Dataset:
    return replace(worlds.dataset(identity, kind, ""), **more)


def postcodes(points: np.ndarray = MIDDLES, letters: str = "SN1 1") -> Reading:
    names = [f"{letters}{chr(65 + k // 20)}{chr(65 + k % 20)}" for k in range(len(points))]
    columns = {"easting": points[:, 0], "northing": points[:, 1]}
    return Reading(_dataset(f"postcodes {letters}", "postcodes", rows=len(points)), np.array(names), columns)


def services(places: list[tuple[float, float]], service: str = "hub", **more: object) -> Reading:
    where = np.array(places, dtype=float)
    names = np.array([f"{service.title()} {k + 1}" for k in range(len(places))])
    columns = {
        "service": np.full(len(places), service), "postcode": np.full(len(places), ""),
        "easting": where[:, 0], "northing": where[:, 1], **more,
    }  # fmt: skip
    codes = np.array([f"{service}{k}" for k in range(len(places))])
    return Reading(_dataset(f"services.{service}", "services"), codes, columns, names)  # pyright: ignore


def grid_roads(gap: int | None = None) -> Reading:
    """Streets along the middles of the squares and on for a kilometre beyond; none across the column `gap`."""
    at = np.arange(-500, 6501, 1000)
    places = np.array([(x, y) for y in at for x in at], dtype=float)
    size = len(at)
    pairs = []
    for row in range(size):
        for column in range(size):
            here = row * size + column
            if column + 1 < size and column != gap:
                pairs.append((here, here + 1))
            if row + 1 < size:
                pairs.append((here, here + size))
    start, end = np.array(pairs, dtype=np.int32).T
    count = len(pairs)
    return Reading(
        _dataset("roads.open_roads", "roads"),
        np.empty(0, dtype="U1"),
        tables={
            "nodes": {
                "id": np.array([f"n{k}" for k in range(len(places))]),
                "easting": places[:, 0], "northing": places[:, 1],
            },
            "links": {
                "start": start, "end": end, "length": np.full(count, 1000, dtype=np.float32),
                "class": np.full(count, "local"), "form": np.full(count, "single"),
                "oneway": np.zeros(count, dtype=np.int8), "motor": np.ones(count, dtype=bool),
                "foot": np.ones(count, dtype=bool), "ferry": np.zeros(count, dtype=bool),
            },
        },
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "county.jsna")
    worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE), postcodes())
    return made


def measured(store: Store, service: str = "hub", mode: str | None = None, **more) -> access.Access:
    residents = residents_of(store, Choice(), groups=bool(more.pop("groups", False)))
    return access.reach(access.prepare(store, residents, mode), service, **more)


def test_figures_of_districts_by_road(store: Store) -> None:
    """From the middle of each square to a hub in the middle of the first: as a rook goes."""
    worlds.keep(store, grid_roads(), services([(500, 500)]))
    made = measured(store, limits=[3, 5])
    km = np.abs(MIDDLES - 500).sum(axis=1) / 1000
    np.testing.assert_allclose(access_rows.block_means(made), km, atol=1e-9)
    west, east = (np.arange(36) % SIDE < 3), (np.arange(36) % SIDE >= 3)
    for row, held in zip(access_rows.rows(made), (west, east), strict=True):
        assert row["residents"] == PEOPLE[held].sum()
        assert row["mean"] == pytest.approx((PEOPLE * km)[held].sum() / PEOPLE[held].sum())
        share = PEOPLE[held & (km <= 3)].sum() / PEOPLE[held].sum()
        assert row["within"][0] == {"limit": 3, "share": pytest.approx(share)}
        assert (row["by"], row["unit"], row["unrouted_share"]) == ("distance", "km", 0)
    timed = measured(store, mode="walk")
    np.testing.assert_allclose(access_rows.block_means(timed), km / 4.8 * 60, atol=1e-9)


def test_without_roads_it_is_a_straight_line_and_says_so(store: Store) -> None:
    worlds.keep(store, services([(500, 500)]))
    made = measured(store)
    np.testing.assert_allclose(access_rows.block_means(made), np.hypot(*(MIDDLES - 500).T) / 1000)
    row = access_rows.rows(made)[0]
    assert row["by"] == "straight"
    assert row["note"].startswith("straight line: no roads are loaded")
    with pytest.raises(UsageProblem, match="no roads are loaded, so that there are no drive times"):
        measured(store, mode="drive")


def test_residents_of_an_area_are_shared_over_its_postcodes(store: Store) -> None:
    """A second postcode in the first square, a kilometre nearer: half of its residents begin there."""
    worlds.keep(store, postcodes(np.array([[900.0, 500.0]]), "SN2 2"), services([(1500, 500)]))
    made = measured(store)
    assert access_rows.block_means(made)[0] == pytest.approx((1.0 + 0.6) / 2)


def test_an_area_without_a_postcode_begins_at_its_own_point_and_is_marked(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "w.jsna")
    worlds.keep(store, worlds.boundaries(), worlds.residents(PEOPLE), postcodes(MIDDLES[1:]), services([(500, 500)]))
    made = measured(store)
    assert access_rows.block_means(made)[0] == pytest.approx(0, abs=1e-9)
    share = 100 * PEOPLE[0] / PEOPLE.sum()
    assert f"{share:.1f} % of residents begin at a point in their area" in " ".join(made.prepared.residents.notes)


def test_a_drawn_place_goes_by_the_postcodes_inside_it(store: Store) -> None:
    worlds.keep(store, postcodes(np.array([[900.0, 500.0]]), "SN2 2"), services([(1500, 500)]))
    add_polygon(store, "Drawn", "East half", shapely.box(700, 0, 1000, 1000))
    residents = residents_of(store, Choice(names=("East half",)))
    made = access.reach(access.prepare(store, residents), "hub")
    row = access_rows.rows(made)[0]
    assert row["residents"] == pytest.approx(PEOPLE[0] / 2)
    assert row["mean"] == pytest.approx(0.6)


def test_groups_by_deprivation_and_age(store: Store) -> None:
    ages = np.column_stack([PEOPLE * share for share in (0.2, 0.5, 0.25, 0.05)])
    index = Reading(
        worlds.dataset("imd2025", "deprivation", period="2025"),
        CODES,
        {"imd_rank": np.arange(1.0, 37.0), "imd_decile": np.ceil(np.arange(1, 37) / 3.6)},
    )
    by_age = Reading(
        worlds.dataset("population.ages", "population"), CODES, {"ages_persons": ages},
        labels={"ages_persons": ("0-15", "16-64", "65-84", "85+")},
    )  # fmt: skip
    worlds.keep(store, index, by_age, services([(500, 500)]))
    add_selection(store, "All", "County", "lsoa2021", CODES)
    residents = residents_of(store, Choice(names=("County",)), groups=True)
    made = access.reach(access.prepare(store, residents), "hub")
    found = access_rows.rows(made)
    assert [row["dimension"] for row in found] == [WHOLE, *[DEPRIVATION] * 5, *[AGE] * 4]
    km = np.hypot(*(MIDDLES - 500).T) / 1000
    # Fifths of 36 areas by rank: 8, 7, 7, 7 and 7, the most deprived first.
    most = slice(0, 8)
    assert found[1]["mean"] == pytest.approx((PEOPLE * km)[most].sum() / PEOPLE[most].sum())
    assert found[1]["group"] == "most deprived fifth"
    assert sum(row["residents"] for row in found[1:6]) == pytest.approx(PEOPLE.sum())
    assert [round(row["residents"], 9) for row in found[6:]] == [133.2, 333.0, 166.5, 33.3]
    assert all(row["mean"] == pytest.approx(found[0]["mean"]) for row in found[6:])
    assert any("rural-urban" in note for note in residents.notes)


def test_an_index_of_other_areas_is_said_once(store: Store) -> None:
    """A Welsh place beside the English index: no five empty groups."""
    index = Reading(
        worlds.dataset("imd2025", "deprivation", period="2025"),
        np.array([f"E0199{k:04d}" for k in range(36)]),
        {"imd_rank": np.arange(1.0, 37.0), "imd_decile": np.ceil(np.arange(1, 37) / 3.6)},
    )
    worlds.keep(store, index, services([(500, 500)]))
    add_selection(store, "All", "County", "lsoa2021", CODES)
    residents = residents_of(store, Choice(names=("County",)), groups=True)
    assert [row.dimension for row in residents.rows] == [WHOLE]
    assert any(note.startswith("not by deprivation: ") and "these areas" in note for note in residents.notes)


def test_the_edge_is_told_where_a_nearer_service_may_lie_beyond(store: Store) -> None:
    """Hubs of the county alone: whoever is nearer to its edge than to a hub may have a nearer one over it."""
    worlds.keep(store, services([(3000, 3000)]))
    made = measured(store)
    x, y = MIDDLES.T
    edge = np.minimum(np.minimum(x, y), np.minimum(6000 - x, 6000 - y)) - 500  # the hull of where people begin
    expected = np.hypot(*(MIDDLES - 3000).T) > edge
    home = made.prepared.residents.origins.block
    np.testing.assert_array_equal(made.edge, expected[home])
    row = access_rows.rows(made)[0]
    west = np.arange(36) % SIDE < 3
    share = PEOPLE[west & expected].sum() / PEOPLE[west].sum()
    assert row["edge_share"] == pytest.approx(share)
    assert f"edge: may be nearer for {100 * share:.1f} % of residents" in row["note"]


def test_services_beyond_the_district_are_used(store: Store) -> None:
    worlds.keep(store, grid_roads(), services([(500, 500), (6500, 5500), (6500, 500)]))
    made = measured(store)
    assert (made.nearest >= 1).any()
    # The list reaches beyond, and so do the roads: the postcodes and roads say where its edge is.
    assert made.edge.mean() < 1


def test_roads_in_two_halves_are_told_and_nobody_crosses(store: Store) -> None:
    worlds.keep(store, grid_roads(gap=3), services([(500, 500)]))
    made = measured(store)
    far = np.arange(36) % SIDE >= 3
    assert np.isnan(access_rows.block_means(made)[far]).all()
    assert any("2 parts that do not join" in note for note in made.notes)
    west, east = access_rows.rows(made)
    assert west["unrouted_share"] == 0
    assert (east["mean"], east["unrouted_share"]) == (None, 1)
    assert "no resident has a known way" in east["note"]


def test_services_that_cannot_be_placed_are_told(store: Store) -> None:
    places = [(500.0, 500.0), (np.nan, np.nan), (np.nan, np.nan), (np.nan, np.nan), (400_000.0, 300_000.0)]
    codes = np.array(["", "SN1 1AZ", "SNI 1AB", "ZE1 0AA", ""])
    hubs = services(places)
    worlds.keep(store, grid_roads(), replace(hubs, columns={**hubs.columns, "postcode": codes}))
    made = measured(store)
    told = "\n".join(made.notes)
    assert "Hub 2: the postcode SN1 1AZ is not among those that are loaded" in told
    assert "Hub 3: the postcode SNI 1AB is not among those that are loaded; SN1 1AB may be meant" in told
    assert "beyond the postcodes that are loaded: 1 service" in told
    assert "outside the roads that are loaded, and left out: 1 service" in told
    assert made.used.tolist() == [True, False, False, False, False]
    with pytest.raises(UsageProblem, match="there is no service gp"):
        measured(store, "gp")


def test_a_service_in_the_sea_is_left_out_by_name(store: Store) -> None:
    roads = grid_roads()
    links = roads.tables["links"]
    # No road within 1 km of the middle of the county: a lake.
    nodes = np.column_stack([roads.tables["nodes"][name] for name in ("easting", "northing")])
    wet = np.hypot(*(nodes - 3000).T) < 1800
    dry = ~(wet[links["start"]] | wet[links["end"]])
    worlds.keep(
        store,
        replace(roads, tables={"nodes": roads.tables["nodes"], "links": {n: c[dry] for n, c in links.items()}}),
        services([(500, 500), (3000, 3000)]),
    )
    made = measured(store)
    assert "Hub 2 lies 2.1 km from any road: left out" in "\n".join(made.notes)
    assert any("of residents begin further than 1 km from any road" in note for note in made.notes)
    assert made.used.tolist() == [True, False]


def test_changes_are_what_a_fresh_start_gives(store: Store) -> None:
    worlds.keep(store, grid_roads(), services([(500, 500), (5500, 5500), (520, 500)]))
    made = measured(store)
    change = Change(close=(1,), open=(Opened("New", 3500.0, 500.0),)).moved(made.services, 0, 500.0, 5500.0)
    after = access_change.changed(made, change)
    hubs = np.array([[520.0, 500.0], [3500.0, 500.0], [500.0, 5500.0]])
    km = (np.abs(MIDDLES[:, None] - hubs[None]).sum(axis=2) / 1000).min(axis=1)
    # The hub that is 20 m from its crossing is reached from there.
    snapped = after.blocks
    np.testing.assert_allclose(snapped, km, atol=0.041)
    other = Store.create(store.path.with_name("other.jsna"))
    worlds.keep(
        other, worlds.boundaries(), worlds.residents(PEOPLE), postcodes(), grid_roads(), services(hubs.tolist())
    )
    np.testing.assert_allclose(snapped, access_rows.block_means(measured(other)), atol=1e-9)
    rows = access_change.change_rows(after)
    before = access_rows.rows(made)
    for row, was in zip(rows, before, strict=True):
        assert row["mean_before"] == was["mean"]
    delta = after.cost - made.cost
    gain, lose = access_change.gains(after)
    counted = made.prepared.residents.counted
    assert gain.sum() == pytest.approx(counted[delta < -1e-9].sum())
    assert lose.sum() == pytest.approx(counted[delta > 1e-9].sum())
    assert (gain.sum() > 0, lose.sum() > 0) == (True, True)
    # The facts stay as they are.
    np.testing.assert_array_equal(measured(store).cost, made.cost)


def test_several_types_count_as_one(store: Store) -> None:
    worlds.keep(store, services([(500, 500)]), services([(5500, 5500)], "hall"))
    both = measured(store, "hub, hall")
    apart = [measured(store, one).cost for one in ("hub", "hall")]
    np.testing.assert_array_equal(both.cost, np.minimum(*apart))
    assert both.services.service == "hub,hall"
    with pytest.raises(UsageProblem, match="there is no service gp"):
        measured(store, "hub,gp")


def test_the_last_service_closes(store: Store) -> None:
    worlds.keep(store, services([(500, 500)]))
    made = measured(store)
    after = access_change.changed(made, Change(close=(0,)))
    assert np.isnan(after.cost).all()
    row = access_change.change_rows(after)[0]
    assert (row["mean_after"], row["difference"], row["unrouted_after"]) == (None, None, 1)
    assert row["lose"] == row["residents"]


def test_a_scenario_is_kept_beside_the_facts(store: Store) -> None:
    worlds.keep(store, services([(500, 500), (5500, 5500)]))
    made = measured(store)
    change = Change(close=(1,), open=(Opened("New", 3500.0, 500.0),))
    scenarios.save(store, "Try", made.services, Change(close=(0,)))
    for name in ("Try", " Try "):
        with pytest.raises(UsageProblem, match="a scenario Try is kept already"):
            scenarios.save(store, name, made.services, change)
    assert scenarios.scenario(store, "Try").change(made.services) == Change(close=(0,))
    scenarios.save(store, "Try", made.services, change, replace=True)
    [one] = scenarios.scenarios(store)
    assert (one.name, one.service) == ("Try", "hub")
    assert one.change(made.services) == change
    shifted = replace(made.services, places=made.services.places + 500)
    with pytest.raises(UsageProblem, match="closes Hub 2, which is no longer there"):
        one.change(shifted)
    gone = scenarios.remove(store, "Try")
    with pytest.raises(UsageProblem, match="there is no scenario Try"):
        scenarios.scenario(store, "Try")
    scenarios.keep(store, gone)
    assert scenarios.scenarios(store) == [one]
    with pytest.raises(UsageProblem, match="a scenario Try is kept already"):
        scenarios.keep(store, gone)


def test_a_new_place_without_a_road_is_refused(store: Store) -> None:
    worlds.keep(store, grid_roads(), services([(500, 500)]))
    with pytest.raises(UsageProblem, match="no road within 1 km of the new place of Ship"):
        access_change.changed(measured(store), Change(open=(Opened("Ship", 30_000.0, 500.0),)))


def test_services_by_name(store: Store) -> None:
    worlds.keep(store, services([(500, 500), (5500, 5500)]))
    made = measured(store)
    assert access_change.named(made.services, " hub  2 ") == 1
    with pytest.raises(UsageProblem, match="Did you mean Hub"):
        access_change.named(made.services, "Hub 3")
    twice = replace(made.services, names=np.array(["Hub", "Hub"]))
    with pytest.raises(UsageProblem, match="2 services called Hub"):
        access_change.named(twice, "Hub")


def test_catchments_and_the_nearest_three(store: Store) -> None:
    worlds.keep(store, grid_roads(), services([(500, 500), (5500, 500), (500, 5500), (5500, 5500)]))
    made = measured(store)
    found = access_rows.service_rows(made)
    assert sum(row["residents"] for row in found) == pytest.approx(PEOPLE.sum())
    hubs = made.services.places
    km = np.abs(MIDDLES[:, None] - hubs[None]).sum(axis=2) / 1000
    own = PEOPLE[km.argmin(axis=1) == 0].sum()
    assert found[0]["residents"] == pytest.approx(own)
    blocks = {row["area_code"]: row for row in access_rows.block_rows(made)}
    corner = blocks[CODES[1]]["nearest"]
    assert [one["name"] for one in corner] == ["Hub 1", "Hub 2", "Hub 3"]
    np.testing.assert_allclose([one["mean"] for one in corner], [1, 4, 6])
    beyond = blocks[CODES[14]]["beyond"]
    assert [one["residents"] for one in beyond] == [
        PEOPLE[14] if km[14].min() > limit else 0 for limit in (1, 2, 5, 10)
    ]


def test_floating_catchments_leave_out_what_has_no_capacity(store: Store) -> None:
    hubs = services([(500, 500), (1500, 500), (2500, 500)], capacity=np.array([100.0, np.nan, -4.0]))
    worlds.keep(store, grid_roads(), hubs)
    residents = residents_of(store, Choice())
    prepared = access.prepare(store, residents, "drive")
    made = access_supply.supply(prepared, "hub", access_supply.parse_zones("60:1"))
    assert any("they tell no capacity: 1 (Hub 2)" in note for note in made.notes)
    assert any("below zero: 1 (Hub 3)" in note for note in made.notes)
    # Everyone is within an hour: a hundred places over all.
    for row in access_supply.supply_rows(made):
        assert row["per_1000"] == pytest.approx(1000 * 100 / PEOPLE.sum())
        assert row["gini"] == pytest.approx(0, abs=1e-9)
    with pytest.raises(UsageProblem, match="are by car"):
        access_supply.supply(access.prepare(store, residents), "hub", access_supply.parse_zones(None))
    for wrong in ("10", "10:2", "20:1,10:1", "x:1", "0:1"):
        with pytest.raises(UsageProblem, match="these are no zones"):
            access_supply.parse_zones(wrong)


def test_sensitive_services_leave_without_numbers(store: Store) -> None:
    refuge = services([(500, 500)], "refuge")
    secret = replace(refuge, dataset=replace(refuge.dataset, sensitive=True))
    worlds.keep(store, secret)
    made = measured(store, "refuge")
    assert made.sensitive
    every = [*access_rows.rows(made), *access_rows.service_rows(made), *access_rows.block_rows(made)]
    for row in access_rows.released_access(every, sensitive=True):
        assert row["note"] == WITHHELD
        assert row.get("name") is None
        left = [value for name, value in row.items() if isinstance(value, int | float)]
        assert left == []
        assert row.get("nearest", []) == []
        assert all(one.get("share") is None and one.get("residents") is None for one in row.get("within", []))


def test_limits_and_modes_that_are_none(store: Store) -> None:
    worlds.keep(store, services([(500, 500)]))
    for limit in (0.0, -1.0, 501.0, float("nan")):
        with pytest.raises(UsageProblem, match="this is no limit"):
            measured(store, limits=[limit])
    with pytest.raises(UsageProblem, match="no way to travel"):
        measured(store, mode="fly")
    assert measured(store, limits=[5, 1, 5]).limits == (1, 5)


def test_nobody_is_counted(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "w.jsna")
    worlds.keep(store, worlds.boundaries())
    with pytest.raises(UsageProblem, match="no residents whose journeys"):
        residents_of(store, Choice())


def test_residents_without_a_place_and_areas_without_residents(tmp_path: Path) -> None:
    bare = Store.create(tmp_path / "bare.jsna")
    worlds.keep(bare, worlds.residents(PEOPLE), services([(500, 500)]))
    with pytest.raises(UsageProblem, match="nothing tells where the residents of LSOAs 2021 live"):
        residents_of(bare, Choice())
    some = Store.create(tmp_path / "some.jsna")
    people = np.where(np.arange(36) == 5, np.nan, PEOPLE)
    worlds.keep(some, worlds.boundaries(), worlds.residents(people), postcodes(), services([(500, 500)]))
    made = measured(some)
    assert [row["residents"] for row in access_rows.rows(made)][1] == np.nansum(people[np.arange(36) % SIDE >= 3])
    assert "without known residents, and left out: 1 area" in made.prepared.residents.notes


def test_what_is_not_an_indicator_of_residents_is_not_taken_for_one(store: Store) -> None:
    other = Indicator("population.age_0_15", "0 to 15", "count", "2024", "lsoa2021", unit="residents", numerator="kids")
    worlds.keep(store, worlds.table(other, kids=PEOPLE * 5), services([(500, 500)]))
    assert access_rows.rows(measured(store))[0]["residents"] == PEOPLE[np.arange(36) % SIDE < 3].sum()


def test_groups_by_rurality_where_it_is_known(store: Store) -> None:
    """The southern half is urban."""
    south = np.arange(36) < 18
    classes = Reading(
        worlds.dataset("lookup.ruc", "lookup"),
        CODES,
        {"ruc_code": np.where(south, "UN1", "RSN1"), "ruc_name": np.where(south, "Urban: nearer", "Smaller rural")},
        lookups=(Lookup("ruc", "ruc_code", "ruc_name"),),
    )
    worlds.keep(store, classes, services([(500, 500)]))
    add_selection(store, "All", "County", "lsoa2021", CODES)
    residents = residents_of(store, Choice(names=("County",)), groups=True)
    found = access_rows.rows(access.reach(access.prepare(store, residents), "hub"))
    parts = {row["group"]: row for row in found if row["dimension"] == RURALITY}
    km = np.hypot(*(MIDDLES - 500).T) / 1000
    for label, held in (("urban", south), ("rural", ~south)):
        assert parts[label]["residents"] == pytest.approx(PEOPLE[held].sum())
        assert parts[label]["mean"] == pytest.approx((PEOPLE * km)[held].sum() / PEOPLE[held].sum())
