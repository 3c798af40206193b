"""The wide view of life expectancy: the finding, the gap over time, what makes it up, the gradient, the table."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from jsna_desktop.app.panels.chart import ChartContent, ChartTable, ChartView
from jsna_desktop.app.panels.menu_button import MenuButton
from jsna_desktop.app.panels.tabs import LIFE
from jsna_desktop.app.theme import Look
from jsna_desktop.app.views.asking_view import AskingView, group_table, notes_of
from jsna_desktop.app.widgets import Button
from jsna_desktop.jobs import life_words
from jsna_desktop.jobs.life_findings import AROUND, OTHER, REST, WITHIN, Question
from jsna_desktop.packs import gradient_charts, life_charts
from jsna_desktop.packs.life import LifeFindings
from jsna_desktop.packs.sheet import short_period, signed

_YEARS = "Years"
_SEXES = {"persons": "Persons", "female": "Females", "male": "Males"}
# Heights in pixels: of a bar, a place, the lines, the gradient. All of it is seen at once at 1366 × 768.
_BAR, _DOT, _LINES, _GRADIENT = 23, 36, 196, 168


class LifeView(AskingView):
    """Its question is one of jobs/life_findings, of the place that is chosen."""

    def __init__(self, look: Look) -> None:
        self.way = MenuButton(look, "What is compared")
        self.sex = MenuButton(look, "Sex")
        self.period = MenuButton(look, "Years")
        self.age = MenuButton(look, "Age")
        super().__init__(look, LIFE, (self.way, self.sex, self.period, self.age))
        self.over_time = ChartView(look, _LINES)
        self.gradient = ChartView(look, _GRADIENT)
        self.parts = ChartView(look, 220)
        self.take_charts(self.over_time, self.gradient, self.parts)
        self.parts_by = Button(look, "", kind="link", role="small")
        self.parts_by.clicked.connect(self._other_parts)
        self.parts.add_link(self.parts_by)
        self.add(self.left, self.over_time, self.gradient)
        self.add(self.right, self.parts, self.listed())
        self.way.chosen.connect(self._ask_way)
        for chooser, name in ((self.sex, "sex"), (self.period, "years"), (self.age, "age")):
            chooser.chosen.connect(partial(self._ask, name))

    # ---- showing

    def show_nothing(self, title: str, beside: str, why: str) -> None:
        """There is nothing to show, and what to do about it."""
        self._shown = self._asked = None
        self.show_words(title, beside, why)
        for part in (*self.charts, self._listed, self.way, self.sex, self.period, self.age):
            part.hide()
        self.fold_again()

    def offer(
        self,
        asked: Question,
        ways: Sequence[tuple[tuple[str, str], str]],
        sexes: Sequence[str],
        periods: Sequence[tuple[int, int]],
        shown_years: tuple[int, int],
    ) -> None:
        """What can be asked, and what is asked now; `shown_years` are those that were taken."""
        self._asked = asked
        self.way.offer([(words, way) for way, words in ways], (asked.way, asked.other))
        self.sex.offer([(_SEXES[sex], sex) for sex in sexes], asked.sex)
        known = list(periods) if shown_years in periods else [shown_years, *periods]
        self.period.offer([(_years(*ends), ends) for ends in known], shown_years)
        self.age.offer([("At birth", 0), ("At age 65", 65)], asked.age)
        self.fold_again()

    def show_findings(self, found: LifeFindings, beside: str) -> None:
        self._shown = found
        marked = " (from sensitive deaths)" if found.sensitive else ""
        self.show_words(found.title, beside + marked, found.sentence)
        at = "at birth" if not found.age else f"at {found.age}"
        held = life_words.pandemic_years(found.pandemic)
        self.over_time.setVisible(bool(found.lines))
        if found.lines:
            self.over_time.show_chart(
                ChartContent(
                    partial(life_charts.over_time, found.lines, found.periods, found.pandemic),
                    "The gap over time",
                    f"years {at}, bands are 95 % intervals. {found.change}",
                    _over_time(found),
                    held,
                )
            )
        self._show_gradient(found, at)
        self._show_parts(found)
        self.show_listed(group_table(found.groups, _YEARS), found.title, notes_of(found.groups), found.source)

    def _show_gradient(self, found: LifeFindings, at: str) -> None:
        self.gradient.show()
        table = group_table(found.groups, _YEARS)
        if any(group.own for group in found.groups) and found.slope is None and not _are_fifths(found):
            draw = partial(gradient_charts.dots, found.groups)
            said = ChartContent(draw, "Beside others", f"years {at}, with 95 % intervals", table)
            self.gradient.show_chart(said, _DOT * len(found.groups) + 26)
            return
        beside = found.slope.said if found.slope is not None else "no slope index: a group has no value"
        draw = partial(gradient_charts.whole_gradient, found.groups, found.slope)
        self.gradient.show_chart(ChartContent(draw, "The whole gradient", beside, table), _GRADIENT)

    def _show_parts(self, found: LifeFindings) -> None:
        self.parts.setVisible(bool(found.parts))
        if not found.parts or found.gap is None:
            return
        by = "ages" if found.parts_by == "age" else "causes"
        parts = [part for part in found.parts if part.years is None or abs(part.years) >= 0.005]
        rows = [(p.name, "withheld" if p.years is None else signed(p.years)) for p in found.parts]
        size = f"{abs(found.gap):.1f} years"
        table = ChartTable(("Part of the gap", "Years"), tuple(rows))
        heading = f"Which {by} make up the {size}"
        self.parts.show_chart(
            ChartContent(partial(life_charts.part_bars, parts), heading, "", table), _BAR * len(parts) + 8
        )
        other = "By cause" if found.parts_by == "age" else "By age"
        self.parts_by.say(other)
        self.parts_by.setAccessibleName(f"{other}: what makes up the gap")

    # ---- asking

    def _ask_way(self, value: tuple[str, str]) -> None:
        if self._asked is not None:
            self.question.emit(replace(self._asked, way=value[0], other=value[1]))

    def _other_parts(self) -> None:
        if self._asked is not None:
            self._ask("parts", "cause" if self._asked.parts == "age" else "age")


def ways_of(ways: Sequence[str], place: str, district: str, others: Sequence[str]) -> list[tuple[tuple[str, str], str]]:
    """((way, the other place), what it is called in the menu) of each way that can be gone."""
    names = {
        REST: f"{place} and the rest of {district}",
        WITHIN: f"Fifths of {place}",
        AROUND: f"Fifths of {district}",
    }
    found = [((way, ""), names[way]) for way in ways if way != OTHER]
    return found + [((OTHER, other), f"{place} and {other}") for other in others if OTHER in ways]


def _years(first: int, last: int) -> str:
    return short_period(str(first) if first == last else f"{first}-{last}")


def _are_fifths(found: LifeFindings) -> bool:
    return found.groups[0].name.endswith("fifth")


def _over_time(found: LifeFindings) -> ChartTable:
    rows = []
    for at, period in enumerate(found.periods):
        cells = [short_period(period)]
        for line in found.lines:
            value = line.value[at]
            given = math.isfinite(value)
            cells.append(f"{value:.1f} ({line.lower[at]:.1f} to {line.upper[at]:.1f})" if given else "not given")
        rows.append(tuple(cells))
    return ChartTable(("Period", *(line.name for line in found.lines)), tuple(rows))
