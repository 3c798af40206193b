"""The plain indicator table of the guide, in both its forms: with counts, or with values.

`area_code, indicator, period` and `numerator, denominator` or `value`; all other headings may be missing.
"""

from collections.abc import Sequence

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, known
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import Indicator, Reading
from jsna_desktop.sources.indicator_rows import MEASURED, WORDS, Rows, read_rows
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import read_table

_MUST = ("area_code", "indicator", "period")


def recognise(peek: Peek) -> Recognised | None:
    """The headings `area_code, indicator, period` with `numerator, denominator`, `numerator` or `value`."""
    sheet = peek.sheet
    if sheet is None:
        return None
    lowered = set(sheet.lowered())
    if not set(_MUST) <= lowered or not {"numerator", "value"} & lowered:
        return None
    form = "numerator" if "numerator" in lowered else "value"
    if form == "numerator" and "denominator" in lowered:
        form = "numerator, denominator"
    return Recognised("indicator", "Indicators", "", f"plain table: area_code, indicator, period, {form}")


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Every indicator, period, sex and age of the table on the areas (n,) of the table.

    Rows for whole districts, regions or nations among small areas stay: they are published comparators. FileProblem
    where an area comes twice for one indicator, period, sex and age.
    """
    sheet = peek.sheet
    assert sheet is not None
    own = {h.strip().lower(): h for h in sheet.headings if h.strip().lower() in (*_MUST, *MEASURED, *WORDS)}
    text = [own[name] for name in (*_MUST, *WORDS) if name in own]
    extra = [h for h in sheet.headings if h and h not in own.values() and h.strip().lower() != "area_name"]
    table = read_table(peek, text=text)
    row_codes, geography = areas.checked_codes(
        table, Heading(own["area_code"], "", "code"), geography=options.geography, whole=False
    )
    if extra:
        table.note(f"columns that are not of the plain table left out: {', '.join(extra)}")
    rows = read_rows(table, own)
    codes, place = np.unique(row_codes, return_inverse=True)
    columns: dict[str, np.ndarray] = {}
    withheld: dict[str, np.ndarray] = {}
    made: list[Indicator] = []
    for number in range(rows.groups):
        mine = np.flatnonzero(rows.group == number)
        _no_repeats(peek.where, rows, mine, row_codes)
        indicator = _indicator(rows, mine, place, len(codes), geography, columns, withheld)
        if indicator is None:
            table.problem(f"no number in any row of {rows.about(mine[0])}; left out", mine)
            continue
        made.append(indicator)
        options.progress("Arranging indicators by area", number / rows.groups)
    if not made:
        raise FileProblem(
            "the table has no number in any row",
            where=peek.where,
            found=f"columns {', '.join(h for name, h in own.items() if name in MEASURED)}, blank or marked as missing",
            expected="numerator and denominator, or value",
            todo="Download or save it again",
        )
    periods = sorted({indicator.period for indicator in made})
    dataset = known.describe(
        peek,
        id=f"local.{slug(peek.path.name.split('.')[0])}",
        title=_title(made, peek),
        kind="indicator",
        geography=geography,
        period=periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}",
        publisher=known.Publisher(rows.source, "", f"Source: {rows.source}." if rows.source else ""),
        reason=f"{found.reason}: {known.counted(len(made), 'indicator')}, {known.counted(len(codes), 'area')}",
        codes=codes,
        problems=table.problems,
        fictional=bool((codes.astype("U1") == "X").any()) or None,
    )
    lowered = {h.strip().lower(): h for h in table.headings}
    names = None
    if "area_name" in lowered:
        given = table.text(lowered["area_name"])
        names = np.full(len(codes), "", dtype=given.dtype)
        names[place] = given
    return Reading(dataset, codes, columns, names, tuple(made), withheld=withheld)


def _title(made: Sequence[Indicator], peek: Peek) -> str:
    names = list(dict.fromkeys(indicator.name for indicator in made))
    if len(names) <= 2:
        return known.listed(names)
    stem = peek.path.name.split(".")[0].replace("_", " ").replace("-", " ").strip()
    return f"{stem[:1].upper()}{stem[1:]}: {len(names)} indicators"


def _no_repeats(where: str, rows: Rows, mine: np.ndarray, row_codes: np.ndarray) -> None:
    distinct, counts = np.unique(row_codes[mine], return_counts=True)
    if len(distinct) == len(mine):
        return
    code = distinct[counts > 1][0]
    same = mine[row_codes[mine] == code]
    raise FileProblem(
        "an area comes twice for one indicator, period, sex and age",
        where=where,
        found=f"{code}, {rows.about(mine[0])} in {rows.table.rows_of(same)}",
        expected="one row for each",
        todo="Remove the row that is wrong",
    )


def _indicator(
    rows: Rows,
    mine: np.ndarray,
    place: np.ndarray,
    count: int,
    geography: str,
    columns: dict[str, np.ndarray],
    withheld: dict[str, np.ndarray],
) -> Indicator | None:
    """One indicator; its parts go into `columns` as `<id>|<period>…|<part>`. None where its rows hold no number."""
    first = mine[0]
    cell = str(rows.words["indicator"][first])
    name = cell if "." in cell else f"local.{cell}"
    period, sex, age = (str(rows.words[part][first]) for part in ("period", "sex", "age"))
    stem = "|".join([name, period, *([sex] if sex != "persons" else []), *([age] if age != "all" else [])])
    parts: dict[str, str] = {}
    for part, values in rows.numbers.items():
        if not (np.isfinite(values[mine]).any() or rows.withheld[part][mine].any()):
            continue
        column = np.full(count, np.nan)
        column[place[mine]] = values[mine]
        parts[part] = f"{stem}|{part}"
        columns[parts[part]] = column
        if rows.withheld[part][mine].any():
            hidden = np.zeros(count, dtype=bool)
            hidden[place[mine]] = rows.withheld[part][mine]
            withheld[parts[part]] = hidden
    if not parts:
        return None
    kind = rows.kind_of(mine, parts)
    multiplier, unit = rows.scale(mine, kind)
    return Indicator(
        name,
        rows.first("name", mine) or cell.replace("_", " ").strip().capitalize(),
        kind,
        period,
        geography,
        unit=unit,
        multiplier=multiplier,
        polarity=rows.polarity(mine),
        sex=sex,
        age=age,
        group="Local indicators",
        numerator=parts.get("numerator"),
        denominator=parts.get("denominator"),
        value=parts.get("value"),
        lower=parts.get("lower_ci"),
        upper=parts.get("upper_ci"),
        se=parts.get("se"),
        n=parts.get("n"),
        sd=parts.get("sd"),
    )
