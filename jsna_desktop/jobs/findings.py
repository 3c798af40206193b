"""From profiles to a pack's findings: one locality at a time, everything past the disclosure gate."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs import pack_words
from jsna_desktop.jobs.comparators import DISTRICT, ENGLAND
from jsna_desktop.jobs.figures import WEIGHT_YEAR, Figures, Table
from jsna_desktop.jobs.gradient_page import GradientPages
from jsna_desktop.jobs.life_page import LifePages
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.profile import Profile, profile
from jsna_desktop.jobs.release import release_summary, released_rows
from jsna_desktop.jobs.residents import pyramid
from jsna_desktop.jobs.services_page import ServicesPages
from jsna_desktop.measures.standout import stands_out
from jsna_desktop.packs.findings import AgeGroup, Deciles, Findings, MapLayer, Source
from jsna_desktop.workspace import catalogue


def all_findings(figures: Figures, places: list[Locality]) -> Iterator[Findings]:
    """The findings of each locality, made one at a time from one profile of them all."""
    made = profile(figures, places, compare_with=(DISTRICT, ENGLAND))
    rows = _rows_by_place(figures, made)
    services = ServicesPages(figures.store)
    life = LifePages(figures.store, places)
    gradients = GradientPages(figures, made, life)
    for place, locality in enumerate(places):
        found = _findings(figures, made, place, rows[place], locality, life, gradients)
        yield replace(
            found,
            services=services.page(locality),
            methods=found.methods + services.methods(),
            sources=found.sources + services.sources(),
            left_out=found.left_out + tuple(services.left_out()),
        )


def _rows_by_place(figures: Figures, made: Profile) -> list[list[dict]]:
    rows: dict[tuple[str, str], list[dict]] = {(place.set, place.name): [] for place in made.localities}
    for row in released_rows(figures, made, leaving=True):
        rows[row["set"], row["locality"]].append(row)
    return list(rows.values())


def _findings(
    figures: Figures,
    made: Profile,
    place: int,
    rows: list[dict],
    locality: Locality,
    life: LifePages,
    gradients: GradientPages,
) -> Findings:
    store, summary = figures.store, release_summary(made.summaries[place], made.sensitive)
    now = datetime.now()
    main = [row for row in rows if not row["detail"]]
    names = {c["level"]: c["area"] for row in rows for c in row["comparators"] if c["value"] is not None}
    deciles = _deciles(figures, made, place)
    bands = pyramid(figures, made, place)
    groups = _age_groups(rows)
    table = _decile_table(figures)
    inside, around, around_name = _maps(figures, made, place, table)
    datasets = catalogue.datasets(store)
    page, gradient = life.page(place), gradients.page(place)
    more = [one for pages in (page, gradient) if pages is not None for one in pages.methods]
    withheld = {f"{r['name']}: {r['note']}" for r in rows if r["note"].startswith("withheld")}
    return Findings(
        locality=locality.name,
        set=locality.set,
        publisher=store.name,
        date=f"{now:%B %Y}",
        made=now.isoformat(timespec="seconds"),
        fictional=any(d.fictional for d in datasets),
        lede=pack_words.lede(locality.name, summary, rows, bands.period if bands else ""),
        figures=pack_words.figures(summary, rows),
        standout=tuple(f"{f.lead} {f.rest}".replace("\u00a0%", "%") for f in stands_out(main)),
        definition=pack_words.definition(locality, summary),
        rows=tuple(_for_the_page(main)),
        comparators=tuple(level for level in (DISTRICT, ENGLAND) if level in names),
        comparator_names=names,
        people_text=pack_words.people_text(locality.name, groups, bands, names.get(DISTRICT, "")),
        deprivation_text=pack_words.deprivation_text(rows, deciles),
        age_groups=groups,
        pyramid=bands,
        deciles=deciles,
        outline=locality.shape,
        inside=inside,
        around=around,
        around_name=around_name,
        life=page,
        gradients=gradient,
        methods=(*pack_words.methods(summary, main), *more),
        sources=_sources(figures, made, place, life.titles),
        attribution=tuple(dict.fromkeys(d.attribution for d in datasets if d.attribution)),
        left_out=(*sorted(withheld), *([life.why_not] if life.why_not else [])),
    )


def _for_the_page(rows: list[dict]) -> list[dict]:
    """The rows of the profile table.

    What other pages show already (counts of each age group) or nobody reads on paper (ranks and shares of each
    domain) is left to the command line and the window.
    """
    return [row for row in rows if not _elsewhere(row["indicator"])]


def _elsewhere(identity: str) -> bool:
    parts = identity.split(".")
    domain = parts[0].startswith("imd") and len(parts) == 3 and parts[2] != "average_score"
    return domain or identity.startswith("population.age_")


def _age_groups(rows: list[dict]) -> tuple[AgeGroup, ...]:
    made = []
    labels = (("0_15", "0 to 15"), ("16_64", "16 to 64"), ("65_84", "65 to 84"), ("85_plus", "85 and over"))
    for suffix, label in labels:
        count, share = (
            pack_words.latest(rows, f"population.age_{suffix}"),
            pack_words.latest(rows, f"population.share_{suffix}"),
        )
        if count is None or share is None:
            continue
        district = next((c["value"] for c in share["comparators"] if c["level"] == DISTRICT), None)
        made.append(AgeGroup(label, count["value"], share["value"] / 100, None if district is None else district / 100))
    return tuple(made)


def _decile_table(figures: Figures) -> tuple[str, Table, np.ndarray] | None:
    """The newest edition with deciles: (edition, its table, deciles by block, NaN where none)."""
    store = figures.store
    for edition in pack_words.EDITIONS:
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
    people = table.population(WEIGHT_YEAR[edition])
    if people is None or people.sensitive:
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


def _sources(figures: Figures, made: Profile, place: int, also: tuple[str, ...]) -> tuple[Source, ...]:
    cut = {p.table.geography: bool(p.weights.cut()[place]) for p in made.parts}
    used = {figures.sources[plan.indicator.id] for p in made.parts for plan in p.table.stack.plans}
    listed = []
    for key, dataset in catalogue.keyed_datasets(figures.store):
        if dataset.kind == "boundaries":
            fit = "As published"
        elif key in used or dataset.title in also:
            fit = "By area" if cut.get(dataset.geography) else "Exact"
        else:
            continue
        listed.append(Source(dataset.title, dataset.period, dataset.source, fit))
    return tuple(listed)
