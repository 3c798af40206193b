"""One indicator over the whole gradient, ready to be shown: groups, indices in words, change, places against chance."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.areas.locality import Locality
from jsna_desktop.errors import UsageProblem
from jsna_desktop.indicator import COUNT, INDEX, PROPORTION, RANK, REFUSED_KINDS, SCORE, Indicator
from jsna_desktop.jobs import gradient_words, inequality
from jsna_desktop.jobs.benchmark import benchmark, funnel_limits, unit_factor
from jsna_desktop.jobs.deprivation_groups import NATIONAL, PLACE
from jsna_desktop.jobs.life_words import fifths
from jsna_desktop.jobs.measured_places import Choice
from jsna_desktop.jobs.mortality import load_mortality
from jsna_desktop.jobs.release_groups import released_groups
from jsna_desktop.measures import benchmarking
from jsna_desktop.measures.inequality import mid_ranks
from jsna_desktop.packs.gradient import Funnel, GradientFindings
from jsna_desktop.packs.life import Group, Line, Slope
from jsna_desktop.workspace.store import Store

OWN, AROUND = "own", "around"
_STEPS = 60  # of a funnel's curve


@dataclass(frozen=True)
class Question:
    """What is asked: the indicator, of the place (OWN) or its district, in how many groups, local or national."""

    indicator: str
    scope: str = AROUND
    sex: str = "persons"
    groups: int = 5
    within: str = PLACE


def has_gradient(about: Indicator) -> bool:
    """Whether an indicator can be put on a gradient: counts, ranks and shares of ranked areas cannot."""
    return about.kind not in (COUNT, RANK, INDEX, SCORE, *REFUSED_KINDS)


def gradient_findings(
    store: Store, place: Locality | None, among: list[Locality], asked: Question, *, true_figures: bool = False
) -> GradientFindings:
    """The answer to one question, of the latest period. UsageProblem where the indicator has no gradient here.

    `true_figures` leaves sensitive data as they are: for a screen that was unlocked, never for what leaves.
    """
    if place is None or asked.scope == AROUND:
        choice = Choice(around=tuple(among if place is None else [place]))
    else:
        choice = Choice((place.set,), (place.name,))
    figures = table = None
    if asked.indicator == inequality.LIFE_EXPECTANCY:
        data = load_mortality(store)
        made = inequality.of_life_expectancy(store, data, choice, None, asked.groups, asked.within, asked.sex)
    else:
        made, figures, table = inequality.of_indicator(store, asked.indicator, choice, None, asked.groups, asked.within)
    if not made.names:
        raise UsageProblem("the place is not there any more")
    secret = any(values.sensitive for values in made.values)
    rows = (
        inequality.rows(made) if true_figures or not secret
        else released_groups(store, made, figures, table, leaving=False)
    )  # fmt: skip
    own = [row for row in rows if row["locality"] == made.names[0] and row["sex"] in (asked.sex, "persons")]
    sexes = {row["sex"] for row in own}
    kept = [row for row in own if row["sex"] == (asked.sex if asked.sex in sexes else "persons")]
    if not kept:
        raise UsageProblem(f"there is no value for {asked.sex}", todo="Choose another sex")
    latest = max(kept, key=lambda row: (row["period"], row["age"] == "all"))
    series = sorted(
        (row for row in kept if row["age"] == latest["age"] and len(row["period"]) == len(latest["period"])),
        key=lambda row: row["period"],
    )
    spoken = gradient_words.Spoken(latest, made.names[0], asked.groups, national=asked.within == NATIONAL)
    over_time = _over_time(series)
    return GradientFindings(
        gradient_words.title(spoken),
        gradient_words.sentence(spoken),
        latest["unit"],
        latest["period"],
        _groups(latest, made.within.labels),
        _slope(spoken),
        gradient_words.measures(spoken),
        gradient_words.what_if(spoken),
        tuple(row["period"] for row in series) if over_time is not None else (),
        over_time,
        _funnel(store, latest, place, among) if figures is not None else None,
        gradient_words.how_made(spoken, made.by),
        gradient_words.source(spoken, figures),
        secret,
    )


def _groups(row: dict, labels: tuple[str, ...]) -> tuple[Group, ...]:
    names = fifths(labels)
    return tuple(
        Group(name, one["value"], one["lower_ci"], one["upper_ci"], one["note"])
        for name, one in zip(names, row["groups"], strict=True)
    )


def _slope(spoken: gradient_words.Spoken) -> Slope | None:
    row = spoken.row
    people = np.array([np.nan if g["population"] is None else g["population"] for g in row["groups"]], float)
    if row["sii"] is None or row["fitted"] is None or not np.isfinite(people).all():
        return None
    return Slope(mid_ranks(people), (row["fitted"][0], row["fitted"][1]), gradient_words.index(spoken))


def _over_time(series: list[dict]) -> Line | None:
    """The slope index over the periods, where there are three or more."""
    if len(series) < 3:
        return None
    columns = [
        np.array([np.nan if row[name] is None else row[name] for row in series], float)
        for name in ("sii", "sii_lower", "sii_upper")
    ]
    return Line("Slope index", *columns) if np.isfinite(columns[0]).sum() > 2 else None


def _funnel(store: Store, latest: dict, place: Locality | None, among: list[Locality]) -> Funnel | None:
    """The places of the set against their district, where the indicator has limits that follow from its counts."""
    if len(among) < 3 or latest["kind"] not in (PROPORTION, "rate"):
        return None
    in_set = Choice((among[0].set,))
    rows = [
        row
        for row in benchmark(store, latest["indicator"], in_set, leaving=False)
        if (row["period"], row["sex"], row["age"]) == (latest["period"], latest["sex"], latest["age"])
        and row["value"] is not None and row["lower_95"] is not None
    ]  # fmt: skip
    centres = {row["against"] for row in rows}
    if len(rows) < 3 or len(centres) != 1:
        return None
    value, size, top = (np.array([row[name] for row in rows], float) for name in ("value", "denominator", "numerator"))
    centre = rows[0]["centre"]
    factor = unit_factor(value, top, size)
    sizes = np.geomspace(max(size.min() * 0.8, 1), size.max() * 1.1, _STEPS)
    low, high = funnel_limits(latest["kind"], centre, factor, sizes, benchmarking.LEVELS[0])
    far_low, far_high = funnel_limits(latest["kind"], centre, factor, sizes, benchmarking.LEVELS[1])
    names = tuple(row["locality"] for row in rows)
    own = names.index(place.name) if place is not None and place.name in names else -1
    return Funnel(
        names, value, size, tuple(row["verdict"] for row in rows), sizes, low, high, far_low, far_high, centre,
        centres.pop(), rows[0]["overdispersion"] or float("nan"), own,
    )  # fmt: skip
