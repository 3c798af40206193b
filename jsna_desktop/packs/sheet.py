"""What every chart is drawn on: a sheet in millimetres, with its style, its words and the points it can be gone by."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from jsna_desktop.packs.drawing import canvas, label, register_fonts
from jsna_desktop.packs.look import BLUE, INK, LINE, MUTED, TEAL, WINE

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_STEPS = np.array([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000])


@dataclass(frozen=True)
class Style:
    """Colours of a chart and its type: `size` of its words in points, `scale` for what is measured in millimetres."""

    ink: str = INK
    muted: str = MUTED
    line: str = LINE
    ground: str = "#ffffff"
    first: str = BLUE
    second: str = WINE
    good: str = TEAL
    size: float = 7.5
    scale: float = 1.0


PAGE = Style()


@dataclass(frozen=True)
class Spot:
    """A point of a chart: where it is (0–1 from the left and from the bottom) and what it says."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Chart:
    """A drawn chart: its figure, what it shows in words, its points in the order of reading."""

    figure: "Canvas"
    alt: str
    spots: tuple[Spot, ...]


class Sheet:
    """An empty drawing in millimetres, with the few marks that charts are made of."""

    def __init__(self, width: float, height: float, style: Style) -> None:
        register_fonts()
        self.width, self.height, self.style = width, height, style
        self.figure = canvas(width, height)
        self.figure.patch.set_alpha(0.0)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
        self.axes.set_axis_off()
        self.spots: list[Spot] = []

    def text(self, x: float, y: float, words: str, **look) -> None:
        label(self.axes, x, y, words, **({"color": self.style.ink, "fontsize": self.style.size} | look))

    def grid(self, ends: tuple[float, float], at: float, said: str, *, upright: bool = False) -> None:
        """A hairline and its number; across, or `upright`."""
        xs, ys = ([at, at], ends) if upright else (ends, [at, at])
        self.axes.plot(xs, ys, color=self.style.line, linewidth=0.6, zorder=1)
        gap, said = 1.6 * self.style.scale, said.replace("-", "−")
        if upright:
            self.text(at, ends[0] - gap, said, ha="center", va="top", color=self.style.muted)
        else:
            self.text(ends[0] - gap, at, said, ha="right", va="center_baseline", color=self.style.muted)

    def spot(self, x: float, y: float, words: str) -> None:
        self.spots.append(Spot(x / self.width, y / self.height, words))

    def done(self, alt: str) -> Chart:
        return Chart(self.figure, alt, tuple(self.spots))


def short_period(period: str) -> str:
    """`2019-2023` → `2019–23`."""
    first, _, last = period.partition("-")
    return f"{first}–{last[2:]}" if last else first


def plain(value: float) -> str:
    """To as many decimals as a value of this size calls for: 12,922; 20.5; 0.43."""
    places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 1 or value == 0 else 2
    return f"{value:,.{places}f}".replace("-", "−")


def not_given(value: float | None) -> float:
    """NaN for a value that is None."""
    return float("nan") if value is None else value


def signed(value: float, places: int = 1) -> str:
    """+2.1, −0.1; 0.0 without a sign."""
    text = f"{value:+.{places}f}".replace("-", "−")
    return text[1:] if not text.strip("+−0.") else text


def axis_range(values: np.ndarray, ticks: int) -> tuple[float, float, float]:
    """(low, high, step) of an axis that holds these values in at most about `ticks` steps."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    step = float(_STEPS[min(int(np.searchsorted(_STEPS, max(high - low, 0.1) / ticks)), len(_STEPS) - 1)])
    low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    return float(low), float(high if high > low else low + step), step


def wrapped(text: str, length: int) -> str:
    """Words in lines of about a length."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) + 1 > length:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
