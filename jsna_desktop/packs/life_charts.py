"""Charts of life expectancy: drawn once, for a page as SVG and for a screen as an image.

Each says in words what it shows and where its points are, so that a screen can be gone through by keyboard.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jsna_desktop.packs.life import Line, Part
from jsna_desktop.packs.sheet import PAGE, Chart, Sheet, Style, axis_range, plain, short_period, signed, wrapped
from jsna_desktop.packs.wording import dashed


def over_time(
    lines: Sequence[Line],
    periods: Sequence[str],
    pandemic: Sequence[bool],
    width: float,
    height: float,
    style: Style = PAGE,
    of: str = "life expectancy in years",
) -> Chart:
    """One or two series over periods (n,) with their 95 % bands, named at their ends; hollow marks where `pandemic`."""
    sheet = Sheet(width, height, style)
    k, em = style.scale, style.size * 0.3528  # a point in millimetres
    names = [wrapped(line.name, 20) for line in lines]
    longest = max(len(part) for name in names for part in name.split("\n"))
    left, right = 4.2 * em, width - longest * em * 0.56 - 4 * k
    floor, top = 2.6 * em, height - 1.0 * em
    values = np.concatenate([part for line in lines for part in (line.lower, line.upper, line.value)])
    low, high, step = axis_range(values, max(3, int((top - floor) / (2.6 * em))))
    x = np.linspace(left + 2 * em, right - 1.2 * em, len(periods))
    pitch = (x[-1] - x[0]) / max(len(periods) - 1, 1)
    each = max(1, int(np.ceil(4.6 * em / pitch))) if pitch > 0 else 1

    def up(value: Any) -> Any:
        return floor + (value - low) / (high - low) * (top - floor)

    for tick in np.arange(low, high + step / 2, step):
        sheet.grid((left, right), up(tick), f"{tick:,g}")
    for at, period in enumerate(periods):
        if (len(periods) - 1 - at) % each == 0:
            sheet.text(x[at], floor - 0.9 * em, short_period(period), ha="center", va="top", color=style.muted)
    colours = (style.first, style.second)
    at_ends = _apart([_last(line, up) for line in lines], [1.5 * em * (1 + name.count("\n")) for name in names])
    for line, name, colour, at_end in zip(lines, names, colours, at_ends, strict=False):
        given = np.isfinite(line.value)
        if not given.any():
            continue
        y = up(line.value)
        banded = np.isfinite(line.lower) & np.isfinite(line.upper)
        band = up(line.lower), up(line.upper)
        sheet.axes.fill_between(x, *band, where=banded.tolist(), color=colour, alpha=0.13, linewidth=0)
        sheet.axes.plot(x, y, color=colour, linewidth=1.6 * max(k, 1.0), zorder=3)
        for at in np.flatnonzero(given).tolist():
            fill = style.ground if pandemic[at] else colour
            sheet.axes.plot(
                x[at], y[at], "o", markersize=4.2 * max(k, 1.0), color=fill, markeredgecolor=colour, mew=1.2, zorder=4
            )
            sheet.spot(float(x[at]), float(y[at]), f"{line.name}, {dashed(periods[at])}: {_value(line, at)}")
        last = int(np.flatnonzero(given)[-1])
        sheet.text(x[last] + 1.2 * em, at_end, name, va="center", weight="semibold", color=colour)
    return sheet.done(_lines_alt(lines, periods, of))


def part_bars(
    parts: Sequence[Part], width: float, height: float, style: Style = PAGE, along_with: Sequence[Part] = ()
) -> Chart:
    """Bars of what adds to a gap, in years: to the right what shortens the shorter life, to the left the opposite.

    Their scale holds `along_with` too: charts side by side are then read against each other.
    """
    sheet = Sheet(width, height, style)
    em = style.size * 0.3528
    names = [part.name for part in parts]
    left = min(max((len(name) for name in names), default=4) * em * 0.53 + 2 * em, width * 0.55)
    every = (*parts, *along_with)
    years = np.array([part.years if part.years is not None else np.nan for part in every], dtype=float)
    most = max(0.1, float(np.nanmax(years, initial=0.0)))
    least = min(0.0, float(np.nanmin(years, initial=0.0)))
    room = width - left - 4.2 * em
    behind = 0.0 if least == 0 else min(room * 0.45, room * -least / (most - least)) + 3.2 * em
    scale = min((room - behind) / most, np.inf if least == 0 else (behind - 3.2 * em) / -least if behind else np.inf)
    zero = left + behind
    pitch = min(height / max(len(parts), 1), 3.0 * em)
    places = 1 if max(most, -least) >= 1 else 2
    for row, part in enumerate(parts):
        y = height - (row + 0.5) * pitch
        sheet.text(left - 1.0 * em, y, part.name, ha="right", va="center_baseline")
        if part.years is None:
            sheet.text(zero + 0.6 * em, y, "withheld", va="center_baseline", color=style.muted)
            sheet.spot(zero, y, f"{part.name}: withheld, it rests on fewer than ten deaths")
            continue
        colour = style.second if part.years >= 0 else style.good
        end = zero + part.years * scale
        sheet.axes.barh(y, part.years * scale, height=0.66 * pitch, left=zero, color=colour, linewidth=0, zorder=2)
        side = "left" if part.years >= 0 else "right"
        said = signed(part.years, places)
        sheet.text(end + (0.6 if side == "left" else -0.6) * em, y, said, ha=side, va="center_baseline",
                   color=style.muted)  # fmt: skip
        sheet.spot(float(end), y, f"{part.name}: {said} years")
    if len(parts):
        foot = height - len(parts) * pitch
        sheet.axes.plot([zero, zero], [foot, height], color=style.muted, linewidth=0.7, zorder=3)
    known = [part for part in parts if part.years is not None]
    said = "; ".join(f"{part.name} {signed(part.years or 0.0, places)}" for part in known)
    return sheet.done(f"Bar chart of what makes up the gap, in years: {said}. The numbers are in the table.")


def _value(line: Line, at: int) -> str:
    value, low, high = (float(part[at]) for part in (line.value, line.lower, line.upper))
    limits = f" ({plain(low)} to {plain(high)})" if np.isfinite(low) and np.isfinite(high) else ""
    return plain(value) + limits


def _last(line: Line, up: Callable[[float], float]) -> float:
    """How high the last point of a line is."""
    given = np.flatnonzero(np.isfinite(line.value))
    return float(up(float(line.value[given[-1]]))) if len(given) else float("nan")


def _apart(at: list[float], tall: list[float]) -> list[float]:
    """Two names moved apart where they would run into one another."""
    if len(at) != 2 or not np.isfinite(at).all():
        return at
    need, upper = sum(tall) / 2, int(at[1] > at[0])
    lacking = max(0.0, need - abs(at[0] - at[1])) / 2
    return [y + (lacking if side == upper else -lacking) for side, y in enumerate(at)]


def _lines_alt(lines: Sequence[Line], periods: Sequence[str], of: str) -> str:
    said = []
    for line in lines:
        given = np.flatnonzero(np.isfinite(line.value))
        if len(given):
            first, last = int(given[0]), int(given[-1])
            said.append(
                f"{line.name} from {_value(line, first)} in {dashed(periods[first])} to {_value(line, last)} in "
                f"{dashed(periods[last])}"
            )
    return f"Line chart of {of}: " + "; ".join(said) + ". The numbers are in the table."
