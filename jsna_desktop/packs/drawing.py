"""A drawing for a page: SVG at the size it is printed, with its alternative text."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jsna_desktop.packs.look import FONT, INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Drawing:
    """`svg` as UTF-8, `alt` what it shows in words, `width` and `height` in millimetres."""

    svg: bytes
    alt: str
    width: float
    height: float


def canvas(width: float, height: float) -> "Canvas":
    """An empty figure of `width` × `height` millimetres, without pyplot and its global state."""
    from matplotlib.figure import Figure as Canvas

    return Canvas(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))


def finished(figure: "Canvas", alt: str) -> Drawing:
    """The figure as SVG. Text stays text (typst sets it in the pack's own font, smaller than outlines
    and sharp at any size); identifiers and metadata carry no date or random part, so that the same
    findings give the same bytes."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "pack",
        "path.simplify": False,
        "hatch.linewidth": 0.4,
    }
    sheet = io.BytesIO()
    with rc_context(settings):
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        FigureCanvasSVG(figure).print_svg(sheet, metadata=nothing)
    width, height = figure.get_size_inches() * MM_PER_INCH
    return Drawing(sheet.getvalue(), alt, round(float(width), 3), round(float(height), 3))


def label(axes, x: float, y: float, words: str, **look):
    """Words at a point, in the pack's font and never read as mathematics (`$`)."""
    look = {"family": FONT, "color": INK, "fontsize": 7.5, "parse_math": False} | look
    return axes.text(x, y, words, **look)


def register_fonts() -> None:
    """Make the bundled fonts known to matplotlib, so that it measures text as typst will set it."""
    from matplotlib import font_manager

    from jsna_desktop.resources import resource

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in sorted(resource("fonts").glob("*.ttf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(path)
