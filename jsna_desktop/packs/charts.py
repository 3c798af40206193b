"""Charts of a pack as drawings, each with its alternative text made from the same numbers."""

from dataclasses import dataclass

import numpy as np

from jsna_desktop.packs.drawing import Drawing, canvas, finished, label, register_fonts
from jsna_desktop.packs.findings import Deciles, Pyramid
from jsna_desktop.packs.look import BLUE, DECILES, FEMALE, INK, LINE, MUTED, ORANGE, TEAL
from jsna_desktop.packs.wording import percent

BAR = 0.84
ROW = 4.35  # mm for one age band

_STEPS = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5])


@dataclass(frozen=True)
class _Side:
    """One side of a pyramid: bars run from `origin` (mm) in `direction` ±1."""

    shares: np.ndarray
    comparator: np.ndarray | None
    origin: float
    direction: int
    colour: str
    heading: str


def pyramid(people: Pyramid, place: str, width: float = 86.0) -> Drawing:
    """Residents by five-year age band: male and female back to back where both are known, otherwise
    one set of bars; the comparator as an outline. `width` in millimetres."""
    register_fonts()
    bands = len(people.ages)
    top, bottom = 6.0, 6.0
    height = bands * ROW + top + bottom
    sides = _sides(people, width)
    series = [side.shares for side in sides] + [s.comparator for s in sides if s.comparator is not None]
    most = max(0.001, *(float(np.max(values)) for values in series))
    ticks = 3 if len(sides) == 2 else 5
    step = float(_STEPS[min(int(np.searchsorted(_STEPS, most / ticks)), len(_STEPS) - 1)])
    room = (width - 17.0) / 2 - 2.0 if len(sides) == 2 else width - 17.0
    scale = room / most

    figure = canvas(width, height)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    floor, ceiling = bottom, bottom + bands * ROW
    for side in sides:
        for tick in np.arange(0, most + 1e-9, step):
            x = side.origin + side.direction * tick * scale
            axes.plot([x, x], [floor, ceiling], color=LINE, linewidth=0.5, zorder=1)
            label(axes, x, floor - 1.6, f"{tick * 100:g}%", ha="center", va="top", color=MUTED, fontsize=7)
        middles = floor + (np.arange(bands) + 0.5) * ROW
        axes.barh(
            middles,
            side.direction * side.shares * scale,
            height=BAR * ROW,
            left=side.origin,
            color=side.colour,
            linewidth=0,
            zorder=2,
        )
        if side.comparator is not None:
            edges = np.repeat(floor + np.arange(bands + 1) * ROW, 2)[1:-1]
            outline = side.origin + side.direction * np.repeat(side.comparator, 2) * scale
            axes.plot(outline, edges, color="white", linewidth=2.2, zorder=3, solid_joinstyle="miter")
            axes.plot(outline, edges, color=INK, linewidth=0.9, zorder=4, solid_joinstyle="miter")
        if side.heading:
            label(
                axes,
                side.origin,
                ceiling + 2.0,
                side.heading,
                ha="right" if side.direction < 0 else "left",
                weight="bold",
                color=BLUE if side.direction < 0 else TEAL,
                fontsize=8.5,
            )
    centre = width / 2 if len(sides) == 2 else 13.0
    for row, age in enumerate(people.ages):
        y = floor + (row + 0.5) * ROW
        ha = "center" if len(sides) == 2 else "right"
        label(axes, centre, y, age, ha=ha, va="center_baseline", color=MUTED, fontsize=7)
    return finished(figure, _pyramid_alt(people, place))


def _sides(people: Pyramid, width: float) -> list[_Side]:
    if people.male is None or people.female is None:
        return [_Side(people.persons, people.comparator_persons, 15.0, 1, BLUE, "")]
    half = width / 2
    return [
        _Side(people.male, people.comparator_male, half - 7.5, -1, BLUE, "Male"),
        _Side(people.female, people.comparator_female, half + 7.5, 1, FEMALE, "Female"),
    ]


def _pyramid_alt(people: Pyramid, place: str) -> str:
    persons = people.persons
    largest = int(np.argmax(persons))
    split = people.male is not None and people.female is not None
    text = (
        f"Bar chart of residents of {place} by five-year age band{' and sex' if split else ''}, "
        f"{people.period}. The largest band is {people.ages[largest]}, {percent(float(persons[largest]))} of "
        f"residents; the youngest, {people.ages[0]}, holds {percent(float(persons[0]))} and the oldest, "
        f"{people.ages[-1]}, {percent(float(persons[-1]))}."
    )
    if people.comparator and people.comparator_persons is not None:
        apart = persons - people.comparator_persons
        most = int(np.argmax(np.abs(apart)))
        word = "higher" if apart[most] > 0 else "lower"
        text += (
            f" An outline shows {people.comparator}. The widest difference is at {people.ages[most]}, "
            f"{percent(abs(float(apart[most])))} of residents {word} than {people.comparator}."
        )
    return text + " The numbers are in the tables at the end."


def decile_bars(deciles: Deciles, place: str, width: float = 170.0, height: float = 52.0) -> Drawing:
    """Share of residents by national decile, most deprived first, the comparator's share as a line."""
    register_fonts()
    shares, other = deciles.shares, deciles.comparator_shares
    most = max(0.001, float(np.max(shares)), 0.0 if other is None else float(np.max(other)))
    floor, top = 9.0, 6.0
    scale = (height - floor - top) / most
    pitch = width / 10
    figure = canvas(width, height)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    middles = (np.arange(10) + 0.5) * pitch
    axes.bar(
        middles,
        shares * scale,
        width=0.8 * pitch,
        bottom=floor,
        color=DECILES,
        edgecolor=BLUE,
        linewidth=0.5,
    )
    axes.plot([0, width], [floor, floor], color=BLUE, linewidth=0.8)
    for index, x in enumerate(middles):
        reach = floor + float(shares[index]) * scale
        foot = reach + 1.3
        if other is not None:
            mark = floor + float(other[index]) * scale
            ends = [x - 0.46 * pitch, x + 0.46 * pitch]
            axes.plot(ends, [mark, mark], color="white", linewidth=3.4, solid_capstyle="butt", zorder=3)
            axes.plot(ends, [mark, mark], color=ORANGE, linewidth=2.0, solid_capstyle="butt", zorder=4)
            if -0.6 < mark - reach < 5.0:  # the number would run into the comparator's line
                foot = mark + 1.5
        label(axes, x, foot, percent(float(shares[index]), 0), ha="center", weight="bold", fontsize=8.5)
        label(axes, x, floor - 1.4, str(index + 1), ha="center", va="top", fontsize=8.5)
    label(axes, 0.1 * pitch, 0.6, "Most deprived tenth", color=MUTED, fontsize=8)
    label(axes, width - 0.1 * pitch, 0.6, "Least deprived tenth", ha="right", color=MUTED, fontsize=8)
    return finished(figure, _decile_alt(deciles, place))


def _decile_alt(deciles: Deciles, place: str) -> str:
    shares = deciles.shares
    most = int(np.argmax(shares))
    text = (
        f"Bar chart of the share of residents of {place} in each national decile of deprivation "
        f"({deciles.edition}). Most live in decile {most + 1}, {percent(float(shares[most]))}. "
        f"{percent(float(shares[:2].sum()))} live in the most deprived fifth and "
        f"{percent(float(shares[8:].sum()))} in the least deprived fifth"
    )
    if deciles.comparator and deciles.comparator_shares is not None:
        other = deciles.comparator_shares
        text += f"; in {deciles.comparator}, {percent(float(other[:2].sum()))} and {percent(float(other[8:].sum()))}"
    return text + ". The numbers are in the tables at the end."
