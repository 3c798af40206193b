"""ONS mid-year estimates of small areas as workbooks: every sex and year that the sheets hold, in one dataset.

Two layouts. Until mid-2020: a sheet for each sex (“Mid-2019 Persons”, “… Males”, “… Females”) under title lines, areas
of 2011, ages 0 to 90+; up to mid-2018 with the districts' own rows among those of their areas. Since: a sheet for each
year (“Mid-2022 LSOA 2021”), areas of 2021, with columns `Total`, `F0` … `F90`, `M0` … `M90`, or bands (`F0 to 15`).
Source: ONS, *Lower layer Super Output Area population estimates* (SAPE), and *Population estimates for … by single
year of age and sex*.
"""

import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import ages, areas, cells, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Indicator, Lookup, Problem, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.table import Table, read_table

_SEXES = {"persons": "persons", "males": "male", "male": "male", "females": "female", "female": "female"}
_YEAR = re.compile(r"\bmid[- ]?(20\d\d|19\d\d)\b", re.IGNORECASE)
_BY_SEX = re.compile(r"([FM]) ?(\d.*)")
_TOTALS = ("all ages", "total")
# The last age of a sheet without a sign of it: “F90” and “90” are 90 and over.
_LAST = "90"


@dataclass(frozen=True)
class _Estimates:
    """One sheet: what its columns are. `ages` maps a sex to (label, heading) of each of its ages."""

    sheet: Sheet
    year: str
    area: areas.AreaColumns
    ages: dict[str, tuple[tuple[str, str], ...]]
    total: str
    total_sex: str


def recognise(peek: Peek) -> Recognised | None:
    """Sheets with a year in their name or titles and ages by sex: more than one of them, or both sexes in one."""
    found = _sheets(peek)
    if not found or (len(found) == 1 and set(found[0].ages) == {"persons"}):
        return None
    years = sorted({sheet.year for sheet in found})
    sexes = [sex for sex in ("persons", "female", "male") if any(sex in sheet.ages for sheet in found)]
    geography = _geography(found[0])
    reason = (
        f"ages by {known.listed(sexes)} in {known.counted(len(found), 'sheet')} for {known.listed(years)}, "
        f"column {found[0].area.main.text}"
    )
    return Recognised("population", "Mid-year population estimates", geography, reason)


def _sheets(peek: Peek) -> list[_Estimates]:
    found = [_estimates(sheet) for sheet in peek.sheets]
    return [one for one in found if one is not None]


def _estimates(sheet: Sheet) -> _Estimates | None:
    said = next((match[1] for text in (sheet.name, *sheet.titles) if (match := _YEAR.search(text))), "")
    area = _areas(sheet)
    if not said or area is None:
        return None
    total = next((h for h in sheet.headings if h.strip().lower() in _TOTALS), "")
    by_sex: dict[str, list[tuple[str, str]]] = {}
    for heading in sheet.headings:
        match = _BY_SEX.fullmatch(heading.strip())
        label = cells.age(match[2]) if match else None
        if match and label and label != "all":
            by_sex.setdefault("female" if match[1] == "F" else "male", []).append((label, heading))
    sex = "persons"
    if not by_sex:
        words = " ".join((sheet.name, *sheet.titles)).lower()
        sex = next((_SEXES[word] for word in re.findall(r"[a-z]+", words) if word in _SEXES), "")
        single = [(label, h) for h in sheet.headings if h and (label := cells.age(h)) not in (None, "all")]
        by_sex = {sex: [(str(label), heading) for label, heading in single]} if sex else {}
    if not total or not by_sex or any(len(own) < 3 for own in by_sex.values()):
        return None
    labelled = {own: tuple((_open(label, listed), h) for label, h in listed) for own, listed in by_sex.items()}
    return _Estimates(sheet, said, area, labelled, total, sex)


def _open(label: str, listed: list[tuple[str, str]]) -> str:
    return "90+" if label == _LAST and label == listed[-1][0] and len(listed) == 91 else label


def _areas(sheet: Sheet) -> areas.AreaColumns | None:
    """The area columns; up to mid-2018 “Area Codes” hold districts and their areas, the second and third the names."""
    found = areas.area_columns(sheet.headings)
    if found is not None:
        return found
    mixed = next((h for h in sheet.headings if h.strip().lower() == "area codes"), "")
    return areas.AreaColumns((Heading(mixed, "", "code"),), ()) if mixed else None


def _geography(one: _Estimates) -> str:
    """The areas and their census: by the heading, else by the codes and titles, else by how old the estimates are."""
    main = one.area.main
    if main.vintage or main.level not in ("", "lsoa", "msoa", "oa"):
        return main.geography
    place = one.sheet.headings.index(main.text)
    codes = np.array([row[place] if place < len(row) else "" for row in one.sheet.rows], dtype=np.str_)
    level = main.level or area_codes.main_level(area_codes.tidy(codes))
    words = " ".join((*one.sheet.titles, one.sheet.name))
    said = re.search(r"\b(2011|2021)\b[^,]*output areas?|\b[lm]?so?a (2011|2021)\b", words, re.IGNORECASE)
    vintage = (said[1] or said[2]) if said else ("2011" if int(one.year) < 2021 else "")
    return f"{level}{vintage}" if level in ("lsoa", "msoa", "oa") else level


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Columns `<sex>`, `ages_<sex>` (n, k) and the age groups of each year; the latest year without a suffix.

    `persons` is the sum of both sexes where no sheet has it. A total that is not the sum of its ages is replaced, and
    said; NaN wherever an age is missing. FileProblem where sheets disagree about the areas of a year.
    """
    sheets = _sheets(peek)
    parts: list[tuple[_Estimates, np.ndarray, dict[str, np.ndarray]]] = []
    problems: list[Problem] = []
    names, larger, lookups = {}, {}, {}
    geography = ""
    for number, one in enumerate(sheets):
        options.progress(f"Reading sheet {one.sheet.name}", number / len(sheets))
        wanted = {heading for own in one.ages.values() for _, heading in own} | {one.total}
        heads = {h.text for h in (*one.area.codes, *one.area.names)} | set(one.sheet.headings[:4])
        table = read_table(peek, text=sorted(heads - wanted), columns=wanted | heads, sheet=one.sheet)
        table.where = f"{peek.where}, sheet {one.sheet.name}"
        codes, geography, districts = _area_codes(table, one, options.geography or found.geography)
        parts.append((one, codes, _counts(table, one)))
        _places(table, one, codes, districts, names, larger, lookups)
        problems += [problem for problem in table.problems if problem not in problems]
    codes = np.unique(np.concatenate([own for _, own, _ in parts]))
    columns, labels, made = _arranged(parts, codes, geography, problems)
    years = sorted({one.year for one in sheets})
    period = years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"
    dataset = known.describe(
        peek,
        id=f"population.{period}.{geography}",
        title=f"Mid-year estimates {period}: residents by {area_codes.words(geography)}, age and sex",
        kind="population",
        geography=geography,
        period=period,
        publisher=known.ONS,
        reason=f"Residents {period}: {found.reason}, {known.counted(len(codes), 'area')}",
        codes=codes,
        problems=problems,
    )
    columns |= {name: np.array([own.get(code, "") for code in codes.tolist()]) for name, own in larger.items()}
    named = np.array([names.get(code, "") for code in codes.tolist()]) if names else None
    return Reading(dataset, codes, columns, named, tuple(made), tuple(lookups.values()), labels=labels)


def _area_codes(table: Table, one: _Estimates, said: str) -> tuple[np.ndarray, str, np.ndarray | None]:
    """Codes and geography of a sheet; where districts stand among their areas, which each area follows (n,)."""
    main = one.area.main
    every = area_codes.tidy(table.text(main.text))
    levels = area_codes.levels(every)
    own = levels == area_codes.main_level(every)
    if main.level or own.all() or not (levels == "district").any():
        codes, geography = areas.checked_codes(table, main, geography=said)
        return codes, geography, None
    latest = np.maximum.accumulate(np.where(levels == "district", np.arange(len(every)), -1))
    above = np.where(latest >= 0, every[latest], "")[own]
    table.keep(own)
    codes, geography = areas.checked_codes(table, main, geography=said)
    return codes, geography, above


def _places(
    table: Table, one: _Estimates, codes: np.ndarray, districts: np.ndarray | None, names: dict[str, str],
    larger: dict[str, dict[str, str]], lookups: dict[str, Lookup],
) -> None:  # fmt: skip
    """What each area is called and lies in, as far as no earlier sheet told it."""
    columns, found = areas.districts(table, one.area, ("district", "region"))
    own = areas.names_of(table, one.area, one.area.main)
    if districts is not None:
        columns, found = {"district_code": districts}, [Lookup("district", "district_code")]
        third = one.sheet.headings[2]
        own = table.text(third) if third not in (one.total, "") else None
    for lookup in found:
        lookups.setdefault(lookup.level, lookup)
    for name, values in columns.items():
        place = larger.setdefault(name, {})
        for code, value in zip(codes.tolist(), values.tolist(), strict=True):
            place.setdefault(code, value)
    if own is not None:
        for code, name in zip(codes.tolist(), own.tolist(), strict=True):
            names.setdefault(code, name)


def _counts(table: Table, one: _Estimates) -> dict[str, np.ndarray]:
    """`ages_<sex>` (n, k) and `<sex>` (n,) of one sheet, checked against the sheet's own total."""
    found: dict[str, np.ndarray] = {}
    for sex, own in one.ages.items():
        grid = np.column_stack([_whole(table, heading) for _, heading in own])
        found |= {f"ages_{sex}": grid, sex: grid.sum(axis=1)}
    total = table.numbers(one.total).values
    sums = found["female"] + found["male"] if {"female", "male"} <= set(found) else found.get(one.total_sex)
    if sums is None:
        return found
    with np.errstate(invalid="ignore"):
        wrong = np.isfinite(total) & np.isfinite(sums) & (np.abs(total - sums) > 0.5)
    if wrong.any():
        rows = np.flatnonzero(wrong)
        shown = [f"{total[row]:,.0f}, ages sum to {sums[row]:,.0f}" for row in rows[:MAX_EXAMPLES]]
        table.problem(f"“{one.total}” is not the sum of the ages; the sum is used", rows, shown)
    sex = "persons" if {"female", "male"} <= set(found) else one.total_sex
    found[sex] = np.where(np.isfinite(sums), sums, total)
    return found


def _whole(table: Table, heading: str) -> np.ndarray:
    values = table.numbers(heading).values
    with np.errstate(invalid="ignore"):
        wrong = values < 0
    if wrong.any():
        table.problem(f"“{heading}” is below zero; left out", np.flatnonzero(wrong))
        return np.where(wrong, np.nan, values)
    return values


def _arranged(
    parts: list[tuple[_Estimates, np.ndarray, dict[str, np.ndarray]]], codes: np.ndarray, geography: str,
    problems: list[Problem],
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]], list[Indicator]]:  # fmt: skip
    """Every year's columns in the order of `codes`, their labels, and the indicators made of them."""
    columns: dict[str, np.ndarray] = {}
    labels: dict[str, tuple[str, ...]] = {}
    made: list[Indicator] = []
    years = sorted({one.year for one, _, _ in parts})
    for year in reversed(years):
        suffix = "" if year == years[-1] else f"_{year}"
        own: dict[str, np.ndarray] = {}
        named: dict[str, tuple[str, ...]] = {}
        for one, part_codes, found in (part for part in parts if part[0].year == year):
            for name, values in found.items():
                if name in own:
                    raise FileProblem(
                        f"two sheets hold {name.replace('ages_', 'ages of ')} of mid-{year}",
                        where=f"sheet {one.sheet.name}",
                        expected="each sex and year once",
                        todo="Remove the sheet that is wrong, or save them as workbooks of their own",
                    )
                own[name] = _brought(values, part_codes, codes)
            named |= {f"ages_{sex}": tuple(label for label, _ in listed) for sex, listed in one.ages.items()}
        _both_sexes(own, named)
        if "ages_persons" in own:
            own |= ages.group_columns(own["ages_persons"], named["ages_persons"])
        _record_gaps(own, codes, year, problems)
        columns |= {name + suffix: values for name, values in own.items()}
        labels |= {name + suffix: found for name, found in named.items()}
        made += ages.indicators(columns, year, geography, suffix)
    return columns, labels, made


def _brought(values: np.ndarray, own: np.ndarray, codes: np.ndarray) -> np.ndarray:
    spread = np.full((len(codes), *values.shape[1:]), np.nan)
    spread[np.searchsorted(codes, own)] = values
    return spread


def _both_sexes(own: dict[str, np.ndarray], named: dict[str, tuple[str, ...]]) -> None:
    """`persons` from both sexes where the year has no sheet for it."""
    if "persons" not in own and {"female", "male"} <= set(own):
        own["persons"] = own["female"] + own["male"]
    if "ages_persons" not in own and named.get("ages_female") and named.get("ages_female") == named.get("ages_male"):
        own["ages_persons"] = own["ages_female"] + own["ages_male"]
        named["ages_persons"] = named["ages_female"]


def _record_gaps(own: dict[str, np.ndarray], codes: np.ndarray, year: str, problems: list[Problem]) -> None:
    for sex in ("persons", "female", "male"):
        if sex in own and not np.isfinite(own[sex]).all():
            gap = codes[~np.isfinite(own[sex])]
            message = f"{sex} of mid-{year}: missing for some areas; not taken as zero"
            problems.append(Problem(message, len(gap), tuple(gap[:MAX_EXAMPLES].tolist())))
