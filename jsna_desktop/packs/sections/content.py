"""What a section hands to the page: plain data and drawings for its own typst markup."""

from dataclasses import dataclass, field
from typing import Any

from jsna_desktop.packs.drawing import Drawing
from jsna_desktop.packs.findings import MapLayer
from jsna_desktop.packs.look import DECILES


@dataclass(frozen=True)
class Content:
    """`data` reaches the markup as `d` (JSON values only), each drawing as `d.drawings.<name>`."""

    data: dict[str, Any]
    drawings: dict[str, Drawing] = field(default_factory=dict)


def decile_key(layer: MapLayer) -> dict[str, Any]:
    """The entries of a map's key: ten chips, and whether any area has no value."""
    ends = {1: "1 most deprived", 10: "10 least deprived"}
    return {
        "deciles": [{"colour": DECILES[i - 1], "label": ends.get(i, str(i))} for i in range(1, 11)],
        "without": bool((layer.deciles == 0).any()),
    }
