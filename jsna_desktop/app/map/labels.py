"""Names on the map: the important ones first, none over another, each with a halo."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath

from jsna_desktop.app.map.look import Look
from jsna_desktop.app.map.view import View

# By a word in what the publisher calls it: rank, metres a pixel beyond which it is left out, size of its letters.
_TYPES = (
    ("capital", 0, 4000.0, 1.2), ("city", 0, 1200.0, 1.2), ("national park", 2, 250.0, 1.0), ("town", 1, 170.0, 1.08),
    ("suburb", 3, 22.0, 1.0), ("village", 2, 60.0, 1.0), ("hamlet", 4, 16.0, 0.95), ("settlement", 5, 11.0, 0.95),
)  # fmt: skip
_UNTYPED = (3, 120.0, 1.0)
_OTHER = (6, 7.0, 0.92)  # woods, hills, waters …
_MARKED = (4, 22.0, 0.95)  # stations and airports
_GAP_PX = 4.0
_CELL_PX = 64.0
_AROUND_PX = 160  # names just outside the frame take their room too, or a pan would change those in it
_HALO_PX = 2.6
_BOLD_UP_TO = 1


@dataclass(frozen=True)
class Names:
    """n names: `texts` (n,) at `places` (n, 2) EPSG:27700, `rank` (n,) 0 the most important, `far` (n,) metres a pixel
    beyond which each is left out, `size` (n,) of its letters; `below` pixels under the place (its mark is there).
    """

    texts: np.ndarray
    places: np.ndarray
    rank: np.ndarray
    far: np.ndarray
    size: np.ndarray
    below: float = 0.0


def names_of(texts: np.ndarray, types: np.ndarray, places: np.ndarray, *, marked: bool) -> Names:
    """Names with the importance that their types (n,) give; those without a text are left out.

    `marked`: of points with a mark of their own, as stations have.
    """
    kept = texts != ""
    texts, types, places = texts[kept], types[kept], places[kept]
    if marked:
        about = np.tile(np.array(_MARKED), (len(texts), 1))
    else:
        words, index = np.unique(np.char.lower(types.astype(np.str_)), return_inverse=True)
        known = [next((rest for word, *rest in _TYPES if word in said), _OTHER) for said in words.tolist()]
        known = [_UNTYPED if said == "" else one for said, one in zip(words.tolist(), known, strict=True)]
        about = np.array(known, dtype=float).reshape(-1, 3)[index]
    return Names(texts, places, about[:, 0], about[:, 1], about[:, 2], 11.0 if marked else 0.0)


def paint_names(
    painter: QPainter, view: View, look: Look, font: QFont, names: Sequence[Names]
) -> Generator[None, None, None]:
    """The names that have room, the important ones first."""
    taken = _Taken()
    around = view.grown(_AROUND_PX)
    for text, x, y, rank, size in _candidates(names, view, around.box):
        drawn = QFont(font)
        drawn.setPixelSize(max(8, round(font.pixelSize() * size)))
        drawn.setWeight(QFont.Weight.DemiBold if rank <= _BOLD_UP_TO else QFont.Weight.Normal)
        metrics = QFontMetricsF(drawn)
        wide, high = metrics.horizontalAdvance(text), metrics.ascent() + metrics.descent()
        if not taken.take(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2):
            yield
            continue
        if -wide < x < view.width + wide and -high < y < view.height + high:
            path = QPainterPath()
            path.addText(QPointF(x - wide / 2, y + (metrics.ascent() - metrics.descent()) / 2), drawn, text)
            painter.strokePath(path, look.pen(look.halo, _HALO_PX, alpha=0.85))
            painter.fillPath(path, look.ink)
        yield


def _candidates(names: Sequence[Names], view: View, box: tuple[float, float, float, float]) -> list[tuple]:
    """(text, x, y, rank, size) in logical pixels of the names near the view at its scale, by importance."""
    found = []
    for some in names:
        x, y = some.places[:, 0], some.places[:, 1]
        near = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]) & (some.far >= view.scale)
        xy = view.to_screen(some.places[near])
        found += zip(
            some.texts[near].tolist(),
            xy[:, 0].tolist(),
            (xy[:, 1] + some.below).tolist(),
            some.rank[near].tolist(),
            some.size[near].tolist(),
            strict=True,
        )
    # By the text, not by the order of files: a name stays when the map is moved.
    return sorted(found, key=lambda one: (one[3], one[0]))


class _Taken:
    """Rectangles that are taken, by squares of the screen."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def take(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Takes the rectangle where it is free."""
        left, top, right, bottom = left - _GAP_PX, top - _GAP_PX / 2, right + _GAP_PX, bottom + _GAP_PX / 2
        cells = [
            (column, row)
            for column in range(int(left // _CELL_PX), int(right // _CELL_PX) + 1)
            for row in range(int(top // _CELL_PX), int(bottom // _CELL_PX) + 1)
        ]
        for cell in cells:
            for west, north, east, south in self._cells.get(cell, ()):
                if left < east and right > west and top < south and bottom > north:
                    return False
        for cell in cells:
            self._cells.setdefault(cell, []).append((left, top, right, bottom))
        return True
