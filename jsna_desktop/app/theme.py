"""Colours, type and measures of the window: light, dark and high contrast."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from jsna_desktop.app import icons
from jsna_desktop.app.stylesheet import stylesheet
from jsna_desktop.resources import resource

FAMILY = "Atkinson Hyperlegible Next"
_FONT_FILES = ("400Regular", "600SemiBold", "700Bold")

SYSTEM, LIGHT, DARK, CONTRAST = "system", "light", "dark", "contrast"
MODES = (SYSTEM, LIGHT, DARK, CONTRAST)
TEXT_SIZES = (100, 125, 150, 200)

_LIGHT = {
    "ink": "#1f2933", "muted": "#52606d", "line": "#dde3e8", "pale": "#eef2f5", "ground": "#fdfefe",
    "card": "#ffffff", "map_ground": "#f6f8f9", "selected": "#e3edf4", "blue": "#12436D", "on_blue": "#ffffff",
    "blue_hover": "#0c3357", "teal": "#177a72", "wine": "#801650", "border": "#7b8894", "disabled": "#7b8894",
    "amber": "#8a5300",
    "amber_pale": "#fdf1da", "teal_pale": "#dff0ee", "wine_pale": "#f5e3ec", "focus": "#12436D", "shade": "#1f293366",
    "tick": "#66737f", "card_edge": "#b9c4cc",
    "ramp1": "#eaf0ee", "ramp2": "#c6dad8", "ramp3": "#8fb9bd", "ramp4": "#4a86a0", "ramp5": "#12436D",
    "map_water": "#a9c8e0", "map_green": "#4f8a62", "map_road": "#5f6c77",
}  # fmt: skip
_DARK = {
    "ink": "#eef2f5", "muted": "#a9b6c0", "line": "#2d3942", "pale": "#202a31", "ground": "#151c21",
    "card": "#151c21", "map_ground": "#10161a", "selected": "#24313a", "blue": "#7fb6de", "on_blue": "#10161a",
    "blue_hover": "#a3cdeb", "teal": "#5cc3b6", "wine": "#e58bbb", "border": "#7f8c97", "disabled": "#7f8c97",
    "amber": "#f2c062",
    "amber_pale": "#3a2f1a", "teal_pale": "#1b3733", "wine_pale": "#3b2230", "focus": "#ffd166", "shade": "#000000a0",
    "tick": "#9aa7b2", "card_edge": "#3d4b56",
    "ramp1": "#22323b", "ramp2": "#2d5361", "ramp3": "#3b7a86", "ramp4": "#6fb0ad", "ramp5": "#c9e6d8",
    "map_selected": "#ffd166", "map_water": "#2b5f86", "map_green": "#6f9f7f", "map_road": "#a9b6c0",
}  # fmt: skip
# Lines and text at the strongest contrast; the same hues for meaning, always with a shape.
_CONTRAST_LIGHT = _LIGHT | {
    "ink": "#000000", "muted": "#000000", "line": "#000000", "pale": "#ffffff", "ground": "#ffffff",
    "map_ground": "#ffffff", "selected": "#cfe3f5", "blue": "#00264d", "border": "#000000", "teal": "#004d45",
    "wine": "#66003a", "tick": "#000000", "focus": "#000000", "amber": "#5c3700", "disabled": "#6b6b6b",
    "map_water": "#5b9bd0", "map_green": "#1f6b3a", "map_road": "#000000",
}  # fmt: skip
_CONTRAST_DARK = _DARK | {
    "ink": "#ffffff", "muted": "#ffffff", "line": "#ffffff", "pale": "#000000", "ground": "#000000",
    "card": "#000000", "map_ground": "#000000", "selected": "#003a66", "blue": "#9fd4ff", "on_blue": "#000000",
    "border": "#ffffff", "teal": "#7ff0e0", "wine": "#ffb0da", "tick": "#ffffff", "disabled": "#9a9a9a",
    "map_water": "#3f86c0", "map_green": "#8fd0a3", "map_road": "#ffffff",
}  # fmt: skip

# role: (px, weight, token)
_ROLES: Mapping[str, tuple[float, QFont.Weight]] = MappingProxyType(
    {
        "body": (14, QFont.Weight.Normal),
        "strong": (14, QFont.Weight.DemiBold),
        "small": (12.5, QFont.Weight.Normal),
        "small_strong": (12.5, QFont.Weight.DemiBold),
        "lead": (16, QFont.Weight.Normal),
        "heading": (17, QFont.Weight.DemiBold),
        "title": (22, QFont.Weight.Bold),
        "poster": (30, QFont.Weight.Bold),
    }
)


def tokens_of(mode: str, system_dark: bool, system_contrast: bool) -> dict[str, str]:
    """The colours of a mode; `system` follows the two system settings."""
    dark = system_dark if mode in (SYSTEM, CONTRAST) else mode == DARK
    if mode == CONTRAST or (mode == SYSTEM and system_contrast):
        return dict(_CONTRAST_DARK if dark else _CONTRAST_LIGHT)
    return dict(_DARK if dark else _LIGHT)


class Look(QObject):
    """What everything in the window is drawn with. `changed` is emitted when colours or the text size change."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: str = SYSTEM, text_percent: int = 100) -> None:
        super().__init__(app)
        self._app, self.mode, self.text_percent = app, mode, text_percent
        for weight in _FONT_FILES:
            QFontDatabase.addApplicationFont(str(resource("fonts", f"AtkinsonHyperlegibleNext_{weight}.ttf")))
        app.setStyle("Fusion")
        self._hints = app.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow_system)
        if hasattr(self._hints, "accessibility"):  # Qt 6.10 and later tell the contrast preference
            self._hints.accessibility().contrastPreferenceChanged.connect(self._follow_system)
        self.tokens: dict[str, str] = {}
        self._watchers: dict[int, Callable[[], object]] = {}
        self._next = 0
        self._apply()

    @property
    def dark(self) -> bool:
        return self.color("ground").lightnessF() < 0.5

    def set_mode(self, mode: str) -> None:
        self.mode = mode
        self._apply()

    def set_text_percent(self, percent: int) -> None:
        self.text_percent = percent
        self._apply()

    def px(self, size: float) -> int:
        """A measure that grows with the text: row heights, icon sizes, column widths."""
        return round(size * self.text_percent / 100)

    def color(self, token: str) -> QColor:
        text = self.tokens[token]
        if len(text) == 9:  # RRGGBBAA, which Qt would read as AARRGGBB
            color = QColor(text[:7])
            color.setAlpha(int(text[7:], 16))
            return color
        return QColor(text)

    def font(self, role: str) -> QFont:
        """The font of a role: body, strong, small, small_strong, lead, heading, title or poster."""
        size, weight = _ROLES[role]
        font = QFont(FAMILY)
        font.setPixelSize(max(1, round(size * self.text_percent / 100)))
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def icon(self, name: str, token: str = "ink") -> QIcon:
        return icons.icon(name, self.color(token), self.px(16), disabled=self.color("disabled"))

    def ramp(self) -> list[str]:
        """Five colours from the lowest fifth to the highest."""
        return [self.tokens[f"ramp{step}"] for step in range(1, 6)]

    def _follow_system(self) -> None:
        if self.mode in (SYSTEM, CONTRAST):
            self._apply()

    def _apply(self) -> None:
        dark = self._hints.colorScheme() == Qt.ColorScheme.Dark
        contrast = hasattr(self._hints, "accessibility") and (
            self._hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        )
        self.tokens = tokens_of(self.mode, dark, contrast)
        self._app.setFont(self.font("body"))
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(stylesheet(self.tokens, self.text_percent / 100))
        for refresh in list(self._watchers.values()):
            refresh()
        self.changed.emit()

    def keep(self, widget: QWidget, refresh: Callable[[], object]) -> None:
        """Call `refresh` on every change until the widget is gone."""
        number = self._next = self._next + 1
        self._watchers[number] = refresh
        # Only the number is captured: the widget is half gone when this is called.
        widget.destroyed.connect(partial(self._drop, number))

    def _drop(self, number: int, _gone: object = None) -> None:
        self._watchers.pop(number, None)

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in (
            (QPalette.ColorRole.Window, "ground"), (QPalette.ColorRole.WindowText, "ink"),
            (QPalette.ColorRole.Base, "card"), (QPalette.ColorRole.AlternateBase, "pale"),
            (QPalette.ColorRole.Text, "ink"), (QPalette.ColorRole.Button, "card"),
            (QPalette.ColorRole.ButtonText, "ink"), (QPalette.ColorRole.Highlight, "selected"),
            (QPalette.ColorRole.HighlightedText, "ink"), (QPalette.ColorRole.ToolTipBase, "ink"),
            (QPalette.ColorRole.ToolTipText, "ground"), (QPalette.ColorRole.PlaceholderText, "muted"),
            (QPalette.ColorRole.Link, "blue"), (QPalette.ColorRole.LinkVisited, "blue"),
        ):  # fmt: skip
            palette.setColor(role, self.color(token))
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, self.color("disabled"))
        return palette


def watch(look: Look, widget: QWidget, refresh: Callable[[], object]) -> None:
    """Call `refresh` now and whenever the look changes, as long as the widget lives."""
    refresh()
    look.keep(widget, refresh)
