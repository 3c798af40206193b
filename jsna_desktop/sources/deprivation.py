"""The English Indices of Deprivation 2019 and 2025, as MHCLG publishes them (Files 2 and 7), known by their headings.

Ranks and deciles run from 1, the most deprived. Scores of Income and Employment are rates (0–1).
Source: MHCLG, *English Indices of Deprivation 2025*, File 7; *2019*, Files 2 and 7.
"""

import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.sources import areas, known
from jsna_desktop.sources.dataset import COUNT, INDEX, RANK, SCORE, Indicator, Reading
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.table import Table, read_table

# How many LSOAs of England were ranked.
UNIVERSE = {"2025": 33_755, "2019": 32_844}
_DENOMINATOR_YEAR = {"2025": "2022", "2019": "2015"}
_CENSUS = {"2025": "lsoa2021", "2019": "lsoa2011"}
_DOMAINS = (
    ("imd", "index of multiple deprivation", ""),
    ("income", "income", "Income deprivation"),
    ("employment", "employment", "Employment deprivation"),
    ("education", "education", "Education, skills and training deprivation"),
    ("health", "health", "Health deprivation and disability"),
    ("crime", "crime", "Crime"),
    ("barriers", "barriers to housing", "Barriers to housing and services"),
    ("living_environment", "living environment", "Living environment deprivation"),
    ("idaci", "income deprivation affecting children", "Income deprivation affecting children"),
    ("idaopi", "income deprivation affecting older people", "Income deprivation affecting older people"),
    ("education_children", "children and young people", "Education of children and young people"),
    ("education_adults", "adult skills", "Adult skills"),
    ("barriers_geographical", "geographical barriers", "Geographical barriers"),
    ("barriers_wider", "wider barriers", "Wider barriers"),
    ("environment_indoors", "indoors", "Indoors living environment"),
    ("environment_outdoors", "outdoors", "Outdoors living environment"),
)
_DENOMINATORS = (
    ("total population", "residents_all"),
    ("dependent children", "residents_children"),
    ("population aged 16", "residents_16_59"),
    ("older population", "residents_60_plus"),
    ("working age population", "residents_working_age"),
)
_RATES = ("income", "employment", "idaci", "idaopi")


@dataclass(frozen=True)
class _Column:
    name: str
    heading: str
    whole: bool


def recognise(peek: Peek) -> Recognised | None:
    """A table of LSOAs with a column “Index of Multiple Deprivation (IMD) Rank …”."""
    sheet = peek.sheet
    if sheet is None or not any(re.match(r"index of multiple deprivation.*rank", h) for h in sheet.lowered()):
        return None
    area = areas.area_columns(sheet.headings)
    if area is None or area.main.level != "lsoa":
        return None
    year = "2019" if area.main.vintage == 2011 else "2025"
    lowered = sheet.lowered()
    kinds = [f"{part}s" for part in ("score", "rank", "decile") if any(re.search(rf"\b{part}\b", h) for h in lowered)]
    return Recognised(
        "deprivation",
        f"English Indices of Deprivation {year}",
        _CENSUS[year],
        f"Indices of Deprivation {year}: {known.listed(kinds)} by LSOA, column {area.main.text}",
        {"year": year},
    )


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Ranks and deciles as whole numbers, scores as they are, and the measures that can be made of them."""
    sheet = peek.sheet
    assert sheet is not None
    area = areas.area_columns(sheet.headings)
    assert area is not None
    year = found.details["year"]
    table = read_table(peek, text=[h.text for h in (*area.codes, *area.names)])
    codes, geography = areas.checked_codes(table, area.main, geography=options.geography or found.geography)
    parts = _parts(sheet.headings)
    columns = {part.name: _column(table, part, codes, year) for part in parts}
    larger, lookups = areas.districts(table, area, ("district",))
    welsh = codes.astype("U1") == "W"
    if welsh.any():
        table.problem("an area of Wales in an index of England; kept", np.flatnonzero(welsh), codes[welsh].tolist())
    dataset = known.describe(
        peek,
        id=f"imd{year}",
        title=found.title,
        kind="deprivation",
        geography=geography,
        period=year,
        publisher=known.MHCLG,
        reason=f"{found.reason}: {known.counted(len(codes), 'area')}",
        codes=codes,
        problems=table.problems,
    )
    return Reading(
        dataset,
        codes,
        {**columns, **larger},
        areas.names_of(table, area, area.main),
        tuple(_indicators(columns, year, geography)),
        tuple(lookups),
    )


def _parts(headings: tuple[str, ...]) -> list[_Column]:
    """The columns that are kept: `imd_rank`, `income_score` …, by the words at the start of their headings."""
    parts: dict[str, _Column] = {}
    for heading in headings:
        lowered = heading.strip().lower()
        kind = next((part for part in ("score", "rank", "decile") if re.search(rf"\b{part}\b", lowered)), "")
        domain = next(
            (d for d, words, _ in sorted(_DOMAINS, key=lambda d: -len(d[1])) if lowered.startswith(words)), ""
        )
        denominator = next((name for words, name in _DENOMINATORS if lowered.startswith(words)), "")
        name = f"{domain}_{kind}" if domain and kind else denominator
        if name and name not in parts:
            parts[name] = _Column(name, heading, kind in ("rank", "decile"))
    return list(parts.values())


def _column(table: Table, part: _Column, codes: np.ndarray, year: str) -> np.ndarray:
    values = table.numbers(part.heading).values
    highest = {"rank": UNIVERSE[year], "decile": 10}.get(part.name.rsplit("_", 1)[-1])
    if highest is not None:
        with np.errstate(invalid="ignore"):
            wrong = np.isfinite(values) & ((values < 1) | (values > highest) | (values != np.floor(values)))
        if wrong.any():
            shown = [f"{codes[place]}: {values[place]:g}" for place in np.flatnonzero(wrong)[:20]]
            table.problem(f"“{part.heading}” is not from 1 to {highest:,}; left out", np.flatnonzero(wrong), shown)
            values = np.where(wrong, np.nan, values)
    if part.whole and np.isfinite(values).all():
        return values.astype(np.int32)
    return values


def _indicators(columns: dict[str, np.ndarray], year: str, geography: str) -> list[Indicator]:
    made: list[Indicator] = []
    universe = UNIVERSE[year]
    if "residents_all" in columns:
        # The residents that MHCLG itself weights by: with them district averages are MHCLG's own.
        made.append(
            Indicator(
                "population.residents", "Residents", COUNT, _DENOMINATOR_YEAR[year], geography, unit="residents",
                group="People", numerator="residents_all",
            )
        )  # fmt: skip

    def add(name: str, label: str, kind: str, value: str, measure: str, caveat: str = "", unit: str = "") -> None:
        if value not in columns:
            return
        made.append(
            Indicator(
                f"imd{year}.{name}", label, kind, year, geography, unit=unit, polarity="low good", caveat=caveat,
                group="Deprivation", value=value, measure=measure, universe=universe,
            )
        )  # fmt: skip

    higher = "Higher is more deprived."
    imd = f"IMD {year}"
    add("average_score", f"{imd} average score", SCORE, "imd_score", "average_score", higher)
    reversed_rank = f"From 1 to {universe:,}; higher is more deprived, as MHCLG publishes it for districts."
    add("average_rank", f"{imd} average rank", RANK, "imd_rank", "average_rank", reversed_rank)
    fraction = "A share from 0 to 1, as MHCLG publishes it."
    for name, deciles, words in (
        ("decile1", "1", "most deprived tenth"),
        ("decile2", "2", "second most deprived tenth"),
        ("quintile1", "1,2", "most deprived fifth"),
    ):
        for who, title in (("lsoas", "LSOAs"), ("residents", "Residents")):
            label = f"{title} in the {words} nationally"
            add(f"share_{who}_{name}", label, INDEX, "imd_decile", f"{who}_in:{deciles}", fraction)
    extent = "Share of residents in the most deprived 30 % of LSOAs, the most deprived counted most; from 0 to 1."
    add("extent", f"{imd} extent", INDEX, "imd_rank", "extent", extent)
    local = "Average rank of the most deprived LSOAs with a tenth of the residents; higher is more deprived."
    add("local_concentration", f"{imd} local concentration", INDEX, "imd_rank", "local_concentration", local)
    for domain, _, title in _DOMAINS[1:]:
        note = "A rate: the share of people counted as deprived." if domain in _RATES else higher
        add(f"{domain}.average_score", f"{title} (average score)", SCORE, f"{domain}_score", "average_score", note)
        add(f"{domain}.average_rank", f"{title} (average rank)", RANK, f"{domain}_rank", "average_rank", reversed_rank)
        label = f"{title}: LSOAs in the most deprived tenth"
        add(f"{domain}.share_lsoas_decile1", label, INDEX, f"{domain}_decile", "lsoas_in:1", fraction)
    return made
