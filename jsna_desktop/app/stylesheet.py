"""The one stylesheet, built from the theme's colours."""

from collections.abc import Mapping
from string import Template

from jsna_desktop.resources import resource

_SHEET = Template("""
QWidget { color: $ink; }
QMainWindow, QDialog, #ground, #start, QScrollArea, QScrollArea > QWidget > QWidget { background: $ground; }
#header { background: $ground; border-bottom: 1px solid $line; }
#places { background: $ground; border-right: 1px solid $line; }
#profile { background: $ground; border-left: 1px solid $line; }
#scenario { background: $wine_pale; border: 0; border-left: 4px solid $wine; border-radius: 0; }
#gain { background: $teal_pale; border: 0; border-left: 4px solid $teal; border-radius: 0; }
#wide { background: $ground; border: 0; }
#layers { border-top: 1px solid $line; }
#focusLine { background: $pale; border-top: 1px solid $line; }
#card, #sheetCard { background: $card; border: 1px solid $line; border-bottom-color: $card_edge; border-radius: 8px; }
#step { background: $card; border: 1px solid $line; border-radius: 8px; }
#banner { background: $amber_pale; border: 1px solid $amber; border-radius: 8px; }
#banner[tone="news"] { background: $card; border: 1px solid $line; border-bottom-color: $card_edge; }
#badge { background: $amber_pale; color: $amber; border-radius: 4px; padding: 2px 8px; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="blue"] { color: $blue; }
QLabel[tone="wine"] { color: $wine; }
QLabel { background: transparent; }

QPushButton { background: $card; color: $ink; border: 1px solid $border; border-radius: 6px; padding: 0 12px; }
QPushButton:hover { background: $pale; }
QPushButton:pressed, QPushButton:checked { background: $selected; }
QPushButton:checked { border-color: $blue; }
QPushButton:disabled { color: $disabled; border-color: $line; }
QPushButton:focus { border: 2px solid $focus; padding: 0 11px; }
QPushButton[kind="primary"] { background: $blue; color: $on_blue; border: 1px solid $blue; }
QPushButton[kind="primary"]:hover { background: $blue_hover; }
QPushButton[kind="primary"]:disabled { background: $pale; color: $disabled; border-color: $line; }
QPushButton[kind="primary"]:focus { border: 4px double $on_blue; padding: 0 9px; }
QPushButton[kind="flat"] { background: transparent; border: 1px solid transparent; padding: 0 6px; text-align: left; }
QPushButton[kind="flat"]:hover { background: $pale; }
QPushButton[kind="flat"]:focus { border: 2px solid $focus; padding: 0 5px; }
QPushButton[kind="link"] { background: transparent; border: 2px solid transparent; color: $blue; padding: 0 2px;
    text-decoration: underline; text-align: left; }
QPushButton[kind="link"]:focus { border: 2px solid $focus; border-radius: 4px; }
QPushButton[kind="plainlink"] { background: transparent; border: 2px solid transparent; color: $blue; padding: 0 6px;
    text-align: left; }
QPushButton[kind="plainlink"]:hover { background: $pale; }
QPushButton[kind="plainlink"]:focus { border: 2px solid $focus; border-radius: 4px; }
QPushButton[kind="chip"] { background: $card; border: 1px solid $line; border-radius: 8px; text-align: left; }
QPushButton[kind="chip"]:hover { background: $pale; }
QPushButton[kind="chip"]:focus { border: 2px solid $focus; padding: 0 11px; }
QToolButton { background: transparent; border: 2px solid transparent; border-radius: 6px; }
QToolButton:hover { background: $pale; }
QToolButton:checked { background: $selected; }
QToolButton:focus { border: 2px solid $focus; }
QToolButton:disabled { color: $disabled; }

QLineEdit { background: $card; border: 1px solid $border; border-radius: 6px; padding: 0 10px;
    selection-background-color: $blue; selection-color: $on_blue; }
QLineEdit:focus { border: 2px solid $focus; padding: 0 9px; }
QLineEdit[kind="bare"] { border: 0; background: transparent; padding: 0; }
#findBox { background: $card; border: 1px solid $border; border-radius: 6px; }
#findBox[focused="true"] { border: 2px solid $focus; }
#keycap { color: $muted; border: 1px solid $border; border-radius: 4px; padding: 1px 5px; }

QTabBar { background: transparent; border: 0; }
QTabBar::tab { background: transparent; color: $muted; border: 2px solid transparent; border-bottom: 3px solid
    transparent; padding: ${tab}px 2px; margin-right: ${tab_gap}px; }
QTabBar[kind="compact"]::tab { margin-right: ${tab_near}px; padding: ${tab}px 0; }
QTabBar::tab:hover { color: $ink; }
QTabBar::tab:selected { color: $ink; border-bottom: 3px solid $blue; font-weight: 600; }
QTabBar::tab:selected:focus { border: 2px solid $focus; border-bottom: 3px solid $blue; border-radius: 2px; }
QTabBar QToolButton { background: $ground; border: 1px solid $line; }

QComboBox { background: $card; border: 1px solid $border; border-radius: 6px; padding: 0 4px 0 10px; }
QComboBox:focus { border: 2px solid $focus; padding: 0 3px 0 9px; }
QComboBox::drop-down { border: 0; width: ${drop}px; }
QComboBox::down-arrow { image: url($down); width: ${tick}px; height: ${tick}px; }
QComboBox QAbstractItemView { background: $card; border: 1px solid $border; padding: 4px; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: ${tick}px; height: ${tick}px; border: 1px solid $border; border-radius: 3px;
    background: $card; }
QCheckBox::indicator:checked { background: $blue; border: 1px solid $blue; image: url($check); }
QCheckBox:focus { color: $focus; }

QAbstractItemView { background: transparent; border: 0; outline: 0; selection-background-color: $selected;
    selection-color: $ink; }
QHeaderView { background: transparent; border: 0; }
QHeaderView::section { background: transparent; color: $muted; border: 0; border-bottom: 1px solid $line;
    padding: 4px 8px; }
QTableView { background: transparent; border: 0; }
QTableView::item { padding: 0 8px; border-bottom: 1px solid $line; }
QTableView:focus { border: 1px solid $focus; border-radius: 4px; }
#popup { background: $card; border: 1px solid $border; border-radius: 8px; }
QMenu { background: $card; border: 1px solid $border; border-radius: 8px; padding: 4px; }
QMenu::item { padding: ${pad}px 24px ${pad}px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: ${tick}px; height: ${tick}px; margin-left: 6px; border: 1px solid transparent;
    border-radius: 3px; }
QMenu::indicator:checked, QListView::indicator:checked { background: $blue; border: 1px solid $blue;
    image: url($check); }
QListView::indicator { width: ${tick}px; height: ${tick}px; border: 1px solid $border; border-radius: 3px;
    background: $card; }
QListView[kind="ticks"]::item { padding: 4px 0; }
QToolTip { background: $ink; color: $ground; border: 0; padding: 6px 8px; border-radius: 4px; }
QProgressBar { background: $pale; border: 0; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $teal; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $scroll; border-radius: 3px; min-height: 24px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $scroll; border-radius: 3px; min-width: 24px; margin: 2px; }
QScrollBar::handle:hover { background: $border; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def stylesheet(tokens: Mapping[str, str], scale: float) -> str:
    """The stylesheet for these colours; `scale` is the text size (1.0 = 100 %)."""
    on_dark = tokens["on_blue"].lower() == "#ffffff"
    check = resource("icons", "check-white.svg" if on_dark else "check-black.svg").as_posix()
    ground_is_dark = tokens["ground"].lower() < "#888888"
    down = resource("icons", f"chevron-down-{'white' if ground_is_dark else 'black'}.svg").as_posix()
    scroll = tokens["line"] if tokens["line"] != tokens["ink"] else tokens["border"]
    return _SHEET.substitute(
        tokens,
        card_edge=tokens["border"] if tokens["line"] == tokens["ink"] else tokens["card_edge"],
        pad=round(6 * scale),
        tick=round(15 * scale),
        tab=round(6 * scale),
        tab_gap=round(12 * scale),
        tab_near=round(12 * scale),
        check=check,
        down=down,
        drop=round(26 * scale),
        scroll=scroll,
    )
