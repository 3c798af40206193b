"""One comparison of life expectancy, ready to be shown: the gap, its change, what makes it up, the whole gradient.

The window's view and the pack's page both show what is found here. From sensitive deaths everything passes the gate
first (jobs/release_life.py); only the window may ask for true figures, for the screen.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs import life_gap, life_words, release_life
from jsna_desktop.jobs.deprivation_groups import PLACE, Ranking, ranking
from jsna_desktop.jobs.life_expectancy import (
    POOLED,
    POOLED_DISTRICT,
    Tables,
    chosen_years,
    grouped,
    longer,
    number,
    period_of,
    tables,
)
from jsna_desktop.jobs.measured_places import Places, district_of, of_localities
from jsna_desktop.jobs.mortality import Mortality
from jsna_desktop.measures.gap_trend import in_pandemic
from jsna_desktop.measures.inequality import gradient, mid_ranks
from jsna_desktop.packs.life import Group, LifeFindings, Line, Part, Slope
from jsna_desktop.packs.sheet import not_given
from jsna_desktop.workspace.store import Store

REST, WITHIN, AROUND, OTHER = "rest", "within", "around", "other"
FIFTHS = 5
_SLIVER = 0.01  # of an area: outlines that nearly meet leave no rest


@dataclass(frozen=True)
class Question:
    """What is asked: the `way` two ends are chosen, the sex, the years (None: the latest), the age and the parts.

    REST: the place against the rest of its district. WITHIN: fifths by deprivation within the place. AROUND: fifths
    of the district. OTHER: the place against the one called `other`.
    """

    way: str
    sex: str = "persons"
    years: tuple[int, int] | None = None
    age: int = 0
    parts: str = life_gap.CAUSE
    other: str = ""


@dataclass(frozen=True)
class Ground:
    """What every question about one place starts from: deaths, the district around it, the ranking if there is one."""

    data: Mortality
    place: Places | None
    district: Places
    rank: Ranking | None
    no_rank: str = ""
    others: Places | None = None  # those of the set that the place may be set against

    @property
    def ways(self) -> tuple[str, ...]:
        """What can be asked of this place."""
        found = [REST] if self.place is not None and _rest(self.district, self.place).sum() > _SLIVER else []
        if self.rank is not None:
            found += [WITHIN, AROUND] if self.place is not None else [AROUND]
        if self.place is not None and self.others is not None and self.others.names:
            found.append(OTHER)
        return tuple(found)

    @property
    def sensitive(self) -> bool:
        return self.data.sensitive or (self.rank is not None and self.rank.sensitive)


def ground(store: Store, data: Mortality, locality: Locality | None, among: list[Locality] | None = None) -> Ground:
    """The ground of a locality's questions; without one, of the district that holds most of `among`."""
    place = None if locality is None else of_localities(store, [locality], data.geography, data.universe)
    held = [locality] if locality is not None else among or []
    district = district_of(store, held, data.geography, data.universe, data.blocks)
    rank, why = rank_of(store, data)
    beside = [] if locality is None else [one for one in among or [] if one.id != locality.id]
    others = of_localities(store, beside, data.geography, data.universe) if beside else None
    return Ground(data, place, district, rank, why, others)


def rank_of(store: Store, data: Mortality) -> tuple[Ranking | None, str]:
    """The ranking of the areas of the deaths, or why there is none."""
    try:
        return ranking(store, data.geography, data.universe), ""
    except UsageProblem as problem:  # said where fifths are asked for
        return None, problem.message


def periods(data: Mortality) -> list[tuple[int, int]]:
    """Periods that can be asked for, the latest first: of three and five years without a break, and of all of them."""
    span = chosen_years(data, None, len(data.years))
    first, last = int(span[0]), int(span[-1])
    found = [
        (start, start + length - 1)
        for length in (POOLED_DISTRICT, POOLED)
        for start in range(last - length + 1, first - 1, -1)
    ]
    return found if (first, last) in found else [*found, (first, last)]


def life_findings(ground: Ground, asked: Question, *, true_figures: bool = False) -> LifeFindings:
    """The answer to one question. UsageProblem where the way cannot be gone, or the years are not there.

    `true_figures` leaves sensitive deaths as they are: for a screen that was unlocked, never for what leaves.
    """
    data = ground.data
    if asked.way not in ground.ways:
        raise UsageProblem(
            "there is nothing to compare" if ground.place is None else "fifths by deprivation cannot be made",
            found=ground.no_rank,
            todo="Add the Indices of Deprivation for the same areas, or choose a place",
        )
    secret = ground.sensitive and not true_figures
    pair, rows, names = ends_of(ground, asked)
    whole = asked.way == AROUND
    years = chosen_years(data, asked.years, POOLED_DISTRICT if whole else POOLED)
    band = life_gap.band_at(data, asked.age)
    made = tables(data, rows, asked.sex, years)
    gap_rows = life_gap.gap_rows(data, [pair], (asked.sex,), (int(years[0]), int(years[-1])), asked.parts, asked.age)
    gap = release_life.released_gaps(gap_rows, sensitive=secret)[0]
    groups = groups_of(made, rows, names, band, secret, asked)
    trend, lines, spans, held = _over_time(ground, pair, asked, len(years), secret)
    slope = _slope(made, band, secret) if asked.way in (WITHIN, AROUND) else None
    suggested = "" if asked.years is not None else "; ".join(dict.fromkeys(longer(data, rows, made).values()))
    own = spoken_of(ground, asked, pair)
    return LifeFindings(
        life_words.title(own),
        life_words.sentence(own, gap, trend, suggested),
        life_words.lead(own, gap, suggested),
        asked.sex,
        asked.age,
        period_of(years),
        gap["value"],
        gap["lower_ci"],
        gap["upper_ci"],
        spans,
        lines,
        held,
        life_words.change(trend, rounded=secret),
        life_words.verdict(trend),
        _parts(data, gap, asked.parts),
        asked.parts,
        groups,
        slope,
        life_words.how_made(data, made, ground.rank if asked.way in (WITHIN, AROUND) else None, secret, asked.parts),
        life_words.source(data, made),
        ground.sensitive,
    )


def ends_of(ground: Ground, asked: Question) -> tuple[life_gap.Pair, Places, tuple[str, ...]]:
    """(the pair of the gap, every row that is listed, what they are called)."""
    data, district = ground.data, ground.district
    if asked.way in (REST, OTHER):
        assert ground.place is not None
        place = ground.place
        other = _against(ground, asked)
        two = other.with_more(place)
        rows, names = beside(ground, place, None if asked.way == REST else other)
        return life_gap.Pair(two, 0, 1, place.names[0], other.names[0], place.names[0]), rows, names
    assert ground.rank is not None
    of = district if asked.way == AROUND or ground.place is None else ground.place
    cut = grouped(of, ground.rank, FIFTHS, PLACE, data.blocks)
    return life_gap.ends(cut, of.names)[0], cut.places, life_words.fifths(cut.labels)


def _against(ground: Ground, asked: Question) -> Places:
    """What the place is set against: the rest of its district, or another place."""
    place, district = ground.place, ground.district
    assert place is not None
    if asked.way == REST:
        rest = _rest(district, place)
        return Places((f"the rest of {district.names[0]}",), rest, np.ones(1, dtype=bool), place.unmade)
    others = ground.others
    if others is None or asked.other not in others.names:
        raise UsageProblem(f"there is no place {asked.other} in this set", todo="Choose another")
    return others.only([others.names.index(asked.other)])


def beside(ground: Ground, place: Places, other: Places | None = None) -> tuple[Places, tuple[str, ...]]:
    """A place, `other` with it, their district, and the most and the least deprived fifth of the district."""
    district = ground.district
    rows = (place if other is None else place.with_more(other)).with_more(district)
    names = list(rows.names)
    if ground.rank is not None:
        cut = grouped(district, ground.rank, FIFTHS, PLACE, ground.data.blocks)
        rows = rows.with_more(cut.places.only([0, FIFTHS - 1]))
        names += [f"{life_words.capitalised(cut.labels[at])} of {district.names[0]}" for at in (0, -1)]
    return rows, tuple(names)


def spoken_of(ground: Ground, asked: Question, pair: life_gap.Pair) -> life_words.Spoken:
    own = ground.place is not None and asked.way != AROUND
    place = ground.place.names[0] if own and ground.place is not None else ground.district.names[0]
    return life_words.Spoken(
        place, ground.district.names[0], asked.way, asked.sex, asked.age, pair.second_name, pair.first_name
    )


def _rest(district: Places, place: Places) -> sparse.csr_array:
    """What of the district (1, blocks) the place does not hold."""
    rest = sparse.csr_array(district.matrix - district.matrix.multiply(place.matrix))
    rest.data[rest.data <= _SLIVER] = 0.0
    rest.eliminate_zeros()
    return rest


def groups_of(
    made: Tables, rows: Places, names: tuple[str, ...], band: int, secret: bool, asked: Question
) -> tuple[Group, ...]:
    told = [
        {
            "locality": name,
            "age": asked.age,
            "value": number(made.table.value[row, band]),
            "lower_ci": number(made.table.lower[row, band]),
            "upper_ci": number(made.table.upper[row, band]),
            "population": None,
            "deaths": number(made.counts.deaths[row].sum()),
            "note": made.why_not(row),
        }
        for row, name in enumerate(names)
    ]
    shown = release_life.released_life(told, sensitive=secret)
    return tuple(
        Group(row["locality"], row["value"], row["lower_ci"], row["upper_ci"], row["note"], own=at == 0)
        for at, row in enumerate(shown)
    )


def _over_time(
    ground: Ground, pair: life_gap.Pair, asked: Question, length: int, secret: bool
) -> tuple[dict | None, tuple[Line, ...], tuple[str, ...], tuple[bool, ...]]:
    """(the verdict on the gap's change, both lines, their periods, which hold years of the pandemic)."""
    data = ground.data
    span = chosen_years(data, None, len(data.years))
    if length >= len(span):
        return None, (), (), ()
    _, verdicts = life_gap.over_time(data, [pair], (asked.sex,), None, length, asked.age)
    trend = release_life.released_verdicts(verdicts, sensitive=secret)[0]
    band = life_gap.band_at(data, asked.age)
    two = pair.places.only([pair.first, pair.second])
    starts = span[: len(span) - length + 1]
    made = [tables(data, two, asked.sex, np.arange(first, first + length)) for first in starts]
    named = tuple(life_words.end_name(name, pair.locality) for name in (pair.first_name, pair.second_name))
    found = [groups_of(one, two, named, band, secret, asked) for one in made]
    lines = tuple(
        Line(
            name,
            *(np.array([not_given(getattr(one[at], part)) for one in found]) for part in ("value", "lower", "upper")),
        )
        for at, name in enumerate(named)
    )
    return trend, lines, tuple(one.period for one in made), tuple(in_pandemic(int(y), length) for y in starts)


def _slope(made: Tables, band: int, secret: bool) -> Slope | None:
    """The slope index over the groups; from sensitive deaths to one decimal, as everything else of it."""
    people = made.counts.people[:, band:].sum(axis=1)
    found = gradient(people, made.table.value[:, band], made.table.se[:, band])
    if not np.isfinite(found.sii):
        return None
    said = life_words.index(float(found.sii), float(found.sii_lower), float(found.sii_upper))
    most, least = (float(end) for end in found.fitted)
    middles = mid_ranks(people)
    if secret:
        if not release_life.enough(made.counts.deaths.sum()):
            return None
        most, least, middles = round(most, 1), round(least, 1), np.round(middles, 2)
    return Slope(middles, (most, least), said)


def _parts(data: Mortality, gap: dict, by: str) -> tuple[Part, ...]:
    """The parts of a gap: causes by their size, ages as they come."""
    told = gap.get("parts", [])
    if by == life_gap.AGE:
        return tuple(Part(life_words.band(part["age"], data.starts), part["years"]) for part in told)
    order = sorted(told, key=lambda part: (part["years"] is None, -(part["years"] or 0.0)))
    return tuple(Part(part["cause"], part["years"]) for part in order)
