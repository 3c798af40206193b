"""The England workspace, built by documented commands, against what MHCLG and ONS publish."""

import json
import statistics
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from jsna_desktop.cli import main
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.profile import profile, profile_of_shape
from jsna_desktop.workspace.store import Store

Values = dict[str, dict[str, float]]


@pytest.fixture(scope="session")
def england(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("england")
    workspace = folder / "england.jsna"
    lookup = data / "lookups/lsoa_2021_to_lad_to_region_ew.csv"
    files = [
        data / "boundaries/lsoa_2021_ew_bgc.parquet",
        data / "deprivation/File_7_IoD2025_All_Ranks_Scores_Deciles.csv",
        data / "population/census-2021-usual-residents-lsoa-2021.csv",
        *sorted((data / "census2021").glob("*.gz")),
        lookup,
    ]
    assert main(["new", str(workspace)]) == 0
    assert main(["add", str(workspace), *map(str, files)]) == 0
    fields = ["--set", "Districts", "--code-field", "LAD25CD", "--name-field", "LAD25NM"]
    assert main(["localities", "add", str(workspace), str(lookup), *fields]) == 0
    return workspace


@pytest.fixture(scope="session")
def values(england: Path) -> Values:
    out = england.with_suffix(".json")
    assert main(["profile", str(england), "--format", "json", "--out", str(out)]) == 0
    found: Values = {}
    for row in json.loads(out.read_text("utf-8"))["rows"]:
        found.setdefault(row["locality"], {})[row["indicator"]] = row["value"]
    return found


@pytest.fixture(scope="session")
def summaries(data: Path) -> pd.DataFrame:
    return pd.read_csv(data / "deprivation/IoD2025_LAD_summaries.csv").set_index("ltla24_name")


@pytest.mark.parametrize(
    ("indicator", "published", "most", "middle"),
    [
        ("imd2025.average_score", "imd_average_score", 0.35, 0.05),
        ("imd2025.share_lsoas_decile1", "imd_proportion_of_lso_as_in_most_deprived_10_percent_nationally", 1e-4, 1e-4),
        ("imd2025.average_rank", "imd_average_rank", 400, 22),
        ("imd2025.extent", "imd25_extent", 0.008, 0.0006),
        ("imd2025.local_concentration", "imd25_local_concentration", 180, 15),
        ("imd2025.income.average_score", "income_average_score", 0.005, 0.0006),
    ],
)
def test_districts_have_the_values_that_mhclg_publishes(
    values: Values, summaries: pd.DataFrame, indicator: str, published: str, most: float, middle: float
) -> None:
    """MHCLG weights by mid-2022 residents, this workspace by the census: hence the differences in averages."""
    assert len(summaries) == 296
    off = [abs(values[name][indicator] - truth) for name, truth in summaries[published].items()]
    assert max(off) <= most
    assert statistics.median(off) <= middle


def test_wiltshire_has_its_lsoas_and_its_residents(england: Path, data: Path) -> None:
    lookup = pd.read_csv(data / "lookups/lsoa_2021_to_lad_to_region_ew.csv")
    census = pd.read_csv(data / "population/census-2021-usual-residents-lsoa-2021.csv").set_index("LSOA 2021 code")
    own = lookup.LSOA21CD[lookup.LAD25NM == "Wiltshire"]
    with Store.open(england) as store:
        place = localities(store, names=["Wiltshire"])
        made = profile(load_figures(store, ["population.residents"]), place)
    assert made.summaries[0].blocks == len(own) == 307
    assert made.summaries[0].residents == census.iloc[:, -1].loc[own].sum()


def test_census_proportions_are_sums_over_sums(values: Values, data: Path) -> None:
    lookup = pd.read_csv(data / "lookups/lsoa_2021_to_lad_to_region_ew.csv").set_index("LSOA21CD").LAD25NM
    table = pd.read_csv(data / "census2021/disability21_lsoa21_ew.csv.gz")
    table = table[table.disability == "Disabled under the Equality Act"]
    sums = table.groupby(table.lsoa21_code.map(lookup))[["n", "total_residents"]].sum()
    for name, row in sums.iterrows():
        found = values[str(name)]["census2021.disability.disabled_under_the_equality_act"]
        assert found == pytest.approx(100 * row.n / row.total_residents, rel=1e-12)


def _same(a: list[dict], b: list[dict]) -> bool:
    def near(x: float | None, y: float | None) -> bool:
        return x is y or (x is not None and y is not None and abs(x - y) <= 1e-6)

    return len(a) == len(b) and all(
        near(x["value"], y["value"]) and near(x["lower_ci"], y["lower_ci"]) for x, y in zip(a, b, strict=True)
    )


def test_the_outline_of_any_district_gives_what_its_lsoas_give(england: Path) -> None:
    """Drawn as one polygon, every district of England and Wales holds exactly its own LSOAs."""
    with Store.open(england) as store:
        outlines = Outlines.of(store, "lsoa2021")
        assert outlines is not None
        wrong = []
        for place in localities(store):
            assert place.shape is not None and place.blocks is not None
            positions, shares = outlines.shares(place.shape, "area")
            if outlines.codes[positions].tolist() != place.blocks.tolist() or set(shares.tolist()) != {1.0}:
                wrong.append(place.name)
    assert wrong == []


def test_the_published_outline_of_wiltshire_is_its_selection(england: Path, data: Path) -> None:
    """From the district's own file, which is in longitude and latitude."""
    from jsna_desktop.sources import read

    shape = shapely.union_all(shapely.from_wkb(read(data / "boundaries/lsoa_2021_wiltshire.geojson").geometry))
    with Store.open(england) as store:
        figures = load_figures(store)
        drawn = list(profile_of_shape(figures, shape, "Wiltshire").rows())
        chosen = list(profile(figures, localities(store, names=["Wiltshire"])).rows())
    assert _same(drawn, chosen)


def test_msoas_from_their_file_are_whole_lsoas(england: Path, data: Path) -> None:
    from jsna_desktop.sources import read

    with Store.open(england) as store:
        outlines = Outlines.of(store, "lsoa2021")
        assert outlines is not None
        found = [
            outlines.shares(shape, "area")
            for shape in shapely.from_wkb(read(data / "boundaries/msoa_2021_wiltshire.geojson").geometry)
        ]
    assert all((shares == 1).all() for _, shares in found)
    assert len(np.unique(np.concatenate([positions for positions, _ in found]))) == 307


def test_wards_share_wiltshire_out_completely(england: Path, data: Path) -> None:
    """Wards cut LSOAs; together they hold every resident once, but for the generalised coast of nothing."""
    from jsna_desktop.sources import read

    with Store.open(england) as store:
        figures = load_figures(store, ["population.residents"])
        wards = shapely.from_wkb(read(data / "boundaries/wards_wiltshire.geojson").geometry)
        total = sum(profile_of_shape(figures, shape).summaries[0].residents or 0 for shape in wards)
        whole = profile(figures, localities(store, names=["Wiltshire"])).summaries[0].residents
    assert whole is not None
    assert total == pytest.approx(whole, rel=2e-3)


def test_the_same_file_twice_adds_nothing(england: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = england.stat().st_size
    assert main(["add", str(england), str(data / "population/census-2021-usual-residents-lsoa-2021.csv")]) == 0
    assert "already there" in capsys.readouterr().out
    assert england.stat().st_size == before
