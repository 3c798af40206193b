"""Two censuses in a simulated world: people stand at points, areas are split, merged and redrawn around them.

Ten areas of 2011 in a row, a kilometre square each: 1–4 and 9–10 stay, 5 is split in two, 6 and 7 are merged, 8 and the
next one (11) are cut across (irregular). Every number has a known answer, for the people are counted where they stand.
"""

from pathlib import Path

import numpy as np
import pytest
import shapely

from jsna_desktop.areas.locality import SELECTION, Locality
from jsna_desktop.indicator import COUNT, PROPORTION, Indicator
from jsna_desktop.jobs.carried import other_census
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import add_polygon
from jsna_desktop.jobs.profile import Profile, profile
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.workspace.store import Store
from tests.worlds import dataset, keep

OLD = np.array([f"E010000{n:02d}" for n in range(1, 12)])
OLD_SHAPES = np.array([shapely.box(x * 1000, 0, x * 1000 + 1000, 1000) for x in (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 8)])
KEPT = [0, 1, 2, 3, 8, 9]
NEW = np.concatenate([OLD[KEPT], [f"E0103377{n}" for n in range(5)]])
NEW_SHAPES = np.array(
    [
        *OLD_SHAPES[KEPT],
        shapely.box(4000, 0, 5000, 500),  # E01033770 and E01033771: 5, split
        shapely.box(4000, 500, 5000, 1000),
        shapely.box(5000, 0, 7000, 1000),  # E01033772: 6 and 7, merged
        shapely.box(7000, 0, 9000, 400),  # E01033773 and E01033774: 8 and 11, cut across
        shapely.box(7000, 400, 9000, 1000),
    ]
)
LINKS = {
    "from": np.array([*OLD[KEPT], OLD[4], OLD[4], OLD[5], OLD[6], OLD[7], OLD[7], OLD[10], OLD[10]]),
    "to": np.array([*OLD[KEPT], NEW[6], NEW[7], NEW[8], NEW[8], NEW[9], NEW[10], NEW[9], NEW[10]]),
    "change": np.array([*"UUUUUU", *"SS", *"MM", *"XXXX"]),
}
_RANDOM = np.random.default_rng(2021)
PEOPLE = np.column_stack([_RANDOM.uniform(0, 11_000, 22_000), _RANDOM.uniform(0, 1000, 22_000)])
# More of them in 6 than in 7, so that the merged area is no matter of its area alone.
PEOPLE = np.vstack([PEOPLE, np.column_stack([_RANDOM.uniform(5000, 6000, 3000), _RANDOM.uniform(0, 1000, 3000)])])
SMOKES = _RANDOM.uniform(size=len(PEOPLE)) < 0.1 + 0.02 * PEOPLE[:, 0] / 1000


def counted(shapes: np.ndarray, who: np.ndarray | slice = slice(None)) -> np.ndarray:
    return np.array([shapely.contains_xy(s, PEOPLE[who]).sum() for s in shapes], dtype=float)


def counts(geography: str, codes: np.ndarray, shapes: np.ndarray, year: str) -> Reading:
    people, smokers = counted(shapes), counted(shapes, SMOKES)
    residents = Indicator(
        "population.residents", "Residents", COUNT, year, geography, "people", numerator="residents"
    )  # fmt: skip
    smoking = Indicator(
        f"local.smoking{year}", "Smoking", PROPORTION, year, geography, "%", 100, "low good", numerator="smokers",
        denominator="residents",
    )  # fmt: skip
    about = dataset(f"people.{geography}", "population", geography, year)
    return Reading(about, codes, {"residents": people, "smokers": smokers}, indicators=(residents, smoking))


def outlines(geography: str, codes: np.ndarray, shapes: np.ndarray) -> Reading:
    return Reading(dataset(f"boundaries.{geography}", "boundaries", geography), codes, geometry=shapely.to_wkb(shapes))


OUTLINES_OLD, OUTLINES_NEW = outlines("lsoa2011", OLD, OLD_SHAPES), outlines("lsoa2021", NEW, NEW_SHAPES)
COUNTS_OLD = counts("lsoa2011", OLD, OLD_SHAPES, "2020")
COUNTS_NEW = counts("lsoa2021", NEW, NEW_SHAPES, "2021")
LOOKUP = Reading(dataset("vintages.lsoa2011.lsoa2021", "lookup", "lsoa2011"), np.unique(OLD), tables={"links": LINKS})


@pytest.fixture
def store(tmp_path: Path):
    with Store.create(tmp_path / "w.jsna") as made:
        yield made


def place(codes: np.ndarray, geography: str = "lsoa2011") -> Locality:
    return Locality(0, "Here", "", SELECTION, geography, np.unique(codes))


def row(made: Profile, identity: str, period: str) -> dict:
    (found,) = [r for r in made.rows() if r["indicator"] == identity and r["period"] == period]
    return found


def seen(store: Store, where: Locality, period: str = "2021") -> tuple[dict, dict]:
    made = profile(load_figures(store), [where])
    return row(made, "population.residents", period), row(made, f"local.smoking{period}", period)


@pytest.mark.parametrize("way", [[LOOKUP], [OUTLINES_OLD, OUTLINES_NEW], [OUTLINES_OLD, OUTLINES_NEW, LOOKUP]])
@pytest.mark.parametrize("chosen", [[0, 1], [4], [0, 4, 8], [5, 6], [7, 10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
def test_whole_changes_are_carried_to_the_last_person(store: Store, way: list[Reading], chosen: list[int]) -> None:
    """Unchanged, split, merged and irregular areas that a place holds whole: people stand where they stand."""
    keep(store, *way, COUNTS_OLD, COUNTS_NEW)
    residents, smoking = seen(store, place(OLD[chosen]))
    here = counted(OLD_SHAPES[chosen]).sum()
    assert residents["value"] == here
    assert smoking["value"] == pytest.approx(100 * counted(OLD_SHAPES[chosen], SMOKES).sum() / here, rel=1e-12)
    assert residents["method"] == "blocks"
    unchanged = set(chosen) <= set(KEPT)
    expected = "none of its areas has changed" if unchanged else "by ONS’s lookup" if LOOKUP in way else "by shape"
    assert residents["note"].startswith("carried from LSOAs 2011")
    assert expected in residents["note"]


def test_part_of_a_merged_area_goes_by_its_residents(store: Store) -> None:
    """6 has some four times the people of 7: by area it would be half."""
    keep(store, LOOKUP, COUNTS_OLD, COUNTS_NEW)
    residents, smoking = seen(store, place(OLD[[5]]))
    assert residents["value"] == pytest.approx(counted(OLD_SHAPES[[5]])[0])
    assert residents["method"] == "area"
    # The mix of the merged area is all that is known of its parts.
    merged = counted(NEW_SHAPES[[8]], SMOKES)[0] / counted(NEW_SHAPES[[8]])[0]
    assert smoking["value"] == pytest.approx(100 * merged)


def test_part_of_an_irregular_area_goes_by_the_area_of_its_pieces(store: Store) -> None:
    """Of 8 two fifths went to one new area and three fifths to the other; 11 gave as much of itself to each."""
    keep(store, OUTLINES_OLD, OUTLINES_NEW, LOOKUP, COUNTS_OLD, COUNTS_NEW)
    residents, smoking = seen(store, place(OLD[[7]]))
    people = counted(OLD_SHAPES)
    share = people[7] / (people[7] + people[10])
    assert residents["value"] == pytest.approx(share * counted(NEW_SHAPES[[9, 10]]).sum())
    assert smoking["numerator"] == pytest.approx(share * counted(NEW_SHAPES[[9, 10]], SMOKES).sum())
    assert residents["method"] == "area"


def test_the_same_way_back(store: Store) -> None:
    """A place of 2021 with data of 2011: the split area has its half of the people, the merged one all of them."""
    keep(store, LOOKUP, COUNTS_OLD, COUNTS_NEW)
    residents, _ = seen(store, place(NEW[[0, 6, 7, 8]], "lsoa2021"), "2020")
    assert residents["value"] == counted(OLD_SHAPES[[0, 4, 5, 6]]).sum()
    half, _ = seen(store, place(NEW[[6]], "lsoa2021"), "2020")
    assert half["value"] == pytest.approx(counted(NEW_SHAPES[[6]])[0])


def test_an_irregular_area_in_part_is_not_guessed_without_shapes(store: Store) -> None:
    keep(store, LOOKUP, COUNTS_OLD, COUNTS_NEW)
    residents, smoking = seen(store, place(OLD[[0, 1, 7]]))
    assert residents["value"] is None
    assert smoking["value"] is None  # a third of its residents: more than a fifth
    assert "% of residents live in areas that changed and are left out" in residents["note"]
    residents, smoking = seen(store, place(OLD[[0, 1, 2, 3, 7, 8, 9]]))
    assert residents["value"] is None
    kept = OLD_SHAPES[[0, 1, 2, 3, 8, 9]]
    assert smoking["value"] == pytest.approx(100 * counted(kept, SMOKES).sum() / counted(kept).sum())


def test_with_outlines_of_2011_alone_codes_that_stayed_are_exact_and_the_rest_is_told(store: Store) -> None:
    keep(store, OUTLINES_OLD, COUNTS_OLD, COUNTS_NEW)
    residents, smoking = seen(store, place(OLD[[0, 1, 2, 3, 8, 9, 4]]))
    here = counted(OLD_SHAPES[KEPT]).sum()
    lost = counted(OLD_SHAPES[[4]])[0]
    assert residents["value"] is None
    assert smoking["denominator"] == here
    assert f"by code; {100 * lost / (here + lost):.1f} % of residents" in smoking["note"]
    assert "add ONS’s boundaries of LSOAs 2021" in smoking["note"]
    whole, _ = seen(store, place(OLD[KEPT]))
    assert whole["value"] == here
    # Who lives there is told by the census whose areas are all there.
    (summary,) = profile(load_figures(store), [place(OLD[[0, 4]])]).summaries
    assert (summary.residents, summary.residents_year) == (counted(OLD_SHAPES[[0, 4]]).sum(), 2020)


def test_a_line_is_drawn_on_the_outlines_that_are_there(store: Store) -> None:
    """Half of 3, all of 4 and 5: by the outlines of 2011, though the data are of 2021."""
    keep(store, OUTLINES_OLD, LOOKUP, COUNTS_OLD, COUNTS_NEW)
    drawn = add_polygon(store, "", "Drawn", shapely.box(2500, 0, 5000, 1000))
    residents, _ = seen(store, drawn)
    assert residents["value"] == pytest.approx(counted(OLD_SHAPES[[2]])[0] / 2 + counted(OLD_SHAPES[[3, 4]]).sum())
    assert residents["note"].startswith("carried from LSOAs 2011 by ONS’s lookup")


def test_generalised_outlines_find_the_same_links(store: Store) -> None:
    """Every corner of 2011 moved by up to 80 m, as outlines of 200 m are: no sliver becomes a link."""
    corners = {tuple(c): c + _RANDOM.uniform(-80, 80, 2) for c in shapely.get_coordinates(OLD_SHAPES)}
    rough = shapely.transform(OLD_SHAPES, lambda xy: np.array([corners[tuple(c)] for c in xy]))
    keep(store, outlines("lsoa2011", OLD, rough), OUTLINES_NEW, COUNTS_OLD, COUNTS_NEW)
    for chosen in ([0, 1], [4], [3, 4], [5, 6], [7, 10]):
        residents, _ = seen(store, place(OLD[chosen]))
        assert residents["value"] == counted(OLD_SHAPES[chosen]).sum()


def test_codes_alone_carry_nothing_back_to_2011(store: Store) -> None:
    keep(store, OUTLINES_NEW, COUNTS_OLD, COUNTS_NEW)
    residents, _ = seen(store, place(NEW[[0, 1]], "lsoa2021"), "2020")
    assert residents["value"] is None


def test_data_of_2021_over_outlines_of_2011_say_where_the_outlines_are(store: Store) -> None:
    keep(store, OUTLINES_OLD)
    keep(store, COUNTS_OLD, COUNTS_NEW)
    from jsna_desktop.workspace import catalogue

    said = {d.id: [p.message for p in d.problems] for d in catalogue.datasets(store)}
    assert said["people.lsoa2011"] == []
    (message,) = said["people.lsoa2021"]
    assert "geoportal.statistics.gov.uk" in message
    assert "Lower layer Super Output Areas (December 2021) Boundaries EW BGC" in message


def test_every_area_of_a_census_has_its_counterpart() -> None:
    assert other_census("lsoa2021") == "lsoa2011"
    assert other_census("oa2011") == "oa2021"
    assert other_census("ward") is None
    assert other_census("district") is None
