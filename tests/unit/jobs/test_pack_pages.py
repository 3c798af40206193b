"""The pack's pages of life expectancy and inequality: the jobs' numbers, made once for a batch, nothing small."""

import csv
import gzip
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.jobs import inequality
from jsna_desktop.jobs.add import add, recognise
from jsna_desktop.jobs.demonstration import build
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.findings import all_findings
from jsna_desktop.jobs.life_expectancy import rows as life_rows
from jsna_desktop.jobs.life_findings import AROUND, Question, ground, life_findings
from jsna_desktop.jobs.localities import add_selection, localities
from jsna_desktop.jobs.measured_places import Choice, districts, of_localities
from jsna_desktop.jobs.mortality import load_mortality
from jsna_desktop.jobs.pack import make_packs
from jsna_desktop.jobs.recognise import marked_sensitive
from jsna_desktop.measures.disclosure import rounded
from jsna_desktop.packs.findings import Findings
from jsna_desktop.resources import resource
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

NUMBER = re.compile(r"\d+(?:\.\d+)?")
FEW = ("X01000001", "X01000002")


def of(found: list[Findings], name: str) -> Findings:
    return next(one for one in found if one.locality == name)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(build(tmp_path_factory.mktemp("county"))) as store:
        with store.transaction():  # journeys to services have pages and tests of their own
            store.run("UPDATE dataset SET replaced_by = key WHERE kind = 'services'")
        add_selection(store, "Odd", "One area", "lsoa2021", np.array(FEW[:1]))
        key = catalogue.lookups(store, "district")[0][0]
        add_selection(store, "Odd", "All of it", "lsoa2021", catalogue.codes(store, key))
        yield store


@pytest.fixture(scope="module")
def batch(county: Store) -> list[Findings]:
    return list(all_findings(load_figures(county), localities(county)))


def copy_of(county: Store, path: Path, *without: str, secret: tuple[str, ...] = ()) -> Store:
    """The county without the datasets whose titles begin so; files of `secret` are added again, as sensitive."""
    shutil.copyfile(county.path, path)
    store = Store.open(path)
    with store.transaction():
        for title in without:
            store.run(
                "UPDATE dataset SET replaced_by = key, checksum = 'earlier ' || key WHERE title LIKE ?", [f"{title}%"]
            )
        store.run("DELETE FROM locality")
    if secret:
        hidden = [
            file for file in sorted(resource("demonstration").iterdir()) if any(name in file.name for name in secret)
        ]
        add(store, marked_sensitive(recognise(hidden, store)))
    return store


def areas(number: int) -> np.ndarray:
    return np.array([f"X{1000001 + at:08d}" for at in range(number)])


def test_the_finding_says_the_numbers_of_the_command_line(county: Store, batch: list[Findings]) -> None:
    page = of(batch, "Kelderford").life
    assert page is not None
    assert page.fifths is not None
    data = load_mortality(county, causes=True)
    place = next(one for one in localities(county) if one.name == "Kelderford")
    around = districts(county, data.geography, data.universe, data.blocks)
    places = of_localities(county, [place], data.geography, data.universe).with_more(around)
    known = {
        (row["locality"], row["sex"]): row
        for row in life_rows(data, places, ("male", "female"), (2020, 2024))
        if row["age"] == 0
    }
    for sex, groups in zip(page.sexes, page.groups, strict=True):
        assert [group.name for group in groups] == [
            "Kelderford", "Most deprived fifth", "Least deprived fifth", "Marrowshire"
        ]  # fmt: skip
        for group in (groups[0], groups[-1]):
            row = known[group.name, sex]
            assert (group.value, group.lower, group.upper) == (row["value"], row["lower_ci"], row["upper_ci"])
        start = ground(county, data, place)
        assert page.fifths.found[page.sexes.index(sex)].gap == life_findings(start, Question(AROUND, sex)).gap
    men, women = (one for one in page.fifths.found)
    sentences = page.finding.split(". ")
    own = [groups[0] for groups in page.groups]
    assert sentences[0].startswith(f"Men in Kelderford can expect to live {own[0].value:.1f} years, ")
    assert sentences[1].startswith(f"Women in Kelderford can expect to live {own[1].value:.1f} years, ")
    told = NUMBER.findall(sentences[2])
    gaps = [part for one in (men, women) for part in (one.gap, one.gap_lower, one.gap_upper)]
    assert told == [*(f"{part:.1f}" for part in gaps), "2022", "2024"]
    assert page.finding.endswith("in 2022–2024. It is narrowing for men and women.")


def test_what_a_batch_shares_is_made_once(batch: list[Findings]) -> None:
    one, other = of(batch, "Kelderford"), of(batch, "Emberstow")
    assert one.life is not None and other.life is not None
    assert one.life.fifths is not None and one.life.fifths is other.life.fifths
    assert one.life.fifths.drawings is one.life.fifths.drawings
    assert one.gradients is not None and other.gradients is not None
    assert len(one.gradients.shown) == 4
    for mine, theirs in zip(one.gradients.shown, other.gradients.shown, strict=True):
        assert mine.around is theirs.around
        assert mine.around.drawing is theirs.around.drawing
        assert mine.own is not theirs.own


def test_gradients_are_those_of_the_command_line(county: Store, batch: list[Findings]) -> None:
    page = of(batch, "Kelderford").gradients
    assert page is not None
    for pair in page.shown:
        made, _, _ = inequality.of_indicator(county, pair.around.row["indicator"], Choice())
        key = ("locality", "period", "sex", "age")
        known = {tuple(row[part] for part in key): row for row in inequality.rows(made)}
        for one in (pair.around, pair.own):
            assert one is not None
            row = known[tuple(one.row[part] for part in key)]
            limits = ("sii_lower", "sii_upper", "rii_lower", "rii_upper")
            # The draws are short floats: their last digits depend on how many places are drawn at once.
            assert [one.row[name] for name in limits] == pytest.approx([row[name] for name in limits], rel=1e-5)
            assert one.row == row | {name: one.row[name] for name in limits}
            assert one.where == one.row["locality"]


def test_the_clearest_are_shown_and_their_sentences_turn_the_index_round(county: Store, batch: list[Findings]) -> None:
    page = of(batch, "Kelderford").gradients
    assert page is not None
    nearest = [min(abs(np.log(pair.around.row[end])) for end in ("rii_lower", "rii_upper")) for pair in page.shown]
    assert nearest == sorted(nearest, reverse=True)
    left = {"local.breast_screening", "local.mmr_two_doses", "local.good_development", "local.diabetes_recorded"}
    for identity in left:
        row = inequality.rows(inequality.of_indicator(county, identity, Choice())[0])[0]
        assert min(abs(np.log(row[end])) for end in ("rii_lower", "rii_upper")) < nearest[-1]
    row = page.shown[0].around.row
    assert row["indicator"] == "local.smoking"
    assert page.shown[0].around.sentence == (
        f"Smoking, adults: {1 / row['rii']:.1f} times as high at the most deprived end as at the least "
        f"({1 / row['rii_upper']:.1f} to {1 / row['rii_lower']:.1f})."
    )
    men = page.life[0].around
    low, high = men.row["sii_lower"], men.row["sii_upper"]
    assert men.sentence == (
        f"Life expectancy at birth, men: {men.row['sii']:.1f} years longer at the least deprived end than at the most "
        f"({low:.1f} to {high:.1f})."
    )
    assert page.finding.startswith("Over the fifths of Marrowshire, all 9 indicators that can be judged have a clear")


def test_a_place_too_small_keeps_its_reason_and_its_districts_figures(batch: list[Findings]) -> None:
    found = of(batch, "One area")
    assert found.life is not None and found.gradients is not None
    assert (
        "The life expectancy of men cannot be compared: One area: fewer than 5,000 person-years" in found.life.finding
    )
    own, *others = found.life.groups[0]
    assert own.value is None and "5,000" in own.note
    assert all(other.value is not None for other in others)
    assert found.life.fifths is of(batch, "Kelderford").life.fifths  # type: ignore[union-attr]
    assert all(pair.own is None for pair in (*found.gradients.life, *found.gradients.shown))
    assert found.gradients.finding.endswith("One area holds too few small areas to be cut into fifths of its own.")


def test_a_place_that_is_its_district_has_its_own_value_and_no_rest(batch: list[Findings]) -> None:
    page = of(batch, "All of it").life
    assert page is not None
    own, *_, whole = page.groups[0]
    assert own.value == pytest.approx(whole.value)
    assert page.finding.startswith(f"Men in All of it can expect to live {own.value:.1f} years ({own.lower:.1f} to ")
    assert "rest of" not in page.finding


def test_without_deaths_there_is_no_page_and_deaths_without_residents_are_said(county: Store, tmp_path: Path) -> None:
    with copy_of(county, tmp_path / "none.jsna", "Deaths") as store:
        add_selection(store, "Set", "A place", "lsoa2021", areas(30))
        found = next(all_findings(load_figures(store), localities(store)))
        assert found.life is None
        assert found.gradients is not None and found.gradients.life == ()
        assert not any("Life expectancy" in one for one in found.left_out)
        table = tmp_path / "deaths.csv"
        with table.open("w", newline="") as sheet:
            csv.writer(sheet).writerows(
                [["area_code", "year", "sex", "age", "deaths"], ["X01000001", 1999, "male", 50, 1]]
            )
        add(store, recognise([table], store))
        found = next(all_findings(load_figures(store), localities(store)))
        assert found.life is None
        assert any("Life expectancy: deaths and residents are of different years" in one for one in found.left_out)


def test_without_an_index_the_place_stands_beside_its_district_alone(county: Store, tmp_path: Path) -> None:
    with copy_of(county, tmp_path / "noindex.jsna", "English Indices") as store:
        add_selection(store, "Set", "A place", "lsoa2021", areas(30))
        found = next(all_findings(load_figures(store), localities(store)))
    assert found.gradients is None
    assert found.life is not None and found.life.fifths is None
    assert [group.name for group in found.life.groups[0]] == ["A place", "Marrowshire"]
    assert any(one.startswith("The gap between fifths by deprivation: there is no index") for one in found.left_out)


def test_deaths_of_persons_without_causes_are_taken_apart_by_age(county: Store, tmp_path: Path) -> None:
    source = next(file for file in resource("demonstration").iterdir() if "deaths_2015" in file.name)
    tally: dict[tuple[str, str, str], int] = {}
    with gzip.open(source, "rt") as sheet:
        for row in csv.DictReader(sheet):
            key = (row["area_code"], row["year"], row["age"])
            tally[key] = tally.get(key, 0) + int(row["deaths"])
    table = tmp_path / "deaths.csv"
    with table.open("w", newline="") as sheet:
        writer = csv.writer(sheet)
        writer.writerow(["area_code", "year", "age", "sex", "deaths"])
        writer.writerows([*key, "persons", count] for key, count in tally.items())
    with copy_of(county, tmp_path / "persons.jsna", "Deaths") as store:
        add(store, recognise([table], store))
        add_selection(store, "Set", "A place", "lsoa2021", areas(30))
        page = next(all_findings(load_figures(store), localities(store))).life
    assert page is not None and page.fifths is not None
    assert page.sexes == ("persons",)
    assert [part.name for part in page.fifths.found[0].parts][:2] == ["Under 1", "1 to 4"]
    assert page.finding.startswith("People in A place")
    assert page.finding.endswith("in 2022–2024. It is narrowing.")
    assert "by age (Arriaga 1984" in dict(page.methods)["Gaps in life expectancy"]


@pytest.fixture(scope="module")
def secret(county: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("secret") / "secret.jsna"
    with copy_of(county, path, "Deaths", "Health", secret=("deaths_2015", "health_indicators")) as store:
        add_selection(store, "Set", "A place", "lsoa2021", areas(30))
        add_selection(store, "Set", "Two areas", "lsoa2021", np.array(FEW))
        yield store


def test_from_sensitive_data_only_rounded_figures_leave(secret: Store) -> None:
    found = list(all_findings(load_figures(secret), localities(secret)))
    page = of(found, "A place")
    assert page.life is not None and page.life.sensitive and page.life.fifths is not None
    numbers = [part for groups in page.life.groups for g in groups for part in (g.value, g.lower, g.upper)]
    for one in page.life.fifths.found:
        numbers += [one.gap, one.gap_lower, one.gap_upper]
        numbers += [float(value) for line in one.lines for value in (*line.value, *line.lower, *line.upper)]
        numbers += [part.years for part in one.parts if part.years is not None]
    assert all(number is None or round(number, 1) == number for number in numbers)
    assert any(part.years is None for one in page.life.fifths.found for part in one.parts)
    assert page.gradients is not None
    counted = 0
    for pair in (*page.gradients.life, *page.gradients.shown):
        for one in (pair.around, pair.own):
            assert one is not None
            row = one.row
            assert row["fitted"] is None and one.slope is None and row["what_if"] is None
            for name in ("sii", "sii_lower", "sii_upper", "rii", "rii_lower", "rii_upper"):
                assert row[name] is None or round(row[name], 1) == row[name]
            for group in row["groups"]:
                if row["kind"] in ("proportion", "rate"):
                    counted += group["events"] is not None
                    assert group["events"] is None or group["events"] == rounded(np.array([group["events"]]))[0]
                    assert group["events"] is None or not 0 < group["events"] < 8
                else:
                    assert group["events"] is None and group["population"] is None
            # A ratio of rounded ends would look surer than it is.
            assert "times as high" not in one.sentence
    assert counted
    assert "shown here" in page.gradients.finding


def test_only_what_is_shown_passes_the_gate_and_the_next_batch_is_the_same(secret: Store) -> None:
    first = [one.gradients for one in all_findings(load_figures(secret), localities(secret))]
    shown = {pair.around.row["indicator"] for page in first if page is not None for pair in page.shown}
    groups = {row[0] for row in secret.all("SELECT figure FROM ledger WHERE place LIKE '%deprived fifth'")}
    for identity in ("local.breast_screening", "local.smoking"):
        assert any(f'"{identity}"' in one for one in groups) == (identity in shown)
    again = [one.gradients for one in all_findings(load_figures(secret), localities(secret))]
    for one, other in zip(first, again, strict=True):
        assert one is not None and other is not None
        assert [pair.around.row for pair in one.shown] == [pair.around.row for pair in other.shown]


def test_packs_of_sensitive_deaths_say_what_is_withheld_and_no_true_figure(secret: Store, tmp_path: Path) -> None:
    import pypdf

    paths = make_packs(secret, localities(secret)[:1], tmp_path)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(paths[0]).pages)
    assert "withheld" in text
    data = load_mortality(secret, causes=True)
    true = replace(data, sensitive=False)
    start = ground(secret, true, localities(secret)[0])
    for one in (life_findings(start, Question(AROUND, sex)) for sex in ("male", "female")):
        small = [part for part in one.parts if part.name == "Deaths under 28 days"]
        assert small and f"{small[0].years:.2f}" not in text
        assert f"{one.gap:.2f}" not in text
