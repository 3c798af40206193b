"""Record-level files on their way in: placed, counted by block, sex, age band, year and category, and let go.

The records themselves live in memory alone. Nothing of them is stored unless it is asked for, and then inside the
workspace, in a dataset marked sensitive.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from jsna_desktop.areas import geography
from jsna_desktop.errors import FileProblem
from jsna_desktop.indicator import COUNT, Indicator
from jsna_desktop.jobs.located import Places
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.dataset import MAX_EXAMPLES, Problem, Reading
from jsna_desktop.sources.known import counted, listed
from jsna_desktop.sources.person import BANDS, NOT_KNOWN, SEXES
from jsna_desktop.workspace import catalogue

RECORDS, CATEGORIES = "records", "categories"
# Indicators for so many categories at most, the commonest: the table holds them all.
MOST_INDICATORS = 50
# A district is covered where it has at least this share of the events an area that the main district has.
COVERED_RATE = 0.25
# Without a lookup of districts the boundaries are covered where at least this share of their areas has an event.
COVERED_SHARE = 0.2
_MOST_SPELLINGS = 200


def is_pending(reading: Reading) -> bool:
    """Whether a reading holds records that are still to be placed and counted."""
    return RECORDS in reading.tables and not {"events", "deaths"} & set(reading.tables)


def counted_records(reading: Reading, places: Places, geo: str | None = None, *, keep: bool = False) -> Reading:
    """The reading with `tables["events"]` (or `"deaths"`) in place of its records.

    Columns: area (text), year int16, sex, age (five-year bands; `not known` where it is not), category (for deaths:
    cause and chapter), count int32 (for deaths: deaths float64 and withheld); a row for each that occurs. `geo` are the
    blocks that postcodes are placed in, by default the first that the workspace has boundaries of. With `keep`, the
    records stay as tables, without postcodes that could not be placed. FileProblem where they cannot be placed at all.
    """
    records = reading.tables[RECORDS]
    problems = list(reading.dataset.problems)
    if reading.dataset.geography:
        geo, codes = reading.dataset.geography, reading.codes
    else:
        geo = _geography(reading, places, geo)
        codes = _placed(reading, places, geo, problems)
    blocks, block = np.unique(codes, return_inverse=True)
    if blocks[0] == "":
        blocks, block = blocks[1:], block - 1
    at = block[records["place"]]
    inside = at >= 0
    if not inside.any():
        raise FileProblem(
            "none of the records could be placed",
            where=reading.dataset.filename,
            expected=f"postcodes that the workspace knows, in its {geography.name(geo)}",
            todo="Add the postcodes and boundaries of your area",
        )
    parts = _cells(at[inside], {name: column[inside] for name, column in records.items()})
    covered, note = _covered(places, geo, blocks, np.bincount(at[inside], minlength=len(blocks)))
    problems += note
    problems += _part_years(records["day"][inside])
    universe, own = _universe(blocks, covered)
    columns, indicators = _indicators(reading, parts, own, np.isin(universe, covered), geo, problems)
    tables = {_name(reading): _table(reading, parts, blocks)}
    if keep:
        tables |= _kept(reading, codes, inside)
    dataset = replace(
        reading.dataset, geography=geo, rows=int(inside.sum()), sensitive=True, problems=tuple(problems)
    )  # fmt: skip
    return replace(
        reading, dataset=dataset, codes=universe, columns=columns, indicators=tuple(indicators), tables=tables
    )


def _name(reading: Reading) -> str:
    return "deaths" if reading.dataset.kind == "deaths" else "events"


def _geography(reading: Reading, places: Places, said: str | None) -> str:
    """The blocks to place postcodes in; FileProblem saying what to add where there are none."""
    missing = [] if places.have_postcodes else ["postcodes (OS Code-Point Open or ONS's postcode directory)"]
    if not places.geographies or (said and said not in places.geographies):
        missing.append(f"boundaries of {geography.name(said) if said else 'LSOAs'}")
    if missing:
        raise FileProblem(
            "its records have postcodes, and there is nothing to place them with",
            where=reading.dataset.filename,
            expected="postcodes and boundaries in the workspace, or in the same call: the records are not kept",
            todo=f"Add {' and '.join(missing)} first, or together with it",
        )
    return said or places.geographies[0]


def _placed(reading: Reading, places: Places, geo: str, problems: list[Problem]) -> np.ndarray:
    """The block of each postcode of the reading (p,), "" where unplaced: recorded by row, never by postcode."""
    postcodes, records = reading.codes, reading.tables[RECORDS]
    found = places.blocks(postcodes, geo)
    unknown = ~found.known
    if unknown.any():
        tried = postcodes[unknown][:_MOST_SPELLINGS].tolist()
        meant = sum(bool(places.meant(text)) for text in tried)
        said = f"; {meant:,} of {len(tried):,} different ones are one sign from one that is known" if meant else ""
        _record(problems, records, unknown, f"a postcode that is not among those added; left out{said}")
    outside = found.known & (found.codes == "")
    if outside.any():
        _record(problems, records, outside, f"a postcode outside the {geography.name(geo)} added; left out")
    if found.near.any():
        _record(problems, records, found.near & (found.codes != ""), "a postcode just outside its area's outline; "
                "counted in the nearest")  # fmt: skip
    return found.codes


def _record(problems: list[Problem], records: dict[str, np.ndarray], places: np.ndarray, message: str) -> None:
    rows = records["row"][places[records["place"]]]
    if len(rows):
        problems.append(Problem(message, len(rows), tuple(f"row {row}" for row in rows[:MAX_EXAMPLES].tolist())))


def _cells(block: np.ndarray, records: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Distinct (block, year, sex, age, category) with how many records each has, as whole numbers."""
    year = records["day"] // 10_000
    first = int(year.min())
    sizes = (int(year.max()) - first + 1, len(SEXES) + 1, len(BANDS) + 1, int(records["category"].max()) + 1)
    key = block.astype(np.int64)
    parts = (year - first, records["sex"] + 1, records["age"] + 1, records["category"])
    for part, size in zip(parts, sizes, strict=True):
        key = key * size + part
    cells, count = np.unique(key, return_counts=True)
    found: dict[str, np.ndarray] = {"count": count}
    for name, size in zip(("category", "age", "sex", "year"), reversed(sizes), strict=True):
        cells, found[name] = np.divmod(cells, size)
    found["year"] = found["year"] + first
    return found | {"block": cells, "sex": found["sex"] - 1, "age": found["age"] - 1}


def _table(reading: Reading, cells: dict[str, np.ndarray], blocks: np.ndarray) -> dict[str, np.ndarray]:
    texts = {name: column[cells["category"]] for name, column in reading.tables[CATEGORIES].items()}
    table = {
        "area": blocks[cells["block"]],
        "year": cells["year"].astype(np.int16),
        # −1 takes the last: what is not known.
        "sex": np.array([*SEXES, NOT_KNOWN])[cells["sex"]],
        "age": np.array([*BANDS, NOT_KNOWN])[cells["age"]],
        **texts,
    }
    if _name(reading) == "deaths":
        nothing = np.zeros(len(cells["count"]), dtype=bool)
        return table | {"deaths": cells["count"].astype(np.float64), "withheld": nothing}
    return table | {"count": cells["count"].astype(np.int32)}


def _kept(reading: Reading, codes: np.ndarray, inside: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """The placed records as compact columns, with the texts that they point into."""
    records = {name: column[inside] for name, column in reading.tables[RECORDS].items() if name != "row"}
    used, records["place"] = np.unique(records["place"], return_inverse=True)
    records["place"] = records["place"].astype(np.int32)
    return {
        RECORDS: records,
        CATEGORIES: dict(reading.tables[CATEGORIES]),
        "places": {"place": reading.codes[used], "area": codes[used]},
    }


def _universe(blocks: np.ndarray, covered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sorted codes that have events or are covered, and where each of the blocks (b,) is among them."""
    universe = np.union1d(blocks, covered)
    return universe, geography.align(blocks, universe)


def _covered(places: Places, geo: str, blocks: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, list[Problem]]:
    """Codes of the blocks in which no event means none, and a word on it.

    An extract does not say which areas it covers. Its main district is covered, and every other that has events as
    often; a district beyond has a few by chance. Elsewhere the count is not known, not zero.
    """
    district = _districts(places, geo)
    outline = places.outline(geo)
    if district is None:
        own = outline.codes if outline is not None else blocks
        if (geography.align(own, blocks) >= 0).mean() >= COVERED_SHARE:
            covered, names = own, "the areas of the boundaries"
        else:
            covered, names = blocks, "the areas that have events"
    else:
        codes, parent, titles = district
        at = geography.align(codes, blocks)
        held = np.bincount(parent, np.where(at >= 0, events[at], 0), minlength=len(titles))
        rate = held / np.bincount(parent, minlength=len(titles))
        chosen = rate >= COVERED_RATE * rate[held.argmax()] if held.any() else held > 0
        covered = codes[chosen[parent]] if chosen.any() else blocks
        names = listed(sorted(titles[chosen].tolist())) if chosen.sum() <= 3 else f"{chosen.sum():,} districts"
    empty = int((geography.align(covered, blocks) < 0).sum())
    beyond = int(events[geography.align(blocks, np.sort(covered)) < 0].sum())
    notes = [Problem(f"{counted(empty, 'area')} of {names} without an event: counted as none.", empty)] if empty else []
    if beyond:
        message = f"{counted(beyond, 'event')} outside {names}: in the table, and in no count of an area"
        notes.append(Problem(f"{message}, which may be covered in part.", beyond))
    return covered, notes


def _districts(places: Places, geo: str) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(block codes, district of each, names of the districts) by the best lookup there is; None without one."""
    fresh = [
        (r.codes, r.columns[look.codes], r.columns[look.names or look.codes])
        for r in places.fresh
        for look in r.lookups
        if look.level == "district" and r.dataset.geography == geo
    ]
    for key, own, codes, names in catalogue.lookups(places.store, "district"):
        if own == geo and not fresh:
            column = catalogue.column(places.store, key, codes)
            named = catalogue.column(places.store, key, names) if names else column
            fresh.append((catalogue.codes(places.store, key), column, named))
    if not fresh:
        return None
    blocks, areas, names = max(fresh, key=lambda lookup: len(lookup[0]))
    order = np.argsort(blocks, kind="stable")
    order = order[areas[order] != ""]
    if not len(order):
        return None
    _, first, parent = np.unique(areas[order], return_index=True, return_inverse=True)
    return blocks[order], parent, names[order][first]


def _part_years(day: np.ndarray) -> list[Problem]:
    """A note where the first or the last year may not be whole, by month: never the day of one event."""
    told = day[day % 10_000 >= 100]
    if not len(told):
        return []
    first, last = int(told.min()) // 100, int(told.max()) // 100
    if first % 100 == 1 and last % 100 == 12:
        return []
    said = f"{first % 100:02d}/{first // 100} to {last % 100:02d}/{last // 100}"
    return [Problem(f"The dates run from {said}: its first or last year may be covered in part.")]


def _indicators(
    reading: Reading,
    cells: dict[str, np.ndarray],
    own: np.ndarray,
    covered: np.ndarray,
    geo: str,
    problems: list[Problem],
) -> tuple[dict[str, np.ndarray], list[Indicator]]:
    """A count by block for each category and year, and for all of them; NaN in areas that are not covered."""
    deaths = _name(reading) == "deaths"
    texts = reading.tables[CATEGORIES]["cause" if deaths else "category"]
    words, group = np.unique(texts, return_inverse=True)
    category = group[cells["category"]]
    size = np.bincount(category, cells["count"], minlength=len(words))
    listed_words = np.sort(np.argsort(-size, kind="stable")[:MOST_INDICATORS])
    if len(words) > MOST_INDICATORS:
        problems.append(
            Problem(f"{len(words):,} categories: the {MOST_INDICATORS} commonest are indicators, the table has all")
        )
    stem = "deaths" if deaths else ".".join(reading.dataset.id.split(".")[:2])
    unit = "deaths" if deaths else "events"
    title = "Deaths" if deaths else reading.dataset.title.removesuffix(f" {reading.dataset.period}")
    columns: dict[str, np.ndarray] = {"covered": covered.astype(np.float64)}
    made: list[Indicator] = []
    for year in sorted(set(cells["year"].tolist()), reverse=True):
        chosen = [(f"{stem}.all", title, cells["year"] == year)] if len(words) > 1 or deaths else []
        for place, name in zip(listed_words.tolist(), _slugs(words[listed_words]), strict=True):
            rows = (cells["year"] == year) & (category == place)
            chosen.append((f"{stem}.{name}", f"{title}: {words[place]}", rows))
        for identity, name, rows in chosen:
            column = f"{identity.removeprefix(stem + '.')}_{year}"
            counts = np.bincount(own[cells["block"][rows]], cells["count"][rows], minlength=len(covered))
            columns[column] = np.where(covered, counts, np.nan)
            made.append(
                Indicator(
                    identity, name, COUNT, str(year), geo, unit=unit, group=unit.capitalize(), numerator=column,
                    caveat="Counted from records.",
                )
            )  # fmt: skip
    return columns, made


def _slugs(words: Sequence[str] | np.ndarray) -> list[str]:
    """A short id for each category, none twice and none `all`."""
    made: list[str] = []
    for number, word in enumerate(np.asarray(words).tolist(), start=1):
        wanted = slug(word)[:60] or f"category_{number}"
        made.append(wanted if wanted not in (*made, "all") else f"{wanted}_{number}")
    return made
