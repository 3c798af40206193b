"""Deaths that are counted already: the plain table `area_code, year, sex, age, deaths` with or without `cause`."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from jsna_desktop.sources import areas, cells, icd10, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import COUNT, Indicator, Reading
from jsna_desktop.sources.plain_population import no_overlap, no_repeats, understood
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_HEADINGS = ("area_code", "year", "sex", "age", "deaths")
_ALL = "all"
_ALL_CAUSES = ("all", "all causes", "all cause", "all-cause", "total", "a00-r99, u00-y89", "a00-y99")
_NOT_STATED = "not stated"


def is_plain(headings: Sequence[str]) -> bool:
    """Whether a table has the headings of contract.md's deaths table, in any order and case."""
    return set(_HEADINGS) <= {heading.strip().lower() for heading in headings}


def recognise(peek: Peek) -> Recognised | None:
    """The plain table's headings."""
    sheet = peek.sheet
    if sheet is None or not is_plain(sheet.headings):
        return None
    return Recognised("deaths", "Deaths", "", f"plain table: {', '.join(_HEADINGS)}")


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Deaths by area, year, sex, age and cause, as they are in the file: `tables["deaths"]`.

    Its columns (m,): `area` (code), `year` int16, `sex`, `age` (contract.md's words), `cause` (as it is written, `all`
    where the table has none), `deaths` float64 and `withheld`, true where the publisher suppressed the number (then
    `deaths` is NaN). Rows for persons stand beside those for each sex: who sums takes one or the other.
    The indicator `deaths.all` is made where the rows of an area add up to it (`_totals`).
    """
    sheet = peek.sheet
    assert sheet is not None
    by_lower = {heading.strip().lower(): heading for heading in sheet.headings}
    own = {plain: by_lower[plain] for plain in _HEADINGS}
    cause_heading = by_lower.get("cause", "")
    text = [own["area_code"], own["year"], own["sex"], own["age"], *filter(None, [cause_heading])]
    table = read_table(peek, text=text, columns={*own.values(), cause_heading})
    row_codes, geography = areas.checked_codes(
        table, Heading(own["area_code"], "", "code"), geography=options.geography, whole=False
    )
    years = understood(table, own["year"], _year, "a year such as 2024").astype(np.int16)
    sexes = understood(table, own["sex"], cells.sex, "a sex (persons, female, male)")
    ages = understood(table, own["age"], cells.age, "an age (7, 90+, 5-9, all)")
    causes = _causes(table, cause_heading)
    counts, withheld = _deaths(table, own["deaths"])
    no_repeats(table, row_codes, years, sexes, ages, causes)
    for year in np.unique(years).tolist():
        bands = np.unique(ages[years == year]).tolist()
        no_overlap(table, tuple(sorted((a for a in bands if a != _ALL), key=cells.age_range)))
    options.progress("Adding up by area", 0.6)
    codes, place = np.unique(row_codes, return_inverse=True)
    columns, masks, made = _totals(table, codes, place, years, sexes, ages, causes, counts, withheld, geography)
    first, last = int(years.min()), int(years.max())
    period = str(first) if first == last else f"{first}-{last}"
    dataset = known.describe(
        peek,
        id=f"deaths.{period}.{geography or 'areas'}",
        title=f"Deaths {period} by {area_codes.words(geography)}, sex and age"
        + (" and cause" if cause_heading else ""),
        kind="deaths",
        geography=geography,
        period=period,
        publisher=known.LOCAL,
        reason=f"Deaths {period}: {found.reason}, {known.counted(len(codes), 'area')}, "
        f"{known.counted(len(table), 'row')}",
        codes=codes,
        problems=table.problems,
    )
    deaths = {
        "area": row_codes, "year": years, "sex": sexes, "age": ages, "cause": causes, "deaths": counts,
        "withheld": withheld,
    }  # fmt: skip
    return Reading(dataset, codes, columns, indicators=tuple(made), withheld=masks, tables={"deaths": deaths})


def _year(text: str) -> str | None:
    found = cells.period(text)
    return found if len(found) == 4 and found.isdigit() and 1800 <= int(found) <= 2200 else None


def _causes(table: Table, heading: str) -> np.ndarray:
    if not heading:
        return np.full(len(table), _ALL)
    index, texts = table.factor(heading)
    blank = (texts == "")[index]
    if blank.any():
        table.problem(f"no cause; kept as “{_NOT_STATED}”", np.flatnonzero(blank))
    words = [_ALL if t.lower() in _ALL_CAUSES else (icd10.normal(t) or t or _NOT_STATED) for t in texts.tolist()]
    return np.array(words)[index]


def _deaths(table: Table, heading: str) -> tuple[np.ndarray, np.ndarray]:
    """(deaths (n,), NaN where missing; which (n,) were suppressed). A number below zero or in part is left out."""
    found = table.numbers(heading)
    values = found.values
    with np.errstate(invalid="ignore"):
        wrong = values < 0
    if wrong.any():
        table.problem("deaths below zero; left out", np.flatnonzero(wrong))
    if found.withheld.any():
        table.problem("deaths that the publisher suppressed: low numbers, not none", np.flatnonzero(found.withheld))
    missing = np.isnan(values) & ~found.withheld & ~found.wrong
    if missing.any():
        table.problem("no number of deaths; missing, not none", np.flatnonzero(missing))
    return np.where(wrong, np.nan, values), found.withheld


def _totals(
    table: Table,
    codes: np.ndarray,
    place: np.ndarray,
    years: np.ndarray,
    sexes: np.ndarray,
    ages: np.ndarray,
    causes: np.ndarray,
    counts: np.ndarray,
    withheld: np.ndarray,
    geography: str,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], list[Indicator]]:
    """`deaths.all` by year: an area's own total where the table has it, else the sum of its rows.

    Nothing is added up twice: persons or both sexes, all ages or each, all causes or each. A sum with a missing or
    suppressed part is missing; a total that was suppressed itself is marked so.
    """
    import pandas as pd

    columns: dict[str, np.ndarray] = {}
    masks: dict[str, np.ndarray] = {}
    made: list[Indicator] = []
    # A table that writes its zeros has forgotten the rows that it lacks; one that writes none leaves them out.
    writes_zeros = bool((counts == 0).any())
    sparse = 0
    for year in sorted(np.unique(years).tolist(), reverse=True):
        rows = years == year
        rows = _finest(rows, causes)
        if not _apart(causes[rows]):
            table.note(f"the causes of {year} hold one another, so they do not add up: no total of deaths is made")
            continue
        rows = _finest(rows, ages)
        if not (sexes[rows] == "persons").any() and len(set(sexes[rows].tolist())) < 2:
            table.note(f"{year} has one sex only: no total of deaths is made")
            continue
        rows &= (sexes == "persons") if (sexes[rows] == "persons").any() else (sexes != "persons")
        kinds = len(pd.DataFrame({"s": sexes[rows], "a": ages[rows], "c": causes[rows]}).drop_duplicates())
        told = np.bincount(place[rows], minlength=len(codes))
        # Some areas by persons, others by sex, say: what these rows do not tell of is not none.
        elsewhere = (told == 0) & (np.bincount(place[years == year], minlength=len(codes)) > 0)
        total = np.bincount(place[rows], np.nan_to_num(counts[rows]), minlength=len(codes))
        gap = np.bincount(place[rows], np.isnan(counts[rows]), minlength=len(codes)) > 0
        lacking = (told < kinds) if writes_zeros else np.zeros(len(codes), dtype=bool)
        sparse += 0 if writes_zeros else int((told < kinds).sum())
        column = f"all_{year}"
        columns[column] = np.where(gap | lacking | elsewhere, np.nan, total)
        if kinds == 1:
            hidden = np.bincount(place[rows], withheld[rows], minlength=len(codes)) > 0
            masks |= {column: hidden} if hidden.any() else {}
        made.append(
            Indicator("deaths.all", "Deaths", COUNT, str(year), geography, unit="deaths", group="Deaths",
                      numerator=column)
        )  # fmt: skip
    if sparse:
        table.note("the table writes no zeros: an area without a row for a sex, age or cause had no such death")
    return columns, masks, made


def _finest(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Of these rows (n,), those of `all` alone where every area's total may be had so; else those of its parts."""
    whole = rows & (labels == _ALL)
    return whole if whole.any() else rows


def add_up(causes: np.ndarray) -> np.ndarray:
    """Which rows (n,) are of causes that may be added up to all deaths; none where causes hold one another."""
    return (causes != _ALL) & _apart(causes)


def _apart(causes: np.ndarray) -> bool:
    """Whether causes may be added up: codes and ranges of ICD-10 that do not meet, or words alone."""
    distinct = [cause for cause in np.unique(causes).tolist() if cause not in (_ALL, _NOT_STATED)]
    spans = [icd10.span(cause) for cause in distinct]
    coded = sorted(span for span in spans if span is not None)
    if coded and len(coded) < len(spans):
        return False
    return all(earlier[1] < later[0] for earlier, later in pairwise(coded))
