"""Wide tables of modelled values: the Indices' underlying indicators (2019, 2025), the Community Needs Index 2023.

One row for each LSOA, one column for each indicator; MHCLG's File 8 has a sheet for each domain. Values are models,
rates and scores without their parts: they are averaged by residents with a caveat, never summed. Numerators are counts;
ranks stay ranks.
"""

import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.sources import areas, known
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.dataset import COUNT, MODELLED, RANK, Indicator, Problem, Reading
from jsna_desktop.sources.known import Publisher
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.sheets_joined import Joined

_WELL_KNOWN = ("income_domain_numerator", "employment_domain_numerator", "years_of_potential_life_lost_indicator")
_CNI = "community needs index"
_MODELLED = "A published estimate without its counts: averaged over residents."
# Which way is better, by words of the heading; "none" for the rest.
_LOW_GOOD = (
    "numerator", "road_distance", "homeless", "overcrowding", "poor_condition", "without_central_heating", "accidents",
    "air_quality", "nitrogen", "benzene", "sulphur", "particulates", "rate_per_1", "life_lost", "illness", "morbidity",
    "mental_health", "mood_and_anxiety", "adult_skills", "staying_on", "entry_to_higher", "patient_to_gp",
)  # fmt: skip
_WORDS = {
    "gp": "GP", "idaci": "IDACI", "idaopi": "IDAOPI", "km": "(km)", "16": "16", "english": "English",
}  # fmt: skip


@dataclass(frozen=True)
class _Family:
    id: str
    title: str
    period: str
    group: str
    publisher: Publisher


_UNDERLYING = "Indices of Deprivation {}: underlying indicators"
_FAMILIES = {
    "cni": _Family("cni2023", "Community Needs Index 2023", "2023", "Community", known.OCSI),
    "2025": _Family("iod2025_underlying", _UNDERLYING.format("2025"), "2025", "Deprivation", known.MHCLG),
    "2019": _Family("iod2019_underlying", _UNDERLYING.format("2019"), "2019", "Deprivation", known.MHCLG),
}  # fmt: skip


def recognise(peek: Peek) -> Recognised | None:
    """A column of LSOA codes and the headings of these files, in one sheet or several."""
    sheets = _lsoa_sheets(peek)
    if not sheets:
        return None
    area = sheets[0][1]
    headings = [heading for sheet, _ in sheets for heading in sheet.headings]
    if any(heading.strip().lower().startswith(_CNI) for heading in headings):
        family = "cni"
    elif sum(heading in _WELL_KNOWN for heading in map(slug, headings)) >= 2:
        family = "2019" if area.main.vintage == 2011 else "2025"
    else:
        return None
    about = _FAMILIES[family]
    reason = f"{about.title}: column {area.main.text}"
    return Recognised("underlying", about.title, area.main.geography, reason, {"family": family})


def _lsoa_sheets(peek: Peek) -> list[tuple[Sheet, areas.AreaColumns]]:
    found = [(sheet, areas.area_columns(sheet.headings)) for sheet in peek.sheets]
    return [(sheet, area) for sheet, area in found if area is not None and area.main.level == "lsoa"]


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """One numeric column and one indicator for each heading; columns of words are left out."""
    about = _FAMILIES[found.details["family"]]
    joined = Joined(options.geography)
    columns: dict[str, np.ndarray] = {}
    made, left_out, names = [], [], None
    for sheet, area in _lsoa_sheets(peek):
        first = not len(joined.codes)
        table = joined.read(peek, sheet, area)
        names = areas.names_of(table, area, area.main) if first else names
        taken = {h.text for h in (*area.codes, *area.names)}
        for heading in table.headings:
            name = slug(heading)
            if heading in taken or name in columns:
                continue
            if _is_words(table.text(heading)):
                left_out.append(heading)
                continue
            columns[name] = joined.bring(table.numbers(heading).values)
            made.append(_indicator(name, heading, about, joined.geography, len(joined.codes)))
        joined.take(table)
    if left_out:
        joined.problems.append(Problem(f"columns that are not numbers left out: {', '.join(left_out)}"))
    codes, geography = joined.codes, joined.geography
    dataset = known.describe(
        peek,
        id=about.id,
        title=about.title,
        kind="indicator",
        geography=geography,
        period=about.period,
        publisher=about.publisher,
        reason=f"{found.reason}, {known.counted(len(codes), 'area')}, {known.counted(len(made), 'indicator')}",
        codes=codes,
        problems=joined.problems,
    )
    return Reading(dataset, codes, columns, names, tuple(made))


def _is_words(values: np.ndarray) -> bool:
    return set(np.unique(np.char.lower(values)).tolist()) <= {"true", "false", "yes", "no", ""}


def _indicator(name: str, heading: str, about: _Family, geography: str, universe: int) -> Indicator:
    kind = COUNT if name.endswith("numerator") else RANK if name.endswith("_rank") else MODELLED
    community = about.id.startswith("cni")
    low = community if kind == MODELLED else False
    polarity = "low good" if low or (kind != RANK and any(word in name for word in _LOW_GOOD)) else "none"
    unit = "km" if name.endswith("_km") else "residents" if kind == COUNT else ""
    return Indicator(
        f"{about.id}.{name}", _readable(heading), kind, about.period, geography, unit=unit, polarity=polarity,
        caveat=_MODELLED if kind == MODELLED else "", group=about.group, value=name,
        universe=universe if kind == RANK else 0,
    )  # fmt: skip


def _readable(heading: str) -> str:
    """`road_distance_to_a_gp_surgery_indicator_km` → `Road distance to a GP surgery (km)`."""
    text = re.sub(r"_?\b(indicator|index)\b", "", heading.replace("_", " ").replace("numerator", "").strip())
    if " " in heading and "_" not in heading:
        return heading.strip()
    text = re.sub(r"1 ?000", "1,000", text)
    words = [_WORDS.get(word, word) for word in text.split()]
    name = " ".join(words)
    if "numerator" in heading:
        name = f"{name.removesuffix(' domain')}: people counted as deprived"
    return name[:1].upper() + name[1:]
