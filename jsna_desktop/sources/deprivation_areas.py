"""MHCLG's own summaries of the Indices of Deprivation for larger areas (Files 10 to 14): districts, upper tier, ICBs …

They are kept as published, for comparison, and never combined: an average of averages is neither. Files have one sheet
for each domain; tables of the same measures in one sheet are known too. Average rank and local concentration are
published with the most deprived highest, `rank of …` with 1 the most deprived.
"""

import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.sources import areas, iod, known
from jsna_desktop.sources.codes import Heading
from jsna_desktop.sources.dataset import INDEX, RANK, Indicator, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.sheets_joined import Joined

# Areas that only these files are by: (words of the heading of their codes, id, name).
_AREAS = (
    ("sub icb", "sub_icb", "sub-ICB locations"),
    ("integrated care board", "icb", "integrated care boards"),
    ("icb", "icb", "integrated care boards"),
    ("clinical commissioning group", "ccg", "clinical commissioning groups"),
    ("ccg", "ccg", "clinical commissioning groups"),
    ("local enterprise partnership", "lep", "local enterprise partnerships"),
    ("lep", "lep", "local enterprise partnerships"),
    ("local resilience forum", "lrf", "local resilience forums"),
    ("lrf", "lrf", "local resilience forums"),
    ("combined authority", "combined_authority", "combined authorities"),
    ("built up area", "built_up_area", "built-up areas"),
)
_NAMES = {"district": "districts", "upper_tier": "upper-tier authorities"} | {key: name for _, key, name in _AREAS}
_NO_SUMMARY = ("oa", "lsoa", "msoa", "ward", "parish")
# (column, words of a heading, name); the first that is found in it counts.
_MEASURES = (
    ("rank_of_average_rank", r"rank of average rank", "rank of average rank"),
    ("rank_of_average_score", r"rank of average score", "rank of average score"),
    ("rank_of_share_lsoas_decile1", r"rank of proportion", "rank of share of LSOAs in the most deprived tenth"),
    ("rank_of_extent", r"rank of extent", "rank of extent"),
    ("rank_of_local_concentration", r"rank of local concentration", "rank of local concentration"),
    ("rank_of_scale", r"rank of (\w+ )?scale", "rank of scale"),
    ("average_rank", r"average rank", "average rank"),
    ("average_score", r"average score|score$", "average score"),
    ("share_lsoas_decile1", r"proportion( of l?so ?as in most deprived 10|$)", "LSOAs in the most deprived tenth"),
    ("extent", r"extent$", "extent"),
    ("local_concentration", r"local concentration", "local concentration"),
    ("scale", r"scale$", "scale"),
)
# How these files shorten the domains.
_SHORT = (
    ("idaci", "idaci"), ("idaopi", "idaopi"), ("housing and access", "barriers"), ("barriers", "barriers"),
    ("environment", "living_environment"), ("living", "living_environment"),
)  # fmt: skip
_CAVEAT = "As MHCLG published it for this area; never combined with other areas."


@dataclass(frozen=True)
class _Measure:
    heading: str
    domain: str
    measure: str
    year: str  # "" where the heading does not say

    @property
    def column(self) -> str:
        return f"{self.domain}_{self.measure}"


def recognise(peek: Peek) -> Recognised | None:
    """Codes of larger areas with “IMD - Average score”, “IMD 2019 - Extent” …, or the same of three or more domains."""
    for sheet in peek.sheets:
        area = _larger_areas(sheet)
        if area is None:
            continue
        measures = _measures(sheet, area)
        year = _edition(measures, area.main)
        said = {measure.domain for measure in measures}
        named = any(h.startswith("imd") and _understood(h) for h in sheet.lowered())
        if not year or not measures or not (named or len(said) >= 3 or _all_sheets(peek) >= 3):
            continue
        what = _NAMES.get(area.main.level, area.main.level)
        return Recognised(
            "deprivation",
            f"English Indices of Deprivation {year}: published summaries of {what}",
            area.main.geography,
            f"Indices of Deprivation {year}: published summaries, column {area.main.text}",
            {"year": year},
        )
    return None


def _all_sheets(peek: Peek) -> int:
    """How many domains the sheets of the file summarise."""
    found = [(sheet, _larger_areas(sheet)) for sheet in peek.sheets]
    return len({m.domain for sheet, area in found if area is not None for m in _measures(sheet, area)})


def _larger_areas(sheet: Sheet) -> areas.AreaColumns | None:
    found = areas.area_columns(sheet.headings)
    if found is not None and found.main.level and found.main.level in _NAMES:
        return found
    if found is not None and found.main.level in _NO_SUMMARY:
        return None
    own: dict[str, Heading] = {}
    for heading in sheet.headings:
        plain = _plain(heading)
        match = re.fullmatch(r"(.*?) ?(?:(20\d\d)|(\d\d))? ?(code|cd|name|nm)(?: (20\d\d))?", plain)
        if match is None:
            continue
        level = next((key for words, key, _ in _AREAS if match[1] == words or match[1].startswith(f"{words} ")), "")
        year = int(match[2] or match[5] or (f"20{match[3]}" if match[3] else 0))
        part = "code" if match[4] in ("code", "cd") else "name"
        if level and part not in own:
            own[part] = Heading(heading, level, part, year)
    if "code" not in own:
        return None
    return areas.AreaColumns((own["code"],), (own["name"],) if "name" in own else ())


def _plain(heading: str) -> str:
    text = re.sub(r"(?<=[a-z])(?=\d)", " ", heading.lower())
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


def _measures(sheet: Sheet, area: areas.AreaColumns) -> list[_Measure]:
    taken = {h.text for h in (*area.codes, *area.names)}
    found: dict[str, _Measure] = {}
    for heading in sheet.headings:
        measure = None if heading in taken else _understood(heading)
        # A recast of an older edition beside it is another column.
        if measure is not None:
            found.setdefault(measure.year + measure.column, measure)
    return list(found.values())


def _understood(heading: str) -> _Measure | None:
    """What a heading summarises: `IMD 2019 - Extent`, `Rank of Income Scale`, `crime_average_rank`; None for others."""
    plain = _plain(heading)
    measure = next((name for name, words, _ in _MEASURES if re.search(rf"\b(?:{words})", plain)), "")
    if not measure:
        return None
    match = re.match(r"imd(?: (?:20)?(\d\d))?\b", plain)
    if match:
        return _Measure(heading, "imd", measure, f"20{match[1]}" if match[1] else "")
    if plain in ("score", "proportion", "extent"):
        return _Measure(heading, "imd", measure, "")
    start = re.sub(r"^rank of ", "", plain)
    domain = next((name for words, name in _SHORT if start.startswith(words)), "") or iod.domain_of(start)
    return _Measure(heading, domain, measure, "") if domain else None


def _edition(measures: list[_Measure], main: Heading) -> str:
    """The year of the index: as its headings say, else by the year of the areas; "" where neither tells it."""
    said = max((measure.year for measure in measures), default="")
    if said in iod.UNIVERSE:
        return said
    for year in sorted(iod.UNIVERSE, reverse=True):
        # An edition's areas are of the year before it at the oldest.
        if main.vintage >= int(year) - (1 if year == "2025" else 2):
            return year
    return ""


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """One column and one indicator, `published.imd2025.income.average_score` …, for each measure of each domain."""
    year = found.details["year"]
    joined = Joined(options.geography or found.geography)
    columns: dict[str, np.ndarray] = {}
    made: list[Indicator] = []
    names = None
    for sheet in peek.sheets:
        area = _larger_areas(sheet)
        measures = _measures(sheet, area) if area is not None else []
        if area is None or not measures:
            continue
        first = not len(joined.codes)
        table = joined.read(peek, sheet, area)
        names = areas.names_of(table, area, area.main) if first else names
        for measure in measures:
            own = measure.year or year
            column = measure.column if own == year else f"imd{own}.{measure.column}"
            if column not in columns:
                columns[column] = joined.bring(table.numbers(measure.heading).values)
                made.append(_indicator(measure, column, own, joined.geography, len(joined.codes)))
        joined.take(table)
    dataset = known.describe(
        peek,
        id=f"imd{year}.summaries.{joined.geography}",
        title=found.title,
        kind="deprivation",
        geography=joined.geography,
        period=year,
        publisher=known.MHCLG,
        reason=f"{found.reason}: {known.counted(len(joined.codes), 'area')}, {known.counted(len(made), 'measure')}",
        codes=joined.codes,
        problems=joined.problems,
    )
    return Reading(dataset, joined.codes, columns, names, tuple(made))


def _indicator(measure: _Measure, column: str, year: str, geography: str, count: int) -> Indicator:
    """Kinds that are refused for any other place: an index without a measure, a rank."""
    ranked = measure.measure.startswith("rank_of")
    words = next(words for name, _, words in _MEASURES if name == measure.measure)
    title = iod.title_of(measure.domain) or f"IMD {year}"
    domain = "" if measure.domain == "imd" else f"{measure.domain}."
    return Indicator(
        f"published.imd{year}.{domain}{measure.measure}", f"{title}: {words}, as published", RANK if ranked else INDEX,
        year, geography, unit="people" if measure.measure == "scale" else "",
        polarity="high good" if ranked else "low good", caveat=_CAVEAT, group="Deprivation", value=column,
        universe=count if ranked else 0,
    )  # fmt: skip
