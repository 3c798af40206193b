"""Layers of shapes for context, on which nothing is computed: OS Open Zoomstack, and any that is asked for.

What is kept is for painting: cut to the place and 20 km around it, and simplified to what a screen can show.
"""

from collections.abc import Sequence

import numpy as np
import shapely

from jsna_desktop.errors import FileProblem
from jsna_desktop.sources import areas, known
from jsna_desktop.sources.cells import slug
from jsna_desktop.sources.dataset import Problem, Reading
from jsna_desktop.sources.fields import as_text
from jsna_desktop.sources.layer_windows import NamedLayer, Window, fields_of, layers_of, read_window
from jsna_desktop.sources.reading import Options, Peek, Recognised

# Layers of OS Open Zoomstack (its technical specification), in the order of painting, and what each is painted as.
ZOOMSTACK = {
    "urban_areas": "built_up", "national_parks": "park", "greenspace": "green", "woodland": "woodland",
    "foreshore": "foreshore", "sites": "site", "surfacewater": "water", "waterlines": "waterway",
    "district_buildings": "building", "rail": "rail", "roads_local": "road_local", "roads_regional": "road_b",
    "roads_national": "road_a", "railway_stations": "station", "airports": "airport", "names": "name",
}  # fmt: skip
# Too fine for a map of places, or what the map paints itself.
_UNWANTED = ("local_buildings", "contours", "etl", "land", "boundaries")
# Names that a layer of another kind could have as well say nothing when they stand alone.
_TELLING = frozenset(ZOOMSTACK) - {"sites", "rail", "airports", "names"}
# What a layer of another name is painted as, by a word in it.
_WORDS = (
    ("wood", "woodland"), ("forest", "woodland"), ("green", "green"), ("park", "green"), ("water", "water"),
    ("river", "waterway"), ("stream", "waterway"), ("lake", "water"), ("rail", "rail"), ("motorway", "road_a"),
    ("road", "road_local"), ("street", "road_local"), ("building", "building"), ("urban", "built_up"),
    ("station", "station"), ("site", "site"), ("name", "name"), ("place", "name"),
)  # fmt: skip
_LABELS = ("name1", "name", "label", "title", "distinctive_name_1", "distname", "text")
_TYPES = ("type", "function", "class", "fclass", "road_classification", "kind")
# Metres; names on the ground shrink with distance, so what a street needs is enough for everything.
_TOLERANCE_M = 5.0
MOST_SHAPES = 400_000
_MOST_POINTS = 6_000_000


def recognise(peek: Peek) -> Recognised | None:
    """A file with layers of OS Open Zoomstack and without a column of area codes."""
    if peek.form != "vector":
        return None
    layers = layers_of(peek)
    names = {layer.name.lower() for layer in layers}
    if not (names & _TELLING) or (len(layers) > 1 and len(names & set(ZOOMSTACK)) < len(layers) / 2):
        return None
    if any(areas.area_columns(fields_of(peek, layer)) is not None for layer in layers):
        return None
    shown = known.listed(sorted(names & set(ZOOMSTACK))[:4])
    reason = f"layers of OS Open Zoomstack: {shown}" + (" and more" if len(names & set(ZOOMSTACK)) > 4 else "")
    return Recognised("background", "OS Open Zoomstack", "", reason, {"layers": layers, "os": True})


def recognise_any(peek: Peek) -> Recognised | None:
    """Any layer of shapes: for one that is asked to be a background, tried after every other reader."""
    if peek.form != "vector":
        return None
    layers = layers_of(peek)
    if not layers:
        return None
    reason = f"layers of shapes: {known.listed([layer.name for layer in layers[:4]])}"
    return Recognised("background", f"Background {peek.path.stem}", "", reason, {"layers": layers, "os": False})


def read(peek: Peek, found: Recognised, options: Options) -> Reading:
    """Shapes for painting, one row each: `layer`, `kind` (what it is painted as), `type` and `text` (a label).

    Layers that would fill the workspace are left out and said. FileProblem where nothing lies in the box, or where the
    file is larger than a place and no box says which.
    """
    chosen, problems = _chosen(found.details["layers"])
    rows: dict[str, list[np.ndarray]] = {name: [] for name in ("layer", "kind", "type", "text")}
    shapes: list[np.ndarray] = []
    left, points = MOST_SHAPES, _MOST_POINTS
    for number, layer in enumerate(chosen):
        options.progress(f"Reading {layer.name}", number / len(chosen))
        window = read_window(peek, layer, options.box, left, (*_fields(peek, layer),))
        problems += window.problems
        drawn = _drawn(window, options)
        size = int(shapely.get_num_coordinates(drawn).sum())
        if window.more or size > points:
            if options.box is None:
                raise _too_large(peek.where, layer)
            problems.append(Problem(f"layer “{layer.name}” has more shapes than a map can show; left out"))
            continue
        there = ~shapely.is_missing(drawn) & ~shapely.is_empty(drawn)
        left, points = left - int(there.sum()), points - size
        shapes.append(drawn[there])
        for name, column in _columns(layer, window).items():
            rows[name].append(column[there])
    kept = np.concatenate(shapes) if shapes else np.empty(0, dtype=object)
    if not len(kept):
        raise FileProblem(
            "no shape of the file lies within 20 km of the boundaries" if options.box else "the file holds no shapes",
            where=peek.where,
            todo="Choose the file that covers your area",
        )
    columns = {name: np.concatenate(parts).astype(np.str_) for name, parts in rows.items()}
    return _reading(peek, found, options, kept, columns, problems)


def _reading(
    peek: Peek,
    found: Recognised,
    options: Options,
    shapes: np.ndarray,
    columns: dict[str, np.ndarray],
    problems: Sequence[Problem],
) -> Reading:
    # As wide as each other, so that they sort as they are painted.
    codes = np.char.zfill(np.arange(1, len(shapes) + 1).astype(np.str_), len(str(MOST_SHAPES)))
    wkb = np.empty(len(shapes), dtype=object)
    wkb[:] = shapely.to_wkb(shapes)
    clipped = " within 20 km of the area" if options.box else ""
    dataset = known.describe(
        peek,
        id="background.zoomstack" if found.details["os"] else f"background.{slug(peek.path.stem)[:60] or 'layer'}",
        title=found.title,
        kind="background",
        geography="",
        period="",
        publisher=known.OS_OPEN_DATA if found.details["os"] else known.LOCAL,
        reason=f"{found.reason}: {known.counted(len(shapes), 'shape')}{clipped}",
        codes=codes,
        problems=problems,
        fictional=False,
    )
    return Reading(dataset, codes, columns, geometry=wkb)


def _chosen(layers: Sequence[NamedLayer]) -> tuple[list[NamedLayer], list[Problem]]:
    """Layers in the order of painting, and a word on those that are left out."""
    order = list(ZOOMSTACK)
    several = len(layers) > 1
    kept = [layer for layer in layers if not (several and layer.name.lower() in _UNWANTED)]
    gone = [layer.name for layer in layers if layer not in kept]
    kept.sort(key=lambda layer: order.index(layer.name.lower()) if layer.name.lower() in order else -1)
    said = f"layers that a map of places has no use for; left out: {known.listed(gone)}"
    return kept, [Problem(said, len(gone))] if gone else []


def _too_large(where: str, layer: NamedLayer) -> FileProblem:
    return FileProblem(
        "the file holds far more than one area",
        where=where,
        found=f"layer “{layer.name}” with over {MOST_SHAPES:,} shapes or {_MOST_POINTS:,} points",
        todo="Add the boundaries of your area first, or with it: backgrounds are cut to them and 20 km around",
    )


def _fields(peek: Peek, layer: NamedLayer) -> list[str]:
    """The fields of a layer that give its labels and types."""
    return [field for field in fields_of(peek, layer) if field.lower() in (*_LABELS, *_TYPES)]


def _drawn(window: Window, options: Options) -> np.ndarray:
    """The shapes cut to the box and simplified; None where nothing is left of one."""
    simple = shapely.simplify(window.geometry, _TOLERANCE_M, preserve_topology=False)
    # What is smaller than the tolerance has no shape left, and none that could be seen.
    if options.box is not None:
        broken = ~shapely.is_valid(simple)
        simple[broken] = shapely.make_valid(simple[broken])
        simple = shapely.clip_by_rect(simple, *options.box)
    return simple


def _columns(layer: NamedLayer, window: Window) -> dict[str, np.ndarray]:
    size = len(window.geometry)
    return {
        "layer": np.full(size, layer.name),
        "kind": np.full(size, painted_as(layer.name)),
        "type": _first_of(_TYPES, window, size),
        "text": _first_of(_LABELS, window, size),
    }


def _first_of(names: Sequence[str], window: Window, size: int) -> np.ndarray:
    """The first of these fields that the layer has, as text (n,); blanks where it has none."""
    by_name = {field.lower(): column for field, column in window.fields.items()}
    column = next((by_name[name] for name in names if name in by_name), None)
    return np.full(size, "") if column is None else as_text(column)


def painted_as(layer: str) -> str:
    """What a layer is painted as, by its name: a word of ZOOMSTACK's, or `other`."""
    name = layer.lower()
    return ZOOMSTACK.get(name) or next((kind for word, kind in _WORDS if word in name), "other")
