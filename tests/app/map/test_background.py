"""What lies round the areas on the map: roads, shapes, names, pictures and rasters."""

import itertools
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QWidget

from jsna_desktop.app.backgrounds import Backgrounds, made_ready
from jsna_desktop.app.map.background import Backdrop, BackgroundJob
from jsna_desktop.app.map.background_shapes import DrawnShapes, Runs, arranged, coarser, in_pieces
from jsna_desktop.app.map.background_style import style_of, width_at
from jsna_desktop.app.map.grids import Dots, Picture, dot_pitch, ink_of
from jsna_desktop.app.map.labels import names_of, paint_names
from jsna_desktop.app.map.look import LIGHT, Look
from jsna_desktop.app.map.view import View
from jsna_desktop.app.panels.legend import ClassesView, DotsView, LegendCard
from jsna_desktop.app.session import Contents, load_contents
from jsna_desktop.app.theme import Look as Theme
from jsna_desktop.areas.coverage import pack
from jsna_desktop.jobs import reference
from jsna_desktop.jobs.background import Background, backgrounds, shapes_of
from jsna_desktop.jobs.progress import Progress
from jsna_desktop.sources.dataset import Dataset, Grid, Reading
from jsna_desktop.workspace import catalogue
from jsna_desktop.workspace.store import Store

DARK = dict(LIGHT) | {
    "ink": "#eef2f5",
    "muted": "#a9b6c0",
    "pale": "#202a31",
    "map_ground": "#10161a",
    "blue": "#7fb6de",
}
X, Y = 400_000.0, 200_000.0
VIEW = View(X, Y, 10.0, 400, 300)


def runs(*lines: list[tuple[float, float]], unit: list[int] | None = None) -> Runs:
    """Runs of vertices, metres from (X, Y)."""
    lengths = [len(line) for line in lines]
    units = np.arange(len(lines)) if unit is None else np.array(unit)
    coords = np.array([place for line in lines for place in line], dtype=np.float32).reshape(-1, 2)
    return Runs(coords, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), units)


def drawn(kind: str, *lines: list[tuple[float, float]], area: bool = False) -> DrawnShapes:
    unit = [0] * len(lines) if area else None
    return DrawnShapes(runs(*lines, unit=unit), np.array([X, Y]), style_of(kind, area), area)


def square(half: float) -> list[tuple[float, float]]:
    return [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]


def painted(shown: Backdrop, view: View = VIEW, tokens: dict | None = None):
    """(image, how many steps it took)."""
    font = QFont()
    font.setPixelSize(12)
    steps = BackgroundJob(1, view, 1.0, shown, Look.from_tokens(tokens or LIGHT), font).steps()
    count = 0
    while True:
        count += 1
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value.image, count


def inked(image) -> set[tuple[int, int]]:
    return {(x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha() > 40}


# ---- shapes and their levels


def test_a_road_is_painted_along_its_line_and_nowhere_else(qapp):
    image, _ = painted(Backdrop(shapes=(drawn("road_a", [(-1000, -500), (1000, 500)]),)))
    places = inked(image)
    assert {(150, 175), (200, 150), (250, 125)} <= places
    assert all(abs((y - 150) + (x - 200) / 2) < 5 for x, y in places)


def test_small_roads_are_for_near_and_motorways_for_far(qapp):
    line = [(-60_000.0, 0.0), (60_000.0, 0.0)]
    seen = {
        (kind, scale): bool(inked(painted(Backdrop(shapes=(drawn(kind, line),)), View(X, Y, scale, 200, 100))[0]))
        for kind in ("road_motorway", "road_a", "road_minor", "road_local", "road_path")
        for scale in (2.0, 10.0, 30.0, 300.0, 1000.0)
    }
    farthest = {kind: max((s for (k, s), there in seen.items() if k == kind and there), default=0) for kind, _ in seen}
    assert farthest == {
        "road_motorway": 1000, "road_a": 300, "road_minor": 30, "road_local": 10, "road_path": 2
    }  # fmt: skip


def test_lines_grow_as_the_map_comes_nearer():
    widths = [width_at(1.0, scale) for scale in (400.0, 60.0, 8.0, 2.0, 0.5)]
    assert widths == sorted(widths)
    assert widths[-1] < 3


def test_a_hole_in_an_area_stays_open(qapp):
    image, _ = painted(Backdrop(shapes=(drawn("water", square(1000), square(400), area=True),)))
    assert image.pixelColor(200 + 70, 150).alpha() > 150
    assert image.pixelColor(200, 150).alpha() == 0


def test_areas_over_each_other_do_not_cut_each_other_out(qapp):
    shapes = DrawnShapes(runs(square(1000), square(500)), np.array([X, Y]), style_of("anything else", True), True)
    image, _ = painted(Backdrop(shapes=(shapes,)))
    assert image.pixelColor(200, 150).alpha() > image.pixelColor(200 + 75, 150).alpha() > 0


def test_a_coarser_level_stays_within_its_tolerance_and_keeps_ends():
    rng = np.random.default_rng(3)
    line = np.cumsum(rng.normal(0, 6, (4000, 2)), axis=0)
    whole = runs([tuple(place) for place in line.tolist()])
    for tolerance in (20.0, 80.0):
        less = coarser(whole, tolerance, filled=False)
        assert len(less.coords) < 0.7 * len(whole.coords)
        assert less.coords[0].tolist() == whole.coords[0].tolist()
        assert less.coords[-1].tolist() == whole.coords[-1].tolist()
        away = shapely.hausdorff_distance(shapely.LineString(whole.coords), shapely.LineString(less.coords))
        assert away <= 1.5 * tolerance
    assert coarser(whole, 0.0, filled=False) is whole


def test_a_short_link_stays_far_away_and_a_small_area_goes():
    assert len(coarser(runs([(0, 0), (30, 0), (60, 0)]), 320.0, filled=False).unit) == 1
    assert len(coarser(runs(square(30), square(3000)), 320.0, filled=True).unit) == 1


def test_pieces_and_paths_hold_every_stretch_once():
    rng = np.random.default_rng(5)
    lines = [np.cumsum(rng.normal(0, 50, (int(n), 2)), axis=0) for n in rng.integers(2, 900, 40)]
    whole = runs(*[[tuple(place) for place in line.tolist()] for line in lines])
    level = arranged(in_pieces(whole, 100), 100)
    assert level.length.max() <= 101
    stretches = int((level.length - 1).sum())
    assert stretches == sum(len(line) - 1 for line in lines)
    assert level.paths[0] == 0 and level.paths[-1] == len(level.first)
    assert np.add.reduceat(level.length, level.paths[:-1]).max() <= 250
    elements = sum(level.path(number).elementCount() for number in range(len(level.paths) - 1))
    assert elements == int(level.length.sum())


def test_rings_of_one_area_are_in_one_path():
    many = [square(100 + step) for step in range(300)]
    level = arranged(runs(*many, unit=np.repeat(np.arange(100), 3).tolist()), 40)
    assert all(start % 3 == 0 for start in level.paths.tolist())


def test_paths_are_made_once_and_only_those_in_the_view():
    shapes = drawn("road_a", *[[(x, 0.0), (x + 90, 50.0)] for x in np.arange(0, 900_000, 500.0).tolist()])
    first = list(shapes.lines(VIEW))
    assert 0 < len(first) < 10
    assert [id(path) for path in shapes.lines(VIEW)] == [id(path) for path in first]


def test_no_step_paints_much(qapp):
    """A county's roads: many short steps, between which the window has its turn."""
    rng = np.random.default_rng(1)
    lines = [[(x, y), (x + 90, y + 40), (x + 120, y + 90)] for x, y in rng.uniform(-2000, 2000, (3000, 2)).tolist()]
    _, steps = painted(Backdrop(shapes=(drawn("road_a", *lines),)))
    assert steps > 100


# ---- names


def test_names_never_lie_over_each_other_and_the_important_ones_stay(qapp):
    rng = np.random.default_rng(7)
    places = np.column_stack([rng.uniform(X - 1500, X + 1500, 120), rng.uniform(Y - 1000, Y + 1000, 120)])
    texts = np.array([f"Middleham {i}" for i in range(120)])
    types = np.array(["Town"] * 3 + ["Village"] * 117)
    boxes = []

    class Painter:
        def strokePath(self, path, _pen):
            boxes.append(path.boundingRect())

        def fillPath(self, _path, _colour):
            pass

    font = QFont()
    font.setPixelSize(12)
    for _ in paint_names(
        cast(QPainter, Painter()), VIEW, Look.from_tokens(LIGHT), font, [names_of(texts, types, places, marked=False)]
    ):
        pass
    assert 3 < len(boxes) < 120
    assert not any(a.intersects(b) for a, b in itertools.combinations(boxes, 2))


def test_hamlets_are_named_near_and_cities_far():
    texts, types = np.array(["A", "B", "C", "D", ""]), np.array(["City", "Town", "Village", "Hamlet", "City"])
    names = names_of(texts, types, np.full((5, 2), X), marked=False)
    assert names.texts.tolist() == ["A", "B", "C", "D"]
    assert (np.diff(names.far) < 0).all()
    assert (np.diff(names.rank) > 0).all()


# ---- pictures and rasters


def test_white_paper_is_not_there_and_dark_ink_darkens_or_on_dark_lightens(qapp):
    dots = np.full((30, 40, 3), 255, dtype=np.uint8)
    dots[:, 20:] = 20
    picture = Picture(lambda _box, _most: None, (X - 2000, Y - 1500, X + 2000, Y + 1500), 100.0, ink_of(dots, 250), 250)
    for tokens, lighter in ((LIGHT, False), (DARK, True)):
        image, _ = painted(Backdrop(pictures=(picture,)), tokens=dict(tokens))
        assert image.pixelColor(60, 150).alpha() == 0
        dark = image.pixelColor(300, 150)
        assert 120 < dark.alpha() < 200  # what is beneath is still seen
        assert (dark.lightness() > 128) == lighter


def test_a_picture_is_read_finer_only_where_it_is_looked_at(qapp):
    asked = []

    def window(box, most):
        asked.append((box, most))
        return np.zeros((8, 8, 3), dtype=np.uint8), box

    whole = np.zeros((100, 100), dtype=np.uint8)
    picture = Picture(window, (X - 50_000, Y - 50_000, X + 50_000, Y + 50_000), 10.0, whole, 250)
    painted(Backdrop(pictures=(picture,)), View(X, Y, 1000.0, 200, 100))
    assert asked == []
    view = View(X, Y, 20.0, 200, 100)
    image, _ = painted(Backdrop(pictures=(picture,)), view)
    assert asked
    left, bottom, right, top = view.box
    assert all(b[0] >= left - 20 and b[2] <= right + 20 and b[1] >= bottom - 700 and b[3] <= top + 20 for b, _ in asked)
    assert all(rows * columns < 4 * 200 * 100 * 2 for _, (rows, columns) in asked)
    # No seam: all of it is alike.
    assert len({image.pixelColor(100, y).alpha() for y in range(1, 99)}) == 1


def _dots(values: np.ndarray, cell: float) -> Dots:
    rows, columns = values.shape
    bounds = (X, Y - rows * cell, X + columns * cell, Y)
    return Dots(lambda _b, _m: None, bounds, cell, 1, values, np.linspace(0, 5, 6))


def test_dots_stand_in_their_cells_and_none_where_there_is_no_value():
    values = np.array([[0.5, 4.5], [np.nan, 2.5]], dtype=np.float32)
    dots = _dots(values, 1000.0)
    places, classes = dots.places(View(X + 1000, Y - 1000, 80.0, 100, 100), 1000.0, values, dots.bounds)
    found = {(x - X, y - Y): int(value) for (x, y), value in zip(places.tolist(), classes.tolist(), strict=True)}
    assert found == {(500, -500): 0, (1500, -500): 4, (1500, -1500): 2}


def test_dots_stay_where_they_are_when_the_map_is_moved():
    values = np.ones((60, 60), dtype=np.float32)
    dots = _dots(values, 100.0)
    pitch = dot_pitch(100.0, 30.0)
    first = dots.places(View(X + 3000, Y - 3000, 30.0, 100, 80), pitch, values, dots.bounds)[0]
    moved = dots.places(View(X + 3217, Y - 2871, 30.0, 100, 80), pitch, values, dots.bounds)[0]
    shared = {tuple(p) for p in first.tolist()} & {tuple(p) for p in moved.tolist()}
    assert len(shared) > 0.5 * len(first)


@pytest.mark.parametrize("scale", [0.3, 5.0, 83.0, 400.0])
def test_dots_are_about_as_far_apart_at_every_scale(scale):
    pitch = dot_pitch(1000.0, scale)
    assert 11.9 <= pitch / scale <= 24.1 or pitch == 1000.0
    assert max(pitch / 1000, 1000 / pitch) == pytest.approx(round(max(pitch / 1000, 1000 / pitch)))


# ---- of a workspace


def described(id: str, kind: str, rows: int, attribution: str = "Contains OS data © Crown copyright.") -> Dataset:
    return Dataset(
        id=id, title=id, kind=kind, geography="", period="", source="OS", licence="OGL", attribution=attribution,
        filename=id, reason="made", rows=rows, retrieved="2026-11-25", checksum=id,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path):
    with Store.create(tmp_path / "world.jsna") as made:
        yield made


def keep(store: Store, reading: Reading) -> None:
    with store.transaction():
        catalogue.add_reading(store, reading)


def add_shapes(store: Store, count: int = 3) -> None:
    shapes: list[shapely.Geometry] = [
        shapely.LineString([(X + i, Y), (X + i + 100, Y + 100)]) for i in range(count - 1)
    ]
    shapes.append(shapely.Point(X, Y))
    wkb = np.empty(count, dtype=object)
    wkb[:] = shapely.to_wkb(shapes)
    columns = {
        "layer": np.full(count, "roads"),
        "kind": np.array(["road_a"] * (count - 1) + ["name"]),
        "type": np.array(["Motorway"] + ["A Road"] * (count - 2) + ["Town"]),
        "text": np.array([""] * (count - 1) + ["Middleham"]),
    }
    codes = np.char.zfill(np.arange(count).astype(str), 7)
    keep(store, Reading(described("background.zoomstack", "background", count), codes, columns, geometry=wkb))


def add_roads(store: Store) -> None:
    tables = {
        "nodes": {"id": np.array(["a", "b", "c"]), "easting": X + np.arange(3.0), "northing": np.full(3, Y)},
        "links": {"class": np.array(["a", "local"]), "vertices": np.array([3, 2], dtype=np.int32)},
        "vertices": {
            "easting": (X + np.array([0, 50, 100, 100, 150])).astype(np.float32),
            "northing": (Y + np.array([0, 10, 0, 0, 90])).astype(np.float32),
        },
    }
    keep(store, Reading(described("roads.open_roads", "roads", 2), np.empty(0, dtype="U1"), tables=tables))


def add_grid(store: Store, kind: str, cells: np.ndarray, id: str, attribution: str = "") -> None:
    transform = (100.0, 0.0, X, 0.0, -100.0, Y + 1000)
    grid = Grid(transform, cells.shape[:2], 256, "µg/m³" if kind == "raster" else "", {(0, 0): cells})
    nothing = np.empty(0, dtype="U1")
    keep(store, Reading(described(id, kind, cells.shape[0], attribution), nothing, grid=grid))


def test_a_road_network_is_drawn_class_by_class(store):
    add_roads(store)
    (one,) = backgrounds(store)
    layers = {layer.kind: layer for layer in shapes_of(store, one)}
    assert set(layers) == {"road_a", "road_local"}
    local = layers["road_local"]
    assert (local.coords + local.origin).tolist() == [[X + 100, Y], [X + 150, Y + 90]]
    assert layers["road_a"].starts.tolist() == [0, 3]


def test_many_shapes_are_decoded_in_batches_to_the_same_layers(store, monkeypatch):
    add_shapes(store, 25)
    (one,) = backgrounds(store)
    whole = shapes_of(store, one)
    monkeypatch.setattr("jsna_desktop.jobs.background._BATCH", 4)
    told = []
    parts = shapes_of(store, one, Progress(lambda message, _fraction: told.append(message)))
    assert len(told) > 6
    for a, b in zip(whole, parts, strict=True):
        assert (a.kind, a.form) == (b.kind, b.form)
        assert a.coords + a.origin == pytest.approx(b.coords + b.origin, abs=0.02)
        assert (a.starts == b.starts).all() and (a.shape == b.shape).all() and (a.types == b.types).all()


def test_motorways_are_told_from_a_roads(store):
    add_shapes(store)
    ready = made_ready(store, backgrounds(store)[0], Progress()).shown
    assert sorted(one.style.far for one in ready.shapes) == [style_of("road_a", False).far, 4000.0]
    assert ready.names[0].texts.tolist() == ["Middleham"]


@pytest.fixture
def shown_on(qtbot, canvas, store):
    def make() -> Backgrounds:
        made = Backgrounds(store, canvas, canvas)
        made.failed.connect(lambda error: pytest.fail(repr(error)))
        made.take(backgrounds(store))
        qtbot.waitUntil(lambda: not made.busy)
        return made

    return make


def test_small_ones_are_shown_and_large_ones_and_rasters_when_asked(store, shown_on, qtbot, monkeypatch):
    add_shapes(store)
    add_roads(store)
    add_grid(store, "raster", np.arange(80, dtype=np.float32).reshape(8, 10), "raster.pm25")
    monkeypatch.setattr("jsna_desktop.app.backgrounds._SMALL", 2)
    made = shown_on()
    assert {item.key: item.shown for item in made.items()} == {
        "background.zoomstack": False, "roads.open_roads": True, "raster.pm25": False
    }  # fmt: skip
    assert made.legend() is None
    made.toggle("raster.pm25", True)
    qtbot.waitUntil(lambda: not made.busy)
    legend = made.legend()
    assert isinstance(legend, DotsView)
    assert (legend.unit, legend.breaks[0], legend.breaks[-1]) == ("µg/m³", 0.0, 100.0)
    # Hidden by hand, and not shown again when the workspace is loaded afresh.
    made.toggle("roads.open_roads", False)
    made.take(backgrounds(store))
    assert [item.shown for item in made.items()] == [False, False, True]
    made.leave()


def test_a_raster_of_classes_has_its_legend_by_name(store, shown_on, qtbot, qapp):
    cells = np.full((20, 20), np.nan, dtype=np.float32)
    cells[:12], cells[12:15] = 2, 3
    grid = Grid((100.0, 0.0, X, 0.0, -100.0, Y + 1000), cells.shape, 256, "", {(0, 0): cells}, ((3, "Zone 3"),))
    keep(store, Reading(described("raster.flood", "raster", 20), np.empty(0, dtype="U1"), grid=grid))
    made = shown_on()
    made.toggle("raster.flood", True)
    qtbot.waitUntil(lambda: not made.busy)
    legend = made.legend()
    assert isinstance(legend, ClassesView)
    assert [(name, light) for name, _, light in legend.classes] == [("class 2", True), ("Zone 3", False)]
    home = QWidget()
    qtbot.addWidget(home)
    card = LegendCard(Theme(qapp), home)
    card.show_dots(legend)
    assert card.accessibleDescription() == "raster.flood. A sign for each class: class 2, Zone 3."
    card.show_dots(DotsView("PM2.5", (0, 1, 2, 3, 4, 5), "µg/m³", (False, True)))
    assert card.accessibleDescription() == "PM2.5, µg/m³. Five sizes of dots from small to large: 0, 1, 2, 3, 4, 5 +."
    made.leave()


def test_nothing_is_painted_where_nothing_is_shown(store, shown_on, canvas, qtbot):
    add_shapes(store)
    made = shown_on()
    qtbot.waitUntil(lambda: canvas.is_settled)
    assert "background" in canvas._frames
    assert made.attributions() == ["Contains OS data © Crown copyright."]
    made.toggle("background.zoomstack", False)
    qtbot.waitUntil(lambda: canvas.is_settled)
    assert "background" not in canvas._frames
    assert made.attributions() == []
    made.leave()


def test_the_map_shows_a_road_over_the_areas_and_under_a_selection(canvas, hand, county, shown):
    x, y = hand.middle(20)
    before = shown().pixelColor(hand.at(x, y))
    road = runs([(x - X - 3000, y - Y), (x - X + 3000, y - Y)])
    canvas.set_background(Backdrop(shapes=(DrawnShapes(road, np.array([X, Y]), style_of("road_a", False), False),)))
    after = shown().pixelColor(hand.at(x, y))
    assert after != before
    assert abs(after.lightness() - Look.from_tokens(LIGHT).road.lightness()) < 30
    canvas.set_background(Backdrop())
    assert shown().pixelColor(hand.at(x, y)) == before


def test_other_areas_keep_the_background(canvas, county, hand, shown):
    road = runs([(0, 100), (8000, 100)])
    canvas.set_background(Backdrop(shapes=(DrawnShapes(road, np.array([X, Y]), style_of("road_a", False), False),)))
    codes = np.array(["A", "B"])
    canvas.set_blocks(codes, codes, [(60.0, pack(county.shapes[:2]))], None)
    image = shown()
    at = hand.at(X + 500, Y + 100)
    assert abs(image.pixelColor(at).lightness() - Look.from_tokens(LIGHT).road.lightness()) < 30


def test_a_picture_is_held_as_a_whole_that_loses_no_line(store, monkeypatch):
    dots = np.full((200, 256, 3), 255, dtype=np.uint8)
    dots[:, 101] = 0  # one dot wide
    add_grid(store, "background", dots, "background.map")
    monkeypatch.setattr("jsna_desktop.app.backgrounds.OVERVIEW", 64)
    (picture,) = made_ready(store, backgrounds(store)[0], Progress()).shown.pictures
    assert picture.overview.shape == (50, 64)
    assert (picture.overview[:, 25] > 40).all()
    assert (np.delete(picture.overview, 25, axis=1) == 0).all()


def test_what_is_listed_reads_no_shape(store, monkeypatch):
    add_shapes(store)
    monkeypatch.setattr(catalogue, "shapes", lambda *_: pytest.fail("a shape was read"))
    (one,) = backgrounds(store)
    assert isinstance(one, Background)
    assert one.size == 3


@pytest.mark.parametrize(("given", "shown"), [
    (["Contains OS data © Crown copyright and database right."], "Contains National Statistics and OS data"),
    (["© OpenStreetMap contributors"], "Contains National Statistics and OS data · © OpenStreetMap contributors"),
    ([], "Contains National Statistics and OS data"),
])  # fmt: skip
def test_whose_backgrounds_are_shown_is_said_once(given, shown):
    class Line(Contents):
        attribution = "Contains National Statistics and OS data"  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    line = object.__new__(Line)
    assert Line.attribution_with(line, given) == shown


def test_outlines_that_ship_say_their_year(tmp_path):
    path = tmp_path / "rutland.jsna"
    reference.new_for_council(path, "Rutland")
    with Store.open(path) as opened:
        assert load_contents(opened, Progress()).attribution.startswith("Outlines of 2011. ")
