"""A pack's page of getting to services: figures by hand in a county of squares, and what is not told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs import services_words as words
from jsna_desktop.jobs.localities import add_selection, localities
from jsna_desktop.jobs.services_page import ServicesPages
from jsna_desktop.packs.services_page import ServiceLine
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.unit.jobs.test_access import MIDDLES, PEOPLE, grid_roads, postcodes, services
from tests.worlds import CODES, SIDE

CORNER = np.array([0, 1])
WEST = np.arange(36) % SIDE < 3


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "county.jsna")
    worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE), postcodes())
    add_selection(made, "Places", "Corner", "lsoa2021", CODES[CORNER])
    return made


def secret(reading: Reading) -> Reading:
    return replace(reading, dataset=replace(reading.dataset, sensitive=True))


def corner(store: Store, name: str = "Corner") -> Locality:
    return localities(store, names=[name])[0]


def mean(km: np.ndarray, held: np.ndarray) -> float:
    return float((PEOPLE * km)[held].sum() / PEOPLE[held].sum())


def test_minutes_by_car_beside_the_district(store: Store) -> None:
    """Local roads at 30 km/h, as a rook goes: two minutes a square; the nearest service first, the furthest told."""
    worlds.keep(store, grid_roads(), services([(5500, 5500)]), services([(500, 500)], "gp"))
    pages = ServicesPages(store)
    page = pages.page(corner(store))
    assert page is not None and page.by_road and page.unit == "minutes"
    practice, hub = page.lines
    near, far = (2 * np.abs(MIDDLES - at).sum(axis=1) / 1000 for at in (500, 5500))
    assert (practice.service, hub.service) == ("gp", "hub")
    assert practice.mean == pytest.approx(mean(near, CORNER))
    assert practice.district == pytest.approx(mean(near, WEST))
    assert (practice.most, practice.within, hub.within) == (pytest.approx(2), 1, 0)
    assert hub.mean == pytest.approx(mean(far, CORNER))
    assert page.district == "Westshire"
    assert page.sentence == (
        "100% of residents of Corner live within 10 minutes’ drive of a general practice. Furthest away is a hub: "
        f"{hub.mean:.1f} minutes by car on average ({hub.district:.1f} in Westshire), but for 100% of residents a "
        "nearer one may lie beyond what is loaded. Of 2 types of service, 1 is "
        "nearer than for Westshire as a whole and 1 further away."
    )
    assert page.map is not None and page.map.service == "general practice"
    np.testing.assert_allclose(page.map.values, near[CORNER], atol=1e-9)
    np.testing.assert_allclose(page.map.places, [[500, 500]])
    (method,) = pages.methods()
    assert method[1].startswith("Driving time by class of road") and "without traffic" in method[1]
    assert [one.title for one in pages.sources()] == [
        "postcodes SN1 1",
        "roads.open_roads",
        "services.hub",
        "services.gp",
    ]


def test_without_roads_a_straight_line_is_marked(store: Store) -> None:
    worlds.keep(store, services([(500, 500)]))
    page = ServicesPages(store).page(corner(store))
    assert page is not None and not page.by_road and page.unit == "km"
    assert page.lines[0].mean == pytest.approx(mean(np.hypot(*(MIDDLES - 500).T) / 1000, CORNER))
    assert page.sentence.startswith("100% of residents of Corner live within 5 km of a hub, in a straight line.")
    assert "Furthest" not in page.sentence
    assert any(note.startswith("Straight line: no roads are loaded") for note in page.notes)


def test_fifths_by_deprivation_and_all_residents_below_them(store: Store) -> None:
    rank = Reading(
        worlds.dataset("imd2025", "deprivation", period="2025"),
        CODES,
        {"imd_rank": np.arange(1.0, 37.0), "imd_decile": np.ceil(np.arange(1, 37) / 3.6)},
    )
    worlds.keep(store, rank, services([(500, 500)]))
    add_selection(store, "Whole", "County", "lsoa2021", CODES)
    page = ServicesPages(store).page(corner(store, "County"))
    assert page is not None and page.few == ("Hub",)
    names, values = zip(*page.fifths, strict=True)
    assert names == ("Most deprived", "Fifth 2", "Fifth 3", "Fifth 4", "Least deprived", "All residents")
    km = np.hypot(*(MIDDLES - 500).T) / 1000
    assert values[0][0] == pytest.approx(mean(km, np.arange(8)))
    assert values[5][0] == page.lines[0].mean == pytest.approx(mean(km, np.arange(36)))


def test_places_of_one_name_in_two_sets_keep_their_own_figures(store: Store) -> None:
    worlds.keep(store, services([(500, 500)]))
    add_selection(store, "Others", "Corner", "lsoa2021", CODES[34:])
    pages = ServicesPages(store)
    km = np.hypot(*(MIDDLES - 500).T) / 1000
    first, second = (pages.page(place) for place in localities(store))
    assert first is not None and second is not None
    assert first.lines[0].mean == pytest.approx(mean(km, CORNER))
    assert second.lines[0].mean == pytest.approx(mean(km, np.arange(34, 36)))
    assert (first.district, second.district) == ("Westshire", "Eastshire")
    assert pages.page(replace(corner(store), id=99)) is None


def test_sensitive_services_are_withheld_and_never_mapped(store: Store) -> None:
    worlds.keep(store, services([(1500, 500)]), secret(services([(500, 500)], "gp")))
    pages = ServicesPages(store)
    page = pages.page(corner(store))
    assert page is not None and page.map is not None
    hub, hidden = page.lines
    assert hidden.service == "gp" and hub.mean is not None
    assert (hidden.mean, hidden.most, hidden.within, hidden.edge, hidden.district) == (None,) * 5
    assert page.map.service == "hub" and page.few == ("Hub",)
    assert "general practice" not in page.sentence
    assert any(note.startswith("General practice: withheld") for note in page.notes)
    assert [said.split(":")[0] for said in pages.left_out()] == ["General practices"]


def test_where_all_is_withheld_nothing_but_that_is_said(store: Store) -> None:
    worlds.keep(store, secret(services([(500, 500)])))
    page = ServicesPages(store).page(corner(store))
    assert page is not None
    assert page.sentence.startswith("How far residents of Corner are from services is withheld: made from sensitive")
    assert page.lines == page.fifths == page.notes == () and page.map is None


def test_no_services_no_page(store: Store) -> None:
    pages = ServicesPages(store)
    assert pages.page(corner(store)) is None
    assert pages.methods() == pages.sources() == ()
    assert pages.left_out() == []


def test_why_there_is_no_page_is_said(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "w.jsna")
    worlds.keep(store, worlds.boundaries(), services([(500, 500)]))
    add_selection(store, "Places", "Corner", "lsoa2021", CODES[CORNER])
    pages = ServicesPages(store)
    assert pages.page(corner(store)) is None
    assert pages.left_out() == ["Getting to services: there are no residents whose journeys could be measured"]


def test_services_without_a_place_are_said(store: Store) -> None:
    lost = [(np.nan, np.nan)]
    worlds.keep(store, services(lost, "dentist"), services([(500, 500)]))
    page = ServicesPages(store).page(corner(store))
    assert page is not None and [line.service for line in page.lines] == ["hub"]
    assert page.notes[-1] == "No service dentist has a place."
    bare = Store.create(Path(store.path).parent / "bare.jsna")
    worlds.keep(bare, worlds.boundaries(), worlds.residents(PEOPLE), postcodes(), services(lost, "dentist"))
    add_selection(bare, "Places", "Corner", "lsoa2021", CODES[CORNER])
    pages = ServicesPages(bare)
    assert pages.page(corner(bare)) is None
    assert pages.left_out() == ["Getting to services: no service dentist has a place"]


def test_people_cut_off_are_told_with_their_share(store: Store) -> None:
    """No road crosses from the second column to the third: nobody in the first two has a way to the hub in the east."""
    worlds.keep(store, grid_roads(gap=2), services([(5500, 500)]), services([(500, 500), (5500, 500)], "gp"))
    add_selection(store, "Wide", "South", "lsoa2021", CODES[:SIDE])
    pages = ServicesPages(store)
    page = pages.page(corner(store, "South"))
    assert page is not None
    share = PEOPLE[:2].sum() / PEOPLE[:SIDE].sum()
    assert any(
        note == f"No known way to a service, and left out: {100 * share:.1f}% of residents (hub)."
        for note in page.notes
    )
    cut_off = pages.page(corner(store))
    assert cut_off is not None and cut_off.lines[1].mean is None
    assert "Hub: no resident has a known way to a service." in cut_off.notes


def line(mean: float | None, district: float | None, service: str = "gp") -> ServiceLine:
    return ServiceLine(service, "A service", mean, mean, 0.5, 0.0, district)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line(5, 10)], "It is nearer than for Westshire as a whole."),
        ([line(5, 5.2)], "It is about as far as for Westshire as a whole."),
        ([line(5, 10), line(8, 9)], "Both types of service are nearer than for Westshire as a whole."),
        ([line(5, 5), line(8, 8)], "Both types of service are about as far as for Westshire as a whole."),
        ([line(5, 5), line(8, 4)], "Of 2 types of service, 1 is further away than for Westshire as a whole and 1 about "
                                   "as far."),
        ([line(8, 4)], "It is further away than for Westshire as a whole."),
        ([line(1, 5), line(3, 5), line(8, 5)], "Of 3 types of service, 2 are nearer than for Westshire as a whole "
                                               "and 1 further away."),
    ],
)  # fmt: skip
def test_the_comparison_follows_from_the_numbers(lines: list[ServiceLine], said: str) -> None:
    assert words.compared(lines, "Westshire") == [said]
    assert words.compared([line(5, None)], "") == words.compared([line(5, None), line(8, 4)], "Westshire") == []


def test_where_many_live_at_the_edge_the_sentence_says_so() -> None:
    rows = {"gp": {"mean": 5.0, "within": [{"share": 0.8}]}, "hospital": {"mean": 33.3, "within": [{"share": 0.1}]}}

    def said(near: float, far: float) -> str:
        lines = [replace(line(5, None), edge=near), replace(line(33.3, None, "hospital"), edge=far)]
        return words.page_sentence("Corner", "", rows, lines, "minutes", by_road=True, usual=15)

    told = "but for {} of residents a nearer one may lie beyond what is loaded"
    assert said(0.02, 0.994).endswith(f"33 minutes by car on average, {told.format('99%')}.")
    assert "nearer one" not in said(0.02, 0.09)
    assert said(0.25, 0).startswith(
        "80% of residents of Corner live within 15 minutes’ drive of a general practice, but"
    )
    assert told.format("25%") in said(0.25, 0)


def test_services_that_could_not_be_placed_are_a_number_and_those_far_off_nothing() -> None:
    lost = ["A: the postcode SN1 1ZZ is not among those that are loaded; SN1 1AB may be meant",
            "B has no postcode and no coordinates"]  # fmt: skip
    twins = "with the name and the place of another: 2 services"
    assert words.few_of([*lost, "beyond the postcodes that are loaded: 6,000 services", twins]) == [
        "Left out, for their place is not known: 2 services",
        twins,
    ]
    assert words.few_of([f"problem {k}" for k in range(5)])[-1] == "And 2 more problems of services"
    assert words.few_of([]) == []
