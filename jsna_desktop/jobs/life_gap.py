"""Gaps in life expectancy: between two places, or the ends of the gradient; by age and cause, and over time."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.errors import UsageProblem
from jsna_desktop.jobs.life_expectancy import (
    POOLED,
    POOLED_DISTRICT,
    Grouped,
    Tables,
    chosen_years,
    number,
    pandemic_note,
    tables,
)
from jsna_desktop.jobs.measured_places import Places
from jsna_desktop.jobs.mortality import Mortality
from jsna_desktop.measures.decompose import gap_parts
from jsna_desktop.measures.gap_trend import gap_trend, in_pandemic
from jsna_desktop.measures.intervals import standard_normal

AGE, CAUSE = "age", "cause"
OVERLAP = "not given: the two places share residents"
ROLLING = 3
_SHARED = 0.01  # of the smaller place's weights: slivers of outlines are no overlap


@dataclass(frozen=True)
class Pair:
    """Two rows of `places` that are compared, first less second, and where they are."""

    places: Places
    first: int
    second: int
    locality: str
    first_name: str
    second_name: str


def ends(within: Grouped, names: tuple[str, ...]) -> list[Pair]:
    """The least less the most deprived group of each place."""
    groups = len(within.labels)
    return [
        Pair(within.places, at * groups + groups - 1, at * groups, name, within.labels[-1], within.labels[0])
        for at, name in enumerate(names)
    ]


def pair_of(first: Places, second: Places) -> Pair:
    return Pair(first.with_more(second), 0, 1, "", first.names[0], second.names[0])


def gap_rows(
    data: Mortality,
    pairs: list[Pair],
    sexes: tuple[str, ...],
    years: tuple[int, int] | None,
    decompose: str | None = None,
    age: int = 0,
) -> list[dict]:
    """A row for each pair and sex: the gap in years at an age, its limits and, where asked for, its parts."""
    if decompose == CAUSE and not data.causes:
        raise UsageProblem(
            "the deaths are not told by cause, or by causes that do not add up to all of them",
            todo="Add deaths with a column “cause”, or take the gap apart by age",
        )
    band = band_at(data, age)
    found = []
    for pair in pairs:
        whole = bool(pair.places.whole[pair.first] and pair.places.whole[pair.second])
        chosen = chosen_years(data, years, POOLED_DISTRICT if whole else POOLED)
        two = pair.places.only([pair.first, pair.second])
        for sex in sexes:
            made = tables(data, two, sex, chosen, by_cause=decompose == CAUSE)
            found.append(_row(data, pair, two, made, band, decompose))
    return found


def band_at(data: Mortality, age: int) -> int:
    """The band that begins at an age; UsageProblem where none does."""
    if age not in data.starts:
        raise UsageProblem(
            f"no age band begins at {age}", expected=", ".join(map(str, data.starts.tolist())), todo="Choose one"
        )
    return int(np.flatnonzero(data.starts == age)[0])


def _row(data: Mortality, pair: Pair, two: Places, made: Tables, band: int, decompose: str | None) -> dict:
    gap, se, why = _gap(pair, two, made, band)
    half = standard_normal(0.95) * se
    notes = [part for part in (why, *(() if why else pandemic_note(made.years))) if part]
    values = made.table.value[:, band]
    row = {
        "locality": pair.locality,
        "a": pair.first_name,
        "b": pair.second_name,
        "sex": made.sex,
        "period": made.period,
        "age": int(data.starts[band]),
        "value": number(gap),
        "lower_ci": number(gap - half),
        "upper_ci": number(gap + half),
        "ratio": None if why else number(values[0] / values[1]),
        "a_value": number(values[0]),
        "b_value": number(values[1]),
        "note": "; ".join(notes),
    }
    if decompose:
        row["parts"] = [] if why else _parts(data, made, band, decompose)
    return row


def _gap(pair: Pair, two: Places, made: Tables, band: int) -> tuple[float, float, str]:
    """(gap, standard error, why there is none)."""
    said = [
        f"{name}: {made.why_not(row)}"
        for row, name in enumerate((pair.first_name, pair.second_name))
        if made.why_not(row)
    ]
    if not said and _overlap(two):
        said = [OVERLAP]
    if said:
        return np.nan, np.nan, "; ".join(said)
    value, se = made.table.value[:, band], made.table.se[:, band]
    return float(value[0] - value[1]), float(np.hypot(se[0], se[1])), ""


def _overlap(two: Places) -> bool:
    """Whether residents are in both places: shares of one area add up to more than the whole of it."""
    first, second = (two.matrix[[row]] for row in (0, 1))
    at, mine, theirs = np.intersect1d(first.indices, second.indices, return_indices=True)
    both = np.maximum(first.data[mine] + second.data[theirs] - 1, 0).sum() if len(at) else 0.0
    return bool(both > _SHARED * min(first.sum(), second.sum()))


def _parts(data: Mortality, made: Tables, band: int, decompose: str) -> list[dict]:
    """What each age band or cause adds to the gap, in years; with the deaths of both places that it rests on."""
    counts = made.counts
    rate = counts.deaths / counts.people
    if decompose == AGE:
        found = gap_parts(rate[0], rate[1], start=band)
        return [
            {"age": int(data.starts[b]), "cause": "all", "years": float(found.by_age[b]),
             "deaths": _least(counts.deaths[:, b])}
            for b in range(band, len(data.starts))
        ]  # fmt: skip
    assert counts.causes is not None
    by_cause = counts.causes / counts.people[..., None]
    found = gap_parts(rate[0], rate[1], by_cause[0], by_cause[1], start=band)
    assert found.by_cause is not None
    years, deaths = found.by_cause.sum(axis=0), counts.causes[:, band:].sum(axis=1)
    # Nobody without a cause: no such part.
    return [
        {"age": "all", "cause": name, "years": float(years[c]), "deaths": _least(deaths[:, c])}
        for c, name in enumerate(data.cause_names())
        if deaths[:, c].sum() > 0
    ]


def _least(deaths: np.ndarray) -> float:
    """Deaths of the place that has fewer of them: what a part rests on."""
    return float(deaths.min())


def over_time(
    data: Mortality, pairs: list[Pair], sexes: tuple[str, ...], years: tuple[int, int] | None, length: int = ROLLING,
    age: int = 0,
) -> tuple[list[dict], list[dict]]:  # fmt: skip
    """(a row for each pair, sex and rolling period; a verdict for each pair and sex).

    Periods of `length` years, each beginning a year after the one before, so that they share deaths. Relative change
    is that of the ratio of the two life expectancies, in per cent a year.
    """
    band = band_at(data, age)
    span = chosen_years(data, years, len(data.years))
    if length < 1 or length > len(span):
        raise UsageProblem(
            f"there are no periods of {length} years in {len(span)}", todo="Choose a shorter --rolling, or more years"
        )
    starts = span[: len(span) - length + 1]
    rows, verdicts = [], []
    for pair in pairs:
        two = pair.places.only([pair.first, pair.second])
        for sex in sexes:
            made = [tables(data, two, sex, np.arange(first, first + length)) for first in starts]
            mine = [_row(data, pair, two, one, band, None) for one in made]
            for row, first in zip(mine, starts.tolist(), strict=True):
                row["pandemic"] = in_pandemic(first, length)
            gaps = [_gap(pair, two, one, band) for one in made]
            gap, se = np.array([one[0] for one in gaps]), np.array([one[1] for one in gaps])
            found = gap_trend(starts, length, gap, se)
            value = np.array([one.table.value[:, band] for one in made])
            error = np.array([one.table.se[:, band] for one in made])
            ratio = 100 * np.log(value[:, 0] / value[:, 1])
            relative = gap_trend(starts, length, ratio, 100 * np.hypot(*(error / value).T))
            rows += mine
            verdicts.append(
                {"locality": pair.locality, "a": pair.first_name, "b": pair.second_name, "sex": sex,
                 "period": f"{span[0]}-{span[-1]}", "years": length, "age": int(data.starts[band]),
                 "slope": number(found.slope), "slope_lower": number(found.lower), "slope_upper": number(found.upper),
                 "verdict": found.verdict, "relative_slope": number(relative.slope),
                 "relative_lower": number(relative.lower), "relative_upper": number(relative.upper),
                 "relative_verdict": relative.verdict}
            )  # fmt: skip
    return rows, verdicts
