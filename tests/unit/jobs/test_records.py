"""Records placed and counted: a simulated world whose every count is known."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from jsna_desktop.errors import FileProblem
from jsna_desktop.jobs.add import LEFT_OUT, READY, Found, Hints, _settled, add
from jsna_desktop.jobs.figures import load_figures
from jsna_desktop.jobs.located import Places, block_of_postcodes, postcode_places
from jsna_desktop.jobs.records import MOST_INDICATORS, counted_records
from jsna_desktop.sources import read
from jsna_desktop.sources.dataset import Reading
from jsna_desktop.sources.person import BANDS
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store
from tests.worlds import CODES, boundaries, dataset, keep

EVENTS = 4000
CATEGORIES = ("emergency", "elective", "maternity")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "world.jsna") as made:
        yield made


def names(count: int, area: str = "SN") -> np.ndarray:
    letters = "ABDEFGHJLN"
    return np.array(
        [f"{area}{n // 100 + 1} {n % 100 // 10}{letters[n % 10]}{letters[n // 10 % 10]}" for n in range(count)]
    )


def postcodes(identity: str = "postcodes", move: float = 0.0, count: int = 360, **columns: np.ndarray) -> Reading:
    """Ten postcodes in each square, and one in the sea."""
    random = np.random.default_rng(5)
    square = np.arange(count) % 36
    east = square % 6 * 1000 + random.uniform(1, 999, count) + move
    north = square // 6 * 1000 + random.uniform(1, 999, count)
    return Reading(
        dataset(identity, "postcodes", ""),
        np.append(names(count), "SN99 9ZZ"),
        {"easting": np.append(east, 50_000), "northing": np.append(north, 50_000), **columns},
    )


def written(tmp_path: Path, lines: list[tuple], head: str = "date,sex,age,category,postcode", name="admissions.csv"):
    path = tmp_path / name
    path.write_text(head + "\n" + "\n".join(",".join(map(str, line)) for line in lines) + "\n")
    return read(path)


def world(seed: int = 3) -> tuple[list[tuple], Counter]:
    """Events, and how many there are of each block, year, sex, age band and category."""
    random = np.random.default_rng(seed)
    lines, truth = [], Counter()
    for _ in range(EVENTS):
        n, year, age = int(random.integers(0, 360)), int(random.integers(2021, 2024)), int(random.integers(0, 101))
        sex, category = str(random.choice(["female", "male"])), str(random.choice(CATEGORIES))
        lines.append((f"{year}-{random.integers(1, 13):02d}-11", sex, age, category, names(360)[n]))
        band = next(b for b in BANDS if _holds(b, age))
        truth[CODES[n % 36], year, sex, band, category] += 1
    return lines, truth


def _holds(band: str, age: int) -> bool:
    first, _, last = band.partition("-")
    return age >= int(first[:-1]) if band.endswith("+") else int(first) <= age <= int(last or first)


def told(table: dict[str, np.ndarray]) -> Counter:
    found: Counter = Counter()
    columns = [table[name].tolist() for name in ("area", "year", "sex", "age", "category", "count")]
    for *cell, count in zip(*columns, strict=True):
        assert tuple(cell) not in found, "each cell once"
        found[tuple(cell)] = count
    return found


def test_every_event_is_counted_once_and_where_it_was(store: Store, tmp_path: Path) -> None:
    lines, truth = world()
    keep(store, boundaries(), postcodes())
    (found,) = _settled(store, [Found(Path("a.csv"), READY, "", "", reading=written(tmp_path, lines))])
    add(store, [found])
    key = store.one("SELECT key FROM dataset WHERE kind = 'events'")[0]
    table = catalogue.table(store, key, "events")
    assert told(table) == truth
    assert table["year"].dtype == np.int16
    kept = catalogue.datasets(store)[-1]
    assert (kept.sensitive, kept.geography, kept.rows) == (True, "lsoa2021", EVENTS)
    # Nothing of a single record is in the workspace.
    tables = [row[0] for row in store.all("SELECT DISTINCT in_table FROM table_column WHERE dataset = ?", [key])]
    assert tables == ["events"]


def test_the_indicators_are_the_table_summed(store: Store, tmp_path: Path) -> None:
    lines, truth = world()
    keep(store, boundaries(), postcodes())
    add(store, _settled(store, [Found(Path("a.csv"), READY, "", "", reading=written(tmp_path, lines))]))
    ids = {f"events.admissions.{name}" for name in ("all", *CATEGORIES)}
    figures = load_figures(store, sorted(ids))
    table = figures.tables["lsoa2021"]
    assert {plan.indicator.id for plan in table.stack.plans} == ids
    assert len(table.stack.plans) == 4 * 3
    assert figures.sensitive == ids
    for plan in table.stack.plans:
        category = plan.indicator.id.rpartition(".")[2]
        expected = np.zeros(36)
        for (area, year, _, _, own), count in truth.items():
            if str(year) == plan.indicator.period and category in (own, "all"):
                expected[CODES.tolist().index(area)] += count
        np.testing.assert_array_equal(table.stack.matrix[:, plan.numerator], expected)


def test_the_order_of_the_files_and_of_adding_does_not_matter(store: Store, tmp_path: Path) -> None:
    lines, truth = world()
    readings = [written(tmp_path, lines), postcodes(), boundaries()]
    together = _settled(store, [Found(Path(r.dataset.filename), READY, "", "", reading=r) for r in readings])
    assert [item.status for item in together] == [READY] * 3
    reading = together[0].reading
    assert reading is not None
    assert told(reading.tables["events"]) == truth


def test_without_anything_to_place_them_they_are_refused(store: Store, tmp_path: Path) -> None:
    reading = written(tmp_path, world()[0][:5])

    def refused() -> str:
        (found,) = _settled(store, [Found(Path("a.csv"), READY, "", "", reading=reading)])
        assert found.status == LEFT_OUT
        assert found.reading is None
        return found.error

    both = refused()
    assert "Add postcodes" in both
    assert "and boundaries of LSOAs first" in both
    keep(store, boundaries())
    one = refused()
    assert "Add postcodes" in one
    assert "and boundaries" not in one.partition("Add ")[2]
    with pytest.raises(FileProblem, match="boundaries of LSOAs 2011"):
        keep(store, postcodes())
        counted_records(reading, Places(store), "lsoa2011")


def test_postcodes_that_cannot_be_placed_are_told_by_row(store: Store, tmp_path: Path) -> None:
    keep(store, boundaries(), postcodes())
    home = names(1)[0]
    rows = [("2023-02-01", "female", 5, "a", p) for p in (home, "ZZ1 1ZZ", "SN99 9ZZ", home)]
    reading = counted_records(written(tmp_path, rows), Places(store))
    problems = {p.message: p for p in reading.dataset.problems}
    unknown = next(p for m, p in problems.items() if "not among those added" in m)
    assert (unknown.rows, unknown.examples) == (1, ("row 3",))
    outside = next(p for m, p in problems.items() if "outside the LSOAs 2021" in m)
    assert (outside.rows, outside.examples) == (1, ("row 4",))
    assert reading.tables["events"]["count"].sum() == 2
    assert not any("ZZ1" in text or "SN1" in text for p in problems.values() for text in (p.message, *p.examples))


def test_spellings_that_come_near_are_said_but_not_taken(store: Store, tmp_path: Path) -> None:
    keep(store, boundaries(), postcodes())
    home = str(names(5)[4])
    assert home == "SN1 0FA"
    near = "SN1B 0FA"  # one letter too many, in a form that a postcode may have
    reading = counted_records(
        written(tmp_path, [("2023-02-01", "female", 5, "a", p) for p in (home, near)]), Places(store)
    )
    assert reading.tables["events"]["count"].sum() == 1
    assert any(
        "1 of 1 different ones are one sign from one that is known" in p.message for p in reading.dataset.problems
    )
    assert Places(store).meant(near) == home


def test_an_event_elsewhere_makes_no_zero_there(store: Store, tmp_path: Path) -> None:
    # Forty events in every square of the western district, one in the eastern.
    keep(store, boundaries(), postcodes())
    west = [n for n in range(36) if n % 6 < 3]
    rows = [("2023-02-01", "female", 5, "a", names(36)[n]) for n in west for _ in range(40)][:-40]
    east = next(n for n in range(36) if n % 6 >= 3)
    rows.append(("2023-02-01", "female", 5, "a", names(36)[east]))
    reading = counted_records(written(tmp_path, rows), Places(store))
    assert len(reading.codes) == 19
    values = dict(zip(reading.codes.tolist(), reading.columns["a_2023"].tolist(), strict=True))
    assert np.isnan(values[CODES[east]])
    assert values[CODES[west[-1]]] == 0
    assert sum(v for v in values.values() if np.isfinite(v)) == 17 * 40
    assert reading.tables["events"]["count"].sum() == 17 * 40 + 1
    messages = " ".join(p.message for p in reading.dataset.problems)
    assert "1 area of Westshire without an event: counted as none" in messages
    assert "1 event outside Westshire" in messages


def test_a_publishers_own_block_is_taken_before_the_point(store: Store) -> None:
    named = np.where(np.arange(361) == 0, CODES[35], "")
    keep(store, boundaries(), postcodes(lsoa2021=named))
    found = block_of_postcodes(store, names(3), "lsoa2021")
    assert found.tolist() == [CODES[35], CODES[1], CODES[2]]


def test_of_two_directories_the_later_added_wins_and_the_earlier_fills_in(store: Store) -> None:
    keep(store, boundaries(), postcodes("old"), postcodes("new", move=1000.0, count=180))
    east, _ = postcode_places(store, np.array([names(360)[0], names(360)[200], "no such"]))
    assert east[0] == postcodes().columns["easting"][0] + 1000
    assert east[1] == postcodes().columns["easting"][200]
    assert np.isnan(east[2])
    with store.transaction():
        store.run("UPDATE dataset SET replaced_by = (SELECT key FROM dataset WHERE id = 'old') WHERE id = 'new'")
    assert postcode_places(store, names(1))[0][0] == postcodes().columns["easting"][0]


def test_records_are_kept_only_where_that_is_asked_for(store: Store, tmp_path: Path) -> None:
    lines, _ = world()
    keep(store, boundaries(), postcodes())
    reading = counted_records(
        written(tmp_path, [*lines, ("2023-01-01", "male", 4, "a", "ZZ1 1ZZ")]), Places(store), keep=True
    )
    assert set(reading.tables) == {"events", "records", "categories", "places"}
    records, places = reading.tables["records"], reading.tables["places"]
    assert len(records["day"]) == EVENTS
    assert places["place"][records["place"]].tolist() == [line[4] for line in lines]
    assert records["day"].tolist() == [int(line[0].replace("-", "")) for line in lines]
    assert reading.dataset.sensitive


def test_lsoa_codes_need_no_postcodes_and_take_the_vintage_of_the_boundaries(store: Store, tmp_path: Path) -> None:
    keep(store, boundaries())
    rows = [("2023-02-01", "female", 5, "a", code) for code in CODES for _ in range(3)]
    reading = written(tmp_path, rows, "date,sex,age,category,area_code")
    assert reading.dataset.geography == "lsoa"
    (found,) = _settled(store, [Found(Path("a.csv"), READY, "", "", reading=reading)])
    assert found.reading is not None
    assert found.reading.dataset.geography == "lsoa2021"
    assert found.reading.columns["a_2023"].tolist() == [3.0] * 36
    assert {i.geography for i in found.reading.indicators} == {"lsoa2021"}


def test_only_the_commonest_of_many_categories_are_indicators(store: Store, tmp_path: Path) -> None:
    keep(store, boundaries())
    rows = [("2023-02-01", "female", 5, f"kind {n}", CODES[0]) for n in range(60) for _ in range(61 - n)]
    reading = counted_records(
        written(tmp_path, rows, "date,sex,age,category,area_code"), Places(store)
    )  # fmt: skip
    ids = {i.id.rpartition(".")[2] for i in reading.indicators}
    assert ids == {"all", *(f"kind_{n}" for n in range(MOST_INDICATORS))}
    assert len(set(reading.tables["events"]["category"].tolist())) == 60


def test_an_extract_of_deaths_becomes_the_table_of_deaths(store: Store, tmp_path: Path) -> None:
    keep(store, boundaries(), postcodes())
    head = "DEC_SEX,DEC_AGEC,DEC_AGECUNIT,REG_DATE_OF_DEATH,S_UNDERLYING_COD_ICD10,DEC_PC,DEC_SURNAME"
    rows = [(1, 70, 1, "20230105", "I219", names(1)[0], "X")] * 3 + [(2, 2, 4, "20230105", "", names(2)[1], "X")]
    reading = counted_records(written(tmp_path, rows, head, "register.csv"), Places(store))
    table = reading.tables["deaths"]
    assert list(table) == ["area", "year", "sex", "age", "cause", "chapter", "deaths", "withheld"]
    cells = {tuple(row) for row in zip(*(column.tolist() for column in table.values()), strict=True)}
    assert cells == {
        (CODES[0], 2023, "male", "70-74", "Circulatory", "I00-I99", 3.0, False),
        (CODES[1], 2023, "female", "0", "Deaths under 28 days", "Not stated", 1.0, False),
    }
    assert {i.id for i in reading.indicators} == {"deaths.all", "deaths.circulatory", "deaths.deaths_under_28_days"}
    assert np.nansum(reading.columns["all_2023"]) == 4


def test_hints_reach_the_counting(store: Store, tmp_path: Path) -> None:
    keep(store, boundaries(), postcodes())
    item = Found(Path("a.csv"), READY, "", "", reading=written(tmp_path, world()[0][:9]))
    (found,) = _settled(store, [item], Hints(keep_records=True))
    assert found.reading is not None
    assert len(found.reading.tables["records"]["day"]) == 9
