"""Colours that can be read, type that is ours."""

import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF

from jsna_desktop.app.theme import CONTRAST, DARK, FAMILY, LIGHT, Look, tokens_of

_TEXT_PAIRS = [
    (text, ground)
    for text in ("ink", "muted", "blue", "teal", "wine")
    for ground in ("ground", "card", "pale", "selected")
    if (text, ground) not in (("teal", "selected"), ("teal", "pale"))  # a mark's colour, never of words there
] + [("amber", "amber_pale"), ("on_blue", "blue")]


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def _ratio(one: str, other: str) -> float:
    """Contrast as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", [LIGHT, DARK])
@pytest.mark.parametrize(("text", "ground"), _TEXT_PAIRS)
def test_words_reach_contrast_aa(mode, text, ground):
    tokens = tokens_of(mode, False, False)
    assert _ratio(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("text", ["ink", "muted", "blue", "teal", "wine"])
def test_high_contrast_reaches_aaa(dark, text):
    tokens = tokens_of(CONTRAST, dark, False)
    assert _ratio(tokens[text], tokens["ground"]) >= 7


@pytest.mark.parametrize("mode", [LIGHT, DARK])
@pytest.mark.parametrize("line", ["border", "tick", "focus", "teal", "wine", "blue"])
def test_controls_and_marks_stand_out_from_their_ground(mode, line):
    tokens = tokens_of(mode, False, False)
    assert _ratio(tokens[line], tokens["ground"]) >= 3


def test_system_follows_both_settings():
    assert tokens_of("system", True, False) == tokens_of(DARK, False, False)
    assert tokens_of("system", False, True) == tokens_of(CONTRAST, False, False)


def test_the_typeface_is_bundled_and_its_figures_are_tabular(look: Look):
    font = look.font("body")
    assert QFontInfo(font).family() == FAMILY
    assert font.featureTags() == [QFont.Tag("tnum")]
    metrics = QFontMetricsF(font)
    assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("8888"))


def test_text_grows_to_twice_its_size(look: Look):
    before = look.font("body").pixelSize()
    look.set_text_percent(200)
    assert look.font("body").pixelSize() == 2 * before
    assert look.px(32) == 64
