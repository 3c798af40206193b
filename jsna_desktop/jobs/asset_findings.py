"""What a place has, ready to be shown: how many assets, who lives near one, where few do though need is high.

The window's view and the pack's page both show what is found here. Assets of sensitive data are left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from jsna_desktop.areas.geography import align
from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import DisclosureRefused, UsageProblem
from jsna_desktop.jobs.asset_reach import KIND, LOW, METRES, THEME, Ground, gap_rows, ground, reach_rows
from jsna_desktop.jobs.assets import MONTHS, Register, cut_off, is_stale, register
from jsna_desktop.jobs.deprivation_groups import PLACE, Ranking
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.outlines import Outlines
from jsna_desktop.jobs.people import People
from jsna_desktop.packs.findings import Findings, Source
from jsna_desktop.packs.sheet import plain
from jsna_desktop.packs.strengths import Gap, Listed, Sort, Strengths
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

DISTANCES = (400.0, 800.0, 1600.0, 3200.0)
WAYS = (KIND, THEME)
_MOST_SOURCES = 4


@dataclass(frozen=True)
class Question:
    """What is asked: how near (metres), and by kind or by theme."""

    metres: float = METRES
    by: str = KIND


def strengths(store: Store, locality: Locality | None, asked: Question, assets: Register | None = None) -> Strengths:
    """The findings of a kept locality; without one, of the district with the most residents.

    UsageProblem where there are no assets or nobody is counted; DisclosureRefused where the residents are sensitive.
    """
    found = (register(store) if assets is None else assets).open()
    if not found.assets:
        raise UsageProblem("there are no assets that may be told of", todo="Add a table of community assets")
    whole = ground(store, Choice(), found)
    start = whole if locality is None else ground(store, Choice((locality.set,), (locality.name,)), found)
    return _strengths(start, whole, 0 if locality is not None else _largest(whole), asked, locality)


def with_strengths(store: Store, places: list[Locality], found: Iterable[Findings]) -> Iterator[Findings]:
    """The findings of each place for its pack, with its assets, where there are any and its residents are counted."""
    assets = register(store).open()
    whole: Ground | None = None
    for place, one in zip(places, found, strict=True):
        if not assets.assets or People.of(store) is None:
            yield one
            continue
        whole = whole or ground(store, Choice(), assets)
        start = ground(store, Choice((place.set,), (place.name,)), assets)
        if start.residents.sensitive:
            yield replace(one, left_out=(*one.left_out, "Local strengths: the residents are sensitive"))
            continue
        made = _strengths(start, whole, 0, Question(), place)
        tables = [each for _, each in catalogue.keyed_datasets(store) if each.kind == "assets" and not each.sensitive]
        more = tuple(Source(each.title, each.period, each.source, "By location") for each in tables)
        methods = (*one.methods, ("Local strengths", " ".join(text for _, text in made.made).replace("\u00a0%", "%")))
        made = replace(made, gap_shapes=_shapes(store, start.residents.people.geography, made.gaps))
        yield replace(one, strengths=made, methods=methods, sources=(*one.sources, *more))


def _largest(whole: Ground) -> int:
    """The row of the district with the most residents."""
    first = len(whole.residents.rows) - len(whole.choice.places(whole.store))
    living = np.asarray(whole.residents.matrix.sum(axis=1)).ravel()[:first]
    return int(np.argmax(living))


def _strengths(start: Ground, whole: Ground, row: int, asked: Question, locality: Locality | None) -> Strengths:
    residents = start.residents
    if residents.sensitive:
        raise DisclosureRefused("the residents are sensitive, so that nothing is told for so many of them")
    name = residents.rows[row].locality
    every = reach_rows(start, asked.metres, asked.by)
    size = len(every) // len(residents.rows)
    mine = every[row * size : (row + 1) * size]
    total, sorts = _sort(mine[0]), tuple(_sort(one) for one in mine[1:])
    around_name, around = "", None
    if locality is not None:
        at = _around(start, whole)
        around_name = whole.residents.rows[at].locality
        around = _sort(reach_rows(whole, asked.metres)[at])
    gaps, rank, without = _gaps(start, row, asked.metres)
    held = start.held(row)
    inside = [one for one, there in zip(start.assets.assets, held.tolist(), strict=True) if there]
    late = [is_stale(one, start.assets.today) for one in inside]
    listed = tuple(Listed(one.name, one.kind, one.theme, one.last_checked, stale)
                   for one, stale in zip(inside, late, strict=True))  # fmt: skip
    edge = mine[0]["edge_share"] or 0.0
    return Strengths(
        place=name,
        title=f"What {name} has",
        sentence=_sentence(name, total, around_name, around, asked.metres, gaps),
        metres=asked.metres,
        by=asked.by,
        whole=total,
        sorts=tuple(sorted(sorts, key=lambda one: (-one.assets, one.name.casefold()))),
        around_name=around_name,
        around=around,
        gaps=gaps,
        gaps_said=_gaps_said(rank, asked.metres),
        edge=edge,
        stale=sum(late),
        made=_made(start, asked.metres, edge, rank, without),
        source=_source(start.assets, inside),
        listed=listed,
        points=start.assets.points[held],
    )


def _sort(row: dict) -> Sort:
    return Sort(row["group"], row["assets"], row["per_1000"], row["share_within"])


def _around(start: Ground, whole: Ground) -> int:
    """The row of the district that holds most of a place's residents."""
    first = len(whole.residents.rows) - len(whole.choice.places(whole.store))
    own = np.asarray(start.residents.matrix.sum(axis=0)).ravel() > 0
    shared = [float(whole.residents.matrix[[at]].toarray().ravel()[own].sum()) for at in range(first)]
    return int(np.argmax(shared))


def _gaps(start: Ground, row: int, metres: float) -> tuple[tuple[Gap, ...], Ranking | None, str]:
    """The gaps of a row, what need goes by, and why they are not told of where nothing says who is in need."""
    try:
        found, rank = gap_rows(start, metres, within=PLACE)
    except (UsageProblem, DisclosureRefused) as problem:
        return (), None, problem.what
    inside = set(start.residents.people.codes[start.residents.blocks_of(row)].tolist())
    gaps = tuple(Gap(one["area_name"] or one["area_code"], one["area_code"], one["beyond"], one["share_within"])
                 for one in found if one["area_code"] in inside)  # fmt: skip
    return gaps, rank, ""


def _shapes(store: Store, geography: str, gaps: tuple[Gap, ...]) -> np.ndarray | None:
    """The polygons of gaps that have boundaries; None where none has."""
    outlines = Outlines.of(store, geography)
    if outlines is None:
        return None
    at = align(np.array([gap.code for gap in gaps], dtype="U16"), outlines.codes)
    at = at[at >= 0]
    return outlines.shapes(at) if len(at) else None


def share_words(share: float) -> str:
    """A share in a sentence: `83 %`; never 0 % or 100 % of some."""
    whole = round(100 * share)
    if 0 < share < 0.01:
        return "under 1\u00a0%"
    return f"{min(whole, 99) if share < 1 else 100}\u00a0%"


def distance_words(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres > 1000 else f"{metres:,.0f} m"


def _sentence(
    name: str, total: Sort, around_name: str, around: Sort | None, metres: float, gaps: tuple[Gap, ...]
) -> str:  # fmt: skip
    if not total.assets:
        said = f"No asset is recorded in {name}. It may have some that nobody has listed."
    else:
        density = "" if total.per_1000 is None else f", {plain(total.per_1000)} for every 1,000 residents"
        beside = f" ({around_name} {plain(around.per_1000)})" if around is not None and around.per_1000 else ""
        many = "asset" if total.assets == 1 else "assets"
        said = f"{name} has {total.assets:,} {many}{density}{beside if density else ''}."
    if total.share is not None:
        said += f" {share_words(total.share)} of residents live within {distance_words(metres)} of one."
    if gaps:
        areas = "one small area" if len(gaps) == 1 else f"{len(gaps):,} small areas"
        said += f" In {areas} of the most deprived fifth fewer than half do."
    return said


def _gaps_said(rank: Ranking | None, metres: float) -> str:
    if rank is None:
        return ""
    return (
        f"{rank.most} fifth of the district, with fewer than {round(100 * LOW)}\u00a0% of residents within "
        f"{distance_words(metres)} of any asset"
    )


def _made(
    start: Ground, metres: float, edge: float, rank: Ranking | None, without: str
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    notes = " ".join(f"{note[:1].upper()}{note[1:]}." for note in start.residents.notes)
    parts = [
        ("Assets", "Every row of the tables of assets in use, with what was added, changed or taken out here. An asset "
         "lies in a place by its coordinates, or by its postcode where it has none. One that is listed twice counts "
         "twice until it is removed."),
        ("Reach", f"The share of residents with an asset within {distance_words(metres)} of where they live, in a "
         "straight line and wherever the asset lies, inside the place or beyond its line. Residents live at the "
         f"postcodes of their small area. {notes}".strip()),
        ("No score", "More assets are not better health, and a list is only as full as whoever keeps it. They are "
         "shown beside needs, and never added up with them."),
    ]  # fmt: skip
    if rank is not None:
        parts.append(("Need", f"Small areas in the {rank.most} fifth of their district by {rank.title}."))
    else:
        parts.append(("Need", f"Small areas where need is high are not told of: {without}."))
    if edge:
        parts.append(("The edge", f"{share_words(edge)} of residents are near no asset, and nearer to the edge of "
                      "what is loaded: there may be one beyond it."))  # fmt: skip
    late = cut_off(start.assets.today)
    parts.append(("Stale", f"Never checked, or last before {late.day} {late:%B %Y}: {MONTHS} months before "
                  f"{start.assets.today.day} {start.assets.today:%B %Y}."))  # fmt: skip
    return tuple(parts)


def _source(found: Register, inside: list) -> str:
    names = sorted({one.source for one in inside if one.source}, key=str.casefold)
    if not names:
        return ""
    more = f" and {len(names) - _MOST_SOURCES} more" if len(names) > _MOST_SOURCES else ""
    return f"Sources: {', '.join(names[:_MOST_SOURCES])}{more}."
