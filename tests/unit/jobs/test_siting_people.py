"""Whose residents new places are to serve: those of chosen localities, each once, and what lies beyond the edge."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import access, access_change, siting, siting_rows
from jsna_desktop.jobs.access_change import Change, Opened
from jsna_desktop.jobs.access_people import residents_of
from jsna_desktop.jobs.access_rows import rows as access_rows
from jsna_desktop.jobs.localities import add_polygon, add_selection
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.siting_people import served
from jsna_desktop.workspace.store import Store
from tests import worlds
from tests.unit.jobs.test_access import MIDDLES, PEOPLE, grid_roads, postcodes, services
from tests.unit.jobs.test_siting import HALLS, falls
from tests.worlds import CODES

HUBS = [(500, 500), (2500, 500)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "county.jsna")
    worlds.keep(made, worlds.boundaries(), worlds.residents(PEOPLE), postcodes(), services(HUBS),
                services(HALLS, "hall"))  # fmt: skip
    add_polygon(made, "Places", "North", shapely.box(0, 4000, 6000, 6000))
    add_polygon(made, "Places", "North-east", shapely.box(3000, 3000, 6000, 6000))
    return made


def sited(store: Store, count: int, *names: str, mode: str | None = None, **more) -> siting.Sites:
    choice = Choice(names=names)
    residents = residents_of(store, choice)
    of = range(len(residents.rows)) if choice.named else ()
    return siting.site(access.prepare(store, residents, mode), "hub", "hall", count, of=of, **more)


@pytest.mark.parametrize("objective", [siting.MEDIAN, siting.COVER])
@pytest.mark.parametrize(
    ("names", "lives_there"),
    [
        (("North",), MIDDLES[:, 1] > 4000),
        (("North", "North-east"), (MIDDLES[:, 1] > 4000) | (MIDDLES > 3000).all(axis=1)),
    ],
)
def test_no_other_halls_serve_the_residents_of_a_place_better(
    store: Store, objective: str, names: tuple[str, ...], lives_there: np.ndarray
) -> None:
    """Straight lines from the middles of its squares: whoever lives in two places is one."""
    made = sited(store, 2, *names, mode="straight", objective=objective, limit=2.0)
    weight = PEOPLE * lives_there
    to_hubs, to_halls = (np.hypot(*(MIDDLES[:, None] - np.array(at)).transpose(2, 0, 1)) / 1000 for at in (HUBS, HALLS))
    now = to_hubs.min(axis=1)
    mean, within = {}, {}
    for pair in combinations(range(len(HALLS)), 2):
        cost = np.minimum(now, to_halls[:, list(pair)].min(axis=1))
        mean[pair], within[pair] = cost @ weight / weight.sum(), weight[cost <= 2].sum() / weight.sum()
    if objective == siting.MEDIAN:
        assert made.means()[-1] == pytest.approx(min(mean.values()), rel=1e-9)
        assert mean[tuple(sorted(made.order.tolist()))] == pytest.approx(min(mean.values()))
    else:
        assert made.covered()[-1] == pytest.approx(max(within.values()), rel=1e-9)
    assert made.means()[0] == pytest.approx(now @ weight / weight.sum())
    head = siting_rows.head(made)
    assert head["localities"] == list(names)
    assert head["residents"] == pytest.approx(weight.sum())
    assert head["notes"][0].endswith(f" for residents of {' and '.join(names)}")
    assert f"weighted by residents in {' and '.join(names)}" in head["method"]
    assert {row["locality"] for row in siting_rows.rows(made)} == {"; ".join(names)}


def test_the_part_of_a_square_that_a_line_cuts_counts_as_in_access(store: Store) -> None:
    worlds.keep(store, postcodes(np.array([[5100.0, 5500.0]]), "SN2 2"))
    add_polygon(store, "Drawn", "Corner", shapely.box(5300, 5000, 6000, 6000))
    made = sited(store, 1, "Corner")
    row = access_rows(access.reach(made.prepared, "hub"))[0]
    assert made.served.residents.sum() == pytest.approx(PEOPLE[35] / 2)  # one of its two postcodes
    assert (made.means()[0], made.served.residents.sum()) == (pytest.approx(row["mean"]), row["residents"])


def test_a_need_is_that_of_the_place(store: Store) -> None:
    """Unknown everywhere else it still tells which hall is best for those whom it is known of."""
    numerator = np.where(MIDDLES[:, 1] > 4000, 0.0, np.nan)
    numerator[35] = 12
    worlds.keep(store, falls(numerator))
    made = sited(store, 1, "North", weight="local.falls")
    assert made.candidates.names[made.order].tolist() == ["Hall 5"]
    assert made.notes == ("straight line: no roads are loaded",)
    with pytest.raises(UsageProblem, match="of residents live"):
        sited(store, 1, weight="local.falls")
    add_selection(store, "Places", "Healthy", "lsoa2021", CODES[30:32])
    with pytest.raises(UsageProblem, match="counts nobody in Healthy"):
        sited(store, 1, "Healthy", weight="local.falls")


def test_a_place_without_residents_or_that_is_not_measured_is_refused(store: Store) -> None:
    worlds.keep(store, worlds.residents(np.where(np.arange(36) == 7, 0.0, PEOPLE), "2025"))
    add_selection(store, "Places", "Empty", "lsoa2021", CODES[7:8])
    with pytest.raises(UsageProblem, match="nobody is known to live in Empty"):
        sited(store, 1, "Empty")
    people = residents_of(store, Choice(), groups=True)
    at = people.row_of("North")
    assert served(people, [at]).localities == ("North",)
    with pytest.raises(UsageProblem, match="no residents of Nowhere"):
        people.row_of("Nowhere")


def test_many_places_are_counted_not_listed_in_a_sentence(store: Store) -> None:
    for at in range(4):
        add_selection(store, "Squares", f"Square {at}", "lsoa2021", CODES[at : at + 1])
    people = residents_of(store, Choice(sets=("Squares",)))
    assert served(people, range(4)).where == "4 localities"
    assert served(people, range(3)).where == "Square 0, Square 1 and Square 2"
    assert served(residents_of(store, Choice())).where == ""


def test_who_may_have_one_nearer_beyond_the_edge_is_told_before_and_after(store: Store) -> None:
    """As `access` has it now; afterwards of the journeys that opening the same halls gives."""
    made = sited(store, 2, "North-east", mode="straight")
    before = access.reach(made.prepared, "hub")
    shares = made.at_the_edge()
    assert shares is not None
    assert shares[0] == pytest.approx(access_rows(before)[0]["edge_share"])
    opened = tuple(Opened(f"hall {k}", *map(float, HALLS[k])) for k in made.order.tolist())
    after = access_change.changed(before, Change(open=opened)).cost
    # Hubs of the county alone are known to its edge: the hull of where people begin.
    x, y = MIDDLES.T
    beyond = after > (np.minimum(np.minimum(x, y), np.minimum(6000 - x, 6000 - y)) - 500) / 1000
    mine = (MIDDLES > 3000).all(axis=1)
    assert shares[-1] == pytest.approx(PEOPLE[mine & beyond].sum() / PEOPLE[mine].sum())
    assert 0 < shares[-1] < shares[0]
    head, rows = siting_rows.head(made), siting_rows.rows(made)
    assert (head["edge_share_before"], head["edge_share_after"], head["unrouted_share"]) == (shares[0], shares[-1], 0)
    now, then = (f"{100 * share:.1f} %" for share in shares[[0, -1]])
    assert f"edge: may be nearer for {now} of residents now, for {then} afterwards" in head["notes"]
    assert rows[-1]["note"] == f"edge: may be nearer for {then} of residents"


def test_the_first_of_its_kind_has_no_edge_and_says_why_there_is_no_mean_before(store: Store) -> None:
    worlds.keep(store, grid_roads(gap=3))
    made = sited(store, 1, new=True)
    head, [row] = siting_rows.head(made), siting_rows.rows(made)
    assert (head["edge_share_before"], head["edge_share_after"], head["unrouted_share_before"]) == (None, None, None)
    cut_off = PEOPLE[~np.isfinite(made.costs[1])].sum() / PEOPLE.sum()
    assert head["unrouted_share"] == pytest.approx(cut_off)
    assert row["note"] == (
        "no mean before: no service counts as open yet; "
        f"{100 * cut_off:.1f} % of residents have no known way to a service, and are left out"
    )


def test_a_straight_line_for_want_of_roads_is_marked_in_the_row(store: Store) -> None:
    assert siting_rows.rows(sited(store, 1))[0]["note"].startswith("straight line: no roads are loaded; edge: may be")
