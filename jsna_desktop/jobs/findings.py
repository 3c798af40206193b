"""From profiles to a pack's findings: one locality at a time, everything past the disclosure gate."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs.comparators import DISTRICT, ENGLAND
from jsna_desktop.jobs.figures import Figures, Table
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.profile import Profile, Summary, profile
from jsna_desktop.jobs.release import release_rows
from jsna_desktop.jobs.residents import pyramid
from jsna_desktop.measures.standout import number, stands_out
from jsna_desktop.packs.findings import AgeGroup, Deciles, Figure, Findings, MapLayer, Source
from jsna_desktop.workspace import catalogue

_METHODS = {"blocks": "whole areas, as selected", "area": "by land area inside", "best-fit": "by best fit"}
_EDITIONS = ("imd2025", "imd2019")


def all_findings(figures: Figures, places: list[Locality]) -> Iterator[Findings]:
    """The findings of each locality, made one at a time from one profile of them all."""
    made = profile(figures, places, compare_with=(DISTRICT, ENGLAND))
    rows = _rows_by_place(made)
    for place, locality in enumerate(places):
        yield _findings(figures, made, place, rows[place], locality)


def _rows_by_place(made: Profile) -> list[list[dict]]:
    count = len(made.localities)
    rows = list(release_rows(made.rows(), made.sensitive))
    size = len(rows) // count if count else 0
    return [rows[place * size : (place + 1) * size] for place in range(count)]


def _findings(figures: Figures, made: Profile, place: int, rows: list[dict], locality: Locality) -> Findings:
    store, summary = figures.store, made.summaries[place]
    now = datetime.now()
    names = {c["level"]: c["area"] for row in rows for c in row["comparators"] if c["value"] is not None}
    deciles = _deciles(figures, made, place)
    bands = pyramid(figures, made, place)
    groups = _age_groups(rows)
    table = _decile_table(figures)
    inside, around, around_name = _maps(figures, made, place, table)
    datasets = catalogue.datasets(store)
    return Findings(
        locality=locality.name,
        set=locality.set,
        publisher=store.name,
        date=f"{now:%B %Y}",
        made=now.isoformat(timespec="seconds"),
        fictional=any(d.fictional for d in datasets),
        lede=_lede(locality.name, summary, rows, bands.period if bands else ""),
        figures=_figures(summary, rows),
        standout=tuple(f"{f.lead} {f.rest}" for f in stands_out(rows)),
        definition=_definition(locality, summary),
        rows=tuple(_for_the_page(rows)),
        comparators=tuple(level for level in (DISTRICT, ENGLAND) if level in names),
        comparator_names=names,
        people_text=_people_text(locality.name, groups, bands, names.get(DISTRICT, "")),
        deprivation_text=_deprivation_text(rows, deciles),
        age_groups=groups,
        pyramid=bands,
        deciles=deciles,
        outline=locality.shape,
        inside=inside,
        around=around,
        around_name=around_name,
        methods=_methods(summary, rows),
        sources=_sources(figures, made, place),
        attribution=tuple(dict.fromkeys(d.attribution for d in datasets if d.attribution)),
        left_out=tuple(sorted({f"{r['name']}: {r['note']}" for r in rows if r["note"].startswith("withheld")})),
    )


def _for_the_page(rows: list[dict]) -> list[dict]:
    """The rows of the profile table: people first, the index of deprivation last.

    What other pages show already (counts of each age group) or nobody reads on paper (ranks and shares of each
    domain) is left to the command line and the window.
    """
    first = {"People": 0, "Deprivation": 2}
    kept = [row for row in rows if not _elsewhere(row["indicator"])]
    return sorted(kept, key=lambda row: first.get(row["group"], 1))


def _elsewhere(identity: str) -> bool:
    parts = identity.split(".")
    domain = parts[0].startswith("imd") and len(parts) == 3 and parts[2] != "average_score"
    return domain or identity.startswith("population.age_")


def _value(rows: list[dict], identity: str) -> dict | None:
    found = [r for r in rows if r["indicator"] == identity and r["value"] is not None]
    return max(found, key=lambda r: r["period"], default=None)


def _edition(rows: list[dict]) -> str | None:
    return next((e for e in _EDITIONS if _value(rows, f"{e}.share_residents_quintile1")), None)


def _lede(name: str, summary: Summary, rows: list[dict], period: str) -> str:
    said = []
    if summary.residents is not None:
        said.append(f"About {summary.residents:,.0f} people live in {name} ({period or summary.residents_year}).")
    edition = _edition(rows)
    row = _value(rows, f"{edition}.share_residents_quintile1") if edition else None
    if row is not None:
        in_hundred = round(100 * row["value"])
        if row["value"] == 0:
            said.append("None of them lives in a neighbourhood among the most deprived fifth nationally.")
        elif in_hundred == 0:
            said.append("Fewer than 1 in every 100 lives in a neighbourhood among the most deprived fifth nationally.")
        else:
            said.append(f"{in_hundred} in every 100 live in neighbourhoods among the most deprived fifth nationally.")
    older = _value(rows, "population.share_65_plus")
    if older is not None:
        said.append(f"{older['value']:.0f} in every 100 are aged 65 or over.")
    return " ".join(said)


def _figures(summary: Summary, rows: list[dict]) -> tuple[Figure, ...]:
    made = []
    if summary.residents is not None:
        blocks = f"in {summary.blocks:,} small area{'' if summary.blocks == 1 else 's'}"
        made.append(Figure(f"Residents, {summary.residents_year}", f"{summary.residents:,.0f}", blocks))
    edition = _edition(rows)
    if edition:
        label = f"IMD {edition[3:]}"
        share = _value(rows, f"{edition}.share_residents_quintile1")
        if share is not None:
            made.append(
                Figure("Most deprived fifth", f"{100 * share['value']:.0f}%", _note(share, "of residents", 100))
            )
        score = _value(rows, f"{edition}.average_score")
        if score is not None:
            made.append(Figure(f"{label} average score", f"{score['value']:.1f}", _note(score, "", 1)))
    for identity, label in (
        ("population.share_65_plus", "Aged 65 and over"),
        ("population.share_0_15", "Aged 0 to 15"),
    ):
        row = _value(rows, identity)
        if row is not None and len(made) < 4:
            made.append(Figure(label, f"{row['value']:.0f}%", _note(row, "of residents", 1)))
    if len(made) < 4:
        made += [
            Figure(row["name"], number(row["value"], row["unit"]).replace("\u00a0%", "%"), _note(row, "", 1))
            for row in rows
            if row["kind"] in ("proportion", "rate") and row["value"] is not None and row["polarity"] != "none"
        ][: 4 - len(made)]
    return tuple(made)


def _note(row: dict, lead: str, factor: float) -> str:
    for comparator in row["comparators"]:
        if comparator["value"] is not None:
            unit = "%" if row["unit"] == "%" or factor == 100 else ""
            digits = 0 if unit and factor == 100 else 1
            said = f"{comparator['area']} {factor * comparator['value']:.{digits}f}{unit}"
            return f"{lead}; {said}" if lead else said
    return lead


def _definition(locality: Locality, summary: Summary) -> tuple[tuple[str, str], ...]:
    kind = "Whole small areas, selected" if locality.kind == "selection" else "Drawn on the map or imported as a shape"
    said = [("Made of", kind), ("Set", locality.set), ("Small areas touched", f"{summary.blocks:,}")]
    said.append(("Shared out", _METHODS.get(summary.method, summary.method)))
    if summary.residents is not None:
        said.append((f"Residents, {summary.residents_year}", f"{summary.residents:,.0f}"))
    if summary.residents_cut and summary.residents is not None:
        said.append(("Residents in whole areas", f"{summary.residents - summary.residents_cut:,.0f}"))
        said.append(("Residents in areas that the line cuts", f"{summary.residents_cut:,.0f}"))
    if summary.residents_range is not None:
        low, high = summary.residents_range
        said.append(("Residents by other ways of sharing out", f"{low:,.0f} to {high:,.0f}"))
    if locality.shape is not None:
        said.append(("Land area", f"{locality.shape.area / 1e6:,.1f} km²"))
    return tuple(said)


def _age_groups(rows: list[dict]) -> tuple[AgeGroup, ...]:
    made = []
    labels = (("0_15", "0 to 15"), ("16_64", "16 to 64"), ("65_84", "65 to 84"), ("85_plus", "85 and over"))
    for suffix, label in labels:
        count, share = _value(rows, f"population.age_{suffix}"), _value(rows, f"population.share_{suffix}")
        if count is None or share is None:
            continue
        district = next((c["value"] for c in share["comparators"] if c["level"] == DISTRICT), None)
        made.append(AgeGroup(label, count["value"], share["value"] / 100, None if district is None else district / 100))
    return tuple(made)


def _people_text(name: str, groups: tuple[AgeGroup, ...], bands, district: str) -> str:
    if not groups:
        return ""
    older = sum(g.share for g in groups if g.age in ("65 to 84", "85 and over"))
    said = f"{100 * older:.0f} in every 100 residents of {name} are 65 or over"
    theirs = [g.comparator_share for g in groups if g.age in ("65 to 84", "85 and over")]
    if district and all(t is not None for t in theirs):
        other = sum(t for t in theirs if t is not None)
        way = "older" if older > other + 0.01 else "younger" if older < other - 0.01 else "much the same age"
        text = f"{way} as" if way == "much the same age" else f"{way} than"
        said = f"The area is {text} {district}: {100 * older:.0f} in every 100 residents are 65 or over"
        said += f" ({100 * other:.0f} in {district})"
    young = next((g for g in groups if g.age == "0 to 15"), None)
    if young is not None:
        said += f", and {100 * young.share:.0f} in every 100 are under 16"
    return said + "."


def _deprivation_text(rows: list[dict], deciles: Deciles | None) -> str:
    edition = _edition(rows)
    if edition is None or deciles is None:
        return ""
    most, least = deciles.shares[:2].sum(), deciles.shares[8:].sum()
    said = f"{100 * most:.0f}% of residents live in the most deprived fifth of neighbourhoods nationally and "
    said += f"{100 * least:.0f}% in the least deprived fifth."
    top = int(np.argmax(deciles.shares)) + 1
    said += f" The largest share, {100 * deciles.shares[top - 1]:.0f}%, lives in decile {top}"
    return said + " (decile 1 is the most deprived tenth nationally)."


def _decile_table(figures: Figures) -> tuple[str, Table, np.ndarray] | None:
    """The newest edition with deciles: (edition, its table, deciles by block, NaN where none)."""
    store = figures.store
    for edition in _EDITIONS:
        key = figures.sources.get(f"{edition}.share_residents_quintile1")
        if key is None:
            continue
        geo = store.one("SELECT geography FROM dataset WHERE key = ?", [key])[0]
        table = figures.tables.get(geo)
        if table is None:
            continue
        from jsna_desktop.areas.geography import align

        places = align(table.universe, catalogue.codes(store, key))
        values = catalogue.column(store, key, "imd_decile")
        return edition, table, np.where(places >= 0, values[places], np.nan)
    return None


def _deciles(figures: Figures, made: Profile, place: int) -> Deciles | None:
    found = _decile_table(figures)
    if found is None:
        return None
    edition, table, decile = found
    part = next(p for p in made.parts if p.table is table)
    people = table.population({"imd2025": 2022, "imd2019": 2015}[edition])
    if people is None:
        return None
    residents = np.nan_to_num(people.residents)
    row = part.weights.matrix[[place]]
    shares = _shares(row.indices, row.data, decile, residents)
    if shares is None:
        return None
    district = table.hierarchies.get(DISTRICT)
    area = district.holding(row.indices) if district is not None and row.nnz else -1
    if district is None or area < 0:
        return Deciles(f"IMD {edition[3:]}", shares)
    members = district.members(area)
    theirs = _shares(members, np.ones(len(members)), decile, residents)
    return Deciles(f"IMD {edition[3:]}", shares, str(district.names[area]), theirs)


def _shares(blocks: np.ndarray, weight: np.ndarray, decile: np.ndarray, residents: np.ndarray) -> np.ndarray | None:
    known = np.isfinite(decile[blocks])
    people = (weight * residents[blocks])[known]
    if not people.sum():
        return None
    return np.bincount(decile[blocks][known].astype(int), people, minlength=11)[1:11] / people.sum()


def _maps(
    figures: Figures, made: Profile, place: int, found: tuple[str, Table, np.ndarray] | None
) -> tuple[MapLayer | None, MapLayer | None, str]:
    """Blocks of the locality and of its district, at the finest simplified outline that is published."""
    if found is None:
        return None, None, ""
    _, table, decile = found
    outlines = Outlines.of(figures.store, table.geography)
    if outlines is None:
        return None, None, ""
    part = next(p for p in made.parts if p.table is table)
    held = part.weights.matrix[[place]].indices
    inside = _layer(outlines, table, held, decile)
    district = table.hierarchies.get(DISTRICT)
    area = district.holding(held) if district is not None and len(held) else -1
    if district is None or area < 0:
        return inside, None, ""
    return inside, _layer(outlines, table, district.members(area), decile), str(district.names[area])


def _layer(outlines: Outlines, table: Table, blocks: np.ndarray, decile: np.ndarray) -> MapLayer | None:
    from jsna_desktop.areas.geography import align

    places = align(table.universe[blocks], outlines.codes)
    shown = places >= 0
    if not shown.any():
        return None
    return MapLayer(outlines.shapes(places[shown]), np.nan_to_num(decile[blocks[shown]]).astype(int))


def _methods(summary: Summary, rows: list[dict]) -> tuple[tuple[str, str], ...]:
    weights = sorted({r["weighted_by"] for r in rows if r["weighted_by"]})
    said = [
        (
            "How small areas are combined",
            "Proportions and rates are sums of numerators over sums of denominators of the small areas in the place. "
            "Scores are averages weighted by residents"
            + (f" ({'; '.join(weights)})" if weights else "")
            + ". Ranks and percentages are never averaged.",
        ),
        (
            "Uncertainty",
            "Proportions have Wilson score intervals and rates Byar’s (exact Poisson below 10 events), at 95%. A "
            "difference is called clear only when the comparator lies outside the interval. An index of deprivation "
            "is not a sample and has no interval. A comparison with an area that contains the place is conservative.",
        ),
    ]
    if summary.residents_cut:
        said.append(
            (
                "Areas that the line cuts",
                "A small area that the line cuts counts by the share of its "
                + ("land inside." if summary.method == "area" else "people at its centre: all or nothing.")
                + " Intervals leave this error out; where another way of sharing out would change a comparison, none "
                "is given.",
            )
        )
    if any(r["indicator"].startswith("imd") for r in rows):
        said.append(
            (
                "Deprivation",
                "Decile 1 holds the most deprived tenth of small areas nationally. Extent and local concentration are "
                "made as MHCLG makes them for districts. A change of decile between editions is not an improvement: "
                "deciles are ranks.",
            )
        )
    return tuple(said)


def _sources(figures: Figures, made: Profile, place: int) -> tuple[Source, ...]:
    cut = {p.table.geography: bool(p.weights.cut()[place]) for p in made.parts}
    used = {figures.sources[plan.indicator.id] for p in made.parts for plan in p.table.stack.plans}
    keys = {row[1]: row[0] for row in figures.store.all("SELECT key, id FROM dataset")}
    listed = []
    for dataset in catalogue.datasets(figures.store):
        if dataset.kind == "boundaries":
            fit = "As published"
        elif keys[dataset.id] in used:
            fit = "By area" if cut.get(dataset.geography) else "Exact"
        else:
            continue
        listed.append(Source(dataset.title, dataset.period, dataset.source, fit))
    return tuple(listed)
