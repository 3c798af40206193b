"""Rows and plain words of an equity audit: one place's groups, or the localities, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jsna_desktop.jobs.figures import RESIDENTS
from jsna_desktop.jobs.life_expectancy import number
from jsna_desktop.measures.equity import chance_of_difference, unserved
from jsna_desktop.measures.inequality import Gradient, gradient
from jsna_desktop.measures.intervals import byar_count, standard_normal

_Z = standard_normal(0.95)
_UNLIKELY = 0.05
_LACKING = "not given: a number is missing, withheld, or nobody is in need"
DEPRIVATION = "deprivation"
# A clause of the finding for each dimension: `for 1,000 in need the use is 12 (women) and 15 (men)`.
_AMONG = {"sex": "by sex", "age": "by age", "rurality": "by rurality", "locality": "among the localities"}


@dataclass(frozen=True)
class About:
    """The service, the indicators of need and use ("" for none), what supply is counted in, and why it is withheld."""

    service: str
    need: str
    use: str
    supply: str
    withheld: str = ""

    def served(self, part: dict[str, np.ndarray]) -> np.ndarray:
        """Use (k,), or supply where no use is named."""
        return part["use"] if self.use else part[self.supply]

    def unknown_need(self, dimension: str) -> bool:
        """Whether residents stand for need where need is known to differ: nobody is unserved for being young."""
        return dimension == "age" and self.need == RESIDENTS

    @property
    def measure(self) -> str:
        return "use" if self.use else "capacity" if self.supply == "capacity" else "number of services"


def by_deprivation(
    about: About, name: str, labels: Sequence[str], part: dict[str, np.ndarray]
) -> tuple[list[dict], list[str], float | None]:
    """Rows of one place's groups by deprivation, the finding, and the ratio of the best-served group."""
    rows, _ = audited(about, DEPRIVATION, [name] * len(labels), labels, part, None)
    ratio, served = _ratio(about, part), about.served(part)
    best = float(ratio.max()) if np.isfinite(ratio).all() else None
    for row, more in zip(rows, _at_best(about, part, best), strict=True):
        row["unserved_best_fifth"] = more
    if best is None:
        return rows, [], None
    counted = bool(about.use) and bool((ratio > 0).all())
    line = _line(part["need"], ratio, served, counted)
    rows = [row | _indices(line, counted) for row in rows]
    return rows, [_sloped(about, name, labels, part, ratio, line, counted)], best


def audited(
    about: About,
    dimension: str,
    names: Sequence[str],
    labels: Sequence[str],
    part: dict[str, np.ndarray],
    best_fifth: float | None,
) -> tuple[list[dict], list[str]]:
    """Rows of the groups (k,) of one dimension, and the finding.

    `part` has `residents, services, capacity, need, use` (k,), NaN where not known; `unserved` is against the best
    group of the dimension, `unserved_best_fifth` against the ratio of the best-served fifth by deprivation.
    """
    ratio, served, need = _ratio(about, part), about.served(part), part["need"]
    with np.errstate(invalid="ignore", divide="ignore"):
        lower, upper = (limit / need for limit in byar_count(part["use"]))
        total = np.nansum(served) / np.nansum(np.where(np.isfinite(served), need, np.nan))
        supply = 1_000 * part[about.supply] / need
        gone = unserved(served, need, float(np.nanmax(ratio, initial=0.0)))
    at_best = _at_best(about, part, best_fifth)
    rows = [
        {
            "locality": names[at],
            "service": about.service,
            "dimension": dimension,
            "group": labels[at],
            "residents": number(part["residents"][at]),
            "need_indicator": about.need,
            "need": number(need[at]),
            "services": number(part["services"][at]),
            "capacity": number(part["capacity"][at]) if about.supply == "capacity" else None,
            "supply_per_1000": number(supply[at]),
            "use_indicator": about.use,
            "use": number(part["use"][at]),
            "ratio": number(ratio[at]),
            "lower_ci": number(lower[at]),
            "upper_ci": number(upper[at]),
            "relative": number(ratio[at] / total) if total else None,
            "unserved": number(gone[at]) if about.use and not about.unknown_need(dimension) else None,
            "unserved_best_fifth": at_best[at],
            "note": about.withheld or ("" if np.isfinite(ratio[at]) else _LACKING),
        }
        for at in range(len(labels))
    ]
    if dimension == DEPRIVATION:
        return rows, []
    return rows, _compared(about, dimension, names, labels, part, ratio, gone, best_fifth)


def _ratio(about: About, part: dict[str, np.ndarray]) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = about.served(part) / part["need"]
    return np.where(part["need"] > 0, ratio, np.nan)


def _at_best(about: About, part: dict[str, np.ndarray], best: float | None) -> list[float | None]:
    if best is None or not about.use:
        return [None] * len(part["need"])
    return [number(more) for more in unserved(about.served(part), part["need"], best)]


def _line(need: np.ndarray, ratio: np.ndarray, use: np.ndarray, counted: bool) -> Gradient:
    if not counted:
        return gradient(need, ratio, np.zeros(len(ratio)))
    low, high = byar_count(use)
    return gradient(need, ratio, (np.log(high) - np.log(low)) / (2 * _Z), scale="log")


def _indices(line: Gradient, counted: bool) -> dict:
    """Relative index of the ratio, and its slope in uses for 1,000 in need, with limits where use is counted."""
    found = {}
    for name, values, times in (("rii", (line.rii, line.rii_lower, line.rii_upper), 1),
                                ("sii", (line.sii, line.sii_lower, line.sii_upper), 1_000)):  # fmt: skip
        for end, value in zip(("", "_lower", "_upper"), values, strict=True):
            found[f"{name}{end}"] = number(times * float(value)) if counted or not end else None
    return found


def _sloped(
    about: About,
    name: str,
    labels: Sequence[str],
    part: dict[str, np.ndarray],
    ratio: np.ndarray,
    line: Gradient,
    counted: bool,
) -> str:
    head = (
        f"{name}, {about.service}: for 1,000 in need the {about.measure} is {1_000 * ratio[0]:,.2f} in the {labels[0]} "
        f"and {1_000 * ratio[-1]:,.2f} in the {labels[-1]}"
    )
    if not counted:
        return f"{head}; without numbers of use nothing can be said of chance"
    low, high = float(line.rii_lower), float(line.rii_upper)
    if low > 1:
        verdict = "the more deprived, the less use for the same need (inverse care)"
    elif high < 1:
        verdict = "the more deprived, the more use for the same need"
    else:
        verdict = "no clear slope over deprivation"
    best = int(np.argmax(ratio))
    more = unserved(part["use"], part["need"], float(ratio[best])).sum()
    return f"{head}: {verdict}; {more:,.0f} more if every group were served as the {labels[best]}"


def _compared(
    about: About,
    dimension: str,
    names: Sequence[str],
    labels: Sequence[str],
    part: dict[str, np.ndarray],
    ratio: np.ndarray,
    gone: np.ndarray,
    best_fifth: float | None,
) -> list[str]:
    """The finding on a dimension without a slope; none where a group has no ratio or there is nothing to compare."""
    known = np.flatnonzero(np.isfinite(ratio))
    if len(known) < 2:
        return []
    low, high = int(known[np.argmin(ratio[known])]), int(known[np.argmax(ratio[known])])
    where = f"{about.service} {_AMONG[dimension]}" if dimension == "locality" else \
        f"{names[0]}, {about.service} {_AMONG[dimension]}"  # fmt: skip
    head = (
        f"{where}: for 1,000 in need the {about.measure} is {1_000 * ratio[low]:,.2f} ({labels[low]}) to "
        f"{1_000 * ratio[high]:,.2f} ({labels[high]})"
    )
    if not about.use:
        return [f"{head}; without numbers of use nothing can be said of chance"]
    chance = chance_of_difference(part["use"], part["need"])
    if np.isnan(chance):
        return [f"{head}; too few to say more"]
    verdict = "more than chance explains" if chance < _UNLIKELY else "no more than chance explains"
    if about.unknown_need(dimension):
        return [f"{head}: {verdict}; residents stand for need here, which differs by age"]
    more = f"{np.nansum(gone):,.0f} more if all were served as {labels[high]}"
    if best_fifth is not None:
        fifth = np.nansum(unserved(part["use"], part["need"], best_fifth))
        more += f", {fifth:,.0f} as the best-served group by deprivation"
    return [f"{head}: {verdict}; {more}"]
