"""The plain population table: `area_code, year, sex, age, population`, one row for each."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import ages, areas, cells, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Indicator, Reading
from jsna_desktop.sources.reading import Options, Peek
from jsna_desktop.sources.table import Table, read_table

_HEADINGS = ("area_code", "year", "sex", "age", "population")
_SEXES = ("persons", "female", "male")


def is_plain(headings: Sequence[str]) -> bool:
    """Whether a table has the headings of contract.md's population table, in any order and case."""
    return set(_HEADINGS) <= {heading.strip().lower() for heading in headings}


def read(peek: Peek, options: Options) -> Reading:
    """Columns by sex and, for the latest year without a suffix, else with `_<year>` behind.

    `persons` is the sum of both sexes where the table has no rows of its own for it; NaN wherever a sex or an age is
    missing.
    """
    sheet = peek.sheet
    assert sheet is not None
    by_lower = {heading.strip().lower(): heading for heading in sheet.headings}
    own = {plain: by_lower[plain] for plain in _HEADINGS}
    optional = by_lower.get("area_name")
    table = read_table(
        peek, text=[own["area_code"], own["year"], own["sex"], own["age"]], columns={*own.values(), optional or ""}
    )
    row_codes, geography = areas.checked_codes(
        table, Heading(own["area_code"], "", "code"), geography=options.geography, whole=False
    )
    sexes = understood(table, own["sex"], cells.sex, "a sex (persons, female, male)")
    age_cells = understood(table, own["age"], cells.age, "an age (7, 90+, 5-9, all)")
    years = understood(table, own["year"], cells.period, "a year")
    values = table.numbers(own["population"]).values
    with np.errstate(invalid="ignore"):
        negative = values < 0
    if negative.any():
        table.problem("a population below zero; left out", np.flatnonzero(negative))
        values = np.where(negative, np.nan, values)
    no_repeats(table, row_codes, years, sexes, age_cells)
    options.progress("Arranging by area, sex and age", 0.5)
    codes, place = np.unique(row_codes, return_inverse=True)
    columns: dict[str, np.ndarray] = {}
    labels: dict[str, tuple[str, ...]] = {}
    made: list[Indicator] = []
    every_year = np.unique(years).tolist()
    for year in reversed(every_year):
        suffix = "" if year == every_year[-1] else f"_{year}"
        part = years == year
        by_sex, year_labels = _year(table, part, place, len(codes), sexes, age_cells, values)
        columns |= {name + suffix: column for name, column in by_sex.items()}
        labels |= {name + suffix: found for name, found in year_labels.items()}
        made += ages.indicators(columns, year, geography, suffix)
    _record_gaps(table, codes, columns)
    period = every_year[0] if len(every_year) == 1 else f"{every_year[0]}-{every_year[-1]}"
    dataset = known.describe(
        peek,
        id=f"population.{period}.{geography or 'areas'}",
        title=f"Residents {period} by {area_codes.words(geography)}, sex and age",
        kind="population",
        geography=geography,
        period=period,
        publisher=known.LOCAL,
        reason=f"Population {period}: plain table, {known.counted(len(codes), 'area')}, "
        f"{known.counted(len(table), 'row')}",
        codes=codes,
        problems=table.problems,
    )
    names = None
    if optional:
        names = np.full(len(codes), "", dtype=table.text(optional).dtype)
        names[place] = table.text(optional)
    return Reading(dataset, codes, columns, names, tuple(made), labels=labels)


def understood(table: Table, heading: str, meaning: Callable[[str], str | None], expected: str) -> np.ndarray:
    """A column (n,) in contract.md's words; FileProblem at the first cell that has none."""
    index, distinct = table.factor(heading)
    known_words = [meaning(text) for text in distinct.tolist()]
    for number, (word, text) in enumerate(zip(known_words, distinct.tolist(), strict=True)):
        if not word and (index == number).any():
            raise FileProblem(
                f"column “{heading}” holds something else",
                where=f"{table.where}, row {table.row_numbers[np.flatnonzero(index == number)[0]]}",
                found=f"“{text}”",
                expected=expected,
                todo="Correct the cell",
            )
    return np.array([word or "" for word in known_words])[index]


def no_repeats(table: Table, *keys: np.ndarray) -> None:
    import pandas as pd

    repeated = pd.DataFrame(dict(enumerate(keys))).duplicated(keep=False).to_numpy()
    if repeated.any():
        first = np.flatnonzero(repeated)[0]
        same = np.flatnonzero(np.logical_and.reduce([key == key[first] for key in keys]))
        raise FileProblem(
            "an area, year, sex and age comes twice",
            where=table.where,
            found=f"{', '.join(str(key[first]) for key in keys)} in {table.rows_of(same)}",
            expected="one row for each",
            todo="Remove the row that is wrong",
        )


def _year(
    table: Table, part: np.ndarray, place: np.ndarray, areas_count: int, sexes: np.ndarray, age_cells: np.ndarray,
    values: np.ndarray,
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:  # fmt: skip
    """One year's columns: `ages_<sex>` (n, k) with labels, `<sex>` totals, and age groups of persons."""
    labels = tuple(sorted((a for a in np.unique(age_cells[part]).tolist() if a != "all"), key=cells.age_range))
    no_overlap(table, labels)
    by_age: dict[str, np.ndarray] = {}
    totals: dict[str, np.ndarray] = {}
    for sex in _SEXES:
        own = part & (sexes == sex)
        if not own.any():
            continue
        if labels and (own & (age_cells != "all")).any():
            grid = np.full((areas_count, len(labels)), np.nan)
            rows = own & (age_cells != "all")
            column = np.array([labels.index(a) for a in np.unique(age_cells[rows]).tolist()])
            grid[place[rows], column[np.unique(age_cells[rows], return_inverse=True)[1]]] = values[rows]
            by_age[sex] = grid
            totals[sex] = grid.sum(axis=1)
        whole = own & (age_cells == "all")
        if whole.any():
            given = np.full(areas_count, np.nan)
            given[place[whole]] = values[whole]
            totals[sex] = np.where(np.isfinite(given), given, totals.get(sex, given))
    for found in (by_age, totals):
        if "persons" not in found and {"female", "male"} <= set(found):
            found["persons"] = found["female"] + found["male"]
    columns = totals | {f"ages_{sex}": grid for sex, grid in by_age.items()}
    if "persons" in by_age:
        columns |= ages.group_columns(by_age["persons"], labels)
    return columns, {f"ages_{sex}": labels for sex in by_age}


def no_overlap(table: Table, labels: tuple[str, ...]) -> None:
    for earlier, later in pairwise(labels):
        if cells.age_range(earlier)[1] >= cells.age_range(later)[0]:
            raise FileProblem(
                "ages overlap",
                where=table.where,
                found=f"{earlier} and {later}",
                expected="each age once",
                todo="Leave out the bands or the single years",
            )


def _record_gaps(table: Table, codes: np.ndarray, columns: dict[str, np.ndarray]) -> None:
    """A sex or an age that some areas lack: recorded, never taken as zero."""
    from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem

    for name, column in columns.items():
        gap = ~np.isfinite(column if column.ndim == 1 else column.sum(axis=1))
        if gap.any() and not name.startswith("age_"):
            what = name.replace("ages_", "ages of ").replace("_", " ")
            shown = tuple(codes[gap][:MAX_EXAMPLES].tolist())
            table.problems.append(Problem(f"{what}: missing for some areas; not taken as zero", int(gap.sum()), shown))
