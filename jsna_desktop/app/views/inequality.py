"""The wide view of inequality: an indicator over groups by deprivation, its indices, its change, places by chance."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget, QWidget

from jsna_desktop.app.panels.chart import ChartContent, ChartTable, ChartView, fill_table
from jsna_desktop.app.panels.choice_list import Choice, ChoicePopup
from jsna_desktop.app.panels.menu_button import MenuButton
from jsna_desktop.app.panels.tabs import INEQUALITY
from jsna_desktop.app.theme import Look
from jsna_desktop.app.views.asking_view import AskingView, group_table, notes_of
from jsna_desktop.app.widgets import Button, Text, column
from jsna_desktop.jobs.gradient_findings import AROUND, OWN, Question
from jsna_desktop.packs import gradient_charts, life_charts
from jsna_desktop.packs.gradient import Funnel, GradientFindings
from jsna_desktop.packs.sheet import plain, short_period

_GRADIENT, _FUNNEL, _LINES = 196, 250, 150
_SEXES = {"persons": "Persons", "female": "Females", "male": "Males"}


class InequalityView(AskingView):
    """Its question is one of jobs/gradient_findings, of the place that is chosen or of its district."""

    def __init__(self, look: Look) -> None:
        self.indicator = Button(look, "", icon="chevron-down", name="Indicator")
        self.indicator.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.scope = MenuButton(look, "Whose groups")
        self.groups = MenuButton(look, "Groups")
        self.sex = MenuButton(look, "Sex")
        super().__init__(look, INEQUALITY, (self.indicator, self.scope, self.groups, self.sex))
        self.popup = ChoicePopup(look, self, "Search the indicators")
        self.popup.taken.connect(lambda choice: self._ask("indicator", choice.value))
        self.indicator.clicked.connect(self._open)
        self._choices: Sequence[Choice] = ()
        self.gradient = ChartView(look, _GRADIENT)
        self.over_time = ChartView(look, _LINES)
        self.funnel = ChartView(look, _FUNNEL)
        self.take_charts(self.gradient, self.over_time, self.funnel)
        self.measures = QTableWidget()
        self.what_if = Text(look, "", "small", "muted", wrap=True)
        self._measured = QWidget()
        heading = Text(look, "How unequal it is", "strong")
        self._measured.setLayout(column(heading, self.measures, self.what_if, gap=6))
        self.add(self.left, self.gradient, self.over_time, self.funnel)
        self.add(self.right, self._measured, self.listed())
        self.scope.chosen.connect(partial(self._ask, "scope"))
        self.sex.chosen.connect(partial(self._ask, "sex"))
        self.groups.chosen.connect(self._ask_groups)

    # ---- showing

    def offer(
        self, asked: Question, choices: Sequence[Choice], place: str, district: str, sexes: Sequence[str]
    ) -> None:
        """What can be asked of a place ("" none) and its district, and what is asked now."""
        self._asked, self._choices = asked, choices
        name = next((choice.text for choice in choices if choice.value == asked.indicator), asked.indicator)
        self.indicator.setText(f"{_short(name)} ")
        self.indicator.setToolTip(name)
        self.indicator.setAccessibleName(f"Indicator: {name}")
        self.indicator.setVisible(len(choices) > 0)
        scopes = [(district, AROUND), *([(place, OWN)] if place else [])]
        self.scope.offer(scopes, asked.scope)
        ways = [("Fifths", (5, "place")), ("Tenths", (10, "place")),
                ("National fifths", (5, "national")), ("National tenths", (10, "national"))]  # fmt: skip
        self.groups.offer(ways, (asked.groups, asked.within))
        self.sex.offer([(_SEXES[sex], sex) for sex in sexes], asked.sex)
        self.fold_again()

    def show_nothing(self, title: str, beside: str, why: str) -> None:
        """There is nothing to show, and why; what can be asked instead stays."""
        self._shown = None
        self.show_words(title, beside, why)
        for part in (*self.charts, self._measured, self._listed):
            part.hide()
        self.fold_again()

    def show_findings(self, found: GradientFindings, beside: str) -> None:
        self._shown = found
        marked = " (from sensitive data)" if found.sensitive else ""
        self.show_words(found.title, beside + marked, found.sentence)
        unit = "" if found.unit in ("", "%") else f", {found.unit}"
        said = found.slope.said if found.slope is not None else "no line: a group has no value"
        table = group_table(found.groups, "Value")
        sign = " (%)" if found.unit == "%" else ""
        self.gradient.show()
        self.gradient.show_chart(
            ChartContent(
                partial(gradient_charts.whole_gradient, found.groups, found.slope),
                "The whole gradient", f"{short_period(found.period)}{unit}{sign} · {said}", table,
            )
        )  # fmt: skip
        self._show_change(found)
        self._show_funnel(found.funnel, sign or unit)
        self._measured.setVisible(bool(found.measures))
        rows = [(m.name, m.value, m.interval) for m in found.measures]
        self.what_if.setText(found.what_if)
        self.what_if.setVisible(bool(found.what_if))
        fill_table(self.look, self.measures, ChartTable(("", "Value", "95 % interval"), tuple(rows)), "Inequality")
        for at, one in enumerate(found.measures):
            item = self.measures.item(at, 0)
            if item is not None:
                item.setToolTip(one.meaning)
        self.show_listed(table, found.title, notes_of(found.groups), found.source)

    def _show_change(self, found: GradientFindings) -> None:
        line = found.over_time
        self.over_time.setVisible(line is not None)
        if line is None:
            return
        rows = [
            (short_period(period), *(plain(float(part[at])) for part in (line.value, line.lower, line.upper)))
            for at, period in enumerate(found.periods)
        ]
        draw = partial(life_charts.over_time, (line,), found.periods, (False,) * len(found.periods),
                       of="the slope index")  # fmt: skip
        table = ChartTable(("Period", "Slope index", "from", "to"), tuple(rows))
        self.over_time.show_chart(ChartContent(draw, "The slope index over time", "", table))

    def _show_funnel(self, funnel: Funnel | None, unit: str) -> None:
        self.funnel.setVisible(funnel is not None)
        if funnel is None:
            return
        beside = f"round {funnel.against}’s {plain(funnel.centre)}{unit}; dashed 95 %, solid 99.8 % limits"
        note = "Filled: outside the 95 % limits."
        if funnel.spread > 1:
            note += f" Places differ by more than chance (over-dispersion {funnel.spread:.1f})."
        rows = [
            (name, plain(value), verdict)
            for name, value, verdict in zip(funnel.names, funnel.value.tolist(), funnel.verdict, strict=True)
        ]
        table = ChartTable(("Place", "Value", "Against chance"), tuple(rows))
        draw = partial(gradient_charts.funnel, funnel, unit=unit)
        self.funnel.show_chart(ChartContent(draw, "Every place against chance", beside, table, note))

    # ---- asking

    def _open(self) -> None:
        self.popup.ask(self._choices, self._asked.indicator if self._asked is not None else None, self.indicator)

    def _ask_groups(self, value: tuple[int, str]) -> None:
        if self._asked is not None:
            self.question.emit(replace(self._asked, groups=value[0], within=value[1]))


def _short(name: str) -> str:
    return name if len(name) <= 34 else name[:33].rstrip() + "…"
