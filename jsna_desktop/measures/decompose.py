"""What makes up a gap in life expectancy: years by age band and by cause (methods.md 4).

Source: Arriaga (1984), *Measuring and explaining the change in life expectancies*, Demography 21: 83–96, as the mean of
both directions. His direct, indirect and interaction effects of a band are, with the life table's own formulas put in,
the difference of the band's two rates times one factor. So nothing is divided by a difference that may be zero, and
the parts of the causes, whose rates add up to the band's, add up to the band's part.
"""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.measures.life_expectancy import STARTS_85, STARTS_90, shares_lived

# Two rates are one where they differ by less than the arithmetic can tell.
_SAME = 1e-12


@dataclass(frozen=True)
class Parts:
    """Years by which the first place lives longer than the second: `gap` (…,), `by_age` (…, bands).

    `by_cause` (…, bands, causes) where causes were given. Sums over bands and causes are the gap to 1e-9. NaN where a
    rate is missing or nobody died in the last band.
    """

    gap: np.ndarray
    by_age: np.ndarray
    by_cause: np.ndarray | None = None


def gap_parts(
    rate: np.ndarray,
    other: np.ndarray,
    cause: np.ndarray | None = None,
    other_cause: np.ndarray | None = None,
    start: int = 0,
) -> Parts:
    """The gap of two places by their rates of death `rate`, `other` (…, bands) a person-year, first less second.

    `cause`, `other_cause` (…, bands, causes) are each cause's rates, which add up to the place's; where two band rates
    are equal every cause gets zero. The gap is that at the start of band `start`; bands before it bring nothing.
    ValueError for other than 20 or 19 bands.
    """
    rate, other = np.asarray(rate, float), np.asarray(other, float)
    starts = {20: STARTS_90, 19: STARTS_85}.get(rate.shape[-1])
    if starts is None or rate.shape != other.shape:
        raise ValueError("two places need the same 20 bands to 90+, or 19 to 85+")
    widths, a = np.diff(starts).astype(float), shares_lived(len(starts))
    with np.errstate(invalid="ignore", divide="ignore"):
        # Where everybody dies in a band, a higher rate than that tells nothing more.
        capped, other_capped = _capped(rate, widths, a), _capped(other, widths, a)
        factor = (_factor(capped, other_capped, widths, a, start) + _factor(other_capped, capped, widths, a, start)) / 2
        difference = capped - other_capped
        by_age = factor * difference
        gap = _expectancy(capped, widths, a)[..., start] - _expectancy(other_capped, widths, a)[..., start]
        by_cause = None
        if cause is not None and other_cause is not None:
            same = np.abs(difference) <= _SAME * np.maximum(capped, other_capped)
            shrunk = cause * (capped / np.where(rate > 0, rate, 1.0))[..., None]
            other_shrunk = other_cause * (other_capped / np.where(other > 0, other, 1.0))[..., None]
            by_cause = np.where(same[..., None], 0.0, factor[..., None] * (shrunk - other_shrunk))
    return Parts(gap, by_age, by_cause)


def _capped(rate: np.ndarray, widths: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Rates (…, bands) no higher than the one at which all die within the band."""
    most = np.append(1 / (widths * a), np.inf)
    return np.minimum(rate, most)


def _expectancy(rate: np.ndarray, widths: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Life expectancy (…, bands) at the start of every band, from the last one backwards."""
    found = np.empty(rate.shape)
    found[..., -1] = 1 / rate[..., -1]
    for band in range(len(widths) - 1, -1, -1):
        under = 1 + widths[band] * (1 - a[band]) * rate[..., band]
        surviving = 1 - widths[band] * rate[..., band] / under
        found[..., band] = widths[band] / under + surviving * found[..., band + 1]
    return found


def _factor(first: np.ndarray, second: np.ndarray, widths: np.ndarray, a: np.ndarray, start: int) -> np.ndarray:
    """Years (…, bands) that one more death a person-year in the second place adds, among the first's survivors.

    Below zero. Arriaga's effect of a band is this times (second rate − first rate); here the sign is that of
    (first − second) life expectancy, so it is used with (first rate − second rate).
    """
    under, other_under = 1 + widths * (1 - a) * first[..., :-1], 1 + widths * (1 - a) * second[..., :-1]
    surviving = 1 - widths * first[..., :-1] / under
    alive = np.ones(first.shape)
    alive[..., 1:] = np.cumprod(np.where(np.arange(len(widths)) < start, 1.0, surviving), axis=-1)
    to_come = _expectancy(second, widths, a)
    found = np.empty(first.shape)
    found[..., :-1] = -alive[..., :-1] * widths * (widths * (1 - a) + to_come[..., 1:]) / (under * other_under)
    found[..., -1] = -alive[..., -1] / (first[..., -1] * second[..., -1])
    found[..., :start] = 0.0
    return found
