"""The English Indices of Deprivation by LSOA, as MHCLG publishes them (Files 1 to 7 and 9), known by their headings.

Each file is CSV, or a workbook with notes before its sheet. One reader serves them all: what a column is, its heading
says. File 8 is `underlying`, Files 10 to 14 are `deprivation_areas`.
"""

import re
from dataclasses import dataclass

import numpy as np

from jsna_desktop.sources import areas, iod, known
from jsna_desktop.sources.dataset import COUNT, INDEX, RANK, SCORE, Indicator, Reading
from jsna_desktop.sources.iod import UNIVERSE
from jsna_desktop.sources.reading import Options, Peek, Recognised
from jsna_desktop.sources.sheets import Sheet
from jsna_desktop.sources.sheets_joined import Joined
from jsna_desktop.sources.table import Table

_KINDS = ("score", "rank", "decile")
# Words that only these files have: a table of a council's own with a column “Crime score” is not one of them.
_OWN = re.compile(r"where 1 is most deprived|index of multiple deprivation.*(rank|score)|\(ida(ci|opi)\)|transformed")


@dataclass(frozen=True)
class _Column:
    name: str
    heading: str
    whole: bool


def recognise(peek: Peek) -> Recognised | None:
    """A table of LSOAs with MHCLG's headings: “… Rank (where 1 is most deprived)”, “… (IMD) Score”, denominators."""
    for sheet in peek.sheets:
        area = _lsoas(sheet)
        if area is None:
            continue
        year = _edition(sheet, area)
        names = [part.name for part in _parts(sheet.headings)]
        suffix, what = _which(names)
        said = known.listed([f"{kind}s" for kind in _KINDS if any(name.endswith(kind) for name in names)] or [what])
        title = f"English Indices of Deprivation {year}"
        return Recognised(
            "deprivation",
            f"{title}: {what}" if suffix else title,
            iod.CENSUS[year],
            f"Indices of Deprivation {year}: {said} by LSOA, column {area.main.text}",
            {"year": year, "id": f"imd{year}{suffix}"},
        )
    return None


def _lsoas(sheet: Sheet) -> areas.AreaColumns | None:
    """The area columns of a sheet that is one of these files; None for any other."""
    area = areas.area_columns(sheet.headings)
    if area is None or area.main.level != "lsoa" or not _parts(sheet.headings):
        return None
    denominators = sum(1 for heading in sheet.headings if iod.denominator_of(heading))
    own = any(_OWN.search(heading) for heading in sheet.lowered())
    return area if own or denominators >= 3 else None


def _edition(sheet: Sheet, area: areas.AreaColumns) -> str:
    """2025 by the LSOAs of 2021; 2015 by districts of before then, for both older ones are by the LSOAs of 2011."""
    if area.main.vintage != 2011:
        return "2025"
    districts = [code.vintage for code in area.codes if code.level == "district" and code.vintage]
    older = (districts and max(districts) < 2016) or iod.denominator_year(sheet.headings, "2019") == "2012"
    return "2015" if older else "2019"


def _which(names: list[str]) -> tuple[str, str]:
    """(what is put behind the dataset's id, what the file holds) for these columns."""
    domains = {name.rpartition("_")[0] for name in names if not name.startswith("residents")}
    if any(name.endswith("_transformed") for name in names):
        return ".transformed", "transformed scores of the domains"
    if not domains:
        return ".denominators", "population denominators"
    if domains & set(iod.SUB_DOMAINS) and "income" not in domains:
        return ".subdomains", "sub-domains"
    if domains & set(iod.SUPPLEMENTARY) and "employment" not in domains:
        return ".supplementary", "supplementary indices"
    if not any(name.endswith(("_rank", "_decile")) for name in names):
        return ".scores", "scores"
    return "", "ranks"


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Ranks and deciles as whole numbers, scores as they are, and the measures that can be made of them."""
    year = found.details["year"]
    joined = Joined(options.geography or found.geography)
    columns: dict[str, np.ndarray] = {}
    headings: tuple[str, ...] = ()
    names, larger, lookups = None, {}, []
    for sheet in peek.sheets:
        area = _lsoas(sheet)
        if area is None:
            continue
        first = not len(joined.codes)
        table = joined.read(peek, sheet, area)
        if first:
            names = areas.names_of(table, area, area.main)
            larger, lookups = areas.districts(table, area, ("district",))
            welsh = joined.codes.astype("U1") == "W"
            if welsh.any():
                shown = joined.codes[welsh].tolist()
                table.problem("an area of Wales in an index of England; kept", np.flatnonzero(welsh), shown)
        for part in _parts(sheet.headings):
            if part.name not in columns:
                columns[part.name] = joined.bring(_column(table, part, year, area.main.text))
        headings += sheet.headings
        joined.take(table)
    dataset = known.describe(
        peek,
        id=found.details["id"],
        title=found.title,
        kind="deprivation",
        geography=joined.geography,
        period=year,
        publisher=known.MHCLG,
        reason=f"{found.reason}: {known.counted(len(joined.codes), 'area')}",
        codes=joined.codes,
        problems=joined.problems,
    )
    made = [
        *_denominators(columns, iod.denominator_year(headings, year), year, joined.geography),
        *_indicators(columns, year, joined.geography),
    ]
    return Reading(dataset, joined.codes, {**columns, **larger}, names, tuple(made), tuple(lookups))


def _parts(headings: tuple[str, ...]) -> list[_Column]:
    """The columns that are kept: `imd_rank`, `income_score` …, by the words at the start of their headings."""
    parts: dict[str, _Column] = {}
    for heading in headings:
        lowered = heading.strip().lower()
        kind = next((part for part in _KINDS if re.search(rf"\b{part}\b", lowered)), "")
        if kind == "score" and "transformed" in lowered:
            kind = "transformed"
        domain = iod.domain_of(heading) if kind else ""
        name = f"{domain}_{kind}" if domain else iod.denominator_of(heading)
        if name and name not in parts:
            parts[name] = _Column(name, heading, kind in ("rank", "decile"))
    return list(parts.values())


def _column(table: Table, part: _Column, year: str, codes: str) -> np.ndarray:
    values = table.numbers(part.heading).values
    highest = {"rank": UNIVERSE[year], "decile": 10}.get(part.name.rsplit("_", 1)[-1])
    if highest is not None:
        if values.min() >= 1 and values.max() <= highest:  # false where one is missing
            numbers = values.astype(np.int32)
            if (numbers == values).all():
                return numbers
        with np.errstate(invalid="ignore"):
            wrong = np.isfinite(values) & ((values < 1) | (values > highest) | (values != np.floor(values)))
        if wrong.any():
            rows = np.flatnonzero(wrong)
            named = table.text(codes)
            shown = [f"{named[place]}: {values[place]:g}" for place in rows[:20]]
            table.problem(f"“{part.heading}” is not from 1 to {highest:,}; left out", rows, shown)
            values = np.where(wrong, np.nan, values)
    elif part.name.startswith("residents"):
        with np.errstate(invalid="ignore"):
            wrong = values < 0
        if wrong.any():
            table.problem(f"“{part.heading}” is below zero; left out", np.flatnonzero(wrong))
            values = np.where(wrong, np.nan, values)
    return values


def _denominators(columns: dict[str, np.ndarray], period: str, year: str, geography: str) -> list[Indicator]:
    """The residents that MHCLG itself weights by: with them district averages are MHCLG's own."""
    return [
        Indicator(
            "population.residents" if column == "residents_all" else f"imd{year}.denominator.{column[10:]}", name,
            COUNT, period, geography, unit="residents", numerator=column,
            group="People" if column == "residents_all" else "Deprivation",
            caveat="" if column == "residents_all" else "A denominator of the index.",
        )
        for _, column, name in iod.DENOMINATORS
        if column in columns
    ]  # fmt: skip


def _indicators(columns: dict[str, np.ndarray], year: str, geography: str) -> list[Indicator]:
    made: list[Indicator] = []
    universe = UNIVERSE[year]

    def add(name: str, label: str, kind: str, value: str, measure: str, caveat: str = "") -> None:
        if value not in columns:
            return
        made.append(
            Indicator(
                f"imd{year}.{name}", label, kind, year, geography, polarity="low good", caveat=caveat,
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
    transformed = "The domain's rank on the scale from 0 to 100 that the index is combined from."
    for domain, _, title in iod.DOMAINS[1:]:
        note = "A rate: the share of people counted as deprived." if domain in iod.RATES else higher
        add(f"{domain}.average_score", f"{title} (average score)", SCORE, f"{domain}_score", "average_score", note)
        add(f"{domain}.average_rank", f"{title} (average rank)", RANK, f"{domain}_rank", "average_rank", reversed_rank)
        label = f"{title}: LSOAs in the most deprived tenth"
        add(f"{domain}.share_lsoas_decile1", label, INDEX, f"{domain}_decile", "lsoas_in:1", fraction)
        label = f"{title} (average transformed score)"
        add(f"{domain}.transformed_score", label, SCORE, f"{domain}_transformed", "average_score", transformed)
    return made
