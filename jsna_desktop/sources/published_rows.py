"""Rows of OHID's downloads (Fingertips, Local Health): cleaned, grouped by indicator, period, sex and age, arranged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import cells, fingertips_kinds, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.dataset import Indicator, Reading
from jsna_desktop.sources.fingertips_kinds import Making
from jsna_desktop.sources.reading import Options, Peek
from jsna_desktop.sources.table import Table, read_table

_NUMBERS = {
    "value": ("value",), "lower": ("lowerci950limit", "lowercilimit"), "upper": ("upperci950limit", "uppercilimit"),
    "count": ("count",), "denominator": ("denominator",),
}  # fmt: skip
TEXTS = (
    "indicatorid", "indicatorname", "areacode", "areaname", "areatype", "sex", "age", "categorytype", "category",
    "timeperiod", "valuenote", "comparedtoenglandvalueorpercentiles",
)  # fmt: skip
_KNOWN = {*TEXTS, *(name for names in _NUMBERS.values() for name in names)}
_ENGLAND = ("E92000001", "X92000001")
# The words of OHID's value notes that stand for a number kept back because it is small.
_SUPPRESSED = re.compile(r"suppress|disclosure|small number|too small|small count", re.IGNORECASE)


@dataclass
class Rows:
    """The areas (n,) of a file in sorted order, and its indicators with their columns (n,)."""

    codes: np.ndarray
    names: np.ndarray | None
    geography: str
    period: str = ""
    indicators: list[Indicator] = field(default_factory=list)
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    withheld: dict[str, np.ndarray] = field(default_factory=dict)


def own_headings(headings: Sequence[str]) -> dict[str, str]:
    """Headings that are of these downloads: `indicatorid` → `Indicator ID` or `IndicatorID`."""
    plain = {re.sub(r"[^a-z0-9]", "", heading.lower()): heading for heading in headings}
    return {name: heading for name, heading in plain.items() if name in _KNOWN}


def table_of(peek: Peek, own: dict[str, str]) -> Table:
    """The columns of a file that these downloads have; `own` as `own_headings` gives them."""
    return read_table(peek, text=[own[name] for name in TEXTS if name in own], columns=own.values())


def reading(peek: Peek, table: Table, rows: Rows, *, id: str, title: str, reason: str) -> Reading:
    """The rows as what was read of the file; fictional where any area's code is."""
    dataset = known.describe(
        peek,
        id=id,
        title=title,
        kind="indicator",
        geography=rows.geography,
        period=rows.period,
        publisher=known.OHID,
        reason=reason,
        codes=rows.codes,
        problems=table.problems,
        fictional=bool((rows.codes.astype("U1") == "X").any()) or None,
    )
    return Reading(dataset, rows.codes, rows.columns, rows.names, tuple(rows.indicators), withheld=rows.withheld)


def read_rows(table: Table, own: dict[str, str], ids: np.ndarray, options: Options) -> Rows:
    """The table's indicators; `ids` (rows,) are the ids of its rows, `own` as `own_headings` gives them.

    Rows left out and values that cannot be believed are recorded with the table. FileProblem where nothing is left, or
    where two rows of one area and indicator differ.
    """
    ids = _without(table, ids, _breakdowns(table, own), "rows of a breakdown by category (deprivation, ethnic group …)")
    codes = area_codes.tidy(table.text(own["areacode"]))
    ids = _without(table, ids, area_codes.levels(codes) == "", "rows of what is no area (practices, networks, trusts)")
    codes = area_codes.tidy(table.text(own["areacode"]))
    words = _words(table, own, ids)
    kept = _first_of_repeats(table, own, words, codes)
    ids, codes = ids[kept], codes[kept]
    words = {part: column[kept] for part, column in words.items()}
    geography = options.geography or _geography(table, own, codes)
    numbers, hidden = _numbers(table, own)
    areas, place = np.unique(codes, return_inverse=True)
    rows = Rows(areas, _names(table, own, place, len(areas)), geography)
    better, higher = _verdicts(table, own, words, codes, numbers["value"])
    index, distinct = _grouped(ids)
    for number, identity in enumerate(distinct):
        mine = np.flatnonzero(index == number)
        name = str(words["name"][mine[0]]) or identity
        how = fingertips_kinds.making(name, *(numbers[part][mine] for part in ("value", "count", "denominator")))
        _record(table, name, how, mine, numbers, hidden)
        polarity = fingertips_kinds.polarity(better[mine], higher[mine])
        for group in _same(words, mine):
            _add(rows, identity, name, how, polarity, group, words, place, numbers, hidden)
        options.progress("Arranging indicators by area", number / len(distinct))
    if not rows.indicators:
        raise FileProblem(
            "the table has no number in any row",
            where=table.where,
            found="columns Value and Count, blank or marked as missing",
            todo="Download it again with the indicators and areas you need",
        )
    periods = sorted({indicator.period for indicator in rows.indicators})
    rows.period = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    return rows


def _without(table: Table, ids: np.ndarray, gone: np.ndarray, what: str) -> np.ndarray:
    """Leave rows (n,) out of the table and count them; the ids of those that stay."""
    if not gone.any():
        return ids
    if gone.all():
        raise FileProblem(
            "no row is a value of an area",
            where=table.where,
            found=what,
            expected="rows of districts, wards, MSOAs or larger areas",
            todo="Download it for another type of area",
        )
    rows = np.flatnonzero(gone)
    table.problem(f"{what}: left out", rows)
    table.keep(~gone)
    return ids[~gone]


def _breakdowns(table: Table, own: dict[str, str]) -> np.ndarray:
    gone = np.zeros(len(table), dtype=bool)
    for part in ("categorytype", "category"):
        if part in own:
            gone |= table.text(own[part]) != ""
    return gone


def _words(table: Table, own: dict[str, str], ids: np.ndarray) -> dict[str, np.ndarray]:
    """Columns id, name, period, sex and age (rows,) in the program's words."""

    def each(part: str, otherwise: str) -> np.ndarray:
        if part not in own:
            return np.full(len(table), otherwise)
        index, distinct = table.factor(own[part])
        return np.array([_MEANING[part](text) for text in distinct.tolist()] or [otherwise])[index]

    return {
        "id": ids,
        "name": each("indicatorname", ""),
        "period": each("timeperiod", ""),
        "sex": each("sex", "persons"),
        "age": each("age", "all"),
    }


def period(cell: str) -> str:
    """`2018 - 20` → `2018-2020`, `2019/20 - 21/22` → `2019/20-2021/22`; others as `cells.period`."""
    match = re.fullmatch(r"(\d{2})(\d{2})(/\d{2})?\s*[-–]\s*(\d{2})(/\d{2})?", cell.strip())
    if match is None:
        return cells.period(cell)
    century = int(match[1]) + (int(match[4]) < int(match[2]))
    return f"{match[1]}{match[2]}{match[3] or ''}-{century:02d}{match[4]}{match[5] or ''}"


def _sex(cell: str) -> str:
    return cells.sex(cell) or ("persons" if cell.lower() in ("not applicable", "n/a") else cell.lower())


def _age(cell: str) -> str:
    if cell.lower() == "not applicable":
        return "all"
    under = re.fullmatch(r"(?:<|under )\s*(\d{1,3})\s*(?:yrs?|years?)?", cell, re.IGNORECASE)
    if under and int(under[1]) > 1:
        return f"0-{int(under[1]) - 1}"
    return cells.age(cell) or cell


_MEANING = {"indicatorname": str.strip, "timeperiod": period, "sex": _sex, "age": _age}


def _first_of_repeats(table: Table, own: dict[str, str], words: dict[str, np.ndarray], codes: np.ndarray) -> np.ndarray:
    """Positions of the rows without those that say again what one above them says; FileProblem where they differ."""
    import pandas as pd

    frame = pd.DataFrame({part: words[part] for part in ("id", "period", "sex", "age")} | {"code": codes})
    repeated = frame.duplicated(keep=False).to_numpy()
    if repeated.any():
        frame["value"] = table.text(own["value"])
        group = frame.groupby(["id", "period", "sex", "age", "code"], sort=False)["value"]
        differ = (group.transform("nunique").to_numpy() > 1) & repeated
        if differ.any():
            first = np.flatnonzero(differ)[0]
            same = np.flatnonzero((frame.drop(columns="value") == frame.drop(columns="value").iloc[first]).all(axis=1))
            raise FileProblem(
                "an area comes twice for one indicator, period, sex and age, with different values",
                where=table.where,
                found=f"{codes[first]}, {words['name'][first]}, {words['period'][first]} in {table.rows_of(same)}",
                expected="one row for each",
                todo="Download it for one type of area at a time",
            )
        again = frame.drop(columns="value").duplicated().to_numpy()
        table.problem("an area comes again with the same value; used once", np.flatnonzero(again))
        table.keep(~again)
        return np.flatnonzero(~again)
    return np.arange(len(codes))


def _geography(table: Table, own: dict[str, str], codes: np.ndarray) -> str:
    """The smallest level of the areas. With counties but no districts in them, unitary authorities are their peers."""
    levels = area_codes.levels(codes)
    present = set(np.unique(levels).tolist())
    main = next(level for level in area_codes.ORDER if level in present)
    if main == "district" and "upper_tier" in present and not (codes.astype("U3") == "E07").any():
        main = "upper_tier"
    if main not in ("oa", "lsoa", "msoa"):
        return main
    if "areatype" in own:
        _, types = table.factor(own["areatype"])
        years = {year for text in types.tolist() if "soa" in text.lower() for year in re.findall("2011|2021", text)}
        if len(years) == 1:
            return f"{main}{years.pop()}"
    return area_codes.settle(main, codes)


def _numbers(table: Table, own: dict[str, str]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns of numbers (rows,) by part, and the rows whose value or count OHID kept back."""
    numbers, hidden = {}, np.zeros(len(table), dtype=bool)
    for part, names in _NUMBERS.items():
        heading = next((own[name] for name in names if name in own), None)
        if heading is None:
            numbers[part] = np.full(len(table), np.nan)
            continue
        found = table.numbers(heading)
        numbers[part] = found.values
        if part in ("value", "count"):
            hidden |= found.withheld
    for part in ("count", "denominator"):
        with np.errstate(invalid="ignore"):
            wrong = np.flatnonzero(numbers[part] < 0)
        if len(wrong):
            table.problem(f"“{part}” is below zero; left out", wrong)
            numbers[part] = numbers[part].copy()
            numbers[part][wrong] = np.nan
    if "valuenote" in own:
        index, notes = table.factor(own["valuenote"])
        small = np.array([bool(_SUPPRESSED.search(note)) for note in notes.tolist()])[index]
        hidden |= small & ~np.isfinite(numbers["value"])
        for number, note in enumerate(notes.tolist()):
            rows = np.flatnonzero(index == number)
            if note and len(rows):
                table.problem(f"OHID's note: {note.strip().rstrip('.')}", rows)
    return numbers, hidden


def _names(table: Table, own: dict[str, str], place: np.ndarray, areas: int) -> np.ndarray | None:
    if "areaname" not in own:
        return None
    given = table.text(own["areaname"])
    names = np.full(areas, "", dtype=given.dtype)
    names[place] = given
    return names


def _verdicts(
    table: Table, own: dict[str, str], words: dict[str, np.ndarray], codes: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each row: better (1) or worse (−1) than England as OHID says, and whether its value is above England's."""
    better, higher = np.zeros(len(table)), np.zeros(len(table))
    if "comparedtoenglandvalueorpercentiles" not in own:
        return better, higher
    said = np.char.lower(table.text(own["comparedtoenglandvalueorpercentiles"]))
    better = np.where(said == "better", 1.0, np.where(said == "worse", -1.0, 0.0))
    if not better.any():
        return better, higher
    keys = list(zip(*(words[part].tolist() for part in ("id", "period", "sex", "age")), strict=True))
    england = {keys[row]: values[row] for row in np.flatnonzero(np.isin(codes, _ENGLAND))}
    against = np.array([england.get(key, np.nan) for key in keys])
    return better, np.nan_to_num(np.sign(values - against))


def _grouped(ids: np.ndarray) -> tuple[np.ndarray, list[str]]:
    import pandas as pd

    index, distinct = pd.factorize(ids.astype(object))
    return index, [str(identity) for identity in distinct]


def _same(words: dict[str, np.ndarray], mine: np.ndarray) -> list[np.ndarray]:
    """The rows `mine` in groups of one period, sex and age."""
    keys = np.char.add(np.char.add(words["period"][mine], "|"), np.char.add(words["sex"][mine], "|"))
    keys = np.char.add(keys, words["age"][mine])
    index, distinct = _grouped(keys)
    return [mine[index == number] for number in range(len(distinct))]


def _record(
    table: Table, name: str, how: Making, mine: np.ndarray, numbers: dict[str, np.ndarray], hidden: np.ndarray
) -> None:
    """Problems of one indicator: rows that its counts do not give, and values without counts."""
    if how.odd.any():
        rows = mine[how.odd]
        table.problem(f"{name}: count over denominator is not the value; the count and denominator are used", rows)
    if how.counts:
        parts = ("count", "denominator") if np.isfinite(numbers["denominator"][mine]).any() else ("count",)
        lacking = np.logical_or.reduce([~np.isfinite(numbers[part][mine]) for part in parts])
        lacking &= np.isfinite(numbers["value"][mine]) & ~hidden[mine]
        if lacking.any():
            table.problem(f"{name}: a value without its count or denominator is not used", mine[lacking])


def _add(
    rows: Rows, identity: str, name: str, how: Making, polarity: str, group: np.ndarray,
    words: dict[str, np.ndarray], place: np.ndarray, numbers: dict[str, np.ndarray], hidden: np.ndarray,
) -> None:  # fmt: skip
    """One indicator of one period, sex and age, and its columns `<id>|<period>…|<part>`; none where all are blank."""
    first = group[0]
    said = {part: str(words[part][first]) for part in ("period", "sex", "age")}
    stem = "|".join([identity, *said.values()])
    parts = {"count": "numerator", "denominator": "denominator"} if how.counts else {}
    parts = parts or {"value": "value", "lower": "lower", "upper": "upper"}
    made: dict[str, str] = {}
    for part, role in parts.items():
        values = numbers[part][group]
        if not np.isfinite(values).any() and not (role in ("numerator", "value") and hidden[group].any()):
            continue
        column = np.full(len(rows.codes), np.nan)
        column[place[group]] = values
        made[role] = f"{stem}|{role}"
        rows.columns[made[role]] = column
        if role in ("numerator", "value") and hidden[group].any():
            marks = np.zeros(len(rows.codes), dtype=bool)
            marks[place[group]] = hidden[group] & ~np.isfinite(values)
            rows.withheld[made[role]] = marks
    if not {"numerator", "value"} & set(made):
        return
    rows.indicators.append(
        Indicator(
            identity, name, how.kind, said["period"], rows.geography, unit=how.unit, multiplier=how.multiplier,
            polarity=polarity, sex=said["sex"], age=said["age"], caveat=how.caveat, group="Health and wellbeing",
            numerator=made.get("numerator"), denominator=made.get("denominator"), value=made.get("value"),
            lower=made.get("lower"), upper=made.get("upper"),
        )
    )  # fmt: skip
