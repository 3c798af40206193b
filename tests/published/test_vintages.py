"""Real areas of two censuses: what is carried is where people were counted."""

from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.areas.locality import SELECTION, Locality
from jsna_desktop.areas.vintages import links_by_shape
from jsna_desktop.jobs.add import READY, add, recognise
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.profile import profile
from jsna_desktop.jobs.reference import councils, fill, find_council
from jsna_desktop.sources import read
from jsna_desktop.workspace.store import Store

MID_2020 = "population/mid-2020-persons-lsoa-2011-single-year-of-age.csv.gz"
CENSUS = "population/census-2021-usual-residents-lsoa-2021.csv"


def test_what_ships_says_of_every_lsoa_what_the_published_lookup_says(data: Path) -> None:
    """ONS's districts of 2025 and regions, in another file than the one that it was made from."""
    import pandas as pd
    import pyarrow.parquet as pq

    from jsna_desktop.jobs.reference import LOOKUP
    from jsna_desktop.resources import shipped

    ours = pq.read_table(shipped(LOOKUP)).to_pandas().set_index("LSOA11CD")
    theirs = pd.read_csv(data / "lookups/lsoa_2011_to_lad_to_region_ew.csv", dtype=str, keep_default_na=False)
    theirs = theirs.set_index("LSOA11CD")
    for column in ("LSOA11NM", "LAD25CD", "LAD25NM", "RGN25CD", "RGN25NM"):
        assert ours[column].equals(theirs[column].reindex(ours.index)), column


def test_lsoas_that_kept_their_code_kept_their_line(data: Path) -> None:
    """Wiltshire's, in ONS's outlines of both censuses, generalised to 20 m alike."""
    import shapely

    old = read(data / "boundaries/lsoa_2011_wiltshire.geojson")
    new = read(data / "boundaries/lsoa_2021_wiltshire.geojson")
    assert old.geometry is not None and new.geometry is not None
    common, a, b = np.intersect1d(old.codes, new.codes, return_indices=True)
    assert len(common) == 268
    first, second = shapely.from_wkb(old.geometry[a]), shapely.from_wkb(new.geometry[b])
    shared = shapely.area(shapely.intersection(first, second)) / shapely.area(shapely.union(first, second))
    assert shared.min() > 0.98
    assert np.median(shared) > 0.999


@pytest.fixture(scope="module")
def wiltshire(data: Path, tmp_path_factory: pytest.TempPathFactory):
    """As an officer's: the council's name, mid-2020 on 2011, the census on 2021; and ONS's 2021 outlines."""
    with Store.create(tmp_path_factory.mktemp("vintages") / "w.jsna") as store:
        fill(store, find_council("Wiltshire"))
        files = [data / MID_2020, data / CENSUS, data / "boundaries/lsoa_2021_wiltshire.geojson"]
        found = recognise(files, store)
        assert [item.status for item in found] == [READY] * 3
        add(store, found)
        yield store


def residents(store: Store, places: list[Locality]) -> dict[str, np.ndarray]:
    made = profile(load_figures(store, ["population.residents"]), places)
    rows = list(made.rows())
    return {p: np.array([r["value"] for r in rows if r["period"] == p], dtype=float) for p in ("2020", "2021")}


def test_the_county_is_the_county_in_both(wiltshire: Store, data: Path) -> None:
    ours, theirs = Outlines.of(wiltshire, "lsoa2011"), Outlines.of(wiltshire, "lsoa2021")
    assert ours is not None and theirs is not None
    found = residents(wiltshire, [Locality(0, "All", "", SELECTION, "lsoa2011", ours.codes)])
    assert found["2020"][0] == 504_070
    # The census's own 307 LSOAs of Wiltshire, added up.
    census = read(data / CENSUS)
    assert found["2021"][0] == census.columns["persons"][np.isin(census.codes, theirs.codes)].sum()


def test_places_of_2011_have_as_many_in_the_census_as_nine_months_before(wiltshire: Store) -> None:
    """200 places of twenty LSOAs side by side: each within a tenth of mid-2020, half of them within 3 %."""
    outlines = Outlines.of(wiltshire, "lsoa2011")
    assert outlines is not None
    middle = (outlines.bounds[:, :2] + outlines.bounds[:, 2:]) / 2
    centres = np.random.default_rng(11).choice(len(middle), 200)
    near = [np.argsort(((middle - middle[c]) ** 2).sum(axis=1))[:20] for c in centres]
    places = [Locality(0, str(i), "", SELECTION, "lsoa2011", np.sort(outlines.codes[n])) for i, n in enumerate(near)]
    found = residents(wiltshire, places)
    ratio = found["2021"] / found["2020"]
    assert np.isfinite(ratio).all()
    assert np.abs(ratio - 1).max() < 0.10
    assert np.median(np.abs(ratio - 1)) < 0.03


def test_england_and_wales_carried_by_shape_lose_nobody(data: Path) -> None:
    """All 1,106 LSOAs that changed, in the outlines of 200 m that ship, laid over those of 2021 at 20 m.

    What a group of linked areas held in mid-2020 it holds in the census, as closely as those that never changed.
    """
    import pyarrow.parquet as pq
    import shapely
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    from jsna_desktop.jobs.reference import OUTLINES
    from jsna_desktop.resources import shipped

    ours = pq.read_table(shipped(OUTLINES))
    old = np.array(ours.column("LSOA11CD").to_pylist())
    theirs = pq.read_table(data / "boundaries/lsoa_2021_ew_bgc.parquet")
    new = np.array(theirs.column("LSOA21CD").to_pylist())
    gone, made = ~np.isin(old, new), ~np.isin(new, old)
    assert (gone.sum(), made.sum()) == (1_106, 2_025)
    links = links_by_shape(
        old[gone], shapely.from_wkb(np.array(ours.column("geometry").to_pylist(), dtype=object)[gone]),
        new[made], shapely.from_wkb(np.array(theirs.column("geometry").to_pylist(), dtype=object)[made]),
    )  # fmt: skip
    before, after = read(data / MID_2020), read(data / CENSUS)
    first = dict(zip(before.codes, before.columns["persons"], strict=True))
    second = dict(zip(after.codes, after.columns["persons"], strict=True))
    names, place = np.unique(np.concatenate([links.before, links.after]), return_inverse=True)
    pairs = place[: len(links.before)], place[len(links.before) :]
    groups, group = connected_components(sparse.coo_array((np.ones(len(pairs[0])), pairs), shape=(len(names),) * 2))
    early = np.bincount(group, [first[c] if c in first and c not in second else 0 for c in names], groups)
    late = np.bincount(group, [second[c] if c in second and c not in first else 0 for c in names], groups)
    assert np.isin(old[gone], links.before).all()
    assert np.isin(new[made], links.after).mean() > 0.998
    changed = np.abs(np.log(late / early))
    kept = np.intersect1d(old, new)
    unchanged = np.abs(np.log(np.array([second[c] for c in kept]) / np.array([first[c] for c in kept])))
    assert np.quantile(unchanged, 0.99) > 0.2
    assert np.median(changed) < 0.09
    assert (changed > 0.5).mean() < 0.02
    assert early.sum() == pytest.approx(late.sum(), rel=0.05)


def test_every_council_has_a_workspace_to_begin_with(data: Path, tmp_path: Path) -> None:
    """Some of them, the smallest, the largest and those made in 2023 among them."""
    known = {c.name: c for c in councils()}
    for name in ("Isles of Scilly", "Cumberland", "Birmingham", "Isle of Anglesey", "Hertfordshire"):
        with Store.create(tmp_path / f"{name}.jsna") as store:
            made = fill(store, known[name])
            assert [d.kind for d in made] == ["boundaries", "lookup", "postcodes"]
            assert made[0].rows == known[name].areas
            assert store.check() == []
