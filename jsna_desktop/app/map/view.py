"""What part of the country the map shows, and where each place falls on the screen."""

from dataclasses import dataclass, replace

import numpy as np

Box = tuple[float, float, float, float]
Margins = tuple[int, int, int, int]  # left, top, right, bottom, in logical pixels

CLOSEST = 0.2  # metres a pixel: a garden shed
FURTHEST = 4000.0  # metres a pixel: Great Britain in 300 pixels


@dataclass(frozen=True)
class View:
    """A window on the map: centre `x`, `y` in EPSG:27700 metres, `scale` in metres a logical pixel,
    `width` and `height` in logical pixels. Screen coordinates run right and down from the top left.
    """

    x: float
    y: float
    scale: float
    width: int
    height: int

    @classmethod
    def fitted(cls, box: Box, width: int, height: int, padding: int = 24, taken: Margins = (0, 0, 0, 0)) -> "View":
        """The whole of `box` (minx, miny, maxx, maxy), with `padding` pixels left round it, in the middle of
        what is not `taken` at the edges.
        """
        left, top, right, bottom = (padding + edge for edge in taken)
        room_x, room_y = max(width - left - right, 16), max(height - top - bottom, 16)
        scale = _clamp(max((box[2] - box[0]) / room_x, (box[3] - box[1]) / room_y))
        x = (box[0] + box[2]) / 2 - (left + room_x / 2 - width / 2) * scale
        y = (box[1] + box[3]) / 2 + (top + room_y / 2 - height / 2) * scale
        return cls(x, y, scale, width, height)

    @property
    def box(self) -> Box:
        """minx, miny, maxx, maxy in metres."""
        half_x, half_y = self.width * self.scale / 2, self.height * self.scale / 2
        return (self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y)

    def to_screen(self, xy: np.ndarray) -> np.ndarray:
        """(…, 2) metres to (…, 2) logical pixels."""
        xy = np.asarray(xy, dtype=float)
        out = np.empty_like(xy)
        out[..., 0] = (xy[..., 0] - self.x) / self.scale + self.width / 2
        out[..., 1] = (self.y - xy[..., 1]) / self.scale + self.height / 2
        return out

    def to_world(self, sx: float, sy: float) -> tuple[float, float]:
        """Logical pixels to metres."""
        return (
            self.x + (sx - self.width / 2) * self.scale,
            self.y - (sy - self.height / 2) * self.scale,
        )

    def panned(self, dx: float, dy: float) -> "View":
        """The view after the map was pushed right by `dx` and down by `dy` pixels."""
        return replace(self, x=self.x - dx * self.scale, y=self.y + dy * self.scale)

    def zoomed(self, factor: float, sx: float, sy: float) -> "View":
        """Closer by `factor`, with the place under the screen point staying under it."""
        x, y = self.to_world(sx, sy)
        scale = _clamp(self.scale / factor)
        return replace(
            self,
            scale=scale,
            x=x - (sx - self.width / 2) * scale,
            y=y + (sy - self.height / 2) * scale,
        )

    def resized(self, width: int, height: int) -> "View":
        return replace(self, width=width, height=height)

    def grown(self, margin: int) -> "View":
        """The same view with `margin` more pixels on each side."""
        return replace(self, width=self.width + 2 * margin, height=self.height + 2 * margin)

    def holds(self, other: "View") -> bool:
        """Whether all of `other` lies within this view at the same scale."""
        a, b = self.box, other.box
        slack = self.scale * 0.5
        return (
            self.scale == other.scale
            and a[0] <= b[0] + slack
            and a[1] <= b[1] + slack
            and a[2] >= b[2] - slack
            and a[3] >= b[3] - slack
        )


def _clamp(scale: float) -> float:
    return min(max(scale, CLOSEST), FURTHEST)
