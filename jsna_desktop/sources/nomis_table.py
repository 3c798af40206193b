"""The numbers of a census table from Nomis: areas down, categories across, one of them the total."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import ages, areas, cells, census, known
from jsna_desktop.sources import codes as area_codes
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import COUNT, MEAN, Indicator, Reading
from jsna_desktop.sources.population import not_negative
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

_TOTAL = re.compile(
    r"(?:total(?:\s?:.*)?|all (?:usual residents|persons|people|households|household spaces|residents)\b.*|"
    r"all categories(?::.*)?|all ages|all)",
    re.IGNORECASE,
)
_MEASURES = re.compile(r"\s*;?\s*measures: value$", re.IGNORECASE)
_PEOPLE = re.compile(r"residence type|age|age (?:by|structure)\b.*|(?:number of |all )?usual resident.*", re.I)
_AVERAGE = re.compile(r"(mean|median)\b.*", re.IGNORECASE)
_DENSITY = re.compile(r"per (?:square kilometre|hectare|household|room|bedroom)", re.IGNORECASE)


@dataclass(frozen=True)
class About:
    """What is known of a table before its numbers: `TS007`, its title, year, column of codes, sex, population."""

    table: str
    title: str
    year: str
    area: Heading
    sex: str
    population: str


def variable(headings: Sequence[str]) -> str:
    """What the categories of a bulk file are of: the words before the first colon of all of them."""
    common = Counter(heading.partition(":")[0].strip() for heading in headings if heading).most_common(1)
    return common[0][0] if common else ""


def reading(peek: Peek, found: Recognised, options: Options, about: About) -> Reading:
    """A column for each category; `denominator` is the total. Ids `census<year>.<table>.<category>`.

    `<table>` is the name that the long forms have (`tenure`) where the table is one of those, else its number
    (`ts007`). Tables of all usual residents give residents, and those by age the ages, too. FileProblem where there is
    no column of numbers, or a second table below the first.
    """
    sheet = peek.sheet
    assert sheet is not None
    # Only the number tells "%" columns apart: they are shares of columns that are here, and left out.
    categories = [h for h in sheet.headings if h and h != about.area.text and not _is_area(h, sheet.headings)]
    table, names = _read(peek, about, categories)
    # The file says what its areas are; its codes alone would call counties and unitary authorities districts.
    said = "" if options.geography == about.area.geography else options.geography
    codes, geography = areas.checked_codes(table, about.area, geography=said)
    words = _words(categories)
    columns = {h: not_negative(table, h, table.numbers(h).values) for h in categories}
    total = next((h for h in categories if _TOTAL.fullmatch(words[h])), "")
    prefix = f"census{about.year}"
    name = census.table_name(about.table, about.title) or slug(about.table or about.title)
    kept, made = _counts(prefix, name, about, geography, words, columns, total)
    residents, labels, people = _residents(about, geography, words, columns, total)
    if not made and not people:
        raise FileProblem("the table has no category and no total", where=peek.where, expected="columns of counts")
    kept |= residents
    title = census.title_of(name) or about.title or about.table
    dataset = known.describe(
        peek,
        id=f"{prefix}.{name}.{geography}",
        title=f"Census {about.year}: {title} by {area_codes.words(geography)}",
        kind="population" if people else "indicator",
        geography=geography,
        period=about.year,
        publisher=known.ONS,
        reason=f"{found.reason}: {known.counted(len(codes), 'area')}, {len(categories)} categories",
        codes=codes,
        problems=table.problems,
        fictional=None,
    )
    return Reading(dataset, codes, kept, names, (*people, *made), labels=labels)


def _is_area(heading: str, headings: Sequence[str]) -> bool:
    lowered = heading.strip().lower()
    if lowered in ("date", "geography", "geography code", "mnemonic", "%"):
        return True
    return heading == headings[0] and "mnemonic" in [h.strip().lower() for h in headings]


def _read(peek: Peek, about: About, categories: list[str]) -> tuple[Table, np.ndarray]:
    """The rows of areas and their names (n,); footnotes below them are left out and a second table is refused."""
    sheet = peek.sheet
    assert sheet is not None
    named = next((h for h in sheet.headings if h.strip().lower() == "geography"), sheet.headings[0])
    table = read_table(peek, text=[about.area.text, named], columns={about.area.text, named, *categories})
    text = table.text(about.area.text)
    # Without a column of codes the area is “E01000001 : City of London 001A”.
    split = np.array([cell.partition(" : ")[0].strip() for cell in text.tolist()])
    inside = area_codes.well_formed(split) if len(split) else np.zeros(0, dtype=bool)
    if not inside.any():
        raise FileProblem(f"column “{about.area.text}” holds no area codes", where=peek.where)
    last = int(np.flatnonzero(inside)[-1])
    between = ~inside[:last]
    if between.any() and any(cell.lower() in ("mnemonic", "date", "date:") for cell in text[:last][between].tolist()):
        raise FileProblem(
            "the file holds several tables, one below the other",
            where=f"{peek.where}, row {table.row_numbers[np.flatnonzero(between)[0]]}",
            expected="one table: one year, and one choice of each of its variables",
            todo="Download them one by one, or the bulk file",
        )
    if (~inside).any():
        first = table.text(named)[~inside]
        notes = tuple(cell[:200] for cell in first.tolist() if cell)
        table.problem("a row that is a note or a total, no area; left out", np.flatnonzero(~inside), notes[:20])
    table.keep(inside)
    names = np.array([cell.partition(" : ")[2] or cell for cell in table.text(named).tolist()])
    table.frame = table.frame.assign(**{about.area.text: split[inside]})
    return table, names


def _words(categories: Sequence[str]) -> dict[str, str]:
    """Heading → category: without the variable that begins all of them, and without “; measures: Value”."""
    plain = {h: _MEASURES.sub("", h).strip() for h in categories}
    others = [text for text in plain.values() if not _TOTAL.fullmatch(text)]
    first = f"{variable(others)}:"
    if len(others) < 2 and not any(_TOTAL.fullmatch(text.partition(": ")[2]) for text in others):
        return plain
    if not all(text.startswith(first) for text in others):
        return plain
    return {h: text[len(first) :].strip() if text.startswith(first) else text for h, text in plain.items()}


def _counts(
    prefix: str, name: str, about: About, geography: str, words: dict[str, str], columns: dict[str, np.ndarray],
    total: str,
) -> tuple[dict[str, np.ndarray], list[Indicator]]:  # fmt: skip
    """Columns by the category's short name, and their indicators."""
    averages = [h for h in columns if _AVERAGE.match(words[h])]
    parts = {census.category_name(name, slug(words[h])): h for h in columns if h != total and h not in averages}
    kept = {short: columns[h] for short, h in parts.items()}
    if total:
        kept["denominator"] = columns[total]
        made = census.indicators(name, {short: words[h] for short, h in parts.items()}, kept, {}, geography)
        # “Total” alone is a count: households, or residents.
        if not parts:
            label = words[total].partition(": ")[2] or about.title
            made.append(_count(f"{prefix}.{name}.total", label, "denominator", about.year, geography))
    else:
        made = []
        for short, h in parts.items():
            if _DENSITY.search(words[h]):
                made.append(
                    Indicator(
                        f"{prefix}.{name}.{short}", words[h], "ratio", about.year, geography, unit=words[h].lower(),
                        value=short, group="People",
                    )
                )  # fmt: skip
            else:
                label = about.title if re.fullmatch(r"\d{4}", words[h]) else words[h]
                made.append(_count(f"{prefix}.{name}.{short}", label, short, about.year, geography))
    for h in averages:
        short = slug(words[h])
        kept[short] = columns[h]
        kind = "median" if short.startswith("median") else MEAN
        made.append(
            Indicator(f"{prefix}.{name}.{short}", words[h], kind, about.year, geography, group="People", value=short)
        )
    sex = cells.sex(about.sex or "all") or "persons"
    return kept, [replace(i, id=i.id.replace("census2021.", f"{prefix}.", 1), period=about.year, sex=sex) for i in made]


def _count(identity: str, label: str, column: str, year: str, geography: str) -> Indicator:
    return Indicator(identity, label, COUNT, year, geography, group="People", numerator=column)


def _residents(
    about: About, geography: str, words: dict[str, str], columns: dict[str, np.ndarray], total: str
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]], list[Indicator]]:
    """`persons`, `ages_persons` (n, k) and the age groups, where the table is of all residents, by age or not."""
    nothing: tuple[dict, dict, list] = ({}, {}, [])
    one = next(iter(columns)) if len(columns) == 1 else total
    everybody = cells.sex(about.sex or "all") not in ("female", "male")
    # Another choice of the variable (“Lives in a communal establishment”) is not all residents.
    chosen = re.fullmatch(r"\d{4}", words.get(one, "")) is None or "usual residents" in about.population.lower()
    if not one or not everybody or not chosen or not _PEOPLE.fullmatch(about.title):
        return nothing
    made = {"persons": columns[one]}
    labels: dict[str, tuple[str, ...]] = {}
    found = _finest({h: label for h in columns if h != one and (label := _age(words[h]))})
    if found:
        grid = np.column_stack([columns[h] for h in found])
        labels["ages_persons"] = tuple(found.values())
        made |= {"ages_persons": grid} | ages.group_columns(grid, labels["ages_persons"])
    caveat = f"Usual residents on {'21 March 2021' if about.year == '2021' else 'census day ' + about.year}."
    return made, labels, [replace(i, caveat=caveat) for i in ages.indicators(made, about.year, geography)]


def _age(word: str) -> str:
    """`Aged 4 years and under` → `0-4`, `Aged 85 years and over` → `85+`; "" where it is no age."""
    plain = re.sub(r"^(?:aged?|ages)\s+", "", word.rpartition(": ")[2].strip().lower())
    match = re.fullmatch(r"(\d{1,3})(?: years?)? (and|or) (under|over)", plain)
    if match:
        return f"{int(match[1])}+" if match[3] == "over" else f"0-{int(match[1])}"
    label = cells.age(plain)
    return label if label and label != "all" else ""


def _finest(found: dict[str, str]) -> dict[str, str]:
    """The ages (heading → age) that hold no other, in order, if they are every age once; else none."""
    spans = {h: cells.age_range(label) for h, label in found.items()}
    inner = {
        h: span
        for h, span in spans.items()
        if not any(o != span and span[0] <= o[0] and o[1] <= span[1] for o in spans.values())
    }
    ordered = sorted(inner, key=lambda h: inner[h])
    upto = -1
    for h in ordered:
        if inner[h][0] != upto + 1:
            return {}
        upto = inner[h][1]
    return {h: found[h] for h in ordered} if upto == 200 else {}
