"""What a view of inequality is given: the command line's numbers, words that follow from them, nothing small."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import gradient_findings, inequality
from jsna_desktop.jobs.add import Hints, add, recognise
from jsna_desktop.jobs.benchmark import benchmark
from jsna_desktop.jobs.gradient_findings import AROUND, OWN, Question
from jsna_desktop.jobs.localities import localities
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store


@pytest.fixture(scope="module")
def county(county_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(Path(shutil.copy(county_built, tmp_path_factory.mktemp("county"))))
    yield store
    store.close()


def found(store: Store, name: str | None, asked: Question, **more):
    places = localities(store)
    place = next((p for p in places if p.name == name), None)
    return gradient_findings.gradient_findings(store, place, places, asked, **more)


def row_of(store: Store, identity: str, place: str, groups: int = 5) -> dict:
    made, _, _ = inequality.of_indicator(store, identity, Choice(), None, groups, "place")
    return next(row for row in inequality.rows(made) if row["locality"] == place)


@pytest.mark.parametrize("groups", [5, 10])
def test_a_share_over_the_districts_groups_is_that_of_the_command_line(county: Store, groups: int) -> None:
    shown = found(county, "Kelderford", Question("local.smoking", AROUND, groups=groups))
    row = row_of(county, "local.smoking", "Marrowshire", groups)
    assert [g.value for g in shown.groups] == [g["value"] for g in row["groups"]]
    assert shown.slope.ends == tuple(row["fitted"])
    first, last = (row["groups"][at]["value"] for at in (0, -1))
    assert f"{first:.1f}\u00a0% in the most deprived" in shown.sentence
    assert f"{first / last:.1f} times as high" in shown.sentence
    limits = [abs(row["sii_upper"]), abs(row["sii_lower"])]
    size = f"by {abs(row['sii']):.1f} points ({limits[0]:.1f} to {limits[1]:.1f}), which is worse"
    assert f"clearly higher among the more deprived, {size}" in shown.sentence
    fewer = row["what_if"]["events_fewer"]
    assert f"about {fewer:,.0f} fewer cases" in shown.sentence
    measures = {m.name: m for m in shown.measures}
    assert measures["Relative index"].value == f"{row['rii']:.2f}"
    assert measures["Attributable share"].value == f"{100 * row['attributable_share']:.0f} %"


def test_no_clear_gradient_is_called_that(county: Store) -> None:
    shown = found(county, "Kelderford", Question("local.diabetes_recorded", OWN))
    assert "There is no clear gradient." in shown.sentence
    assert "fewer" not in shown.sentence
    assert shown.title == "Inequality across the fifths of Kelderford"


def test_life_expectancy_and_standardised_rates_are_indicators_too(county: Store) -> None:
    life = found(county, None, Question(inequality.LIFE_EXPECTANCY, sex="male"))
    assert life.sentence.startswith("Life expectancy at birth, males: ")
    assert "clearly lower among the more deprived" in life.sentence
    assert life.funnel is None
    deaths = found(county, None, Question("deaths.dsr"))
    assert deaths.periods == tuple(str(year) for year in range(2015, 2025))
    assert deaths.over_time.value[-1] == pytest.approx(deaths.slope.ends[1] - deaths.slope.ends[0])
    assert "per 100,000" in deaths.sentence


def test_a_funnel_has_every_place_and_its_limits_are_those_of_the_command_line(county: Store) -> None:
    shown = found(county, "Aldminster", Question("local.emergency_admissions")).funnel
    rows = {row["locality"]: row for row in benchmark(county, "local.emergency_admissions", Choice())}
    assert set(shown.names) == set(rows)
    assert shown.names[shown.own] == "Aldminster"
    for at, name in enumerate(shown.names):
        row = rows[name]
        assert shown.value[at] == row["value"]
        assert shown.verdict[at] == row["verdict"]
        for mine, theirs in (("lower_95", "lower_95"), ("upper_998", "upper_998")):
            curve = np.interp(shown.size[at], shown.sizes, getattr(shown, mine))
            assert curve == pytest.approx(row[theirs], rel=2e-3)


def test_what_cannot_be_put_on_a_gradient_is_refused(county: Store) -> None:
    with pytest.raises(UsageProblem, match="a count has no gradient"):
        found(county, None, Question("population.residents"))
    offered = {i.id for _, i in catalogue.keyed_indicators(county) if gradient_findings.has_gradient(i)}
    assert "local.smoking" in offered
    assert not {"population.residents", "imd2025.average_rank", "imd2025.average_score"} & offered


@pytest.fixture
def secret(county_built: Path, tmp_path: Path) -> Iterator[Store]:
    """The county with a sensitive share: few cases in each small area, more where it is deprived."""
    store = Store.open(Path(shutil.copy(county_built, tmp_path)))
    codes = catalogue.codes(store, store.one("SELECT key FROM dataset WHERE kind = 'deprivation'")[0])
    rank = catalogue.column(store, store.one("SELECT key FROM dataset WHERE kind = 'deprivation'")[0], "imd_rank")
    few = np.where(np.argsort(np.argsort(rank)) < len(rank) // 2, 2, 1)
    lines = [f"{code},falls,2024,{n},400,proportion,low good" for code, n in zip(codes, few, strict=True)]
    path = tmp_path / "falls.csv"
    path.write_text("area_code,indicator,period,numerator,denominator,kind,polarity\n" + "\n".join(lines) + "\n")
    add(store, recognise([path], store, hints=Hints(sensitive=True)))
    yield store
    store.close()


def test_sensitive_counts_are_seen_as_they_would_leave_and_seeing_is_not_leaving(secret: Store) -> None:
    asked = Question("local.falls")
    shown = found(secret, None, asked)
    true = found(secret, None, asked, true_figures=True)
    assert shown.sensitive
    assert [g.value for g in shown.groups] != [g.value for g in true.groups]
    assert all("rounded" in g.note for g in shown.groups)
    assert shown.slope is None  # the line would give the groups away
    assert re.search(r"by \d+\.\d+ points", true.sentence)
    assert secret.one("SELECT count(*) FROM ledger")[0] == 0
    assert not [m for m in shown.measures if m.name in ("Concentration index", "Attributable share")]
