"""The sentences and headline figures of a pack: each follows from the rows of one place's profile."""

import numpy as np
import shapely

from jsna_desktop.areas.locality import Locality
from jsna_desktop.jobs.profile import Summary
from jsna_desktop.measures.standout import number
from jsna_desktop.packs.findings import AgeGroup, Deciles, Figure, Pyramid

EDITIONS = ("imd2025", "imd2019")
_SHARED_OUT = {
    "blocks": "whole areas, as selected",
    "best-fit": "by best fit",
    "postcodes": "by postcodes inside",
    "dasymetric": "by a population grid",
    "area": "by land area inside",
}
# The end of “counts by the share of its”.
_SHARE_OF = {
    "area": "land inside.",
    "postcodes": "postcodes inside (of its land where it has none).",
    "dasymetric": "people inside on a population grid (of its land where the grid has none).",
    "best-fit": "people at its centre: all or nothing.",
}


def latest(rows: list[dict], identity: str) -> dict | None:
    """The row of an indicator that has a value, of the latest period."""
    found = [r for r in rows if r["indicator"] == identity and r["value"] is not None]
    return max(found, key=lambda r: r["period"], default=None)


def edition_of(rows: list[dict]) -> str | None:
    """The newest edition of the index that the rows have."""
    return next((e for e in EDITIONS if latest(rows, f"{e}.share_residents_quintile1")), None)


def lede(name: str, summary: Summary, rows: list[dict], period: str) -> str:
    """The opening sentences: who lives here, how deprived, how old."""
    said = []
    if summary.residents is not None:
        said.append(f"About {summary.residents:,.0f} people live in {name} ({period or summary.residents_year}).")
    edition = edition_of(rows)
    row = latest(rows, f"{edition}.share_residents_quintile1") if edition else None
    if row is not None:
        in_hundred = round(100 * row["value"])
        if row["value"] == 0:
            said.append("None of them lives in a neighbourhood among the most deprived fifth nationally.")
        elif in_hundred == 0:
            said.append("Fewer than 1 in every 100 lives in a neighbourhood among the most deprived fifth nationally.")
        else:
            said.append(f"{in_hundred} in every 100 live in neighbourhoods among the most deprived fifth nationally.")
    older = latest(rows, "population.share_65_plus")
    if older is not None:
        said.append(f"{older['value']:.0f} in every 100 are aged 65 or over.")
    return " ".join(said)


def figures(summary: Summary, rows: list[dict]) -> tuple[Figure, ...]:
    """Up to four headline figures for the cover."""
    made = []
    if summary.residents is not None:
        blocks = f"in {summary.blocks:,} small area{'' if summary.blocks == 1 else 's'}"
        made.append(Figure(f"Residents, {summary.residents_year}", f"{summary.residents:,.0f}", blocks))
    edition = edition_of(rows)
    if edition:
        label = f"IMD {edition[3:]}"
        share = latest(rows, f"{edition}.share_residents_quintile1")
        if share is not None:
            made.append(Figure("Most deprived fifth", f"{100 * share['value']:.0f}%", note(share, "of residents", 100)))
        score = latest(rows, f"{edition}.average_score")
        if score is not None:
            made.append(Figure(f"{label} average score", f"{score['value']:.1f}", note(score, "", 1)))
    for identity, label in (
        ("population.share_65_plus", "Aged 65 and over"),
        ("population.share_0_15", "Aged 0 to 15"),
    ):
        row = latest(rows, identity)
        if row is not None and len(made) < 4:
            made.append(Figure(label, f"{row['value']:.0f}%", note(row, "of residents", 1)))
    if len(made) < 4:
        made += [
            Figure(row["name"], number(row["value"], row["unit"]).replace("\u00a0%", "%"), note(row, "", 1))
            for row in rows
            if row["kind"] in ("proportion", "rate") and row["value"] is not None and row["polarity"] != "none"
        ][: 4 - len(made)]
    return tuple(made)


def note(row: dict, lead: str, factor: float) -> str:
    """The note under a figure: what it is of, and the first comparator that has a value."""
    for comparator in row["comparators"]:
        if comparator["value"] is not None:
            unit = "%" if row["unit"] == "%" or factor == 100 else ""
            digits = 0 if unit and factor == 100 else 1
            said = f"{comparator['area']} {factor * comparator['value']:.{digits}f}{unit}"
            return f"{lead}; {said}" if lead else said
    return lead


def definition(locality: Locality, summary: Summary) -> tuple[tuple[str, str], ...]:
    """How the place was made and shared out, item by item."""
    kind = "Whole small areas, selected" if locality.kind == "selection" else "Drawn on the map or imported as a shape"
    said = [("Made of", kind), ("Set", locality.set), ("Small areas touched", f"{summary.blocks:,}")]
    said.append(("Shared out", _SHARED_OUT.get(summary.method, summary.method)))
    if summary.residents is not None:
        said.append((f"Residents, {summary.residents_year}", f"{summary.residents:,.0f}"))
    if summary.residents_cut and summary.residents is not None:
        said.append(("Residents in whole areas", f"{summary.residents - summary.residents_cut:,.0f}"))
        said.append(("Residents in areas that the line cuts", f"{summary.residents_cut:,.0f}"))
    if summary.residents_range is not None:
        low, high = summary.residents_range
        said.append(("Residents by other ways of sharing out", f"{low:,.0f} to {high:,.0f}"))
    if locality.shape is not None:
        said.append(("Land area", f"{shapely.area(locality.shape) / 1e6:,.1f} km²"))
    return tuple(said)


def people_text(name: str, groups: tuple[AgeGroup, ...], bands: Pyramid | None, district: str) -> str:
    """How old the place is beside its district."""
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


def deprivation_text(rows: list[dict], deciles: Deciles | None) -> str:
    """Who lives in the most and the least deprived neighbourhoods."""
    edition = edition_of(rows)
    if edition is None or deciles is None:
        return ""
    most, least = deciles.shares[:2].sum(), deciles.shares[8:].sum()
    said = f"{100 * most:.0f}% of residents live in the most deprived fifth of neighbourhoods nationally and "
    said += f"{100 * least:.0f}% in the least deprived fifth."
    top = int(np.argmax(deciles.shares)) + 1
    said += f" The largest share, {100 * deciles.shares[top - 1]:.0f}%, lives in decile {top}"
    return said + " (decile 1 is the most deprived tenth nationally)."


def methods(summary: Summary, rows: list[dict]) -> tuple[tuple[str, str], ...]:
    """Headings and paragraphs on method that concern this place."""
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
                + _SHARE_OF.get(summary.method, "people inside.")
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
