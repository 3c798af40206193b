"""Drawings: what they say in words, and what is drawn where."""

import re
from dataclasses import replace

import numpy as np
import shapely

from jsna_desktop.packs import charts, maps
from jsna_desktop.packs.findings import Findings, MapLayer
from jsna_desktop.packs.look import DECILES, FEMALE


def _fills(svg: bytes) -> set[str]:
    return set(re.findall(r"fill: (#[0-9a-f]{6})", svg.decode()))


def test_a_pyramid_without_sexes_has_one_side(full: Findings) -> None:
    assert full.pyramid is not None
    both = charts.pyramid(full.pyramid, "Eastmere")
    one = charts.pyramid(replace(full.pyramid, male=None, female=None), "Eastmere")
    assert FEMALE.lower() in _fills(both.svg) and b">Female<" in both.svg
    assert FEMALE.lower() not in _fills(one.svg) and b">Female<" not in one.svg
    assert "five-year age band and sex" in both.alt and "and sex" not in one.alt


def test_a_pyramid_says_where_it_differs_most(full: Findings) -> None:
    assert full.pyramid is not None
    other = np.array(full.pyramid.persons)
    other[3] -= 0.02
    alt = charts.pyramid(replace(full.pyramid, comparator_persons=other), "Eastmere").alt
    assert "The widest difference is at 15–19, 2.0% of residents higher than Mereshire." in alt


def test_decile_bars_grow_with_the_share(full: Findings) -> None:
    assert full.deciles is not None
    alone = charts.decile_bars(replace(full.deciles, comparator_shares=None), "Eastmere")
    assert {colour.lower() for colour in DECILES} <= _fills(alone.svg)
    # Bars of matplotlib: four corners each, the second of them at the foot, the third at the top.
    bars = re.findall(r"M (\S+) (\S+) \nL (\S+) (\S+) \nL (\S+) (\S+) \nL (\S+) (\S+) \nz", alone.svg.decode())
    heights = [float(bar[1]) - float(bar[5]) for bar in bars if bar[1] != bar[5]]
    tall = np.array([h for h in heights if h < 140])[-10:]
    np.testing.assert_allclose(tall / tall[0], full.deciles.shares / full.deciles.shares[0], rtol=1e-3)


def test_words_are_text_and_never_mathematics(full: Findings) -> None:
    assert full.around is not None
    drawing = maps.district_map(full.around, full.outline, "$a$ & <b>", "$c$")
    assert b">2 km<" in drawing.svg
    assert "$a$ & <b> outlined" in drawing.alt


def test_the_scale_bar_is_as_long_as_it_says(full: Findings) -> None:
    assert full.around is not None
    drawing = maps.district_map(full.around, None, "Eastmere", "Mereshire", width=100.0, height=100.0)
    bar = re.findall(r'd="M (\S+) (\S+) \nL (\S+) \2 \n?" clip-path', drawing.svg.decode())[-1]
    millimetres = (float(bar[2]) - float(bar[0])) * 25.4 / 72
    metres_a_millimetre = 10_000 / (100.0 * (1 - maps.MARGIN / 2))
    assert abs(millimetres * metres_a_millimetre - 2000) < 5


def test_only_the_part_of_a_block_inside_the_line_takes_a_colour() -> None:
    block = shapely.box(0, 0, 1000, 1000)
    layer = MapLayer(np.array([block], dtype=object), np.array([1]))
    half = shapely.box(0, 0, 500, 1000)
    drawing = maps.locality_map(layer, half, layer, "Half", width=100.0, height=100.0)
    path = re.search(rf'd="([^"]+)"[^>]*style="fill: {DECILES[0].lower()}', drawing.svg.decode())
    assert path is not None
    xs = np.array([float(x) for x in re.findall(r"[ML] (\S+) \S+", path[1])]) * 25.4 / 72
    # The line is 500 m wide in a frame scaled to its 1,000 m of height.
    assert np.isclose(xs.max() - xs.min(), 90.0 / 2, atol=0.2)


def test_blocks_without_a_value_are_hatched_and_counted() -> None:
    blocks = np.array([shapely.box(0, 0, 500, 500), shapely.box(500, 0, 1000, 500)], dtype=object)
    drawing = maps.district_map(MapLayer(blocks, np.array([0, 10])), None, "A", "B")
    assert b"<pattern" in drawing.svg
    assert "Of 1 small area, 1 in decile 10; decile 1 is the most deprived. 1 small area has no value." in drawing.alt


def test_a_hole_stays_open() -> None:
    outer, inner = ([(a, a), (b, a), (b, b), (a, b)] for a, b in ((0, 1000), (300, 700)))
    ring = shapely.Polygon(outer, [inner])
    backwards = shapely.Polygon(outer[::-1], [inner])
    for shape in (ring, backwards):
        path = maps._path(np.array([shape], dtype=object), 1.0)
        assert path is not None
        loops = [np.asarray(loop) for loop in path.to_polygons()]
        areas = [np.sum(loop[:-1, 0] * loop[1:, 1] - loop[1:, 0] * loop[:-1, 1]) / 2 for loop in loops]
        assert sorted(np.sign(areas)) == [-1.0, 1.0]  # opposite ways: a non-zero fill leaves it open
